// Tables with every kind of table, each used, that load: what tests of `verify.ts` break one field of.

import type { DecisionTables, ViewTable } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as op from '../../wasm-core/contract/opcodes.ts';
import { view } from './helpers.ts';

export type Mutable<T> = T extends readonly (infer E)[]
  ? number extends T['length']
    ? Mutable<E>[]
    : T
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

/** A view of a slot that can be broken. */
function plain(slot: number, kind: number): Mutable<ViewTable> {
  return { ...view(slot, kind), entries: [] };
}

/** Every kind of table, each used. */
export function wholeTables(): Mutable<DecisionTables> {
  const bit = { rule: 0, rank: 0, code: -1, codeWords: 0, residual: 0, maybe: false, takesMay: false, hasTwin: false };
  const partition = { entryClasses: 0, operand: 0, boundCount: 0, cellClasses: 0 };
  const symbols = Array.from({ length: 256 }, (_, byte) => (byte === 0x78 ? 1 : 0));
  return {
    policy: { name: 'whole', version: '0.0.0' },
    algorithm: 'priority',
    nested: [{ parent: 0, algorithm: 'first-match', rank: 3 }],
    defaultEffect: 'deny',
    governedPoints: ['pre_tool_call'],
    closedWorld: false,
    needsTerms: false,
    predictedCost: 1,
    slots: [null, 'text', 'number', 'list', 'flag', 'numbers'].map((name) =>
      name === null ? { path: null } : { path: { root: 'args', segments: [name] } },
    ),
    views: [
      { ...plain(0, codes.VIEW_STRING), entries: ['pay', 'read'] },
      { ...plain(1, codes.VIEW_STRING), entries: ['one', 'three', 'two'] },
      plain(2, codes.VIEW_DOUBLE),
      { ...plain(3, codes.VIEW_LIST_STRING), entries: ['a'], bitWords: 1, testFirst: 0, testCount: 2 },
      plain(4, codes.VIEW_BOOL),
      plain(4, codes.VIEW_PRESENCE),
      { ...plain(5, codes.VIEW_LIST_INT), bitWords: 1, testFirst: 2, testCount: 1 },
    ],
    partitions: [
      { ...partition, view: 0, kind: codes.PARTITION_DICTIONARY, classCount: 6, operand: 4 },
      { ...partition, view: 1, kind: codes.PARTITION_AUTOMATON, classCount: 6 },
      { ...partition, view: 2, kind: codes.PARTITION_NUMBER, classCount: 6, boundCount: 2, cellClasses: 3 },
      { ...partition, view: 3, kind: codes.PARTITION_LIST_BIT, classCount: 6, operand: 1 },
      { ...partition, view: 4, kind: codes.PARTITION_BOOL, classCount: 6 },
      { ...partition, view: 5, kind: codes.PARTITION_PRESENCE, classCount: 5 },
      { ...partition, view: 6, kind: codes.PARTITION_LIST_BIT, classCount: 6, operand: 0 },
      { ...partition, view: 3, kind: codes.PARTITION_LIST_ANY, classCount: 7 },
      { ...partition, view: 6, kind: codes.PARTITION_LIST_ALL, classCount: 6 },
    ],
    elementTests: [
      { kind: codes.ELEMENT_TEST_DICTIONARY, operand: 0, boundCount: 0, masks: 0 },
      { kind: codes.ELEMENT_TEST_AUTOMATON, operand: 1, boundCount: 0, masks: 0 },
      { kind: codes.ELEMENT_TEST_NUMBER, operand: 0, boundCount: 1, masks: 0 },
    ],
    scans: [],
    prefilters: [],
    automatons: [
      {
        backward: false,
        stateCount: 3,
        firstSink: 1,
        symbolCount: 2,
        byteClasses: 0,
        transitions: 8,
        labels: 14,
        labelLimit: 6,
        firstJump: 1,
        jumps: 0,
      },
      {
        backward: true,
        stateCount: 3,
        firstSink: 1,
        symbolCount: 2,
        byteClasses: 0,
        transitions: 8,
        labels: 17,
        labelLimit: 2,
        firstJump: 1,
        jumps: 0,
      },
    ],
    tools: [
      { absentRow: 0, listed: true },
      { absentRow: 1, listed: false },
    ],
    absentRows: [
      [0, 0, 0, 0, 0, 0, 0],
      [0, codes.ABSENT_FIRST_CONSTANT, 1, codes.ABSENT_FIRST_CONSTANT + 1, 1, 1, 1],
    ],
    constants: [{ kind: 'string', value: 'one' }, { kind: 'empty-list' }, { kind: 'bool', value: true }],
    roots: [-1, -1, -1, -1, 0, -1, -1, -1],
    nodes: [
      { kind: 'key', level: 0, next: 1, partition: 0, table: 0, entryCount: 6, dense: true },
      { kind: 'key', level: 0, next: -1, partition: 1, table: 6, entryCount: 2, dense: false },
      { kind: 'cluster', level: 1, next: 3, columnFirst: 0, columnCount: 5, bitFirst: 0, bitCount: 2 },
      { kind: 'cluster', level: 1, next: -1, columnFirst: 0, columnCount: 0, bitFirst: 1, bitCount: 1 },
    ],
    columns: [
      { partition: 2, map: 20, runCount: 0, rowFirst: 0, rowCount: 2 },
      { partition: 5, map: 20, runCount: 0, rowFirst: 0, rowCount: 2 },
      { partition: 7, map: 19, runCount: 0, rowFirst: 0, rowCount: 2 },
      { partition: 8, map: 20, runCount: 0, rowFirst: 0, rowCount: 2 },
      { partition: 0, map: 26, runCount: 2, rowFirst: 0, rowCount: 2 },
    ],
    bits: [
      { ...bit, code: 0, codeWords: 5 },
      { ...bit, maybe: true, takesMay: true, code: 5, codeWords: 15, residual: 1 },
    ],
    rules: [
      {
        id: 'rule',
        policy: 0,
        effect: 'deny',
        reason: null,
        advice: null,
        approvers: [],
        operations: [],
        place: { path: 'whole.policy.yaml', line: 1, column: 1 },
        reads: [1, 2 | layout.READ_ONLY_MISSING],
      },
    ],
    code: [
      [op.OP_VIEW, 1, op.OP_CONSTANT, 0, op.OP_COMPARE],
      [op.OP_VIEW, 4, op.OP_TEST, op.OP_CLASS, 1, 256, op.OP_AND],
      [op.OP_QUANTIFY, 3, 4, op.OP_ELEMENT, op.OP_CONSTANT, 0, op.OP_TEXT, op.OP_OR],
    ].flat(),
    words: [0, 0, 0, 0, 3, 0, 4, 3, 5, 4],
    halves: [
      [4, 5, 4], // classes of entries
      [4, 5, 4, 5, 4], // of cells
      [1, 2, 1, 1, 2, 2], // transitions of both automatons
      [4, 4, 5], // labels of the first
      [0, 0, 1], // of the second
      [1, 0, 1, 0, 1, 1], // maps
      [0, 0, 5, 1], // runs
    ].flat(),
    bytes: [...symbols, 0, 1, 2, 3, 0, 0],
    bounds: [1, 2],
    masks: [1n, 2n, 3n],
    rows: [
      [3, 0, 0, 0],
      [1, 0, 0, 0],
    ].flat(),
  };
}

export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}
