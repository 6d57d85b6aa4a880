// In: literals, each with the bits of the hits that finding it sets. Out: the tables by which one pass over a text finds all of them
// (contract/layout.ts, PREFILTER_*): three bytes of each, those that texts have least, are hashed; where the literals are few, tables
// of fingerprints pass over most places sixteen at a time. Never looks at a text.

import { LITERAL_SIZE, PREFILTER_FACTOR } from '../../wasm-core/contract/layout.ts';
import { FOLDED, type Literal, shareOfByte } from '../regex/literals.ts';
import { fingerprintsOf, GRAM_BYTES } from './fingerprints.ts';
import type { MaskPool, Pool } from './pools.ts';
import type { PrefilterTable } from './tables.ts';

export interface SearchedLiteral {
  readonly literal: Literal;
  /** Bits of the hits. */
  readonly targets: readonly number[];
}

const CASE_BIT = 0x20;
const MIN_HASH_BITS = 8;
const MAX_HASH_BITS = 14;
/** Entries of the list are numbered by u16. */
export const MAX_PLACES = 65535;
/** Of a literal of two bytes: any byte may follow. */
const PLACES_OF_TWO = 128;

interface Pools {
  readonly words: Pool;
  readonly halves: Pool;
  readonly bytes: Pool;
  readonly masks: MaskPool;
}

export class PrefilterBuilder {
  readonly prefilters: PrefilterTable[] = [];
  readonly #pools: Pools;

  constructor(pools: Pools) {
    this.#pools = pools;
  }

  /** Index of the prefilter, whose hits begin as `initial`. */
  add(searched: readonly SearchedLiteral[], initial: readonly bigint[]): number {
    const { words, halves, bytes, masks } = this.#pools;
    const literals = merged(searched);
    const fingerprints = fingerprintsOf(literals.map(({ literal }) => literal));
    const windows = fingerprints?.windows ?? windowsOf(literals);
    const grams = literals.map(({ literal }, i) => gramsOf(literal, windows[i] ?? 0));
    const total = grams.reduce((sum, own) => sum + own.length, 0);
    if (total > MAX_PLACES) throw new Error(`a prefilter of ${total} places`);
    const hashBits = Math.min(MAX_HASH_BITS, Math.max(MIN_HASH_BITS, Math.ceil(Math.log2(total * 8 + 1))));
    const byHash: number[][] = Array.from({ length: 2 ** hashBits }, () => []);
    grams.forEach((own, i) => {
      for (const hash of new Set(own.map((gram) => hashOf(gram, hashBits)))) byHash[hash]?.push(i);
    });
    const runs: number[] = [0];
    for (const own of byHash) runs.push((runs[runs.length - 1] ?? 0) + own.length);
    const list = byHash.flat();
    const fields = literals.flatMap(({ literal, targets }, i) => [
      bytes.intern([...literal.map((byte) => byte % FOLDED), ...literal.map((byte) => (byte < FOLDED ? 0 : CASE_BIT))]),
      literal.length,
      windows[i] ?? 0,
      halves.intern(targets),
      targets.length,
    ]);
    if (fields.length * 4 !== literals.length * LITERAL_SIZE) throw new Error('fields of literals');
    this.prefilters.push({
      hitWords: initial.length,
      initial: masks.intern(initial),
      hasFingerprints: fingerprints !== null,
      fingerprints: bytes.intern(fingerprints?.tables ?? []),
      hashBits,
      runs: halves.intern(runs),
      list: halves.intern(list),
      listCount: list.length,
      literals: words.intern(fields),
      literalCount: literals.length,
    });
    return this.prefilters.length - 1;
  }
}

/** Entries that literals take at most. INVARIANT (searching.ts, lists.ts): those of one prefilter take MAX_PLACES at most. */
export function placesOf(searched: readonly Pick<SearchedLiteral, 'literal'>[]): number {
  return searched.reduce((sum, { literal }) => sum + (literal.length < GRAM_BYTES ? PLACES_OF_TWO : 1), 0);
}

/** Equal literals once, with the targets of all. */
function merged(searched: readonly SearchedLiteral[]): SearchedLiteral[] {
  const byKey = new Map<string, { readonly literal: Literal; readonly targets: Set<number> }>();
  for (const { literal, targets } of searched) {
    const key = literal.join();
    const known = byKey.get(key) ?? { literal, targets: new Set<number>() };
    byKey.set(key, known);
    for (const target of targets) known.targets.add(target);
  }
  return [...byKey.values()].map(({ literal, targets }) => ({ literal, targets: [...targets].sort((a, b) => a - b) }));
}

/** Where the three bytes begin that texts have least; those that many literals have in common count as more frequent. */
function windowsOf(literals: readonly SearchedLiteral[]): number[] {
  const known = new Map<number, number>();
  return literals.map(({ literal }) => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at + GRAM_BYTES <= literal.length; at += 1) {
      const gram = gramsOf(literal, at)[0] ?? 0;
      const share = literal.slice(at, at + GRAM_BYTES).reduce((product, byte) => product * shareOfByte(byte), 1);
      const cost = share * (1 + (known.get(gram) ?? 0));
      if (cost >= least) continue;
      least = cost;
      best = at;
    }
    const gram = gramsOf(literal, best)[0] ?? 0;
    known.set(gram, (known.get(gram) ?? 0) + 1);
    return best;
  });
}

/** What stands at the window, as numbers that hash alike: a literal of two bytes may have any byte behind it. */
function gramsOf(literal: Literal, window: number): number[] {
  const [a = 0, b = 0, c] = literal.slice(window, window + GRAM_BYTES).map((byte) => (byte % FOLDED) | CASE_BIT);
  if (c !== undefined) return [a | (b << 8) | (c << 16)];
  if (literal.length !== GRAM_BYTES - 1) throw new Error(`a literal of ${literal.length} bytes`);
  return Array.from({ length: 256 }, (_, last) => last)
    .filter((last) => (last & CASE_BIT) !== 0)
    .map((last) => a | (b << 8) | (last << 16));
}

function hashOf(gram: number, bits: number): number {
  return Math.imul(gram, PREFILTER_FACTOR) >>> (32 - bits);
}
