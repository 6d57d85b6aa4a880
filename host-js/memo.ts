// In: the words that recipe.ts makes of a call. Out: the verdict that the core gave when it last saw the same words. Never answers for
// words that differ in one bit; forgets whatever there is no room for.

import type { Verdict } from './verdict.ts';

/** u32 words of a key: a cache line. */
export const KEY_WORDS = 16;
/** Sets of two entries: at first, and at most. Powers of two; an entry is 64 bytes and a verdict's reference. */
const FIRST_SETS = 64;
const MAX_SETS = 4096;

/** Keeps verdicts of one artifact by key. INVARIANT (request.ts): the first words of a key tell how many are used. */
export class Memo {
  /** Where a key is written before it is looked for. */
  readonly key: Uint32Array = new Uint32Array(KEY_WORDS);
  #keys: Uint32Array = new Uint32Array(FIRST_SETS * 2 * KEY_WORDS);
  #verdicts: (Verdict | null)[] = noVerdicts(FIRST_SETS * 2);
  #evicted = 0;

  /** The verdict kept under `key`, of which the first `count` words are used. */
  find(count: number): Verdict | null {
    const entry = this.#setOf(count) * 2;
    if (this.#isAt(entry, count)) return this.#verdicts[entry] ?? null;
    if (this.#isAt(entry + 1, count)) return this.#verdicts[entry + 1] ?? null;
    return null;
  }

  /** Keeps a verdict under `key`: the younger of a set's two goes to the second place, the older out. */
  keep(count: number, verdict: Verdict): void {
    let entry = this.#setOf(count) * 2;
    if (this.#verdicts[entry + 1] !== null) {
      this.#evicted += 1;
      if (this.#evicted * 4 > this.#verdicts.length && this.#verdicts.length < MAX_SETS * 2) {
        this.#grow();
        entry = this.#setOf(count) * 2;
      }
    }
    this.#keys.copyWithin((entry + 1) * KEY_WORDS, entry * KEY_WORDS, (entry + 1) * KEY_WORDS);
    this.#verdicts[entry + 1] = this.#verdicts[entry] ?? null;
    this.#keys.set(this.key, entry * KEY_WORDS);
    this.#verdicts[entry] = verdict;
  }

  /** Starts anew with four times the room: what is asked again comes in again. */
  #grow(): void {
    const entries = Math.min(this.#verdicts.length * 4, MAX_SETS * 2);
    this.#keys = new Uint32Array(entries * KEY_WORDS);
    this.#verdicts = noVerdicts(entries);
    this.#evicted = 0;
  }

  #isAt(entry: number, count: number): boolean {
    const keys = this.#keys;
    const { key } = this;
    const first = entry * KEY_WORDS;
    for (let i = 0; i < count; i += 1) if (keys[first + i] !== key[i]) return false;
    return true;
  }

  #setOf(count: number): number {
    const { key } = this;
    let hash = 0;
    for (let i = 0; i < count; i += 1) {
      hash = Math.imul(hash ^ (key[i] ?? 0), 0x9e3779b1);
    }
    hash ^= hash >>> 15;
    return (hash ^ (hash >>> 7)) & (this.#verdicts.length / 2 - 1);
  }
}

function noVerdicts(count: number): null[] {
  return Array.from({ length: count }, () => null);
}
