// Numbers as texts: writers that put onto the text being made (arena.ts), readers that tell by `isRead` whether the text was one.
// The text of a double is ECMAScript's (Number::toString), but for -0 (LANGUAGE.md 4.14).

import { STEP_DOUBLE_TEXT } from '../../contract/limits.ts';
import { exhausted, putByte, putBytes, spend } from './arena.ts';
import {
  digitAt,
  digitCount,
  digits,
  exactDigits,
  nearestDouble,
  pointAt,
  roundDigits,
  shortestDigits,
  uintDigits,
} from './decimal.ts';

const ZERO = 0x30;
const DOT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;

/** "InfinityNaN". */
function names(): usize {
  return memory.data<u8>([0x49, 0x6e, 0x66, 0x69, 0x6e, 0x69, 0x74, 0x79, 0x4e, 0x61, 0x4e]);
}
const INFINITY_BYTES: u32 = 8;
const NAN_BYTES: u32 = 3;

const backwards: usize = memory.data(64, 16);

/** In base 2, 8, 10 or 16; `letters` is the code of the letter for ten. */
export function putUint(value: u64, base: u32, letters: u32): void {
  let first: usize = backwards + 64;
  do {
    const digit = <u32>(value % base);
    store<u8>(--first, digit < 10 ? ZERO + digit : letters + digit - 10);
    value /= base;
  } while (value != 0);
  putBytes(first, <u32>(backwards + 64 - first));
}

export function putInt(value: i64, base: u32, letters: u32): void {
  if (value < 0) putByte(MINUS);
  putUint(value < 0 ? -value : value, base, letters); // -(-2^63) is 2^63, read as u64
}

/** With leading zeros, `width` digits; or without trailing ones if `isFraction`. */
export function putPadded(value: u32, width: u32, isFraction: bool): void {
  let divisor: u32 = 1;
  for (let i: u32 = 1; i < width; i++) divisor *= 10;
  for (; divisor > 0; divisor /= 10) {
    putByte(ZERO + value / divisor);
    value %= divisor;
    if (isFraction && value == 0) return;
  }
}

/** NaN and the infinities; false if it is none. */
export function putSpecial(value: f64): bool {
  if (value != value) putBytes(names() + INFINITY_BYTES, NAN_BYTES);
  else if (abs(value) == Infinity) {
    if (value < 0) putByte(MINUS);
    putBytes(names(), INFINITY_BYTES);
  } else return false;
  return true;
}

export function putDouble(value: f64): void {
  spend(STEP_DOUBLE_TEXT);
  if (exhausted) return;
  if (putSpecial(value)) return;
  if (reinterpret<i64>(value) < 0) putByte(MINUS);
  shortestDigits(value);
  if (digitCount == 0) return putByte(ZERO);
  if (pointAt > 21 || pointAt <= -6) return putExponential(digitCount - 1, 1);
  putDigits(0, pointAt);
  if (pointAt >= <i32>digitCount) return;
  putByte(DOT);
  putDigits(pointAt, digitCount);
}

/** The digits of places `first` to `end`, exclusive; zeros outside of those there are; one zero if there is no place. */
function putDigits(first: i32, end: i32): void {
  if (first >= end) return putByte(ZERO);
  for (let i = first; i < end; i++) putByte(ZERO + digitAt(i));
}

/** d.ddde±x of the digits there are, with `decimals` behind the point and an exponent of at least `width` digits. */
function putExponential(decimals: i32, width: u32): void {
  putByte(ZERO + digitAt(0));
  if (decimals > 0) {
    putByte(DOT);
    putDigits(1, decimals + 1);
  }
  putByte(0x65); // e
  const power = digitCount == 0 ? 0 : pointAt - 1;
  putByte(power < 0 ? MINUS : PLUS);
  if (width == 2 && abs(power) < 10) putByte(ZERO);
  putUint(abs(power), 10, 0);
}

/** `%f`: so many decimals, rounded half to even of the exact value. */
export function putFixed(value: f64, decimals: i32): void {
  spend(STEP_DOUBLE_TEXT);
  if (exhausted) return;
  if (putSpecial(value)) return;
  if (reinterpret<i64>(value) < 0) putByte(MINUS);
  exactDigits(value);
  roundDigits(pointAt + decimals);
  putDigits(0, pointAt);
  if (decimals == 0) return;
  putByte(DOT);
  for (let i = 0; i < decimals; i++) putByte(ZERO + digitAt(pointAt + i));
}

/** `%e`. */
export function putScientific(value: f64, decimals: i32): void {
  spend(STEP_DOUBLE_TEXT);
  if (exhausted) return;
  if (putSpecial(value)) return;
  if (reinterpret<i64>(value) < 0) putByte(MINUS);
  exactDigits(value);
  roundDigits(decimals + 1);
  putExponential(decimals, 2);
}

/** The same of a natural number. */
export function putFixedUint(value: u64, decimals: i32): void {
  putUint(value, 10, 0);
  if (decimals == 0) return;
  putByte(DOT);
  for (let i = 0; i < decimals; i++) putByte(ZERO);
}

export function putScientificUint(value: u64, decimals: i32): void {
  uintDigits(value);
  roundDigits(decimals + 1);
  putExponential(decimals, 2);
}

/** Whether the last text read was a number in range. */
export let isRead: bool = false;

/** Decimal digits only, at least one. */
export function readUint(text: usize, length: u32): u64 {
  let value: u64 = 0;
  isRead = length > 0;
  for (let i: u32 = 0; i < length && isRead; i++) {
    const digit = <u32>load<u8>(text + i) - ZERO;
    isRead = digit <= 9 && (value < 1844674407370955161 || (value == 1844674407370955161 && digit <= 5));
    value = value * 10 + digit;
  }
  return value;
}

/** Digits after an optional sign. */
export function readInt(text: usize, length: u32): i64 {
  const isNegative = length > 0 && load<u8>(text) == MINUS;
  const sign = u32(isNegative || (length > 0 && load<u8>(text) == PLUS));
  const value = readUint(text + sign, length - sign);
  isRead = isRead && value <= <u64>i64.MAX_VALUE + u64(isNegative);
  return isNegative ? -value : value;
}

const DOUBLE_MOST_BYTES: u32 = 128;

/** LANGUAGE.md 4.14. */
export function readDouble(text: usize, length: u32): f64 {
  isRead = false;
  spend(STEP_DOUBLE_TEXT);
  if (exhausted || length == 0 || length > DOUBLE_MOST_BYTES) return 0;
  const end = text + length;
  const isNegative = load<u8>(text) == MINUS;
  const isSigned = isNegative || load<u8>(text) == PLUS;
  if (isSigned) text++;
  if (isWord(text, end, names(), INFINITY_BYTES) || isWord(text, end, names(), 3)) {
    isRead = true;
    return isNegative ? -Infinity : Infinity;
  }
  if (!isSigned && isWord(text, end, names() + INFINITY_BYTES, NAN_BYTES)) {
    isRead = true;
    return NaN;
  }
  const first = text;
  text = skipDigits(text, end);
  let count = <u32>(text - first);
  let power: i32 = 0;
  if (text < end && load<u8>(text) == DOT) {
    const decimals = ++text;
    text = skipDigits(text, end);
    power = -<i32>(text - decimals);
    count -= power;
  }
  if (count == 0) return 0;
  const mantissaBytes = <u32>(text - first);
  if (text < end && (load<u8>(text) | 0x20) == 0x65) {
    text++;
    const isNegativePower = text < end && load<u8>(text) == MINUS;
    if (isNegativePower || (text < end && load<u8>(text) == PLUS)) text++;
    const exponentAt = text;
    text = skipDigits(text, end);
    if (text == exponentAt) return 0;
    let exponent: i32 = 0;
    for (let at = exponentAt; at < text; at++) exponent = min(exponent * 10 + load<u8>(at) - ZERO, 100000);
    power += isNegativePower ? -exponent : exponent;
  }
  if (text != end) return 0;
  const value = nearestDouble(first, mantissaBytes, power);
  isRead = value < Infinity;
  return isNegative ? -value : value;
}

function isWord(text: usize, end: usize, word: usize, length: u32): bool {
  if (<u32>(end - text) != length) return false;
  for (let i: u32 = 0; i < length; i++) if (load<u8>(text + i) != load<u8>(word + i)) return false;
  return true;
}

function skipDigits(text: usize, end: usize): usize {
  while (text < end && <u32>load<u8>(text) - ZERO <= 9) text++;
  return text;
}
