// The fuzzer of pattern dialects on a small budget (LANGUAGE.md 4.22).

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runDialects } from './dialects.ts';
import { thisRepository } from './subject.ts';

const PATTERNS = 300;

it('patterns of the dialects `js` and `python` are found where RegExp finds them', () => {
  const cores = thisRepository(fileURLToPath(new URL('../..', import.meta.url))).cores.map(({ core }) => core);
  const { difference, counts } = runDialects(11, cores, (patterns) => patterns < PATTERNS);
  expect(difference).toBeNull();
  for (const what of ['js', 'python', 'found', 'not found'])
    expect(counts.get(what), what).toBeGreaterThan(PATTERNS / 3);
});
