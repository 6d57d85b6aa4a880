// In: JSON text. Out: its tree, every node with its place; or null, with an error at the place that broke it.
// Never lets a key win over another: a duplicate key is an error (RFC 8259 leaves it open). Never recurses past MAX_DEPTH.

import { type DiagnosticSink, unreachable } from '../diagnostic.ts';
import type { Source, Span } from '../source.ts';
import type { JsonValue } from '../syntax/ast.ts';

export type JsonNode =
  | { readonly kind: 'null'; readonly span: Span }
  | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly span: Span }
  | JsonObject;

export interface JsonObject {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, JsonMember>;
  readonly span: Span;
}

export interface JsonMember {
  readonly keySpan: Span;
  readonly value: JsonNode;
}

const MAX_DEPTH = 128;

/** The tree of `source.text`, or null after one error (P0402, or P0706 for nesting). */
export function parseJson(source: Source, sink: DiagnosticSink): JsonNode | null {
  const reader = new JsonReader(source);
  try {
    return reader.document();
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error;
    sink.error(error.code, { source, start: error.start, end: error.end }, error.message, error.help);
    return null;
  }
}

/** The same value without places. Keys become own properties whatever their name (`__proto__` too). */
export function plainJson(node: JsonNode): JsonValue {
  switch (node.kind) {
    case 'null':
      return null;
    case 'bool':
    case 'number':
    case 'string':
      return node.value;
    case 'array':
      return node.items.map(plainJson);
    case 'object': {
      const plain: { [key: string]: JsonValue } = {};
      for (const [key, member] of node.members) {
        Object.defineProperty(plain, key, {
          value: plainJson(member.value),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return plain;
    }
    default:
      return unreachable(node);
  }
}

/** The same value without places, integers exact: those beyond 2^53 are BigInts. */
export function exactJson(node: JsonNode): unknown {
  switch (node.kind) {
    case 'number': {
      const text = node.span.source.text.slice(node.span.start, node.span.end);
      return Number.isSafeInteger(node.value) || !/^-?[0-9]+$/.test(text) ? node.value : BigInt(text);
    }
    case 'array':
      return node.items.map(exactJson);
    case 'object': {
      const exact: { [key: string]: unknown } = {};
      for (const [key, member] of node.members) {
        const value = exactJson(member.value);
        Object.defineProperty(exact, key, { value, enumerable: true, configurable: true, writable: true });
      }
      return exact;
    }
    default:
      return plainJson(node);
  }
}

class JsonMistake extends Error {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly help: string | undefined;

  constructor(code: string, start: number, end: number, message: string, help?: string) {
    super(message);
    this.code = code;
    this.start = start;
    this.end = end;
    this.help = help;
  }
}

class JsonReader {
  readonly #source: Source;
  readonly #text: string;
  #at = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#text = source.text;
  }

  document(): JsonNode {
    if (this.#text.startsWith('\ufeff')) this.#at = 1;
    const node = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#expected('the end of the text');
    return node;
  }

  #value(depth: number): JsonNode {
    this.#space();
    const start = this.#at;
    if (depth > MAX_DEPTH) {
      throw new JsonMistake('P0706', start, start + 1, `this JSON is nested deeper than ${MAX_DEPTH}`);
    }
    const char = this.#text[start];
    if (char === '{') return this.#object(depth);
    if (char === '[') return this.#array(depth);
    if (char === '"') return { kind: 'string', value: this.#string(), span: this.#spanFrom(start) };
    const word = /[A-Za-z]*/y;
    word.lastIndex = start;
    const found = word.exec(this.#text)?.[0] ?? '';
    if (found === 'true' || found === 'false' || found === 'null') {
      this.#at += found.length;
      const span = this.#spanFrom(start);
      return found === 'null' ? { kind: 'null', span } : { kind: 'bool', value: found === 'true', span };
    }
    const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
    number.lastIndex = start;
    const digits = number.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#expected('a JSON value');
    this.#at += digits.length;
    return { kind: 'number', value: Number(digits), span: this.#spanFrom(start) };
  }

  #object(depth: number): JsonNode {
    const start = this.#at;
    const members = new Map<string, JsonMember>();
    this.#at += 1;
    if (this.#skip('}')) return { kind: 'object', members, span: this.#spanFrom(start) };
    for (;;) {
      this.#space();
      const keyStart = this.#at;
      if (this.#text[keyStart] !== '"') throw this.#expected('a key in double quotes');
      const key = this.#string();
      const keySpan = this.#spanFrom(keyStart);
      if (members.has(key)) {
        throw new JsonMistake('P0402', keyStart, keySpan.end, `the key \`${key}\` stands twice in one object`);
      }
      if (!this.#skip(':')) throw this.#expected('`:`');
      members.set(key, { keySpan, value: this.#value(depth + 1) });
      if (this.#skip(',')) continue;
      if (this.#skip('}')) return { kind: 'object', members, span: this.#spanFrom(start) };
      throw this.#expected('`,` or `}`');
    }
  }

  #array(depth: number): JsonNode {
    const start = this.#at;
    const items: JsonNode[] = [];
    this.#at += 1;
    if (this.#skip(']')) return { kind: 'array', items, span: this.#spanFrom(start) };
    for (;;) {
      items.push(this.#value(depth + 1));
      if (this.#skip(',')) continue;
      if (this.#skip(']')) return { kind: 'array', items, span: this.#spanFrom(start) };
      throw this.#expected('`,` or `]`');
    }
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    try {
      // One string literal, quotes included: JSON's own reader knows the escapes.
      const value: unknown = JSON.parse(this.#text.slice(start, end + 1));
      this.#at = end + 1;
      return String(value);
    } catch {
      const lineEnd = this.#text.indexOf('\n', start);
      throw new JsonMistake(
        'P0402',
        start,
        lineEnd < 0 ? this.#text.length : lineEnd,
        'this string does not end, or holds a character or an escape that JSON does not have',
      );
    }
  }

  #skip(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #spanFrom(start: number): Span {
    return { source: this.#source, start, end: this.#at };
  }

  #expected(what: string): JsonMistake {
    this.#space();
    const code = this.#text.codePointAt(this.#at);
    const found = code === undefined ? 'the text ends' : `found \`${String.fromCodePoint(code)}\``;
    return new JsonMistake('P0402', this.#at, this.#at + 1, `expected ${what}, but ${found}`);
  }
}
