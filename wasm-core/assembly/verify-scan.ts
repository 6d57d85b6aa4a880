// In: the scans and prefilters of an artifact whose automatons verified. Out: whether scan.ts and prefilter.ts can run them blindly:
// every offset, class, word, literal and bit exists. Never writes to the artifact.

import {
  AUTOMATON_BACKWARD,
  AUTOMATON_LABEL_LIMIT,
  AUTOMATON_SIZE,
  LITERAL_LENGTH,
  LITERAL_SIZE,
  LITERAL_TARGET_COUNT,
  LITERAL_TARGETS,
  LITERAL_TEXT,
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
} from '../contract/layout.ts';
import { AT_AUTOMATONS, AT_BYTES, AT_HALVES, AT_PREFILTERS, AT_SCANS, AT_WORDS, AT_MASKS } from './context.ts';
import { areWithin, countOf, fits, fitsIn, recordIn, spend } from './verify-bounds.ts';

const MAX_WORDS: u32 = 65535;
const MAX_CLASSES: u32 = 256;
/** BEFORE_* of compiler/regex/positions.ts: begin, other, word, line end. */
const KINDS: u32 = 4;

export function areScansSound(ctx: usize): bool {
  const count = countOf(ctx, AT_SCANS);
  for (let i: u32 = 0; i < count; i++) {
    if (!isScanSound(ctx, load<usize>(ctx, AT_SCANS) + i * <u32>SCAN_SIZE)) return false;
  }
  const prefilters = countOf(ctx, AT_PREFILTERS);
  for (let i: u32 = 0; i < prefilters; i++) {
    if (!isPrefilterSound(ctx, load<usize>(ctx, AT_PREFILTERS) + i * <u32>PREFILTER_SIZE)) return false;
  }
  return true;
}

/** An automaton, or a scan with no bit but those of one word. */
export function isMatcher(ctx: usize, kind: i32, index: u32): bool {
  if (kind == 0) return index < countOf(ctx, AT_AUTOMATONS);
  const scan = recordIn(ctx + AT_SCANS, index, SCAN_SIZE);
  return kind == 1 && scan != 0 && load<u32>(scan, SCAN_BIT_LIMIT) <= 64 && spend(load<u32>(scan, SCAN_WORD_COUNT));
}

function isScanSound(ctx: usize, scan: usize): bool {
  const classes = load<u32>(scan, SCAN_CLASS_COUNT);
  const words = load<u32>(scan, SCAN_WORD_COUNT);
  const moves = load<u32>(scan, SCAN_MOVE_COUNT);
  const ends = load<u32>(scan, SCAN_END_COUNT);
  const bits = load<u32>(scan, SCAN_BIT_LIMIT);
  if (classes < 2 || classes > MAX_CLASSES || words == 0 || words > MAX_WORDS || bits > <u32>SCAN_MAX_BITS) return false;
  const alphabet = recordIn(ctx + AT_AUTOMATONS, load<u32>(scan, SCAN_ALPHABET), AUTOMATON_SIZE);
  if (alphabet == 0) return false;
  if (load<u32>(alphabet, AUTOMATON_BACKWARD) != 0 || load<u32>(alphabet, AUTOMATON_LABEL_LIMIT) > classes - 1) return false;
  // A scan that is not empty is not smaller than what it makes a decision visit, but scans may share.
  if (!spend(<u64>words * 32 + <u64>moves * 4 + ends)) return false;
  if (!areWithin(ctx + AT_BYTES, load<u32>(scan, SCAN_KINDS), classes - 1, 0, 0, KINDS)) return false;
  if (!fitsIn(ctx + AT_WORDS, load<u32>(scan, SCAN_WORDS), words * (SCAN_WORD_SIZE >> 2))) return false;
  if (!fitsIn(ctx + AT_MASKS, load<u32>(scan, SCAN_MASKS), words * (SCAN_MASK_SIZE >> 3))) return false;
  // No section has so many words that the doubled count of moves could wrap.
  if (!areWithin(ctx + AT_WORDS, load<u32>(scan, SCAN_MOVES), moves, 2, 0, words)) return false;
  if (!fitsIn(ctx + AT_MASKS, load<u32>(scan, SCAN_MOVE_MASKS), moves << 1)) return false;
  if (!areWithin(ctx + AT_WORDS, load<u32>(scan, SCAN_ENDS), ends, 2, 0, bits)) return false;
  if (!fitsIn(ctx + AT_MASKS, load<u32>(scan, SCAN_END_MASKS), ends)) return false;
  if (!areStartsSound(ctx, scan, classes, words)) return false;
  for (let w: u32 = 0; w < words; w++) {
    const word = load<usize>(ctx, AT_WORDS) + (load<u32>(scan, SCAN_WORDS) << 2) + w * <u32>SCAN_WORD_SIZE;
    if (!fits(load<u32>(word, SCAN_WORD_MOVE_FIRST), load<u32>(word, SCAN_WORD_MOVE_COUNT), moves)) return false;
    if (!fits(load<u32>(word, SCAN_WORD_END_FIRST), load<u32>(word, SCAN_WORD_END_COUNT), ends)) return false;
    const masks = load<u32>(word, SCAN_WORD_REACH_COUNT);
    if (!fitsIn(ctx + AT_MASKS, load<u32>(word, SCAN_WORD_REACH), masks)) return false;
    if (!areWithin(ctx + AT_BYTES, load<u32>(word, SCAN_WORD_REACH_MAP), classes, 0, 0, masks)) return false;
  }
  return true;
}

/** Runs ascend from 0 and lie in the list, whose words exist; each word at most once in a run is not needed. */
function areStartsSound(ctx: usize, scan: usize, classes: u32, words: u32): bool {
  const starts = load<u32>(scan, SCAN_STARTS);
  if (!fitsIn(ctx + AT_WORDS, starts, classes + 1)) return false;
  let before: u32 = 0;
  for (let c: u32 = 0; c <= classes; c++) {
    const run = load<u32>(load<usize>(ctx, AT_WORDS) + ((starts + c) << 2));
    if (run < before || (c == 0 && run != 0)) return false;
    before = run;
  }
  if (before != load<u32>(scan, SCAN_START_COUNT)) return false; // the room there is (artifact.ts)
  return areWithin(ctx + AT_HALVES, load<u32>(scan, SCAN_START_LIST), before, 1, 0, words);
}

function isPrefilterSound(ctx: usize, prefilter: usize): bool {
  const hitWords = load<u32>(prefilter, PREFILTER_HIT_WORDS);
  if (hitWords == 0 || hitWords > <u32>PREFILTER_MAX_HIT_WORDS) return false;
  if (!fitsIn(ctx + AT_MASKS, load<u32>(prefilter, PREFILTER_INITIAL), hitWords)) return false;
  if (!fitsIn(ctx + AT_BYTES, load<u32>(prefilter, PREFILTER_FINGERPRINTS), load<u32>(prefilter, PREFILTER_HAS_FINGERPRINTS) ? 128 : 0)) return false;
  const hashBits = load<u32>(prefilter, PREFILTER_HASH_BITS);
  const count = load<u32>(prefilter, PREFILTER_LITERAL_COUNT);
  const listCount = load<u32>(prefilter, PREFILTER_LIST_COUNT);
  if (hashBits == 0 || hashBits > 15 || count > MAX_WORDS) return false;
  const places: u32 = 1 << hashBits;
  if (!spend(<u64>hitWords + places + listCount + count)) return false;
  const runs = load<u32>(prefilter, PREFILTER_RUNS);
  if (!fitsIn(ctx + AT_HALVES, runs, places + 1)) return false;
  const list = load<u32>(prefilter, PREFILTER_LIST);
  if (!areWithin(ctx + AT_HALVES, list, listCount, 1, 0, count)) return false;
  // Runs may be empty, but none ends before it begins or beyond the list; in each, literals ascend, so that a place of a text costs at
  // most all literals once.
  const at = load<usize>(ctx, AT_HALVES) + (runs << 1);
  const entries = load<usize>(ctx, AT_HALVES) + (list << 1);
  let before: u32 = 0;
  for (let i: u32 = 0; i <= places; i++) {
    const run: u32 = load<u16>(at + (i << 1));
    if (run < before || run > listCount) return false;
    for (let e = before + 1; e < run; e++) {
      if (i != 0 && load<u16>(entries + (e << 1)) <= load<u16>(entries + (e << 1) - 2)) return false;
    }
    before = run;
  }
  const literals = load<u32>(prefilter, PREFILTER_LITERALS);
  if (!fitsIn(ctx + AT_WORDS, literals, count * (LITERAL_SIZE >> 2))) return false;
  for (let i: u32 = 0; i < count; i++) {
    const literal = load<usize>(ctx, AT_WORDS) + (literals << 2) + i * <u32>LITERAL_SIZE;
    const length = load<u32>(literal, LITERAL_LENGTH);
    const targets = load<u32>(literal, LITERAL_TARGET_COUNT);
    if (length > MAX_WORDS || !fitsIn(ctx + AT_BYTES, load<u32>(literal, LITERAL_TEXT), length << 1)) return false;
    if (!spend(<u64>length + targets)) return false;
    if (!areWithin(ctx + AT_HALVES, load<u32>(literal, LITERAL_TARGETS), targets, 1, 0, hitWords << 6)) return false;
  }
  return true;
}
