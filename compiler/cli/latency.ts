// In: ways to decide, each by a running number. Out: for each, how long single calls take and how many a second go through, here and now.
// Ways take turns, in short slices, so that a neighbour's load falls on all alike. A measurement for people to look at; the one that
// compares engines is in bench/.

export interface Way {
  readonly name: string;
  readonly decide: (index: number) => unknown;
}

/** Nanoseconds of single calls, an empty timed call's median taken off; decisions a second without a timer between them. */
export interface WayLatency {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly perSecond: number;
  readonly samples: number;
}

export interface Latencies {
  /** Median of an empty timed call, in ns. */
  readonly timerNs: number;
  readonly ways: readonly WayLatency[];
  /** By index of a call: the least time that the first way took for it, in ns. */
  readonly byCall: Float64Array;
}

/** Slices a way gets, half of them timed call by call, half as a whole. */
const SLICES = 20;
/** Samples of one way at most. */
const MAX_SAMPLES = 2_000_000;
/** Calls between two looks at the clock, where calls are not timed. */
const BATCH = 256;
const WARM_CALLS = 20_000;

/** Takes about `forMs` in all. `callCount`: indexes run from 0 to below it, over and over. */
export function measureWays(
  ways: readonly Way[],
  callCount: number,
  forMs: number,
  onDone: (share: number) => void,
): Latencies {
  const sliceMs = forMs / SLICES / (ways.length + 1);
  const byCall = new Float64Array(callCount).fill(Number.POSITIVE_INFINITY);
  const empty: Way = { name: '', decide: () => undefined };
  const all = [empty, ...ways].map((way) => ({ way, samples: new Array<number>(), done: 0, spentMs: 0, next: 0 }));
  for (const one of all) warm(one.way, callCount, sliceMs);
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const one of all) {
      if (slice % 2 === 0) timeCalls(one, callCount, sliceMs, one.way === ways[0] ? byCall : null);
      else timeBatches(one, callCount, sliceMs);
    }
    onDone((slice + 1) / SLICES);
  }
  const [timer, ...measured] = all.map(({ way, samples, done, spentMs }) => {
    samples.sort((a, b) => a - b);
    return { name: way.name, samples, perSecond: spentMs === 0 ? 0 : (done / spentMs) * 1000 };
  });
  const timerNs = quantile(timer?.samples ?? [], 0.5);
  return {
    timerNs,
    byCall: byCall.map((ns) => Math.max(0, ns - timerNs)),
    ways: measured.map(({ name, samples, perSecond }) => ({
      name,
      p50: Math.max(0, quantile(samples, 0.5) - timerNs),
      p99: Math.max(0, quantile(samples, 0.99) - timerNs),
      p999: Math.max(0, quantile(samples, 0.999) - timerNs),
      perSecond,
      samples: samples.length,
    })),
  };
}

interface Running {
  readonly way: Way;
  readonly samples: number[];
  done: number;
  spentMs: number;
  next: number;
}

function warm({ decide }: Way, callCount: number, forMs: number): void {
  const endMs = performance.now() + forMs;
  for (let i = 0; i < WARM_CALLS && (i % BATCH !== 0 || performance.now() < endMs); i += 1) decide(i % callCount);
}

function timeCalls(one: Running, callCount: number, forMs: number, byCall: Float64Array | null): void {
  const { way, samples } = one;
  const endMs = performance.now() + forMs;
  for (let nowMs = 0; nowMs < endMs && samples.length < MAX_SAMPLES; ) {
    const index = one.next;
    const startMs = performance.now();
    way.decide(index);
    nowMs = performance.now();
    const ns = (nowMs - startMs) * 1e6;
    samples.push(ns);
    if (byCall !== null && ns < (byCall[index] ?? 0)) byCall[index] = ns;
    one.next = index + 1 === callCount ? 0 : index + 1;
  }
}

function timeBatches(one: Running, callCount: number, forMs: number): void {
  const startMs = performance.now();
  let nowMs = startMs;
  while (nowMs < startMs + forMs) {
    for (let i = 0; i < BATCH; i += 1) {
      one.way.decide(one.next);
      one.next = one.next + 1 === callCount ? 0 : one.next + 1;
    }
    one.done += BATCH;
    nowMs = performance.now();
  }
  one.spentMs += nowMs - startMs;
}

/** Of sorted numbers. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
