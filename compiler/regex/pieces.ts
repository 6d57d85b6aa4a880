// The text of a pattern, taken apart without reading it: escapes, sets, groups, alternatives. For what rewrites a pattern before it
// is parsed; whether it is one, the parser says.

/** Behind the `)` of the group that begins at `start`. */
export function groupEnd(pattern: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < pattern.length; at = pieceEnd(pattern, at)) {
    if (pattern[at] === '(') depth += 1;
    if (pattern[at] === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** Behind an escape, a set, or one character. */
export function pieceEnd(pattern: string, at: number): number {
  if (pattern[at] === '\\') return at + 2;
  if (pattern[at] !== '[') return at + 1;
  let end = at + (pattern[at + 1] === '^' ? 2 : 1);
  for (let first = true; end < pattern.length && (first || pattern[end] !== ']'); first = false) {
    end += pattern[end] === '\\' ? 2 : 1;
  }
  return end + 1;
}

/** What `|` parts, outside groups and sets. */
export function alternativesOf(pattern: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < pattern.length; at = pieceEnd(pattern, at)) {
    if (pattern[at] === '(') depth += 1;
    if (pattern[at] === ')') depth -= 1;
    if (pattern[at] !== '|' || depth > 0) continue;
    found.push(pattern.slice(begin, at));
    begin = at + 1;
  }
  return [...found, pattern.slice(begin)];
}
