// In: a request, a call of a session, or request bytes. Out: a verdict of one loaded artifact. Never throws: whatever fails,
// in the request or in the core, is a deny with a status (LANGUAGE.md 10).

import {
  EFFECT_DENY,
  STATUS_HOST_ERROR,
  STATUS_NOT_GOVERNED,
  STATUS_OK,
  STATUS_REQUEST_INVALID,
  STATUS_REQUEST_TOO_LARGE,
} from '../wasm-core/contract/codes.ts';
import { PACKED_STATUS_SHIFT } from '../wasm-core/contract/request.ts';
import type { ArtifactContents } from './artifact.ts';
import { bytesOf, bytesOfAll, sizeOf } from './bytes.ts';
import type { CoreInstance } from './core.ts';
import type { Projection } from './request.ts';
import type { Staging } from './staging.ts';
import { refusal, type Verdict, VerdictReader } from './verdict.ts';

/** Fills a staging area; returns the point, or -STATUS_*. May throw. */
export type Fill = (staging: Staging) => number;

/** Reads requests in a form of their own: Cedar's (LANGUAGE.md 14.3). */
export interface RequestReader {
  /** As Projection's. */
  stageRequest(staging: Staging, request: unknown): number;
  /** Why the last request was refused, or empty. */
  readonly problem: string;
  /** Replaces the entities of later requests; what is wrong with them, and the old ones stay. */
  setEntities(entities: unknown): string | null;
  /** Gives up what it has in the core. */
  release(): void;
}

/** Bytes of one entry of a batch's table and of its answers (contract: `decideBatch`). */
const BATCH_ENTRY_BYTES = 8;
const BATCH_ANSWER_BYTES = 2;
const MAX_U32 = 0xffffffff;

/** One artifact in one core. */
export class RunningArtifact {
  readonly core: CoreInstance;
  readonly artifact: ArtifactContents;
  readonly projection: Projection;
  /** Null: requests are the usual ones. */
  readonly reader: RequestReader | null;
  readonly #handle: number;
  readonly #verdicts: VerdictReader;
  #disposed = false;

  constructor(
    core: CoreInstance,
    handle: number,
    artifact: ArtifactContents,
    projection: Projection,
    reader: RequestReader | null = null,
  ) {
    this.core = core;
    this.#handle = handle;
    this.artifact = artifact;
    this.projection = projection;
    this.reader = reader;
    this.#verdicts = new VerdictReader(artifact);
  }

  get alive(): boolean {
    return !this.#disposed && !this.core.broken;
  }

  refuse(status: number): Verdict {
    return refusal(status, this.artifact.hash);
  }

  /** `flags`: POINT_WITHOUT_TRANSFORMS, or 0. `trusted`: DecideOptions. */
  decide(request: unknown, flags: number = 0, trusted: boolean = false): Verdict {
    const { staging } = this.core;
    if (staging.busy || !this.alive) return this.refuse(STATUS_HOST_ERROR);
    staging.busy = true;
    let point = -STATUS_HOST_ERROR;
    try {
      point =
        this.reader === null
          ? this.projection.stageRequest(staging, request, flags, trusted)
          : this.reader.stageRequest(staging, request);
    } catch {
      // A proxy threw: `point` says so already.
      this.projection.lookup.forgetValues();
    } finally {
      staging.busy = false;
    }
    const problem = point < 0 ? (this.reader?.problem ?? '') : '';
    return problem === '' ? this.decideStaged(point, flags) : { ...this.refuse(-point), reason: problem };
  }

  /** Fills the staging area without deciding. As everywhere: no two fillings at once, and no throw gets out. */
  stage(fill: Fill): number {
    const { staging } = this.core;
    if (staging.busy || !this.alive) return -STATUS_HOST_ERROR;
    staging.busy = true;
    try {
      return fill(staging);
    } catch {
      return -STATUS_HOST_ERROR;
    } finally {
      staging.busy = false;
    }
  }

  /** Decides what is staged, or recalls it. */
  decideStaged(point: number, flags: number = 0): Verdict {
    if (point < 0) return this.refuse(-point);
    // A trap may have disposed of this engine while it was being read.
    if (!this.alive) return this.refuse(STATUS_HOST_ERROR);
    const { core, projection } = this;
    const { lookup } = projection;
    if (lookup.recalled !== null) return lookup.recalled;
    try {
      core.broken = true; // Until the core returns.
      const packed = core.exports.decide(this.#handle, point | flags, core.staging.bytesUsed);
      core.broken = false;
      const verdict = this.#verdicts.read(core, this.#handle, packed);
      lookup.keep(verdict);
      return verdict;
    } catch {
      return this.refuse(STATUS_HOST_ERROR);
    }
  }

  /** A view of the core's memory for requests of up to `sizeBytes`; null: there is no room. */
  reserve(sizeBytes: number): Uint8Array | null {
    if (!this.alive || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > MAX_U32) return null;
    return this.core.lend(sizeBytes);
  }

  /** Copies request bytes in, where they are not in already, has them verified, and decides. */
  decideBytes(bytes: Uint8Array): Verdict {
    const packed = this.#decideBytes(bytes);
    if (packed < 0) return this.refuse(-packed);
    try {
      return this.#verdicts.read(this.core, this.#handle, packed);
    } catch {
      return this.refuse(STATUS_HOST_ERROR);
    }
  }

  /** What the core returned, or -STATUS_*. */
  #decideBytes(request: unknown): number {
    const { core } = this;
    if (core.staging.busy || !this.alive) return -STATUS_HOST_ERROR;
    try {
      if (request === core.reserved && core.reserved !== null && this.reader === null) {
        core.broken = true;
        const packed = core.exports.decideRequest(this.#handle, core.reservedPtr, core.reservedBytes);
        core.broken = false;
        return packed;
      }
      const bytes = bytesOf(request);
      if (bytes === null || this.reader !== null) return -STATUS_REQUEST_INVALID;
      const sizeBytes = sizeOf(bytes);
      core.staging.resident = null;
      core.broken = true;
      const ptr = core.exports.requestArea(sizeBytes) >>> 0;
      if (ptr === 0) {
        core.broken = false;
        return -STATUS_REQUEST_TOO_LARGE;
      }
      if (sizeBytes > 0) core.u8.set(bytes, ptr); // bytes whose memory has gone are none, and would throw
      const packed = core.exports.decideRequest(this.#handle, ptr, sizeBytes);
      core.broken = false;
      return packed;
    } catch {
      return -STATUS_HOST_ERROR;
    }
  }

  /** Decides many at once: an EFFECT_* each, deny where nothing can be decided. */
  decideBatch(requests: readonly unknown[]): Uint8Array {
    // The caller's list is looked at before the core is used: its getters may start a decision.
    const all = bytesOfAll(requests);
    const decisions = new Uint8Array(all.length).fill(EFFECT_DENY);
    this.#decideBatch(all, decisions, 0, all.length);
    return decisions;
  }

  /** As many calls of the core as its request area makes needed. */
  #decideBatch(requests: readonly (Uint8Array | null)[], decisions: Uint8Array, first: number, count: number): void {
    const table = count * BATCH_ENTRY_BYTES;
    const answers = align(table + count * BATCH_ANSWER_BYTES);
    let size = answers;
    for (let i = first; i < first + count; i += 1) size += align(sizeOf(requests[i] ?? NO_BYTES));
    const { core } = this;
    if (core.staging.busy || !this.alive || this.reader !== null) return;
    core.staging.resident = null;
    const ptr = count > 1 ? core.exports.requestArea(size) >>> 0 : 0;
    if (ptr === 0) {
      if (count > 1) {
        const half = count >>> 1;
        this.#decideBatch(requests, decisions, first, half);
        this.#decideBatch(requests, decisions, first + half, count - half);
      } else if (count === 1) {
        const packed = this.#decideBytes(requests[first]);
        if (packed >= 0) decisions[first] = effectOf(packed & 0xff, (packed >>> PACKED_STATUS_SHIFT) & 0xff);
      }
      return;
    }
    let at = ptr + answers;
    for (let i = 0; i < count; i += 1) {
      const bytes = requests[first + i] ?? NO_BYTES;
      const sizeBytes = sizeOf(bytes);
      core.u32[ptr / 4 + i * 2] = at;
      core.u32[ptr / 4 + i * 2 + 1] = sizeBytes;
      if (sizeBytes > 0) core.u8.set(bytes, at);
      at += align(sizeBytes);
    }
    try {
      core.broken = true;
      core.exports.decideBatch(this.#handle, ptr, count, ptr + table);
      core.broken = false;
    } catch {
      return;
    }
    for (let i = 0; i < count; i += 1) {
      const answer = ptr + table + i * BATCH_ANSWER_BYTES;
      decisions[first + i] = effectOf(core.u8[answer] ?? EFFECT_DENY, core.u8[answer + 1] ?? STATUS_HOST_ERROR);
    }
  }

  /** Frees the artifact's memory. From now on every verdict is deny. */
  dispose(): void {
    if (!this.alive) return;
    this.#disposed = true;
    try {
      this.core.broken = true;
      this.reader?.release();
      this.core.exports.unload(this.#handle);
      this.core.refresh();
      this.core.broken = false;
    } catch {
      // The core stays broken.
    }
  }
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

function align(size: number): number {
  return (size + 15) & ~15;
}

function effectOf(effect: number, status: number): number {
  return status === STATUS_OK || status === STATUS_NOT_GOVERNED ? effect : EFFECT_DENY;
}
