// Plants each mistake of patches.ts in the planner, the host or the core, and lets the fuzzer look for it. Shows that a run that
// finds nothing means something.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../engines.ts';
import { run } from '../run.ts';
import { thisRepository } from '../subject.ts';
import { findDifference } from './find.ts';
import { PATCHES, type Patch } from './patches.ts';
import { patchedText, plant } from './plant.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = join(ROOT, 'build/planted');
const SEED = 2;
const CONTROL_BUDGET = 4_000;
const BUILDS_AT_ONCE = 3;
const TIMEOUT_MS = 240_000;

const real = thisRepository(ROOT);

describe('planted mistakes', () => {
  const builds = new Map<Patch, Promise<Subject>>();

  beforeAll(() => {
    // Cores are built in processes of their own, a few at once, while the fuzzer is at work on what is ready.
    const lanes: Promise<unknown>[] = Array.from({ length: BUILDS_AT_ONCE }, () => Promise.resolve());
    for (const [i, patch] of PATCHES.entries()) {
      const lane = i % BUILDS_AT_ONCE;
      const built = (lanes[lane] ?? Promise.resolve()).then(() => plant(ROOT, patch, real, FOLDER));
      lanes[lane] = built.catch(() => null); // said where it is awaited
      builds.set(patch, built);
    }
  });

  it('there are at least twenty, each in a place of its own', () => {
    expect(PATCHES.length).toBeGreaterThanOrEqual(20);
    expect(new Set(PATCHES.map((patch) => patchedText(ROOT, patch))).size).toBe(PATCHES.length);
  });

  it.each(['planner', 'host', 'core', 'full core'] as const)(
    'nothing is noticed where nothing is planted: %s',
    async (part) => {
      const patch = PATCHES.find((one) => one.part === part);
      if (patch === undefined) throw new Error('no such part');
      const subject = await plant(ROOT, { ...patch, name: `control ${part}`, replace: patch.find }, real, FOLDER);
      const { difference } = run({ seed: SEED, subject, goesOn: ({ decisions }) => decisions < CONTROL_BUDGET });
      expect(difference?.what).toBeUndefined();
    },
    TIMEOUT_MS,
  );

  for (const patch of PATCHES) {
    it(
      `noticed: ${patch.name} (${patch.file})`,
      async () => {
        const subject = await builds.get(patch);
        if (subject === undefined) throw new Error('was not built');
        expect(findDifference(patch.kind, subject), 'not noticed within the budget').not.toBeNull();
      },
      TIMEOUT_MS,
    );
  }
});
