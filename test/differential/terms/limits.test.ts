// A term runs out of steps and room in the core where it does in the reference, and nowhere else.

import { expect, it } from 'vitest';
import { CoreInstance } from '../../../host-js/full.ts';
import { fullModule } from '../../../host-js/runtimes/inline-full.ts';
import { runLimits } from './limits.ts';

const CORE = new CoreInstance(fullModule());
const SEED = 20_260_802;
const TERMS = 60;

it(`a term runs out where the reference does: seed ${SEED} (LANGUAGE.md 5.10)`, () => {
  const { known, unknown, difference } = runLimits(SEED, [CORE], (terms) => terms < TERMS);
  expect(difference).toBeNull();
  expect(Math.min(known, unknown)).toBeGreaterThan(TERMS / 6);
}, 240_000);
