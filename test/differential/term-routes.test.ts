// Generated terms: both full cores by every route against the reference (LANGUAGE.md 4.10 to 4.21, 5.9, 5.10).

import { describe, expect, it } from 'vitest';
import { CoreInstance } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import { runTerms } from './term-routes.ts';

const FIXED_SEED = 20_261_124;
const FIXED_TERMS = 600;
const RANDOM_TERMS = 300;
const TIMEOUT_MS = 240_000;
const cores = [new CoreInstance(fullModule()), new CoreInstance(fullScalarModule())];

describe('differential testing of terms by every route', () => {
  it.each([
    ['fixed', FIXED_SEED, FIXED_TERMS],
    ['random', Math.floor(Date.now() % 0x7fffffff), RANDOM_TERMS],
  ] as const)(
    'every core and route gives the reference’s answer: %s seed',
    (_, seed, count) => {
      const { terms, decisions, answers, difference } = runTerms(seed, cores, (made) => made < count);
      console.log(`terms: seed ${seed}: ${decisions} decisions of ${terms} terms: ${JSON.stringify([...answers])}`);
      expect(difference, difference ?? '').toBeNull();
      for (const answer of ['true', 'false', 'computation', 'missing']) {
        expect(answers.get(answer), answer).toBeGreaterThan(count / 20);
      }
    },
    TIMEOUT_MS,
  );
});
