// Byte automatons against direct text tests: the label after a text must tell exactly which patterns match it.

import { describe, expect, it } from 'vitest';
import { passes } from '../../compiler/ir/tests.ts';
import { compareCodePoints, globMatches, utf8 } from '../../compiler/ir/text.ts';
import { groupPatterns, type PatternTest, runGroup } from '../../compiler/plan/automaton.ts';
import { withJumps } from '../../compiler/plan/jumps.ts';
import { Random } from './generate.ts';

const LETTERS = ['a', 'b', 'c', '/', 'é', '\u{1f600}'];

function word(random: Random, max: number): string {
  return Array.from({ length: random.below(max) }, () => random.pick(LETTERS)).join('');
}

function pattern(random: Random): PatternTest {
  const kind = random.pick(['prefix', 'suffix', 'contains', 'glob'] as const);
  if (kind === 'glob') return { kind, text: `${word(random, 3)}*${word(random, 3)}*${word(random, 3)}` };
  return { kind, text: `${random.pick(LETTERS)}${word(random, 4)}` };
}

describe('byte automatons (LANGUAGE.md 4.5, 7.4)', () => {
  it('agree with direct tests on random patterns and texts', () => {
    const random = new Random(5);
    for (let round = 0; round < 300; round += 1) {
      const byKey = new Map<string, PatternTest>();
      for (let i = random.below(9); i >= 0; i -= 1) {
        const made = pattern(random);
        byKey.set(JSON.stringify(made), made);
      }
      const patterns = [...byKey.values()];
      const { groups } = groupPatterns(patterns);
      expect(groups.flatMap((group) => group.patterns).sort((a, b) => a - b)).toEqual(patterns.map((_, i) => i));
      for (let i = 0; i < 40; i += 1) {
        const text = word(random, 9);
        for (const group of groups) {
          const label = runGroup(group, utf8(text));
          for (const p of group.patterns) {
            const test = patterns[p];
            if (test === undefined) throw new Error('no such pattern');
            expect(group.matches[p]?.includes(label), `${JSON.stringify(test)} on ${JSON.stringify(text)}`).toBe(
              passes(test, text),
            );
          }
        }
      }
    }
  });

  it('number states that never leave themselves last, so that a walk may stop there (layout.ts, AUTOMATON_FIRST_SINK)', () => {
    const patterns: PatternTest[] = ['ab', 'abc', 'b'].map((text) => ({ kind: 'prefix', text }));
    for (const group of groupPatterns([...patterns, { kind: 'contains', text: 'aba' }, { kind: 'glob', text: 'a*b' }])
      .groups) {
      for (let state = group.firstSink; state < group.stateCount; state += 1) {
        for (let s = 0; s < group.symbolCount; s += 1) expect(group.next[state * group.symbolCount + s]).toBe(state);
      }
    }
  });

  it('have jumps that lead where eight steps lead, and change no label (FORMAT.md 2.7)', () => {
    const texts = ['/home/team-1/', '/home/team-12/', '/srv/shared/é/', '/home/team-1/projects/a/', 'x'];
    const patterns: PatternTest[] = texts.flatMap((text): PatternTest[] => [
      { kind: 'prefix', text },
      { kind: 'suffix', text },
      { kind: 'contains', text },
    ]);
    const random = new Random(6);
    let jumpCount = 0;
    for (const plain of groupPatterns(patterns).groups) {
      const { group, firstJump, jumps } = withJumps(plain);
      const step = (state: number, byte: number): number =>
        group.next[state * group.symbolCount + (group.symbolOfByte[byte] ?? 0)] ?? 0;
      expect(firstJump + jumps.length).toBe(group.firstSink);
      for (const [i, { bytes, target }] of jumps.entries()) {
        const eight = new Uint8Array(new BigUint64Array([bytes]).buffer);
        expect(eight.reduce(step, firstJump + i)).toBe(target);
      }
      for (let i = 0; i < 200; i += 1) {
        const text = random.pick(texts).slice(0, random.below(20)) + random.pick([...texts, '', 'home', '/']);
        expect(runGroup(group, utf8(text))).toBe(runGroup(plain, utf8(text)));
      }
      if (group.backward) expect(jumps).toEqual([]);
      jumpCount += jumps.length;
    }
    expect(jumpCount).toBe(3);
  });

  it('open another group when a product is over its budget, and every pattern has a group', () => {
    const patterns = Array.from(
      { length: 40 },
      (_, i): PatternTest => ({ kind: 'contains', text: `token${i * 7919}` }),
    );
    const { groups } = groupPatterns(patterns);
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.flatMap((group) => group.patterns)).toHaveLength(40);
  });
});

describe('text', () => {
  it('orders by code point, not by UTF-16 unit (LANGUAGE.md 4.3)', () => {
    const sorted = ['a', '\uffff', '\u{10000}', 'é', '\ud7ff', '', 'ab'].sort(compareCodePoints);
    expect(sorted).toEqual(['', 'a', 'ab', 'é', '\ud7ff', '\uffff', '\u{10000}']);
  });

  it('`*` in a glob crosses dots and may be empty, and pieces never overlap (LANGUAGE.md 7.4)', () => {
    expect(globMatches('a.*', 'a.b.c')).toBe(true);
    expect(globMatches('a*', 'a')).toBe(true);
    expect(globMatches('ab*ba', 'aba')).toBe(false);
    expect(globMatches('*a*a*', 'a')).toBe(false);
    expect(globMatches('a', 'ab')).toBe(false);
  });
});
