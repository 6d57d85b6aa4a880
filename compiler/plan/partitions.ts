// From tests to classes: per view its partitions, and for every test the classes where it holds.
// Values that no test of a partition tells apart share a class. Never looks at rules; order of input decides all numbers.

import {
  CLASS_ELEMENT_BIT,
  CLASS_FALSE,
  CLASS_FIRST,
  CLASS_TRUE,
  CLASS_WRONG_TYPE,
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_LIST_ALL,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
  VIEW_ENUM,
} from '../../wasm-core/contract/codes.ts';
import { utf8 } from '../ir/text.ts';
import type { Test } from '../ir/types.ts';
import { groupPatterns, isPatternTest, type PatternGroup, type PatternTest, runGroup } from './automaton.ts';
import {
  type ClassSets,
  complement,
  decided,
  isNull,
  ordinary,
  presence,
  type Ranges,
  rangesOf,
  twoValued,
} from './classes.ts';
import { withJumps } from './jumps.ts';
import type { Placed, UnaryUse } from './model.ts';
import type { MaskPool, Pool } from './pools.ts';
import type { AutomatonTable, PartitionTable } from './tables.ts';
import { TYPE_CODES, typeClasses } from './value-types.ts';
import type { PlanView } from './views.ts';

/** Classes above which a view's tests are split by tool target: every cluster carries one map entry per class. */
const SPLIT_WEIGHT = 512;
/** Class numbers are u16 (layout.ts); leaves room for the reserved ones and for the cells between bounds. */
const MAX_WEIGHT = 30000;

/** Tools from which on the targets of over WIDE_TARGET of them get a partition of their own. */
const MANY_TOOLS = 64;
const WIDE_TARGET = 4;

export interface PartitionPools {
  readonly masks: MaskPool;
  readonly halves: Pool;
  readonly bytes: Pool;
  readonly bounds: Pool;
}

export class PartitionBuilder {
  readonly partitions: PartitionTable[] = [];
  readonly automatons: AutomatonTable[] = [];
  /** For validation: what a partition was made of. */
  readonly groupOfAutomaton: PatternGroup[] = [];
  readonly #pools: PartitionPools;
  readonly #views: readonly PlanView[];
  readonly #listBits = new Map<string, number>();
  readonly #spares = new Map<number, number>();
  readonly #bases = new Map<number, number>();

  constructor(pools: PartitionPools, views: readonly PlanView[]) {
    this.#pools = pools;
    this.#views = views;
  }

  /** Where each use holds, parallel to `uses`. */
  place(uses: readonly UnaryUse[]): Placed[] {
    const placed: (Placed | undefined)[] = uses.map(() => undefined);
    const byView = new Map<number, number[]>();
    uses.forEach((use, index) => {
      const list = byView.get(use.view);
      if (list === undefined) byView.set(use.view, [index]);
      else list.push(index);
    });
    for (const view of [...byView.keys()].sort((a, b) => a - b)) {
      this.#placeView(view, byView.get(view) ?? [], uses, placed);
    }
    return placed.map((p, index) => {
      if (p === undefined) throw new Error(`test ${JSON.stringify(uses[index]?.test)} was not placed`);
      return p;
    });
  }

  /** The partitions of a list view whose classes are its bits (codes.ts). */
  listBits(view: number, bitCount: number): { readonly any: number; readonly all: number } {
    const fields = { view, classCount: CLASS_ELEMENT_BIT + bitCount, operand: 0 };
    return {
      any: this.#add({ ...fields, kind: PARTITION_LIST_ANY }),
      all: this.#add({ ...fields, kind: PARTITION_LIST_ALL }),
    };
  }

  /** The partition of one bit of a list view, for what must not stand beside others in one column. */
  listBit(view: number, bit: number): number {
    const key = `${view} ${bit}`;
    const partition =
      this.#listBits.get(key) ??
      this.#add({ view, kind: PARTITION_LIST_BIT, classCount: CLASS_TRUE + 1, operand: bit });
    this.#listBits.set(key, partition);
    return partition;
  }

  /** Another partition like this one of a list, for a second literal that no set can join with the first. */
  spareOf(partition: number): number {
    const table = this.partitions[partition];
    if (table === undefined) throw new Error(`no partition ${partition}`);
    const spare = this.#spares.get(partition) ?? this.#add(table);
    this.#spares.set(partition, spare);
    this.#bases.set(spare, this.baseOf(partition));
    return spare;
  }

  /** The partition that this one is a spare of, or itself. */
  baseOf(partition: number): number {
    return this.#bases.get(partition) ?? partition;
  }

  /** Adds an automaton whose labels mean `labels[l]`. */
  automaton(plain: PatternGroup, labels: readonly number[], labelLimit: number): number {
    const { group, firstJump, jumps } = withJumps(plain);
    this.automatons.push({
      backward: group.backward,
      stateCount: group.stateCount,
      firstSink: group.firstSink,
      symbolCount: group.symbolCount,
      byteClasses: this.#pools.bytes.intern(group.symbolOfByte),
      transitions: this.#pools.halves.intern(group.next),
      labels: this.#pools.halves.intern(Array.from(group.labelOfState, (label) => labels[label] ?? 0)),
      labelLimit,
      firstJump,
      jumps: this.#pools.masks.intern(jumps.flatMap(({ bytes, target }) => [bytes, BigInt(target)])),
    });
    this.groupOfAutomaton.push(group);
    return this.automatons.length - 1;
  }

  #placeView(
    view: number,
    indexes: readonly number[],
    uses: readonly UnaryUse[],
    placed: (Placed | undefined)[],
  ): void {
    const dictionary: number[] = [];
    const numbers: number[] = [];
    const patterns: number[] = [];
    let bool = -1;
    let present = -1;
    let typed = -1;
    for (const index of indexes) {
      const test = testOf(uses, index);
      switch (test.kind) {
        case 'strings':
          dictionary.push(index);
          break;
        case 'number':
        case 'numbers':
          numbers.push(index);
          break;
        case 'prefix':
        case 'suffix':
        case 'contains':
        case 'glob':
        case 'matches':
          patterns.push(index);
          break;
        case 'true': {
          if (bool < 0) bool = this.#add({ view, kind: PARTITION_BOOL, classCount: CLASS_TRUE + 1, operand: 0 });
          const positive = ordinary([CLASS_TRUE, CLASS_TRUE + 1]);
          placed[index] = placedAt(bool, positive, ordinary([CLASS_FALSE, CLASS_FALSE + 1]));
          break;
        }
        case 'types': {
          if (typed < 0) typed = this.#types(view);
          const own = typeClasses(test.types);
          const classCount = this.partitions[typed]?.classCount ?? 0;
          placed[index] = placedAt(typed, decided(own, false), decided(complement(own, classCount), true));
          break;
        }
        case 'has':
        case 'null': {
          if (present < 0)
            present = this.#add({ view, kind: PARTITION_PRESENCE, classCount: CLASS_FIRST + 1, operand: 0 });
          const sets = test.kind === 'has' ? presence : isNull;
          placed[index] = placedAt(present, sets(false), sets(true));
          break;
        }
      }
    }
    for (const part of byWidth(dictionary, uses, this.#view(view).entries.length)) {
      for (const chunk of split(part, uses)) this.#dictionary(view, chunk, uses, placed);
    }
    for (const chunk of split(numbers, uses)) this.#numbers(view, chunk, uses, placed);
    if (patterns.length > 0) this.#patterns(view, orderPatterns(patterns, uses), uses, placed);
  }

  /** Classes by the set of tests a constant satisfies; the first, if anything else can occur, for what satisfies none. */
  #dictionary(
    view: number,
    indexes: readonly number[],
    uses: readonly UnaryUse[],
    placed: (Placed | undefined)[],
  ): void {
    const planView = this.#view(view);
    const testsOf: number[][] = planView.entries.map(() => []);
    for (const index of indexes) {
      const test = testOf(uses, index);
      if (test.kind !== 'strings') continue;
      for (const value of test.values) {
        const entry = planView.entryOf.get(value);
        if (entry !== undefined) testsOf[entry]?.push(index);
        else if (planView.kind !== VIEW_ENUM) throw new Error(`constant ${JSON.stringify(value)} is in no dictionary`);
      }
    }
    const classByKey = new Map<string, number>();
    if (planView.kind !== VIEW_ENUM) classByKey.set('', CLASS_FIRST);
    const classesOf = new Map<number, number[]>(indexes.map((index) => [index, []]));
    const entryClasses = testsOf.map((tests) => {
      const key = tests.join(',');
      const known = classByKey.get(key);
      if (known !== undefined) return known;
      const c = CLASS_FIRST + classByKey.size;
      classByKey.set(key, c);
      for (const index of tests) classesOf.get(index)?.push(c);
      return c;
    });
    const classCount = CLASS_FIRST + classByKey.size;
    const partition = this.#add({
      view,
      kind: PARTITION_DICTIONARY,
      classCount,
      // Outside its values an enum has no well-typed value (LANGUAGE.md 3.6).
      operand: planView.kind === VIEW_ENUM ? CLASS_WRONG_TYPE : CLASS_FIRST,
      entryClasses: this.#pools.halves.intern(entryClasses),
    });
    for (const index of indexes) {
      placed[index] = both(partition, rangesOf(classesOf.get(index) ?? []), classCount, uses[index]?.target ?? false);
    }
  }

  /** A class per type, and one for what is of none. */
  #types(view: number): number {
    const cells = TYPE_CODES.flatMap((_, i) => [CLASS_FIRST + TYPE_CODES.length, CLASS_FIRST + i]);
    return this.#add({
      view,
      kind: PARTITION_NUMBER,
      classCount: CLASS_FIRST + TYPE_CODES.length + 1,
      operand: this.#pools.bounds.intern(TYPE_CODES),
      boundCount: TYPE_CODES.length,
      cellClasses: this.#pools.halves.intern([...cells, CLASS_FIRST + TYPE_CODES.length]),
    });
  }

  #patterns(view: number, indexes: readonly number[], uses: readonly UnaryUse[], placed: (Placed | undefined)[]): void {
    const tests = indexes.map((index) => patternOf(uses, index));
    const { groups, rest } = groupPatterns(tests);
    // INVARIANT (scanned.ts): what no automaton takes has become bits of the view before.
    if (rest.length > 0) throw new Error(`${rest.length} patterns without an automaton`);
    for (const group of groups) {
      const classCount = CLASS_FIRST + group.labelCount;
      const labels = Array.from({ length: group.labelCount }, (_, label) => CLASS_FIRST + label);
      const automaton = this.automaton(group, labels, classCount);
      const entryClasses = this.#view(view).entries.map((entry) => CLASS_FIRST + runGroup(group, utf8(entry)));
      const partition = this.#add({
        view,
        kind: PARTITION_AUTOMATON,
        classCount,
        operand: automaton,
        entryClasses: this.#pools.halves.intern(entryClasses),
      });
      for (const pattern of group.patterns) {
        const own = rangesOf((group.matches[pattern] ?? []).map((label) => CLASS_FIRST + label));
        const index = indexes[pattern] ?? 0;
        placed[index] = both(partition, own, classCount, uses[index]?.target ?? false);
      }
    }
  }

  /**
   * Cells: 2i+1 is bound i, even cells lie between. Cells with the same answers share a class: between two places where an order
   * test changes, all cells that no equality test names.
   */
  #numbers(view: number, indexes: readonly number[], uses: readonly UnaryUse[], placed: (Placed | undefined)[]): void {
    const bounds = boundsOf(indexes.map((index) => testOf(uses, index)));
    const cellOf = new Map(bounds.map((bound, i) => [bound, 2 * i + 1]));
    const cellCount = 2 * bounds.length + 1;
    const changes = new Set<number>([0]);
    const equalsAt = new Map<number, number[]>();
    const runOf = new Map<number, [number, number]>();
    for (const index of indexes) {
      const test = testOf(uses, index);
      const run = orderCells(test, cellOf, cellCount);
      if (run !== null) {
        runOf.set(index, run);
        changes.add(run[0]).add(run[1]);
      } else {
        for (const value of equalValues(test)) {
          const cell = cellOf.get(value);
          if (cell === undefined) continue; // an infinity: equal to no value
          const list = equalsAt.get(cell);
          if (list === undefined) equalsAt.set(cell, [index]);
          else list.push(index);
        }
      }
    }
    const cellClasses: number[] = [];
    const firstClassAt = new Map<number, number>(); // of cells where an order test changes
    const classesOf = new Map<number, number[]>(indexes.map((index) => [index, []]));
    let classByKey = new Map<string, number>();
    let classCount = CLASS_FIRST;
    for (let cell = 0; cell < cellCount; cell += 1) {
      if (changes.has(cell)) {
        classByKey = new Map();
        firstClassAt.set(cell, classCount);
      }
      const equals = equalsAt.get(cell) ?? [];
      const key = equals.join(',');
      let c = classByKey.get(key);
      if (c === undefined) {
        c = classCount;
        classCount += 1;
        classByKey.set(key, c);
        for (const index of equals) classesOf.get(index)?.push(c);
      }
      cellClasses.push(c);
    }
    const partition = this.#add({
      view,
      kind: PARTITION_NUMBER,
      classCount,
      operand: this.#pools.bounds.intern(bounds),
      boundCount: bounds.length,
      cellClasses: this.#pools.halves.intern(cellClasses),
    });
    for (const index of indexes) {
      const run = runOf.get(index);
      let own: Ranges = rangesOf(classesOf.get(index) ?? []);
      if (run !== undefined) {
        const from = firstClassAt.get(run[0]) ?? classCount;
        const to = firstClassAt.get(run[1]) ?? classCount;
        own = from < to ? [from, to] : [];
      }
      placed[index] = both(partition, own, classCount, false);
    }
  }

  #view(view: number): PlanView {
    const planView = this.#views[view];
    if (planView === undefined) throw new Error(`no view ${view}`);
    return planView;
  }

  #add(fields: Partial<PartitionTable> & Pick<PartitionTable, 'view' | 'kind' | 'classCount' | 'operand'>): number {
    if (fields.classCount > 65536) throw new Error(`a partition of ${fields.classCount} classes`);
    this.partitions.push({ entryClasses: 0, boundCount: 0, cellClasses: 0, ...fields });
    return this.partitions.length - 1;
  }
}

function both(partition: number, own: Ranges, classCount: number, target: boolean): Placed {
  const sets = target ? twoValued : ordinary;
  return placedAt(partition, sets(own), sets(complement(own, classCount)));
}

function placedAt(partition: number, positive: ClassSets, negative: ClassSets): Placed {
  return { positive: { partition, sets: positive }, negative: { partition, sets: negative } };
}

/** Patterns of one view in the order in which they are grouped. */
export function orderPatterns(indexes: readonly number[], uses: readonly UnaryUse[]): number[] {
  return split(indexes, uses).flat();
}

function testOf(uses: readonly UnaryUse[], index: number): Test {
  const use = uses[index];
  if (use === undefined) throw new Error(`no test ${index}`);
  return use.test;
}

function patternOf(uses: readonly UnaryUse[], index: number): PatternTest {
  const test = testOf(uses, index);
  if (isPatternTest(test)) return test;
  throw new Error(`not a pattern: ${test.kind}`);
}

/** Sorted, distinct, finite; 0 stands for −0 too. */
export function boundsOf(tests: readonly Test[]): number[] {
  const bounds = new Set<number>();
  for (const test of tests) {
    for (const value of test.kind === 'number' ? [test.value] : test.kind === 'numbers' ? test.values : []) {
      if (Number.isFinite(value)) bounds.add(value === 0 ? 0 : value);
    }
  }
  return [...bounds].sort((a, b) => a - b);
}

/** The run of cells where an order test holds; null for a test of equality. */
export function orderCells(
  test: Test,
  cellOf: ReadonlyMap<number, number>,
  cellCount: number,
): [number, number] | null {
  if (test.kind !== 'number' || test.op === '==') return null;
  // An infinity is above or below every cell.
  const point = cellOf.get(test.value) ?? (test.value > 0 ? cellCount : -1);
  if (test.op === '<') return [0, Math.max(point, 0)];
  if (test.op === '<=') return [0, Math.min(point + 1, cellCount)];
  return [Math.min(test.op === '>' ? point + 1 : Math.max(point, 0), cellCount), cellCount];
}

export function equalValues(test: Test): readonly number[] {
  if (test.kind === 'numbers') return test.values;
  return test.kind === 'number' && test.op === '==' ? [test.value] : [];
}

/**
 * Of many tools, targets of several apart from those of few: among themselves they tell fewer tools apart, so that each has few
 * classes and can be keyed (keys.ts). Rules hold one target each: no two of these tests have to meet in one set.
 */
function byWidth(indexes: readonly number[], uses: readonly UnaryUse[], entryCount: number): number[][] {
  if (entryCount < MANY_TOOLS) return [[...indexes]];
  const isWide = (index: number): boolean => {
    const test = testOf(uses, index);
    return uses[index]?.target === true && test.kind === 'strings' && test.values.length > WIDE_TARGET;
  };
  return [indexes.filter((index) => !isWide(index)), indexes.filter(isWide)];
}

/**
 * The tests of a view in groups that each make a partition. Few tests: one group. Many: those that only one tool's rules use go with
 * their like, since a cluster under that tool then carries a small map; those that several use stay together, to serve as a key.
 */
function split(indexes: readonly number[], uses: readonly UnaryUse[]): number[][] {
  if (indexes.length === 0) return [];
  const weight = (index: number): number => {
    const test = testOf(uses, index);
    return test.kind === 'strings' || test.kind === 'numbers' ? Math.max(1, test.values.length) : 1;
  };
  const total = indexes.reduce((sum, index) => sum + weight(index), 0);
  if (total <= SPLIT_WEIGHT) return [[...indexes]];
  const byHome = new Map<string, number[]>([['', []]]);
  for (const index of indexes) {
    const home = uses[index]?.home ?? '';
    const list = byHome.get(home);
    if (list === undefined) byHome.set(home, [index]);
    else list.push(index);
  }
  const groups: number[][] = [];
  let current: number[] = [];
  let room = 0;
  for (const [home, members] of byHome) {
    const limit = home === '' ? MAX_WEIGHT : SPLIT_WEIGHT;
    const size = members.reduce((sum, index) => sum + weight(index), 0);
    const closes = room < size; // a tool's tests stay together while they fit
    if (closes && current.length > 0) {
      groups.push(current);
      current = [];
    }
    if (closes) room = Math.max(limit, Math.min(size, MAX_WEIGHT));
    for (const index of members) {
      if (room < weight(index) && current.length > 0) {
        groups.push(current);
        current = [];
        room = MAX_WEIGHT;
      }
      current.push(index);
      room -= weight(index);
    }
    if (home === '') room = 0;
  }
  if (current.length > 0) groups.push(current);
  return groups;
}
