// In: functions that decide once. Out: how long single calls take: p50, p99, p99.9, after the cost of an empty timed call is taken off.
// tinybench times one call per sample; its runs are short and alternate between functions.

import { Bench } from 'tinybench';
import type { Random } from './random.ts';
import { percentile } from './statistics.ts';

export interface Latency {
  readonly row: string;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly samples: number;
}

export interface Latencies {
  /** p50 and p99 of an empty function; its p50 has been taken off every number of `rows`. */
  readonly emptyP50: number;
  readonly emptyP99: number;
  readonly rows: readonly Latency[];
}

/** All times in ns. Each function runs `rounds` times for `roundMs`. */
export function measureLatencies(
  functions: ReadonlyMap<string, () => number>,
  rounds: number,
  roundMs: number,
  random: Random,
): Latencies {
  const tasks: readonly (readonly [string, () => number])[] = [[EMPTY, () => 0], ...functions];
  const samples = new Map<string, number[]>(tasks.map(([row]) => [row, []]));
  for (let round = 0; round < rounds; round += 1) {
    const bench = new Bench({
      time: roundMs,
      iterations: 64,
      warmup: true,
      warmupTime: round === 0 ? 100 : 5,
      retainSamples: true,
      throws: true,
    });
    for (const [row, decide] of random.shuffled(tasks)) bench.add(row, decide);
    for (const task of bench.runSync()) {
      if (task.result.state !== 'completed') throw new Error(`${task.name} did not complete`);
      for (const ms of task.result.latency.samples ?? []) samples.get(task.name)?.push(ms * 1e6);
    }
  }
  const empty = (samples.get(EMPTY) ?? []).sort((a, b) => a - b);
  const emptyP50 = percentile(empty, 0.5);
  return {
    emptyP50,
    emptyP99: percentile(empty, 0.99),
    rows: [...functions.keys()].map((row) => {
      const sorted = (samples.get(row) ?? []).sort((a, b) => a - b);
      return {
        row,
        p50: percentile(sorted, 0.5) - emptyP50,
        p99: percentile(sorted, 0.99) - emptyP50,
        p999: percentile(sorted, 0.999) - emptyP50,
        samples: sorted.length,
      };
    }),
  };
}

const EMPTY = 'empty';
