// In: the text of a policy. Out: the same policy in the one layout: two spaces a level, `[a]` and `{ a: b }`, comments after values in a
// column, at most one empty line in a run. Never changes a value, an order, a quote, a line of a longer text, or a comment: what it writes
// is read again and held against what it read, and given up where they differ.

import { type CST, isSeq, Parser, parseDocument, type Scalar, visit, YAMLMap, YAMLSeq } from 'yaml';
import { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';
import { readYaml, type YamlNode } from './yaml.ts';
import { LIBRARY_MOST } from './yaml-library.ts';

/**
 * The policy in its layout, or null if it is not YAML as policies use it (reported), if a comment stands where the layout cannot keep it
 * (reported too, as P0012), or if the text is longer than what the library lays out in a second (P0015).
 */
export function formatPolicy(source: Source, sink: DiagnosticSink): string | null {
  if (source.text.length > LIBRARY_MOST) {
    const found = `this file has ${source.text.length} characters, and at most ${LIBRARY_MOST} are laid out`;
    sink.error('P0015', { source, start: 0, end: 1 }, found);
    return null;
  }
  const before = readYaml(source, sink);
  if (before === null || sink.hasErrors) return null;
  const text = laidOut(source.text);
  const again = new DiagnosticSink();
  const after = readYaml({ path: source.path, text }, again);
  const isKept =
    after !== null &&
    !again.hasErrors &&
    plain(after) === plain(before) &&
    comments(text) === comments(source.text) &&
    laidOut(text) === text;
  if (isKept) return text;
  sink.error(
    'P0012',
    { source, start: 0, end: Math.min(1, source.text.length) },
    'this file cannot be laid out without losing something',
    'move comments to lines of their own, before the key they speak of',
  );
  return null;
}

function laidOut(text: string): string {
  const document = parseDocument(text, { intAsBigInt: true, schema: 'core', version: '1.2', merge: false });
  const kept: string[][] = [];
  visit(document, {
    Scalar: (_, node) => keepLines(node, text, kept),
    Seq: (_, node) => pad(node, ''),
    Map: (_, node) => pad(node, ' '),
  });
  const written = document.toString({ indent: 2, indentSeq: true, lineWidth: 0 });
  const lines = written.split('\n').flatMap((line) => withKeptLines(line.trimEnd(), kept));
  return `${alignedComments(lines)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

/** A name that stands for a text of several lines while the library lays out what is around it. */
const KEPT = /\bLICTOR_KEPT_(\d+)_TPEK\b/;

/** The library would fold a text of several lines anew; its lines are the author's. */
function keepLines(node: Scalar, text: string, kept: string[][]): void {
  const range = node.range;
  if (
    range === null ||
    range === undefined ||
    (node.type !== 'PLAIN' &&
      node.type !== 'QUOTE_DOUBLE' &&
      node.type !== 'QUOTE_SINGLE' &&
      node.type !== 'BLOCK_FOLDED')
  )
    return;
  const source = text.slice(range[0], range[1]).trimEnd();
  if (!source.includes('\n') || /LICTOR_KEPT_/.test(text)) return;
  const lines = source.split('\n').map((line) => line.trimEnd());
  // A folded block says by its indentation what is folded: it stays as it is, shifted as a whole.
  const least =
    node.type === 'BLOCK_FOLDED'
      ? Math.min(
          ...lines
            .slice(1)
            .filter((line) => line !== '')
            .map(indentOf),
        )
      : null;
  kept.push(lines.map((line, i) => (i === 0 ? line : least === null ? line.trimStart() : line.slice(least))));
  node.value = `LICTOR_KEPT_${kept.length - 1}_TPEK`;
  node.type = 'PLAIN';
}

function withKeptLines(line: string, kept: readonly string[][]): readonly string[] {
  const found = KEPT.exec(line);
  const lines = kept[Number(found?.[1] ?? -1)];
  if (found === null || lines === undefined) return [line];
  const [first = '', ...rest] = lines;
  const after = line.slice(found.index + found[0].length);
  // Below the key, or the dash, that the text belongs to.
  const indent = ' '.repeat(
    indentOf(line) + (/^\s*(- )+/.test(line) ? (/^\s*((?:- )+)/.exec(line)?.[1]?.length ?? 0) : 0) + 2,
  );
  const whole = [line.slice(0, found.index) + first, ...rest.map((more) => (more === '' ? '' : indent + more))];
  const last = whole.pop() ?? '';
  return [...whole, ...withKeptLines(last + after, kept)];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

type Padded = YAMLSeq | YAMLMap;

/** `[a]`, but `{ a: b }`: the library knows one padding for both. */
function pad(node: Padded, flowCollectionPadding: string): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with the node as `this` below
  const write = isSeq(node) ? YAMLSeq.prototype.toString : YAMLMap.prototype.toString;
  node.toString = function (ctx, onComment, onChompKeep) {
    return ctx === undefined
      ? write.call(this)
      : write.call(this, { ...ctx, flowCollectionPadding }, onComment, onChompKeep);
  };
}

/** Comments after values on lines that follow one another stand in one column. */
function alignedComments(lines: readonly string[]): readonly string[] {
  const starts = trailingComments(lines);
  const aligned = [...lines];
  for (let first = 0; first < lines.length; first += 1) {
    let end = first;
    while (starts[end] !== undefined) end += 1;
    const column =
      Math.max(...starts.slice(first, end).map((at, i) => (lines[first + i] ?? '').slice(0, at).trimEnd().length)) + 1;
    for (let i = first; i < end; i += 1) {
      const line = lines[i] ?? '';
      const before = line.slice(0, starts[i]).trimEnd();
      aligned[i] = `${before.padEnd(column)}${line.slice(starts[i])}`;
    }
    first = Math.max(first, end);
  }
  return aligned;
}

/** By line: where a comment begins that stands after something else. */
function trailingComments(lines: readonly string[]): readonly (number | undefined)[] {
  const starts: (number | undefined)[] = lines.map(() => undefined);
  const offsets: number[] = [];
  let offset = 0;
  for (const line of lines) {
    offsets.push(offset);
    offset += line.length + 1;
  }
  let at = 0;
  for (const { offset: start } of commentTokens(lines.join('\n'))) {
    while ((offsets[at + 1] ?? Number.POSITIVE_INFINITY) <= start) at += 1;
    const column = start - (offsets[at] ?? 0);
    if ((lines[at] ?? '').slice(0, column).trim() !== '') starts[at] = column;
  }
  return starts;
}

/** The tree without its places. */
function plain(node: YamlNode): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'span' || key === 'keySpan' || key === 'place') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;
  });
}

/** All comments, in the order they stand. */
function comments(text: string): string {
  return commentTokens(text)
    .map(({ source }) => source.trimEnd())
    .join('\n');
}

interface CommentToken {
  readonly offset: number;
  readonly source: string;
}

function commentTokens(text: string): readonly CommentToken[] {
  const found: CommentToken[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (typeof value === 'object' && value !== null) {
      const { type, offset = 0, source = '' } = value as Partial<CST.SourceToken>;
      if (type === 'comment') found.push({ offset, source });
      else for (const part of Object.values(value)) walk(part);
    }
  };
  for (const token of new Parser().parse(text)) walk(token);
  return found.sort((a, b) => a.offset - b.offset);
}
