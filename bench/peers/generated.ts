// In: rules. Out: a decider made of generated JavaScript (`new Function`): per tool, `if`s over the rules that name or glob the
// tool, or only over those that name it; the others are appended, in functions that every tool shares. Needs a platform that allows
// code generation.

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
  const own = new Map(tools.map((tool) => [tool, specific.filter(({ rule }) => covers(rule.target, tool))]));
  return behindMap(
    own,
    numbered.filter(({ rule }) => rule.target.kind === 'any'),
  );
}

/** As a person would index rules: those for one tool behind a Map on it; globs, and rules for all tools, are asked whatever the tool. */
export function ifsBehindMap(rules: readonly WorkloadRule[]): PeerDecide {
  const own = new Map<string, NumberedRule[]>();
  const others: NumberedRule[] = [];
  for (const [index, rule] of rules.entries()) {
    if (rule.target.kind !== 'name') {
      others.push({ rule, index });
      continue;
    }
    const sameTool = own.get(rule.target.name) ?? [];
    sameTool.push({ rule, index });
    own.set(rule.target.name, sameTool);
  }
  return behindMap(own, others, globTest);
}

/** `own` need no test of their tool; `others` have what `toolTest` writes for it. */
function behindMap(
  own: ReadonlyMap<string, readonly NumberedRule[]>,
  others: readonly NumberedRule[],
  toolTest: (rule: WorkloadRule) => string = noTest,
): PeerDecide {
  const otherDeny = functionsFor(others, 'deny', toolTest);
  const otherAllow = functionsFor(others, 'allow', toolTest);
  const byTool = new Map(
    [...own].map(([tool, rules]) => [
      tool,
      [...functionsFor(rules, 'deny', noTest), ...otherDeny, ...functionsFor(rules, 'allow', noTest), ...otherAllow],
    ]),
  );
  const forOthers = [...otherDeny, ...otherAllow];
  return (request) => {
    for (const decide of byTool.get(request.tool) ?? forOthers) {
      const index = decide(request);
      if (index !== NO_RULE) return index;
    }
    return NO_RULE;
  };
}

function noTest(): string {
  return '';
}

function globTest({ target }: WorkloadRule): string {
  return target.kind === 'prefix' ? `request.tool.startsWith('${target.prefix}') && ` : '';
}

function functionsFor(
  rules: readonly NumberedRule[],
  effect: WorkloadRule['effect'],
  toolTest: (rule: WorkloadRule) => string,
): PeerDecide[] {
  const own = rules.filter(({ rule }) => rule.effect === effect);
  const functions: PeerDecide[] = [];
  for (let i = 0; i < own.length; i += RULES_PER_FUNCTION) {
    const part = own.slice(i, i + RULES_PER_FUNCTION);
    functions.push(
      compiled(
        [
          'const { args, principal, context } = request;',
          'const { roles } = principal;',
          ...part.map(({ rule, index }) => `if (${toolTest(rule)}${conditionOf(rule)}) return ${index};`),
          `return ${NO_RULE};`,
        ].join('\n'),
      ),
    );
  }
  return functions;
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
