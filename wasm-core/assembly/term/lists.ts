// In: lists. Out: what CEL's list functions give (LANGUAGE.md 4.19): `distinct flatten slice sort`. Counts the steps of what they do
// inside (5.10).

import { KIND_BOOL, KIND_LIST, KIND_NUMBER } from '../../contract/codes.ts';
import { STEP_BYTES, STEP_ELEMENTS } from '../../contract/limits.ts';
import { KIND_DURATION, KIND_INT, KIND_TIMESTAMP } from '../../contract/terms.ts';
import { dropGathered, enter, exhausted, gather, gathered, holdScratch, leave, makeRecords, releaseScratch, settleGathered, spend } from './arena.ts';
import { equalInside, order } from './compare.ts';
import { isNumeric, isText, kindOf, lengthOf, setSpan, setUnknown, SIZE, spanOf, WORD } from './element.ts';

export function distinct(at: usize): void {
  if (kindOf(at) != KIND_LIST) return setUnknown(at);
  const mark = gathered;
  const count = lengthOf(at);
  const from = spanOf(at);
  for (let i: u32 = 0; i < count && !exhausted; i++) {
    const element = from + i * <u32>SIZE;
    let isNew = true;
    for (let kept = mark; kept < gathered && isNew && !exhausted; kept += SIZE) {
      spend(1);
      isNew = !equalInside(element, kept);
    }
    if (isNew) gather(element);
  }
  if (!exhausted) settleGathered(at, KIND_LIST, mark);
}

export function flatten(at: usize, count: u32): void {
  if (kindOf(at) != KIND_LIST || (count == 2 && kindOf(at + SIZE) != KIND_INT)) return setUnknown(at);
  const depth: i64 = count == 2 ? load<i64>(at + SIZE, WORD) : 1;
  if (depth < 0) return setUnknown(at);
  const mark = gathered;
  open(spanOf(at), lengthOf(at), depth);
  if (!exhausted) settleGathered(at, KIND_LIST, mark);
  else dropGathered(mark);
}

/** Ends whatever the depth asked for: lists nest only so deep. */
function open(from: usize, count: u32, depth: i64): void {
  for (let i: u32 = 0; i < count && !exhausted; i++) {
    const element = from + i * <u32>SIZE;
    if (depth == 0 || kindOf(element) != KIND_LIST) gather(element);
    else {
      spend(1 + lengthOf(element) / <u32>STEP_ELEMENTS);
      if (!enter()) return;
      open(spanOf(element), lengthOf(element), depth - 1);
      leave();
    }
  }
}

export function slice(at: usize): void {
  const isSlice = kindOf(at) == KIND_LIST && kindOf(at + SIZE) == KIND_INT && kindOf(at + 2 * SIZE) == KIND_INT;
  const begin = load<i64>(at + SIZE, WORD);
  const end = load<i64>(at + 2 * SIZE, WORD);
  if (!isSlice || begin < 0 || end < begin || end > <i64>lengthOf(at)) return setUnknown(at);
  const count = <u32>(end - begin);
  const elements = makeRecords(count, <u32>SIZE);
  if (elements == 0) return;
  memory.copy(elements, spanOf(at) + <u32>begin * <u32>SIZE, count * <u32>SIZE);
  setSpan(at, KIND_LIST, elements, count);
}

@inline
function hasOrder(kind: i32): bool {
  return isNumeric(kind) || isText(kind) || kind == KIND_BOOL || kind == KIND_TIMESTAMP || kind == KIND_DURATION;
}

export function sort(at: usize): void {
  if (kindOf(at) != KIND_LIST) return setUnknown(at);
  const count = lengthOf(at);
  const from = spanOf(at);
  const binaryDigits: u64 = 32 - clz(count);
  let isSortable = true;
  for (let i: u32 = 0; i < count; i++) {
    const element = from + i * <u32>SIZE;
    const kind = kindOf(element);
    const bytes = isText(kind) ? lengthOf(element) : 0;
    spend((1 + bytes / <u32>STEP_BYTES) * binaryDigits);
    isSortable = isSortable && kind == kindOf(from) && hasOrder(kind) && !(kind == KIND_NUMBER && isNan(element));
  }
  if (exhausted) return;
  if (!isSortable) return setUnknown(at);
  const elements = makeRecords(count, <u32>SIZE);
  // As much as was just counted as room, so it fits (arena.ts).
  const other = holdScratch(count * <u32>SIZE);
  if (elements == 0 || other == 0) return;
  memory.copy(elements, from, count * <u32>SIZE);
  mergeSort(elements, other, count * <u32>SIZE);
  releaseScratch(count * <u32>SIZE);
  setSpan(at, KIND_LIST, elements, count);
}

@inline
function isNan(at: usize): bool {
  const value = load<f64>(at, WORD);
  return value != value;
}

/** Merges runs of doubling width, from one place to the other and back. Stable. */
function mergeSort(elements: usize, other: usize, bytes: u32): void {
  let from = elements;
  let to = other;
  for (let width = <u32>SIZE; width < bytes; width <<= 1) {
    for (let first: u32 = 0; first < bytes; first += width << 1) {
      const middle = min(first + width, bytes);
      const last = min(middle + width, bytes);
      let left = first;
      let right = middle;
      for (let place = first; place < last; place += <u32>SIZE) {
        const takesLeft = left < middle && (right >= last || order(from + left, from + right) <= 0);
        memory.copy(to + place, from + (takesLeft ? left : right), SIZE);
        if (takesLeft) left += <u32>SIZE;
        else right += <u32>SIZE;
      }
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  if (from != elements) memory.copy(elements, from, bytes);
}
