// In: recorded calls, an engine, and the principal and context that the recording lacks. Out: what the policy decides on every call,
// counted; how fast; the slowest calls; where the reference evaluator answers otherwise. Never prints, never reads a file.

import type { Engine, Subject, Verdict } from '../../host-js/index.ts';
import { type CheckedPolicy, evaluate } from '../index.ts';
import { Tally } from './tally.ts';
import type { PlainRequest, RecordedCall } from './traces.ts';

/** A short recording is decided again and again for this long, so that the rate means something. */
const LEAST_MS = 1000;
/** Each call is timed this often, and its best time counts: a pause of the collector is not a slow call. */
export const TIMED_PASSES = 3;
/** Calls between two looks at the clock for the progress bar. */
const STRIDE = 2048;

/** Told how many calls of how many are done. */
export type OnDone = (calls: number) => void;
const IGNORE: OnDone = () => {};

/** The calls of a recording, ready to be decided one by one. */
export class Recording {
  readonly calls: readonly RecordedCall[];
  readonly #engine: Engine;
  readonly #session: ReturnType<Engine['session']>;
  /** Requests with a principal or context of their own are whole; the others leave both to the session. */
  readonly #requests: readonly PlainRequest[];
  readonly #isWhole: readonly boolean[];
  readonly #defaults: Subject;

  constructor(engine: Engine, calls: readonly RecordedCall[], defaults: Subject) {
    this.calls = calls;
    this.#engine = engine;
    this.#session = engine.session(defaults);
    this.#isWhole = calls.map(
      ({ request }) => Object.hasOwn(request, 'principal') || Object.hasOwn(request, 'context'),
    );
    this.#requests = calls.map(({ request }, i) => (this.#isWhole[i] === true ? { ...defaults, ...request } : request));
    this.#defaults = defaults;
  }

  decide(index: number): Verdict {
    const request = this.#requests[index];
    return this.#isWhole[index] === true ? this.#engine.decide(request) : this.#session.decide(request);
  }

  /** With principal and context, as the reference evaluator and `engine.decide` want it. */
  wholeRequest(index: number): PlainRequest {
    return { ...this.#defaults, ...this.#requests[index] };
  }
}

export interface Throughput {
  readonly decisions: number;
  readonly passes: number;
  readonly seconds: number;
  /** Over all passes: the first runs code that no compiler has seen yet. */
  readonly perSecond: number;
  readonly perSecondInFastestPass: number;
}

export interface Replay {
  readonly tally: Tally;
  readonly throughput: Throughput;
}

/** Decides and counts every call: request object in, verdict and counts out. Short recordings several times; counted once. */
export function replay(engine: Engine, recording: Recording, onDone: OnDone = IGNORE): Replay {
  const tally = new Tally(engine);
  let fastestMs = pass(recording, tally, onDone);
  let elapsedMs = fastestMs;
  let passes = 1;
  while (elapsedMs < LEAST_MS && recording.calls.length > 0) {
    const passMs = pass(recording, new Tally(engine), IGNORE);
    elapsedMs += passMs;
    fastestMs = Math.min(fastestMs, passMs);
    passes += 1;
  }
  const size = recording.calls.length;
  const rate = (calls: number, ms: number): number => (calls === 0 ? 0 : (calls / ms) * 1000);
  const throughput: Throughput = {
    decisions: passes * size,
    passes,
    seconds: elapsedMs / 1000,
    perSecond: rate(passes * size, elapsedMs),
    perSecondInFastestPass: rate(size, fastestMs),
  };
  return { tally, throughput };
}

/** @returns milliseconds */
function pass(recording: Recording, tally: Tally, onDone: OnDone): number {
  const { calls } = recording;
  const startMs = performance.now();
  for (let i = 0; i < calls.length; i += 1) {
    tally.add(i, calls[i]?.request.tool, recording.decide(i));
    if (i % STRIDE === 0) onDone(i);
  }
  return performance.now() - startMs;
}

export interface TimedCall {
  readonly index: number;
  readonly ns: number;
  readonly verdict: Verdict;
}

/** The slowest calls, the slowest first: the best of TIMED_PASSES times of each, the clock's own cost included. */
export function slowest(recording: Recording, most: number, onDone: OnDone = IGNORE): readonly TimedCall[] {
  const size = recording.calls.length;
  const bestMs = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  for (let timed = 0; timed < TIMED_PASSES; timed += 1) {
    for (let i = 0; i < size; i += 1) {
      const startMs = performance.now();
      recording.decide(i);
      const elapsedMs = performance.now() - startMs;
      if (elapsedMs < (bestMs[i] ?? 0)) bestMs[i] = elapsedMs;
      if (i % STRIDE === 0) onDone(timed * size + i);
    }
  }
  const indexes = Array.from(bestMs.keys()).sort((a, b) => (bestMs[b] ?? 0) - (bestMs[a] ?? 0));
  return indexes
    .slice(0, most)
    .map((index) => ({ index, ns: (bestMs[index] ?? 0) * 1e6, verdict: recording.decide(index) }));
}

/** Where core and reference evaluator disagree on one call. */
export interface Disagreement {
  readonly index: number;
  readonly key: ComparedKey;
  readonly core: unknown;
  readonly reference: unknown;
}

const COMPARED = ['decision', 'base', 'status', 'rules', 'determining', 'unknown'] as const;
export type ComparedKey = (typeof COMPARED)[number];

/** Decides every call with the reference evaluator too; empty if all verdicts are equal. */
export function verify(policy: CheckedPolicy, recording: Recording, onDone: OnDone = IGNORE): readonly Disagreement[] {
  const found: Disagreement[] = [];
  for (let index = 0; index < recording.calls.length; index += 1) {
    const verdict = recording.decide(index);
    const meant = evaluate(policy, recording.wholeRequest(index));
    for (const key of COMPARED) {
      const core = verdict[key];
      const reference = meant[key];
      if (!isEqual(core, reference)) found.push({ index, key, core, reference });
    }
    if (index % 16 === 0) onDone(index);
  }
  return found;
}

/** Texts, and lists of texts and of unknown attributes. */
function isEqual(a: Verdict[ComparedKey], b: Verdict[ComparedKey]): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((item, i) => isSameItem(item, b[i]));
}

function isSameItem(
  a: Verdict['unknown'][number] | string,
  b: Verdict['unknown'][number] | string | undefined,
): boolean {
  if (typeof a === 'string' || typeof b === 'string' || b === undefined) return a === b;
  return a.rule === b.rule && a.path === b.path && a.cause === b.cause;
}
