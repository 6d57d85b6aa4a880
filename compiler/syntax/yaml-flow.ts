// In: a cursor at `[` or `{`. Out: the collection, with its places; all of JSON is made of these. Ends the reading (`Unread`) at what
// JSON does not have and policies hardly use: pairs in lists, keys that are collections, plain texts of several lines.

import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  type Cursor,
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
import { plainLine, plainNode, quotedNode } from './yaml-scalars.ts';
import { Entries, MAX_DEPTH, TOO_DEEP, type YamlNode } from './yaml-tree.ts';

/** The collection at the cursor, whose lines are indented by at least `least`. Leaves the cursor behind it. */
export function flowNode(cursor: Cursor, least: number, depth: number): YamlNode {
  return collection(cursor, least, depth, 1);
}

function collection(cursor: Cursor, least: number, depth: number, level: number): YamlNode {
  const { at: start, source } = cursor;
  if (depth > MAX_DEPTH) throw new Unread(start, TOO_DEEP, 'P0009');
  const isMap = cursor.code(start) === OPEN_BRACE;
  const close = isMap ? CLOSE_BRACE : CLOSE_BRACKET;
  const items: YamlNode[] = [];
  const entries = new Entries();
  cursor.at += 1;
  for (;;) {
    skipBlanks(cursor, least, level);
    if (cursor.code(cursor.at) === close) break;
    if (isMap) entry(cursor, least, depth, level, entries);
    else items.push(value(cursor, least, depth, level));
    skipBlanks(cursor, least, level);
    const code = cursor.code(cursor.at);
    if (code === close) break;
    if (code !== COMMA)
      throw new Unread(cursor.at, 'neither a comma nor the bracket that ends the collection stands here');
    cursor.at += 1;
  }
  cursor.at += 1;
  const span = { source, start, end: cursor.at };
  return isMap ? { kind: 'map', entries: entries.list, span } : { kind: 'list', items, span };
}

function value(cursor: Cursor, least: number, depth: number, level: number): YamlNode {
  const code = cursor.code(cursor.at);
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return collection(cursor, least, depth + 1, level + 1);
  return scalar(cursor, least);
}

function scalar(cursor: Cursor, least: number): YamlNode {
  const { at } = cursor;
  const code = cursor.code(at);
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return quotedNode(cursor, least);
  const end = plainLine(cursor, at, true);
  const stopped = cursor.code(cursor.at);
  if ((stopped === LF || stopped === CR) && !isEndAhead(cursor))
    throw new Unread(cursor.at, 'a text without quotes has several lines within brackets');
  cursor.at = end;
  return plainNode(cursor, at, end);
}

/** Whether what follows the lines' end closes a value: otherwise a plain text would go on there. */
function isEndAhead(cursor: Cursor): boolean {
  let { at } = cursor;
  let code = cursor.code(at);
  while (code === SPACE || code === TAB || code === LF || code === CR) {
    at += 1;
    code = cursor.code(at);
  }
  return code === COMMA || code === HASH || code === CLOSE_BRACE || code === CLOSE_BRACKET;
}

/** `key: value`, `key:` or `key`. */
function entry(cursor: Cursor, least: number, depth: number, level: number, entries: Entries): void {
  const { at: start, source } = cursor;
  const first = cursor.code(start);
  const isQuoted = first === DOUBLE_QUOTE || first === SINGLE_QUOTE;
  const key = scalar(cursor, least);
  let { at } = cursor;
  while (cursor.code(at) === SPACE || cursor.code(at) === TAB) at += 1;
  const after = cursor.code(at);
  if (after !== COLON) {
    if (after === LF || after === CR || after === HASH)
      throw new Unread(at, 'the value of this key is not on its line');
    const { end } = key.span;
    entries.add(key, { kind: 'null', span: { source, start: end, end } }, cursor.sink);
    return;
  }
  const lineEnd = isQuoted ? cursor.text.slice(start, at).indexOf('\n') : -1;
  if (lineEnd >= 0) throw new Unread(start, 'a key has several lines');
  at += 1;
  while (cursor.code(at) === SPACE || cursor.code(at) === TAB) at += 1;
  cursor.at = at;
  skipBlanks(cursor, least, level);
  const code = cursor.code(cursor.at);
  const isEmpty = code === COMMA || code === CLOSE_BRACE;
  const node: YamlNode = isEmpty
    ? { kind: 'null', span: { source, start: at, end: at } }
    : value(cursor, least, depth, level);
  entries.add(key, node, cursor.sink);
}

/** Over blanks, line ends and comments. Lines are indented by `least`, but for the bracket that ends the outermost collection. */
function skipBlanks(cursor: Cursor, least: number, level: number): void {
  const { text } = cursor;
  let { at } = cursor;
  let lineStart = -1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === TAB) at += 1;
    else if (code === LF) {
      at += 1;
      lineStart = at;
    } else if (code === CR) at += 1;
    else if (code === HASH) {
      const before = text.charCodeAt(at - 1);
      if (before !== SPACE && before !== TAB && before !== LF)
        throw new Unread(at, 'no blank stands before this comment');
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else {
      cursor.at = at;
      if (lineStart >= 0) checkIndent(cursor, lineStart, least, level);
      return;
    }
  }
}

function checkIndent(cursor: Cursor, lineStart: number, least: number, level: number): void {
  const { at } = cursor;
  let indentEnd = lineStart;
  while (cursor.code(indentEnd) === SPACE) indentEnd += 1;
  const indent = indentEnd - lineStart;
  if (indent === 0 && cursor.isMarker(at)) throw new Unread(at, 'a document ends or begins within brackets');
  if (indent >= least) return;
  const code = cursor.code(at);
  const isLast = level === 1 && indent === least - 1 && indentEnd === at;
  if (!isLast || (code !== CLOSE_BRACE && code !== CLOSE_BRACKET))
    throw new Unread(at, 'a line within brackets is indented less than what it belongs to');
}
