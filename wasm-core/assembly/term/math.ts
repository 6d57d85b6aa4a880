// In: numbers. Out: what CEL's `math` gives of them (LANGUAGE.md 4.18), of the kind they have.

import { KIND_LIST, KIND_NUMBER } from '../../contract/codes.ts';
import {
  FN_ABS,
  FN_BIT_AND,
  FN_BIT_OR,
  FN_CEIL,
  FN_FLOOR,
  FN_IS_FINITE,
  FN_IS_INF,
  FN_ROUND,
  FN_SQRT,
  KIND_INT,
  KIND_UINT,
} from '../../contract/terms.ts';
import { NOT_A_NUMBER, order } from './compare.ts';
import { copy, isNumeric, kindOf, lengthOf, set, setBool, setDouble, setUnknown, SIZE, spanOf, WORD } from './element.ts';

/** The first that no other exceeds or, of `least`, undercuts. */
export function extreme(at: usize, count: u32, isGreatest: bool): void {
  let from = at;
  if (count == 1 && kindOf(at) == KIND_LIST) {
    from = spanOf(at);
    count = lengthOf(at);
  }
  if (count == 0) return setUnknown(at);
  let found = from;
  for (let i: u32 = 0; i < count; i++) {
    const one = from + i * <u32>SIZE;
    const ordered = isNumeric(kindOf(one)) ? order(one, found) : NOT_A_NUMBER; // with itself at first: NaN shows
    if (ordered == NOT_A_NUMBER) return setUnknown(at);
    if (ordered == (isGreatest ? 1 : -1)) found = one;
  }
  copy(at, found);
}

export function ofDouble(at: usize, fn: i32): void {
  if (kindOf(at) != KIND_NUMBER) return setUnknown(at);
  const value = load<f64>(at, WORD);
  // The sum of a value below one half and one half can round up to one: cut what the value itself has first.
  const whole = trunc(value);
  if (fn == FN_CEIL) setDouble(at, ceil(value));
  else if (fn == FN_FLOOR) setDouble(at, floor(value));
  else if (fn == FN_ROUND) setDouble(at, abs(value - whole) >= 0.5 ? whole + copysign(1.0, value) : whole);
  else setDouble(at, whole);
}

export function testDouble(at: usize, fn: i32): void {
  if (kindOf(at) != KIND_NUMBER) return setUnknown(at);
  const value = load<f64>(at, WORD);
  if (fn == FN_IS_INF) setBool(at, abs(value) == Infinity);
  else if (fn == FN_IS_FINITE) setBool(at, abs(value) < Infinity);
  else setBool(at, value != value);
}

export function ofNumber(at: usize, fn: i32): void {
  const kind = kindOf(at);
  if (!isNumeric(kind)) return setUnknown(at);
  const word = load<i64>(at, WORD);
  const value = reinterpret<f64>(word);
  if (fn == FN_SQRT) {
    setDouble(at, sqrt(kind == KIND_NUMBER ? value : kind == KIND_INT ? <f64>word : <f64>(<u64>word)));
  } else if (fn == FN_ABS) {
    if (kind == KIND_NUMBER) setDouble(at, abs(value));
    else if (kind == KIND_INT && word == i64.MIN_VALUE) setUnknown(at);
    else if (kind == KIND_INT) set(at, kind, word < 0 ? -word : word);
  } else if (kind == KIND_NUMBER) {
    if (value > 0 || value < 0) setDouble(at, value > 0 ? 1 : -1); // zeros and NaN stay
  } else set(at, kind, kind == KIND_INT && word < 0 ? -1 : u64(word != 0));
}

export function combineBits(at: usize, fn: i32): void {
  const kind = kindOf(at);
  if (kind != kindOf(at + SIZE) || (kind != KIND_INT && kind != KIND_UINT)) return setUnknown(at);
  const x = load<u64>(at, WORD);
  const y = load<u64>(at + SIZE, WORD);
  set(at, kind, fn == FN_BIT_AND ? x & y : fn == FN_BIT_OR ? x | y : x ^ y);
}

export function invertBits(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_INT || kind == KIND_UINT) set(at, kind, ~load<u64>(at, WORD));
  else setUnknown(at);
}

/** Both shifts fill with zeros. */
export function shiftBits(at: usize, isLeft: bool): void {
  const kind = kindOf(at);
  const by = load<i64>(at + SIZE, WORD);
  if ((kind != KIND_INT && kind != KIND_UINT) || kindOf(at + SIZE) != KIND_INT || by < 0) return setUnknown(at);
  const word = load<u64>(at, WORD);
  set(at, kind, by > 63 ? 0 : isLeft ? word << by : word >> by);
}
