// In: a workload. Out: what a program does without any engine, as engines of the same kind. All but one are made from the rules.

import type { WorkloadRequest } from '../../workload.ts';
import { closures } from '../closures.ts';
import type { Decider, PeerEngine } from '../engine.ts';
import { generatedPerTool, ifsBehindMap } from '../generated.ts';
import { handWritten } from '../hand-written.ts';
import { linearInterpreter } from '../linear.ts';
import { NO_RULE, type PeerDecide } from '../peer.ts';

export const baselines: readonly PeerEngine[] = [
  { ...baseline('hand-written ifs', 'the ten rules as a person writes them', () => handWritten), onlyAt: 10 },
  baseline(
    'ifs behind a Map',
    'generated ifs; those for one tool behind a Map on it (needs code generation)',
    ({ rules }) => ifsBehindMap(rules),
  ),
  baseline(
    'generated per tool',
    'generated ifs, globs copied to each of their tools (needs code generation)',
    (workload) => generatedPerTool(workload.rules, workload.tools),
  ),
  baseline('closures', 'a closure a test, rule after rule', ({ rules }) => closures(rules)),
  baseline('linear rule objects', 'a loop over the rules as data', ({ rules }) => linearInterpreter(rules)),
];

function baseline(
  name: string,
  told: string,
  make: (workload: Parameters<PeerEngine['load']>[0]) => PeerDecide,
): PeerEngine {
  return {
    name,
    packageName: null,
    told,
    load: (workload): Promise<Decider> => {
      const decide = make(workload);
      const effects = workload.rules.map(({ effect }) => effect === 'allow');
      return Promise.resolve({
        kind: 'now',
        allows: (request: WorkloadRequest) => {
          const index = decide(request);
          return index !== NO_RULE && effects[index] === true;
        },
      });
    },
  };
}
