// In: what an author wrote that the language does not speak (LANGUAGE.md 4.1), or that is no CEL at all.
// Out: how to say it and what to try. Data and wording only; `cel.ts` knows the places.

import { didYouMean } from '../diagnostic.ts';
import { FORMS } from './cel-functions.ts';
import type { Token } from './cel-tokens.ts';
import { clip } from './clip.ts';

export interface Wording {
  readonly message: string;
  readonly help: string | undefined;
  /** The mistake stands at the token before the one where parsing stopped. */
  readonly atBefore?: boolean;
}

const TIMES = '`now` comes only from the host: let it put the time into `context`, declared as `timestamp`';

/** Functions that authors know from elsewhere, with what to write. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...group(TIMES, 'now getTime today date'),
  ...group('write `lowerAscii`', 'toLowerCase lower tolower'),
  ...group('write `upperAscii`', 'toUpperCase upper toupper'),
  ...group('write `contains`', 'includes find'),
  ...group('write `size`', 'length len count'),
  ...group('write `exists`', 'any some'),
  ...group('write `matches`', 'test match regex'),
  ...group('write `exists` or `all`', 'first last min max sum isSorted sortBy'),
  ...group(
    'write `math.abs`, `math.ceil`, `math.floor`, …',
    'abs ceil floor round trunc sign sqrt greatest least min max',
  ),
]);

function group(help: string, names: string): [string, string][] {
  return names.split(' ').map((name) => [name, help]);
}

/** A call of a function that is not one of ours. */
export function unknownFunction(name: string): Wording {
  const short = name.slice(name.indexOf('.') + 1);
  const elsewhere = ELSEWHERE.get(short);
  const near = didYouMean(name, FORMS.keys());
  const help =
    elsewhere !== undefined
      ? elsewhere
      : near !== undefined
        ? `did you mean \`${near}\`?`
        : `the functions are ${[...FORMS.keys()].map((known) => `\`${known}\``).join(', ')}`;
  return { message: `\`${clip(name)}\` is not a function`, help };
}

export const MESSAGE: Wording = {
  message: 'messages are not in this language',
  help: 'compare attributes with constants, lists `[…]` and maps `{"key": …}`',
};

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['AND', '&&'],
  ['&', '&&'],
  ['or', '||'],
  ['OR', '||'],
  ['|', '||'],
  ['=', '=='],
  ['is', '=='],
  ['eq', '=='],
  ['not', '!'],
  ['NOT', '!'],
]);

const CURLY_QUOTES: Wording = { message: 'curly quotes do not enclose text', help: 'write `"…"` or `\'…\'`' };
const NO_BREAK_SPACE: Wording = { message: 'this is a no-break space, not a space', help: 'type a space in its place' };

/** What a word processor or another language leaves behind. */
const ODD_CHARACTERS: ReadonlyMap<string, Wording> = new Map([
  ...['“', '”', '‘', '’', '„', '«', '»'].map((quote): [string, Wording] => [quote, CURLY_QUOTES]),
  ['\u00a0', NO_BREAK_SPACE],
  ['\u202f', NO_BREAK_SPACE],
  ['#', { message: '`#` begins no comment inside a condition', help: 'a comment begins with `//`' }],
]);

/**
 * What to say of the token `at` (undefined: the end), with the tokens before and after it, where `expected` should stand
 * (undefined: anything else).
 */
export function syntaxWording(
  expected: string | undefined,
  before: Token | undefined,
  at: Token | undefined,
  after: Token | undefined,
): Wording {
  const found = at === undefined ? 'the condition ends' : `there is \`${clip(at.text)}\``;
  const word = OPERATORS.get(at?.text ?? '');
  const beforeWord = OPERATORS.get(before?.text ?? '');
  if (before?.text === '.' && at !== undefined && /^(in|true|false|null)$/.test(at.text)) {
    return {
      message: `\`${at.text}\` is a word of the language and cannot follow a dot`,
      help: `write the field in brackets: \`["${at.text}"]\``,
    };
  }
  if (at?.text === '=' && /^[=!<>]?=$/.test(before?.text ?? '')) {
    return {
      message: `\`${before?.text}=\` is not an operator`,
      help: `write \`${before?.text === '=' ? '==' : before?.text}\``,
    };
  }
  if (word !== undefined) return { message: `\`${at?.text}\` is not an operator`, help: `write \`${word}\`` };
  if (beforeWord !== undefined) {
    return { message: `\`${before?.text}\` is not an operator`, help: `write \`${beforeWord}\``, atBefore: true };
  }
  if (at?.text === '>' && before?.text === '<') return { message: '`<>` is not an operator', help: 'write `!=`' };
  const odd = ODD_CHARACTERS.get(at?.text ?? '');
  if (odd !== undefined) return odd;
  if (at !== undefined && /^["'`]$/.test(at.text)) {
    return { message: 'this text is not closed', help: `end it with ${at.text}` };
  }
  if (expected !== undefined) return { message: `expected ${expected}, but ${found}`, help: undefined };
  if (at === undefined) return { message: 'the condition ends where a value is expected', help: undefined };
  const joined = before !== undefined && after !== undefined && /^\w+$/.test(at.text) && /^\w+$/.test(before.text);
  return {
    message: `\`${clip(at.text)}\` is not expected here`,
    help: joined ? 'join conditions with `&&` or `||`' : undefined,
  };
}
