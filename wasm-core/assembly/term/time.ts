// In: timestamps and durations. Out: sums, differences, parts in a zone, conversions (LANGUAGE.md 4.12, 4.14, 4.17). What leaves the
// range of 4.10 is unknown.

import { KIND_STRING } from '../../contract/codes.ts';
import {
  FN_GET_DATE,
  FN_GET_DAY_OF_MONTH,
  FN_GET_DAY_OF_WEEK,
  FN_GET_DAY_OF_YEAR,
  FN_GET_FULL_YEAR,
  FN_GET_HOURS,
  FN_GET_MILLISECONDS,
  FN_GET_MINUTES,
  FN_GET_MONTH,
  FN_GET_SECONDS,
  KIND_DURATION,
  KIND_INT,
  KIND_TIMESTAMP,
} from '../../contract/terms.ts';
import { day, daysOf, floorDivide, month, takeDate, year } from './calendar.ts';
import { AUX, KIND_ZONE, kindOf, lengthOf, setInt, setTime, setUnknown, SIZE, spanOf, WORD } from './element.ts';
import { durationNanos, isTimestampInRange, readTime, SECOND_NANOS, setDuration } from './time-text.ts';

const DAY_SECONDS: i64 = 86400;

/** Durations and timestamps; of others unknown. */
export function addTimes(at: usize): void {
  const kind = kindOf(at);
  const other = kindOf(at + SIZE);
  if (kind == KIND_DURATION && other == KIND_DURATION) {
    const x = durationNanos(at);
    const y = durationNanos(at + SIZE);
    const sum = x + y;
    if (((x ^ sum) & (y ^ sum)) < 0) setUnknown(at);
    else setDuration(at, sum);
  } else if (kind == KIND_TIMESTAMP && other == KIND_DURATION) move(at, at, at + SIZE, 1);
  else if (kind == KIND_DURATION && other == KIND_TIMESTAMP) move(at, at + SIZE, at, 1);
  else setUnknown(at);
}

export function subtractTimes(at: usize): void {
  const kind = kindOf(at);
  const other = kindOf(at + SIZE);
  if (kind == KIND_DURATION && other == KIND_DURATION) {
    const x = durationNanos(at);
    const y = durationNanos(at + SIZE);
    const difference = x - y;
    if (((x ^ y) & (x ^ difference)) < 0) setUnknown(at);
    else setDuration(at, difference);
  } else if (kind == KIND_TIMESTAMP && other == KIND_DURATION) move(at, at, at + SIZE, -1);
  else if (kind == KIND_TIMESTAMP && other == KIND_TIMESTAMP) subtractTimestamps(at);
  else setUnknown(at);
}

/** The timestamp at `from`, `sign` times a duration later. */
function move(at: usize, from: usize, duration: usize, sign: i32): void {
  let second = load<i64>(from, WORD) + load<i64>(duration, WORD) * sign;
  let nano = <i64>load<u32>(from, AUX) + load<i32>(duration, AUX) * sign;
  const carry = floorDivide(nano, SECOND_NANOS);
  second += carry;
  nano -= carry * SECOND_NANOS;
  if (isTimestampInRange(second)) setTime(at, KIND_TIMESTAMP, second, <i32>nano);
  else setUnknown(at);
}

/** Seconds that a duration can have, and nanoseconds beside them. */
const MOST_SECONDS: i64 = 9223372036;
const MOST_NANOS: i64 = 854775807;

function subtractTimestamps(at: usize): void {
  let second = load<i64>(at, WORD) - load<i64>(at + SIZE, WORD);
  let nano = <i64>load<u32>(at, AUX) - load<u32>(at + SIZE, AUX);
  // One sign for both.
  if (second > 0 && nano < 0) {
    second--;
    nano += SECOND_NANOS;
  } else if (second < 0 && nano > 0) {
    second++;
    nano -= SECOND_NANOS;
  }
  const isOver = second > MOST_SECONDS || (second == MOST_SECONDS && nano > MOST_NANOS);
  const isUnder = second < -MOST_SECONDS || (second == -MOST_SECONDS && nano < -MOST_NANOS - 1);
  if (isOver || isUnder) setUnknown(at);
  else setTime(at, KIND_DURATION, second, <i32>nano);
}

/** `timestamp` and `duration`: `kind` tells which. */
export function toTime(at: usize, kind: i32): void {
  const found = kindOf(at);
  if (found == kind) return;
  if (found == KIND_STRING && readTime(at, kind, spanOf(at), lengthOf(at))) return;
  if (found == KIND_INT && kind == KIND_TIMESTAMP && isTimestampInRange(load<i64>(at, WORD))) {
    return setTime(at, kind, load<i64>(at, WORD), 0);
  }
  setUnknown(at);
}

/** Seconds that local time is ahead of UTC: of the last transition that is not later (codes.ts, CONSTANT_ZONE). */
function aheadAt(zone: usize, second: i64): i64 {
  let table = spanOf(zone);
  let count = lengthOf(zone);
  // Each i32 stands before the next transition's second: entry i is at table + 12 i, its second 8 bytes before.
  while (count > 0) {
    const half = (count + 1) >> 1;
    if (load<i64>(table + half * 12 - 8) <= second) {
      table += half * 12;
      count -= half;
    } else count = half - 1;
  }
  return load<i32>(table);
}

export function timePart(at: usize, count: u32, fn: i32): void {
  const kind = kindOf(at);
  if (kind == KIND_DURATION && count == 1) return durationPart(at, fn);
  if (kind != KIND_TIMESTAMP || (count == 2 && kindOf(at + SIZE) != KIND_ZONE)) return setUnknown(at);
  let second = load<i64>(at, WORD);
  if (count == 2) second += aheadAt(at + SIZE, second);
  const days = floorDivide(second, DAY_SECONDS);
  const ofDay = second - days * DAY_SECONDS;
  takeDate(days);
  switch (fn) {
    case FN_GET_FULL_YEAR:
      return setInt(at, year);
    case FN_GET_MONTH:
      return setInt(at, month - 1);
    case FN_GET_DATE:
      return setInt(at, day);
    case FN_GET_DAY_OF_MONTH:
      return setInt(at, day - 1);
    case FN_GET_DAY_OF_WEEK:
      return setInt(at, days + 4 - floorDivide(days + 4, 7) * 7); // 1970-01-01 was a Thursday
    case FN_GET_DAY_OF_YEAR:
      return setInt(at, days - daysOf(year, 1, 1));
    case FN_GET_HOURS:
      return setInt(at, ofDay / 3600);
    case FN_GET_MINUTES:
      return setInt(at, (ofDay / 60) % 60);
    case FN_GET_SECONDS:
      return setInt(at, ofDay % 60);
    default:
      setInt(at, load<u32>(at, AUX) / 1000000); // FN_GET_MILLISECONDS
  }
}

function durationPart(at: usize, fn: i32): void {
  const second = load<i64>(at, WORD);
  if (fn == FN_GET_HOURS) setInt(at, second / 3600);
  else if (fn == FN_GET_MINUTES) setInt(at, second / 60);
  else if (fn == FN_GET_SECONDS) setInt(at, second);
  else if (fn == FN_GET_MILLISECONDS) setInt(at, load<i32>(at, AUX) / 1000000);
  else setUnknown(at);
}
