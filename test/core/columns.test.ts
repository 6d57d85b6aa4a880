// How a column finds its row, on tables written by hand (FORMAT.md 2.11): the folded rows of a list's classes, and runs of classes.
// Every answer is compared with a plain walk over the rules.

import { describe, expect, test } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import type { ColumnTable, DecisionTables } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as request from '../../wasm-core/contract/request.ts';
import type { Staged } from '../artifact/raw-core.ts';
import { areBuilt, cores, residualTables, view } from './helpers.ts';

const ELEMENTS = ['a', 'b', 'c', 'd'];
/** Bits that are classes; "d" sets one more, which no partition counts. */
const CLASS_BITS = 3;
const NO_CODE = { rank: 0, code: -1, codeWords: 0, residual: 0, maybe: false, takesMay: false, hasTwin: false };

/** What one rule asks of the list: an element of each of two sets, and none of a third. 0: nothing. Masks of ELEMENTS. */
interface Asked {
  readonly any: number;
  readonly also: number;
  readonly none: number;
}

const everyRule: readonly Asked[] = Array.from({ length: 512 }, (_, i) => ({
  any: i % 8,
  none: Math.floor(i / 8) % 8,
  also: Math.floor(i / 64),
}));

/** One cluster, a bit per rule; with `toolRuns` also a column of the tool by runs, which lets all pass. */
function listTables(rules: readonly Asked[]): DecisionTables {
  const vectors = Math.ceil(rules.length / 128);
  const rows: number[] = [];
  const halves: number[] = [];
  const addRow = (has: (rule: Asked) => boolean): void => {
    const bits = rules.reduce((sum, rule, i) => (has(rule) ? sum | (1n << BigInt(i)) : sum), 0n);
    for (let word = 0; word < vectors * 4; word += 1) rows.push(Number(BigInt.asUintN(32, bits >> BigInt(word * 32))));
  };
  const column = (
    partition: number,
    reserved: (r: Asked) => boolean,
    has: (r: Asked, c: number) => boolean,
  ): ColumnTable => {
    const rowFirst = rows.length / 4;
    const map = halves.length;
    const classCount = codes.CLASS_ELEMENT_BIT + CLASS_BITS;
    addRow(reserved);
    for (let c = codes.CLASS_FIRST; c < classCount; c += 1) addRow((rule) => has(rule, c));
    for (let c = 0; c < classCount; c += 1) halves.push(Math.max(0, c - codes.CLASS_FIRST + 1));
    return { partition, map, runCount: 0, rowFirst, rowCount: classCount - codes.CLASS_FIRST + 1 };
  };
  const meets = (asked: number, c: number): boolean =>
    asked === 0 || (c >= codes.CLASS_ELEMENT_BIT && ((asked >> (c - codes.CLASS_ELEMENT_BIT)) & 1) === 1);
  const spares = (refused: number, c: number): boolean =>
    c < codes.CLASS_ELEMENT_BIT || ((refused >> (c - codes.CLASS_ELEMENT_BIT)) & 1) === 0;
  const columns = [
    column(
      0,
      (rule) => rule.any === 0,
      (rule, c) => meets(rule.any, c),
    ),
    column(
      1,
      (rule) => rule.none === 0,
      (rule, c) => spares(rule.none, c),
    ),
    column(
      2,
      (rule) => rule.also === 0,
      (rule, c) => meets(rule.also, c),
    ),
  ];
  const base = residualTables({ views: [view(1, codes.VIEW_LIST_STRING)], code: [] });
  const tool = base.rules[0];
  if (tool === undefined) throw new Error('no rule');
  const partition = { view: 1, classCount: codes.CLASS_ELEMENT_BIT + CLASS_BITS, operand: 0 };
  const unused = { entryClasses: 0, boundCount: 0, cellClasses: 0 };
  return {
    ...base,
    views: [
      view(0, codes.VIEW_STRING),
      { ...view(1, codes.VIEW_LIST_STRING), entries: ELEMENTS, bitWords: 1, testFirst: 0, testCount: 1 },
    ],
    partitions: [codes.PARTITION_LIST_ANY, codes.PARTITION_LIST_ALL, codes.PARTITION_LIST_ANY].map((kind) => ({
      ...partition,
      ...unused,
      kind,
    })),
    elementTests: [{ kind: codes.ELEMENT_TEST_DICTIONARY, operand: 0, boundCount: 0, masks: 0 }],
    masks: [...ELEMENTS.map((_, i) => 1n << BigInt(i)), 0n],
    nodes: [
      { kind: 'cluster', level: 0, next: -1, columnFirst: 0, columnCount: 3, bitFirst: 0, bitCount: rules.length },
    ],
    columns,
    bits: rules.map((_, rule) => ({ ...NO_CODE, rule })),
    rules: rules.map((_, i) => ({ ...tool, id: `rule-${i}` })),
    halves,
    rows,
  };
}

function holds({ any, also, none }: Asked, elements: readonly string[]): boolean {
  const meets = (asked: number): boolean => elements.some((e) => ((asked >> ELEMENTS.indexOf(e)) & 1) === 1);
  return (any === 0 || meets(any)) && (also === 0 || meets(also)) && !meets(none);
}

/** Of both builds, which must agree. */
function trueRules(tables: DecisionTables, values: readonly Staged[]): readonly number[] {
  const answers = cores.map((core) => {
    const handle = core.load(encode(tables));
    expect(handle).toBeGreaterThanOrEqual(0);
    const answer = core.decide(handle, values.length, codes.POINT_PRE_TOOL_CALL, values);
    core.exports.unload(handle);
    return answer.rules.map((rule) => (rule & request.RESULT_RULE_MASK) >>> 0);
  });
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] ?? [];
}

describe.skipIf(!areBuilt)('a column of a list', () => {
  const sizes = [
    { what: 'one vector', rules: everyRule.filter((_, i) => i % 5 === 0) },
    { what: 'several vectors', rules: everyRule },
  ];
  test.each(sizes)('ORs or ANDs the rows of all classes the list has, in $what (FORMAT.md 2.11)', ({ rules }) => {
    const tables = listTables(rules);
    for (let mask = 0; mask < 16; mask += 1) {
      const elements = [...ELEMENTS.filter((_, i) => (mask >> i) & 1), 'elsewhere'];
      const expected = rules.flatMap((rule, i) => (holds(rule, elements) ? [i] : []));
      expect(trueRules(tables, ['tool', elements]), elements.join()).toEqual(expected);
    }
  });

  test.each(sizes)('takes the one row of a list that is missing, null or of wrong type, in $what', ({ rules }) => {
    const tables = listTables(rules);
    const free = rules.flatMap(({ any, also, none }, i) => (any + also + none === 0 ? [i] : []));
    for (const value of [undefined, null, 'a', ['a', 1]]) expect(trueRules(tables, ['tool', value])).toEqual(free);
  });
});

describe.skipIf(!areBuilt)('a column of runs', () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 31])('of %i finds the run of every class (FORMAT.md 2.11)', (runCount) => {
    // A number per class: bound i is class 2i + 1 of its own. Run r begins at class 3r; its row has bits r and up to r + 1.
    const boundCount = 50;
    const cellCount = 2 * boundCount + 1;
    const base = residualTables({ views: [view(1, codes.VIEW_INT)], code: [] });
    const [rule] = base.rules;
    if (rule === undefined) throw new Error('no rule');
    const starts = Array.from({ length: runCount }, (_, r) => r * 3);
    const tables: DecisionTables = {
      ...base,
      partitions: [
        {
          view: 1,
          kind: codes.PARTITION_NUMBER,
          classCount: codes.CLASS_FIRST + cellCount,
          operand: 0,
          boundCount,
          cellClasses: 0,
          entryClasses: 0,
        },
      ],
      bounds: Array.from({ length: boundCount }, (_, i) => i),
      nodes: [{ kind: 'cluster', level: 0, next: -1, columnFirst: 0, columnCount: 1, bitFirst: 0, bitCount: runCount }],
      columns: [{ partition: 0, map: cellCount, runCount, rowFirst: 0, rowCount: runCount }],
      bits: starts.map((_, i) => ({ ...NO_CODE, rule: i })),
      rules: starts.map((_, i) => ({ ...rule, id: `rule-${i}` })),
      halves: [
        ...Array.from({ length: cellCount }, (_, cell) => codes.CLASS_FIRST + cell),
        ...starts.flatMap((start, r) => [start, r]),
      ],
      rows: starts.flatMap((_, r) => [0, 1, 2, 3].map((word) => (r >>> 5 === word ? (1 << (r & 31)) >>> 0 : 0))),
    };
    for (let value = -1; value <= boundCount; value += 1) {
      const cell = value < 0 ? 0 : value === boundCount ? 2 * boundCount : 2 * value + 1;
      const run = starts.findLastIndex((start) => start <= codes.CLASS_FIRST + cell);
      expect(trueRules(tables, ['tool', value]), `${value}`).toEqual([run]);
    }
    expect(trueRules(tables, ['tool', undefined])).toEqual([0]);
  });
});
