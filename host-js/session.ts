// In: a principal and a context, once; then calls. Out: verdicts. What the session fixes is read and staged when it is made;
// later changes to those objects are not seen.

import {
  KIND_ENTRY,
  POINT_WITHOUT_TRANSFORMS,
  STATUS_HOST_ERROR,
  STATUS_REQUEST_INVALID,
} from '../wasm-core/contract/codes.ts';

import { UNNUMBERED } from './lookup.ts';
import { isObject, ownValue } from './own.ts';
import type { FixedPart } from './request.ts';
import type { DecideOptions } from './resolve.ts';
import type { RunningArtifact } from './running.ts';
import { snapshot } from './snapshot.ts';
import { isWithoutValue, type Staging } from './staging.ts';
import type { Call } from './types.ts';
import type { Verdict } from './verdict.ts';

/** Decides calls of one principal in one context. Made by `engine.session`. */
export interface Session {
  /** As `engine.decide`, with the session's principal and context. */
  decide(call: Call, options?: DecideOptions): Verdict;
  decide(call: unknown, options?: DecideOptions): Verdict;
}

/** A session of requests in a form of their own: each call is put together with the subject, whose members stand before the call's. */
export class JoinedSession implements Session {
  readonly #running: RunningArtifact;
  /** A copy; null if the subject is not plain data. */
  readonly #subject: object | null;

  constructor(running: RunningArtifact, subject: unknown) {
    this.#running = running;
    this.#subject = copyOf(subject);
  }

  /** As Engine.isAsMade. */
  static isAsMade(value: object): boolean {
    return #subject in value && value.decide === joinedDecide;
  }

  decide(call: Call, options?: DecideOptions): Verdict;
  decide(call: unknown, options?: DecideOptions): Verdict;
  decide(call: unknown, options?: DecideOptions): Verdict {
    const flags = options?.transforms === false ? POINT_WITHOUT_TRANSFORMS : 0;
    if (this.#subject === null) return this.#running.refuse(STATUS_REQUEST_INVALID);
    if (!isObject(call)) return this.#running.decide(call, flags);
    const joined = {};
    try {
      for (const name of CALL_MEMBERS) define(joined, name, ownValue(call, name));
    } catch {
      return this.#running.refuse(STATUS_HOST_ERROR); // A proxy threw.
    }
    for (const name of Object.keys(this.#subject)) {
      const value = ownValue(this.#subject, name);
      if (value !== undefined) define(joined, name, value);
    }
    return this.#running.decide(joined, flags);
  }
}

/** What a Cedar call may bring beside what its session fixes; `principal` never is the call's. */
const CALL_MEMBERS = ['at', 'action', 'resource', 'context', 'entities'] as const;

function copyOf(subject: unknown): object | null {
  try {
    const copy = snapshot(subject);
    return isObject(copy) ? copy : null;
  } catch {
    return null;
  }
}

function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** A subject larger than this is not compared with others. In bytes. */
const MAX_CONTENTS = 4096;
/** A session whose subject is staged again only for a call that the core is asked of, and if something else has used the area. */
export class StagedSession implements Session {
  readonly #running: RunningArtifact;
  readonly #fixed: StagedSubject;
  #status = -STATUS_HOST_ERROR;

  constructor(running: RunningArtifact, subject: unknown) {
    const { projection } = running;
    const fixed = new StagedSubject(projection.subjectSlots);
    this.#running = running;
    this.#status = running.stage((staging) => {
      const status = projection.stageSubject(staging, subject);
      if (status >= 0) fixed.keep(staging);
      return status;
    });
    fixed.number = projection.lookup.numberOf(fixed.contents());
    this.#fixed = fixed;
  }

  /** As Engine.isAsMade. */
  static isAsMade(value: object): boolean {
    return #fixed in value && value.decide === stagedDecide;
  }

  decide(call: Call, options?: DecideOptions): Verdict;
  decide(call: unknown, options?: DecideOptions): Verdict;
  decide(call: unknown, options?: DecideOptions): Verdict {
    const running = this.#running;
    if (this.#status < 0) return running.refuse(running.alive ? -this.#status : STATUS_HOST_ERROR);
    const { staging } = running.core;
    // Before the area is taken: what reading options throws is the caller's.
    const flags = options?.transforms === false ? POINT_WITHOUT_TRANSFORMS : 0;
    const trusted = options?.trusted === true;
    if (staging.busy || !running.alive) return running.refuse(STATUS_HOST_ERROR);
    staging.busy = true;
    let point = -STATUS_HOST_ERROR;
    try {
      point = running.projection.stageCall(staging, call, flags, trusted, this.#fixed);
    } catch {
      staging.resident = null;
      running.projection.lookup.forgetValues();
    } finally {
      staging.busy = false;
    }
    return running.decideStaged(point, flags);
  }
}

const joinedDecide: unknown = Reflect.get(JoinedSession.prototype, 'decide');
const stagedDecide: unknown = Reflect.get(StagedSession.prototype, 'decide');

/** A subject as it was staged. */
class StagedSubject implements FixedPart {
  readonly #slots: readonly number[];
  readonly #kinds: Uint8Array;
  readonly #words: Uint32Array;
  /** Long texts [0, bottom) and lists and short texts [top, end) of the room. */
  #bottomBytes: Uint8Array = NO_BYTES;
  #topBytes: Uint8Array = NO_BYTES;
  bottom = 0;
  top = 0;
  longRoom: Uint8Array = NO_BYTES;
  /** Sessions that fix the same have the same number. */
  number: number = UNNUMBERED;
  #generation = -1;

  constructor(slots: readonly number[]) {
    this.#slots = slots;
    this.#kinds = new Uint8Array(slots.length);
    this.#words = new Uint32Array(slots.length * 2);
  }

  keep(staging: Staging): void {
    for (const [i, slot] of this.#slots.entries()) {
      const kind = staging.u8[staging.kindsAt + slot] ?? 0;
      this.#kinds[i] = kind;
      // What the words of the others were before is no part of what is fixed.
      if (isWithoutValue(kind)) continue;
      this.#words[i * 2] = staging.u32[(staging.valuesAt + slot) * 2] ?? 0;
      if (kind !== KIND_ENTRY) this.#words[i * 2 + 1] = staging.u32[(staging.valuesAt + slot) * 2 + 1] ?? 0;
    }
    this.#bottomBytes = staging.room.slice(0, staging.bottom);
    this.bottom = staging.bottom;
    this.#topBytes = staging.room.slice(staging.top, staging.size);
    this.top = staging.top;
  }

  /** All that is fixed, as a text; empty: too much to compare. */
  contents(): string {
    const parts = [this.#kinds, new Uint8Array(this.#words.buffer), this.#bottomBytes, this.#topBytes];
    const sizeBytes = parts.reduce((sum, part) => sum + part.length + 1, 0);
    return sizeBytes > MAX_CONTENTS ? '' : parts.map((part) => String.fromCharCode(part.length, ...part)).join('');
  }

  restore(staging: Staging): void {
    if (this.#generation !== staging.generation) {
      // INVARIANT (core): the room never shrinks below what a loaded artifact was given.
      if (this.top + this.#topBytes.length > staging.size) throw new RangeError('the staging area shrank');
      this.longRoom = staging.room.subarray(this.#bottomBytes.length);
      this.#generation = staging.generation;
    }
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? 0;
      staging.u8[staging.kindsAt + slot] = this.#kinds[i] ?? 0;
      staging.u32[(staging.valuesAt + slot) * 2] = this.#words[i * 2] ?? 0;
      staging.u32[(staging.valuesAt + slot) * 2 + 1] = this.#words[i * 2 + 1] ?? 0;
    }
    if (this.#bottomBytes.length > 0) staging.room.set(this.#bottomBytes, 0);
    if (this.#topBytes.length > 0) staging.room.set(this.#topBytes, this.top);
  }
}
