// In: the text of a condition. Out: its tokens and which bracket closes which, for what the CEL library does not tell: where
// parentheses stand, how deep they nest, what stands before and after an error. Never judges; the library is the parser.

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly list: readonly Token[];
  /** From `//` to the end of the line of the text. */
  readonly comments: readonly { readonly start: number; readonly end: number }[];
  /** Index of the token that begins (ends) at an offset. */
  readonly startingAt: ReadonlyMap<number, number>;
  readonly endingAt: ReadonlyMap<number, number>;
  /** For the index of an opening bracket, the index of the closing one. */
  readonly closing: ReadonlyMap<number, number>;
  /** The first bracket, or `!` or `-` in an unbroken run, nested deeper than the limit given. */
  readonly tooDeep: Token | undefined;
}

// As the library reads them: raw strings, too, step over a backslash and what follows it.
const TOKEN =
  /(?<skip>[ \t\r\n]+|\/\/[^\n]*)|[bBrR]?(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\\n\r])*"|'(?:\\[^]|[^'\\\n\r])*')|0[xX][0-9a-fA-F]+[uU]?|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?[uU]?|[A-Za-z_][A-Za-z0-9_]*|&&|\|\||[=!<>]=|[^]/uy;

export function tokenize(text: string, maxDepth: number): Tokens {
  const list: Token[] = [];
  const comments: { start: number; end: number }[] = [];
  const startingAt = new Map<number, number>();
  const endingAt = new Map<number, number>();
  const closing = new Map<number, number>();
  const open: number[] = [];
  let tooDeep: Token | undefined;
  let prefixes = 0;
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) break;
    const skipped = match.groups?.['skip'];
    if (skipped !== undefined) {
      if (skipped.startsWith('//')) comments.push({ start, end: pattern.lastIndex });
      continue;
    }
    const token: Token = { text: match[0], start, end: pattern.lastIndex };
    const index = list.push(token) - 1;
    startingAt.set(token.start, index);
    endingAt.set(token.end, index);
    prefixes = token.text === '!' || token.text === '-' ? prefixes + 1 : 0;
    if (prefixes > maxDepth) tooDeep ??= token;
    if ('([{'.includes(token.text)) {
      open.push(index);
      if (open.length > maxDepth) tooDeep ??= token;
    } else if (')]}'.includes(token.text)) {
      const opening = open.pop();
      if (opening !== undefined) closing.set(opening, index);
    }
  }
  return { list, comments, startingAt, endingAt, closing, tooDeep };
}
