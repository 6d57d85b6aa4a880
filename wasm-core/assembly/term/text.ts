// In: strings. Out: what CEL's string functions give of one of them, by code point (LANGUAGE.md 4.15): parts, letters, order, quotes.
// Trusts that strings are UTF-8.

import { KIND_LIST, KIND_STRING } from '../../contract/codes.ts';
import { FN_ENDS_WITH, FN_STARTS_WITH, KIND_INT } from '../../contract/terms.ts';
import { containsText, sameText } from '../text.ts';
import { beginText, finishText, make, makeRecords, putByte, takeRoom } from './arena.ts';
import { copy, kindOf, lengthOf, setBool, setSpan, setUnknown, SIZE, spanOf, WORD } from './element.ts';

export function areStrings(at: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (kindOf(at + i * <u32>SIZE) != KIND_STRING) return false;
  return true;
}

/** Bytes of the code point that begins here. */
export function widthAt(text: usize): u32 {
  const first: u32 = load<u8>(text);
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Byte at which the code point begins whose number the int at `index` gives; the end too; -1 beyond, or if it is no int. */
export function offsetOf(text: usize, index: usize): i32 {
  if (kindOf(index) != KIND_INT) return -1;
  const wanted = load<i64>(index, WORD);
  const length = lengthOf(text);
  if (wanted < 0 || wanted > <i64>length) return -1;
  const from = spanOf(text);
  let offset: u32 = 0;
  let left = <u32>wanted;
  while (left > 0 && offset < length) {
    offset += widthAt(from + offset);
    left--;
  }
  return left > 0 ? -1 : <i32>offset;
}

export function contains(at: usize, fn: i32): void {
  if (!areStrings(at, 2)) return setUnknown(at);
  const text = spanOf(at);
  const length = lengthOf(at);
  const needle = spanOf(at + SIZE);
  const needleLength = lengthOf(at + SIZE);
  if (needleLength > length) return setBool(at, false);
  if (fn == FN_STARTS_WITH) return setBool(at, sameText(text, needle, needleLength));
  if (fn == FN_ENDS_WITH) return setBool(at, sameText(text + length - needleLength, needle, needleLength));
  setBool(at, containsText(text, length, needle, needleLength));
}

/** Part of a string, which is not copied, but counts as made. */
function givePart(at: usize, text: usize, length: u32): void {
  if (takeRoom(length)) setSpan(at, KIND_STRING, text, length);
}

export function charAt(at: usize): void {
  const offset = kindOf(at) == KIND_STRING ? offsetOf(at, at + SIZE) : -1;
  if (offset < 0) return setUnknown(at);
  const text = spanOf(at) + <u32>offset;
  givePart(at, text, <u32>offset == lengthOf(at) ? 0 : widthAt(text));
}

export function substring(at: usize, count: u32): void {
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  const begin = offsetOf(at, at + SIZE);
  const end: i32 = count == 3 ? offsetOf(at, at + 2 * SIZE) : <i32>lengthOf(at);
  if (begin < 0 || end < begin) return setUnknown(at);
  givePart(at, spanOf(at) + <u32>begin, end - begin);
}

/** Unicode's White_Space, of PropList.txt. */
function isWhiteSpace(point: u32): bool {
  if (point <= 0x20) return point == 0x20 || (point >= 9 && point <= 13);
  if (point < 0x1680) return point == 0x85 || point == 0xa0;
  if (point >= 0x2000 && point <= 0x200a) return true;
  return (
    point == 0x1680 || point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000
  );
}

/** The code point of at most three bytes that begins here; of four, which are no white space, anything large. */
function pointAt(text: usize): u32 {
  const first: u32 = load<u8>(text);
  if (first < 0x80) return first;
  const second: u32 = load<u8>(text, 1) & 0x3f;
  if (first < 0xe0) return ((first & 0x1f) << 6) | second;
  if (first >= 0xf0) return 0x10000;
  return ((first & 0x0f) << 12) | (second << 6) | (load<u8>(text, 2) & 0x3f);
}

export function trim(at: usize): void {
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  let begin = spanOf(at);
  let end = begin + lengthOf(at);
  while (begin < end && isWhiteSpace(pointAt(begin))) begin += widthAt(begin);
  while (begin < end) {
    let last = end - 1;
    while ((load<u8>(last) & 0xc0) == 0x80) last--; // stops: what is left begins with a code point
    if (!isWhiteSpace(pointAt(last))) break;
    end = last;
  }
  givePart(at, begin, <u32>(end - begin));
}

export function changeCase(at: usize, isUpper: bool): void {
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  const length = lengthOf(at);
  const from = spanOf(at);
  const to = make(length);
  if (to == 0) return;
  const first: u32 = isUpper ? 0x61 : 0x41; // a, A
  for (let i: u32 = 0; i < length; i++) {
    const byte: u32 = load<u8>(from + i);
    store<u8>(to + i, byte - first < 26 ? byte ^ 0x20 : byte);
  }
  setSpan(at, KIND_STRING, to, length);
}

/** Of a string its code points, of a list its elements. */
export function reverse(at: usize): void {
  if (kindOf(at) == KIND_LIST) return reverseList(at);
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  const length = lengthOf(at);
  const from = spanOf(at);
  const to = make(length);
  if (to == 0) return;
  for (let i: u32 = 0; i < length; ) {
    const width = widthAt(from + i);
    memory.copy(to + length - i - width, from + i, width);
    i += width;
  }
  setSpan(at, KIND_STRING, to, length);
}

function reverseList(at: usize): void {
  const count = lengthOf(at);
  const from = spanOf(at);
  const to = makeRecords(count, <u32>SIZE);
  if (to == 0) return;
  for (let i: u32 = 0; i < count; i++) copy(to + (count - 1 - i) * <u32>SIZE, from + i * <u32>SIZE);
  setSpan(at, KIND_LIST, to, count);
}

/** The letters after the backslash for the bytes 7 to 13: `\a \b \t \n \v \f \r`. */
function escapes(): usize {
  return memory.data<u8>([0x61, 0x62, 0x74, 0x6e, 0x76, 0x66, 0x72]);
}

export function quote(at: usize): void {
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  const from = spanOf(at);
  const length = lengthOf(at);
  beginText();
  putByte(0x22);
  for (let i: u32 = 0; i < length; i++) {
    const byte: u32 = load<u8>(from + i);
    const isControl = byte - 7 < 7;
    if (isControl || byte == 0x22 || byte == 0x5c) putByte(0x5c);
    putByte(isControl ? <u32>load<u8>(escapes() + (byte - 7)) : byte);
  }
  putByte(0x22);
  finishText(at, KIND_STRING);
}
