// Equality of Cedar's values, and sets, which are lists whose order and repetitions do not count. Never errs: values of different
// kinds differ. What comparing costs is counted pair by pair (LANGUAGE.md 5.10).

import { KIND_LIST, KIND_STRING } from '../../contract/codes.ts';
import { KIND_CIDR, KIND_ENTITY, KIND_RECORD } from '../../contract/terms.ts';
import { sameText } from '../text.ts';
import { exhausted, makeRecords, spendOnPair } from '../term/arena.ts';
import { findText } from '../term/compare.ts';
import { AUX, ENTRY, kindOf, lengthOf, setBool, setSpan, setUnknown, SIZE, spanOf, WORD } from '../term/element.ts';
import { isSameText } from './store.ts';

export function equal(a: usize, b: usize): bool {
  const kind = kindOf(a);
  if (kind != kindOf(b)) return false;
  switch (kind) {
    case KIND_STRING:
    case KIND_ENTITY:
      return isSameText(a, b);
    case KIND_CIDR: {
      if (load<u32>(a, AUX) != load<u32>(b, AUX) || lengthOf(a) != lengthOf(b)) return false;
      return sameText(spanOf(a), spanOf(b), 16);
    }
    case KIND_LIST:
      return containsAll(a, b) && containsAll(b, a);
    case KIND_RECORD:
      return equalRecords(a, b);
    default:
      return load<u64>(a, WORD) == load<u64>(b, WORD);
  }
}

function equalInside(a: usize, b: usize): bool {
  spendOnPair(a, b);
  return !exhausted && equal(a, b);
}

function equalRecords(a: usize, b: usize): bool {
  if (lengthOf(a) != lengthOf(b)) return false;
  let entry = spanOf(a);
  const end = entry + lengthOf(a) * <u32>ENTRY;
  for (; entry < end; entry += ENTRY) {
    const other = findText(spanOf(entry), lengthOf(entry), spanOf(b), lengthOf(b));
    if (other == 0 || !equalInside(entry + SIZE, other + SIZE)) return false;
  }
  return true;
}

export function contains(set: usize, value: usize): bool {
  let item = spanOf(set);
  const end = item + lengthOf(set) * <u32>SIZE;
  for (; item < end && !exhausted; item += SIZE) if (equalInside(item, value)) return true;
  return false;
}

export function containsAll(set: usize, other: usize): bool {
  let item = spanOf(other);
  const end = item + lengthOf(other) * <u32>SIZE;
  for (; item < end; item += SIZE) if (!contains(set, item)) return false;
  return true;
}

export function containsAny(set: usize, other: usize): bool {
  let item = spanOf(other);
  const end = item + lengthOf(other) * <u32>SIZE;
  for (; item < end; item += SIZE) if (contains(set, item)) return true;
  return false;
}

/** The two sets at `at` as one. */
export function union(at: usize): void {
  const other = at + SIZE;
  if (kindOf(at) != KIND_LIST || kindOf(other) != KIND_LIST) return setUnknown(at);
  const count = lengthOf(at) + lengthOf(other);
  const items = makeRecords(count, <u32>SIZE);
  if (items == 0) return;
  memory.copy(items, spanOf(at), lengthOf(at) * <u32>SIZE);
  memory.copy(items + lengthOf(at) * <u32>SIZE, spanOf(other), lengthOf(other) * <u32>SIZE);
  setSpan(at, KIND_LIST, items, count);
}

/** Whether the text at `at` is what the pattern next to it says: `*` any run, `\` before what stands for itself. */
export function like(at: usize): void {
  const pattern = at + SIZE;
  if (kindOf(at) != KIND_STRING || kindOf(pattern) != KIND_STRING) return setUnknown(at);
  const text = spanOf(at);
  const textEnd = text + lengthOf(at);
  const end = spanOf(pattern) + lengthOf(pattern);
  let p = spanOf(pattern);
  let t = text;
  // Where to go on when what follows the last `*` does not fit: that `*` takes one byte more.
  let retry: usize = 0;
  let retryText: usize = 0;
  while (t < textEnd || p < end) {
    if (p < end) {
      const mark = load<u8>(p);
      if (mark == 0x2a) {
        retry = ++p;
        retryText = t;
        continue;
      }
      const isEscaped = mark == 0x5c && p + 1 < end;
      const wanted = isEscaped ? load<u8>(p, 1) : mark;
      if (t < textEnd && load<u8>(t) == wanted) {
        p += isEscaped ? 2 : 1;
        t++;
        continue;
      }
    }
    if (retry == 0 || retryText >= textEnd) return setBool(at, false);
    p = retry;
    t = ++retryText;
  }
  setBool(at, true);
}
