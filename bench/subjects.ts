// In: a workload. Out: it compiled and loaded, every way to decide it, and the check that all ways agree on every request.
// Never times anything.

import { compile, formatDiagnostic } from '../compiler/index.ts';
import { CoreInstance, decisionFromCode, type Engine, load, type Session } from '../host-js/index.ts';
import { inlineModule } from '../host-js/runtimes/inline.ts';
import { STATUS_OK } from '../wasm-core/contract/codes.ts';
import { builderEncoder } from './builder.ts';
import { generatedPerTool } from './peers/generated.ts';
import { handWritten } from './peers/hand-written.ts';
import { linearInterpreter, matchingRules } from './peers/linear.ts';
import { NO_RULE, type PeerDecide } from './peers/peer.ts';
import { policySources } from './policy-text.ts';
import { RUN_LENGTH, type Workload, type WorkloadRequest } from './workload.ts';

/** One workload in Lictor, ready to be measured. */
export interface EngineSubject {
  readonly workload: Workload;
  readonly loadMs: number;
  readonly engine: Engine;
  /** By rotating request: the session of its run, and one of its own. */
  readonly sessions: readonly Session[];
  readonly ownSessions: readonly Session[];
  /** An engine that remembers nothing. */
  readonly asked: { readonly engine: Engine; readonly sessions: readonly Session[] };
  readonly requestBytes: readonly Uint8Array[];
  readonly keyedBytes: readonly Uint8Array[];
  readonly inCore: InCoreRequests;
}

/** And in what it is set against. */
export interface Subject extends EngineSubject {
  readonly artifact: Uint8Array;
  readonly compileMs: number;
  readonly generated: PeerDecide;
  readonly linear: PeerDecide;
  /** Only of the ten rules that were written by hand. */
  readonly handWritten: PeerDecide | null;
}

/** Throws, with the diagnostics, if the workload does not compile. */
export function makeSubject(workload: Workload): Subject {
  const sources = policySources(workload);
  const compileStart = performance.now();
  const { artifact, diagnostics } = compile(sources);
  const compileMs = performance.now() - compileStart;
  if (artifact === null) throw new Error(diagnostics.slice(0, 5).map(formatDiagnostic).join('\n'));
  return {
    ...loadSubject(workload, artifact),
    artifact,
    compileMs,
    generated: generatedPerTool(workload.rules, workload.tools),
    linear: linearInterpreter(workload.rules),
    handWritten: isHandWritten(workload) ? handWritten : null,
  };
}

/** Whether the workload's rules are those that were written by hand too. */
export function isHandWritten({ name, ruleCount }: Workload): boolean {
  return name === 'typical' && ruleCount === 10;
}

/** Throws if the engine refuses the artifact. */
export function loadSubject(workload: Workload, artifact: Uint8Array): EngineSubject {
  const loadStart = performance.now();
  const engine = load(artifact);
  const loadMs = performance.now() - loadStart;
  if (engine.status !== 'ok') throw new Error(`the engine says ${engine.status}`);
  const requestBytes = workload.rotating.map((request) => engine.encode(request));
  const asked = load(artifact, { remember: false });
  return {
    workload,
    loadMs,
    engine,
    sessions: sessionsOf(engine, workload),
    asked: { engine: asked, sessions: sessionsOf(asked, workload) },
    ownSessions: workload.rotating.map((request) => engine.session(request)),
    requestBytes,
    keyedBytes: workload.rotating.map((request) => engine.encode(request, { form: 'keyed' })),
    inCore: new InCoreRequests(artifact, requestBytes),
  };
}

/** By rotating request: the session of its run. */
function sessionsOf(engine: Engine, workload: Workload): Session[] {
  const ofRuns = workload.rotating
    .filter((_, i) => i % RUN_LENGTH === 0)
    .map((request) => engine.session({ principal: request.principal, context: request.context }));
  return workload.rotating.map((_, i) => ofRuns[Math.floor(i / RUN_LENGTH)] ?? engine.session(null));
}

/** Request bytes that already lie in the memory of a core of their own, and the raw calls that decide them there. */
export class InCoreRequests {
  readonly count: number;
  readonly core: CoreInstance;
  readonly handle: number;
  /** Address and size of each request, pair by pair. */
  readonly places: Uint32Array;
  readonly #table: number;
  readonly #out: number;

  constructor(artifact: Uint8Array, requests: readonly Uint8Array[]) {
    this.count = requests.length;
    this.core = new CoreInstance(inlineModule());
    const handle = this.core.load(artifact, 0);
    if (handle === null || handle < 0) throw new Error('the core refuses the artifact');
    this.handle = handle;
    const sizeBytes = requests.reduce((sum, bytes) => sum + align(bytes.length), align(this.count * 10));
    this.#table = this.core.exports.requestArea(sizeBytes) >>> 0;
    if (this.#table === 0) throw new RangeError('the request area has no room for the batch');
    this.#out = this.#table + this.count * 8;
    this.places = this.core.u32.subarray(this.#table / 4, this.#table / 4 + this.count * 2);
    let at = this.#table + align(this.count * 10);
    for (const [i, bytes] of requests.entries()) {
      this.places.set([at, bytes.length], i * 2);
      this.core.u8.set(bytes, at);
      at += align(bytes.length);
    }
  }

  /** Decides all of them in one call. */
  decideAll(): number {
    return this.core.exports.decideBatch(this.handle, this.#table, this.count, this.#out);
  }

  /** After `decideAll`: decision | status << 8. */
  answer(index: number): number {
    const at = this.#out + index * 2;
    return (this.core.u8[at] ?? 0) | ((this.core.u8[at + 1] ?? 0) << 8);
  }
}

function align(size: number): number {
  return (size + 7) & ~7;
}

/**
 * Decides every request in every way and compares; also the whole list of matching rules with a plain walk over the rules.
 *
 * @returns the number of comparisons; throws on the first that differs
 */
export function checkAgreement(subject: Subject): number {
  const { workload, engine, sessions, ownSessions, asked, requestBytes, inCore } = subject;
  const where = `${workload.name}, ${workload.ruleCount} rules`;
  let comparisons = 0;
  const expectSame = (who: string, index: number, actual: string, expected: string): void => {
    comparisons += 1;
    if (actual === expected) return;
    throw new Error(`${where}, request ${index}: ${who} says ${actual}, expected ${expected}`);
  };
  const byBuilder = builderEncoder(engine, requestBytes[0]);
  inCore.decideAll();
  const batch = engine.decideBytesBatch(requestBytes);
  for (const requests of [workload.rotating, workload.unmatched, workload.crowded]) {
    for (const [i, request] of requests.entries()) {
      const matching = matchingRules(workload.rules, request);
      const decision = decisionOf(workload, matching);
      const whole = `${decision} by ${idsOf(workload, matching)}`;
      const verdict = engine.decide(request);
      expectSame('decide', i, `${verdict.decision} by ${verdict.rules.join(' ')}`, whole);
      const fromBytes = engine.decideBytes(engine.encode(request, { form: 'keyed' }));
      expectSame('decideBytes, keyed', i, `${fromBytes.decision} by ${fromBytes.rules.join(' ')}`, whole);
      for (const [name, decide] of peersOf(subject)) {
        const rule = decide(request);
        // A peer stops at any rule that decides.
        const isFine = rule === NO_RULE ? matching.length === 0 : matching.includes(rule);
        expectSame(name, i, decisionOf(workload, rule === NO_RULE ? [] : [rule]), decision);
        if (!isFine) throw new Error(`${where}, request ${i}: ${name} names rule ${rule}, which does not match`);
      }
      const built = engine.decideBytes(byBuilder(request));
      expectSame('decideBytes, by the npm Builder', i, `${built.decision} by ${built.rules.join(' ')}`, whole);
      if (requests !== workload.rotating) continue;
      // A second time too: what is remembered is compared as well as what is decided.
      const again = [engine.decide(request), engine.decide(request, { trusted: true }), asked.engine.decide(request)];
      for (const session of [sessions[i], sessions[i], ownSessions[i], asked.sessions[i]]) {
        if (session !== undefined) again.push(session.decide(request), session.decide(request, { trusted: true }));
      }
      for (const one of again) expectSame('again', i, `${one.decision} by ${one.rules.join(' ')}`, whole);
      const positional = engine.decideBytes(requestBytes[i] ?? new Uint8Array(0));
      expectSame('decideBytes', i, `${positional.decision} by ${positional.rules.join(' ')}`, whole);
      expectSame('decideBytesBatch', i, decisionFromCode(batch[i] ?? -1), decision);
      const answer = inCore.answer(i);
      if (answer >>> 8 !== STATUS_OK) throw new Error(`${where}, request ${i}: status ${answer >>> 8} in a batch`);
      expectSame('decideBatch', i, decisionFromCode(answer & 0xff), decision);
    }
  }
  return comparisons;
}

function peersOf(subject: Subject): (readonly [string, PeerDecide])[] {
  return [
    ['generated per tool', subject.generated],
    ['linear rule objects', subject.linear],
    ...(subject.handWritten === null ? [] : ([['hand-written ifs', subject.handWritten]] as const)),
  ];
}

/** Deny-overrides, default deny. */
function decisionOf(workload: Workload, matching: readonly number[]): string {
  const effects = matching.map((rule) => workload.rules[rule]?.effect);
  return effects.includes('allow') && !effects.includes('deny') ? 'allow' : 'deny';
}

function idsOf(workload: Workload, matching: readonly number[]): string {
  return matching.map((rule) => workload.rules[rule]?.id).join(' ');
}

/** Mean number of true rules per request. */
export function meanMatches(subject: Subject, requests: readonly WorkloadRequest[]): number {
  return requests.reduce((sum, request) => sum + subject.engine.decide(request).rules.length, 0) / requests.length;
}
