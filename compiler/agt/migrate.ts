// In: documents of the Agent Governance Toolkit. Out: the text of a Lictor policy that decides as they do, with the attributes it
// reads and the names its rules had; null where a rule cannot be written in CEL (reported). What the two tell apart is for a proof
// run to find (calls.ts): a Lictor policy declares types, so a value of another type is unknown to it.

import type { AttributePath, Effect } from '../check/typed.ts';
import { pathText } from '../check/typed.ts';
import { type DiagnosticSink } from '../diagnostic.ts';
import { parsePattern } from '../regex/parse.ts';
import { clip } from '../syntax/clip.ts';
import type { AgtDocument, AgtRule, Expression, StructuredCondition } from './ast.ts';
import { inOrder } from './order.ts';
import { defaultOf } from './parts.ts';
import { strategyOf, wordOf } from './policy.ts';
import { holds } from './structured.ts';
import { EVERY_POINT } from './words.ts';

/** What a condition wants of an attribute. */
export type Wanted = 'string' | 'number' | 'bool';

export interface Migrated {
  readonly text: string;
  /** By the id in the Lictor policy: the name in the document. */
  readonly nameOf: ReadonlyMap<string, string>;
  readonly attributes: readonly { readonly path: AttributePath; readonly wanted: ReadonlySet<Wanted> }[];
}

export function migrate(documents: readonly AgtDocument[], sink: DiagnosticSink): Migrated | null {
  const [first] = documents;
  if (first === undefined) return null;
  const writer = new Writer(sink);
  const strategy = strategyOf(documents, {}, sink);
  const ranked = documents.flatMap((document) =>
    document.rules.map((rule) => ({ rule, specificity: document.specificity, agents: document.agents })),
  );
  const ids = new Ids();
  const rules = inOrder(ranked, strategy).flatMap(({ rule, agents }) => writer.rule(rule, agents, ids));
  const everybody = documents.find(({ agents }) => agents === null);
  const fallback: Effect = everybody === undefined ? 'deny' : defaultOf(everybody, sink);
  const attributes = writer.attributes();
  const declared = attributes.map(({ path, wanted }) => `  ${yamlKey(pathText(path))}: ${typeOf(wanted)}`);
  const lines = [
    '# Written by `lictor migrate` from a document of the Agent Governance Toolkit.',
    'lictor: 1',
    `name: ${wordOf(first.name)}`,
    `version: ${JSON.stringify(first.version)}`,
    'combine: first-match',
    `default: ${fallback}`,
    ...(declared.length === 0 ? [] : ['attributes:', ...declared]),
    ...(rules.length === 0 ? [] : ['rules:', ...rules]),
  ];
  return sink.hasErrors ? null : { text: `${lines.join('\n')}\n`, nameOf: ids.nameOf, attributes };
}

function typeOf(wanted: ReadonlySet<Wanted>): string {
  const [only, second] = wanted;
  return only === undefined || second !== undefined ? 'any' : only;
}

/** Ids are words and unique; names are neither. */
class Ids {
  readonly nameOf = new Map<string, string>();

  of(name: string): string {
    const word = name.trim().replace(/[^A-Za-z0-9_.-]+/g, '-') || 'rule';
    let id = word;
    for (let i = 2; this.nameOf.has(id); i += 1) id = `${word}-${i}`;
    this.nameOf.set(id, name);
    return id;
  }
}

class Writer {
  readonly #sink: DiagnosticSink;
  readonly #wanted = new Map<string, { path: AttributePath; wanted: Set<Wanted> }>();

  constructor(sink: DiagnosticSink) {
    this.#sink = sink;
  }

  attributes(): Migrated['attributes'] {
    return [...this.#wanted.values()].sort((a, b) => (pathText(a.path) < pathText(b.path) ? -1 : 1));
  }

  rule(rule: AgtRule, agents: readonly string[] | null, ids: Ids): string[] {
    const condition =
      rule.condition.kind === 'structured' ? this.#structured(rule.condition) : this.#expression(rule.condition);
    if (condition === null) return [];
    const caller = this.#path({ root: 'principal', segments: ['id'] }, agents === null ? null : 'string');
    const whole =
      agents === null
        ? condition
        : joined('&&', [`has(${caller})`, `${caller} in ${JSON.stringify(agents)}`, condition]);
    const isEvery = rule.points.length === EVERY_POINT.length;
    return [
      `  - id: ${ids.of(rule.name)}`,
      ...(rule.points.length === 1 && rule.points[0] === 'pre_tool_call'
        ? []
        : [`    at: [${(isEvery ? EVERY_POINT : rule.points).join(', ')}]`]),
      `    when: ${JSON.stringify(whole)}`,
      `    effect: ${rule.effect}`,
      ...(rule.effect === 'escalate' && rule.approvers.length > 0
        ? [`    approvers: ${JSON.stringify(rule.approvers)}`]
        : []),
      ...(rule.message === null ? [] : [`    reason: ${JSON.stringify(rule.message)}`]),
      ...(rule.limit === null ? [] : [`    # declared limit, not enforced: ${rule.limit}`]),
      ...(rule.enabled ? [] : ['    enabled: false']),
    ];
  }

  #structured(condition: StructuredCondition): string | null {
    const path: AttributePath = { root: 'context', segments: [condition.field.value] };
    const { value } = condition.value;
    const operator = condition.operator.value;
    const wanted = operator === 'contains' || operator === 'matches' ? 'string' : wantedBy(value);
    if (wanted === null) return this.#refuse(condition, 'this value has no counterpart in CEL that is as wide');
    const text = this.#path(path, wanted);
    const test = this.#test(condition, text);
    return test === null ? null : joined('&&', [`has(${text})`, `${text} != null`, test]);
  }

  #test(condition: StructuredCondition, text: string): string | null {
    const { value } = condition.value;
    switch (condition.operator.value) {
      case 'eq':
        return `${text} == ${literal(value)}`;
      case 'ne':
        return `${text} != ${literal(value)}`;
      case 'gt':
        return `${text} > ${literal(value)}`;
      case 'lt':
        return `${text} < ${literal(value)}`;
      case 'gte':
        return `${text} >= ${literal(value)}`;
      case 'lte':
        return `${text} <= ${literal(value)}`;
      case 'in':
        return Array.isArray(value)
          ? `${text} in ${literal(value)}`
          : this.#refuse(condition, 'CEL looks in lists only');
      case 'not_in':
        return Array.isArray(value)
          ? `!(${text} in ${literal(value)})`
          : this.#refuse(condition, 'CEL looks in lists only');
      case 'contains':
        return `${text}.contains(${literal(value)})`;
      case 'matches': {
        const pattern = re2Of(typeof value === 'string' ? value : '');
        const parsed = parsePattern(pattern, 're2');
        return parsed.ok ? `${text}.matches(${literal(pattern)})` : this.#refuse(condition, parsed.problem.message);
      }
    }
  }

  #expression(expression: Expression): string | null {
    if ('operands' in expression) {
      const operands = expression.operands.map((operand) => this.#expression(operand));
      const all = operands.filter((operand) => operand !== null);
      return all.length < operands.length ? null : joined(expression.kind === 'or' ? '||' : '&&', all);
    }
    const path: AttributePath = { root: 'context', segments: expression.path };
    const there = (wanted: Wanted): readonly [string, string] => {
      const text = this.#path(path, wanted);
      return [text, `has(${text}) && ${text} != null`];
    };
    switch (expression.kind) {
      case 'equals': {
        const [text, is] = there(wantedBy(expression.value) ?? 'string');
        const same = `${is} && ${text} == ${literal(expression.value)}`;
        return expression.negated ? `!(${same})` : same;
      }
      case 'among': {
        const [text, is] = there('string');
        const found = `${is} && ${text} in ${literal(expression.values.map(String))}`;
        return expression.negated ? `!(${found})` : found;
      }
      case 'compare': {
        const [text, is] = there('number');
        const compared = `${is} && ${text} ${expression.op} ${literal(expression.value)}`;
        return holds(0, expression.op, expression.value) ? `!(${is}) || ${compared}` : compared;
      }
      case 'text': {
        const [text, is] = there('string');
        return `${is} && ${text}.${expression.op}(${literal(expression.value)})`;
      }
      case 'truthy': {
        const [text, is] = there('bool');
        return `${is} && ${text}`;
      }
    }
  }

  #path(path: AttributePath, wanted: Wanted | null): string {
    const text = pathText(path);
    if (wanted === null) return text;
    const known = this.#wanted.get(text) ?? { path, wanted: new Set<Wanted>() };
    known.wanted.add(wanted);
    this.#wanted.set(text, known);
    return text;
  }

  #refuse(condition: StructuredCondition, why: string): null {
    const help = 'the document compiles as it is; write this rule by hand, or keep the document';
    const said = `the condition on \`${clip(condition.field.value)}\` cannot be written as a Lictor condition: ${why}`;
    this.#sink.error(condition.operator.value === 'matches' ? 'P1208' : 'P1207', condition.span, said, help);
    return null;
  }
}

/** Null: of several kinds, or of one that CEL does not compare so. */
function wantedBy(value: unknown): Wanted | null {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'bool';
  if (!Array.isArray(value)) return null;
  const kinds = new Set(value.map(wantedBy));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : null;
}

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\p{Z}';
const WORD = '_\\p{L}\\p{N}';
/** Python's classes know Unicode, those of RE2 do not. Within a set a class that is none of characters stays as it is. */
const CLASSES: ReadonlyMap<string, readonly [outside: string, inside: string]> = new Map([
  ['d', ['\\p{Nd}', '\\p{Nd}']],
  ['D', ['\\P{Nd}', '\\P{Nd}']],
  ['w', [`[${WORD}]`, WORD]],
  ['W', [`[^${WORD}]`, '\\W']],
  ['s', [`[${SPACE}]`, SPACE]],
  ['S', [`[^${SPACE}]`, '\\S']],
  ['Z', ['\\z', '\\z']],
]);

/** A pattern of Python's as RE2 writes it, but for `\\b` and `$`, which differ beyond ASCII and before a last line break. */
function re2Of(pattern: string): string {
  let inSet = false;
  return pattern.replace(/\\[\s\S]|\[\^?\]?|\]/g, (piece) => {
    if (piece.startsWith('\\')) return CLASSES.get(piece.charAt(1))?.[inSet ? 1 : 0] ?? piece;
    if (piece === ']') inSet = false;
    else if (!inSet) inSet = true;
    return piece;
  });
}

function joined(operator: '&&' | '||', operands: readonly string[]): string {
  const other = operator === '&&' ? '||' : '&&';
  return operands
    .map((operand) => (operands.length > 1 && operand.includes(` ${other} `) ? `(${operand})` : operand))
    .join(` ${operator} `);
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'number' && !Number.isInteger(value)) return String(value);
  return JSON.stringify(value);
}

function yamlKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(key) ? key : `'${key.replaceAll("'", "''")}'`;
}
