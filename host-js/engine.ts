// In: an artifact's bytes and a core. Out: an engine, running or refusing. No artifact and no request makes it throw: what goes wrong is a
// status, and every status but `ok` and `not-governed` means deny (LANGUAGE.md 10).

import {
  EFFECT_DENY,
  POINT_WITHOUT_TRANSFORMS,
  STATUS_ARTIFACT_INVALID,
  STATUS_ARTIFACT_UNSUPPORTED,
  STATUS_HOST_ERROR,
  STATUS_OK,
  STATUS_REQUEST_INVALID,
} from '../wasm-core/contract/codes.ts';
import { MAX_STRING_BYTES_DEFAULT, MAX_STRING_BYTES_LIMIT } from '../wasm-core/contract/limits.ts';
import { type ArtifactContents, readArtifact } from './artifact.ts';
import { bytesOf, bytesOfAll, sizeOf } from './bytes.ts';
import type { CoreInstance } from './core.ts';
import { RequestEncoder, type RequestForm } from './encode.ts';
import { elementsOf } from './own.ts';
import { Projection, type StageTree } from './request.ts';
import type { DecideOptions } from './resolve.ts';
import { type RequestReader, RunningArtifact } from './running.ts';
import { JoinedSession, type Session, StagedSession } from './session.ts';
import { fullSlots } from './slots.ts';
import { type Decision, decisionOf, type Request, type Status, type Subject, statusOf } from './types.ts';
import { refusal, type Verdict } from './verdict.ts';

export interface EngineOptions {
  /** UTF-8 bytes of one string, or of all strings of one list; 1 to 1,048,576, 65,536 if left out (LANGUAGE.md 3.6). */
  readonly maxStringBytes?: number;
  /**
   * False: every call is asked of the core. Left out, what the core said of calls that are the same to every rule is remembered: up to
   * 8,192 verdicts and what sessions fix, up to two megabytes.
   */
  readonly remember?: boolean;
  /** Of a Cedar artifact: entities as Cedar's JSON has them; a request may bring more (LANGUAGE.md 14.3). */
  readonly entities?: unknown;
  /** Of a Cedar artifact with a schema: refuses requests whose principal or resource the action does not apply to. */
  readonly validateRequest?: boolean;
}

/** Makes what reads the requests of a Cedar artifact. @throws Error for entities that cannot be loaded */
export type MakeReader = (core: CoreInstance, artifact: ArtifactContents, options: EngineOptions) => RequestReader;

export interface EncodeOptions {
  /** `positional` if left out. */
  readonly form?: RequestForm;
  /** As `DecideOptions.trusted`. */
  readonly trusted?: boolean;
}

/** One enabled rule, as its author wrote it. Lines and columns count from 1. */
export interface RuleInfo {
  readonly id: string;
  readonly effect: Decision;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly approvers: readonly string[];
  readonly place: { readonly path: string; readonly line: number; readonly column: number };
}

/**
 * A loaded artifact. Everything on it is synchronous, and no request, list of requests, subject or entities, whatever they are, make it
 * throw; what a getter of a `DecideOptions` throws is the caller's. Engines share a core and its memory; one is freed by `dispose`, not by the garbage collector.
 */
export class Engine {
  readonly #running: RunningArtifact | null;
  readonly #artifact: ArtifactContents | null;
  readonly #statusCode: number;
  #full: Projection | null = null;
  #positional: RequestEncoder | null = null;
  #keyed: RequestEncoder | null = null;
  #rules: readonly RuleInfo[] | null = null;
  readonly #maxStringBytes: number;
  readonly #stageTree: StageTree | null;
  readonly #problem: string | null;

  /** Made by `load`. */
  constructor(
    statusCode: number,
    artifact: ArtifactContents | null,
    running: RunningArtifact | null,
    maxStringBytes: number,
    stageTree: StageTree | null,
    problem: string | null = null,
  ) {
    this.#problem = problem;
    this.#statusCode = statusCode;
    this.#artifact = artifact;
    this.#running = running;
    this.#maxStringBytes = maxStringBytes;
    this.#stageTree = stageTree;
  }

  /** Whether it was made here and decides as it was made to: not a proxy around an engine, nor one whose `decide` was replaced. */
  static isAsMade(value: object): boolean {
    return #running in value && value.decide === decideAsMade;
  }

  /** `ok`, or why every verdict is deny. */
  get status(): Status {
    if (this.#running !== null && !this.#running.alive) return 'host-error';
    return statusOf(this.#statusCode);
  }

  /** What to do about a status that is not `ok`, where there is something to do; null otherwise. */
  get help(): string | null {
    if (this.#problem !== null) return this.#problem;
    const isTooSmall = this.#statusCode === STATUS_ARTIFACT_UNSUPPORTED && this.needsFullCore;
    return isTooSmall ? 'the policy has terms, which the small core does not run: load it with `lictor/full`' : null;
  }

  /** Whether the artifact is one that only `lictor/full` runs: it has terms, or is of Cedar policies. */
  get needsFullCore(): boolean {
    return this.#artifact !== null && (this.#artifact.needsTerms || this.isCedar);
  }

  /** Whether the artifact is of Cedar policies: requests are Cedar's then (LANGUAGE.md 14.3). */
  get isCedar(): boolean {
    return this.#artifact !== null && this.#artifact.cedar !== null;
  }

  /** SHA-256 of the artifact, lower-case hex; empty if there is none. */
  get artifactHash(): string {
    return this.#artifact?.hash ?? '';
  }

  /** Name and version of the policy. */
  get name(): string {
    return this.#artifact?.name ?? '';
  }

  get version(): string {
    return this.#artifact?.version ?? '';
  }

  /** Paths of the attributes that the policy's rules read, `args.amount`: all that is ever looked at. */
  get attributes(): readonly string[] {
    return this.#artifact?.slots.filter((slot) => slot.root !== 'tool').map((slot) => slot.text) ?? [];
  }

  /** The enabled rules, in source order. None where their texts cannot be read: bytes that no compiler wrote. */
  get rules(): readonly RuleInfo[] {
    try {
      this.#rules ??= this.#artifact === null ? [] : ruleInfos(this.#artifact);
    } catch {
      this.#rules = [];
    }
    return this.#rules;
  }

  /**
   * Decides one request. Of the request's objects only own data properties that a rule names are read; no getter runs. A proxy's
   * traps run, and what they throw makes the verdict deny with status `host-error`.
   */
  decide(request: Request, options?: DecideOptions): Verdict;
  decide(request: unknown, options?: DecideOptions): Verdict;
  decide(request: unknown, options?: DecideOptions): Verdict {
    const running = this.#running;
    if (running === null) return this.#refuse();
    return running.decide(
      request,
      options?.transforms === false ? POINT_WITHOUT_TRANSFORMS : 0,
      options?.trusted === true,
    );
  }

  /** Fixes principal and context, read now and once: faster where many calls share them. */
  session(subject: Subject): Session;
  session(subject: unknown): Session;
  session(subject: unknown): Session {
    const running = this.#running;
    if (running === null) return { decide: () => this.#refuse() };
    return running.reader === null ? new StagedSession(running, subject) : new JoinedSession(running, subject);
  }

  /**
   * Decides many requests, one after the other, in order. What is no list, or cannot be read, is one request that is denied: an empty
   * answer would pass for one without a denial.
   */
  decideBatch(requests: readonly unknown[], options?: DecideOptions): Verdict[] {
    return (elementsOf(requests) ?? [null]).map((request) => this.decide(request, options));
  }

  /**
   * Decides until the engine's code is compiled, which takes a few milliseconds: the first thousand calls of a process are many times
   * slower than later ones.
   *
   * @param requests like those to come; without them (or with what is no list), calls without arguments of the tools that rules name
   */
  warmup(requests: readonly unknown[] = []): void {
    const given = elementsOf(requests) ?? [];
    const slot = this.#artifact?.slots[0];
    const calls = given.length > 0 ? given : Array.from(slot?.entries?.keys() ?? [''], (tool) => ({ tool, args: {} }));
    const session = this.session(calls[0]);
    for (let i = 0; i < WARMUP_CALLS; i += 1) {
      const call = calls[i % calls.length];
      this.decide(call);
      session.decide(call);
    }
  }

  /**
   * A view into the core's memory for request bytes: what is written there and given to `decideBytes` as this very view is not copied.
   * It serves one request after the other, until `reserve` or `decideBytes` of other bytes uses the place. A `load` into the same core
   * leaves it empty; empty it is too if there is no room, or the engine does not run.
   */
  reserve(sizeBytes: number): Uint8Array {
    return this.#running?.reserve(sizeBytes) ?? new Uint8Array(0);
  }

  /** Decides a request in bytes, of either form (FORMAT.md 4). They are verified; anything wrong is a deny. */
  decideBytes(bytes: Uint8Array): Verdict {
    return this.#running === null ? this.#refuse() : this.#running.decideBytes(bytes);
  }

  /** Decides many requests in bytes. One EFFECT_* code (contract/codes.ts) each; `decisionFromCode` names it. What is no list is one request, denied. */
  decideBytesBatch(requests: readonly Uint8Array[]): Uint8Array {
    return this.#running?.decideBatch(requests) ?? new Uint8Array(bytesOfAll(requests).length).fill(EFFECT_DENY);
  }

  /**
   * The bytes of a request: positional, for this artifact, or keyed, for any artifact that reads attributes of this one.
   * What is no request, or cannot be read, gives no bytes: an empty array, which every engine denies as `request-invalid`.
   */
  encode(request: Request, options?: EncodeOptions): Uint8Array;
  encode(request: unknown, options?: EncodeOptions): Uint8Array;
  encode(request: unknown, options?: EncodeOptions): Uint8Array {
    // Sharing memory with what comes next would not do: a copy.
    return this.#encoded(request, options).slice();
  }

  /**
   * As `encode`, into memory of the caller's, `reserve`d for instance: making an array costs more than filling it.
   *
   * @returns the number of bytes written; 0: it is no request, or `target` has no room for it; then the first bytes of `target` are
   *   zeroed, so that what it holds is denied as `request-invalid` and no earlier request is decided in its place
   */
  encodeInto(request: Request, target: Uint8Array, options?: EncodeOptions): number;
  encodeInto(request: unknown, target: Uint8Array, options?: EncodeOptions): number;
  encodeInto(request: unknown, target: Uint8Array, options?: EncodeOptions): number {
    const bytes = this.#encoded(request, options);
    try {
      const room = bytesOf(target);
      if (room === null) return 0;
      if (bytes.length === 0 || bytes.length > sizeOf(room)) {
        // What stood there may be an earlier request, and somebody may decide it without looking at the 0.
        room.fill(0, 0, IDENTIFIED_BYTES);
        return 0;
      }
      room.set(bytes);
      return bytes.length;
    } catch {
      return 0; // Memory that has gone.
    }
  }

  #encoded(request: unknown, options: EncodeOptions | undefined): Uint8Array {
    const running = this.#running;
    if (running === null || running.reader !== null) return NO_BYTES;
    this.#full ??= new Projection(fullSlots(running.artifact.slots), this.#maxStringBytes, null, this.#stageTree);
    const projection = this.#full;
    const encoder = this.#encoder(running.artifact, options?.form ?? 'positional');
    const isTrusted = options?.trusted === true;
    let bytes = NO_BYTES;
    running.stage((staging) => {
      const point = projection.stageRequest(staging, request, 0, isTrusted, UNKNOWN_POINT);
      if (point >= 0) bytes = encoder.encode(staging, point);
      return point;
    });
    return bytes;
  }

  #encoder({ slots, layoutLow, layoutHigh }: ArtifactContents, form: RequestForm): RequestEncoder {
    const made = form === 'keyed' ? this.#keyed : this.#positional;
    if (made !== null) return made;
    const encoder = new RequestEncoder(slots, form, layoutLow, layoutHigh);
    if (form === 'keyed') this.#keyed = encoder;
    else this.#positional = encoder;
    return encoder;
  }

  /**
   * Of a Cedar artifact: replaces the entities of all later requests.
   *
   * @returns null, or what is wrong with them; the old ones stay then
   */
  setEntities(entities: unknown): string | null {
    const running = this.#running;
    const reader = running?.reader;
    if (running === null || reader === null || reader === undefined) return 'entities belong to Cedar policies';
    let problem: string | null = 'reading the entities failed, or the engine is not running';
    running.stage(() => {
      problem = reader.setEntities(entities);
      return 0;
    });
    return problem;
  }

  /** Frees the artifact's memory in the core. Verdicts are deny from now on, its sessions' too. */
  dispose(): void {
    this.#running?.dispose();
  }

  #refuse(): Verdict {
    return refusal(this.#statusCode, this.artifactHash);
  }
}

const decideAsMade: unknown = Reflect.get(Engine.prototype, 'decide');

const NO_BYTES: Uint8Array = new Uint8Array(0);
/** Where a request's root and identifier stand. */
const IDENTIFIED_BYTES = 8;
const WARMUP_CALLS = 4000;

/** A code that no intervention point has: bytes say `point-unknown` with it. */
const UNKNOWN_POINT = 255;

/** The decision of a code that `decideBytesBatch` gives. */
export function decisionFromCode(code: number): Decision {
  return decisionOf(code);
}

/** Loads an artifact into a core. Never throws; see `Engine.status`. `core` null: there is none to be had; `stageTree` null: no terms. */
export function loadInto(
  core: CoreInstance | null,
  artifact: Uint8Array,
  options: EngineOptions,
  stageTree: StageTree | null,
  makeReader: MakeReader | null,
): Engine {
  const maxStringBytes = options.maxStringBytes ?? MAX_STRING_BYTES_DEFAULT;
  const refused = (status: number, contents: ArtifactContents | null, problem: string | null = null): Engine =>
    new Engine(status, contents, null, maxStringBytes, stageTree, problem);

  // A copy: what is verified is what is loaded, whoever else holds the bytes.
  let bytes: Uint8Array;
  let contents: ArtifactContents;
  try {
    bytes = new Uint8Array(artifact.buffer, artifact.byteOffset, artifact.byteLength).slice();
    contents = readArtifact(bytes);
  } catch {
    return refused(STATUS_ARTIFACT_INVALID, null);
  }
  const isLimit = Number.isInteger(maxStringBytes) && maxStringBytes >= 1 && maxStringBytes <= MAX_STRING_BYTES_LIMIT;
  const isCedar = contents.cedar !== null;
  if ((contents.needsTerms || isCedar) && (stageTree === null || makeReader === null))
    return refused(STATUS_ARTIFACT_UNSUPPORTED, contents);
  if (!isLimit || core === null || core.staging.busy) return refused(STATUS_HOST_ERROR, contents);
  try {
    const handle = core.load(bytes, maxStringBytes);
    if (handle === null) return refused(STATUS_HOST_ERROR, contents);
    if (handle < 0) return refused(-handle, contents);
    const projection = new Projection(
      contents.slots,
      maxStringBytes,
      contents.needs,
      stageTree,
      options.remember === false ? null : contents.cook,
    );
    let reader: RequestReader | null = null;
    if (isCedar && makeReader !== null) {
      core.staging.busy = true;
      try {
        reader = makeReader(core, contents, options);
      } catch (error) {
        core.exports.unload(handle);
        return refused(STATUS_REQUEST_INVALID, contents, error instanceof Error ? error.message : String(error));
      } finally {
        core.staging.busy = false;
      }
    }
    const running = new RunningArtifact(core, handle, contents, projection, reader);
    return new Engine(STATUS_OK, contents, running, maxStringBytes, stageTree);
  } catch {
    return refused(STATUS_HOST_ERROR, contents);
  }
}

function ruleInfos(artifact: ArtifactContents): readonly RuleInfo[] {
  return Array.from({ length: artifact.ruleCount }, (_, index) => {
    const { id, effect, reason, advice, approvers, path, line, column } = artifact.rule(index);
    return { id, effect: decisionOf(effect), reason, advice, approvers, place: { path, line, column } };
  });
}
