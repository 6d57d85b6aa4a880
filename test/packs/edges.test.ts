// Lookaround at the ends of patterns, written without it: on all short texts of an alphabet V8's engine finds the same.

import { expect, it } from 'vitest';
import { withoutEdges } from '../../compiler/packs/edges.ts';

const ALPHABET = ['a', 'b', 'B', '-', '.', ']', '^', '\n'];

function* texts(length: number): Generator<string> {
  yield '';
  if (length === 0) return;
  for (const rest of texts(length - 1)) for (const character of ALPHABET) yield character + rest;
}

const PATTERNS = [
  ...['(?<!a)b', '(?<![a-z])b|a(?!-)', 'a(?![ab])', '(?:a(?!\\.)|b)', 'a(?!\\.)|(?<!b)-', '(?<=a|b)-', '(?<=^|-)a'],
  ...['a(?!])', '(?<!])b', 'a(?![\\]-])', 'a(?![^^])', '(?<![^^a])b', 'a(?![a^])'],
  ...['b(?=-|$)', '(?<![^a])b(?=a)', '(a|(?<!-)b(?![.-]))', 'a(?:b|-)(?!\\w)', '(?<!a|)b(?!b)', '\\ba(?!b)'],
];

it.each(PATTERNS)('%s matches where it did (LANGUAGE.md 4.22)', (pattern) => {
  const without = withoutEdges(pattern, 'js');
  expect(without).not.toBeNull();
  const [before, after] = [new RegExp(pattern, 'i'), new RegExp(without ?? '', 'i')];
  for (const text of texts(4))
    expect(after.test(text), `${without} of ${JSON.stringify(text)}`).toBe(before.test(text));
});

it.each([
  ['(?<!ab)c', null],
  ['a(?!bc)', null],
  ['a(?!.)', null],
  ['a(?![a]|[b])', null],
  ['(?<!a)+b', null],
  ['a(?!b)c', null],
  ['ab', null],
  ['(?<!a)b', '(?:\\A|[^a])b'],
])('%s in RE2 syntax: %s', (pattern, without) => {
  expect(withoutEdges(pattern, 're2')).toBe(without);
});
