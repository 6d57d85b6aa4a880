// What `load` refuses: one test per rule of FORMAT.md 8, each breaking exactly that field of tables that load.

import { describe, expect, test } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as limits from '../../wasm-core/contract/limits.ts';
import { breaks } from './breaks.ts';
import { areBuilt, cores } from './helpers.ts';
import { at, wholeTables } from './whole-tables.ts';

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
