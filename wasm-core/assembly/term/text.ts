// In: strings. Out: what CEL's string functions give of them, by code point.

import { KIND_STRING } from '../../contract/codes.ts';
import { FN_ENDS_WITH, FN_STARTS_WITH } from '../../contract/terms.ts';
import { containsText, sameText } from '../text.ts';
import { kindOf, lengthOf, setBool, setUnknown, SIZE, spanOf } from './element.ts';

@inline
export function areStrings(at: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (kindOf(at + i * <u32>SIZE) != KIND_STRING) return false;
  return true;
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
