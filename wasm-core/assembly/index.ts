// The exports of the core: memory for artifacts and requests, loading, deciding, explaining (ARCHITECTURE.md, core ABI).
// Every failure is a status. Memory grows in `reserve` and `load` only; addresses may move there and nowhere else.

import {
  ELEMENT_SIZE,
  STATUS_ARTIFACT_INVALID,
  STATUS_ARTIFACT_UNSUPPORTED,
  STATUS_HOST_ERROR,
  STATUS_OK,
  STATUS_REQUEST_INVALID,
  STATUS_REQUEST_TOO_LARGE,
} from '../contract/codes.ts';
import { ABI_VERSION, HEADER_FLAGS } from '../contract/layout.ts';
import {
  MAX_ARTIFACTS,
  MAX_LIST_ELEMENTS,
  MAX_STRING_BYTES_DEFAULT,
  MAX_STRING_BYTES_LIMIT,
  MAX_TREE_ELEMENTS,
} from '../contract/limits.ts';
import { PACKED_STATUS_SHIFT } from '../contract/request.ts';
import { isUnknown, refuse, result } from './answer.ts';
import { openArtifact } from './artifact.ts';
import { wantLists } from './combine.ts';
import { callCedar as callCedarFunction } from './cedar/calls.ts';
import { indexStore, useStores } from './cedar/store.ts';
import { CTX_ARTIFACT, CTX_HEADER, CTX_SLOT_COUNT } from './context.ts';
import { decideRequestAt } from './decide.ts';
import { explainRule, explanation } from './explain.ts';
import { allocate, MAX_BLOCK_BYTES, release } from './memory.ts';
import { requestPoint, verifyRequest } from './request.ts';
import { beginTerm, makeArena } from './term/arena.ts';
import { setRequest } from './value.ts';

/** Room for what a request's strings and lists may be, up to here; beyond, the request is too large. */
const STAGING_CAP_BYTES: u32 = 8 << 20;
/** The request area is at least this large, so that batches have room. */
const REQUEST_AREA_FLOOR_BYTES: u32 = 1 << 20;

/** Addresses of contexts by handle, 0 if free. */
const handles: usize = memory.data(MAX_ARTIFACTS * 4, 16);

let reserved: usize = 0;
let reservedSize: u32 = 0;

let staging: usize = 0;
let stagingSlots: u32 = 0;
let stagingByteRoom: u32 = 0;
let area: usize = 0;
let areaSize: u32 = 0;

/** The context of the last decision that asked rules, or 0. */
let lastContext: usize = 0;

export function abiVersion(): u32 {
  return ABI_VERSION;
}

/** A place for `size` artifact bytes, 0 if there is none. An earlier place that `load` did not take is given up. */
export function reserve(size: u32): usize {
  release(reserved);
  reserved = allocate(size);
  reservedSize = size;
  return reserved;
}

/**
 * Verifies the artifact at `at`, which must be the place reserved last.
 *
 * @param maxStringBytes LANGUAGE.md 3.6; 0 for the default
 * @returns a handle, or -STATUS_*; the place is given up then
 */
function loadArtifact(at: usize, size: u32, maxStringBytes: u32): i32 {
  if (at == 0 || at != reserved || size > reservedSize) return -STATUS_ARTIFACT_INVALID;
  reserved = 0;
  lastContext = 0;
  const found = open(at, size, maxStringBytes == 0 ? <u32>MAX_STRING_BYTES_DEFAULT : maxStringBytes);
  if (found < 0) release(at);
  return found;
}

export { loadArtifact as load };

function open(at: usize, size: u32, maxStringBytes: u32): i32 {
  if (maxStringBytes > <u32>MAX_STRING_BYTES_LIMIT) return -STATUS_HOST_ERROR;
  let handle: u32 = 0;
  while (handle < <u32>MAX_ARTIFACTS && load<usize>(handles + (handle << 2)) != 0) handle++;
  if (handle == MAX_ARTIFACTS) return -STATUS_ARTIFACT_UNSUPPORTED;
  const ctx = openArtifact(at, size, maxStringBytes);
  if (ctx < 0) return ctx;
  if (!makeRoom(ctx, maxStringBytes)) {
    release(ctx);
    return -STATUS_HOST_ERROR;
  }
  store<usize>(handles + (handle << 2), ctx);
  return <i32>handle;
}

/** Staging and request area for the largest artifact loaded so far. */
function makeRoom(ctx: usize, maxStringBytes: u32): bool {
  const slots = load<u32>(ctx, CTX_SLOT_COUNT);
  let perSlot = maxStringBytes + <u32>(MAX_LIST_ELEMENTS * ELEMENT_SIZE);
  if (WITH_TERMS && load<u32>(load<usize>(ctx, CTX_HEADER), HEADER_FLAGS)) {
    perSlot = maxStringBytes + <u32>(MAX_TREE_ELEMENTS * ELEMENT_SIZE);
  }
  const wanted = max(stagingByteRoom, min(slots * perSlot, max(perSlot, STAGING_CAP_BYTES)));
  const count = max(stagingSlots, slots);
  if (wanted > stagingByteRoom || count > stagingSlots) {
    const block = allocate(columnBytes(count) + wanted);
    if (block == 0) return false;
    release(staging);
    staging = block;
    stagingSlots = count;
    stagingByteRoom = wanted;
  }
  const wantedArea = max(REQUEST_AREA_FLOOR_BYTES, wanted + count * 17 + 1024); // keyed: 8 more bytes a slot
  if (wantedArea > areaSize) {
    const block = allocate(wantedArea);
    if (block == 0) return false;
    release(area);
    area = block;
    areaSize = wantedArea;
  }
  return true;
}

/** The two columns: values, then kinds; multiple of 16. */
function columnBytes(slots: u32): u32 {
  return (slots * 9 + 15) & ~15;
}

function contextOf(handle: i32): usize {
  return <u32>handle < <u32>MAX_ARTIFACTS ? load<usize>(handles + (handle << 2)) : 0;
}

export function unload(handle: i32): void {
  const ctx = contextOf(handle);
  if (ctx == 0) return;
  refuse(STATUS_HOST_ERROR); // the last answer may name lists in the context
  lastContext = 0;
  store<usize>(handles + (handle << 2), 0);
  release(load<usize>(ctx, CTX_ARTIFACT));
  release(ctx);
}

/** 8 bytes a slot; multiple of 16. */
export function stagingValues(): usize {
  return staging;
}

/** One byte a slot. */
export function stagingKinds(): usize {
  return staging + (stagingSlots << 3);
}

/** Strings and elements; multiple of 8. */
export function stagingBytes(): usize {
  return staging + columnBytes(stagingSlots);
}

export function stagingBytesSize(): u32 {
  return stagingByteRoom;
}

/** Decides what stands in the staging area, which the host filled and is trusted with. Returns decision | status | listed. */
export function decide(handle: i32, point: u32, bytesUsed: u32): i32 {
  lastContext = 0;
  const ctx = contextOf(handle);
  if (ctx == 0) return refuse(STATUS_ARTIFACT_INVALID);
  if (bytesUsed > stagingByteRoom) return refuse(STATUS_REQUEST_TOO_LARGE);
  setRequest(stagingKinds(), stagingValues(), stagingBytes(), 0, 0, false);
  lastContext = ctx;
  return decideRequestAt(ctx, point);
}

/** Always the same place, 16-byte aligned; 0 if `size` bytes do not fit. */
export function requestArea(size: u32): usize {
  return size <= areaSize ? area : 0;
}

/** Whether the bytes lie in the request area. */
@inline
function isInArea(at: usize, size: u32): bool {
  return at >= area && at - area <= areaSize && size <= areaSize - <u32>(at - area);
}

/** Verifies and decides one request in the request area. */
export function decideRequest(handle: i32, at: usize, size: u32): i32 {
  return decideBytes(contextOf(handle), at, size);
}

function decideBytes(ctx: usize, at: usize, size: u32): i32 {
  lastContext = 0;
  if (ctx == 0) return refuse(STATUS_ARTIFACT_INVALID);
  if (!isInArea(at, size)) return refuse(STATUS_REQUEST_INVALID);
  const status = verifyRequest(ctx, at, size);
  if (status != STATUS_OK) return refuse(status);
  lastContext = ctx;
  return decideRequestAt(ctx, requestPoint);
}

/**
 * Decides `count` requests: `table` holds (address u32, size u32) pairs, `out` takes (decision u8, status u8) pairs; all in
 * the request area. Returns `count`, or -STATUS_REQUEST_INVALID if table or out do not lie there.
 */
export function decideBatch(handle: i32, table: usize, count: u32, out: usize): i32 {
  if (count > MAX_BLOCK_BYTES >> 3 || !isInArea(table, count << 3) || !isInArea(out, count << 1)) {
    refuse(STATUS_REQUEST_INVALID);
    return -STATUS_REQUEST_INVALID;
  }
  const ctx = contextOf(handle);
  for (let i: u32 = 0; i < count; i++) {
    const pair = table + (i << 3);
    wantLists(i + 1 == count); // what stands at `result` is the last answer
    const packed = decideBytes(ctx, load<usize>(pair), load<u32>(pair, 4));
    store<u8>(out + (i << 1), packed);
    store<u8>(out + (i << 1), packed >> PACKED_STATUS_SHIFT, 1);
  }
  return <i32>count;
}

export function resultPtr(): usize {
  return result;
}

/** Causes of a rule that the last answer, by this handle, lists as unknown; the request must still stand where it stood. */
export function explain(handle: i32, rule: u32): u32 {
  const ctx = contextOf(handle);
  return ctx == 0 || ctx != lastContext || !isUnknown(rule) ? 0 : explainRule(ctx, rule);
}

export function explainPtr(): usize {
  return explanation;
}

/** A place for `size` bytes of Cedar entities, which the host fills and is trusted with; 0 if there is none. */
export function reserveEntities(size: u32): usize {
  return WITH_TERMS ? allocate(size) : 0;
}

/** Makes what the host laid out at `at` ready to be asked. Its texts must be in reach of the staging area's bytes. */
export function indexEntities(at: usize): void {
  if (!WITH_TERMS) return;
  setRequest(stagingKinds(), stagingValues(), stagingBytes(), 0, 0, false);
  indexStore(at);
}

/** The entities of the decisions that follow; 0: none. `extra` is asked first. */
export function useEntities(loaded: usize, extra: usize): void {
  if (WITH_TERMS) useStores(loaded, extra);
}

export function releaseEntities(at: usize): void {
  if (WITH_TERMS) release(at);
}

/** Calls a function of Cedar on the elements at `at`, in the staging area; the value replaces the first. */
export function callCedar(fn: i32, at: usize): void {
  // A policy without terms has made no arena.
  if (!WITH_TERMS || !makeArena()) return;
  setRequest(stagingKinds(), stagingValues(), stagingBytes(), 0, 0, false);
  beginTerm();
  callCedarFunction(fn, at);
}
