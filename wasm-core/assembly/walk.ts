// In: a context, the request that value.ts reads, and the node to begin with. Out: in the context, a bit for every rule that
// fired, truly or perhaps, with its highest rank: the key nodes lead to clusters, and a cluster's rows are AND-ed.
// Never decides between rules, never allocates, never loops without end. INVARIANTs (verify.ts): children and successors lie
// behind their node, at most MAX_NODE_LEVELS deep; the work of any walk is linear in the artifact's size.

import { CLASS_ELEMENT_BIT, CLASS_FIRST } from '../contract/codes.ts';
import {
  BIT_CODE,
  BIT_CODE_WORDS,
  BIT_FLAGS,
  BIT_IS_MAYBE,
  BIT_RANK,
  BIT_RESIDUAL,
  BIT_RULE,
  BIT_SIZE,
  BIT_TAKES_MAY,
  COLUMN_MAP,
  COLUMN_PARTITION,
  COLUMN_ROW_FIRST,
  COLUMN_RUN_COUNT,
  COLUMN_SIZE,
  NODE_A,
  NODE_B,
  NODE_C,
  NODE_D,
  NODE_KEY,
  NODE_KIND,
  NODE_NEXT,
  NODE_SIZE,
  NODE_VECTORS,
  PARTITION_CLASS_COUNT,
  PARTITION_SIZE,
  PARTITION_VIEW,
} from '../contract/layout.ts';
import { classOf } from './classify.ts';
import {
  AT_BITS,
  AT_CODE,
  AT_COLUMNS,
  AT_HALVES,
  AT_NODES,
  AT_PARTITIONS,
  AT_ROWS,
  AT_WORDS,
  CLASSES_ALL,
  CLASSES_ANY,
  CTX_COLUMN_ROWS,
  CTX_EPOCH,
  CTX_FIRED,
  CTX_FOLDED_ROW,
  CTX_JOINED_ROW,
  CTX_RANKS,
  CTX_RESIDUALS,
  CTX_SUMMARY,
  CTX_TRUE,
  CTX_VIEW_STATES,
  STATE_BITS,
  STATE_SIZE,
} from './context.ts';
import { runResidual } from './residual.ts';

/** Node `link` - 1, everything below it, and its successors. */
export function visit(ctx: usize, link: u32): void {
  while (link != 0) {
    const node = load<usize>(ctx, AT_NODES) + (link - 1) * <u32>NODE_SIZE;
    if (load<i32>(node, NODE_KIND) == NODE_KEY) {
      const child = childOf(ctx, node);
      if (child != 0) visit(ctx, child);
    } else if (load<u32>(node, NODE_VECTORS) == 1) visitNarrow(ctx, node);
    else visitWide(ctx, node);
    link = load<u32>(node, NODE_NEXT);
  }
}

function childOf(ctx: usize, node: usize): u32 {
  const found = classOf(ctx, load<u32>(node, NODE_A));
  const table = load<usize>(ctx, AT_WORDS) + (load<u32>(node, NODE_B) << 2);
  if (load<u32>(node, NODE_D)) return load<u32>(table + (found << 2));
  let first: u32 = 0;
  let count = load<u32>(node, NODE_C);
  while (count > 0) {
    const half = count >> 1;
    const pair = table + ((first + half) << 3);
    const key = load<u32>(pair);
    if (key == found) return load<u32>(pair, 4);
    if (key < found) {
      first += half + 1;
      count -= half + 1;
    } else count = half;
  }
  return 0;
}

/** Address of the row that the request's class selects in a column. At CTX_FOLDED_ROW it lasts until the next is asked for. */
@inline
function rowOf(ctx: usize, column: usize, vectors: u32): usize {
  const found = classOf(ctx, load<u32>(column, COLUMN_PARTITION));
  if (found >= CLASSES_ANY) return foldedRow(ctx, column, vectors, found == CLASSES_ALL);
  const map = load<usize>(ctx, AT_HALVES) + (load<u32>(column, COLUMN_MAP) << 1);
  const runCount = load<u32>(column, COLUMN_RUN_COUNT);
  const row: u32 = runCount == 0 ? load<u16>(map + (found << 1)) : rowOfRun(map, runCount, found);
  return load<usize>(ctx, AT_ROWS) + ((load<u32>(column, COLUMN_ROW_FIRST) + row * vectors) << 4);
}

/** The row of the last run that begins at or before the class; the first begins at class 0. */
function rowOfRun(run: usize, count: u32, found: u32): u32 {
  while (count > 1) {
    const half = count >> 1;
    run = select<usize>(run + (half << 2), run, <u32>load<u16>(run + (half << 2)) <= found);
    count -= half;
  }
  return load<u16>(run, 2);
}

/**
 * The rows of all classes of a list, OR-ed or AND-ed: those of the bits that its elements set, on top of the one for every list.
 * INVARIANTs: the element bits are up to date (classify.ts, classOf), and all that the partition counts lie within its view's words
 * (verify-tables.ts).
 */
function foldedRow(ctx: usize, column: usize, vectors: u32, isAll: bool): usize {
  const partition = load<usize>(ctx, AT_PARTITIONS) + load<u32>(column, COLUMN_PARTITION) * <u32>PARTITION_SIZE;
  const bitCount = load<u32>(partition, PARTITION_CLASS_COUNT) - <u32>CLASS_ELEMENT_BIT;
  const state = load<usize>(ctx, CTX_VIEW_STATES) + load<u32>(partition, PARTITION_VIEW) * <u32>STATE_SIZE;
  const map = load<usize>(ctx, AT_HALVES) + (load<u32>(column, COLUMN_MAP) << 1);
  const rows = load<usize>(ctx, AT_ROWS) + (load<u32>(column, COLUMN_ROW_FIRST) << 4);
  const ofEvery: u32 = load<u16>(map, CLASS_FIRST << 1);
  let folded = rows + ((ofEvery * vectors) << 4);
  let words = load<usize>(state, STATE_BITS);
  for (let first: u32 = 0; first < bitCount; first += 64) {
    for (let bits = load<u64>(words); bits != 0; bits &= bits - 1) {
      const bit = first + <u32>ctz<u64>(bits);
      if (bit >= bitCount) break; // set by masks, and no class
      const row: u32 = load<u16>(map + (bit << 1), CLASS_ELEMENT_BIT << 1);
      if (row == ofEvery) continue;
      folded = joinRows(load<usize>(ctx, CTX_FOLDED_ROW), folded, rows + ((row * vectors) << 4), vectors, isAll);
    }
    words += 8;
  }
  return folded;
}

/** Writes the AND or the OR of two rows to `to`, which may be one of them, and returns it. */
function joinRows(to: usize, a: usize, b: usize, vectors: u32, isAnd: bool): usize {
  const end = vectors << 4;
  for (let at: u32 = 0; at < end; at += 16) {
    if (ASC_FEATURE_SIMD) {
      const left = v128.load(a + at);
      const right = v128.load(b + at);
      v128.store(to + at, isAnd ? v128.and(left, right) : v128.or(left, right));
    } else {
      const low = load<u64>(b + at);
      const high = load<u64>(b + at, 8);
      store<u64>(to + at, isAnd ? load<u64>(a + at) & low : load<u64>(a + at) | low);
      store<u64>(to + at, isAnd ? load<u64>(a + at, 8) & high : load<u64>(a + at, 8) | high, 8);
    }
  }
  return to;
}

/** At most 128 bits: one vector; a column is not even classified once no bit is left. */
function visitNarrow(ctx: usize, node: usize): void {
  let column = load<usize>(ctx, AT_COLUMNS) + load<u32>(node, NODE_A) * <u32>COLUMN_SIZE;
  const end = column + load<u32>(node, NODE_B) * <u32>COLUMN_SIZE;
  const bits = load<usize>(ctx, AT_BITS) + load<u32>(node, NODE_C) * <u32>BIT_SIZE;
  const count = load<u32>(node, NODE_D);
  if (ASC_FEATURE_SIMD) {
    let left = i64x2.splat(-1);
    for (; column < end; column += COLUMN_SIZE) {
      left = v128.and(left, v128.load(rowOf(ctx, column, 1)));
      if (!v128.any_true(left)) return;
    }
    fireVector(ctx, bits, count, i64x2.extract_lane(left, 0), i64x2.extract_lane(left, 1));
  } else {
    let low: u64 = -1;
    let high: u64 = -1;
    for (; column < end; column += COLUMN_SIZE) {
      const row = rowOf(ctx, column, 1);
      low &= load<u64>(row);
      high &= load<u64>(row, 8);
      if (!(low | high)) return;
    }
    fireVector(ctx, bits, count, low, high);
  }
}

/** Any number of vectors: rows first, those of lists joined to one, then vector by vector over all columns. */
function visitWide(ctx: usize, node: usize): void {
  let column = load<usize>(ctx, AT_COLUMNS) + load<u32>(node, NODE_A) * <u32>COLUMN_SIZE;
  const columnEnd = column + load<u32>(node, NODE_B) * <u32>COLUMN_SIZE;
  const vectors = load<u32>(node, NODE_VECTORS);
  const rows = load<usize>(ctx, CTX_COLUMN_ROWS);
  const folded = load<usize>(ctx, CTX_FOLDED_ROW);
  const joined = load<usize>(ctx, CTX_JOINED_ROW);
  let isJoined = false;
  let end = rows;
  for (; column < columnEnd; column += COLUMN_SIZE) {
    let row = rowOf(ctx, column, vectors);
    if (row == folded) {
      row = joinRows(joined, isJoined ? joined : row, row, vectors, true);
      if (isJoined) continue; // among the rows already
      isJoined = true;
    }
    store<usize>(end, row);
    end += 4;
  }
  let bits = load<usize>(ctx, AT_BITS) + load<u32>(node, NODE_C) * <u32>BIT_SIZE;
  let count = load<u32>(node, NODE_D);
  for (let vector: u32 = 0; vector < vectors; vector++) {
    const offset = vector << 4;
    if (ASC_FEATURE_SIMD) {
      let left = i64x2.splat(-1);
      for (let at = rows; at < end; at += 4) {
        left = v128.and(left, v128.load(load<usize>(at) + offset));
        if (!v128.any_true(left)) break;
      }
      if (v128.any_true(left)) fireVector(ctx, bits, count, i64x2.extract_lane(left, 0), i64x2.extract_lane(left, 1));
    } else {
      let low: u64 = -1;
      let high: u64 = -1;
      for (let at = rows; at < end; at += 4) {
        const row = load<usize>(at) + offset;
        low &= load<u64>(row);
        high &= load<u64>(row, 8);
        if (!(low | high)) break;
      }
      if (low | high) fireVector(ctx, bits, count, low, high);
    }
    bits += 128 * BIT_SIZE;
    count -= 128;
  }
}

/** `count` bits are left in the cluster from this vector on; whatever rows say beyond them is nothing. */
function fireVector(ctx: usize, bits: usize, count: u32, low: u64, high: u64): void {
  if (count < 128) {
    if (count <= 64) {
      high = 0;
      if (count < 64) low &= (<u64>1 << count) - 1;
    } else high &= (<u64>1 << (count - 64)) - 1;
  }
  fireWord(ctx, bits, low);
  fireWord(ctx, bits + 64 * BIT_SIZE, high);
}

function fireWord(ctx: usize, bits: usize, word: u64): void {
  while (word != 0) {
    fire(ctx, bits + <usize>ctz<u64>(word) * BIT_SIZE);
    word &= word - 1;
  }
}

/** One term holds, or may hold: unless its residual says otherwise, so does its rule (LANGUAGE.md 6.2). */
function fire(ctx: usize, bit: usize): void {
  const flags = load<u32>(bit, BIT_FLAGS);
  const code = load<u32>(bit, BIT_CODE);
  if (code != 0) {
    const truth = truthOf(ctx, bit, code - 1);
    if (!(truth & (flags & BIT_TAKES_MAY ? 2 : 1))) return;
  }
  const rule = load<u32>(bit, BIT_RULE);
  const rank = load<i32>(bit, BIT_RANK);
  const word = rule >> 6;
  const mask = <u64>1 << rule;
  const fired = load<usize>(ctx, CTX_FIRED) + (word << 3);
  const before = load<u64>(fired);
  const ranks = load<usize>(ctx, CTX_RANKS) + (rule << 2);
  if (before & mask) {
    if (rank > load<i32>(ranks)) store<i32>(ranks, rank);
  } else {
    store<u64>(fired, before | mask);
    store<i32>(ranks, rank);
    const summary = load<usize>(ctx, CTX_SUMMARY) + ((word >> 6) << 3);
    store<u64>(summary, load<u64>(summary) | (<u64>1 << word));
  }
  if (!(flags & BIT_IS_MAYBE)) {
    const isTrue = load<usize>(ctx, CTX_TRUE) + (word << 3);
    store<u64>(isTrue, load<u64>(isTrue) | mask);
  }
}

/** Each residual runs once a decision. */
function truthOf(ctx: usize, bit: usize, code: u32): i32 {
  const memo = load<usize>(ctx, CTX_RESIDUALS) + (load<u32>(bit, BIT_RESIDUAL) << 3);
  const epoch = load<u32>(ctx, CTX_EPOCH);
  const known = load<u64>(memo);
  if (<u32>known == epoch) return <i32>(known >> 32);
  const truth = runResidual(ctx, load<usize>(ctx, AT_CODE) + (code << 2), load<u32>(bit, BIT_CODE_WORDS));
  store<u64>(memo, epoch | (<u64>truth << 32));
  return truth;
}
