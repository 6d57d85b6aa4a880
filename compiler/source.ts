// In: text that someone wrote, with the path they know it by. Out: the same, and places in it.
// Never reads a file: whoever calls the compiler brings the text.

/** One text given to the compiler. `path` is relative or absolute, `/`-separated; it is only a name. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A half-open range of UTF-16 offsets in `source.text`. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A value together with the place it was written at. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

/** Line and column, both from 1; the column counts UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of `offset` in `text`. Linear in the offset. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const end = text.indexOf('\n', lineStart);
    if (end < 0 || end >= offset) break;
    line += 1;
    lineStart = end + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The text of a line (from 1), without its line break. */
export function lineText(text: string, line: number): string {
  let lineStart = 0;
  for (let n = 1; n < line; n += 1) {
    const end = text.indexOf('\n', lineStart);
    if (end < 0) return '';
    lineStart = end + 1;
  }
  const end = text.indexOf('\n', lineStart);
  return text.slice(lineStart, end < 0 ? undefined : end).replace(/\r$/, '');
}
