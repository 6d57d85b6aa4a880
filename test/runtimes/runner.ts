// In: the text of cases-file.ts, and the ways to load an artifact in this runtime. Out: how many cases gave the verdict they expect,
// and what was wrong with the others. Knows nothing of the runtime it runs in: no import of Node's, no I/O.

import type { Engine } from '../../host-js/engine.ts';
import type { resolve } from '../../host-js/resolve.ts';
import type { LoadOptions } from '../../host-js/shared.ts';
import type { Verdict } from '../../host-js/verdict.ts';
import { type ExpectedVerdict, expectations, membersOf } from '../conformance/expected.ts';
import { revive } from '../conformance/revive.ts';

/** `load` of one core: of `lictor`, of `lictor/full`, or with a core of one's own. */
export interface Loader {
  readonly name: string;
  readonly isFull: boolean;
  readonly load: (artifact: Uint8Array, options: LoadOptions) => Engine;
}

/** What the host gives in this runtime; all of it from one copy of the host. */
export interface Host {
  readonly loaders: readonly Loader[];
  readonly resolve: typeof resolve;
}

export interface WrittenCase {
  readonly name: string;
  /** Index in `artifacts`. */
  readonly artifact: number;
  /** As `revive` takes it. */
  readonly request: unknown;
  readonly throwing: boolean;
  readonly options: { readonly maxStringBytes?: number };
  readonly expect: ExpectedVerdict;
}

/** One policy and calls of one subject, to measure with. */
export interface BenchWork {
  readonly artifact: string;
  readonly subject: { readonly principal?: unknown; readonly context?: unknown };
  readonly calls: readonly { readonly tool?: unknown; readonly args?: unknown }[];
}

export interface CasesFile {
  readonly artifacts: readonly { readonly base64: string; readonly needsFull: boolean }[];
  readonly cases: readonly WrittenCase[];
  readonly bench: BenchWork;
}

export interface Report {
  /** Cases that gave what they expect with every loader, in every way. */
  readonly passed: number;
  /** One line for each of the others. */
  readonly failed: readonly string[];
  /** Of one decision in a session by the first loader; null: the clock of this runtime does not move meanwhile. */
  readonly p50Ns: number | null;
}

interface Artifact {
  readonly bytes: Uint8Array;
  readonly needsFull: boolean;
}

/** How a request reaches the core. */
const WAYS: readonly (readonly [name: string, decide: (engine: Engine, request: unknown) => Verdict])[] = [
  ['as an object', (engine, request) => engine.decide(request)],
  ['as positional bytes', (engine, request) => engine.decideBytes(engine.encode(request))],
  ['as keyed bytes', (engine, request) => engine.decideBytes(engine.encode(request, { form: 'keyed' }))],
];

export function runCases(text: string, host: Host): Report {
  const { loaders } = host;
  const file = JSON.parse(text) as CasesFile;
  const artifacts = file.artifacts.map(({ base64, needsFull }) => ({ bytes: bytesOf(base64), needsFull }));
  const failed: string[] = [];
  for (const one of file.cases) {
    const artifact = artifacts[one.artifact];
    const wrong =
      artifact === undefined
        ? `no artifact ${one.artifact}`
        : loaders.map((loader) => caseFault(artifact, one, loader, host.resolve)).find((fault) => fault !== null);
    if (wrong !== undefined && wrong !== null) failed.push(`${one.name}: ${wrong}`);
  }
  return { passed: file.cases.length - failed.length, failed, p50Ns: benchNs(file.bench, loaders[0]) };
}

/** What is wrong, or null. */
function caseFault(
  artifact: Artifact,
  one: WrittenCase,
  { name, isFull, load }: Loader,
  resolving: Host['resolve'],
): string | null {
  const engine = load(artifact.bytes, one.options);
  try {
    const status = artifact.needsFull && !isFull ? 'artifact-unsupported' : 'ok';
    const fault = difference(engine.status, status, 'engine.status');
    if (fault !== null || status !== 'ok') return fault === null ? null : `${name}: ${fault}`;
    const found = verdictFault(engine, one) ?? resolutionFault(engine, one, resolving);
    return found === null ? null : `${name}: ${found}`;
  } catch (error) {
    return `${name}: ${String(error)}`;
  } finally {
    engine.dispose();
  }
}

function verdictFault(engine: Engine, one: WrittenCase): string | null {
  const { verdict: expected } = expectations(one.expect);
  for (const [way, decide] of WAYS) {
    // `encode` gives no bytes of a request that throws when it is read.
    if (way !== 'as an object' && one.throwing) continue;
    const verdict = decide(engine, revive(one.request));
    if (verdict.reason === '') return `${way}: no reason is given (8.7)`;
    const fault = difference(comparable(verdict, engine), expected, 'verdict');
    if (fault !== null) return `${way}: ${fault}`;
  }
  return null;
}

function resolutionFault(engine: Engine, one: WrittenCase, resolving: Host['resolve']): string | null {
  const { resolved } = expectations(one.expect);
  if (resolved === undefined) return null;
  const { request: members, ...end } = resolved;
  const { principal, context, ...call } = Object(revive(one.request)) as Record<string, unknown>;
  for (const [way, decider, request] of [
    ['resolved', engine, revive(one.request)],
    ['resolved in a session', engine.session({ principal, context }), call],
  ] as const) {
    const resolution = resolving(decider, request);
    const fault =
      difference(resolution.verdict, { ...end, transforms: [] }, 'verdict') ??
      (members === undefined ? null : requestDifference(membersOf(resolution.request, members), members));
    if (fault !== null) return `${way}: ${fault}`;
  }
  return null;
}

/** A host's reason is always filled (8.7); cases speak of a rule's own. */
function comparable(verdict: Verdict, engine: Engine): object {
  const own = engine.rules.filter((rule) => verdict.determining.includes(rule.id)).map((rule) => rule.reason);
  return { ...verdict, reason: own.includes(verdict.reason) ? verdict.reason : null };
}

/** Both ways, for nothing more may be there either. */
function requestDifference(actual: unknown, expected: unknown): string | null {
  return difference(actual, expected, 'request') ?? difference(expected, actual, 'request, the other way round');
}

/** The first place where `actual` has not what is expected; of objects only the keys that are expected count. */
function difference(actual: unknown, expected: unknown, place: string): string | null {
  const unlike = `${place} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected) ? null : unlike;
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return unlike;
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) return unlike;
  const found = new Map<string, unknown>(Object.entries(actual));
  for (const [key, value] of Object.entries(expected)) {
    if (!found.has(key)) return unlike;
    const fault = difference(found.get(key), value, `${place}.${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

const BATCHES = 31;
const DECISIONS_PER_BATCH = 10_000;

function benchNs({ artifact, subject, calls }: BenchWork, loader: Loader | undefined): number | null {
  if (loader === undefined) return null;
  const engine = loader.load(bytesOf(artifact), { remember: false });
  const session = engine.session(subject);
  const samples: number[] = [];
  // The first batches are for the compiler of the runtime.
  for (let batch = -3; batch < BATCHES; batch += 1) {
    const before = nowMs();
    for (let i = 0; i < DECISIONS_PER_BATCH; i += 1) session.decide(calls[i % calls.length] ?? {});
    if (batch >= 0) samples.push(nowMs() - before);
  }
  engine.dispose();
  const median = samples.sort((a, b) => a - b)[Math.floor(BATCHES / 2)] ?? 0;
  return median === 0 ? null : Math.round((median * 1e6) / DECISIONS_PER_BATCH);
}

/** The edge VM has no `performance`. */
function nowMs(): number {
  return 'performance' in globalThis ? performance.now() : Date.now();
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
}
