// The predicted cost against what the core executes: instructions of the scalar core, counted request by request as the gate counts
// them. Nothing is counted where wasm2c, gcc or valgrind are missing.

import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../bench/environment.ts';
import { fixture } from '../../bench/gate/fixture.ts';
import { findTools, NativeCore } from '../../bench/gate/native.ts';
import { globSources, makeGlobs } from '../../bench/globs.ts';
import { policySources } from '../../bench/policy-text.ts';
import { makeWorkload, type WorkloadName } from '../../bench/workload.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { artifactOfChecked, compile, dearParts, dearText, decode, predictedCostOf } from '../../compiler/index.ts';
import { generatePolicy, generateRequest, Random } from './generate.ts';

const WASM = `${ROOT}build/core-scalar.wasm`;
const canCount = !('missing' in findTools()) && existsSync(WASM);
const MOST_COUNTED = 24;
/** A bound that is this many times what the dearest counted call costs says nothing any more. */
const LOOSEST = 40;

describe.skipIf(!canCount)('the predicted cost, counted (FORMAT.md 2.1)', () => {
  const core = canCount ? new NativeCore(WASM, false) : null;
  afterAll(() => core?.dispose());

  function mostOf(artifact: Uint8Array, requests: readonly unknown[]): number {
    return Math.max(...(core?.countEach(fixture(artifact, requests)) ?? []));
  }

  function artifactOf(sources: Parameters<typeof compile>[0]): Uint8Array {
    const { artifact, diagnostics } = compile(sources);
    if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
    return artifact;
  }

  const cases: readonly (readonly [WorkloadName, number])[] = [
    ['typical', 10],
    ['typical', 1000],
    ['flat', 1000],
    ['anytool', 500],
    ['nested', 500],
    ['hot', 500],
    ['onetool', 100],
  ];
  for (const [name, ruleCount] of cases) {
    it(`no call of ${name}, ${ruleCount} rules, costs more, and the bound is no idle one`, { timeout: 60_000 }, () => {
      const workload = makeWorkload(name, ruleCount);
      const artifact = artifactOf(policySources(workload));
      const { rotating, crowded, unmatched } = workload;
      const requests = [rotating, crowded, unmatched].flatMap((list) => list.slice(0, MOST_COUNTED));
      const most = mostOf(artifact, requests);
      expect(most).toBeGreaterThan(500);
      expect(most).toBeLessThanOrEqual(predictedCostOf(artifact));
      expect(predictedCostOf(artifact)).toBeLessThan(most * LOOSEST);
    });
  }

  it('no call of overlapping globs costs more', { timeout: 60_000 }, () => {
    const set = makeGlobs(200);
    const artifact = artifactOf(globSources(set));
    const most = mostOf(artifact, set.requests.slice(0, MOST_COUNTED));
    expect(most).toBeGreaterThan(500);
    expect(most).toBeLessThanOrEqual(predictedCostOf(artifact));
  });

  it('no call of random policies costs more', { timeout: 120_000 }, () => {
    let compared = 0;
    for (let seed = 1; compared < 10; seed += 1) {
      const random = new Random(seed);
      const artifact = artifactOfChecked(generatePolicy(random, 4 + (seed % 40)), new DiagnosticSink());
      if (artifact === null || decode(artifact).tables.needsTerms) continue;
      const requests = Array.from({ length: 12 }, () => generateRequest(random));
      expect(mostOf(artifact, requests), `seed ${seed}`).toBeLessThanOrEqual(predictedCostOf(artifact));
      compared += 1;
    }
  });
});

describe('what a policy costs, in words', () => {
  const { artifact } = compile(policySources(makeWorkload('flat', 200)));
  const parts = dearParts(decode(artifact ?? new Uint8Array()).tables);

  it('its parts come to what the artifact says', () => {
    expect(parts.total).toBe(predictedCostOf(artifact ?? new Uint8Array()));
    expect(parts.reading + parts.classifying).toBeLessThan(parts.total);
    expect(parts.attributes.map(({ path }) => path)).toEqual(['principal.roles', 'tool', 'args.amount']);
  });

  it('the dearest cluster is named with its rules', () => {
    expect(parts.clusters[0]?.rules.length).toBeGreaterThan(100);
    expect(dearText(parts)).toMatch(/^[\d,]+ instructions: .*`principal\.roles` .*places of \d+ rules \(`rule-\d+`/);
  });

  it('over the limit there is no artifact, and a finding', () => {
    const sources = policySources(makeWorkload('flat', 200));
    const refused = compile(sources, { maxCost: parts.total - 1 });
    expect(refused.artifact).toBeNull();
    expect(refused.diagnostics.map(({ code }) => code)).toEqual(['P0710']);
    expect(compile(sources, { maxCost: parts.total }).artifact).toEqual(artifact);
  });
});
