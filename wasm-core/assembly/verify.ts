// In: a context whose sections lie inside the artifact. Out: STATUS_OK if every index, offset, class, label, row, map entry,
// code word and stack depth leads to something that exists, so that deciding may trust all of them; otherwise what is wrong.
// The security boundary of the core: bytes that pass decide within bounds and in bounded time, whoever wrote them.
// Never writes to the artifact.

import {
  ALGORITHM_CEDAR,
  ALGORITHM_ONLY_ONE,
  CLASS_FIRST,
  EFFECT_ALLOW,
  EFFECT_DENY,
  EFFECT_ESCALATE,
  EFFECT_TRANSFORM,
  EFFECT_WARN,
  POINT_COUNT,
  STATUS_ARTIFACT_INVALID,
  STATUS_HOST_ERROR,
  STATUS_OK,
} from '../contract/codes.ts';
import {
  BIT_CODE,
  BIT_CODE_WORDS,
  BIT_FLAGS,
  BIT_HAS_TWIN,
  BIT_IS_MAYBE,
  BIT_RESIDUAL,
  BIT_RULE,
  BIT_SIZE,
  BIT_TAKES_MAY,
  COLUMN_MAP,
  COLUMN_PARTITION,
  COLUMN_ROW_COUNT,
  COLUMN_ROW_FIRST,
  COLUMN_RUN_COUNT,
  COLUMN_SIZE,
  HEADER_ABSENT_ROWS,
  HEADER_ALGORITHM,
  HEADER_CLOSED_WORLD,
  HEADER_DEFAULT_EFFECT,
  HEADER_GOVERNED_POINTS,
  HEADER_ROOT,
  NESTED_ALGORITHM,
  NESTED_PARENT,
  NESTED_SIZE,
  NODE_A,
  NODE_B,
  NODE_C,
  NODE_CLUSTER,
  NODE_D,
  NODE_KEY,
  NODE_KIND,
  NODE_LEVEL,
  NODE_NEXT,
  NODE_SIZE,
  NODE_VECTORS,
  PARTITION_CLASS_COUNT,
  PARTITION_SIZE,
  READ_ONLY_MISSING,
  RULE_EFFECT,
  RULE_POLICY,
  RULE_READ_COUNT,
  RULE_READ_FIRST,
  RULE_SIZE,
} from '../contract/layout.ts';
import { MAX_NODE_LEVELS } from '../contract/limits.ts';
import {
  AT_BITS,
  AT_CODE,
  AT_COLUMNS,
  AT_HALVES,
  AT_NESTED,
  AT_NODES,
  AT_PARTITIONS,
  AT_READS,
  AT_RULES,
  AT_WORDS,
  CTX_HEADER,
  CTX_POLICY_COUNT,
  CTX_RESIDUALS,
  CTX_RULE_COUNT,
  CTX_STAMPED,
  CTX_STAMPED_SIZE,
  CTX_VIEW_COUNT,
  AT_ROWS,
} from './context.ts';
import { allocate, release } from './memory.ts';
import { beginLooks, countOf, fits, fitsIn, recordIn, spend } from './verify-bounds.ts';
import { verifyCode } from './verify-code.ts';
import { areViewsSound, hasManyClasses } from './verify-tables.ts';

/** What a decision may visit for each byte of the artifact. */
const WORK_PER_BYTE: u64 = 16;
const WORK_FLOOR: u64 = 1 << 16;

export function verifyTables(ctx: usize, size: u32): i32 {
  beginLooks(size);
  if (!isHeaderSound(ctx) || !areViewsSound(ctx)) return STATUS_ARTIFACT_INVALID;
  if (!arePoliciesSound(ctx) || !areRulesSound(ctx) || !areBitsSound(ctx)) return STATUS_ARTIFACT_INVALID;
  const nodeCount = countOf(ctx, AT_NODES);
  const costs = allocate(nodeCount << 3);
  if (costs == 0) return STATUS_HOST_ERROR;
  const isSound = areNodesSound(ctx, costs, nodeCount, <u64>size * WORK_PER_BYTE + WORK_FLOOR);
  release(costs);
  return isSound ? STATUS_OK : STATUS_ARTIFACT_INVALID;
}

function isEffect(effect: u32): bool {
  return effect == EFFECT_ALLOW || effect == EFFECT_WARN || effect == EFFECT_ESCALATE || effect == EFFECT_DENY;
}

function isHeaderSound(ctx: usize): bool {
  const header = load<usize>(ctx, CTX_HEADER);
  if (load<u32>(header, HEADER_ALGORITHM) > <u32>ALGORITHM_CEDAR) return false;
  if (!isEffect(load<u32>(header, HEADER_DEFAULT_EFFECT))) return false;
  if (load<u32>(header, HEADER_GOVERNED_POINTS) >> POINT_COUNT) return false;
  if (load<u32>(header, HEADER_CLOSED_WORLD) > 1 || load<u32>(header, HEADER_ABSENT_ROWS) == 0) return false;
  const nodeCount = countOf(ctx, AT_NODES);
  for (let point: u32 = 0; point < <u32>POINT_COUNT; point++) {
    if (load<u32>(header + (point << 2), HEADER_ROOT) > nodeCount) return false; // index + 1
  }
  return true;
}

/** Parents come before children: nothing is its own ancestor. `strict-first-match` and `cedar` are of a policy alone. */
function arePoliciesSound(ctx: usize): bool {
  const count = load<u32>(ctx, CTX_POLICY_COUNT);
  if (count == 1) return true;
  if (load<u32>(load<usize>(ctx, CTX_HEADER), HEADER_ALGORITHM) > <u32>ALGORITHM_ONLY_ONE) return false;
  for (let policy: u32 = 1; policy < count; policy++) {
    const nested = load<usize>(ctx, AT_NESTED) + (policy - 1) * <u32>NESTED_SIZE;
    if (load<u32>(nested, NESTED_PARENT) >= policy) return false;
    if (load<u32>(nested, NESTED_ALGORITHM) > <u32>ALGORITHM_ONLY_ONE) return false;
  }
  return true;
}

function areRulesSound(ctx: usize): bool {
  const ruleCount = load<u32>(ctx, CTX_RULE_COUNT);
  const viewCount = load<u32>(ctx, CTX_VIEW_COUNT);
  const readCount = countOf(ctx, AT_READS);
  const policyCount = load<u32>(ctx, CTX_POLICY_COUNT);
  for (let i: u32 = 0; i < ruleCount; i++) {
    const rule = load<usize>(ctx, AT_RULES) + i * <u32>RULE_SIZE;
    const effect = load<u32>(rule, RULE_EFFECT);
    if (!isEffect(effect) && effect != EFFECT_TRANSFORM) return false;
    if (load<u32>(rule, RULE_POLICY) >= policyCount) return false;
    if (!fits(load<u32>(rule, RULE_READ_FIRST), load<u32>(rule, RULE_READ_COUNT), readCount)) return false;
  }
  const reads = load<usize>(ctx, AT_READS);
  for (let i: u32 = 0; i < readCount; i++) {
    if ((load<u32>(reads + (i << 2)) & ~READ_ONLY_MISSING) >= viewCount) return false;
  }
  return true;
}

/** Also that a residual number means one piece of code, and that all pieces together are no longer than the code section. */
function areBitsSound(ctx: usize): bool {
  const bitCount = countOf(ctx, AT_BITS);
  const ruleCount = load<u32>(ctx, CTX_RULE_COUNT);
  const codeWords = countOf(ctx, AT_CODE);
  const seen = load<usize>(ctx, CTX_RESIDUALS); // not in use yet
  let wordsLeft = codeWords;
  for (let i: u32 = 0; i < bitCount; i++) {
    const bit = load<usize>(ctx, AT_BITS) + i * <u32>BIT_SIZE;
    if (load<u32>(bit, BIT_RULE) >= ruleCount) return false;
    const flags = load<u32>(bit, BIT_FLAGS);
    const code = load<u32>(bit, BIT_CODE);
    if (flags > <u32>(BIT_IS_MAYBE | BIT_TAKES_MAY | BIT_HAS_TWIN)) return false;
    if (flags & BIT_HAS_TWIN && (code != 0 || !(flags & BIT_IS_MAYBE))) return false;
    if (code == 0) continue;
    const words = load<u32>(bit, BIT_CODE_WORDS);
    // INVARIANT (artifact.ts): residual numbers lie below the room made for them.
    const memo = seen + (load<u32>(bit, BIT_RESIDUAL) << 3);
    const piece = <u64>code | (<u64>words << 32);
    if (load<u64>(memo) == piece) continue;
    if (load<u64>(memo) != 0 || words > wordsLeft || !fits(code - 1, words, codeWords)) return false;
    wordsLeft -= words;
    if (!verifyCode(ctx, load<usize>(ctx, AT_CODE) + ((code - 1) << 2), words)) return false;
    store<u64>(memo, piece);
  }
  memory.fill(load<usize>(ctx, CTX_STAMPED), 0, load<u32>(ctx, CTX_STAMPED_SIZE));
  return true;
}

/**
 * From the last node to the first, so that the cost of what a node leads to is known: nodes, columns, vectors and bits on the
 * dearest way through. Sharing nodes could make that exponential.
 */
function areNodesSound(ctx: usize, costs: usize, nodeCount: u32, limit: u64): bool {
  for (let left = nodeCount; left > 0; left--) {
    const index = left - 1;
    const node = load<usize>(ctx, AT_NODES) + index * <u32>NODE_SIZE;
    const level = load<u32>(node, NODE_LEVEL);
    const next = load<u32>(node, NODE_NEXT);
    if (level >= <u32>MAX_NODE_LEVELS || !isLink(ctx, next, index, level, nodeCount)) return false;
    const kind = load<i32>(node, NODE_KIND);
    let cost: u64 = 1;
    if (kind == NODE_KEY) {
      const child = dearestChild(ctx, node, index, level, nodeCount, costs);
      if (child < 0) return false;
      cost += child;
    } else {
      const columns = kind == NODE_CLUSTER ? costOfColumns(ctx, node) : -1;
      if (columns < 0) return false;
      cost += columns + load<u32>(node, NODE_VECTORS) + load<u32>(node, NODE_D);
    }
    if (next != 0) cost += load<u64>(costs + ((next - 1) << 3));
    if (cost > limit) return false;
    store<u64>(costs + (index << 3), cost);
  }
  return true;
}

/** 0, or index + 1 of a node behind this one, of the level named. */
function isLink(ctx: usize, link: u32, from: u32, level: u32, nodeCount: u32): bool {
  if (link == 0) return true;
  if (link > nodeCount || link - 1 <= from) return false;
  return load<u32>(load<usize>(ctx, AT_NODES) + (link - 1) * <u32>NODE_SIZE, NODE_LEVEL) == level;
}

/** Highest cost of a child, or -1 if the key or its table is not sound. */
function dearestChild(ctx: usize, node: usize, index: u32, level: u32, nodeCount: u32, costs: usize): i64 {
  const partition = recordIn(ctx + AT_PARTITIONS, load<u32>(node, NODE_A), PARTITION_SIZE);
  if (partition == 0 || hasManyClasses(partition)) return -1;
  const classCount = load<u32>(partition, PARTITION_CLASS_COUNT);
  const wordCount = countOf(ctx, AT_WORDS);
  const first = load<u32>(node, NODE_B);
  const entries = load<u32>(node, NODE_C);
  const isDense = load<u32>(node, NODE_D);
  if (isDense > 1 || load<u32>(node, NODE_VECTORS) != 0 || entries > classCount || !spend(entries)) return -1;
  if (isDense ? entries != classCount || !fits(first, entries, wordCount) : !fits(first, entries << 1, wordCount)) return -1;
  let at = load<usize>(ctx, AT_WORDS) + (first << 2);
  let dearest: u64 = 0;
  let lowest: u32 = 0; // pairs: the least class that may come now
  for (let i: u32 = 0; i < entries; i++) {
    if (!isDense) {
      const found = load<u32>(at);
      if (found < lowest || found >= classCount) return -1;
      lowest = found + 1;
      at += 4;
    }
    const child = load<u32>(at);
    at += 4;
    if (!isLink(ctx, child, index, level + 1, nodeCount)) return -1;
    if (child != 0) dearest = max(dearest, load<u64>(costs + ((child - 1) << 3)));
  }
  return dearest;
}

/** Cost of a cluster's columns, or -1 if the cluster is not sound. */
function costOfColumns(ctx: usize, node: usize): i64 {
  const first = load<u32>(node, NODE_A);
  const count = load<u32>(node, NODE_B);
  const bits = load<u32>(node, NODE_D);
  const vectors = load<u32>(node, NODE_VECTORS);
  if (!fitsIn(ctx + AT_COLUMNS, first, count)) return -1;
  if (bits == 0 || !fitsIn(ctx + AT_BITS, load<u32>(node, NODE_C), bits)) return -1;
  if (vectors != ((bits - 1) >> 7) + 1) return -1;
  let cost: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const column = costOfColumn(ctx, load<usize>(ctx, AT_COLUMNS) + (first + i) * <u32>COLUMN_SIZE, vectors);
    if (column < 0) return -1;
    cost += column;
  }
  return cost;
}

/** Cost of a column, of a list one with all its classes present; -1 if it is not sound. */
function costOfColumn(ctx: usize, column: usize, vectors: u32): i64 {
  const partition = recordIn(ctx + AT_PARTITIONS, load<u32>(column, COLUMN_PARTITION), PARTITION_SIZE);
  if (partition == 0) return -1;
  const classCount = load<u32>(partition, PARTITION_CLASS_COUNT);
  const map = load<u32>(column, COLUMN_MAP);
  const runCount = load<u32>(column, COLUMN_RUN_COUNT);
  if (runCount > classCount || !spend(<u64>classCount + 1)) return -1;
  if (!fitsIn(ctx + AT_HALVES, map, runCount == 0 ? classCount : runCount << 1)) return -1;
  const rowFirst = load<u32>(column, COLUMN_ROW_FIRST);
  const rowCount = load<u32>(column, COLUMN_ROW_COUNT);
  const rowLimit = countOf(ctx, AT_ROWS);
  if (rowFirst > rowLimit || rowCount > (rowLimit - rowFirst) / vectors) return -1;
  const classes = load<usize>(ctx, AT_HALVES) + (map << 1);
  const isList = hasManyClasses(partition);
  if (runCount != 0) return !isList && areRunsSound(classes, runCount, classCount, rowCount) ? <u64>vectors + 1 : -1;
  const end = classes + (classCount << 1);
  for (let at = classes; at < end; at += 2) if (load<u16>(at) >= rowCount) return -1;
  if (!isList) return <u64>vectors + 1;
  // Deciding looks at every class, and folds the rows that are not that of every list; then it joins the result to others.
  const ofEvery = load<u16>(classes, CLASS_FIRST << 1);
  let folded: u64 = 2;
  for (let at = classes; at < end; at += 2) folded += u64(load<u16>(at) != ofEvery);
  return folded * vectors + classCount;
}

/** Pairs of a first class and a row: the first class 0, the others ascending, all rows the column's. */
function areRunsSound(run: usize, count: u32, classCount: u32, rowCount: u32): bool {
  let lowest: u32 = 0; // the least class that may come now
  for (const end = run + (count << 2); run < end; run += 4) {
    const first: u32 = load<u16>(run);
    if (first < lowest || first >= classCount || (lowest == 0 && first != 0) || load<u16>(run, 2) >= rowCount) return false;
    lowest = first + 1;
  }
  return true;
}
