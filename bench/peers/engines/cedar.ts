// In: a workload. Out: Cedar policies for it, asked through the package's stateful API: policies parsed once, none in the calls.

import { type Test, unreachable, type Workload, type WorkloadRule } from '../../workload.ts';
import { type Decider, importPeer, type PeerEngine } from '../engine.ts';

interface CedarWasm {
  preparsePolicySet: (id: string, policies: { staticPolicies: string }) => { type: string; errors?: unknown };
  statefulIsAuthorized: (call: object) => {
    type: string;
    response: { decision: string; diagnostics: { errors: unknown[] } };
  };
}

export const cedar: PeerEngine = {
  name: 'cedar-wasm',
  packageName: '@cedar-policy/cedar-wasm',
  told: 'permit and forbid; tools are actions, globs `like`; amounts in cents as Long; preparsePolicySet, statefulIsAuthorized',
  load: loadCedar,
};

const POLICIES = 'bench';

async function loadCedar(workload: Workload): Promise<Decider> {
  const wasm = (await importPeer('@cedar-policy/cedar-wasm/nodejs')) as CedarWasm;
  const parsed = wasm.preparsePolicySet(POLICIES, { staticPolicies: workload.rules.map(policyOf).join('\n') });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors).slice(0, 300));
  return {
    kind: 'now',
    allows: ({ tool, args, principal, context }) => {
      const { type, response } = wasm.statefulIsAuthorized({
        principal: { type: 'User', id: principal.id },
        action: { type: 'Action', id: tool },
        resource: { type: 'Tools', id: 'all' },
        context: {
          tool,
          path: args.path,
          cents: Math.round(args.amount * 100),
          roles: principal.roles,
          region: context.region,
        },
        entities: [],
        preparsedPolicySetId: POLICIES,
        validateRequest: false,
      });
      if (type !== 'success' || response.diagnostics.errors.length > 0) throw new Error('Cedar erred');
      return response.decision === 'allow';
    },
  };
}

function policyOf({ effect, target, tests }: WorkloadRule): string {
  const action = target.kind === 'name' ? `action == Action::"${target.name}"` : 'action';
  const glob = target.kind === 'prefix' ? [`context.tool like "${target.prefix}*"`] : [];
  const when = [...glob, ...tests.map(conditionOf)].join(' && ');
  return `${effect === 'allow' ? 'permit' : 'forbid'} (principal, ${action}, resource) when { ${when} };`;
}

function conditionOf(test: Test): string {
  switch (test.kind) {
    case 'roles':
      return `context.roles.containsAny(${JSON.stringify(test.anyOf)})`;
    case 'range':
      return `context.cents >= ${test.from * 100} && context.cents < ${test.below * 100}`;
    case 'prefix':
      return `context.path like "${test.text}*"`;
    case 'suffix':
      return `context.path like "*${test.text}"`;
    case 'region':
      return `context.region == "${test.region}"`;
    default:
      return unreachable(test);
  }
}
