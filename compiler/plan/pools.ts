// The pools of an artifact: single growing arrays in which equal runs are stored once.
// In: runs of numbers. Out: their offsets. Never forgets a run.

/** Runs by hash, each compared in full before it counts as equal. */
class Runs {
  readonly #byHash = new Map<number, { readonly offset: number; readonly length: number }[]>();

  /** Offset of an equal run among `values`, or -1 after noting that `run` comes at their end. */
  find(run: ArrayLike<number>, values: ArrayLike<number>): number {
    const hash = hashOf(run);
    const candidates = this.#byHash.get(hash) ?? [];
    for (const { offset, length } of candidates) {
      if (length === run.length && isEqualAt(run, values, offset)) return offset;
    }
    candidates.push({ offset: values.length, length: run.length });
    this.#byHash.set(hash, candidates);
    return -1;
  }
}

/** FNV-1a over the low 32 bits of each number and, for fractions, some of the rest. */
function hashOf(run: ArrayLike<number>): number {
  let hash = 0x811c9dc5 ^ run.length;
  for (let i = 0; i < run.length; i += 1) {
    const value = run[i] ?? 0;
    hash = Math.imul(hash ^ (value | 0) ^ ((value % 1) * 0x7fffffff), 0x01000193);
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
    const known = this.#runs.find(run, this.values);
    if (known >= 0) return known;
    const offset = this.values.length;
    for (let i = 0; i < run.length; i += 1) this.values.push(run[i] ?? 0);
    return offset;
  }
}

/** Rows of a matrix: blocks of 16-byte vectors, kept as four u32 a vector until they are read out. */
export class RowPool {
  readonly #words: number[] = [];
  readonly #runs = new Runs();

  /** Offset, in vectors, of a block of rows equal to `block`. */
  intern(block: Uint32Array): number {
    const known = this.#runs.find(block, this.#words);
    if (known >= 0) return known / 4;
    const offset = this.#words.length / 4;
    for (const word of block) this.#words.push(word);
    return offset;
  }

  vectors(): [bigint, bigint][] {
    const vectors: [bigint, bigint][] = [];
    for (let i = 0; i < this.#words.length; i += 4) {
      vectors.push([this.#half(i), this.#half(i + 2)]);
    }
    return vectors;
  }

  #half(i: number): bigint {
    const low = this.#words[i] ?? 0;
    const high = this.#words[i + 1] ?? 0;
    return low === 0 && high === 0 ? 0n : BigInt(low) | (BigInt(high) << 32n);
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
