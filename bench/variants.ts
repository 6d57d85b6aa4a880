// In: a workload and the name of an engine. Out: the rows of the table as variants for the harness. Row names are what a reader of a
// record sees.

import { CoreInstance, load, type Session } from '../host-js/index.ts';
import { inlineModule } from '../host-js/runtimes/inline.ts';
import { builderEncoder } from './builder.ts';
import { fresh, type Run, rotating, type Variant } from './harness.ts';
import { generatedPerTool } from './peers/generated.ts';
import { handWritten } from './peers/hand-written.ts';
import { linearInterpreter } from './peers/linear.ts';
import type { PeerDecide } from './peers/peer.ts';
import { type EngineSubject, type InCoreRequests, isHandWritten, loadSubject } from './subjects.ts';
import { AMOUNT_LIMIT, type Workload, type WorkloadRequest } from './workload.ts';

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
  keyed: 'bytes, keyed',
  encode: 'encode',
  encodeInto: 'encode into, trusted',
  builder: 'encode, by the npm Builder',
  load: 'load and dispose',
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
  { row: ROW.keyed, against: [ROW.bytes] },
  { row: ROW.encode, against: [ROW.builder] },
  { row: ROW.encodeInto, against: [ROW.builder] },
  { row: ROW.objectUnmatched, against: [ROW.generatedUnmatched] },
  { row: ROW.objectCrowded, against: [ROW.generatedCrowded] },
];

const TRUSTED = { trusted: true } as const;

/** A call and the session that decides it. */
interface SessionCall {
  readonly session: Session;
  readonly request: WorkloadRequest;
}

/** Rows that share a process: those of one engine. */
export const ENGINES = ['lictor', 'generated', 'linear', 'hand-written'] as const;
export type EngineName = (typeof ENGINES)[number];

/**
 * The rows of one engine; all of the workload `typical`, fewer of others. Every row of Lictor makes whole verdicts with all matching
 * rules but those `in core`, which leave them in the core's memory.
 *
 * @param artifact of the workload; looked at for Lictor only
 */
export function variantsOf(engine: EngineName, workload: Workload, artifact: Uint8Array): Variant[] {
  const inputs = inputsOf(workload);
  switch (engine) {
    case 'lictor':
      return lictorVariants(loadSubject(workload, artifact), inputs, artifact);
    case 'generated': {
      const decide = generatedPerTool(workload.rules, workload.tools);
      return peerVariants(inputs, decide, {
        warm: ROW.generated,
        fresh: ROW.generatedFresh,
        unmatched: ROW.generatedUnmatched,
        crowded: ROW.generatedCrowded,
      });
    }
    case 'linear':
      return peerVariants(inputs, linearInterpreter(workload.rules), { warm: ROW.linear, fresh: ROW.linearFresh });
    case 'hand-written':
      if (!isHandWritten(workload)) return [];
      return peerVariants(inputs, handWritten, { warm: ROW.handWritten, fresh: ROW.handWrittenFresh });
    default:
      return unreachable(engine);
  }
}

/** A workload's requests from JSON like those of the fresh rows: objects of one shape everywhere. */
interface Inputs {
  readonly workload: Workload;
  readonly texts: readonly string[];
  readonly warm: readonly WorkloadRequest[];
  readonly unmatched: readonly WorkloadRequest[];
  readonly crowded: readonly WorkloadRequest[];
}

function inputsOf(workload: Workload): Inputs {
  const anew = (request: WorkloadRequest): WorkloadRequest => parsed(JSON.stringify(request));
  return {
    workload,
    texts: workload.rotating.map((request) => JSON.stringify(request)),
    warm: workload.rotating.map(anew),
    unmatched: workload.unmatched.map(anew),
    crowded: workload.crowded.map(anew),
  };
}

interface PeerRows {
  readonly warm: string;
  readonly fresh: string;
  readonly unmatched?: string;
  readonly crowded?: string;
}

function peerVariants(
  { workload, texts, warm, unmatched, crowded }: Inputs,
  decide: PeerDecide,
  rows: PeerRows,
): Variant[] {
  const { ruleCount, name } = workload;
  const variants = [rotating(rows.warm, ruleCount, warm, decide)];
  if (rows.unmatched !== undefined) variants.push(rotating(rows.unmatched, ruleCount, unmatched, decide));
  if (name !== 'typical') return variants;
  variants.push(fresh(rows.fresh, ruleCount, texts.length, (i) => parsed(texts[i] ?? ''), decide));
  if (rows.crowded !== undefined) variants.push(rotating(rows.crowded, ruleCount, crowded, decide));
  return variants;
}

function lictorVariants(
  subject: EngineSubject,
  { texts, warm, unmatched, crowded }: Inputs,
  artifact: Uint8Array,
): Variant[] {
  const { workload, engine, sessions, ownSessions, asked, requestBytes, keyedBytes, inCore } = subject;
  const { ruleCount } = workload;
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
  const ofBytes = (bytes: Uint8Array): number => engine.decideBytes(bytes).rules.length;
  const warmRow = (row: string, decide: (request: WorkloadRequest) => number): Variant =>
    rotating(row, ruleCount, warm, decide);
  const sessionRow = (row: string, own: readonly Session[], decide = ofCall): Variant =>
    rotating(
      row,
      ruleCount,
      warm.map((request, i) => callOf(own, i, request)),
      decide,
    );

  const variants: Variant[] = [
    warmRow(ROW.object, ofObject),
    sessionRow(ROW.session, sessions),
    sessionRow(ROW.ownSession, ownSessions),
    warmRow(ROW.objectTrusted, ofTrusted),
    sessionRow(ROW.sessionTrusted, sessions, ofTrustedCall),
    warmRow(ROW.objectAsked, ofAsked),
    sessionRow(ROW.sessionAsked, asked.sessions),
    rotating(ROW.bytes, ruleCount, requestBytes, ofBytes),
    { row: ROW.inCore, ruleCount, run: inCoreRun(inCore) },
    { row: ROW.batch, ruleCount, run: batchRun(inCore), granularity: inCore.count },
    rotating(ROW.objectUnmatched, ruleCount, unmatched, ofObject),
  ];
  if (workload.name !== 'typical') return variants;
  const target = new Uint8Array(4096);
  const byBuilder = builderEncoder(engine, requestBytes[0]);
  variants.push(
    fresh(ROW.objectFresh, ruleCount, texts.length, (i) => parsed(texts[i] ?? ''), ofObject),
    fresh(ROW.sessionFresh, ruleCount, texts.length, (i) => callOf(sessions, i, parsed(texts[i] ?? '')), ofCall),
    unseenRow(subject, texts),
    rotating(ROW.keyed, ruleCount, keyedBytes, ofBytes),
    warmRow(ROW.encode, (request) => engine.encode(request).length),
    warmRow(ROW.encodeInto, (request) => engine.encodeInto(request, target, TRUSTED)),
    warmRow(ROW.builder, (request) => byBuilder(request).length),
    rotating(ROW.objectCrowded, ruleCount, crowded, ofObject),
    { row: ROW.load, ruleCount, run: loadRun(artifact) },
  );
  return variants;
}

/** What a swap of policies makes an agent wait: everything that `load` does to bytes that are there already. */
function loadRun(artifact: Uint8Array): Run {
  const core = new CoreInstance(inlineModule());
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      const engine = load(artifact, { core });
      sum += engine.status.length;
      engine.dispose();
    }
    return sum;
  };
}

/** Calls in sessions, each with an amount and an end of its path that no call had before: as good as nothing is remembered. */
function unseenRow({ workload, sessions }: EngineSubject, texts: readonly string[]): Variant {
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

function unreachable(value: never): never {
  throw new RangeError(`unexpected value: ${String(value)}`);
}
