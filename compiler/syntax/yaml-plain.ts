// In: a text. Out: its tree, if it is JSON or the plain part of YAML that policies are written in; otherwise where and why it is not read.
// Gives what the library gives (yaml-library.ts; test/syntax/plain.test.ts), some ten times as fast. Knows no anchors, aliases, tags,
// directives, `?` keys, keys that are collections, `[a: b]`, tabs as indentation, nor a text alone; and never says what is wrong with a text.

import { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';
import {
  COLON,
  Cursor,
  DASH,
  DOUBLE_QUOTE,
  HASH,
  OPEN_BRACE,
  OPEN_BRACKET,
  SINGLE_QUOTE,
  SPACE,
  Unread,
} from './yaml-cursor.ts';
import { flowNode } from './yaml-flow.ts';
import { blockScalar, plainEnd, plainLine, plainNode, quotedNode } from './yaml-scalars.ts';
import { blockSpan, Entries, MAX_DEPTH, TOO_DEEP, type YamlNode } from './yaml-tree.ts';

const BAR = 0x7c;
const GREATER = 0x3e;
const BOM = 0xfeff;
/** The library has a limit of 1024 from the beginning of a key to its colon. */
const MAX_KEY = 1000;

/** The tree, what it reports put into `sink`; or why there is none, and nothing reported. */
export function readPlainYaml(source: Source, sink: DiagnosticSink): YamlNode | { readonly unread: Unread } {
  const own = new DiagnosticSink();
  try {
    const root = new PlainReader(source, own).document();
    sink.addAll(own);
    return root;
  } catch (error) {
    if (error instanceof Unread) return { unread: error };
    throw error;
  }
}

/** Where a node begins: on the line of its key, after `- `, or on a line of its own. */
type Start = 'value' | 'item' | 'line';

class PlainReader {
  readonly #cursor: Cursor;

  constructor(source: Source, sink: DiagnosticSink) {
    this.#cursor = new Cursor(source, sink);
  }

  document(): YamlNode {
    const cursor = this.#cursor;
    const { text, source } = cursor;
    const lone = loneReturn(text);
    if (lone !== undefined) throw new Unread(lone, 'a carriage return without a line feed stands here');
    if (cursor.code(0) === BOM) {
      cursor.at = 1;
      // The library counts no columns in such a line.
      if (cursor.code(1) === SPACE || cursor.code(1) === DASH)
        throw new Unread(1, 'a byte order mark stands before this');
    }
    cursor.nextLine(true);
    if (cursor.indent < 0) return { kind: 'null', span: { source, start: 0, end: 0 } };
    if (cursor.indent === 0 && cursor.isMarker(cursor.at)) {
      if (cursor.code(cursor.at) !== DASH) throw new Unread(cursor.at, 'the end of a document is marked here');
      cursor.at += 3;
      cursor.endLine();
    }
    if (cursor.indent < 0) throw new Unread(text.length, 'nothing stands here');
    const root = this.#root();
    if (cursor.indent >= 0) throw new Unread(cursor.at, 'a line stands here that belongs to nothing before it');
    return root;
  }

  #root(): YamlNode {
    const cursor = this.#cursor;
    const code = cursor.code(cursor.at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      const flow = flowNode(cursor, 0, 1);
      cursor.endLine();
      return flow;
    }
    const start = cursor.at;
    const node = this.#node(-1, cursor.indent, 1, 'line');
    if (node.kind !== 'map' && node.kind !== 'list') throw new Unread(start, 'no mapping and no list begins here');
    return node;
  }

  /** The node at the cursor, in column `column`, that belongs to something in column `parent`. Leaves the cursor at the next line. */
  #node(parent: number, column: number, depth: number, start: Start): YamlNode {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (depth > MAX_DEPTH) throw new Unread(at, TOO_DEEP, 'P0009');
    const code = cursor.code(at);
    switch (code) {
      case DASH:
        if (!cursor.isBlank(at + 1)) break;
        if (start === 'value') throw new Unread(at, 'a list begins on the line of its key');
        return this.#list(column, depth);
      case DOUBLE_QUOTE:
      case SINGLE_QUOTE: {
        const node = quotedNode(cursor, parent + 1);
        if (start !== 'value' && this.#isKey()) return this.#mapping(node, column, depth);
        this.#refuseLow(parent, start);
        cursor.endLine();
        return node;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET: {
        this.#refuseLow(parent, start);
        const node = flowNode(cursor, parent + 1, depth);
        cursor.endLine();
        return node;
      }
      case BAR:
      case GREATER:
        if (start === 'line' || parent < 0)
          throw new Unread(at, 'the header of a block of text stands on its own line');
        return blockScalar(cursor, parent);
      default:
    }
    const end = plainLine(cursor, at, false);
    if (cursor.code(cursor.at) === COLON) {
      if (start === 'value') throw new Unread(cursor.at, 'a colon stands within a value that has no quotes');
      return this.#mapping(plainNode(cursor, at, end), column, depth);
    }
    this.#refuseLow(parent, start);
    const node = plainNode(cursor, at, plainEnd(cursor, end, parent + 1));
    cursor.endLine();
    return node;
  }

  /** The library lets a comment that stands further out than the value it precedes change where lines of that value may begin. */
  #refuseLow(parent: number, start: Start): void {
    const { at, leastComment } = this.#cursor;
    if (start === 'line' && leastComment <= parent)
      throw new Unread(at, 'a comment that is indented less precedes this value');
  }

  /** After a quoted text: the cursor goes to a colon that makes a key of it. */
  #isKey(): boolean {
    const cursor = this.#cursor;
    let { at } = cursor;
    while (cursor.code(at) === SPACE) at += 1;
    if (cursor.code(at) !== COLON || !cursor.isBlank(at + 1)) return false;
    cursor.at = at;
    return true;
  }

  /** The mapping whose first key is read; the cursor stands at its colon. */
  #mapping(firstKey: YamlNode, column: number, depth: number): YamlNode {
    const cursor = this.#cursor;
    const { source } = cursor;
    const entries = new Entries();
    const { start } = firstKey.span;
    let key = firstKey;
    for (;;) {
      const { span } = key;
      if (cursor.at - span.start > MAX_KEY || hasLineEnd(cursor.text, span.start, span.end))
        throw new Unread(span.start, 'a key is longer than a line or than 1,000 characters');
      cursor.at += 1;
      const value = this.#value(column, depth + 1);
      entries.add(key, value, cursor.sink);
      if (cursor.indent < column) return { kind: 'map', entries: entries.list, span: blockSpan(source, start, value) };
      key = this.#key(column);
    }
  }

  /** The next key of a mapping. Leaves the cursor at its colon. */
  #key(column: number): YamlNode {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (cursor.indent > column) throw new Unread(at, 'this line is indented more than the keys before it');
    const code = cursor.code(at);
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      const node = quotedNode(cursor, column + 1);
      if (this.#isKey()) return node;
    } else {
      const end = plainLine(cursor, at, false);
      if (cursor.code(cursor.at) === COLON) return plainNode(cursor, at, end);
    }
    throw new Unread(at, 'no key stands here');
  }

  /** What stands after the colon of a key in column `column`. */
  #value(column: number, depth: number): YamlNode {
    const cursor = this.#cursor;
    cursor.skipSpaces();
    const { at, source } = cursor;
    if (!this.#isRestEmpty()) return this.#node(column, -1, depth, 'value');
    cursor.endLine();
    if (cursor.indent > column) return this.#node(column, cursor.indent, depth, 'line');
    const isItem = cursor.indent === column && cursor.code(cursor.at) === DASH && cursor.isBlank(cursor.at + 1);
    return isItem ? this.#list(column, depth) : { kind: 'null', span: { source, start: at, end: at } };
  }

  /** Whether nothing but a comment follows on this line; the cursor is where the blanks after an indicator end. */
  #isRestEmpty(): boolean {
    const cursor = this.#cursor;
    if (cursor.code(cursor.at) !== HASH) return cursor.isBlank(cursor.at);
    cursor.at -= 1; // `endLine` wants to see the blank before the comment
    return true;
  }

  #list(column: number, depth: number): YamlNode {
    const cursor = this.#cursor;
    const { source } = cursor;
    if (depth > MAX_DEPTH) throw new Unread(cursor.at, TOO_DEEP, 'P0009');
    const start = cursor.at;
    const items: YamlNode[] = [];
    for (;;) {
      const dash = cursor.at;
      cursor.at += 1;
      cursor.skipSpaces();
      const { at } = cursor;
      let item: YamlNode = { kind: 'null', span: { source, start: at, end: at } };
      if (this.#isRestEmpty()) {
        cursor.endLine();
        if (cursor.indent > column) item = this.#node(column, cursor.indent, depth + 1, 'line');
      } else item = this.#node(column, column + at - dash, depth + 1, 'item');
      items.push(item);
      if (cursor.indent > column) throw new Unread(cursor.at, 'this line is indented more than the items before it');
      if (cursor.indent < column || cursor.code(cursor.at) !== DASH || !cursor.isBlank(cursor.at + 1))
        return { kind: 'list', items, span: blockSpan(source, start, item) };
    }
  }
}

function hasLineEnd(text: string, start: number, end: number): boolean {
  const at = text.indexOf('\n', start);
  return at >= 0 && at < end;
}

/** The offset of a carriage return that no line feed follows. */
function loneReturn(text: string): number | undefined {
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) !== 0x0a) return at;
  }
  return undefined;
}
