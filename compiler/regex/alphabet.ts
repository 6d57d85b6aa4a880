// The characters that some patterns tell apart, as classes; and how their UTF-8 bytes lead to them. In: sets of code points.
// Out: a class per code point, and a trie over bytes that ends in classes. Bytes are taken to be well formed, as requests' are:
// what cannot occur leads wherever it costs least.

import { END_OF_TEXT } from './positions.ts';
import { CODE_POINT_LIMIT, type Ranges } from './sets.ts';

export interface Alphabet {
  /** Classes of code points; the end of the text is one more, `count` itself. */
  readonly count: number;
  /** First code points of intervals, ascending from 0, and the class of each. */
  readonly starts: readonly number[];
  readonly classes: readonly number[];
}

export function alphabetOf(sets: Iterable<Ranges>): Alphabet {
  const distinct = new Map<string, Ranges>();
  // The same object first: naming a large set costs more than looking at it.
  for (const set of new Set(sets)) distinct.set(set.join(), set);
  const cuts = new Set<number>([0]);
  for (const set of distinct.values()) for (const cut of set) if (cut < CODE_POINT_LIMIT) cuts.add(cut);
  const starts = [...cuts].sort((a, b) => a - b);
  const indexOf = new Map(starts.map((start, i) => [start, i]));
  const classes = new Uint32Array(starts.length);
  let count = 1;
  for (const set of distinct.values()) {
    const inside = new Map<number, number>(); // by class before, of what lies in the set
    for (let r = 0; r < set.length; r += 2) {
      const from = indexOf.get(set[r] ?? 0);
      if (from === undefined) continue; // the end of the text
      const to = indexOf.get(set[r + 1] ?? 0) ?? starts.length;
      for (let i = from; i < to; i += 1) {
        const before = classes[i] ?? 0;
        let after = inside.get(before);
        if (after === undefined) {
          after = count;
          count += 1;
          inside.set(before, after);
        }
        classes[i] = after;
      }
    }
  }
  const numbers = new Map<number, number>();
  const renumbered = Array.from(classes, (c) => {
    const known = numbers.get(c) ?? numbers.size;
    numbers.set(c, known);
    return known;
  });
  return { count: numbers.size, starts, classes: renumbered };
}

export function classOfCodePoint({ starts, classes }: Alphabet, code: number): number {
  return classes[intervalOf(starts, code)] ?? 0;
}

/** Classes of a set that the alphabet was made with, ascending; the end of the text among them if the set has it. */
export function classesOfSet(alphabet: Alphabet, set: Ranges): number[] {
  const found = new Set<number>();
  for (let r = 0; r < set.length; r += 2) {
    const to = set[r + 1] ?? 0;
    if (to > END_OF_TEXT) found.add(alphabet.count);
    for (let i = intervalOf(alphabet.starts, set[r] ?? 0); (alphabet.starts[i] ?? to) < to; i += 1) {
      if ((set[r] ?? 0) < CODE_POINT_LIMIT) found.add(alphabet.classes[i] ?? 0);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function intervalOf(starts: readonly number[], code: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= code) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Nodes of a trie over the bytes of one character. Node 0 is the first byte: 256 children; of the others the 64 continuation bytes.
 * A child is a node, or −1 − c: class c, whatever bytes of the character follow.
 */
export type ByteTrie = readonly (readonly number[])[];

export function byteTrie(alphabet: Alphabet): ByteTrie {
  const nodes: number[][] = [[]];
  const known = new Map<string, number>();
  const leaf = (code: number): number => -1 - classOfCodePoint(alphabet, code);
  /** The child for the code points from `from`, 64 to the power of `depth` of them, of which those from `least` on are written so. */
  const child = (from: number, depth: number, least: number): number => {
    const size = 64 ** depth;
    const first = Math.min(Math.max(from, least), CODE_POINT_LIMIT - 1);
    const last = Math.min(from + size, CODE_POINT_LIMIT) - 1;
    const only = leaf(first);
    if (isUniform(alphabet, first, last)) return only;
    const children = Array.from({ length: 64 }, (_, i) => child(from + (i * size) / 64, depth - 1, least));
    const key = children.join();
    let node = known.get(key);
    if (node === undefined) {
      node = nodes.length;
      nodes.push(children);
      known.set(key, node);
    }
    return node;
  };
  nodes[0] = Array.from({ length: 256 }, (_, byte) => {
    if (byte < 0x80) return leaf(byte);
    if (byte < 0xc2) return leaf(0x80); // never first
    if (byte < 0xe0) return child((byte & 0x1f) << 6, 1, 0x80);
    if (byte < 0xf0) return child((byte & 0x0f) << 12, 2, 0x800);
    if (byte < 0xf5) return child((byte & 0x07) << 18, 3, 0x10000);
    return leaf(CODE_POINT_LIMIT - 1); // never occurs
  });
  return nodes;
}

function isUniform({ starts, classes }: Alphabet, first: number, last: number): boolean {
  const at = intervalOf(starts, first);
  for (let i = at + 1; (starts[i] ?? CODE_POINT_LIMIT) <= last; i += 1) if (classes[i] !== classes[at]) return false;
  return true;
}
