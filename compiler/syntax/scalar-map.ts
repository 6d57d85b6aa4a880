// In: one YAML scalar as its token (raw source) and its value. Out: for each code unit of the value, where it was written.
// Mirrors the folding, escaping and indentation rules of YAML 1.2 (6.5, 7.3, 8.1). Where the YAML library gave the value and the two
// disagree, the answer is undefined, so that a place can be coarse but never wrong; the plain reader takes the value from here too.

import type { CST } from 'yaml';

/** `starts[i]`..`ends[i]` is the source text that became code unit `i` of the value. */
export interface ScalarMap {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

interface Writer {
  value: string;
  readonly starts: number[];
  readonly ends: number[];
}

/** The map of a scalar token, or undefined where the raw text does not give `value` by the rules below. */
export function scalarMap(token: CST.FlowScalar | CST.BlockScalar, value: string): ScalarMap | undefined {
  const written = writtenScalar(token);
  return written?.value === value ? written : undefined;
}

/** What a scalar token says by the rules below, with its map. */
export function writtenScalar(
  token: CST.FlowScalar | CST.BlockScalar,
): (ScalarMap & { readonly value: string }) | undefined {
  const writer: Writer = { value: '', starts: [], ends: [] };
  switch (token.type) {
    case 'scalar':
      unfold(writer, token.source, token.offset, false);
      break;
    case 'single-quoted-scalar':
      unfold(writer, token.source.slice(1, -1), token.offset + 1, true);
      break;
    case 'double-quoted-scalar':
      unescape(writer, token.source, token.offset);
      break;
    case 'block-scalar':
      block(writer, token);
      break;
    case 'alias':
      return undefined;
  }
  return writer;
}

function write(writer: Writer, text: string, start: number, end: number): void {
  for (let i = 0; i < text.length; i += 1) {
    writer.starts.push(start);
    writer.ends.push(end);
  }
  writer.value += text;
}

/** Text that stands in the value as it stands in the source; with `single`, `''` becomes `'`. */
function copy(writer: Writer, text: string, start: number, single: boolean): void {
  if (!single || !text.includes("'")) {
    for (let i = start; i < start + text.length; i += 1) {
      writer.starts.push(i);
      writer.ends.push(i + 1);
    }
    writer.value += text;
    return;
  }
  for (let i = 0; i < text.length; i += 1) {
    const width = text[i] === "'" && text[i + 1] === "'" ? 2 : 1;
    write(writer, text.charAt(i), start + i, start + i + width);
    i += width - 1;
  }
}

/** Plain and single-quoted scalars: line breaks fold to a space, empty lines to line feeds (YAML 7.3.2, 7.3.3). */
function unfold(writer: Writer, source: string, base: number, single: boolean): void {
  const lines = source.split('\n');
  const last = lines.length - 1;
  let lineStart = base;
  let contentEnd = base;
  let separator = ' ';
  lines.forEach((line, index) => {
    const from = index === 0 ? 0 : leadingBlanks(line);
    const content =
      index === last
        ? line.slice(from)
        : line
            .slice(from)
            .replace(/\r$/, '')
            .replace(/(?<![ \t])[ \t]+$/, '');
    const start = lineStart + from;
    if (index > 0 && index < last && content === '') {
      if (separator === '\n') write(writer, '\n', contentEnd, start);
      else separator = '\n';
    } else {
      if (index > 0) write(writer, separator, contentEnd, start);
      copy(writer, content, start, single);
      contentEnd = start + content.length;
      separator = ' ';
    }
    lineStart += line.length + 1;
  });
}

function leadingBlanks(line: string): number {
  let count = 0;
  while (line[count] === ' ' || line[count] === '\t') count += 1;
  return count;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['\t', '\t'],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** Double-quoted scalars: escapes, and folding in which an escaped line break leaves nothing (YAML 7.3.1). */
function unescape(writer: Writer, source: string, base: number): void {
  const end = source.length - 1;
  let i = 1;
  while (i < end) {
    const blanks = blankRun(source, i, end);
    const folded = /^(?:[ \t]*\r?\n)+[ \t]*/.exec(blanks)?.[0];
    if (folded !== undefined) {
      const breaks = folded.split('\n').length - 1;
      write(writer, breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), base + i, base + i + folded.length);
      i += folded.length;
    } else if (blanks !== '') {
      copy(writer, blanks, base + i, false);
      i += blanks.length;
    } else if (source[i] === '\\') {
      i += escape(writer, source, base, i);
    } else {
      write(writer, source.charAt(i), base + i, base + i + 1);
      i += 1;
    }
  }
}

/** The blanks and line breaks from `from` on. */
function blankRun(source: string, from: number, end: number): string {
  let to = from;
  while (to < end && /[ \t\r\n]/.test(source.charAt(to))) to += 1;
  return source.slice(from, to);
}

/** One escape sequence at `i`; returns its length. */
function escape(writer: Writer, source: string, base: number, i: number): number {
  const next = source.charAt(i + 1);
  const simple = ESCAPES.get(next);
  if (simple !== undefined) {
    write(writer, simple, base + i, base + i + 2);
    return 2;
  }
  const digits = HEX_DIGITS.get(next);
  if (digits !== undefined) {
    const code = Number.parseInt(source.slice(i + 2, i + 2 + digits), 16);
    const text = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    write(writer, text, base + i, base + i + 2 + digits);
    return 2 + digits;
  }
  const lineBreak = /^\r?\n[ \t]*/.exec(source.slice(i + 1))?.[0];
  return lineBreak === undefined ? 1 : 1 + lineBreak.length;
}

interface BlockLine {
  readonly indent: number;
  readonly content: string;
  /** Offset of the line's first character. */
  readonly start: number;
}

/** `|` and `>`: the header says mode, indentation and chomping (YAML 8.1). */
function block(writer: Writer, token: CST.BlockScalar): void {
  const headerText = token.props[0]?.type === 'block-scalar-header' ? token.props[0].source : '|';
  const folded = headerText.startsWith('>');
  const explicitIndent = Number(/[1-9]/.exec(headerText)?.[0] ?? 0);
  const chomp = /[-+]/.exec(headerText)?.[0] ?? '';
  const headerLength = token.props.reduce((sum, prop) => sum + ('source' in prop ? prop.source.length : 0), 0);

  const lines: BlockLine[] = [];
  const { source } = token;
  const base = token.offset + headerLength;
  for (let from = 0, end = 0; from <= source.length; from = end + 1) {
    const feed = source.indexOf('\n', from);
    end = feed < 0 ? source.length : feed;
    let first = from;
    while (source[first] === ' ') first += 1;
    const content = source.slice(first, end > first && source[end - 1] === '\r' ? end - 1 : end);
    lines.push({ indent: first - from, content, start: base + from });
  }

  let contentEnd = lines.length;
  while (contentEnd > 0 && lines[contentEnd - 1]?.content === '') contentEnd -= 1;
  if (contentEnd === 0) {
    // Blank lines only: nothing, unless they are to be kept.
    const kept = chomp === '+' && token.source !== '' ? Math.max(1, lines.length - 1) : 0;
    const end = base + source.length;
    write(writer, '\n'.repeat(kept), end, end);
    return;
  }
  const first = lines.findIndex((line) => line.content !== '');
  const trim = explicitIndent > 0 ? token.indent + explicitIndent : (lines[first]?.indent ?? 0);
  for (let i = lines.length - 1; i >= contentEnd; i -= 1) {
    if ((lines[i]?.indent ?? 0) > trim) contentEnd = i + 1;
  }

  let separator = '';
  let previousMoreIndented = false;
  let at = lines[0]?.start ?? token.offset;
  lines.slice(0, contentEnd).forEach((line, index) => {
    const text = ' '.repeat(Math.max(0, line.indent - trim)) + line.content;
    const textStart = line.start + Math.min(trim, line.indent);
    const moreIndented = line.indent > trim || line.content.startsWith('\t');
    if (index < first) {
      copy(writer, text, textStart, false);
      write(writer, '\n', textStart + text.length, (lines[index + 1]?.start ?? textStart) + trim);
      return;
    }
    if (!folded || moreIndented) {
      if (folded && separator === ' ') separator = '\n';
      else if (folded && !previousMoreIndented && separator === '\n') separator = '\n\n';
      write(writer, separator, at, textStart);
      copy(writer, text, textStart, false);
      separator = '\n';
      previousMoreIndented = folded;
    } else if (line.content === '') {
      if (separator === '\n') write(writer, '\n', at, textStart);
      else separator = '\n';
      return;
    } else {
      write(writer, separator, at, textStart);
      copy(writer, text, textStart, false);
      separator = ' ';
      previousMoreIndented = false;
    }
    at = textStart + text.length;
  });

  const end = base + source.length;
  if (chomp === '-') return;
  if (chomp === '+') {
    for (const line of lines.slice(contentEnd))
      write(writer, `\n${' '.repeat(Math.max(0, line.indent - trim))}`, at, end);
    if (!writer.value.endsWith('\n')) write(writer, '\n', at, end);
    return;
  }
  write(writer, '\n', at, end);
}
