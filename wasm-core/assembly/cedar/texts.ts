// Cedar's extension values out of texts: `decimal`, `ip`, `datetime`, `duration`. In: the address of a string element, which the
// value replaces. A text that is none gives unknown. Never rounds.

import { KIND_STRING } from '../../contract/codes.ts';
import { KIND_CEDAR_DATETIME, KIND_CEDAR_DECIMAL, KIND_CEDAR_DURATION, KIND_CIDR } from '../../contract/terms.ts';
import { make } from '../term/arena.ts';
import { AUX, kindOf, lengthOf, set, setSpan, setUnknown, spanOf } from '../term/element.ts';

const DAY: u64 = 86400000;
const HOUR: u64 = 3600000;
const MINUTE: u64 = 60000;

/** The text being read. */
let next: usize = 0;
let end: usize = 0;
/** Cleared by whatever does not fit. */
let isSound: bool = false;

function begin(at: usize): bool {
  isSound = kindOf(at) == KIND_STRING;
  next = spanOf(at);
  end = next + lengthOf(at);
  return isSound;
}

@inline
function peek(): u32 {
  return next < end ? load<u8>(next) : 0;
}

@inline
function isDigit(byte: u32): bool {
  return byte >= 0x30 && byte <= 0x39;
}

function skip(byte: u32): bool {
  if (next >= end || load<u8>(next) != byte) return false;
  next++;
  return true;
}

function expect(byte: u32): void {
  if (!skip(byte)) isSound = false;
}

const LARGEST: u64 = 0x8000000000000000;

/** A run of digits, at least one; what is beyond 2^63 is not sound. */
function digits(): u64 {
  if (!isDigit(peek())) isSound = false;
  let value: u64 = 0;
  for (; isDigit(peek()); next++) {
    if (value > LARGEST / 10) isSound = false;
    value = value * 10 + (peek() - 0x30);
    if (value > LARGEST) isSound = false;
    if (!isSound) return 0;
  }
  return value;
}

/** Exactly `count` digits. */
function fixed(count: i32): u32 {
  let value: u32 = 0;
  for (; count > 0; count--) {
    if (!isDigit(peek())) isSound = false;
    value = value * 10 + (peek() - 0x30);
    next++;
  }
  return value;
}

function settle(at: usize, kind: i32, magnitude: u64, isNegative: bool): void {
  if (!isSound || next != end || magnitude > (isNegative ? LARGEST : LARGEST - 1)) return setUnknown(at);
  set(at, kind, isNegative ? 0 - magnitude : magnitude);
}

/** `a + b * unit`, unsound beyond 2^63. */
function added(a: u64, b: u64, unit: u64): u64 {
  if (b > LARGEST / unit || a > LARGEST - b * unit) {
    isSound = false;
    return 0;
  }
  return a + b * unit;
}

export function decimal(at: usize): void {
  if (!begin(at)) return setUnknown(at);
  const isNegative = skip(0x2d);
  const whole = digits();
  expect(0x2e);
  let fraction: u64 = 0;
  let count = 0;
  for (; count < 4 && isDigit(peek()); count++) {
    fraction = fraction * 10 + (peek() - 0x30);
    next++;
  }
  if (count == 0) isSound = false;
  for (; count < 4; count++) fraction *= 10;
  settle(at, KIND_CEDAR_DECIMAL, added(fraction, whole, 10000), isNegative);
}

export function duration(at: usize): void {
  if (!begin(at)) return setUnknown(at);
  const isNegative = skip(0x2d);
  let total: u64 = 0;
  // The unit before: they come in this order, each at most once.
  let last = 0;
  if (next == end) isSound = false;
  while (next < end && isSound) {
    const count = digits();
    let unit: u64 = 1;
    let rank = 5;
    if (skip(0x64)) {
      unit = DAY;
      rank = 1;
    } else if (skip(0x68)) {
      unit = HOUR;
      rank = 2;
    } else if (skip(0x6d)) {
      if (!skip(0x73)) {
        unit = MINUTE;
        rank = 3;
      }
    } else if (skip(0x73)) {
      unit = 1000;
      rank = 4;
    } else isSound = false;
    if (rank <= last) isSound = false;
    last = rank;
    if (isSound) total = added(total, count, unit);
  }
  settle(at, KIND_CEDAR_DURATION, total, isNegative);
}

export function datetime(at: usize): void {
  if (!begin(at)) return setUnknown(at);
  const year = fixed(4);
  expect(0x2d);
  const month = fixed(2);
  expect(0x2d);
  const day = fixed(2);
  let time: i64 = 0;
  let offset: i64 = 0;
  if (next < end) {
    expect(0x54);
    const hours = fixed(2);
    expect(0x3a);
    const minutes = fixed(2);
    expect(0x3a);
    const seconds = fixed(2);
    const millis = skip(0x2e) ? fixed(3) : 0;
    if (hours > 23 || minutes > 59 || seconds > 59) isSound = false;
    time = <i64>hours * <i64>HOUR + <i64>minutes * <i64>MINUTE + <i64>(seconds * 1000 + millis);
    if (!skip(0x5a)) {
      const isWest = skip(0x2d);
      if (!isWest) expect(0x2b);
      const offsetHours = fixed(2);
      const offsetMinutes = fixed(2);
      if (offsetHours > 23 || offsetMinutes > 59) isSound = false;
      offset = <i64>offsetHours * <i64>HOUR + <i64>offsetMinutes * <i64>MINUTE;
      if (isWest) offset = -offset;
    }
  }
  if (!isSound || next != end || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return setUnknown(at);
  set(at, KIND_CEDAR_DATETIME, daysSince1970(year, month, day) * <i64>DAY + time - offset);
}

function isLeap(year: u32): bool {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

function daysOf(year: u32, month: u32): u32 {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** The proleptic Gregorian calendar; years begin in March, so that the leap day is the last. */
function daysSince1970(year: i64, month: i64, day: i64): i64 {
  if (month <= 2) year--;
  const era = (year >= 0 ? year : year - 399) / 400;
  const yearOfEra = year - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** An address and maybe a prefix: a CIDR, 16 bytes of which an IPv4 address takes the first 4. */
export function ip(at: usize): void {
  if (!begin(at)) return setUnknown(at);
  const address = make(16);
  if (address == 0) return;
  memory.fill(address, 0, 16);
  let isSix = false;
  for (let byte = next; byte < end; byte++) if (load<u8>(byte) == 0x3a) isSix = true;
  if (isSix) readSix(address);
  else readFour(address);
  const width: u32 = isSix ? 128 : 32;
  let prefix = width;
  if (isSound && skip(0x2f)) prefix = number(width);
  if (!isSound || next != end) return setUnknown(at);
  setSpan(at, KIND_CIDR, address, isSix ? 6 : 4);
  store<u32>(at, prefix, AUX);
}

/** A number without leading zeros, of at most three digits. */
function number(most: u32): u32 {
  const from = next;
  let value: u32 = 0;
  for (; isDigit(peek()) && next - from < 3; next++) value = value * 10 + (peek() - 0x30);
  if (next == from || (load<u8>(from) == 0x30 && next - from > 1) || value > most) isSound = false;
  return value;
}

function readFour(address: usize): void {
  for (let i: u32 = 0; i < 4 && isSound; i++) {
    if (i > 0) expect(0x2e);
    store<u8>(address + i, number(255));
  }
}

/** Groups to the left of `::` go to the front, those to its right to the back; it stands for at least one. */
function readSix(address: usize): void {
  let count: u32 = 0;
  let gap: i32 = -1;
  if (skip(0x3a)) {
    expect(0x3a);
    gap = 0;
  }
  while (isSound && next < end && peek() != 0x2f) {
    if (count == 8) {
      isSound = false;
      return;
    }
    if (count > 0 && <i32>count != gap) {
      expect(0x3a);
      if (skip(0x3a)) {
        if (gap >= 0) isSound = false;
        gap = <i32>count;
        continue;
      }
    }
    const group = hex();
    store<u8>(address + count * 2, group >> 8);
    store<u8>(address + count * 2, group, 1);
    count++;
  }
  if (gap < 0 ? count != 8 : count == 8) isSound = false;
  if (!isSound || gap < 0) return;
  const behind = (count - <u32>gap) << 1;
  memory.copy(address + 16 - behind, address + (<u32>gap << 1), behind);
  memory.fill(address + (<u32>gap << 1), 0, 16 - behind - (<u32>gap << 1));
}

function hex(): u32 {
  const from = next;
  let value: u32 = 0;
  for (; next < end && next - from < 4; next++) {
    const byte = load<u8>(next) | 0x20;
    if (isDigit(load<u8>(next))) value = (value << 4) | (load<u8>(next) - 0x30);
    else if (byte >= 0x61 && byte <= 0x66) value = (value << 4) | (byte - 0x57);
    else break;
  }
  if (next == from) isSound = false;
  return value;
}
