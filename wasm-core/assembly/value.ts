// In: the request being decided (columns of kinds and values, bytes) and a view of the artifact. Out: what the view reads:
// missing, null, wrong type with its cause, inapplicable, or a well-typed value (LANGUAGE.md 3.6, 3.7, 3.8, 5.4).
// Computed the first time a decision asks. Never trusts a string's encoding when the request came as bytes.

import {
  ABSENT_FIRST_CONSTANT,
  ABSENT_INAPPLICABLE,
  CAUSE_ENCODING,
  CAUSE_ENUM,
  CAUSE_LIMIT,
  CAUSE_MISSING,
  CAUSE_NONE,
  CAUSE_NULL,
  CAUSE_TYPE,
  CLASS_INAPPLICABLE,
  CLASS_MISSING,
  CLASS_NULL,
  CLASS_WRONG_TYPE,
  CONSTANT_EMPTY_LIST,
  CONSTANT_INT,
  CONSTANT_STRING,
  ELEMENT_KIND,
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  ENTRY_NONE,
  KIND_BOOL,
  KIND_ENTRY,
  KIND_LIST,
  KIND_LIST_TOO_LONG,
  KIND_MAP,
  KIND_MISSING,
  KIND_NULL,
  KIND_NUMBER,
  KIND_STRING,
  KIND_STRING_ILL_FORMED,
  KIND_STRING_TOO_LONG,
  VIEW_BOOL,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_LIST_BOOL,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
  VIEW_LIST_INT,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_SIZE,
  VIEW_SIZE_OF_LIST,
  VIEW_SIZE_OF_OBJECT,
  VIEW_SIZE_OF_STRING,
  VIEW_TREE,
  VIEW_TYPE,
} from '../contract/codes.ts';
import { KIND_INT, KIND_RECORD, KIND_UINT } from '../contract/terms.ts';
import {
  BUCKET_SIZE,
  CONSTANT_KIND,
  CONSTANT_LENGTH,
  CONSTANT_SIZE,
  CONSTANT_VALUE,
  ENTRY_HASH,
  ENTRY_LENGTH,
  ENTRY_SIZE,
  ENTRY_TEXT,
  SLOT_KEY_LO,
  SLOT_SIZE,
  VIEW_BIT_WORDS,
  VIEW_BUCKET_COUNT,
  VIEW_BUCKET_FIRST,
  VIEW_ENTRY_COUNT,
  VIEW_ENTRY_FIRST,
  VIEW_KIND,
  VIEW_SLOT,
} from '../contract/layout.ts';
import { MAX_LIST_ELEMENTS } from '../contract/limits.ts';
import { KIND_BYTES, KIND_RECORD } from '../contract/terms.ts';
import {
  AT_BUCKETS,
  AT_BYTES,
  AT_CONSTANTS,
  AT_ENTRIES,
  AT_SLOTS,
  CTX_ABSENT_ROW,
  CTX_EPOCH,
  CTX_MAX_STRING_BYTES,
  CTX_VIEW_STATES,
  STATE_ABSENT,
  STATE_BITS,
  STATE_BITS_EPOCH,
  STATE_CAUSE,
  STATE_ENTRY,
  STATE_EPOCH,
  STATE_LENGTH,
  STATE_SIZE,
  STATE_STATE,
  STATE_VALUE,
  STATE_VIEW,
  VIEW_OK,
} from './context.ts';
import { VIEW_MASKS } from './link.ts';
import { countCodePoints, hashOf, hashText, isSame, isUtf8, lastWord, sameText } from './text.ts';
import { readConstant, readTree } from './tree.ts';

const MAX_SAFE_INT: f64 = 9007199254740991;

export let kinds: usize = 0;
export let values: usize = 0;
/** What offsets of strings and lists count from. */
export let requestBytes: usize = 0;
/** Sorted keys of the keyed form, or 0: kinds and values are by slot. */
export let keys: usize = 0;
let keyCount: u32 = 0;
/** Whether strings may be ill-formed UTF-8: they come from elsewhere than the host's own encoder. */
export let isForeign: bool = false;

/** Makes this the request that views read. Everything named must lie in memory (request.ts, or the host's staging). */
@inline
export function setRequest(k: usize, v: usize, b: usize, keyColumn: usize, count: u32, foreign: bool): void {
  kinds = k;
  values = v;
  requestBytes = b;
  keys = keyColumn;
  keyCount = count;
  isForeign = foreign;
}

/** The state record of a view, computed at the first question of a decision. */
@inline
export function readView(ctx: usize, view: u32): usize {
  const state = load<usize>(ctx, CTX_VIEW_STATES) + view * <u32>STATE_SIZE;
  readState(ctx, state, load<u32>(ctx, CTX_EPOCH));
  return state;
}

@inline
export function readState(ctx: usize, state: usize, epoch: u32): void {
  if (load<u32>(state, STATE_EPOCH) != epoch) readSlot(ctx, state, epoch);
}

/** INVARIANT (verify-tables.ts): some bucket is empty, so the loop ends. */
export function probe(ctx: usize, view: usize, text: usize, length: u32): i32 {
  const count = load<u32>(view, VIEW_BUCKET_COUNT);
  if (count == 0) return -1;
  const last = WITH_TERMS ? 0 : lastWord(text, length); // code of the full core is short
  const hash = WITH_TERMS ? hashText(text, length) : hashOf(text, length, last);
  const buckets = load<usize>(ctx, AT_BUCKETS) + load<u32>(view, VIEW_BUCKET_FIRST) * <u32>BUCKET_SIZE;
  const entries = load<usize>(ctx, AT_ENTRIES) + load<u32>(view, VIEW_ENTRY_FIRST) * <u32>ENTRY_SIZE;
  let bucket = hash & (count - 1);
  while (true) {
    const entry = load<u32>(buckets + bucket * <u32>BUCKET_SIZE);
    if (entry == 0) return -1;
    const record = entries + (entry - 1) * <u32>ENTRY_SIZE;
    if (
      load<u32>(record, ENTRY_HASH) == hash &&
      load<u32>(record, ENTRY_LENGTH) == length &&
      isEntry(load<usize>(ctx, AT_BYTES) + load<u32>(record, ENTRY_TEXT), text, length, last)
    ) {
      return <i32>(entry - 1);
    }
    bucket = (bucket + 1) & (count - 1);
  }
}

@inline
function isEntry(entry: usize, text: usize, length: u32, last: u64): bool {
  return WITH_TERMS ? sameText(entry, text, length) : isSame(entry, text, length, last);
}

/** Index of a slot's kind and value in the columns, or -1: the keyed form does not carry it. */
@inline
function columnOf(ctx: usize, slot: u32): i32 {
  if (keys == 0) return <i32>slot;
  const key = load<u64>(load<usize>(ctx, AT_SLOTS) + slot * <u32>SLOT_SIZE, SLOT_KEY_LO);
  let first: u32 = 0;
  let count = keyCount;
  while (count > 0) {
    const half = count >> 1;
    const found = load<u64>(keys + ((first + half) << 3));
    if (found == key) return <i32>(first + half);
    if (found < key) {
      first += half + 1;
      count -= half + 1;
    } else count = half;
  }
  return -1;
}

function readSlot(ctx: usize, state: usize, epoch: u32): void {
  store<u32>(state, epoch, STATE_EPOCH);
  const record = load<usize>(state, STATE_VIEW);
  const kind = load<i32>(record, VIEW_KIND);
  const column = columnOf(ctx, load<u32>(record, VIEW_SLOT));
  const given: i32 = column < 0 ? KIND_MISSING : <i32>load<u8>(kinds + column);
  if (given == KIND_STRING && kind <= VIEW_ENUM) return readText(ctx, record, kind, values + (<usize>column << 3), state);
  if (given == KIND_MISSING) return readAbsent(ctx, record, kind, state);
  if (WITH_TERMS && kind == VIEW_TREE) return readTree(ctx, given, values + (<usize>column << 3), state);
  if (given == KIND_NULL) return settle(state, CLASS_NULL, CAUSE_NULL);
  if (kind == VIEW_PRESENCE) return settle(state, VIEW_OK, CAUSE_NONE);
  if (kind == VIEW_TYPE) return settleNumber(state, <f64>typeOf(given));
  const value = values + (<usize>column << 3);
  if (kind <= VIEW_ENUM) {
    if (given == KIND_ENTRY) return readEntry(ctx, record, kind, load<u32>(value), state);
    return refuse(state, textCause(ctx, given, value));
  }
  if (kind >= VIEW_LIST_STRING && kind <= VIEW_LIST_DOUBLE) return readList(ctx, record, kind, given, value, state);
  if (isSizeKind(kind)) return readSize(ctx, kind, given, value, state);
  if (kind == VIEW_BOOL) {
    if (given != KIND_BOOL) return refuse(state, CAUSE_TYPE);
    store<u64>(state, load<u32>(value), STATE_VALUE);
    return settle(state, VIEW_OK, CAUSE_NONE);
  }
  if (given != KIND_NUMBER || !isNumber(load<f64>(value), kind == VIEW_INT)) return refuse(state, CAUSE_TYPE);
  return settleNumber(state, load<f64>(value));
}

/** A view of a size, whatever it is of. */
export function isSizeKind(kind: i32): bool {
  return kind == VIEW_SIZE || (kind >= VIEW_SIZE_OF_STRING && kind <= VIEW_SIZE_OF_OBJECT);
}

/** What a type view gives: one kind for all texts, one for all lists (codes.ts, VIEW_TYPE). */
function typeOf(given: i32): i32 {
  if (given == KIND_STRING_TOO_LONG || given == KIND_STRING_ILL_FORMED || given == KIND_ENTRY) return KIND_STRING;
  if (given >= KIND_RECORD && given != KIND_INT && given != KIND_UINT) return KIND_MAP;
  return given == KIND_LIST_TOO_LONG ? KIND_LIST : given;
}

/** LANGUAGE.md 3.6: finite; an int also integral and within 2^53 - 1. */
@inline
export function isNumber(value: f64, isInt: bool): bool {
  return isInt ? abs(value) <= MAX_SAFE_INT && nearest(value) == value : abs(value) < Infinity;
}

function settle(state: usize, outcome: i32, cause: i32): void {
  store<i32>(state, outcome, STATE_STATE);
  store<i32>(state, cause, STATE_CAUSE);
}

function refuse(state: usize, cause: i32): void {
  settle(state, CLASS_WRONG_TYPE, cause);
}

function settleNumber(state: usize, value: f64): void {
  store<f64>(state, value, STATE_VALUE);
  settle(state, VIEW_OK, CAUSE_NONE);
}

/** A text or a list: where, and how long. */
@inline
function settleSpan(state: usize, at: usize, length: u32): void {
  store<usize>(state, at, STATE_VALUE);
  store<u32>(state, length, STATE_LENGTH);
  store<i32>(state, VIEW_OK, STATE_STATE);
  store<i32>(state, CAUSE_NONE, STATE_CAUSE);
}

/** LANGUAGE.md 3.7, 5.4. INVARIANT (verify-tables.ts): the constant fits the view. */
function readAbsent(ctx: usize, record: usize, kind: i32, state: usize): void {
  const absent = load<u32>(load<usize>(ctx, CTX_ABSENT_ROW) + load<u32>(state, STATE_ABSENT));
  if (absent == ABSENT_INAPPLICABLE) return settle(state, CLASS_INAPPLICABLE, CAUSE_NONE);
  if (absent < <u32>ABSENT_FIRST_CONSTANT) return settle(state, CLASS_MISSING, CAUSE_MISSING);
  const constant = load<usize>(ctx, AT_CONSTANTS) + (absent - <u32>ABSENT_FIRST_CONSTANT) * <u32>CONSTANT_SIZE;
  const form = load<i32>(constant, CONSTANT_KIND);
  if (WITH_TERMS && kind == VIEW_TREE) return readConstant(ctx, form, constant, state);
  if (form == CONSTANT_STRING) {
    const text = load<usize>(ctx, AT_BYTES) + load<u32>(constant, CONSTANT_VALUE);
    const length = load<u32>(constant, CONSTANT_LENGTH);
    if (isSizeKind(kind)) return settleNumber(state, <f64>countCodePoints(text, length));
    if (settleText(ctx, record, text, length, state) < 0 && kind == VIEW_ENUM) refuse(state, CAUSE_ENUM);
    return;
  }
  if (form == CONSTANT_INT) return settleNumber(state, <f64>load<i64>(constant, CONSTANT_VALUE));
  if (form == CONSTANT_EMPTY_LIST) {
    store<u64>(state, 0, STATE_VALUE); // no elements; as a size, 0.0
  } else store<u64>(state, load<u64>(constant, CONSTANT_VALUE), STATE_VALUE);
  settle(state, VIEW_OK, CAUSE_NONE);
}

/** Cause of a string value that is no well-typed text whatever the view, or CAUSE_NONE. The order is that of 3.6. */
function textCause(ctx: usize, given: i32, value: usize): i32 {
  if (given == KIND_STRING) {
    const length = load<u32>(value, 4);
    if (length > load<u32>(ctx, CTX_MAX_STRING_BYTES)) return CAUSE_LIMIT;
    return isForeign && !isUtf8(requestBytes + load<u32>(value), length) ? CAUSE_ENCODING : CAUSE_NONE;
  }
  if (given == KIND_STRING_TOO_LONG) return CAUSE_LIMIT;
  return given == KIND_STRING_ILL_FORMED ? CAUSE_ENCODING : CAUSE_TYPE;
}

/** What the dictionary knows is well-formed. */
@inline
function readText(ctx: usize, record: usize, kind: i32, value: usize, state: usize): void {
  const text = requestBytes + load<u32>(value);
  const length = load<u32>(value, 4);
  if (length > load<u32>(ctx, CTX_MAX_STRING_BYTES)) return refuse(state, CAUSE_LIMIT);
  const entry = settleText(ctx, record, text, length, state);
  if (entry >= 0) return;
  if (isForeign && !isUtf8(text, length)) return refuse(state, CAUSE_ENCODING);
  if (kind == VIEW_ENUM) refuse(state, CAUSE_ENUM);
}

@inline
function settleText(ctx: usize, record: usize, text: usize, length: u32, state: usize): i32 {
  const entry = probe(ctx, record, text, length);
  store<i32>(state, entry, STATE_ENTRY);
  settleSpan(state, text, length);
  return entry;
}

/** What the host knows already. ENTRY_NONE comes without text: it is only for views whose text nobody reads. */
function readEntry(ctx: usize, record: usize, kind: i32, entry: u32, state: usize): void {
  if (entry == <u32>ENTRY_NONE || entry >= load<u32>(record, VIEW_ENTRY_COUNT)) {
    store<i32>(state, -1, STATE_ENTRY);
    settleSpan(state, 0, 0);
    if (kind == VIEW_ENUM) refuse(state, CAUSE_ENUM);
    return;
  }
  store<u32>(state, entry, STATE_ENTRY);
  const at = load<usize>(ctx, AT_ENTRIES) + (load<u32>(record, VIEW_ENTRY_FIRST) + entry) * <u32>ENTRY_SIZE;
  settleSpan(state, load<usize>(ctx, AT_BYTES) + load<u32>(at, ENTRY_TEXT), load<u32>(at, ENTRY_LENGTH));
}

/** The view that counts values of this kind. */
function sizeKindOf(given: i32): i32 {
  if (given == KIND_LIST || given == KIND_LIST_TOO_LONG) return VIEW_SIZE_OF_LIST;
  return isObject(given) ? VIEW_SIZE_OF_OBJECT : VIEW_SIZE_OF_STRING;
}

/** A MAP, or what came with its parts. */
@inline
function isObject(given: i32): bool {
  return given == KIND_MAP || given == KIND_RECORD || given >= KIND_BYTES;
}

/** LANGUAGE.md 3.8. */
function readSize(ctx: usize, kind: i32, given: i32, value: usize, state: usize): void {
  if (kind != VIEW_SIZE && kind != sizeKindOf(given)) return refuse(state, CAUSE_TYPE);
  if (given == KIND_LIST || given == KIND_LIST_TOO_LONG) {
    const count = given == KIND_LIST ? load<u32>(value, 4) : load<u32>(value);
    return count > <u32>MAX_LIST_ELEMENTS ? refuse(state, CAUSE_LIMIT) : settleNumber(state, <f64>count);
  }
  if (isObject(given)) return settleNumber(state, <f64>load<u32>(value + (given == KIND_MAP ? 0 : 4)));
  const cause = textCause(ctx, given, value);
  if (cause != CAUSE_NONE) return refuse(state, cause);
  settleNumber(state, <f64>countCodePoints(requestBytes + load<u32>(value), load<u32>(value, 4)));
}

/**
 * A list of texts whose bits only a dictionary tells, checked and looked up in one pass. False if it is not all sound: then readList
 * says why.
 */
@inline
function readTexts(ctx: usize, record: usize, masks: usize, elements: usize, count: u32, state: usize): bool {
  const bits = load<usize>(state, STATE_BITS);
  const words = load<u32>(record, VIEW_BIT_WORDS);
  const entryCount = load<u32>(record, VIEW_ENTRY_COUNT);
  for (let i: u32 = 0; i < words; i++) store<u64>(bits + (i << 3), 0);
  let room = load<u32>(ctx, CTX_MAX_STRING_BYTES);
  const end = elements + count * <u32>ELEMENT_SIZE;
  for (let element = elements; element < end; element += ELEMENT_SIZE) {
    const length = load<u32>(element, ELEMENT_VALUE + 4);
    if (load<u8>(element, ELEMENT_KIND) != KIND_STRING || length > room) return false;
    room -= length;
    const text = requestBytes + load<u32>(element, ELEMENT_VALUE);
    const entry = probe(ctx, record, text, length);
    if (entry < 0 && isForeign && !isUtf8(text, length)) return false; // what the dictionary knows is well-formed
    const mask = masks + (min<u32>(entry, entryCount) * words << 3); // the last mask is for what it does not know
    for (let i: u32 = 0; i < words; i++) {
      const at = bits + (i << 3);
      store<u64>(at, load<u64>(at) | load<u64>(mask + (i << 3)));
    }
  }
  store<u32>(state, load<u32>(state, STATE_EPOCH), STATE_BITS_EPOCH);
  settleSpan(state, elements, count);
  return true;
}

/** LANGUAGE.md 3.6: limit before type before encoding before enum, over all elements. */
function readList(ctx: usize, record: usize, kind: i32, given: i32, value: usize, state: usize): void {
  if (given != KIND_LIST) return refuse(state, given == KIND_LIST_TOO_LONG ? CAUSE_LIMIT : CAUSE_TYPE);
  const elements = requestBytes + load<u32>(value);
  const count = load<u32>(value, 4);
  if (count > <u32>MAX_LIST_ELEMENTS) return refuse(state, CAUSE_LIMIT);
  const masks = load<usize>(record, VIEW_MASKS);
  if (!WITH_TERMS && masks != 0 && readTexts(ctx, record, masks, elements, count, state)) return;
  let room = load<u32>(ctx, CTX_MAX_STRING_BYTES);
  let cause: i32 = CAUSE_NONE;
  for (let i: u32 = 0; i < count; i++) {
    const element = elements + i * <u32>ELEMENT_SIZE;
    const found: i32 = load<u8>(element, ELEMENT_KIND);
    if (found == KIND_STRING_TOO_LONG) return refuse(state, CAUSE_LIMIT);
    if (found == KIND_STRING) {
      const length = load<u32>(element, ELEMENT_VALUE + 4);
      if (length > room) return refuse(state, CAUSE_LIMIT);
      room -= length;
    }
    if (cause != CAUSE_TYPE) {
      const fault = elementCause(ctx, record, kind, found, element);
      if (fault == CAUSE_TYPE || cause != CAUSE_ENCODING) cause = fault != CAUSE_NONE ? fault : cause;
    }
  }
  if (cause != CAUSE_NONE) return refuse(state, cause);
  settleSpan(state, elements, count);
}

function elementCause(ctx: usize, record: usize, kind: i32, found: i32, element: usize): i32 {
  if (kind <= VIEW_LIST_ENUM) {
    if (found == KIND_STRING_ILL_FORMED) return CAUSE_ENCODING;
    if (found != KIND_STRING) return CAUSE_TYPE;
    const text = requestBytes + load<u32>(element, ELEMENT_VALUE);
    const length = load<u32>(element, ELEMENT_VALUE + 4);
    if (isForeign && !isUtf8(text, length)) return CAUSE_ENCODING;
    return kind == VIEW_LIST_ENUM && probe(ctx, record, text, length) < 0 ? CAUSE_ENUM : CAUSE_NONE;
  }
  if (kind == VIEW_LIST_BOOL) return found == KIND_BOOL ? CAUSE_NONE : CAUSE_TYPE;
  if (found != KIND_NUMBER) return CAUSE_TYPE;
  return isNumber(load<f64>(element, ELEMENT_VALUE), kind == VIEW_LIST_INT) ? CAUSE_NONE : CAUSE_TYPE;
}
