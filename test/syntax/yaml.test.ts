import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../compiler/diagnostic.ts';
import { policy, rule } from './helpers.ts';

describe('YAML that policies do not use (LANGUAGE.md 2.1)', () => {
  test.each([
    ['a duplicate key', 'effect: allow', 'P0002', 6, 5, /line 5/],
    ['an anchor', 'reason: &a text', 'P0003', 6, 13, /quotes/],
    ['an alias', 'reason: *a', 'P0003', 6, 13, /'\*a'/],
    ['a glob that reads as an alias', 'tool: *.delete', 'P0003', 6, 11, /'\*\.delete'/],
    ['a bare star', 'tool: *', 'P0003', 6, 11, /'\*'/],
    ['a merge key', '<<: { tool: a }', 'P0003', 6, 5, /write the keys out/],
    ['a tag', 'reason: !!str 5', 'P0004', 6, 13, /quotes/],
    ['a condition that reads as a tag', 'when: !has(args.x) && args.y', 'P0004', 6, 11, /'!has\(args\.x\) …'/],
    ['a tag on a list', 'tool: !mine [a]', 'P0004', 6, 11, /quotes/],
    ['a key that is a number', '1: a', 'P0008', 6, 5, /quotes/],
    ['a key that is a list', '? [a]\n: b', 'P0008', 6, 7, /quotes/],
    ['a condition that begins with a quoted text', 'when: "a" in args.l', 'P0001', 6, 15, /quotes around the whole/],
    ['a colon in a condition', 'when: a ? b : c', 'P0001', 6, 11, /quotes/],
    ['a text that is not closed', 'reason: "a', 'P0001', 7, 1, undefined],
    ['a bad escape', 'reason: "\\q"', 'P0001', 6, 14, /single quotes/],
    ['a reserved character', 'reason: @a', 'P0001', 6, 13, /quotes/],
  ])('%s', (_, line, code, at, column, help) => {
    const { found } = rule(line);
    expect(found.map((d) => [d.code, d.line, d.column])).toEqual([[code, at, column]]);
    if (help !== undefined) expect(found[0]?.help).toMatch(help);
  });

  test('tabs as indentation', () => {
    const { result, found } = policy('lictor: 1\nrules:\n\t- id: a\n');
    expect(result).toBeNull();
    expect(found[0]).toMatchObject({ code: 'P0001', line: 3, help: 'indent with spaces' });
  });

  test('a second document', () => {
    const { found } = policy('lictor: 1\nname: p\n---\nlictor: 1\nname: q\n');
    expect(found.map((d) => [d.code, d.line])).toEqual([['P0005', 3]]);
  });

  test('directives, but for %YAML 1.2', () => {
    expect(policy('%YAML 1.2\n---\nlictor: 1\nname: p\n...\n').codes).toEqual([]);
    expect(policy('%YAML 1.1\n---\nlictor: 1\nname: p\n').codes).toEqual(['P0004']);
    expect(policy('%TAG ! !x\n---\nlictor: 1\nname: p\n').codes).toEqual(['P0004']);
  });

  test('half of a surrogate pair in the file', () => {
    expect(policy('lictor: 1\nname: "\ud800"\n').codes).toEqual(['P0006']);
  });

  test('a number, a bool or nothing is what YAML 1.2 says it is', () => {
    const { result } = policy(
      'lictor: 1\nname: p\nlets: { a: 0o17, b: 0x1F, c: "yes", d: 1e3, e: 007, f: ~, g: True }\n',
    );
    expect(
      result?.lets.map((l) => (l.value.kind === 'int' || l.value.kind === 'double' ? l.value.value : l.value.kind)),
    ).toEqual([15n, 31n, 'name', 1000, 7n, 'error', 'bool']);
  });

  test('every mistake on its own line is reported', () => {
    const { codes } = policy('lictor: 1\nname: p\na: &x b\nc: *x\nd: !t e\nf: "\\q"\n');
    expect(codes).toEqual(['P0003', 'P0003', 'P0004', 'P0001']);
  });
});

describe('hostile files', () => {
  test.each([
    ['[', '['.repeat(100_000)],
    ['{', '{'.repeat(100_000)],
    ['- - -', '- '.repeat(50_000)],
    ['? ? ?', '? '.repeat(50_000)],
    ['{a: {a:', '{a: '.repeat(30_000)],
    ['nested mappings', Array.from({ length: 1500 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['quotes', '"'.repeat(100_001)],
    ['colons', ':'.repeat(100_000)],
    ['anchors', '&a '.repeat(50_000)],
    ['tags', '!a '.repeat(50_000)],
    ['documents', '---\n'.repeat(20_000)],
    ['one key many times', 'a: 1\n'.repeat(2_000)],
    ['many keys', Array.from({ length: 2_000 }, (_, i) => `k${i}: 1\n`).join('')],
    ['blank lines', `a: "${'\n'.repeat(100_000)}"`],
    ['long plain text', `a: ${'x '.repeat(100_000)}`],
    ['long folded text', `a: >\n${'  x\n'.repeat(50_000)}`],
  ])('%s: ends soon, with an error', (_, text) => {
    const start = performance.now();
    const { found } = policy(text);
    expect(found.length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  const good = `lictor: 1
name: p
combine: deny-overrides
tools: [tools.json]
attributes:
  principal.roles: list<string>
  context.env: { enum: [dev, "prod"] }
  args["foo-bar"]: { type: bool, absent: false }
lets:
  internal: ["a", 'b']
  cond: 'size(args.x) > 1 ? true : args.l.exists(v, v == "x")'
rules:
  - id: one
    tool: [a, b.*]
    when: |
      has(args.x) && "it's" in principal.roles ||
        args["foo-bar"]
    effect: deny
    reason: "a\\tb"
    examples:
      match: [{ args: { amount: 1500, l: [null, 1.5e3] } }]
`;

  test('a good policy with random edits never throws, and every finding has a place in it', () => {
    expect(policy(good).codes).toEqual([]);
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        ' ',
        '  ',
        '\t',
        ':',
        '- ',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        '&',
        '*',
        '!',
        '|',
        '>',
        '#',
        '%',
        '@',
        '`',
        '?',
        ',',
        '<<: ',
        '---\n',
        '\\',
        '\r',
        '\0',
        '\ud800',
        '😀',
        '&&',
        '(',
        ')',
        '.',
        '1',
        'null',
        '.inf',
        '\uFEFF',
      ),
      fc.string({ maxLength: 4 }),
    );
    const edit = fc.record({ at: fc.nat(good.length), remove: fc.nat(6), insert: piece });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        let text = good;
        for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove);
        const { result, found } = policy(text);
        if (result === null) expect(found.length).toBeGreaterThan(0);
        const lines = text.split('\n');
        for (const diagnostic of found) {
          expect(diagnostic.code).toMatch(/^P0[012]\d\d$/);
          expect(diagnostic.line).toBeLessThanOrEqual(lines.length);
          expect(diagnostic.column).toBeLessThanOrEqual((lines[diagnostic.line - 1]?.length ?? 0) + 1);
          expect(diagnostic.message).not.toMatch(/\.$|\n/);
          expect(formatDiagnostic(diagnostic)).toContain(diagnostic.code);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of a very long line only what stands around the mark is shown', () => {
    const { found } = policy(
      `lictor: 1\nname: p\n# ${'x'.repeat(9)}\ntools: [${'a, '.repeat(5000)}5, ${'b, '.repeat(5000)}]\n`,
    );
    const [, line = '', mark = ''] = formatDiagnostic(found[0] ?? expect.fail('no finding')).split('\n');
    expect(line.length).toBeLessThan(300);
    expect(line.startsWith('  4 | … ') && line.endsWith(' …')).toBe(true);
    expect(line.charAt(mark.indexOf('^'))).toBe('5');
    expect(mark.length).toBeLessThan(300);
  });

  test('every beginning of a good policy is read or refused', () => {
    for (let end = 0; end < good.length; end += 1) {
      const { result, found } = policy(good.slice(0, end));
      if (result === null) expect(found.length).toBeGreaterThan(0);
    }
  });
});
