// In: random choices, and forms that may not be drawn. Out: which form of spelling is taken at each place, and how often each was.
// Knows no syntax.

import type { Random } from '../random.ts';

export class Forms {
  readonly random: Random;
  readonly counts: Map<string, number> = new Map();
  readonly #forbidden: ReadonlySet<string>;

  constructor(random: Random, forbidden: ReadonlySet<string> = new Set()) {
    this.random = random;
    this.#forbidden = forbidden;
  }

  /** Whether this form is taken here. */
  takes(form: string, chance: number): boolean {
    if (!this.random.chance(chance) || this.#forbidden.has(form)) return false;
    this.#count(form);
    return true;
  }

  /** One of the forms that are possible here; `plain` where none of them is taken. A weight of 0 is a form that is not possible. */
  oneOf<K extends string>(plain: NoInfer<K>, weights: Readonly<Record<K, number>>): K {
    const form = this.random.weighted(weights);
    if (this.#forbidden.has(form)) return plain;
    this.#count(form);
    return form;
  }

  #count(form: string): void {
    this.counts.set(form, (this.counts.get(form) ?? 0) + 1);
  }
}
