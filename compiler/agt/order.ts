// The conflict strategies of the toolkit as orders: whichever rule of an order matches first is the one that its resolver would
// choose among all that match. In: rules in source order. Out: the same in deciding order. Sorts are stable: ties keep their order.

import { unreachable } from '../diagnostic.ts';
import type { AgtRule, Strategy } from './ast.ts';

interface Ranked {
  readonly rule: AgtRule;
  readonly specificity: number;
}

export function inOrder<R extends Ranked>(rules: readonly R[], strategy: Strategy): readonly R[] {
  const byPriority = [...rules].sort((a, b) => b.rule.priority - a.rule.priority);
  switch (strategy) {
    case 'priority_first_match':
      return byPriority;
    case 'deny_overrides':
      return byPriority.sort((a, b) => Number(b.rule.effect === 'deny') - Number(a.rule.effect === 'deny'));
    case 'allow_overrides':
      return byPriority.sort((a, b) => Number(b.rule.effect === 'allow') - Number(a.rule.effect === 'allow'));
    case 'most_specific_wins':
      return byPriority.sort((a, b) => b.specificity - a.specificity);
    default:
      return unreachable(strategy);
  }
}
