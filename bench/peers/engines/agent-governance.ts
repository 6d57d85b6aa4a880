// In: a workload. Out: a policy of the Agent Governance SDK. Its conditions know no lists, no prefixes and no suffixes, so what they
// ask is prepared as fields for every call, without a look at the rules: the caller's part of an equivalent rule.

import { type Test, type ToolTarget, unreachable, type Workload, type WorkloadRequest } from '../../workload.ts';
import { type Decider, importPeer, type PeerEngine } from '../engine.ts';

interface Sdk {
  PolicyEngine: new (
    rules: undefined,
    strategy: string,
  ) => {
    loadPolicy: (policy: object) => void;
    evaluatePolicy: (agent: string, context: object) => { allowed: boolean };
  };
  ConflictResolutionStrategy: { readonly DenyOverrides: string };
}

export const agentGovernance: PeerEngine = {
  name: 'agent-governance-sdk',
  packageName: '@microsoft/agent-governance-sdk',
  told: 'a rule a rule, deny-overrides; the caller spreads roles, folders of the path, its ending and the server into fields',
  load: loadSdk,
};

async function loadSdk(workload: Workload): Promise<Decider> {
  const module = (await importPeer('@microsoft/agent-governance-sdk')) as Sdk & { default?: Sdk };
  const { PolicyEngine, ConflictResolutionStrategy } =
    module.PolicyEngine === undefined ? (module.default ?? module) : module;
  const engine = new PolicyEngine(undefined, ConflictResolutionStrategy.DenyOverrides);
  engine.loadPolicy({
    apiVersion: 'governance.toolkit/v1',
    name: 'bench',
    agents: ['*'],
    scope: 'global',
    default_action: 'deny',
    rules: workload.rules.map(({ id, effect, target, tests }) => ({
      name: id,
      condition: conditionOf(target, tests),
      ruleAction: effect,
      priority: 0,
    })),
  });
  return { kind: 'now', allows: (request) => engine.evaluatePolicy(request.principal.id, fieldsOf(request)).allowed };
}

/** Folders end in a slash, and so do the prefixes of the rules; an ending is all after the first dot of the last segment. */
function fieldsOf({ tool, args, principal, context }: WorkloadRequest): object {
  const under: Record<string, boolean> = {};
  for (let at = args.path.indexOf('/', 1); at >= 0; at = args.path.indexOf('/', at + 1)) {
    under[word(args.path.slice(0, at + 1))] = true;
  }
  const roles: Record<string, boolean> = {};
  for (const role of principal.roles) roles[word(role)] = true;
  const name = args.path.slice(args.path.lastIndexOf('/') + 1);
  const ending = name.slice(name.indexOf('.'));
  return {
    tool,
    server: tool.slice(0, tool.indexOf('.') + 1),
    amount: args.amount,
    region: context.region,
    under,
    roles,
    ending,
  };
}

/** Fields are made of letters, digits and underscores only. */
function word(text: string): string {
  return text.replace(/\W/g, '_');
}

function toolTest(target: ToolTarget): string[] {
  if (target.kind === 'any') return [];
  return [target.kind === 'name' ? `tool == '${target.name}'` : `server == '${target.prefix}'`];
}

/** There are no brackets, and `and` binds closer than `or`: the roles of one test make one alternative each. */
function conditionOf(target: ToolTarget, tests: readonly Test[]): string {
  let alternatives: string[][] = [toolTest(target)];
  for (const test of tests) {
    const either = alternativesOf(test);
    alternatives = alternatives.flatMap((before) => either.map((one) => [...before, one]));
  }
  return alternatives.map((each) => each.join(' and ')).join(' or ');
}

function alternativesOf(test: Test): string[] {
  switch (test.kind) {
    case 'roles':
      return test.anyOf.map((role) => `roles.${word(role)}`);
    case 'range':
      return [`amount >= ${test.from} and amount < ${test.below}`];
    case 'prefix':
      return [`under.${word(test.text)}`];
    case 'suffix':
      return [`ending == '${test.text}'`];
    case 'region':
      return [`region == '${test.region}'`];
    default:
      return unreachable(test);
  }
}
