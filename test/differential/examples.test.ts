// The fuzzers of examples and of limits on small budgets (LANGUAGE.md 9, 11): each kind of answer really comes.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { BOUND_NAMES, runBounds } from './bounds.ts';
import { runExamples } from './examples.ts';
import { thisRepository } from './subject.ts';

const POLICIES = 60;
const AT_LIMITS = 150;

describe('on a small budget', () => {
  const [core] = thisRepository(fileURLToPath(new URL('../..', import.meta.url))).fullCores.map((one) => one.core);
  if (core === undefined) throw new Error('there is no core');

  it('examples are taken or refused as the core decides', () => {
    const { difference, counts } = runExamples(3, compile, core, (policies) => policies < POLICIES);
    expect(difference).toBeNull();
    for (const what of ['match', 'miss', 'refused P0601', 'refused P0602', 'refused P0603', 'refused P0604'])
      expect(counts.get(what), what).toBeGreaterThan(0);
  });

  it('limits are where the language says that they are', () => {
    const { difference, counts } = runBounds(3, compile, core, (policies) => policies < AT_LIMITS);
    expect(difference).toBeNull();
    for (const name of BOUND_NAMES) {
      for (const end of ['taken', 'refused'])
        expect(counts.get(`${name}: ${end}`), `${name}: ${end}`).toBeGreaterThan(0);
    }
  });
});
