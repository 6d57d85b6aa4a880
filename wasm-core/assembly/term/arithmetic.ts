// In: one or two operands. Out: `+ - * / %` and the minus of CEL, exact: an int or uint that does not fit, a time out of range, a
// division of integers by zero are unknown. Doubles are IEEE throughout. `+` also joins texts, bytes and lists.

import { KIND_LIST, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import { KIND_BYTES, KIND_INT, KIND_UINT } from '../../contract/terms.ts';
import { make, makeRecords } from './arena.ts';
import { kindOf, lengthOf, set, setDouble, setSpan, setUnknown, SIZE, spanOf, WORD } from './element.ts';
import { addTimes, subtractTimes } from './time.ts';

/** The kind two operands share, or 0. */
@inline
function sharedKind(at: usize): i32 {
  const kind = kindOf(at);
  return kind == kindOf(at + SIZE) ? kind : 0;
}

@inline
function left(at: usize): i64 {
  return load<i64>(at, WORD);
}

@inline
function right(at: usize): i64 {
  return load<i64>(at + SIZE, WORD);
}

@inline
function leftDouble(at: usize): f64 {
  return load<f64>(at, WORD);
}

@inline
function rightDouble(at: usize): f64 {
  return load<f64>(at + SIZE, WORD);
}

function give(at: usize, kind: i32, word: u64, fits: bool): void {
  if (fits) set(at, kind, word);
  else setUnknown(at);
}

export function add(at: usize): void {
  const kind = sharedKind(at);
  const x = left(at);
  const y = right(at);
  if (kind == KIND_INT) return give(at, kind, x + y, ((x ^ (x + y)) & (y ^ (x + y))) >= 0);
  if (kind == KIND_UINT) return give(at, kind, x + y, <u64>(x + y) >= <u64>x);
  if (kind == KIND_NUMBER) return setDouble(at, leftDouble(at) + rightDouble(at));
  if (kind == KIND_STRING || kind == KIND_BYTES) return joinTexts(at, kind);
  if (kind == KIND_LIST) return joinLists(at);
  addTimes(at);
}

function joinTexts(at: usize, kind: i32): void {
  const first = lengthOf(at);
  const second = lengthOf(at + SIZE);
  const text = make(first + second);
  if (text == 0) return;
  memory.copy(text, spanOf(at), first);
  memory.copy(text + first, spanOf(at + SIZE), second);
  setSpan(at, kind, text, first + second);
}

function joinLists(at: usize): void {
  const first = lengthOf(at);
  const second = lengthOf(at + SIZE);
  const elements = makeRecords(first + second, <u32>SIZE);
  if (elements == 0) return;
  memory.copy(elements, spanOf(at), first * <u32>SIZE);
  memory.copy(elements + first * <u32>SIZE, spanOf(at + SIZE), second * <u32>SIZE);
  setSpan(at, KIND_LIST, elements, first + second);
}

export function subtract(at: usize): void {
  const kind = sharedKind(at);
  const x = left(at);
  const y = right(at);
  if (kind == KIND_INT) return give(at, kind, x - y, ((x ^ y) & (x ^ (x - y))) >= 0);
  if (kind == KIND_UINT) return give(at, kind, x - y, <u64>x >= <u64>y);
  if (kind == KIND_NUMBER) return setDouble(at, leftDouble(at) - rightDouble(at));
  subtractTimes(at);
}

export function multiply(at: usize): void {
  const kind = sharedKind(at);
  const x = left(at);
  const y = right(at);
  const z = x * y;
  // Dividing back tells; -1 apart, where the division itself would overflow.
  if (kind == KIND_INT) give(at, kind, z, x == -1 ? y != i64.MIN_VALUE : x == 0 || z / x == y);
  else if (kind == KIND_UINT) give(at, kind, z, x == 0 || <u64>z / <u64>x == <u64>y);
  else if (kind == KIND_NUMBER) setDouble(at, leftDouble(at) * rightDouble(at));
  else setUnknown(at);
}

export function divide(at: usize): void {
  const kind = sharedKind(at);
  const x = left(at);
  const y = right(at);
  if (kind == KIND_NUMBER) return setDouble(at, leftDouble(at) / rightDouble(at));
  if (y == 0) return setUnknown(at);
  if (kind == KIND_INT && !(x == i64.MIN_VALUE && y == -1)) set(at, kind, x / y);
  else if (kind == KIND_UINT) set(at, kind, <u64>x / <u64>y);
  else setUnknown(at);
}

export function modulo(at: usize): void {
  const kind = sharedKind(at);
  const x = left(at);
  const y = right(at);
  if (y == 0) return setUnknown(at);
  if (kind == KIND_INT) set(at, kind, y == -1 ? 0 : x % y);
  else if (kind == KIND_UINT) set(at, kind, <u64>x % <u64>y);
  else setUnknown(at);
}

export function negate(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_INT) give(at, kind, -left(at), left(at) != i64.MIN_VALUE);
  else if (kind == KIND_NUMBER) setDouble(at, -leftDouble(at));
  else setUnknown(at);
}
