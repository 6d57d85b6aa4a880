// Malformed input of every kind: the compiler says what is wrong, with a place in the file, and never throws. (How long a megabyte takes is a
// matter for `npm run fuzz:malformed`, not for a test.)

import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { readThreatRules } from '../../compiler/packs/atr.ts';
import { Random } from '../differential/random.ts';
import { READERS } from './readers.ts';
import { broken, KINDS } from './texts.ts';

const RUNS = 200;

describe('malformed input', () => {
  for (const kind of KINDS) {
    it(`${kind.name}: the good text compiles without an error`, () => {
      const errors = compile(kind.sources).diagnostics.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    });

    it(`${kind.name}: ${RUNS} broken ones are answered, each finding with its place`, { timeout: 120_000 }, () => {
      const random = new Random(20_261_124);
      let refused = 0;
      for (let run = 0; run < RUNS; run += 1) {
        const sources = kind.sources.map((source, index) =>
          index === kind.broken ? { ...source, text: broken(source.text, random) } : source,
        );
        const { artifact, diagnostics } = compile(sources);
        if (artifact === null) refused += 1;
        expect(artifact === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        for (const { path, line, column, message, help } of diagnostics) {
          const lines = sources.find((source) => source.path === path)?.text.split('\n') ?? [];
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toBe('');
          expect(help).not.toBe('');
        }
      }
      expect(refused).toBeGreaterThan(RUNS / 4);
    });
  }

  for (const { name, text, takes } of READERS) {
    it(`${name}: the good text is taken, and ${RUNS} broken ones are taken or refused`, { timeout: 120_000 }, () => {
      expect(takes(text)).toBe(true);
      const random = new Random(20_261_125);
      const refused = Array.from({ length: RUNS }, () => takes(broken(text, random))).filter((taken) => !taken);
      expect(refused.length).toBeGreaterThan(RUNS / 10);
    });
  }

  it('half of a threat rule, brackets without end and aliases that multiply are refused by name', () => {
    const aliases = `a: &a [${'x,'.repeat(9)}]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? 'a' : `b${i - 1}`},`.repeat(9)}]`).join('\n')}\n`;
    for (const text of ['['.repeat(60_000), aliases, `x: ${'y'.repeat(70_000)}`]) {
      expect(readThreatRules([{ path: 'a.yaml', text }]).refused.map(({ rule }) => rule)).toEqual(['a.yaml']);
    }
  });
});
