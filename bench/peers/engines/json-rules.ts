// In: a workload. Out: rules of json-rules-engine over five facts. Denies have the higher priority and stop the run, as its
// documentation advises.

import { type Test, type ToolTarget, unreachable, type Workload } from '../../workload.ts';
import { type Decider, importPeer, type PeerEngine } from '../engine.ts';

interface Engine {
  addOperator: (name: string, run: (fact: string, text: string) => boolean) => void;
  run: (facts: Record<string, unknown>) => Promise<{ events: readonly { type: string }[] }>;
  stop: () => void;
  on: (event: string, run: () => void) => void;
}

interface JsonRules {
  Engine: new (rules: readonly object[]) => Engine;
}

export const jsonRules: PeerEngine = {
  name: 'json-rules-engine',
  packageName: 'json-rules-engine',
  told: 'a rule a rule, five facts, startsWith and endsWith as operators; denies have the higher priority and stop the run',
  load: loadJsonRules,
};

async function loadJsonRules(workload: Workload): Promise<Decider> {
  const module = (await importPeer('json-rules-engine')) as JsonRules & { default?: JsonRules };
  const Engine = module.Engine ?? module.default?.Engine;
  const engine = new Engine(
    workload.rules.map(({ effect, target, tests }) => ({
      conditions: { all: [...toolTest(target), ...tests.flatMap(conditionsOf)] },
      event: { type: effect },
      priority: effect === 'deny' ? 2 : 1,
    })),
  );
  engine.addOperator('startsWith', (fact, text) => fact.startsWith(text));
  engine.addOperator('endsWith', (fact, text) => fact.endsWith(text));
  engine.on('deny', () => engine.stop());
  return {
    kind: 'later',
    allows: async ({ tool, args, principal, context }) => {
      const { events } = await engine.run({
        tool,
        path: args.path,
        amount: args.amount,
        roles: principal.roles,
        region: context.region,
      });
      return events.length > 0 && !events.some(({ type }) => type === 'deny');
    },
  };
}

function toolTest(target: ToolTarget): object[] {
  if (target.kind === 'any') return [];
  return [
    target.kind === 'name'
      ? { fact: 'tool', operator: 'equal', value: target.name }
      : { fact: 'tool', operator: 'startsWith', value: target.prefix },
  ];
}

function conditionsOf(test: Test): object[] {
  switch (test.kind) {
    case 'roles':
      return [{ any: test.anyOf.map((role) => ({ fact: 'roles', operator: 'contains', value: role })) }];
    case 'range':
      return [
        { fact: 'amount', operator: 'greaterThanInclusive', value: test.from },
        { fact: 'amount', operator: 'lessThan', value: test.below },
      ];
    case 'prefix':
      return [{ fact: 'path', operator: 'startsWith', value: test.text }];
    case 'suffix':
      return [{ fact: 'path', operator: 'endsWith', value: test.text }];
    case 'region':
      return [{ fact: 'region', operator: 'equal', value: test.region }];
    default:
      return unreachable(test);
  }
}
