// The pools of an artifact: single growing arrays in which equal runs are stored once.
// In: runs of numbers. Out: their offsets. Never forgets a run.

/** Runs by hash, each compared in full before it counts as equal. Runs of one hash are chained. */
class Runs {
  readonly #lastByHash = new Map<number, number>();
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #before: number[] = [];

  /** Offset of an equal run among `values`, or -1 after noting that `run` comes at `end`, where they end. */
  find(run: ArrayLike<number>, values: ArrayLike<number>, end: number): number {
    const hash = hashOf(run);
    const last = this.#lastByHash.get(hash) ?? -1;
    for (let i = last; i >= 0; i = this.#before[i] ?? -1) {
      const offset = this.#offsets[i] ?? 0;
      if (this.#lengths[i] === run.length && isEqualAt(run, values, offset)) return offset;
    }
    this.#lastByHash.set(hash, this.#offsets.length);
    this.#offsets.push(end);
    this.#lengths.push(run.length);
    this.#before.push(last);
    return -1;
  }
}

/** FNV-1a over the low 32 bits of each number and, for fractions, some of the rest. */
function hashOf(run: ArrayLike<number>): number {
  let hash = 0x811c9dc5 ^ run.length;
  for (let i = 0; i < run.length; i += 1) {
    const value = run[i] ?? 0;
    const whole = value | 0;
    hash = Math.imul(hash ^ whole, 0x01000193);
    if (whole !== value) hash = Math.imul(hash ^ ((value % 1) * 0x7fffffff), 0x01000193);
  }
  return hash;
}

function isEqualAt(run: ArrayLike<number>, values: ArrayLike<number>, offset: number): boolean {
  for (let i = 0; i < run.length; i += 1) if (!Object.is(run[i], values[offset + i])) return false;
  return true;
}

export class Pool {
  readonly values: number[] = [];
  readonly #runs = new Runs();

  /** Offset of a run equal to `run`. The empty run is at 0. */
  intern(run: ArrayLike<number>): number {
    if (run.length === 0) return 0;
    const known = this.#runs.find(run, this.values, this.values.length);
    if (known >= 0) return known;
    const offset = this.values.length;
    for (let i = 0; i < run.length; i += 1) this.values.push(run[i] ?? 0);
    return offset;
  }
}

/** Rows of a matrix: blocks of 16-byte vectors, four u32 a vector. */
export class RowPool {
  #words = new Uint32Array(1024);
  #length = 0;
  readonly #runs = new Runs();

  /** Offset, in vectors, of a block of rows equal to `block`. */
  intern(block: Uint32Array): number {
    const offset = this.#length;
    const known = this.#runs.find(block, this.#words, offset);
    if (known >= 0) return known / 4;
    this.#length += block.length;
    if (this.#length > this.#words.length) {
      const grown = new Uint32Array(this.#length * 2);
      grown.set(this.#words.subarray(0, offset));
      this.#words = grown;
    }
    this.#words.set(block, offset);
    return offset / 4;
  }

  words(): number[] {
    return Array.from(this.#words.subarray(0, this.#length));
  }
}

/** Masks of list elements, u64 words. */
export class MaskPool {
  readonly values: bigint[] = [];
  readonly #offsetByRun = new Map<string, number>();

  intern(run: readonly bigint[]): number {
    const key = run.join(',');
    const known = this.#offsetByRun.get(key);
    if (known !== undefined) return known;
    const offset = this.values.length;
    for (const word of run) this.values.push(word);
    this.#offsetByRun.set(key, offset);
    return offset;
  }
}
