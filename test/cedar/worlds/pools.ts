// Ids, names, texts and literals at the edges of what Cedar takes, and how a text is written in it. Data only.

export const IDS: readonly string[] = [
  '',
  'a',
  'b',
  '\u0000\u0011',
  '"',
  '\\',
  "it's",
  '😀',
  'é',
  '*',
  '\n\t',
  '::"',
  'if',
  '\u{10ffff}',
  '\u200b',
  ' ',
];
export const NAMES: readonly string[] = [
  'a',
  'b',
  'c',
  'id',
  'type',
  'Set',
  'has_',
  '_',
  'x y',
  '',
  'é',
  'in',
  'true',
  '\u0000',
  '"q"',
  '\\',
  '😀',
  '__entity',
  '__extn',
];
export const TEXTS: readonly string[] = [
  '',
  'a',
  'ab',
  'aab',
  '*',
  '\\',
  '\\*',
  '"',
  '\u0000',
  'é',
  'e\u0301',
  '😀',
  '😀😀',
  'a*b',
  '\n',
  'permit',
  '\u{10ffff}',
  'ba'.repeat(40),
];
export const DECIMALS: readonly string[] = [
  '0.0',
  '-0.0',
  '-0.5',
  '0.0001',
  '922337203685477.5807',
  '-922337203685477.5808',
  '922337203685477.5808',
  '922337203685478.0',
  '1.',
  '.1',
  '1.00000',
  '00.10',
  '-00.1',
  '+1.0',
  '1e1',
  '1.0 ',
];
export const IPS: readonly string[] = [
  '0.0.0.0',
  '255.255.255.255',
  '127.0.0.1',
  '127.255.255.255/8',
  '128.0.0.1/0',
  '10.0.0.0/8',
  '10.1.2.3/31',
  '224.0.0.0/4',
  '239.1.1.1/32',
  '::',
  '::1',
  '::1/127',
  '::2/128',
  'ff00::/8',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'FE80::ABCD',
  '1::',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8/64',
  '::/0',
  '0:0:0:0:0:0:0:1',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:7',
  '1.2.3.4/33',
  '1.2.3.4/',
  '1.2.3.4/+1',
  '::g',
  '00001::',
  '1.2.3.04',
  '1.2.3.4.5',
  ' ::1',
];
export const DATETIMES: readonly string[] = [
  '1970-01-01',
  '0000-01-01',
  '9999-12-31',
  '2000-02-29',
  '1900-02-29',
  '2024-02-30',
  '1969-12-31T23:59:59.999Z',
  '2024-10-15T00:00:00Z',
  '2024-10-15T23:59:59.999+2359',
  '0000-01-01T00:00:00.000+2359',
  '9999-12-31T23:59:59.999-2359',
  '2024-10-15T11:38:02+0000',
  '2024-10-15T11:38:02-0060',
  '2024-10-15T11:38:02+2400',
  '2024-10-15T11:38:02.1Z',
  '2024-10-15T11:38Z',
  '2024-10-15t11:38:02Z',
  '2024-10-15T24:00:00Z',
  '2024-6-15',
  '-2024-01-01',
  '2024-10-15 ',
];
export const DURATIONS: readonly string[] = [
  '0d',
  '-0ms',
  '1d',
  '1d1h1m1s1ms',
  '-1d1h1m1s1ms',
  '24h',
  '86400000ms',
  '9223372036854775807ms',
  '-9223372036854775808ms',
  '9223372036854775808ms',
  '106751991167d7h12m55s807ms',
  '106751991167d7h12m55s808ms',
  '-106751991167d7h12m55s808ms',
  '1h1d',
  '1',
  'd',
  '',
  '-',
  '1.5s',
  '1ms1s',
  '00001s',
  '99999999999999999999ms',
];
export const LONGS: readonly string[] = [
  '0',
  '1',
  '-1',
  '2',
  '9223372036854775807',
  '-9223372036854775808',
  '4611686018427387904',
  '3037000499',
  '3037000500',
  '-4611686018427387904',
  '4294967296',
  '9007199254740993',
];
export const PATTERNS: readonly string[] = [
  '*',
  '',
  '**',
  'a*',
  '*a',
  '*b*',
  'a**b',
  '\\*',
  '*\\**',
  '\\\\',
  '\\\\*',
  '\\u{1f600}*',
  '*\\u{301}',
  'é',
  '\\0*',
  '*\\"',
  "\\'*",
  '\\x61*',
  'ba*ab*a',
  '*a*a*a*b',
];

/** Those that no constructor refuses. */
export const GOOD: { readonly [kind in 'decimal' | 'ip' | 'datetime' | 'duration']: readonly string[] } = {
  decimal: DECIMALS.slice(0, 6),
  ip: IPS.slice(0, 22),
  datetime: [
    '1970-01-01',
    '0000-01-01',
    '9999-12-31',
    '2000-02-29',
    '1969-12-31T23:59:59.999Z',
    '2024-10-15T23:59:59.999+2359',
    '0000-01-01T00:00:00.000+2359',
    '9999-12-31T23:59:59.999-2359',
  ],
  duration: DURATIONS.slice(0, 9),
};

/** As Cedar writes a text. */
export function quoted(text: string): string {
  const escapes: { readonly [char: string]: string } = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\t': '\\t',
    '\u0000': '\\0',
  };
  return `"${Array.from(text, (char) => escapes[char] ?? (/[\p{C}]/u.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char)).join('')}"`;
}

const RESERVED = new Set(['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has', '__cedar']);

/** Whether a name may stand without quotes. */
export function isWord(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name);
}

export interface Uid {
  readonly type: string;
  readonly id: string;
}

export function shown({ type, id }: Uid): string {
  return `${type}::${quoted(id)}`;
}
