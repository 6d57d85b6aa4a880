// In: a subject. Out: the rows of the table as variants for the harness. Row names are what a reader of a record sees.

import type { Session } from '../host-js/index.ts';
import { fresh, type Run, rotating, type Variant } from './harness.ts';
import type { InCoreRequests, Subject } from './subjects.ts';
import type { WorkloadRequest } from './workload.ts';

export const ROW = {
  object: 'plain object',
  session: 'session',
  ownSession: 'session, one per call',
  bytes: 'bytes',
  inCore: 'bytes in core',
  batch: 'bytes in core, batch',
  handWritten: 'hand-written ifs',
  generated: 'generated per tool',
  linear: 'linear rules',
  objectFresh: 'plain object, fresh',
  sessionFresh: 'session, fresh',
  handWrittenFresh: 'hand-written, fresh',
  generatedFresh: 'generated, fresh',
  linearFresh: 'linear, fresh',
  objectUnmatched: 'plain object, no match',
  generatedUnmatched: 'generated, no match',
  objectCrowded: 'plain object, crowded',
  generatedCrowded: 'generated, crowded',
} as const;

/** Rows whose time must not grow with the policy (DESIGN 9). */
export const STRUCTURE_ROWS: readonly string[] = [ROW.object, ROW.session, ROW.ownSession, ROW.bytes, ROW.batch];

/** What each row is set against: a peer on the same requests. */
export const BASELINES: readonly { readonly row: string; readonly against: readonly string[] }[] = [
  ...STRUCTURE_ROWS.map((row) => ({ row, against: [ROW.generated, ROW.linear, ROW.handWritten] })),
  ...[ROW.objectFresh, ROW.sessionFresh].map((row) => ({
    row,
    against: [ROW.generatedFresh, ROW.linearFresh, ROW.handWrittenFresh],
  })),
  { row: ROW.objectUnmatched, against: [ROW.generatedUnmatched] },
  { row: ROW.objectCrowded, against: [ROW.generatedCrowded] },
];

/** A call and the session that decides it. */
interface SessionCall {
  readonly session: Session;
  readonly request: WorkloadRequest;
}

/**
 * All rows of the workload `typical`, fewer of others. Every engine row makes whole verdicts with all matching rules but
 * those `in core`, which leave them in the core's memory.
 */
export function variantsOf(subject: Subject): Variant[] {
  const { workload, engine, sessions, ownSessions, requestBytes, inCore, generated, linear, handWritten } = subject;
  const { ruleCount } = workload;
  const texts = workload.rotating.map((request) => JSON.stringify(request));
  // From JSON like those of the fresh rows: objects of one shape everywhere.
  const warm = texts.map(parsed);
  const unmatched = workload.unmatched.map((request) => parsed(JSON.stringify(request)));
  const crowded = workload.crowded.map((request) => parsed(JSON.stringify(request)));
  const callOf = (own: readonly Session[], i: number, request: WorkloadRequest): SessionCall => {
    const session = own[i];
    if (session === undefined) throw new RangeError('a request without a session');
    return { session, request };
  };

  const ofObject = (request: WorkloadRequest): number => engine.decide(request).rules.length;
  const ofCall = ({ session, request }: SessionCall): number => session.decide(request).rules.length;
  const warmRow = (row: string, decide: (request: WorkloadRequest) => number): Variant =>
    rotating(row, ruleCount, warm, decide);
  const sessionRow = (row: string, own: readonly Session[]): Variant =>
    rotating(
      row,
      ruleCount,
      warm.map((request, i) => callOf(own, i, request)),
      ofCall,
    );
  const freshRow = (row: string, decide: (request: WorkloadRequest) => number): Variant =>
    fresh(row, ruleCount, texts.length, (i) => parsed(texts[i] ?? ''), decide);

  const variants: Variant[] = [
    warmRow(ROW.object, ofObject),
    sessionRow(ROW.session, sessions),
    sessionRow(ROW.ownSession, ownSessions),
    rotating(ROW.bytes, ruleCount, requestBytes, (bytes) => engine.decideBytes(bytes).rules.length),
    { row: ROW.inCore, ruleCount, run: inCoreRun(inCore) },
    { row: ROW.batch, ruleCount, run: batchRun(inCore), granularity: inCore.count },
    warmRow(ROW.generated, generated),
    warmRow(ROW.linear, linear),
    ...(handWritten === null ? [] : [warmRow(ROW.handWritten, handWritten)]),
    rotating(ROW.objectUnmatched, ruleCount, unmatched, ofObject),
    rotating(ROW.generatedUnmatched, ruleCount, unmatched, generated),
  ];
  if (workload.name !== 'typical') return variants;
  variants.push(
    freshRow(ROW.objectFresh, ofObject),
    fresh(ROW.sessionFresh, ruleCount, texts.length, (i) => callOf(sessions, i, parsed(texts[i] ?? '')), ofCall),
    freshRow(ROW.generatedFresh, generated),
    freshRow(ROW.linearFresh, linear),
    ...(handWritten === null ? [] : [freshRow(ROW.handWrittenFresh, handWritten)]),
    rotating(ROW.objectCrowded, ruleCount, crowded, ofObject),
    rotating(ROW.generatedCrowded, ruleCount, crowded, generated),
  );
  return variants;
}

/** One call of the core per request; the requests lie in its memory already. */
function inCoreRun({ core, handle, places }: InCoreRequests): Run {
  const { exports } = core;
  let at = 0;
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      sum += exports.decideRequest(handle, places[at] ?? 0, places[at + 1] ?? 0);
      at = at + 2 === places.length ? 0 : at + 2;
    }
    return sum;
  };
}

/** One call of the core for all of them. */
function batchRun(inCore: InCoreRequests): Run {
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i += inCore.count) sum += inCore.decideAll();
    return sum;
  };
}

export function parsed(text: string): WorkloadRequest {
  const value: unknown = JSON.parse(text);
  if (!isRequest(value)) throw new TypeError('not a request of a workload');
  return value;
}

function isRequest(value: unknown): value is WorkloadRequest {
  return typeof value === 'object' && value !== null && 'tool' in value && 'args' in value && 'principal' in value;
}
