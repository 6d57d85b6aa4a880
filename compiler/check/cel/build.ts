// In: an expression of CEL. Out: the term it is, lets inlined, macros expanded, with what is known of its type (LANGUAGE.md 4, 5.9).
// Mistakes that are known before anything is evaluated are reported; after one it goes on. Never folds anything.

import { unreachable } from '../../diagnostic.ts';
import type { Span } from '../../source.ts';
import type { BinaryOp, EntryAst, Expr } from '../../syntax/ast.ts';
import { checkEnum } from '../comparisons.ts';
import type { Term } from '../terms.ts';
import { callTerm, patternTerm } from './calls.ts';
import { quantifierTerm } from './macros.ts';
import { bool, call } from './operands.ts';
import {
  attributeTerm,
  type Built,
  deeperScope,
  errorTerm,
  resolve,
  type Steps,
  type TermContext,
  type TermScope,
} from './scope.ts';
import {
  ANY,
  carriedPart,
  comparable,
  ERROR,
  isAny,
  isNumber,
  join,
  plain,
  type StaticType,
  staticOf,
  staticText,
} from './static.ts';

export function build(expr: Expr, scope: TermScope, cx: TermContext): Built {
  const inner = deeperScope(expr, scope, cx);
  if (inner === null) return errorTerm(expr.span);
  const { span } = expr;
  switch (expr.kind) {
    case 'uint':
    case 'bytes':
      cx.beyond.found = true;
      return { term: { kind: 'constant', constant: expr, span }, type: plain(expr.kind) };
    case 'int':
    case 'double':
    case 'string':
    case 'bool':
      return { term: { kind: 'constant', constant: expr, span }, type: plain(expr.kind) };
    case 'null':
      return { term: { kind: 'constant', constant: { kind: 'null' }, span }, type: plain('null') };
    case 'list':
      return list(expr.items, span, inner, cx);
    case 'optional-item':
      return build(expr.operand, inner, cx);
    case 'map':
      return map(expr.entries, span, inner, cx);
    case 'name':
    case 'select':
      return named(expr, inner, cx);
    case 'optional-select':
      cx.beyond.found = true;
      return select(build(expr.object, inner, cx), expr.field, 'optional-select', span, cx);
    case 'index':
      cx.beyond.found = true;
      return index(build(expr.object, inner, cx), build(expr.key, inner, cx), expr.optional, span, cx);
    case 'has':
      return has(expr.path, span, inner, cx);
    case 'not':
      return call('not', [build(expr.operand, inner, cx)], span, cx);
    case 'negate':
      return call('negate', [build(expr.operand, inner, cx)], span, cx);
    case 'binary':
      return binary(expr, expr.op, inner, cx);
    case 'conditional': {
      const test = bool(expr.test, inner, cx);
      const then = build(expr.then, inner, cx);
      const otherwise = build(expr.else, inner, cx);
      const type = join(then.type, otherwise.type);
      return { term: { kind: 'choose', test, then: then.term, else: otherwise.term, span }, type };
    }
    case 'text':
      return call(expr.op, [build(expr.subject, inner, cx), build(expr.argument, inner, cx)], span, cx);
    case 'size':
      return size(expr.of, span, inner, cx);
    case 'quantifier':
      return quantifierTerm(expr, inner, cx);
    case 'matches':
      return patternTerm(expr, inner, cx);
    case 'call':
      cx.beyond.found = true;
      return callTerm(expr, inner, cx);
    case 'error':
      return errorTerm(span);
    default:
      return unreachable(expr);
  }
}

function list(items: readonly Expr[], span: Span, scope: TermScope, cx: TermContext): Built {
  const built = items.map((item) => ({ ...build(item, scope, cx), optional: item.kind === 'optional-item' }));
  const types = built.map(({ type, optional }) => (optional ? optionalPart(type) : type));
  const element = types.length === 0 ? ANY : types.reduce(join);
  if (built.some(({ optional }) => optional)) cx.beyond.found = true;
  return {
    term: { kind: 'list', items: built.map(({ term, optional }) => ({ term, optional })), span },
    type: { kind: 'list', element, carried: false },
  };
}

function optionalPart(type: StaticType): StaticType {
  return type.kind === 'optional' ? type.of : ANY;
}

function map(entries: readonly EntryAst[], span: Span, scope: TermScope, cx: TermContext): Built {
  cx.beyond.found = true;
  const built = entries.map(({ key, value, optional }) => ({
    key: build(key, scope, cx),
    value: build(value, scope, cx),
    optional,
  }));
  for (const [i, { key }] of built.entries()) {
    if (isAny(key.type) || /^(bool|int|uint|string|enum)$/.test(key.type.kind) || cx.unchecked === true) continue;
    const at = entries[i]?.key.span ?? span;
    cx.report.error('P0320', at, `a key of a map is a bool, an int or a string, not ${staticText(key.type)}`);
  }
  const keys = built.map(({ key }) => key.type);
  const values = built.map(({ value, optional }) => (optional ? optionalPart(value.type) : value.type));
  return {
    term: {
      kind: 'map',
      entries: built.map(({ key, value, optional }) => ({ key: key.term, value: value.term, optional })),
      span,
    },
    type: {
      kind: 'map',
      key: keys.length === 0 ? ANY : keys.reduce(join),
      value: values.length === 0 ? ANY : values.reduce(join),
      carried: false,
    },
  };
}

/** A name, or a path that begins with one or with any other expression. */
function named(expr: Expr, scope: TermScope, cx: TermContext): Built {
  const found = resolve(expr, scope, cx);
  switch (found.kind) {
    case 'error':
      return unknownName(expr.span, cx);
    case 'type':
      cx.beyond.found = true;
      return {
        term: { kind: 'constant', constant: { kind: 'type', name: found.name }, span: expr.span },
        type: plain('type'),
      };
    case 'variable': {
      const { variable, type, carried } = found;
      const term = carriedPart({ kind: 'variable', variable, span: expr.span }, type, carried);
      return steps({ term, type }, found.rest, cx);
    }
    case 'attribute':
      return steps(attributeTerm(found.path, found.type, expr.span, cx), found.rest, cx);
    case 'expr':
      return steps(build(found.expr, found.scope, cx), found.rest, cx);
    default:
      return unreachable(found);
  }
}

/** In an unchecked term: an attribute that no request has. */
function unknownName(span: Span, cx: TermContext): Built {
  if (cx.unchecked !== true) return errorTerm(span);
  return { term: { kind: 'attribute', path: { root: 'context', segments: ['\u0000'] }, span }, type: ANY };
}

function steps(base: Built, rest: Steps, cx: TermContext): Built {
  return rest.reduce((object, { field, expr }) => {
    cx.beyond.found = true;
    return select(object, field, 'select', expr.span, cx);
  }, base);
}

/** `object.field`, `object.?field`. */
export function select(
  object: Built,
  field: string,
  fn: 'select' | 'optional-select' | 'has',
  span: Span,
  cx: TermContext,
): Built {
  const key: Term = { kind: 'constant', constant: { kind: 'string', value: field }, span };
  const term: Term = { kind: 'call', fn, args: [object.term, key], span };
  const { type } = object;
  const of = type.kind === 'optional' ? type.of : type;
  const carried = 'carried' in type && type.carried;
  const part = fieldOf(of, field, span, cx);
  if (part === null) {
    if (cx.unchecked === true) return { term, type: ANY };
    cx.report.error('P0308', span, `only maps and objects have parts, and this is ${staticText(type)}`);
    return { term, type: ERROR };
  }
  if (fn === 'has') return { term, type: plain('bool') };
  if (fn === 'optional-select' || type.kind === 'optional') {
    return { term, type: { kind: 'optional', of: part, carried } };
  }
  return { term: carriedPart(term, part, carried), type: part };
}

/** The type of a field; null: values of this type have none. */
function fieldOf(type: StaticType, field: string, span: Span, cx: TermContext): StaticType | null {
  if (type.kind === 'any' || type.kind === 'error') return type;
  if (type.kind === 'map') return comparable(type.key, plain('string')) ? type.value : null;
  if (type.kind !== 'object') return null;
  const property = type.schema.properties.get(field);
  if (property !== undefined) return staticOf(property.type);
  if (type.schema.open) return ANY;
  cx.report.error(
    'P0303',
    span,
    `the schema declares no \`${field}\` here`,
    `there are ${[...type.schema.properties.keys()].map((name) => `\`${name}\``).join(', ')}`,
  );
  return ERROR;
}

function index(object: Built, key: Built, optional: boolean, span: Span, cx: TermContext): Built {
  const { type } = object;
  const term: Term = {
    kind: 'call',
    fn: optional ? 'optional-index' : 'index',
    args: [object.term, key.term],
    span,
  };
  const of = type.kind === 'optional' ? type.of : type;
  const carried = 'carried' in type && type.carried;
  const part = indexed(of, key.type);
  if (part === null && cx.unchecked !== true) {
    cx.report.error(
      'P0320',
      span,
      `\`[…]\` does not take ${staticText(type)} and ${staticText(key.type)}`,
      'lists are indexed by ints from 0, maps by their keys',
    );
    return { term, type: ERROR };
  }
  const found = part ?? ANY;
  if (optional || type.kind === 'optional') return { term, type: { kind: 'optional', of: found, carried } };
  return { term: carriedPart(term, found, carried), type: found };
}

function indexed(of: StaticType, key: StaticType): StaticType | null {
  if (of.kind === 'any' || of.kind === 'error') return of;
  if (of.kind === 'list') return isNumber(key) || isAny(key) ? of.element : null;
  if (of.kind === 'map') return comparable(of.key, key) ? of.value : null;
  if (of.kind === 'object') return comparable(key, plain('string')) ? ANY : null;
  return null;
}

/** `has(path)`; of an attribute it is two-valued (4.2). */
function has(path: Expr, span: Span, scope: TermScope, cx: TermContext): Built {
  if (path.kind === 'optional-select') {
    cx.beyond.found = true;
    return select(build(path.object, scope, cx), path.field, 'has', span, cx);
  }
  if (path.kind !== 'select') return errorTerm(span);
  const found = resolve(path, scope, cx);
  if (found.kind === 'attribute' && found.rest.length === 0) {
    return { term: { kind: 'has', path: found.path, span }, type: plain('bool') };
  }
  if (found.kind === 'error') return unknownName(span, cx);
  cx.beyond.found = true;
  return select(build(path.object, scope, cx), path.field, 'has', span, cx);
}

/** Counting the parts of an attribute reads none of them. */
function size(of: Expr, span: Span, scope: TermScope, cx: TermContext): Built {
  const found = of.kind === 'name' || of.kind === 'select' ? resolve(of, scope, cx) : null;
  if (found?.kind === 'attribute' && found.rest.length === 0) {
    if (/^(bytes|timestamp|duration|uint)$/.test(found.type.kind)) cx.beyond.found = true;
    const term = carriedPart({ kind: 'attribute', path: found.path, span: of.span }, found.type, true);
    return call('size', [{ term, type: found.type }], span, cx);
  }
  return call('size', [build(of, scope, cx)], span, cx);
}

function binary(expr: Expr & { readonly kind: 'binary' }, op: BinaryOp, scope: TermScope, cx: TermContext): Built {
  const { span } = expr;
  switch (op) {
    case '&&':
    case '||': {
      const operands = chain(expr, op).map((part) => bool(part, scope, cx));
      return { term: { kind: op === '&&' ? 'and' : 'or', operands, span }, type: plain('bool') };
    }
    case '==':
      return equality(expr, scope, cx);
    case '!=':
      return call('not', [equality(expr, scope, cx)], span, cx);
    default:
  }
  const left = build(expr.left, scope, cx);
  const right = build(expr.right, scope, cx);
  switch (op) {
    case '<':
      return call('less', [left, right], span, cx);
    case '<=':
      return call('less-equal', [left, right], span, cx);
    case '>':
      return call('less', [right, left], span, cx, '>');
    case '>=':
      return call('less-equal', [right, left], span, cx, '>=');
    case 'in':
      return membership(left, right, span, cx);
    case '+':
      if (!isAny(left.type) && !isNumber(left.type)) cx.beyond.found = true;
      if (!isAny(right.type) && !isNumber(right.type)) cx.beyond.found = true;
      return call('add', [left, right], span, cx);
    case '-':
      return call('subtract', [left, right], span, cx);
    case '*':
      return call('multiply', [left, right], span, cx);
    case '/':
      return call('divide', [left, right], span, cx);
    case '%':
      return call('modulo', [left, right], span, cx);
    default:
      return unreachable(op);
  }
}

/** The operands of a run of one operator, in order; a loop, since such runs have thousands. */
function chain(expr: Expr, op: '&&' | '||'): readonly Expr[] {
  const operands: Expr[] = [];
  const waiting = [expr];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'binary' && next.op === op) waiting.push(next.right, next.left);
    else operands.push(next);
  }
  return operands;
}

function equality(expr: Expr & { readonly kind: 'binary' }, scope: TermScope, cx: TermContext): Built {
  const { span } = expr;
  const wasBeyond = cx.beyond.found;
  const left = build(expr.left, scope, cx);
  const right = build(expr.right, scope, cx);
  const isNull = left.type.kind === 'null' || right.type.kind === 'null';
  const args = [left, right].map(({ term }) => (isNull && term.kind === 'typed' ? term.operand : term));
  const term: Term = { kind: 'call', fn: 'equal', args, span };
  // Whether an attribute is null is a literal of 5.2, whatever its type.
  if (isNull && args.every(({ kind }) => kind === 'attribute' || kind === 'constant')) cx.beyond.found = wasBeyond;
  if (comparable(left.type, right.type) || cx.unchecked === true) {
    if (!isNull && [left, right].some(({ type }) => /^(list|map|object|optional|type)$/.test(type.kind))) {
      cx.beyond.found = true;
    }
    const fits = fitsEnum(left.type, expr.right, cx) && fitsEnum(right.type, expr.left, cx);
    return { term, type: fits ? plain('bool') : ERROR };
  }
  cx.report.error(
    'P0309',
    span,
    `\`${expr.op}\` compares two values of one type, but the left is ${staticText(left.type)} and the right is ${staticText(right.type)}`,
    undefined,
  );
  return { term, type: ERROR };
}

function fitsEnum(type: StaticType, by: Expr, cx: TermContext): boolean {
  if (type.kind !== 'enum' || by.kind !== 'string') return true;
  const constant = { kind: 'string' as const, value: by.value };
  return checkEnum(type.values, { kind: 'constant', constant, span: by.span }, cx);
}

function membership(element: Built, list: Built, span: Span, cx: TermContext): Built {
  const { type } = list;
  const term: Term = { kind: 'call', fn: 'in', args: [element.term, list.term], span };
  if (type.kind === 'map' || type.kind === 'object' || element.type.kind === 'list') cx.beyond.found = true;
  const part = type.kind === 'list' ? type.element : type.kind === 'map' ? type.key : ANY;
  const isPossible = isAny(type) || /^(list|map|object)$/.test(type.kind);
  if (cx.unchecked === true || (isPossible && comparable(element.type, part))) return { term, type: plain('bool') };
  cx.report.error(
    'P0320',
    span,
    isPossible
      ? `\`in\` looks for ${staticText(element.type)}, but what it looks through holds each ${staticText(part)}`
      : `\`in\` needs a list or a map on its right, but this is ${staticText(type)}`,
    type.kind === 'string' ? 'to look inside a text write `text.contains("x")`' : undefined,
  );
  return { term, type: ERROR };
}
