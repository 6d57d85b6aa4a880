// What `load` of the full core refuses of terms: each test breaks one thing of term code, or of a constant, that loads (FORMAT.md 3.7,
// 8.14). And whatever bits are flipped, in an artifact with terms or in a request with trees, nothing traps.

import { describe, expect, it } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import type { ConstantTable, DecisionTables } from '../../compiler/plan/tables.ts';
import { CoreInstance, load } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as c from '../../wasm-core/contract/terms.ts';
import * as t from '../terms.ts';

const core = new CoreInstance(fullModule());
const CONSTANTS: readonly ConstantTable[] = [
  { kind: 'bool', value: true },
  { kind: 'string', value: 'k' },
  { kind: 'empty-list' },
  { kind: 'zone', before: 0, transitions: [{ second: 1n, offset: 3600 }] },
  { kind: 'timestamp', seconds: 0n, nanos: 0 },
];
const [TRUE, TEXT, EMPTY, ZONE, TIME] = [0, 1, 2, 3, 4];
const YES = [c.TERM_CONSTANT, TRUE];

/** Tables whose only residual is this term code; view 1 is the tree of `args.a`, view 2 its presence. */
function tablesWith(code: readonly number[], constants: readonly ConstantTable[] = CONSTANTS): DecisionTables {
  const tables = t.tablesOf(t.and(t.present('args.a'), t.call('equal', t.attribute('args.a'), t.text('x'))));
  const residual = [c.OP_TERM, code.length, ...code];
  const bits = tables.bits.map((bit) => ({ ...bit, code: 0, codeWords: residual.length }));
  return { ...tables, code: residual, bits, constants, bytes: [0, 0, 2], words: [2, TEXT, TEXT, 1, TRUE] };
}

function statusOf(tables: DecisionTables): number {
  const handle = core.load(encode(tables), 65536) ?? -codes.STATUS_HOST_ERROR;
  if (handle >= 0) core.exports.unload(handle);
  return handle >= 0 ? codes.STATUS_OK : -handle;
}

const a = (op: number, operand: number): number => op | (operand << 8);
const TREE = t.tablesOf(t.attribute('args.a')).views.findIndex(({ kind }) => kind === codes.VIEW_TREE);
const views = tablesWith(YES).views.map(({ kind }) => kind);
const [tree, presence] = [views.indexOf(codes.VIEW_TREE), views.indexOf(codes.VIEW_PRESENCE)];

const sound: Record<string, readonly number[]> = {
  'a constant': YES,
  'an attribute': [c.TERM_ATTRIBUTE, tree],
  'a presence': [c.TERM_PRESENT, presence],
  'a variable after its store': [...YES, c.TERM_STORE, 63, c.TERM_VARIABLE, 63],
  'a list': [...YES, ...YES, c.TERM_LIST, 2, 0],
  'an empty map': [c.TERM_MAP, 0, 0],
  'a call': [...YES, a(c.TERM_CALL, 1), c.FN_NOT],
  'a call of many operands': [...YES, ...YES, ...YES, a(c.TERM_CALL, 3), c.FN_GREATEST],
  'a zone': [c.TERM_CONSTANT, TIME, c.TERM_CONSTANT, ZONE, a(c.TERM_CALL, 2), c.FN_GET_HOURS],
  'a selection': [...YES, a(c.TERM_SELECT, 2), TEXT],
  'a typed value': [...YES, a(c.TERM_TYPED, codes.KIND_STRING), 1],
  'a skip': [...YES, c.TERM_SKIP, 3, ...YES, c.TERM_JOIN],
  'a choice': [...YES, c.TERM_BRANCH, 4, 6, ...YES, c.TERM_JUMP, 2, ...YES],
  'a fold': [...YES, a(c.TERM_FOLD, 3) | (3 << 16), 62, 2, 2, c.TERM_VARIABLE, 62, c.TERM_VARIABLE, 63],
};

const broken: Record<string, readonly number[]> = {
  nothing: [],
  'an unknown instruction': [40],
  'an instruction cut short': [c.TERM_CONSTANT],
  'a jump on its own': [...YES, c.TERM_JUMP, 0],
  'a match without automatons': [...YES, c.TERM_MATCH, 0],
  'two values at the end': [...YES, ...YES],
  'no value at the end': [...YES, c.TERM_STORE, 0],
  'a constant that does not exist': [c.TERM_CONSTANT, 99],
  'the empty list as a value': [c.TERM_CONSTANT, EMPTY],
  'a zone as a value': [c.TERM_CONSTANT, ZONE],
  'a zone before another call': [c.TERM_CONSTANT, TIME, c.TERM_CONSTANT, ZONE, a(c.TERM_CALL, 2), c.FN_EQUAL],
  'a zone before a call of one operand': [c.TERM_CONSTANT, ZONE, a(c.TERM_CALL, 1), c.FN_GET_HOURS],
  'the tree of a presence view': [c.TERM_ATTRIBUTE, presence],
  'the presence of a tree view': [c.TERM_PRESENT, tree],
  'a view that does not exist': [c.TERM_ATTRIBUTE, 99],
  'a variable without a store': [c.TERM_VARIABLE, 0],
  'a variable over the limit': [...YES, c.TERM_STORE, 64, ...YES],
  'a variable stored in a branch only': [
    ...YES,
    c.TERM_SKIP,
    7,
    ...YES,
    c.TERM_STORE,
    0,
    ...YES,
    c.TERM_JOIN,
    c.TERM_STORE,
    1,
    c.TERM_VARIABLE,
    0,
  ],
  'a list of more than there is': [...YES, c.TERM_LIST, 2, 0],
  'a list whose flags lie outside': [...YES, c.TERM_LIST, 1, 999_999],
  'a list with another flag': [...YES, c.TERM_LIST, 1, 2],
  'a map of a key alone': [...YES, c.TERM_MAP, 1, 0],
  'a map of so many that it wraps': [c.TERM_MAP, 0x80000000, 0],
  'a call of more than there is': [...YES, a(c.TERM_CALL, 2), c.FN_EQUAL],
  'a call of too few': [...YES, a(c.TERM_CALL, 1), c.FN_EQUAL],
  'a call of a number between functions that names none': [...YES, ...YES, a(c.TERM_CALL, 2), c.FN_ENDS_WITH + 1],
  'a call of too many': [...YES, ...YES, a(c.TERM_CALL, 2), c.FN_NOT],
  'a function that does not exist': [...YES, a(c.TERM_CALL, 1), 9999],
  'a selection of another kind': [...YES, a(c.TERM_SELECT, 3), TEXT],
  'a selection by a bool': [...YES, c.TERM_SELECT, TRUE],
  'a typed value of kind other': [...YES, a(c.TERM_TYPED, codes.KIND_OTHER), 0],
  'a typed int among texts': [...YES, a(c.TERM_TYPED, c.KIND_INT), 1],
  'a typed text among bools': [...YES, a(c.TERM_TYPED, codes.KIND_STRING), 4],
  'a typed text among words outside': [...YES, a(c.TERM_TYPED, codes.KIND_STRING), 6],
  'a skip of another kind': [...YES, a(c.TERM_SKIP, 2), 3, ...YES, c.TERM_JOIN],
  'a skip with nothing below': [c.TERM_SKIP, 0, ...YES],
  'a skip beyond the end': [...YES, c.TERM_SKIP, 4, ...YES, c.TERM_JOIN],
  'a skip of code that leaves a value more': [...YES, c.TERM_SKIP, 2, ...YES, c.TERM_JOIN],
  'a join of one': [...YES, c.TERM_JOIN],
  'a branch without a jump': [...YES, c.TERM_BRANCH, 4, 6, ...YES, ...YES, ...YES],
  'a branch whose jump leads elsewhere': [...YES, c.TERM_BRANCH, 4, 6, ...YES, c.TERM_JUMP, 3, ...YES],
  'a branch beyond the end': [...YES, c.TERM_BRANCH, 4, 7, ...YES, c.TERM_JUMP, 3, ...YES],
  'a branch that leaves nothing': [...YES, c.TERM_BRANCH, 2, 4, c.TERM_JUMP, 2, ...YES],
  'a fold of nothing': [c.TERM_FOLD, 0, 0, 2, ...YES],
  'a fold of another kind': [...YES, a(c.TERM_FOLD, 8), 0, 0, 2, ...YES],
  'a fold with a filter it does not say': [...YES, c.TERM_FOLD, 0, 2, 2, ...YES, ...YES],
  'a fold without the filter it says': [...YES, c.TERM_FOLD | (2 << 16), 0, 0, 2, ...YES],
  'a fold of a variable over the limit': [...YES, c.TERM_FOLD | (1 << 16), 63, 0, 2, ...YES],
  'a fold whose body leaves nothing': [...YES, c.TERM_FOLD, 0, 0, 0],
  'a fold whose body takes from below': [...YES, ...YES, c.TERM_FOLD, 0, 0, 1, c.TERM_JOIN],
  'a fold beyond the end': [...YES, c.TERM_FOLD, 0, 0, 3, ...YES],
  'a stack over the limit': [...Array.from({ length: 257 }, () => YES).flat(), c.TERM_LIST, 257, 0],
};

describe('load of terms', () => {
  it.each(Object.entries(sound))('accepts %s (FORMAT.md 3.7)', (_, code) => {
    expect(statusOf(tablesWith(code))).toBe(codes.STATUS_OK);
  });

  it.each(Object.entries(broken))('refuses %s (FORMAT.md 8.14)', (_, code) => {
    expect(statusOf(tablesWith(code))).toBe(codes.STATUS_ARTIFACT_INVALID);
  });

  it('refuses regions within regions without end (FORMAT.md 3.7)', () => {
    let code: readonly number[] = YES;
    for (let i = 0; i < 300; i += 1) code = [...YES, c.TERM_SKIP, code.length + 1, ...code, c.TERM_JOIN];
    expect(statusOf(tablesWith(code))).toBe(codes.STATUS_ARTIFACT_INVALID);
  });

  it.each<ConstantTable>([
    { kind: 'timestamp', seconds: 253_402_300_800n, nanos: 0 },
    { kind: 'timestamp', seconds: 0n, nanos: 1_000_000_000 },
    { kind: 'duration', seconds: 9_223_372_037n, nanos: 0 },
    { kind: 'duration', seconds: 9_223_372_036n, nanos: 999_999_999 },
    { kind: 'duration', seconds: 1n, nanos: -1 },
    { kind: 'type', of: 30 },
  ])('refuses a constant out of its range: $kind $seconds $nanos $of (FORMAT.md 8.14)', (constant) => {
    expect(statusOf(tablesWith(YES, [...CONSTANTS, constant]))).toBe(codes.STATUS_ARTIFACT_INVALID);
  });

  it('refuses terms and tree views that the header does not announce (FORMAT.md 2.1)', () => {
    expect(statusOf({ ...tablesWith(YES), needsTerms: false })).toBe(codes.STATUS_ARTIFACT_INVALID);
  });

  it('refuses a term in the body of a quantifier (FORMAT.md 3.6)', () => {
    const tables = tablesWith(YES);
    const list = {
      ...tables.views[TREE],
      kind: codes.VIEW_LIST_BOOL,
      slot: 1,
      entries: [],
      bitWords: 0,
      testFirst: 0,
      testCount: 0,
    };
    const code = [9, tables.views.length, 2 + YES.length, c.OP_TERM, YES.length, ...YES];
    const views = [...tables.views, list];
    const bits = tables.bits.map((bit) => ({ ...bit, codeWords: code.length }));
    const absentRows = tables.absentRows.map((row) => [...row, 0]);
    expect(statusOf({ ...tables, views, absentRows, code, bits })).toBe(codes.STATUS_ARTIFACT_INVALID);
  });
});

/** xorshift32: the same numbers on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const RICH = t.or(
  t.fold('exists', t.attribute('args.a'), 0, t.call('equal', t.select(t.variable(0), 'k'), t.text('deep'))),
  t.fold2('all', t.attribute('context.m'), 0, t.call('contains', t.variable(0), t.call('string', t.variable(1)))),
  t.choose(
    t.present('args.when'),
    t.call(
      'equal',
      t.call(
        'getHours',
        t.typed(t.attribute('args.when'), { kind: 'timestamp' }),
        t.constant({ kind: 'zone', name: '+02:00' }),
      ),
      t.int(3n),
    ),
    t.bind(
      t.list(t.text('a'), t.map([t.text('k'), t.attribute('args.b')])),
      0,
      t.call('in', t.attribute('args.c'), t.variable(0)),
    ),
  ),
);
const REQUEST = {
  tool: 'x',
  args: {
    a: [{ k: 'd' }, { k: 'deep', l: [1, [2n, 'é'.repeat(20)]] }],
    when: new Date(3_600_000),
    b: new Uint8Array([1, 2, 3]),
    c: { k: null },
  },
  context: {
    m: new Map<unknown, unknown>([
      ['12', 2],
      [5n, true],
    ]),
  },
};

describe('terms and trees, broken', () => {
  const cores = [core, new CoreInstance(fullScalarModule())];
  const FLIPS = 4000;

  it(`an artifact with terms and a bit flipped is refused or decides without a trap (${FLIPS} times, seed 77)`, () => {
    const random = randomFrom(77);
    const artifact = t.artifactOf(RICH);
    for (let i = 0; i < FLIPS; i += 1) {
      const flipped = artifact.slice();
      const [at, bit] = [random(flipped.length), random(8)];
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      const statuses = cores.map((one) => {
        const engine = load(flipped, { core: one });
        const { status, decision } = engine.decide(REQUEST);
        engine.dispose();
        return `${status} ${decision}`;
      });
      if (cores.some((one) => one.broken)) throw new Error(`byte ${at}, bit ${bit}: a trap`);
      expect(statuses[0], `byte ${at}, bit ${bit}`).toBe(statuses[1]);
    }
  });

  it(`a request with trees and a bit flipped never traps (${FLIPS} times, seed 78)`, () => {
    const random = randomFrom(78);
    const engines = cores.map((one) => load(t.artifactOf(RICH), { core: one }));
    for (const form of ['positional', 'keyed'] as const) {
      const whole = engines[0]?.encode(REQUEST, { form }) ?? new Uint8Array(0);
      expect(engines[0]?.decideBytes(whole)).toMatchObject({ status: 'ok', rules: ['r'] });
      for (let i = 0; i < FLIPS; i += 1) {
        const flipped = whole.slice(0, random(16) === 0 ? random(whole.length) : whole.length);
        const [at, bit] = [random(flipped.length), random(8)];
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const answers = engines.map((engine) => JSON.stringify(engine.decideBytes(flipped)));
        if (cores.some((one) => one.broken)) throw new Error(`${form}, byte ${at}, bit ${bit}: a trap`);
        expect(answers[0], `${form}, byte ${at}, bit ${bit}`).toBe(answers[1]);
      }
    }
    for (const engine of engines) engine.dispose();
  });

  it('lists and maps that share elements are refused, so that verifying stays linear (FORMAT.md 4.5)', () => {
    const engine = load(t.artifactOf(t.call('equal', t.attribute('args.a'), t.text('x'))), { core });
    const whole = engine.encode({
      tool: 'x',
      args: {
        a: [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
      },
    });
    const view = new DataView(whole.buffer);
    // The elements of the outer list: make both name the same inner elements, which count again then.
    const places = [...whole.keys()].filter(
      (at) =>
        at % 8 === 0 &&
        at + 16 <= whole.length &&
        view.getUint32(at, true) === codes.KIND_LIST &&
        view.getUint32(at + 12, true) === 4,
    );
    expect(places).toHaveLength(2);
    const [first = 0, second = 0] = places;
    const spare = view.getUint32(second + 8, true);
    view.setUint32(first + 8, spare, true);
    expect(engine.decideBytes(whole).status).toBe('ok'); // the bytes have room for so many
    for (const at of places) view.setUint32(at + 12, 8, true);
    expect(engine.decideBytes(whole).status).toBe('request-invalid');
    engine.dispose();
  });
});
