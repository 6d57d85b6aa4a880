// The catalogue of diagnostics against the code that gives them: every code has a cause, a fix and an example that gives it and
// nothing else, and compiler/DIAGNOSTICS.md is what the code says today.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogueDocument, findingsOf } from '../compiler/cli/catalogue.ts';
import { FINDING_EXAMPLES } from '../compiler/finding-examples.ts';
import { FINDINGS } from '../compiler/findings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = readdirSync(join(root, 'compiler'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('finding'))
  .map((name) => readFileSync(join(root, 'compiler', name), 'utf8'));
const given = new Set(sources.flatMap((text) => [...text.matchAll(/'(P\d{4})'/g)].map(([, code]) => code ?? '')));

describe('the catalogue of diagnostics', () => {
  it('has every code that the compiler gives, and no other', () => {
    expect(given.size).toBeGreaterThan(60);
    expect(Object.keys(FINDINGS).sort()).toEqual([...given].sort());
  });

  it('has an example of every code', () => {
    expect(Object.keys(FINDING_EXAMPLES).sort()).toEqual(Object.keys(FINDINGS).sort());
  });

  for (const [code, example] of Object.entries(FINDING_EXAMPLES)) {
    it(`${code}: its example gives this code and no other`, { timeout: 120_000 }, () => {
      const found = new Set(findingsOf(example).map((diagnostic) => diagnostic.code));
      expect([...found].sort()).toEqual([code, ...(example.also ?? [])].sort());
    });
  }

  it('stands in compiler/DIAGNOSTICS.md as it is today (npm run golden)', () => {
    expect(readFileSync(join(root, 'compiler/DIAGNOSTICS.md'), 'utf8')).toBe(catalogueDocument());
  });
});
