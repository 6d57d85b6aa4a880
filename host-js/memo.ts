// In: the words that recipe.ts makes of a call. Out: the verdict that the core gave when it last saw the same words. Never answers for
// words that differ in one bit; forgets whatever there is no room for.

import type { Verdict } from './verdict.ts';

/** u32 words of a key: half a cache line, so that both entries of a set lie in one. */
export const KEY_WORDS = 8;
/** The words that every key has: which plan and flags, which session. */
export const KEY_FIXED_WORDS = 2;
const KEY_PLAN = 0;
const KEY_SUBJECT = 1;
/** Sets of two entries: at first, and at most. Powers of two; an entry is 32 bytes and a verdict's reference. */
const FIRST_SETS = 64;
const MAX_SETS = 4096;
/** Rules that kept verdicts may list, those apart that list few: verdicts with few rules are shared (verdict.ts), longer ones are not. */
const MAX_LISTED = 1 << 17;
const FEW_RULES = 14;
/** Odd, its bits well mixed: 2^32 over the golden ratio. */
const HASH_FACTOR = 0x9e3779b1;

/**
 * What calls are recognised by, as few words: values that need few bits share one, each with a radix at least as large as its count
 * of values, so that different values make different words.
 */
export class Key {
  readonly words: Uint32Array = new Uint32Array(KEY_WORDS);
  /** The word last written to. */
  last = 0;

  begin(plan: number, subject: number): void {
    this.words[KEY_PLAN] = plan;
    this.words[KEY_SUBJECT] = subject;
    this.last = KEY_SUBJECT;
  }

  /** `radix` 0: the value begins a word. INVARIANT (recipe.ts): products of the radixes of one word are at most 2^32, words at most KEY_WORDS. */
  put(value: number, radix: number): void {
    if (radix === 0) {
      this.last += 1;
      this.words[this.last] = value;
    } else {
      this.words[this.last] = Math.imul(this.words[this.last] ?? 0, radix) + value;
    }
  }
}

/** Keeps verdicts of one artifact by key. INVARIANT (lookup.ts): the first words of a key tell how many are used. */
export class Memo {
  /** Where a key is written before it is looked for. */
  readonly key: Key = new Key();
  #keys: Uint32Array = new Uint32Array(FIRST_SETS * 2 * KEY_WORDS);
  #verdicts: (Verdict | null)[] = noVerdicts(FIRST_SETS * 2);
  #evicted = 0;
  #listed = 0;

  /** The verdict kept under the key, or null. */
  find(): Verdict | null {
    const entry = this.#setOf() * 2;
    if (this.#isAt(entry)) return this.#verdicts[entry] ?? null;
    if (this.#isAt(entry + 1)) return this.#verdicts[entry + 1] ?? null;
    return null;
  }

  /** Keeps a verdict under the key: the younger of a set's two goes to the second place, the older out. */
  keep(verdict: Verdict): void {
    if (this.#listed + listedIn(verdict) > MAX_LISTED) {
      this.#forgetLong();
      if (listedIn(verdict) > MAX_LISTED) return;
    }
    let entry = this.#setOf() * 2;
    if (this.#verdicts[entry + 1] !== null) {
      this.#evicted += 1;
      if (this.#evicted * 4 > this.#verdicts.length && this.#verdicts.length < MAX_SETS * 2) {
        // Starts anew with four times the room: what is asked again comes in again.
        this.#empty(Math.min(this.#verdicts.length * 4, MAX_SETS * 2));
        entry = this.#setOf() * 2;
      }
    }
    this.#listed += listedIn(verdict) - listedIn(this.#verdicts[entry + 1] ?? null);
    this.#keys.copyWithin((entry + 1) * KEY_WORDS, entry * KEY_WORDS, (entry + 1) * KEY_WORDS);
    this.#verdicts[entry + 1] = this.#verdicts[entry] ?? null;
    this.#keys.set(this.key.words, entry * KEY_WORDS);
    this.#verdicts[entry] = verdict;
  }

  /** Makes room for verdicts that list many rules by letting all of them go. */
  #forgetLong(): void {
    for (const [entry, verdict] of this.#verdicts.entries()) if (listedIn(verdict) > 0) this.#verdicts[entry] = null;
    this.#listed = 0;
  }

  #empty(entries: number): void {
    this.#keys = new Uint32Array(entries * KEY_WORDS);
    this.#verdicts = noVerdicts(entries);
    this.#evicted = 0;
    this.#listed = 0;
  }

  /** An entry not used yet has no verdict: whatever its words, nothing is found there. */
  #isAt(entry: number): boolean {
    const keys = this.#keys;
    const { words, last } = this.key;
    const first = entry * KEY_WORDS;
    for (let i = 0; i <= last; i += 1) if (keys[first + i] !== words[i]) return false;
    return true;
  }

  #setOf(): number {
    const { words, last } = this.key;
    let hash = 0;
    for (let i = 0; i <= last; i += 1) hash = Math.imul(hash ^ (words[i] ?? 0), HASH_FACTOR);
    hash ^= hash >>> 15;
    return (hash ^ (hash >>> 7)) & (this.#verdicts.length / 2 - 1);
  }
}

/** Rules that a verdict lists by itself. */
function listedIn(verdict: Verdict | null): number {
  if (verdict === null || verdict.rules.length <= FEW_RULES) return 0;
  const { rules, determining } = verdict;
  return rules === determining ? rules.length : rules.length + determining.length;
}

function noVerdicts(count: number): null[] {
  return Array.from({ length: count }, () => null);
}
