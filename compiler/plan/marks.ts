// Sets of small whole numbers that are emptied at once: what a loop over thousands of groups uses in place of a Set for each.
// In: numbers below a size given beforehand. Out: whether they were there. Never grows.

export class Marks {
  readonly #roundOf: Int32Array;
  #round = 1;

  constructor(size: number) {
    this.#roundOf = new Int32Array(size);
  }

  clear(): void {
    this.#round += 1;
  }

  has(value: number): boolean {
    return this.#roundOf[value] === this.#round;
  }

  /** Whether it was not there yet. */
  add(value: number): boolean {
    if (this.#roundOf[value] === this.#round) return false;
    this.#roundOf[value] = this.#round;
    return true;
  }
}
