// Expressions of governance.toolkit/v1. In: an expression. Out: a condition that is true where their Python engine finds it true
// (LANGUAGE.md 15.6), and unknown only where a text is over a limit. What only their TypeScript engine reads has its meaning there.

import type { Condition } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { Expression } from './ast.ts';
import { Builder } from './build.ts';
import { facetCondition, isFacet } from './facets.ts';
import { holds } from './structured.ts';

export function expressionCondition(expression: Expression): Condition {
  if ('operands' in expression) {
    const operands = expression.operands.map(expressionCondition);
    return { kind: expression.kind, operands, span: expression.span };
  }
  const plain = comparison(expression, new Builder(expression.path, expression.span));
  return isFacet(expression.path) ? facetCondition(expression, plain) : plain;
}

export type Comparison = Exclude<Expression, { readonly kind: 'or' | 'and' }>;

/** Missing and null are no text: unequal to every one, among none; to an order they are 0. */
function comparison(expression: Comparison, build: Builder): Condition {
  switch (expression.kind) {
    case 'equals': {
      const same = equals(expression.value, build);
      return expression.negated ? build.not(same) : same;
    }
    case 'among': {
      const found = build.or(...expression.values.map((value) => listed(value, build)));
      return expression.negated ? build.not(found) : found;
    }
    case 'compare': {
      const { op, value } = expression;
      const ofNumber = build.and(build.isForm('number', 'number'), build.number(op, value, 'number'));
      return holds(0, op, value) ? build.or(build.not(build.present()), ofNumber) : ofNumber;
    }
    case 'text':
      return build.text(build.textTest(expression.op, expression.value));
    case 'truthy':
      return build.or(
        build.and(build.is('bool'), build.truth()),
        build.and(build.is('number'), build.not(build.number('==', 0))),
        build.and(build.is('string'), build.not(build.equalsText(''))),
        build.and(build.is('list'), build.notEmpty('list')),
        build.and(build.is('object'), build.notEmpty('object')),
      );
    default:
      return unreachable(expression);
  }
}

function equals(value: string | number | boolean, build: Builder): Condition {
  if (typeof value === 'string') return build.text(build.equalsText(value));
  if (typeof value === 'number') return build.and(build.is('number'), build.number('==', value));
  return build.and(build.is('bool'), value ? build.truth() : build.not(build.truth()));
}

/** What stands in a list without quotes is a number, or its digits as a text: of their engines each takes one of the two. */
function listed(value: string | number, build: Builder): Condition {
  const asText = build.text(build.equalsText(String(value)));
  return typeof value === 'string' ? asText : build.or(asText, equals(value, build));
}
