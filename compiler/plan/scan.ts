// Regular expressions whose automatons are too large, as scans: one automaton of positions for many patterns, 64 positions a word
// (contract/layout.ts, SCAN_*). In: positions of patterns and the bits they set. Out: tables. Its work is linear in the text: per
// character no more than the words, moves and starts there are, and mostly only the words with active positions.

import { type Alphabet, alphabetOf, byteTrie, classesOfSet } from '../regex/alphabet.ts';
import { beforeAfter, type Positions } from '../regex/positions.ts';
import type { PatternGroup } from './automaton.ts';
import { withSymbols } from './dfa.ts';
import type { PartitionBuilder } from './partitions.ts';
import type { MaskPool, Pool } from './pools.ts';
import type { ScanTable } from './tables.ts';

/** Classes of a scan are bytes, the end of the text is one of them. */
const MAX_CLASSES = 255;
/** Words are numbered by u16. */
const MAX_WORDS = 65535;

export interface ScanPattern {
  readonly positions: Positions;
  readonly bits: readonly number[];
}

export interface PlacedScan {
  readonly index: number;
  readonly wordCount: number;
  readonly patterns: readonly ScanPattern[];
  /** By pattern: the words in which a match of it may begin. */
  readonly startWords: readonly (readonly number[])[];
}

export interface ScanPools {
  readonly words: Pool;
  readonly halves: Pool;
  readonly bytes: Pool;
  readonly masks: MaskPool;
}

export class ScanBuilder {
  readonly scans: ScanTable[] = [];
  readonly #pools: ScanPools;
  readonly #builder: PartitionBuilder;

  constructor(pools: ScanPools, builder: PartitionBuilder) {
    this.#pools = pools;
    this.#builder = builder;
  }

  /** As few scans as these patterns fit into: those of one scan agree on what words and lines are. */
  add(patterns: readonly ScanPattern[]): PlacedScan[] {
    const byKinds = new Map<string, ScanPattern[]>();
    for (const pattern of patterns) {
      const { words, lineEnds } = pattern.positions;
      const key = `${words.join()} ${lineEnds.join()}`;
      const like = byKinds.get(key);
      if (like === undefined) byKinds.set(key, [pattern]);
      else like.push(pattern);
    }
    return [...byKinds.values()].flatMap((like) => this.#split(like));
  }

  #split(patterns: readonly ScanPattern[]): PlacedScan[] {
    const first = patterns[0];
    if (first === undefined) return [];
    const { words, lineEnds } = first.positions;
    const alphabet = alphabetOf([...patterns.flatMap(({ positions }) => positions.sets), words, lineEnds]);
    const total = patterns.reduce((sum, { positions }) => sum + positions.sets.length, 0);
    // A word may be left half empty (Layout).
    if (patterns.length > 1 && (alphabet.count > MAX_CLASSES || total * 2 > MAX_WORDS * 64)) {
      const middle = patterns.length >> 1;
      return [...this.#split(patterns.slice(0, middle)), ...this.#split(patterns.slice(middle))];
    }
    if (alphabet.count > MAX_CLASSES) throw new Error(`a pattern of ${alphabet.count} classes`);
    const layout = new Layout(patterns, alphabet);
    this.scans.push(this.#scan(patterns, alphabet, layout));
    return [{ index: this.scans.length - 1, wordCount: layout.words.length, patterns, startWords: layout.startWords }];
  }

  #scan(patterns: readonly ScanPattern[], alphabet: Alphabet, layout: Layout): ScanTable {
    const { words, halves, bytes, masks } = this.#pools;
    const kinds = layout.kinds();
    const moveTargets: number[] = [];
    const moveMasks: bigint[] = [];
    const ends: number[] = [];
    const endMasks: bigint[] = [];
    const fields: number[] = [];
    const wordMasks: bigint[] = [];
    for (const word of layout.words) {
      const reach = word.reachMasks();
      const moves = word.moves();
      const wordEnds = word.ends();
      fields.push(
        bytes.intern(reach.map),
        masks.intern(reach.masks),
        reach.masks.length,
        moveTargets.length,
        moves.length,
        ends.length,
        wordEnds.length,
        0,
      );
      wordMasks.push(word.next, word.self, or(moves.map(({ from }) => from)), or(wordEnds.map(({ mask }) => mask)));
      wordMasks.push(...word.starts);
      for (const { from, to, target } of moves) {
        moveTargets.push(target);
        moveMasks.push(from, to);
      }
      for (const { mask, bit } of wordEnds) {
        ends.push(bit);
        endMasks.push(mask);
      }
    }
    const startRuns: number[] = [0];
    const startList: number[] = [];
    const beginning = layout.words.map((word) => or(word.starts));
    for (let c = 0; c <= alphabet.count; c += 1) {
      layout.words.forEach((word, w) => {
        if (((word.reach[c] ?? 0n) & (beginning[w] ?? 0n)) !== 0n) startList.push(w);
      });
      startRuns.push(startList.length);
    }
    return {
      alphabet: this.#alphabet(alphabet),
      classCount: alphabet.count + 1,
      wordCount: layout.words.length,
      kinds: bytes.intern(kinds),
      words: words.intern(fields),
      masks: masks.intern(wordMasks),
      moves: words.intern(moveTargets),
      moveMasks: masks.intern(moveMasks),
      moveCount: moveTargets.length,
      starts: words.intern(startRuns),
      startList: halves.intern(startList),
      startCount: startList.length,
      ends: words.intern(ends),
      endMasks: masks.intern(endMasks),
      endCount: ends.length,
      bitLimit: 1 + Math.max(...patterns.flatMap(({ bits }) => bits)),
    };
  }

  /** The automaton over the bytes of one character: inner nodes of the trie, then a sink for each class. */
  #alphabet(alphabet: Alphabet): number {
    const trie = byteTrie(alphabet);
    const target = (child: number): number => (child < 0 ? trie.length + (-1 - child) : child);
    const rows = trie.map((children, node) =>
      Array.from({ length: 256 }, (_, byte) => {
        if (node === 0) return target(children[byte] ?? 0);
        return byte >= 0x80 && byte < 0xc0 ? target(children[byte - 0x80] ?? 0) : trie.length;
      }),
    );
    for (let c = 0; c < alphabet.count; c += 1) rows.push(Array.from({ length: 256 }, () => trie.length + c));
    const dfa = withSymbols(rows, []);
    const group: PatternGroup = {
      backward: false,
      patterns: [],
      matches: [],
      labelCount: alphabet.count,
      stateCount: rows.length,
      firstSink: trie.length,
      symbolCount: dfa.symbolCount,
      symbolOfByte: dfa.symbolOfByte,
      next: Uint16Array.from(dfa.next),
      labelOfState: Uint16Array.from(rows, (_, state) => Math.max(0, state - trie.length)),
    };
    const labels = Array.from({ length: alphabet.count }, (_, c) => c);
    return this.#builder.automaton(group, labels, alphabet.count);
  }
}

function or(masks: readonly bigint[]): bigint {
  return masks.reduce((all, mask) => all | mask, 0n);
}

interface Move {
  readonly from: bigint;
  readonly to: bigint;
  readonly target: number;
}

class Word {
  next = 0n;
  self = 0n;
  /** By BEFORE_*. */
  readonly starts: bigint[] = [0n, 0n, 0n, 0n];
  /** By class, the end included: positions that take it. */
  readonly reach: bigint[];
  /** By target word and positions there: the positions that lead to them. */
  readonly #moves = new Map<string, { from: bigint; readonly to: bigint; readonly target: number }>();
  readonly #ends = new Map<number, bigint>();

  constructor(classCount: number) {
    this.reach = Array.from({ length: classCount }, () => 0n);
  }

  addMove(from: bigint, target: number, to: bigint): void {
    const key = `${target} ${to}`;
    const known = this.#moves.get(key);
    if (known === undefined) this.#moves.set(key, { from, to, target });
    else known.from |= from;
  }

  addEnd(mask: bigint, bit: number): void {
    this.#ends.set(bit, (this.#ends.get(bit) ?? 0n) | mask);
  }

  moves(): Move[] {
    return [...this.#moves.values()];
  }

  ends(): { readonly mask: bigint; readonly bit: number }[] {
    return [...this.#ends].map(([bit, mask]) => ({ bit, mask }));
  }

  reachMasks(): { readonly map: readonly number[]; readonly masks: readonly bigint[] } {
    const numbers = new Map<bigint, number>();
    const map = this.reach.map((mask) => {
      const known = numbers.get(mask) ?? numbers.size;
      numbers.set(mask, known);
      return known;
    });
    return { map, masks: [...numbers.keys()] };
  }
}

/** Where the positions of all patterns lie: along chains, so that most are followed by the one beside them. */
class Layout {
  readonly words: Word[] = [];
  readonly startWords: (readonly number[])[] = [];
  readonly #alphabet: Alphabet;
  readonly #kindsFrom: Positions | undefined;
  readonly #classes = new Map<string, readonly number[]>();

  constructor(patterns: readonly ScanPattern[], alphabet: Alphabet) {
    this.#alphabet = alphabet;
    this.#kindsFrom = patterns[0]?.positions;
    let first = 0;
    for (const { positions, bits } of patterns) {
      const order = chained(positions);
      const placeOf: number[] = [];
      // A pattern that a word holds is not spread over two: moves between words cost more, and words are switched off one by one.
      if (order.length <= 64 && (first & 63) + order.length > 64) first = (first | 63) + 1;
      order.forEach((position, i) => {
        placeOf[position] = first + i;
      });
      first += order.length;
      while (this.words.length * 64 < first) this.words.push(new Word(alphabet.count + 1));
      this.#fill(positions, bits, placeOf);
      this.startWords.push([...new Set(positions.starts.flat().map((p) => (placeOf[p] ?? 0) >> 6))]);
    }
  }

  kinds(): number[] {
    const kinds: number[] = [];
    const { starts, classes } = this.#alphabet;
    const from = this.#kindsFrom;
    if (from === undefined) return kinds;
    starts.forEach((code, i) => {
      kinds[classes[i] ?? 0] = beforeAfter(code, from);
    });
    return kinds;
  }

  #fill(positions: Positions, bits: readonly number[], placeOf: readonly number[]): void {
    const wordOf = (place: number): Word => {
      const word = this.words[place >> 6];
      if (word === undefined) throw new Error(`no word for position ${place}`);
      return word;
    };
    const bitOf = (place: number): bigint => 1n << BigInt(place & 63);
    positions.sets.forEach((set, p) => {
      const place = placeOf[p] ?? 0;
      const word = wordOf(place);
      const bit = bitOf(place);
      for (const c of this.#classesOf(set)) word.reach[c] = (word.reach[c] ?? 0n) | bit;
      if (positions.accepts[p] === true) for (const one of bits) word.addEnd(bit, one);
      const reached = new Map<number, bigint>();
      for (const q of positions.follow[p] ?? []) {
        const to = placeOf[q] ?? 0;
        if (to === place) word.self |= bit;
        else if (to === place + 1 && to >> 6 === place >> 6) word.next |= bit;
        else reached.set(to >> 6, (reached.get(to >> 6) ?? 0n) | bitOf(to));
      }
      for (const [target, to] of reached) word.addMove(bit, target, to);
    });
    positions.starts.forEach((starts, before) => {
      for (const p of starts) {
        const place = placeOf[p] ?? 0;
        const word = wordOf(place);
        word.starts[before] = (word.starts[before] ?? 0n) | bitOf(place);
      }
    });
  }

  #classesOf(set: readonly number[]): readonly number[] {
    const key = set.join();
    const known = this.#classes.get(key) ?? classesOfSet(this.#alphabet, set);
    this.#classes.set(key, known);
    return known;
  }
}

function chained(positions: Positions): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (const root of [...positions.starts.flat(), ...positions.sets.keys()]) {
    for (let at: number | undefined = root; at !== undefined && !seen.has(at); ) {
      seen.add(at);
      order.push(at);
      at = positions.follow[at]?.find((next) => !seen.has(next));
    }
  }
  return order;
}
