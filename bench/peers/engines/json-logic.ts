// In: a workload. Out: one JSONLogic expression (no deny holds, some allow does), compiled to JavaScript by the engine.

import { type Test, type ToolTarget, unreachable, type Workload, type WorkloadRequest } from '../../workload.ts';
import { type Decider, importPeer, type PeerEngine } from '../engine.ts';

interface JsonLogic {
  LogicEngine: new () => {
    addMethod: (
      name: string,
      run: (args: [string, string]) => boolean,
      options: { deterministic: boolean; sync: boolean },
    ) => void;
    build: (logic: object) => (request: WorkloadRequest) => unknown;
  };
}

export const jsonLogic: PeerEngine = {
  name: 'json-logic-engine',
  packageName: 'json-logic-engine',
  told: 'one expression, compiled to JavaScript (needs code generation); startsWith and endsWith as methods',
  load: loadJsonLogic,
};

async function loadJsonLogic(workload: Workload): Promise<Decider> {
  const { LogicEngine } = (await importPeer('json-logic-engine')) as JsonLogic;
  const engine = new LogicEngine();
  const options = { deterministic: true, sync: true };
  engine.addMethod('startsWith', ([text, prefix]) => text.startsWith(prefix), options);
  engine.addMethod('endsWith', ([text, suffix]) => text.endsWith(suffix), options);
  const some = (effect: 'allow' | 'deny'): object => ({
    or: workload.rules
      .filter((rule) => rule.effect === effect)
      .map(({ target, tests }) => ({ and: [...toolTest(target), ...tests.map(conditionOf)] })),
  });
  const run = engine.build({ and: [{ '!': some('deny') }, some('allow')] });
  return { kind: 'now', allows: (request) => Boolean(run(request)) };
}

function toolTest(target: ToolTarget): object[] {
  if (target.kind === 'any') return [];
  const tool = { var: 'tool' };
  return [target.kind === 'name' ? { '===': [tool, target.name] } : { startsWith: [tool, target.prefix] }];
}

function conditionOf(test: Test): object {
  const [path, amount] = [{ var: 'args.path' }, { var: 'args.amount' }];
  switch (test.kind) {
    case 'roles':
      return { or: test.anyOf.map((role) => ({ in: [role, { var: 'principal.roles' }] })) };
    case 'range':
      return { and: [{ '>=': [amount, test.from] }, { '<': [amount, test.below] }] };
    case 'prefix':
      return { startsWith: [path, test.text] };
    case 'suffix':
      return { endsWith: [path, test.text] };
    case 'region':
      return { '===': [{ var: 'context.region' }, test.region] };
    default:
      return unreachable(test);
  }
}
