// Classes and escapes of patterns: `[^a-z\d]`, `\w`, `\x{41}`, `\p{L}`. In: where the parser stands. Out: a set of code points, case
// variants included where case does not matter; the parser then stands behind it.

import { foldedSet } from './fold.ts';
import { perlSet, posixSet, propertySet } from './names.ts';
import { PatternError, type Reader } from './reader.ts';
import { CODE_POINT_LIMIT, complement, type Ranges, union } from './sets.ts';

/** `[…]`, from its bracket to behind the closing one. */
export function readClass(reader: Reader): Ranges {
  const { text, at: start, dialect } = reader;
  reader.at += 1;
  const isNegated = text[reader.at] === '^';
  if (isNegated) reader.at += 1;
  const sets: Ranges[] = [];
  let isFirst = true;
  for (;;) {
    const c = text[reader.at];
    if (c === undefined) {
      throw new PatternError(
        start,
        start + 1,
        'syntax',
        'this `[` is never closed',
        'close it with `]`, or write `\\[` for the character',
      );
    }
    if (c === ']' && (!isFirst || dialect === 'js')) break;
    isFirst = false;
    if (dialect === 're2' && text.startsWith('[:', reader.at)) {
      const named = namedClass(reader);
      if (named !== null) {
        sets.push(named);
        continue;
      }
    }
    sets.push(range(reader));
  }
  reader.at += 1;
  const plain = union(...sets);
  const all = reader.flags.ignoreCase ? foldedSet(plain, dialect) : plain;
  return isNegated ? complement(all) : all;
}

/** `[:alpha:]`, `[:^alpha:]`; null if it only looks like one. */
function namedClass(reader: Reader): Ranges | null {
  const end = reader.text.indexOf(':]', reader.at + 2);
  if (end < 0) return null;
  const start = reader.at;
  const name = reader.text.slice(start + 2, end);
  const isNegated = name.startsWith('^');
  const found = posixSet(isNegated ? name.slice(1) : name);
  if (found === undefined) {
    throw new PatternError(
      start,
      end + 2,
      'syntax',
      `\`[:${name}:]\` is no class`,
      'classes are `[:alpha:]`, `[:digit:]`, `[:alnum:]`, `[:space:]`, `[:punct:]`, …',
    );
  }
  reader.at = end + 2;
  const folded = reader.flags.ignoreCase ? foldedSet(found, reader.dialect) : found;
  return isNegated ? complement(folded) : folded;
}

/** One member: a character, a range of them, or an escape that is a set. */
function range(reader: Reader): Ranges {
  const { text, dialect } = reader;
  const start = reader.at;
  const low = member(reader);
  if (text[reader.at] !== '-' || text[reader.at + 1] === ']' || text[reader.at + 1] === undefined) return low;
  const from = only(low);
  if (from === null) {
    if (dialect === 'js') return low; // the `-` is a member then
    throw new PatternError(
      start,
      reader.at + 1,
      'syntax',
      'a range begins with a character, not with a class',
      'put the `-` at the end of the class, or write `\\-`',
    );
  }
  const dash = reader.at;
  reader.at += 1;
  const to = only(member(reader));
  if (to === null) {
    if (dialect === 'js') {
      reader.at = dash;
      return low;
    }
    throw new PatternError(
      start,
      reader.at,
      'syntax',
      'a range ends with a character, not with a class',
      'put the `-` at the end of the class, or write `\\-`',
    );
  }
  if (to < from) {
    throw new PatternError(
      start,
      reader.at,
      'syntax',
      `the range \`${text.slice(start, reader.at)}\` ends before it begins`,
      'write the smaller character first',
    );
  }
  return [from, to + 1];
}

function member(reader: Reader): Ranges {
  if (reader.text[reader.at] === '\\') return classEscape(reader, true);
  const code = reader.text.codePointAt(reader.at) ?? 0;
  reader.at += code > 0xffff ? 2 : 1;
  return [code, code + 1];
}

function only(ranges: Ranges): number | null {
  const from = ranges[0] ?? 0;
  return ranges.length === 2 && ranges[1] === from + 1 ? from : null;
}

const CONTROLS: Readonly<Record<string, number>> = { f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };

/** A backslash and what follows. Within a class the case variants are added later, by the class. */
export function classEscape(reader: Reader, inClass: boolean): Ranges {
  const { text, at: start, dialect, flags } = reader;
  const fold = (ranges: Ranges): Ranges => (flags.ignoreCase && !inClass ? foldedSet(ranges, dialect) : ranges);
  const c = text[start + 1];
  if (c === undefined) {
    throw new PatternError(
      start,
      start + 1,
      'syntax',
      'a backslash at the end stands for nothing',
      'write `\\\\` for the character',
    );
  }
  reader.at += 2;
  switch (c) {
    case 'd':
    case 's':
    case 'w':
      return fold(perlSet(c, dialect));
    case 'D':
    case 'S':
    case 'W': {
      const letter = c === 'D' ? 'd' : c === 'S' ? 's' : 'w';
      const set = perlSet(letter, dialect);
      return complement(flags.ignoreCase ? foldedSet(set, dialect) : set);
    }
    case 'p':
    case 'P':
      if (dialect !== 'python') return property(reader, start, c === 'P');
      break;
  }
  const control = CONTROLS[c] ?? (c === 'a' && dialect !== 'js' ? 0x07 : undefined);
  if (control !== undefined) return [control, control + 1];
  if (inClass && c === 'b' && dialect !== 're2') return [0x08, 0x09];
  const code = numeric(reader, start, c, inClass) ?? itself(reader, start, c);
  return fold([code, code + 1]);
}

/** `\x41`, `\x{41}`, `\u0041`, `\012`, `\cA`; null if it is none of them. */
function numeric(reader: Reader, start: number, c: string, inClass: boolean): number | null {
  const { text, dialect } = reader;
  const rest = text.slice(reader.at, reader.at + 12);
  const take = (pattern: RegExp, base: number): number | null => {
    const found = pattern.exec(rest);
    if (found === null) return null;
    reader.at += found[0].length;
    const code = Number.parseInt(found[1] ?? '', base);
    if (code < CODE_POINT_LIMIT) return code;
    throw new PatternError(
      start,
      reader.at,
      'syntax',
      'this is beyond the last character, U+10FFFF',
      'write at most six hexadecimal digits',
    );
  };
  const required = (code: number | null, usage: string): number => {
    if (code !== null) return code;
    throw new PatternError(start, reader.at, 'syntax', `\`\\${c}\` needs hexadecimal digits`, `write \`${usage}\``);
  };
  if (c === 'x') {
    const code = take(/^([0-9A-Fa-f]{2})/, 16) ?? (dialect === 're2' ? take(/^\{([0-9A-Fa-f]+)\}/, 16) : null);
    return dialect === 'js' ? code : required(code, '\\x41');
  }
  if (c === 'u' && dialect !== 're2') {
    const pair = dialect === 'js' ? /^([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})/.exec(rest) : null;
    if (pair !== null) {
      reader.at += pair[0].length;
      const [high, low] = [Number.parseInt(pair[1] ?? '', 16), Number.parseInt(pair[2] ?? '', 16)];
      return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    const code = take(/^([0-9A-Fa-f]{4})/, 16) ?? (dialect === 'js' ? take(/^\{([0-9A-Fa-f]+)\}/, 16) : null);
    return dialect === 'js' ? code : required(code, '\\u0041');
  }
  if (c === 'U' && dialect === 'python') return required(take(/^([0-9A-Fa-f]{8})/, 16), '\\U00000041');
  if (c === 'c' && dialect === 'js') {
    const found = /^[A-Za-z]/.exec(rest);
    if (found === null) return null;
    reader.at += 1;
    return (found[0].codePointAt(0) ?? 0) % 32;
  }
  if (c < '0' || c > '9') {
    if (c === 'k' && dialect === 'js' && rest.startsWith('<')) throw backreference(reader, start);
    return null;
  }
  reader.at -= 1;
  const digits = text.slice(reader.at, reader.at + 3);
  const isOctal =
    c === '0'
      ? /^[0-7]{1,3}/
      : dialect === 're2'
        ? /^[1-7][0-7]{1,2}/
        : dialect === 'js' && !inClass
          ? /^(?!)/
          : /^[0-7]{3}|^[0-7]{1,3}/;
  const octal = (dialect === 'python' && !inClass && c !== '0' ? /^[0-3][0-7]{2}/ : isOctal).exec(digits);
  if (octal === null) throw backreference(reader, start);
  reader.at += octal[0].length;
  return Number.parseInt(octal[0], 8);
}

function backreference(reader: Reader, start: number): PatternError {
  return new PatternError(
    start,
    Math.max(reader.at, start + 2),
    'refused',
    'backreferences are not supported: a search in linear time has none',
    'write out what is repeated, or compare the parts in the condition',
  );
}

/** An escaped character that stands for itself. */
function itself(reader: Reader, start: number, c: string): number {
  const code = reader.text.codePointAt(start + 1) ?? 0;
  if (code > 0xffff) reader.at = start + 3;
  const isLetter = /[A-Za-z0-9]/.test(c);
  const isAllowed =
    reader.dialect === 'js' ? c !== 'c' : reader.dialect === 're2' ? code < 0x80 && !isLetter : !isLetter;
  if (isAllowed) return code;
  throw new PatternError(
    start,
    reader.at,
    'syntax',
    `\`\\${String.fromCodePoint(code)}\` means nothing here`,
    `write \`${String.fromCodePoint(code)}\` for the character`,
  );
}

/** `\pL`, `\p{Greek}`, `\p{^Greek}`. */
function property(reader: Reader, start: number, isNegated: boolean): Ranges {
  const { dialect, flags } = reader;
  const rest = reader.text.slice(reader.at, reader.at + 64);
  const found = /^\{(\^?)([^}]*)\}/.exec(rest) ?? (dialect === 're2' ? /^()([A-Za-z])/.exec(rest) : null);
  const ranges = found === null ? undefined : propertySet(found[2] ?? '', dialect);
  reader.at += found === null ? 0 : found[0].length;
  if (found === null || ranges === undefined || (found[1] === '^' && dialect === 'js')) {
    throw new PatternError(
      start,
      reader.at,
      'syntax',
      `\`${reader.text.slice(start, reader.at)}\` names no set of characters`,
      'name a category, `\\p{Lu}`, or a script, `\\p{Greek}`',
    );
  }
  const folded = flags.ignoreCase ? foldedSet(ranges, dialect) : ranges;
  return isNegated !== (found[1] === '^') ? complement(folded) : folded;
}
