// In: a seed and cores. Out: how often the reference, the cores and, where it is installed, the official implementation agreed on
// generated Cedar worlds, and the first difference. The same seed gives the same run.

import type { CoreInstance } from '../../host-js/core.ts';
import { subSeed } from '../differential/random.ts';
import { compareWorld, type Official } from './differential.ts';
import { generateWorld } from './generate.ts';

export interface CedarRun {
  readonly worlds: number;
  readonly compared: number;
  /** Policies that were satisfied, and that erred: a run that has few of either shows little. */
  readonly satisfied: number;
  readonly erring: number;
  readonly difference: string | null;
}

export function runCedar(
  seed: number,
  cores: readonly CoreInstance[],
  official: Official | null,
  goesOn: (worlds: number) => boolean,
): CedarRun {
  const total = { worlds: 0, compared: 0, satisfied: 0, erring: 0 };
  while (goesOn(total.worlds)) {
    const { compared, satisfied, erring, found } = compareWorld(
      generateWorld(subSeed(seed, total.worlds)),
      cores,
      official,
    );
    const [first] = found;
    const difference = first === undefined ? null : `seed ${seed}, world ${total.worlds}: ${first}`;
    total.worlds += 1;
    total.compared += compared;
    total.satisfied += satisfied;
    total.erring += erring;
    if (difference !== null) return { ...total, difference };
  }
  return { ...total, difference: null };
}
