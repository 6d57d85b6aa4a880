// In: variants, each able to do its work `count` times. Out: for each, the mean nanoseconds of one piece of work per batch, batch by
// batch. Variants are interleaved: every round runs one short batch of each, in an order drawn from the seed, so that a neighbour's
// load falls on all alike. Never compares: statistics.ts does.

import type { Random } from './random.ts';

/** Does its work `count` times; returns something that depends on all of it, so that none can be left out. */
export type Run = (count: number) => number;

export interface Variant {
  readonly row: string;
  readonly ruleCount: number;
  readonly run: Run;
  /** Untimed, before each batch: makes inputs that are used once. */
  readonly prepare?: (count: number) => void;
  /** Work is done in pieces of this many (one call of the core decides that many); 1 if left out. */
  readonly granularity?: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly batchNs: number;
  /** Per variant: so long, and so many times, whichever comes first, it runs untimed. */
  readonly warmupMs: number;
  readonly random: Random;
  readonly onRound?: (round: number) => void;
}

export interface Measured {
  readonly row: string;
  readonly ruleCount: number;
  /** Pieces of work in a batch. */
  readonly batchSize: number;
  /** Mean ns of each batch, by round: entries of two variants with one index were measured within one round. */
  readonly samplesNs: readonly number[];
}

/** A variant that runs in another process (processes.ts). */
export interface RemoteVariant {
  readonly row: string;
  readonly ruleCount: number;
  calibrate(options: Pick<MeasureOptions, 'batchNs' | 'warmupMs'>): Promise<number>;
  timeNs(count: number): Promise<number>;
}

const WARMUP_COUNT = 200_000;

/** As `measure`; processes that do not run at the moment wait. */
export async function measureApart(variants: readonly RemoteVariant[], options: MeasureOptions): Promise<Measured[]> {
  const runs: { readonly variant: RemoteVariant; readonly batchSize: number; readonly samplesNs: number[] }[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other: rows that warm up at once would share the machine
  for (const variant of variants) runs.push({ variant, batchSize: await variant.calibrate(options), samplesNs: [] });
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { variant, batchSize, samplesNs } of options.random.shuffled(runs)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as above
      samplesNs.push((await variant.timeNs(batchSize)) / batchSize);
    }
    options.onRound?.(round);
  }
  return runs.map(measuredOf);
}

export function measure(variants: readonly Variant[], options: MeasureOptions): Measured[] {
  const runs = variants.map((variant) => ({
    variant,
    batchSize: calibrated(variant, options),
    samplesNs: new Array<number>(),
  }));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { variant, batchSize, samplesNs } of options.random.shuffled(runs)) {
      samplesNs.push(timeNs(variant, batchSize) / batchSize);
    }
    options.onRound?.(round);
  }
  return runs.map(measuredOf);
}

/** What a record keeps of a variant's run. */
function measuredOf({
  variant: { row, ruleCount },
  batchSize,
  samplesNs,
}: Omit<Measured, 'row' | 'ruleCount'> & { readonly variant: Pick<Measured, 'row' | 'ruleCount'> }): Measured {
  return { row, ruleCount, batchSize, samplesNs };
}

/** Runs the variant warm; returns the count that takes about `batchNs`. */
export function calibrated(
  variant: Variant,
  { batchNs, warmupMs }: Pick<MeasureOptions, 'batchNs' | 'warmupMs'>,
): number {
  const step = variant.granularity ?? 1;
  const untilMs = performance.now() + warmupMs;
  let count = step;
  let done = 0;
  let perPieceNs = Number.POSITIVE_INFINITY;
  do {
    const elapsedNs = timeNs(variant, count);
    done += count;
    perPieceNs = Math.min(perPieceNs, elapsedNs / count);
    if (elapsedNs < batchNs) count *= 2;
  } while (performance.now() < untilMs && done < WARMUP_COUNT);
  return Math.max(1, Math.round(batchNs / perPieceNs / step)) * step;
}

export function timeNs(variant: Variant, count: number): number {
  variant.prepare?.(count);
  const start = performance.now();
  consumed += variant.run(count);
  return (performance.now() - start) * 1e6;
}

/** Sum of everything measured: an optimiser cannot prove it unused. */
let consumed = 0;

export function consumedSum(): number {
  return consumed;
}

let loopCount = 0;

/**
 * A loop of its own over `decide`, compiled from a text of its own: two variants that shared one loop would share its call site, and
 * a call site that sees two targets costs several nanoseconds more.
 */
export function loopOver<T>(
  decide: (input: T) => number,
): (inputs: readonly T[], from: number, count: number) => number {
  loopCount += 1;
  const body = `return (inputs, from, count) => { // ${loopCount}
    const { length } = inputs;
    let sum = 0;
    let at = from;
    for (let i = 0; i < count; i += 1) {
      sum += decide(inputs[at]);
      at = at + 1 === length ? 0 : at + 1;
    }
    return sum;
  };`;
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- see above: one compiled loop per variant
  const made: unknown = new Function('decide', body);
  if (!isFactory<T>(made)) throw new TypeError('no function was made');
  return made(decide);
}

function isFactory<T>(
  made: unknown,
): made is (decide: (input: T) => number) => (inputs: readonly T[], from: number, count: number) => number {
  return typeof made === 'function';
}

/** Work over inputs in rotation; every batch goes on where the last one ended. */
export function rotating<T>(
  row: string,
  ruleCount: number,
  inputs: readonly T[],
  decide: (input: T) => number,
): Variant {
  const loop = loopOver(decide);
  let at = 0;
  return {
    row,
    ruleCount,
    run(count) {
      const sum = loop(inputs, at, count);
      at = (at + count) % inputs.length;
      return sum;
    },
  };
}

/** Work over inputs that `make` makes before each batch, in rotation of `sourceCount` sources; each is used once. */
export function fresh<T>(
  row: string,
  ruleCount: number,
  sourceCount: number,
  make: (source: number) => T,
  decide: (input: T) => number,
): Variant {
  const loop = loopOver(decide);
  let at = 0;
  let inputs: T[] = [];
  return {
    row,
    ruleCount,
    prepare(count) {
      inputs = Array.from({ length: count }, (_, i) => make((at + i) % sourceCount));
      at = (at + count) % sourceCount;
    },
    run: (count) => loop(inputs, 0, count),
  };
}
