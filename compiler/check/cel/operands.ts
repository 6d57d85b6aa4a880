// In: operands, built or to be built. Out: the term that needs them, held against what it takes (LANGUAGE.md 4.12, 5.9).
// Builds nothing itself: what builds an operand comes with the context.

import type { Span } from '../../source.ts';
import type { Expr } from '../../syntax/ast.ts';
import type { Term, TermFunction } from '../terms.ts';
import type { Built, TermContext, TermScope } from './scope.ts';
import { resultOf } from './signatures.ts';
import { ANY, ERROR, isAny, isNumber, staticText } from './static.ts';

/** Where a bool is needed. */
export function bool(expr: Expr, scope: TermScope, cx: TermContext): Term {
  const built = cx.build(expr, scope, cx);
  if (built.type.kind === 'bool' || isAny(built.type) || cx.unchecked === true) return built.term;
  cx.report.error(
    'P0307',
    expr.span,
    `expected a condition, which is true or false, but found ${staticText(built.type)}`,
    'compare it with something',
  );
  return built.term;
}

/** A call, its operands held against the overloads. */
export function call(fn: TermFunction, args: readonly Built[], span: Span, cx: TermContext, name: string = fn): Built {
  const term: Term = { kind: 'call', fn, args: args.map((arg) => arg.term), span };
  const types = args.map((arg) => arg.type);
  if (types.some((type) => type.kind === 'error')) return { term, type: ERROR };
  const type = resultOf(fn, types);
  if (type !== null) return { term, type };
  if (cx.unchecked === true) return { term, type: ANY };
  const mixed = types.length === 2 && types.every(isNumber) && /^(add|subtract|multiply|divide|modulo)$/.test(fn);
  const isTurned = name === '>' || name === '>=';
  const written = (isTurned ? types.toReversed() : types).map(staticText).join(' and ');
  cx.report.error(
    'P0320',
    span,
    `\`${isTurned ? name : (OPERATORS.get(fn) ?? name)}\` does not take ${written}`,
    mixed ? 'write a constant of type number with a point, such as `2.0`, or convert one: `double(…)`' : undefined,
  );
  return { term, type: ERROR };
}

const OPERATORS: ReadonlyMap<TermFunction, string> = new Map([
  ['not', '!'],
  ['less', '<'],
  ['less-equal', '<='],
  ['add', '+'],
  ['subtract', '-'],
  ['multiply', '*'],
  ['divide', '/'],
  ['modulo', '%'],
  ['negate', '-'],
]);
