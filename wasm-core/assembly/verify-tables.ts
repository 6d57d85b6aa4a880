// In: a context, as verify.ts has it. Out: whether what turns values into classes is sound: views and their dictionaries,
// partitions, element tests, automatons, constants, tools and what an absent attribute is. Never writes to the artifact.

import {
  ABSENT_FIRST_CONSTANT,
  ABSENT_MISSING,
  CLASS_ELEMENT_BIT,
  CLASS_FIRST,
  CLASS_TRUE,
  CONSTANT_BOOL,
  CONSTANT_DOUBLE,
  CONSTANT_EMPTY_LIST,
  CONSTANT_INT,
  CONSTANT_STRING,
  ELEMENT_TEST_AUTOMATON,
  ELEMENT_TEST_BOOL,
  ELEMENT_TEST_DICTIONARY,
  ELEMENT_TEST_LITERALS,
  ELEMENT_TEST_NUMBER,
  ELEMENT_TEST_SCAN,
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_LIST_ALL,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
  VIEW_BOOL,
  VIEW_DOUBLE,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_LIST_BOOL,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_STRING,
  VIEW_TREE,
  VIEW_TYPE,
} from '../contract/codes.ts';
import {
  AUTOMATON_BACKWARD,
  AUTOMATON_BYTE_CLASSES,
  AUTOMATON_FIRST_JUMP,
  AUTOMATON_FIRST_SINK,
  AUTOMATON_JUMPS,
  AUTOMATON_LABELS,
  AUTOMATON_LABEL_LIMIT,
  AUTOMATON_SIZE,
  AUTOMATON_STATE_COUNT,
  AUTOMATON_SYMBOL_COUNT,
  AUTOMATON_TRANSITIONS,
  BUCKET_SIZE,
  CONSTANT_KIND,
  CONSTANT_LENGTH,
  CONSTANT_SIZE,
  CONSTANT_VALUE,
  ELEMENT_TEST_BOUND_COUNT,
  ELEMENT_TEST_KIND,
  ELEMENT_TEST_MASKS,
  ELEMENT_TEST_OPERAND,
  ELEMENT_TEST_SIZE,
  ENTRY_HASH,
  ENTRY_LENGTH,
  ENTRY_SIZE,
  ENTRY_TEXT,
  HEADER_ABSENT_ROWS,
  JUMP_BYTES,
  JUMP_SIZE,
  JUMP_TARGET,
  PARTITION_BOUND_COUNT,
  PARTITION_CELL_CLASSES,
  PARTITION_CLASS_COUNT,
  PARTITION_ENTRY_CLASSES,
  PARTITION_KIND,
  PARTITION_OPERAND,
  PARTITION_SIZE,
  PARTITION_VIEW,
  PREFILTER_HIT_WORDS,
  PREFILTER_LITERAL_COUNT,
  PREFILTER_SIZE,
  SCAN_BIT_LIMIT,
  SCAN_SIZE,
  SCAN_WORD_COUNT,
  TOOL_ABSENT_ROW,
  TOOL_LISTED,
  TOOL_SIZE,
  VIEW_BIT_WORDS,
  VIEW_BUCKET_COUNT,
  VIEW_BUCKET_FIRST,
  VIEW_ENTRY_COUNT,
  VIEW_ENTRY_FIRST,
  VIEW_KIND,
  VIEW_SIZE_BYTES,
  VIEW_SLOT,
  VIEW_TEST_COUNT,
  VIEW_TEST_FIRST,
} from '../contract/layout.ts';
import {
  AT_ABSENT,
  AT_AUTOMATONS,
  AT_BOUNDS,
  AT_BUCKETS,
  AT_BYTES,
  AT_CONSTANTS,
  AT_ELEMENT_TESTS,
  AT_ENTRIES,
  AT_HALVES,
  AT_MASKS,
  AT_PARTITIONS,
  AT_PREFILTERS,
  AT_SCANS,
  AT_TOOLS,
  AT_VIEWS,
  CTX_HEADER,
  CTX_SLOT_COUNT,
  CTX_VIEW_COUNT,
} from './context.ts';
import { hashText } from './text.ts';
import { isSizeKind, probe } from './value.ts';
import { areWithin, countOf, fits, fitsIn, recordIn, spend } from './verify-bounds.ts';
import { hasTerms, isTermConstantSound } from './verify-terms.ts';
import { areScansSound } from './verify-scan.ts';

const MAX_CLASSES: u32 = 65536;
const MAX_STATES: u32 = 65535;
const MAX_SAFE_INT: i64 = 9007199254740991;

export function areViewsSound(ctx: usize): bool {
  return (
    areAutomatonsSound(ctx) &&
    areScansSound(ctx) &&
    areConstantsSound(ctx) &&
    areDictionariesSound(ctx) &&
    areTestsSound(ctx) &&
    arePartitionsSound(ctx) &&
    areToolsSound(ctx) &&
    areAbsencesSound(ctx)
  );
}

function viewAt(ctx: usize, view: u32): usize {
  return load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES;
}

function isListKind(kind: i32): bool {
  return kind >= VIEW_LIST_STRING && kind <= VIEW_LIST_DOUBLE;
}

/** Views whose values set bits: lists, and texts that are scanned. */
function hasBits(kind: i32): bool {
  return isListKind(kind) || kind == VIEW_STRING;
}

function isTextKind(kind: i32): bool {
  return kind <= VIEW_ENUM || kind == VIEW_LIST_STRING || kind == VIEW_LIST_ENUM;
}

function areAutomatonsSound(ctx: usize): bool {
  const count = countOf(ctx, AT_AUTOMATONS);
  for (let i: u32 = 0; i < count; i++) {
    const automaton = load<usize>(ctx, AT_AUTOMATONS) + i * <u32>AUTOMATON_SIZE;
    const states = load<u32>(automaton, AUTOMATON_STATE_COUNT);
    const symbols = load<u32>(automaton, AUTOMATON_SYMBOL_COUNT);
    if (states == 0 || states > MAX_STATES || symbols == 0 || symbols > 256) return false;
    if (load<u32>(automaton, AUTOMATON_BACKWARD) > 1) return false;
    if (!areWithin(ctx + AT_BYTES, load<u32>(automaton, AUTOMATON_BYTE_CLASSES), 256, 0, 0, symbols)) return false;
    const transitions = load<u32>(automaton, AUTOMATON_TRANSITIONS); // at most 65,535 * 256 of them
    if (!areWithin(ctx + AT_HALVES, transitions, states * symbols, 1, 0, states)) return false;
    if (!areSinks(ctx, transitions, load<u32>(automaton, AUTOMATON_FIRST_SINK), states, symbols)) return false;
    if (!areJumpsSound(ctx, automaton, states, symbols)) return false;
    const limit = load<u32>(automaton, AUTOMATON_LABEL_LIMIT);
    if (!areWithin(ctx + AT_HALVES, load<u32>(automaton, AUTOMATON_LABELS), states, 1, 0, limit)) return false;
  }
  return true;
}

/** Each leads where eight steps lead. */
function areJumpsSound(ctx: usize, automaton: usize, states: u32, symbols: u32): bool {
  const first = load<u32>(automaton, AUTOMATON_FIRST_JUMP);
  const end = load<u32>(automaton, AUTOMATON_FIRST_SINK);
  if (first == end) return true;
  if (first > end || end > states || load<u32>(automaton, AUTOMATON_BACKWARD)) return false;
  const offset = load<u32>(automaton, AUTOMATON_JUMPS);
  if (!fitsIn(ctx + AT_MASKS, offset, (end - first) << 1) || !spend((end - first) * <u32>JUMP_BYTES)) return false;
  const classes = load<usize>(ctx, AT_BYTES) + load<u32>(automaton, AUTOMATON_BYTE_CLASSES);
  const transitions = load<usize>(ctx, AT_HALVES) + (load<u32>(automaton, AUTOMATON_TRANSITIONS) << 1);
  let jump = load<usize>(ctx, AT_MASKS) + (offset << 3);
  for (let from = first; from < end; from++) {
    let state = from;
    for (let i: u32 = 0; i < <u32>JUMP_BYTES; i++) {
      state = load<u16>(transitions + ((state * symbols + load<u8>(classes + load<u8>(jump + i))) << 1));
    }
    if (load<u64>(jump, JUMP_TARGET) != state) return false;
    jump += JUMP_SIZE;
  }
  return true;
}

/** States from `firstSink` on loop to themselves. */
function areSinks(ctx: usize, transitions: u32, firstSink: u32, states: u32, symbols: u32): bool {
  for (let state = firstSink; state < states; state++) {
    const row = load<usize>(ctx, AT_HALVES) + ((transitions + state * symbols) << 1);
    for (let symbol: u32 = 0; symbol < symbols; symbol++) if (load<u16>(row + (symbol << 1)) != state) return false;
  }
  return firstSink <= states;
}

function areConstantsSound(ctx: usize): bool {
  const count = countOf(ctx, AT_CONSTANTS);
  for (let i: u32 = 0; i < count; i++) {
    const constant = load<usize>(ctx, AT_CONSTANTS) + i * <u32>CONSTANT_SIZE;
    const kind = load<i32>(constant, CONSTANT_KIND);
    if (WITH_TERMS && kind > CONSTANT_EMPTY_LIST) {
      if (!isTermConstantSound(ctx, constant)) return false;
      continue;
    }
    if (<u32>kind > <u32>CONSTANT_EMPTY_LIST) return false;
    if (kind == CONSTANT_BOOL && load<u64>(constant, CONSTANT_VALUE) > 1) return false;
    if (kind != CONSTANT_STRING) continue;
    const length = load<u32>(constant, CONSTANT_LENGTH);
    if (load<u32>(constant, CONSTANT_VALUE + 4) != 0) return false;
    if (!fitsIn(ctx + AT_BYTES, load<u32>(constant, CONSTANT_VALUE), length)) return false;
  }
  return true;
}

/** Views themselves, and that a dictionary finds each of its entries: then it also ends every search (an empty bucket). */
function areDictionariesSound(ctx: usize): bool {
  const count = load<u32>(ctx, CTX_VIEW_COUNT);
  if (load<u32>(viewAt(ctx, 0), VIEW_SLOT) != 0 || load<i32>(viewAt(ctx, 0), VIEW_KIND) != VIEW_STRING) return false;
  for (let i: u32 = 0; i < count; i++) {
    const view = viewAt(ctx, i);
    const kind = load<u32>(view, VIEW_KIND);
    if (kind > <u32>VIEW_TYPE || (kind == VIEW_TREE && !hasTerms(ctx))) return false;
    if (load<u32>(view, VIEW_SLOT) >= load<u32>(ctx, CTX_SLOT_COUNT)) return false;
    const entries = load<u32>(view, VIEW_ENTRY_COUNT);
    const buckets = load<u32>(view, VIEW_BUCKET_COUNT);
    if (!fitsIn(ctx + AT_ENTRIES, load<u32>(view, VIEW_ENTRY_FIRST), entries)) return false;
    if (!fitsIn(ctx + AT_BUCKETS, load<u32>(view, VIEW_BUCKET_FIRST), buckets)) return false;
    if (buckets & (buckets - 1) || (entries != 0 && (!isTextKind(kind) || buckets <= entries))) return false;
    if (!spend(<u64>buckets + entries) || !areBucketsSound(ctx, view, buckets, entries)) return false;
    if (!areEntriesSound(ctx, view, entries)) return false;
  }
  return true;
}

/** Every entry stands in one bucket, and some bucket is empty. */
function areBucketsSound(ctx: usize, view: usize, buckets: u32, entries: u32): bool {
  const first = load<usize>(ctx, AT_BUCKETS) + load<u32>(view, VIEW_BUCKET_FIRST) * <u32>BUCKET_SIZE;
  let taken: u32 = 0;
  for (let i: u32 = 0; i < buckets; i++) {
    const entry = load<u32>(first + i * <u32>BUCKET_SIZE);
    if (entry > entries) return false;
    taken += u32(entry != 0);
  }
  return taken == entries;
}

function areEntriesSound(ctx: usize, view: usize, count: u32): bool {
  const first = load<usize>(ctx, AT_ENTRIES) + load<u32>(view, VIEW_ENTRY_FIRST) * <u32>ENTRY_SIZE;
  const byteCount = countOf(ctx, AT_BYTES);
  // All texts first: a search may look at any of them.
  for (let i: u32 = 0; i < count; i++) {
    const entry = first + i * <u32>ENTRY_SIZE;
    if (!fits(load<u32>(entry, ENTRY_TEXT), load<u32>(entry, ENTRY_LENGTH), byteCount)) return false;
  }
  for (let i: u32 = 0; i < count; i++) {
    const entry = first + i * <u32>ENTRY_SIZE;
    const text = load<usize>(ctx, AT_BYTES) + load<u32>(entry, ENTRY_TEXT);
    const length = load<u32>(entry, ENTRY_LENGTH);
    if (!spend(length) || load<u32>(entry, ENTRY_HASH) != hashText(text, length)) return false;
    if (probe(ctx, view, text, length) != i) return false;
  }
  return true;
}

/** Finite, ascending and distinct. */
function areBounds(ctx: usize, first: u32, count: u32): bool {
  if (!fitsIn(ctx + AT_BOUNDS, first, count) || !spend(count)) return false;
  let before: f64 = -Infinity;
  for (let i: u32 = 0; i < count; i++) {
    const bound = load<f64>(load<usize>(ctx, AT_BOUNDS) + ((first + i) << 3));
    if (!(bound > before && bound < Infinity)) return false;
    before = bound;
  }
  return true;
}

function areTestsSound(ctx: usize): bool {
  const count = load<u32>(ctx, CTX_VIEW_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    const view = viewAt(ctx, i);
    const kind = load<i32>(view, VIEW_KIND);
    const first = load<u32>(view, VIEW_TEST_FIRST);
    const tests = load<u32>(view, VIEW_TEST_COUNT);
    const words = load<u32>(view, VIEW_BIT_WORDS);
    // A string view has bits of its own only of prefilters and scans.
    const isText = kind == VIEW_STRING && words > 0;
    if (!isListKind(kind) && !isText) {
      if (tests != 0 || words != 0) return false;
      continue;
    }
    if (!fitsIn(ctx + AT_ELEMENT_TESTS, first, tests) || !spend(tests)) return false;
    hitWords = 0;
    for (let t: u32 = 0; t < tests; t++) {
      const test = load<usize>(ctx, AT_ELEMENT_TESTS) + (first + t) * <u32>ELEMENT_TEST_SIZE;
      if (isText && load<i32>(test, ELEMENT_TEST_KIND) < ELEMENT_TEST_SCAN) return false;
      const masks = maskCount(ctx, test, view, kind);
      if (masks == 0 || masks * words > <u64>countOf(ctx, AT_MASKS)) return false;
      if (!fitsIn(ctx + AT_MASKS, load<u32>(test, ELEMENT_TEST_MASKS), <u32>masks * words)) return false;
    }
  }
  return true;
}

/** Of the prefilter that stands before among a view's tests; 0 if none does. */
let hitWords: u32 = 0;

/** Masks that a test of this list's elements may name; 0 if the test does not fit them or is not sound. */
function maskCount(ctx: usize, test: usize, view: usize, kind: i32): u64 {
  const operand = load<u32>(test, ELEMENT_TEST_OPERAND);
  const bounds = load<u32>(test, ELEMENT_TEST_BOUND_COUNT);
  switch (load<i32>(test, ELEMENT_TEST_KIND)) {
    case ELEMENT_TEST_DICTIONARY:
      return isTextKind(kind) ? <u64>load<u32>(view, VIEW_ENTRY_COUNT) + 1 : 0;
    case ELEMENT_TEST_AUTOMATON: {
      const automaton = recordIn(ctx + AT_AUTOMATONS, operand, AUTOMATON_SIZE);
      return isTextKind(kind) && automaton != 0 ? load<u32>(automaton, AUTOMATON_LABEL_LIMIT) : 0;
    }
    case ELEMENT_TEST_NUMBER:
      return isTextKind(kind) || kind == VIEW_LIST_BOOL || !areBounds(ctx, operand, bounds) ? 0 : <u64>bounds * 2 + 1;
    case ELEMENT_TEST_SCAN: {
      const scan = recordIn(ctx + AT_SCANS, operand, SCAN_SIZE);
      if (!isTextKind(kind) || scan == 0) return 0;
      const words = load<u32>(scan, SCAN_WORD_COUNT);
      if (!spend(words) || (bounds != 0 && !fits(bounds - 1, ((words + 63) >> 6) << 1, hitWords))) return 0;
      return load<u32>(scan, SCAN_BIT_LIMIT) <= load<u32>(view, VIEW_BIT_WORDS) << 6 ? 1 : 0;
    }
    case ELEMENT_TEST_LITERALS: {
      const prefilter = recordIn(ctx + AT_PREFILTERS, operand, PREFILTER_SIZE);
      if (!isTextKind(kind) || prefilter == 0) return 0;
      hitWords = load<u32>(prefilter, PREFILTER_HIT_WORDS);
      if (!spend(<u64>hitWords + load<u32>(prefilter, PREFILTER_LITERAL_COUNT))) return 0;
      return hitWords >= load<u32>(view, VIEW_BIT_WORDS) ? 1 : 0;
    }
    case ELEMENT_TEST_BOOL:
      return kind == VIEW_LIST_BOOL ? 2 : 0;
    default:
      return 0;
  }
}

function arePartitionsSound(ctx: usize): bool {
  const count = countOf(ctx, AT_PARTITIONS);
  for (let i: u32 = 0; i < count; i++) {
    if (!isPartitionSound(ctx, load<usize>(ctx, AT_PARTITIONS) + i * <u32>PARTITION_SIZE)) return false;
  }
  return true;
}

/** Whether a list has several classes there (codes.ts): then it may only stand in columns. */
export function hasManyClasses(partition: usize): bool {
  const kind = load<i32>(partition, PARTITION_KIND);
  return kind == PARTITION_LIST_ANY || kind == PARTITION_LIST_ALL;
}

/** A view whose well-typed value is a number. */
function isNumberKind(kind: i32): bool {
  return kind == VIEW_INT || kind == VIEW_DOUBLE || kind == VIEW_TYPE || isSizeKind(kind);
}

/** Whatever well-typed value its view gives, the classes lie from CLASS_FIRST on and below the count. */
function isPartitionSound(ctx: usize, partition: usize): bool {
  const view = recordIn(ctx + AT_VIEWS, load<u32>(partition, PARTITION_VIEW), VIEW_SIZE_BYTES);
  if (view == 0) return false;
  const kind = load<i32>(view, VIEW_KIND);
  const classes = load<u32>(partition, PARTITION_CLASS_COUNT);
  const operand = load<u32>(partition, PARTITION_OPERAND);
  if (classes <= <u32>CLASS_FIRST || classes > MAX_CLASSES) return false;
  switch (load<i32>(partition, PARTITION_KIND)) {
    case PARTITION_DICTIONARY: {
      // A well-typed enum value is always in the dictionary; what a miss would be does not matter then.
      if (kind > VIEW_ENUM || operand >= classes || (kind != VIEW_ENUM && operand < <u32>CLASS_FIRST)) return false;
      return areEntryClasses(ctx, partition, view);
    }
    case PARTITION_AUTOMATON: {
      const automaton = recordIn(ctx + AT_AUTOMATONS, operand, AUTOMATON_SIZE);
      if (kind > VIEW_ENUM || automaton == 0) return false;
      const labels = load<u32>(automaton, AUTOMATON_LABELS);
      const states = load<u32>(automaton, AUTOMATON_STATE_COUNT);
      return areEntryClasses(ctx, partition, view) && areWithin(ctx + AT_HALVES, labels, states, 1, CLASS_FIRST, classes);
    }
    case PARTITION_NUMBER: {
      const bounds = load<u32>(partition, PARTITION_BOUND_COUNT);
      if (!isNumberKind(kind) || !areBounds(ctx, operand, bounds)) return false;
      return areWithin(ctx + AT_HALVES, load<u32>(partition, PARTITION_CELL_CLASSES), bounds * 2 + 1, 1, CLASS_FIRST, classes);
    }
    case PARTITION_BOOL:
      return kind == VIEW_BOOL && classes > <u32>CLASS_TRUE;
    case PARTITION_PRESENCE:
      return kind == VIEW_PRESENCE;
    case PARTITION_LIST_BIT:
      return hasBits(kind) && operand >> 6 < load<u32>(view, VIEW_BIT_WORDS) && classes > <u32>CLASS_TRUE;
    case PARTITION_LIST_ANY:
    case PARTITION_LIST_ALL: {
      // The words are as many as the context has room for (artifact.ts), so 64 times as many bits are no more than a u64 holds.
      return hasBits(kind) && <u64>classes <= <u64>load<u32>(view, VIEW_BIT_WORDS) * 64 + CLASS_ELEMENT_BIT;
    }
    default:
      return false;
  }
}

function areEntryClasses(ctx: usize, partition: usize, view: usize): bool {
  const first = load<u32>(partition, PARTITION_ENTRY_CLASSES);
  const entries = load<u32>(view, VIEW_ENTRY_COUNT);
  return areWithin(ctx + AT_HALVES, entries == 0 ? 0 : first, entries, 1, CLASS_FIRST, load<u32>(partition, PARTITION_CLASS_COUNT));
}

function areToolsSound(ctx: usize): bool {
  const count = countOf(ctx, AT_TOOLS);
  if (count != load<u32>(viewAt(ctx, 0), VIEW_ENTRY_COUNT)) return false;
  const rows = load<u32>(load<usize>(ctx, CTX_HEADER), HEADER_ABSENT_ROWS);
  for (let i: u32 = 0; i < count; i++) {
    const tool = load<usize>(ctx, AT_TOOLS) + i * <u32>TOOL_SIZE;
    if (load<u32>(tool, TOOL_ABSENT_ROW) >= rows || load<u32>(tool, TOOL_LISTED) > 1) return false;
  }
  return true;
}

/** A row per catalogue tool, a column per view; a constant fits its view; the tool's own name has no stand-in. */
function areAbsencesSound(ctx: usize): bool {
  const viewCount = load<u32>(ctx, CTX_VIEW_COUNT);
  const rows = load<u32>(load<usize>(ctx, CTX_HEADER), HEADER_ABSENT_ROWS);
  if (<u64>rows * viewCount != <u64>countOf(ctx, AT_ABSENT)) return false;
  const constantCount = countOf(ctx, AT_CONSTANTS);
  let at = load<usize>(ctx, AT_ABSENT);
  for (let row: u32 = 0; row < rows; row++) {
    for (let view: u32 = 0; view < viewCount; view++) {
      const absent = load<u32>(at);
      at += 4;
      if (view == 0 && absent != ABSENT_MISSING) return false;
      if (absent < <u32>ABSENT_FIRST_CONSTANT) continue;
      const index = absent - <u32>ABSENT_FIRST_CONSTANT;
      if (index >= constantCount || !isStandIn(ctx, index, load<i32>(viewAt(ctx, view), VIEW_KIND))) return false;
    }
  }
  return true;
}

function isStandIn(ctx: usize, index: u32, view: i32): bool {
  const constant = load<usize>(ctx, AT_CONSTANTS) + index * <u32>CONSTANT_SIZE;
  const kind = load<i32>(constant, CONSTANT_KIND);
  if (WITH_TERMS && kind > CONSTANT_EMPTY_LIST) return false;
  // A tree has numbers as a request carries them.
  if (WITH_TERMS && view == VIEW_TREE) return kind != CONSTANT_INT;
  switch (kind) {
    case CONSTANT_BOOL:
      return view == VIEW_BOOL;
    case CONSTANT_INT: {
      const value = load<i64>(constant, CONSTANT_VALUE);
      return (view == VIEW_INT || isSizeKind(view)) && value >= -MAX_SAFE_INT && value <= MAX_SAFE_INT;
    }
    case CONSTANT_DOUBLE:
      return view == VIEW_DOUBLE && abs(load<f64>(constant, CONSTANT_VALUE)) < Infinity;
    case CONSTANT_STRING:
      return view <= VIEW_ENUM || isSizeKind(view);
    default:
      return isListKind(view) || isSizeKind(view);
  }
}
