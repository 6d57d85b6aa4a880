// In: work that can be done plain and guarded. Out: what a call costs both ways and the difference, from pairs of runs, one straight after
// the other in alternating order. Pairs in which the process lost the processor to another are left out. On a busy machine the median of
// the differences says more than the difference of medians.

import { percentile } from '../statistics.ts';

export interface Loop {
  readonly name: string;
  /** Tool calls of one run. */
  readonly calls: number;
  readonly plain: () => Promise<void>;
  readonly guarded: () => Promise<void>;
}

/** Microseconds a tool call. */
export interface Overhead {
  readonly name: string;
  readonly pairs: number;
  /** Share of pairs left out. */
  readonly leftOut: number;
  readonly plain: number;
  readonly guarded: number;
  /** Median difference, and between what it lies with 95 % confidence. */
  readonly difference: number;
  readonly from: number;
  readonly to: number;
}

/** An agent's process makes tens of calls, not thousands. */
export const WARM_RUNS = 40;
/** So many times the pairs wanted are tried at most. */
const PATIENCE = 4;

export async function measurePairs(loop: Loop, pairs: number): Promise<Overhead> {
  for (let i = 0; i < WARM_RUNS; i += 1) {
    await loop.plain();
    await loop.guarded();
  }
  const plain: number[] = [];
  const guarded: number[] = [];
  let tried = 0;
  for (; plain.length < pairs && tried < pairs * PATIENCE; tried += 1) {
    const before = interruptions();
    const first = await microseconds(tried % 2 === 0 ? loop.plain : loop.guarded, loop.calls);
    const second = await microseconds(tried % 2 === 0 ? loop.guarded : loop.plain, loop.calls);
    if (interruptions() !== before) continue;
    plain.push(tried % 2 === 0 ? first : second);
    guarded.push(tried % 2 === 0 ? second : first);
  }
  const differences = plain.map((one, i) => (guarded[i] ?? Number.NaN) - one).sort((a, b) => a - b);
  // Order statistics: the true median lies between these ranks in 95 of 100 such measurements.
  const reach = 0.98 / Math.sqrt(plain.length);
  return {
    name: loop.name,
    pairs: plain.length,
    leftOut: 1 - plain.length / tried,
    plain: median(plain),
    guarded: median(guarded),
    difference: percentile(differences, 0.5),
    from: percentile(differences, 0.5 - reach),
    to: percentile(differences, 0.5 + reach),
  };
}

function interruptions(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}

async function microseconds(run: () => Promise<void>, calls: number): Promise<number> {
  const start = performance.now();
  await run();
  return ((performance.now() - start) * 1000) / calls;
}

function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
