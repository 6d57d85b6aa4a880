// In: a context, the request that value.ts reads, and the node to begin with. Out: in the context, a bit for every rule that
// fired, truly or perhaps, with its highest rank: the key nodes lead to clusters, and a cluster's rows are AND-ed.
// Never decides between rules, never allocates, never loops without end. INVARIANTs (verify.ts): children and successors lie
// behind their node, at most MAX_NODE_LEVELS deep; the work of any walk is linear in the artifact's size.
// Nodes, columns and partitions are read as link.ts leaves them: with addresses.

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
  NODE_KIND,
  NODE_NEXT,
  NODE_SIZE,
  NODE_VECTORS,
  PARTITION_CLASS_COUNT,
  PARTITION_VIEW,
} from '../contract/layout.ts';
import { classAt, isDoubtful } from './classify.ts';
import {
  AT_CODE,
  AT_NODES,
  CLASSES_ALL,
  CLASSES_ANY,
  CTX_COLUMN_ROWS,
  CTX_EPOCH,
  CTX_FIRED,
  CTX_FOLDED_ROW,
  CTX_IS_PLAIN,
  CTX_JOINED_ROW,
  CTX_RANKS,
  CTX_RESIDUALS,
  CTX_SUMMARY,
  FIRED_SIZE,
  FIRED_TRUE,
  STATE_BITS,
} from './context.ts';
import { LINKED_DENSE, LINKED_NARROW, LINKED_PAIRS, LINKED_RUN, COLUMN_MEMO, NODE_PARTITION, NODE_SURE } from './link.ts';
import { runResidual } from './residual.ts';

/** The node at this address, if it is not 0, everything below it, and its successors. */
export function visit(ctx: usize, node: usize): void {
  const epoch = load<u32>(ctx, CTX_EPOCH);
  while (node != 0) {
    const kind = load<i32>(node, NODE_KIND);
    const next = load<usize>(node, NODE_NEXT);
    if (kind <= LINKED_PAIRS) {
      const link = linkOf(ctx, node, kind, epoch);
      if (link != 0) {
        const child = load<usize>(ctx, AT_NODES) + (link - 1) * <u32>NODE_SIZE;
        if (next == 0) {
          node = child;
          continue;
        }
        visit(ctx, child);
      }
    } else if (kind == LINKED_NARROW) visitNarrow(ctx, node, epoch);
    else visitWide(ctx, node, epoch);
    node = next;
  }
}

/** Index and one of the child that the request's class leads to, or 0. */
@inline
function linkOf(ctx: usize, node: usize, kind: i32, epoch: u32): u32 {
  const found = classAt(ctx, load<usize>(node, NODE_A), load<usize>(node, NODE_PARTITION), epoch);
  const table = load<usize>(node, NODE_B);
  return kind == LINKED_DENSE ? load<u32>(table + (found << 2)) : linkOfPair(table, load<u32>(node, NODE_C), found);
}

function linkOfPair(table: usize, count: u32, found: u32): u32 {
  while (count > 0) {
    const half = count >> 1;
    const pair = table + (half << 3);
    const key = load<u32>(pair);
    if (key == found) return load<u32>(pair, 4);
    if (key < found) {
      table = pair + 8;
      count -= half + 1;
    } else count = half;
  }
  return 0;
}

/** Address of the row that the request's class selects in a column. At CTX_FOLDED_ROW it lasts until the next is asked for. */
@inline
function rowOf(ctx: usize, column: usize, vectors: u32, epoch: u32): usize {
  const partition = load<usize>(column, COLUMN_PARTITION);
  const found = classAt(ctx, load<usize>(column, COLUMN_MEMO), partition, epoch);
  if (found >= CLASSES_ANY) return foldedRow(ctx, column, partition, vectors, found == CLASSES_ALL);
  const map = load<usize>(column, COLUMN_MAP);
  const runCount = load<u32>(column, COLUMN_RUN_COUNT);
  const row: u32 = runCount == 0 ? load<u16>(map + (found << 1)) : rowOfRun(map, runCount, found);
  return load<usize>(column, COLUMN_ROW_FIRST) + ((row * vectors) << 4);
}

/** The row of the last run that begins at or before the class; the first begins at class 0. */
@inline
function rowOfRun(run: usize, count: u32, found: u32): u32 {
  while (count > 1) {
    const half = count >> 1;
    run += (half << 2) & -u32(<u32>load<u16>(run + (half << 2)) <= found); // no branch, as `select` would be
    count -= half;
  }
  return load<u16>(run, 2);
}

/**
 * The rows of all classes of a list, OR-ed or AND-ed: those of the bits that its elements set, on top of the one for every list.
 * INVARIANTs: the element bits are up to date (classify.ts, classOf), and all that the partition counts lie within its view's words
 * (verify-tables.ts).
 */
function foldedRow(ctx: usize, column: usize, partition: usize, vectors: u32, isAll: bool): usize {
  const bitCount = load<u32>(partition, PARTITION_CLASS_COUNT) - <u32>CLASS_ELEMENT_BIT;
  const state = load<usize>(partition, PARTITION_VIEW);
  const map = load<usize>(column, COLUMN_MAP);
  const rows = load<usize>(column, COLUMN_ROW_FIRST);
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
@inline
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
@inline
function visitNarrow(ctx: usize, node: usize, epoch: u32): void {
  let column = load<usize>(node, NODE_A);
  const end = load<usize>(node, NODE_B);
  let low: u64 = -1;
  let high: u64 = -1;
  if (ASC_FEATURE_SIMD) {
    let left = i64x2.splat(-1);
    for (; column < end; column += COLUMN_SIZE) {
      left = v128.and(left, v128.load(rowOf(ctx, column, 1, epoch)));
      if (!v128.any_true(left)) return;
    }
    low = i64x2.extract_lane(left, 0);
    high = i64x2.extract_lane(left, 1);
  } else {
    for (; column < end; column += COLUMN_SIZE) {
      const row = rowOf(ctx, column, 1, epoch);
      low &= load<u64>(row);
      high &= load<u64>(row, 8);
      if (!(low | high)) return;
    }
  }
  fireVector(ctx, load<usize>(node, NODE_C), countOf(node), low, high);
}

/** Bits that may say something: where no class is in doubt, those with a twin are left out (layout.ts, BIT_HAS_TWIN). */
@inline
function countOf(node: usize): u32 {
  return isDoubtful ? load<u32>(node, NODE_D) : load<u32>(node, NODE_SURE);
}

/** Any number of vectors: rows first, those of lists joined to one, then vector by vector over all columns. */
function visitWide(ctx: usize, node: usize, epoch: u32): void {
  let column = load<usize>(node, NODE_A);
  const columnEnd = load<usize>(node, NODE_B);
  const vectors = load<u32>(node, NODE_VECTORS);
  const rows = load<usize>(ctx, CTX_COLUMN_ROWS);
  const folded = load<usize>(ctx, CTX_FOLDED_ROW);
  const joined = load<usize>(ctx, CTX_JOINED_ROW);
  let isJoined = false;
  let end = rows;
  for (; column < columnEnd; column += COLUMN_SIZE) {
    let row = rowOf(ctx, column, vectors, epoch);
    if (row == folded) {
      row = joinRows(joined, isJoined ? joined : row, row, vectors, true);
      if (isJoined) continue; // among the rows already
      isJoined = true;
    }
    store<usize>(end, row);
    end += 4;
  }
  const isRun = load<i32>(node, NODE_KIND) == LINKED_RUN && !isDoubtful;
  let bits = load<usize>(node, NODE_C);
  const count = countOf(node);
  let offset: u32 = 0;
  for (let left: i32 = count; left > 0; left -= 128) {
    let low: u64 = -1;
    let high: u64 = -1;
    if (ASC_FEATURE_SIMD) {
      let both = i64x2.splat(-1);
      for (let at = rows; at < end; at += 4) {
        both = v128.and(both, v128.load(load<usize>(at) + offset));
        if (!v128.any_true(both)) break;
      }
      low = i64x2.extract_lane(both, 0);
      high = i64x2.extract_lane(both, 1);
    } else {
      for (let at = rows; at < end; at += 4) {
        const row = load<usize>(at) + offset;
        low &= load<u64>(row);
        high &= load<u64>(row, 8);
        if (!(low | high)) break;
      }
    }
    if (low | high) {
      if (isRun) fireRun(ctx, load<u32>(bits, BIT_RULE), left, low, high);
      else fireVector(ctx, bits, left, low, high);
    }
    bits += 128 * BIT_SIZE;
    offset += 16;
  }
}

/** Of a vector's words, what is left of `count` bits of the cluster from this vector on; whatever rows say beyond them is nothing. */
@inline
function lowOf(word: u64, count: i32): u64 {
  return count >= 64 ? word : word & ((<u64>1 << count) - 1);
}

@inline
function highOf(word: u64, count: i32): u64 {
  return count >= 128 ? word : count <= 64 ? 0 : word & ((<u64>1 << (count - 64)) - 1);
}

function fireVector(ctx: usize, bits: usize, count: i32, low: u64, high: u64): void {
  let word = lowOf(low, count);
  let next = highOf(high, count);
  while (true) {
    for (; word != 0; word &= word - 1) fire(ctx, bits + <usize>ctz<u64>(word) * BIT_SIZE);
    if (next == 0) return;
    word = next;
    next = 0;
    bits += 64 * BIT_SIZE;
  }
}

/** As fireVector, of true bits without residuals whose rules are numbered on from `rule`, in a policy that needs no ranks. */
function fireRun(ctx: usize, rule: u32, count: i32, low: u64, high: u64): void {
  low = lowOf(low, count);
  high = highOf(high, count);
  const word = rule >> 6;
  const shift: u64 = rule & 63;
  if (shift == 0) {
    fireWord(ctx, word, low);
    return fireWord(ctx, word + 1, high);
  }
  fireWord(ctx, word, low << shift);
  fireWord(ctx, word + 1, (low >> (64 - shift)) | (high << shift));
  fireWord(ctx, word + 2, high >> (64 - shift));
}

function fireWord(ctx: usize, word: u32, rules: u64): void {
  if (rules == 0) return;
  const fired = load<usize>(ctx, CTX_FIRED) + word * <u32>FIRED_SIZE;
  store<u64>(fired, load<u64>(fired) | rules);
  store<u64>(fired, load<u64>(fired, FIRED_TRUE) | rules, FIRED_TRUE);
  const summary = load<usize>(ctx, CTX_SUMMARY) + ((word >> 6) << 3);
  store<u64>(summary, load<u64>(summary) | (<u64>1 << word));
}

/** One term holds, or may hold: unless its residual says otherwise, so does its rule (LANGUAGE.md 6.2). */
@inline
function fire(ctx: usize, bit: usize): void {
  const flags = load<u32>(bit, BIT_FLAGS);
  const code = load<u32>(bit, BIT_CODE);
  if (code == 0 || truthOf(ctx, bit, code - 1) & (flags & BIT_TAKES_MAY ? 2 : 1)) {
    const rule = load<u32>(bit, BIT_RULE);
    const word = rule >> 6;
    const mask = <u64>1 << rule;
    const fired = load<usize>(ctx, CTX_FIRED) + word * <u32>FIRED_SIZE;
    const before = load<u64>(fired);
    if (!load<u32>(ctx, CTX_IS_PLAIN)) {
      const rank = load<i32>(bit, BIT_RANK);
      const ranks = load<usize>(ctx, CTX_RANKS) + (rule << 2);
      if (!(before & mask) || rank > load<i32>(ranks)) store<i32>(ranks, rank);
    }
    store<u64>(fired, before | mask);
    if (!(flags & BIT_IS_MAYBE)) store<u64>(fired, load<u64>(fired, FIRED_TRUE) | mask, FIRED_TRUE);
    const summary = load<usize>(ctx, CTX_SUMMARY) + ((word >> 6) << 3);
    store<u64>(summary, load<u64>(summary) | (<u64>1 << word));
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
