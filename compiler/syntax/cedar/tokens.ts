// In: Cedar text, of policies or of a schema. Out: its tokens with their places, or the first thing that is none.
// Never decides what a word means.

import type { Source, Span } from '../../source.ts';

export type Token =
  /** `text`: the word, the punctuation, the digits; of a string what stands between its quotes, escapes as written. */
  {
    readonly kind: 'word' | 'punctuation' | 'int' | 'string' | 'slot' | 'end';
    readonly text: string;
    readonly span: Span;
  };

/** A mistake in Cedar text at a place; caught where a reader begins. */
export class CedarMistake extends Error {
  readonly code: string;
  readonly span: Span;
  readonly help: string | undefined;

  constructor(code: string, span: Span, message: string, help?: string) {
    super(message);
    this.code = code;
    this.span = span;
    this.help = help;
  }
}

/** @throws CedarMistake P1101 */
export function tokenize(source: Source): Token[] {
  const tokens: Token[] = [];
  const { text } = source;
  for (let start = 0, end = 0; start < text.length; start = end) {
    const kind = kindAt(text, start);
    const form = FORMS[kind];
    form.lastIndex = start;
    if (!form.test(text)) throw stray(source, start);
    end = form.lastIndex;
    if (kind === 'blank') continue;
    const written = kind === 'string' ? text.slice(start + 1, end - 1) : text.slice(start, end);
    tokens.push({ kind, text: written, span: { source, start, end } });
  }
  tokens.push({ kind: 'end', text: '', span: { source, start: text.length, end: text.length } });
  return tokens;
}

const FORMS = {
  blank: /(?:[\s\u0085]|\/\/[^\n]*)+/y,
  word: /[A-Za-z_][A-Za-z0-9_]*/y,
  int: /[0-9]+/y,
  string: /"(?:[^"\\]|\\[^])*"/y,
  slot: /\?[A-Za-z_][A-Za-z0-9_]*/y,
  punctuation: /::|<=|>=|==|!=|&&|\|\||[@(){}[\],;:.<>!+\-*/%=?]/y,
};

/** By ASCII code: what begins with this character, if anything does. `/` may begin a comment, `?` a slot. */
const BEGINS: readonly (keyof typeof FORMS)[] = Array.from({ length: 0x80 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(char)) return 'word';
  if (/[0-9]/.test(char)) return 'int';
  if (char === '"') return 'string';
  return /\s/.test(char) ? 'blank' : 'punctuation';
});

/** The only thing that can begin at `at`. */
function kindAt(text: string, at: number): keyof typeof FORMS {
  const char = text[at];
  if (char === '/' && text[at + 1] === '/') return 'blank';
  if (char === '?' && BEGINS[text.charCodeAt(at + 1)] === 'word') return 'slot';
  return BEGINS[text.charCodeAt(at)] ?? 'blank';
}

function stray(source: Source, at: number): CedarMistake {
  const char = String.fromCodePoint(source.text.codePointAt(at) ?? 0);
  const span = { source, start: at, end: at + char.length };
  if (char === '"') return new CedarMistake('P1101', span, 'this string does not end', 'close it with `"`');
  if (char === "'") return new CedarMistake('P1101', span, 'strings stand in double quotes', 'write `"…"`');
  return new CedarMistake('P1101', span, `\`${char}\` has no meaning in Cedar`);
}

/** The text of a string token. @throws CedarMistake P1103 */
export function unescape(token: Token): string {
  return [...pieces(token, false)].join('');
}

/** The parts of a pattern: texts, and null for each `*`. @throws CedarMistake P1103 */
export function unescapePattern(token: Token): (string | null)[] {
  return [...pieces(token, true)];
}

function* pieces(token: Token, isPattern: boolean): Generator<string | null> {
  const escape = /\\(?:(?<simple>[nrt0\\'"])|x(?<byte>[0-7][0-9A-Fa-f])|u\{(?<point>[0-9A-Fa-f]{1,6})\}|(?<star>\*))/y;
  const { text, span } = token;
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (char === '*' && isPattern) {
      yield null;
      at += 1;
    } else if (char !== '\\') {
      const next = text.slice(at).search(isPattern ? /[\\*]/ : /\\/);
      const end = next < 0 ? text.length : at + next;
      yield text.slice(at, end);
      at = end;
    } else {
      escape.lastIndex = at;
      const groups = escape.exec(text)?.groups;
      const point = Number.parseInt(groups?.['byte'] ?? groups?.['point'] ?? '0', 16);
      const isScalar = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
      if (groups === undefined || !isScalar || (groups['star'] !== undefined && !isPattern)) {
        const start = span.start + 1 + at;
        const place = { source: span.source, start, end: start + 2 };
        throw new CedarMistake('P1103', place, `\`${text.slice(at, at + 2)}\` is not a valid escape here`);
      }
      const { simple, star } = groups;
      yield simple !== undefined ? (SIMPLE[simple] ?? simple) : (star ?? String.fromCodePoint(point));
      at = escape.lastIndex;
    }
  }
}

const SIMPLE: { readonly [char: string]: string } = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** Words that are no names in policies. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has', '__cedar'],
]);

/** A place whose end is not known yet. */
export interface OpenSpan extends Span {
  end: number;
}

/** A row of tokens being read. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.peek(0);
  }

  /** The token `ahead` places on; past the end the end. */
  peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('a row of tokens ends with its end');
    return token;
  }

  take(): Token {
    const token = this.next;
    this.#at += 1;
    return token;
  }

  /** Whether the next token is this punctuation or word. */
  is(text: string): boolean {
    return this.next.text === text && (this.next.kind === 'punctuation' || this.next.kind === 'word');
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at += 1;
    return true;
  }

  /** @throws CedarMistake P1102 */
  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`\`${text}\``);
    return this.take();
  }

  /** @throws CedarMistake P1102 */
  expectKind(kind: Token['kind'], what: string): Token {
    if (this.next.kind !== kind) throw this.unexpected(what);
    return this.take();
  }

  unexpected(what: string, help?: string): CedarMistake {
    const { kind, text, span } = this.next;
    const found = kind === 'end' ? 'the text ends' : `found \`${kind === 'string' ? `"${text}"` : text}\``;
    return new CedarMistake('P1102', span, `expected ${what}, but ${found}`, help);
  }

  /** Goes behind the next `;`: where reading starts again after a mistake. */
  recover(): void {
    while (this.next.kind !== 'end' && !this.is(';')) this.#at += 1;
    this.skip(';');
  }

  /** From `start` to the token taken last. */
  spanFrom(start: Span): Span {
    const last = this.#tokens[this.#at - 1];
    return { source: start.source, start: start.start, end: Math.max(start.end, last?.span.end ?? 0) };
  }

  /** A place that begins with the next token, to be extended. */
  openSpan(): OpenSpan {
    const { source, start, end } = this.next.span;
    return { source, start, end };
  }

  /** To the token taken last. */
  extend(span: OpenSpan): void {
    span.end = this.spanFrom(span).end;
  }

  /** `A::B::C`, words only. @throws CedarMistake */
  name(what: string): string {
    let name = this.#nameWord(what);
    while (this.is('::') && this.peek(1).kind === 'word') {
      this.take();
      name += `::${this.#nameWord(what)}`;
    }
    return name;
  }

  #nameWord(what: string): string {
    const token = this.expectKind('word', what);
    if (RESERVED.has(token.text)) {
      throw new CedarMistake('P1105', token.span, `\`${token.text}\` is reserved and cannot be a name`);
    }
    return token.text;
  }
}
