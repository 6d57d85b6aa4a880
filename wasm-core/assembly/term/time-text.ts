// Timestamps and durations as texts (LANGUAGE.md 4.14): RFC 3339, and numbers with units. The readers tell whether the text was one
// in range (4.10) and leave its parts in `seconds` and `nanos`.

import { KIND_DURATION, KIND_TIMESTAMP } from '../../contract/terms.ts';
import { putByte } from './arena.ts';
import { day, daysOf, daysOfMonth, floorDivide, month, takeDate, year } from './calendar.ts';
import { AUX, setTime, WORD } from './element.ts';
import { putPadded, putUint } from './numbers.ts';

export const SECOND_NANOS: i64 = 1000000000;
const DAY_SECONDS: i64 = 86400;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const FIRST_SECOND: i64 = -62135596800;
const LAST_SECOND: i64 = 253402300799;

export let seconds: i64 = 0;
export let nanos: i32 = 0;

export function isTimestampInRange(second: i64): bool {
  return second >= FIRST_SECOND && second <= LAST_SECOND;
}

/** A duration of so many nanoseconds. */
export function setDuration(at: usize, total: i64): void {
  setTime(at, KIND_DURATION, total / SECOND_NANOS, <i32>(total % SECOND_NANOS));
}

/** INVARIANT (request.ts, the host's staging, the compiler): a duration is a 64-bit number of nanoseconds. */
export function durationNanos(at: usize): i64 {
  return load<i64>(at, WORD) * SECOND_NANOS + load<i32>(at, AUX);
}

let text: usize = 0;
let end: usize = 0;

function byteIs(byte: u8): bool {
  if (text >= end || load<u8>(text) != byte) return false;
  text++;
  return true;
}

/** Exactly so many digits, or -1. */
function readDigits(count: u32): i32 {
  if (<u32>(end - text) < count) return -1;
  let value: i32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const digit = <u32>load<u8>(text++) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Exactly two digits, at most `most`; -1 if not. */
function readPair(most: i32): i32 {
  const value = readDigits(2);
  return value > most ? -1 : value;
}

export function readTimestamp(from: usize, length: u32): bool {
  text = from;
  end = from + length;
  const y = readDigits(4);
  if (y < 1 || !byteIs(0x2d)) return false;
  const m = readPair(12);
  if (m < 1 || !byteIs(0x2d)) return false;
  const d = readPair(31);
  if (d < 1 || d > <i32>daysOfMonth(y, m) || !byteIs(0x54)) return false; // T
  const hour = readPair(23);
  if (hour < 0 || !byteIs(0x3a)) return false;
  const minute = readPair(59);
  if (minute < 0 || !byteIs(0x3a)) return false;
  const second = readPair(59);
  if (second < 0) return false;
  nanos = 0;
  if (byteIs(0x2e)) {
    let place: i32 = 100000000;
    const first = text;
    for (; text < end && <u32>load<u8>(text) - 0x30 <= 9; text++) {
      if (place == 0) return false;
      nanos += (<i32>load<u8>(text) - 0x30) * place;
      place /= 10;
    }
    if (text == first) return false;
  }
  let ahead: i32 = 0;
  if (!byteIs(0x5a)) {
    const isBehind = byteIs(0x2d);
    if (!isBehind && !byteIs(0x2b)) return false;
    const hours = readPair(23);
    if (hours < 0 || !byteIs(0x3a)) return false;
    const minutes = readPair(59);
    if (minutes < 0) return false;
    ahead = (hours * 60 + minutes) * (isBehind ? -60 : 60);
  }
  seconds = daysOf(y, m, d) * DAY_SECONDS + hour * 3600 + minute * 60 + second - ahead;
  return text == end && isTimestampInRange(seconds);
}

export function putTimestamp(at: usize): void {
  const second = load<i64>(at, WORD);
  const days = floorDivide(second, DAY_SECONDS);
  const ofDay = <u32>(second - days * DAY_SECONDS);
  takeDate(days);
  putPadded(year, 4, false);
  putByte(0x2d);
  putPadded(month, 2, false);
  putByte(0x2d);
  putPadded(day, 2, false);
  putByte(0x54); // T
  putPadded(ofDay / 3600, 2, false);
  putByte(0x3a);
  putPadded((ofDay / 60) % 60, 2, false);
  putByte(0x3a);
  putPadded(ofDay % 60, 2, false);
  putFraction(load<u32>(at, AUX));
  putByte(0x5a); // Z
}

function putFraction(value: u32): void {
  if (value == 0) return;
  putByte(0x2e);
  putPadded(value, 9, true);
}

export function putDuration(at: usize): void {
  const whole = load<i64>(at, WORD);
  const rest = load<i32>(at, AUX);
  if (whole < 0 || rest < 0) putByte(0x2d);
  putUint(whole < 0 ? -whole : whole, 10, 0);
  putFraction(abs(rest));
  putByte(0x73); // s
}

/** Nanoseconds of the unit that stands next, or 0. */
function readUnit(): i64 {
  if (byteIs(0x68)) return 3600 * SECOND_NANOS; // h
  if (byteIs(0x73)) return SECOND_NANOS; // s
  if (byteIs(0x6d)) return byteIs(0x73) ? 1000000 : 60 * SECOND_NANOS; // ms, m
  if (byteIs(0x6e)) return byteIs(0x73) ? 1 : 0; // ns
  // u, µ U+00B5, μ U+03BC
  if (byteIs(0x75) || (byteIs(0xc2) && byteIs(0xb5)) || (byteIs(0xce) && byteIs(0xbc))) return byteIs(0x73) ? 1000 : 0;
  return 0;
}

export function readDuration(from: usize, length: u32): bool {
  text = from;
  end = from + length;
  const isNegative = byteIs(0x2d);
  if (!isNegative) byteIs(0x2b);
  const most: u64 = <u64>i64.MAX_VALUE + u64(isNegative);
  let total: u64 = 0;
  if (end - text == 1 && load<u8>(text) == 0x30) text++;
  else if (text == end) return false;
  while (text < end) {
    let whole: u64 = 0;
    let digitsSeen: u32 = 0;
    for (; text < end && <u32>load<u8>(text) - 0x30 <= 9; text++, digitsSeen++) {
      if (whole > most / 10) return false;
      whole = whole * 10 + load<u8>(text) - 0x30;
    }
    let fraction = text;
    let fractionEnd = text;
    if (byteIs(0x2e)) {
      fraction = text;
      while (text < end && <u32>load<u8>(text) - 0x30 <= 9) text++;
      fractionEnd = text;
    }
    if (digitsSeen == 0 && fraction == fractionEnd) return false;
    const unit = readUnit();
    if (unit == 0 || whole > most / unit) return false;
    // ⌊0.d1d2… · unit⌋ from the last digit to the first: ⌊(d · unit + x) / 10⌋ = ⌊(d · unit + ⌊x⌋) / 10⌋.
    let part: u64 = 0;
    while (fractionEnd > fraction) part = ((<u64>load<u8>(--fractionEnd) - 0x30) * unit + part) / 10;
    part += whole * unit;
    if (part > most - total) return false;
    total += part;
  }
  const signed: i64 = isNegative ? -total : total;
  seconds = signed / SECOND_NANOS;
  nanos = <i32>(signed % SECOND_NANOS);
  return true;
}

/** `timestamp` and `duration` of a text, in place; false if the text is none. */
export function readTime(at: usize, kind: i32, from: usize, length: u32): bool {
  const isOne = kind == KIND_TIMESTAMP ? readTimestamp(from, length) : readDuration(from, length);
  if (isOne) setTime(at, kind, seconds, nanos);
  return isOne;
}
