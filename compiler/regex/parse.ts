// Pattern text in, tree of sets out (tree.ts): RE2 syntax as CEL takes it, and the dialects of imported packs.
// What a linear-time search cannot do (lookaround, backreferences, atomic groups) is refused with its place; so is what the dialect
// does not have. Never guesses: a pattern means what its own engine would make of it, or it is an error.

import { classEscape, readClass } from './classes.ts';
import { foldedSet } from './fold.ts';
import { lineEndSet, wordSet } from './names.ts';
import { PatternError, type Reader } from './reader.ts';
import { complement, EVERYTHING, type Ranges } from './sets.ts';
import type { Assertion, Dialect, Parsed, Tree } from './tree.ts';

/** RE2's own limit on `{n,m}`. */
export const MAX_REPEAT = 1000;
/** Of a pattern's text, in UTF-16 units, and of its groups. */
export const MAX_PATTERN_LENGTH = 65536;
const MAX_DEPTH = 200;
/** Characters of the pattern with its repetitions written out. */
export const MAX_PATTERN_SIZE = 20000;

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

export const NO_FLAGS: Flags = { ignoreCase: false, multiline: false, dotAll: false };

export function parsePattern(text: string, dialect: Dialect, flags: Flags = NO_FLAGS): Parsed {
  const reader: Reader = { text, dialect, at: 0, flags, depth: 0 };
  try {
    if (text.length > MAX_PATTERN_LENGTH) {
      throw new PatternError(0, text.length, 'too-large', 'the pattern is too long', 'split it into several patterns');
    }
    if (dialect === 'glob') return { ok: true, pattern: { tree: globTree(text), words: [], lineEnds: [] } };
    const tree = alternatives(reader);
    if (reader.at < text.length) {
      throw new PatternError(
        reader.at,
        reader.at + 1,
        'syntax',
        'this `)` closes nothing',
        'write `\\)` for the character',
      );
    }
    if (sizeOf(tree) > MAX_PATTERN_SIZE) {
      throw new PatternError(
        0,
        text.length,
        'too-large',
        `with its repetitions written out the pattern has over ${MAX_PATTERN_SIZE} characters`,
        'repeat less, or split it into several patterns',
      );
    }
    return { ok: true, pattern: { tree, words: wordSet(dialect), lineEnds: lineEndSet(dialect) } };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const { start, end, kind, message, help } = error;
    return { ok: false, problem: { start, end: Math.max(end, start), kind, message, help } };
  }
}

function globTree(text: string): Tree {
  const any = (ranges: Ranges): Tree => ({ kind: 'repeat', item: { kind: 'set', ranges }, min: 0, max: null });
  const items = (text.match(/\*\*+|\*|[^*]/gu) ?? []).map((piece): Tree => {
    if (piece === '*') return any(complement([0x2f, 0x30]));
    if (piece.startsWith('*')) return any(EVERYTHING);
    const code = piece.codePointAt(0) ?? 0;
    return { kind: 'set', ranges: [code, code + 1] };
  });
  return { kind: 'concat', items: [assertion('text-begin'), ...items, assertion('text-end')] };
}

function sizeOf(tree: Tree): number {
  switch (tree.kind) {
    case 'set':
      return 1;
    case 'assert':
      return 0;
    case 'concat':
    case 'alternate':
      return tree.items.reduce((sum, item) => sum + sizeOf(item), 1);
    case 'repeat':
      return 1 + sizeOf(tree.item) * Math.max(tree.max ?? tree.min, tree.min, 1);
  }
}

function alternatives(reader: Reader): Tree {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) {
    throw new PatternError(
      reader.at,
      reader.at + 1,
      'too-large',
      `groups nest at most ${MAX_DEPTH} deep`,
      'write the pattern with fewer groups',
    );
  }
  const items = [sequence(reader)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    items.push(sequence(reader));
  }
  reader.depth -= 1;
  const only = items[0];
  return items.length === 1 && only !== undefined ? only : { kind: 'alternate', items };
}

function sequence(reader: Reader): Tree {
  const items: Tree[] = [];
  /** Where the atom began that a repetition would repeat; -1: there is none, -2: it is repeated already. */
  let atomStart = -1;
  for (;;) {
    const start = reader.at;
    const c = reader.text[start];
    if (c === undefined || c === '|' || c === ')') break;
    const repeat = repetition(reader);
    if (repeat !== null) {
      const item = items.pop();
      if (item === undefined || atomStart < 0) {
        const what = reader.text.slice(start, reader.at);
        throw atomStart === -2
          ? new PatternError(
              start,
              reader.at,
              'syntax',
              `\`${what}\` repeats a repetition`,
              'put what is repeated into a group: `(?:a*)*`',
            )
          : new PatternError(
              start,
              reader.at,
              'syntax',
              `nothing stands before \`${what}\` that it could repeat`,
              `write \`\\${what[0]}\` for the character`,
            );
      }
      items.push({ kind: 'repeat', item, ...repeat });
      atomStart = -2;
      continue;
    }
    const found = atom(reader);
    atomStart = start;
    if (found === null) {
      atomStart = -1; // flags, comments
      continue;
    }
    if (found.length === 0) continue;
    items.push(...found);
  }
  const only = items[0];
  return items.length === 1 && only !== undefined ? only : { kind: 'concat', items };
}

interface Repetition {
  readonly min: number;
  readonly max: number | null;
  readonly lazy?: true;
}

/** `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each maybe lazy; null if none stands here. `{` that begins none is a character. */
function repetition(reader: Reader): Repetition | null {
  const { text, at, dialect } = reader;
  const rest = text.slice(at, at + 32);
  const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(rest) ?? (dialect === 'python' ? /^\{()(,)(\d*)\}/.exec(rest) : null);
  let found: Repetition;
  if (counted !== null) {
    const min = Number(counted[1] === '' ? 0 : counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === '' ? null : Number(counted[3]);
    reader.at += counted[0].length;
    if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT) {
      throw new PatternError(
        at,
        reader.at,
        'too-large',
        `\`${counted[0]}\` repeats more than ${MAX_REPEAT} times`,
        'RE2 allows 1,000; repeat without an upper end, `{n,}`, or split the pattern',
      );
    }
    if (max !== null && max < min) {
      throw new PatternError(
        at,
        reader.at,
        'syntax',
        `\`${counted[0]}\` ends before it begins`,
        'write the smaller number first',
      );
    }
    found = { min, max };
  } else {
    const c = rest[0];
    if (c !== '*' && c !== '+' && c !== '?') return null;
    reader.at += 1;
    found = { min: c === '+' ? 1 : 0, max: c === '?' ? 1 : null };
  }
  const after = reader.text[reader.at];
  if (after === '?') {
    reader.at += 1;
    return { ...found, lazy: true };
  }
  if (after === '+' && dialect === 'python') {
    throw new PatternError(
      at,
      reader.at + 1,
      'refused',
      'possessive repetition is not supported: it would need backtracking to be forbidden',
      'drop the second `+`',
    );
  }
  return found;
}

/** One thing between repetitions; null: it is nothing that could be repeated. `\Q…\E` gives several. */
function atom(reader: Reader): readonly Tree[] | null {
  const { text, at, flags } = reader;
  switch (text[at]) {
    case '(':
      return group(reader);
    case '[':
      return [{ kind: 'set', ranges: readClass(reader) }];
    case '.':
      reader.at += 1;
      return [{ kind: 'set', ranges: flags.dotAll ? EVERYTHING : complement(lineEndSet(reader.dialect)) }];
    case '^':
      reader.at += 1;
      return [assertion(flags.multiline ? 'line-begin' : 'text-begin')];
    case '$':
      reader.at += 1;
      if (flags.multiline) return [assertion('line-end')];
      return [assertion(reader.dialect === 'python' ? 'last-line-end' : 'text-end')];
    case '\\':
      return escape(reader);
    default: {
      const code = text.codePointAt(at) ?? 0;
      reader.at += code > 0xffff ? 2 : 1;
      return [character(code, reader)];
    }
  }
}

function assertion(what: Assertion): Tree {
  return { kind: 'assert', what };
}

function character(code: number, { flags, dialect }: Reader): Tree {
  const ranges: Ranges = [code, code + 1];
  return { kind: 'set', ranges: flags.ignoreCase ? foldedSet(ranges, dialect) : ranges };
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = { b: 'word-boundary', B: 'no-word-boundary' };

function escape(reader: Reader): readonly Tree[] {
  const { text, at, dialect } = reader;
  const c = text[at + 1] ?? '';
  const word = ASSERTIONS[c];
  if (word !== undefined) {
    reader.at += 2;
    return [assertion(word)];
  }
  if (dialect !== 'js' && c === 'A') {
    reader.at += 2;
    return [assertion('text-begin')];
  }
  if ((dialect === 're2' && c === 'z') || (dialect === 'python' && c === 'Z')) {
    reader.at += 2;
    return [assertion('text-end')];
  }
  if (dialect === 're2' && c === 'Q') {
    const found = text.indexOf('\\E', at + 2);
    const end = found < 0 ? text.length : found;
    reader.at = found < 0 ? end : end + 2;
    return Array.from(text.slice(at + 2, end), (one) => character(one.codePointAt(0) ?? 0, reader));
  }
  const ranges = classEscape(reader, false);
  return [{ kind: 'set', ranges }];
}

function group(reader: Reader): readonly Tree[] | null {
  const { text, at, dialect, flags } = reader;
  const refuse = (length: number, message: string, help: string): PatternError =>
    new PatternError(at, at + length, 'refused', message, help);
  const rest = text.slice(at, at + 256);
  if (/^\(\?(?:=|!|<=|<!)/.test(rest)) {
    const marker = rest.startsWith('(?<') ? rest.slice(0, 4) : rest.slice(0, 3);
    throw refuse(
      marker.length,
      `lookaround \`${marker}\` is not supported: a search in linear time has none`,
      'test the parts apart: `a.matches("x") && !a.matches("y")`, or use `\\b`',
    );
  }
  if (rest.startsWith('(?>')) throw refuse(3, 'atomic groups are not supported', 'write `(?:`');
  if (rest.startsWith('(?('))
    throw refuse(3, 'conditional groups are not supported', 'write out both branches with `|`');
  if (rest.startsWith('(?P='))
    throw refuse(4, 'backreferences are not supported: a search in linear time has none', 'write the text out');
  if (rest.startsWith('(?#') && dialect === 'python') {
    const end = text.indexOf(')', at);
    if (end < 0) throw unclosed(reader, at);
    reader.at = end + 1;
    return null;
  }
  const named = /^\(\?(P?)<([^>]*)>/.exec(rest);
  const opening =
    named ?? /^\(\?([A-Za-z]*)(?:-([A-Za-z]+))?([:)])/.exec(rest) ?? (rest.startsWith('(?') ? null : /^\(/.exec(rest));
  if (opening === null) {
    throw new PatternError(
      at,
      at + 3,
      'syntax',
      `\`${rest.slice(0, 3)}\` begins no group that there is`,
      'groups are `(…)`, `(?:…)`, `(?P<name>…)` and `(?i)`',
    );
  }
  if (named !== null) {
    if (!/^[A-Za-z_$]\w*$/.test(named[2] ?? '') || (dialect === 'js' && named[1] === 'P')) {
      throw new PatternError(
        at,
        at + named[0].length,
        'syntax',
        `\`${named[2]}\` names no group`,
        'a name is letters, digits and `_`',
      );
    }
    reader.at += named[0].length;
    return [inside(reader, at, flags)];
  }
  reader.at += opening[0].length;
  if (opening[0] === '(') return [inside(reader, at, flags)];
  const changed = changedFlags(reader, at, opening[1] ?? '', opening[2] ?? '');
  if (opening[3] === ':') return [inside(reader, at, changed)];
  if (dialect === 'python' && at > 0) {
    throw new PatternError(
      at,
      reader.at,
      'syntax',
      'flags stand at the beginning of the pattern',
      'move them there, or write `(?i:…)` for a part',
    );
  }
  reader.flags = changed; // to the end of the group it stands in
  return null;
}

function inside(reader: Reader, start: number, flags: Flags): Tree {
  const outer = reader.flags;
  reader.flags = flags;
  const tree = alternatives(reader);
  reader.flags = outer;
  if (reader.text[reader.at] !== ')') throw unclosed(reader, start);
  reader.at += 1;
  return tree;
}

function unclosed(reader: Reader, start: number): PatternError {
  return new PatternError(
    start,
    start + 1,
    'syntax',
    'this `(` is never closed',
    reader.dialect === 'js' ? 'close it with `)`' : 'close it with `)`, or write `\\(` for the character',
  );
}

/** `(?i-s)`: `i` without regard to case, `m` lines, `s` `.` takes newlines; `U` (RE2) and `u`, `a` (Python) change nothing here. */
function changedFlags(reader: Reader, start: number, on: string, off: string): Flags {
  let flags = reader.flags;
  const known = reader.dialect === 're2' ? 'imsU' : reader.dialect === 'python' ? 'imsu' : 'ims';
  for (const [letters, value] of [
    [on, true],
    [off, false],
  ] as const) {
    for (const letter of letters) {
      if (!known.includes(letter)) {
        throw new PatternError(
          start,
          reader.at,
          'refused',
          `the flag \`${letter}\` is not supported`,
          `flags are \`${known.split('').join('`, `')}\``,
        );
      }
      if (letter === 'i') flags = { ...flags, ignoreCase: value };
      if (letter === 'm') flags = { ...flags, multiline: value };
      if (letter === 's') flags = { ...flags, dotAll: value };
    }
  }
  return flags;
}
