// Translation validation: the tables are checked against the tests and sets they were made from, every time.
// In: what the planner made. Out: nothing, or an error with the values that prove a bug of the planner. Sampled where large.

import {
  CLASS_FIRST,
  PARTITION_AUTOMATON,
  PARTITION_DICTIONARY,
  PARTITION_NUMBER,
} from '../../wasm-core/contract/codes.ts';
import { passes } from '../ir/tests.ts';
import { utf8 } from '../ir/text.ts';
import { runGroup } from './automaton.ts';
import { contains } from './classes.ts';
import type { TreeContext } from './keys.ts';
import { type Item, type Placed, type RoleSet, setOf, type UnaryUse } from './model.ts';
import type { PartitionBuilder } from './partitions.ts';
import type { Pool } from './pools.ts';
import type { ColumnTable } from './tables.ts';
import { isOfTypes } from './value-types.ts';
import type { PlanView } from './views.ts';

/** Checks of one partition, and of all clusters' bits, that a compilation pays for. */
const CHECKS_PER_PARTITION = 20000;
const CHECKED_BITS = 4000;

interface Classes {
  readonly unary: readonly UnaryUse[];
  readonly placed: readonly Placed[];
  readonly builder: PartitionBuilder;
  readonly halves: Pool;
  readonly bounds: Pool;
  readonly views: readonly PlanView[];
}

/** A class is in a test's set exactly when the values that the core would put there pass the test. */
export function validateClasses(classes: Classes): void {
  const byPartition = new Map<number, number[]>();
  classes.placed.forEach(({ positive: { partition } }, index) => {
    const list = byPartition.get(partition);
    if (list === undefined) byPartition.set(partition, [index]);
    else list.push(index);
  });
  for (const [partition, indexes] of byPartition) {
    const samples = samplesOf(partition, indexes, classes);
    // Every sample meets some tests, and every test some samples, whatever their numbers.
    const stride = Math.max(1, Math.ceil((samples.length * indexes.length) / CHECKS_PER_PARTITION));
    samples.forEach(({ value, c }, s) => {
      for (let i = s % stride; i < indexes.length; i += stride) check(indexes[i] ?? 0, value, c, classes);
    });
  }
}

function check(index: number, value: string | number, c: number, { unary, placed }: Classes): void {
  const use = unary[index];
  const place = placed[index];
  if (use === undefined || place === undefined || c < CLASS_FIRST) return;
  const expected = use.test.kind === 'types' ? isOfTypes(Number(value), use.test.types) : passes(use.test, value);
  const { positive, negative } = place;
  if (contains(positive.sets.own, c) !== expected || contains(negative.sets.own, c) === expected) {
    const values = JSON.stringify({ test: use.test, value, class: c, partition: positive.partition, expected });
    throw new Error(`planner: a class does not mean its test: ${values}`);
  }
}

interface Sample {
  readonly value: string | number;
  readonly c: number;
}

function samplesOf(partition: number, indexes: readonly number[], classes: Classes): Sample[] {
  const { builder, halves, bounds, views } = classes;
  const table = builder.partitions[partition];
  if (table === undefined) return [];
  const entries = views[table.view]?.entries ?? [];
  const known = entries.map((value, i) => ({ value, c: halves.values[table.entryClasses + i] ?? 0 }));
  if (table.kind === PARTITION_DICTIONARY) {
    const miss = ['', '\u0000 no constant'].filter((value) => !(views[table.view]?.entryOf.has(value) ?? false));
    return [...known, ...miss.map((value) => ({ value, c: table.operand }))];
  }
  if (table.kind === PARTITION_AUTOMATON) {
    const group = builder.groupOfAutomaton[table.operand];
    const first = builder.automatons[table.operand];
    if (group === undefined || first === undefined) return [];
    const texts = textsAround(indexes, classes.unary);
    return [...known, ...texts.map((value) => ({ value, c: CLASS_FIRST + runGroup(group, utf8(value)) }))];
  }
  if (table.kind !== PARTITION_NUMBER) return [];
  const samples: Sample[] = [];
  const boundAt = (i: number): number => bounds.values[table.operand + i] ?? 0;
  const cell = (i: number): number => halves.values[table.cellClasses + i] ?? 0;
  for (let i = 0; i < table.boundCount; i += 1) {
    const below = i === 0 ? boundAt(0) - Math.abs(boundAt(0)) - 1 : (boundAt(i - 1) + boundAt(i)) / 2;
    if (below < boundAt(i) && (i === 0 || below > boundAt(i - 1))) samples.push({ value: below, c: cell(2 * i) });
    samples.push({ value: boundAt(i), c: cell(2 * i + 1) });
  }
  const last = table.boundCount === 0 ? 0 : boundAt(table.boundCount - 1);
  const above = table.boundCount === 0 ? 0 : last + Math.abs(last) + 1;
  if (table.boundCount === 0 || (above > last && Number.isFinite(above))) {
    samples.push({ value: above, c: cell(2 * table.boundCount) });
  }
  return samples.filter(({ value }) => Number.isFinite(value));
}

/** Texts on both sides of each pattern, and of pairs of neighbours in the order given. */
function textsAround(indexes: readonly number[], unary: readonly UnaryUse[]): string[] {
  const texts = new Set<string>(['', 'x', '\u{1f600}']);
  let before = '';
  for (const index of indexes) {
    const test = unary[index]?.test;
    if (test === undefined || !('text' in test)) continue;
    const text = test.text.replaceAll('*', '');
    for (const t of [text, `x${text}`, `${text}x`, `${before}${text}`, text.slice(0, -1), text.slice(1)]) texts.add(t);
    before = text;
  }
  return [...texts].filter((text) => !/\p{Surrogate}/u.test(text));
}

interface Clusters {
  readonly items: readonly Item[];
  readonly tree: TreeContext;
  /** As DecisionTables has them. */
  readonly rows: readonly number[];
  readonly halves: readonly number[];
}

/** A bit stands in the rows of exactly the classes that its term's set has; a column its term does not name lets all pass. */
export function validateClusters(made: Clusters): void {
  const { tree } = made;
  const itemsByRule = new Map<number, Item[]>();
  for (const item of made.items) {
    const list = itemsByRule.get(item.rule);
    if (list === undefined) itemsByRule.set(item.rule, [item]);
    else list.push(item);
  }
  const stride = Math.max(1, Math.ceil(tree.bits.length / CHECKED_BITS));
  let bitNumber = 0;
  for (const node of tree.nodes) {
    if (node.kind !== 'cluster') continue;
    const columns = tree.columns.slice(node.columnFirst, node.columnFirst + node.columnCount);
    const words = Math.ceil(node.bitCount / 128) * 4;
    for (let k = (stride - (bitNumber % stride)) % stride; k < node.bitCount; k += stride) {
      const bit = tree.bits[node.bitFirst + k];
      const candidates = (itemsByRule.get(bit?.rule ?? -1) ?? []).filter((item) => item.takesMay === bit?.takesMay);
      const passing = columns.map((column) => classesOfBit(column, k, words, made));
      const isTerm = candidates.some((item) =>
        columns.every(({ partition }, i) => matchesSet(passing[i] ?? NO_CLASSES, setOf(item, partition))),
      );
      if (!isTerm) throw new Error(`planner: bit ${k} of a cluster is no term of rule ${bit?.rule}`);
    }
    bitNumber += node.bitCount;
  }
}

const NO_CLASSES = new Uint8Array();

/** By class: 1 where its row has bit `k`. */
function classesOfBit(column: ColumnTable, k: number, words: number, { tree, rows, halves }: Clusters): Uint8Array {
  const classes = new Uint8Array(tree.classCountOf(column.partition));
  const first = column.rowFirst * 4 + (k >>> 5);
  let run = 0;
  for (let c = 0; c < classes.length; c += 1) {
    while (run + 1 < column.runCount && (halves[column.map + 2 * run + 2] ?? 0) <= c) run += 1;
    const row = halves[column.runCount === 0 ? column.map + c : column.map + 2 * run + 1] ?? 0;
    if (row < column.rowCount) classes[c] = ((rows[first + row * words] ?? 0) >>> (k & 31)) & 1;
  }
  return classes;
}

function matchesSet(classes: Uint8Array, set: RoleSet | undefined): boolean {
  // Where a key above decided the partition, the bit no longer tests it.
  if (!classes.includes(0)) return true;
  if (set === undefined) return false;
  let range = 0;
  for (let c = 0; c < classes.length; c += 1) {
    while (c >= (set.own[range + 1] ?? Infinity)) range += 2;
    const passes = c < CLASS_FIRST ? (set.reserved & (1 << c)) !== 0 : c >= (set.own[range] ?? Infinity);
    if ((classes[c] === 1) !== passes) return false;
  }
  return true;
}
