// In: a cursor at a scalar. Out: its node with its places: plain (typed by the core schema), quoted, or a block of text. What folds or
// escapes is read by the rules of scalar-map.ts. Ends the reading (`Unread`) at every escape, header or indentation that is not certain.

import type { CST } from 'yaml';
import type { Span } from '../source.ts';
import { type ScalarMap, scalarMap, writtenScalar } from './scalar-map.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  type Cursor,
  DASH,
  DOUBLE_QUOTE,
  HASH,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  Unread,
} from './yaml-cursor.ts';
import { type Place, placer, trimEnd, type YamlNode, type YamlText } from './yaml-tree.ts';

const QUESTION = 0x3f;
/** What no plain text begins with; `-` and `?` only where a blank follows. */
const INDICATORS: ReadonlySet<number> = new Set(Array.from('[]{},#&*!|>\'"%@`:\ufeff', (char) => char.charCodeAt(0)));

function isFlowIndicator(code: number): boolean {
  return (
    code === COMMA || code === OPEN_BRACKET || code === CLOSE_BRACKET || code === OPEN_BRACE || code === CLOSE_BRACE
  );
}

/**
 * The end of the plain text that begins at `at`, on its line. Leaves the cursor at what ended it: a colon that is none of the text, a
 * blank before a comment, the line's end, or within brackets an indicator.
 */
export function plainLine(cursor: Cursor, at: number, inFlow: boolean): number {
  const first = cursor.code(at);
  const isItem =
    (first === DASH || first === QUESTION) &&
    (cursor.isBlank(at + 1) || (inFlow && isFlowIndicator(cursor.code(at + 1))));
  if (first !== first || INDICATORS.has(first) || isItem) throw new Unread(at, 'no value begins like this');
  return restOfLine(cursor, at, inFlow);
}

function restOfLine(cursor: Cursor, from: number, inFlow: boolean): number {
  const { text } = cursor;
  let end = from;
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === TAB) {
      if (text.charCodeAt(at + 1) !== HASH) continue;
    } else if (code === COLON) {
      if (!cursor.isBlank(at + 1) && !(inFlow && isFlowIndicator(text.charCodeAt(at + 1)))) {
        end = at + 1;
        continue;
      }
    } else if (code !== LF && code !== CR && code === code && !(inFlow && isFlowIndicator(code))) {
      end = at + 1;
      continue;
    }
    cursor.at = at;
    return end;
  }
}

/** The end of a plain text whose first line ended at `end`, with the lines it goes on in: those indented by at least `least`. */
export function plainEnd(cursor: Cursor, firstEnd: number, least: number): number {
  let end = firstEnd;
  for (;;) {
    const code = cursor.code(cursor.at);
    let at = cursor.at + (code === CR ? 2 : 1);
    if (code !== LF && code !== CR) break;
    let start = at;
    for (; ; at += 1) {
      const blank = cursor.code(at);
      if (blank === LF) start = at + 1;
      else if (blank !== SPACE && blank !== CR) break;
    }
    const next = cursor.code(at);
    if (next === TAB) throw new Unread(at, 'a tab stands where the line is indented');
    if (next !== next || next === HASH || at - start < least) break;
    end = restOfLine(cursor, at, false);
    if (cursor.code(cursor.at) === COLON)
      throw new Unread(cursor.at, 'a colon stands within a text that has no quotes');
  }
  cursor.at = end;
  return end;
}

const NULL = /^(?:~|[Nn]ull|NULL)$/;
const BOOL = /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/;
const INT = /^(?:0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+)$/;
const SPECIAL_FLOAT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Everything that the core schema reads as something else than text begins so. */
const TYPED = /^[-+.0-9~nNtTfF]/;

/** The node of the plain text from `start` to `end`, typed as the core schema says. */
export function plainNode(cursor: Cursor, start: number, end: number): YamlNode {
  const { source } = cursor;
  const written = source.text.slice(start, end);
  // A line separator or a wide blank is part of the text, but not of its place.
  const last = written.charCodeAt(written.length - 1);
  const span: Span = { source, start, end: last > SPACE && last < 0x7f ? end : trimEnd(source.text, start, end) };
  if (TYPED.test(written)) {
    if (NULL.test(written)) return { kind: 'null', span };
    if (BOOL.test(written)) return { kind: 'bool', value: /^[tT]/.test(written), span };
    if (INT.test(written)) return { kind: 'int', value: BigInt(written), span };
    if (FLOAT.test(written)) return { kind: 'float', value: Number.parseFloat(written), span };
    if (SPECIAL_FLOAT.test(written)) return { kind: 'float', value: specialFloat(written), span };
  }
  const token = (): CST.FlowScalar => ({ type: 'scalar', offset: start, indent: 0, source: written });
  if (written.includes('\n')) return mappedNode(token, span);
  if (span.end === end) return new Verbatim(written, span, start);
  return { kind: 'text', value: written, span, place: placer(span, written, () => scalarMap(token(), written)) };
}

function specialFloat(written: string): number {
  if (/nan$/i.test(written)) return Number.NaN;
  return written.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A text that is folded or escaped: its value is what its map says, which is made again for who asks for places. */
function mappedNode(token: () => CST.FlowScalar | CST.BlockScalar, span: Span): YamlNode {
  const value = writtenScalar(token())?.value;
  if (value === undefined) throw new Unread(span.start, 'this text cannot be read');
  return { kind: 'text', value, span, place: placer(span, value, () => writtenScalar(token())) };
}

/** The quoted text at the cursor, whose further lines are indented by at least `least`. Leaves the cursor behind it. */
export function quotedNode(cursor: Cursor, least: number): YamlNode {
  const { text, source, at: start } = cursor;
  const quote = text.charCodeAt(start);
  const isDouble = quote === DOUBLE_QUOTE;
  let isPlain = true;
  let isJson = isDouble;
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      if (isDouble || text.charCodeAt(at + 1) !== SINGLE_QUOTE) break;
      isPlain = false;
      at += 2;
    } else if (code === BACKSLASH && isDouble) {
      isPlain = false;
      const json = lengthAt(JSON_ESCAPE, text, at);
      if (json === 0) isJson = false;
      const next = text.charCodeAt(at + 1);
      if (next === LF || next === CR) at = continued(cursor, at + (next === CR ? 3 : 2), least);
      else at += json || otherEscape(cursor, at);
    } else if (code === LF) {
      isPlain = false;
      isJson = false;
      at = continued(cursor, at + 1, least);
    } else if (code !== code) throw new Unread(start, 'this text in quotes does not end');
    else {
      if (code < SPACE) isJson = false;
      at += 1;
    }
  }
  cursor.at = at + 1;
  const span: Span = { source, start, end: at + 1 };
  if (isPlain) {
    const value = text.slice(start + 1, at);
    return new Verbatim(value, span, start + 1);
  }
  const type = isDouble ? 'double-quoted-scalar' : 'single-quoted-scalar';
  const written = text.slice(start, at + 1);
  const token = (): CST.FlowScalar => ({ type, offset: start, indent: 0, source: written });
  if (!isJson) return mappedNode(token, span);
  const value = String(JSON.parse(written));
  return {
    kind: 'text',
    value,
    span,
    place: placer(span, value, (): ScalarMap | undefined => scalarMap(token(), value)),
  };
}

const JSON_ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** Escapes of YAML alone. */
const OTHER_ESCAPE = /\\(?:[0aevN_LP \t]|x[0-9a-fA-F]{2}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})/y;

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex - at : 0;
}

function otherEscape(cursor: Cursor, at: number): number {
  const length = lengthAt(OTHER_ESCAPE, cursor.text, at);
  if (length === 0) throw new Unread(at, 'no escape begins like this');
  return length;
}

/** A text that stands in the source as it is, from `from` on. Most nodes are such, keys too: the function for places is made when asked for. */
class Verbatim implements YamlText {
  readonly kind = 'text';
  readonly value: string;
  readonly span: Span;
  readonly #from: number;

  constructor(value: string, span: Span, from: number) {
    this.value = value;
    this.span = span;
    this.#from = from;
  }

  get place(): Place {
    const { value, span } = this;
    const first = this.#from;
    if (value === '') return () => span;
    return (start, end) => {
      const from = first + Math.min(start, value.length);
      return { source: span.source, start: from, end: end > start ? first + Math.min(end, value.length) : from };
    };
  }
}

/** Where the text of the next line begins, which is indented enough or empty. */
function continued(cursor: Cursor, lineStart: number, least: number): number {
  let at = lineStart;
  while (cursor.code(at) === SPACE) at += 1;
  const code = cursor.code(at);
  if (code === LF || code === CR) return code === LF ? at : at + 1;
  // At the beginning of a line `---` would end the document.
  if (code === TAB || at - lineStart < Math.max(least, 1))
    throw new Unread(at, 'a text in quotes goes on in a line that is indented too little');
  return at;
}

const HEADER = /[|>](?:[-+]?[1-9]?|[1-9][-+])(?=[ \r\n])/y;

/** The block of text whose header the cursor is at, below a key or a dash in column `parent`. Leaves the cursor at the next line. */
export function blockScalar(cursor: Cursor, parent: number): YamlNode {
  const { text, source, at: start } = cursor;
  const headerEnd = start + lengthAt(HEADER, text, start);
  const header = text.slice(start, headerEnd);
  const body = bodyStart(cursor, headerEnd);
  const indicated = Number(/[1-9]/.exec(header)?.[0] ?? 0);
  const { at: first, indent, mostBlank } = firstLine(cursor, body);
  const least = indicated > 0 ? parent + indicated : indent;
  if (indent <= parent || indent < least || (indicated === 0 && mostBlank > indent))
    throw new Unread(first, 'a block of text is empty, or its first line is not indented as its header says');
  let end = lastLineEnd(cursor, first, least);
  let next = end + 1;
  while (cursor.code(next) === SPACE) next += 1;
  if (cursor.code(next) === TAB) throw new Unread(next, 'a tab stands where the line is indented');
  if (!header.includes('+')) end = withoutBlankLines(cursor, body, end, indent);
  cursor.at = Math.min(end + 1, text.length);
  const after = cursor.at;
  const token = (): CST.BlockScalar => ({
    type: 'block-scalar',
    offset: start,
    indent: parent,
    props: [
      { type: 'block-scalar-header', offset: start, indent: parent, source: header },
      { type: 'newline', offset: headerEnd, indent: parent, source: text.slice(headerEnd, body) },
    ],
    source: text.slice(body, after),
  });
  const node = mappedNode(token, { source, start, end: trimEnd(text, start, after) });
  cursor.nextLine();
  return node;
}

/** Where the line after the header begins, on whose line only a comment may stand. */
function bodyStart(cursor: Cursor, headerEnd: number): number {
  const { text } = cursor;
  let at = headerEnd;
  while (cursor.code(at) === SPACE) at += 1;
  const end = text.indexOf('\n', at);
  const code = cursor.code(at);
  const isComment = code === HASH && at > headerEnd;
  if (end < 0 || headerEnd === cursor.at || !(code === LF || code === CR || isComment))
    throw new Unread(cursor.at, 'this is no header of a block of text');
  return end + 1;
}

/** The first line with text: where the text begins, its indentation, and the most blanks of an empty line before it. */
function firstLine(
  cursor: Cursor,
  body: number,
): { readonly at: number; readonly indent: number; readonly mostBlank: number } {
  let line = body;
  let mostBlank = 0;
  for (let at = body; ; at += 1) {
    const code = cursor.code(at);
    if (code === SPACE) continue;
    if (code === CR || code === LF) {
      mostBlank = Math.max(mostBlank, at - line);
      if (code === CR) at += 1;
      line = at + 1;
    } else if (code === code) return { at, indent: at - line, mostBlank };
    else return { at: body, indent: -1, mostBlank };
  }
}

/** The line feed that ends the last line of the block (or the end of the text): lines are empty or indented by at least `least`. */
function lastLineEnd(cursor: Cursor, first: number, least: number): number {
  const { text } = cursor;
  let at = first;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
    while (cursor.code(at) === SPACE) at += 1;
    const code = cursor.code(at);
    if (code === CR) at += 1;
    else if (code !== LF && at - end - 1 < least) return end;
  }
}

/** Empty lines at the end are not of the block, unless they have more blanks than its first line. */
function withoutBlankLines(cursor: Cursor, body: number, lastEnd: number, indent: number): number {
  let end = lastEnd;
  for (;;) {
    let at = end - 1;
    if (cursor.code(at) === CR) at -= 1;
    const last = at;
    while (cursor.code(at) === SPACE) at -= 1;
    if (cursor.code(at) !== LF || at < body || at + 1 + indent <= last) return end;
    end = at;
  }
}
