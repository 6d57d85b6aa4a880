// In: samples. Out: percentiles and paired ratios of them. Pure.

export interface Summary {
  readonly p10: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly samples: number;
}

export function summary(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    p10: percentile(sorted, 0.1),
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    p999: percentile(sorted, 0.999),
    samples: sorted.length,
  };
}

/** Nearest rank, of ascending samples; NaN of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** Median over rounds of `other` / `base`: how many times slower than `base` the other is. */
export function pairedRatio(base: readonly number[], other: readonly number[]): number {
  const ratios = base.map((sample, round) => (other[round] ?? Number.NaN) / sample);
  return percentile(
    ratios.toSorted((a, b) => a - b),
    0.5,
  );
}
