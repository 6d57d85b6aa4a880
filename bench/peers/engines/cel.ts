// In: a workload. Out: one CEL program a rule, in the words of the policy that Lictor compiles; denies are asked first, and the
// first that holds decides. Two libraries.

import { celOf } from '../../policy-text.ts';
import type { ToolTarget, Workload, WorkloadRequest, WorkloadRule } from '../../workload.ts';
import { type Decider, deniesFirst, importPeer, type PeerEngine } from '../engine.ts';

const TOLD = 'one program a rule, the words of the Lictor policy; denies first, stops at the first that holds';

export const marcbachmannCel: PeerEngine = {
  name: 'cel-js',
  packageName: '@marcbachmann/cel-js',
  told: TOLD,
  load: async (workload) => {
    const { Environment } = (await importPeer('@marcbachmann/cel-js')) as {
      Environment: new (options: { unlistedVariablesAreDyn: boolean }) => { parse: (text: string) => Program };
    };
    const environment = new Environment({ unlistedVariablesAreDyn: true });
    return firstThatHolds(workload, (text) => environment.parse(text));
  },
};

export const bufbuildCel: PeerEngine = {
  name: 'bufbuild cel',
  packageName: '@bufbuild/cel',
  told: TOLD,
  load: async (workload) => {
    const { celEnv, parse, plan } = (await importPeer('@bufbuild/cel')) as {
      celEnv: () => object;
      parse: (text: string) => object;
      plan: (environment: object, expression: object) => Program;
    };
    const environment = celEnv();
    return firstThatHolds(workload, (text) => plan(environment, parse(text)));
  },
};

type Program = (request: WorkloadRequest) => unknown;

function firstThatHolds(workload: Workload, programOf: (text: string) => Program): Decider {
  const programs = deniesFirst(workload.rules).map((rule) => ({
    allows: rule.effect === 'allow',
    holds: programOf(textOf(rule)),
  }));
  return {
    kind: 'now',
    allows: (request) => {
      for (const { allows, holds } of programs) {
        const answer = holds(request);
        if (answer === true) return allows;
        if (answer !== false) throw new Error(`CEL answers ${String(answer)}`);
      }
      return false;
    },
  };
}

function textOf({ target, tests }: WorkloadRule): string {
  return [...toolTest(target), ...tests.map(celOf)].join(' && ');
}

function toolTest(target: ToolTarget): string[] {
  if (target.kind === 'any') return [];
  return [target.kind === 'name' ? `tool == "${target.name}"` : `tool.startsWith("${target.prefix}")`];
}
