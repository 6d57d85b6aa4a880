// In: the text of a condition. Out: its tokens, its comments, and where it nests too deep for a parser that recurses.
// Never judges: a character that begins no token is a token of its own, and the parser says what is wrong with it.

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly list: readonly Token[];
  /** From `//` to the end of the line of the text. */
  readonly comments: readonly { readonly start: number; readonly end: number }[];
  /** The first bracket, or `!` or `-` in an unbroken run, nested deeper than the limit given. */
  readonly tooDeep: Token | undefined;
}

// In this order: blanks and comments; raw texts and bytes, which end at the first quote; others; names in backticks; numbers;
// names; operators.
const TOKEN: RegExp = new RegExp(
  [
    '(?<skip>[ \\t\\r\\n\\f]+|\\/\\/[^\\n]*)',
    '[bB]?[rR](?:"""[^]*?"""|\'\'\'[^]*?\'\'\'|"[^"\\n\\r]*"|\'[^\'\\n\\r]*\')',
    '[bB]?(?:"""(?:\\\\[^]|[^\\\\])*?"""|\'\'\'(?:\\\\[^]|[^\\\\])*?\'\'\'|"(?:\\\\[^]|[^"\\\\\\n\\r])*"|\'(?:\\\\[^]|[^\'\\\\\\n\\r])*\')',
    '`[A-Za-z0-9_.\\-/ ]+`',
    '0[xX][0-9a-fA-F]+[uU]?',
    '(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?[uU]?',
    '[A-Za-z_][A-Za-z0-9_]*',
    '&&|\\|\\||[=!<>]=',
    '[^]',
  ].join('|'),
  'uy',
);

export function tokenize(text: string, maxDepth: number): Tokens {
  const list: Token[] = [];
  const comments: { start: number; end: number }[] = [];
  let open = 0;
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
    list.push(token);
    prefixes = token.text === '!' || token.text === '-' ? prefixes + 1 : 0;
    if (prefixes > maxDepth) tooDeep ??= token;
    if ('([{'.includes(token.text)) {
      open += 1;
      if (open > maxDepth) tooDeep ??= token;
    } else if (')]}'.includes(token.text)) open -= 1;
  }
  return { list, comments, tooDeep };
}
