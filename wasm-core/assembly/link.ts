// In: a context whose artifact was verified. Out: nodes, columns and partitions with addresses in place of indexes and offsets, and
// what is the same in every decision worked out: once, at load. INVARIANT: nothing verifies these records afterwards, and nobody
// outside the core reads the artifact where it lies.

import {
  ALGORITHM_MOST_SPECIFIC,
  EFFECT_DENY,
  ELEMENT_TEST_DICTIONARY,
  PARTITION_AUTOMATON,
  PARTITION_NUMBER,
  VIEW_DOUBLE,
  VIEW_LIST_STRING,
} from '../contract/codes.ts';
import {
  AUTOMATON_SIZE,
  BIT_CODE,
  BIT_FLAGS,
  BIT_HAS_TWIN,
  BIT_RANK,
  BIT_RULE,
  BIT_SIZE,
  COLUMN_MAP,
  COLUMN_PARTITION,
  COLUMN_ROW_COUNT,
  COLUMN_ROW_FIRST,
  COLUMN_SIZE,
  ELEMENT_TEST_KIND,
  ELEMENT_TEST_MASKS,
  ELEMENT_TEST_SIZE,
  HEADER_ALGORITHM,
  NODE_A,
  NODE_B,
  NODE_C,
  NODE_D,
  NODE_KEY,
  NODE_KIND,
  NODE_LEVEL,
  NODE_NEXT,
  NODE_SIZE,
  NODE_VECTORS,
  PARTITION_CELL_CLASSES,
  PARTITION_ENTRY_CLASSES,
  PARTITION_KIND,
  PARTITION_OPERAND,
  PARTITION_RESERVED,
  PARTITION_SIZE,
  PARTITION_VIEW,
  RULE_EFFECT,
  RULE_SIZE,
  VIEW_KIND,
  VIEW_RESERVED,
  VIEW_SIZE_BYTES,
  VIEW_TEST_COUNT,
  VIEW_TEST_FIRST,
} from '../contract/layout.ts';
import {
  AT_AUTOMATONS,
  AT_BITS,
  AT_BOUNDS,
  AT_COLUMNS,
  AT_ELEMENT_TESTS,
  AT_HALVES,
  AT_MASKS,
  AT_NODES,
  AT_PARTITIONS,
  AT_ROWS,
  AT_RULES,
  AT_VIEWS,
  AT_WORDS,
  CTX_CLASSES,
  CTX_EFFECTS,
  CTX_HEADER,
  CTX_IS_PLAIN,
  CTX_POLICY_COUNT,
  CTX_RULE_COUNT,
  CTX_VIEW_COUNT,
  CTX_VIEW_STATES,
  STATE_ABSENT,
  STATE_SIZE,
  STATE_STATE,
  STATE_VIEW,
} from './context.ts';
import { countOf } from './verify-bounds.ts';

/** Linked kinds of nodes: keys, then clusters: of one vector, of several, and these where true bits are a run of rules. */
export const LINKED_DENSE = 0;
export const LINKED_PAIRS = 1;
export const LINKED_NARROW = 2;
export const LINKED_WIDE = 3;
export const LINKED_RUN = 4;
/** Of a linked cluster: its bits less those at the end that have a twin. */
export const NODE_SURE = NODE_LEVEL;
/** Of a linked key: its partition, whose class is remembered at NODE_A. Of a linked column: where the class is remembered. */
export const NODE_PARTITION = NODE_D;
export const COLUMN_MEMO = COLUMN_ROW_COUNT;
/** Of a linked view: the masks of its dictionary test if it is a list of strings that has no other, else 0. */
export const VIEW_MASKS = VIEW_RESERVED;

/** Of a linked partition: its view if that has no other partition and classify.ts can do without its state, else 0. */
export const PARTITION_DIRECT = PARTITION_RESERVED;

export function linkTables(ctx: usize): void {
  const isPlain = usesNoRanks(ctx);
  store<u32>(ctx, u32(isPlain), CTX_IS_PLAIN);
  if (isPlain) sortEffects(ctx);
  linkViews(ctx);
  linkPartitions(ctx);
  linkColumns(ctx);
  linkNodes(ctx, isPlain);
}

/** One policy in which the most severe effect wins: all ranks are the same, and the algorithm adds nothing of its own. */
function usesNoRanks(ctx: usize): bool {
  if (load<u32>(ctx, CTX_POLICY_COUNT) > 1) return false;
  if (load<u32>(load<usize>(ctx, CTX_HEADER), HEADER_ALGORITHM) > <u32>ALGORITHM_MOST_SPECIFIC) return false;
  const bits = load<usize>(ctx, AT_BITS);
  const end = bits + countOf(ctx, AT_BITS) * <u32>BIT_SIZE;
  for (let bit = bits; bit < end; bit += BIT_SIZE) if (load<i32>(bit, BIT_RANK) != load<i32>(bits, BIT_RANK)) return false;
  return true;
}

/** By effect, the rules whose effect is that or a more severe one, a bit each. */
function sortEffects(ctx: usize): void {
  const count = load<u32>(ctx, CTX_RULE_COUNT);
  let rule = load<usize>(ctx, AT_RULES);
  for (let i: u32 = 0; i < count; i++) {
    for (let effect = load<i32>(rule, RULE_EFFECT); effect >= 0; effect--) {
      const word = effectWord(ctx, effect, i >> 6);
      store<u64>(word, load<u64>(word) | (<u64>1 << i));
    }
    rule += RULE_SIZE;
  }
}

/** Where the rules of at least an effect stand, of the 64 rules of a word. */
@inline
export function effectWord(ctx: usize, effect: u32, word: u32): usize {
  return load<usize>(ctx, CTX_EFFECTS) + ((word * <u32>(EFFECT_DENY + 1) + effect) << 3);
}

function linkViews(ctx: usize): void {
  let view = load<usize>(ctx, AT_VIEWS);
  let state = load<usize>(ctx, CTX_VIEW_STATES);
  const count = load<u32>(ctx, CTX_VIEW_COUNT);
  for (let i: u32 = 0; i < count; i++) {
    store<usize>(state, view, STATE_VIEW);
    store<u32>(state, i << 2, STATE_ABSENT);
    state += STATE_SIZE;
    const test = load<usize>(ctx, AT_ELEMENT_TESTS) + load<u32>(view, VIEW_TEST_FIRST) * <u32>ELEMENT_TEST_SIZE;
    const isOne = load<i32>(view, VIEW_KIND) == VIEW_LIST_STRING && load<u32>(view, VIEW_TEST_COUNT) == 1;
    let masks: usize = 0;
    if (isOne && load<i32>(test, ELEMENT_TEST_KIND) == ELEMENT_TEST_DICTIONARY) {
      masks = load<usize>(ctx, AT_MASKS) + (load<u32>(test, ELEMENT_TEST_MASKS) << 3);
    }
    store<usize>(view, masks, VIEW_MASKS);
    view += VIEW_SIZE_BYTES;
  }
}

function linkPartitions(ctx: usize): void {
  let partition = load<usize>(ctx, AT_PARTITIONS);
  const end = partition + countOf(ctx, AT_PARTITIONS) * <u32>PARTITION_SIZE;
  const halves = load<usize>(ctx, AT_HALVES);
  for (let at = partition; at < end; at += PARTITION_SIZE) {
    const state = load<usize>(ctx, CTX_VIEW_STATES) + load<u32>(at, PARTITION_VIEW) * <u32>STATE_SIZE;
    store<u32>(state, load<u32>(state, STATE_STATE) + 1, STATE_STATE);
  }
  for (; partition < end; partition += PARTITION_SIZE) {
    const kind = load<i32>(partition, PARTITION_KIND);
    const operand = load<u32>(partition, PARTITION_OPERAND);
    const index = load<u32>(partition, PARTITION_VIEW);
    const view = load<usize>(ctx, AT_VIEWS) + index * <u32>VIEW_SIZE_BYTES;
    const state = load<usize>(ctx, CTX_VIEW_STATES) + index * <u32>STATE_SIZE;
    // The tool's state is read in any case. What is counted here, nobody needs before the first decision.
    const isOnly = index > 0 && load<u32>(state, STATE_STATE) == 1;
    const isDirect = isOnly && kind <= PARTITION_NUMBER && load<u32>(view, VIEW_KIND) <= <u32>VIEW_DOUBLE;
    store<usize>(partition, isDirect ? view : 0, PARTITION_DIRECT);
    store<usize>(partition, state, PARTITION_VIEW);
    store<usize>(partition, halves + (load<u32>(partition, PARTITION_ENTRY_CLASSES) << 1), PARTITION_ENTRY_CLASSES);
    store<usize>(partition, halves + (load<u32>(partition, PARTITION_CELL_CLASSES) << 1), PARTITION_CELL_CLASSES);
    if (kind == PARTITION_NUMBER) store<usize>(partition, load<usize>(ctx, AT_BOUNDS) + (operand << 3), PARTITION_OPERAND);
    if (kind == PARTITION_AUTOMATON) {
      store<usize>(partition, load<usize>(ctx, AT_AUTOMATONS) + operand * <u32>AUTOMATON_SIZE, PARTITION_OPERAND);
    }
  }
}

/** A column that no node has was not verified; adding to what it says does no harm. */
function linkColumns(ctx: usize): void {
  let column = load<usize>(ctx, AT_COLUMNS);
  const end = column + countOf(ctx, AT_COLUMNS) * <u32>COLUMN_SIZE;
  for (; column < end; column += COLUMN_SIZE) {
    const partition = load<u32>(column, COLUMN_PARTITION);
    store<usize>(column, load<usize>(ctx, CTX_CLASSES) + (partition << 3), COLUMN_MEMO);
    store<usize>(column, load<usize>(ctx, AT_PARTITIONS) + partition * <u32>PARTITION_SIZE, COLUMN_PARTITION);
    store<usize>(column, load<usize>(ctx, AT_HALVES) + (load<u32>(column, COLUMN_MAP) << 1), COLUMN_MAP);
    store<usize>(column, load<usize>(ctx, AT_ROWS) + (load<u32>(column, COLUMN_ROW_FIRST) << 4), COLUMN_ROW_FIRST);
  }
}

function linkNodes(ctx: usize, isPlain: bool): void {
  let node = load<usize>(ctx, AT_NODES);
  const end = node + countOf(ctx, AT_NODES) * <u32>NODE_SIZE;
  for (; node < end; node += NODE_SIZE) {
    store<usize>(node, nodeAt(ctx, load<u32>(node, NODE_NEXT)), NODE_NEXT);
    const a = load<u32>(node, NODE_A);
    const b = load<u32>(node, NODE_B);
    if (load<i32>(node, NODE_KIND) == NODE_KEY) {
      store<usize>(node, load<usize>(ctx, CTX_CLASSES) + (a << 3), NODE_A);
      store<usize>(node, load<usize>(ctx, AT_WORDS) + (b << 2), NODE_B);
      store<i32>(node, load<u32>(node, NODE_D) ? LINKED_DENSE : LINKED_PAIRS, NODE_KIND);
      store<usize>(node, load<usize>(ctx, AT_PARTITIONS) + a * <u32>PARTITION_SIZE, NODE_PARTITION);
      continue;
    }
    const columns = load<usize>(ctx, AT_COLUMNS) + a * <u32>COLUMN_SIZE;
    const bits = load<usize>(ctx, AT_BITS) + load<u32>(node, NODE_C) * <u32>BIT_SIZE;
    store<usize>(node, columns, NODE_A);
    store<usize>(node, columns + b * <u32>COLUMN_SIZE, NODE_B);
    store<usize>(node, bits, NODE_C);
    let sure = load<u32>(node, NODE_D);
    while (sure > 0 && load<u32>(bits + (sure - 1) * <u32>BIT_SIZE, BIT_FLAGS) & BIT_HAS_TWIN) sure--;
    store<u32>(node, sure, NODE_SURE);
    const isRun = isPlain && areRun(bits, sure);
    store<i32>(node, load<u32>(node, NODE_VECTORS) == 1 ? LINKED_NARROW : isRun ? LINKED_RUN : LINKED_WIDE, NODE_KIND);
  }
}

/** Address of the node that a link names, or 0. */
@inline
export function nodeAt(ctx: usize, link: u32): usize {
  return link == 0 ? 0 : load<usize>(ctx, AT_NODES) + (link - 1) * <u32>NODE_SIZE;
}

/** Whether these bits are true ones without residuals, of rules that follow each other. */
function areRun(bits: usize, count: u32): bool {
  const first = load<u32>(bits, BIT_RULE);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(bits, BIT_RULE) != first + i || load<u32>(bits, BIT_CODE) || load<u32>(bits, BIT_FLAGS)) return false;
    bits += BIT_SIZE;
  }
  return true;
}
