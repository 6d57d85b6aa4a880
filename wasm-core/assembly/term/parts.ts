// In: a list, a map or an optional, and a key. Out: the part, or that there is none: `select`, `has`, `index` and their optional
// forms, `size`; the typed reading of a part; list and map literals. An optional gives optional parts.

import { KIND_BOOL, KIND_LIST, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import {
  KIND_BYTES,
  KIND_DURATION,
  KIND_INT,
  KIND_OPTIONAL,
  KIND_RECORD,
  KIND_TIMESTAMP,
  KIND_UINT,
} from '../../contract/terms.ts';
import { AT_WORDS } from '../context.ts';
import { countCodePoints, sameText } from '../text.ts';
import { makeRecords, setOptional, spendOnKey } from './arena.ts';
import { findKey, findText } from './compare.ts';
import {
  copy,
  ENTRY,
  hasValue,
  isValue,
  kindOf,
  lengthOf,
  pushConstant,
  set,
  setBool,
  setInt,
  setNone,
  setSpan,
  setUnknown,
  SIZE,
  spanOf,
  strictOutcome,
  WORD,
} from './element.ts';
import { readTime } from './time-text.ts';

export const SELECT = 0;
export const HAS = 1;
export const OPTIONAL_SELECT = 2;

const MAX_SAFE_INT: f64 = 9007199254740991;

const name: usize = memory.data(16, 16);

/** Field `key` of the value at `at`, which it replaces. Outcomes stay. */
export function select(ctx: usize, at: usize, key: u32, how: i32): void {
  if (!isValue(at)) return;
  let from = at;
  const isOptional = kindOf(at) == KIND_OPTIONAL;
  if (isOptional) {
    if (!hasValue(at)) {
      if (how == HAS) setBool(at, false);
      return;
    }
    from = spanOf(at);
  }
  if (kindOf(from) != KIND_RECORD) return setUnknown(at);
  spendOnKey(from);
  pushConstant(ctx, key, name);
  const found = findText(spanOf(name), lengthOf(name), spanOf(from), lengthOf(from));
  if (how == HAS) setBool(at, found != 0);
  else if (how == SELECT && !isOptional) givePart(at, found == 0 ? 0 : found + SIZE);
  else giveOptional(at, found == 0 ? 0 : found + SIZE);
}

function givePart(at: usize, part: usize): void {
  if (part == 0) setUnknown(at);
  else copy(at, part);
}

function giveOptional(at: usize, part: usize): void {
  if (part == 0) setNone(at);
  else setOptional(at, part);
}

/** `index` and `optional-index`. */
export function index(at: usize, isOptional: bool): void {
  let from = at;
  if (kindOf(at) == KIND_OPTIONAL) {
    if (!hasValue(at)) return;
    from = spanOf(at);
    isOptional = true;
  }
  const kind = kindOf(from);
  let part: usize = 0;
  if (kind == KIND_RECORD) {
    if (!isKeyKind(kindOf(at + SIZE))) return setUnknown(at);
    const entry = findKey(at + SIZE, spanOf(from), lengthOf(from));
    if (entry != 0) part = entry + SIZE;
  } else if (kind == KIND_LIST) {
    const place = indexOf(at + SIZE);
    if (place == NO_INDEX) return setUnknown(at);
    if (place >= 0 && place < <i64>lengthOf(from)) part = spanOf(from) + <u32>place * <u32>SIZE;
  } else return setUnknown(at);
  if (isOptional) giveOptional(at, part);
  else givePart(at, part);
}

function isKeyKind(kind: i32): bool {
  return kind == KIND_STRING || kind == KIND_BOOL || kind == KIND_INT || kind == KIND_UINT || kind == KIND_NUMBER;
}

const NO_INDEX: i64 = i64.MIN_VALUE;

/** An index as an int; a uint and an integral double are one too. Beyond any list: -1. */
function indexOf(at: usize): i64 {
  const kind = kindOf(at);
  const word = load<i64>(at, WORD);
  if (kind == KIND_INT) return max<i64>(word, -1);
  if (kind == KIND_UINT) return word < 0 ? -1 : word;
  if (kind != KIND_NUMBER) return NO_INDEX;
  const number = reinterpret<f64>(word);
  if (nearest(number) != number || abs(number) == Infinity) return NO_INDEX; // NaN too
  return abs(number) <= MAX_SAFE_INT ? max<i64>(<i64>number, -1) : -1;
}

export function size(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_STRING) setInt(at, countCodePoints(spanOf(at), lengthOf(at)));
  else if (kind == KIND_BYTES || kind == KIND_LIST || kind == KIND_RECORD) setInt(at, lengthOf(at));
  else setUnknown(at);
}

/** The value at `at` read as `kind`, of an enum whose constants stand in the word pool at `enumeration` - 1 (LANGUAGE.md 5.9). */
export function readAs(ctx: usize, at: usize, kind: i32, enumeration: u32): void {
  if (!isValue(at)) return;
  const found = kindOf(at);
  if (found == kind) {
    if (kind == KIND_NUMBER && abs(load<f64>(at, WORD)) < Infinity) return;
    if (kind != KIND_NUMBER && (enumeration == 0 || isListed(ctx, at, enumeration - 1))) return;
  } else if (found == KIND_NUMBER && (kind == KIND_INT || kind == KIND_UINT)) {
    const number = load<f64>(at, WORD);
    const isWhole = abs(number) <= MAX_SAFE_INT && nearest(number) == number;
    if (isWhole && (kind == KIND_INT || number >= 0)) return set(at, kind, <i64>number);
  } else if (found == KIND_INT && kind == KIND_UINT) {
    if (load<i64>(at, WORD) >= 0) return set(at, kind, load<u64>(at, WORD));
  } else if (found == KIND_STRING && (kind == KIND_TIMESTAMP || kind == KIND_DURATION)) {
    if (readTime(at, kind, spanOf(at), lengthOf(at))) return;
  }
  setUnknown(at);
}

function isListed(ctx: usize, at: usize, first: u32): bool {
  const words = load<usize>(ctx, AT_WORDS) + (first << 2);
  const count = load<u32>(words);
  for (let i: u32 = 1; i <= count; i++) {
    pushConstant(ctx, load<u32>(words + (i << 2)), name);
    if (lengthOf(name) == lengthOf(at) && sameText(spanOf(name), spanOf(at), lengthOf(at))) return true;
  }
  return false;
}

/** An optional item: 1 where it adds its value, which takes its place; 0 where it adds nothing; -1 where it is no optional. */
function unwrap(item: usize): i32 {
  if (kindOf(item) != KIND_OPTIONAL) return -1;
  if (!hasValue(item)) return 0;
  copy(item, spanOf(item));
  return 1;
}

/** The list of `count` items from `first` on, which it replaces. `flags`: per item a byte, 1 if optional. */
export function makeList(first: usize, count: u32, flags: usize): void {
  const outcome = strictOutcome(first, count);
  if (outcome != 0) return set(first, outcome, 0);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const item = first + i * <u32>SIZE;
    if (load<u8>(flags + i)) {
      const added = unwrap(item);
      if (added < 0) return setUnknown(first);
      if (added == 0) continue;
    }
    if (kept != i) copy(first + kept * <u32>SIZE, item);
    kept++;
  }
  const elements = makeRecords(kept, <u32>SIZE);
  if (elements == 0) return;
  memory.copy(elements, first, kept * <u32>SIZE);
  setSpan(first, KIND_LIST, elements, kept);
}

/** The same with keys and values; a key twice, or one that is none, is unknown. */
export function makeMap(first: usize, count: u32, flags: usize): void {
  const outcome = strictOutcome(first, count * 2);
  if (outcome != 0) return set(first, outcome, 0);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = first + i * <u32>ENTRY;
    if (!isMapKey(kindOf(entry))) return setUnknown(first);
    if (load<u8>(flags + i)) {
      const added = unwrap(entry + SIZE);
      if (added < 0) return setUnknown(first);
      if (added == 0) continue;
    }
    if (isAddedTwice(entry, first, kept)) return setUnknown(first);
    if (kept != i) memory.copy(first + kept * <u32>ENTRY, entry, ENTRY);
    kept++;
  }
  const entries = makeRecords(kept, <u32>ENTRY);
  if (entries == 0) return;
  memory.copy(entries, first, kept * <u32>ENTRY);
  setSpan(first, KIND_RECORD, entries, kept);
}

export function isMapKey(kind: i32): bool {
  return kind == KIND_STRING || kind == KIND_INT || kind == KIND_UINT || kind == KIND_BOOL;
}

/** Whether a key being added is there already; counts as a look into the map as it is. */
export function isAddedTwice(key: usize, entries: usize, count: u32): bool {
  setSpan(name, KIND_RECORD, entries, count);
  spendOnKey(name);
  return findKey(key, entries, count) != 0;
}
