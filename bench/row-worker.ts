// In: a folder with a workload's name and artifact and the name of an engine; then, over IPC, what to run. Out: over IPC, the rows there
// are, batch sizes, nanoseconds. One process for one engine: engines in one process share caches, call sites and a heap, and none is
// as fast as where it is used.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrated, consumedSum, timeNs, type Variant } from './harness.ts';
import { type Latencies, measureLatencies } from './latency.ts';
import { Random } from './random.ts';
import { type EngineName, variantsOf } from './variants.ts';
import { makeWorkload, SEED, type WorkloadName } from './workload.ts';

/** What a process is started for; written into its folder. */
export interface RowTask {
  readonly workload: WorkloadName;
  readonly ruleCount: number;
  readonly engine: EngineName;
}

export const TASK_FILE = 'task.json';
export const ARTIFACT_FILE = 'artifact.lctr';

export type RowRequest =
  | { readonly do: 'calibrate'; readonly row: string; readonly batchNs: number; readonly warmupMs: number }
  | { readonly do: 'time'; readonly row: string; readonly count: number }
  | { readonly do: 'calls'; readonly rows: readonly string[]; readonly rounds: number; readonly roundMs: number };

/** Of the process once everything is made, in MB: all of it, JavaScript's objects, what lies outside (WebAssembly's memories, buffers). */
export interface Memory {
  readonly resident: number;
  readonly heap: number;
  readonly buffers: number;
}

export type RowReply =
  | { readonly rows: readonly string[]; readonly memory: Memory }
  | { readonly answer: number; readonly consumed: number }
  | { readonly latencies: Latencies };

/** Before each timed batch a part of it runs untimed: the process may have waited for long. */
const LEAD_IN = 0.25;
const MB = 1024 * 1024;

/** Answers until the parent closes the channel. */
export function runRows(folder: string): void {
  const task: RowTask = JSON.parse(readFileSync(join(folder, TASK_FILE), 'utf8')) as RowTask;
  const workload = makeWorkload(task.workload, task.ruleCount);
  const variants = new Map(
    variantsOf(task.engine, workload, readFileSync(join(folder, ARTIFACT_FILE))).map((variant) => [
      variant.row,
      variant,
    ]),
  );
  const reply = (message: RowReply): void => {
    process.send?.(message);
  };
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: RowRequest) => {
    if (message.do === 'calls') {
      const { rows, rounds, roundMs } = message;
      const calls = rows.map((row) => [row, (): number => variants.get(row)?.run(1) ?? 0] as const);
      reply({ latencies: measureLatencies(new Map(calls), rounds, roundMs, new Random(SEED)) });
      return;
    }
    const variant = variants.get(message.row);
    if (variant === undefined) throw new RangeError(`no row ${message.row}`);
    const answer = message.do === 'calibrate' ? calibrated(variant, message) : timed(variant, message.count);
    reply({ answer, consumed: consumedSum() });
  });
  const { rss, heapUsed, external } = process.memoryUsage();
  const memory = { resident: rss / MB, heap: heapUsed / MB, buffers: external / MB };
  reply({ rows: [...variants.keys()], memory });
}

function timed(variant: Variant, count: number): number {
  const step = variant.granularity ?? 1;
  timeNs(variant, Math.max(1, Math.round((count * LEAD_IN) / step)) * step);
  return timeNs(variant, count);
}
