// The suites of Cedar itself through the compiled core, both full builds. The official implementation cannot be resolved here; the
// core's decisions are counted. Skipped, and counted as skipped, where the data is absent.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CoreInstance } from '../../host-js/core.ts';
import { dataRoot } from '../data.ts';
import { answerOf, counted, engineOf } from './core.ts';
import { differs } from './differs.ts';
import { corpus, handwritten, type SuiteTest, useCases } from './suites.ts';

const suites: readonly (readonly [string, () => SuiteTest[], number])[] = [
  ['handwritten', handwritten, 74],
  ['use cases', useCases, 72],
  ['corpus', corpus, 5104],
];

for (const build of ['core-full', 'core-full-scalar']) {
  describe.skipIf(dataRoot === null)(
    `${build} gives the answers of Cedar’s own suites (LANGUAGE.md 14.2, 14.3)`,
    () => {
      for (const [name, load, count] of suites) {
        it(`${name}: decision, reasons and errors of all ${count} requests, each decided by the core`, {
          timeout: 120_000,
        }, () => {
          const core = new CoreInstance(
            new WebAssembly.Module(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url))),
          );
          const counter = counted(core);
          const differences = load().flatMap((test) => {
            const engine = engineOf(test, core);
            expect(`${engine.status} ${engine.help}`, test.name).toBe('ok null');
            const found = test.requests.map((request) => {
              return differs(request, answerOf(engine.decide(request.request)));
            });
            engine.dispose();
            return found.filter((difference) => difference !== null).map((difference) => `${test.name}: ${difference}`);
          });
          expect(differences).toEqual([]);
          expect(counter.count).toBe(count);
        });
      }
    },
  );
}
