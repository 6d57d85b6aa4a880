// In: a call of a macro (LANGUAGE.md 4.21). Out: the term it stands for, its variables numbered.
// Never repeats an operand: what is used twice is bound.

import type { Span } from '../../source.ts';
import type { Expr } from '../../syntax/ast.ts';
import type { FoldOp, Term } from '../terms.ts';
import { bool } from './operands.ts';
import { type Built, errorTerm, type TermContext, type TermScope, withVariables } from './scope.ts';
import { ANY, carriedPart, isAny, plain, type StaticType, staticText } from './static.ts';

type Call = Expr & { readonly kind: 'call' };

/** `list.exists(v, c)`, `list.all(v, c)`. */
export function quantifierTerm(expr: Expr & { readonly kind: 'quantifier' }, scope: TermScope, cx: TermContext): Built {
  const over = cx.build(expr.list, scope, cx);
  const isOverAttribute = !isLiteral(over.term);
  // Literals of 5.2 ask the elements of one list attribute, and do not nest.
  const isList = over.type.kind === 'list' || isAny(over.type);
  if (
    isOverAttribute &&
    ((isList && !isSimpleList(over.term)) || scope.insideQuantifier || /^(map|object)$/.test(over.type.kind))
  ) {
    cx.beyond.found = true;
  }
  const name: Expr = { kind: 'name', name: expr.variable, outermost: false, span: expr.span };
  const inside = { ...scope, insideQuantifier: scope.insideQuantifier || isOverAttribute };
  return fold(expr.op, over, [name], null, expr.body, expr.span, inside, cx);
}

function isLiteral(term: Term): boolean {
  return term.kind === 'list' || (term.kind === 'choose' && isLiteral(term.then) && isLiteral(term.else));
}

function isSimpleList(term: Term): boolean {
  if (term.kind === 'choose') return isSimpleList(term.then) && isSimpleList(term.else);
  const { kind } = term.kind === 'typed' ? term.operand : term;
  return kind === 'list' || kind === 'attribute';
}

/** Null: not a macro. */
export function macroTerm(expr: Call, scope: TermScope, cx: TermContext): Built | null {
  const { receiver, args, span, name } = expr;
  const [first, second, third, fourth] = args;
  if (name === 'cel.bind' && first !== undefined && second !== undefined && third !== undefined) {
    return bind(cx.build(second, scope, cx), first, span, scope, cx, (inside) => cx.build(third, inside, cx));
  }
  if (receiver === null || first === undefined || second === undefined) return null;
  const over = (): Built => cx.build(receiver, scope, cx);
  switch (name) {
    case 'exists':
    case 'all':
    case 'exists_one':
    case 'existsOne': {
      const op = name === 'exists' || name === 'all' ? name : 'exists-one';
      if (third === undefined) return fold(op, over(), [first], null, second, span, scope, cx);
      return fold(op, over(), [first, second], null, third, span, scope, cx);
    }
    case 'filter':
      return fold('filter', over(), [first], null, second, span, scope, cx);
    case 'map':
      return third === undefined
        ? fold('map', over(), [first], null, second, span, scope, cx)
        : fold('map', over(), [first], second, third, span, scope, cx);
    case 'transformList':
    case 'transformMap':
    case 'transformMapEntry': {
      if (third === undefined) return null;
      const op =
        name === 'transformList' ? 'transform-list' : name === 'transformMap' ? 'transform-map' : 'transform-entry';
      return fourth === undefined
        ? fold(op, over(), [first, second], null, third, span, scope, cx)
        : fold(op, over(), [first, second], third, fourth, span, scope, cx);
    }
    case 'optMap':
    case 'optFlatMap':
      return optionalMap(over(), first, second, name === 'optMap', span, scope, cx);
    default:
      return null;
  }
}

function fold(
  op: FoldOp,
  over: Built,
  variables: readonly Expr[],
  filter: Expr | null,
  body: Expr,
  span: Span,
  scope: TermScope,
  cx: TermContext,
): Built {
  const types = variableTypes(over.type, variables.length, op, span, cx);
  if (types === null) return errorTerm(span);
  const bound = variables.map((variable, i) => ({
    name: variableName(variable),
    span: variable.span,
    type: types[i] ?? ANY,
    // Keys and indexes are what they are.
    carried: isCarried(over.type) && i === (over.type.kind === 'list' ? variables.length - 1 : 1),
  }));
  const { scope: inside, first } = withVariables(scope, bound, cx);
  const filtered = filter === null ? null : bool(filter, inside, cx);
  const isTest = op === 'exists' || op === 'all' || op === 'exists-one' || op === 'filter';
  const made = isTest ? { term: bool(body, inside, cx), type: plain('bool') } : cx.build(body, inside, cx);
  if (op === 'transform-entry' && made.type.kind !== 'map' && !isAny(made.type) && cx.unchecked !== true) {
    cx.report.error(
      'P0320',
      body.span,
      `\`transformMapEntry\` makes a map of each entry, but this is ${staticText(made.type)}`,
    );
  }
  const term: Term = {
    kind: 'fold',
    op,
    over: over.term,
    first,
    variables: variables.length === 1 ? 1 : 2,
    filter: filtered,
    body: made.term,
    span,
  };
  return { term, type: foldType(op, over.type, made.type, types) };
}

function isCarried(type: StaticType): boolean {
  return 'carried' in type && type.carried;
}

function foldType(op: FoldOp, over: StaticType, body: StaticType, variables: readonly StaticType[]): StaticType {
  const [first = ANY] = variables;
  switch (op) {
    case 'exists':
    case 'all':
    case 'exists-one':
      return plain('bool');
    case 'filter':
      return { kind: 'list', element: first, carried: over.kind === 'list' && over.carried };
    case 'map':
    case 'transform-list':
      return { kind: 'list', element: body, carried: false };
    case 'transform-map':
      return { kind: 'map', key: first, value: body, carried: false };
    case 'transform-entry':
      return body.kind === 'map' ? { ...body, carried: false } : ANY;
  }
}

/** Null, with an error: nothing to go over. */
function variableTypes(
  over: StaticType,
  count: number,
  op: FoldOp,
  span: Span,
  cx: TermContext,
): readonly StaticType[] | null {
  const pair = (key: StaticType, value: StaticType): readonly StaticType[] => (count === 1 ? [key] : [key, value]);
  switch (over.kind) {
    case 'error':
      return pair(over, over);
    case 'any':
      return pair(ANY, ANY);
    case 'list':
      return count === 1 ? [over.element] : [plain('int'), over.element];
    case 'map':
      return pair(over.key, over.value);
    case 'object':
      return pair(plain('string'), ANY);
    default:
      if (cx.unchecked === true) return pair(ANY, ANY);
      cx.report.error('P0320', span, `\`${op}\` needs a list or a map on its left, but this is ${staticText(over)}`);
      return null;
  }
}

function bind(
  value: Built,
  name: Expr,
  span: Span,
  scope: TermScope,
  cx: TermContext,
  body: (inside: TermScope) => Built,
): Built {
  const { scope: inside, first } = withVariables(
    scope,
    [{ name: variableName(name), span: name.span, type: value.type, carried: false }],
    cx,
  );
  const built = body(inside);
  return { term: { kind: 'bind', value: value.term, variable: first, body: built.term, span }, type: built.type };
}

/** `hasValue(o) ? optional.of(body with v = value(o)) : optional.none()`, o bound. */
function optionalMap(
  over: Built,
  variable: Expr,
  body: Expr,
  wrap: boolean,
  span: Span,
  scope: TermScope,
  cx: TermContext,
): Built {
  if (over.type.kind !== 'optional' && !isAny(over.type) && cx.unchecked !== true) {
    cx.report.error(
      'P0320',
      span,
      `\`${wrap ? 'optMap' : 'optFlatMap'}\` needs an optional on its left, but this is ${staticText(over.type)}`,
    );
  }
  const hidden: Expr = { kind: 'name', name: `\0${span.start}`, outermost: false, span };
  return bind(over, hidden, span, scope, cx, (outer) => {
    const read: Term = { kind: 'variable', variable: lastVariable(outer), span };
    const value: Term = { kind: 'call', fn: 'value', args: [read], span };
    const type = over.type.kind === 'optional' ? over.type.of : ANY;
    const then = bind(
      { term: carriedPart(value, type, isCarried(over.type)), type },
      variable,
      span,
      outer,
      cx,
      (inside) => {
        const made = cx.build(body, inside, cx);
        if (!wrap) return made;
        const term: Term = { kind: 'call', fn: 'optional.of', args: [made.term], span };
        return { term, type: { kind: 'optional', of: made.type, carried: false } };
      },
    );
    const test: Term = { kind: 'call', fn: 'hasValue', args: [read], span };
    const none: Term = { kind: 'call', fn: 'optional.none', args: [], span };
    return { term: { kind: 'choose', test, then: then.term, else: none, span }, type: then.type };
  });
}

function lastVariable(scope: TermScope): number {
  return [...scope.variables.values()].reduce((most, { variable }) => Math.max(most, variable), 0);
}

/** The parser takes nothing but names there. */
function variableName(expr: Expr): string {
  return expr.kind === 'name' ? expr.name : '';
}
