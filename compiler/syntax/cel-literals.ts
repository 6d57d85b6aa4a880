// In: a token that is a text, bytes or a number in CEL. Out: its value, or what is wrong in it and where.
// Never decides what a number may be where it stands.

export type Text =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | LiteralError;

/** `start` and `end` count from the beginning of the token. */
export interface LiteralError {
  readonly kind: 'error';
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export function isText(token: string): boolean {
  return /^[bB]?[rR]?(?:"[^]*"|'[^]*')$/.test(token) && token.length > 1;
}

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ...['\\', '?', '"', "'", '`'].map((character): [string, number] => [character, character.charCodeAt(0)]),
]);

/** `"a\n"`, `r'\d'`, `b"\xff"`, `'''…'''`. */
export function readText(token: string): Text {
  const prefix = /^[bBrR]*/.exec(token)?.[0] ?? '';
  const isBytes = /[bB]/.test(prefix);
  const isRaw = /[rR]/.test(prefix);
  const quote = /^(?:"""|'''|"|')/.exec(token.slice(prefix.length))?.[0] ?? '"';
  const from = prefix.length + quote.length;
  const body = token.slice(from, token.length - quote.length);
  if (isRaw) return isBytes ? { kind: 'bytes', value: utf8(body) } : { kind: 'string', value: body };
  const bytes: number[] = [];
  let text = '';
  const escape = /\\(?:([0-3][0-7]{2})|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/uy;
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('\\', at);
    const plain = body.slice(at, next < 0 ? body.length : next);
    if (isBytes) bytes.push(...utf8(plain));
    else text += plain;
    if (next < 0) break;
    escape.lastIndex = next;
    const found = escape.exec(body);
    const [whole = '\\', octal, hex, short, long, other] = found ?? [];
    const wrong = (message: string): LiteralError => ({
      kind: 'error',
      start: from + next,
      end: from + next + whole.length,
      message,
    });
    const code =
      octal !== undefined
        ? Number.parseInt(octal, 8)
        : other !== undefined
          ? SIMPLE_ESCAPES.get(other)
          : Number.parseInt(hex ?? short ?? long ?? '', 16);
    if (code === undefined || Number.isNaN(code)) return wrong(`\`${whole}\` is no escape sequence`);
    if (isBytes && (short !== undefined || long !== undefined)) {
      return wrong('bytes are written `\\x41` or `\\101`, not as a code point');
    }
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return wrong(`\`${whole}\` is not a character`);
    if (isBytes) bytes.push(code);
    else text += String.fromCodePoint(code);
    at = next + whole.length;
  }
  return isBytes ? { kind: 'bytes', value: Uint8Array.from(bytes) } : { kind: 'string', value: text };
}

export type NumberToken =
  | { readonly kind: 'int' | 'uint'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number };

export function isNumber(token: string): boolean {
  return /^\.?[0-9]/.test(token);
}

/** `12`, `0x1F`, `1u`, `1.5e3`; null: `1.5u`. */
export function readNumber(token: string): NumberToken | null {
  const isUint = /[uU]$/.test(token);
  const digits = isUint ? token.slice(0, -1) : token;
  if (/^0[xX]/.test(digits) || /^[0-9]+$/.test(digits)) {
    return { kind: isUint ? 'uint' : 'int', value: BigInt(digits.toLowerCase()) };
  }
  return isUint ? null : { kind: 'double', value: Number(digits) };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
