// In: a condition as the generator writes it. Out: the same condition in other words (LANGUAGE.md 4.1, 3.1): blanks, comments, brackets,
// literals, and steps of paths in any of their spellings. Reads only what the generator writes, by tokens of its own.

import type { Forms } from './forms.ts';
import { spelledBytes, spelledNumber, spelledText } from './literals.ts';

export const TOKEN: RegExp =
  /\s+|b?"(?:[^"\\]|\\.)*"|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?u?|[A-Za-z_][A-Za-z0-9_]*|&&|\|\||[=!<>]=|[^]/gu;
const ROOTS: ReadonlySet<string> = new Set(['principal', 'args', 'context', 'result', 'message', 'output']);
/** What stands before a dot without being a value. */
const NAMESPACES: ReadonlySet<string> = new Set([
  'math',
  'optional',
  'strings',
  'base64',
  'cel',
  'ip',
  'net',
  'google',
]);
const WORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);
/** CEL keeps them: no step of a path after a dot. */
const RESERVED: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);
const COMMENTS = ['why', '', ' "quoted" \'both\' ', '# : { [', '/* */ // twice', ' é 😀 && || ', '---'];

export interface SpelledCel {
  readonly text: string;
  /** It holds a comment, so its lines must stay lines (4.1). */
  readonly isWhole: boolean;
}

/** The same condition, or a let's expression. */
export function spelledCel(forms: Forms, plain: string): SpelledCel {
  const speller = new Speller(
    forms,
    [...plain.matchAll(TOKEN)].map(([token]) => token).filter((token) => token.trim() !== ''),
  );
  const pieces = speller.all();
  const words = forms.takes('CEL brackets around all', 0.06) ? ['(', ...pieces, ')'] : pieces;
  return joined(forms, words);
}

class Speller {
  readonly #forms: Forms;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(forms: Forms, tokens: readonly string[]) {
    this.#forms = forms;
    this.#tokens = tokens;
  }

  all(): string[] {
    const out: string[] = [];
    while (this.#at < this.#tokens.length) out.push(...this.#next());
    return out;
  }

  #token(ahead: number): string {
    return this.#tokens[this.#at + ahead] ?? '';
  }

  #next(): string[] {
    const forms = this.#forms;
    const token = this.#token(0);
    const before = this.#token(-1);
    if (ROOTS.has(token) && before !== '.' && this.#token(1) !== '(') return this.#path(token);
    if (token === '.') return this.#step(before);
    this.#at += 1;
    const literal = literalOf(forms, token);
    if (literal === null) return [token];
    // A minus is part of the number behind it.
    return before !== '-' && forms.takes('CEL brackets around a literal', 0.04) ? ['(', literal, ')'] : [literal];
  }

  #path(root: string): string[] {
    const forms = this.#forms;
    const isAsked = this.#token(-1) === '(' && this.#token(-2) === 'has';
    this.#at += 1;
    const out = forms.takes('CEL leading dot', 0.06) ? ['.', root] : [root];
    for (;;) {
      if (this.#token(0) === '.' && /^[A-Za-z_]/.test(this.#token(1)) && this.#token(2) !== '(') {
        out.push(...this.#name(this.#token(1)));
        this.#at += 2;
      } else if (this.#token(0) === '[' && this.#token(1).startsWith('"') && this.#token(2) === ']') {
        out.push(...this.#name(textOf(this.#token(1)) ?? ''));
        this.#at += 3;
      } else break;
    }
    return !isAsked && out.length > 1 && forms.takes('CEL brackets around a path', 0.06) ? ['(', ...out, ')'] : out;
  }

  /** One name of a path or a part. */
  #name(name: string): string[] {
    const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name);
    const form = this.#forms.oneOf('CEL ["name"]', {
      'CEL .name': isName ? 6 : 0,
      'CEL .`name`': /^[A-Za-z0-9_.\-/ ]+$/.test(name) ? 1.5 : 0,
      'CEL ["name"]': isName ? 1.5 : 6,
    });
    if (form === 'CEL .name') return ['.', name];
    return form === 'CEL .`name`' ? ['.', `\`${name}\``] : ['[', spelledText(this.#forms, name), ']'];
  }

  /** A dot behind something that is no root: a call, an optional part, or a part. */
  #step(before: string): string[] {
    const name = this.#token(1);
    const isPart = /^[A-Za-z_]/.test(name) && this.#token(2) !== '(' && !NAMESPACES.has(before);
    this.#at += 1;
    if (!isPart) return ['.'];
    this.#at += 1;
    return this.#name(name);
  }
}

function literalOf(forms: Forms, token: string): string | null {
  if (/^[0-9]/.test(token)) return spelledNumber(forms, token);
  if (token.startsWith('b"')) return spelledBytes(forms, bytesOf(token));
  const text = textOf(token);
  return text === null || /\p{Surrogate}/u.test(text) ? null : spelledText(forms, text);
}

/** The generator writes texts as JSON does. */
function textOf(token: string): string | null {
  if (!token.startsWith('"')) return null;
  const value: unknown = JSON.parse(token);
  return typeof value === 'string' ? value : null;
}

/** And bytes as ASCII with `\xff`. */
function bytesOf(token: string): number[] {
  return [...token.slice(2, -1).matchAll(/\\x([0-9a-f]{2})|([^\\])/g)].map(([, hex, plain]) =>
    hex === undefined ? (plain ?? '').charCodeAt(0) : Number.parseInt(hex, 16),
  );
}

/** The tokens with anything between them that means nothing. */
function joined(forms: Forms, tokens: readonly string[]): SpelledCel {
  const { random } = forms;
  const strangeness = random.pick([0, 0, 0.05, 0.4]);
  let text = gap(forms, strangeness / 2, true);
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    text += token;
    if (next === undefined) return;
    const mustPart =
      /[A-Za-z0-9_"'`]$/.test(token) && /^[A-Za-z0-9_."'`]/.test(next) && !(next === '.' && !/^[0-9]/.test(token));
    const mayJoin = !mustPart || (token.endsWith('`') && next.startsWith('.'));
    text += random.chance(strangeness)
      ? gap(forms, 1, mayJoin)
      : mayJoin && (/^[.,)\]([]$/.test(next) || /^[.([!]$/.test(token)) && !WORDS.has(token)
        ? ''
        : ' ';
  });
  text += gap(forms, strangeness / 2, true);
  return { text, isWhole: text.includes('//') };
}

function gap(forms: Forms, chance: number, mayBeNothing: boolean): string {
  if (!forms.random.chance(chance)) return '';
  const form = forms.oneOf('CEL blank', {
    'CEL blank': 3,
    'CEL no blank': mayBeNothing ? 3 : 0,
    'CEL blanks': 2,
    'CEL tab': 1,
    'CEL line break': 1,
    'CEL form feed': 0.2,
    'CEL carriage return': 0.2,
    'CEL comment': 0.6,
  });
  switch (form) {
    case 'CEL no blank':
      return '';
    case 'CEL blanks':
      return '   ';
    case 'CEL tab':
      return '\t';
    case 'CEL line break':
      return '\n';
    case 'CEL form feed':
      return '\f';
    case 'CEL carriage return':
      return '\r\n';
    case 'CEL comment':
      return ` //${forms.random.pick(COMMENTS)}\n`;
    default:
      return ' ';
  }
}
