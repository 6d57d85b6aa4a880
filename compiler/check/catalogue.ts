// In: the text of a tool catalogue. Out: its tools with their places, in the order of the text (LANGUAGE.md 7.1, 7.2).
// Never reads a file, never guesses: a form it does not know is an error, a tool named twice is an error.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located, Source, Span } from '../source.ts';
import type { SourceFiles } from './files.ts';
import { type JsonNode, type JsonObject, parseJson, plainJson } from './json.ts';
import { CheckReport, type Report } from './report.ts';
import { jsonKindText, readArgumentSchema } from './schema.ts';
import type { ArgumentSchema, Catalogue, CatalogueTool } from './typed.ts';
import { hasLoneSurrogate } from './types.ts';

/** A tool of a catalogue and where its name stands. */
export interface CatalogueEntry {
  readonly tool: CatalogueTool;
  readonly span: Span;
}

/**
 * Stands for a catalogue that could not be read: what it says of arguments is not known, so nothing is reported about them;
 * the policy is refused anyway.
 */
export const BROKEN_CATALOGUE: Catalogue = { tools: new Map(), closed: false };

/**
 * The tools of one catalogue: an MCP `tools/list` answer or its list, an OpenAI function list (both forms), or a mapping
 * from tool name to JSON Schema. Null if anything in it is an error.
 */
export function readCatalogue(source: Source, sink: DiagnosticSink): readonly CatalogueEntry[] | null {
  const document = parseJson(source, sink);
  if (document === null) return null;
  const report = new CheckReport(sink);
  const entries: CatalogueEntry[] = [];
  const spans = new Map<string, Span>();
  const budget = { nodeCount: 0 };
  for (const written of writtenTools(document, report)) {
    if (!isToolName(written.name, report)) continue;
    if (spans.has(written.name.value)) {
      report.error('P0404', written.name.span, `the tool \`${written.name.value}\` is listed twice in this catalogue`);
      continue;
    }
    spans.set(written.name.value, written.name.span);
    const args = written.schema === null ? NO_ARGUMENTS : readArgumentSchema(written.schema, document, budget, report);
    const schema = written.schema === null ? {} : plainJson(written.schema);
    entries.push({ tool: { name: written.name.value, args, schema }, span: written.name.span });
  }
  return report.errorCount > 0 ? null : entries;
}

/** A path of a catalogue, and the file it stands in. */
export interface CatalogueName {
  readonly path: Located<string>;
  readonly from: string;
}

/** Reads catalogues, each once, whichever policies of a set name it. The same catalogues are the same object. */
export class CatalogueReader {
  readonly #files: SourceFiles;
  readonly #sink: DiagnosticSink;
  readonly #report: Report;
  readonly #entries = new Map<Source, readonly CatalogueEntry[] | null>();
  readonly #joined = new Map<string, ReadonlyMap<string, CatalogueTool>>();

  constructor(files: SourceFiles, sink: DiagnosticSink, report: Report) {
    this.#files = files;
    this.#sink = sink;
    this.#report = report;
  }

  /** Several as one list of tools; null if one of them has an error. A file named in two policies counts once. */
  tools(names: readonly CatalogueName[]): ReadonlyMap<string, CatalogueTool> | null {
    const report = this.#report;
    const tools = new Map<string, CatalogueTool>();
    const owners = new Map<string, Source>();
    const read = new Map<Source, string>();
    let whole = true;
    for (const { path, from } of names) {
      const source = this.#files.find(path, from, 'catalogue', 'P0401', report);
      if (source === undefined) {
        whole = false;
        continue;
      }
      const before = read.get(source);
      if (before !== undefined) {
        if (before !== from) continue;
        report.error('P0404', path.span, `the catalogue \`${path.value}\` is named twice`);
        whole = false;
        continue;
      }
      read.set(source, from);
      const entries = this.#read(source);
      if (entries === null) whole = false;
      for (const { tool, span } of entries ?? []) {
        const owner = owners.get(tool.name);
        if (owner !== undefined) {
          report.error('P0404', span, `the tool \`${tool.name}\` is listed in \`${owner.path}\` already`);
          whole = false;
          continue;
        }
        owners.set(tool.name, source);
        tools.set(tool.name, tool);
      }
    }
    if (!whole) return null;
    const key = JSON.stringify([...read.keys()].map(({ path }) => path));
    const known = this.#joined.get(key) ?? tools;
    this.#joined.set(key, known);
    return known;
  }

  #read(source: Source): readonly CatalogueEntry[] | null {
    const known = this.#entries.get(source);
    if (known !== undefined) return known;
    const entries = readCatalogue(source, this.#sink);
    this.#entries.set(source, entries);
    return entries;
  }
}

const NO_ARGUMENTS: ArgumentSchema = { properties: new Map(), open: false };

/** A tool as its catalogue writes it; `schema` null: it takes no arguments. */
interface WrittenTool {
  readonly name: Located<string>;
  readonly schema: JsonNode | null;
}

function writtenTools(document: JsonNode, report: Report): readonly WrittenTool[] {
  if (document.kind === 'array') return document.items.flatMap((item) => listedTool(item, report));
  if (document.kind !== 'object') {
    report.error(
      'P0403',
      document.span,
      `expected a tool catalogue (an object or a list), but found ${jsonKindText(document)}`,
      'a catalogue is an MCP `tools/list` answer, an OpenAI function list, or a mapping from tool name to JSON Schema',
    );
    return [];
  }
  // The answer may still be in its JSON-RPC envelope.
  const result = document.members.get('result')?.value;
  const answer = document.members.has('jsonrpc') && result?.kind === 'object' ? result : document;
  const list = answer.members.get('tools')?.value;
  if (list?.kind !== 'array')
    return [...document.members].flatMap(([name, member]) => mappedTool(name, member, report));
  const cursor = answer.members.get('nextCursor');
  if (cursor !== undefined && cursor.value.kind !== 'null') {
    report.warning(
      'P0409',
      cursor.keySpan,
      'this `tools/list` answer is one page of several; the tools of the other pages count as not listed',
      'ask for the other pages and join their `tools`',
    );
  }
  return list.items.flatMap((item) => listedTool(item, report));
}

function mappedTool(
  name: string,
  member: { readonly keySpan: Span; readonly value: JsonNode },
  report: Report,
): readonly WrittenTool[] {
  if (member.value.kind !== 'object' && member.value.kind !== 'bool') {
    report.error(
      'P0403',
      member.value.span,
      `expected the JSON Schema of the tool \`${name}\`, but found ${jsonKindText(member.value)}`,
      'an object without a `tools` list is read as a mapping from tool name to JSON Schema',
    );
    return [];
  }
  const inner = member.value.kind === 'object' ? schemaInside(member.value) : undefined;
  if (inner !== undefined) {
    report.error(
      'P0403',
      member.keySpan,
      `expected the JSON Schema of the tool \`${name}\`, but found an object that holds it under \`${inner}\``,
      'a mapping goes from tool name to the JSON Schema itself; whole tools stand in a list, each with its `name`',
    );
    return [];
  }
  return [{ name: { value: name, span: member.keySpan }, schema: member.value }];
}

const SCHEMA_KEYS: readonly string[] = ['inputSchema', 'input_schema', 'parameters'];
const KEYWORDS: readonly string[] = ['type', 'properties', '$ref', 'allOf', 'anyOf', 'oneOf'];

/** The key under which an object that is no JSON Schema keeps one. As a schema it would leave every argument open. */
function schemaInside({ members }: JsonObject): string | undefined {
  if (KEYWORDS.some((keyword) => members.has(keyword) && members.get(keyword)?.value.kind !== 'null')) return undefined;
  return SCHEMA_KEYS.find((key) => members.get(key)?.value.kind === 'object');
}

/** One element of a list: MCP (`inputSchema`) or OpenAI (`parameters`, maybe inside `function`). */
function listedTool(item: JsonNode, report: Report): readonly WrittenTool[] {
  if (item.kind !== 'object') {
    report.error('P0403', item.span, `expected a tool (an object), but found ${jsonKindText(item)}`);
    return [];
  }
  const inner = item.members.get('function')?.value;
  const tool: JsonObject = inner?.kind === 'object' ? inner : item;
  const name = tool.members.get('name')?.value;
  if (name?.kind !== 'string') {
    report.error('P0403', name?.span ?? tool.span, 'expected a tool with a `name` that is a string');
    return [];
  }
  const schema = (tool.members.get('inputSchema') ?? tool.members.get('parameters'))?.value;
  if (schema !== undefined && schema.kind !== 'null') return [{ name, schema }];
  const type = item.members.get('type')?.value;
  if (type?.kind === 'string' && type.value === 'function') return [{ name, schema: null }];
  report.error(
    'P0403',
    name.span,
    `the tool \`${name.value}\` has no schema of its arguments`,
    tool.members.has('input_schema')
      ? 'rename `input_schema` to `inputSchema`, as MCP writes it'
      : 'MCP writes it under `inputSchema`, OpenAI under `parameters` beside `"type": "function"`',
  );
  return [];
}

function isToolName(name: Located<string>, report: Report): boolean {
  if (name.value !== '' && !hasLoneSurrogate(name.value)) return true;
  report.error('P0403', name.span, 'expected the name of a tool, but this string is empty or not well-formed Unicode');
  return false;
}
