import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CST, parseDocument, type Scalar } from 'yaml';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { tokenize } from '../../compiler/syntax/cel-tokens.ts';
import { scalarMap } from '../../compiler/syntax/scalar-map.ts';
import { readYaml, type YamlNode } from '../../compiler/syntax/yaml.ts';
import { nodes, rule, written } from './helpers.ts';

type Style = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** How a token of a condition looks in each style. */
function spell(style: Style, token: string): string {
  if (style === 'single') return token.replaceAll("'", "''");
  if (style === 'double')
    return token
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('é', '\\xe9')
      .replaceAll('😀', '\\U0001F600');
  return token;
}

function scalar(style: Style, body: string, chomp: string): string {
  switch (style) {
    case 'plain':
      return body;
    case 'single':
      return `'${body}'`;
    case 'double':
      return `"${body}"`;
    case 'literal':
      return `|${chomp}\n      ${body}\n`;
    case 'folded':
      return `>${chomp} # note\n      ${body}\n`;
  }
}

const GAPS: { readonly [style in Style]: readonly string[] } = {
  plain: [' ', '  ', '\n      ', ' \t\n        ', '\n\n      ', '\r\n      '],
  single: [' ', '  ', '\n      ', ' \n        ', '\n\n\n      ', '\r\n      '],
  double: [
    ' ',
    '  ',
    '\n      ',
    ' \n        ',
    '\n \n      ',
    '\r\n      ',
    '\\x20',
    '\\t',
    ' \\\n      ',
    '\\u0020\\\r\n      ',
  ],
  literal: [' ', '\n      ', '\n        ', '\n\n      ', '\r\n      ', '\n         \n      '],
  folded: [' ', '\n      ', '\n        ', '\n\n      ', '\r\n      ', '\n\n\n        ', '\n      \t'],
};
const TOKENS = [
  'args',
  '.',
  'é',
  '"a b"',
  "'c'",
  '"\\n"',
  '==',
  '&&',
  '!',
  '(',
  ')',
  '[',
  ']',
  ',',
  '12',
  '1.5',
  '"😀"',
  "'it''s'",
  'in',
  '?',
  '"\\\\"',
];

const styles: readonly Style[] = ['plain', 'single', 'double', 'literal', 'folded'];

describe.each(styles)('in a %s scalar', (style) => {
  test('every token of a condition has the place where it is written', () => {
    const gap = fc.constantFrom(...GAPS[style]);
    const item = fc.tuple(fc.constantFrom(...TOKENS), gap);
    const chomp = fc.constantFrom('', '-', '+');
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 12 }), chomp, (items, chomping) => {
        const words = [['args', ' '] as const, ...items, ['x', ''] as const];
        const body = words.map(([token, after]) => spell(style, token) + after).join('');
        const text = `k: 1\nwhen:\n    ${scalar(style, body, chomping)}\nnext: 2\n`;
        const sink = new DiagnosticSink();
        const when = entry(readYaml({ path: 'p', text }, sink), 'when');
        if (when.kind !== 'text') throw new Error(`${JSON.stringify(text)} reads as ${when.kind}`);
        const expected = words.map(([token]) => token);
        let at = 0;
        for (const token of expected) {
          const start = when.value.indexOf(token, at);
          expect(start).toBeGreaterThanOrEqual(at);
          at = start + token.length;
          expect(written(when.place(start, at))).toBe(spell(style, token));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function entry(root: YamlNode | null, key: string): YamlNode {
  const found = root?.kind === 'map' ? root.entries.find((candidate) => candidate.key === key)?.value : undefined;
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

describe('the map of a scalar', () => {
  const piece = fc.constantFrom(
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\n ',
    '\n  ',
    '\n    ',
    'a',
    'b c',
    '\\n',
    '\\\\',
    '\\x41',
    '\\\n',
    "''",
    '-',
    'é😀',
    '#',
    '\\\r\n ',
  );
  const body = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  const raw = fc.oneof(
    body.map((text) => `x${text}`),
    body.map((text) => `"${text}"`),
    body.map((text) => `'${text}'`),
    fc
      .tuple(fc.constantFrom('|', '>'), fc.constantFrom('', '-', '+', '1', '2', '2-', '+1'), body)
      .map(([mode, header, text]) => `${mode}${header}\n  ${text}`),
  );

  test('gives the value that the YAML library gives, whatever is folded, escaped, indented or chomped', () => {
    let checked = 0;
    fc.assert(
      fc.property(raw, fc.constantFrom('', 'k: ', 'k:\n  - '), (text, before) => {
        const document = parseDocument(before + text, { keepSourceTokens: true, logLevel: 'silent' });
        if (document.errors.length > 0) return;
        const scalars: Scalar[] = [];
        const collect = (value: unknown): void => {
          if (typeof value !== 'object' || value === null) return;
          if ('items' in value && Array.isArray(value.items)) for (const child of value.items) collect(child);
          else if ('value' in value && 'key' in value) collect(value.value);
          else if (isScalarNode(value)) scalars.push(value);
        };
        collect(document.contents);
        for (const node of scalars) {
          const token = node.srcToken;
          if (token === undefined || typeof node.value !== 'string') continue;
          if (!isScalarToken(token)) continue;
          const map = scalarMap(token, node.value);
          expect(map, JSON.stringify(before + text)).toBeDefined();
          expect(map?.starts).toHaveLength(node.value.length);
          const starts = map?.starts ?? [];
          expect([...starts].sort((a, b) => a - b)).toEqual(starts);
          checked += 1;
        }
      }),
      { numRuns: 3000 },
    );
    expect(checked).toBeGreaterThan(1000);
  });
});

function isScalarToken(token: CST.Token): token is CST.FlowScalar | CST.BlockScalar {
  return token.type.endsWith('scalar');
}

function isScalarNode(value: object): value is Scalar {
  return 'srcToken' in value && 'value' in value;
}

describe('a condition in a policy', () => {
  const condition = 'has(args.to) && (args.to == "it\'s\\n" || size(args.l) > 10)';
  const leaves = ['args.to', '"it\'s\\n"', '10'];

  test.each([
    ['plain', `when: ${condition}`, leaves],
    ['single-quoted', `when: '${condition.replaceAll("'", "''")}'`, ['args.to', '"it\'\'s\\n"', '10']],
    ['double-quoted', `when: ${JSON.stringify(condition)}`, ['args.to', '\\"it\'s\\\\n\\"', '10']],
    ['literal', `when: |\n  ${condition.replace('&& ', '&&\n  ')}`, leaves],
    ['folded', `when: >-\n  ${condition.replace('&& ', '&&\n  ').replace('|| ', '||\n\n    ')}`, leaves],
  ])('%s: every node points to its own text', (_, lines, expected) => {
    const { result, codes } = rule(lines);
    expect(codes).toEqual([]);
    const when = result?.when;
    if (when === undefined) throw new Error('no condition');
    const texts = new Set(nodes(when).map((node) => written(node.span)));
    for (const text of expected) expect(texts).toContain(text);
    expect(nodes(when).every((node) => node.span.end > node.span.start)).toBe(true);
  });

  test('an error in the third line of a block is reported in that line', () => {
    const { found } = rule('when: |\n  has(args.a) &&\n\n    args.b.frob()\n');
    expect(found.map((d) => [d.code, d.line, d.column])).toEqual([['P0204', 9, 16]]);
    expect(found[0]?.sourceLine).toBe('        args.b.frob()');
  });

  test('where a file begins with a byte order mark, places are still right', () => {
    const sink = new DiagnosticSink();
    const root = readYaml({ path: 'p', text: '\uFEFFkey: "a\\tb"\n' }, sink);
    const value = entry(root, 'key');
    expect(value.kind === 'text' && written(value.place(1, 2))).toBe('\\t');
  });
});

test('tokens hold every character of a condition that is not blank and not a comment', () => {
  const text = 'a.b("x y") // z\n&& r\'\\d\' >= 0x1F ? -1.5e3u : b"""q""q"""';
  expect(tokenize(text, 64).list.map((token) => token.text)).toEqual([
    'a',
    '.',
    'b',
    '(',
    '"x y"',
    ')',
    '&&',
    "r'\\d'",
    '>=',
    '0x1F',
    '?',
    '-',
    '1.5e3u',
    ':',
    'b"""q""q"""',
  ]);
});
