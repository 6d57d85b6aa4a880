// In: a value. Out: the same as another type, or unknown: `int uint double bool bytes string type` (LANGUAGE.md 4.14).

import { KIND_BOOL, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import {
  KIND_BYTES,
  KIND_CIDR,
  KIND_DURATION,
  KIND_INT,
  KIND_IP,
  KIND_TIMESTAMP,
  KIND_TYPE,
  KIND_UINT,
} from '../../contract/terms.ts';
import { isUtf8 } from '../text.ts';
import { beginText, finishText, makeAs, putBytes } from './arena.ts';
import {
  isTrue,
  kindOf,
  lengthOf,
  set,
  setBool,
  setDouble,
  setInt,
  setUnknown,
  spanOf,
  WORD,
} from './element.ts';
import { putAddress } from './ip.ts';
import { isRead, putDouble, putInt, putUint, readDouble, readInt, readUint } from './numbers.ts';
import { putDuration, putTimestamp } from './time-text.ts';

const TWO_TO_63: f64 = 9223372036854775808.0;
const TWO_TO_64: f64 = 18446744073709551616.0;

export function toInt(at: usize): void {
  const kind = kindOf(at);
  const word = load<i64>(at, WORD);
  if (kind == KIND_INT) return;
  if (kind == KIND_UINT && word >= 0) return setInt(at, word);
  if (kind == KIND_TIMESTAMP) return setInt(at, word);
  if (kind == KIND_NUMBER) {
    const value = reinterpret<f64>(word);
    if (abs(value) < TWO_TO_63) return setInt(at, <i64>value);
  } else if (kind == KIND_STRING) {
    const value = readInt(spanOf(at), lengthOf(at));
    if (isRead) return setInt(at, value);
  }
  setUnknown(at);
}

export function toUint(at: usize): void {
  const kind = kindOf(at);
  const word = load<i64>(at, WORD);
  if (kind == KIND_UINT) return;
  if (kind == KIND_INT && word >= 0) return set(at, KIND_UINT, word);
  if (kind == KIND_NUMBER) {
    const value = reinterpret<f64>(word);
    if (value >= 0 && value < TWO_TO_64) return set(at, KIND_UINT, <u64>value);
  } else if (kind == KIND_STRING) {
    const value = readUint(spanOf(at), lengthOf(at));
    if (isRead) return set(at, KIND_UINT, value);
  }
  setUnknown(at);
}

export function toDouble(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_NUMBER) return;
  if (kind == KIND_INT) return setDouble(at, <f64>load<i64>(at, WORD));
  if (kind == KIND_UINT) return setDouble(at, <f64>load<u64>(at, WORD));
  if (kind == KIND_STRING) {
    const value = readDouble(spanOf(at), lengthOf(at));
    if (isRead) return setDouble(at, value);
  }
  setUnknown(at);
}

/** `true TRUE True false FALSE False` as they stand; the single characters are told apart by themselves. */
function words(): usize {
  return memory.data<u8>([
  0x74, 0x72, 0x75, 0x65, 0x54, 0x52, 0x55, 0x45, 0x54, 0x72, 0x75, 0x65, 0x66, 0x61, 0x6c, 0x73, 0x65, 0x46, 0x41, 0x4c,
  0x53, 0x45, 0x46, 0x61, 0x6c, 0x73, 0x65,
]);
}
const TRUE_BYTES: u32 = 4;
const FALSE_BYTES: u32 = 5;

function isOneOfThree(text: usize, forms: usize, length: u32): bool {
  for (let i = 0; i < 3; i++, forms += length) if (memory.compare(text, forms, length) == 0) return true;
  return false;
}

export function toBool(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_BOOL) return;
  if (kind != KIND_STRING) return setUnknown(at);
  const text = spanOf(at);
  const length = lengthOf(at);
  if (length == 1) {
    const byte = load<u8>(text);
    if (byte == 0x31 || (byte | 0x20) == 0x74) return setBool(at, true); // 1 t T
    if (byte == 0x30 || (byte | 0x20) == 0x66) return setBool(at, false); // 0 f F
  }
  if (length == TRUE_BYTES && isOneOfThree(text, words(), TRUE_BYTES)) return setBool(at, true);
  if (length == FALSE_BYTES && isOneOfThree(text, words() + 3 * TRUE_BYTES, FALSE_BYTES)) return setBool(at, false);
  setUnknown(at);
}

export function toBytes(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_STRING) makeAs(at, KIND_BYTES);
  else if (kind != KIND_BYTES) setUnknown(at);
}

export function toString(at: usize): void {
  const kind = kindOf(at);
  if (kind == KIND_STRING) return;
  if (kind == KIND_BYTES) {
    if (isUtf8(spanOf(at), lengthOf(at))) makeAs(at, KIND_STRING);
    else setUnknown(at);
    return;
  }
  beginText();
  if (putScalar(at)) finishText(at, KIND_STRING);
  else setUnknown(at);
}

/** Puts what `string` writes of a value that is neither a text nor made of others; false of any other. */
export function putScalar(at: usize): bool {
  const word = load<u64>(at, WORD);
  switch (kindOf(at)) {
    case KIND_INT:
      putInt(word, 10, 0);
      return true;
    case KIND_UINT:
      putUint(word, 10, 0);
      return true;
    case KIND_NUMBER:
      putDouble(reinterpret<f64>(word));
      return true;
    case KIND_BOOL:
      if (isTrue(at)) putBytes(words(), TRUE_BYTES);
      else putBytes(words() + 3 * TRUE_BYTES, FALSE_BYTES);
      return true;
    case KIND_TIMESTAMP:
      putTimestamp(at);
      return true;
    case KIND_DURATION:
      putDuration(at);
      return true;
    case KIND_IP:
    case KIND_CIDR:
      putAddress(at);
      return true;
    default:
      return false;
  }
}

/** A type is the kind of its values; null, bool, … as they are in requests. */
export function typeOf(at: usize): void {
  set(at, KIND_TYPE, kindOf(at));
}
