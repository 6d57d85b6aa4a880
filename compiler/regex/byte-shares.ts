// How often a byte stands in the texts that agents hand around: prose, code, JSON. An estimate, for choosing among literals which to
// look for; a wrong one costs time and nothing else.

/** Per thousand bytes, by character; upper case letters a tenth of the lower case ones. */
const COMMON: Readonly<Record<string, number>> = {
  ' ': 150,
  '\n': 22,
  '\t': 3,
  e: 80,
  t: 60,
  a: 54,
  o: 50,
  i: 50,
  n: 48,
  s: 45,
  r: 44,
  h: 28,
  l: 30,
  d: 26,
  c: 24,
  u: 20,
  m: 18,
  p: 18,
  f: 14,
  g: 13,
  y: 11,
  w: 10,
  b: 11,
  v: 8,
  k: 6,
  x: 3,
  j: 2,
  q: 1,
  z: 1,
  0: 6,
  1: 6,
  2: 5,
  3: 3,
  4: 3,
  5: 3,
  6: 2,
  7: 2,
  8: 2,
  9: 2,
  '.': 12,
  ',': 10,
  '"': 10,
  "'": 5,
  '-': 7,
  _: 6,
  '/': 6,
  ':': 7,
  ';': 4,
  '=': 5,
  '(': 5,
  ')': 5,
  '{': 3,
  '}': 3,
  '[': 2,
  ']': 2,
  '<': 2,
  '>': 3,
  '`': 4,
  '*': 2,
  '#': 1,
  '|': 2,
  '&': 1,
  '+': 1,
  '!': 1,
  '?': 1,
  $: 1,
  '@': 1,
  '\\': 1,
  '%': 1,
  '~': 0.3,
  '^': 0.3,
};

const RARE = 0.2;

const shares: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const isUpper = byte >= 0x41 && byte <= 0x5a;
  const share = isUpper ? (COMMON[character.toLowerCase()] ?? RARE) / 10 : (COMMON[character] ?? RARE);
  return share / 1000;
});

export function byteShare(byte: number): number {
  return shares[byte] ?? 0;
}
