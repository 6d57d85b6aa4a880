// In: texts of any length. Out: lines of a listing, at most WIDTH columns. Counts UTF-16 code units as columns.

export const WIDTH = 100;

export function heading(title: string): string[] {
  return ['', `── ${title} ${'─'.repeat(Math.max(0, WIDTH - title.length - 4))}`];
}

export function pad(text: string, width: number): string {
  return text.padEnd(width);
}

/** Exactly `width` columns: padded, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}

/** At most WIDTH columns. */
export function cut(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}

/** `first` followed by the items, on as many lines as they need; later lines are indented as far as the items of the first. */
export function wrap(first: string, items: readonly string[], separator: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const [i, item] of items.entries()) {
    const text = i === items.length - 1 ? item : item + separator;
    if (line.length + text.trimEnd().length > WIDTH && line.length > first.length) {
      lines.push(line);
      line = ' '.repeat(first.length);
    }
    line += text;
  }
  return [...lines, line].map((l) => cut(l.trimEnd()));
}
