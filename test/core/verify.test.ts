// What `load` refuses: one test per rule of FORMAT.md 8, each breaking exactly that field of tables that load.

import { describe, expect, test } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import type { DecisionTables, ViewTable } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as limits from '../../wasm-core/contract/limits.ts';
import * as op from '../../wasm-core/contract/opcodes.ts';
import { areBuilt, cores, view } from './helpers.ts';

type Mutable<T> = T extends readonly (infer E)[]
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
function wholeTables(): Mutable<DecisionTables> {
  const bit = { rule: 0, rank: 0, code: -1, codeWords: 0, residual: 0, maybe: false, takesMay: false };
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
      [3n, 0n],
      [1n, 0n],
    ],
  };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

/** Statuses of both builds; handles are given back. */
function load(artifact: Uint8Array): number {
  const statuses = cores.map((core) => {
    const handle = core.load(artifact);
    if (handle >= 0) core.exports.unload(handle);
    return Math.min(handle, 0);
  });
  if (new Set(statuses).size > 1) throw new Error(`builds differ: ${statuses.join()}`);
  return Math.abs(at(statuses, 0));
}

interface Break {
  readonly clause: string;
  readonly what: string;
  readonly how: (tables: Mutable<DecisionTables>) => void;
}

const END = 1000;
const breaks: readonly Break[] = [
  { clause: '8.3', what: 'a root that is no node', how: (t) => t.roots.splice(0, 1, 4) },
  { clause: '8.10', what: 'a rule of no policy', how: (t) => Object.assign(at(t.rules, 0), { policy: 2 }) },
  {
    clause: '8.10',
    what: 'a policy that is its own parent',
    how: (t) => Object.assign(at(t.nested, 0), { parent: 1 }),
  },
  { clause: '8.4', what: 'no states', how: (t) => Object.assign(at(t.automatons, 0), { stateCount: 0 }) },
  { clause: '8.4', what: 'too many states', how: (t) => Object.assign(at(t.automatons, 0), { stateCount: 65536 }) },
  { clause: '8.4', what: 'no symbols', how: (t) => Object.assign(at(t.automatons, 0), { symbolCount: 0 }) },
  { clause: '8.4', what: 'too many symbols', how: (t) => Object.assign(at(t.automatons, 0), { symbolCount: 257 }) },
  {
    clause: '8.4',
    what: 'byte classes outside the pool',
    how: (t) => Object.assign(at(t.automatons, 0), { byteClasses: END }),
  },
  { clause: '8.4', what: 'a byte without a symbol', how: (t) => t.bytes.splice(7, 1, 2) },
  { clause: '8.4', what: 'a transition to no state', how: (t) => t.halves.splice(8, 1, 3) },
  {
    clause: '8.4',
    what: 'transitions outside the pool',
    how: (t) => Object.assign(at(t.automatons, 0), { transitions: 0xfffffffe }),
  },
  { clause: '8.4', what: 'a sink that can be left', how: (t) => t.halves.splice(10, 1, 2) },
  {
    clause: '8.4',
    what: 'a first sink beyond the states',
    how: (t) => Object.assign(at(t.automatons, 0), { firstSink: 4 }),
  },
  { clause: '8.4', what: 'a label at the limit', how: (t) => Object.assign(at(t.automatons, 1), { labelLimit: 1 }) },
  { clause: '8.4', what: 'labels outside the pool', how: (t) => Object.assign(at(t.automatons, 0), { labels: END }) },
  { clause: '8.6', what: 'view 0 of another slot', how: (t) => Object.assign(at(t.views, 0), { slot: 1 }) },
  {
    clause: '8.6',
    what: 'view 0 of another kind',
    how: (t) => Object.assign(at(t.views, 0), { kind: codes.VIEW_ENUM }),
  },
  { clause: '8.6', what: 'a view of no slot', how: (t) => Object.assign(at(t.views, 2), { slot: 6 }) },
  { clause: '8.6', what: 'a view of no kind', how: (t) => Object.assign(at(t.views, 5), { kind: 15 }) },
  { clause: '8.6', what: 'a dictionary of numbers', how: (t) => Object.assign(at(t.views, 2), { entries: ['1'] }) },
  { clause: '8.7', what: 'bits of a scalar', how: (t) => Object.assign(at(t.views, 2), { bitWords: 1 }) },
  { clause: '8.7', what: 'tests of a scalar', how: (t) => Object.assign(at(t.views, 2), { testCount: 1 }) },
  { clause: '8.7', what: 'tests outside their section', how: (t) => Object.assign(at(t.views, 3), { testFirst: 2 }) },
  { clause: '8.7', what: 'a test of no kind', how: (t) => Object.assign(at(t.elementTests, 0), { kind: 4 }) },
  {
    clause: '8.7',
    what: 'a bool test of texts',
    how: (t) => Object.assign(at(t.elementTests, 0), { kind: codes.ELEMENT_TEST_BOOL }),
  },
  {
    clause: '8.7',
    what: 'a text test of ints',
    how: (t) => Object.assign(at(t.elementTests, 2), { kind: codes.ELEMENT_TEST_DICTIONARY }),
  },
  { clause: '8.7', what: 'a test by no automaton', how: (t) => Object.assign(at(t.elementTests, 1), { operand: 2 }) },
  { clause: '8.7', what: 'no mask for a miss', how: (t) => Object.assign(at(t.elementTests, 0), { masks: 2 }) },
  { clause: '8.7', what: 'no mask for a label', how: (t) => Object.assign(at(t.elementTests, 1), { masks: 2 }) },
  { clause: '8.7', what: 'no mask for a cell', how: (t) => Object.assign(at(t.elementTests, 2), { masks: 1 }) },
  {
    clause: '8.7',
    what: 'masks whose words wrap',
    how: (t) => Object.assign(at(t.views, 3), { bitWords: 0x80000000 }),
  },
  { clause: '8.7', what: 'more words than masks', how: (t) => Object.assign(at(t.views, 3), { bitWords: 3 }) },
  { clause: '8.7', what: 'bounds outside the pool', how: (t) => Object.assign(at(t.elementTests, 2), { operand: 2 }) },
  { clause: '8.8', what: 'a partition of no view', how: (t) => Object.assign(at(t.partitions, 0), { view: 7 }) },
  { clause: '8.8', what: 'a partition of no kind', how: (t) => Object.assign(at(t.partitions, 0), { kind: 8 }) },
  {
    clause: '8.8',
    what: 'a number partition of texts',
    how: (t) => Object.assign(at(t.partitions, 0), { kind: codes.PARTITION_NUMBER }),
  },
  {
    clause: '8.8',
    what: 'a dictionary partition of numbers',
    how: (t) => Object.assign(at(t.partitions, 2), { kind: codes.PARTITION_DICTIONARY, operand: 4 }),
  },
  {
    clause: '8.8',
    what: 'a bool partition of presence',
    how: (t) => Object.assign(at(t.partitions, 5), { kind: codes.PARTITION_BOOL }),
  },
  { clause: '8.8', what: 'too few classes', how: (t) => Object.assign(at(t.partitions, 5), { classCount: 4 }) },
  { clause: '8.8', what: 'too many classes', how: (t) => Object.assign(at(t.partitions, 4), { classCount: 65537 }) },
  { clause: '8.8', what: 'a miss outside the classes', how: (t) => Object.assign(at(t.partitions, 0), { operand: 6 }) },
  {
    clause: '8.8',
    what: 'a miss that is not its own class',
    how: (t) => Object.assign(at(t.partitions, 0), { operand: codes.CLASS_INAPPLICABLE }),
  },
  {
    clause: '8.8',
    what: 'an entry outside the classes',
    how: (t) => Object.assign(at(t.partitions, 1), { entryClasses: 23 }),
  },
  { clause: '8.8', what: 'an entry that is not its own class', how: (t) => t.halves.splice(0, 1, codes.CLASS_MISSING) },
  {
    clause: '8.8',
    what: 'a label that is not its own class',
    how: (t) => Object.assign(at(t.partitions, 1), { operand: 1 }),
  },
  { clause: '8.8', what: 'no automaton', how: (t) => Object.assign(at(t.partitions, 1), { operand: 2 }) },
  { clause: '8.8', what: 'bounds that do not ascend', how: (t) => t.bounds.reverse() },
  { clause: '8.8', what: 'a bound that is NaN', how: (t) => t.bounds.splice(1, 1, Number.NaN) },
  {
    clause: '8.8',
    what: 'more bounds than there are',
    how: (t) => Object.assign(at(t.partitions, 2), { boundCount: 3 }),
  },
  {
    clause: '8.8',
    what: 'cells outside the pool',
    how: (t) => Object.assign(at(t.partitions, 2), { cellClasses: 23 }),
  },
  {
    clause: '8.8',
    what: 'a list bit outside the words',
    how: (t) => Object.assign(at(t.partitions, 3), { operand: 64 }),
  },
  { clause: '8.9', what: 'a tool with no absent row', how: (t) => Object.assign(at(t.tools, 1), { absentRow: 2 }) },
  { clause: '8.9', what: 'an absent tool with a stand-in', how: (t) => at(t.absentRows, 1).splice(0, 1, 2) },
  {
    clause: '8.9',
    what: 'an absent number that is a text',
    how: (t) => at(t.absentRows, 1).splice(2, 1, codes.ABSENT_FIRST_CONSTANT),
  },
  {
    clause: '8.9',
    what: 'presence with a stand-in',
    how: (t) => at(t.absentRows, 1).splice(5, 1, codes.ABSENT_FIRST_CONSTANT + 2),
  },
  {
    clause: '8.9',
    what: 'no such constant',
    how: (t) => at(t.absentRows, 1).splice(1, 1, codes.ABSENT_FIRST_CONSTANT + 3),
  },
  { clause: '8.10', what: 'a read of no view', how: (t) => at(t.rules, 0).reads.push(7) },
  { clause: '8.10', what: 'a bit of no rule', how: (t) => Object.assign(at(t.bits, 1), { rule: 1 }) },
  {
    clause: '8.10',
    what: 'a residual number that is too high',
    how: (t) => Object.assign(at(t.bits, 1), { residual: 2 }),
  },
  {
    clause: '8.10',
    what: 'one residual number for two pieces',
    how: (t) => Object.assign(at(t.bits, 1), { residual: 0 }),
  },
  {
    clause: '8.10',
    what: 'pieces longer than the section',
    how: (t) => Object.assign(at(t.bits, 1), { code: 0, codeWords: 20 }),
  },
  { clause: '8.11', what: 'code outside the section', how: (t) => Object.assign(at(t.bits, 1), { code: 6 }) },
  { clause: '8.11', what: 'an unknown instruction', how: (t) => t.code.splice(4, 1, 22) },
  { clause: '8.11', what: 'an unknown comparison', how: (t) => t.code.splice(4, 1, op.OP_COMPARE | (5 << 8)) },
  { clause: '8.11', what: 'an operand cut off', how: (t) => Object.assign(at(t.bits, 0), { codeWords: 3 }) },
  { clause: '8.11', what: 'a value left over', how: (t) => Object.assign(at(t.bits, 0), { codeWords: 4 }) },
  { clause: '8.11', what: 'no truth left', how: (t) => Object.assign(at(t.bits, 0), { codeWords: 0 }) },
  { clause: '8.11', what: 'a stack that runs dry', how: (t) => t.code.splice(2, 2, op.OP_NEGATE, op.OP_NEGATE) },
  { clause: '8.11', what: 'no such view', how: (t) => t.code.splice(1, 1, 7) },
  { clause: '8.11', what: 'a list as a value', how: (t) => t.code.splice(1, 1, 3) },
  { clause: '8.11', what: 'presence as a value', how: (t) => t.code.splice(1, 1, 5) },
  { clause: '8.11', what: 'no such constant', how: (t) => t.code.splice(3, 1, 3) },
  { clause: '8.11', what: 'an empty list as a value', how: (t) => t.code.splice(3, 1, 1) },
  { clause: '8.11', what: 'no such partition', how: (t) => t.code.splice(9, 1, 7) },
  { clause: '8.11', what: 'a class table outside the pool', how: (t) => t.code.splice(10, 1, END) },
  { clause: '8.11', what: 'a quantifier over a scalar', how: (t) => t.code.splice(13, 1, 1) },
  { clause: '8.11', what: 'a body longer than the code', how: (t) => t.code.splice(14, 1, 6) },
  {
    clause: '8.11',
    what: 'a body that takes from below',
    how: (t) => t.code.splice(15, 4, op.OP_TRUTH, op.OP_TRUTH, op.OP_AND, op.OP_AND),
  },
  {
    clause: '8.11',
    what: 'an element outside a body',
    how: (t) => t.code.splice(0, 4, op.OP_ELEMENT, op.OP_NEGATE, op.OP_ELEMENT, op.OP_NEGATE),
  },
  {
    clause: '8.12',
    what: 'too many levels',
    how: (t) => t.nodes.forEach((node) => Object.assign(node, { level: node.level + 15 })),
  },
  { clause: '8.12', what: 'a successor before its node', how: (t) => Object.assign(at(t.nodes, 1), { next: 0 }) },
  { clause: '8.12', what: 'a node that follows itself', how: (t) => Object.assign(at(t.nodes, 1), { next: 1 }) },
  { clause: '8.12', what: 'a successor of another level', how: (t) => Object.assign(at(t.nodes, 1), { next: 2 }) },
  { clause: '8.12', what: 'a child of the same level', how: (t) => t.words.splice(4, 1, 2) },
  { clause: '8.12', what: 'a child that is no node', how: (t) => t.words.splice(4, 1, 5) },
  { clause: '8.12', what: 'a key by no partition', how: (t) => Object.assign(at(t.nodes, 0), { partition: 9 }) },
  {
    clause: '8.12',
    what: 'a dense table of another size',
    how: (t) => Object.assign(at(t.nodes, 0), { entryCount: 5 }),
  },
  { clause: '8.12', what: 'a table outside the pool', how: (t) => Object.assign(at(t.nodes, 1), { table: 7 }) },
  { clause: '8.12', what: 'keys that do not ascend', how: (t) => t.words.splice(6, 3, 5, 3, 4) },
  { clause: '8.12', what: 'a key that is no class', how: (t) => t.words.splice(8, 1, 6) },
  {
    clause: '8.12',
    what: 'columns outside their section',
    how: (t) => Object.assign(at(t.nodes, 2), { columnFirst: 1 }),
  },
  { clause: '8.12', what: 'bits outside their section', how: (t) => Object.assign(at(t.nodes, 2), { bitFirst: 1 }) },
  { clause: '8.12', what: 'a cluster without bits', how: (t) => Object.assign(at(t.nodes, 3), { bitCount: 0 }) },
  { clause: '8.12', what: 'a column by no partition', how: (t) => Object.assign(at(t.columns, 0), { partition: 9 }) },
  { clause: '8.12', what: 'a map outside the pool', how: (t) => Object.assign(at(t.columns, 0), { map: END }) },
  { clause: '8.12', what: 'a class that maps to no row', how: (t) => Object.assign(at(t.columns, 0), { rowCount: 1 }) },
  { clause: '8.12', what: 'rows outside the pool', how: (t) => Object.assign(at(t.columns, 0), { rowFirst: 1 }) },
  {
    clause: '8.8',
    what: 'a list any partition of scalars',
    how: (t) => Object.assign(at(t.partitions, 4), { kind: codes.PARTITION_LIST_ANY }),
  },
  {
    clause: '8.8',
    what: 'a list any partition of more bits than the view has',
    how: (t) => Object.assign(at(t.partitions, 7), { classCount: 70 }),
  },
  {
    clause: '8.8',
    what: 'a list all partition of more bits than the view has',
    how: (t) => Object.assign(at(t.partitions, 8), { classCount: 70 }),
  },
  { clause: '8.11', what: 'a class of a list that has several', how: (t) => t.code.splice(9, 1, 8) },
  {
    clause: '8.12',
    what: 'a key by several classes',
    how: (t) => Object.assign(at(t.nodes, 0), { partition: 8 }),
  },
  {
    clause: '8.12',
    what: 'a class of a list that maps to no row',
    how: (t) => Object.assign(at(t.columns, 2), { map: 0 }),
  },
  { clause: '8.12', what: 'runs outside the pool', how: (t) => Object.assign(at(t.columns, 4), { runCount: 3 }) },
  { clause: '8.12', what: 'runs that do not begin with class 0', how: (t) => t.halves.splice(26, 1, 1) },
  { clause: '8.12', what: 'runs that do not ascend', how: (t) => t.halves.splice(28, 1, 0) },
  { clause: '8.12', what: 'a run of no class', how: (t) => t.halves.splice(28, 1, 6) },
  { clause: '8.12', what: 'a run of no row', how: (t) => t.halves.splice(29, 1, 2) },
  {
    clause: '8.12',
    what: 'runs of a list that has several classes',
    how: (t) => Object.assign(at(t.columns, 2), { map: 26, runCount: 2 }),
  },
  {
    clause: '8.12',
    what: 'more rows than 2^32 / 16',
    how: (t) => Object.assign(at(t.columns, 0), { rowCount: 0x10000002 }),
  },
];

describe.skipIf(!areBuilt)('load', () => {
  test('accepts the tables that the breaks below start from', () => {
    expect(load(encode(wholeTables()))).toBe(codes.STATUS_OK);
  });

  test.each(breaks)('refuses $what (FORMAT.md $clause)', ({ how }) => {
    const tables = wholeTables();
    how(tables);
    expect(load(encode(tables))).toBe(codes.STATUS_ARTIFACT_INVALID);
  });

  test('refuses an unknown version or flag as unsupported (FORMAT.md 8.1)', () => {
    for (const field of [layout.HEADER_FORMAT_VERSION, layout.HEADER_FLAGS]) {
      const artifact = encode(wholeTables());
      const header = new DataView(artifact.buffer, vectorOffset(artifact, layout.HEADER_FIELD));
      header.setUint32(field, 2, true);
      expect(load(artifact)).toBe(codes.STATUS_ARTIFACT_UNSUPPORTED);
    }
  });

  test.each([
    { name: 'algorithm', field: layout.HEADER_ALGORITHM, value: 7 },
    { name: 'default effect', field: layout.HEADER_DEFAULT_EFFECT, value: 2 },
    { name: 'governed points', field: layout.HEADER_GOVERNED_POINTS, value: 256 },
    { name: 'closed world', field: layout.HEADER_CLOSED_WORLD, value: 2 },
    { name: 'absent rows', field: layout.HEADER_ABSENT_ROWS, value: 0 },
    { name: 'absent rows that wrap', field: layout.HEADER_ABSENT_ROWS, value: 0x80000002 },
  ])('refuses a header with another $name (FORMAT.md 8.3)', ({ field, value }) => {
    const artifact = encode(wholeTables());
    new DataView(artifact.buffer, vectorOffset(artifact, layout.HEADER_FIELD)).setUint32(field, value, true);
    expect(load(artifact)).toBe(codes.STATUS_ARTIFACT_INVALID);
  });

  test('refuses a nested policy of no algorithm, and more policies than there may be (FORMAT.md 8.2, 8.10)', () => {
    const artifact = encode(wholeTables());
    const nested = new DataView(artifact.buffer, vectorOffset(artifact, layout.NESTED_SECTION));
    nested.setUint32(layout.NESTED_ALGORITHM, 6, true);
    expect(load(artifact)).toBe(codes.STATUS_ARTIFACT_INVALID);
    const tables = wholeTables();
    tables.nested = Array.from({ length: limits.MAX_POLICIES - 1 }, () => at(tables.nested, 0));
    expect(load(encode(tables))).toBe(codes.STATUS_OK);
    tables.nested.push(at(tables.nested, 0));
    expect(load(encode(tables))).toBe(codes.STATUS_ARTIFACT_UNSUPPORTED);
  });

  test('refuses nodes whose sharing makes a walk exponential (FORMAT.md 8.13)', () => {
    const tables = wholeTables();
    // Level by level two keys in a row, both leading to the same two below: 2^15 walks with 31 nodes, times a dear cluster.
    const wide = 127 * 128;
    tables.nodes = [];
    for (let level = 0; level < limits.MAX_NODE_LEVELS - 1; level += 1) {
      for (const next of [level * 2 + 1, -1]) {
        tables.nodes.push({ kind: 'key', level, next, partition: 4, table: level * 6, entryCount: 6, dense: true });
      }
    }
    tables.nodes.push({
      kind: 'cluster',
      level: limits.MAX_NODE_LEVELS - 1,
      next: -1,
      columnFirst: 0,
      columnCount: 0,
      bitFirst: 0,
      bitCount: wide,
    });
    tables.words = tables.nodes.flatMap((_, level) => Array<number>(6).fill(level * 2 + 3));
    tables.words = tables.words.slice(0, 6 * (limits.MAX_NODE_LEVELS - 1));
    tables.bits = Array.from({ length: wide }, () => ({ ...at(tables.bits, 0), code: -1, codeWords: 0 }));
    const artifact = encode(tables);
    expect(load(artifact)).toBe(codes.STATUS_ARTIFACT_INVALID);
    // Without the second key of each pair there is one walk.
    for (const node of tables.nodes) node.next = -1;
    expect(load(encode(tables))).toBe(codes.STATUS_OK);
  });

  test('takes only the place reserved last, and no more than was reserved (FORMAT.md 7.1)', () => {
    const artifact = encode(wholeTables());
    for (const { exports } of cores) {
      const place = exports.reserve(artifact.length);
      new Uint8Array(exports.memory.buffer).set(artifact, place);
      expect(exports.load(place + 16, artifact.length, 0)).toBe(-codes.STATUS_ARTIFACT_INVALID);
      expect(exports.load(place, artifact.length + 1, 0)).toBe(-codes.STATUS_ARTIFACT_INVALID);
      expect(exports.load(place, artifact.length, limits.MAX_STRING_BYTES_LIMIT + 1)).toBe(-codes.STATUS_HOST_ERROR);
      expect(exports.load(place, artifact.length, 0)).toBe(-codes.STATUS_ARTIFACT_INVALID);
      expect(exports.reserve(0x7fffffff)).toBe(0);
    }
  });
});

/** Where the data of a vector of the root table begins. */
function vectorOffset(artifact: Uint8Array, of: number): number {
  const bytes = new DataView(artifact.buffer);
  const root = bytes.getUint32(0, true);
  const vtable = root - bytes.getInt32(root, true);
  const field = root + bytes.getUint16(vtable + 4 + of * 2, true);
  return field + bytes.getUint32(field, true) + 4;
}
