// In: `in`, `exists` and `all`. Out: typed conditions; over a list literal written out, over an attribute kept (LANGUAGE.md 4.6, 4.7).
// Never nests quantifiers over attributes.

import type { Span } from '../source.ts';
import type { Expr } from '../syntax/ast.ts';
import { checkConstants, checkEnum, checkExact, comparison, failed } from './comparisons.ts';
import { asked, infer, isConstant, isNumber, kindText } from './infer.ts';
import {
  afford,
  attributeOf,
  type Binding,
  type Context,
  deeper,
  deref,
  type Env,
  isFreeName,
  type NamedAttribute,
  type Placed,
  typeOfAttribute,
} from './names.ts';
import { SILENT } from './report.ts';
import type { Condition, Constant, ScalarType, Value } from './typed.ts';
import { pathText } from './typed.ts';
import { isNumeric, isText, joinScalars, STRING } from './types.ts';
import { value } from './values.ts';

/** `element in list`. */
export function membership(element: Placed, list: Placed, span: Span, cx: Context): Condition {
  const found = listAt(list, cx);
  switch (found.kind) {
    case 'error':
      infer(element.expr, element.env, cx); // reports what is wrong on the left
      return failed(span);
    case 'conditional': {
      const inner = deeper(found.expr, found.env, cx);
      if (inner === null) return failed(span);
      return {
        kind: 'choose',
        test: cx.condition(found.expr.test, inner, cx),
        then: membership(element, { expr: found.expr.then, env: inner }, span, cx),
        else: membership(element, { expr: found.expr.else, env: inner }, span, cx),
        span,
      };
    }
    case 'literal':
      return inLiteral(element, found.items, found.env, found.span, span, cx);
    case 'attribute':
      return inAttribute(element, found, span, cx);
    case 'other':
      cx.report.error(
        'P0308',
        list.expr.span,
        `\`in\` needs a list on its right, but this is ${found.text}`,
        found.text === 'a string' ? 'to look inside a text write `text.contains("x")`' : undefined,
      );
      return failed(span);
  }
}

/** `list.exists(v, body)` and `list.all(v, body)`. */
export function quantifier(expr: Expr & { readonly kind: 'quantifier' }, env: Env, cx: Context): Condition {
  if (!isFreeName(expr.variable, expr.span, env, cx)) return failed(expr.span);
  return quantifierOver(expr, { expr: expr.list, env }, env, cx);
}

/** `env` is where the quantifier stands, and its body with it. */
function quantifierOver(expr: Expr & { readonly kind: 'quantifier' }, list: Placed, env: Env, cx: Context): Condition {
  const { span, op } = expr;
  const found = listAt(list, cx);
  switch (found.kind) {
    case 'error':
      return failed(span);
    case 'conditional': {
      const inner = deeper(found.expr, found.env, cx);
      if (inner === null) return failed(span);
      return {
        kind: 'choose',
        test: cx.condition(found.expr.test, inner, cx),
        then: quantifierOver(expr, { expr: found.expr.then, env: inner }, env, cx),
        else: quantifierOver(expr, { expr: found.expr.else, env: inner }, env, cx),
        span,
      };
    }
    case 'literal': {
      if (found.items.length === 0) return emptyList(found.span, cx);
      const operands = found.items.map((item) =>
        cx.condition(expr.body, withVariable(env, expr.variable, { kind: 'item', expr: item, env: found.env }), cx),
      );
      return { kind: op === 'exists' ? 'or' : 'and', operands, span };
    }
    case 'attribute':
      return overAttribute(expr, found, env, cx);
    case 'other':
      cx.report.error('P0308', list.expr.span, `\`${op}\` needs a list on its left, but this is ${found.text}`);
      return failed(span);
  }
}

type List =
  | { readonly kind: 'literal'; readonly items: readonly Expr[]; readonly env: Env; readonly span: Span }
  | { readonly kind: 'attribute'; readonly attribute: NamedAttribute; readonly element: ScalarType | null }
  | { readonly kind: 'conditional'; readonly expr: Expr & { readonly kind: 'conditional' }; readonly env: Env }
  | { readonly kind: 'other'; readonly text: string }
  | { readonly kind: 'error' };

/** What stands where a list is expected. An attribute of type any, or a list of who knows what, has no `element` yet. */
function listAt({ expr, env }: Placed, cx: Context): List {
  if (!afford(cx)) return { kind: 'error' };
  const attribute = attributeOf(expr, env, cx);
  if (attribute === undefined) return { kind: 'error' };
  if (attribute !== null) {
    const type = typeOfAttribute(attribute, cx);
    if (type.kind === 'error') return { kind: 'error' };
    if (type.kind === 'list') return { kind: 'attribute', attribute, element: type.element };
    if (type.kind === 'list-of-any' || type.kind === 'any') return { kind: 'attribute', attribute, element: null };
    return { kind: 'other', text: kindText(type) };
  }
  const at = deref(expr, env, cx);
  if (at.expr.kind === 'list') return { kind: 'literal', items: at.expr.items, env: at.env, span: at.expr.span };
  if (at.expr.kind === 'conditional') return { kind: 'conditional', expr: at.expr, env: at.env };
  const type = infer(at.expr, at.env, cx);
  return type.kind === 'error'
    ? { kind: 'error' }
    : { kind: 'other', text: type.kind === 'any' ? 'an element of a list' : kindText(type) };
}

function inLiteral(
  element: Placed,
  items: readonly Expr[],
  env: Env,
  listSpan: Span,
  span: Span,
  cx: Context,
): Condition {
  if (items.length === 0) return emptyList(listSpan, cx);
  const type = infer(element.expr, element.env, cx);
  const itemTypes = items.map((item) => infer(item, env, cx));
  const hint = itemTypes.map((itemType, i) =>
    asked(itemType, itemType.kind === 'int' && isConstantItem(items[i], env, cx)),
  );
  const want = hint.reduce((a, b) => (a === null ? b : b === null ? a : (joinScalars(a, b) ?? a)), null);
  const plain = type.kind !== 'bool' && want?.kind !== 'bool' && itemTypes.every((t) => isText(t) || isNumeric(t));
  if (!plain || !items.every((item) => isLiteral(item, env, cx)) || !fitsAll(type.kind, itemTypes)) {
    const operands = items.map((item) => comparison('==', element, { expr: item, env }, span, cx, want));
    return { kind: 'or', operands, span };
  }
  const sought = value(element.expr, element.env, want, cx);
  const constants: Constant[] = [];
  let fits = sought !== null;
  for (const item of items) {
    const constant = value(item, env, null, cx);
    if (constant?.kind !== 'constant') fits = false;
    else {
      constants.push(constant.constant);
      if (sought !== null) fits = checkConstants(sought, constant, cx) && fits;
    }
  }
  return fits && sought !== null ? { kind: 'one-of', value: sought, constants, span } : failed(span);
}

function isConstantItem(item: Expr | undefined, env: Env, cx: Context): boolean {
  return item !== undefined && isConstant(item, env, cx);
}

function isLiteral(item: Expr, env: Env, cx: Context): boolean {
  if (item.kind === 'select') return false;
  const at = deref(item, env, cx).expr.kind;
  return at === 'int' || at === 'double' || at === 'string';
}

/** All texts or all numbers, like the element; otherwise each comparison reports for itself. */
function fitsAll(element: string, items: readonly { readonly kind: string }[]): boolean {
  const one = { kind: element };
  const texts = items.every(isText) && (isText(one) || element === 'any');
  return texts || (items.every(isNumeric) && (isNumeric(one) || element === 'mixed' || element === 'any'));
}

function inAttribute(element: Placed, list: List & { readonly kind: 'attribute' }, span: Span, cx: Context): Condition {
  const type = infer(element.expr, element.env, cx);
  const text = pathText(list.attribute.path);
  const isConst = type.kind === 'int' && isConstant(element.expr, element.env, cx);
  const elementType = list.element ?? asked(type, isConst);
  if (type.kind === 'error') {
    value(element.expr, element.env, elementType ?? STRING, cx); // reports why
    return failed(span);
  }
  if (elementType === null) {
    if (type.kind !== 'any') return notAnElement(kindText(type), text, null, span, cx);
    cx.report.error(
      'P0306',
      span,
      `\`${text}\` is of type any, and nothing here says what its elements are`,
      `declare it under \`attributes\`: \`${text}: list<string>\``,
    );
    return failed(span);
  }
  const sameKind =
    type.kind === 'any' ||
    type.kind === elementType.kind ||
    (isText(type) && isText(elementType)) ||
    (isNumber(type) && isNumeric(elementType));
  if (!sameKind) return notAnElement(kindText(type), text, elementType, span, cx);
  const built = value(element.expr, element.env, elementType, cx);
  if (built === null) return failed(span);
  const sought = asElement(built, elementType, cx);
  if (sought === null) return failed(span);
  return { kind: 'member', element: sought, list: listReading(list.attribute, elementType), span };
}

function notAnElement(found: string, text: string, element: ScalarType | null, span: Span, cx: Context): Condition {
  cx.report.error(
    'P0309',
    span,
    element === null
      ? `\`in\` cannot look for ${found} in \`${text}\``
      : `the elements of \`${text}\` are each ${kindText(element)}, but the left is ${found}`,
  );
  return failed(span);
}

/** `member` compares values of one type: a constant number takes the type of the elements, its value unchanged. */
function asElement(built: Value, element: ScalarType, cx: Context): Value | null {
  if (built.kind === 'choose') {
    const then = asElement(built.then, element, cx);
    const otherwise = asElement(built.else, element, cx);
    return then === null || otherwise === null ? null : { ...built, then, else: otherwise };
  }
  if (built.kind === 'constant') {
    if (element.kind === 'enum') return checkEnum(element.values, built, cx) ? built : null;
    const constant = built.constant;
    if (element.kind === 'double' && constant.kind === 'int') {
      if (!checkExact(built, cx)) return null;
      return { ...built, constant: { kind: 'double', value: Number(constant.value) } };
    }
    if (element.kind === 'int' && constant.kind === 'double') {
      if (Number.isSafeInteger(constant.value))
        return { ...built, constant: { kind: 'int', value: BigInt(constant.value) } };
      cx.report.error('P0309', built.span, `\`${constant.value}\` can never be an element of a list of ints`);
      return null;
    }
    return built;
  }
  const numeric = numberKind(built);
  if (numeric === null || numeric === element.kind) return built;
  cx.report.error(
    'P0310',
    built.span,
    `this version looks for a value of type ${numeric === 'int' ? 'int' : 'number'} only in a list of the same`,
    'declare both with one type, or write `list.exists(v, v == x)`',
  );
  return null;
}

function numberKind(of: Value): 'int' | 'double' | null {
  switch (of.kind) {
    case 'arithmetic':
    case 'negate':
      return of.type;
    case 'size':
      return 'int';
    case 'variable':
      return of.type.kind === 'int' || of.type.kind === 'double' ? of.type.kind : null;
    case 'reading': {
      const kind = of.reading.kind === 'size' ? 'int' : of.reading.type.kind;
      return kind === 'int' || kind === 'double' ? kind : null;
    }
    case 'constant':
    case 'choose':
      return null;
  }
}

function overAttribute(
  expr: Expr & { readonly kind: 'quantifier' },
  list: List & { readonly kind: 'attribute' },
  env: Env,
  cx: Context,
): Condition {
  const { span } = expr;
  if (env.insideQuantifier) {
    cx.report.error(
      'P0314',
      span,
      'a quantifier over an attribute stands inside another one',
      'ask `v in list`, or quantify the inner one over a list literal',
    );
    return failed(span);
  }
  const element = list.element ?? demanded(expr, env, list.attribute, cx);
  if (element === null) return failed(span);
  const inside = { ...withVariable(env, expr.variable, { kind: 'element', type: element }), insideQuantifier: true };
  const body = cx.condition(expr.body, inside, cx);
  return {
    kind: 'quantifier',
    op: expr.op,
    list: listReading(list.attribute, element),
    variable: 0,
    variableType: element,
    body,
    span,
  };
}

/** What the body reads the elements as: it is checked once without saying anything, to see what it asks for (3.4). */
function demanded(
  expr: Expr & { readonly kind: 'quantifier' },
  env: Env,
  attribute: NamedAttribute,
  cx: Context,
): ScalarType | null {
  const demands: ScalarType[] = [];
  const inside = { ...withVariable(env, expr.variable, { kind: 'open', demands }), insideQuantifier: true };
  cx.condition(expr.body, inside, { ...cx, report: SILENT });
  let joined: ScalarType | null = demands[0] ?? null;
  for (const demand of demands) joined = joined === null ? null : joinScalars(joined, demand);
  if (joined !== null) return joined;
  const text = pathText(attribute.path);
  cx.report.error(
    'P0306',
    attribute.span,
    demands.length === 0
      ? `nothing here says what the elements of \`${text}\` are`
      : `the elements of \`${text}\` are read here as more than one type`,
    `declare it under \`attributes\`: \`${text}: list<string>\``,
  );
  return null;
}

function listReading(attribute: NamedAttribute, element: ScalarType): Value & { readonly kind: 'reading' } {
  const type = { kind: 'list', element } as const;
  return { kind: 'reading', reading: { kind: 'typed', path: attribute.path, type }, span: attribute.span };
}

function withVariable(env: Env, name: string, binding: Binding): Env {
  return { ...env, variables: new Map([...env.variables, [name, binding]]) };
}

function emptyList(span: Span, cx: Context): Condition {
  cx.report.error('P0503', span, 'an empty list here can never match', 'list at least one value');
  return failed(span);
}
