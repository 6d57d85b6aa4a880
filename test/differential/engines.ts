// In: a policy's sources and requests. Out: the reference's verdict on each, and where a core's verdict by any route differs from it.
// Knows no policy's shape: it compares what is decided, not why.

import { targetText } from '../../compiler/check/typed.ts';
import {
  type Analysis,
  analyse,
  type CheckedPolicy,
  type Compilation,
  evaluate,
  type ReferenceVerdict,
  resolveByReference,
} from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import {
  type CoreInstance,
  type Engine,
  type guard,
  type guardResult,
  type LoadOptions,
  type resolve,
  type Session,
  type Verdict,
} from '../../host-js/index.ts';
import { revive } from '../conformance/cases.ts';
import { isPlainData } from './plain.ts';
import type { Written } from './requests.ts';

export interface NamedCore {
  readonly name: string;
  readonly core: CoreInstance;
}

/** What is tested: a compiler, a host, and cores. The planted bugs bring their own. */
export interface Subject {
  readonly compile: (sources: readonly Source[]) => Compilation;
  readonly load: (artifact: Uint8Array, options: LoadOptions) => Engine;
  readonly resolve: typeof resolve;
  readonly guard: typeof guard;
  readonly guardResult: typeof guardResult;
  readonly cores: readonly NamedCore[];
  /** Instead of `cores` for a policy with terms. */
  readonly fullCores: readonly NamedCore[];
}

/** A core's answer that is not the reference's. */
export interface Mismatch {
  readonly route: string;
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** A policy loaded into every core, and its reference. */
export interface Fixture {
  readonly policy: CheckedPolicy;
  readonly artifact: Uint8Array;
  readonly maxStringBytes: number;
  readonly engines: readonly { readonly name: string; readonly engine: Engine }[];
  readonly resolve: typeof resolve;
  readonly guard: typeof guard;
  readonly guardResult: typeof guardResult;
}

export type Prepared =
  | { readonly kind: 'ready'; readonly fixture: Fixture }
  | { readonly kind: 'refused'; readonly codes: readonly string[] }
  | { readonly kind: 'broken'; readonly what: string };

export function prepare(subject: Subject, sources: readonly Source[], maxStringBytes: number): Prepared {
  let analysis: Analysis;
  let compilation: Compilation;
  try {
    analysis = analyse(sources);
    compilation = analysis.policy === null ? { artifact: null, diagnostics: [] } : subject.compile(sources);
  } catch (error) {
    return { kind: 'broken', what: `the compiler threw: ${error instanceof Error ? error.stack : String(error)}` };
  }
  const { policy, diagnostics } = analysis;
  if (policy === null) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    return errors.length === 0
      ? { kind: 'broken', what: 'refused without an error' }
      : { kind: 'refused', codes: errors.map(({ code }) => code) };
  }
  const { artifact } = compilation;
  if (artifact === null) return { kind: 'broken', what: 'analyse took what compile refused' };
  const loaded = (cores: readonly NamedCore[]): Fixture['engines'] =>
    cores.map(({ name, core }) => ({ name, engine: subject.load(artifact, { core, maxStringBytes }) }));
  const small = loaded(subject.cores);
  const needsFull = small.every(({ engine }) => engine.status === 'artifact-unsupported');
  const engines = needsFull ? loaded(subject.fullCores) : small;
  const refused = engines.find(({ engine }) => engine.status !== 'ok');
  if (refused !== undefined) {
    for (const { engine } of engines) engine.dispose();
    return { kind: 'broken', what: `core ${refused.name} refused the artifact: ${refused.engine.status}` };
  }
  const { resolve, guard, guardResult } = subject;
  return { kind: 'ready', fixture: { policy, artifact, maxStringBytes, engines, resolve, guard, guardResult } };
}

export function dispose(fixture: Fixture): void {
  for (const { engine } of fixture.engines) engine.dispose();
}

export function sessionsOf(fixture: Fixture, subject: unknown): Session[] {
  return fixture.engines.map(({ engine }) => engine.session(subject));
}

export interface Decided {
  readonly verdict: ReferenceVerdict;
  readonly mismatch: Mismatch | null;
  /** Verdicts of cores that were compared. */
  readonly routeCount: number;
}

export interface Asked {
  readonly request: unknown;
  /** The same without principal and context, for `sessions`, which were made of them. */
  readonly call: unknown;
  readonly sessions: readonly Session[];
  readonly isKeyed: boolean;
  /**
   * Some trap of the request throws: this is the request with what throws left out, else null. Which reads happen decides whether a
   * throw is seen (LANGUAGE.md 10.3): a refusal is right, and so is the verdict that needs nothing of what throws.
   */
  readonly withoutThrowing: { readonly request: unknown } | null;
}

/** Decides one request by every route on every core. */
export function decideEverywhere(fixture: Fixture, asked: Asked): Decided {
  const { request, call, sessions, isKeyed, withoutThrowing } = asked;
  let verdict: ReferenceVerdict;
  let unread: ReferenceVerdict | null = null;
  try {
    const { policy, maxStringBytes } = fixture;
    verdict = evaluate(policy, request, { maxStringBytes });
    if (withoutThrowing !== null) unread = evaluate(policy, withoutThrowing.request, { maxStringBytes });
  } catch (error) {
    return {
      verdict: NO_VERDICT,
      mismatch: { route: 'reference', field: 'throws', expected: 'a verdict', found: String(error) },
      routeCount: 0,
    };
  }
  let mismatch: Mismatch | null = null;
  let routeCount = 0;
  const hold = (route: string, found: Verdict): void => {
    routeCount += 1;
    holdToo(route, found);
  };
  const holdToo = (route: string, found: Verdict): void => {
    if (unread !== null && (isRefusal(found) || difference(route, unread, found) === null)) return;
    mismatch ??= difference(route, verdict, found);
  };
  const isPlain = withoutThrowing === null && isPlainData(request);
  fixture.engines.forEach(({ name, engine }, i) => {
    hold(`${name} decide`, engine.decide(request));
    // What has been decided once may be remembered. Not counted: how many requests a run draws depends on the count.
    holdToo(`${name} decide again`, engine.decide(request));
    if (isPlain) holdToo(`${name} decide trusted`, engine.decide(request, { trusted: true }));
    const session = sessions[i];
    if (session !== undefined) {
      hold(`${name} session`, session.decide(call));
      if (isPlain) holdToo(`${name} session trusted`, session.decide(call, { trusted: true }));
    }
    const bytes = engine.encode(request);
    hold(`${name} bytes`, engine.decideBytes(bytes));
    const place = engine.reserve(bytes.length);
    if (place.length > 0) {
      place.set(bytes);
      holdToo(`${name} bytes in their place`, engine.decideBytes(place));
    }
    if (isKeyed) hold(`${name} keyed bytes`, engine.decideBytes(engine.encode(request, { form: 'keyed' })));
  });
  return { verdict, mismatch, routeCount };
}

const NO_VERDICT: ReferenceVerdict = {
  decision: 'deny',
  base: 'deny',
  status: 'host-error',
  rules: [],
  determining: [],
  unknown: [],
  reason: null,
  advice: [],
  approvers: [],
  transforms: [],
};

/** The same call in the same sessions once more, nothing in between. */
export function decideInSessions({ call, sessions }: Asked, verdict: ReferenceVerdict): Omit<Decided, 'verdict'> {
  let mismatch: Mismatch | null = null;
  for (const session of sessions) mismatch ??= difference('session', verdict, session.decide(call));
  return { mismatch, routeCount: sessions.length };
}

function isRefusal({ decision, status, rules }: Verdict): boolean {
  return decision === 'deny' && rules.length === 0 && (status === 'host-error' || status === 'request-invalid');
}

/**
 * What is done in the end with a request whose first verdict asks for transforms: decision, status, and the request that they leave
 * (LANGUAGE.md 13.4). Null where all agree.
 */
export function resolveEverywhere(
  { policy, maxStringBytes, engines, resolve }: Fixture,
  { request, call, sessions }: Pick<Asked, 'request' | 'call' | 'sessions'>,
): Mismatch | null {
  const meant = endOf(resolveByReference(policy, request, { maxStringBytes }));
  for (const [i, { name, engine }] of engines.entries()) {
    const session = sessions[i];
    const alone = endOf(resolve(engine, request));
    if (meant !== alone) return { route: `${name} resolve`, field: 'end', expected: meant, found: alone };
    const found = session === undefined ? meant : endOf(resolve(session, call));
    if (meant !== found) return { route: `${name} resolve in a session`, field: 'end', expected: meant, found };
  }
  return null;
}

/** As one text; whether a property can be enumerated does not matter. */
function endOf({
  verdict,
  request,
}: {
  readonly verdict: Verdict | ReferenceVerdict;
  readonly request: unknown;
}): string {
  const { decision, status, rules, determining } = verdict;
  const payload = (root: string): unknown => dataOf(Object.getOwnPropertyDescriptor(request, root)?.value);
  const changed = decision === 'deny' ? [] : ['args', 'result', 'message', 'output'].map(payload);
  return JSON.stringify([decision, status, rules, determining, changed]);
}

/** What JSON would leave out or round is named. */
export function dataOf(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.getOwnPropertyNames(value).filter((name) => name !== 'length' || !Array.isArray(value));
  const members = names.sort().map((name) => [name, Object.getOwnPropertyDescriptor(value, name)?.value] as const);
  return members.flatMap(([name, member]) => (member === undefined ? [] : [[name, dataOf(member)]]));
}

/** Many at once: decisions only. */
export function decideBatch(
  fixture: Fixture,
  requests: readonly unknown[],
  expected: readonly string[],
  nameOf: (code: number) => string,
): Mismatch | null {
  for (const { name, engine } of fixture.engines) {
    const codes = engine.decideBytesBatch(requests.map((request) => engine.encode(request)));
    for (const [i, decision] of expected.entries()) {
      const found = nameOf(codes[i] ?? -1);
      if (found !== decision) return { route: `${name} batch`, field: `decision of ${i}`, expected: decision, found };
    }
  }
  return null;
}

/** The first field of a verdict that is not the reference's. */
function difference(route: string, expected: ReferenceVerdict, found: Verdict): Mismatch | null {
  const fault = (field: keyof ReferenceVerdict): Mismatch => ({
    route,
    field,
    expected: expected[field],
    found: found[field],
  });
  if (expected.decision !== found.decision) return fault('decision');
  if (expected.status !== found.status) return fault('status');
  if (expected.base !== found.base) return fault('base');
  for (const field of ['rules', 'determining', 'advice', 'approvers'] as const) {
    if (!sameTexts(expected[field], found[field])) return fault(field);
  }
  if (expected.reason !== null && expected.reason !== found.reason) return fault('reason');
  if (found.reason === '') return fault('reason');
  const { unknown } = expected;
  const isSame = (i: number): boolean => {
    const [a, b] = [unknown[i], found.unknown[i]];
    return a?.rule === b?.rule && a?.path === b?.path && a?.cause === b?.cause;
  };
  const listed = expected.transforms.map(
    ({ rule, operation }) => `${rule} ${operation.kind} ${targetText(operation.target)}`,
  );
  if (
    !sameTexts(
      listed,
      found.transforms.map(({ rule, kind, path }) => `${rule} ${kind} ${path}`),
    )
  ) {
    return fault('transforms');
  }
  if (unknown.length !== found.unknown.length || !unknown.every((_, i) => isSame(i))) return fault('unknown');
  return null;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** The written request with what throws left out; null if nothing does. */
export function withoutThrowing(written: Written): { readonly request: unknown } | null {
  const text = JSON.stringify(written);
  if (!text.includes('$throwingProxy')) return null;
  return { request: revive(JSON.parse(text.replaceAll('{"$throwingProxy":true}', '{"$undefined":true}'))) };
}
