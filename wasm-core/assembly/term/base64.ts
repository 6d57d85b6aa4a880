// In: bytes, or a string. Out: base 64 (RFC 4648, section 4), or the bytes it stands for (LANGUAGE.md 4.15).

import { KIND_STRING } from '../../contract/codes.ts';
import { KIND_BYTES } from '../../contract/terms.ts';
import { make } from './arena.ts';
import { kindOf, lengthOf, setSpan, setUnknown, spanOf } from './element.ts';

const PAD: u32 = 0x3d;

/** The character of six bits: A to Z, a to z, 0 to 9, +, /. */
function characterOf(bits: u32): u32 {
  if (bits < 26) return 0x41 + bits;
  if (bits < 52) return 0x61 + bits - 26;
  if (bits < 62) return 0x30 + bits - 52;
  return bits == 62 ? 0x2b : 0x2f;
}

/** The six bits of a character, 64 if it has none. */
function bitsOf(character: u32): u32 {
  if (character - 0x41 < 26) return character - 0x41;
  if (character - 0x61 < 26) return character - 0x61 + 26;
  if (character - 0x30 < 10) return character - 0x30 + 52;
  return character == 0x2b ? 62 : character == 0x2f ? 63 : 64;
}

export function encode(at: usize): void {
  if (kindOf(at) != KIND_BYTES) return setUnknown(at);
  const from = spanOf(at);
  const length = lengthOf(at);
  const size = ((length + 2) / 3) * 4;
  const to = make(size);
  if (to == 0) return;
  let place = to;
  for (let i: u32 = 0; i < length; i += 3) {
    let group: u32 = <u32>load<u8>(from + i) << 16;
    if (i + 1 < length) group |= <u32>load<u8>(from + i + 1) << 8;
    if (i + 2 < length) group |= load<u8>(from + i + 2);
    store<u8>(place, characterOf(group >> 18));
    store<u8>(place, characterOf((group >> 12) & 63), 1);
    store<u8>(place, i + 1 < length ? characterOf((group >> 6) & 63) : PAD, 2);
    store<u8>(place, i + 2 < length ? characterOf(group & 63) : PAD, 3);
    place += 4;
  }
  setSpan(at, KIND_STRING, to, size);
}

export function decode(at: usize): void {
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  const from = spanOf(at);
  let length = lengthOf(at);
  if (length % 4 == 0) {
    for (let i = 0; i < 2 && length > 0 && load<u8>(from + length - 1) == PAD; i++) length--;
  }
  const rest = length % 4;
  const isWhole = isEncoded(from, length) && rest != 1;
  const unused: u32 = rest == 2 ? 15 : rest == 3 ? 3 : 0;
  if (!isWhole || (unused != 0 && (bitsOf(load<u8>(from + length - 1)) & unused) != 0)) return setUnknown(at);
  const size = (length * 3) / 4;
  const to = make(size);
  if (to == 0) return;
  let bits: u32 = 0;
  let place = to;
  for (let i: u32 = 0; i < length; i++) {
    bits = (bits << 6) | bitsOf(load<u8>(from + i));
    if ((i & 3) != 0) store<u8>(place++, bits >> (6 - 2 * (i & 3)));
  }
  setSpan(at, KIND_BYTES, to, size);
}

function isEncoded(from: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (bitsOf(load<u8>(from + i)) > 63) return false;
  return true;
}
