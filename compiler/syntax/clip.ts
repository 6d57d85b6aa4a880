// In: text of the author. Out: the same, fit to stand in a one-line message.

/** One line of at most `length` code units. */
export function clip(text: string, length: number = 60): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
