// In: a string with clauses and a list. Out: `format` (LANGUAGE.md 4.16), or unknown: a clause that is none, one that does not take
// its value, too few values.

import { KIND_BOOL, KIND_LIST, KIND_NULL, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import { KIND_BYTES, KIND_INT, KIND_RECORD, KIND_TYPE, KIND_UINT } from '../../contract/terms.ts';
import { compareTexts, isUtf8 } from '../text.ts';
import {
  beginText,
  enter,
  exhausted,
  finishText,
  holdScratch,
  leave,
  putByte,
  putBytes,
  releaseScratch,
  rewindText,
  textEnd,
} from './arena.ts';
import { putScalar } from './convert.ts';
import { ENTRY, isTrue, kindOf, lengthOf, setUnknown, SIZE, spanOf, WORD } from './element.ts';
import { putFixed, putFixedUint, putInt, putScientific, putScientificUint, putSpecial, putUint } from './numbers.ts';
import { putTypeName } from './types.ts';

const PERCENT: u32 = 0x25;
const MOST_PRECISION: u32 = 100;
const DEFAULT_PRECISION: u32 = 6;

export function format(at: usize): void {
  if (kindOf(at) != KIND_STRING || kindOf(at + SIZE) != KIND_LIST) return setUnknown(at);
  let text = spanOf(at);
  const end = text + lengthOf(at);
  let value = spanOf(at + SIZE);
  const last = value + lengthOf(at + SIZE) * <u32>SIZE;
  beginText();
  while (text < end && !exhausted) {
    const plain = text;
    while (text < end && load<u8>(text) != PERCENT) text++;
    putBytes(plain, <u32>(text - plain));
    if (text == end) break;
    if (++text == end) return setUnknown(at);
    if (load<u8>(text) == PERCENT) {
      putByte(PERCENT);
      text++;
      continue;
    }
    let precision: u32 = DEFAULT_PRECISION;
    let isPrecise = false;
    if (load<u8>(text) == 0x2e) {
      isPrecise = true;
      precision = 0;
      const digits = ++text;
      while (text < end && <u32>load<u8>(text) - 0x30 <= 9) precision = min(precision * 10 + load<u8>(text++) - 0x30, 1000);
      if (text == digits || text == end || precision > MOST_PRECISION) return setUnknown(at);
    }
    const clause: u32 = load<u8>(text++);
    if (value == last || !putClause(clause, value, precision, isPrecise)) return setUnknown(at);
    value += SIZE;
  }
  finishText(at, KIND_STRING);
}

/** False if the clause is none, or does not take the value. */
function putClause(clause: u32, value: usize, precision: u32, isPrecise: bool): bool {
  if (clause == 0x66 || clause == 0x65) return putReal(value, precision, clause == 0x66); // f, e
  if (isPrecise) return false;
  switch (clause) {
    case 0x73: // s
      return putAny(value);
    case 0x64: // d
      if (kindOf(value) == KIND_NUMBER) return putSpecial(load<f64>(value, WORD));
      return putInteger(value, 10, 0);
    case 0x62: // b
      if (kindOf(value) != KIND_BOOL) return putInteger(value, 2, 0);
      putByte(0x30 + u32(isTrue(value)));
      return true;
    case 0x6f: // o
      return putInteger(value, 8, 0);
    case 0x78: // x
    case 0x58: // X
      return putHexadecimal(value, clause == 0x78 ? 0x61 : 0x41);
    default:
      return false;
  }
}

function putInteger(value: usize, base: u32, letters: u32): bool {
  const kind = kindOf(value);
  if (kind == KIND_INT) putInt(load<i64>(value, WORD), base, letters);
  else if (kind == KIND_UINT) putUint(load<u64>(value, WORD), base, letters);
  return kind == KIND_INT || kind == KIND_UINT;
}

/** `letters`: the code of the letter for ten. */
function putHexadecimal(value: usize, letters: u32): bool {
  const kind = kindOf(value);
  if (kind != KIND_STRING && kind != KIND_BYTES) return putInteger(value, 16, letters);
  let from = spanOf(value);
  const end = from + lengthOf(value);
  for (; from < end && !exhausted; from++) {
    const byte: u32 = load<u8>(from);
    putUint(byte >> 4, 16, letters);
    putUint(byte & 15, 16, letters);
  }
  return true;
}

function putReal(value: usize, precision: u32, isFixed: bool): bool {
  const kind = kindOf(value);
  const word = load<i64>(value, WORD);
  if (kind == KIND_NUMBER) {
    if (isFixed) putFixed(reinterpret<f64>(word), precision);
    else putScientific(reinterpret<f64>(word), precision);
    return true;
  }
  if (kind != KIND_INT && kind != KIND_UINT) return false;
  const isNegative = kind == KIND_INT && word < 0;
  if (isNegative) putByte(0x2d);
  if (isFixed) putFixedUint(isNegative ? -word : word, precision);
  else putScientificUint(isNegative ? -word : word, precision);
  return true;
}

function nullText(): usize {
  return memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c]);
}

/** `%s`: false of an optional, and of bytes that are no text. */
function putAny(value: usize): bool {
  if (exhausted) return true;
  const kind = kindOf(value);
  if (kind == KIND_LIST || kind == KIND_RECORD) {
    if (!enter()) return true;
    const isGood = kind == KIND_LIST ? putList(value) : putMap(value);
    leave();
    return isGood;
  }
  if (kind == KIND_STRING || (kind == KIND_BYTES && isUtf8(spanOf(value), lengthOf(value)))) {
    putBytes(spanOf(value), lengthOf(value));
  } else if (kind == KIND_NULL) putBytes(nullText(), 4);
  else if (kind == KIND_TYPE) putTypeName(<i32>load<u32>(value, WORD));
  else return putScalar(value);
  return true;
}

function putSeparator(isFirst: bool): void {
  if (isFirst) return;
  putByte(0x2c);
  putByte(0x20);
}

function putList(list: usize): bool {
  putByte(0x5b);
  const from = spanOf(list);
  const count = lengthOf(list);
  for (let i: u32 = 0; i < count && !exhausted; i++) {
    putSeparator(i == 0);
    if (!putAny(from + i * <u32>SIZE)) return false;
  }
  putByte(0x5d);
  return true;
}

/** Entries in the order of their keys as they are written, equal ones as they stand in the map. */
function putMap(map: usize): bool {
  putByte(0x7b);
  const count = lengthOf(map);
  const entries = spanOf(map);
  // Each entry is at least four characters of the text, so that a text with room for them has room for this.
  const order = holdScratch(count << 2);
  if (order == 0) return true;
  for (let i: u32 = 0; i < count; i++) store<usize>(order + (i << 2), entries + i * <u32>ENTRY);
  sortByKey(order, count);
  let isGood = true;
  for (let i: u32 = 0; i < count && isGood && !exhausted; i++) {
    const entry = load<usize>(order + (i << 2));
    putSeparator(i == 0);
    putAny(entry);
    putByte(0x3a);
    putByte(0x20);
    isGood = putAny(entry + SIZE);
  }
  releaseScratch(count << 2);
  putByte(0x7d);
  return isGood;
}

/** Heap sort: no memory beside, never quadratic. */
function sortByKey(order: usize, count: u32): void {
  for (let i = count >> 1; i > 0; i--) sink(order, i - 1, count);
  for (let last = count; last > 1; last--) {
    const top = load<usize>(order);
    store<usize>(order, load<usize>(order + ((last - 1) << 2)));
    store<usize>(order + ((last - 1) << 2), top);
    sink(order, 0, last - 1);
  }
}

function sink(order: usize, at: u32, count: u32): void {
  const entry = load<usize>(order + (at << 2));
  for (let child: u32 = 2 * at + 1; child < count; child = 2 * at + 1) {
    if (child + 1 < count && isBefore(load<usize>(order + (child << 2)), load<usize>(order + ((child + 1) << 2)))) child++;
    const other = load<usize>(order + (child << 2));
    if (!isBefore(entry, other)) break;
    store<usize>(order + (at << 2), other);
    at = child;
  }
  store<usize>(order + (at << 2), entry);
}

/**
 * Whether one key is written before another. Keys that are no strings are written behind the text for it, and taken back: both will
 * stand in it, so there is room for them if there is room for it.
 */
function isBefore(a: usize, b: usize): bool {
  const start = textEnd();
  if (kindOf(a) != KIND_STRING) putScalar(a);
  const middle = textEnd();
  if (kindOf(b) != KIND_STRING) putScalar(b);
  const aText = kindOf(a) == KIND_STRING ? spanOf(a) : start;
  const aLength = kindOf(a) == KIND_STRING ? lengthOf(a) : <u32>(middle - start);
  const bText = kindOf(b) == KIND_STRING ? spanOf(b) : middle;
  const bLength = kindOf(b) == KIND_STRING ? lengthOf(b) : <u32>(textEnd() - middle);
  const found = compareTexts(aText, aLength, bText, bLength);
  rewindText(start);
  return found != 0 ? found < 0 : a < b;
}
