// The functions of Cedar (contract/terms.ts, FN_CEDAR_*). In: operands from `at` on, all of them values. Out: the value at `at`, or
// unknown where Cedar errs: an operand of another type, an attribute or tag that is not there, an overflow.

import { KIND_LIST, KIND_STRING } from '../../contract/codes.ts';
import {
  ENTITY_ATTRIBUTES,
  ENTITY_TAGS,
  FN_CEDAR_ADD,
  FN_CEDAR_CONTAINS,
  FN_CEDAR_CONTAINS_ALL,
  FN_CEDAR_CONTAINS_ANY,
  FN_CEDAR_DATETIME,
  FN_CEDAR_DECIMAL,
  FN_CEDAR_DECIMAL_GREATER,
  FN_CEDAR_DECIMAL_GREATER_EQUAL,
  FN_CEDAR_DECIMAL_LESS,
  FN_CEDAR_DECIMAL_LESS_EQUAL,
  FN_CEDAR_DURATION,
  FN_CEDAR_DURATION_SINCE,
  FN_CEDAR_ENTITY,
  FN_CEDAR_EQUAL,
  FN_CEDAR_GET,
  FN_CEDAR_GET_TAG,
  FN_CEDAR_HAS,
  FN_CEDAR_HAS_TAG,
  FN_CEDAR_IN,
  FN_CEDAR_IP,
  FN_CEDAR_IS,
  FN_CEDAR_IS_EMPTY,
  FN_CEDAR_IS_IN_RANGE,
  FN_CEDAR_IS_IPV4,
  FN_CEDAR_IS_IPV6,
  FN_CEDAR_IS_LOOPBACK,
  FN_CEDAR_IS_MULTICAST,
  FN_CEDAR_LESS,
  FN_CEDAR_LESS_EQUAL,
  FN_CEDAR_LIKE,
  FN_CEDAR_MULTIPLY,
  FN_CEDAR_NEGATE,
  FN_CEDAR_OFFSET,
  FN_CEDAR_SUBTRACT,
  FN_CEDAR_TO_DATE,
  FN_CEDAR_TO_DAYS,
  FN_CEDAR_TO_HOURS,
  FN_CEDAR_TO_MINUTES,
  FN_CEDAR_TO_SECONDS,
  FN_CEDAR_TO_TIME,
  FN_CEDAR_UNION,
  KIND_CEDAR_DATETIME,
  KIND_CEDAR_DECIMAL,
  KIND_CEDAR_DURATION,
  KIND_CIDR,
  KIND_ENTITY,
  KIND_INT,
  KIND_RECORD,
} from '../../contract/terms.ts';
import { sameText } from '../text.ts';
import { findText } from '../term/compare.ts';
import { AUX, copy, kindOf, lengthOf, set, setBool, setUnknown, SIZE, spanOf, WORD } from '../term/element.ts';
import { findEntity, isWithin } from './store.ts';
import { datetime, decimal, duration, ip } from './texts.ts';
import { contains, containsAll, containsAny, equal, like, union } from './values.ts';

const DAY: i64 = 86400000;

export function callCedar(fn: i32, at: usize): void {
  switch (fn) {
    case FN_CEDAR_ENTITY:
      return kindOf(at) == KIND_STRING ? store<u8>(at, KIND_ENTITY) : setUnknown(at);
    case FN_CEDAR_EQUAL:
      return setBool(at, equal(at, at + SIZE));
    case FN_CEDAR_LESS:
    case FN_CEDAR_LESS_EQUAL:
      return less(at, fn == FN_CEDAR_LESS_EQUAL);
    case FN_CEDAR_IN:
      return isIn(at);
    case FN_CEDAR_ADD:
    case FN_CEDAR_SUBTRACT:
    case FN_CEDAR_MULTIPLY:
      return arithmetic(fn, at);
    case FN_CEDAR_NEGATE: {
      const value = load<i64>(at, WORD);
      return kindOf(at) == KIND_INT && value != i64.MIN_VALUE ? set(at, KIND_INT, -value) : setUnknown(at);
    }
    case FN_CEDAR_CONTAINS:
      return kindOf(at) == KIND_LIST ? setBool(at, contains(at, at + SIZE)) : setUnknown(at);
    case FN_CEDAR_CONTAINS_ALL:
      return areSets(at) ? setBool(at, containsAll(at, at + SIZE)) : setUnknown(at);
    case FN_CEDAR_CONTAINS_ANY:
      return areSets(at) ? setBool(at, containsAny(at, at + SIZE)) : setUnknown(at);
    case FN_CEDAR_IS_EMPTY:
      return kindOf(at) == KIND_LIST ? setBool(at, lengthOf(at) == 0) : setUnknown(at);
    case FN_CEDAR_GET:
    case FN_CEDAR_HAS:
      return part(at, ENTITY_ATTRIBUTES, fn == FN_CEDAR_HAS);
    case FN_CEDAR_GET_TAG:
    case FN_CEDAR_HAS_TAG:
      return kindOf(at) == KIND_ENTITY ? part(at, ENTITY_TAGS, fn == FN_CEDAR_HAS_TAG) : setUnknown(at);
    case FN_CEDAR_IS:
      return is(at);
    case FN_CEDAR_LIKE:
      return like(at);
    case FN_CEDAR_UNION:
      return union(at);
    case FN_CEDAR_DECIMAL:
      return decimal(at);
    case FN_CEDAR_IP:
      return ip(at);
    case FN_CEDAR_DATETIME:
      return datetime(at);
    case FN_CEDAR_DURATION:
      return duration(at);
    case FN_CEDAR_DECIMAL_LESS:
    case FN_CEDAR_DECIMAL_LESS_EQUAL:
    case FN_CEDAR_DECIMAL_GREATER:
    case FN_CEDAR_DECIMAL_GREATER_EQUAL:
      return decimals(fn, at);
    case FN_CEDAR_IS_IPV4:
      return kindOf(at) == KIND_CIDR ? setBool(at, lengthOf(at) == 4) : setUnknown(at);
    case FN_CEDAR_IS_IPV6:
      return kindOf(at) == KIND_CIDR ? setBool(at, lengthOf(at) == 6) : setUnknown(at);
    case FN_CEDAR_IS_LOOPBACK:
    case FN_CEDAR_IS_MULTICAST:
      return special(at, fn == FN_CEDAR_IS_LOOPBACK);
    case FN_CEDAR_IS_IN_RANGE:
      return isInRange(at);
    default:
      return time(fn, at);
  }
}

function less(at: usize, orEqual: bool): void {
  const kind = kindOf(at);
  const hasOrder = kind == KIND_INT || kind == KIND_CEDAR_DATETIME || kind == KIND_CEDAR_DURATION;
  if (!hasOrder || kindOf(at + SIZE) != kind) return setUnknown(at);
  const left = load<i64>(at, WORD);
  const right = load<i64>(at + SIZE, WORD);
  setBool(at, left < right || (orEqual && left == right));
}

function isIn(at: usize): void {
  const group = at + SIZE;
  const kind = kindOf(group);
  if (kindOf(at) != KIND_ENTITY) return setUnknown(at);
  if (kind == KIND_ENTITY) return setBool(at, isWithin(findEntity(at), at, group));
  if (kind != KIND_LIST) return setUnknown(at);
  const first = spanOf(group);
  const end = first + lengthOf(group) * <u32>SIZE;
  for (let item = first; item < end; item += SIZE) if (kindOf(item) != KIND_ENTITY) return setUnknown(at);
  const record = findEntity(at);
  let found = false;
  for (let item = first; item < end && !found; item += SIZE) found = isWithin(record, at, item);
  setBool(at, found);
}

function arithmetic(fn: i32, at: usize): void {
  if (kindOf(at) != KIND_INT || kindOf(at + SIZE) != KIND_INT) return setUnknown(at);
  const a = load<i64>(at, WORD);
  const b = load<i64>(at + SIZE, WORD);
  let value: i64 = 0;
  let overflows = false;
  if (fn == FN_CEDAR_ADD) {
    value = a + b;
    overflows = ((a ^ value) & (b ^ value)) < 0;
  } else if (fn == FN_CEDAR_SUBTRACT) {
    value = a - b;
    overflows = ((a ^ b) & (a ^ value)) < 0;
  } else {
    value = a * b;
    if (a == -1) overflows = b == i64.MIN_VALUE; // the one quotient that would trap
    else if (a != 0) overflows = value / a != b;
  }
  if (overflows) setUnknown(at);
  else set(at, KIND_INT, value);
}

@inline
function areSets(at: usize): bool {
  return kindOf(at) == KIND_LIST && kindOf(at + SIZE) == KIND_LIST;
}

/** An attribute or a tag: of a record, or of an entity at `field` of its record. An entity that does not exist has none. */
function part(at: usize, field: usize, isHas: bool): void {
  const key = at + SIZE;
  let from = at;
  if (kindOf(key) != KIND_STRING) return setUnknown(at);
  if (kindOf(at) == KIND_ENTITY) {
    const record = findEntity(at);
    if (record == 0) return isHas ? setBool(at, false) : setUnknown(at);
    from = record + field;
  } else if (kindOf(at) != KIND_RECORD) return setUnknown(at);
  const entry = findText(spanOf(key), lengthOf(key), spanOf(from), lengthOf(from));
  if (isHas) setBool(at, entry != 0);
  else if (entry == 0) setUnknown(at);
  else copy(at, entry + SIZE);
}

/** The second operand is the type with `::"`: no type has a quote, so that what begins with it is of the type. */
function is(at: usize): void {
  const type = at + SIZE;
  if (kindOf(at) != KIND_ENTITY || kindOf(type) != KIND_STRING) return setUnknown(at);
  setBool(at, lengthOf(at) > lengthOf(type) && sameText(spanOf(at), spanOf(type), lengthOf(type)));
}

function decimals(fn: i32, at: usize): void {
  if (kindOf(at) != KIND_CEDAR_DECIMAL || kindOf(at + SIZE) != KIND_CEDAR_DECIMAL) return setUnknown(at);
  const a = load<i64>(at, WORD);
  const b = load<i64>(at + SIZE, WORD);
  if (fn == FN_CEDAR_DECIMAL_LESS) setBool(at, a < b);
  else if (fn == FN_CEDAR_DECIMAL_LESS_EQUAL) setBool(at, a <= b);
  else if (fn == FN_CEDAR_DECIMAL_GREATER) setBool(at, a > b);
  else setBool(at, a >= b);
}

/** 127.0.0.0/8 and ::1; 224.0.0.0/4 and ff00::/8. */
function special(at: usize, isLoopback: bool): void {
  if (kindOf(at) != KIND_CIDR) return setUnknown(at);
  const bytes = spanOf(at);
  const prefix = load<u32>(at, AUX);
  if (lengthOf(at) == 4) {
    const first: u32 = load<u8>(bytes);
    return setBool(at, isLoopback ? prefix >= 8 && first == 127 : prefix >= 4 && first >> 4 == 14);
  }
  if (!isLoopback) return setBool(at, prefix >= 8 && load<u8>(bytes) == 0xff);
  const isOne = load<u64>(bytes) == 0 && load<u64>(bytes, 8) == <u64>1 << 56;
  setBool(at, prefix == 128 && isOne);
}

/** Whether every address of the first range is one of the second. */
function isInRange(at: usize): void {
  const outer = at + SIZE;
  if (kindOf(at) != KIND_CIDR || kindOf(outer) != KIND_CIDR) return setUnknown(at);
  const prefix = load<u32>(outer, AUX);
  if (lengthOf(at) != lengthOf(outer) || load<u32>(at, AUX) < prefix) return setBool(at, false);
  const whole = prefix >> 3;
  const rest = prefix & 7;
  const a = spanOf(at);
  const b = spanOf(outer);
  if (!sameText(a, b, whole)) return setBool(at, false);
  setBool(at, rest == 0 || ((load<u8>(a + whole) ^ load<u8>(b + whole)) >> (8 - rest)) == 0);
}

function time(fn: i32, at: usize): void {
  const value = load<i64>(at, WORD);
  const isDatetime = kindOf(at) == KIND_CEDAR_DATETIME;
  if (fn == FN_CEDAR_OFFSET || fn == FN_CEDAR_DURATION_SINCE) {
    const wanted = fn == FN_CEDAR_OFFSET ? KIND_CEDAR_DURATION : KIND_CEDAR_DATETIME;
    if (!isDatetime || kindOf(at + SIZE) != wanted) return setUnknown(at);
    const kind = fn == FN_CEDAR_OFFSET ? KIND_CEDAR_DATETIME : KIND_CEDAR_DURATION;
    set(at, KIND_INT, value);
    set(at + SIZE, KIND_INT, load<i64>(at + SIZE, WORD));
    arithmetic(fn == FN_CEDAR_OFFSET ? FN_CEDAR_ADD : FN_CEDAR_SUBTRACT, at);
    if (kindOf(at) == KIND_INT) store<u8>(at, kind);
    return;
  }
  if (fn == FN_CEDAR_TO_DATE || fn == FN_CEDAR_TO_TIME) {
    if (!isDatetime) return setUnknown(at);
    const rest = ((value % DAY) + DAY) % DAY;
    if (fn == FN_CEDAR_TO_TIME) return set(at, KIND_CEDAR_DURATION, rest);
    return value < i64.MIN_VALUE + rest ? setUnknown(at) : set(at, KIND_CEDAR_DATETIME, value - rest);
  }
  if (kindOf(at) != KIND_CEDAR_DURATION) return setUnknown(at);
  let unit: i64 = 1;
  if (fn == FN_CEDAR_TO_SECONDS) unit = 1000;
  else if (fn == FN_CEDAR_TO_MINUTES) unit = 60000;
  else if (fn == FN_CEDAR_TO_HOURS) unit = 3600000;
  else if (fn == FN_CEDAR_TO_DAYS) unit = DAY;
  set(at, KIND_INT, value / unit); // toMilliseconds: as it is
}
