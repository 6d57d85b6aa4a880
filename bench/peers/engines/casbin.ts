// In: a workload. Out: a casbin model with a condition a policy line (`eval(p.rule)`), which is casbin's way to say attributes.

import { type Test, type ToolTarget, unreachable, type Workload } from '../../workload.ts';
import { type Decider, importPeer, type PeerEngine } from '../engine.ts';

interface Enforcer {
  addFunction: (name: string, run: (...args: never[]) => boolean) => Promise<void>;
  addPolicies: (lines: string[][]) => Promise<boolean>;
  enforceSync: (...values: unknown[]) => boolean;
}

interface Casbin {
  newModelFromString: (text: string) => object;
  newEnforcer: (model: object) => Promise<Enforcer>;
}

const MODEL = `
[request_definition]
r = call, tool

[policy_definition]
p = tool, rule, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = keyMatch(r.tool, p.tool) && eval(p.rule)
`;

export const casbin: PeerEngine = {
  name: 'casbin',
  packageName: 'casbin',
  told: 'a line a rule: tool by keyMatch, condition by eval(p.rule), startsWith/endsWith/has as functions; enforceSync',
  load: loadCasbin,
};

async function loadCasbin(workload: Workload): Promise<Decider> {
  const { newModelFromString, newEnforcer } = (await importPeer('casbin')) as Casbin;
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  await enforcer.addFunction('startsWith', (text: string, prefix: string) => text.startsWith(prefix));
  await enforcer.addFunction('endsWith', (text: string, suffix: string) => text.endsWith(suffix));
  await enforcer.addFunction('has', (list: readonly string[], item: string) => list.includes(item));
  const lines = workload.rules.map(({ effect, target, tests }) => [
    patternOf(target),
    tests.map(conditionOf).join(' && '),
    effect,
  ]);
  // casbin takes no two equal lines; a rule said twice means the same.
  await enforcer.addPolicies([...new Map(lines.map((line) => [line.join('\n'), line])).values()]);
  return { kind: 'now', allows: (request) => enforcer.enforceSync(request, request.tool) };
}

function patternOf(target: ToolTarget): string {
  if (target.kind === 'any') return '*';
  return target.kind === 'name' ? target.name : `${target.prefix}*`;
}

function conditionOf(test: Test): string {
  switch (test.kind) {
    case 'roles':
      return `(${test.anyOf.map((role) => `has(r.call.principal.roles, "${role}")`).join(' || ')})`;
    case 'range':
      return `r.call.args.amount >= ${test.from} && r.call.args.amount < ${test.below}`;
    case 'prefix':
      return `startsWith(r.call.args.path, "${test.text}")`;
    case 'suffix':
      return `endsWith(r.call.args.path, "${test.text}")`;
    case 'region':
      return `r.call.context.region == "${test.region}"`;
    default:
      return unreachable(test);
  }
}
