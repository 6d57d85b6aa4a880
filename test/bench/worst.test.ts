// The policies made to be dear, at a small size: their decisions are those of a plain walk over the rules, and copies stay within bounds.

import { describe, expect, it } from 'vitest';
import { Random } from '../../bench/random.ts';
import { measureWorst, worstSets } from '../../bench/worst.ts';

const LEAST = { rounds: 1, batchNs: 1, warmupMs: 0 };
/** Of 300 rules, where headers weigh more than of 10,000. */
const MOST_BYTES_PER_RULE = 1000;

describe('policies made to be dear', () => {
  for (const set of worstSets(300, 60)) {
    it(`${set.name}: decides as a walk over the rules does, in bounded space`, { timeout: 60_000 }, () => {
      const record = measureWorst(set, { ...LEAST, random: new Random(1) });
      expect(record.comparisons).toBe(3 * set.requests.length);
      expect(record.meanMatches).toBeGreaterThan(0);
      expect(record.artifactBytes / set.ruleCount).toBeLessThan(MOST_BYTES_PER_RULE);
    });

    it(`${set.name}: a walk that says otherwise is found before anything is timed`, { timeout: 60_000 }, () => {
      const lying = { ...set, matching: () => [0, 1] };
      expect(() => measureWorst(lying, { ...LEAST, random: new Random(1) })).toThrow(`${set.name}, request 0: `);
    });
  }
});
