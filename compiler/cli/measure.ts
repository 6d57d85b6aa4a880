// In: an engine and requests. Out: nanoseconds a decision, for plain objects and for calls of sessions, on this machine, now.
// A measurement for people to look at; the careful ones are in bench/.

import type { Engine } from '../../host-js/index.ts';

export interface Measured {
  readonly plainNs: number;
  readonly sessionNs: number;
}

const WARM_MS = 100;
const MEASURED_MS = 300;
/** Decisions between two looks at the clock. */
const BATCH = 512;

export function measure(engine: Engine, requests: readonly unknown[]): Measured {
  const { plain, inSession } = ways(engine, requests);
  return { plainNs: medianNs(plain), sessionNs: medianNs(inSession) };
}

/** Runs both ways for a while, so that what is measured later is compiled code. */
export function warm(engine: Engine, requests: readonly unknown[]): void {
  const { plain, inSession } = ways(engine, requests);
  run(plain, WARM_MS);
  run(inSession, WARM_MS);
}

/** Decides one request of many, by a running number. */
type Decide = (index: number) => void;

function ways(engine: Engine, requests: readonly unknown[]): { readonly plain: Decide; readonly inSession: Decide } {
  const bySubject = sessionCalls(engine, requests);
  return {
    plain: (i) => {
      engine.decide(requests[i % requests.length]);
    },
    inSession: (i) => {
      const call = bySubject[i % bySubject.length];
      call?.session.decide(call.request);
    },
  };
}

interface SessionCall {
  readonly session: ReturnType<Engine['session']>;
  readonly request: unknown;
}

/** Requests of one principal in one context stand together and share a session, as an agent's calls do. */
function sessionCalls(engine: Engine, requests: readonly unknown[]): readonly SessionCall[] {
  const groups = new Map<string, SessionCall[]>();
  for (const request of requests) {
    const subject = subjectOf(request);
    const key = JSON.stringify(subject);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ session: engine.session(subject), request }]);
    else group.push({ session: group[0]?.session ?? engine.session(subject), request });
  }
  return [...groups.values()].flat();
}

function subjectOf(request: unknown): Record<string, unknown> {
  if (typeof request !== 'object' || request === null) return {};
  return Object.fromEntries(Object.entries(request).filter(([key]) => key === 'principal' || key === 'context'));
}

function medianNs(decide: Decide): number {
  const batches = run(decide, MEASURED_MS).sort((a, b) => a - b);
  return ((batches[batches.length >>> 1] ?? 0) / BATCH) * 1e6;
}

/** Milliseconds of each batch. */
function run(decide: Decide, forMs: number): number[] {
  const batches: number[] = [];
  const endMs = performance.now() + forMs;
  for (let index = 0, nowMs = performance.now(); nowMs < endMs; ) {
    for (const end = index + BATCH; index < end; index += 1) decide(index);
    const doneMs = performance.now();
    batches.push(doneMs - nowMs);
    nowMs = doneMs;
  }
  return batches;
}
