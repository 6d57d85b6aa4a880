// Lookaround at the ends of a pattern, or of an alternative of it, written without it: a search for any match may take along what stands
// there. In: a pattern, and its dialect. Out: one that matches in the same texts, or null where there is no such lookaround, or a negative
// one of more than one character. A `js` pattern must be without the flag `m`.

import { parsePattern } from '../regex/parse.ts';
import { alternativesOf, groupEnd, pieceEnd } from '../regex/pieces.ts';
import type { Dialect } from '../regex/tree.ts';

export function withoutEdges(pattern: string, dialect: Dialect): string | null {
  const opening = /^\((?:\?:)?(?!\?)/.exec(pattern)?.[0];
  if (opening !== undefined && groupEnd(pattern, 0) === pattern.length) {
    const inside = withoutEdges(pattern.slice(opening.length, -1), dialect);
    return inside === null ? null : `${opening}${inside})`;
  }
  const parts = alternativesOf(pattern).map((part) => endRewritten(beginRewritten(part, dialect), dialect));
  const text = parts.join('|');
  return text === pattern ? null : text;
}

function beginRewritten(part: string, dialect: Dialect): string {
  const kind = /^\(\?<([=!])/.exec(part)?.[1];
  const end = kind === undefined ? null : groupEnd(part, 0);
  // What is repeated or has nothing after it is left to be refused.
  if (end === null || /^[*+?{]/.test(part.slice(end))) return part;
  const inside = part.slice(4, end - 1);
  const rest = part.slice(end);
  if (kind === '=') return `(?:${inside})${rest}`;
  return isOneCharacter(inside, dialect) ? `(?:${dialect === 'js' ? '^' : '\\A'}|${otherThan(inside)})${rest}` : part;
}

function endRewritten(part: string, dialect: Dialect): string {
  const start = lastGroup(part);
  const kind = start === null ? undefined : /^\(\?([=!])/.exec(part.slice(start))?.[1];
  if (start === null || kind === undefined) return part;
  const inside = part.slice(start + 3, -1);
  const before = part.slice(0, start);
  if (kind === '=') return `${before}(?:${inside})`;
  return isOneCharacter(inside, dialect) ? `${before}(?:${dialect === 'js' ? '$' : '\\z'}|${otherThan(inside)})` : part;
}

/** Where the group begins that ends with the pattern. */
function lastGroup(part: string): number | null {
  if (!part.endsWith(')')) return null;
  for (let at = part.indexOf('('); at >= 0; at = part.indexOf('(', at + 1)) {
    if (part[at - 1] !== '\\' && groupEnd(part, at) === part.length) return at;
  }
  return null;
}

function isOneCharacter(inside: string, dialect: Dialect): boolean {
  const parsed = parsePattern(inside, dialect);
  return parsed.ok && parsed.pattern.tree.kind === 'set' && inside !== '.' && pieceEnd(inside, 0) === inside.length;
}

/** Of a set, or of one character as it is written. In JavaScript `[^]` is a set of its own. */
function otherThan(inside: string): string {
  if (inside.startsWith('[^')) return inside.startsWith('[^^') ? `[\\${inside.slice(2)}` : `[${inside.slice(2)}`;
  if (inside.startsWith('[')) return `[^${inside.slice(1)}`;
  return inside === ']' ? '[^\\]]' : `[^${inside}]`;
}
