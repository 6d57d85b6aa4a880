// Tool catalogues: their forms, their JSON Schemas, their mistakes; then real ones.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CatalogueEntry, readCatalogue } from '../../compiler/check/catalogue.ts';
import type { ArgumentSchema } from '../../compiler/check/typed.ts';
import { type AttributeType, typeText } from '../../compiler/check/types.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { dataRoot } from '../data.ts';

function read(text: string): { readonly entries: readonly CatalogueEntry[] | null; readonly said: readonly string[] } {
  const sink = new DiagnosticSink();
  const entries = readCatalogue({ path: 'tools.json', text }, sink);
  return { entries, said: sink.sorted().map((d) => `${d.code} ${d.line}:${d.column} ${d.message}`) };
}

function argsOf(schema: unknown): ArgumentSchema {
  const { entries, said } = read(JSON.stringify({ t: schema }));
  expect(said).toEqual([]);
  const [entry] = entries ?? [];
  if (entry === undefined) throw new Error('no tool');
  return entry.tool.args;
}

function show(type: AttributeType): string {
  if (type.kind === 'list' && type.element.kind === 'enum') return `list<${typeText(type.element)}>`;
  if (type.kind !== 'object') return typeText(type);
  const inside = [...type.schema.properties].map(([name, property]) => `${name}: ${show(property.type)}`);
  return `{${[...inside, ...(type.schema.open ? ['…'] : [])].join(', ')}}`;
}

function typeOf(property: unknown, extra: object = {}): string {
  const type = argsOf({ type: 'object', properties: { p: property }, ...extra }).properties.get('p')?.type;
  return type === undefined ? 'undeclared' : show(type);
}

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } };

describe('forms (LANGUAGE.md 7.1)', () => {
  const tool = { name: 'x', inputSchema: SCHEMA };
  const inner = { name: 'x', parameters: SCHEMA };
  test.each([
    ['an MCP tools/list answer', { tools: [tool] }],
    ['the same in its JSON-RPC envelope', { jsonrpc: '2.0', id: 1, result: { tools: [tool] } }],
    ['the list of such an answer', [tool]],
    ['an OpenAI function list', [{ type: 'function', function: inner }]],
    ['the flat OpenAI form', [{ type: 'function', ...inner }]],
    ['a mapping from name to JSON Schema', { x: SCHEMA }],
  ])('%s gives the tool with its arguments', (_, catalogue) => {
    const { entries, said } = read(JSON.stringify(catalogue));
    expect(said).toEqual([]);
    expect(entries?.map((entry) => [entry.tool.name, [...entry.tool.args.properties.keys()]])).toEqual([['x', ['a']]]);
  });

  test('a mapping to whole tools, not to their schemas, is refused: it would leave every argument open', () => {
    for (const key of ['inputSchema', 'parameters', 'input_schema']) {
      const { entries, said } = read(JSON.stringify({ x: { description: 'd', [key]: SCHEMA } }));
      expect(entries).toBeNull();
      expect(said).toEqual([
        `P0403 1:2 expected the JSON Schema of the tool \`x\`, but found an object that holds it under \`${key}\``,
      ]);
    }
    expect(read(JSON.stringify({ x: { properties: { parameters: SCHEMA } } })).said).toEqual([]);
  });

  test('an OpenAI function without parameters takes no arguments', () => {
    const { entries } = read('[{"type":"function","name":"x"}]');
    expect(entries?.[0]?.tool.args).toEqual({ properties: new Map(), open: false });
  });

  test.each([
    ['"x"', 'P0403 1:1 expected a tool catalogue (an object or a list), but found a string'],
    ['[{"name":"x"}]', 'P0403 1:10 the tool `x` has no schema of its arguments'],
    ['[\n {"inputSchema":{}}\n]', 'P0403 2:2 expected a tool with a `name` that is a string'],
    ['{"type":"object"}', 'P0403 1:9 expected the JSON Schema of the tool `type`, but found a string'],
    [
      '[{"name":"","inputSchema":{}}]',
      'P0403 1:10 expected the name of a tool, but this string is empty or not well-formed Unicode',
    ],
    [
      '{"tools":[],"nextCursor":"2"}',
      'P0409 1:13 this `tools/list` answer is one page of several; the tools of the other pages count as not listed',
    ],
    ['{"x":{}, "x":{}}', 'P0402 1:10 the key `x` stands twice in one object'],
    [
      '[{"name":"x","inputSchema":{}},\n{"name":"x","inputSchema":{}}]',
      'P0404 2:9 the tool `x` is listed twice in this catalogue',
    ],
    ['{"x": {}', 'P0402 1:9 expected `,` or `}`, but the text ends'],
    ['{"x": {},}', 'P0402 1:10 expected a key in double quotes, but found `}`'],
    ['{"x": 01}', 'P0402 1:8 expected `,` or `}`, but found `1`'],
    ['{"x": "a\nb"}', 'P0402 1:7 this string does not end, or holds a character or an escape that JSON does not have'],
    [
      '{"x": {"properties": {"p": {"$ref": "#/$defs/No"}}}}',
      'P0405 1:37 `$ref` points to `#/$defs/No`, which is not in this document',
    ],
    ['{"x": {"properties": {"p": {"type": "strin"}}}}', 'P0411 1:37 expected a JSON Schema type, but found `strin`'],
    [
      '{"x": {"type": "string"}}',
      'P0411 1:7 the arguments of a tool are an object, but this schema is of another type',
    ],
  ])('%j is said to be wrong at its place', (text, message) => {
    expect(read(text).said).toEqual([message]);
  });

  test('a document nested without end is refused, not followed', () => {
    expect(read('['.repeat(100_000)).said).toEqual(['P0706 1:130 this JSON is nested deeper than 128']);
  });
});

describe('types (LANGUAGE.md 7.3)', () => {
  test.each([
    [{ type: 'string' }, 'string'],
    [{ type: 'integer' }, 'int'],
    [{ type: 'number' }, 'number'],
    [{ type: 'boolean' }, 'bool'],
    [{}, 'any'],
    [true, 'any'],
    [false, 'undeclared'],
    [{ type: ['string', 'null'] }, 'string'],
    [{ type: ['string', 'number'] }, 'any'],
    [{ type: ['integer', 'number'] }, 'number'],
    [{ type: 'null' }, 'any'],
    [{ type: 'string', enum: ['b', 'a', 'b'] }, 'enum ["a", "b"]'],
    [{ enum: ['a', null] }, 'enum ["a"]'],
    [{ enum: ['a', 1] }, 'any'],
    [{ enum: [1, 2], type: 'integer' }, 'int'],
    [{ type: 'array', items: { type: 'string' } }, 'list<string>'],
    [{ type: 'array', items: { type: 'string', enum: ['a'] } }, 'list<enum ["a"]>'],
    [{ type: 'array', items: { type: 'object' } }, 'list<object>'],
    [{ type: 'array' }, 'list'],
    [{ type: 'array', items: [{ type: 'string' }] }, 'list'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string'],
    [{ oneOf: [{ enum: ['a'] }, { enum: ['b'] }] }, 'enum ["a", "b"]'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'any'],
    [{ anyOf: [{ type: 'string' }, {}] }, 'any'],
    [{ type: 'string', anyOf: [{ minLength: 1 }, { maxLength: 3 }] }, 'string'],
    [{ allOf: [{ type: 'string' }, { enum: ['a', 'b'] }] }, 'enum ["a", "b"]'],
    [{ allOf: [{ type: 'number' }, { type: 'integer' }] }, 'int'],
    [{ $ref: '#/$defs/D' }, 'list<int>'],
    [{ type: 'object' }, '{…}'],
    [{ type: 'object', properties: {} }, '{}'],
    [{ type: 'object', additionalProperties: false }, '{}'],
    [{ properties: { q: { type: 'string' } } }, '{q: string}'],
    [{ type: 'object', properties: { q: {} }, additionalProperties: { type: 'string' } }, '{q: any, …}'],
    [
      { type: 'object', properties: { q: {} }, oneOf: [{ required: ['q'] }, { properties: { r: { type: 'int8' } } }] },
      null,
    ],
    [
      {
        type: 'object',
        properties: { q: {} },
        oneOf: [{ required: ['q'] }, { properties: { r: { type: 'boolean' } } }],
      },
      '{q: any, r: bool}',
    ],
    [{ oneOf: [{ type: 'object', properties: { q: {} } }, { type: 'object' }] }, '{q: any, …}'],
    [{ allOf: [{ type: 'object', properties: { q: {} } }, { type: 'object' }] }, '{q: any}'],
  ])('%j is %s', (property, expected) => {
    if (expected === null) expect(() => typeOf(property)).toThrow();
    else expect(typeOf(property, { $defs: { D: { type: 'array', items: { type: 'integer' } } } })).toBe(expected);
  });

  test('a `$ref` that leads back to itself is open below', () => {
    expect(typeOf({ $ref: '#' })).toBe('any');
    expect(
      typeOf({ $ref: '#/$defs/N' }, { $defs: { N: { type: 'object', properties: { next: { $ref: '#/$defs/N' } } } } }),
    ).toBe('{next: any}');
    expect(typeOf({ $ref: '#/$defs/A' }, { $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } })).toBe(
      'any',
    );
  });

  test('references that multiply are refused, not written out', () => {
    const $defs: Record<string, unknown> = { D40: { type: 'string' } };
    for (let i = 0; i < 40; i += 1) {
      const below = { $ref: `#/$defs/D${i + 1}` };
      $defs[`D${i}`] = { type: 'object', properties: { a: below, b: below } };
    }
    const { said } = read(JSON.stringify({ t: { type: 'object', properties: { p: { $ref: '#/$defs/D0' } }, $defs } }));
    expect(said.map((line) => line.slice(0, 5))).toEqual(['P0706']);
  });

  test('the default of a property is kept, whatever its name (LANGUAGE.md 3.7)', () => {
    const text = '{"properties": {"__proto__": {"type": "boolean", "default": {"__proto__": 1}}}}';
    const args = argsOf(JSON.parse(text));
    const property = args.properties.get('__proto__');
    expect(property?.type.kind).toBe('bool');
    expect(JSON.stringify(property?.default)).toBe('{"__proto__":1}');
  });
});

describe.skipIf(dataRoot === null)('real catalogues', () => {
  const files: readonly (readonly [string, number])[] = [
    ['mcp-tools/github-mcp-server.tools.json', 117],
    ['mcp-tools/reference-everything.tools.json', 13],
    ['mcp-tools/reference-filesystem.tools.json', 14],
    ['mcp-tools/reference-memory.tools.json', 9],
    ['mcp-tools/reference-sequential-thinking.tools.json', 1],
    ['agentdojo-traces/slack.tools.json', 11],
    ['agentdojo-traces/workspace.tools.json', 24],
    ['tau-airline/tools.json', 14],
  ];
  test.each(files)('%s: all %d tools are read without a finding', (file, count) => {
    const path = join(dataRoot ?? '', file);
    expect(existsSync(path)).toBe(true);
    const { entries, said } = read(readFileSync(path, 'utf8'));
    expect(said).toEqual([]);
    expect(entries?.length).toBe(count);
  });

  test('the arguments of a GitHub tool have the types its schema says', () => {
    const { entries } = read(readFileSync(join(dataRoot ?? '', 'mcp-tools/github-mcp-server.tools.json'), 'utf8'));
    const tool = entries?.find((entry) => entry.tool.name === 'create_pull_request')?.tool;
    expect(
      tool === undefined ? {} : Object.fromEntries([...tool.args.properties].map(([name, p]) => [name, show(p.type)])),
    ).toMatchObject({
      base: 'string',
      draft: 'bool',
      owner: 'string',
    });
  });
});
