// In: a partition of a view. Out: the class of the value the request has there: one of the four every partition has, or one
// of its own. Computed the first time a decision asks. Never looks at a slot that no column or key asks for.

import {
  CLASS_FALSE,
  CLASS_FIRST,
  CLASS_TRUE,
  ELEMENT_SIZE,
  ELEMENT_TEST_AUTOMATON,
  ELEMENT_TEST_BOOL,
  ELEMENT_TEST_DICTIONARY,
  ELEMENT_TEST_SCAN,
  ELEMENT_VALUE,
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_LIST_ALL,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
  PARTITION_NUMBER,
  VIEW_LIST_ENUM,
  VIEW_STRING,
} from '../contract/codes.ts';
import {
  AUTOMATON_BACKWARD,
  AUTOMATON_BYTE_CLASSES,
  AUTOMATON_FIRST_SINK,
  AUTOMATON_LABELS,
  AUTOMATON_SIZE,
  AUTOMATON_SYMBOL_COUNT,
  AUTOMATON_TRANSITIONS,
  ELEMENT_TEST_BOUND_COUNT,
  ELEMENT_TEST_KIND,
  ELEMENT_TEST_MASKS,
  ELEMENT_TEST_OPERAND,
  ELEMENT_TEST_SIZE,
  PARTITION_BOUND_COUNT,
  PARTITION_CELL_CLASSES,
  PARTITION_ENTRY_CLASSES,
  PARTITION_KIND,
  PARTITION_OPERAND,
  PARTITION_SIZE,
  PARTITION_VIEW,
  SCAN_MAX_BITS,
  VIEW_BIT_WORDS,
  VIEW_ENTRY_COUNT,
  VIEW_KIND,
  VIEW_SIZE_BYTES,
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
  AT_VIEWS,
  CLASSES_ALL,
  CLASSES_ANY,
  CTX_CLASSES,
  CTX_EPOCH,
  STATE_BITS,
  STATE_BITS_EPOCH,
  STATE_LENGTH,
  STATE_STATE,
  STATE_VALUE,
  VIEW_OK,
} from './context.ts';
import { scanText } from './scan.ts';
import { entryOf, probe, readView, requestBytes } from './value.ts';

/**
 * INVARIANT (verify-tables.ts): below the partition's class count; CLASSES_ANY or CLASSES_ALL, over every class, of a well-typed list
 * where the partition is of that kind: then the element bits of its view are up to date.
 */
@inline
export function classOf(ctx: usize, partition: u32): u32 {
  const known = load<u64>(load<usize>(ctx, CTX_CLASSES) + (partition << 3));
  return <u32>known == load<u32>(ctx, CTX_EPOCH) ? <u32>(known >> 32) : classify(ctx, partition);
}

function classify(ctx: usize, partition: u32): u32 {
  const found = findClass(ctx, load<usize>(ctx, AT_PARTITIONS) + partition * <u32>PARTITION_SIZE);
  store<u64>(load<usize>(ctx, CTX_CLASSES) + (partition << 3), load<u32>(ctx, CTX_EPOCH) | (<u64>found << 32));
  return found;
}

function findClass(ctx: usize, partition: usize): u32 {
  const view = load<u32>(partition, PARTITION_VIEW);
  const state = readView(ctx, view);
  const outcome = load<u32>(state, STATE_STATE);
  if (outcome != VIEW_OK) return outcome;
  const kind = load<i32>(partition, PARTITION_KIND);
  if (kind <= PARTITION_AUTOMATON) {
    const entry = entryOf(ctx, view, state);
    if (entry >= 0) return half(ctx, load<u32>(partition, PARTITION_ENTRY_CLASSES) + entry);
    const operand = load<u32>(partition, PARTITION_OPERAND);
    if (kind == PARTITION_DICTIONARY) return operand;
    return walk(ctx, operand, load<usize>(state, STATE_VALUE), load<u32>(state, STATE_LENGTH));
  }
  if (kind == PARTITION_NUMBER) {
    const bounds = load<u32>(partition, PARTITION_OPERAND);
    const cell = cellOf(ctx, bounds, load<u32>(partition, PARTITION_BOUND_COUNT), load<f64>(state, STATE_VALUE));
    return half(ctx, load<u32>(partition, PARTITION_CELL_CLASSES) + cell);
  }
  if (kind == PARTITION_BOOL) return load<u32>(state, STATE_VALUE) ? CLASS_TRUE : CLASS_FALSE;
  if (kind == PARTITION_LIST_BIT) {
    const bit = load<u32>(partition, PARTITION_OPERAND);
    const word = load<u64>(elementBits(ctx, view, state) + ((bit >> 6) << 3));
    return (word >> bit) & 1 ? CLASS_TRUE : CLASS_FALSE;
  }
  if (kind == PARTITION_LIST_ANY || kind == PARTITION_LIST_ALL) {
    elementBits(ctx, view, state);
    return kind == PARTITION_LIST_ANY ? CLASSES_ANY : CLASSES_ALL;
  }
  return CLASS_FIRST; // presence
}

@inline
function half(ctx: usize, index: u32): u32 {
  return load<u16>(load<usize>(ctx, AT_HALVES) + (index << 1));
}

/** Label of the state after the last byte. INVARIANT (verify-tables.ts): every transition leads to a state, every byte to a symbol. */
function walk(ctx: usize, automaton: u32, text: usize, length: u32): u32 {
  const record = load<usize>(ctx, AT_AUTOMATONS) + automaton * <u32>AUTOMATON_SIZE;
  const halves = load<usize>(ctx, AT_HALVES);
  const symbols = load<usize>(ctx, AT_BYTES) + load<u32>(record, AUTOMATON_BYTE_CLASSES);
  const transitions = halves + (load<u32>(record, AUTOMATON_TRANSITIONS) << 1);
  const symbolCount = load<u32>(record, AUTOMATON_SYMBOL_COUNT);
  const firstSink = load<u32>(record, AUTOMATON_FIRST_SINK);
  const isBackward = load<u32>(record, AUTOMATON_BACKWARD) != 0;
  const step: usize = isBackward ? <usize>-1 : 1;
  let at = isBackward ? text + length - 1 : text;
  let state: u32 = 0;
  for (; length > 0 && state < firstSink; length--) {
    state = load<u16>(transitions + ((state * symbolCount + load<u8>(symbols + load<u8>(at))) << 1));
    at += step;
  }
  return load<u16>(halves + ((load<u32>(record, AUTOMATON_LABELS) + state) << 1));
}

/** 2i + 1 if the value is bound i, else the even cell it lies in. Branch-free but for the loop. */
function cellOf(ctx: usize, first: u32, count: u32, value: f64): u32 {
  if (count == 0) return 0;
  const bounds = load<usize>(ctx, AT_BOUNDS) + (first << 3);
  let below: u32 = 0;
  let length = count;
  while (length > 1) {
    const middle = length >> 1;
    below = select<u32>(below + middle, below, load<f64>(bounds + ((below + middle - 1) << 3)) < value);
    length -= middle;
  }
  below += u32(load<f64>(bounds + (below << 3)) < value);
  return (below << 1) + u32(below < count && load<f64>(bounds + (below << 3)) == value);
}

/** Address of the bits that the elements of a well-typed list set together (layout.ts, VIEW_BIT_WORDS). */
function elementBits(ctx: usize, view: u32, state: usize): usize {
  const bits = load<usize>(state, STATE_BITS);
  const epoch = load<u32>(ctx, CTX_EPOCH);
  if (load<u32>(state, STATE_BITS_EPOCH) == epoch) return bits;
  store<u32>(state, epoch, STATE_BITS_EPOCH);
  const record = load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES;
  const words = load<u32>(record, VIEW_BIT_WORDS);
  memory.fill(bits, 0, words << 3);
  const count = load<u32>(state, STATE_LENGTH);
  const kind = load<i32>(record, VIEW_KIND);
  if (kind == VIEW_STRING) {
    addTextBits(ctx, record, load<usize>(state, STATE_VALUE), count, bits, words); // a list of one
    return bits;
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
  return bits;
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
  for (let test = tests; test < end; test += ELEMENT_TEST_SIZE) {
    const kind = load<i32>(test, ELEMENT_TEST_KIND);
    if (kind == ELEMENT_TEST_SCAN) addScan(ctx, test, text, length, bits, words);
    if (kind != ELEMENT_TEST_AUTOMATON) continue;
    addMask(ctx, test, walk(ctx, load<u32>(test, ELEMENT_TEST_OPERAND), text, length), bits, words);
  }
}

function addScalarBits(ctx: usize, view: usize, element: usize, bits: usize, words: u32): void {
  let test = load<usize>(ctx, AT_ELEMENT_TESTS) + load<u32>(view, VIEW_TEST_FIRST) * <u32>ELEMENT_TEST_SIZE;
  const end = test + load<u32>(view, VIEW_TEST_COUNT) * <u32>ELEMENT_TEST_SIZE;
  for (; test < end; test += ELEMENT_TEST_SIZE) {
    let mask: u32 = 0;
    if (load<i32>(test, ELEMENT_TEST_KIND) == ELEMENT_TEST_BOOL) mask = u32(load<u32>(element, ELEMENT_VALUE) != 0);
    else {
      const bounds = load<u32>(test, ELEMENT_TEST_OPERAND);
      mask = cellOf(ctx, bounds, load<u32>(test, ELEMENT_TEST_BOUND_COUNT), load<f64>(element, ELEMENT_VALUE));
    }
    addMask(ctx, test, mask, bits, words);
  }
}

/** INVARIANT (verify-tables.ts): a scan's bits lie within the view's words and SCAN_MAX_BITS; what lies beyond is never set. */
const scanned: usize = memory.data(SCAN_MAX_BITS >> 3, 16);

function addScan(ctx: usize, test: usize, text: usize, length: u32, bits: usize, words: u32): void {
  memory.fill(scanned, 0, SCAN_MAX_BITS >> 3);
  scanText(ctx, load<u32>(test, ELEMENT_TEST_OPERAND), text, length, scanned);
  const mask = load<usize>(ctx, AT_MASKS) + (load<u32>(test, ELEMENT_TEST_MASKS) << 3);
  for (let i: u32 = 0; i < words; i++) {
    const found: u64 = i < <u32>SCAN_MAX_BITS >> 6 ? load<u64>(scanned + (i << 3)) : 0;
    const at = bits + (i << 3);
    store<u64>(at, load<u64>(at) | (found ^ load<u64>(mask + (i << 3))));
  }
}

/** Whether a text matches a single pattern, named as instructions name it (opcodes.ts, OP_MATCH). */
export function isMatch(ctx: usize, kind: i32, index: u32, text: usize, length: u32): bool {
  if (kind == 0) return walk(ctx, index, text, length) == 1;
  store<u64>(scanned, 0);
  scanText(ctx, index, text, length, scanned);
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
