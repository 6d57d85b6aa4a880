// Doubles to and from decimal digits, exactly. Shortest digits that read back: Steele and White's free-format algorithm in the form
// of Burger and Dybvig, "Printing Floating-Point Numbers Quickly and Accurately", PLDI 1996. Reading: the quotient of two naturals
// bit by bit, rounded once (the plain case of Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990). Both rest on
// naturals of any size that occurs; slow next to tables, and a twentieth of their bytes.

import {
  addBig,
  appendWord,
  BIG_BYTES,
  bitLength,
  isZero,
  orderBig,
  scale,
  scaleByPower,
  setBig,
  shiftLeft,
  subtractBig,
  takeNineDigits,
  takeQuotient,
} from './bignum.ts';

/** 2^53 · 5^1074 has 767 digits; nine are written at a time. */
const MOST_DIGITS = 784;

/** The digits last made: values 0 to 9, one a byte, the first not 0; the number is 0.d1d2… times 10^`pointAt`. Zero has none. */
export const digits: usize = memory.data(MOST_DIGITS, 16);
export let digitCount: u32 = 0;
export let pointAt: i32 = 0;

const numerator: usize = memory.data(BIG_BYTES, 16);
const denominator: usize = memory.data(BIG_BYTES, 16);
const above: usize = memory.data(BIG_BYTES, 16);
const below: usize = memory.data(BIG_BYTES, 16);
const sum: usize = memory.data(BIG_BYTES, 16);

const HIDDEN_BIT: u64 = 1 << 52;

/** `value` is fraction · 2^exponent. */
let fraction: u64 = 0;
let exponent: i32 = 0;

function takeApart(value: f64): void {
  const bits = reinterpret<u64>(value);
  const biased = <i32>((bits >> 52) & 0x7ff);
  fraction = bits & (HIDDEN_BIT - 1);
  if (biased != 0) fraction |= HIDDEN_BIT;
  exponent = max(biased, 1) - 1075;
}

/** Digits of a finite double's absolute value: the fewest that read back, and of these the nearest. */
export function shortestDigits(value: f64): void {
  digitCount = 0;
  pointAt = 0;
  value = abs(value);
  if (value == 0) return;
  takeApart(value);
  const isEven = (fraction & 1) == 0;
  // Below a power of two the neighbour is at half the distance.
  const isPower = fraction == HIDDEN_BIT && exponent > -1074;
  setBig(numerator, fraction);
  setBig(denominator, 1);
  setBig(above, 1);
  setBig(below, 1);
  shiftLeft(numerator, 1 + u32(isPower) + max(exponent, 0));
  shiftLeft(denominator, 1 + u32(isPower) + max(-exponent, 0));
  shiftLeft(above, u32(isPower) + max(exponent, 0));
  shiftLeft(below, max(exponent, 0));
  // Within one of the place of the first digit, never above: log10(2) from below, and the bits of the fraction.
  const bits = exponent + 64 - <i32>clz(fraction);
  let place = <i32>ceil(<f64>(bits - 1) * 0.30102999566398114 - 1e-10);
  if (place >= 0) scaleByPower(denominator, 10, place);
  else {
    scaleByPower(numerator, 10, -place);
    scaleByPower(above, 10, -place);
    scaleByPower(below, 10, -place);
  }
  addBig(sum, numerator, above);
  const high = orderBig(sum, denominator);
  if (high > 0 || (high == 0 && isEven)) place++;
  else {
    scale(numerator, 10);
    scale(above, 10);
    scale(below, 10);
  }
  pointAt = place;
  while (true) {
    let digit = nextDigit();
    addBig(sum, numerator, above);
    const low = orderBig(numerator, below);
    const over = orderBig(sum, denominator);
    const isLow = low < 0 || (low == 0 && isEven);
    const isHigh = over > 0 || (over == 0 && isEven);
    if (isLow || isHigh) {
      if (isLow && isHigh) {
        shiftLeft(numerator, 1);
        const half = orderBig(numerator, denominator);
        digit += u32(half > 0 || (half == 0 && (digit & 1) != 0));
      } else digit += u32(isHigh);
      store<u8>(digits + digitCount++, digit);
      return;
    }
    store<u8>(digits + digitCount++, digit);
    scale(numerator, 10);
    scale(above, 10);
    scale(below, 10);
  }
}

/** numerator / denominator, which is below 10; the numerator becomes the rest. */
function nextDigit(): u32 {
  let digit: u32 = 0;
  while (orderBig(numerator, denominator) >= 0) {
    subtractBig(numerator, denominator);
    digit++;
  }
  return digit;
}

/** All digits of a finite double's absolute value. */
export function exactDigits(value: f64): void {
  takeApart(abs(value));
  setBig(numerator, fraction);
  // f · 2^-e = f · 5^e / 10^e.
  if (exponent < 0) scaleByPower(numerator, 5, -exponent);
  else shiftLeft(numerator, exponent);
  takeDigits(min(exponent, 0));
}

/** All digits of a natural number. */
export function uintDigits(value: u64): void {
  setBig(numerator, value);
  takeDigits(0);
}

/** The digits of the numerator times 10^power. */
function takeDigits(power: i32): void {
  digitCount = 0;
  pointAt = 0;
  if (isZero(numerator)) return;
  let first: u32 = MOST_DIGITS;
  while (!isZero(numerator)) {
    let nine = takeNineDigits(numerator);
    for (let i = 0; i < 9; i++) {
      store<u8>(digits + --first, nine % 10);
      nine /= 10;
    }
  }
  while (load<u8>(digits + first) == 0) first++;
  digitCount = MOST_DIGITS - first;
  memory.copy(digits, digits + first, digitCount);
  pointAt = <i32>digitCount + power;
}

/** Cuts the digits to the first `keep`, rounded half to even; `keep` may be negative: then what is left is nothing. */
export function roundDigits(keep: i32): void {
  if (keep >= <i32>digitCount) return;
  if (keep < 0) {
    digitCount = 0;
    return;
  }
  const next = load<u8>(digits + keep);
  let isUp = next > 5;
  if (next == 5) {
    isUp = keep > 0 && (load<u8>(digits + keep - 1) & 1) != 0;
    for (let i: u32 = keep + 1; i < digitCount && !isUp; i++) isUp = load<u8>(digits + i) != 0;
  }
  digitCount = keep;
  if (!isUp) return;
  let i = keep;
  while (i > 0 && load<u8>(digits + i - 1) == 9) store<u8>(digits + --i, 0);
  if (i > 0) store<u8>(digits + i - 1, load<u8>(digits + i - 1) + 1);
  else {
    // 9.99 becomes 10.0: one digit more before the point, the zeros stay behind.
    memory.copy(digits + 1, digits, keep);
    store<u8>(digits, 1);
    digitCount = keep + 1;
    pointAt++;
  }
}

/** The digit at a place, 0 beyond those there are. */
@inline
export function digitAt(place: i32): u32 {
  return place >= 0 && place < <i32>digitCount ? load<u8>(digits + place) : 0;
}

/**
 * The double nearest to the decimal number that `count` digits (ASCII; dots among them are passed over) and a power of ten make; ties
 * to even; infinity if it is too large. At most 128 bytes.
 */
export function nearestDouble(text: usize, count: u32, power: i32): f64 {
  setBig(numerator, 0);
  let significant: i32 = 0;
  let pending: u32 = 0;
  let factor: u32 = 1;
  for (let i: u32 = 0; i < count; i++) {
    const digit = <u32>load<u8>(text + i) - 48;
    if (digit > 9) continue;
    significant += i32(significant > 0 || digit != 0);
    pending = pending * 10 + digit;
    factor *= 10;
    if (factor < 1000000000) continue;
    appendWord(numerator, factor, pending);
    pending = 0;
    factor = 1;
  }
  appendWord(numerator, factor, pending);
  if (significant == 0 || significant + power < -330) return 0;
  if (significant + power > 310) return Infinity;
  setBig(denominator, 1);
  if (power >= 0) scaleByPower(numerator, 10, power);
  else scaleByPower(denominator, 10, -power);
  // The divisor fills its words, and the dividend as many: what follows are digits of base 2^32.
  const filling = (32 - (bitLength(denominator) & 31)) & 31;
  shiftLeft(denominator, filling);
  const difference = <i32>bitLength(numerator) - <i32>bitLength(denominator);
  const padding = max(difference + 31, 0) & ~31;
  shiftLeft(denominator, padding);
  shiftLeft(numerator, padding - difference);
  let scaledBy = difference + filling;
  if (takeQuotient(numerator, denominator) == 0) {
    shiftLeft(numerator, 1);
    takeQuotient(numerator, denominator);
    scaledBy--;
  }
  // The quotient's first bit is 1 and taken; its next 63, and whether there are more.
  shiftLeft(numerator, 32);
  const high: u64 = takeQuotient(numerator, denominator);
  shiftLeft(numerator, 32);
  const low: u64 = takeQuotient(numerator, denominator);
  return assemble((<u64>1 << 63) | (high << 31) | (low >> 1), (low & 1) != 0 || !isZero(numerator), scaledBy);
}

/** quotient · 2^(scaledBy - 63), and a little more if `isMore`, rounded to a double. The quotient's highest bit is set. */
function assemble(quotient: u64, isMore: bool, scaledBy: i32): f64 {
  const isSubnormal = scaledBy < -1022;
  const dropped: u32 = isSubnormal ? 11 + (-1022 - scaledBy) : 11;
  if (dropped > 64) return 0;
  let kept: u64 = dropped == 64 ? 0 : quotient >> dropped;
  const half: u64 = <u64>1 << (dropped - 1);
  const rest = quotient & (half - 1);
  if (quotient & half && (rest != 0 || isMore || (kept & 1) != 0)) kept++;
  // The hidden bit, or a carry into it, adds the one that the exponent lacks here.
  const bits = isSubnormal ? kept : (<u64>(scaledBy + 1022) << 52) + kept;
  return bits >= 0x7ff0000000000000 ? Infinity : reinterpret<f64>(bits);
}
