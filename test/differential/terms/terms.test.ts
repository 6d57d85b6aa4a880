// Holds the term machine of both full builds against the reference on generated terms and requests.

import { expect, it } from 'vitest';
import { CoreInstance } from '../../../host-js/full.ts';
import { fullModule } from '../../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../../host-js/runtimes/inline-full-scalar.ts';
import { runOutcomes } from './run.ts';

const CORES = [new CoreInstance(fullModule()), new CoreInstance(fullScalarModule())];
const POLICIES = 30;
/** Of 1,500 terms: a third, since most functions are asked of operands at their edges. */
const LEAST_VALUES = 350;
const seeds = [20_260_801, Math.floor(Date.now() % 0x7fffffff)];

it.each(seeds)(
  "the term machine gives the reference's outcome: seed %i (LANGUAGE.md 5.9)",
  (seed) => {
    const { values, difference } = runOutcomes(seed, CORES, (policies) => policies < POLICIES);
    expect(difference).toBeNull();
    expect(values).toBeGreaterThan(LEAST_VALUES);
  },
  240_000,
);
