// An independent witness: Google's own compiler reads what the writers write, by the published schemas.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Builder } from 'flatbuffers';
import { afterAll, describe, expect, test } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as request from '../../wasm-core/contract/request.ts';
import { smallTables } from './tables.ts';

const hasFlatc = spawnSync('flatc', ['--version']).status === 0;
const schemas = fileURLToPath(new URL('../../wasm-core/schema/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lictor-flatc-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Debian's package is `flatbuffers-compiler`.
describe.skipIf(!hasFlatc)('flatc', () => {
  test('reads an artifact as JSON (FORMAT.md 1)', () => {
    const bytes = encode(smallTables());
    const json = readByFlatc('artifact.fbs', bytes);
    expect(json).toHaveProperty('header.0', layout.ARTIFACT_FORMAT_VERSION);
    expect(json).toMatchObject({
      metadata: {
        policy_name: 'small',
        policy_version: '1.2.3',
        rules: [
          { id: 'payments', path: 'small.policy.yaml', line: 1, column: 1 },
          { id: 'cap', reason: 'too much at once', advice: 'split the payment', line: 9 },
        ],
        slots: [{ text: 'tool' }, { text: 'args.amount', root: 'args', segments: ['amount'] }],
      },
    });
  });

  test('writes an artifact back that says the same', () => {
    const json = readByFlatc('artifact.fbs', encode(smallTables()));
    const jsonPath = join(folder, 'back.json');
    writeFileSync(jsonPath, JSON.stringify(json));
    run('--binary', '-o', folder, join(schemas, 'artifact.fbs'), jsonPath);
    expect(readByFlatc('artifact.fbs', readFileSync(join(folder, 'back.lctr')))).toEqual(json);
  });

  test('reads a request as JSON (FORMAT.md 4)', () => {
    expect(readByFlatc('request.fbs', keyedRequest())).toEqual({
      layout: 0,
      point: codes.POINT_PRE_TOOL_CALL,
      keys: [17, 23],
      kinds: [codes.KIND_STRING, codes.KIND_BOOL],
      values: [3 * 2 ** 32, 1],
      bytes: [...Buffer.from('pay')],
    });
  });
});

function keyedRequest(): Uint8Array {
  const builder = new Builder(256);
  const bytes = builder.createByteVector(Buffer.from('pay'));
  const values = longs(builder, [3n << 32n, 1n]);
  const kinds = builder.createByteVector(Uint8Array.of(codes.KIND_STRING, codes.KIND_BOOL));
  const keys = longs(builder, [17n, 23n]);
  builder.startObject(request.REQUEST_FIELD_COUNT);
  builder.addFieldOffset(request.REQUEST_KEYS_FIELD, keys, 0);
  builder.addFieldOffset(request.REQUEST_KINDS_FIELD, kinds, 0);
  builder.addFieldOffset(request.REQUEST_VALUES_FIELD, values, 0);
  builder.addFieldOffset(request.REQUEST_BYTES_FIELD, bytes, 0);
  builder.finish(builder.endObject(), 'LCRQ');
  return builder.asUint8Array();
}

function longs(builder: Builder, values: readonly bigint[]): number {
  builder.startVector(8, values.length, 8);
  for (const value of values.toReversed()) builder.addInt64(value);
  return builder.endVector();
}

function readByFlatc(schema: string, bytes: Uint8Array): unknown {
  const binary = join(folder, 'given.bin');
  writeFileSync(binary, bytes);
  run('--json', '--strict-json', '--defaults-json', '-o', folder, join(schemas, schema), '--', binary);
  return JSON.parse(readFileSync(join(folder, 'given.json'), 'utf8'));
}

function run(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('flatc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`flatc ${args.join(' ')}: ${stdout}${stderr}`);
}
