import { describe, expect, test } from 'vitest';
import type { Term, TermConstant } from '../../compiler/check/terms.ts';
import type { Condition } from '../../compiler/check/typed.ts';
import { pathText } from '../../compiler/check/typed.ts';
import { checkText } from './policy.ts';

const TOOLS = JSON.stringify({
  order: {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            qty: { type: 'integer' },
            sku: { type: 'string' },
            tags: { type: 'array', items: { type: 'string' } },
          },
          additionalProperties: false,
        },
      },
      note: { type: 'string' },
      due: { type: 'string', format: 'date-time' },
      matrix: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    },
  },
});

function check(
  when: string,
  attributes = '',
): { readonly condition: Condition | undefined; readonly said: readonly string[] } {
  const { policy, said } = checkText(
    `lictor: 1\nname: p\ntools: [tools.json]\nattributes:\n  context.now: timestamp\n  context.any: any\n  context.n: int\n  context.x: number\n${attributes}rules:\n  - id: r\n    tool: order\n    effect: deny\n    when: |\n      ${when}\n`,
    TOOLS,
  );
  return { condition: policy?.rules[0]?.condition, said };
}

function show(term: Term): string {
  switch (term.kind) {
    case 'constant':
      return constant(term.constant);
    case 'attribute':
      return pathText(term.path);
    case 'has':
      return `has(${pathText(term.path)})`;
    case 'variable':
      return `$${term.variable}`;
    case 'list':
      return `[${term.items.map((item) => (item.optional ? '?' : '') + show(item.term)).join(' ')}]`;
    case 'map':
      return `{${term.entries.map((e) => `${e.optional ? '?' : ''}${show(e.key)}: ${show(e.value)}`).join(' ')}}`;
    case 'call':
      return `(${[term.fn, ...term.args.map(show)].join(' ')})`;
    case 'typed':
      return `${show(term.operand)}:${term.type.kind}`;
    case 'and':
    case 'or':
      return `(${[term.kind, ...term.operands.map(show)].join(' ')})`;
    case 'choose':
      return `(${show(term.test)} ? ${show(term.then)} : ${show(term.else)})`;
    case 'bind':
      return `(bind $${term.variable} ${show(term.value)} ${show(term.body)})`;
    case 'fold':
      return `(${term.op} $${term.first}${term.variables === 2 ? '+' : ''} ${[term.over, ...(term.filter === null ? [] : [term.filter]), term.body].map(show).join(' ')})`;
  }
}

function constant(of: TermConstant): string {
  switch (of.kind) {
    case 'null':
      return 'null';
    case 'string':
      return JSON.stringify(of.value);
    case 'pattern':
      return `/${of.pattern}/`;
    case 'zone':
    case 'type':
      return `<${of.name}>`;
    default:
      return 'value' in of
        ? `${String(of.value)}${of.kind === 'uint' ? 'u' : of.kind === 'double' ? 'd' : ''}`
        : of.kind;
  }
}

describe('what no literal can say is a term, its parts read as they are declared (LANGUAGE.md 5.9, 4.21)', () => {
  test.each([
    [
      'args.items.exists(i, i.qty > 5 && i.sku.startsWith("X"))',
      '(exists $0 args.items:list (and (less 5 (select $0:map "qty"):int) (startsWith (select $0:map "sku"):string "X")))',
    ],
    ['args.items[0].tags[1] == "a"', '(equal (index (select (index args.items:list 0):map "tags"):list 1):string "a")'],
    ['args.matrix.map(row, row[0])[1] > 2.0', '(less 2d (index (map $0 args.matrix:list (index $0:list 0):double) 1))'],
    [
      'context.now - timestamp("2024-01-31T00:00:00Z") > duration("1h")',
      '(less (duration "1h") (subtract context.now:timestamp (timestamp "2024-01-31T00:00:00Z")))',
    ],
    ['context.now.getHours("Europe/Paris") < 8', '(less (getHours context.now:timestamp <Europe/Paris>) 8)'],
    ['args.note + "!" == "a!"', '(equal (add args.note:string "!") "a!")'],
    ['args.note.trim().matches("^a+$")', '(matches (trim args.note:string) /^a+$/)'],
    ['context.any.a.b == 1', '(equal (select (select context.any "a") "b") 1)'],
    ['context.any.?a.orValue(null) == null', '(equal (orValue (optional-select context.any "a") null) null)'],
    ['args.items.filter(i, has(i.qty)).size() > 1', '(less 1 (size (filter $0 args.items:list (has $0:map "qty"))))'],
    [
      'cel.bind(n, args.items.size(), n > 1 && n < 5)',
      '(bind $0 (size args.items:list) (and (less 1 $0) (less $0 5)))',
    ],
    [
      'args.items.exists(a, args.items.exists(b, a.sku == b.sku))',
      '(exists $0 args.items:list (exists $1 args.items:list (equal (select $0:map "sku"):string (select $1:map "sku"):string)))',
    ],
    [
      '{"a": context.n}.exists(k, v, k == "a" && v == 2)',
      '(exists $0+ {"a": context.n:int} (and (equal $0 "a") (equal $1 2)))',
    ],
    ['type(context.any) == string', '(equal (type context.any) <string>)'],
    ['args.items.all(i, i.qty != 3u)', '(all $0 args.items:list (not (equal (select $0:map "qty"):int 3u)))'],
    [
      'context.any.optMap(v, v + 1).hasValue()',
      '(hasValue (bind $0 context.any ((hasValue $0) ? (bind $1 (value $0) (optional.of (add $1 1))) : (optional.none))))',
    ],
  ])('%s', (when, expected) => {
    const { condition, said } = check(when);
    expect(said).toEqual([]);
    expect(condition?.kind === 'term' ? show(condition.term) : condition?.kind).toBe(expected);
  });

  test('conditions split into literals first: only what needs it is a term', () => {
    const { condition } = check('args.note == "a" && (args.items[0].qty > 2 || !args.note.startsWith("b"))');
    const kinds = condition?.kind === 'and' ? condition.operands.map((part) => part.kind) : [];
    expect(kinds).toEqual(['compare', 'or']);
    const or = condition?.kind === 'and' ? condition.operands[1] : undefined;
    expect(or?.kind === 'or' ? or.operands.map((part) => part.kind) : []).toEqual(['term', 'not']);
  });

  test.each([
    ['args.items != null', 'not'],
    ['size(args.items) > 3', 'compare'],
    ['has(args.items)', 'has'],
    ['context.now == null', 'is-null'],
    ['args.note in ["a", "b"]', 'one-of'],
  ])('%s stays a literal whatever the attribute is', (when, kind) => {
    expect(check(when).condition?.kind).toBe(kind);
  });
});

describe('what can never be is said before anything is evaluated', () => {
  test.each([
    ['args.items[0].qty.startsWith("a")', 'P0320', '`startsWith` does not take an int and a string'],
    ['args.items[0].price > 3', 'P0303', 'the schema declares no `price` here'],
    ['args.items["a"] == 1', 'P0303', 'the tool `order` has no argument `args.items.a`'],
    ['args.items[args.note].qty == 1', 'P0320', '`[…]` does not take a list and a string'],
    ['context.now > 5', 'P0320', '`>` does not take a timestamp and an int'],
    ['context.now + 1 == context.now', 'P0320', '`+` does not take a timestamp and an int'],
    ['[context.x][0] + 1 > 2.0', 'P0320', '`+` does not take a number and an int'],
    ['args.items.map(i, i.qty)', 'P0307', 'expected a condition, which is true or false, but found a list'],
    ['args.items.exists(i, i.qty)', 'P0307', 'expected a condition, which is true or false, but found an int'],
    [
      '[args.note][0] == 1',
      'P0309',
      '`==` compares two values of one type, but the left is a string and the right is an int',
    ],
    ['args.note.lowerAscii().matches(args.note)', 'P0321', 'the pattern of `matches` is a constant text'],
    ['context.now.getHours("Mars") > 1', 'P0322', '`Mars` is not a time zone'],
    ['context.now < timestamp("2023-02-29T00:00:00Z")', 'P0323', '"2023-02-29T00:00:00Z" is not a timestamp'],
    ['context.now - context.now < duration("5 minutes")', 'P0323', '"5 minutes" is not a duration'],
    ['cidr("10.0.0.0/33").containsIP(args.note)', 'P0323', '"10.0.0.0/33" is not a network'],
    ['ip("10.0.0.01") == ip(args.note)', 'P0323', '"10.0.0.01" is not an address'],
    ['args.items.exists(args, true)', 'P0315', 'the variable `args` is a word of the language'],
    ['args.items.exists(i, j.qty > 1)', 'P0301', '`j` is not defined'],
    ['context.n.optMap(v, v).hasValue()', 'P0320', '`optMap` needs an optional on its left, but this is an int'],
    ['{1.5: 2}.size() == 1', 'P0320', 'a key of a map is a bool, an int or a string, not a number'],
  ])('%s', (when, code, message) => {
    const { said } = check(when);
    expect(said.length).toBe(1);
    expect(said[0]).toContain(code);
    expect(said[0]).toContain(message);
  });

  test('attributes are declared with maps, nested lists and times (LANGUAGE.md 3.2)', () => {
    const { condition, said } = check(
      'context.m.a[0] == context.m.b[1] && context.d > duration("1m")',
      '  context.m: "map<string, list<int>>"\n  context.d: duration\n',
    );
    expect(said).toEqual([]);
    const shown =
      condition?.kind === 'and' ? condition.operands.map((c) => (c.kind === 'term' ? show(c.term) : c.kind)) : [];
    expect(shown).toEqual([
      '(equal (index (select context.m:map "a"):list 0):int (index (select context.m:map "b"):list 1):int)',
      '(less (duration "1m") context.d:duration)',
    ]);
  });
});
