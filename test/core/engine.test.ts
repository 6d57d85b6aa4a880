// The core's exports as a host meets them: memory, handles, staged requests, requests in bytes, batches (FORMAT.md 4, 6, 7).

import { Builder } from 'flatbuffers';
import { afterEach, describe, expect, test } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import { fnv1a64 } from '../../compiler/artifact/hash.ts';
import type { DecisionTables } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as limits from '../../wasm-core/contract/limits.ts';
import * as op from '../../wasm-core/contract/opcodes.ts';
import * as request from '../../wasm-core/contract/request.ts';
import type { RawCore } from '../artifact/raw-core.ts';
import { smallTables } from '../artifact/tables.ts';
import { areBuilt, cores, residualTables, view } from './helpers.ts';

const handles: [RawCore, number][] = [];
afterEach(() => {
  for (const [core, handle] of handles.splice(0)) core.exports.unload(handle);
});

function load(core: RawCore, tables: DecisionTables): number {
  const handle = core.load(encode(tables));
  expect(handle).toBeGreaterThanOrEqual(0);
  handles.push([core, handle]);
  return handle;
}

/** Whether a list<string> holds "a" at all and a text is not "b": what shows how kinds are read. */
const listAndText = residualTables({
  views: [view(1, codes.VIEW_LIST_STRING), view(2, codes.VIEW_STRING)],
  constants: [{ kind: 'string', value: 'a' }],
  code: [op.OP_CONSTANT, 0, op.OP_MEMBER, 1, op.OP_VIEW, 2, op.OP_CONSTANT, 0, op.OP_COMPARE, op.OP_OR],
});

interface Written {
  readonly point?: number;
  readonly layout?: bigint;
  readonly keys?: readonly bigint[];
  readonly kinds: readonly number[];
  readonly words: readonly bigint[];
  readonly bytes?: Uint8Array;
}

function written({ point, layout: layoutHash, keys, kinds, words, bytes = new Uint8Array(0) }: Written): Uint8Array {
  const builder = new Builder(256);
  const longs = (values: readonly bigint[]): number => {
    builder.startVector(8, values.length, 8);
    for (const value of [...values].reverse()) builder.addInt64(BigInt.asIntN(64, value));
    return builder.endVector();
  };
  builder.startVector(1, bytes.length, 8);
  const bytesAt = builder.createByteVector(bytes);
  const wordsAt = longs(words);
  const kindsAt = builder.createByteVector(Uint8Array.from(kinds));
  const keysAt = keys === undefined ? 0 : longs(keys);
  builder.startObject(request.REQUEST_FIELD_COUNT);
  if (layoutHash !== undefined) builder.addFieldInt64(request.REQUEST_LAYOUT_FIELD, BigInt.asIntN(64, layoutHash), 0n);
  if (point !== undefined) builder.addFieldInt8(request.REQUEST_POINT_FIELD, point, codes.POINT_PRE_TOOL_CALL);
  builder.addFieldOffset(request.REQUEST_KEYS_FIELD, keysAt, 0);
  builder.addFieldOffset(request.REQUEST_KINDS_FIELD, kindsAt, 0);
  builder.addFieldOffset(request.REQUEST_VALUES_FIELD, wordsAt, 0);
  builder.addFieldOffset(request.REQUEST_BYTES_FIELD, bytesAt, 0);
  builder.finish(builder.endObject(), 'LCRQ');
  return builder.asUint8Array().slice();
}

const keyOf = (text: string): bigint => fnv1a64(new TextEncoder().encode(text));
const span = (offset: number, length: number): bigint => BigInt(offset) | (BigInt(length) << 32n);
const KEYS = ['tool', 'args.a1', 'args.a2'].map(keyOf);

/** A keyed request of tool, args.a1, args.a2, given in that order. */
function keyed(values: readonly (readonly [number, bigint])[], bytes?: Uint8Array): Uint8Array {
  const columns = values
    .map(([kind, word], i) => ({ key: KEYS[i] ?? 0n, kind, word }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return written({
    keys: columns.map(({ key }) => key),
    kinds: columns.map(({ kind }) => kind),
    words: columns.map(({ word }) => word),
    ...(bytes === undefined ? {} : { bytes }),
  });
}

const TOOL: readonly [number, bigint] = [codes.KIND_STRING, span(0, 4)];
const TEXT = new TextEncoder().encode('pay a');

describe.skipIf(!areBuilt)('the core', () => {
  test('imports nothing and exports what FORMAT.md 7.1 lists', () => {
    for (const { exports } of cores) {
      const names =
        'memory abiVersion reserve load unload stagingKinds stagingValues stagingBytes stagingBytesSize decide'.split(
          ' ',
        );
      names.push(...'requestArea decideRequest decideBatch resultPtr explain explainPtr'.split(' '));
      names.push(...'reserveEntities indexEntities useEntities releaseEntities callCedar'.split(' '));
      expect(Object.keys(exports).sort()).toEqual(names.sort());
    }
  });

  test('gives memory back: a thousand loads and unloads grow it no further than two', () => {
    for (const core of cores) {
      const artifact = encode(smallTables());
      const sizes = Array.from({ length: 1000 }, () => {
        core.exports.unload(core.load(artifact));
        return core.exports.memory.buffer.byteLength;
      });
      expect(new Set(sizes.slice(2)).size).toBe(1);
    }
  });

  test('holds MAX_ARTIFACTS artifacts at once, each deciding by its own rules, and refuses one more', () => {
    for (const core of cores) {
      const loaded = Array.from({ length: limits.MAX_ARTIFACTS }, (_, i) =>
        load(core, { ...smallTables(), defaultEffect: i % 2 === 0 ? 'warn' : 'escalate' }),
      );
      expect(core.load(encode(smallTables()))).toBe(-codes.STATUS_ARTIFACT_UNSUPPORTED);
      for (const [i, handle] of loaded.entries()) {
        const { decision } = core.decide(handle, 2, codes.POINT_PRE_TOOL_CALL, ['read', 5]);
        expect(decision).toBe(i % 2 === 0 ? codes.EFFECT_WARN : codes.EFFECT_ESCALATE);
      }
    }
  });

  test('answers deny with artifact-invalid for a handle that is none (LANGUAGE.md 10.2)', () => {
    for (const core of cores) {
      for (const handle of [-1, 0, 64, 0x7fffffff, -0x80000000]) {
        expect(core.decide(handle, 1, codes.POINT_PRE_TOOL_CALL, ['pay'])).toMatchObject({
          decision: codes.EFFECT_DENY,
          status: codes.STATUS_ARTIFACT_INVALID,
          rules: [],
          unknown: [],
        });
        core.exports.unload(handle);
      }
    }
  });

  test('checks point before tool, and tool before governance (LANGUAGE.md 7.5, 8.5, 10.3)', () => {
    for (const core of cores) {
      const handle = load(core, smallTables());
      const status = (point: number, tool: string | undefined | number): number =>
        core.decide(handle, 2, point, [tool]).status;
      expect(status(codes.POINT_COUNT, undefined)).toBe(codes.STATUS_POINT_UNKNOWN);
      expect(status(codes.POINT_POST_TOOL_CALL, undefined)).toBe(codes.STATUS_TOOL_MISSING);
      expect(status(codes.POINT_POST_TOOL_CALL, 7)).toBe(codes.STATUS_TOOL_MISSING);
      expect(status(codes.POINT_POST_TOOL_CALL, 'none')).toBe(codes.STATUS_TOOL_UNKNOWN);
      expect(status(codes.POINT_POST_TOOL_CALL, 'pay')).toBe(codes.STATUS_NOT_GOVERNED);
      expect(status(codes.POINT_INPUT, undefined)).toBe(codes.STATUS_NOT_GOVERNED);
      expect(status(codes.POINT_PRE_TOOL_CALL, 'pay')).toBe(codes.STATUS_OK);
    }
  });

  test('answers request-too-large for more bytes than are staged (LANGUAGE.md 10.1)', () => {
    for (const core of cores) {
      const handle = load(core, smallTables());
      expect(core.exports.decide(handle, codes.POINT_PRE_TOOL_CALL, core.exports.stagingBytesSize() + 1) >> 8).toBe(
        codes.STATUS_REQUEST_TOO_LARGE,
      );
      expect(core.exports.requestArea(0x7fffffff)).toBe(0);
    }
  });

  test('takes a dictionary entry in place of the text (codes.ts, KIND_ENTRY)', () => {
    for (const core of cores) {
      const handle = load(core, smallTables());
      core.decide(handle, 2, codes.POINT_PRE_TOOL_CALL, ['pay', 1001]);
      const memory = new DataView(core.exports.memory.buffer);
      const status = (entry: number): number => {
        memory.setUint8(core.exports.stagingKinds(), codes.KIND_ENTRY);
        memory.setUint32(core.exports.stagingValues(), entry, true);
        return core.exports.decide(handle, codes.POINT_PRE_TOOL_CALL, 0);
      };
      expect(status(0)).toBe(codes.EFFECT_DENY | request.PACKED_LISTED);
      expect(status(1)).toBe(codes.EFFECT_ESCALATE);
      expect(status(codes.ENTRY_NONE) >> 8).toBe(codes.STATUS_TOOL_UNKNOWN);
    }
  });

  test('decides alike when the count of decisions wraps past 2^32', () => {
    for (const core of cores) {
      const artifact = encode(smallTables());
      const place = core.exports.reserve(artifact.length);
      const handle = load(core, smallTables());
      const ask = (tool: string, amount: number): number =>
        core.decide(handle, 2, codes.POINT_PRE_TOOL_CALL, [tool, amount]).decision;
      for (let i = 0; i < 7; i += 1) ask('pay', i);
      // A context begins with the count and the address of its artifact.
      const words = new Uint32Array(core.exports.memory.buffer);
      const at = words.findIndex((word, i) => word === 7 && words[i + 1] === place);
      expect(at).toBeGreaterThan(0);
      expect(ask('pay', 1001)).toBe(codes.EFFECT_DENY); // stamps the amount with 8
      words[at] = 0xfffffffe;
      for (let i = 0; i < 8; i += 1) ask('read', 5); // asks no rule for the amount
      expect(words[at]).toBe(7); // 2^32 - 2, then - 1, then 1 in place of 0
      expect(ask('pay', 5)).toBe(codes.EFFECT_ALLOW);
    }
  });

  test('reads keyed and positional bytes alike, and refuses a layout of another artifact (FORMAT.md 4.2, 4.3)', () => {
    for (const core of cores) {
      const handle = load(core, listAndText);
      const bytes = new TextEncoder().encode('pay a');
      const values = [TOOL, [codes.KIND_NULL, 0n], [codes.KIND_STRING, span(4, 1)]] as const;
      const expected = { decision: codes.EFFECT_DENY, status: codes.STATUS_OK, rules: [0x80000000], unknown: [] };
      expect(core.decideRequest(handle, keyed(values, bytes))).toMatchObject(expected);
      const positional = (hash: bigint): Uint8Array =>
        written({ layout: hash, kinds: values.map(([kind]) => kind), words: values.map(([, word]) => word), bytes });
      const hash = keyOf('tool\nargs.a1\nargs.a2');
      expect(core.decideRequest(handle, positional(hash))).toMatchObject(expected);
      expect(core.decideRequest(handle, positional(hash + 1n)).status).toBe(codes.STATUS_LAYOUT_MISMATCH);
    }
  });

  test('a key the artifact has no slot for is passed over, a slot without a key is missing (FORMAT.md 4.3)', () => {
    for (const core of cores) {
      const handle = load(core, listAndText);
      const columns = [KEYS[0] ?? 0n, keyOf('args.other')].sort((a, b) => (a < b ? -1 : 1));
      const bytes = written({ keys: columns, kinds: [4, 4], words: [span(0, 4), span(0, 4)], bytes: TEXT });
      expect(core.decideRequest(handle, bytes)).toMatchObject({ unknown: [0x80000000], causes: [2] });
    }
  });

  const element = (kind: number, word: bigint): Uint8Array => {
    const bytes = new Uint8Array(codes.ELEMENT_SIZE);
    bytes[codes.ELEMENT_KIND] = kind;
    new DataView(bytes.buffer).setBigUint64(codes.ELEMENT_VALUE, word, true);
    return bytes;
  };
  const second = (kind: number, word: bigint, bytes: Uint8Array = TEXT): Uint8Array =>
    keyed([TOOL, [kind, word], [codes.KIND_STRING, span(0, 0)]], bytes);
  const refused: readonly { readonly what: string; readonly bytes: () => Uint8Array }[] = [
    { what: 'no bytes at all', bytes: () => new Uint8Array(1) },
    { what: 'another identifier', bytes: () => second(0, 0n).fill(0x20, 4, 8) },
    { what: 'a kind for staging only', bytes: () => second(codes.KIND_ENTRY, 0n) },
    { what: 'a bool of 2', bytes: () => second(codes.KIND_BOOL, 2n) },
    { what: 'a string past the end', bytes: () => second(codes.KIND_STRING, span(2, 4)) },
    { what: 'a string whose end wraps past 2^32', bytes: () => second(codes.KIND_STRING, span(0xfffffffe, 4)) },
    { what: 'a list past the end', bytes: () => second(codes.KIND_LIST, span(0, 2), element(1, 0n)) },
    { what: 'a list that is not aligned', bytes: () => second(codes.KIND_LIST, span(4, 0)) },
    { what: 'an element past the end', bytes: () => second(codes.KIND_LIST, span(0, 1), element(4, span(15, 2))) },
    { what: 'an element of no kind', bytes: () => second(codes.KIND_LIST, span(0, 1), element(11, 0n)) },
    {
      what: 'two lists of the same elements',
      bytes: () =>
        keyed([TOOL, [codes.KIND_LIST, span(0, 1)], [codes.KIND_LIST, span(0, 1)]], element(codes.KIND_NULL, 0n)),
    },
    { what: 'keys that do not ascend', bytes: () => written({ keys: [2n, 1n], kinds: [0, 0], words: [0n, 0n] }) },
    { what: 'a key twice', bytes: () => written({ keys: [1n, 1n], kinds: [0, 0], words: [0n, 0n] }) },
    { what: 'fewer kinds than keys', bytes: () => written({ keys: [1n, 2n], kinds: [0], words: [0n, 0n] }) },
    { what: 'fewer values than kinds', bytes: () => written({ keys: [1n, 2n], kinds: [0, 0], words: [0n] }) },
    { what: 'a layout beside keys', bytes: () => written({ layout: 1n, keys: [1n], kinds: [0], words: [0n] }) },
  ];
  test.each(refused)('refuses bytes with $what (FORMAT.md 4)', ({ bytes }) => {
    for (const core of cores) {
      const handle = load(core, listAndText);
      expect(core.decideRequest(handle, bytes())).toMatchObject({
        decision: codes.EFFECT_DENY,
        status: codes.STATUS_REQUEST_INVALID,
      });
    }
  });

  test('a string is well-formed UTF-8 exactly where a fatal decoder says so (LANGUAGE.md 6.3, `encoding`)', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const starts = [
      0x00, 0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ];
    const nexts = [0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    for (const core of cores) {
      const handle = load(core, listAndText);
      for (const first of starts) {
        for (const next of nexts) {
          for (const tail of [[], [0x80], [0x80, 0x80], [0x80, 0x41]]) {
            const text = Uint8Array.of(...Array<number>(7).fill(0x61), first, next, ...tail);
            const isFine = ((): boolean => {
              try {
                decoder.decode(text);
                return true;
              } catch {
                return false;
              }
            })();
            const bytes = new Uint8Array(4 + text.length);
            bytes.set(text, 4);
            const answer = core.decideRequest(
              handle,
              keyed([TOOL, [codes.KIND_NULL, 0n], [codes.KIND_STRING, span(4, text.length)]], bytes),
            );
            // One cause is the list, which is null; a second one is the text.
            expect([first, next, tail, answer.causes]).toEqual([first, next, tail, [isFine ? 1 : 2]]);
          }
        }
      }
    }
  });

  test('a batch answers as its requests do one by one; what lies outside the area is refused (FORMAT.md 7.1)', () => {
    for (const core of cores) {
      const handle = load(core, listAndText);
      const requests = [
        keyed([TOOL, [codes.KIND_NULL, 0n], [codes.KIND_STRING, span(4, 1)]], TEXT),
        keyed([TOOL, [codes.KIND_NULL, 0n], [codes.KIND_STRING, span(0, 1)]], TEXT),
        second(codes.KIND_ENTRY, 0n),
        written({ keys: [1n], kinds: [0], words: [0n] }),
      ];
      const single = requests.flatMap((bytes) => {
        const { decision, status } = core.decideRequest(handle, bytes);
        return [decision, status];
      });
      const area = core.exports.requestArea(4096);
      const memory = new Uint8Array(core.exports.memory.buffer);
      const table = new DataView(core.exports.memory.buffer, area);
      let at = area + 512;
      for (const [i, bytes] of requests.entries()) {
        memory.set(bytes, at);
        table.setUint32(i * 8, at, true);
        table.setUint32(i * 8 + 4, bytes.length, true);
        at += Math.ceil(bytes.length / 16) * 16;
      }
      const { exports } = new RawCoreBatch(core);
      expect(exports.decideBatch(handle, area, requests.length, area + 256)).toBe(requests.length);
      expect(Array.from(memory.subarray(area + 256, area + 256 + single.length))).toEqual(single);
      expect(exports.decideBatch(handle, 0, requests.length, area)).toBe(-codes.STATUS_REQUEST_INVALID);
      expect(exports.decideBatch(handle, area, 0xffffffff, area)).toBe(-codes.STATUS_REQUEST_INVALID);
      table.setUint32(0, layout.HEADER_SIZE, true);
      expect(exports.decideBatch(handle, area, 1, area + 256)).toBe(1);
      expect(memory[area + 257]).toBe(codes.STATUS_REQUEST_INVALID);
    }
  });

  test('explains only unknown rules of the last decision by the same artifact (FORMAT.md 6.4)', () => {
    for (const core of cores) {
      const [first, other] = [load(core, listAndText), load(core, listAndText)];
      expect(core.decide(first, 3, codes.POINT_PRE_TOOL_CALL, ['t', null, 'b']).causes).toEqual([1]);
      expect(core.exports.explain(other, 0)).toBe(0);
      expect(core.exports.explain(first, 1)).toBe(0);
      core.exports.decide(-1, 0, 0);
      expect(core.exports.explain(first, 0)).toBe(0);
    }
  });
});

/** The export that RawCore does not name. */
class RawCoreBatch {
  readonly exports: { readonly decideBatch: (handle: number, table: number, count: number, out: number) => number };

  constructor(core: RawCore) {
    const { exports } = core;
    if (!hasBatch(exports)) throw new Error('no decideBatch');
    this.exports = exports;
  }
}

function hasBatch(exports: object): exports is RawCoreBatch['exports'] {
  return 'decideBatch' in exports;
}
