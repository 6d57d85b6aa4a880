// In: an expression where a value stands, and the type its place asks for. Out: the typed value (LANGUAGE.md 3.4, 4.3 to 4.5).
// Never folds but a size or a sign of a constant; null means that the reason has been reported.

import { unreachable } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { Expr } from '../syntax/ast.ts';
import { type Inferred, infer, inferArithmetic, isArithmetic, kindText, onlyInTerms, reportDashed } from './infer.ts';
import {
  afford,
  attributeOf,
  type Context,
  deeper,
  deref,
  type Env,
  type NamedAttribute,
  typeOfAttribute,
} from './names.ts';
import { isRoot } from './paths.ts';
import type { Constant, ScalarType, SizeOf, Value } from './typed.ts';
import { pathText } from './typed.ts';
import {
  type AttributeType,
  DOUBLE,
  hasLoneSurrogate,
  INT,
  isList,
  isMap,
  isNumeric,
  isScalar,
  isText,
  STRING,
} from './types.ts';

/** The value of `expr`; where it is `any`, it is read as `want` (3.4), and where nothing asks that is an error. */
export function value(expr: Expr, env: Env, want: ScalarType | null, cx: Context): Value | null {
  const attribute = attributeOf(expr, env, cx);
  if (attribute === undefined) return null;
  if (attribute !== null) return attributeValue(attribute, want, cx);
  const at = deref(expr, env, cx);
  const inner = deeper(at.expr, at.env, cx);
  if (inner === null || !afford(cx)) return null;
  const { span } = at.expr;
  switch (at.expr.kind) {
    case 'int':
    case 'double':
    case 'bool':
      return { kind: 'constant', constant: constantOf(at.expr), span };
    case 'string':
      return checkedText(at.expr.value, span, cx) ? { kind: 'constant', constant: constantOf(at.expr), span } : null;
    case 'name':
      return variable(at.expr.name, span, inner, want, cx);
    case 'negate':
      return negation(at.expr.operand, span, inner, want, cx);
    case 'binary':
      if (!isArithmetic(at.expr.op)) return notAValue(span, cx);
      return arithmetic(at.expr, at.expr.op, inner, want, cx);
    case 'conditional': {
      const test = cx.condition(at.expr.test, inner, cx);
      const then = value(at.expr.then, inner, want, cx);
      const otherwise = value(at.expr.else, inner, want, cx);
      if (then === null || otherwise === null) return null;
      return { kind: 'choose', test, then, else: otherwise, span };
    }
    case 'size':
      return size(at.expr.of, span, inner, cx);
    case 'null':
      cx.report.error(
        'P0317',
        span,
        '`null` is not a value here',
        'ask `args.x == null` about an attribute, or `has(args.x)`',
      );
      return null;
    case 'list':
      cx.report.error(
        'P0319',
        span,
        'a list cannot stand here',
        'lists stand after `in`, before `.exists` and `.all`, and in `size`',
      );
      return null;
    case 'has':
    case 'not':
    case 'text':
    case 'matches':
    case 'quantifier':
      return notAValue(span, cx);
    case 'optional-select':
    case 'optional-item':
    case 'index':
    case 'map':
    case 'call':
    case 'uint':
    case 'bytes':
      onlyInTerms(span, cx);
      return null;
    case 'select':
    case 'error':
      return null;
    default:
      return unreachable(at.expr);
  }
}

export function checkedText(text: string, span: Span, cx: Context): boolean {
  if (!hasLoneSurrogate(text)) return true;
  cx.report.error('P0313', span, 'this text holds half of a surrogate pair, which no value can match');
  return false;
}

function attributeValue(attribute: NamedAttribute, want: ScalarType | null, cx: Context): Value | null {
  const found = typeOfAttribute(attribute, cx);
  if (found.kind === 'error') return null;
  const { path, span } = attribute;
  if (found.kind === 'any') {
    if (want === null) return nothingAsks(pathText(path), span, cx);
    return { kind: 'reading', reading: { kind: 'typed', path, type: want }, span };
  }
  if (isScalar(found)) return { kind: 'reading', reading: { kind: 'typed', path, type: found }, span };
  const help = found.kind === 'object' ? 'name one of its parts' : 'use `in`, `.exists`, `.all` or `size`';
  cx.report.error('P0308', span, `expected a single value, but \`${pathText(path)}\` is ${kindText(found)}`, help);
  return null;
}

function variable(name: string, span: Span, env: Env, want: ScalarType | null, cx: Context): Value | null {
  const binding = env.variables.get(name);
  if (binding?.kind === 'element') return { kind: 'variable', variable: 0, type: binding.type, span };
  if (binding?.kind !== 'open') return null;
  if (want === null) return nothingAsks(name, span, cx);
  binding.demands.push(want);
  return { kind: 'variable', variable: 0, type: want, span };
}

function nothingAsks(name: string, span: Span, cx: Context): null {
  cx.report.error(
    'P0306',
    span,
    `\`${name}\` is of type any, and nothing here says how to read it`,
    name.includes('.') || name.includes('[') || isRoot(name)
      ? `declare it under \`attributes\`: \`${name}: string\``
      : 'declare the list under `attributes`, for example as `list<string>`',
  );
  return null;
}

function notAValue(span: Span, cx: Context): null {
  cx.report.error('P0308', span, 'expected a value, but this is a condition');
  return null;
}

function negation(operand: Expr, span: Span, env: Env, want: ScalarType | null, cx: Context): Value | null {
  const type = infer(operand, env, cx);
  const wanted = type.kind === 'any' && want !== null && isNumeric(want) ? want : type;
  if (type.kind === 'any' && wanted === type) {
    value(operand, env, null, cx);
    return null;
  }
  if (wanted.kind !== 'int' && wanted.kind !== 'double') {
    if (type.kind === 'mixed') mixing(span, cx);
    else if (type.kind === 'error')
      value(operand, env, DOUBLE, cx); // reports why
    else cx.report.error('P0308', span, `\`-\` negates numbers, but this is ${kindText(type)}`);
    return null;
  }
  const inside = value(operand, env, wanted, cx);
  if (inside === null) return null;
  return { kind: 'negate', type: wanted.kind, operand: inside, span };
}

function arithmetic(
  expr: Expr & { readonly kind: 'binary' },
  op: '+' | '-' | '*' | '/' | '%',
  env: Env,
  want: ScalarType | null,
  cx: Context,
): Value | null {
  if (reportDashed(expr, env, cx)) return null;
  const left = infer(expr.left, env, cx);
  const right = infer(expr.right, env, cx);
  const wanted = want !== null && isNumeric(want) ? want : null;
  const type = inferArithmetic(op, left, right);
  const kind = type.kind === 'any' && wanted !== null ? wanted.kind : type.kind;
  if (kind === 'int' || kind === 'double') {
    const side: ScalarType = kind === 'int' ? INT : DOUBLE;
    const a = value(expr.left, env, side, cx);
    const b = value(expr.right, env, side, cx);
    return a === null || b === null ? null : { kind: 'arithmetic', op, type: kind, left: a, right: b, span: expr.span };
  }
  if (type.kind === 'any' || left.kind === 'error' || right.kind === 'error') {
    const reading = type.kind === 'any' ? null : DOUBLE;
    value(expr.left, env, reading, cx); // reports why
    value(expr.right, env, reading, cx);
    return null;
  }
  const wrong = [left, right].find((side) => !isNumeric(side) && side.kind !== 'mixed' && side.kind !== 'any');
  if (wrong !== undefined) {
    const help = op === '+' && isText(wrong) ? 'strings are not added in this version' : undefined;
    cx.report.error('P0308', expr.span, `\`${op}\` takes numbers, but found ${kindText(wrong)}`, help);
  } else if (op === '%') {
    cx.report.error(
      'P0310',
      expr.span,
      '`%` takes two ints, but found a number',
      'a `number` has no remainder; declare the attribute as `int`',
    );
  } else mixing(expr.span, cx);
  return null;
}

function mixing(span: Span, cx: Context): void {
  cx.report.error(
    'P0310',
    span,
    'expected two ints or two numbers, but found one of each',
    'write a constant of type number with a point, such as `2.0`',
  );
}

/** What `size` counts of an attribute of this type (3.8). */
function countedIn(type: AttributeType): SizeOf {
  if (isText(type)) return 'string';
  if (isList(type)) return 'list';
  return isMap(type) ? 'object' : 'any';
}

/** `size` of an attribute, a text, or a list literal (3.8). */
function size(of: Expr, span: Span, env: Env, cx: Context): Value | null {
  const attribute = attributeOf(of, env, cx);
  if (attribute === undefined) return null;
  if (attribute !== null) {
    const type = typeOfAttribute(attribute, cx, true);
    if (type.kind === 'error') return null;
    if (!isText(type) && (isScalar(type) || isNumeric(type))) return noSize(type, span, cx);
    return { kind: 'reading', reading: { kind: 'size', path: attribute.path, of: countedIn(type) }, span };
  }
  const at = deref(of, env, cx);
  if (at.expr.kind === 'list') return count(at.expr.items.length, span);
  if (at.expr.kind === 'conditional') {
    const inner = deeper(at.expr, at.env, cx);
    if (inner === null || !afford(cx)) return null;
    const test = cx.condition(at.expr.test, inner, cx);
    const then = size(at.expr.then, span, inner, cx);
    const otherwise = size(at.expr.else, span, inner, cx);
    return then === null || otherwise === null ? null : { kind: 'choose', test, then, else: otherwise, span };
  }
  const type = infer(at.expr, at.env, cx);
  if (type.kind === 'error') return null;
  if (!isText(type) && type.kind !== 'any') return noSize(type, span, cx);
  const inside = value(at.expr, at.env, STRING, cx);
  if (inside === null) return null;
  if (inside.kind === 'constant')
    return inside.constant.kind === 'string' ? count(Array.from(inside.constant.value).length, span) : null;
  return { kind: 'size', of: inside, span };
}

function count(n: number, span: Span): Value {
  return { kind: 'constant', constant: { kind: 'int', value: BigInt(n) }, span };
}

function noSize(type: Inferred, span: Span, cx: Context): null {
  cx.report.error('P0308', span, `\`size\` takes a string, a list or an object, but found ${kindText(type)}`);
  return null;
}

function constantOf(expr: Expr & { readonly kind: 'int' | 'double' | 'bool' | 'string' }): Constant {
  switch (expr.kind) {
    case 'int':
      return { kind: 'int', value: expr.value };
    case 'double':
      return { kind: 'double', value: expr.value };
    case 'bool':
      return { kind: 'bool', value: expr.value };
    case 'string':
      return { kind: 'string', value: expr.value };
    default:
      return unreachable(expr);
  }
}
