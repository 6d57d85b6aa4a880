// In: the text of a YAML 1.2 document. Out: its tree, by the npm library `yaml`, whose messages name what is wrong with it. Refuses what
// policies do not use (LANGUAGE.md 2.1): anchors, aliases, tags, directives, further documents. Never throws.

import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  parseDocument,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from 'yaml';
import type { DiagnosticSink } from '../diagnostic.ts';
import type { Source, Span } from '../source.ts';
import { clip } from './clip.ts';
import { type ScalarMap, scalarMap } from './scalar-map.ts';
import { blockSpan, Entries, MAX_DEPTH, placer, TOO_DEEP, trimEnd, type YamlNode } from './yaml-tree.ts';

/** The library takes up to 8 µs for a code unit of a hostile text: a longer one is left to our own reader, whatever that says. */
export const LIBRARY_MOST: number = 1 << 16;
/** From here on brackets are hostile: the library takes seconds for a megabyte of them. Brackets within texts count here, so it is not MAX_DEPTH. */
const MAX_OPEN_BRACKETS = 1000;
/** Lines with tags, anchors or the like; more of them are no forgotten quotes, and composing them takes seconds. */
const MAX_REFUSED_LINES = 100;

/** Reads the one document of `source`; null where it is not YAML at all (reported). An empty document is a `null` node. */
export function readByLibrary(source: Source, sink: DiagnosticSink): YamlNode | null {
  try {
    return read(source, sink);
  } catch (error) {
    // The library recurses over collections; hostile nesting ends here, and so would a mistake of the library.
    const deep = error instanceof RangeError;
    const message = deep ? 'the document is nested too deeply' : 'this cannot be read as YAML';
    sink.error(deep ? 'P0009' : 'P0001', { source, start: 0, end: 1 }, message);
    return null;
  }
}

/** What the library makes of a document of others that strict YAML may not take, its mistakes passed over; or why it is not read. */
export function looseValue(text: string): { readonly value: unknown } | { readonly unread: string } {
  if (text.length > LIBRARY_MOST) return { unread: `the file has more than ${LIBRARY_MOST} characters` };
  if (hostileBracket(text) !== undefined) return { unread: 'the file is no YAML: its brackets do not close' };
  try {
    const options = { strict: false, logLevel: 'silent', prettyErrors: false } as const;
    return { value: withoutStacks(() => parseDocument(text, options).toJS() as unknown) };
  } catch {
    // Nested too deeply, aliases that multiply, or a mistake of the library.
    return { unread: 'the file cannot be read as YAML' };
  }
}

function read(source: Source, sink: DiagnosticSink): YamlNode | null {
  const hostile = hostileBracket(source.text);
  if (hostile !== undefined && /[\]}]/.test(source.text.charAt(hostile))) {
    sink.error('P0001', { source, start: hostile, end: hostile + 1 }, 'not YAML: this bracket was never opened');
    return null;
  }
  const tokens = hostile === undefined ? [...new Parser().parse(source.text)] : [];
  const depth = hostile ?? deepestOffset(tokens);
  if (depth !== undefined) {
    sink.error('P0009', { source, start: depth, end: depth + 1 }, TOO_DEEP);
    return null;
  }
  const lineOf = lineFinder(source.text);
  const refused = refuseTokens(source, tokens, lineOf, sink);
  if (refused.size > MAX_REFUSED_LINES) return null;
  const composer = new Composer({
    intAsBigInt: true,
    keepSourceTokens: true,
    logLevel: 'silent',
    merge: false,
    prettyErrors: false,
    schema: 'core',
    uniqueKeys: false,
    version: '1.2',
  });
  const later = tokens.filter((token) => token.type === 'document')[1];
  const own = later === undefined ? tokens : tokens.slice(0, tokens.indexOf(later));
  const documents = withoutStacks(() => [...composer.compose(own, true, source.text.length)]);
  const document = documents[0];
  if (later !== undefined || documents.length > 1) {
    const start = later?.offset ?? documents[1]?.range[0] ?? 0;
    sink.error(
      'P0005',
      { source, start, end: start + 3 },
      'a policy is one YAML document, but a second one begins here',
      'put it into a file of its own',
    );
  }
  const broken = reportSyntax(source, documents, refused, lineOf, sink);
  if (document === undefined || broken) return null;
  if (document.contents === null) return { kind: 'null', span: { source, start: 0, end: 0 } };
  return convert({ source, sink }, document.contents, 0);
}

/** The offset of a bracket that no policy opens so deep, or of one of too many that nothing opened; or undefined. */
function hostileBracket(text: string): number | undefined {
  let open = 0;
  let stray = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5b || unit === 0x7b) open += 1;
    else if (unit === 0x5d || unit === 0x7d) {
      if (open > 0) open -= 1;
      else stray += 1;
    }
    if (open > MAX_OPEN_BRACKETS || stray > MAX_OPEN_BRACKETS) return at;
  }
  return undefined;
}

/** The library makes an Error of each mistake, of which a hostile file has hundreds of thousands; their stacks cost most and nobody reads them. */
function withoutStacks<T>(run: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface Reader {
  readonly source: Source;
  readonly sink: DiagnosticSink;
}

/** The first offset nested deeper than MAX_DEPTH, or undefined. Without recursion: this is what guards the recursion. */
function deepestOffset(tokens: readonly CST.Token[]): number | undefined {
  let level: CST.Token[] = [...tokens];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: CST.Token[] = [];
    for (const token of level) for (const child of children(token)) next.push(child);
    const first = next[0];
    if (depth > MAX_DEPTH && first !== undefined) return first.offset;
    level = next;
  }
  return undefined;
}

function children(token: CST.Token): CST.Token[] {
  switch (token.type) {
    case 'document':
      return token.value === undefined ? [] : [token.value];
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      return token.items.flatMap((item) =>
        [item.key, item.value].filter((child) => child !== undefined && child !== null),
      );
    default:
      return [];
  }
}

/** Reports anchors, aliases, tags and directives; returns the lines on which it did, as offsets of their beginnings. */
function refuseTokens(source: Source, tokens: readonly CST.Token[], lineOf: LineOf, sink: DiagnosticSink): Set<number> {
  const lines = new Set<number>();
  const refuse = (token: { offset: number; source: string }, code: string, message: string, help: string): void => {
    const line = lineOf(token.offset);
    if (lines.has(line)) return; // `!a && &b` is one mistake, a forgotten quote
    lines.add(line);
    sink.error(code, { source, start: token.offset, end: token.offset + token.source.length }, message, help);
  };
  const quote = 'text that begins with this character needs quotes around it';
  const visitSource = (token: CST.SourceToken): void => {
    if (token.type === 'anchor')
      refuse(token, 'P0003', `\`${clip(token.source)}\` is a YAML anchor, which policies do not have`, quote);
    if (token.type === 'tag') {
      const help = `a condition that begins with \`!\` needs quotes around it: write '${clip(token.source)} …'`;
      refuse(token, 'P0004', `\`${clip(token.source)}\` is a YAML tag, which policies do not have`, help);
    }
  };
  const stack: CST.Token[] = [...tokens].reverse();
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    if (token.type === 'directive' && !/^%YAML\s+1\.2\s*$/.test(token.source)) {
      refuse(token, 'P0004', `\`${clip(token.source)}\` is a YAML directive, which policies do not have`, 'remove it');
    }
    if (token.type === 'alias') {
      refuse(
        token,
        'P0003',
        `\`${clip(token.source)}\` is a YAML alias, which policies do not have`,
        `${quote}: '${clip(token.source)}'`,
      );
    }
    if (token.type === 'document') token.start.forEach(visitSource);
    if ('items' in token) {
      for (const item of token.items) {
        item.start.forEach(visitSource);
        item.sep?.forEach(visitSource);
      }
    }
    for (const child of children(token).reverse()) stack.push(child);
  }
  return lines;
}

const SYNTAX_HELP: ReadonlyMap<string, string> = new Map([
  ['TAB_AS_INDENT', 'indent with spaces'],
  ['BAD_INDENT', 'indent the parts of one mapping or list alike'],
  ['BLOCK_AS_IMPLICIT_KEY', 'put quotes around text that contains `: `'],
  ['MULTILINE_IMPLICIT_KEY', 'a key is on one line and ends in `: `'],
  ['BAD_SCALAR_START', 'put quotes around the text'],
  ['BAD_DQ_ESCAPE', 'in double quotes write a backslash as `\\\\`, or use single quotes'],
]);

/** Reports what the library found; true if it found anything, also what `refuseTokens` already reported. */
function reportSyntax(
  source: Source,
  documents: readonly Document.Parsed[],
  refused: Set<number>,
  lineOf: LineOf,
  sink: DiagnosticSink,
): boolean {
  const lines = new Set(refused);
  const errors: readonly YAMLParseError[] = documents.flatMap((document) => document.errors);
  for (const error of errors) {
    const start = Math.min(error.pos[0], source.text.length);
    const line = lineOf(start);
    if (lines.has(line)) continue;
    if (sink.isFull) break;
    lines.add(line);
    const message = error.message.charAt(0).toLowerCase() + error.message.slice(1).replace(/\.$/, '');
    const before = source.text.slice(line, start);
    const quotedStart = /:\s+(["']).*\1\s*$/.test(before);
    const help = quotedStart
      ? 'a condition that begins with a quoted text needs quotes around the whole: \'"a" in args.list\''
      : SYNTAX_HELP.get(error.code);
    sink.error(
      'P0001',
      { source, start, end: Math.max(start + 1, error.pos[1]) },
      `not YAML: ${clip(message, 160)}`,
      help,
    );
  }
  return errors.some((error) => error.code !== 'TAG_RESOLVE_FAILED' && error.code !== 'BAD_ALIAS');
}

function convert(reader: Reader, node: unknown, emptyAt: number): YamlNode {
  const { source, sink } = reader;
  if (isMap(node)) {
    const start = node.range?.[0] ?? 0;
    const entries = new Entries();
    let last: YamlNode | undefined;
    for (const { key, value } of node.items) {
      const name = convert(reader, key, start);
      last = convert(reader, value, name.span.end);
      entries.add(name, last, sink);
    }
    return { kind: 'map', entries: entries.list, span: collectionSpan(source, node, last) };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(reader, item, node.range?.[0] ?? 0));
    return { kind: 'list', items, span: collectionSpan(source, node, items.at(-1)) };
  }
  if (isScalar(node) && node.tag === undefined) {
    const [start, end] = node.range ?? [emptyAt, emptyAt];
    const span: Span = { source, start, end: trimEnd(source.text, start, end) };
    const { value } = node;
    if (typeof value === 'string')
      return { kind: 'text', value, span, place: placer(span, value, () => mapOf(node.srcToken, value)) };
    if (typeof value === 'bigint') return { kind: 'int', value, span };
    if (typeof value === 'number') return { kind: 'float', value, span };
    if (typeof value === 'boolean') return { kind: 'bool', value, span };
    return { kind: 'null', span };
  }
  if (isAlias(node) || isScalar(node)) {
    const [start, end] = node.range ?? [emptyAt, emptyAt];
    return { kind: 'error', span: { source, start, end } };
  }
  return { kind: 'null', span: { source, start: emptyAt, end: emptyAt } };
}

function mapOf(token: CST.Token | undefined, value: string): ScalarMap | undefined {
  return token !== undefined && isScalarToken(token) ? scalarMap(token, value) : undefined;
}

function isScalarToken(token: CST.Token): token is CST.FlowScalar | CST.BlockScalar {
  return (
    token.type === 'scalar' ||
    token.type === 'single-quoted-scalar' ||
    token.type === 'double-quoted-scalar' ||
    token.type === 'block-scalar'
  );
}

function collectionSpan(source: Source, node: YAMLMap | YAMLSeq, last: YamlNode | undefined): Span {
  const [start, end] = node.range ?? [0, 0];
  return node.flow === true ? { source, start, end } : blockSpan(source, start, last);
}

type LineOf = (offset: number) => number;

/** The offset at which the line of an offset begins. Fast for many offsets, since one line may hold a hundred thousand errors. */
function lineFinder(text: string): LineOf {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return starts[low] ?? 0;
  };
}
