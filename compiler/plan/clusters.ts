// A cluster: bits side by side, one column per partition that any of them constrains, one row of bits per class.
// In: items. Out: columns, maps and rows in their pools, and the bits in order. Never keys anything: keys.ts does.

import { CLASS_FIRST } from '../../wasm-core/contract/codes.ts';
import { contains } from './classes.ts';
import { type Item, setOf } from './model.ts';
import type { Pool, RowPool } from './pools.ts';
import { RowSet } from './row-set.ts';
import type { BitTable, ColumnTable } from './tables.ts';
import type { Traffic } from './traffic.ts';

export const BITS_PER_VECTOR = 128;
const WORDS_PER_VECTOR = 4;
/** A map of runs must be this much shorter than one of classes: it takes a search. */
const SHORTER_BY = 4;
/** Rows that a map of u16 can tell apart. */
const MAX_SHARED_ROWS = 0x10000;
/** What a column that leaves no bit at all counts, against one of which every bit lets nothing pass as a rule. */
const SURE_END = 10;
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
  /** What requests are like, and which of them come to this cluster; null: nobody said. */
  readonly traffic: Traffic | null;
  readonly sample: Uint32Array | null;
  /** By partition: 1 where a key above has decided it, so that no bit below tests it. */
  readonly decided: Uint8Array;
}

export interface ClusterFields {
  readonly columnFirst: number;
  readonly columnCount: number;
  readonly bitFirst: number;
  readonly bitCount: number;
}

/** The items in as many clusters as their rows need; usually one. */
export function clusterItems(items: readonly Item[], context: ClusterContext): (readonly Item[])[] {
  if (items.length <= BITS_PER_VECTOR) return [sortedForVectors(items, [])];
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
  for (const { partitions, sets } of items) {
    for (let i = 0; i < partitions.length; i += 1) {
      const partition = partitions[i] ?? 0;
      if (context.decided[partition] === 1) continue;
      const own = context.classCountOf(partition) - CLASS_FIRST;
      const share = own > 0 ? (sets[i]?.size ?? 0) / own : 1;
      gain.set(partition, (gain.get(partition) ?? 0) + 1.01 - share);
    }
  }
  if (gain.size < 2) return [...gain.keys()];
  // Of several vectors each ends by itself, and their order hangs on that of the columns.
  const isNarrow = items.length <= BITS_PER_VECTOR;
  const ends = (partition: number): number => (isNarrow ? endsAt(partition, items, context) : 0);
  const scored = [...gain].map(([partition, sum]) => ({
    partition,
    score: (sum + items.length * SURE_END * ends(partition)) / context.classifyCost(partition),
  }));
  return scored.sort((a, b) => b.score - a.score || a.partition - b.partition).map(({ partition }) => partition);
}

/** The share of the sample's requests for which this column alone leaves no bit; 0 without traffic. */
function endsAt(partition: number, items: readonly Item[], { traffic, sample }: ClusterContext): number {
  const classes = sample === null || sample.length === 0 ? null : (traffic?.classesOf(partition) ?? null);
  if (sample === null || classes === null) return 0;
  const ends = new Map<number, boolean>();
  let count = 0;
  for (const request of sample) {
    const c = classes[request] ?? 0;
    let isEnd = ends.get(c);
    if (isEnd === undefined) {
      isEnd = !items.some((item) => admits(item, partition, c));
      ends.set(c, isEnd);
    }
    if (isEnd) count += 1;
  }
  return count / sample.length;
}

function admits(item: Item, partition: number, c: number): boolean {
  const set = setOf(item, partition);
  if (set === undefined) return true;
  return c < CLASS_FIRST ? ((set.reserved >> c) & 1) !== 0 : contains(set.own, c);
}

/**
 * Bits with a twin last: most requests need not look at them. Of several vectors, bits that live and die together stand together, so
 * that whole vectors go empty; unless the others are one true bit for each of a run of rules, which fire 64 at a time (core, link.ts).
 */
function sortedForVectors(items: readonly Item[], order: readonly number[]): readonly Item[] {
  const [first = -1, second = -1] = order;
  const at = (item: Item, partition: number): number => setOf(item, partition)?.own[0] ?? -1;
  const byTwin = (a: Item, b: Item): number => Number(a.hasTwin) - Number(b.hasTwin);
  const byAge = (a: Item, b: Item): number => byTwin(a, b) || a.id - b.id;
  if (items.length <= BITS_PER_VECTOR || isRun(items)) return isSorted(items, byAge) ? items : [...items].sort(byAge);
  return [...items].sort(
    (a, b) => byTwin(a, b) || at(a, first) - at(b, first) || at(a, second) - at(b, second) || a.id - b.id,
  );
}

function isSorted(items: readonly Item[], compare: (a: Item, b: Item) => number): boolean {
  let before: Item | undefined;
  for (const item of items) {
    if (before !== undefined && compare(before, item) > 0) return false;
    before = item;
  }
  return true;
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
    for (const item of items) for (const c of setOf(item, partition)?.own ?? []) changes.add(c);
    rows += changes.size + 1 + CLASS_FIRST;
  }
  if (rows * Math.ceil(items.length / BITS_PER_VECTOR) * 16 <= MAX_ROW_BYTES) return [items];
  const middle = Math.ceil(items.length / 2 / BITS_PER_VECTOR) * BITS_PER_VECTOR;
  return [...splitByRows(items.slice(0, middle), order), ...splitByRows(items.slice(middle), order)];
}

/** What a sweep over one column's classes goes by. */
interface Column {
  /** Of the class before the first own one: bits that let everything pass. */
  readonly current: Uint32Array;
  /** Bits that do not, and beside each its reserved classes. */
  readonly constrained: number[];
  readonly reservedOf: number[];
  /** Where own classes begin or end: the class, times items, and the bit. Sorted. */
  readonly changes: number[];
}

/** Own classes by a sweep over the places where some bit's set begins or ends; between two places all classes share a row. */
function writeColumn(partition: number, items: readonly Item[], vectors: number, context: ClusterContext): ColumnTable {
  const classCount = context.classCountOf(partition);
  const column = readColumn(partition, items, vectors);
  const rows = new RowSet(column.current.length);
  const runs: number[] = [];
  sweepReserved(column, rows, runs);
  sweepOwn(column, items.length, classCount, rows, runs);
  const placed = placeRows(rows, vectors, runs, context);
  const isShort = !context.hasManyClasses(partition) && runs.length * SHORTER_BY <= classCount;
  return {
    partition,
    map: context.halves.intern(isShort ? runs : mapOfRuns(runs, classCount)),
    runCount: isShort ? runs.length / 2 : 0,
    ...placed,
  };
}

/**
 * Rows of one vector are shared by all columns, each row stored once: there are far fewer different ones than columns have. The runs
 * then name them by their distance from the first. Where that is too far for a map's u16, and of several vectors, a column has its own.
 */
function placeRows(
  rows: RowSet,
  vectors: number,
  runs: number[],
  context: ClusterContext,
): Pick<ColumnTable, 'rowFirst' | 'rowCount'> {
  const block = rows.block();
  if (vectors > 1) return { rowFirst: context.rows.intern(block), rowCount: rows.count };
  const places: number[] = [];
  for (let row = 0; row < rows.count; row += 1) {
    places.push(context.rows.intern(block.subarray(row * WORDS_PER_VECTOR, (row + 1) * WORDS_PER_VECTOR)));
  }
  const first = Math.min(...places);
  const count = Math.max(...places) - first + 1;
  if (count > MAX_SHARED_ROWS) return { rowFirst: context.rows.intern(block), rowCount: rows.count };
  for (let i = 1; i < runs.length; i += 2) runs[i] = (places[runs[i] ?? 0] ?? 0) - first;
  return { rowFirst: first, rowCount: count };
}

function readColumn(partition: number, items: readonly Item[], vectors: number): Column {
  const current = new Uint32Array(vectors * WORDS_PER_VECTOR);
  const constrained: number[] = [];
  const reservedOf: number[] = [];
  const changes: number[] = [];
  let bit = 0;
  for (const item of items) {
    const set = setOf(item, partition);
    if (set === undefined) {
      flip(current, bit);
    } else {
      constrained.push(bit);
      reservedOf.push(set.reserved);
      for (const at of set.own) changes.push(at * items.length + bit);
    }
    bit += 1;
  }
  changes.sort(ascending);
  return { current, constrained, reservedOf, changes };
}

function ascending(a: number, b: number): number {
  return a - b;
}

function sweepReserved({ current, constrained, reservedOf }: Column, rows: RowSet, runs: number[]): void {
  for (let c = 0; c < CLASS_FIRST; c += 1) {
    const row = current.slice();
    for (let i = 0; i < constrained.length; i += 1) {
      if (((reservedOf[i] ?? 0) & (1 << c)) !== 0) flip(row, constrained[i] ?? 0);
    }
    putRun(c, rows.add(row), runs);
  }
}

function sweepOwn(column: Column, width: number, classCount: number, rows: RowSet, runs: number[]): void {
  const { current, changes } = column;
  let next = 0;
  let from = CLASS_FIRST;
  while (from < classCount) {
    for (; next < changes.length && (changes[next] ?? 0) < (from + 1) * width; next += 1) {
      flip(current, (changes[next] ?? 0) % width);
    }
    putRun(from, rows.add(current), runs);
    from = next < changes.length ? Math.floor((changes[next] ?? 0) / width) : classCount;
  }
}

/** Pairs: where a run of classes with one row begins, and that row. */
function putRun(from: number, row: number, runs: number[]): void {
  if (row !== runs[runs.length - 1]) runs.push(from, row);
}

/** By class its row. */
function mapOfRuns(runs: readonly number[], classCount: number): Uint16Array {
  const map = new Uint16Array(classCount);
  for (let i = 0; i < runs.length; i += 2) map.fill(runs[i + 1] ?? 0, runs[i], runs[i + 2] ?? classCount);
  return map;
}

function flip(row: Uint32Array, bit: number): void {
  row[bit >>> 5] = ((row[bit >>> 5] ?? 0) ^ (1 << (bit & 31))) >>> 0;
}
