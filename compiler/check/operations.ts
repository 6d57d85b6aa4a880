// In: the operations of a `transform` rule as written. Out: the same with targets, types and patterns checked (LANGUAGE.md 13.1, 13.2,
// 13.7). Never looks at other rules: whether two of them clash is for the analysis.

import { MAX_OPERATIONS, MAX_REPLACEMENT } from '../../wasm-core/contract/limits.ts';
import { unreachable } from '../diagnostic.ts';
import { parsePattern } from '../regex/parse.ts';
import { redactionProgram } from '../regex/program.ts';
import type { Located, Span } from '../source.ts';
import type { JsonValue, OperationAst, RuleAst } from '../syntax/ast.ts';
import type { Declarations } from './declarations.ts';
import { isRoot, stepPattern, unquote } from './paths.ts';
import type { Report } from './report.ts';
import { checkSchemas } from './schema-values.ts';
import type { Scope } from './tools.ts';
import { type Effect, type Operation, type Point, pathText, type Target, targetText } from './typed.ts';
import { ANY, type AttributeType, hasLoneSurrogate, isNumeric, isText, typeText } from './types.ts';

const MAX_SEGMENTS = 32;
const DEFAULT_REPLACEMENT = '***';

/** What a transform at each point may change; the other points carry nothing of the kind. */
export const TARGET_OF_POINT: Readonly<Partial<Record<Point, Target['root']>>> = {
  input: 'message',
  pre_model_call: 'message',
  post_model_call: 'message',
  pre_tool_call: 'args',
  post_tool_call: 'result',
  output: 'output',
};

export interface OperationContext {
  readonly declarations: Declarations;
  readonly report: Report;
}

/** The operations of a rule; those with a mistake are left out. `scope`: the types that args have under the rule's target. */
export function checkOperations(
  rule: RuleAst,
  effect: Effect | null,
  points: readonly Point[],
  scope: Scope,
  place: Span,
  ox: OperationContext,
): readonly Operation[] {
  const { report } = ox;
  const written = rule.transform;
  if (effect !== null && effect !== 'transform' && written !== undefined) {
    const span = rule.transform?.find((one) => one !== null)?.span ?? place;
    report.error('P1002', span, `\`transform\` goes with \`effect: transform\`, but this rule says \`${effect}\``);
    return [];
  }
  if (effect !== 'transform') return [];
  if (written === undefined || written.length === 0) {
    const what = written === undefined ? 'has no `transform`' : 'has an empty `transform`';
    report.error('P1002', rule.effect?.span ?? place, `this rule ${what}: it does not say what it changes`);
    return [];
  }
  if (written.length > MAX_OPERATIONS) {
    report.error('P1002', place, `a rule has at most ${MAX_OPERATIONS} operations, this one has ${written.length}`);
    return [];
  }
  return written.flatMap((one) => {
    if (one === null) return [];
    const target = checkTarget(one.target, points, report);
    if (target === null) return [];
    const type = typeAt(target, one.target.span, scope, ox);
    const operation = type === 'error' ? null : checkOperation(one, target, type, report);
    if (operation === null) return [];
    if (target.root === 'args') checkSchemas(operation, one.target.span, scope, report);
    return [operation];
  });
}

function checkTarget(written: Located<string>, points: readonly Point[], report: Report): Target | null {
  const target = parseTarget(written.value);
  if (target === null) {
    report.error('P1003', written.span, `expected what to change, a path, but found \`${written.value}\``);
    return null;
  }
  if (target.segments.length > MAX_SEGMENTS) {
    report.error(
      'P0707',
      written.span,
      `a path has at most ${MAX_SEGMENTS} names, this one has ${target.segments.length}`,
    );
    return null;
  }
  const elsewhere = points.find((point) => TARGET_OF_POINT[point] !== target.root);
  if (elsewhere !== undefined) {
    const there = TARGET_OF_POINT[elsewhere];
    report.error(
      'P1004',
      written.span,
      `\`${written.value}\` cannot be changed at \`${elsewhere}\``,
      there === undefined
        ? 'nothing is changed at the start and the end of an agent'
        : `at \`${elsewhere}\` a transform changes \`${there}\``,
    );
    return null;
  }
  if (target.root === 'args' && typeof target.segments[0] !== 'string') {
    report.error('P1003', written.span, 'a transform changes single arguments, never all of them', 'write `args.x`');
    return null;
  }
  return target;
}

/** `args.items[*].price`; null if the text is no path. */
function parseTarget(text: string): Target | null {
  const root = /^[a-z]+/.exec(text)?.[0] ?? '';
  if (!isRoot(root) || root === 'principal' || root === 'context') return null;
  const segments: (string | null)[] = [];
  const step = new RegExp(`${stepPattern.source}|(\\[\\*\\])`, 'y');
  step.lastIndex = root.length;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) return null;
    const [, name, quoted, single, each] = found;
    const segment = each !== undefined ? undefined : (name ?? single ?? unquote(quoted ?? ''));
    if (segment === null || (segment !== undefined && hasLoneSurrogate(segment))) return null;
    segments.push(segment ?? null);
  }
  return { root, segments };
}

/** The declared type of what a target names: of an argument, or of a payload; `any` where nothing says. */
function typeAt(target: Target, span: Span, scope: Scope, ox: OperationContext): AttributeType | 'error' {
  const each = target.segments.indexOf(null);
  const names = (each < 0 ? target.segments : target.segments.slice(0, each)).filter((name) => name !== null);
  const path = { root: target.root, segments: names };
  let type: AttributeType;
  if (target.root === 'args') {
    const resolved = scope.typeOf(path, span, ox.report);
    if (resolved.kind === 'error') return 'error';
    type = resolved;
  } else {
    const declared = ox.declarations.byText.get(pathText(path))?.type ?? ANY;
    if (declared === 'broken') return 'error';
    type = declared;
  }
  return each < 0 ? type : typeBelow(type, target, each, span, ox.report);
}

/** The type at the end of a target from segment `at` on, where `type` stands. */
function typeBelow(
  type: AttributeType,
  target: Target,
  at: number,
  span: Span,
  report: Report,
): AttributeType | 'error' {
  const segment = target.segments[at];
  if (segment === undefined) return type;
  const inner = segment === null ? elementOf(type) : partOf(type, segment);
  if (inner !== null) return typeBelow(inner, target, at + 1, span, report);
  const before = targetText({ root: target.root, segments: target.segments.slice(0, at) });
  const what = segment === null ? 'no elements' : `no part \`${segment}\``;
  report.error('P1008', span, `\`${before}\` is ${typeText(type)}, which has ${what}`);
  return 'error';
}

function elementOf(type: AttributeType): AttributeType | null {
  if (type.kind === 'list' || type.kind === 'list-of') return type.element;
  return type.kind === 'any' || type.kind === 'list-of-any' ? ANY : null;
}

function partOf(type: AttributeType, name: string): AttributeType | null {
  if (type.kind === 'any') return ANY;
  if (type.kind === 'map') return type.value;
  if (type.kind !== 'object') return null;
  return type.schema.properties.get(name)?.type ?? (type.schema.open ? ANY : null);
}

function checkOperation(one: OperationAst, target: Target, type: AttributeType, report: Report): Operation | null {
  const { span } = one;
  switch (one.word) {
    case 'set': {
      if (one.to === undefined) return null; // reported by the parser
      if (!fits(one.to.value, type)) {
        report.error(
          'P1008',
          one.to.span,
          `\`${targetText(target)}\` is ${typeText(type)}, which \`${JSON.stringify(one.to.value)}\` is not`,
        );
        return null;
      }
      return { kind: 'set', target, value: asJson(one.to.value), span };
    }
    case 'remove':
      if (target.segments.length > 0 && target.segments.at(-1) !== null) return { kind: 'remove', target, span };
      report.error(
        'P1003',
        one.target.span,
        `\`${one.target.value}\` cannot be removed: only what has a name can`,
        'set it to what stands for nothing, or remove a part of it',
      );
      return null;
    case 'clamp':
      return checkClamp(one, target, type, report);
    case 'redact':
      return checkRedaction(one, target, type, report);
    default:
      return unreachable(one.word);
  }
}

function checkClamp(one: OperationAst, target: Target, type: AttributeType, report: Report): Operation | null {
  const { min, max, span } = one;
  if (type.kind !== 'any' && !isNumeric(type)) {
    report.error(
      'P1008',
      one.target.span,
      `\`${targetText(target)}\` is ${typeText(type)}, and only a number has bounds`,
    );
    return null;
  }
  if (min === undefined && max === undefined) {
    report.error('P1005', one.target.span, '`clamp` needs `min`, `max` or both');
    return null;
  }
  for (const bound of [min, max]) {
    if (bound === undefined) continue;
    if (typeof bound.value !== 'number' || !fits(bound.value, type)) {
      report.error(
        'P1005',
        bound.span,
        `a bound of \`${targetText(target)}\` is ${type.kind === 'int' ? 'an int' : 'a number'}`,
      );
      return null;
    }
  }
  // JSON, which carries them, knows no -0.
  const low = typeof min?.value === 'number' ? min.value + 0 : null;
  const high = typeof max?.value === 'number' ? max.value + 0 : null;
  if (low !== null && high !== null && low > high) {
    report.error('P1005', span, `nothing lies between ${low} and ${high}`, 'write the smaller bound as `min`');
    return null;
  }
  return { kind: 'clamp', target, min: low, max: high, span };
}

function checkRedaction(one: OperationAst, target: Target, type: AttributeType, report: Report): Operation | null {
  if (one.pattern === undefined) return null; // reported by the parser
  const holdsTexts = mayHoldText(type);
  if (!holdsTexts || type.kind === 'enum') {
    const why = type.kind === 'enum' ? 'a redacted text would be none of its values' : 'which holds no texts';
    report.error('P1008', one.target.span, `\`${targetText(target)}\` is ${typeText(type)}, ${why}`);
    return null;
  }
  const replacement = one.with?.value ?? DEFAULT_REPLACEMENT;
  if (replacement.length > MAX_REPLACEMENT) {
    report.error('P1006', one.with?.span ?? one.span, `\`with\` has at most ${MAX_REPLACEMENT} characters`);
    return null;
  }
  const { value: pattern, span } = one.pattern;
  const parsed = parsePattern(pattern, 're2');
  if (!parsed.ok) {
    report.error('P1006', span, `this pattern is none: ${parsed.problem.message}`, parsed.problem.help);
    return null;
  }
  if (/\(\?[a-z]*U/.test(pattern)) {
    report.error('P1006', span, 'the flag `U` is not supported here', 'write `*?` for a lazy repetition');
    return null;
  }
  const program = redactionProgram(parsed.pattern);
  if (program === 'too-large') {
    report.error('P1006', span, 'this pattern is too large to redact with', 'repeat less, or write several operations');
    return null;
  }
  if (program === 'empty-rounds') {
    report.error(
      'P1006',
      span,
      'this pattern repeats without end what may be empty',
      'let each round take a character: `(a+)*` instead of `(a*)*`',
    );
    return null;
  }
  const textsOnly = type.kind === 'string';
  return { kind: 'redact', target, pattern, with: replacement, textsOnly, span: one.span };
}

/** An enum holds texts of which none could be redacted: it is told apart by its own message. */
function mayHoldText(type: AttributeType): boolean {
  if (type.kind === 'list' || type.kind === 'list-of') return type.element.kind !== 'enum' && mayHoldText(type.element);
  if (type.kind === 'map') return mayHoldText(type.value);
  return isText(type) || type.kind === 'any' || type.kind === 'list-of-any' || type.kind === 'object';
}

/** The value as JSON carries it: 0 for -0. */
function asJson(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

/** Whether a constant is of a type, as far as the type says; a schema may say more. */
function fits(value: JsonValue, type: AttributeType): boolean {
  switch (type.kind) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' && type.values.includes(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number';
    case 'list':
      return isList(value) && value.every((element) => fits(element, type.element));
    case 'list-of':
      return isList(value) && value.every((element) => fits(element, type.element));
    case 'list-of-any':
      return Array.isArray(value);
    case 'map':
      return isMapping(value) && Object.values(value).every((inner) => fits(inner, type.value));
    case 'uint':
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    case 'bytes':
    case 'timestamp':
    case 'duration':
      return false; // JSON has none
    case 'object':
      return isMapping(value);
    default:
      return unreachable(type);
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isMapping(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
