// In: a pattern as Python's `re` reads it on `str`. Out: a JavaScript regular expression that finds the same, or null where it can
// not say so. By backtracking, with all that Python has: for the oracle of imported documents only, never for a decision.

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const WORD = '\\p{L}\\p{N}_';
const BOUNDARY = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
const NO_BOUNDARY = `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`;

export function pythonPattern(pattern: string): RegExp | null {
  const flags = /^\(\?(?<letters>[imsux]+)\)/.exec(pattern);
  const letters = flags?.groups?.['letters'] ?? '';
  if (letters.includes('x')) return null;
  try {
    const body = translated(pattern.slice(flags?.[0].length ?? 0), letters);
    return body === null ? null : new RegExp(body, letters.includes('i') ? 'iu' : 'u');
  } catch {
    return null;
  }
}

function translated(pattern: string, flags: string): string | null {
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const character = pattern.charAt(at);
    if (character === '\\') {
      const [piece, length] = escape(rest, false);
      if (piece === null) return null;
      out += piece;
      at += length;
    } else if (character === '[') {
      const [piece, length] = set(rest);
      if (piece === null) return null;
      out += piece;
      at += length;
    } else if (rest.startsWith('(?P<')) {
      out += '(?<';
      at += 4;
    } else if (/^\(\?[imsx]+[):]/.test(rest)) {
      return null; // flags of a part
    } else {
      if (character === '.') out += flags.includes('s') ? '[\\s\\S]' : '[^\\n]';
      else if (character === '^') out += flags.includes('m') ? '(?<![^\\n])' : '(?<![\\s\\S])';
      else if (character === '$') out += flags.includes('m') ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
      else if (character === '{' && !/^\{\d*(?:,\d*)?\}/.test(rest)) out += '\\{';
      else if (character === '{' && /^\{,\d+\}/.test(rest)) out += '{0';
      else if (character === '}' && !/\{\d*(?:,\d*)?$/.test(pattern.slice(0, at))) out += '\\}';
      else if (character === ']') out += '\\]';
      else out += character;
      at += 1;
    }
  }
  return out;
}

/** What an escape means, and its length; null: not said here. */
function escape(rest: string, inSet: boolean): readonly [string | null, number] {
  const next = rest.charAt(1);
  const hex = /^\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/.exec(rest);
  if (hex !== null) return [`\\u{${Number.parseInt(hex[0].slice(2), 16).toString(16)}}`, hex[0].length];
  if (/[1-9]/.test(next)) return inSet ? [null, 2] : [`\\${next}`, 2];
  const classes: Record<string, string> = { d: '\\p{Nd}', s: SPACE, w: WORD };
  const small = classes[next.toLowerCase()];
  if (small !== undefined) {
    if (next === next.toLowerCase()) return [inSet ? small : `[${small}]`, 2];
    return inSet ? [null, 2] : [`[^${small}]`, 2];
  }
  if (next === 'b') return [inSet ? '\\x08' : BOUNDARY, 2];
  if (next === 'B' && !inSet) return [NO_BOUNDARY, 2];
  if (next === 'A' && !inSet) return ['(?<![\\s\\S])', 2];
  if (next === 'Z' && !inSet) return ['(?![\\s\\S])', 2];
  if (next === 'a') return ['\\x07', 2];
  if (/[nrtfv0]/.test(next)) return [`\\${next}`, 2];
  if (/[A-Za-z]/.test(next)) return [null, 2];
  return [/[\^$\\.*+?()[\]{}|/]|-/.test(next) && (inSet || next !== '-') ? `\\${next}` : next, 2];
}

/** A set in brackets, and its length. */
function set(rest: string): readonly [string | null, number] {
  const open = rest.startsWith('[^') ? '[^' : '[';
  let out = open;
  let at = open.length;
  for (let first = true; at < rest.length && (first || rest.charAt(at) !== ']'); first = false) {
    const character = rest.charAt(at);
    if (character === '\\') {
      const [piece, length] = escape(rest.slice(at), true);
      const isNegated = /^\\[DSW]/.test(rest.slice(at));
      if (piece === null && !isNegated) return [null, at];
      out += piece ?? { D: '\\P{Nd}', S: '\\S', W: '' }[rest.charAt(at + 1)] ?? '';
      if (rest.startsWith('\\W', at)) out += '\\P{L}';
      at += length;
      // `\w-.` : a class is no end of a range.
      if (/^-[^\]]/.test(rest.slice(at)) && piece !== null && piece.length > 3 && !piece.startsWith('\\u')) {
        out += '\\-';
        at += 1;
      }
    } else {
      out +=
        /[[\]]/.test(character) || (character === '-' && rest.charAt(at + 1) === ']') ? `\\${character}` : character;
      at += 1;
    }
  }
  return [`${out}]`, at + 1];
}
