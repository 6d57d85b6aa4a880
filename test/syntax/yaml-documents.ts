// YAML and JSON at random, in every style that policies are written in; and single documents, each with whether our own reader reads it.

import type { Random } from '../differential/random.ts';

const WORDS = [
  ...[
    'a',
    'b c',
    'x-y',
    'tool.name',
    "it's",
    'a "b"',
    'a#b',
    'a:b',
    '-x',
    '- x'.slice(1),
    'é😀',
    'a\u00a0',
    'b\u2028',
    '.',
    '~x',
  ],
  ...[
    'null',
    'Null',
    'NULL',
    '~',
    'true',
    'True',
    'TRUE',
    'false',
    'False',
    'yes',
    'no',
    'on',
    'nUll',
    'tRue',
    'n',
    't',
    'f',
  ],
  ...[
    '0',
    '-0',
    '+5',
    '12',
    '007',
    '0o17',
    '0o8',
    '0x1F',
    '0xg',
    '1.5',
    '1.',
    '.5',
    '-.5',
    '+1.50',
    '1e3',
    '1E-3',
    '1.e5',
    '.e5',
  ],
  ...[
    '.inf',
    '-.Inf',
    '+.INF',
    '.nan',
    '.NaN',
    '-.nan',
    '9223372036854775808',
    '1_000',
    '1-2',
    '2026-11-24',
    '12:30',
    '1e999',
  ],
];
const SIMPLE = WORDS.filter((word) => word.trim() !== '');

type Line = string;

/** A document: comments, maybe `---`, a mapping, a list or JSON. */
export function document(random: Random): string {
  const lines: Line[] = [];
  if (random.chance(0.1)) lines.push('# before', '');
  if (random.chance(0.1)) lines.push(random.chance(0.5) ? '---' : '--- # the document');
  const indent = random.chance(0.05) ? '  ' : '';
  if (random.chance(0.05)) lines.push(flow(random, 3));
  else if (random.chance(0.75)) mapping(random, lines, indent, 3);
  else list(random, lines, indent, 3);
  if (random.chance(0.1)) lines.push('', '# after');
  const text = lines.join('\n') + (random.chance(0.9) ? '\n' : '');
  const marked = random.chance(0.02) ? `\ufeff${text}` : text;
  return random.chance(0.1) ? marked.replaceAll('\n', '\r\n') : marked;
}

function mapping(random: Random, lines: Line[], indent: string, depth: number): void {
  const prefix = { first: indent, rest: indent };
  mappingAfter(random, lines, prefix, depth);
}

interface Prefix {
  readonly first: string;
  readonly rest: string;
}

function mappingAfter(random: Random, lines: Line[], { first, rest }: Prefix, depth: number): void {
  const count = random.between(1, 4);
  for (let i = 0; i < count; i += 1) {
    if (i > 0) between(random, lines, rest);
    const key = keyText(random, i);
    value(random, lines, `${i === 0 ? first : rest}${key}${random.chance(0.05) ? ' :' : ':'}`, rest, depth, true);
  }
}

function list(random: Random, lines: Line[], indent: string, depth: number): void {
  listAfter(random, lines, { first: indent, rest: indent }, depth);
}

function listAfter(random: Random, lines: Line[], { first, rest }: Prefix, depth: number): void {
  const count = random.between(1, 4);
  for (let i = 0; i < count; i += 1) {
    if (i > 0) between(random, lines, rest);
    const before = i === 0 ? first : rest;
    const gap = random.chance(0.9) ? ' ' : '   ';
    const inner = { first: `${before}-${gap}`, rest: `${rest} ${gap}` };
    if (depth > 0 && random.chance(0.4)) mappingAfter(random, lines, inner, depth - 1);
    else if (depth > 0 && random.chance(0.1)) listAfter(random, lines, inner, depth - 1);
    else value(random, lines, `${before}-`, rest, depth, false);
  }
}

/** Empty lines and comments, mostly where they belong. */
function between(random: Random, lines: Line[], indent: string): void {
  if (random.chance(0.1)) lines.push(random.pick(['', indent, `${indent}  `]));
  if (random.chance(0.1))
    lines.push(`${random.pick([indent, indent, `${indent}  `, `${indent}    `, ''])}#${random.pick(['', ' c', 'c'])}`);
}

function value(random: Random, lines: Line[], head: string, indent: string, depth: number, isKey: boolean): void {
  const deeper = `${indent}${' '.repeat(random.pick([1, 2, 2, 2, 4]))}`;
  const end = random.pick(['', '', '', '', ' ', ' # note', '  #note', ' #']);
  const kind = random.below(depth > 0 ? 14 : 10);
  if (kind === 0) lines.push(`${head}${end}`);
  else if (kind === 1) block(random, lines, head, indent, deeper);
  else if (kind === 2) folded(random, lines, head, deeper, end);
  else if (kind === 3) lines.push(`${head}${random.pick([' ', '  '])}${flow(random, 2)}${end}`);
  else if (kind === 4) flowLines(random, lines, head, random.chance(0.3) ? indent : deeper, deeper, end);
  else if (kind === 5) {
    lines.push(`${head}${end}`);
    between(random, lines, deeper);
    lines.push(`${deeper}${scalar(random)}${end}`);
  } else if (kind < 10) lines.push(`${head} ${random.chance(0.1) ? ' ' : ''}${scalar(random)}${end}`);
  else {
    lines.push(`${head}${end}`);
    between(random, lines, deeper);
    if (random.chance(0.5)) mapping(random, lines, deeper, depth - 1);
    else list(random, lines, isKey && random.chance(0.3) ? indent : deeper, depth - 1);
  }
}

/** Keys are mostly different, sometimes the same, rarely no text. */
function keyText(random: Random, index: number): string {
  if (random.chance(0.03)) return random.pick(SIMPLE.filter((word) => !/^-|[:"]/.test(word)));
  const key = random.chance(0.05)
    ? 'same'
    : `${random.pick(['key', 'a b', "it's", 'é', 'x#y', '<<'.slice(2), 'k.l'])}${index}`;
  return random.pick([key, key, key, JSON.stringify(key), `'${key.replaceAll("'", "''")}'`]);
}

function scalar(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return double(random);
    case 1:
      return `'${random.pick([...SIMPLE, '', ' ', 'a: b # c', '[x]', '\\n']).replaceAll("'", "''")}'`;
    default:
      return random.pick(SIMPLE);
  }
}

const ESCAPED = [
  '\\n',
  '\\t',
  '\\"',
  '\\\\',
  '\\/',
  '\\u00e9',
  '\\ud83d\\ude00',
  '\\x41',
  '\\U0001F600',
  '\\0',
  '\\e',
  '\\_',
  '\\ ',
  '\\N',
];

function double(random: Random): string {
  const parts = Array.from({ length: random.below(4) }, () =>
    random.chance(0.5) ? random.pick(SIMPLE).replaceAll('"', '\\"') : random.pick([...ESCAPED, ' ', ': ', ' #', '\t']),
  );
  return `"${parts.join('')}"`;
}

/** `|` and `>`. */
function block(random: Random, lines: Line[], head: string, indent: string, deeper: string): void {
  const width = deeper.length - indent.length;
  const digit = random.chance(0.15) ? `${width}` : '';
  const chomp = random.pick(['', '', '-', '+']);
  lines.push(
    `${head} ${random.pick(['|', '>'])}${random.chance(0.5) ? digit + chomp : chomp + digit}${random.pick(['', '', ' ', ' # note'])}`,
  );
  if (random.chance(0.1)) lines.push('');
  lines.push(`${deeper}${digit === '' ? '' : random.pick(['', '  '])}${random.pick(SIMPLE)}`);
  for (let i = random.below(4); i > 0; i -= 1) {
    lines.push(
      random.pick([
        '',
        indent,
        `${deeper}  `,
        `${deeper}  more`,
        `${deeper}\ttab`,
        `${deeper}# no comment`,
        `${deeper}${random.pick(SIMPLE)} `,
      ]),
    );
  }
}

/** Scalars of several lines. */
function folded(random: Random, lines: Line[], head: string, deeper: string, end: string): void {
  const quote = random.pick(['', "'", '"']);
  const words = [
    'first',
    'a  b',
    'x#y',
    'z-1',
    '.',
    quote === '"' ? '\\n' : 'w',
    quote === "'" ? "''" : 'v',
    quote === '"' ? '\\\\' : '- u',
  ];
  lines.push(`${head} ${quote}${random.pick(words).replace(/^- /, '')}${random.pick(['', '', ' ', '\t'])}`);
  for (let i = random.below(3); i > 0; i -= 1) {
    lines.push(random.pick(['', deeper, `${deeper}${random.pick(words)}`, `${deeper}  ${random.pick(words)} `]));
  }
  lines.push(`${deeper}${random.pick(words)}${quote}${end}`);
}

function flow(random: Random, depth: number): string {
  const space = random.pick(['', ' ']);
  const items = Array.from({ length: random.below(4) }, (_, i) => {
    const inner = depth > 0 && random.chance(0.3) ? flow(random, depth - 1) : flowScalar(random);
    return { key: `${keyText(random, i)}`, inner };
  });
  const comma = items.length > 0 && random.chance(0.1) ? `,${space}` : space;
  if (random.chance(0.5)) return `[${space}${items.map(({ inner }) => inner).join(`,${space}`)}${comma}]`;
  const entries = items.map(({ key, inner }) => {
    if (random.chance(0.1)) return key;
    const colon = /["']$/.test(key) && random.chance(0.3) ? ':' : ': ';
    return random.chance(0.05) ? `${key}:` : `${key}${colon}${inner}`;
  });
  return `{${space}${entries.join(`,${space}`)}${comma}}`;
}

/** What may stand within brackets without quotes. */
function flowScalar(random: Random): string {
  const word = scalar(random);
  return /^["']/.test(word) || !/[,[\]{}]/.test(word) ? word : 'word';
}

/** A flow collection over several lines; `close` is the indentation of the last bracket. */
function flowLines(random: Random, lines: Line[], head: string, close: string, deeper: string, end: string): void {
  const isMap = random.chance(0.5);
  lines.push(`${head} ${isMap ? '{' : '['}${random.pick(['', ' ', ' # note'])}`);
  const count = random.between(1, 3);
  for (let i = 0; i < count; i += 1) {
    if (random.chance(0.1)) lines.push(random.pick(['', `${deeper}# c`]));
    const comma = i < count - 1 || random.chance(0.3) ? ',' : '';
    lines.push(
      `${deeper}${isMap ? `${keyText(random, i)}: ` : ''}${flowScalar(random)}${comma}${random.pick(['', ' ', ' # note'])}`,
    );
  }
  lines.push(`${close}${isMap ? '}' : ']'}${end}`);
}

const PIECES = [
  ...[
    '\n',
    '\n',
    '\n',
    '\n  ',
    '\n  ',
    '\n    ',
    '\r\n',
    ' ',
    '  ',
    '\t',
    '- ',
    '- ',
    '-',
    ': ',
    ': ',
    ':',
    'a: ',
    'b: ',
    'a:',
    ' # c',
    '#',
    '\n#',
  ],
  ...[
    'a',
    'b',
    'c d',
    '1',
    '"',
    "'",
    '"a"',
    "'b'",
    '""',
    '[',
    ']',
    '{',
    '}',
    ',',
    ', ',
    '[a, b]',
    '{a: b}',
    '[]',
    '|',
    '>',
    '|-',
    '|2',
    '>+',
    '?',
    '? ',
  ],
  ...['---', '...', '\\', '\\n', '&', '*', '!', '%', '@', '~', '\ufeff', '\u2028', '\u00a0', '\u0085', '\0', '\x1f'],
];

/** A few pieces of YAML in any order. */
export function pieces(random: Random): string {
  const some = random.sample(PIECES, random.between(4, 12));
  return Array.from({ length: random.between(2, 14) }, () => random.pick(some)).join('');
}

/** JSON in any of its layouts. */
export function jsonDocument(random: Random): string {
  const text = JSON.stringify(json(random, 4), null, random.pick([0, 1, 2, '\t']));
  return random.chance(0.2) ? text.replaceAll('\n', '\r\n') : `${text}${random.pick(['', '\n'])}`;
}

function json(random: Random, depth: number): unknown {
  const isCollection = depth === 4 || (depth > 0 && random.chance(0.5));
  const size = random.below(4);
  if (isCollection && random.chance(0.5)) return Array.from({ length: size }, () => json(random, depth - 1));
  if (isCollection)
    return Object.fromEntries(
      Array.from({ length: size }, (_, i) => [`${random.pick(WORDS)}${i}`, json(random, depth - 1)]),
    );
  return random.pick([
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e21,
    1e-7,
    '',
    'a\n"b"\\/',
    '\u0001\u2028',
    '😀',
    random.pick(WORDS),
    '{"a": [1]}',
    '# c',
  ]);
}

/** Corners, and whether our own reader reads them: where it does not, the library does or says what is wrong. */
export const DOCUMENTS: [string, boolean][] = [
  ['', true],
  ['\n \n# c\n', true],
  ['---\n', false],
  ['\ufeffa: 1', true],
  ['a:', true],
  ['a: # c\nb:   ', true],
  ['a:\n- 1\n-\n- b: 2\n  c:\nd: 3', true],
  ['a:\n-\n  - x\n  -\n    y: 1\n', true],
  ['- - a\n  - b\n-   c: 1\n    d: 2\n', true],
  ['a: 1\na: 2\n<<: {b: 1}\n1: x\ntrue: y\n~: z\n', true],
  ['"a": 1\n\'b\' : 2\n"c" : [ ]\n', true],
  ['a: "x\n  y\n\n  z"\nb: \'x\n\n   y\'\n', true],
  ['a: x\n  y\n\n  z\nb: 1', true],
  ['a: x # c\n# d\nb: 1\n  # e\n', true],
  ['a: "x\\\n  \\ y\\\r\n  z"\nb: ?x\n?y: 1', true],
  ['a: |\n  x\n   y\n\n z: 1\n', false],
  ['a: |+\n  x\n\n\nb: >-\n  x\n  y\n\n  z\n', true],
  ['a: |2\n    x\n  y\n', true],
  ['a: [\n  b,\n  c\n]\nd: {\n  e: 1,\n}\n', true],
  ['a: [\nb]\n', false],
  ['{"a":1,"b":[true,null,"c\\u00e9"],"d":{}}', true],
  ['{a, b: , c: {d}, "e":f}', true],
  ['{a: "x\n  y",\n b: \'x\n\n z\'}', true],
  ['{a: "x\n---"}', false],
  ['[a: b]', false],
  ['[a,,b]', false],
  ['[,]', false],
  ['[a\n]', true],
  ['[a\nb]', false],
  ['{a\n: b}', false],
  ['{[a]: b}', false],
  ['a: &x b', false],
  ['a: *x', false],
  ['a: !t b', false],
  ['? a\n: b', false],
  ['%YAML 1.2\n---\na: 1', false],
  ['a: 1\n---\nb: 2', false],
  ['a: 1\n...\n', false],
  ['a:\n\tb: 1', false],
  ['a:\tb', false],
  ['a: b: c', false],
  ['a: b\n c: d', false],
  ['a: 1\n b: 2', false],
  ['  a: 1\nb: 2', false],
  ['a\nb', false],
  ['text', false],
  ['"text"', false],
  ['a: "x', false],
  ['a: "\\q"', false],
  ['a: "\\U00110000"', false],
  ['a: "x" y', false],
  ['a: "x"# c', false],
  ['a: [b]# c', false],
  ['a: @b', false],
  ['a: %b', false],
  ['a: |x\n  b', false],
  ['a:\n#c\n  b\nc: 1', false],
  ['a:\n  #c\n  b\nc: 1', true],
  ['a: b\rc: d', false],
  ['a: |\n\n    \n  x\n', false],
  [`${'k'.repeat(1100)}: 1`, false],
  [`a: ${'['.repeat(99)}${']'.repeat(99)}`, true],
  [`a: ${'['.repeat(101)}${']'.repeat(101)}`, false],
  ['- '.repeat(100), true],
];
