// In: the scans of an artifact whose automatons verified. Out: whether scan.ts can run them blindly: every offset, class, word
// and bit exists. Never writes to the artifact.

import {
  AUTOMATON_BACKWARD,
  AUTOMATON_LABEL_LIMIT,
  AUTOMATON_SECTION,
  AUTOMATON_SIZE,
  BYTE_SECTION,
  HALF_SECTION,
  MASK_SECTION,
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
import { AT_AUTOMATONS, AT_BYTES, AT_HALVES, AT_SCANS, AT_WORDS } from './context.ts';
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
  if (!fits(list, before, countOf(ctx, HALF_SECTION, 2)) || !spend(before)) return false;
  for (let i: u32 = 0; i < before; i++) {
    if (load<u16>(load<usize>(ctx, AT_HALVES) + ((list + i) << 1)) >= words) return false;
  }
  return true;
}
