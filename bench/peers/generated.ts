// In: rules. Out: a decider made of generated JavaScript (`new Function`): per tool, `if`s over the rules that name or glob the
// tool; rules for all tools are appended, in functions that every tool shares. Needs a platform that allows code generation.

import { covers, type Test, unreachable, type WorkloadRule } from '../workload.ts';
import { NO_RULE, type PeerDecide } from './peer.ts';

/** V8 does not optimise a function of more than 60 KB of bytecode, so a long run of `if`s is cut into several. */
const RULES_PER_FUNCTION = 64;

interface NumberedRule {
  readonly rule: WorkloadRule;
  readonly index: number;
}

/** Denies come before allows, and a tool's own rules before those for all tools. */
export function generatedPerTool(rules: readonly WorkloadRule[], tools: readonly string[]): PeerDecide {
  const numbered = rules.map((rule, index) => ({ rule, index }));
  const specific = numbered.filter(({ rule }) => rule.target.kind !== 'any');
  const general = numbered.filter(({ rule }) => rule.target.kind === 'any');
  const generalDeny = functionsFor(general, 'deny');
  const generalAllow = functionsFor(general, 'allow');
  const byTool = new Map(
    tools.map((tool) => {
      const own = specific.filter(({ rule }) => covers(rule.target, tool));
      return [
        tool,
        [...functionsFor(own, 'deny'), ...generalDeny, ...functionsFor(own, 'allow'), ...generalAllow],
      ] as const;
    }),
  );
  const forOthers = [...generalDeny, ...generalAllow];
  return (request) => {
    for (const decide of byTool.get(request.tool) ?? forOthers) {
      const index = decide(request);
      if (index !== NO_RULE) return index;
    }
    return NO_RULE;
  };
}

function functionsFor(rules: readonly NumberedRule[], effect: WorkloadRule['effect']): PeerDecide[] {
  const own = rules.filter(({ rule }) => rule.effect === effect);
  const functions: PeerDecide[] = [];
  for (let i = 0; i < own.length; i += RULES_PER_FUNCTION) {
    functions.push(compiled(ifsFor(own.slice(i, i + RULES_PER_FUNCTION))));
  }
  return functions;
}

function ifsFor(rules: readonly NumberedRule[]): string {
  return [
    'const { args, principal, context } = request;',
    'const { roles } = principal;',
    ...rules.map(({ rule, index }) => `if (${conditionOf(rule)}) return ${index};`),
    `return ${NO_RULE};`,
  ].join('\n');
}

/** The JavaScript of a rule's tests over `args`, `roles` and `context`. */
export function conditionOf(rule: WorkloadRule): string {
  return rule.tests.map(sourceOf).join(' && ');
}

function sourceOf(test: Test): string {
  switch (test.kind) {
    case 'roles': {
      const each = test.anyOf.map((role) => `roles.includes('${role}')`).join(' || ');
      return test.anyOf.length === 1 ? each : `(${each})`;
    }
    case 'range':
      return `args.amount >= ${test.from} && args.amount < ${test.below}`;
    case 'prefix':
      return `args.path.startsWith('${test.text}')`;
    case 'suffix':
      return `args.path.endsWith('${test.text}')`;
    case 'region':
      return `context.region === '${test.region}'`;
    default:
      return unreachable(test);
  }
}

function compiled(body: string): PeerDecide {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- this peer is generated code; only the workload's own texts go into it
  const made: unknown = new Function('request', body);
  if (!isPeer(made)) throw new TypeError('no function was made');
  return made;
}

function isPeer(made: unknown): made is PeerDecide {
  return typeof made === 'function';
}
