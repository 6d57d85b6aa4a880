// Generated worlds on four engines: the official implementation, the reference, both full builds. LICTOR_CEDAR_SEED and
// LICTOR_CEDAR_WORLDS give another run; a world has 50 requests.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CoreInstance } from '../../host-js/core.ts';
import { subSeed } from '../differential/random.ts';
import { compareWorld } from './differential.ts';
import { generateWorld, REQUESTS_PER_WORLD } from './generate.ts';

const seed = Number(process.env['LICTOR_CEDAR_SEED'] ?? 20260);
const worlds = Number(process.env['LICTOR_CEDAR_WORLDS'] ?? 400);

it('20,000 generated requests get the official answer from the reference and from both cores (LANGUAGE.md 14.2)', {
  timeout: 600_000,
}, () => {
  const cores = ['core-full', 'core-full-scalar'].map(
    (build) =>
      new CoreInstance(new WebAssembly.Module(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)))),
  );
  const total = { compared: 0, satisfied: 0, erring: 0 };
  for (let index = 0; index < worlds; index += 1) {
    const { compared, satisfied, erring, found } = compareWorld(generateWorld(subSeed(seed, index)), cores);
    expect(found, `seed ${seed}, world ${index}`).toEqual([]);
    total.compared += compared;
    total.satisfied += satisfied;
    total.erring += erring;
  }
  expect(total.compared).toBe(worlds * REQUESTS_PER_WORLD);
  expect(total.satisfied).toBeGreaterThan(total.compared / 20);
  expect(total.erring).toBeGreaterThan(total.compared / 20);
});
