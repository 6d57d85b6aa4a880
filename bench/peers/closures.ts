// In: rules. Out: a decider made of closures, one a test, denies first: what a program builds from rules where code generation is
// not allowed.

import { covers, type Test, unreachable, type WorkloadRequest, type WorkloadRule } from '../workload.ts';
import { NO_RULE, type PeerDecide } from './peer.ts';

type Predicate = (request: WorkloadRequest) => boolean;

export function closures(rules: readonly WorkloadRule[]): PeerDecide {
  const numbered = rules.map((rule, index) => ({ rule, index, holds: predicateOf(rule) }));
  const ordered = [
    ...numbered.filter(({ rule }) => rule.effect === 'deny'),
    ...numbered.filter(({ rule }) => rule.effect === 'allow'),
  ].map(({ index, holds }) => ({ index, holds }));
  return (request) => {
    for (const { index, holds } of ordered) {
      if (holds(request)) return index;
    }
    return NO_RULE;
  };
}

function predicateOf({ target, tests }: WorkloadRule): Predicate {
  let all: Predicate = () => true;
  for (const test of tests.toReversed()) all = both(closureOf(test), all);
  return target.kind === 'any' ? all : both((request) => covers(target, request.tool), all);
}

function both(one: Predicate, other: Predicate): Predicate {
  return (request) => one(request) && other(request);
}

function closureOf(test: Test): Predicate {
  switch (test.kind) {
    case 'roles': {
      const { anyOf } = test;
      return ({ principal }) => anyOf.some((role) => principal.roles.includes(role));
    }
    case 'range': {
      const { from, below } = test;
      return ({ args }) => args.amount >= from && args.amount < below;
    }
    case 'prefix': {
      const { text } = test;
      return ({ args }) => args.path.startsWith(text);
    }
    case 'suffix': {
      const { text } = test;
      return ({ args }) => args.path.endsWith(text);
    }
    case 'region': {
      const { region } = test;
      return ({ context }) => context.region === region;
    }
    default:
      return unreachable(test);
  }
}
