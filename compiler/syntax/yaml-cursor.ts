// The text that the plain YAML reader reads and how far it is: characters, line ends and comments. What it does not know for certain
// ends the reading (`Unread`): then another reader, or an error, has the word.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const SINGLE_QUOTE = 0x27;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DOT = 0x2e;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** Thrown where the reader meets what it does not know; `found` says what that is. */
export class Unread extends Error {
  readonly code: 'P0009' | 'P0014';
  readonly at: number;
  readonly found: string;

  constructor(at: number, found: string, code: 'P0009' | 'P0014' = 'P0014') {
    super(found);
    this.code = code;
    this.at = at;
    this.found = found;
  }
}

export class Cursor {
  readonly source: Source;
  readonly text: string;
  readonly sink: DiagnosticSink;
  at = 0;
  /** Of the line that `nextLine` found: its column, -1 at the end of the text. */
  indent = 0;
  /** The least column of the comments that `nextLine` passed over. */
  leastComment: number = Number.POSITIVE_INFINITY;

  constructor(source: Source, sink: DiagnosticSink) {
    this.source = source;
    this.text = source.text;
    this.sink = sink;
  }

  /** The code unit at an offset; NaN at the end. */
  code(at: number): number {
    return this.text.charCodeAt(at);
  }

  /** Whether a word ends here: at a blank, a line end or the end of the text. */
  isBlank(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === SPACE || code === LF || code === CR || code === TAB || code !== code;
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at += 1;
  }

  /** From the end of a value to the next line that has something: the rest of this line is a comment at most. */
  endLine(): void {
    const { text } = this;
    const from = this.at;
    this.skipSpaces();
    const code = text.charCodeAt(this.at);
    if (code === HASH && this.at > from) {
      const end = text.indexOf('\n', this.at);
      this.at = end < 0 ? text.length : end + 1;
    } else if (code === LF) this.at += 1;
    else if (code === CR) this.at += 2;
    else if (this.at < text.length) throw new Unread(this.at, 'something unexpected stands here');
    this.nextLine();
  }

  /** From the beginning of a line to the first character of the next one that has something besides a comment; `---` only if it `mayBegin`. */
  nextLine(mayBegin: boolean = false): void {
    const { text } = this;
    this.leastComment = Number.POSITIVE_INFINITY;
    for (;;) {
      const start = this.at;
      this.skipSpaces();
      const code = text.charCodeAt(this.at);
      if (code === LF) this.at += 1;
      else if (code === CR) this.at += 2;
      else if (code === HASH) {
        this.leastComment = Math.min(this.leastComment, this.at - start);
        const end = text.indexOf('\n', this.at);
        this.at = end < 0 ? text.length : end + 1;
      } else if (this.at >= text.length) {
        this.indent = -1;
        return;
      } else {
        if (code === TAB) throw new Unread(this.at, 'a tab stands where the line is indented');
        this.indent = this.at - start;
        if (this.indent === 0 && this.isMarker(this.at) && !mayBegin)
          throw new Unread(this.at, 'a second document, or the end of the first, is marked here');
        return;
      }
    }
  }

  /** Whether the line begins with `---` or `...`, as the beginning or the end of a document does. */
  isMarker(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return (code === DASH || code === DOT) && (this.text.startsWith('---', at) || this.text.startsWith('...', at));
  }
}
