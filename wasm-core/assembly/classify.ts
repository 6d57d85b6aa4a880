// In: a partition of a view. Out: the class of the value the request has there: one of the four every partition has, or one
// of its own. Computed the first time a decision asks. Never looks at a slot that no column or key asks for.

import {
  CLASS_FALSE,
  CLASS_FIRST,
  CLASS_INAPPLICABLE,
  CLASS_TRUE,
  ELEMENT_SIZE,
  ELEMENT_TEST_AUTOMATON,
  ELEMENT_TEST_BOOL,
  ELEMENT_TEST_DICTIONARY,
  ELEMENT_TEST_LITERALS,
  ELEMENT_TEST_SCAN,
  ELEMENT_VALUE,
  KIND_ENTRY,
  KIND_NUMBER,
  KIND_STRING,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_LIST_ENUM,
  VIEW_STRING,
} from '../contract/codes.ts';
import {
  AUTOMATON_BACKWARD,
  AUTOMATON_BYTE_CLASSES,
  AUTOMATON_FIRST_JUMP,
  AUTOMATON_FIRST_SINK,
  AUTOMATON_JUMPS,
  AUTOMATON_LABELS,
  AUTOMATON_SIZE,
  AUTOMATON_SYMBOL_COUNT,
  AUTOMATON_TRANSITIONS,
  ELEMENT_TEST_BOUND_COUNT,
  ELEMENT_TEST_KIND,
  ELEMENT_TEST_MASKS,
  ELEMENT_TEST_OPERAND,
  ELEMENT_TEST_SIZE,
  JUMP_BYTES,
  JUMP_SIZE,
  JUMP_TARGET,
  JUMP_TEXT,
  PARTITION_BOUND_COUNT,
  PARTITION_CELL_CLASSES,
  PARTITION_ENTRY_CLASSES,
  PARTITION_KIND,
  PARTITION_OPERAND,
  PARTITION_SIZE,
  PARTITION_VIEW,
  SCAN_MAX_BITS,
  SCAN_SIZE,
  SCAN_WORD_COUNT,
  VIEW_BIT_WORDS,
  VIEW_ENTRY_COUNT,
  VIEW_KIND,
  VIEW_SLOT,
  VIEW_TEST_COUNT,
  VIEW_TEST_FIRST,
} from '../contract/layout.ts';
import {
  AT_AUTOMATONS,
  AT_BOUNDS,
  AT_BYTES,
  AT_ELEMENT_TESTS,
  AT_HALVES,
  AT_MASKS,
  AT_PARTITIONS,
  AT_SCANS,
  CLASSES_ALL,
  CLASSES_ANY,
  CTX_CLASSES,
  CTX_EPOCH,
  CTX_MAX_STRING_BYTES,
  STATE_BITS,
  STATE_BITS_EPOCH,
  STATE_ENTRY,
  STATE_LENGTH,
  STATE_STATE,
  STATE_VALUE,
  STATE_VIEW,
  VIEW_OK,
} from './context.ts';
import { PARTITION_DIRECT } from './link.ts';
import { findLiterals } from './prefilter.ts';
import { scanText } from './scan.ts';
import { isUtf8 } from './text.ts';
import { isForeign, isNumber, keys, kinds, probe, readState, requestBytes, values } from './value.ts';

/** Whether some class of this decision says that a value is missing, null or of wrong type. */
export let isDoubtful: bool = false;

export function beginClasses(): void {
  isDoubtful = false;
}

/**
 * Class of the partition at `partition`, from what is remembered of it at `memo` or anew. INVARIANT (verify-tables.ts): below the partition's class
 * count; CLASSES_ANY or CLASSES_ALL, over every class, of a well-typed list where the partition is of that kind: then the element
 * bits of its view are up to date.
 */
@inline
export function classAt(ctx: usize, memo: usize, partition: usize, epoch: u32): u32 {
  const known = load<u64>(memo);
  return <u32>known == epoch ? <u32>(known >> 32) : classify(ctx, memo, partition, epoch);
}

export function classOf(ctx: usize, index: u32): u32 {
  const partition = load<usize>(ctx, AT_PARTITIONS) + index * <u32>PARTITION_SIZE;
  return classAt(ctx, load<usize>(ctx, CTX_CLASSES) + (index << 3), partition, load<u32>(ctx, CTX_EPOCH));
}

/** One way for all kinds, so that walking and searching stand in the code once. */
function classify(ctx: usize, memo: usize, partition: usize, epoch: u32): u32 {
  const kind = load<i32>(partition, PARTITION_KIND);
  const view: usize = WITH_TERMS ? 0 : load<usize>(partition, PARTITION_DIRECT);
  let isRead = false;
  let entry: i32 = -1;
  let text: usize = 0;
  let length: u32 = 0;
  let number: f64 = 0;
  if (view != 0 && keys == 0) {
    // A text or a number that is what its view asks for: the view's state is not needed.
    const slot = load<u32>(view, VIEW_SLOT);
    const given: u32 = load<u8>(kinds + slot);
    const value = values + (slot << 3);
    if (kind == PARTITION_NUMBER) {
      number = load<f64>(value);
      isRead = given == KIND_NUMBER && isNumber(number, load<i32>(view, VIEW_KIND) == VIEW_INT);
    } else if (given == KIND_STRING) {
      text = requestBytes + load<u32>(value);
      length = load<u32>(value, 4);
      if (length <= load<u32>(ctx, CTX_MAX_STRING_BYTES)) {
        entry = probe(ctx, view, text, length);
        isRead = entry >= 0 || (load<i32>(view, VIEW_KIND) != VIEW_ENUM && !(isForeign && !isUtf8(text, length)));
      }
    } else if (given == KIND_ENTRY) {
      entry = load<i32>(value);
      isRead = <u32>entry < load<u32>(view, VIEW_ENTRY_COUNT);
    }
  }
  let found: u32 = 0;
  if (!isRead) {
    const state = load<usize>(partition, PARTITION_VIEW);
    readState(ctx, state, epoch);
    found = load<u32>(state, STATE_STATE);
    if (found < <u32>CLASS_INAPPLICABLE) isDoubtful = true;
    if (found != VIEW_OK || kind > PARTITION_NUMBER) {
      if (found == VIEW_OK) found = classOfOther(ctx, partition, kind, state, epoch);
      store<u64>(memo, epoch | (<u64>found << 32));
      return found;
    }
    entry = load<i32>(state, STATE_ENTRY);
    text = load<usize>(state, STATE_VALUE);
    length = load<u32>(state, STATE_LENGTH);
    number = load<f64>(state, STATE_VALUE);
  }
  const operand = load<usize>(partition, PARTITION_OPERAND);
  if (kind == PARTITION_NUMBER) {
    const cell = cellOf(operand, load<u32>(partition, PARTITION_BOUND_COUNT), number);
    found = load<u16>(load<usize>(partition, PARTITION_CELL_CLASSES) + (cell << 1));
  } else if (entry >= 0) found = load<u16>(load<usize>(partition, PARTITION_ENTRY_CLASSES) + (entry << 1));
  else found = kind == PARTITION_DICTIONARY ? <u32>operand : walk(ctx, operand, text, length);
  store<u64>(memo, epoch | (<u64>found << 32));
  return found;
}

/** Of a well-typed bool or list, or of what is only there. */
@inline
function classOfOther(ctx: usize, partition: usize, kind: i32, state: usize, epoch: u32): u32 {
  if (kind == PARTITION_PRESENCE) return CLASS_FIRST;
  if (kind == PARTITION_BOOL) return load<u32>(state, STATE_VALUE) ? CLASS_TRUE : CLASS_FALSE;
  const bits = elementBits(ctx, state, epoch);
  if (kind != PARTITION_LIST_BIT) return kind == PARTITION_LIST_ANY ? CLASSES_ANY : CLASSES_ALL;
  const bit = load<u32>(partition, PARTITION_OPERAND);
  return (load<u64>(bits + ((bit >> 6) << 3)) >> bit) & 1 ? CLASS_TRUE : CLASS_FALSE;
}

/** Label of the state after the last byte. INVARIANT (verify-tables.ts): every transition leads to a state, every byte to a symbol. */
function walk(ctx: usize, record: usize, text: usize, length: u32): u32 {
  const halves = load<usize>(ctx, AT_HALVES);
  const symbols = load<usize>(ctx, AT_BYTES) + load<u32>(record, AUTOMATON_BYTE_CLASSES);
  const transitions = halves + (load<u32>(record, AUTOMATON_TRANSITIONS) << 1);
  const symbolCount = load<u32>(record, AUTOMATON_SYMBOL_COUNT);
  const firstSink = load<u32>(record, AUTOMATON_FIRST_SINK);
  const isBackward = load<u32>(record, AUTOMATON_BACKWARD) != 0;
  const step: usize = isBackward ? <usize>-1 : 1;
  let at = isBackward ? text + length - 1 : text;
  const firstJump = load<u32>(record, AUTOMATON_FIRST_JUMP);
  let state: u32 = 0;
  while (true) {
    for (; length > 0 && state < firstJump; length--) {
      state = load<u16>(transitions + ((state * symbolCount + load<u8>(symbols + load<u8>(at))) << 1));
      at += step;
    }
    if (length == 0 || state >= firstSink) break;
    const jumps = load<usize>(ctx, AT_MASKS) + (load<u32>(record, AUTOMATON_JUMPS) << 3);
    const jump = jumps + (state - firstJump) * <u32>JUMP_SIZE;
    if (length >= <u32>JUMP_BYTES && load<u64>(at) == load<u64>(jump, JUMP_TEXT)) {
      state = load<u32>(jump, JUMP_TARGET);
      at += JUMP_BYTES;
      length -= JUMP_BYTES;
    } else {
      state = load<u16>(transitions + ((state * symbolCount + load<u8>(symbols + load<u8>(at))) << 1));
      at++;
      length--;
    }
  }
  return load<u16>(halves + ((load<u32>(record, AUTOMATON_LABELS) + state) << 1));
}

/** 2i + 1 if the value is bound i, else the even cell it lies in. Branch-free but for the loop. */
function cellOf(bounds: usize, count: u32, value: f64): u32 {
  if (count == 0) return 0;
  let below: u32 = 0;
  let length = count;
  while (length > 1) {
    const middle = length >> 1;
    below += middle & -u32(load<f64>(bounds + ((below + middle - 1) << 3)) < value); // no branch, as `select` would be
    length -= middle;
  }
  below += u32(load<f64>(bounds + (below << 3)) < value);
  // Past the last bound no value is left that equals what lies there: that one is taken again.
  return (below << 1) + (u32(below < count) & u32(load<f64>(bounds + (min(below, count - 1) << 3)) == value));
}

/** Address of the bits that the elements of a well-typed list set together (layout.ts, VIEW_BIT_WORDS). */
@inline
function elementBits(ctx: usize, state: usize, epoch: u32): usize {
  if (load<u32>(state, STATE_BITS_EPOCH) != epoch) findBits(ctx, state, epoch);
  return load<usize>(state, STATE_BITS);
}

/** Where value.ts, readTexts, did not find them on the way. */
function findBits(ctx: usize, state: usize, epoch: u32): void {
  const bits = load<usize>(state, STATE_BITS);
  store<u32>(state, epoch, STATE_BITS_EPOCH);
  const record = load<usize>(state, STATE_VIEW);
  const words = load<u32>(record, VIEW_BIT_WORDS);
  for (let i: u32 = 0; i < words; i++) store<u64>(bits + (i << 3), 0); // a call of memory.fill takes longer
  const count = load<u32>(state, STATE_LENGTH);
  const kind = load<i32>(record, VIEW_KIND);
  if (kind == VIEW_STRING) {
    return addTextBits(ctx, record, load<usize>(state, STATE_VALUE), count, bits, words); // a list of one
  }
  const isText = kind <= VIEW_LIST_ENUM;
  let element = load<usize>(state, STATE_VALUE);
  for (let i: u32 = 0; i < count; i++) {
    if (isText) {
      const text = requestBytes + load<u32>(element, ELEMENT_VALUE);
      addTextBits(ctx, record, text, load<u32>(element, ELEMENT_VALUE + 4), bits, words);
    } else addScalarBits(ctx, record, element, bits, words);
    element += ELEMENT_SIZE;
  }
}

function addTextBits(ctx: usize, view: usize, text: usize, length: u32, bits: usize, words: u32): void {
  const tests = load<usize>(ctx, AT_ELEMENT_TESTS) + load<u32>(view, VIEW_TEST_FIRST) * <u32>ELEMENT_TEST_SIZE;
  const end = tests + load<u32>(view, VIEW_TEST_COUNT) * <u32>ELEMENT_TEST_SIZE;
  let isKnown = false; // to a dictionary test, which then speaks for the automatons too
  for (let test = tests; test < end; test += ELEMENT_TEST_SIZE) {
    if (load<i32>(test, ELEMENT_TEST_KIND) != ELEMENT_TEST_DICTIONARY) continue;
    const entry = probe(ctx, view, text, length);
    isKnown = entry >= 0;
    addMask(ctx, test, isKnown ? entry : load<u32>(view, VIEW_ENTRY_COUNT), bits, words);
  }
  if (isKnown) return;
  let hits: usize = 0; // of the prefilter before a scan
  for (let test = tests; test < end; test += ELEMENT_TEST_SIZE) {
    const kind = load<i32>(test, ELEMENT_TEST_KIND);
    if (kind == ELEMENT_TEST_LITERALS) {
      hits = findLiterals(ctx, load<u32>(test, ELEMENT_TEST_OPERAND), text, length);
      toggle(ctx, test, hits, words, bits, words);
    }
    if (kind == ELEMENT_TEST_SCAN) addScan(ctx, test, text, length, hits, bits, words);
    if (kind != ELEMENT_TEST_AUTOMATON) continue;
    addMask(ctx, test, walk(ctx, automatonAt(ctx, load<u32>(test, ELEMENT_TEST_OPERAND)), text, length), bits, words);
  }
}

function addScalarBits(ctx: usize, view: usize, element: usize, bits: usize, words: u32): void {
  let test = load<usize>(ctx, AT_ELEMENT_TESTS) + load<u32>(view, VIEW_TEST_FIRST) * <u32>ELEMENT_TEST_SIZE;
  const end = test + load<u32>(view, VIEW_TEST_COUNT) * <u32>ELEMENT_TEST_SIZE;
  for (; test < end; test += ELEMENT_TEST_SIZE) {
    let mask: u32 = 0;
    if (load<i32>(test, ELEMENT_TEST_KIND) == ELEMENT_TEST_BOOL) mask = u32(load<u32>(element, ELEMENT_VALUE) != 0);
    else {
      const bounds = load<usize>(ctx, AT_BOUNDS) + (load<u32>(test, ELEMENT_TEST_OPERAND) << 3);
      mask = cellOf(bounds, load<u32>(test, ELEMENT_TEST_BOUND_COUNT), load<f64>(element, ELEMENT_VALUE));
    }
    addMask(ctx, test, mask, bits, words);
  }
}

/** INVARIANT (verify-tables.ts): a scan's bits lie within the view's words and SCAN_MAX_BITS; what lies beyond is never set. */
const scanned: usize = memory.data(SCAN_MAX_BITS >> 3, 16);

function addScan(ctx: usize, test: usize, text: usize, length: u32, hits: usize, bits: usize, words: u32): void {
  memory.fill(scanned, 0, SCAN_MAX_BITS >> 3);
  const scan = load<u32>(test, ELEMENT_TEST_OPERAND);
  const gate = load<u32>(test, ELEMENT_TEST_BOUND_COUNT);
  const enabled = gate ? hits + ((gate - 1) << 3) : 0;
  if (!gate || isAnySet(enabled, (load<u32>(load<usize>(ctx, AT_SCANS) + scan * <u32>SCAN_SIZE, SCAN_WORD_COUNT) + 63) >> 6)) {
    scanText(ctx, scan, text, length, scanned, enabled);
  }
  toggle(ctx, test, scanned, <u32>SCAN_MAX_BITS >> 6, bits, words);
}

/** Leaves of the bits of `words` words those that as many words behind them have too. */
function isAnySet(bits: usize, words: u32): bool {
  let all: u64 = 0;
  for (let i: u32 = 0; i < words; i++) {
    const at = bits + (i << 3);
    const both = load<u64>(at) & load<u64>(at + (words << 3));
    store<u64>(at, both);
    all |= both;
  }
  return all != 0;
}

/** Adds the bits of the test's mask, those that were found toggled; of `found` there are `foundWords` words. */
function toggle(ctx: usize, test: usize, found: usize, foundWords: u32, bits: usize, words: u32): void {
  const mask = load<usize>(ctx, AT_MASKS) + (load<u32>(test, ELEMENT_TEST_MASKS) << 3);
  for (let i: u32 = 0; i < words; i++) {
    const own: u64 = i < foundWords ? load<u64>(found + (i << 3)) : 0;
    const at = bits + (i << 3);
    store<u64>(at, load<u64>(at) | (own ^ load<u64>(mask + (i << 3))));
  }
}

@inline
function automatonAt(ctx: usize, index: u32): usize {
  return load<usize>(ctx, AT_AUTOMATONS) + index * <u32>AUTOMATON_SIZE;
}

/** Whether a text matches a single pattern, named as instructions name it (opcodes.ts, OP_MATCH). */
export function isMatch(ctx: usize, kind: i32, index: u32, text: usize, length: u32): bool {
  if (kind == 0) return walk(ctx, automatonAt(ctx, index), text, length) == 1;
  store<u64>(scanned, 0);
  scanText(ctx, index, text, length, scanned, 0);
  return (load<u64>(scanned) & 1) != 0;
}

function addMask(ctx: usize, test: usize, index: u32, bits: usize, words: u32): void {
  let mask = load<usize>(ctx, AT_MASKS) + ((load<u32>(test, ELEMENT_TEST_MASKS) + index * words) << 3);
  for (let i: u32 = 0; i < words; i++) {
    store<u64>(bits, load<u64>(bits) | load<u64>(mask));
    bits += 8;
    mask += 8;
  }
}
