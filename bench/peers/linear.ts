// In: rules as objects. Out: a decider that walks them, denies first, and stops at the first match: the usual rule engine.

import { covers, type Test, unreachable, type WorkloadRequest, type WorkloadRule } from '../workload.ts';
import { NO_RULE, type PeerDecide } from './peer.ts';

export function linearInterpreter(rules: readonly WorkloadRule[]): PeerDecide {
  const numbered = rules.map((rule, index) => ({ rule, index }));
  const ordered = [
    ...numbered.filter(({ rule }) => rule.effect === 'deny'),
    ...numbered.filter(({ rule }) => rule.effect === 'allow'),
  ];
  return (request) => {
    for (const { rule, index } of ordered) {
      if (covers(rule.target, request.tool) && allHold(rule.tests, request)) return index;
    }
    return NO_RULE;
  };
}

/** Indexes of all matching rules, in source order: what an engine must list. */
export function matchingRules(rules: readonly WorkloadRule[], request: WorkloadRequest): number[] {
  const matching: number[] = [];
  for (const [index, rule] of rules.entries()) {
    if (covers(rule.target, request.tool) && allHold(rule.tests, request)) matching.push(index);
  }
  return matching;
}

function allHold(tests: readonly Test[], request: WorkloadRequest): boolean {
  for (const test of tests) {
    if (!holds(test, request)) return false;
  }
  return true;
}

function holds(test: Test, request: WorkloadRequest): boolean {
  switch (test.kind) {
    case 'roles':
      return test.anyOf.some((role) => request.principal.roles.includes(role));
    case 'range':
      return request.args.amount >= test.from && request.args.amount < test.below;
    case 'prefix':
      return request.args.path.startsWith(test.text);
    case 'suffix':
      return request.args.path.endsWith(test.text);
    case 'region':
      return request.context.region === test.region;
    default:
      return unreachable(test);
  }
}
