import { describe, expect, test } from 'vitest';
import type { Located } from '../../compiler/source.ts';
import { policy, rule, show, written } from './helpers.ts';

const FULL = `lictor: 1
name: payments
version: 2.3.0
combine: deny-overrides   # a note
default: deny
onUnknown: skip
tools: [tools.json, "more tools.json"]
unlisted: evaluate
attributes:
  principal.roles: list<string>
  context.env: { enum: [dev, prod] }
  args["foo-bar"]: { type: bool, absent: false }
  args.list: { absent: [] }
  args.s: { absent: schema }
lets:
  internal: ["example.com", 'corp.example.com']
  limits: [1, 2.5, true]
  cap: 1000
  rate: 1.0
  on: true
  text: '"x"'
  big: args.amount > cap
rules:
  - id: one
    at: [pre_tool_call, post_tool_call]
    tool: payments.*
    when: '"finance" in principal.roles'
    effect: escalate
    approvers: [finance-lead, cfo]
    reason: transfers above 1,000 need a person
    advice: >-
      split the transfer
      or ask
    onUnknown: match
    priority: -7
    enabled: false
    examples:
      match: [{ args: { amount: 1500, __proto__: [null, 1.5, "a"] }, principal: {} }]
      miss:
        - args: {}
          tool: payments.transfer
          at: pre_tool_call
  - { id: two, tool: [a, b], effect: allow, when: true }
`;

const value = (located: Located<unknown> | undefined): unknown => located?.value;

describe('a policy (LANGUAGE.md 2.2, 2.3)', () => {
  test('with every key is read without a finding, each value with its place', () => {
    const { result: ast, codes } = policy(FULL);
    expect(codes).toEqual([]);
    if (ast === null) throw new Error('null');
    expect(
      [ast.formatVersion, ast.name, ast.version, ast.combine, ast.default, ast.onUnknown, ast.unlisted].map(value),
    ).toEqual([1, 'payments', '2.3.0', 'deny-overrides', 'deny', 'skip', 'evaluate']);
    expect(ast.combine && written(ast.combine.span)).toBe('deny-overrides');
    expect(ast.tools?.map(value)).toEqual(['tools.json', 'more tools.json']);
    expect(ast.tools?.map((tool) => written(tool.span))).toEqual(['tools.json', '"more tools.json"']);
    expect(
      ast.attributes.map((a) => [
        a.path.value,
        value(a.type),
        a.enumValues?.map(value),
        value(a.absent),
        a.absentSchema,
      ]),
    ).toEqual([
      ['principal.roles', 'list<string>', undefined, undefined, false],
      ['context.env', undefined, ['dev', 'prod'], undefined, false],
      ['args["foo-bar"]', 'bool', undefined, false, false],
      ['args.list', undefined, undefined, [], false],
      ['args.s', undefined, undefined, undefined, true],
    ]);
    expect(ast.lets.map((l) => [l.name.value, show(l.value)])).toEqual([
      ['internal', '["example.com" "corp.example.com"]'],
      ['limits', '[1 2.5 true]'],
      ['cap', '1000'],
      ['rate', '1.0'],
      ['on', 'true'],
      ['text', '"x"'],
      ['big', '(> args.amount cap)'],
    ]);
    const [one, two] = ast.rules;
    if (one === undefined || two === undefined || one.when === undefined || two.when === undefined)
      throw new Error('rules');
    expect(one.at?.map(value)).toEqual(['pre_tool_call', 'post_tool_call']);
    expect(one.tool?.map(value)).toEqual(['payments.*']);
    expect(show(one.when)).toBe('(in "finance" principal.roles)');
    expect([one.id, one.effect, one.reason, one.advice, one.onUnknown, one.priority, one.enabled].map(value)).toEqual([
      'one',
      'escalate',
      'transfers above 1,000 need a person',
      'split the transfer or ask',
      'match',
      -7,
      false,
    ]);
    expect(one.approvers?.map(value)).toEqual(['finance-lead', 'cfo']);
    expect(JSON.stringify(one.examples?.match.map(value))).toBe(
      '[{"args":{"amount":1500,"__proto__":[null,1.5,"a"]},"principal":{}}]',
    );
    expect(one.examples?.miss.map(value)).toEqual([{ args: {}, tool: 'payments.transfer', at: 'pre_tool_call' }]);
    expect(written(one.span).startsWith('id: one')).toBe(true);
    expect(written(one.span).endsWith('at: pre_tool_call')).toBe(true);
    expect([show(two.when), two.tool?.map(value), two.examples]).toEqual(['true', ['a', 'b'], undefined]);
  });

  test('read with CRLF line ends is the same policy', () => {
    const { result, codes } = policy(FULL.replaceAll('\n', '\r\n'));
    expect(codes).toEqual([]);
    expect(result?.rules.map((r) => r.when && show(r.when))).toEqual(['(in "finance" principal.roles)', 'true']);
  });

  test('without rules is legal (2.6)', () => {
    for (const rules of ['', 'rules: []\n', 'rules:\n']) {
      const { result, codes } = policy(`lictor: 1\nname: p\n${rules}`);
      expect(codes).toEqual([]);
      expect(result?.rules).toEqual([]);
    }
  });

  test('empty lists are kept for the checker to refuse (2.4)', () => {
    const { result, codes } = rule('tool: []\nat: []\napprovers: []');
    expect(codes).toEqual([]);
    expect([result?.tool, result?.at, result?.approvers]).toEqual([[], [], []]);
  });

  test('keys that are left out are undefined', () => {
    const { result } = rule('');
    expect(Object.entries(result ?? {}).flatMap(([key, v]) => (v === undefined ? [key] : []))).toEqual([
      'at',
      'tool',
      'when',
      'approvers',
      'transform',
      'reason',
      'advice',
      'onUnknown',
      'priority',
      'final',
      'enabled',
      'examples',
    ]);
  });
});

describe('mistakes of form', () => {
  test.each([
    ['rule key', 'efect: deny', 'P0102', 'efect', /did you mean `effect`/],
    ['rule key', 'colour: red', 'P0102', 'colour', /the keys are `id`, `at`/],
    ['rule key', 'if: x', 'P0102', 'if', /`when`/],
    ['rule key', 'labels: [a]', 'P0102', 'labels', /not in this version/],
    ['priority', 'priority: 1.5', 'P0104', '1.5', undefined],
    ['priority', 'priority: 2147483647', 'P0105', '2147483647', undefined],
    ['priority', 'priority: high', 'P0104', 'high', undefined],
    ['priority', 'priority: -2147483649', 'P0105', '-2147483649', undefined],
    ['enabled', 'enabled: yes', 'P0104', 'yes', /YAML 1\.2/],
    ['reason', 'reason: 5', 'P0104', '5', /"5"/],
    ['reason', 'reason:', 'P0104', '', undefined],
    ['reason', 'reason: "\\ud800"', 'P0105', '"\\ud800"', undefined],
    ['approvers', 'approvers: bob', 'P0104', 'bob', /\[bob\]/],
    ['tool', 'tool: { a: b }', 'P0104', '{ a: b }', undefined],
    ['tool', 'tool: [a, 1]', 'P0104', '1', undefined],
    ['at', 'at: 5', 'P0104', '5', undefined],
    ['when', 'when: 5', 'P0104', '5', undefined],
    ['when', 'when: [a]', 'P0104', '[a]', /quotes/],
    ['when', 'when: ""', 'P0201', '""', /`true`/],
    ['examples', 'examples: []', 'P0104', '[]', undefined],
    ['examples', 'examples: { match: { args: {} } }', 'P0104', '{ args: {} }', /match: \[/],
    ['examples', 'examples: { mis: [] }', 'P0102', 'mis', /`miss`/],
    ['examples', 'examples: { miss: [{ arg: {} }] }', 'P0102', 'arg', /`args`/],
    ['examples', 'examples: { miss: [{ tool: 5 }] }', 'P0104', '5', undefined],
    ['examples', 'examples: { miss: [5] }', 'P0104', '5', undefined],
    ['examples', 'examples: { miss: [{ args: { a: 9007199254740992 } }] }', 'P0105', '9007199254740992', /double/],
    ['examples', 'examples: { miss: [{ args: { a: .nan } }] }', 'P0105', '.nan', undefined],
    ['examples', 'examples: { miss: [{ args: { a: [-.inf] } }] }', 'P0105', '-.inf', undefined],
    ['examples', 'examples: { miss: [{ args: { a: 1e999 } }] }', 'P0105', '1e999', undefined],
    ['examples', 'examples: { miss: [{ args: { 1: 2 } }] }', 'P0008', '1', /quotes/],
  ])('%s: %s (LANGUAGE.md 2.3)', (_, line, code, at, help) => {
    const { found } = rule(line);
    expect(found.map((d) => [d.code, d.sourceLine.slice(d.column - 1, d.endColumn - 1)])).toEqual([[code, at]]);
    if (help !== undefined) expect(found[0]?.help).toMatch(help);
  });

  test.each([
    ['lictor: 2\nname: p', 'P0105', 1, /lictor: 1/],
    ['lictor: "1"\nname: p', 'P0105', 1, /lictor: 1/],
    ['name: p', 'P0103', 1, /lictor: 1/],
    ['lictor: 1', 'P0103', 1, /name/],
    ['lictor: 1\nname: 5', 'P0104', 2, /"5"/],
    ['lictor: 1\nname: p\nversion: 1.0', 'P0104', 3, /"1\.0"/],
    ['lictor: 1\nname: p\nbudgets: []', 'P0102', 3, /not in this version/],
    ['lictor: 1\nname: p\nrule: []', 'P0102', 3, /`rules`/],
    ['lictor: 1\nname: p\ntools: a.json', 'P0104', 3, /\[a\.json\]/],
    ['lictor: 1\nname: p\nrules: { id: a }', 'P0104', 3, /- id/],
    ['lictor: 1\nname: p\nrules: [a]', 'P0104', 3, undefined],
    ['lictor: 1\nname: p\nrules:\n  - effect: deny', 'P0103', 4, /id/],
    ['lictor: 1\nname: p\nrules:\n  - id: a', 'P0103', 4, /effect/],
    ['lictor: 1\nname: p\nattributes: [a]', 'P0104', 3, undefined],
    ['lictor: 1\nname: p\nattributes: { args.a: 5 }', 'P0104', 3, /list<string>/],
    ['lictor: 1\nname: p\nattributes: { args.a: {} }', 'P0103', 3, /absent/],
    ['lictor: 1\nname: p\nattributes: { args.a: { enmu: [] } }', 'P0102', 3, /`enum`/],
    ['lictor: 1\nname: p\nattributes: { args.a: { enum: a } }', 'P0104', 3, /\[a\]/],
    ['lictor: 1\nname: p\nattributes: { args.a: { type: string, enum: [a] } }', 'P0106', 3, /leave `type` out/],
    ['lictor: 1\nname: p\nlets: { a: }', 'P0104', 3, undefined],
    ['lictor: 1\nname: p\nlets: { a: { b: c } }', 'P0104', 3, undefined],
    ['lictor: 1\nname: p\nlets: { a: [[1]] }', 'P0104', 3, /lists do not/],
    ['lictor: 1\nname: p\nlets: { a: 9223372036854775808 }', 'P0105', 3, /double/],
    ['lictor: 1\nname: p\nlets: { a: .inf }', 'P0105', 3, undefined],
    ['lictor: 1\nname: p\nlets: { a: "1 +" }', 'P0201', 3, undefined],
  ])('%j', (text, code, line, help) => {
    const { found } = policy(text);
    expect(found.map((d) => [d.code, d.line])).toEqual([[code, line]]);
    if (help !== undefined) expect(found[0]?.help).toMatch(help);
  });

  test.each(['', '\n# only a note\n', '[]', 'text', '5', '- a\n- b'])(
    '%j is no policy, and one error says so',
    (text) => {
      const { result, codes } = policy(text);
      expect(result).toBeNull();
      expect(codes).toEqual(['P0101']);
    },
  );

  test.each([
    ['plain', 'when: args.a > 5 // most\n  && args.b > 1', '// most'],
    ['folded', 'when: >\n  args.a > 5 // most\n  && args.b > 1', '// most'],
    ['single-quoted', "when: 'args.a > 5 // most\n  && args.b > 1'", '// most'],
    ['double-quoted', 'when: "args.a > 5 // most\n  && args.b > 1"', '// most'],
    ['double-quoted, continued', 'when: "args.a > 5 // most \\\n  && args.b > 1"', '// most \\'],
    ['carriage returns', 'when: args.a > 5 // most\r\n  && args.b > 1', '// most'],
  ])('a comment that YAML makes longer than its line is refused, in %s text (LANGUAGE.md 4.1)', (_, lines, at) => {
    const { found } = rule(lines);
    expect(found.map((d) => [d.code, d.sourceLine.slice(d.column - 1, d.endColumn - 1)])).toEqual([['P0209', at]]);
    expect(found[0]?.help).toMatch(/when: \|/);
  });

  test.each([
    'when: |\n  args.a > 5 // most\n  && args.b > 1 // some\n',
    'when: |-\n  // all\n  args.a > 5 // most\n\n  && args.b > 1',
    'when: |\r\n  args.a > 5 // most\r\n  && args.b > 1\r',
    'when: >\n  args.a > 5\n  && args.b > 1 // some\n',
    'when: args.a > 5\n  && args.b > 1 // some',
    'when: "args.a > 5 // most\\n && args.b > 1"',
    'when: "args.a == \'//\'\n  && args.b > 1"',
  ])('a comment that ends with its line hides nothing: %j (LANGUAGE.md 4.1)', (lines) => {
    const { codes, result } = rule(lines);
    expect(codes).toEqual([]);
    expect(result?.when === undefined ? '' : show(result.when)).toMatch(/^\(&& .*args\.b 1\)\)$/);
  });

  test('all of them are reported, not only the first (2.1)', () => {
    const { codes } = policy(
      'lictor: 3\nnam: p\nrules:\n  - id: 5\n    when: a and b\n  - effect: deny\n    when: x.map(1, 2)\n    priority: a\n',
    );
    expect(codes).toEqual(['P0103', 'P0105', 'P0102', 'P0103', 'P0104', 'P0201', 'P0103', 'P0205', 'P0104']);
  });
});
