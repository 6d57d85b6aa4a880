// In: a pattern and a text. Out: the text with its matches replaced (LANGUAGE.md 13.6). Plain and slow: from every place the ends
// that a backtracking search would try, in its order. Shares only the parser of patterns with the compiler.

import { MAX_REDACT_TEXT } from '../../wasm-core/contract/limits.ts';
import { parsePattern } from '../regex/parse.ts';
import type { Ranges } from '../regex/sets.ts';
import type { Assertion, Pattern, Tree } from '../regex/tree.ts';

/** Null: the text is longer than what is redacted. `pattern` has been parsed without error before. */
export function redactText(text: string, pattern: string, replacement: string): string | null {
  if (text.length > MAX_REDACT_TEXT) return null;
  const parsed = parsePattern(pattern, 're2');
  if (!parsed.ok) throw new Error(`a pattern that does not parse: ${pattern}`);
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const search: Search = { codes, pattern: parsed.pattern, known: new Map() };
  let result = '';
  for (let at = 0; at < codes.length; ) {
    const [end] = ends(parsed.pattern.tree, at, search);
    result += end !== undefined && end > at ? replacement : String.fromCodePoint(codes[at] ?? 0);
    at = end !== undefined && end > at ? end : at + 1;
  }
  return result;
}

interface Search {
  readonly codes: readonly number[];
  readonly pattern: Pattern;
  /** What has been worked out, by tree, place and, within a repetition, rounds left. */
  readonly known: Map<Tree, Map<string, readonly number[]>>;
}

/** Places where `tree` can end having begun at `at`, the one tried first in front, each once. */
function ends(tree: Tree, at: number, search: Search): readonly number[] {
  return remembered(tree, `${at}`, search, () => tried(tree, at, search));
}

function remembered(tree: Tree, key: string, { known }: Search, find: () => readonly number[]): readonly number[] {
  const ofTree = known.get(tree) ?? new Map<string, readonly number[]>();
  known.set(tree, ofTree);
  const found = ofTree.get(key) ?? [...new Set(find())];
  ofTree.set(key, found);
  return found;
}

function tried(tree: Tree, at: number, search: Search): readonly number[] {
  switch (tree.kind) {
    case 'set':
      return contains(tree.ranges, search.codes[at]) ? [at + 1] : [];
    case 'assert':
      return holds(tree.what, at, search) ? [at] : [];
    case 'concat':
      return tree.items.reduce<readonly number[]>(
        (places, item) => [...new Set(places.flatMap((place) => ends(item, place, search)))],
        [at],
      );
    case 'alternate':
      return tree.items.flatMap((item) => ends(item, at, search));
    case 'repeat': {
      const required = Array.from({ length: tree.min }).reduce<readonly number[]>(
        (places) => [...new Set(places.flatMap((place) => ends(tree.item, place, search)))],
        [at],
      );
      return required.flatMap((place) => more(tree, place, tree.max === null ? null : tree.max - tree.min, search));
    }
  }
}

/** Up to `left` rounds more. Without an end (null) each takes something, or the pattern would not have been taken (13.6). */
function more(
  repeat: Tree & { readonly kind: 'repeat' },
  at: number,
  left: number | null,
  search: Search,
): readonly number[] {
  if (left === 0) return [at];
  return remembered(repeat, `${at} ${left}`, search, () => {
    const round = ends(repeat.item, at, search).flatMap((place) =>
      more(repeat, place, left === null ? null : left - 1, search),
    );
    return repeat.lazy === true ? [at, ...round] : [...round, at];
  });
}

function contains(ranges: Ranges, code: number | undefined): boolean {
  if (code === undefined) return false;
  for (let i = 0; i < ranges.length; i += 2) if ((ranges[i] ?? 0) <= code && code < (ranges[i + 1] ?? 0)) return true;
  return false;
}

function holds(what: Assertion, at: number, { codes, pattern }: Search): boolean {
  const isWord = (place: number): boolean => contains(pattern.words, codes[place]);
  const last = codes.length - 1;
  switch (what) {
    case 'text-begin':
      return at === 0;
    case 'text-end':
      return at > last;
    case 'last-line-end':
      return at > last || (at === last && codes[at] === 0x0a);
    case 'line-begin':
      return at === 0 || contains(pattern.lineEnds, codes[at - 1]);
    case 'line-end':
      return at > last || contains(pattern.lineEnds, codes[at]);
    case 'word-boundary':
      return isWord(at - 1) !== isWord(at);
    case 'no-word-boundary':
      return isWord(at - 1) === isWord(at);
  }
}
