// Decision tables for the artifact tests: one written by hand that decides, and arbitrary ones that only have the right shape.

import fc from 'fast-check';
import { type Algorithm, type Point, pathText } from '../../compiler/check/typed.ts';
import type { DecisionTables, NodeTable, OperationTable } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';

const NO_RULE_PLACE = { path: 'small.policy.yaml', line: 1, column: 1 };

/**
 * deny-overrides over two tools and `args.amount`: rule 0 allows `pay`, rule 1 denies `pay` above 1,000, both under one key on
 * the tool; for every other tool the default.
 */
export function smallTables(): DecisionTables {
  const unknown = [0, 0, 0, 1]; // local rows of MISSING, NULL, WRONG_TYPE, INAPPLICABLE
  return {
    policy: { name: 'small', version: '1.2.3' },
    algorithm: 'deny-overrides',
    nested: [],
    defaultEffect: 'escalate',
    governedPoints: ['pre_tool_call'],
    closedWorld: true,
    needsTerms: false,
    predictedCost: 7,
    slots: [{ path: null }, { path: { root: 'args', segments: ['amount'] } }],
    views: [
      { slot: 0, kind: codes.VIEW_STRING, entries: ['pay', 'read'], bitWords: 0, testFirst: 0, testCount: 0 },
      { slot: 1, kind: codes.VIEW_INT, entries: [], bitWords: 0, testFirst: 0, testCount: 0 },
    ],
    partitions: [
      {
        view: 0,
        kind: codes.PARTITION_DICTIONARY,
        classCount: 6,
        entryClasses: 0,
        operand: 4,
        boundCount: 0,
        cellClasses: 0,
      },
      {
        view: 1,
        kind: codes.PARTITION_NUMBER,
        classCount: 6,
        entryClasses: 0,
        operand: 0,
        boundCount: 1,
        cellClasses: 2,
      },
    ],
    elementTests: [],
    automatons: [],
    scans: [],
    prefilters: [],
    tools: [
      { absentRow: 1, listed: true },
      { absentRow: 2, listed: true },
    ],
    absentRows: [
      [0, 0],
      [0, 0],
      [0, 1],
    ],
    constants: [],
    roots: [-1, -1, -1, -1, 0, -1, -1, -1],
    nodes: [
      { kind: 'key', level: 0, next: -1, partition: 0, table: 0, entryCount: 1, dense: false },
      { kind: 'cluster', level: 1, next: -1, columnFirst: 0, columnCount: 1, bitFirst: 0, bitCount: 3 },
    ],
    columns: [{ partition: 1, map: 5, runCount: 0, rowFirst: 0, rowCount: 4 }],
    bits: [
      { rule: 0, rank: 0, code: -1, codeWords: 0, residual: 0, maybe: false, takesMay: false, hasTwin: false },
      { rule: 1, rank: 0, code: -1, codeWords: 0, residual: 0, maybe: false, takesMay: false, hasTwin: false },
      { rule: 1, rank: 0, code: -1, codeWords: 0, residual: 0, maybe: true, takesMay: true, hasTwin: false },
    ],
    rules: [
      {
        id: 'payments',
        policy: 0,
        effect: 'allow',
        reason: null,
        advice: null,
        approvers: [],
        operations: [],
        place: NO_RULE_PLACE,
        reads: [],
      },
      {
        id: 'cap',
        policy: 0,
        effect: 'deny',
        reason: 'too much at once',
        advice: 'split the payment',
        approvers: [],
        operations: [],
        place: { ...NO_RULE_PLACE, line: 9 },
        reads: [1],
      },
    ],
    code: [],
    words: [5, 2],
    // Classes of the two entries; classes of the three cells (below, at, above 1,000); rows of the six classes of args.amount.
    halves: [5, 4, 4, 4, 5, ...unknown, 2, 3],
    bytes: [],
    bounds: [1000],
    masks: [],
    rows: [
      ...[0b101, 0, 0, 0], // unknown: the cap may hold
      ...[0b001, 0, 0, 0], // inapplicable
      ...[0b001, 0, 0, 0], // at most 1,000
      ...[0b111, 0, 0, 0], // more
    ],
  };
}

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const index = fc.integer({ min: -1, max: 100_000 });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const effect = fc.constantFrom('deny', 'escalate', 'transform', 'warn', 'allow');

const node: fc.Arbitrary<NodeTable> = fc.oneof(
  fc.record({
    kind: fc.constant<'key'>('key'),
    level: u32,
    next: index,
    partition: u32,
    table: u32,
    entryCount: u32,
    dense: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant<'cluster'>('cluster'),
    level: u32,
    next: index,
    columnFirst: u32,
    columnCount: u32,
    bitFirst: u32,
    bitCount: u32,
  }),
);

const segments = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1, maxLength: 3 });
const path = fc.oneof(
  fc.record({ root: fc.constantFrom('principal', 'args', 'context', 'result', 'message', 'output'), segments }),
  fc.record({ root: fc.constantFrom('result', 'message', 'output'), segments: fc.constant([]) }),
);

const target = fc.record({
  root: fc.constantFrom('args', 'result', 'message', 'output'),
  segments: fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 3 }),
});
const operation: fc.Arbitrary<OperationTable> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('set', 'remove', 'clamp'),
    target,
    detail: fc.option(text),
    program: fc.constant([]),
  }),
  fc.record({
    kind: fc.constant('redact'),
    target,
    detail: text,
    program: fc.array(u32, { minLength: 1, maxLength: 9 }),
  }),
);

/** Distinct texts in the order of their UTF-8 bytes. */
const dictionary = fc
  .uniqueArray(text, { maxLength: 20 })
  .map((texts) => texts.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));

const i32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const algorithm = fc.constantFrom<Algorithm>(
  'deny-overrides',
  'allow-overrides',
  'first-match',
  'priority',
  'most-specific',
  'only-one',
);

const shape = fc.record({
  policy: fc.record({ name: text, version: text }),
  algorithm,
  nested: fc.array(fc.record({ parent: u32, algorithm, rank: i32 }), { maxLength: 3 }),
  defaultEffect: effect,
  governedPoints: fc.subarray<Point>([
    'agent_startup',
    'input',
    'pre_model_call',
    'post_model_call',
    'pre_tool_call',
    'post_tool_call',
    'output',
    'agent_shutdown',
  ]),
  closedWorld: fc.boolean(),
  needsTerms: fc.boolean(),
  predictedCost: u32,
  paths: fc.uniqueArray(path, { maxLength: 4, selector: pathText }),
  dictionaries: fc.array(dictionary, { minLength: 1, maxLength: 4 }),
  view: fc.record({ slot: u32, kind: u32, bitWords: u32, testFirst: u32, testCount: u32 }),
  partitions: fc.array(
    fc.record({
      view: u32,
      kind: u32,
      classCount: u32,
      entryClasses: u32,
      operand: u32,
      boundCount: u32,
      cellClasses: u32,
    }),
    { maxLength: 3 },
  ),
  elementTests: fc.array(fc.record({ kind: u32, operand: u32, boundCount: u32, masks: u32 }), { maxLength: 3 }),
  automatons: fc.array(
    fc.record({
      backward: fc.boolean(),
      stateCount: u32,
      firstSink: u32,
      symbolCount: u32,
      byteClasses: u32,
      transitions: u32,
      labels: u32,
      labelLimit: u32,
      firstJump: u32,
      jumps: u32,
    }),
    { maxLength: 3 },
  ),
  scans: fc.array(
    fc.record({
      alphabet: u32,
      classCount: u32,
      wordCount: u32,
      kinds: u32,
      words: u32,
      masks: u32,
      moves: u32,
      moveMasks: u32,
      moveCount: u32,
      starts: u32,
      startList: u32,
      ends: u32,
      endMasks: u32,
      endCount: u32,
      bitLimit: u32,
      startCount: u32,
    }),
    { maxLength: 3 },
  ),
  prefilters: fc.array(
    fc.record({
      hitWords: u32,
      initial: u32,
      hasFingerprints: fc.boolean(),
      fingerprints: u32,
      hashBits: u32,
      runs: u32,
      list: u32,
      listCount: u32,
      literals: u32,
      literalCount: u32,
    }),
    { maxLength: 3 },
  ),
  tool: fc.record({ absentRow: u32, listed: fc.boolean() }),
  absent: fc.array(u32, { minLength: 1, maxLength: 3 }),
  constants: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant<'bool'>('bool'), value: fc.boolean() }),
      fc.record({ kind: fc.constant<'int'>('int'), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
      fc.record({ kind: fc.constant<'double'>('double'), value: fc.double({ noNaN: true }) }),
      fc.record({ kind: fc.constant<'string'>('string'), value: text }),
      fc.record({ kind: fc.constant<'empty-list'>('empty-list') }),
    ),
    { maxLength: 6 },
  ),
  roots: fc.array(index, { minLength: codes.POINT_COUNT, maxLength: codes.POINT_COUNT }),
  nodes: fc.array(node, { maxLength: 4 }),
  columns: fc.array(fc.record({ partition: u32, map: u32, runCount: u32, rowFirst: u32, rowCount: u32 }), {
    maxLength: 4,
  }),
  bits: fc.array(
    fc.record({
      rule: u32,
      rank: i32,
      code: index,
      codeWords: u32,
      residual: u32,
      maybe: fc.boolean(),
      takesMay: fc.boolean(),
      hasTwin: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  rules: fc.array(
    fc.record({
      id: text,
      policy: u32,
      effect,
      reason: fc.option(text),
      advice: fc.option(text),
      approvers: fc.array(text, { maxLength: 3 }),
      operations: fc.array(operation, { maxLength: 3 }),
      place: fc.record({
        path: text,
        line: fc.integer({ min: 1, max: 1e6 }),
        column: fc.integer({ min: 1, max: 1e6 }),
      }),
      reads: fc.array(u32, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
  code: fc.array(u32, { maxLength: 8 }),
  words: fc.array(u32, { maxLength: 8 }),
  halves: fc.array(u16, { maxLength: 8 }),
  bytes: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 }),
  bounds: fc.array(fc.double({ noNaN: true }), { maxLength: 8 }),
  masks: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 8 }),
  rows: fc.array(fc.tuple(u32, u32, u32, u32), { maxLength: 4 }).map((rows) => rows.flat()),
});

/** Tables of the right shape whose numbers mean nothing: what encode and decode must carry, whatever it says. */
export const arbitraryTables: fc.Arbitrary<DecisionTables> = shape.map(
  ({ paths, dictionaries, view, tool, absent, ...rest }) => ({
    ...rest,
    slots: [{ path: null }, ...paths.map((p) => ({ path: p }))],
    views: dictionaries.map((entries) => ({ ...view, entries })),
    tools: (dictionaries[0] ?? []).map(() => tool),
    absentRows: absent.map((first) => dictionaries.map((_, i) => (first + i) >>> 0)),
  }),
);
