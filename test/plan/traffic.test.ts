// A sample of requests weighs ways through the tables, and decides nothing.

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../bench/environment.ts';
import { fixture } from '../../bench/gate/fixture.ts';
import { findTools, NativeCore } from '../../bench/gate/native.ts';
import { policySources } from '../../bench/policy-text.ts';
import { makeWorkload, type WorkloadName } from '../../bench/workload.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { artifactOfChecked, compile } from '../../compiler/index.ts';
import { load } from '../../host-js/full.ts';
import { generatePolicy, generateRequest, Random } from './generate.ts';

const WASM = `${ROOT}build/core-scalar.wasm`;
const canCount = !('missing' in findTools()) && existsSync(WASM);

/** Twenty teams and twenty regions, as many rules for each pair; almost every call comes from a region that no rule names. */
const PAIRS = [
  {
    path: 'pairs.policy.yaml',
    text: [
      'lictor: 1',
      'name: pairs',
      'default: allow',
      'attributes: { principal.team: string, context.region: string, args.path: string, args.amount: int }',
      'rules:',
      ...Array.from({ length: 400 }, (_, i) => {
        const who = `principal.team == "t${i % 20}" && context.region == "r${Math.floor(i / 20)}"`;
        const what = `args.path.startsWith("/d${i}/") && args.amount > ${i}`;
        return `  - { id: r${i}, tool: files.write, effect: deny, when: '${who} && ${what}' }`;
      }),
      '',
    ].join('\n'),
  },
];
const CALLS = Array.from({ length: 256 }, (_, i) => ({
  tool: 'files.write',
  principal: { team: `t${i % 20}` },
  context: { region: i % 32 === 0 ? `r${i % 20}` : 'elsewhere' },
  args: { path: `/d${(i * 7) % 400}/x`, amount: i },
}));

function bytesOf(sources: Parameters<typeof compile>[0], traffic?: readonly unknown[]): Uint8Array {
  const { artifact, diagnostics } = compile(sources, traffic === undefined ? {} : { traffic });
  if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return artifact;
}

function expectSame(plain: Uint8Array, weighed: Uint8Array, requests: readonly unknown[]): void {
  const [one, other] = [load(plain), load(weighed)];
  for (const request of requests) {
    const [before, after] = [one.decide(request), other.decide(request)];
    expect({ ...after, artifactHash: '' }).toEqual({ ...before, artifactHash: '' });
  }
  one.dispose();
  other.dispose();
}

describe('a sample of traffic', () => {
  it('gives the same bytes twice, and others than without it', () => {
    const plain = bytesOf(PAIRS);
    const weighed = bytesOf(PAIRS, CALLS);
    expect(Buffer.compare(bytesOf(PAIRS, CALLS), weighed)).toBe(0);
    expect(Buffer.compare(plain, weighed)).not.toBe(0);
    expect(Buffer.compare(bytesOf(PAIRS, []), plain)).toBe(0);
  });

  const names: readonly WorkloadName[] = ['typical', 'onetool', 'anytool', 'hot'];
  for (const name of names) {
    it(`changes no verdict of ${name}`, { timeout: 30_000 }, () => {
      const workload = makeWorkload(name, 300);
      const sources = policySources(workload);
      const weighed = bytesOf(sources, workload.rotating.slice(0, 200));
      const { rotating, crowded, unmatched } = workload;
      expectSame(
        bytesOf(sources),
        weighed,
        [rotating, crowded, unmatched].flatMap((list) => list.slice(0, 300)),
      );
    });
  }

  it('changes no verdict of random policies, whatever calls it is made of', { timeout: 60_000 }, () => {
    let changed = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = new Random(seed);
      const policy = generatePolicy(random, 3 + (seed % 30));
      const requests = Array.from({ length: 60 }, () => generateRequest(random));
      const odd = [null, 5, [], { tool: 7 }, { args: null, principal: 'x' }, { args: { a: Number.NaN } }];
      const plain = artifactOfChecked(policy, new DiagnosticSink());
      const weighed = artifactOfChecked(policy, new DiagnosticSink(), { traffic: [...requests.slice(0, 40), ...odd] });
      if (plain === null || weighed === null) throw new Error(`seed ${seed} does not compile`);
      if (Buffer.compare(plain, weighed) !== 0) changed += 1;
      expectSame(plain, weighed, requests);
    }
    expect(changed).toBeGreaterThan(5);
  });

  it.skipIf(!canCount)(
    'makes what it holds cheaper: a fifth fewer instructions where most calls end at one attribute',
    {
      timeout: 30_000,
    },
    () => {
      const core = new NativeCore(WASM, false);
      const before = core.count(fixture(bytesOf(PAIRS), CALLS));
      const after = core.count(fixture(bytesOf(PAIRS, CALLS), CALLS));
      core.dispose();
      expect(after.answers).toBe(before.answers);
      expect(after.instructions).toBeLessThan(before.instructions * 0.8);
    },
  );
});
