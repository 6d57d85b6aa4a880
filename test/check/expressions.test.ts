// Conditions as the checker types them, and what it says of those it refuses.

import { describe, expect, test } from 'vitest';
import { checkWhen, typed } from './policy.ts';

describe('an attribute of type any takes the type its place asks for (LANGUAGE.md 3.4)', () => {
  test.each([
    ['args.untyped > 5', '(double args.untyped > int 5)'],
    ['args.untyped == "a"', '(string args.untyped == string a)'],
    ['args.untyped', 'bool args.untyped'],
    ['args.untyped == true', 'bool args.untyped'],
    ['args.untyped + 1 > 2', '((int args.untyped + int 1: int) > int 2)'],
    ['args.untyped * 2.0 > 2', '((double args.untyped * double 2: double) > int 2)'],
    ['args.untyped * context.anything > 2', '((double args.untyped * double context.anything: double) > int 2)'],
    ['args.untyped == principal.level', '(int args.untyped == int principal.level)'],
    ['args.untyped > size(principal.id)', '(int args.untyped > size principal.id)'],
    ['args.untyped in ["a", "b"]', '(string args.untyped in [string a, string b])'],
    ['args.untyped in [1, 2.5]', '(double args.untyped in [int 1, double 2.5])'],
    [
      'args.untyped in [principal.id, "x"]',
      'or((string args.untyped == string principal.id), (string args.untyped == string x))',
    ],
    ['args.untyped in principal.roles', '(string args.untyped in list<string> principal.roles)'],
    ['args.untyped.startsWith("x")', 'startsWith(string args.untyped, string x)'],
    ['"a" in context.tags', '(string a in list<string> context.tags)'],
    ['context.tags.exists(t, t.startsWith("x"))', 'exists(list<string> context.tags, startsWith(string $0, string x))'],
    ['context.tags.exists(t, t > 5)', 'exists(list<double> context.tags, (double $0 > int 5))'],
    ['context.tags.all(f, !f)', 'all(list<bool> context.tags, !bool $0)'],
    ['(principal.admin ? args.untyped : 1) > 2', '((bool principal.admin ? double args.untyped : int 1) > int 2)'],
    ['args.untyped.deep.er == 5', '(double args.untyped.deep.er == int 5)'],
    ['-args.untyped > 3', '(-double args.untyped > int 3)'],
  ])('%s', (when, expected) => {
    expect(typed(when)).toBe(expected);
  });

  test.each([
    'args.untyped == context.anything',
    'context.anything in context.tags',
    'context.tags.exists(t, true)',
    'context.tags.exists(t, t > 1 || t == "a")',
    'args.untyped + context.other == context.anything',
  ])('where nothing asks, or two things do, that is an error: %s', (when) => {
    expect(new Set(checkWhen(when).codes)).toEqual(new Set(['P0306']));
  });
});

describe('typed conditions say the same as the text (LANGUAGE.md 4)', () => {
  test.each([
    ['has(principal.team)', 'has(principal.team)'],
    ['principal.team == null', 'null(principal.team)'],
    ['null != principal.id', '!null(principal.id)'],
    ['size(principal.team) > 1', '(size principal.team > int 1)'],
    ['principal.roles.exists(r, size(r) > 3)', 'exists(list<string> principal.roles, (size string $0 > int 3))'],
    ['size("h\u00e9\u{1f600}") == 3', '(int 3 == int 3)'],
    ['5 < context.risk', '(int 5 < double context.risk)'],
    ['context.risk > principal.level', '(double context.risk > int principal.level)'],
    ['principal.level % 2 == 0', '((int principal.level % int 2: int) == int 0)'],
    [
      '(principal.admin ? 1 : 2.5) in context.scores',
      '((bool principal.admin ? double 1 : double 2.5) in list<double> context.scores)',
    ],
    ['1 in context.scores', '(double 1 in list<double> context.scores)'],
    ['2.0 in context.ports', '(int 2 in list<int> context.ports)'],
    ['context.env in ["dev", "prod"]', '(enum context.env in [string dev, string prod])'],
    ['principal.admin in [true, false]', 'or(bool principal.admin, !bool principal.admin)'],
    ['principal.id in [null, "x"]', 'or(null(principal.id), (string principal.id == string x))'],
    [
      '["a","b"].exists(x, principal.id.contains(x))',
      'or(contains(string principal.id, string a), contains(string principal.id, string b))',
    ],
    [
      '["a"].all(x, principal.roles.exists(r, r == x))',
      'and(exists(list<string> principal.roles, (string $0 == string a)))',
    ],
    ['["a","b"].exists(x, ["a"].all(y, x == y))', 'or(and((string a == string a)), and((string b == string a)))'],
    ['principal.admin != true', '!bool principal.admin'],
    ['false == principal.admin', '!bool principal.admin'],
    ['(principal.level > 1) == principal.admin', 'same((int principal.level > int 1), bool principal.admin)'],
    [
      'principal.level in (principal.admin ? [1] : [2])',
      '(bool principal.admin ? (int principal.level in [int 1]) : (int principal.level in [int 2]))',
    ],
    [
      '(principal.admin ? principal.id : principal.team.name) == null',
      '(bool principal.admin ? null(principal.id) : null(principal.team.name))',
    ],
    [
      '(principal.admin ? 1 : 2.5) < context.risk',
      '((bool principal.admin ? int 1 : double 2.5) < double context.risk)',
    ],
    [
      'principal.admin && (principal.admin && args.untyped) || args.untyped',
      'or(and(bool principal.admin, bool principal.admin, bool args.untyped), bool args.untyped)',
    ],
    [
      'args.constructor == "a" || args["__proto__"].x == 1',
      'or((string args.constructor == string a), (double args.__proto__.x == int 1))',
    ],
  ])('%s', (when, expected) => {
    expect(typed(when)).toBe(expected);
  });
});

describe('what cannot be meant is refused with place and help', () => {
  test.each([
    ['principal.idd == "a"', 'P0303 25:7 `principal.idd` is not declared / did you mean `principal.id`?'],
    ['context.roles == "a"', 'P0303 25:7 `context.roles` is not declared / did you mean `principal.roles`?'],
    [
      'principal.team == "a"',
      'P0303 25:7 `principal.team` is declared only through `principal.team.name` / did you mean `principal.team.name`?',
    ],
    ['princpal.id == "a"', 'P0301 25:7 `princpal` is not defined / did you mean `principal`?'],
    ['principal == "a"', 'P0302 25:7 `principal` alone is not an attribute / name one of its parts: `principal.id`'],
    [
      'args.foo-bar == 1',
      'P0302 25:7 this subtracts from `args.foo` something that is not defined / a name with a dash is written `args["foo-bar"]`',
    ],
    [
      'args.foo-bar-baz.qux > 2',
      'P0302 25:7 this subtracts from `args.foo` something that is not defined / a name with a dash is written `args["foo-bar-baz"].qux`',
    ],
    ['context.env == "prdo"', 'P0311 25:22 `"prdo"` is not one of the values of this enum / did you mean `"prod"`?'],
    [
      'context.env in ["dev","x"]',
      'P0311 25:29 `"x"` is not one of the values of this enum / the values are "dev", "prod", "staging"',
    ],
    [
      '(principal.admin ? "dev" : "x") < context.env',
      'P0311 25:34 `"x"` is not one of the values of this enum / the values are "dev", "prod", "staging"',
    ],
    [
      'principal.id == 5',
      'P0309 25:7 `==` compares two values of one type, but the left is a string and the right is an int / text stands in quotes, numbers do not',
    ],
    [
      'principal.roles == 1',
      'P0309 25:7 `==` compares two values of one type, but the left is a list<string> and the right is an int / lists are not compared; ask with `in`, `.exists`, `.all` or `size`',
    ],
    [
      'principal.admin < true',
      'P0309 25:7 `<` compares numbers or strings, but here are bools / use `==`, `!=`, `&&`, `||` or `!`',
    ],
    [
      '(principal.admin ? 1 : "a") == 2',
      'P0309 25:8 both branches of `? :` need a value of one type here, but one is an int, the other a string / make both sides the same type; numbers of both kinds are written `2` and `2.0`',
    ],
    [
      '1 < args.n < 5',
      'P0309 25:7 `<` compares two values of one type, but the left is a bool and the right is an int / a chain such as `1 < x < 5` is written `1 < x && x < 5`; a bool is `true` or `false`, not a number',
    ],
    [
      '1.5 in context.ports',
      'P0309 25:7 `1.5` can never be an element of a list of ints / make both sides the same type; numbers of both kinds are written `2` and `2.0`',
    ],
    [
      '5 in principal.roles',
      'P0309 25:7 the elements of `principal.roles` are each a string, but the left is an int / make both sides the same type; numbers of both kinds are written `2` and `2.0`',
    ],
    [
      'principal.level + 1.5 > 2',
      'P0310 25:7 expected two ints or two numbers, but found one of each / write a constant of type number with a point, such as `2.0`',
    ],
    [
      '(principal.level + 1.5) * 2 > 2',
      'P0310 25:8 expected two ints or two numbers, but found one of each / write a constant of type number with a point, such as `2.0`',
    ],
    [
      'context.risk % 2.0 == 0',
      'P0310 25:7 `%` takes two ints, but found a number / a `number` has no remainder; declare the attribute as `int`',
    ],
    [
      'principal.id + 1 == "b"',
      'P0320 25:7 `+` does not take a string and an int / convert one of them (`int(…)`, `string(…)`), or see LANGUAGE.md 4.11 to 4.21 for what it takes',
    ],
    [
      'context.risk == 9007199254740993',
      'P0312 25:23 `9007199254740993` is compared with a number, which cannot tell ints beyond ±2^53 apart / write it as a double, `9007199254740993.0`, or declare the attribute as `int`',
    ],
    [
      'context.risk in [1, 9007199254740993]',
      'P0312 25:27 `9007199254740993` is compared with a number, which cannot tell ints beyond ±2^53 apart / write it as a double, `9007199254740993.0`, or declare the attribute as `int`',
    ],
    [
      'principal.roles.contains("a")',
      'P0308 25:7 `contains` needs a string on its left, but this is a list<string> / ask a list with `"x" in list` or `list.exists(v, …)`',
    ],
    [
      'context.risk.startsWith("a")',
      'P0308 25:7 `startsWith` needs a string on its left, but this is a number / compare numbers with `<`, `<=`, `==`, `>=` or `>`',
    ],
    [
      'size(principal.level) > 1',
      'P0308 25:7 `size` takes a string, a list or an object, but found an int / give it a value of that type, or use another operation (LANGUAGE.md 4)',
    ],
    [
      'principal.id in principal.id',
      'P0308 25:23 `in` needs a list on its right, but this is a string / to look inside a text write `text.contains("x")`',
    ],
    [
      'principal.id',
      'P0307 25:7 expected a condition, which is true or false, but found a string / compare it with something',
    ],
    ['principal.id in []', 'P0503 25:23 an empty list here can never match / list at least one value'],
    ['[].exists(x, true)', 'P0503 25:7 an empty list here can never match / list at least one value'],
    [
      '[principal.roles.exists(r, r == "a")].exists(b, principal.roles.exists(x, b))',
      'P0314 25:8 a quantifier over an attribute stands inside another one / ask `v in list`, or quantify the inner one over a list literal',
    ],
    [
      'principal.roles.exists(x, [1].exists(x, true))',
      'P0315 25:33 the variable `x` is the variable of the quantifier around this one / choose another name for it',
    ],
    ['principal.id < null', 'P0317 25:7 `<` cannot compare with null / only `== null` and `!= null` ask about null'],
    [
      'size(principal.id) == null',
      'P0317 25:7 only an attribute can be null / elements of a list and computed values never are',
    ],
  ])('%s', (when, expected) => {
    expect(checkWhen(when).said).toEqual([expected]);
  });

  test('every mistake of a condition is reported, not only the first', () => {
    expect(checkWhen('principal.x == 1 && (context.y > 2 || principal.id == 5) && principal.x == 1').codes).toEqual([
      'P0303',
      'P0303',
      'P0309',
      'P0303',
    ]);
  });
});

describe('lets (LANGUAGE.md 2.5)', () => {
  test('a let is inlined where its name stands: constant, list, condition, attribute', () => {
    const lets = `lets:\n  cap: 5\n  names: [a, b]\n  admin: principal.admin && principal.level > cap\n  risk: context.risk\n`;
    expect(typed('admin || principal.id in names || risk > cap', lets)).toBe(
      'or(and(bool principal.admin, (int principal.level > int 5)), (string principal.id in [string a, string b]), (double context.risk > int 5))',
    );
  });
  test('a let names no later let and not itself', () => {
    const lets = 'lets:\n  a: b > 1\n  b: principal.level\n  c: c\n';
    expect(checkWhen('a || c', lets).codes).toEqual(['P0305', 'P0305']);
  });
  test('an unused let is a warning, a word of the language cannot name one', () => {
    expect(checkWhen('true', 'lets:\n  a: 1\n').codes).toEqual(['P0507']);
    expect(checkWhen('true', 'lets:\n  args: 1\n').codes).toContain('P0305');
  });
  test('a variable does not reach into a let, nor shadow one', () => {
    expect(checkWhen('principal.roles.exists(r, a)', 'lets:\n  a: r == "x"\n').codes).toEqual(['P0301']);
    expect(checkWhen('principal.roles.exists(a, a == "x")', 'lets:\n  a: 1\n').codes).toEqual(['P0315']);
  });
  test('lets that multiply are refused in bounded time (11.1)', () => {
    const lets = ['  a0: principal.level > 1', ...Array.from({ length: 60 }, (_, i) => `  a${i + 1}: a${i} && a${i}`)];
    expect(checkWhen('a60', `lets:\n${lets.join('\n')}\n`).codes).toContain('P0703');
    const doubled = [
      '  a0: principal.level > 1',
      ...Array.from({ length: 13 }, (_, i) => `  a${i + 1}: a${i} || (a${i} && true)`),
    ];
    expect(checkWhen('a13', `lets:\n${doubled.join('\n')}\n`).codes).toEqual(['P0703']);
  });
  test('lets that pile up depth are refused (4.1)', () => {
    const lets = ['  a0: principal.admin', ...Array.from({ length: 100 }, (_, i) => `  a${i + 1}: "!a${i}"`)];
    expect(checkWhen('a100', `lets:\n${lets.join('\n')}\n`).codes).toEqual(['P0702']);
  });
});

test('a condition has at most 4,096 literals, `==` between conditions written out (LANGUAGE.md 11.1)', () => {
  const list = Array.from({ length: 4096 }, (_, i) => i).join(',');
  expect(checkWhen(`[${list}].exists(x, principal.level == x)`).codes).toEqual([]);
  expect(checkWhen(`[${list},5000].exists(x, principal.level == x)`).codes).toEqual(['P0703']);
  expect(checkWhen(`principal.level in [${list},5000]`).codes).toEqual([]);
  const same = 'principal.admin == ('.repeat(13);
  expect(checkWhen(`${same}principal.admin${')'.repeat(13)}`).codes).toEqual(['P0703']);
});
