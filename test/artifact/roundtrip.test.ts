// What encode writes, decode reads back: the same tables, in the same bytes every time.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArtifactError, decode } from '../../compiler/artifact/decode.ts';
import { encode } from '../../compiler/artifact/encode.ts';
import { COMPILER_VERSION } from '../../compiler/artifact/version.ts';
import { realArtifact } from './real.ts';
import { arbitraryTables, smallTables } from './tables.ts';

describe('encode and decode', () => {
  test('decode(encode(tables)) is the tables, for tables of every shape (FORMAT.md 2)', () => {
    fc.assert(
      fc.property(arbitraryTables, (tables) => {
        const decoded = decode(encode(tables));
        expect(decoded.tables).toEqual(tables);
        expect(decoded.hashMatches).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('decode(encode(tables)) is the tables, for tables that decide', () => {
    const decoded = decode(encode(smallTables()));
    expect(decoded.tables).toEqual(smallTables());
    expect(decoded.compilerVersion).toBe(COMPILER_VERSION);
  });

  test('what a real policy compiled to decodes to tables that encode to the same bytes', () => {
    const bytes = realArtifact();
    expect(encode(decode(bytes).tables)).toEqual(bytes);
    expect(realArtifact()).toEqual(bytes);
  });

  test('the same tables give the same bytes', () => {
    expect(encode(smallTables())).toEqual(encode(smallTables()));
  });

  test('every section starts 16-byte aligned and the size is a multiple of 16 (FORMAT.md 1.3)', () => {
    fc.assert(
      fc.property(arbitraryTables, (tables) => {
        const bytes = encode(tables);
        expect(bytes.length % 16).toBe(0);
        decode(bytes); // checks the alignment of each section
      }),
      { numRuns: 50 },
    );
  });

  test('a change of any byte changes the hash or makes the bytes unreadable (FORMAT.md 5.1)', () => {
    const bytes = encode(smallTables());
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(decodes(changed), `byte ${at}`).toBe(false);
    }
  });

  test('a lone surrogate in text that decides is refused, not replaced', () => {
    const tables = smallTables();
    const broken = { ...tables, constants: [{ kind: 'string', value: '\ud800' } as const] };
    expect(() => encode(broken)).toThrow(/lone surrogate/);
  });

  test('a number that does not fit its field is refused, not cut', () => {
    expect(() => encode({ ...smallTables(), words: [-1] })).toThrow(/not a u32/);
    expect(() => encode({ ...smallTables(), halves: [0x10000] })).toThrow(/not a u16/);
    expect(() => encode({ ...smallTables(), masks: [1n << 64n] })).toThrow(/not a u64/);
  });

  test('the compiler version is the package version', () => {
    const packageJson = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(JSON.parse(packageJson)).toMatchObject({ version: COMPILER_VERSION });
  });
});

describe('decode refuses with a clear error', () => {
  const bytes = encode(smallTables());

  test('every truncation', () => {
    for (let size = 0; size < bytes.length; size += 1) {
      const outcome = decodes(bytes.slice(0, size));
      expect(outcome, `${size} bytes`).toBe(false);
    }
  });

  test('another identifier', () => {
    const other = bytes.slice();
    other[4] = 0x58;
    expect(() => decode(other)).toThrow(new ArtifactError('artifact: bytes 4 to 7 are 58435452, not "LCTR"'));
  });
});

/** True if the bytes decode and their hash matches. Anything thrown but ArtifactError is a bug. */
function decodes(bytes: Uint8Array): boolean {
  try {
    return decode(bytes).hashMatches;
  } catch (error) {
    if (error instanceof ArtifactError) return false;
    throw error;
  }
}
