// In: the address of a value in the form of ELEMENT_* (contract/terms.ts): kind u32, aux u32, value u64. Out: its parts; and the
// writers of such values. Texts and lists lie at `requestBytes` + offset, wrapping: constants and the arena are in reach of it.
// Never checks what it is given: request.ts, the host's staging and verify-terms.ts vouch for what is in memory.

import {
  CONSTANT_BOOL,
  CONSTANT_BYTES,
  CONSTANT_DOUBLE,
  CONSTANT_DURATION,
  CONSTANT_INT,
  CONSTANT_NULL,
  CONSTANT_STRING,
  CONSTANT_TIMESTAMP,
  CONSTANT_TYPE,
  CONSTANT_UINT,
  CONSTANT_ZONE,
  KIND_BOOL,
  KIND_LIST,
  KIND_NULL,
  KIND_NUMBER,
  KIND_STRING,
} from '../../contract/codes.ts';
import { CONSTANT_KIND, CONSTANT_LENGTH, CONSTANT_SIZE, CONSTANT_VALUE } from '../../contract/layout.ts';
import {
  KIND_BYTES,
  KIND_DURATION,
  KIND_INAPPLICABLE,
  KIND_INT,
  KIND_OPTIONAL,
  KIND_TIMESTAMP,
  KIND_TYPE,
  KIND_UINT,
  KIND_UNKNOWN,
} from '../../contract/terms.ts';
import { AT_BYTES, AT_CONSTANTS } from '../context.ts';
import { requestBytes } from '../value.ts';

export const AUX: usize = 4;
export const WORD: usize = 8;
/** Of texts, lists and maps: bytes, elements or entries. */
export const LENGTH: usize = 12;
export const SIZE: usize = 16;
export const ENTRY: usize = 32;

/** A zone constant on the stack; no value of the language, only an operand of the time functions. Offset and count. */
export const KIND_ZONE = 29;

@inline
export function kindOf(at: usize): i32 {
  return load<u8>(at);
}

/** Address of a text's bytes, a list's elements, a map's entries, an optional's element. */
export function spanOf(at: usize): usize {
  return requestBytes + load<u32>(at, WORD);
}

@inline
export function lengthOf(at: usize): u32 {
  return load<u32>(at, LENGTH);
}

@inline
export function isValue(at: usize): bool {
  return kindOf(at) < KIND_UNKNOWN;
}

export function isTrue(at: usize): bool {
  return kindOf(at) == KIND_BOOL && load<u32>(at, WORD) != 0;
}

export function isFalse(at: usize): bool {
  return kindOf(at) == KIND_BOOL && load<u32>(at, WORD) == 0;
}

export function isNumeric(kind: i32): bool {
  return kind == KIND_INT || kind == KIND_NUMBER || kind == KIND_UINT;
}

/** A kind whose LENGTH counts bytes. */
@inline
export function isText(kind: i32): bool {
  return kind == KIND_STRING || kind == KIND_BYTES;
}

export function copy(to: usize, from: usize): void {
  const head = load<u64>(from);
  store<u64>(to, load<u64>(from, WORD), WORD);
  store<u64>(to, head);
}

export function set(at: usize, kind: i32, word: u64): void {
  store<u64>(at, kind);
  store<u64>(at, word, WORD);
}

export function setUnknown(at: usize): void {
  set(at, KIND_UNKNOWN, 0);
}

export function setBool(at: usize, value: bool): void {
  set(at, KIND_BOOL, u64(value));
}

export function setInt(at: usize, value: i64): void {
  set(at, KIND_INT, value);
}

export function setDouble(at: usize, value: f64): void {
  set(at, KIND_NUMBER, reinterpret<u64>(value));
}

export function setSpan(at: usize, kind: i32, address: usize, length: u32): void {
  set(at, kind, <u64>(address - requestBytes) | (<u64>length << 32));
}

/** A timestamp or a duration. */
export function setTime(at: usize, kind: i32, seconds: i64, nanos: i32): void {
  set(at, kind, seconds);
  store<i32>(at, nanos, AUX);
}

export function setNone(at: usize): void {
  set(at, KIND_OPTIONAL, 0);
  store<u32>(at, 1, AUX);
}

/** Whether an optional has a value. */
@inline
export function hasValue(at: usize): bool {
  return load<u32>(at, AUX) == 0;
}

/** Of two outcomes of operands of something strict, the one that counts: 0, KIND_UNKNOWN or KIND_INAPPLICABLE (LANGUAGE.md 5.9). */
export function strictOutcome(first: usize, count: u32): i32 {
  let found: i32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const kind = kindOf(first + i * <u32>SIZE);
    if (kind >= KIND_UNKNOWN) found = max(found, kind);
  }
  return found;
}

/** INVARIANT (verify-terms.ts): the constant exists, and its text lies in the byte pool. */
export function pushConstant(ctx: usize, index: u32, at: usize): void {
  const constant = load<usize>(ctx, AT_CONSTANTS) + index * <u32>CONSTANT_SIZE;
  const word = load<u64>(constant, CONSTANT_VALUE);
  const length = load<u32>(constant, CONSTANT_LENGTH);
  switch (load<i32>(constant, CONSTANT_KIND)) {
    case CONSTANT_BOOL:
      return set(at, KIND_BOOL, word);
    case CONSTANT_INT:
      return set(at, KIND_INT, word);
    case CONSTANT_DOUBLE:
      return set(at, KIND_NUMBER, word);
    case CONSTANT_STRING:
      return setSpan(at, KIND_STRING, load<usize>(ctx, AT_BYTES) + <u32>word, length);
    case CONSTANT_NULL:
      return set(at, KIND_NULL, 0);
    case CONSTANT_UINT:
      return set(at, KIND_UINT, word);
    case CONSTANT_BYTES:
      return setSpan(at, KIND_BYTES, load<usize>(ctx, AT_BYTES) + <u32>word, length);
    case CONSTANT_TIMESTAMP:
      return setTime(at, KIND_TIMESTAMP, word, length);
    case CONSTANT_DURATION:
      return setTime(at, KIND_DURATION, word, length);
    case CONSTANT_TYPE:
      return set(at, KIND_TYPE, word);
    case CONSTANT_ZONE:
      return setSpan(at, KIND_ZONE, load<usize>(ctx, AT_BYTES) + <u32>word, length);
    default:
      setSpan(at, KIND_LIST, requestBytes, 0); // CONSTANT_EMPTY_LIST
  }
}
