// In: a text, and a prefilter of the artifact (layout.ts, PREFILTER_*). Out: the hits: a bit for each target of the literals that the
// text has. INVARIANT (verify-scan.ts): every offset, run, literal and target of a prefilter exists.

import {
  LITERAL_LENGTH,
  LITERAL_SIZE,
  LITERAL_TARGET_COUNT,
  LITERAL_TARGETS,
  LITERAL_TEXT,
  LITERAL_WINDOW,
  PREFILTER_FACTOR,
  PREFILTER_FINGERPRINTS,
  PREFILTER_HAS_FINGERPRINTS,
  PREFILTER_HASH_BITS,
  PREFILTER_HIT_WORDS,
  PREFILTER_INITIAL,
  PREFILTER_LIST,
  PREFILTER_LITERALS,
  PREFILTER_RUNS,
  PREFILTER_SIZE,
} from '../contract/layout.ts';
import { AT_BYTES, AT_HALVES, AT_MASKS, AT_PREFILTERS, AT_WORDS, CTX_HITS } from './context.ts';
import { setBit } from './scan.ts';

/** The end of the text and zeros behind it, so that nothing is read beyond what there is. */
const tail: usize = memory.data(64, 16);
/** A place is hashed from bytes that are read four at a time. */
const PLACE_BYTES: u32 = 4;

let begin: usize = 0;
let end: usize = 0;
let runs: usize = 0;
let shift: u32 = 0;
let list: usize = 0;
let literals: usize = 0;
let bytes: usize = 0;
let halves: usize = 0;
let hits: usize = 0;

export function findLiterals(ctx: usize, index: u32, text: usize, length: u32): usize {
  const record = load<usize>(ctx, AT_PREFILTERS) + index * <u32>PREFILTER_SIZE;
  begin = text;
  end = text + length;
  bytes = load<usize>(ctx, AT_BYTES);
  halves = load<usize>(ctx, AT_HALVES);
  runs = halves + (load<u32>(record, PREFILTER_RUNS) << 1);
  list = halves + (load<u32>(record, PREFILTER_LIST) << 1);
  literals = load<usize>(ctx, AT_WORDS) + (load<u32>(record, PREFILTER_LITERALS) << 2);
  shift = 32 - load<u32>(record, PREFILTER_HASH_BITS);
  hits = load<usize>(ctx, CTX_HITS);
  const initial = load<usize>(ctx, AT_MASKS) + (load<u32>(record, PREFILTER_INITIAL) << 3);
  const size = load<u32>(record, PREFILTER_HIT_WORDS) << 3;
  for (let i: u32 = 0; i < size; i += 8) store<u64>(hits + i, load<u64>(initial + i)); // a call of memory.copy takes longer
  const hasFingerprints = load<u32>(record, PREFILTER_HAS_FINGERPRINTS) != 0;
  let at = text;
  if (ASC_FEATURE_SIMD && hasFingerprints) {
    at = passOver(bytes + load<u32>(record, PREFILTER_FINGERPRINTS));
  } else {
    const last = length >= PLACE_BYTES ? end - (PLACE_BYTES - 1) : text;
    look(text, text, last);
    at = last;
  }
  const left = end - at;
  for (let i: usize = 0; i < left; i++) store<u8>(tail + i, load<u8>(at + i));
  store<u64>(tail + left, 0);
  look(tail, at, end);
  return hits;
}

/** Looks at the places that some bucket passes, up to three bytes before the last whole block ends; returns where the rest begins. */
function passOver(tables: usize): usize {
  let at = begin;
  if (ASC_FEATURE_SIMD) {
    const low0 = v128.load(tables);
    const high0 = v128.load(tables, 16);
    const low1 = v128.load(tables, 32);
    const high1 = v128.load(tables, 48);
    const low2 = v128.load(tables, 64);
    const high2 = v128.load(tables, 80);
    const low3 = v128.load(tables, 96);
    const high3 = v128.load(tables, 112);
    const nibble = i8x16.splat(15);
    // What the block before said of first, second and third bytes: a place is told by its last byte.
    let before0 = i8x16.splat(0);
    let before1 = i8x16.splat(0);
    let before2 = i8x16.splat(0);
    for (; end - at >= 16; at += 16) {
      const block = v128.load(at);
      const low = v128.and(block, nibble);
      const high = i8x16.shr_u(block, 4);
      const now0 = v128.and(i8x16.swizzle(low0, low), i8x16.swizzle(high0, high));
      const now1 = v128.and(i8x16.swizzle(low1, low), i8x16.swizzle(high1, high));
      const now2 = v128.and(i8x16.swizzle(low2, low), i8x16.swizzle(high2, high));
      const now3 = v128.and(i8x16.swizzle(low3, low), i8x16.swizzle(high3, high));
      const passed = v128.and(
        v128.and(
          v128.shuffle<i8>(before0, now0, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28),
          v128.shuffle<i8>(before1, now1, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
        ),
        v128.and(v128.shuffle<i8>(before2, now2, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30), now3),
      );
      before0 = now0;
      before1 = now1;
      before2 = now2;
      if (!v128.any_true(passed)) continue;
      for (let places = i8x16.bitmask(i8x16.ne(passed, i8x16.splat(0))); places != 0; places &= places - 1) {
        const place = at + <usize>ctz(places) - 3;
        look(place, place, place + 1);
      }
    }
  }
  return at == begin ? begin : at - 3;
}

/** At the places from `at` to `stop`, whose bytes lie at `shown`. */
function look(shown: usize, at: usize, stop: usize): void {
  for (; at < stop; at++) {
    const gram = (load<u32>(shown) & 0xffffff) | 0x202020;
    const run = load<u32>(runs + (((gram * <u32>PREFILTER_FACTOR) >>> shift) << 1));
    const last = run >>> 16;
    for (let i = run & 0xffff; i < last; i++) {
      confirm(literals + <usize>load<u16>(list + (i << 1)) * LITERAL_SIZE, at);
    }
    shown++;
  }
}

/** Sets the targets of a literal if it lies there, its window at `at`. */
function confirm(literal: usize, at: usize): void {
  const length = load<u32>(literal, LITERAL_LENGTH);
  const window = load<u32>(literal, LITERAL_WINDOW);
  if (at - begin < window || end - (at - window) < length) return;
  const from = at - window;
  const text = bytes + load<u32>(literal, LITERAL_TEXT);
  const folds = text + length;
  for (let i: u32 = 0; i < length; i++) {
    if ((load<u8>(from + i) | load<u8>(folds + i)) != load<u8>(text + i)) return;
  }
  let target = halves + (load<u32>(literal, LITERAL_TARGETS) << 1);
  const stop = target + (load<u32>(literal, LITERAL_TARGET_COUNT) << 1);
  for (; target < stop; target += 2) {
    setBit(hits, load<u16>(target));
  }
}
