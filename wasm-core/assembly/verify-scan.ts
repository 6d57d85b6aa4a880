// In: the scans and prefilters of an artifact whose automatons verified. Out: whether scan.ts and prefilter.ts can run them blindly:
// every offset, class, word, literal and bit exists. Never writes to the artifact.

import {
  AUTOMATON_BACKWARD,
  AUTOMATON_LABEL_LIMIT,
  AUTOMATON_SECTION,
  AUTOMATON_SIZE,
  BYTE_SECTION,
  HALF_SECTION,
  LITERAL_LENGTH,
  LITERAL_SIZE,
  LITERAL_TARGET_COUNT,
  LITERAL_TARGETS,
  LITERAL_TEXT,
  MASK_SECTION,
  PREFILTER_FINGERPRINTS,
  PREFILTER_HAS_FINGERPRINTS,
  PREFILTER_HASH_BITS,
  PREFILTER_HIT_WORDS,
  PREFILTER_INITIAL,
  PREFILTER_LIST,
  PREFILTER_LIST_COUNT,
  PREFILTER_LITERAL_COUNT,
  PREFILTER_LITERALS,
  PREFILTER_MAX_HIT_WORDS,
  PREFILTER_RUNS,
  PREFILTER_SECTION,
  PREFILTER_SIZE,
  SCAN_ALPHABET,
  SCAN_BIT_LIMIT,
  SCAN_CLASS_COUNT,
  SCAN_END_COUNT,
  SCAN_END_MASKS,
  SCAN_ENDS,
  SCAN_KINDS,
  SCAN_MASK_SIZE,
  SCAN_MASKS,
  SCAN_MAX_BITS,
  SCAN_MOVE_COUNT,
  SCAN_MOVE_MASKS,
  SCAN_MOVES,
  SCAN_SECTION,
  SCAN_SIZE,
  SCAN_START_COUNT,
  SCAN_START_LIST,
  SCAN_STARTS,
  SCAN_WORD_COUNT,
  SCAN_WORD_END_COUNT,
  SCAN_WORD_END_FIRST,
  SCAN_WORD_MOVE_COUNT,
  SCAN_WORD_MOVE_FIRST,
  SCAN_WORD_REACH,
  SCAN_WORD_REACH_COUNT,
  SCAN_WORD_REACH_MAP,
  SCAN_WORD_SIZE,
  SCAN_WORDS,
  WORD_SECTION,
} from '../contract/layout.ts';
import { AT_AUTOMATONS, AT_BYTES, AT_HALVES, AT_PREFILTERS, AT_SCANS, AT_WORDS } from './context.ts';
import { countOf, fits, spend } from './verify-bounds.ts';

const MAX_WORDS: u32 = 65535;
const MAX_CLASSES: u32 = 256;
/** BEFORE_* of compiler/regex/positions.ts: begin, other, word, line end. */
const KINDS: u32 = 4;

export function areScansSound(ctx: usize): bool {
  const count = countOf(ctx, SCAN_SECTION, SCAN_SIZE);
  for (let i: u32 = 0; i < count; i++) {
    if (!isScanSound(ctx, load<usize>(ctx, AT_SCANS) + i * <u32>SCAN_SIZE)) return false;
  }
  const prefilters = countOf(ctx, PREFILTER_SECTION, PREFILTER_SIZE);
  for (let i: u32 = 0; i < prefilters; i++) {
    if (!isPrefilterSound(ctx, load<usize>(ctx, AT_PREFILTERS) + i * <u32>PREFILTER_SIZE)) return false;
  }
  return true;
}

/** An automaton, or a scan with no bit but those of one word. */
export function isMatcher(ctx: usize, kind: i32, index: u32): bool {
  if (kind == 0) return index < countOf(ctx, AUTOMATON_SECTION, AUTOMATON_SIZE);
  if (kind != 1 || index >= countOf(ctx, SCAN_SECTION, SCAN_SIZE)) return false;
  const scan = load<usize>(ctx, AT_SCANS) + index * <u32>SCAN_SIZE;
  return load<u32>(scan, SCAN_BIT_LIMIT) <= 64 && spend(load<u32>(scan, SCAN_WORD_COUNT));
}

function isScanSound(ctx: usize, scan: usize): bool {
  const wordPool = countOf(ctx, WORD_SECTION, 4);
  const maskPool = countOf(ctx, MASK_SECTION, 8);
  const bytePool = countOf(ctx, BYTE_SECTION, 1);
  const classes = load<u32>(scan, SCAN_CLASS_COUNT);
  const words = load<u32>(scan, SCAN_WORD_COUNT);
  const moves = load<u32>(scan, SCAN_MOVE_COUNT);
  const ends = load<u32>(scan, SCAN_END_COUNT);
  const bits = load<u32>(scan, SCAN_BIT_LIMIT);
  if (classes < 2 || classes > MAX_CLASSES || words == 0 || words > MAX_WORDS || bits > <u32>SCAN_MAX_BITS) return false;
  const automaton = load<u32>(scan, SCAN_ALPHABET);
  if (automaton >= countOf(ctx, AUTOMATON_SECTION, AUTOMATON_SIZE)) return false;
  const alphabet = load<usize>(ctx, AT_AUTOMATONS) + automaton * <u32>AUTOMATON_SIZE;
  if (load<u32>(alphabet, AUTOMATON_BACKWARD) != 0 || load<u32>(alphabet, AUTOMATON_LABEL_LIMIT) > classes - 1) return false;
  // A scan that is not empty is not smaller than what it makes a decision visit, but scans may share.
  if (!spend(<u64>words * 32 + <u64>moves * 4 + ends)) return false;
  const kinds = load<u32>(scan, SCAN_KINDS);
  if (!fits(kinds, classes - 1, bytePool)) return false;
  for (let c: u32 = 0; c < classes - 1; c++) if (load<u8>(load<usize>(ctx, AT_BYTES) + kinds + c) >= KINDS) return false;
  if (!fits(load<u32>(scan, SCAN_WORDS), words * (SCAN_WORD_SIZE >> 2), wordPool)) return false;
  if (!fits(load<u32>(scan, SCAN_MASKS), words * (SCAN_MASK_SIZE >> 3), maskPool)) return false;
  if (!fits(load<u32>(scan, SCAN_MOVES), moves, wordPool) || moves > 0x7fffffff) return false;
  if (!fits(load<u32>(scan, SCAN_MOVE_MASKS), moves << 1, maskPool)) return false;
  if (!areBelow(ctx, load<u32>(scan, SCAN_MOVES), moves, words)) return false;
  if (!fits(load<u32>(scan, SCAN_ENDS), ends, wordPool) || !fits(load<u32>(scan, SCAN_END_MASKS), ends, maskPool)) return false;
  if (!areBelow(ctx, load<u32>(scan, SCAN_ENDS), ends, bits)) return false;
  if (!areStartsSound(ctx, scan, classes, words)) return false;
  for (let w: u32 = 0; w < words; w++) {
    const word = load<usize>(ctx, AT_WORDS) + (load<u32>(scan, SCAN_WORDS) << 2) + w * <u32>SCAN_WORD_SIZE;
    if (!fits(load<u32>(word, SCAN_WORD_MOVE_FIRST), load<u32>(word, SCAN_WORD_MOVE_COUNT), moves)) return false;
    if (!fits(load<u32>(word, SCAN_WORD_END_FIRST), load<u32>(word, SCAN_WORD_END_COUNT), ends)) return false;
    const masks = load<u32>(word, SCAN_WORD_REACH_COUNT);
    if (!fits(load<u32>(word, SCAN_WORD_REACH), masks, maskPool)) return false;
    const map = load<u32>(word, SCAN_WORD_REACH_MAP);
    if (!fits(map, classes, bytePool) || !spend(classes)) return false;
    for (let c: u32 = 0; c < classes; c++) if (load<u8>(load<usize>(ctx, AT_BYTES) + map + c) >= masks) return false;
  }
  return true;
}

function areBelow(ctx: usize, first: u32, count: u32, limit: u32): bool {
  const at = load<usize>(ctx, AT_WORDS) + (first << 2);
  for (let i: u32 = 0; i < count; i++) if (load<u32>(at + (i << 2)) >= limit) return false;
  return true;
}

/** Runs ascend from 0 and lie in the list, whose words exist; each word at most once in a run is not needed. */
function areStartsSound(ctx: usize, scan: usize, classes: u32, words: u32): bool {
  const starts = load<u32>(scan, SCAN_STARTS);
  if (!fits(starts, classes + 1, countOf(ctx, WORD_SECTION, 4))) return false;
  let before: u32 = 0;
  for (let c: u32 = 0; c <= classes; c++) {
    const run = load<u32>(load<usize>(ctx, AT_WORDS) + ((starts + c) << 2));
    if (run < before || (c == 0 && run != 0)) return false;
    before = run;
  }
  const list = load<u32>(scan, SCAN_START_LIST);
  if (before != load<u32>(scan, SCAN_START_COUNT)) return false; // the room there is (artifact.ts)
  return spend(before) && areHalvesBelow(ctx, list, before, words);
}

function isPrefilterSound(ctx: usize, prefilter: usize): bool {
  const bytePool = countOf(ctx, BYTE_SECTION, 1);
  const halfPool = countOf(ctx, HALF_SECTION, 2);
  const hitWords = load<u32>(prefilter, PREFILTER_HIT_WORDS);
  if (hitWords == 0 || hitWords > <u32>PREFILTER_MAX_HIT_WORDS) return false;
  if (!fits(load<u32>(prefilter, PREFILTER_INITIAL), hitWords, countOf(ctx, MASK_SECTION, 8))) return false;
  if (!fits(load<u32>(prefilter, PREFILTER_FINGERPRINTS), load<u32>(prefilter, PREFILTER_HAS_FINGERPRINTS) ? 128 : 0, bytePool)) return false;
  const hashBits = load<u32>(prefilter, PREFILTER_HASH_BITS);
  const count = load<u32>(prefilter, PREFILTER_LITERAL_COUNT);
  const listCount = load<u32>(prefilter, PREFILTER_LIST_COUNT);
  if (hashBits == 0 || hashBits > 15 || count > MAX_WORDS) return false;
  const places: u32 = 1 << hashBits;
  if (!spend(<u64>hitWords + places + listCount + count)) return false;
  const runs = load<u32>(prefilter, PREFILTER_RUNS);
  if (!fits(runs, places + 1, halfPool)) return false;
  // Runs may be empty, but none ends before it begins or beyond the list.
  const at = load<usize>(ctx, AT_HALVES) + (runs << 1);
  let before: u32 = 0;
  for (let i: u32 = 0; i <= places; i++) {
    const run: u32 = load<u16>(at + (i << 1));
    if (run < before || run > listCount) return false;
    before = run;
  }
  const literals = load<u32>(prefilter, PREFILTER_LITERALS);
  if (!areHalvesBelow(ctx, load<u32>(prefilter, PREFILTER_LIST), listCount, count)) return false;
  if (!fits(literals, count * (LITERAL_SIZE >> 2), countOf(ctx, WORD_SECTION, 4))) return false;
  for (let i: u32 = 0; i < count; i++) {
    const literal = load<usize>(ctx, AT_WORDS) + (literals << 2) + i * <u32>LITERAL_SIZE;
    const length = load<u32>(literal, LITERAL_LENGTH);
    const targets = load<u32>(literal, LITERAL_TARGET_COUNT);
    if (length > MAX_WORDS || !fits(load<u32>(literal, LITERAL_TEXT), length << 1, bytePool)) return false;
    if (!spend(<u64>length + targets)) return false;
    if (!areHalvesBelow(ctx, load<u32>(literal, LITERAL_TARGETS), targets, hitWords << 6)) return false;
  }
  return true;
}

function areHalvesBelow(ctx: usize, first: u32, count: u32, limit: u32): bool {
  if (!fits(first, count, countOf(ctx, HALF_SECTION, 2))) return false;
  const at = load<usize>(ctx, AT_HALVES) + (first << 1);
  for (let i: u32 = 0; i < count; i++) if (<u32>load<u16>(at + (i << 1)) >= limit) return false;
  return true;
}
