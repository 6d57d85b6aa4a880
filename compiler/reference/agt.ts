// In: a document of the Agent Governance Toolkit as YAML gives it, and an evaluation context. Out: what the toolkit's own Python
// evaluators answer, their oddities included: `PolicyDocument` v4 in flat mode, `governance.toolkit/v1` for every agent at one stage.
// The oracle of the front-end: it shares no code with it, and knows nothing of Lictor's meaning.

import { formOf } from './forms.ts';
import { pythonPattern } from './python-pattern.ts';

export interface AgtAnswer {
  readonly allowed: boolean;
  readonly action: string;
  /** Null: the default, or an error. */
  readonly rule: string | null;
  readonly error: boolean;
}

/** Their evaluator raised. */
class PythonError extends Error {}

type Dict = { readonly [key: string]: unknown };

export function agtAnswer(document: unknown, context: unknown): AgtAnswer {
  const root = dict(document);
  const rules = Array.isArray(root['rules']) ? root['rules'].map(dict) : [];
  const isStructured = rules.some((rule) => isDict(rule['condition'])) || root['defaults'] !== undefined;
  return isStructured ? structured(root, rules, dict(context)) : expressions(root, rules, dict(context));
}

function structured(root: Dict, rules: readonly Dict[], context: Dict): AgtAnswer {
  const sorted = [...rules].sort((a, b) => Number(b['priority'] ?? 0) - Number(a['priority'] ?? 0));
  try {
    for (const rule of sorted) {
      if (structuredHolds(dict(rule['condition']), context))
        return answer(String(rule['action']), String(rule['name']));
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return { allowed: false, action: 'deny', rule: null, error: true };
  }
  return answer(word(dict(root['defaults'])['action'], 'allow'), null);
}

/** A word of the document, or what its engine takes where there is none. */
function word(value: unknown, otherwise: string): string {
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'string') throw new Error(`not a word: ${JSON.stringify(value)}`);
  return value;
}

function answer(action: string, rule: string | null): AgtAnswer {
  return { allowed: action === 'allow' || action === 'audit', action, rule, error: false };
}

function structuredHolds(condition: Dict, context: Dict): boolean {
  const field = String(condition['field']);
  const actual = Object.hasOwn(context, field) ? context[field] : undefined;
  if (actual === undefined || actual === null) return false;
  const target = condition['value'];
  switch (condition['operator']) {
    case 'eq':
      return equal(actual, target);
    case 'ne':
      return !equal(actual, target);
    case 'gt':
      return order(actual, target) > 0;
    case 'lt':
      return order(actual, target) < 0;
    case 'gte':
      return order(actual, target) >= 0;
    case 'lte':
      return order(actual, target) <= 0;
    case 'in':
      return within(actual, target);
    case 'not_in':
      return !within(actual, target);
    case 'contains':
      return within(target, actual);
    case 'matches':
      return search(String(formOf(target, 'text')), String(formOf(actual, 'text')));
    default:
      throw new Error(`no operator ${String(condition['operator'])}`);
  }
}

/** Python's `==`: a bool is a number. */
function equal(a: unknown, b: unknown): boolean {
  const [x, y] = [asNumber(a), asNumber(b)];
  if (typeof x === 'number' && typeof y === 'number') return x === y;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isDict(a) && isDict(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
  }
  return a === b;
}

/** NaN where Python's `<` and `>` are false both. */
function order(a: unknown, b: unknown): number {
  const [x, y] = [asNumber(a), asNumber(b)];
  if (typeof x === 'number' && typeof y === 'number') return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN;
  if (typeof a !== 'string' || typeof b !== 'string') throw new PythonError('no order');
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1);
}

function asNumber(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Python's `in`. */
function within(item: unknown, container: unknown): boolean {
  if (Array.isArray(container)) return container.some((element) => equal(item, element));
  if (typeof container === 'string') {
    if (typeof item !== 'string') throw new PythonError('a part of a text must be a text');
    return container.includes(item);
  }
  if (!isDict(container)) throw new PythonError('nothing is in it');
  if (Array.isArray(item) || isDict(item)) throw new PythonError('not hashable');
  return typeof item === 'string' && Object.hasOwn(container, item);
}

const patterns = new Map<string, RegExp | null>();

function search(pattern: string, text: string): boolean {
  const found = patterns.get(pattern) ?? pythonPattern(pattern);
  patterns.set(pattern, found);
  if (found === null) throw new Error(`a pattern that the oracle does not know: ${pattern}`);
  return found.test(text);
}

// --- governance.toolkit/v1 ---

function expressions(root: Dict, rules: readonly Dict[], context: Dict): AgtAnswer {
  const matched = rules
    .filter((rule) => rule['enabled'] !== false && expressionHolds(String(rule['condition']).trim(), context, 0))
    .sort((a, b) => Number(b['priority'] ?? 0) - Number(a['priority'] ?? 0));
  const [first] = matched;
  const action = first === undefined ? word(root['default_action'], 'deny') : word(first['action'], 'deny');
  return {
    allowed: action === 'allow',
    action,
    rule: first === undefined ? null : String(first['name']),
    error: false,
  };
}

/** The text is cut at ` or `, else at ` and `, wherever they stand; what fits no form is false. */
function expressionHolds(text: string, context: Dict, depth: number): boolean {
  if (depth > 20 || text.length > 2000) return false;
  const part = (piece: string): boolean => expressionHolds(piece.trim(), context, depth + 1);
  if (text.includes(' or ')) return text.split(' or ').some(part);
  if (text.includes(' and ')) return text.split(' and ').every(part);
  const comparison = /^([\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*)\s*(==|!=)\s*['"]([^'"]+)['"]/u.exec(text);
  if (comparison !== null) {
    const same = nested(context, comparison[1] ?? '') === comparison[3];
    return comparison[2] === '==' ? same : !same;
  }
  const list = /^([\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*)\s+in\s+\[([^\]]*)\]/u.exec(text);
  if (list !== null) {
    const items = (list[2] ?? '').split(',').filter((item) => item.trim() !== '');
    const actual = nested(context, list[1] ?? '');
    return items.some((item) => item.trim().replace(/^['"]+|['"]+$/g, '') === actual);
  }
  const bound = /^([\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)/u.exec(text);
  if (bound !== null) return bounded(nested(context, bound[1] ?? ''), bound[2] ?? '', Number(bound[3]));
  return /^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*$/u.test(text) && truthy(nested(context, text));
}

function bounded(actual: unknown, op: string, bound: number): boolean {
  const value = actual === undefined || actual === null ? 0 : formOf(actual, 'number');
  if (typeof value !== 'number') return false;
  if (op === '>') return value > bound;
  if (op === '<') return value < bound;
  return op === '>=' ? value >= bound : value <= bound;
}

function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isDict(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function nested(context: Dict, path: string): unknown {
  let value: unknown = context;
  for (const name of path.split('.')) value = isDict(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dict(value: unknown): Dict {
  return isDict(value) ? value : {};
}
