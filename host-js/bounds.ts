// In: the bounds that rules set for one number, and a number. Out: the cell of the number line it lies in: of a bound, or between two.

/** Buckets a bound, so that most numbers find one bound or none in theirs. */
const BUCKETS_PER_BOUND = 4;
const MAX_BUCKETS = 4096;

/** Finds the cell of a number through equally wide buckets, and within one by halving: as fast as can be for bounds that are spread. */
export class Bounds {
  /** Ascending, distinct. */
  readonly #values: Float64Array;
  readonly #lowest: number;
  readonly #highest: number;
  readonly #scale: number;
  /** By bucket, how many bounds lie in earlier ones; one more. */
  readonly #firsts: Uint32Array;

  constructor(values: Iterable<number>) {
    const sorted = Float64Array.from(new Set(values)).sort();
    const count = sorted.length;
    const bucketCount = Math.max(1, Math.min(count * BUCKETS_PER_BOUND, MAX_BUCKETS));
    this.#values = sorted;
    this.#lowest = sorted[0] ?? 0;
    this.#highest = sorted[count - 1] ?? 0;
    this.#scale = (bucketCount - 1) / (this.#highest - this.#lowest);
    const firsts = new Uint32Array(bucketCount + 1);
    for (const value of sorted) firsts[this.#bucketOf(value) + 1] = (firsts[this.#bucketOf(value) + 1] ?? 0) + 1;
    for (let b = 1; b <= bucketCount; b += 1) firsts[b] = (firsts[b] ?? 0) + (firsts[b - 1] ?? 0);
    this.#firsts = firsts;
  }

  /** How many cells there are. */
  get cellCount(): number {
    return this.#values.length * 2 + 1;
  }

  /** 2i + 1 if the value is bound i, else the even cell it lies in. */
  cellOf(value: number): number {
    const values = this.#values;
    if (value < this.#lowest) return 0;
    if (value > this.#highest || values.length === 0) return values.length * 2;
    const bucket = this.#bucketOf(value);
    let below = this.#firsts[bucket] ?? 0;
    let end = this.#firsts[bucket + 1] ?? 0;
    while (below < end) {
      const middle = (below + end) >>> 1;
      if ((values[middle] ?? 0) < value) below = middle + 1;
      else end = middle;
    }
    return below * 2 + (values[below] === value ? 1 : 0);
  }

  /**
   * Grows with the value: a difference and a product, both rounded, keep an order. So all bounds of earlier buckets are less, all of later
   * ones greater. Where the scale is no finite number, all is in bucket 0.
   */
  #bucketOf(value: number): number {
    return ((value - this.#lowest) * this.#scale) | 0;
  }
}
