// Bits of list views: for each test of elements one bit, and the masks by which an element sets bits.
// In: element uses. Out: element tests with masks, two partitions per view whose classes are its bits. Never reads requests.

import {
  CLASS_ELEMENT_BIT,
  ELEMENT_TEST_AUTOMATON,
  ELEMENT_TEST_BOOL,
  ELEMENT_TEST_DICTIONARY,
  ELEMENT_TEST_NUMBER,
  VIEW_STRING,
} from '../../wasm-core/contract/codes.ts';
import { passes } from '../ir/tests.ts';
import type { Test } from '../ir/types.ts';
import { groupPatterns, isPatternTest, type PatternTest } from './automaton.ts';
import { complement, ordinary } from './classes.ts';
import type { ElementUse, Placed } from './model.ts';
import { boundsOf, equalValues, orderCells, type PartitionBuilder } from './partitions.ts';
import type { MaskPool, Pool } from './pools.ts';
import { areMany, searchedOf } from './scanned.ts';
import type { Searching } from './searching.ts';
import type { ElementTestTable } from './tables.ts';
import type { PlanView } from './views.ts';

/** Bits of one list view: masks take entries × bits / 64 words, so a reading with more tests gets more views. */
export const MAX_LIST_BITS = 1024;

interface Bit extends ElementUse {
  readonly bit: number;
}

export function placeElements(
  uses: readonly ElementUse[],
  views: readonly PlanView[],
  builder: PartitionBuilder,
  pools: { readonly masks: MaskPool; readonly bounds: Pool },
  searching: Searching,
): { readonly placed: Placed[]; readonly elementTests: ElementTestTable[] } {
  const byView = new Map<number, Bit[]>();
  const bitOf = uses.map((use): number => {
    const bits = byView.get(use.view) ?? [];
    byView.set(use.view, bits);
    bits.push({ ...use, bit: bits.length });
    return bits.length - 1;
  });
  const partitionsOf = new Map([...byView].map(([view, bits]) => [view, builder.listBits(view, bits.length)]));
  const placed = uses.map(({ view }, index): Placed => {
    const partitions = partitionsOf.get(view);
    if (partitions === undefined) throw new Error(`no partitions of view ${view}`);
    const c = CLASS_ELEMENT_BIT + (bitOf[index] ?? 0);
    const classCount = CLASS_ELEMENT_BIT + (byView.get(view)?.length ?? 0);
    return {
      positive: { partition: partitions.any, sets: ordinary([c, c + 1]) },
      negative: { partition: partitions.all, sets: ordinary(complement([c, c + 1], classCount)) },
    };
  });
  const elementTests: ElementTestTable[] = [];
  for (const [index, bits] of [...byView].sort(([a], [b]) => a - b)) {
    const view = views[index];
    if (view === undefined) throw new Error(`no view ${index}`);
    view.bitWords = Math.ceil(bits.length / 64);
    view.testFirst = elementTests.length;
    elementTests.push(...testsOf(view, bits, builder, pools, searching));
    view.testCount = elementTests.length - view.testFirst;
  }
  return { placed, elementTests };
}

function testsOf(
  view: PlanView,
  bits: readonly Bit[],
  builder: PartitionBuilder,
  pools: { readonly masks: MaskPool; readonly bounds: Pool },
  searching: Searching,
): ElementTestTable[] {
  const strings: Bit[] = [];
  const patterns: Bit[] = [];
  const numbers: Bit[] = [];
  const bools: Bit[] = [];
  for (const bit of bits) {
    const { kind } = bit.test;
    if (kind === 'strings') strings.push(bit);
    else if (kind === 'number' || kind === 'numbers') numbers.push(bit);
    else if (kind === 'true') bools.push(bit);
    else patterns.push(bit);
  }
  const tests: ElementTestTable[] = [];
  const masks = (list: readonly bigint[]): number =>
    pools.masks.intern(list.flatMap((mask) => words(mask, view.bitWords)));

  // The one text of a string view is seen by its dictionary in other partitions.
  const isList = view.kind !== VIEW_STRING;
  if (strings.length > 0 || (isList && patterns.length > 0 && view.entries.length > 0)) {
    const all = maskOf([...strings, ...patterns].filter((bit) => bit.negated));
    const entryMasks = view.entries.map((entry) => {
      // A negated bit is set unless its test passes.
      let mask = all;
      for (const bit of patterns) if (passes(bit.test, entry)) mask ^= 1n << BigInt(bit.bit);
      return mask;
    });
    for (const bit of strings) {
      for (const value of bit.test.kind === 'strings' ? bit.test.values : []) {
        const entry = view.entryOf.get(value);
        if (entry !== undefined) entryMasks[entry] = (entryMasks[entry] ?? 0n) ^ (1n << BigInt(bit.bit));
      }
    }
    const miss = maskOf(strings.filter((bit) => bit.negated)); // automatons speak for their own bits on a miss
    tests.push({ kind: ELEMENT_TEST_DICTIONARY, operand: 0, boundCount: 0, masks: masks([...entryMasks, miss]) });
  }
  if (patterns.length > 0) {
    const distinct = new Map<string, Bit[]>();
    for (const bit of patterns) {
      const key = JSON.stringify(bit.test);
      distinct.set(key, [...(distinct.get(key) ?? []), bit]);
    }
    const lists = [...distinct.values()];
    const distinctTests = lists.map((list) => patternOf(list[0]?.test));
    const searchesAll = !isList || areMany(distinctTests);
    const fitting = searchesAll ? searchedOf(distinctTests) : [];
    const searched = [...lists.keys()].filter((i) => fitting[i] === true);
    const walked = [...lists.keys()].filter((i) => !searched.includes(i));
    const { groups, rest } = groupPatterns(walked.map((i) => patternOf(lists[i]?.[0]?.test)));
    for (const group of groups) {
      const members = group.patterns.map((pattern) => lists[walked[pattern] ?? -1] ?? []);
      const labelMasks: bigint[] = Array.from({ length: group.labelCount }, () =>
        maskOf(members.flat().filter((bit) => bit.negated)),
      );
      group.patterns.forEach((pattern, i) => {
        const mask = maskOf(members[i] ?? []);
        for (const label of group.matches[pattern] ?? []) labelMasks[label] = (labelMasks[label] ?? 0n) ^ mask;
      });
      const labels = labelMasks.map((_, label) => label);
      const operand = builder.automaton(group, labels, group.labelCount);
      tests.push({ kind: ELEMENT_TEST_AUTOMATON, operand, boundCount: 0, masks: masks(labelMasks) });
    }
    const sought = [...searched, ...rest.map((i) => walked[i] ?? -1)].map((i) => lists[i] ?? []);
    const found = searching.add(
      sought.map((list) => ({ test: patternOf(list[0]?.test), bits: list.map(({ bit }) => bit) })),
      view.bitWords,
    );
    for (const { bits: answered, ...test } of found) {
      const own = new Set(answered);
      // Each test speaks for its own bits alone: what another sets, none can clear.
      const unmatched = maskOf(sought.flat().filter((bit) => bit.negated && own.has(bit.bit)));
      tests.push({ ...test, masks: masks([unmatched]) });
    }
  }
  if (numbers.length > 0) {
    const bounds = boundsOf(numbers.map((bit) => bit.test));
    tests.push({
      kind: ELEMENT_TEST_NUMBER,
      operand: pools.bounds.intern(bounds),
      boundCount: bounds.length,
      masks: masks(cellMasks(numbers, bounds)),
    });
  }
  if (bools.length > 0) {
    const whenTrue = maskOf(bools.filter((bit) => !bit.negated));
    const whenFalse = maskOf(bools.filter((bit) => bit.negated));
    tests.push({ kind: ELEMENT_TEST_BOOL, operand: 0, boundCount: 0, masks: masks([whenFalse, whenTrue]) });
  }
  return tests;
}

function cellMasks(bits: readonly Bit[], bounds: readonly number[]): bigint[] {
  const cellOf = new Map(bounds.map((bound, i) => [bound, 2 * i + 1]));
  const cellCount = 2 * bounds.length + 1;
  const cells: bigint[] = Array.from({ length: cellCount }, () => maskOf(bits.filter((bit) => bit.negated)));
  for (const bit of bits) {
    const flip = 1n << BigInt(bit.bit);
    const run = orderCells(bit.test, cellOf, cellCount);
    if (run !== null) {
      for (let cell = run[0]; cell < run[1]; cell += 1) cells[cell] = (cells[cell] ?? 0n) ^ flip;
    } else {
      for (const value of equalValues(bit.test)) {
        const cell = cellOf.get(value);
        if (cell !== undefined) cells[cell] = (cells[cell] ?? 0n) ^ flip;
      }
    }
  }
  return cells;
}

function patternOf(test: Test | undefined): PatternTest {
  if (test !== undefined && isPatternTest(test)) return test;
  throw new Error('not a pattern');
}

function maskOf(bits: readonly Bit[]): bigint {
  return bits.reduce((mask, bit) => mask | (1n << BigInt(bit.bit)), 0n);
}

function words(mask: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt.asUintN(64, mask >> BigInt(64 * i)));
}
