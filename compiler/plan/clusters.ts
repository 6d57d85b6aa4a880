// A cluster: bits side by side, one column per partition that any of them constrains, one row of bits per class.
// In: items. Out: columns, maps and rows in their pools, and the bits in order. Never keys anything: keys.ts does.

import { CLASS_FIRST } from '../../wasm-core/contract/codes.ts';
import type { Item } from './model.ts';
import type { Pool, RowPool } from './pools.ts';
import type { BitTable, ColumnTable } from './tables.ts';

export const BITS_PER_VECTOR = 128;
const WORDS_PER_VECTOR = 4;
/** A map of runs must be this much shorter than one of classes: it takes a search. */
const SHORTER_BY = 4;
/** Bytes of rows one cluster may take before its bits are split over several: rows grow with bits times classes. */
const MAX_ROW_BYTES = 1 << 20;

export interface ClusterContext {
  readonly classCountOf: (partition: number) => number;
  readonly hasManyClasses: (partition: number) => boolean;
  /** What classifying one value of the partition costs, in abstract steps. */
  readonly classifyCost: (partition: number) => number;
  readonly halves: Pool;
  readonly rows: RowPool;
  readonly columns: ColumnTable[];
  readonly bits: BitTable[];
}

export interface ClusterFields {
  readonly columnFirst: number;
  readonly columnCount: number;
  readonly bitFirst: number;
  readonly bitCount: number;
}

/** The items in as many clusters as their rows need; usually one. */
export function clusterItems(items: readonly Item[], context: ClusterContext): (readonly Item[])[] {
  const order = columnOrder(items, context);
  return splitByRows(sortedForVectors(items, order), order);
}

export function writeCluster(items: readonly Item[], context: ClusterContext): ClusterFields {
  const vectors = Math.ceil(items.length / BITS_PER_VECTOR);
  const columnFirst = context.columns.length;
  for (const partition of columnOrder(items, context)) {
    context.columns.push(writeColumn(partition, items, vectors, context));
  }
  const bitFirst = context.bits.length;
  for (const { rule, rank, code, codeWords, residual, maybe, takesMay, hasTwin } of items) {
    context.bits.push({ rule, rank, code, codeWords, residual, maybe, takesMay, hasTwin });
  }
  return { columnFirst, columnCount: context.columns.length - columnFirst, bitFirst, bitCount: items.length };
}

/** Cheap and selective columns first: most requests leave a vector empty after a few (and-ing stops there). */
function columnOrder(items: readonly Item[], context: ClusterContext): number[] {
  const gain = new Map<number, number>();
  for (const item of items) {
    for (const [partition, set] of item.sets) {
      const own = context.classCountOf(partition) - CLASS_FIRST;
      const share = own > 0 ? size(set.own) / own : 1;
      gain.set(partition, (gain.get(partition) ?? 0) + 1.01 - share);
    }
  }
  const score = (partition: number): number => (gain.get(partition) ?? 0) / context.classifyCost(partition);
  return [...gain.keys()].sort((a, b) => score(b) - score(a) || a - b);
}

function size(ranges: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < ranges.length; i += 2) total += (ranges[i + 1] ?? 0) - (ranges[i] ?? 0);
  return total;
}

/**
 * Bits with a twin last: most requests need not look at them. Of several vectors, bits that live and die together stand together, so
 * that whole vectors go empty; unless the others are one true bit for each of a run of rules, which fire 64 at a time (core, link.ts).
 */
function sortedForVectors(items: readonly Item[], order: readonly number[]): readonly Item[] {
  const [first = -1, second = -1] = order;
  const at = (item: Item, partition: number): number => item.sets.get(partition)?.own[0] ?? -1;
  const byTwin = (a: Item, b: Item): number => Number(a.hasTwin) - Number(b.hasTwin);
  if (items.length <= BITS_PER_VECTOR || isRun(items)) return [...items].sort((a, b) => byTwin(a, b) || a.id - b.id);
  return [...items].sort(
    (a, b) => byTwin(a, b) || at(a, first) - at(b, first) || at(a, second) - at(b, second) || a.id - b.id,
  );
}

/** Items come in the order of rules. */
function isRun(items: readonly Item[]): boolean {
  const sure = items.filter((item) => !item.hasTwin);
  return sure.every((item, i) => item.rule === (sure[0]?.rule ?? 0) + i && item.code < 0 && !item.maybe);
}

function splitByRows(items: readonly Item[], order: readonly number[]): (readonly Item[])[] {
  if (items.length <= BITS_PER_VECTOR * 4) return [items];
  let rows = 0;
  for (const partition of order) {
    const changes = new Set<number>();
    for (const item of items) for (const c of item.sets.get(partition)?.own ?? []) changes.add(c);
    rows += changes.size + 1 + CLASS_FIRST;
  }
  if (rows * Math.ceil(items.length / BITS_PER_VECTOR) * 16 <= MAX_ROW_BYTES) return [items];
  const middle = Math.ceil(items.length / 2 / BITS_PER_VECTOR) * BITS_PER_VECTOR;
  return [...splitByRows(items.slice(0, middle), order), ...splitByRows(items.slice(middle), order)];
}

/** Own classes by a sweep over the places where some bit's set begins or ends; between two places all classes share a row. */
function writeColumn(partition: number, items: readonly Item[], vectors: number, context: ClusterContext): ColumnTable {
  const classCount = context.classCountOf(partition);
  const width = vectors * WORDS_PER_VECTOR;
  const current = new Uint32Array(width);
  const changes: { readonly at: number; readonly bit: number }[] = [];
  const constrained: { readonly bit: number; readonly reserved: number }[] = [];
  items.forEach((item, bit) => {
    const set = item.sets.get(partition);
    if (set === undefined) {
      flip(current, bit); // unconstrained: in every row
      return;
    }
    constrained.push({ bit, reserved: set.reserved });
    for (const at of set.own) changes.push({ at, bit });
  });
  changes.sort((a, b) => a.at - b.at);
  const rows: Uint32Array[] = [];
  const rowByKey = new Map<string, number>();
  const rowOf = (row: Uint32Array): number => {
    const key = row.join(',');
    const known = rowByKey.get(key);
    if (known !== undefined) return known;
    rows.push(row.slice());
    rowByKey.set(key, rows.length - 1);
    return rows.length - 1;
  };
  const map = Array.from({ length: classCount }, () => 0);
  for (let c = 0; c < CLASS_FIRST; c += 1) {
    const row = current.slice();
    for (const { bit, reserved } of constrained) if ((reserved & (1 << c)) !== 0) flip(row, bit);
    map[c] = rowOf(row);
  }
  let next = 0;
  for (let from = CLASS_FIRST; from < classCount; ) {
    for (; (changes[next]?.at ?? classCount) <= from && next < changes.length; next += 1) {
      flip(current, changes[next]?.bit ?? 0);
    }
    const to = Math.min(changes[next]?.at ?? classCount, classCount);
    map.fill(rowOf(current), from, to);
    from = to;
  }
  const block = new Uint32Array(rows.length * width);
  rows.forEach((row, i) => {
    block.set(row, i * width);
  });
  const runs = context.hasManyClasses(partition) ? [] : runsOf(map);
  const isShort = runs.length > 0 && runs.length * SHORTER_BY <= classCount;
  return {
    partition,
    map: context.halves.intern(isShort ? runs : map),
    runCount: isShort ? runs.length / 2 : 0,
    rowFirst: context.rows.intern(block),
    rowCount: rows.length,
  };
}

/** Pairs: where a run of classes with one row begins, and that row. */
function runsOf(map: readonly number[]): number[] {
  const runs: number[] = [];
  map.forEach((row, c) => {
    if (c === 0 || row !== map[c - 1]) runs.push(c, row);
  });
  return runs;
}

function flip(row: Uint32Array, bit: number): void {
  row[bit >>> 5] = ((row[bit >>> 5] ?? 0) ^ (1 << (bit & 31))) >>> 0;
}
