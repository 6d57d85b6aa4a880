// In: what an author wrote that this version of the language does not speak (LANGUAGE.md 4.1), or that is no CEL at all.
// Out: how to say it and what to try. Data and wording only; `cel.ts` knows the places.

import { didYouMean } from '../diagnostic.ts';
import type { Token } from './cel-tokens.ts';
import { clip } from './clip.ts';

export interface Wording {
  readonly message: string;
  readonly help: string | undefined;
  /** The mistake stands at the token before the one where parsing stopped. */
  readonly atBefore?: boolean;
}

export const FUNCTIONS: readonly string[] = ['startsWith', 'endsWith', 'contains', 'size', 'has', 'exists', 'all'];

const QUANTIFIERS = 'lists are asked with `list.exists(v, …)` and `list.all(v, …)`';
const TIMES = 'let the host put what the rule needs into `context`, for example a number of seconds';
const CONVERSIONS =
  'write a constant in the type needed (`2.0` is a double, `2` an int), or declare the attribute with that type';
const TEXTS = 'text has `==`, `in`, `startsWith`, `endsWith`, `contains` and `size`; let the host normalise it before';
const NUMBERS = 'numbers have `+ - * / %` and comparisons';
const OPTIONALS = 'ask `has(args.x)` first, or give the attribute an `absent` value';

const NOT_YET: ReadonlyMap<string, string> = new Map([
  ...group(
    QUANTIFIERS,
    'exists_one existsOne map filter transformList transformMap transformMapEntry sort sortBy distinct flatten slice first last sum min max isSorted',
  ),
  ...group(
    TIMES,
    'timestamp duration now getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth getSeconds',
  ),
  ...group(CONVERSIONS, 'int uint double string bytes bool dyn type'),
  ...group(
    'regular expressions are not there yet: use `startsWith`, `endsWith`, `contains` or `in [...]`',
    'matches extract extractAll replaceAll',
  ),
  ...group(
    TEXTS,
    'lowerAscii upperAscii toLowerCase toUpperCase lower upper trim split join replace substring indexOf lastIndexOf charAt format reverse quote',
  ),
  ...group(NUMBERS, 'abs ceil floor round trunc sign sqrt greatest least isNaN isInf isFinite bitAnd bitOr bitXor'),
  ...group(OPTIONALS, 'of none ofNonZeroValue hasValue value or orValue optMap optFlatMap'),
  ...group('name it under `lets`', 'bind block'),
]);

function group(help: string, names: string): [string, string][] {
  return names.split(' ').map((name) => [name, help]);
}

/** A call of a function that is not one of FUNCTIONS. */
export function unknownFunction(name: string): Wording {
  const help = NOT_YET.get(name);
  if (help !== undefined) return { message: `\`${name}\` is not in this version of the language`, help };
  const near = didYouMean(name, FUNCTIONS);
  const all = `the functions are ${FUNCTIONS.map((known) => `\`${known}\``).join(', ')}`;
  return {
    message: `\`${clip(name)}\` is not a function`,
    help: near === undefined ? all : `did you mean \`${near}\`?`,
  };
}

/** How a function of FUNCTIONS is written. */
export function usage(name: string): string {
  switch (name) {
    case 'has':
      return 'has(args.x)';
    case 'size':
      return 'size(args.x)';
    case 'exists':
    case 'all':
      return `list.${name}(v, condition about v)`;
    default:
      return `text.${name}("…")`;
  }
}

export const REFUSED: {
  readonly [kind in 'map' | 'bytes' | 'uint' | 'optional' | 'message' | 'index' | 'field']: Wording;
} = {
  map: {
    message: 'maps are not in this version of the language',
    help: 'read the attribute itself, for example `args.options.force`',
  },
  bytes: { message: 'bytes are not in this version of the language', help: 'write a string, without the `b`' },
  uint: {
    message: 'unsigned integers are not in this version of the language',
    help: 'write the number without the `u`',
  },
  optional: { message: 'optional values are not in this version of the language', help: OPTIONALS },
  message: {
    message: 'messages are not in this version of the language',
    help: 'compare attributes with constants: text, numbers, `true`, `false`',
  },
  index: {
    message: 'brackets take a constant text, the name of a field',
    help: 'write `args["name"]`; elements of a list are asked with `list.exists(v, …)` and `list.all(v, …)`',
  },
  field: { message: 'only attributes have fields', help: 'a path begins with `principal`, `args` or `context`' },
};

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['LPAREN', '`(`'],
  ['RPAREN', '`)`'],
  ['LBRACKET', '`[`'],
  ['RBRACKET', '`]`'],
  ['LBRACE', '`{`'],
  ['RBRACE', '`}`'],
  ['COLON', '`:`'],
  ['IDENTIFIER', 'a name'],
]);

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

/** What the library said of the token `at` (undefined: the end), with the tokens before and after it, in our words. */
export function syntaxWording(
  code: string,
  summary: string,
  before: Token | undefined,
  at: Token | undefined,
  after: Token | undefined,
): Wording {
  const found = at === undefined ? 'the condition ends' : `there is \`${clip(at.text)}\``;
  const word = OPERATORS.get(at?.text ?? '');
  const beforeWord = OPERATORS.get(before?.text ?? '');
  switch (code) {
    case 'expected_token':
    case 'unexpected_token':
    case 'unexpected_character': {
      if (before?.text === '.' && at !== undefined && /^(in|true|false|null)$/.test(at.text)) {
        return {
          message: `\`${at.text}\` is a word of the language and cannot follow a dot`,
          help: `write the field in brackets: \`["${at.text}"]\``,
        };
      }
      if (at?.text === '`')
        return { message: 'names do not stand in backticks', help: 'write the field in brackets: `args["foo-bar"]`' };
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
      const expected = code === 'expected_token' ? SYMBOLS.get(/^Expected (\w+)/.exec(summary)?.[1] ?? '') : undefined;
      if (expected !== undefined) return { message: `expected ${expected}, but ${found}`, help: undefined };
      if (at === undefined) return { message: 'the condition ends where a value is expected', help: undefined };
      if (/^["']/.test(at.text) && at.text.length === 1)
        return { message: 'this text is not closed', help: `end it with ${at.text}` };
      const odd = ODD_CHARACTERS.get(at.text);
      if (odd !== undefined) return odd;
      const joined = before !== undefined && after !== undefined && /^\w+$/.test(at.text) && /^\w+$/.test(before.text);
      return {
        message: `\`${clip(at.text)}\` is not expected here`,
        help: joined ? 'join conditions with `&&` or `||`' : undefined,
      };
    }
    case 'reserved_identifier':
      return { message: `\`${at?.text ?? ''}\` is a reserved word of CEL`, help: 'use another name' };
    default:
      return {
        message: clip(summary.charAt(0).toLowerCase() + summary.slice(1).replace(/\.$/, ''), 160),
        help: undefined,
      };
  }
}
