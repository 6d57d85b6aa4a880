// In: a workload. Out: a decision table of the ZEN engine, a row a rule, first hit, denies first.

import { type Test, type ToolTarget, unreachable, type Workload, type WorkloadRule } from '../../workload.ts';
import { type Decider, deniesFirst, importPeer, type PeerEngine } from '../engine.ts';

interface Zen {
  ZenEngine: new () => {
    createDecision: (content: object) => { evaluate: (input: object) => Promise<{ result: { decision?: string } }> };
  };
}

export const zen: PeerEngine = {
  name: 'zen-engine',
  packageName: '@gorules/zen-engine',
  told: 'one decision table, hit policy first, denies in front; native code, a promise a call',
  load: loadZen,
};

async function loadZen(workload: Workload): Promise<Decider> {
  const module = (await importPeer('@gorules/zen-engine')) as Zen & { default?: Zen };
  const ZenEngine = module.ZenEngine ?? module.default?.ZenEngine;
  const decision = new ZenEngine().createDecision({
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in' },
      {
        id: 'table',
        type: 'decisionTableNode',
        name: 'table',
        content: {
          hitPolicy: 'first',
          inputs: ['tool', 'roles', 'amount', 'path', 'region'].map((field) => ({ id: field, name: field, field })),
          outputs: [{ id: 'decision', name: 'decision', field: 'decision' }],
          rules: deniesFirst(workload.rules).map(rowOf),
        },
      },
      { id: 'out', type: 'outputNode', name: 'out' },
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'table' },
      { id: 'b', type: 'edge', sourceId: 'table', targetId: 'out' },
    ],
  });
  return {
    kind: 'later',
    allows: async ({ tool, args, principal, context }) => {
      const { result } = await decision.evaluate({
        tool,
        roles: principal.roles,
        amount: args.amount,
        path: args.path,
        region: context.region,
      });
      return result?.decision === 'allow';
    },
  };
}

function rowOf({ id, effect, target, tests }: WorkloadRule): object {
  const row: Record<string, string> = { _id: id, tool: toolCell(target), roles: '', amount: '', path: '', region: '' };
  for (const test of tests) {
    const [field, cell] = cellOf(test);
    row[field] = row[field] === '' ? cell : `${row[field]} and ${cell}`;
  }
  return { ...row, decision: `"${effect}"` };
}

function toolCell(target: ToolTarget): string {
  if (target.kind === 'any') return '';
  return target.kind === 'name' ? `"${target.name}"` : `startsWith($, "${target.prefix}")`;
}

function cellOf(test: Test): [string, string] {
  switch (test.kind) {
    case 'roles':
      return ['roles', `some($, # in ${JSON.stringify(test.anyOf)})`];
    case 'range':
      return ['amount', `[${test.from}..${test.below})`];
    case 'prefix':
      return ['path', `startsWith($, "${test.text}")`];
    case 'suffix':
      return ['path', `endsWith($, "${test.text}")`];
    case 'region':
      return ['region', `"${test.region}"`];
    default:
      return unreachable(test);
  }
}
