// In: bytes in core memory that claim to be a request (FORMAT.md 4), positional or keyed. Out: a status; if it is STATUS_OK,
// the request is the one that value.ts reads. Never lets a string, a list or an element outside the bytes through.

import {
  ELEMENT_KIND,
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  KIND_BOOL,
  KIND_LAST_IN_BYTES,
  KIND_LIST,
  KIND_NUMBER,
  KIND_STRING,
  POINT_PRE_TOOL_CALL,
  STATUS_LAYOUT_MISMATCH,
  STATUS_OK,
  STATUS_REQUEST_INVALID,
} from '../contract/codes.ts';
import { HEADER_LAYOUT_LO } from '../contract/layout.ts';
import { MAX_LIST_ELEMENTS } from '../contract/limits.ts';
import {
  REQUEST_BYTES_FIELD,
  REQUEST_KEYS_FIELD,
  REQUEST_KINDS_FIELD,
  REQUEST_LAYOUT_FIELD,
  REQUEST_POINT_FIELD,
  REQUEST_VALUES_FIELD,
} from '../contract/request.ts';
import { KIND_DURATION, KIND_RECORD } from '../contract/terms.ts';
import { CTX_HEADER, CTX_SLOT_COUNT } from './context.ts';
import { openRequest, requestVector, scalar } from './flatbuffer.ts';
import { beginValues, isSlotValue } from './tree.ts';
import { setRequest } from './value.ts';

/** Point of the request verified last. */
export let requestPoint: u32 = 0;

/** Keys, kinds, values, bytes: address and count of each. */
const columns: usize = memory.data(32, 8);

let bytes: usize = 0;
let byteCount: u32 = 0;
/** Elements that lists may still name. Lists do not share elements: otherwise checking them could take quadratic time. */
let elementRoom: u32 = 0;

export function verifyRequest(ctx: usize, start: usize, size: u32): i32 {
  if (!openRequest(start, size)) return STATUS_REQUEST_INVALID;
  const layoutAt = scalar(REQUEST_LAYOUT_FIELD, 8);
  const pointAt = scalar(REQUEST_POINT_FIELD, 1);
  if (layoutAt == 1 || pointAt == 1) return STATUS_REQUEST_INVALID;
  const layout: u64 = layoutAt != 0 ? load<u64>(layoutAt) : 0;
  requestPoint = pointAt != 0 ? <u32>load<u8>(pointAt) : POINT_PRE_TOOL_CALL;

  if (!requestVector(REQUEST_KEYS_FIELD, 3, columns)) return STATUS_REQUEST_INVALID;
  if (!requestVector(REQUEST_KINDS_FIELD, 0, columns + 8)) return STATUS_REQUEST_INVALID;
  if (!requestVector(REQUEST_VALUES_FIELD, 3, columns + 16)) return STATUS_REQUEST_INVALID;
  if (!requestVector(REQUEST_BYTES_FIELD, 0, columns + 24)) return STATUS_REQUEST_INVALID;
  const keys = load<usize>(columns);
  const keyCount = load<u32>(columns, 4);
  const kinds = load<usize>(columns, 8);
  const count = load<u32>(columns, 12);
  const values = load<usize>(columns, 16);
  if (load<u32>(columns, 20) != count) return STATUS_REQUEST_INVALID;
  bytes = load<usize>(columns, 24);
  byteCount = load<u32>(columns, 28);
  elementRoom = byteCount / <u32>ELEMENT_SIZE;
  if (WITH_TERMS) beginValues(bytes, byteCount);

  if (keys == 0) {
    if (layout != load<u64>(load<usize>(ctx, CTX_HEADER), HEADER_LAYOUT_LO)) return STATUS_LAYOUT_MISMATCH;
    if (count != load<u32>(ctx, CTX_SLOT_COUNT)) return STATUS_REQUEST_INVALID;
  } else if (layout != 0 || keyCount != count || !areSorted(keys, keyCount)) return STATUS_REQUEST_INVALID;
  let value = values;
  const end = kinds + count;
  for (let at = kinds; at < end; at++) {
    const kind: u32 = load<u8>(at);
    // Most slots hold what names no bytes, or one text.
    if (kind == KIND_STRING ? !isSpan(value) : !isFree(kind)) {
      if (WITH_TERMS ? !isSlotValue(kind, value) : !isValue(kind, value, true)) return STATUS_REQUEST_INVALID;
    }
    value += 8;
  }
  setRequest(kinds, values, bytes, keys, keyCount, true);
  return STATUS_OK;
}

/** Ascending and distinct. */
function areSorted(keys: usize, count: u32): bool {
  for (let i: u32 = 1; i < count; i++) {
    if (load<u64>(keys + (i << 3)) <= load<u64>(keys + ((i - 1) << 3))) return false;
  }
  return true;
}

/** Whether a value of this kind is sound whatever its value word says. */
@inline
function isFree(kind: u32): bool {
  return kind <= <u32>KIND_NUMBER && kind != KIND_BOOL;
}

/** Whether the text that a value word names lies inside the bytes. */
@inline
function isSpan(value: usize): bool {
  return <u64>load<u32>(value) + <u64>load<u32>(value, 4) <= <u64>byteCount;
}

/** `kind` is one that bytes may carry, and what its value word names lies inside the bytes. Lists do not nest. */
function isValue(kind: u32, value: usize, mayList: bool): bool {
  // Of the kinds of trees nothing is read here but the size of an object.
  if (kind > <u32>KIND_LAST_IN_BYTES) return kind >= <u32>KIND_RECORD && kind <= <u32>KIND_DURATION;
  const low = load<u32>(value);
  const high = load<u32>(value, 4);
  if (kind == KIND_BOOL) return low <= 1;
  if (kind == KIND_STRING) return isSpan(value);
  if (kind != KIND_LIST || !mayList) return true;
  if (low & 7 || low > byteCount || high > (byteCount - low) / <u32>ELEMENT_SIZE || high > elementRoom) return false;
  elementRoom -= high;
  if (high > <u32>MAX_LIST_ELEMENTS) return true; // a value over its limit: nobody looks at the elements
  for (let i: u32 = 0; i < high; i++) {
    const element = bytes + low + i * <u32>ELEMENT_SIZE;
    const found: u32 = load<u8>(element, ELEMENT_KIND);
    if (found == KIND_STRING ? !isSpan(element + ELEMENT_VALUE) : !isValue(found, element + ELEMENT_VALUE, false)) return false;
  }
  return true;
}
