// Named sets: `\d \s \w`, `[:alpha:]`, `\p{Greek}`. In: a name and a dialect. Out: its code points.
// Unicode properties are those of the JavaScript engine that compiles.

import { pairsOf, type Ranges, setOf, union } from './sets.ts';
import type { Dialect } from './tree.ts';

const DIGITS: Ranges = [0x30, 0x3a];
const WORDS: Ranges = [0x30, 0x3a, 0x41, 0x5b, 0x5f, 0x60, 0x61, 0x7b];

/** `\d`, `\s`, `\w`; the capital letters are their complements. */
export function perlSet(letter: 'd' | 's' | 'w', dialect: Dialect): Ranges {
  const key = `${letter} ${dialect}`;
  const set = knownPerl.get(key) ?? madePerlSet(letter, dialect);
  knownPerl.set(key, set);
  return set;
}

const knownPerl = new Map<string, Ranges>();

function madePerlSet(letter: 'd' | 's' | 'w', dialect: Dialect): Ranges {
  if (letter === 'w') return wordSet(dialect);
  if (letter === 'd') return dialect === 'python' ? property('Nd') : DIGITS;
  switch (dialect) {
    case 're2':
      return setOf([
        [0x09, 0x0b],
        [0x0c, 0x0e],
        [0x20, 0x21],
      ]);
    case 'python': // str.isspace
      return union(
        setOf([
          [0x09, 0x0e],
          [0x1c, 0x20],
          [0x85, 0x86],
          [0x2028, 0x202a],
        ]),
        property('Zs'),
      );
    case 'js':
    case 'glob':
      return union(
        setOf([
          [0x09, 0x0e],
          [0x2028, 0x202a],
          [0xfeff, 0xff00],
        ]),
        property('Zs'),
      );
  }
}

/** What `\b` takes for parts of words. */
export function wordSet(dialect: Dialect): Ranges {
  if (dialect !== 'python') return WORDS;
  unicodeWords ??= union(property('L'), property('N'), WORDS);
  return unicodeWords;
}

let unicodeWords: Ranges | undefined;

/** What ends a line for `.`, `^` and `$`. */
export function lineEndSet(dialect: Dialect): Ranges {
  return dialect === 'js'
    ? setOf([
        [0x0a, 0x0b],
        [0x0d, 0x0e],
        [0x2028, 0x202a],
      ])
    : [0x0a, 0x0b];
}

const POSIX: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: [
    [0x30, 0x3a],
    [0x41, 0x5b],
    [0x61, 0x7b],
  ],
  alpha: [
    [0x41, 0x5b],
    [0x61, 0x7b],
  ],
  ascii: [[0, 0x80]],
  blank: [
    [0x09, 0x0a],
    [0x20, 0x21],
  ],
  cntrl: [
    [0, 0x20],
    [0x7f, 0x80],
  ],
  digit: [[0x30, 0x3a]],
  graph: [[0x21, 0x7f]],
  lower: [[0x61, 0x7b]],
  print: [[0x20, 0x7f]],
  punct: [
    [0x21, 0x30],
    [0x3a, 0x41],
    [0x5b, 0x61],
    [0x7b, 0x7f],
  ],
  space: [
    [0x09, 0x0e],
    [0x20, 0x21],
  ],
  upper: [[0x41, 0x5b]],
  word: pairsOf(WORDS),
  xdigit: [
    [0x30, 0x3a],
    [0x41, 0x47],
    [0x61, 0x67],
  ],
};

/** `[:name:]`; undefined if there is none. */
export function posixSet(name: string): Ranges | undefined {
  const pairs = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined;
  return pairs === undefined ? undefined : setOf(pairs);
}

const known = new Map<string, Ranges>();

/**
 * A general category (`L`, `Lu`), a script (`Greek`) or, for ECMAScript, what `\p{…}` takes there; undefined if there is none.
 */
export function propertySet(name: string, dialect: Dialect): Ranges | undefined {
  if (name === 'Any') return [0, 0x110000];
  if (dialect === 'js') return isProperty(name) ? property(name) : undefined;
  if (/^[A-Z][a-z]?$/.test(name)) return isProperty(`gc=${name}`) ? property(name) : undefined;
  return /^[A-Z][A-Za-z_]+$/.test(name) && isProperty(`Script=${name}`) ? property(`Script=${name}`) : undefined;
}

function isProperty(name: string): boolean {
  if (!/^[A-Za-z_=]+$/.test(name)) return false;
  try {
    return new RegExp(`\\p{${name}}`, 'u').unicode;
  } catch {
    return false;
  }
}

/** Read off the engine once a name: a million questions, some 30 ms. */
function property(name: string): Ranges {
  const before = known.get(name);
  if (before !== undefined) return before;
  const has = new RegExp(`^\\p{${name}}$`, 'u');
  const ranges: number[] = [];
  let inside = false;
  for (let code = 0; code < 0x110000; code += 1) {
    // Surrogates and the private planes say one thing throughout.
    const holds = has.test(String.fromCodePoint(code));
    if (holds !== inside) ranges.push(code);
    inside = holds;
  }
  if (inside) ranges.push(0x110000);
  known.set(name, ranges);
  return ranges;
}
