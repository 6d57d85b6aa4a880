// In: a subject. Out: the rows of the table as variants for the harness. Row names are what a reader of a record sees.

import type { Session } from '../host-js/index.ts';
import { fresh, type Run, rotating, type Variant } from './harness.ts';
import type { InCoreRequests, Subject } from './subjects.ts';
import { AMOUNT_LIMIT, type WorkloadRequest } from './workload.ts';

export const ROW = {
  object: 'plain object',
  session: 'session',
  ownSession: 'session, one per call',
  objectTrusted: 'plain object, trusted',
  sessionTrusted: 'session, trusted',
  objectAsked: 'plain object, nothing remembered',
  sessionAsked: 'session, nothing remembered',
  sessionUnseen: 'session, never seen',
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
export const STRUCTURE_ROWS: readonly string[] = [
  ROW.object,
  ROW.session,
  ROW.ownSession,
  ROW.sessionTrusted,
  ROW.bytes,
  ROW.batch,
];

/** What each row is set against: a peer on the same requests. */
export const BASELINES: readonly { readonly row: string; readonly against: readonly string[] }[] = [
  ...STRUCTURE_ROWS.map((row) => ({ row, against: [ROW.generated, ROW.linear, ROW.handWritten] })),
  ...[ROW.objectTrusted, ROW.objectAsked, ROW.sessionAsked].map((row) => ({
    row,
    against: [ROW.generated, ROW.linear],
  })),
  ...[ROW.objectFresh, ROW.sessionFresh, ROW.sessionUnseen].map((row) => ({
    row,
    against: [ROW.generatedFresh, ROW.linearFresh, ROW.handWrittenFresh],
  })),
  { row: ROW.objectUnmatched, against: [ROW.generatedUnmatched] },
  { row: ROW.objectCrowded, against: [ROW.generatedCrowded] },
];

const TRUSTED = { trusted: true } as const;

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
  const { workload, engine, sessions, ownSessions, asked, requestBytes, inCore, generated, linear, handWritten } =
    subject;
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
  const ofTrusted = (request: WorkloadRequest): number => engine.decide(request, TRUSTED).rules.length;
  const ofTrustedCall = ({ session, request }: SessionCall): number => session.decide(request, TRUSTED).rules.length;
  const ofAsked = (request: WorkloadRequest): number => asked.engine.decide(request).rules.length;
  const warmRow = (row: string, decide: (request: WorkloadRequest) => number): Variant =>
    rotating(row, ruleCount, warm, decide);
  const sessionRow = (row: string, own: readonly Session[], decide = ofCall): Variant =>
    rotating(
      row,
      ruleCount,
      warm.map((request, i) => callOf(own, i, request)),
      decide,
    );
  const freshRow = (row: string, decide: (request: WorkloadRequest) => number): Variant =>
    fresh(row, ruleCount, texts.length, (i) => parsed(texts[i] ?? ''), decide);

  const variants: Variant[] = [
    warmRow(ROW.object, ofObject),
    sessionRow(ROW.session, sessions),
    sessionRow(ROW.ownSession, ownSessions),
    warmRow(ROW.objectTrusted, ofTrusted),
    sessionRow(ROW.sessionTrusted, sessions, ofTrustedCall),
    warmRow(ROW.objectAsked, ofAsked),
    sessionRow(ROW.sessionAsked, asked.sessions),
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
    unseenRow(subject, texts),
    freshRow(ROW.generatedFresh, generated),
    freshRow(ROW.linearFresh, linear),
    ...(handWritten === null ? [] : [freshRow(ROW.handWrittenFresh, handWritten)]),
    rotating(ROW.objectCrowded, ruleCount, crowded, ofObject),
    rotating(ROW.generatedCrowded, ruleCount, crowded, generated),
  );
  return variants;
}

/** Calls in sessions, each with an amount and an end of its path that no call had before: as good as nothing is remembered. */
function unseenRow({ workload, sessions }: Subject, texts: readonly string[]): Variant {
  let drawn = 0;
  const make = (i: number): SessionCall => {
    const session = sessions[i];
    if (session === undefined) throw new RangeError('a request without a session');
    const { tool, args, principal, context } = parsed(texts[i] ?? '');
    drawn += 1;
    const unseen = { ...args, amount: (args.amount + drawn * 0.7071) % AMOUNT_LIMIT, path: `${drawn}${args.path}` };
    return {
      session,
      request: { tool, args: drawn % 2 === 0 ? { ...args, amount: unseen.amount } : unseen, principal, context },
    };
  };
  return fresh(
    ROW.sessionUnseen,
    workload.ruleCount,
    texts.length,
    make,
    ({ session, request }) => session.decide(request).rules.length,
  );
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
