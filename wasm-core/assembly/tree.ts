// In: a value of a request with all that is in it (contract/terms.ts). Out: when the request came as bytes, whether everything it
// names lies inside them; and, for a tree view, the value as an element or why there is none (LANGUAGE.md 5.9, 5.10).
// Never looks at an element that was not verified: both walks stop at the same depth and at the same count.

import {
  CAUSE_ENCODING,
  CAUSE_LIMIT,
  CAUSE_NONE,
  CAUSE_TYPE,
  CLASS_WRONG_TYPE,
  CONSTANT_EMPTY_LIST,
  CONSTANT_STRING,
  CONSTANT_DOUBLE,
  ELEMENT_KIND,
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  KIND_BOOL,
  KIND_LAST_IN_BYTES,
  KIND_LIST,
  KIND_LIST_TOO_LONG,
  KIND_MAP,
  KIND_NULL,
  KIND_NUMBER,
  KIND_STRING,
  KIND_STRING_ILL_FORMED,
  KIND_STRING_TOO_LONG,
} from '../contract/codes.ts';
import { CONSTANT_LENGTH, CONSTANT_VALUE } from '../contract/layout.ts';
import { MAX_TREE_DEPTH, MAX_TREE_ELEMENTS } from '../contract/limits.ts';
import {
  KIND_BYTES,
  KIND_CEDAR_DATETIME,
  KIND_CEDAR_DECIMAL,
  KIND_CEDAR_DURATION,
  KIND_CIDR,
  KIND_ENTITY,
  KIND_DURATION,
  KIND_INT,
  KIND_RECORD,
  KIND_TIMESTAMP,
  KIND_UINT,
} from '../contract/terms.ts';
import { AT_BYTES, CTX_MAX_STRING_BYTES, STATE_CAUSE, STATE_ELEMENT, STATE_STATE, VIEW_OK } from './context.ts';
import { isUtf8 } from './text.ts';
import { isForeign, requestBytes } from './value.ts';

const ELEMENT_AUX: usize = 4;
/** A map's entry: key and value. */
const ENTRY_BYTES: u32 = ELEMENT_SIZE * 2;

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const FIRST_SECOND: i64 = -62135596800;
const LAST_SECOND: i64 = 253402300799;
const LAST_DURATION_SECOND: i64 = 9223372036;

let bytes: usize = 0;
let byteCount: u32 = 0;
/** Elements that lists and maps may still name. They do not share elements: otherwise this could take quadratic time. */
let elementRoom: u32 = 0;

/** Starts verifying the values of one request. */
export function beginValues(at: usize, count: u32): void {
  bytes = at;
  byteCount = count;
  elementRoom = count / <u32>ELEMENT_SIZE;
}

/** Whether `kind` is one that bytes may carry, and what the slot's value word names lies inside the bytes. */
export function isSlotValue(kind: u32, value: usize): bool {
  if (kind <= <u32>KIND_LAST_IN_BYTES) return isValue(kind, value, 0);
  if (kind == KIND_INT || kind == KIND_UINT) return true;
  if (kind < <u32>KIND_RECORD || kind > <u32>KIND_DURATION || elementRoom == 0) return false;
  const low = load<u32>(value);
  if (low & 7 || low > byteCount || byteCount - low < <u32>ELEMENT_SIZE) return false;
  elementRoom--;
  const element = bytes + low;
  return load<u8>(element, ELEMENT_KIND) == kind && isValue(kind, element + ELEMENT_VALUE, 0);
}

/** `depth`: lists and maps around the value. */
function isValue(kind: u32, value: usize, depth: i32): bool {
  const low = load<u32>(value);
  const high = load<u32>(value, 4);
  if (kind == KIND_BOOL) return low <= 1;
  if (kind == KIND_STRING || kind == KIND_BYTES) return low <= byteCount && high <= byteCount - low;
  if (kind != KIND_LIST && kind != KIND_RECORD) {
    return kind <= <u32>KIND_LAST_IN_BYTES || (kind >= <u32>KIND_RECORD && kind <= <u32>KIND_DURATION);
  }
  const width = kind == KIND_LIST ? <u32>ELEMENT_SIZE : ENTRY_BYTES;
  if (low & 7 || low > byteCount || high > (byteCount - low) / width) return false;
  const count = kind == KIND_LIST ? high : high << 1;
  if (count > elementRoom) return false;
  elementRoom -= count;
  if (count > <u32>MAX_TREE_ELEMENTS || depth >= MAX_TREE_DEPTH) return true; // over its limit: nobody looks at the elements
  for (let i: u32 = 0; i < count; i++) {
    const element = bytes + low + i * <u32>ELEMENT_SIZE;
    if (!isValue(load<u8>(element, ELEMENT_KIND), element + ELEMENT_VALUE, depth + 1)) return false;
  }
  return true;
}

let elementsLeft: u32 = 0;
let bytesLeft: u32 = 0;
let cause: i32 = CAUSE_NONE;

/** Reads a slot that is not missing as a tree; the element goes into the state. */
export function readTree(ctx: usize, given: i32, value: usize, state: usize): void {
  const element = state + STATE_ELEMENT;
  if (given == KIND_RECORD || given >= KIND_BYTES) memory.copy(element, requestBytes + load<u32>(value), ELEMENT_SIZE);
  else {
    store<u64>(element, given);
    store<u64>(element, load<u64>(value), ELEMENT_VALUE);
  }
  elementsLeft = MAX_TREE_ELEMENTS;
  bytesLeft = load<u32>(ctx, CTX_MAX_STRING_BYTES);
  cause = CAUSE_NONE;
  if (!look(element, 0)) cause = CAUSE_LIMIT;
  store<i32>(state, cause == CAUSE_NONE ? VIEW_OK : CLASS_WRONG_TYPE, STATE_STATE);
  store<i32>(state, cause, STATE_CAUSE);
}

/** False: over a limit. Else what is wrong with the tree is in `cause`; a wrong kind comes before an ill-formed text. */
function look(element: usize, depth: i32): bool {
  switch (<i32>load<u8>(element, ELEMENT_KIND)) {
    case KIND_NULL:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_INT:
    case KIND_UINT:
      return true;
    case KIND_STRING: {
      const length = load<u32>(element, ELEMENT_VALUE + 4);
      if (!takeBytes(length)) return false;
      if (isForeign && !isUtf8(requestBytes + load<u32>(element, ELEMENT_VALUE), length)) ill(CAUSE_ENCODING);
      return true;
    }
    case KIND_BYTES:
      return takeBytes(load<u32>(element, ELEMENT_VALUE + 4));
    case KIND_LIST: {
      const count = load<u32>(element, ELEMENT_VALUE + 4);
      if (depth >= MAX_TREE_DEPTH || count > elementsLeft) return false;
      elementsLeft -= count;
      const first = requestBytes + load<u32>(element, ELEMENT_VALUE);
      for (let i: u32 = 0; i < count; i++) if (!look(first + i * <u32>ELEMENT_SIZE, depth + 1)) return false;
      return true;
    }
    case KIND_RECORD: {
      const count = load<u32>(element, ELEMENT_VALUE + 4);
      // A count of 2^31 and more would wrap when doubled.
      if (depth >= MAX_TREE_DEPTH || count > elementsLeft >> 1) return false;
      elementsLeft -= count << 1;
      let at = requestBytes + load<u32>(element, ELEMENT_VALUE);
      for (const end = at + count * ENTRY_BYTES; at < end; at += ENTRY_BYTES) {
        if (!isKey(load<u8>(at, ELEMENT_KIND))) ill(CAUSE_TYPE);
        if (!look(at, depth + 1) || !look(at + ELEMENT_SIZE, depth + 1)) return false;
      }
      return true;
    }
    case KIND_TIMESTAMP: {
      const seconds = load<i64>(element, ELEMENT_VALUE);
      if (!isTimestamp(seconds, load<u32>(element, ELEMENT_AUX))) ill(CAUSE_TYPE);
      return true;
    }
    case KIND_DURATION: {
      if (!isDuration(load<i64>(element, ELEMENT_VALUE), load<i32>(element, ELEMENT_AUX))) ill(CAUSE_TYPE);
      return true;
    }
    case KIND_STRING_ILL_FORMED: {
      ill(CAUSE_ENCODING);
      return true;
    }
    case KIND_STRING_TOO_LONG:
    case KIND_LIST_TOO_LONG:
    case KIND_MAP: // an object whose parts are not carried
      return false;
    case KIND_ENTITY:
    case KIND_CIDR:
    case KIND_CEDAR_DECIMAL:
    case KIND_CEDAR_DATETIME:
    case KIND_CEDAR_DURATION: {
      // Only the host lays them out: bytes never carry these kinds.
      if (isForeign) ill(CAUSE_TYPE);
      return true;
    }
    default: {
      ill(CAUSE_TYPE);
      return true;
    }
  }
}

function takeBytes(length: u32): bool {
  if (length > bytesLeft) return false;
  bytesLeft -= length;
  return true;
}

function ill(found: i32): void {
  if (cause != CAUSE_TYPE) cause = found;
}

/** What an object, a Map or a map literal may have as a key; of an ill-formed text the cause is its encoding. */
function isKey(kind: i32): bool {
  return (
    kind == KIND_STRING || kind == KIND_STRING_ILL_FORMED || kind == KIND_BOOL || kind == KIND_INT || kind == KIND_UINT
  );
}

export function isTimestamp(seconds: i64, nanos: u32): bool {
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanos < 1000000000;
}

/** A 64-bit number of nanoseconds, in seconds and a rest of the same sign. */
export function isDuration(seconds: i64, nanos: i32): bool {
  if (seconds < -LAST_DURATION_SECOND || seconds > LAST_DURATION_SECOND) return false;
  if (nanos <= -1000000000 || nanos >= 1000000000 || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) return false;
  const whole = seconds * 1000000000;
  return nanos >= 0 ? whole <= i64.MAX_VALUE - nanos : whole >= i64.MIN_VALUE - nanos;
}

/** What stands for an omitted attribute. INVARIANT (verify-tables.ts): a bool, a double, a text or the empty list. */
export function readConstant(ctx: usize, form: i32, constant: usize, state: usize): void {
  const element = state + STATE_ELEMENT;
  let kind: i32 = KIND_BOOL;
  let word = load<u64>(constant, CONSTANT_VALUE);
  if (form == CONSTANT_DOUBLE) kind = KIND_NUMBER;
  else if (form == CONSTANT_EMPTY_LIST) {
    kind = KIND_LIST;
    word = 0;
  } else if (form == CONSTANT_STRING) {
    kind = KIND_STRING;
    const offset = <u32>(load<usize>(ctx, AT_BYTES) + <usize>word - requestBytes); // wraps (contract/terms.ts)
    word = <u64>offset | (<u64>load<u32>(constant, CONSTANT_LENGTH) << 32);
  }
  store<u64>(element, kind);
  store<u64>(element, word, ELEMENT_VALUE);
  store<i32>(state, VIEW_OK, STATE_STATE);
  store<i32>(state, CAUSE_NONE, STATE_CAUSE);
}
