// The cell of a number among bounds (host-js/bounds.ts), against counting them.

import { describe, expect, it } from 'vitest';
import { Random } from '../../bench/random.ts';
import { Bounds } from '../../host-js/bounds.ts';

function counted(values: readonly number[], value: number): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  return sorted.filter((one) => one < value).length * 2 + (sorted.includes(value) ? 1 : 0);
}

describe('the cell of a number', () => {
  it.each([
    ['no bound', []],
    ['one', [7]],
    ['zeros of both signs', [0, -0]],
    ['next to each other', [1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON]],
    ['the smallest and the largest', [-Number.MAX_VALUE, -Number.MIN_VALUE, 0, Number.MIN_VALUE, Number.MAX_VALUE]],
    ['one far from the others', [0, 1, 2, 3, 4, 5, 1e300]],
    ['large integers', [2 ** 53 - 1, 2 ** 53, -(2 ** 53)]],
  ])('of %s', (_, values) => {
    const bounds = new Bounds(values);
    expect(bounds.cellCount).toBe(new Set(values).size * 2 + 1);
    const probes = values.flatMap((value) => [value, value * 1.5, value - 1, value + 1, -value, value / 2]);
    for (const probe of [...probes, 0, -0, 0.5, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE])
      if (Number.isFinite(probe)) expect(bounds.cellOf(probe)).toBe(counted(values, probe));
  });

  it('of random bounds of any magnitude', () => {
    const random = new Random(1);
    const number = (): number => (random.below(2) === 0 ? 1 : -1) * random.below(1000) * 10 ** (random.below(40) - 20);
    for (let round = 0; round < 300; round += 1) {
      const values = Array.from({ length: random.below(70) }, number);
      const bounds = new Bounds(values);
      for (const probe of [...values, ...Array.from({ length: 50 }, number)])
        expect(bounds.cellOf(probe)).toBe(counted(values, probe));
    }
  });
});
