// Rules put into the words of other engines mean what they meant: each engine that is installed in bench/peers decides as a plain
// walk over the rules. An engine that is absent is skipped, and counted as skipped.

import { describe, expect, it } from 'vitest';
import { peerVersion } from '../../bench/peers/engine.ts';
import { engines } from '../../bench/peers/engines.ts';
import { matchingRules } from '../../bench/peers/linear.ts';
import { makeWorkload } from '../../bench/workload.ts';

describe('engines beside Lictor decide the same requests alike', () => {
  const workload = makeWorkload('typical', 10);
  const larger = makeWorkload('typical', 100);
  for (const engine of engines) {
    const isAbsent =
      (engine.packageName !== null && peerVersion(engine.packageName) === null) ||
      (engine.name === 'opa-wasm' && process.env['OPA_BIN'] === undefined);
    for (const { rules, ruleCount, rotating, unmatched, ...rest } of [workload, larger]) {
      if (engine.onlyAt !== undefined && engine.onlyAt !== ruleCount) continue;
      it.skipIf(isAbsent)(`${engine.name}, ${ruleCount} rules`, async () => {
        const { allows } = await engine.load({ rules, ruleCount, rotating, unmatched, ...rest });
        let allowed = 0;
        for (const request of [...rotating.slice(0, 400), ...unmatched.slice(0, 20)]) {
          const effects = matchingRules(rules, request).map((index) => rules[index]?.effect);
          const expected = effects.includes('allow') && !effects.includes('deny');
          expect(await allows(request), JSON.stringify(request)).toBe(expected);
          if (expected) allowed += 1;
        }
        expect(allowed).toBeGreaterThan(50);
      });
    }
  }
});
