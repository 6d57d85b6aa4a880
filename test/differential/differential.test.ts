// Holds both builds of the core, by every route, against the reference evaluator on generated policies and requests.
// Two runs: one seed is always the same, one never; both are printed. What is found becomes a case in conformance/regressions/.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS, generatePolicy } from './generate.ts';
import { RARITIES } from './histogram.ts';
import { Random } from './random.ts';
import { report } from './report.ts';
import { type Progress, run } from './run.ts';
import { sourcesOf } from './sources.ts';
import { thisRepository } from './subject.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REGRESSIONS = fileURLToPath(new URL('../conformance/regressions', import.meta.url));
const FIXED_SEED = 20_260_801;
/** A decision is one verdict of one core by one route (object, session, bytes, keyed bytes, batch), held against the reference's. */
const FIXED_DECISIONS = 205_000;
const RANDOM_DECISIONS = 60_000;
const LANGUAGE_DECISIONS = 30_000;
const WHOLE_DECISIONS = 25_000;
const PATTERN_DECISIONS = 15_000;
const LEAST_PER_CELL = 1_000;
/** Of decisions that met one of RARITIES. */
const LEAST_RARE = 50;
/** Attributes hidden, under each algorithm. */
const LEAST_HIDINGS = 100;
const MOST_REFUSED = 0.15;
/** A random run has about a hundred policies, of which one in ten is refused since they have transforms: chance alone reaches a fifth. */
const MOST_REFUSED_BY_CHANCE = 0.5;
/** The machine may be slow; the runs are as long as their decisions. */
const TIMEOUT_MS = 240_000;

const subject = thisRepository(ROOT);
const randomSeed = Math.floor(Date.now() % 0x7fffffff);

describe('differential testing', () => {
  let total = 0;
  const runs = [
    ['fixed', FIXED_SEED, FIXED_DECISIONS],
    ['random', randomSeed, RANDOM_DECISIONS],
  ] as const;
  for (const [name, seed, least] of runs) {
    it(
      `every core and route gives the reference's verdict: ${name} seed ${seed}`,
      () => {
        const goesOn = ({ decisions }: Progress): boolean => decisions < least;
        const { progress, histogram, difference } = run({ seed, subject, goesOn });
        const shown = difference === null ? '' : report(subject, difference, REGRESSIONS);
        expect(difference, shown).toBeNull();
        expect(progress.refused, `refused: ${JSON.stringify([...progress.refusals])}`).toBeLessThan(
          progress.policies * (name === 'fixed' ? MOST_REFUSED : MOST_REFUSED_BY_CHANCE),
        );
        total += progress.decisions;
        console.log(
          `differential: seed ${seed}: ${progress.decisions} decisions of ${progress.pairs} requests under ${progress.policies} policies (${progress.refused} refused)`,
        );
        if (name === 'random') return;
        expect(histogram.missing(LEAST_PER_CELL), histogram.text()).toEqual([]);
        for (const algorithm of ALGORITHMS) {
          // LANGUAGE.md 8.6, of the reference and of every core.
          expect(progress.hidings.get(algorithm), algorithm).toBeGreaterThan(LEAST_HIDINGS);
        }
      },
      TIMEOUT_MS,
    );
  }

  it(
    'the same holds of a policy of thousands of rules',
    () => {
      // One constant that does not fit refuses all of a policy: the first one that is taken.
      const goesOn = ({ policies, pairs }: Progress): boolean => pairs === 0 && policies < 8;
      const { progress, difference } = run({ seed: FIXED_SEED, subject, shape: 'huge', goesOn });
      const shown = difference === null ? '' : `${difference.what}: ${JSON.stringify(difference.mismatch)}`;
      expect(difference, shown).toBeNull();
      expect(progress.pairs).toBeGreaterThan(20);
    },
    TIMEOUT_MS,
  );

  it(
    'the same holds of policies with terms, on the full cores (LANGUAGE.md 5.9)',
    () => {
      const goesOn = ({ decisions }: Progress): boolean => decisions < LANGUAGE_DECISIONS;
      const { progress, difference } = run({ seed: FIXED_SEED, subject, shape: 'language', goesOn });
      const shown = difference === null ? '' : report(subject, difference, REGRESSIONS);
      expect(difference, shown).toBeNull();
      expect(progress.refused, `refused: ${JSON.stringify([...progress.refusals])}`).toBeLessThan(
        progress.policies * MOST_REFUSED,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'the same holds of what is seldom written (LANGUAGE.md 3.7, 5.9, 12.2, 12.6, 13.2)',
    () => {
      const goesOn = ({ decisions }: Progress): boolean => decisions < WHOLE_DECISIONS;
      const { progress, histogram, difference } = run({ seed: FIXED_SEED, subject, shape: 'whole', goesOn });
      const shown = difference === null ? '' : report(subject, difference, REGRESSIONS);
      expect(difference, shown).toBeNull();
      expect(progress.refused).toBeLessThan(progress.policies * MOST_REFUSED_BY_CHANCE);
      for (const what of RARITIES) expect(histogram.counts.get(`operator ${what}`), what).toBeGreaterThan(LEAST_RARE);
    },
    TIMEOUT_MS,
  );

  it(
    'the same holds of policies with patterns (LANGUAGE.md 4.22)',
    () => {
      const goesOn = ({ decisions }: Progress): boolean => decisions < PATTERN_DECISIONS;
      const { progress, histogram, difference } = run({ seed: FIXED_SEED, subject, shape: 'patterns', goesOn });
      const shown = difference === null ? '' : report(subject, difference, REGRESSIONS);
      expect(difference, shown).toBeNull();
      expect(progress.refused, `refused: ${JSON.stringify([...progress.refusals])}`).toBeLessThan(
        progress.policies * MOST_REFUSED_BY_CHANCE,
      );
      for (const operator of ['matches', 'glob'])
        expect(histogram.counts.get(`operator ${operator}`), operator).toBeGreaterThan(LEAST_PER_CELL);
    },
    TIMEOUT_MS,
  );

  it('at least 200,000 decisions were compared', () => {
    expect(total).toBeGreaterThanOrEqual(200_000);
  });

  it('the same seed gives the same policies', () => {
    const texts = (): string[] => [1, 2, 3].map((seed) => JSON.stringify(sourcesOf(generatePolicy(seed))));
    expect(texts()).toEqual(texts());
    expect(new Random(7).next()).not.toBe(new Random(8).next());
  });
});
