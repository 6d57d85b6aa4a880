// In: a call that is no operator. Out: its term (LANGUAGE.md 4.14 to 4.20). What must be a constant, a pattern or a time zone, is
// checked here. Never evaluates anything else.

import type { Span } from '../../source.ts';
import type { Expr } from '../../syntax/ast.ts';
import { formOf } from '../../syntax/cel-functions.ts';
import { isPattern } from '../patterns.ts';
import type { Term, TermConstant, TermFunction } from '../terms.ts';
import { JUDGED } from './constants.ts';
import { macroTerm } from './macros.ts';
import { call } from './operands.ts';
import { type Built, errorTerm, resolve, type TermContext, type TermScope } from './scope.ts';
import { ANY, carriedPart, isNumber, join, plain, type StaticType, staticText } from './static.ts';

type Call = Expr & { readonly kind: 'call' };

/** Functions whose name in terms is not the one they are written with. */
const RENAMED: ReadonlyMap<string, TermFunction> = new Map([['strings.quote', 'quote']]);

export function callTerm(expr: Call, scope: TermScope, cx: TermContext): Built {
  const macro = macroTerm(expr, scope, cx);
  if (macro !== null) return macro;
  const { name, receiver, span } = expr;
  const operands = receiver === null ? expr.args : [receiver, ...expr.args];
  const [first, second] = operands;
  if (name === 'dyn' && first !== undefined) return { term: cx.build(first, scope, cx).term, type: ANY };
  if (/^get[A-Z]/.test(name) && first !== undefined && second !== undefined) {
    return zoneCall(name, cx.build(first, scope, cx), second, span, scope, cx);
  }
  judge(name, first, scope, cx);
  const built = operands.map((operand) => cx.build(operand, scope, cx));
  const fn = functionNamed(name);
  if (fn === undefined || (cx.unchecked === true && formOf(name, receiver !== null, expr.args.length) === undefined)) {
    // Only where nothing is checked: a function that does not exist, or not with so many operands, is unknown.
    const path = { root: 'context' as const, segments: ['\u0000'] };
    return { term: { kind: 'attribute', path, span }, type: ANY };
  }
  const made = call(fn, built, span, cx, name);
  const type = generic(fn, built, span, cx);
  if (type === null) return made;
  return { term: carriedPart(made.term, type.type, type.carried), type: type.type };
}

/** A constant that the conversion never takes. Outside of policies evaluators are asked. */
function judge(name: string, operand: Expr | undefined, scope: TermScope, cx: TermContext): void {
  const judged = JUDGED.get(name);
  if (judged === undefined || operand === undefined || cx.free !== undefined) return;
  const text = constantText(operand, scope, cx);
  if (text === null || judged.is(text)) return;
  cx.report.error(
    'P0323',
    operand.span,
    `${JSON.stringify(text)} is not ${judged.what}`,
    `write it like ${judged.like}`,
  );
}

const FUNCTIONS: ReadonlySet<string> = new Set<TermFunction>([
  ...(['int', 'uint', 'double', 'string', 'bytes', 'bool', 'timestamp', 'duration', 'type'] as const),
  ...(['charAt', 'indexOf', 'lastIndexOf', 'lowerAscii', 'upperAscii', 'replace', 'split', 'substring'] as const),
  ...(['contains', 'startsWith', 'endsWith', 'size', 'trim', 'join', 'format', 'reverse'] as const),
  ...(['base64.encode', 'base64.decode'] as const),
  ...(['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear'] as const),
  ...(['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'] as const),
  ...(['math.greatest', 'math.least', 'math.ceil', 'math.floor', 'math.round', 'math.trunc', 'math.abs'] as const),
  ...(['math.sign', 'math.sqrt', 'math.isNaN', 'math.isInf', 'math.isFinite', 'math.bitAnd', 'math.bitOr'] as const),
  ...(['math.bitXor', 'math.bitNot', 'math.bitShiftLeft', 'math.bitShiftRight'] as const),
  ...(['distinct', 'flatten', 'slice', 'sort'] as const),
  ...(['optional.of', 'optional.ofNonZeroValue', 'optional.none', 'hasValue', 'value', 'or', 'orValue'] as const),
  ...(['ip', 'isIP', 'cidr', 'isCIDR', 'containsIP', 'containsCIDR', 'ip.isCanonical', 'family'] as const),
  ...(['isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast', 'isGlobalUnicast'] as const),
  ...(['masked', 'prefixLength', 'entropy', 'luhn', 'iban'] as const),
]);

function functionNamed(name: string): TermFunction | undefined {
  return RENAMED.get(name) ?? (isFunction(name) ? name : undefined);
}

function isFunction(name: string): name is TermFunction {
  return FUNCTIONS.has(name);
}

/** Types that depend on those of the operands' parts; null: the signature says it. */
function generic(
  fn: TermFunction,
  operands: readonly Built[],
  span: Span,
  cx: TermContext,
): { readonly type: StaticType; readonly carried: boolean } | null {
  const types = operands.map(({ type }) => type);
  const [first = ANY, second = ANY] = types;
  const carried = 'carried' in first && first.carried;
  const needsOptional = (): boolean => {
    if (first.kind === 'optional' || first.kind === 'any' || first.kind === 'error' || cx.unchecked === true)
      return true;
    cx.report.error('P0320', span, `\`${fn}\` needs an optional on its left, but this is ${staticText(first)}`);
    return false;
  };
  switch (fn) {
    case 'optional.of':
    case 'optional.ofNonZeroValue':
      return { type: { kind: 'optional', of: first, carried: false }, carried: false };
    case 'optional.none':
      return { type: { kind: 'optional', of: ANY, carried: false }, carried: false };
    case 'value':
      return { type: needsOptional() && first.kind === 'optional' ? first.of : ANY, carried };
    case 'or':
      return { type: needsOptional() ? join(first, second) : ANY, carried: false };
    case 'orValue':
      return { type: needsOptional() && first.kind === 'optional' ? join(first.of, second) : ANY, carried };
    case 'math.greatest':
    case 'math.least': {
      const numbers = types.length === 1 && first.kind === 'list' ? [first.element] : types;
      if (
        numbers.every((type) => isNumber(type) || type.kind === 'any' || type.kind === 'error') ||
        cx.unchecked === true
      ) {
        return { type: numbers.length === 0 ? ANY : numbers.reduce(join), carried: types.length === 1 && carried };
      }
      cx.report.error('P0320', span, `\`${fn}\` takes numbers, not ${types.map(staticText).join(' and ')}`);
      return { type: ANY, carried: false };
    }
    default:
      return null;
  }
}

/** `text.matches(pattern)`, `text.glob(pattern)`: the pattern is a constant, so that it becomes an automaton. */
export function patternTerm(expr: Expr & { readonly kind: 'matches' }, scope: TermScope, cx: TermContext): Built {
  const { pattern, span } = expr;
  const fn = expr.dialect === 'glob' ? 'glob' : 'matches';
  if (pattern.kind === 'binary') cx.beyond.found = true; // texts are joined in terms alone
  const text = cx.build(expr.subject, scope, cx);
  const constant = constantText(pattern, scope, cx);
  if (constant === null) {
    const made = call(fn, [text, cx.build(pattern, scope, cx)], span, cx);
    if (made.type.kind === 'error') return made;
    cx.report.error(
      'P0321',
      pattern.span,
      `the pattern of \`${fn}\` is a constant text, since it is compiled before any call is decided`,
      'write the pattern itself, or name it under `lets`',
    );
    return errorTerm(span);
  }
  if (fn === 'matches' && !isPattern(constant, 're2', pattern.span, cx.report)) return errorTerm(span);
  const value: TermConstant =
    fn === 'matches' ? { kind: 'pattern', pattern: constant, dialect: 're2' } : { kind: 'string', value: constant };
  return call(
    fn,
    [text, { term: { kind: 'constant', constant: value, span: pattern.span }, type: plain('string') }],
    span,
    cx,
  );
}

function zoneCall(name: string, time: Built, zone: Expr, span: Span, scope: TermScope, cx: TermContext): Built {
  const constant = constantText(zone, scope, cx);
  const fn = functionNamed(name);
  if (fn === undefined) return errorTerm(span);
  if (constant === null || !isZone(constant)) {
    const given = cx.build(zone, scope, cx);
    if (given.type.kind === 'error') return given;
    cx.report.error(
      'P0322',
      zone.span,
      constant === null
        ? 'a time zone is a constant text, since what is known of it is compiled before any call is decided'
        : `\`${constant}\` is not a time zone`,
      'write an IANA name such as `"Europe/Paris"`, or an offset such as `"+01:00"`',
    );
    return errorTerm(span);
  }
  const term: Term = { kind: 'constant', constant: { kind: 'zone', name: constant }, span: zone.span };
  return call(fn, [time, { term, type: plain('string') }], span, cx);
}

function isZone(name: string): boolean {
  if (/^[+-]?\d/.test(name)) return /^[+-]?(?:[01]\d|2[0-3]):[0-5]\d$/.test(name);
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

/** The text that `expr` is, lets followed; null if it is none that is known here. */
function constantText(expr: Expr, scope: TermScope, cx: TermContext): string | null {
  if (expr.kind === 'string') return expr.value;
  if (expr.kind === 'binary' && expr.op === '+') {
    const left = constantText(expr.left, scope, cx);
    const right = left === null ? null : constantText(expr.right, scope, cx);
    return left === null || right === null ? null : left + right;
  }
  if (expr.kind !== 'name' || scope.variables.has(expr.name) || !cx.lets.index.has(expr.name)) return null;
  const found = resolve(expr, scope, cx);
  return found.kind === 'expr' && found.rest.length === 0 ? constantText(found.expr, found.scope, cx) : null;
}
