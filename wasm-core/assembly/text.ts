// In: addresses and lengths of UTF-8 bytes. Out: what conditions ask of texts: hash, equality, order, code points, search.
// Never reads outside the bytes named, never takes more than linear time.

/** The last 8 bytes; of a text of fewer all of them, so that two of one length are the same if these are. */
@inline
export function lastWord(at: usize, length: u32): u64 {
  if (length >= 8) return load<u64>(at + length - 8);
  if (length >= 4) return load<u32>(at) | (<u64>load<u32>(at + length - 4) << 32);
  if (length == 0) return 0;
  return load<u8>(at) | (<u64>load<u8>(at + (length >> 1)) << 8) | (<u64>load<u8>(at + length - 1) << 16);
}

/** The hash of dictionaries and of entities (FORMAT.md 5.4): 8 bytes a step, the last 8 overlapping those before. */
export function hashText(at: usize, length: u32): u32 {
  return hashOf(at, length, lastWord(at, length));
}

@inline
export function hashOf(at: usize, length: u32, last: u64): u32 {
  let hash: u64 = <u64>length * HASH_FACTOR;
  for (let left = <i32>length; left > 8; left -= 8) {
    hash = (hash ^ load<u64>(at)) * HASH_FACTOR;
    hash ^= hash >> 32;
    at += 8;
  }
  hash = (hash ^ last) * HASH_FACTOR;
  hash = (hash ^ (hash >> 32)) * HASH_FACTOR;
  return <u32>(hash >> 32);
}

const HASH_FACTOR: u64 = 0x9e3779b97f4a7c15;

export function sameText(a: usize, b: usize, length: u32): bool {
  return isSame(a, b, length, lastWord(b, length));
}

/** `last` is that of `b`. */
@inline
export function isSame(a: usize, b: usize, length: u32, last: u64): bool {
  if (lastWord(a, length) != last) return false;
  for (let i: u32 = 8; i < length; i += 8) if (load<u64>(a + i - 8) != load<u64>(b + i - 8)) return false;
  return true;
}

/** By code point, which for UTF-8 is by byte: negative, zero or positive. */
export function compareTexts(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const shared = min(aLength, bLength);
  let i: u32 = 0;
  while (shared - i >= 8 && load<u64>(a + i) == load<u64>(b + i)) i += 8;
  for (; i < shared; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return aLength < bLength ? -1 : i32(aLength > bLength);
}

/** Bytes that begin a code point: all but 10xxxxxx. */
export function countCodePoints(at: usize, length: u32): u32 {
  let continuations: u32 = 0;
  let i: u32 = 0;
  for (; length - i >= 8; i += 8) {
    const bytes = load<u64>(at + i);
    continuations += <u32>popcnt<u64>((bytes >> 7) & ~(bytes >> 6) & 0x0101010101010101);
  }
  for (; i < length; i++) continuations += u32((load<u8>(at + i) & 0xc0) == 0x80);
  return length - continuations;
}

const ASCII_NOT: u64 = 0x8080808080808080;

/** Nearly every text is ASCII, and found to be so 8 bytes at a time. */
export function isUtf8(at: usize, length: u32): bool {
  let found = lastWord(at, length);
  for (let i: u32 = 8; i < length; i += 8) found |= load<u64>(at + i - 8);
  return !(found & ASCII_NOT) || isBeyondAscii(at, length);
}

/** Unicode 3.9, table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
function isBeyondAscii(at: usize, length: u32): bool {
  const end = at + length;
  while (at < end) {
    const room: u32 = <u32>(end - at);
    if (room >= 8 && !(load<u64>(at) & ASCII_NOT)) {
      at += 8;
      continue;
    }
    const first: u32 = load<u8>(at);
    if (first < 0x80) {
      at++;
      continue;
    }
    const width: u32 = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || room < width) return false;
    const second: u32 = load<u8>(at, 1);
    const least: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const most: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    for (let i: u32 = 2; i < width; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return false;
    at += width;
  }
  return true;
}

/** Needles up to this length are searched naively: at most this many comparisons a byte. */
const NAIVE_NEEDLE_BYTES: u32 = 8;

export function containsText(text: usize, textLength: u32, needle: usize, length: u32): bool {
  if (length == 0) return true;
  if (length > textLength) return false;
  if (length > NAIVE_NEEDLE_BYTES) {
    step = 1;
    return twoWay(text, textLength, needle, length) >= 0;
  }
  const first = load<u8>(needle);
  const last = text + (textLength - length);
  for (; text <= last; text++) if (load<u8>(text) == first && sameText(text, needle, length)) return true;
  return false;
}

/** Reads text and needle from their ends backwards if -1: of terms only. */
let step: i32 = 1;

@inline
function byteAt(from: usize, i: i32): u8 {
  return load<u8>(WITH_TERMS ? from + i * step : from + i);
}

/** Where the needle first stands in the text, or -1. */
export function findFirst(text: usize, length: i32, needle: usize, needleLength: i32): i32 {
  step = 1;
  return find(text, length, needle, needleLength);
}

/** Where it last stands, or -1. */
export function findLast(text: usize, length: i32, needle: usize, needleLength: i32): i32 {
  step = -1;
  const found = find(text + length - 1, length, needle + needleLength - 1, needleLength);
  return found < 0 ? -1 : length - needleLength - found;
}

function find(text: usize, length: i32, needle: usize, needleLength: i32): i32 {
  if (needleLength == 0) return 0;
  if (needleLength > <i32>NAIVE_NEEDLE_BYTES) return twoWay(text, length, needle, needleLength);
  for (let at: i32 = 0; at <= length - needleLength; at++) {
    let i: i32 = 0;
    while (i < needleLength && byteAt(text, at + i) == byteAt(needle, i)) i++;
    if (i == needleLength) return at;
  }
  return -1;
}

let suffixPeriod: i32 = 0;

/** Start of the greatest suffix less one, under the order of bytes or its reverse; its period goes to suffixPeriod. */
function maximalSuffix(needle: usize, length: i32, isReversed: bool): i32 {
  let suffix: i32 = -1;
  let j: i32 = 0;
  let k: i32 = 1;
  let period: i32 = 1;
  while (j + k < length) {
    const a = byteAt(needle, j + k);
    const b = byteAt(needle, suffix + k);
    if (a == b) {
      if (k != period) k++;
      else {
        j += period;
        k = 1;
      }
    } else if (a < b != isReversed) {
      j += k;
      k = 1;
      period = j - suffix;
    } else {
      suffix = j;
      j = suffix + 1;
      k = 1;
      period = 1;
    }
  }
  suffixPeriod = period;
  return suffix;
}

/** Where the needle first stands in the text, read in the direction of `step`, or -1. Crochemore and Perrin, "Two-way string-matching", JACM 38(3), 1991: linear time, no memory. */
function twoWay(text: usize, length: i32, needle: usize, needleLength: i32): i32 {
  let cut = maximalSuffix(needle, needleLength, false);
  let period = suffixPeriod;
  const other = maximalSuffix(needle, needleLength, true);
  if (other >= cut) {
    cut = other;
    period = suffixPeriod;
  }
  let isPeriodic = true;
  for (let i: i32 = 0; i <= cut && isPeriodic; i++) isPeriodic = byteAt(needle, i) == byteAt(needle, i + period);
  if (!isPeriodic) period = max(cut + 1, needleLength - cut - 1) + 1;
  let known: i32 = -1; // periodic only: how much of the needle is known to match already, less one
  for (let at: i32 = 0; at <= length - needleLength; ) {
    let i = max(cut, known) + 1;
    while (i < needleLength && byteAt(needle, i) == byteAt(text, at + i)) i++;
    if (i < needleLength) {
      at += i - cut;
      known = -1;
      continue;
    }
    i = cut;
    while (i > known && byteAt(needle, i) == byteAt(text, at + i)) i--;
    if (i <= known) return at;
    at += period;
    if (isPeriodic) known = needleLength - period - 1;
  }
  return -1;
}
