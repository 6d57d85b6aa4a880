// In: a seed and cores. Out: how often the reference, the cores and, where it is installed, the official implementation agreed on
// generated Cedar worlds, and the first difference. The same seed gives the same run.

import type { CoreInstance } from '../../host-js/core.ts';
import { subSeed } from '../differential/random.ts';
import { compareAdvised } from './advised.ts';
import { compareWorld, type Official } from './differential.ts';
import { generateAdvisedWorld, generateWorld } from './generate.ts';
import { compareSchemaWorld } from './worlds/compare.ts';
import { generateSchemaWorld } from './worlds/world.ts';

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

export interface AdvisedRun {
  readonly worlds: number;
  readonly compared: number;
  readonly answers: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

/** The same of worlds with `@advice`. */
export function runAdvised(
  seed: number,
  cores: readonly CoreInstance[],
  official: Official | null,
  goesOn: (worlds: number) => boolean,
): AdvisedRun {
  const answers = new Map<string, number>();
  let worlds = 0;
  let compared = 0;
  for (; goesOn(worlds); worlds += 1) {
    const ran = compareAdvised(generateAdvisedWorld(subSeed(seed, worlds)), cores, official);
    compared += ran.compared;
    for (const [answer, count] of ran.answers) answers.set(answer, (answers.get(answer) ?? 0) + count);
    const [first] = ran.found;
    if (first !== undefined) {
      return { worlds: worlds + 1, compared, answers, difference: `seed ${seed}, world ${worlds}: ${first}` };
    }
  }
  return { worlds, compared, answers, difference: null };
}

export interface SchemaRun {
  readonly worlds: number;
  /** Decisions compared, requests by what their world has, and what the answers were. */
  readonly counts: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

/** The same of worlds with schemas, templates, links and policies in JSON. */
export function runSchemaWorlds(
  seed: number,
  cores: readonly CoreInstance[],
  official: Official | null,
  goesOn: (worlds: number) => boolean,
): SchemaRun {
  const counts = new Map<string, number>();
  let worlds = 0;
  for (; goesOn(worlds); worlds += 1) {
    const ran = compareSchemaWorld(generateSchemaWorld(subSeed(seed, worlds)), cores, official);
    for (const [what, count] of ran.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    const [first] = ran.found;
    if (first !== undefined) {
      return { worlds: worlds + 1, counts, difference: `seed ${seed}, world ${worlds}: ${first}` };
    }
  }
  return { worlds, counts, difference: null };
}
