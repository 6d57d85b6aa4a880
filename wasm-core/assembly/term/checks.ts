// In: a string. Out: what detectors ask of one (LANGUAGE.md 4.24): entropy, the check digits of card and bank account numbers.

import { KIND_STRING } from '../../contract/codes.ts';
import { FN_ENTROPY, FN_LUHN } from '../../contract/terms.ts';
import { kindOf, lengthOf, setBool, setDouble, setUnknown, spanOf } from './element.ts';

const SPACE: u32 = 0x20;
const DASH: u32 = 0x2d;
const IBAN_LEAST: u32 = 15;
const IBAN_MOST: u32 = 34;

export function check(at: usize, fn: i32): void {
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  const text = spanOf(at);
  const end = text + lengthOf(at);
  if (fn == FN_ENTROPY) setDouble(at, entropy(text, end));
  else if (fn == FN_LUHN) setBool(at, isLuhn(text, end));
  else setBool(at, isIban(text, end)); // FN_IBAN
}

/** How often each byte occurs: u32. */
const counts: usize = memory.data(256 * 4, 16);

/** log2(n) - (1/n) ∑ c log2(c). */
function entropy(text: usize, end: usize): f64 {
  const length = <f64>(end - text);
  if (length == 0) return 0;
  memory.fill(counts, 0, 256 * 4);
  for (; text < end; text++) {
    const count = counts + (<usize>load<u8>(text) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  let sum: f64 = 0;
  for (let byte: usize = 0; byte < 256; byte++) {
    const count = <f64>load<u32>(counts + (byte << 2));
    if (count > 1) sum += count * log2(count);
  }
  return nearest((log2(length) - sum / length) * 65536.0) / 65536.0;
}

/** Of 1 or more: the exponent, and ln(m) = 2 (s + s^3/3 + s^5/5 + …) of m in [1/√2, √2), s = (m - 1) / (m + 1). */
function log2(value: f64): f64 {
  const bits = reinterpret<u64>(value);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series: f64 = 0;
  for (let odd = 25; odd > 0; odd -= 2) series = series * square + 1 / <f64>odd;
  return <f64>exponent + 2.8853900817779268 * s * series; // 2 / ln 2
}

function isLuhn(text: usize, end: usize): bool {
  let sum: u32 = 0;
  let count: u32 = 0;
  while (end > text) {
    const byte: u32 = load<u8>(--end);
    if (byte == SPACE || byte == DASH) continue;
    const digit = byte - 0x30;
    if (digit > 9) return false;
    const value = count & 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    count++;
  }
  return count >= 2 && sum % 10 == 0;
}

/** The four characters at the front are put behind by two walks: the first over the others, the second over these. */
function isIban(text: usize, end: usize): bool {
  let rest: u32 = 0;
  let count: u32 = 0;
  for (let pass = 0; pass < 2; pass++) {
    count = 0;
    for (let at = text; at < end; at++) {
      const byte: u32 = load<u8>(at);
      if (byte == SPACE) continue;
      const isDigit = byte - 0x30 <= 9;
      const isFirst = count < 4;
      if (!isDigit && byte - 0x41 > 25) return false;
      if (isFirst && isDigit != (count >= 2)) return false;
      if (isFirst == (pass == 1)) rest = isDigit ? (rest * 10 + byte - 0x30) % 97 : (rest * 100 + byte - 55) % 97;
      count++;
    }
  }
  return count >= IBAN_LEAST && count <= IBAN_MOST && rest == 1;
}
