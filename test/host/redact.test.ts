// Programs that find what is redacted: against the reference and against RE2 itself (the npm package `re2js`) on generated patterns
// and texts; against broken programs; and in time (LANGUAGE.md 13.6).

import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it, test } from 'vitest';
import { redactText } from '../../compiler/reference/redact.ts';
import { parsePattern } from '../../compiler/regex/parse.ts';
import { redactionProgram } from '../../compiler/regex/program.ts';
import { Redactor } from '../../host-js/redact.ts';
import { MAX_REDACT_TEXT } from '../../wasm-core/contract/limits.ts';

function programOf(pattern: string): readonly number[] | string {
  const parsed = parsePattern(pattern, 're2');
  if (!parsed.ok) throw new Error(`${pattern}: ${parsed.problem.message}`);
  return redactionProgram(parsed.pattern);
}

function redactorOf(pattern: string): Redactor {
  const program = programOf(pattern);
  if (typeof program === 'string') throw new Error(`${pattern}: ${program}`);
  return new Redactor(Uint32Array.from(program));
}

/** What RE2 finds, empty matches passed over. */
function redactByRe2(text: string, pattern: string): string {
  const matcher = RE2JS.compile(pattern).matcher(text);
  let result = '';
  let from = 0;
  while (matcher.find()) {
    if (matcher.end() === matcher.start()) continue;
    result += `${text.slice(from, matcher.start())}#`;
    from = matcher.end();
  }
  return result + text.slice(from);
}

const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  part: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', 'é', '\\d', '\\w', '(?i:B)') },
    { weight: 2, arbitrary: fc.constantFrom('\\b', '\\B', '^', '$', '(?m:^)', '(?m:$)', '(?:)') },
    { weight: 3, arbitrary: tie('pattern').map((inner) => `(?:${inner})`) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          tie('pattern'),
          fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}', '{1,}?'),
        )
        .map(([inner, times]) => `(?:${inner})${times}`),
    },
  ),
  pattern: fc.oneof(
    { depthSize: 'small', weight: 3, arbitrary: tie('part') },
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => a + b),
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => `${a}|${b}`),
  ),
}));
const text = fc
  .array(fc.constantFrom('a', 'b', 'B', 'c', '1', ' ', '\n', 'é', '😀', 'ab', 'aa'), { maxLength: 12 })
  .map((parts) => parts.join(''));

test('finds what the reference finds and what RE2 finds', { timeout: 60_000 }, () => {
  let found = 0;
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      const program = programOf(p);
      if (typeof program === 'string') return;
      const redacted = new Redactor(Uint32Array.from(program)).redact(t, '#');
      expect(redacted).toBe(redactText(t, p, '#'));
      expect(redacted).toBe(redactByRe2(t, p));
      if (redacted !== t) found += 1;
    }),
    { numRuns: 3000 },
  );
  expect(found).toBeGreaterThan(500);
});

describe('a program', () => {
  it('is refused where it would be too large or where engines disagree', () => {
    expect(programOf('a{1000}b{1000}c{48}')).toBe('too-large');
    expect(programOf('(?:a*)*')).toBe('empty-rounds');
    expect(programOf('(?:\\b|a)+')).toBe('empty-rounds');
    expect(typeof programOf('(?:a+b?)*')).toBe('object');
  });

  it('that is broken throws, or finds something, and always ends', { timeout: 60_000 }, () => {
    const good = programOf('(?i)\\bsk-[a-z0-9]{4,}|x+?y') as readonly number[];
    const broken = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.oneof(fc.nat({ max: 60 }), fc.nat())), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(broken, (changes) => {
        const words = Uint32Array.from(good);
        for (const [at, word] of changes) words[at] = word;
        try {
          new Redactor(words).redact('a sk-ABCD1 xxy', '#');
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
    for (let size = 0; size < good.length; size += 1) {
      expect(() => new Redactor(Uint32Array.from(good.slice(0, size)))).toThrow(RangeError);
    }
  });
});

test('takes time that grows with the text alone, where repeated searches would take its square', () => {
  // From every `a` a search runs to the end for a `b` that is not there.
  const redactor = redactorOf('a*b|c');
  const size = MAX_REDACT_TEXT;
  expect(redactor.redact('a'.repeat(size), '#')).toBe('a'.repeat(size));
  expect(redactor.redact('c'.repeat(1000), '#')).toBe('#'.repeat(1000));
  expect(redactor.redact('a'.repeat(size + 1), '#')).toBeNull();
});
