// In: strings. Out: where one stands in another, and what is made of the places: `indexOf lastIndexOf replace split join`
// (LANGUAGE.md 4.15). Linear time (../text.ts). Valid UTF-8 is found in valid UTF-8 only where code points begin.

import { KIND_LIST, KIND_STRING } from '../../contract/codes.ts';
import { KIND_INT } from '../../contract/terms.ts';
import { countCodePoints, findFirst, findLast } from '../text.ts';
import {
  beginText,
  dropGathered,
  exhausted,
  finishText,
  gather,
  gathered,
  putBytes,
  settleGathered,
  takeRoom,
} from './arena.ts';
import { kindOf, lengthOf, setInt, setSpan, setUnknown, SIZE, spanOf, WORD } from './element.ts';
import { areStrings, offsetOf, widthAt } from './text.ts';

/** `indexOf`, `lastIndexOf`: text, needle, and maybe where to begin. */
export function indexOf(at: usize, count: u32, isLast: bool): void {
  if (!areStrings(at, 2)) return setUnknown(at);
  const text = spanOf(at);
  const length = lengthOf(at);
  const needle = spanOf(at + SIZE);
  const needleLength = lengthOf(at + SIZE);
  let from: u32 = isLast ? length : 0;
  if (count == 3) {
    const start = offsetOf(at, at + 2 * SIZE);
    if (start < 0) return setUnknown(at);
    from = <u32>start;
  }
  let found: i32 = 0;
  if (isLast) {
    // It may begin at `from` at most, so it ends there and its own length on.
    const end: u32 = needleLength > length - from ? length : from + needleLength;
    found = needleLength > end ? -1 : needleLength == 0 ? <i32>from : findLast(text, end, needle, needleLength);
  } else {
    found = findFirst(text + from, length - from, needle, needleLength);
    if (found >= 0) found += from;
  }
  setInt(at, found < 0 ? -1 : countCodePoints(text, found));
}

/** A limit, operand `which` if there are so many: a negative one, and none, is no limit. -1 if it is no int. */
function limitAt(at: usize, count: u32, which: u32): i64 {
  if (count <= which) return i64.MAX_VALUE;
  const operand = at + which * <u32>SIZE;
  if (kindOf(operand) != KIND_INT) return -1;
  const limit = load<i64>(operand, WORD);
  return limit < 0 ? i64.MAX_VALUE : limit;
}

export function replace(at: usize, count: u32): void {
  let left = limitAt(at, count, 3);
  if (!areStrings(at, 3) || left < 0) return setUnknown(at);
  const text = spanOf(at);
  const length = lengthOf(at);
  const old = spanOf(at + SIZE);
  const oldLength = lengthOf(at + SIZE);
  const fresh = spanOf(at + 2 * SIZE);
  const freshLength = lengthOf(at + 2 * SIZE);
  beginText();
  let from: u32 = 0;
  for (; left > 0 && !exhausted; left--) {
    if (oldLength == 0) {
      putBytes(fresh, freshLength);
      if (from == length) break;
      const width = widthAt(text + from);
      putBytes(text + from, width);
      from += width;
      continue;
    }
    const found = findFirst(text + from, length - from, old, oldLength);
    if (found < 0) break;
    putBytes(text + from, found);
    putBytes(fresh, freshLength);
    from += found + oldLength;
  }
  putBytes(text + from, length - from);
  finishText(at, KIND_STRING);
}

const part: usize = memory.data(16, 16);

/** One more string of a list being made, a part of what is there. */
function gatherText(text: usize, length: u32): void {
  if (!takeRoom(length)) return;
  setSpan(part, KIND_STRING, text, length);
  gather(part);
}

export function split(at: usize, count: u32): void {
  let left = limitAt(at, count, 2);
  if (!areStrings(at, 2) || left < 0) return setUnknown(at);
  const text = spanOf(at);
  const length = lengthOf(at);
  const separator = spanOf(at + SIZE);
  const separatorLength = lengthOf(at + SIZE);
  const mark = gathered;
  let from: u32 = 0;
  let isOver = left == 0 || (separatorLength == 0 && length == 0);
  while (!isOver && !exhausted) {
    let found: i32 = -1;
    if (left > 1) {
      if (separatorLength != 0) found = findFirst(text + from, length - from, separator, separatorLength);
      else if (from < length) {
        found = widthAt(text + from);
        if (from + found == length) found = -1; // the last code point is the rest
      }
    }
    isOver = found < 0;
    gatherText(text + from, isOver ? length - from : found);
    from += found + separatorLength;
    left--;
  }
  if (!exhausted) settleGathered(at, KIND_LIST, mark);
  else dropGathered(mark);
}

export function join(at: usize, count: u32): void {
  if (kindOf(at) != KIND_LIST || (count == 2 && kindOf(at + SIZE) != KIND_STRING)) return setUnknown(at);
  const elements = spanOf(at);
  const length = lengthOf(at);
  if (!areStrings(elements, length)) return setUnknown(at);
  beginText();
  for (let i: u32 = 0; i < length && !exhausted; i++) {
    if (i > 0 && count == 2) putBytes(spanOf(at + SIZE), lengthOf(at + SIZE));
    const element = elements + i * <u32>SIZE;
    putBytes(spanOf(element), lengthOf(element));
  }
  finishText(at, KIND_STRING);
}
