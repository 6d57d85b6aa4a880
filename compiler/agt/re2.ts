// In: a pattern of Python's `re`. Out: one in RE2 syntax that matches the same texts, so that it can stand in a Lictor policy, and
// whether characters beyond ASCII may still tell the two apart: `\b` of RE2 knows no others. Null: there is none.

import { parsePattern } from '../regex/parse.ts';
import { alternativesOf, groupEnd } from '../regex/pieces.ts';
import { printed } from '../regex/print.ts';
import { complement, intersection, pairsOf, type Ranges } from '../regex/sets.ts';
import type { Tree } from '../regex/tree.ts';

export interface Re2 {
  readonly pattern: string;
  readonly isAsciiOnly: boolean;
}

export function re2Of(pattern: string): Re2 | null {
  const python = parsePattern(pattern, 'python');
  if (!python.ok) return null;
  const { tree, words } = python.pattern;
  const near = rewritten(pattern);
  const parsed = parsePattern(near, 're2');
  if (parsed.ok && isAlike(tree, parsed.pattern.tree)) return withWordEdges(withLastLineEnd(near), tree, words);
  const isAsciiOnly = asksForWords(tree);
  const text = printed(python.pattern, 'near');
  return text === null ? null : { pattern: text, isAsciiOnly };
}

/** Whether some text made of these characters alone may match. */
export function mayMatch(tree: Tree, characters: string): boolean {
  switch (tree.kind) {
    case 'set':
      return pairsOf(tree.ranges).some(([from, end]) =>
        Array.from(characters).some((character) => {
          const code = character.codePointAt(0) ?? 0;
          return code >= from && code < end;
        }),
      );
    case 'concat':
      return tree.items.every((item) => mayMatch(item, characters));
    case 'alternate':
      return tree.items.some((item) => mayMatch(item, characters));
    case 'repeat':
      return tree.min === 0 || mayMatch(tree.item, characters);
    case 'assert':
      return true;
  }
}

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\p{Z}';
const WORD = '_\\p{L}\\p{N}';
/** Python's classes know Unicode, those of RE2 do not. Within a set a class that is none of characters stays as it is. */
const CLASSES: ReadonlyMap<string, readonly [outside: string, inside: string]> = new Map([
  ['d', ['\\p{Nd}', '\\p{Nd}']],
  ['D', ['\\P{Nd}', '\\P{Nd}']],
  ['w', [`[${WORD}]`, WORD]],
  ['W', [`[^${WORD}]`, '\\W']],
  ['s', [`[${SPACE}]`, SPACE]],
  ['S', [`[^${SPACE}]`, '\\S']],
  ['Z', ['\\z', '\\z']],
]);

/** Escapes, sets, and the marks of Python that RE2 takes for characters. */
const PIECES = /\\u([0-9a-fA-F]{4})|\\[\s\S]|\[\^?\]?|\]|\{,(\d+)\}|\$/g;

function rewritten(pattern: string): string {
  let inSet = false;
  return pattern.replace(PIECES, (piece: string, code: string | undefined, most: string | undefined) => {
    if (code !== undefined) return `\\x{${code}}`;
    if (piece.startsWith('\\')) return CLASSES.get(piece.charAt(1))?.[inSet ? 1 : 0] ?? piece;
    if (most !== undefined) return inSet ? piece : `{0,${most}}`;
    if (piece === ']') inSet = false;
    else if (piece !== '$' && !inSet) inSet = true;
    return piece;
  });
}

/** `$` is also before a last line break. */
function withLastLineEnd(pattern: string): string {
  if (/\(\?[a-zA-Z]*m/.test(pattern)) return pattern;
  let inSet = false;
  return pattern.replace(PIECES, (piece) => {
    if (piece === ']') inSet = false;
    else if (piece.startsWith('[')) inSet = true;
    return piece === '$' && !inSet ? '(?:\\n?\\z)' : piece;
  });
}

/** The same sets in the same places; `$` of the two dialects counts as alike, and so do their word boundaries. */
function isAlike(python: Tree, re2: Tree): boolean {
  switch (python.kind) {
    case 'set':
      return re2.kind === 'set' && python.ranges.join() === re2.ranges.join();
    case 'concat':
    case 'alternate':
      return (
        re2.kind === python.kind &&
        re2.items.length === python.items.length &&
        python.items.every((item, i) => isAlike(item, re2.items[i] ?? { kind: 'set', ranges: [] }))
      );
    case 'repeat':
      return (
        re2.kind === 'repeat' && python.min === re2.min && python.max === re2.max && isAlike(python.item, re2.item)
      );
    case 'assert':
      if (python.what === 'last-line-end') return re2.kind === 'assert' && re2.what === 'text-end';
      return re2.kind === 'assert' && re2.what === python.what;
  }
}

function asksForWords(tree: Tree): boolean {
  switch (tree.kind) {
    case 'concat':
    case 'alternate':
      return tree.items.some(asksForWords);
    case 'repeat':
      return asksForWords(tree.item);
    case 'assert':
      return tree.what === 'word-boundary' || tree.what === 'no-word-boundary';
    default:
      return false;
  }
}

const FLAGS = /^(?:\(\?[a-z]+\))?/;
const GROUP = /^\((?:\?:|\?P<\w+>)?/;
const EDGES = /^(\\b)?([\s\S]*?)(\\b)?$/;

/**
 * `\b` at an end of the pattern, or of an alternative, beside what is surely of a word, takes the character beyond along: any but those
 * of words. The text is that of the tree.
 */
function withWordEdges(pattern: string, tree: Tree, words: Ranges): Re2 {
  const [flags] = FLAGS.exec(pattern) ?? [''];
  const whole = pattern.slice(flags.length);
  const [opening = ''] = GROUP.exec(whole) ?? [];
  if (opening !== '' && groupEnd(whole, 0) === whole.length) {
    const inside = withWordEdges(whole.slice(opening.length, -1), tree, words);
    return { ...inside, pattern: `${flags}${opening}${inside.pattern})` };
  }
  if (tree.kind === 'alternate') {
    const texts = alternativesOf(whole);
    if (texts.length !== tree.items.length) return { pattern, isAsciiOnly: asksForWords(tree) };
    const all = tree.items.map((item, i) => withWordEdges(texts[i] ?? '', item, words));
    const text = all.map((one) => one.pattern).join('|');
    return { pattern: `${flags}${text}`, isAsciiOnly: all.some((one) => one.isAsciiOnly) };
  }
  if (tree.kind !== 'concat') return { pattern, isAsciiOnly: asksForWords(tree) };
  const [, before, inner = '', after] = EDGES.exec(whole) ?? [];
  const { items } = tree;
  const isEdge = (item: Tree | undefined): boolean => item?.kind === 'assert' && item.what === 'word-boundary';
  const isBegin = before !== undefined && isEdge(items[0]) && isOfWords(items[1], 'first', words);
  const isEnd = after !== undefined && isEdge(items.at(-1)) && isOfWords(items.at(-2), 'last', words);
  const begin = isBegin ? `(?:\\A|[^${WORD}])` : (before ?? '');
  const end = isEnd ? `(?:\\z|[^${WORD}])` : (after ?? '');
  const left = items.slice(isBegin ? 1 : 0, isEnd ? -1 : undefined);
  return { pattern: `${flags}${begin}${inner}${end}`, isAsciiOnly: left.some(asksForWords) };
}

/** Whether every text of the tree has a character of a word first, or last. */
function isOfWords(tree: Tree | undefined, which: 'first' | 'last', words: Ranges): boolean {
  switch (tree?.kind) {
    case 'set':
      return intersection(tree.ranges, complement(words)).length === 0;
    case 'concat':
      return isOfWords(which === 'first' ? tree.items[0] : tree.items.at(-1), which, words);
    case 'alternate':
      return tree.items.every((item) => isOfWords(item, which, words));
    case 'repeat':
      return tree.min > 0 && isOfWords(tree.item, which, words);
    default:
      return false;
  }
}
