// Sets of policies on both builds of the core, against the reference evaluator (LANGUAGE.md 12.4).

import { describe, expect, it } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import type { CheckedPolicy } from '../../compiler/check/typed.ts';
import { lower } from '../../compiler/ir/lower.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { evaluate } from '../../compiler/reference/evaluate.ts';
import { CoreInstance, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import { generatePolicy, generateRequest, Random } from '../plan/generate.ts';

const CORES = [new CoreInstance(inlineModule()), new CoreInstance(scalarModule())];

/** What happened, so that the test shows that it met what it is about. */
const met = { nested: 0, conflicts: 0, raised: 0, finals: 0 };

function compare(policy: CheckedPolicy, requests: readonly unknown[], seed: number): void {
  const artifact = encode(plan(lower(policy)));
  const finals = new Set(policy.rules.filter((rule) => rule.final).map((rule) => rule.id));
  const nested = new Set(policy.rules.filter((rule) => rule.policy > 0).map((rule) => rule.id));
  for (const core of CORES) {
    const engine = load(artifact, { core });
    for (const request of requests) {
      const { decision, base, status, rules, determining, unknown } = evaluate(policy, request);
      const expected = { decision, base, status, rules, determining, unknown };
      expect(engine.decide(request), `seed ${seed}, ${JSON.stringify(request).slice(0, 500)}`).toMatchObject(expected);
      if (determining.some((id) => nested.has(id))) met.nested += 1;
      if (determining.some((id) => finals.has(id))) met.finals += 1;
      if (status === 'only-one-conflict') met.conflicts += 1;
      if (decision !== base) met.raised += 1;
    }
    engine.dispose();
  }
}

describe('both cores agree with the reference', () => {
  it('on sets of policies under every algorithm, with final denies and several environments (LANGUAGE.md 12.4)', () => {
    for (let seed = 5001; seed <= 5300; seed += 1) {
      const random = new Random(seed);
      const policy = generatePolicy(random, 2 + random.below(14));
      if (policy.tree.length === 1) continue;
      compare(
        policy,
        Array.from({ length: 30 }, () => generateRequest(random)),
        seed,
      );
    }
    for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(50);
  });
});
