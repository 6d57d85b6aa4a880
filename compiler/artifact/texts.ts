// In: the planner's byte pool and the texts of constants and dictionaries. Out: one pool with each text in it once.
// Never replaces a lone surrogate: policy text that decides is exact or refused.

import { BUCKET_SIZE, ENTRY_HASH, ENTRY_LENGTH, ENTRY_SIZE, ENTRY_TEXT } from '../../wasm-core/contract/layout.ts';
import { dictionaryHash } from './hash.ts';
import { Records } from './records.ts';

const encoder = new TextEncoder();
const SURROGATE = /\p{Surrogate}/u;

/** UTF-8 of a text that has no lone surrogate. */
export function exactUtf8(text: string): Uint8Array {
  if (SURROGATE.test(text)) throw new RangeError(`a lone surrogate cannot be encoded: ${JSON.stringify(text)}`);
  return encoder.encode(text);
}

export interface PlacedText {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * The byte pool: first the planner's bytes, then texts, each distinct text once.
 * INVARIANT (decode.ts): the first text added lies at the end of the planner's bytes.
 */
export class TextPool {
  readonly #start: readonly number[];
  readonly #placed = new Map<string, PlacedText>();
  readonly #raw: PlacedText[] = [];
  #size: number;

  constructor(start: readonly number[]) {
    this.#start = start;
    this.#size = start.length;
  }

  add(text: string): PlacedText {
    const known = this.#placed.get(text);
    if (known !== undefined) return known;
    const placed = { offset: this.#size, bytes: exactUtf8(text) };
    this.#placed.set(text, placed);
    this.#size += placed.bytes.length;
    return placed;
  }

  /** Offset of bytes that are no text; they lie among the texts. */
  addBytes(bytes: Uint8Array): number {
    const offset = this.#size;
    this.#raw.push({ offset, bytes });
    this.#size += bytes.length;
    return offset;
  }

  bytes(): Uint8Array {
    const pool = new Uint8Array(this.#size);
    pool.set(this.#start);
    for (const { offset, bytes } of [...this.#placed.values(), ...this.#raw]) pool.set(bytes, offset);
    return pool;
  }
}

/** Where a view's dictionary went. */
export interface PlacedDictionary {
  readonly bucketFirst: number;
  readonly bucketCount: number;
  readonly entryFirst: number;
}

/**
 * The dictionaries of all views: entries in the planner's order; buckets a power of two at least one and a half times the
 * entries, open addressing, linear probing from hash & (count - 1).
 */
export function placeDictionaries(
  dictionaries: readonly (readonly string[])[],
  texts: TextPool,
): { readonly placed: readonly PlacedDictionary[]; readonly buckets: Uint8Array; readonly entries: Uint8Array } {
  const counts = dictionaries.map((entries) => bucketCountFor(entries.length));
  const buckets = new Records(sum(counts), BUCKET_SIZE);
  const entries = new Records(sum(dictionaries.map((d) => d.length)), ENTRY_SIZE);
  const placed: PlacedDictionary[] = [];
  let bucketFirst = 0;
  let entryFirst = 0;
  for (const [d, dictionary] of dictionaries.entries()) {
    const bucketCount = counts[d] ?? 0;
    placed.push({ bucketFirst, bucketCount, entryFirst });
    const taken = new Uint8Array(bucketCount);
    for (const [i, text] of dictionary.entries()) {
      const { offset, bytes } = texts.add(text);
      const hash = dictionaryHash(bytes);
      entries.u32(entryFirst + i, ENTRY_HASH, hash);
      entries.u32(entryFirst + i, ENTRY_TEXT, offset);
      entries.u32(entryFirst + i, ENTRY_LENGTH, bytes.length);
      let bucket = hash & (bucketCount - 1);
      while (taken[bucket] === 1) bucket = (bucket + 1) & (bucketCount - 1);
      taken[bucket] = 1;
      buckets.u32(bucketFirst + bucket, 0, i + 1);
    }
    bucketFirst += bucketCount;
    entryFirst += dictionary.length;
  }
  return { placed, buckets: buckets.bytes, entries: entries.bytes };
}

function bucketCountFor(entryCount: number): number {
  if (entryCount === 0) return 0;
  let count = 2;
  while (count * 2 < entryCount * 3) count *= 2;
  return count;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
