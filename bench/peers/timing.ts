// In: a decider and requests in rotation. Out: nanoseconds a decision: p10 and p50 of batch means, p99 of single calls. How long is
// told by the processor time of the process, so that a busy machine does not leave an engine cold. Batches of short calls in which the
// process lost the processor to another are left out and counted. A call from 20 µs on, or one answered by a promise, is too often
// interrupted for that: it counts by the clock or by the processor time of the process, whichever is less. Never checks an answer.

import { loopOver } from '../harness.ts';
import { percentile } from '../statistics.ts';
import type { WorkloadRequest } from '../workload.ts';
import type { Decider } from './engine.ts';

export interface Times {
  readonly p10: number;
  readonly p50: number;
  /** Null of fewer than 100 calls. */
  readonly p99: number | null;
  /** Decisions that were timed. */
  readonly decisions: number;
  /** Share of batches left out. */
  readonly leftOut: number;
}

type Allows<T> = (request: WorkloadRequest) => T;

const BATCH_NS = 300_000;
/** From here on calls are timed one by one; a timed call that is shorter is partly the timer, which is taken off. */
const SINGLE_FROM_NS = 20_000;
/** Short calls are told to be interrupted by so many. */
const CHUNK = 64;
const FEWEST_SAMPLES = 100;
/** Compilers work in threads of their own, whose processor time counts too: so many calls, and the engine is what it will be. */
const WARM_CALLS = 20_000;
/** So many budgets are spent at most to get that many. */
const PATIENCE = 5;

export function timeDecider(decider: Decider, requests: readonly WorkloadRequest[], budgetMs: number): Promise<Times> {
  return decider.kind === 'now'
    ? Promise.resolve(timeNow(decider.allows, requests, budgetMs))
    : timeLater(decider.allows, requests, budgetMs);
}

function timeNow(allows: Allows<boolean>, requests: readonly WorkloadRequest[], budgetMs: number): Times {
  const loop = loopOver((request: WorkloadRequest) => (allows(request) ? 1 : 0));
  let at = 0;
  const run = (count: number): number => {
    const start = performance.now();
    allowed += loop(requests, at, count);
    const elapsed = performance.now() - start;
    at = (at + count) % requests.length;
    return elapsed * 1e6;
  };
  const quickest = warmUp(run, budgetMs);
  const isShort = quickest < SINGLE_FROM_NS;
  const batchSize = isShort ? Math.round(BATCH_NS / quickest) : 1;
  const batches = isShort
    ? collect(budgetMs, 1, () => run(batchSize) / batchSize)
    : { samples: callsOf(budgetMs, () => run(1)), leftOut: 0 };
  const sorted = batches.samples.toSorted((a, b) => a - b);
  const calls = isShort ? collect(budgetMs, CHUNK, () => run(1)).samples.sort((a, b) => a - b) : sorted;
  const timer = isShort
    ? percentile(
        collect(budgetMs / 10, CHUNK, emptyCall).samples.sort((a, b) => a - b),
        0.5,
      )
    : 0;
  return {
    p10: percentile(sorted, 0.1),
    p50: percentile(sorted, 0.5),
    p99: calls.length < FEWEST_SAMPLES ? null : percentile(calls, 0.99) - timer,
    decisions: sorted.length * batchSize,
    leftOut: batches.leftOut,
  };
}

/** Sum of all answers: an optimiser cannot leave one out. */
let allowed = 0;

export function allowedSum(): number {
  return allowed;
}

function emptyCall(): number {
  const start = performance.now();
  return (performance.now() - start) * 1e6;
}

/** Nanoseconds of the quickest decision, by doubling batches, warm. */
function warmUp(run: (count: number) => number, budgetMs: number): number {
  const start = processorMs();
  let [count, done, quickest] = [1, 0, Number.POSITIVE_INFINITY];
  do {
    const elapsed = run(count);
    done += count;
    quickest = Math.min(quickest, elapsed / count);
    if (elapsed < BATCH_NS) count *= 2;
  } while (processorMs() - start < budgetMs * (done < WARM_CALLS ? PATIENCE : 1));
  return quickest;
}

/** Long calls until the time is over, each by the clock or by processor time. */
function callsOf(budgetMs: number, call: () => number): number[] {
  const samples: number[] = [];
  const start = processorMs();
  do {
    const before = processorMs();
    const clock = call();
    samples.push(Math.min(clock, (processorMs() - before) * 1e6));
  } while (!isOver(start, budgetMs, samples.length));
  return samples;
}

/** Samples until the time is over; those during which the process was interrupted are left out, unless there are no others. */
function collect(budgetMs: number, chunk: number, take: () => number): { samples: number[]; leftOut: number } {
  const kept: number[] = [];
  const interrupted: number[] = [];
  let [taken, lost] = [0, 0];
  const start = processorMs();
  let before = process.resourceUsage().involuntaryContextSwitches;
  for (;;) {
    const samples = Array.from({ length: chunk }, take);
    const after = process.resourceUsage().involuntaryContextSwitches;
    taken += 1;
    if (after === before) kept.push(...samples);
    else {
      lost += 1;
      interrupted.push(...samples);
    }
    before = after;
    if (isOver(start, budgetMs, kept.length)) break;
  }
  return kept.length === 0 ? { samples: interrupted, leftOut: 0 } : { samples: kept, leftOut: lost / taken };
}

function isOver(start: number, budgetMs: number, samples: number): boolean {
  const spent = processorMs() - start;
  return spent > budgetMs * (samples < FEWEST_SAMPLES ? PATIENCE : 1);
}

/** Processor time of all threads of the process. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timeLater(
  allows: Allows<Promise<boolean>>,
  requests: readonly WorkloadRequest[],
  budgetMs: number,
): Promise<Times> {
  const samples: number[] = [];
  let at = 0;
  const call = async (): Promise<void> => {
    const request = requests[at];
    at = at + 1 === requests.length ? 0 : at + 1;
    if (request === undefined) throw new RangeError('no request');
    const [busy, before] = [processorMs(), performance.now()];
    if (await allows(request)) allowed += 1;
    const clock = performance.now() - before;
    samples.push(Math.min(clock, processorMs() - busy) * 1e6);
  };
  const warm = processorMs();
  do await call();
  while (!isOver(warm, budgetMs, samples.length));
  samples.length = 0;
  const start = processorMs();
  do await call();
  while (!isOver(start, budgetMs, samples.length));
  samples.sort((a, b) => a - b);
  return {
    p10: percentile(samples, 0.1),
    p50: percentile(samples, 0.5),
    p99: samples.length < FEWEST_SAMPLES ? null : percentile(samples, 0.99),
    decisions: samples.length,
    leftOut: 0,
  };
}
