// In: a pattern's tree and a text. Out: whether some part of the text matches (LANGUAGE.md 4.22). Plain and slow: the set of places
// where a part can begin is carried through the tree to the set of places where it can end. Shares only the parser with the compiler.

import { parsePattern } from '../regex/parse.ts';
import type { Ranges } from '../regex/sets.ts';
import type { Assertion, Dialect, Pattern, Tree } from '../regex/tree.ts';

const parsed = new Map<string, Pattern>();

/** `text` is well formed; `pattern` has been parsed without error before. */
export function matches(text: string, pattern: string, dialect: Dialect): boolean {
  const key = `${dialect} ${pattern}`;
  let tree = parsed.get(key);
  if (tree === undefined) {
    const result = parsePattern(pattern, dialect);
    if (!result.ok) throw new Error(`a pattern that does not parse: ${pattern}: ${result.problem.message}`);
    tree = result.pattern;
    parsed.set(key, tree);
  }
  return matchesTree(text, tree);
}

export function matchesTree(text: string, pattern: Pattern): boolean {
  const codes = Array.from(text, (c) => c.codePointAt(0) ?? 0);
  const everywhere = Array.from({ length: codes.length + 1 }, (_, place) => place);
  return ends(pattern.tree, everywhere, { codes, pattern }).length > 0;
}

interface Subject {
  readonly codes: readonly number[];
  readonly pattern: Pattern;
}

/** Places, ascending, at which `tree` can end having begun at one of `places`. */
function ends(tree: Tree, places: readonly number[], subject: Subject): readonly number[] {
  if (places.length === 0) return places;
  switch (tree.kind) {
    case 'set':
      return places.filter((at) => has(tree.ranges, subject.codes[at])).map((at) => at + 1);
    case 'assert':
      return places.filter((at) => holds(tree.what, at, subject));
    case 'concat':
      return tree.items.reduce((from, item) => ends(item, from, subject), places);
    case 'alternate':
      return ordered(tree.items.flatMap((item) => ends(item, places, subject)));
    case 'repeat': {
      let from = places;
      for (let i = 0; i < tree.min; i += 1) from = ends(tree.item, from, subject);
      const all = new Set(from);
      for (let i = tree.min; from.length > 0 && (tree.max === null || i < tree.max); i += 1) {
        from = ends(tree.item, from, subject).filter((at) => !all.has(at));
        for (const at of from) all.add(at);
      }
      return ordered([...all]);
    }
  }
}

function ordered(places: readonly number[]): number[] {
  return [...new Set(places)].sort((a, b) => a - b);
}

function has(ranges: Ranges, code: number | undefined): boolean {
  if (code === undefined) return false;
  for (let i = 0; i < ranges.length; i += 2) if ((ranges[i] ?? 0) <= code && code < (ranges[i + 1] ?? 0)) return true;
  return false;
}

function holds(what: Assertion, at: number, { codes, pattern }: Subject): boolean {
  const isWord = (place: number): boolean => has(pattern.words, codes[place]);
  switch (what) {
    case 'text-begin':
      return at === 0;
    case 'text-end':
      return at === codes.length;
    case 'last-line-end':
      return at === codes.length || (at === codes.length - 1 && codes[at] === 0x0a);
    case 'line-begin':
      return at === 0 || has(pattern.lineEnds, codes[at - 1]);
    case 'line-end':
      return at === codes.length || has(pattern.lineEnds, codes[at]);
    case 'word-boundary':
      return isWord(at - 1) !== isWord(at);
    case 'no-word-boundary':
      return isWord(at - 1) === isWord(at);
  }
}
