import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cel, nodes, show, written } from './helpers.ts';

describe('CEL that is read (LANGUAGE.md 4.1)', () => {
  test.each([
    ['1', '1'],
    ['0x1F', '31'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775807', '9223372036854775807'],
    ['- 1.5e3', '-1500.0'],
    ['-0.0', '-0.0'],
    ['--1', '(- -1)'],
    ['"a\\n\\u00e9\\x41\\101"', '"a\\né' + 'AA"'],
    ["r'\\d'", '"\\\\d"'],
    ['"""a"b"""', '"a\\"b"'],
    ['true && false || null == args.x', '(|| (&& true false) (== null args.x))'],
    ['args.a.b["c d"].e', 'args.a.b[c d].e'],
    ["args['x']", 'args[x]'],
    ['a + b * c - d / e % f', '(- (+ a (* b c)) (% (/ d e) f))'],
    ['!a == b', '(== (! a) b)'],
    ['-a.b', '(- a.b)'],
    ['a ? b : c ? d : e', '(? a b (? c d e))'],
    ['x in ["a", "b",]', '(in x ["a" "b"])'],
    ['size(args.x) > args.y.size()', '(> (size args.x) (size args.y))'],
    ['has(args.x) && has(args["foo-bar"].y)', '(&& (has args.x) (has args[foo-bar].y))'],
    ['args.s.startsWith("a") || args.s.endsWith("b")', '(|| (startsWith args.s "a") (endsWith args.s "b"))'],
    ['args.s.contains(args.t)', '(contains args.s args.t)'],
    ['args.l.exists(v, v == "x")', '(exists args.l v (== v "x"))'],
    ['[1, 2].all(v, v < args.n)', '(all [1 2] v (< v args.n))'],
    ['a // note (\n && b', '(&& a b)'],
    ['args.foo-bar', '(- args.foo bar)'],
    ['args.matches == args.size', '(== args.matches args.size)'],
    ['args.exists.all(v, v == 1)', '(all args.exists v (== v 1))'],
    ['args.x == {"a": 1, ?b: c}', '(== args.x {"a": 1 ?b: c})'],
    ['args.x == b"a\\xff"', '(== args.x b[97,255])'],
    ['args.x == 1u', '(== args.x 1u)'],
    ['.5 + 1e3', '(+ 0.5 1000.0)'],
    ['r"\\" == br"\\"', '(== "\\\\" b[92])'],
    ['args.?x.y[?"z"][0] == 1', '(== args.?x.y[?"z"][0] 1)'],
    ['args.x in [?a, b]', '(in args.x [?a b])'],
    ['args[args.k].`foo-bar`.if == .x', '(== args[args.k].foo-bar.if .x)'],
    ['timestamp("x") < args.t', '(< (timestamp "x") args.t)'],
    ['args.s.matches("a.*")', '(matches args.s "a.*")'],
    ['args.l.map(v, v > 1, v).exists(i, v, i == v)', '(exists (map args.l v (> v 1) v) i v (== i v))'],
    ['math.abs(args.n) > cel.bind(x, 1, x)', '(> (math.abs args.n) (cel.bind x 1 x))'],
    ['size(args.x).y == "a".b', '(== (size args.x).y "a".b)'],
  ])('%s', (text, expected) => {
    const { result, codes } = cel(text);
    expect(codes).toEqual([]);
    expect(show(result)).toBe(expected);
  });

  test('an int is exact to the last digit (4.4)', () => {
    expect(show(cel('9007199254740993').result)).toBe('9007199254740993');
  });

  test('a chain of 4,096 conditions is read, in order, and is not deep (4.1, 11.1)', () => {
    const parts = Array.from({ length: 4096 }, (_, i) => `args.a == ${i}`);
    const { result, codes } = cel(parts.join('||'));
    expect(codes).toEqual([]);
    const ints = nodes(result).flatMap((node) => (node.kind === 'int' ? [Number(node.value)] : []));
    expect(ints).toEqual(parts.map((_, i) => i));
  });

  test('a list may have thousands of elements', () => {
    const { result, codes } = cel(`args.x in [${Array.from({ length: 9000 }, (_, i) => i).join(',')}]`);
    expect(codes).toEqual([]);
    expect(nodes(result).filter((node) => node.kind === 'int')).toHaveLength(9000);
  });
});

describe('places', () => {
  test.each([
    ['(a) + (b)', '(a) + (b)'],
    ['((a || b)) && c', '((a || b)) && c'],
    ['!(a)', '!(a)'],
    ['(a.b).c', '(a.b).c'],
    ['(a.b).contains("x")', '(a.b).contains("x")'],
    ['f ? (a) : (b)', 'f ? (a) : (b)'],
    ['size((a)) + 1', 'size((a)) + 1'],
  ])('of %s begin and end with its parentheses', (text, expected) => {
    expect(written(cel(text).result.span)).toBe(expected);
  });

  test('parentheses of a call belong to the call', () => {
    const { result } = cel('size(a + b) == (1)');
    const texts = nodes(result).map((node) => written(node.span));
    expect(texts).toEqual(['size(a + b) == (1)', 'size(a + b)', 'a + b', 'a', 'b', '1']);
  });

  test('every step of a path ends where its name ends', () => {
    const { result } = cel('args.a["b c"].d == 1');
    expect(nodes(result).map((node) => written(node.span))).toEqual([
      'args.a["b c"].d == 1',
      'args.a["b c"].d',
      'args.a["b c"]',
      'args.a',
      'args',
      '1',
    ]);
  });
});

describe('what is refused, where, and with what help (LANGUAGE.md 4.1)', () => {
  test.each([
    ['Foo{a: 1} == x', 'P0203', '{', /constants/],
    ['args.l.map(1, v)', 'P0205', '1', /map\(v/],
    ['args.l.max() > 1', 'P0204', 'max', /math/],
    ['abs(args.n) > 1', 'P0204', 'abs', /math\.abs/],
    ['args.s.toLowerCase() == "a"', 'P0204', 'toLowerCase', /lowerAscii/],
    ['now() > args.t', 'P0204', 'now', /context/],
    ['args.n == 1.5u', 'P0207', '1.5u', /point/],
    ['args.n == 18446744073709551616u', 'P0207', '18446744073709551616u', /double/],
    ['args.s.startWith("a")', 'P0204', 'startWith', /did you mean `startsWith`/],
    ['frobnicate(1)', 'P0204', 'frobnicate', /the functions are/],
    ['startsWith(args.s, "a")', 'P0205', 'startsWith', /text\.startsWith/],
    ['args.s.contains("a", "b")', 'P0205', 'contains', /text\.contains/],
    ['args.x.has()', 'P0205', 'has', /has\(args\.x\)/],
    ['has(args)', 'P0205', 'args', /has\(args\.x\)/],
    ['has(1 + 2)', 'P0205', '1 + 2', /has\(args\.x\)/],
    ['size()', 'P0205', 'size', /size\(args\.x\)/],
    ['args.l.exists(1, true)', 'P0205', '1', /exists\(v/],
    ['args.l.all(args.v, true)', 'P0205', 'args.v', /all\(v/],
    ['args.l.exists(v)', 'P0205', 'exists', /exists\(v/],
    ['args.n == 2024-01-31', 'P0207', '01', /date/],
    ['args.n == 007', 'P0207', '007', /date/],
    ['args.n == 9223372036854775808', 'P0207', '9223372036854775808', /9223372036854775808\.0/],
    ['args.n == -9223372036854775809', 'P0207', '-9223372036854775809', /double/],
    ['if == 1', 'P0208', 'if', /another name/],
    ['a and b', 'P0201', 'and', /&&/],
    ['a or b', 'P0201', 'or', /\|\|/],
    ['not a', 'P0201', 'not', /`!`/],
    ['a = b', 'P0201', '=', /==/],
    ['a == “x”', 'P0201', '“', /`"…"`/],
    ['a\u00a0== b', 'P0201', '\u00a0', /space/],
    ['a # b', 'P0201', '#', /`\/\/`/],
    ['a === b', 'P0201', '=', /`==`/],
    ['a <> b', 'P0201', '>', /!=/],
    ['a & b', 'P0201', '&', /&&/],
    ['args.in == 1', 'P0201', 'in', /\["in"\]/],
    ['args.a == 1 args.b', 'P0201', 'args', /&&/],
  ])('%s', (text, code, at, help) => {
    const { found, result } = cel(text);
    expect(found.map((d) => [d.code, d.sourceLine.slice(d.column - 1, d.endColumn - 1)])).toEqual([[code, at]]);
    expect(found[0]?.help).toMatch(help);
    expect(nodes(result).some((node) => node.kind === 'error')).toBe(true);
  });

  test.each([
    '',
    '  ',
    '// only a note',
    '(',
    ')',
    'a &&',
    'a == "x',
    "'",
    '"\\q"',
    '"\\ud800"',
    '1..2',
    'a b c',
    '@',
    'args.',
    'é == 1',
    '\u0000',
    'f(',
    '[1,',
    '{',
    'a ? b',
  ])('bad syntax %j is one error with a place inside the text', (text) => {
    const { found, codes } = cel(text);
    expect(codes).toEqual(['P0201']);
    expect(found[0]?.column).toBeLessThanOrEqual(text.length + 1);
    expect(found[0]?.message).not.toMatch(/[A-Z]{3}|\.$/);
  });

  test('what is wrong inside a text is marked inside it', () => {
    const { found } = cel('a == "x\\qy"');
    expect(found.map((d) => [d.column, d.endColumn])).toEqual([[8, 10]]);
  });

  test('where the condition ends too early, its last character is marked', () => {
    const { found } = cel('(a == b  ');
    expect(found.map((d) => [d.column, d.endColumn, d.message])).toEqual([
      [7, 8, 'expected `)`, but the condition ends'],
    ]);
  });

  test('mistakes inside what is refused are found too', () => {
    expect(cel('frob(01) || [1u, nope(args.l[0])].exists(v, v.map(1, x))').codes).toEqual([
      'P0204',
      'P0207',
      'P0204',
      'P0205',
    ]);
  });
});

describe('limits (LANGUAGE.md 4.1)', () => {
  test('65,536 bytes are read, one more is not; bytes count, not characters', () => {
    expect(cel(`"${'a'.repeat(65534)}"`).codes).toEqual([]);
    expect(cel(`"${'a'.repeat(65535)}"`).codes).toEqual(['P0202']);
    expect(cel(`"${'é'.repeat(32768)}"`).codes).toEqual(['P0202']);
  });

  test('depth 64 is read, 65 is not', () => {
    expect(cel(`${'!'.repeat(63)}a`).codes).toEqual([]);
    expect(cel(`${'!'.repeat(64)}a`).codes).toEqual(['P0202']);
    expect(cel(`${'('.repeat(64)}a${')'.repeat(64)}`).codes).toEqual([]);
    expect(cel(`${'('.repeat(65)}a${')'.repeat(65)}`).codes).toEqual(['P0202']);
    expect(cel(`a${' + a'.repeat(62)}`).codes).toEqual([]);
    expect(cel(`a${' + a'.repeat(64)}`).codes).toEqual(['P0202']);
  });

  test('random conditions never throw, and each finding and node has a place in the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'args . a "x" ( ) [ ] { } , ? : ! - + * / % == != < <= > >= && || in 1 2.5 1u b"" r\'\\ // \n true null has size exists all map matches timestamp startsWith'.split(
          ' ',
        ),
        ' ',
      ),
      fc.constantFrom(
        'args.a',
        'args["b"]',
        ' == 1',
        ' && ',
        '.exists(v, v)',
        'has(args.x)',
        '\ud800',
        '"',
        "'",
        '"""',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        const { result, found } = cel(text);
        expect(nodes(result).some((node) => node.kind === 'error')).toBe(found.length > 0);
        for (const { span } of nodes(result)) {
          expect(span.start).toBeLessThanOrEqual(span.end);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
        for (const d of found) expect(d.message).not.toMatch(/\.$|\n/);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['!', (n: number) => `${'!'.repeat(n - 1)}a`],
    ['-', (n: number) => `${'-'.repeat(n - 1)}a`],
    ['(', (n: number) => '('.repeat(n)],
    ['[', (n: number) => '['.repeat(n)],
    ['? :', (n: number) => 'a?b:'.repeat(n / 4)],
    ['a.b.c', (n: number) => `a${'.b'.repeat(n / 2 - 1)}`],
    ['a["b"]', (n: number) => `a${'["b"]'.repeat(n / 5 - 1)}`],
    ['a()()', (n: number) => `a${'.f()'.repeat(n / 4 - 1)}`],
    ['a+a', (n: number) => `a${'+a'.repeat(n / 2 - 1)}`],
    ['a&&!a||a', (n: number) => `a${'&&!a||a'.repeat(n / 8 - 1)}&&`],
    ['quote', (n: number) => '"'.repeat(n - 1)],
    ['blank', (n: number) => ' '.repeat(n - 1)],
  ])('65,536 bytes of %s end soon, with an error', (_, text) => {
    const start = performance.now();
    const condition = text(65536);
    expect(condition.length).toBeLessThanOrEqual(65536);
    expect(cel(condition).codes.length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
