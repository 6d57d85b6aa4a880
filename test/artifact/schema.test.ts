// The published schemas say the same as the constants that compiler, core and host are built from.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as metadata from '../../wasm-core/contract/metadata.ts';
import * as request from '../../wasm-core/contract/request.ts';

const artifactSchema = readFileSync(new URL('../../wasm-core/schema/artifact.fbs', import.meta.url), 'utf8');
const requestSchema = readFileSync(new URL('../../wasm-core/schema/request.fbs', import.meta.url), 'utf8');

interface Field {
  readonly name: string;
  readonly type: string;
  readonly attributes: string;
}

/** Fields of a table, by id. */
function fieldsOf(schema: string, table: string): Map<number, Field> {
  const body = new RegExp(`table ${table} \\{(.*?)\\n\\}`, 's').exec(schema)?.[1] ?? '';
  const fields = new Map<number, Field>();
  for (const [, name, type, attributes] of body.matchAll(/^ {2}(\w+): (\S+)(?: = \d+)? \((.*)\);$/gm)) {
    const id = /\bid: (\d+)/.exec(attributes ?? '')?.[1];
    if (name === undefined || type === undefined || id === undefined) throw new Error(`not understood: ${name}`);
    fields.set(Number(id), { name, type, attributes: attributes ?? '' });
  }
  return fields;
}

/** `{PREFIX_SOME_NAME_FIELD: 3}` as `{3: 'some_name'}`. */
function namedFields(constants: Readonly<Record<string, number>>, pattern: RegExp): Map<number, string> {
  const named = new Map<number, string>();
  for (const [constant, value] of Object.entries(constants)) {
    const name = pattern.exec(constant)?.[1];
    if (name !== undefined) named.set(value, name.toLowerCase());
  }
  return named;
}

function names(fields: ReadonlyMap<number, Field>): Map<number, string> {
  return new Map([...fields].map(([id, field]) => [id, field.name]));
}

test.each([
  ['Artifact', artifactSchema, layout, /^(?!FIRST|LAST)(.+)_(?:FIELD|SECTION)$/, layout.ARTIFACT_FIELD_COUNT],
  ['Metadata', artifactSchema, metadata, /^METADATA_(.+)_FIELD$/, metadata.METADATA_FIELD_COUNT],
  ['RuleMetadata', artifactSchema, metadata, /^RULE_METADATA_(.+)_FIELD$/, metadata.RULE_METADATA_FIELD_COUNT],
  [
    'OperationMetadata',
    artifactSchema,
    metadata,
    /^OPERATION_METADATA_(.+)_FIELD$/,
    metadata.OPERATION_METADATA_FIELD_COUNT,
  ],
  ['SlotMetadata', artifactSchema, metadata, /^SLOT_METADATA_(.+)_FIELD$/, metadata.SLOT_METADATA_FIELD_COUNT],
  ['Request', requestSchema, request, /^REQUEST_(.+)_FIELD$/, request.REQUEST_FIELD_COUNT],
])(
  'the fields of table %s are those of the contract, by id (FORMAT.md 1, 4)',
  (table, schema, constants, pattern, count) => {
    const fields = names(fieldsOf(schema, table));
    expect(fields).toEqual(namedFields(constants, pattern));
    expect(fields.size).toBe(count);
  },
);

test('every section is a required [ubyte] of 16-byte aligned data (FORMAT.md 1.3)', () => {
  for (const [id, field] of fieldsOf(artifactSchema, 'Artifact')) {
    if (id === layout.METADATA_FIELD) continue;
    expect(field.type, field.name).toBe('[ubyte]');
    expect(field.attributes, field.name).toMatch(/required, force_align: 16/);
  }
});

test('file identifiers and defaults are those of the contract (FORMAT.md 1.1, 4.1)', () => {
  const text = (identifier: number): string => Buffer.from(Uint32Array.of(identifier).buffer).toString('latin1');
  expect(artifactSchema).toContain(`file_identifier "${text(layout.ARTIFACT_IDENTIFIER)}";`);
  expect(requestSchema).toContain(`file_identifier "${text(layout.REQUEST_IDENTIFIER)}";`);
  expect(requestSchema).toContain(`point: ubyte = ${codes.POINT_PRE_TOOL_CALL} `);
  expect(artifactSchema).toContain(
    `tool = ${metadata.ROOT_TOOL}, principal = ${metadata.ROOT_PRINCIPAL}, args = ${metadata.ROOT_ARGS}, context = ${metadata.ROOT_CONTEXT}, ` +
      `result = ${metadata.ROOT_RESULT}, message = ${metadata.ROOT_MESSAGE}, output = ${metadata.ROOT_OUTPUT}`,
  );
});
