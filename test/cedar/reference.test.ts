// The suites of Cedar itself on the readers and the reference evaluator. Skipped, and counted as skipped, where the data is absent.

import { describe, expect, it } from 'vitest';
import { dataRoot } from '../data.ts';
import { differs } from './differs.ts';
import { referenceAnswer, referenceWorld } from './reference.ts';
import { corpus, handwritten, type SuiteTest, useCases } from './suites.ts';

const suites: readonly (readonly [string, () => SuiteTest[], number])[] = [
  ['handwritten', handwritten, 74],
  ['use cases', useCases, 72],
  ['corpus', corpus, 5104],
];

describe.skipIf(dataRoot === null)(
  'the reference gives the answers of Cedar’s own suites (LANGUAGE.md 14.1, 14.2)',
  () => {
    for (const [name, load, count] of suites) {
      it(`${name}: decision, reasons and errors of all ${count} requests`, () => {
        const tests = load();
        const requests = tests.flatMap((test) => {
          const world = referenceWorld(test);
          return test.requests.map((request) => ({
            request,
            found: differs(request, referenceAnswer(world, request.request)),
          }));
        });
        expect(requests.filter(({ found }) => found !== null)).toEqual([]);
        expect(requests.length).toBe(count);
      });
    }
  },
);
