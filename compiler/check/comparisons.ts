// In: two operands of a comparison. Out: the condition, each operand read as the other one asks (LANGUAGE.md 3.4, 4.3, 4.9).
// Never compares values of different kinds, a constant outside an enum, or an int beyond ±2^53 with a double.

import { didYouMean, unreachable } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import { asked, type Inferred, infer, isConstant, isNumber, kindText } from './infer.ts';
import { attributeOf, type Context, deeper, deref, type Placed, typeOfAttribute } from './names.ts';
import type { CompareOp, Condition, ScalarType, Value } from './typed.ts';
import { DOUBLE, enumText, isText } from './types.ts';
import { value } from './values.ts';

const MAX_EXACT_INT: bigint = 2n ** 53n;

/** `hint`: what two operands of type any are read as, where the place around them knows. */
export function comparison(
  op: CompareOp,
  left: Placed,
  right: Placed,
  span: Span,
  cx: Context,
  hint: ScalarType | null = null,
): Condition {
  const nulls = nullTest(op, left, right, span, cx);
  if (nulls !== null) return nulls;
  const leftType = infer(left.expr, left.env, cx);
  const rightType = infer(right.expr, right.env, cx);
  if (leftType.kind === 'bool' || rightType.kind === 'bool') {
    return boolComparison(op, left, leftType, right, rightType, span, cx);
  }
  const leftWant = wanted(rightType, right, cx) ?? hint;
  const rightWant = wanted(leftType, left, cx) ?? hint;
  if (leftType.kind === 'error' || rightType.kind === 'error') {
    // Build what can be built, only to report what is wrong inside.
    value(left.expr, left.env, leftWant ?? DOUBLE, cx);
    value(right.expr, right.env, rightWant ?? DOUBLE, cx);
    return failed(span);
  }
  if (!comparable(leftType, rightType)) {
    mismatch(op, leftType, rightType, span, cx);
    return failed(span);
  }
  const a = value(left.expr, left.env, leftWant, cx);
  const b = value(right.expr, right.env, rightWant, cx);
  if (a === null || b === null) return failed(span);
  const fits = [checkConstants(a, b, cx), checkConstants(b, a, cx)];
  return fits.includes(false) ? failed(span) : { kind: 'compare', op, left: a, right: b, span };
}

/** Stands for a condition that has an error in it. */
export function failed(span: Span): Condition {
  return { kind: 'constant', value: false, span };
}

/** Reports constants of `by` that `against` can never equal: outside its enum (4.3), or ints too large for its doubles. */
export function checkConstants(against: Value, by: Value, cx: Context): boolean {
  const constants = leaves(by).filter((leaf) => leaf.kind === 'constant');
  let fits = true;
  for (const leaf of leaves(against)) {
    const type = scalarOf(leaf);
    for (const constant of constants) {
      if (type?.kind === 'enum') fits = checkEnum(type.values, constant, cx) && fits;
      else if (type?.kind === 'double') fits = checkExact(constant, cx) && fits;
    }
  }
  return fits;
}

export function checkEnum(
  values: readonly string[],
  leaf: Value & { readonly kind: 'constant' },
  cx: Context,
): boolean {
  const constant = leaf.constant;
  if (constant.kind !== 'string' || values.includes(constant.value)) return true;
  const near = didYouMean(constant.value, values);
  cx.report.error(
    'P0311',
    leaf.span,
    `\`${JSON.stringify(constant.value)}\` is not one of the values of this enum`,
    near === undefined ? `the values are ${enumText(values)}` : `did you mean \`${JSON.stringify(near)}\`?`,
  );
  return false;
}

export function checkExact(leaf: Value & { readonly kind: 'constant' }, cx: Context): boolean {
  const constant = leaf.constant;
  if (constant.kind !== 'int' || (constant.value <= MAX_EXACT_INT && constant.value >= -MAX_EXACT_INT)) return true;
  cx.report.error(
    'P0312',
    leaf.span,
    `\`${constant.value}\` is compared with a number, which cannot tell ints beyond ±2^53 apart`,
    `write it as a double, \`${constant.value}.0\`, or declare the attribute as \`int\``,
  );
  return false;
}

/** Every value that `of` can be: the branches of its conditionals. */
function leaves(of: Value): readonly Value[] {
  return of.kind === 'choose' ? [...leaves(of.then), ...leaves(of.else)] : [of];
}

/** Null where neither an enum nor a double can stand. */
function scalarOf(of: Value): ScalarType | null {
  switch (of.kind) {
    case 'constant':
      return of.constant.kind === 'double' ? DOUBLE : null;
    case 'reading':
      return of.reading.kind === 'typed' && of.reading.type.kind !== 'list' ? of.reading.type : null;
    case 'variable':
      return of.type;
    case 'arithmetic':
    case 'negate':
      return of.type === 'double' ? DOUBLE : null;
    case 'size':
    case 'choose':
      return null;
    default:
      return unreachable(of);
  }
}

function wanted(type: Inferred, from: Placed, cx: Context): ScalarType | null {
  return asked(type, type.kind === 'int' && isConstant(from.expr, from.env, cx));
}

function comparable(a: Inferred, b: Inferred): boolean {
  if (a.kind === 'any') return b.kind === 'any' || isText(b) || isNumber(b);
  if (b.kind === 'any') return isText(a) || isNumber(a);
  return (isText(a) && isText(b)) || (isNumber(a) && isNumber(b));
}

function mismatch(op: CompareOp, a: Inferred, b: Inferred, span: Span, cx: Context): void {
  const list = [a, b].some((t) => t.kind === 'list' || t.kind === 'list-of-any' || t.kind === 'list-literal');
  const object = a.kind === 'object' || b.kind === 'object';
  cx.report.error(
    'P0309',
    span,
    `\`${op}\` compares two values of one type, but the left is ${kindText(a)} and the right is ${kindText(b)}`,
    list
      ? 'lists are not compared; ask with `in`, `.exists`, `.all` or `size`'
      : object
        ? 'objects are not compared; name one of their parts'
        : (isText(a) && isNumber(b)) || (isNumber(a) && isText(b))
          ? 'text stands in quotes, numbers do not'
          : (a.kind === 'bool' && isNumber(b)) || (isNumber(a) && b.kind === 'bool')
            ? 'a chain such as `1 < x < 5` is written `1 < x && x < 5`; a bool is `true` or `false`, not a number'
            : undefined,
  );
}

/** `path == null` (4.2), also through lets and conditionals; null if neither side is `null`. */
function nullTest(op: CompareOp, left: Placed, right: Placed, span: Span, cx: Context): Condition | null {
  const leftIsNull = isNull(left, cx);
  const rightIsNull = isNull(right, cx);
  if (!leftIsNull && !rightIsNull) return null;
  if (op !== '==') {
    cx.report.error('P0317', span, `\`${op}\` cannot compare with null`, 'only `== null` and `!= null` ask about null');
    return failed(span);
  }
  return isNullOf(leftIsNull ? right : left, span, cx);
}

function isNull(placed: Placed, cx: Context): boolean {
  if (placed.expr.kind === 'null') return true;
  return (
    placed.expr.kind === 'name' &&
    attributeOf(placed.expr, placed.env, cx) === null &&
    deref(placed.expr, placed.env, cx).expr.kind === 'null'
  );
}

function isNullOf(of: Placed, span: Span, cx: Context): Condition {
  const attribute = attributeOf(of.expr, of.env, cx);
  if (attribute === undefined) return failed(span);
  if (attribute !== null) {
    if (typeOfAttribute(attribute, cx, true).kind === 'error') return failed(span);
    return { kind: 'is-null', path: attribute.path, span };
  }
  const at = deref(of.expr, of.env, cx);
  if (at.expr.kind === 'conditional') {
    const inner = deeper(at.expr, at.env, cx);
    if (inner === null) return failed(span);
    return {
      kind: 'choose',
      test: cx.condition(at.expr.test, inner, cx),
      then: isNullOf({ expr: at.expr.then, env: inner }, span, cx),
      else: isNullOf({ expr: at.expr.else, env: inner }, span, cx),
      span,
    };
  }
  if (at.expr.kind !== 'error') {
    cx.report.error('P0317', span, 'only an attribute can be null', 'elements of a list and computed values never are');
  }
  return failed(span);
}

/** `a == b` between two bools, and with a constant `a` or `!a` (4.9). */
function boolComparison(
  op: CompareOp,
  left: Placed,
  leftType: Inferred,
  right: Placed,
  rightType: Inferred,
  span: Span,
  cx: Context,
): Condition {
  const asBool = (type: Inferred): boolean => type.kind === 'bool' || type.kind === 'any' || type.kind === 'error';
  if (!asBool(leftType) || !asBool(rightType)) {
    mismatch(op, leftType, rightType, span, cx);
    return failed(span);
  }
  if (op !== '==') {
    cx.report.error(
      'P0309',
      span,
      `\`${op}\` compares numbers or strings, but here are bools`,
      'use `==`, `!=`, `&&`, `||` or `!`',
    );
    return failed(span);
  }
  const a = cx.condition(left.expr, left.env, cx);
  const b = cx.condition(right.expr, right.env, cx);
  if (b.kind === 'constant') return b.value ? a : { kind: 'not', operand: a, span };
  if (a.kind === 'constant') return a.value ? b : { kind: 'not', operand: b, span };
  return { kind: 'same', left: a, right: b, span };
}
