// Rules, words, declarations, and tools in a closed and in an open world.

import { describe, expect, test } from 'vitest';
import { analyse } from '../../compiler/index.ts';
import { type Checked, checkText, checkWhen, show } from './policy.ts';

const TOOLS = JSON.stringify({
  pay: {
    type: 'object',
    properties: {
      amount: { type: 'integer' },
      to: { type: 'string' },
      note: {},
      mode: { enum: ['fast', 'slow'] },
      opts: { type: 'object', properties: { dry: { type: 'boolean', default: true } } },
    },
  },
  refund: {
    type: 'object',
    properties: { amount: { type: 'number' }, to: { type: 'integer' }, mode: { enum: ['slow', 'later'] } },
  },
  'db.read': { type: 'object', properties: { rows: { type: 'array', items: { type: 'object' } } } },
});

function rule(text: string, top = '', attributes = ''): Checked {
  return checkText(
    `lictor: 1\nname: p\ntools: [tools.json]\n${top}attributes:\n  principal.id: string\n${attributes}rules:\n  - id: r\n${text.replaceAll(/^/gm, '    ')}\n`,
    TOOLS,
  );
}

const conditionOf = (checked: Checked): string => {
  const condition = checked.policy?.rules[0]?.condition;
  return condition === undefined ? checked.said.join('\n') : show(condition);
};

describe('the catalogue gives args their types (LANGUAGE.md 7.3)', () => {
  test.each([
    ['tool: pay\neffect: deny\nwhen: args.amount > 5', '(int args.amount > int 5)'],
    ['tool: [pay, refund]\neffect: deny\nwhen: args.amount > 5', '(double args.amount > int 5)'],
    ['effect: deny\nwhen: args.amount > 5', '(double args.amount > int 5)'],
    ['effect: deny\nwhen: args.mode == "later"', '(enum args.mode == string later)'],
    ['tool: "p*"\neffect: deny\nwhen: args.opts.dry', 'bool args.opts.dry'],
    ['tool: pay\neffect: deny\nwhen: args.note == "x"', '(string args.note == string x)'],
    [
      'tool: pay\neffect: deny\nwhen: has(args.opts) && size(args.opts) > 1',
      'and(has(args.opts), (size args.opts > int 1))',
    ],
    ['tool: db.read\neffect: deny\nwhen: size(args.rows) > 100', '(size args.rows > int 100)'],
  ])('%j', (text, expected) => {
    expect(conditionOf(rule(text))).toBe(expected);
  });

  test.each([
    [
      'tool: pay\neffect: deny\nwhen: args.amont > 5',
      'P0303 10:11 the tool `pay` has no argument `args.amont` / did you mean `args.amount`?',
    ],
    [
      'tool: db.read\neffect: deny\nwhen: args.amount > 5',
      'P0303 10:11 the tool `db.read` has no argument `args.amount` / the tool `pay` has it',
    ],
    [
      'tool: pay\neffect: deny\nwhen: has(args.opts.dyr)',
      'P0303 10:15 the tool `pay` has no argument `args.opts.dyr` / did you mean `args.opts.dry`?',
    ],
    [
      'effect: deny\nwhen: args.to == "x"',
      'P0407 9:11 `args.to` is string for the tool `pay`, but int for `refund` / write one rule for each of them, with `tool`',
    ],
    [
      'tool: pay\neffect: deny\nwhen: args.amount == "5"',
      'P0309 10:11 `==` compares two values of one type, but the left is an int and the right is a string / text stands in quotes, numbers do not',
    ],
    [
      'tool: pay\neffect: deny\nwhen: args.mode == "later"',
      'P0311 10:24 `"later"` is not one of the values of this enum / the values are "fast", "slow"',
    ],
    ['tool: pya\neffect: deny', 'P0406 8:11 no catalogue lists the tool `pya` / did you mean `pay`?'],
    [
      'tool: "x*"\neffect: deny',
      'P0406 8:11 the glob `x*` covers no tool of the catalogue / a tool that is not listed is denied before any rule, unless the policy says `unlisted: evaluate`',
    ],
  ])('%j is refused', (text, message) => {
    expect(rule(text).said).toEqual([message]);
  });

  test('a type under `attributes` fills in what the schema leaves open, and must agree otherwise', () => {
    expect(conditionOf(rule('tool: pay\neffect: deny\nwhen: args.note > 5', '', '  args.note: int\n'))).toBe(
      '(int args.note > int 5)',
    );
    expect(rule('tool: pay\neffect: deny\nwhen: args.amount > 5', '', '  args.amount: number\n').codes).toEqual([
      'P0408',
    ]);
    expect(rule('tool: pay\neffect: deny\nwhen: "true"', '', '  args.amout: int\n').said).toEqual([
      'P0303 6:3 no tool of the catalogue has an argument `args.amout` / did you mean `args.amount`?',
    ]);
  });

  test('in an open world unlisted tools may be named, and their arguments are untyped (7.5)', () => {
    expect(conditionOf(rule('tool: other\neffect: deny\nwhen: args.x == "a"', 'unlisted: evaluate\n'))).toBe(
      '(string args.x == string a)',
    );
    expect(rule('tool: pay\neffect: deny\nwhen: args.x == "a"', 'unlisted: evaluate\n').codes).toEqual(['P0303']);
  });

  test('a catalogue that is missing, named twice or broken is reported once, and nothing is said of the args it would type', () => {
    const policy = (tools: string): string =>
      `lictor: 1\nname: p\ntools: ${tools}\nattributes:\n  args.b: { absent: 1 }\nrules:\n  - id: r\n    effect: deny\n    when: args.a == args.b\n`;
    expect(checkText(policy('[tols.json]'), TOOLS).said).toEqual([
      'P0401 3:9 the catalogue `tols.json` is not among the sources / did you mean `p/tools.json`?',
    ]);
    expect(checkText(policy('[tools.json, ./x/../tools.json]'), TOOLS).codes).toEqual(['P0404']);
    const broken = checkText(policy('[tools.json]'), '{"a": }');
    expect([broken.policy, broken.diagnostics.map((d) => `${d.path} ${d.code}`)]).toEqual([
      null,
      ['p/tools.json P0402'],
    ]);
  });
});

describe('absent (LANGUAGE.md 3.7)', () => {
  test.each([
    ['args.opts.dry: { absent: false }', { kind: 'bool', value: false }],
    ['args.opts.dry: { absent: schema }', { kind: 'schema' }],
    ['args.mode: { absent: slow }', { kind: 'string', value: 'slow' }],
    ['args.rows: { absent: [] }', { kind: 'empty-list' }],
    ['context.n: { type: int, absent: 3 }', { kind: 'int', value: 3n }],
    ['context.n: { type: number, absent: 3 }', { kind: 'double', value: 3 }],
    ['args.mode: { absent: fast }', 'P0318'],
    ['args.amount: { absent: 1 }', 'P0318'],
    ['args.note: { absent: 1 }', 'P0318'],
    ['context.n: { type: int, absent: 1.5 }', 'P0318'],
    ['context.n: { type: list<string>, absent: [a] }', 'P0318'],
    ['context.n: { type: string, absent: schema }', 'P0318'],
    ['context.n: { absent: 3 }', 'P0304'],
  ])('%s', (attribute, expected) => {
    const { policy, codes } = rule('effect: allow', '', `  ${attribute}\n`);
    if (typeof expected === 'string') expect(codes).toEqual([expected]);
    else expect(policy?.environment.absent.map((declaration) => declaration.value)).toEqual([expected]);
  });
});

describe('words and names', () => {
  test.each([
    [
      'combine: deny-override',
      'P0316 3:10 expected a combining algorithm, but found `deny-override` / did you mean `deny-overrides`?',
    ],
    [
      'default: alow',
      'P0316 3:10 expected effect deny, escalate, warn or allow, but found `alow` / did you mean `allow`?',
    ],
    [
      'default: transform',
      'P0316 3:10 expected effect deny, escalate, warn or allow, but found `transform` / it is one of deny, escalate, warn, allow',
    ],
    ['onUnknown: skp', 'P0316 3:12 expected `skip` or `match`, but found `skp` / did you mean `skip`?'],
    ['unlisted: deny', 'P0511 3:11 `unlisted` means nothing without `tools` / name a catalogue under `tools`'],
    ['attributes: { principal.x: strng }', 'P0304 3:28 `strng` is not a type / did you mean `string`?'],
    ['attributes: { principal.x: timestmp }', 'P0304 3:28 `timestmp` is not a type / did you mean `timestamp`?'],
    [
      'attributes: { principal.x: "map<int, string>" }',
      'P0304 3:28 `map<int,string>` is not a type / types are string, bool, int, uint, number, bytes, timestamp, duration, any, list<T>, map<string, T> and {enum: […]}',
    ],
    ['attributes: { principal.x: float }', 'P0304 3:28 `float` is not a type / did you mean `number`?'],
    [
      'attributes: { princpal.x: int }',
      'P0302 3:15 expected an attribute path, but found `princpal.x` / did you mean `principal.x`?',
    ],
    [
      'attributes: { args.foo-bar: int }',
      'P0302 3:15 expected an attribute path, but found `args.foo-bar` / a name with a dash is written `args["foo-bar"]`',
    ],
    [
      `attributes: { args.a: int, 'args["a"]': int }`,
      'P0302 3:28 the attribute `args.a` is declared twice / an attribute is `principal`, `args` or `context` and one or more names, declared once: `args.amount`',
    ],
    [
      'attributes: { principal.x: { enum: [] } }',
      'P0503 3:15 an enum without values can never match / list the values, or use `string`',
    ],
  ])('%s', (line, message) => {
    expect(checkText(`lictor: 1\nname: p\n${line}\n`).said).toEqual([message]);
  });

  test.each([
    ['at: pre_tool', 'P0316'],
    ['at: []', 'P0503'],
    ['tool: []', 'P0503'],
    ['approvers: [a]', 'P0504'],
    ['priority: 3', 'P0506'],
    ['when: "false"', 'P0508'],
    ['onUnknown: skip', 'P0510'],
  ])('a deny rule with `%s` is reported as %s', (line, code) => {
    expect(checkText(`lictor: 1\nname: p\nrules:\n  - id: r\n    effect: deny\n    ${line}\n`).codes).toEqual([code]);
  });

  test('an escalate rule with no approvers, an allow rule that says `match`, an id used twice, an id that is no word', () => {
    const one = (text: string): readonly string[] => checkText(`lictor: 1\nname: p\nrules:\n${text}`).codes;
    expect(one('  - { id: r, effect: escalate, approvers: [] }\n')).toEqual(['P0503']);
    expect(one('  - { id: r, effect: allow, onUnknown: match }\n')).toEqual(['P0505']);
    expect(one('  - { id: r, effect: allow }\n  - { id: r, effect: deny, enabled: false }\n')).toEqual(['P0501']);
    expect(one('  - { id: a b, effect: allow }\n')).toEqual(['P0316']);
  });

  test("a policy's `onUnknown: match` does not apply to allow rules (LANGUAGE.md 2.2)", () => {
    const { policy } = checkText(
      'lictor: 1\nname: p\nonUnknown: match\nrules:\n  - { id: a, effect: allow }\n  - { id: b, effect: deny }\n  - { id: c, effect: warn, onUnknown: skip }\n',
    );
    expect(policy?.rules.map((r) => r.onUnknown)).toEqual(['restrict', 'match', 'skip']);
  });

  test('defaults are those of the tables (LANGUAGE.md 2.2, 2.3)', () => {
    const { policy } = checkText('lictor: 1\nname: p\nrules:\n  - { id: a, effect: deny }\n');
    expect(policy).toMatchObject({
      version: '0.0.0',
      tree: [{ algorithm: 'deny-overrides' }],
      default: 'deny',
      environment: { catalogue: null, absent: [] },
    });
    expect(policy?.rules[0]).toMatchObject({
      points: ['pre_tool_call'],
      target: { kind: 'every' },
      priority: 0,
      enabled: true,
      onUnknown: 'restrict',
      reason: null,
      condition: { kind: 'constant', value: true },
    });
  });
});

describe('doubt (LANGUAGE.md 6.5, 8.6)', () => {
  const unnamed = (lines: string): readonly string[] =>
    checkText(`lictor: 1\nname: p\nattributes: { args.a: int }\nrules:\n  - id: r\n${lines}`).codes;
  test('a restricting rule for all tools without a catalogue guards what it reads, names its tools, or says onUnknown', () => {
    expect(unnamed('    effect: deny\n    when: args.a > 1\n')).toEqual(['P0502']);
    expect(unnamed('    effect: deny\n    when: args.a == null\n')).toEqual(['P0502']);
    expect(unnamed('    effect: deny\n    tool: "*"\n    when: args.a > 1\n')).toEqual(['P0502']);
    expect(unnamed('    effect: deny\n    when: has(args.a) && args.a > 1\n')).toEqual([]);
    expect(unnamed('    effect: deny\n    tool: t\n    when: args.a > 1\n')).toEqual([]);
    expect(unnamed('    effect: warn\n    onUnknown: match\n    when: args.a > 1\n')).toEqual([]);
    expect(unnamed('    effect: allow\n    when: args.a > 1\n')).toEqual([]);
    expect(rule('effect: deny\nwhen: args.amount > 1').codes).toEqual([]);
    expect(rule('effect: deny\nwhen: args.amount > 1', 'unlisted: evaluate\n').codes).toEqual(['P0502']);
  });
  test('an allow rule that holds because something is left out is a warning', () => {
    expect(checkWhen('!has(args.amount)', '', 'allow').codes).toEqual(['P0509']);
    expect(checkWhen('has(args.amount) == false', '', 'allow').codes).toEqual(['P0509']);
    expect(checkWhen('has(args.amount) && args.amount < 5', '', 'allow').codes).toEqual([]);
    expect(checkWhen('!has(args.amount)').codes).toEqual([]);
  });
});

describe('examples as requests (LANGUAGE.md 9.1)', () => {
  const examples = (lines: string): Checked =>
    checkText(`lictor: 1\nname: p\nrules:\n  - id: r\n    effect: deny\n${lines}`);
  test('tool and point are filled in where the rule names one', () => {
    const { policy } = examples(
      '    tool: t\n    examples:\n      match: [{ args: { a: 1 } }]\n      miss: [{ tool: u, at: input }]\n',
    );
    expect(policy?.rules[0]?.examples.map(({ expect: wanted, request }) => ({ wanted, ...request }))).toEqual([
      { wanted: 'match', at: 'pre_tool_call', tool: 't', args: { a: 1 }, principal: {}, context: {} },
      { wanted: 'miss', at: 'input', tool: 'u', args: {}, principal: {}, context: {} },
    ]);
    expect(
      examples('    examples: { match: [{ args: {} }] }\n').policy?.rules[0]?.examples[0]?.request.tool,
    ).toBeNull();
  });
  test('an example that leaves open which tool or point it means is an error', () => {
    expect(examples('    tool: [t, u]\n    examples: { match: [{ args: {} }] }\n').codes).toEqual(['P0612']);
    expect(examples('    tool: "t*"\n    examples: { match: [{ args: {} }] }\n').codes).toEqual(['P0612']);
    expect(examples('    at: [input, output]\n    examples: { match: [{ args: {} }] }\n').codes).toEqual(['P0611']);
    expect(examples('    examples: { match: [{ at: inptu }] }\n').codes).toEqual(['P0316']);
  });
});

test('a text with an error of the parser alone still makes no policy', () => {
  const checked = checkWhen('principal.id.frobnicate("x") || true');
  expect(checked.policy).toBeNull();
  expect(checked.codes.length).toBeGreaterThan(0);
});

describe('tool names that no tool is likely to have', () => {
  test.each(['"pay "', 'pa?', '"pay,refund"', '"!pay"', '"pay\\u200b"'])(
    '%s is a warning: the rule may never speak',
    (name) => {
      const text = `lictor: 1\nname: t\nrules:\n  - { id: a, tool: ${name}, effect: deny }\n`;
      const { diagnostics } = analyse([{ path: 't.policy.yaml', text }]);
      expect(diagnostics.map((d) => `${d.severity} ${d.code} ${d.line}:${d.column}`)).toEqual(['warning P0513 4:20']);
    },
  );

  test('ordinary names and globs are not', () => {
    const text =
      'lictor: 1\nname: t\nrules:\n  - { id: a, tool: [pay, "fs/*", a.b-c_d, "ns:x", "@a/b"], effect: deny }\n';
    expect(analyse([{ path: 't.policy.yaml', text }]).diagnostics).toEqual([]);
  });
});
