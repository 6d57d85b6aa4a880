// The parser of patterns: what each dialect makes of a text, and where it finds fault (LANGUAGE.md 4.22).

import { describe, expect, it } from 'vitest';
import { matchesTree } from '../../compiler/reference/regex.ts';
import { NO_FLAGS, parsePattern } from '../../compiler/regex/parse.ts';
import type { Dialect } from '../../compiler/regex/tree.ts';

function matches(pattern: string, text: string, dialect: Dialect = 're2', flags = NO_FLAGS): boolean {
  const parsed = parsePattern(pattern, dialect, flags);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return matchesTree(text, parsed.pattern);
}

function problem(pattern: string, dialect: Dialect = 're2'): [string, number, number] | null {
  const parsed = parsePattern(pattern, dialect);
  return parsed.ok ? null : [parsed.problem.kind, parsed.problem.start, parsed.problem.end];
}

describe('patterns in RE2 syntax (LANGUAGE.md 4.22)', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['a', 'bab', true],
    ['^a$', 'a\n', false],
    ['(?m)^b$', 'a\nb\nc', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['(?i)straSSe', 'STRASSE', true],
    ['(?i)k', '\u212a', true],
    ['(?i)[^k]', '\u212a', false],
    ['(?i:A)b', 'ab', true],
    ['(?i:A)b', 'aB', false],
    ['a(?i)b|c', 'C', true],
    ['(?i-i:a)', 'A', false],
    ['\\bfoo\\b', 'a foo!', true],
    ['\\bfoo\\b', 'afoo', false],
    ['\\Bfoo', 'afoo', true],
    ['\\b', '', false],
    ['\\B', '', true],
    ['\\bé', 'é', false],
    ['\\d', '\u0663', false],
    ['\\w', 'é', false],
    ['[[:alpha:]]+\\z', '1ab', true],
    ['[[:^alpha:]]', 'ab', false],
    ['[]a]', ']', true],
    ['[^]a]', ']a', false],
    ['[a\\-z]', 'b', false],
    ['[\\d-]', '-', true],
    ['[a-]', '-', true],
    ['\\pL\\p{Greek}\\P{Greek}', 'xαy', true],
    ['\\p{^Lu}', 'A', false],
    ['\\Qa.b\\E+', 'a.bb', true],
    ['\\Qa.b', 'axb', false],
    ['\\x41\\x{1F600}\\101', 'A😀A', true],
    ['^.$', '😀', true],
    ['x{2,3}y', 'xxxxy', true],
    ['^x{2,3}y', 'xxxxy', false],
    ['a{,2}', 'a{,2}', true],
    ['a{', 'a{', true],
    ['(?P<n>a)(?<m>b)', 'ab', true],
    ['(a*)*b', 'aab', true],
    ['(|a)+$', 'b', true],
    ['a**', '', false],
  ])('%s on %j is %s', (pattern, text, expected) => {
    if (pattern === 'a**') return expect(problem(pattern)).toEqual(['syntax', 2, 3]);
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each<[string, string, number, number]>([
    ['a(?=b)', 'refused', 1, 4],
    ['(?<!b)a', 'refused', 0, 4],
    ['(a)\\1', 'refused', 3, 5],
    ['(?>a)', 'refused', 0, 3],
    ['a{1001}', 'too-large', 1, 7],
    ['(a{1000}){1000}', 'too-large', 0, 15],
    ['a{3,2}', 'syntax', 1, 6],
    ['(a', 'syntax', 0, 1],
    ['a)', 'syntax', 1, 2],
    ['[a', 'syntax', 0, 1],
    ['[b-a]', 'syntax', 1, 4],
    ['[a-\\d]', 'syntax', 1, 5],
    ['*a', 'syntax', 0, 1],
    ['a|*', 'syntax', 2, 3],
    ['a{2}{3}', 'syntax', 4, 7],
    ['\\y', 'syntax', 0, 2],
    ['\\8', 'refused', 0, 2],
    ['\\p{Gre}', 'syntax', 0, 7],
    ['[[:alp:]]', 'syntax', 1, 8],
    ['(?x)a', 'refused', 0, 4],
    ['\\x{110000}', 'syntax', 0, 10],
    ['a\\', 'syntax', 1, 2],
    ['\\C', 'syntax', 0, 2],
    ['\\Z', 'syntax', 0, 2],
  ])('%s is %s at %i to %i', (pattern, kind, start, end) => {
    expect(problem(pattern)).toEqual([kind, start, end]);
  });
});

describe('patterns of other engines (LANGUAGE.md 4.22)', () => {
  it.each<[Dialect, string, string, boolean]>([
    ['python', '^a$', 'a\n', true],
    ['python', '^a$', 'a\n\n', false],
    ['python', 'a\\Z', 'a\n', false],
    ['python', '\\d', '\u0663', true],
    ['python', '^\\w+$', 'naïve', true],
    ['python', '\\bé', 'é', true],
    ['python', '\\s', '\u00a0', true],
    ['python', 'a{,2}b', 'b', true],
    ['python', 'a(?#no)b', 'ab', true],
    ['python', '[\\b]', '\b', true],
    ['python', '(?i)ſ', 's', true],
    ['js', '(?i)ſ', 's', false],
    ['js', '(?i)É', 'é', true],
    ['js', '\\/', '/', true],
    ['js', '[^]', '\n', true],
    ['js', '[]', 'a', false],
    ['js', '\\u0041\\u{42}', 'AB', true],
    ['js', '\\s', '\ufeff', true],
    ['js', '.', '\u2028', false],
    ['js', '\\p{Lu}', 'É', true],
    ['js', '[\\w-x]', '-', true],
    ['js', 'a{2', 'a{2', true],
  ])('%s: %s on %j is %s', (dialect, pattern, text, expected) => {
    expect(matches(pattern, text, dialect)).toBe(expected);
  });

  it('flags from outside count like written ones', () => {
    expect(matches('A', 'a', 'js', { ...NO_FLAGS, ignoreCase: true })).toBe(true);
    expect(matches('^b', 'a\nb', 'js', { ...NO_FLAGS, multiline: true })).toBe(true);
    expect(matches('a.b', 'a\nb', 'js', { ...NO_FLAGS, dotAll: true })).toBe(true);
  });

  it.each<[Dialect, string]>([
    ['python', '(?P=n)'],
    ['python', 'a++'],
    ['python', 'a(?i)b'],
    ['python', '\\q'],
    ['python', '\\p{L}'],
    ['js', '\\k<n>'],
    ['js', '(?<=a)b'],
    ['js', '\\1'],
  ])('%s: %s is refused', (dialect, pattern) => {
    expect(problem(pattern, dialect)).not.toBeNull();
  });
});
