// In: optionals and values. Out: optionals, and what is in them (LANGUAGE.md 4.19).

import { KIND_BOOL, KIND_LIST, KIND_NULL, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import {
  KIND_BYTES,
  KIND_DURATION,
  KIND_INT,
  KIND_OPTIONAL,
  KIND_RECORD,
  KIND_TIMESTAMP,
  KIND_UINT,
} from '../../contract/terms.ts';
import { setOptional } from './arena.ts';
import { AUX, copy, hasValue, kindOf, lengthOf, setBool, setNone, setUnknown, SIZE, spanOf, WORD } from './element.ts';

/** The zero value of its kind. */
function isZero(at: usize): bool {
  const word = load<u64>(at, WORD);
  switch (kindOf(at)) {
    case KIND_NULL:
      return true;
    case KIND_BOOL:
    case KIND_INT:
    case KIND_UINT:
      return word == 0;
    case KIND_NUMBER:
      return reinterpret<f64>(word) == 0;
    case KIND_STRING:
    case KIND_BYTES:
    case KIND_LIST:
    case KIND_RECORD:
      return lengthOf(at) == 0;
    case KIND_TIMESTAMP:
    case KIND_DURATION:
      return word == 0 && load<u32>(at, AUX) == 0;
    default:
      return false;
  }
}

export function optionalOf(at: usize, isOfNonZero: bool): void {
  if (isOfNonZero && isZero(at)) setNone(at);
  else setOptional(at, at);
}

export function askForValue(at: usize): void {
  if (kindOf(at) == KIND_OPTIONAL) setBool(at, hasValue(at));
  else setUnknown(at);
}

export function takeValue(at: usize): void {
  if (kindOf(at) == KIND_OPTIONAL && hasValue(at)) copy(at, spanOf(at));
  else setUnknown(at);
}

/** `or` of two optionals, `orValue` of an optional and a value. */
export function orElse(at: usize, isValue: bool): void {
  if (kindOf(at) != KIND_OPTIONAL || (!isValue && kindOf(at + SIZE) != KIND_OPTIONAL)) return setUnknown(at);
  if (!hasValue(at)) copy(at, at + SIZE);
  else if (isValue) copy(at, spanOf(at));
}
