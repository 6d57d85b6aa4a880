// Patterns that no linear-time search can have. In: a pattern of Python's `re`. Out: one that such a search can have and that
// matches wherever the pattern does, and maybe elsewhere; null where none is found. Never narrows: lookaround is left out, a
// repetition has no end where it ended beyond what the parser takes, an optional backreference is left out.

import { groupEnd, pieceEnd } from '../regex/pieces.ts';

/** What the parser takes (regex/parse.ts). */
const MOST_REPEATS = 1000;

export function widened(pattern: string): string | null {
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const reference = /^\\[1-9](?<optional>[?*])?/.exec(rest);
    const repeat = /^\{(?<least>\d+),(?<most>\d+)\}/.exec(rest);
    if (reference !== null) {
      if (reference.groups?.['optional'] === undefined) return null;
      at += reference[0].length;
    } else if (/^\(\?(?:=|!|<=|<!)/.test(rest)) {
      const end = groupEnd(pattern, at);
      // A quantified lookaround would leave its quantifier to what stands before it.
      if (end === null || /^[*+?{]/.test(pattern.slice(end))) return null;
      at = end;
    } else if (repeat !== null && Number(repeat.groups?.['most']) > MOST_REPEATS) {
      if (Number(repeat.groups?.['least']) > MOST_REPEATS) return null;
      out += `{${repeat.groups?.['least']},}`;
      at += repeat[0].length;
    } else {
      const end = pieceEnd(pattern, at);
      out += pattern.slice(at, end);
      at = end;
    }
  }
  return out === pattern ? null : out;
}
