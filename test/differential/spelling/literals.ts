// In: a constant of CEL as a value. Out: one of its spellings (LANGUAGE.md 4.1): quotes, raw, triple, escapes, notations of numbers.
// Shares nothing with the compiler's reader of literals.

import type { Forms } from './forms.ts';

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['?', '\\?'],
  ['"', '\\"'],
  ["'", "\\'"],
  ['`', '\\`'],
]);

/** A text of CEL. */
export function spelledText(forms: Forms, value: string): string {
  const quote = quoteFor(forms, 'CEL string');
  const isLong = quote.length === 3;
  const mayBeRaw =
    !/[\r\0]/.test(value) && (isLong ? !rawEnds(value, quote) : !value.includes(quote) && !/\n/.test(value));
  if (mayBeRaw && forms.takes('CEL raw string', /[\\]/.test(value) ? 0.5 : 0.1))
    return `${forms.random.pick(['r', 'R'])}${quote}${value}${quote}`;
  const escaping = forms.random.pick([0, 0, 0.1, 1]);
  return `${quote}${Array.from(value, (point) => character(forms, point, quote, escaping)).join('')}${quote}`;
}

/** Bytes of CEL. */
export function spelledBytes(forms: Forms, bytes: readonly number[]): string {
  const quote = quoteFor(forms, 'CEL bytes');
  const isPrintable = bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x27);
  const prefix = forms.random.pick(['b', 'B']);
  if (isPrintable && forms.takes('CEL raw bytes', 0.15))
    return `${prefix}${forms.random.pick(['r', 'R'])}${quote}${String.fromCharCode(...bytes)}${quote}`;
  const one = (byte: number): string => {
    const isPlain = byte >= 0x20 && byte < 0x7f && !`\\"'`.includes(String.fromCharCode(byte));
    const form = forms.oneOf('CEL \\x in bytes', {
      'CEL \\x in bytes': 1,
      'CEL octal in bytes': 1,
      'CEL plain in bytes': isPlain ? 2 : 0,
    });
    if (form === 'CEL plain in bytes') return String.fromCharCode(byte);
    return form === 'CEL octal in bytes'
      ? `\\${octal(byte)}`
      : `\\${forms.random.pick(['x', 'X'])}${hex(forms, byte, 2)}`;
  };
  return `${prefix}${quote}${bytes.map(one).join('')}${quote}`;
}

/** A number of CEL as it was written plainly: digits, maybe with a fraction, an exponent or `u`. */
export function spelledNumber(forms: Forms, text: string): string {
  const isUint = text.endsWith('u');
  const digits = isUint ? text.slice(0, -1) : text;
  if (/^[0-9]+$/.test(digits)) {
    const suffix = isUint ? forms.random.pick(['u', 'U']) : '';
    if (!forms.takes('CEL hex number', 0.25)) return `${digits}${suffix}`;
    const written = BigInt(digits).toString(16);
    const zeros = forms.random.pick(['', '', '0', '00']);
    return `0${forms.random.pick(['x', 'X'])}${zeros}${forms.random.chance(0.5) ? written : written.toUpperCase()}${suffix}`;
  }
  const [mantissa = '', exponent] = digits.split(/[eE]/);
  const longer = /\./.test(mantissa) && forms.takes('CEL zeros behind', 0.2) ? `${mantissa}00` : mantissa;
  const shorter =
    longer.startsWith('0.') && forms.takes('CEL number begins with a point', 0.4) ? longer.slice(1) : longer;
  if (exponent === undefined)
    return forms.takes('CEL exponent', 0.2) ? `${shorter}${forms.random.pick(['e0', 'E0', 'e+0', 'E-00'])}` : shorter;
  const power = /^[-+]/.test(exponent) ? exponent : `${forms.random.pick(['', '+', '+0'])}${exponent}`;
  return `${shorter}${forms.random.pick(['e', 'E'])}${power}`;
}

function quoteFor(forms: Forms, what: string): string {
  const form = forms.oneOf(`${what} "`, {
    [`${what} "`]: 4,
    [`${what} '`]: 3,
    [`${what} """`]: 1,
    [`${what} '''`]: 1,
  });
  return form.slice(what.length + 1);
}

/** A raw text of several lines ends at the first three quotes. */
function rawEnds(value: string, quote: string): boolean {
  return `${value}"`.includes(quote) || value.endsWith(quote.charAt(0)) || `${value}'`.includes(quote);
}

function character(forms: Forms, point: string, quote: string, escaping: number): string {
  const code = point.codePointAt(0) ?? 0;
  const isSpecial = point === '\\' || point === quote.charAt(0) || point === '\r' || point === '\0';
  const mustEscape = isSpecial || (point === '\n' && quote.length === 1);
  if (!mustEscape && !forms.random.chance(escaping)) {
    if (point === '\n') forms.takes('CEL line break in a string', 1);
    return point;
  }
  const named = NAMED.get(point);
  const form = forms.oneOf('CEL \\U', {
    'CEL \\U': 1,
    'CEL \\u': code <= 0xffff ? 2 : 0,
    'CEL \\x': code <= 0xff ? 2 : 0,
    'CEL octal': code <= 0xff ? 1 : 0,
    'CEL named escape': named === undefined ? 0 : 6,
  });
  switch (form) {
    case 'CEL named escape':
      return named ?? point;
    case 'CEL octal':
      return `\\${octal(code)}`;
    case 'CEL \\x':
      return `\\${forms.random.pick(['x', 'X'])}${hex(forms, code, 2)}`;
    case 'CEL \\u':
      return `\\u${hex(forms, code, 4)}`;
    default:
      return `\\U${hex(forms, code, 8)}`;
  }
}

function hex(forms: Forms, code: number, width: number): string {
  const digits = code.toString(16).padStart(width, '0');
  return forms.random.chance(0.5) ? digits : digits.toUpperCase();
}

function octal(code: number): string {
  return code.toString(8).padStart(3, '0');
}
