// The distinct rows of one column, in the order in which they came. In: rows of bits, all of one width. Out: their numbers, and all of
// them side by side. Keeps a copy of each.

export class RowSet {
  count = 0;
  readonly #width: number;
  #block: Uint32Array;
  /** Rows by hash; those of one hash are chained. */
  readonly #lastByHash = new Map<number, number>();
  readonly #before: number[] = [];

  constructor(width: number) {
    this.#width = width;
    this.#block = new Uint32Array(width * 8);
  }

  /** The number of the row equal to `row`. */
  add(row: Uint32Array): number {
    let hash = 0;
    for (let i = 0; i < row.length; i += 1) hash = Math.imul(hash ^ (row[i] ?? 0), 0x01000193) ^ (hash >>> 15);
    const last = this.#lastByHash.get(hash) ?? -1;
    for (let known = last; known >= 0; known = this.#before[known] ?? -1) if (this.#isAt(row, known)) return known;
    const at = this.count * this.#width;
    if (at === this.#block.length) {
      const grown = new Uint32Array(at * 2);
      grown.set(this.#block);
      this.#block = grown;
    }
    this.#block.set(row, at);
    this.#lastByHash.set(hash, this.count);
    this.#before.push(last);
    this.count += 1;
    return this.count - 1;
  }

  block(): Uint32Array {
    return this.#block.subarray(0, this.count * this.#width);
  }

  #isAt(row: Uint32Array, known: number): boolean {
    const at = known * this.#width;
    for (let i = 0; i < row.length; i += 1) if (row[i] !== this.#block[at + i]) return false;
    return true;
  }
}
