// In: some literals. Out: where in each the four bytes lie by which it is looked for, and the eight tables of a prefilter's fingerprints
// (contract/layout.ts); null where they would let too many places pass to be worth their time. Literals lie in eight buckets, a bit each;
// a place passes if for some bucket each of its four bytes has low and high four bits that some literal of the bucket has there.

import { byteShare } from '../regex/byte-shares.ts';
import { FOLDED, type Literal } from '../regex/literals.ts';

/** Bytes that are hashed: a window has as many, if the literal has. */
export const GRAM_BYTES = 3;

const BUCKETS = 8;
const BYTES = 4;
/** Choosing looks at every window of each in every bucket, in rounds. */
const MAX_LITERALS = 80;
const MAX_WINDOWS = 24;
const ROUNDS = 4;
/** Share of places that may pass: looking at one takes as long as passing over some thirty. */
const MAX_SHARE = 0.03;

export interface Fingerprints {
  /** By literal. */
  readonly windows: readonly number[];
  readonly tables: readonly number[];
}

export function fingerprintsOf(literals: readonly Literal[]): Fingerprints | null {
  if (literals.length === 0 || literals.length > MAX_LITERALS) return null;
  const choices = literals.map(choicesOf);
  const placed: Placed[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    choices.forEach((own, literal) => {
      const others = placed.filter((_, i) => i !== literal);
      const buckets = bucketsOf(others);
      placed[literal] = best(own, buckets);
    });
  }
  const buckets = bucketsOf(placed);
  if (buckets.reduce((sum, nibbles) => sum + shareOf(nibbles), 0) > MAX_SHARE) return null;
  const tables: number[] = Array.from({ length: BYTES * 2 * 16 }, () => 0);
  buckets.forEach((nibbles, bit) => {
    nibbles.forEach((set, table) => {
      for (let nibble = 0; nibble < 16; nibble += 1) {
        if (((set >> nibble) & 1) === 1) tables[table * 16 + nibble] = (tables[table * 16 + nibble] ?? 0) | (1 << bit);
      }
    });
  });
  return { windows: placed.map(({ window }) => window), tables };
}

/** By table: the nibbles that pass, as bits. */
type Nibbles = readonly number[];

interface Choice {
  readonly window: number;
  readonly nibbles: Nibbles;
}

interface Placed extends Choice {
  readonly bucket: number;
}

const NOTHING: Nibbles = Array.from({ length: BYTES * 2 }, () => 0);

function choicesOf(literal: Literal): Choice[] {
  const last = Math.min(Math.max(0, literal.length - GRAM_BYTES), MAX_WINDOWS);
  return Array.from({ length: last + 1 }, (_, window) => ({ window, nibbles: nibblesOf(literal, window) }));
}

/** Behind a literal any byte may stand. */
function nibblesOf(literal: Literal, window: number): Nibbles {
  return Array.from({ length: BYTES }, (_, i) => {
    const byte = literal[window + i];
    if (byte === undefined) return [0xffff, 0xffff];
    const ways = byte < FOLDED ? [byte] : [byte - FOLDED, byte - FOLDED - 0x20];
    return [
      ways.reduce((set, way) => set | (1 << (way & 15)), 0),
      ways.reduce((set, way) => set | (1 << (way >> 4)), 0),
    ];
  }).flat();
}

function bucketsOf(placed: readonly Placed[]): Nibbles[] {
  const buckets: Nibbles[] = Array.from({ length: BUCKETS }, () => NOTHING);
  for (const { bucket, nibbles } of placed) buckets[bucket] = either(buckets[bucket] ?? NOTHING, nibbles);
  return buckets;
}

/** The window and the bucket that let the fewest places more pass. */
function best(choices: readonly Choice[], buckets: readonly Nibbles[]): Placed {
  let found: Placed = { window: 0, nibbles: NOTHING, bucket: 0 };
  let least = Number.POSITIVE_INFINITY;
  buckets.forEach((before, bucket) => {
    const known = shareOf(before);
    for (const choice of choices) {
      const more = shareOf(either(before, choice.nibbles)) - known;
      if (more >= least) continue;
      least = more;
      found = { ...choice, bucket };
    }
  });
  return found;
}

function either(a: Nibbles, b: Nibbles): Nibbles {
  return a.map((set, table) => set | (b[table] ?? 0));
}

function shareOf(nibbles: Nibbles): number {
  let product = 1;
  for (let i = 0; i < BYTES; i += 1) product *= shareOfNibbles(nibbles[2 * i] ?? 0, nibbles[2 * i + 1] ?? 0);
  return product;
}

const known = new Map<number, number>();
const MAX_KNOWN = 65536;

function shareOfNibbles(low: number, high: number): number {
  const key = low * 0x10000 + high;
  const before = known.get(key);
  if (before !== undefined) return before;
  let sum = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    if (((low >> (byte & 15)) & 1) === 1 && ((high >> (byte >> 4)) & 1) === 1) sum += byteShare(byte);
  }
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, sum);
  return sum;
}
