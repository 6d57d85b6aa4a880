// In: two values. Out: whether they are equal, how they are ordered; where a key stands in a map. Numbers of all kinds compare by
// mathematical value (LANGUAGE.md 4.3), texts by code point, lists in order, maps by key. Counts steps as 5.10 says.

import { KIND_BOOL, KIND_LIST, KIND_NULL, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import {
  KIND_BYTES,
  KIND_CIDR,
  KIND_DURATION,
  KIND_INT,
  KIND_IP,
  KIND_OPTIONAL,
  KIND_RECORD,
  KIND_TIMESTAMP,
} from '../../contract/terms.ts';
import { compareTexts, sameText } from '../text.ts';
import { enter, exhausted, leave, spendOnKey, spendOnPair } from './arena.ts';
import { AUX, ENTRY, hasValue, isNumeric, isText, kindOf, lengthOf, setBool, setUnknown, SIZE, spanOf, WORD } from './element.ts';

/** Answers of `order` where there is none: kinds that have no common order; two numbers of which one is NaN. */
export const UNORDERED = 2;
export const NOT_A_NUMBER = 3;

/** -1, 0, 1, UNORDERED or NOT_A_NUMBER. Lists, maps, null and types have no order. */
export function order(a: usize, b: usize): i32 {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (isNumeric(kind) && isNumeric(other)) return orderNumbers(a, kind, b, other);
  if (kind != other) return UNORDERED;
  if (isText(kind)) {
    const found = compareTexts(spanOf(a), lengthOf(a), spanOf(b), lengthOf(b));
    return i32(found > 0) - i32(found < 0);
  }
  if (kind == KIND_BOOL) return <i32>load<u32>(a, WORD) - <i32>load<u32>(b, WORD);
  if (kind == KIND_TIMESTAMP || kind == KIND_DURATION) {
    const seconds = orderInts(load<i64>(a, WORD), load<i64>(b, WORD));
    // Nanoseconds of a timestamp are below 2^31; those of a duration have its sign.
    return seconds != 0 ? seconds : orderInts(load<i32>(a, AUX), load<i32>(b, AUX));
  }
  return UNORDERED;
}

@inline
function orderInts(x: i64, y: i64): i32 {
  return i32(x > y) - i32(x < y);
}

@inline
function orderUints(x: u64, y: u64): i32 {
  return i32(x > y) - i32(x < y);
}

function orderNumbers(a: usize, kind: i32, b: usize, other: i32): i32 {
  const x = load<u64>(a, WORD);
  const y = load<u64>(b, WORD);
  if (kind == KIND_NUMBER) {
    const left = reinterpret<f64>(x);
    if (other != KIND_NUMBER) return reversed(orderWithDouble(y, other, left));
    const right = reinterpret<f64>(y);
    if (left != left || right != right) return NOT_A_NUMBER;
    return i32(left > right) - i32(left < right);
  }
  if (other == KIND_NUMBER) return orderWithDouble(x, kind, reinterpret<f64>(y));
  if (kind == other) return kind == KIND_INT ? orderInts(x, y) : orderUints(x, y);
  if (kind == KIND_INT) return <i64>x < 0 ? -1 : orderUints(x, y);
  return <i64>y < 0 ? 1 : orderUints(x, y);
}

@inline
function reversed(found: i32): i32 {
  return found == NOT_A_NUMBER ? found : -found;
}

/** The double is cut to an integer, which 64 bits hold if it is not far outside. */
function orderWithDouble(x: u64, kind: i32, y: f64): i32 {
  if (y != y) return NOT_A_NUMBER;
  const whole = trunc(y);
  let found: i32 = 0;
  if (kind == KIND_INT) {
    if (y >= 9223372036854775808.0) return -1;
    if (y < -9223372036854775808.0) return 1;
    found = orderInts(x, <i64>whole);
  } else {
    if (y >= 18446744073709551616.0) return -1;
    if (y < 0) return 1;
    found = orderUints(x, <u64>whole);
  }
  return found != 0 ? found : i32(whole > y) - i32(whole < y);
}

/** Two values of any kinds; of different kinds they are not equal, numbers aside. */
export function equal(a: usize, b: usize): bool {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (isNumeric(kind) && isNumeric(other)) return orderNumbers(a, kind, b, other) == 0;
  if (kind != other) return false;
  switch (kind) {
    case KIND_NULL:
      return true;
    case KIND_STRING:
    case KIND_BYTES:
      return lengthOf(a) == lengthOf(b) && sameText(spanOf(a), spanOf(b), lengthOf(a));
    case KIND_LIST:
      return equalLists(a, b);
    case KIND_RECORD:
      return equalMaps(a, b);
    case KIND_OPTIONAL:
      return hasValue(a) && hasValue(b) ? equalInside(spanOf(a), spanOf(b)) : hasValue(a) == hasValue(b);
    case KIND_TIMESTAMP:
    case KIND_DURATION:
      return load<u64>(a, WORD) == load<u64>(b, WORD) && load<u32>(a, AUX) == load<u32>(b, AUX);
    case KIND_IP:
    case KIND_CIDR:
      return lengthOf(a) == lengthOf(b) && load<u32>(a, AUX) == load<u32>(b, AUX) && sameText(spanOf(a), spanOf(b), 16);
    default:
      return load<u64>(a, WORD) == load<u64>(b, WORD); // bools and types
  }
}

/** A pair inside two values, which counts as a comparison of its own. */
export function equalInside(a: usize, b: usize): bool {
  spendOnPair(a, b);
  if (!enter()) return false;
  const isSame = equal(a, b);
  leave();
  return isSame;
}

function equalLists(a: usize, b: usize): bool {
  if (lengthOf(a) != lengthOf(b)) return false;
  let left = spanOf(a);
  let right = spanOf(b);
  const end = left + lengthOf(a) * <u32>SIZE;
  for (; left < end; left += SIZE, right += SIZE) if (!equalInside(left, right)) return false;
  return true;
}

function equalMaps(a: usize, b: usize): bool {
  if (lengthOf(a) != lengthOf(b)) return false;
  let entry = spanOf(a);
  const end = entry + lengthOf(a) * <u32>ENTRY;
  for (; entry < end; entry += ENTRY) {
    spendOnKey(b);
    if (exhausted) return false;
    const found = findKey(entry, spanOf(b), lengthOf(b));
    if (found == 0 || !equalInside(entry + SIZE, found + SIZE)) return false;
  }
  return true;
}

/** The entry whose key is equal, or 0. Keys are strings, bools and ints; numbers find each other by mathematical value. */
export function findKey(key: usize, entry: usize, count: u32): usize {
  const kind = kindOf(key);
  if (kind == KIND_STRING) return findText(spanOf(key), lengthOf(key), entry, count);
  const end = entry + count * <u32>ENTRY;
  const isNumber = isNumeric(kind);
  if (!isNumber && kind != KIND_BOOL) return 0;
  for (; entry < end; entry += ENTRY) {
    const other = kindOf(entry);
    if (isNumber ? isNumeric(other) && orderNumbers(key, kind, entry, other) == 0 : other == KIND_BOOL && equal(key, entry)) {
      return entry;
    }
  }
  return 0;
}

export function findText(text: usize, length: u32, entry: usize, count: u32): usize {
  const end = entry + count * <u32>ENTRY;
  for (; entry < end; entry += ENTRY) {
    if (kindOf(entry) == KIND_STRING && lengthOf(entry) == length && sameText(spanOf(entry), text, length)) return entry;
  }
  return 0;
}

/** `equal`, `less`, `less-equal`, `in`: functions of the call table (calls.ts). */
export function callEqual(at: usize): void {
  setBool(at, equal(at, at + SIZE));
}

export function callLess(at: usize, orEqual: bool): void {
  const found = order(at, at + SIZE);
  if (found == UNORDERED) setUnknown(at);
  else setBool(at, found < 0 || (orEqual && found == 0));
}

export function callIn(at: usize): void {
  const over = at + SIZE;
  const kind = kindOf(over);
  if (kind == KIND_RECORD) return setBool(at, findKey(at, spanOf(over), lengthOf(over)) != 0);
  if (kind != KIND_LIST) return setUnknown(at);
  let element = spanOf(over);
  const end = element + lengthOf(over) * <u32>SIZE;
  let found = false;
  for (; element < end && !found && !exhausted; element += SIZE) found = equalInside(at, element);
  setBool(at, found);
}
