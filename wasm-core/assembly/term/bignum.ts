// Natural numbers of up to 3,072 bits, for texts of doubles: a u32 count of words, then the words, lowest first, none of the highest
// zero. The callers (decimal.ts) keep below the bound: the largest number they make is 2^53 · 5^1074, 2,547 bits.

const WORDS = 96;
export const BIG_BYTES = 4 + WORDS * 4;

const TEN_TO_9: u32 = 1000000000;

@inline
function wordAt(n: usize, i: u32): usize {
  return n + 4 + (i << 2);
}

export function setBig(n: usize, value: u64): void {
  store<u32>(n, value == 0 ? 0 : value >> 32 == 0 ? 1 : 2);
  store<u64>(n, value, 4);
}

export function isZero(n: usize): bool {
  return load<u32>(n) == 0;
}

export function scale(n: usize, factor: u32): void {
  const count = load<u32>(n);
  let carry: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    carry += <u64>load<u32>(wordAt(n, i)) * factor;
    store<u32>(wordAt(n, i), <u32>carry);
    carry >>= 32;
  }
  if (carry == 0) return;
  store<u32>(wordAt(n, count), <u32>carry);
  store<u32>(n, count + 1);
}

/** Times base^power, for a base whose 9th power fits a word. */
export function scaleByPower(n: usize, base: u32, power: u32): void {
  let ninth: u32 = 1;
  for (let i = 0; i < 9; i++) ninth *= base;
  for (; power >= 9; power -= 9) scale(n, ninth);
  for (; power > 0; power--) scale(n, base);
}

export function shiftLeft(n: usize, bits: u32): void {
  const count = load<u32>(n);
  if (count == 0 || bits == 0) return;
  const words = bits >> 5;
  const rest = bits & 31;
  let high: u64 = 0;
  // From the top, so that each word is read before its place is written.
  for (let i: i32 = count; i >= 0; i--) {
    const low: u64 = i == 0 ? 0 : load<u32>(wordAt(n, i - 1));
    store<u32>(wordAt(n, i + words), <u32>((((high << 32) | low) << rest) >> 32));
    high = low;
  }
  for (let i: u32 = 0; i < words; i++) store<u32>(wordAt(n, i), 0);
  store<u32>(n, count + words + u32(load<u32>(wordAt(n, count + words)) != 0));
}

export function bitLength(n: usize): u32 {
  const count = load<u32>(n);
  return count == 0 ? 0 : (count << 5) - <u32>clz(load<u32>(wordAt(n, count - 1)));
}

export function orderBig(a: usize, b: usize): i32 {
  const count = load<u32>(a);
  const other = load<u32>(b);
  if (count != other) return count < other ? -1 : 1;
  for (let i = count; i > 0; i--) {
    const x = load<u32>(wordAt(a, i - 1));
    const y = load<u32>(wordAt(b, i - 1));
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/** a := a - b; b is at most a. */
export function subtractBig(a: usize, b: usize): void {
  const count = load<u32>(a);
  const other = load<u32>(b);
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const difference = <u64>load<u32>(wordAt(a, i)) - (i < other ? <u64>load<u32>(wordAt(b, i)) : 0) - borrow;
    store<u32>(wordAt(a, i), <u32>difference);
    borrow = difference >> 63;
  }
  let left = count;
  while (left > 0 && load<u32>(wordAt(a, left - 1)) == 0) left--;
  store<u32>(a, left);
}

/** to := a + b. */
export function addBig(to: usize, a: usize, b: usize): void {
  const count = load<u32>(a);
  const other = load<u32>(b);
  const most = max(count, other);
  let carry: u64 = 0;
  for (let i: u32 = 0; i < most; i++) {
    if (i < count) carry += load<u32>(wordAt(a, i));
    if (i < other) carry += load<u32>(wordAt(b, i));
    store<u32>(wordAt(to, i), <u32>carry);
    carry >>= 32;
  }
  store<u32>(wordAt(to, most), <u32>carry);
  store<u32>(to, most + u32(carry != 0));
}

/** n := n · factor + word. */
export function appendWord(n: usize, factor: u32, word: u32): void {
  scale(n, factor);
  let carry: u64 = word;
  const count = load<u32>(n);
  for (let i: u32 = 0; i < count && carry != 0; i++) {
    carry += load<u32>(wordAt(n, i));
    store<u32>(wordAt(n, i), <u32>carry);
    carry >>= 32;
  }
  if (carry == 0) return;
  store<u32>(wordAt(n, count), <u32>carry);
  store<u32>(n, count + 1);
}

/**
 * a := a mod b; the quotient, which is below 2^32. b's highest bit is the highest of a word. The quotient of the leading words, the
 * divisor's rounded up, is never too large and hardly too small: few subtractions are left.
 */
export function takeQuotient(a: usize, b: usize): u32 {
  const count = load<u32>(b);
  const lead = <u64>load<u32>(wordAt(b, count - 1)) + 1;
  let quotient: u32 = 0;
  while (load<u32>(a) > count || (load<u32>(a) == count && load<u32>(wordAt(a, count - 1)) >= lead)) {
    let leading: u64 = load<u32>(wordAt(a, count - 1));
    if (load<u32>(a) > count) leading |= <u64>load<u32>(wordAt(a, count)) << 32;
    const part = <u32>(leading / lead);
    subtractMultiple(a, b, part);
    quotient += part;
  }
  while (orderBig(a, b) >= 0) {
    subtractBig(a, b);
    quotient++;
  }
  return quotient;
}

/** a := a - b · factor, which is not negative. */
function subtractMultiple(a: usize, b: usize, factor: u32): void {
  const count = load<u32>(a);
  const other = load<u32>(b);
  let carry: u64 = 0;
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (i < other) carry += <u64>load<u32>(wordAt(b, i)) * factor;
    const difference = <u64>load<u32>(wordAt(a, i)) - <u64>(<u32>carry) - borrow;
    store<u32>(wordAt(a, i), <u32>difference);
    carry >>= 32;
    borrow = difference >> 63;
  }
  let left = count;
  while (left > 0 && load<u32>(wordAt(a, left - 1)) == 0) left--;
  store<u32>(a, left);
}

/** Divides by 10^9 and gives the remainder. */
export function takeNineDigits(n: usize): u32 {
  let count = load<u32>(n);
  let remainder: u64 = 0;
  for (let i = count; i > 0; i--) {
    remainder = (remainder << 32) | load<u32>(wordAt(n, i - 1));
    store<u32>(wordAt(n, i - 1), <u32>(remainder / TEN_TO_9));
    remainder %= TEN_TO_9;
  }
  while (count > 0 && load<u32>(wordAt(n, count - 1)) == 0) count--;
  store<u32>(n, count);
  return <u32>remainder;
}
