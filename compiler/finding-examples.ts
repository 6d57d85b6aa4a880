// For each code of a diagnostic, the smallest files that give it. They are what DIAGNOSTICS.md shows, and what
// `test/diagnostics.test.ts` compiles. Never read by the compiler itself.

import type { Source } from './source.ts';

export interface FindingExample {
  readonly sources: readonly Source[];
  /** What stands in the document where the files are too long to show. */
  readonly shown?: string;
  /** Codes that the same mistake gives too. */
  readonly also?: readonly string[];
  /** `lictor fmt` gives it, not the compiler. */
  readonly layout?: true;
  /** `lictor check --schema` gives it, with Cedar's validator or where there is none. */
  readonly validator?: 'installed' | 'absent';
  /** `--max-cost`. */
  readonly maxCost?: number;
}

const AGES = 'entity User = { age: Long }; action view appliesTo { principal: User, resource: User };';

export const FINDING_EXAMPLES: { readonly [code: string]: FindingExample } = {
  // 00: the file
  P0001: policy('rules: [oops'),
  P0002: policy('default: allow', 'default: deny'),
  P0003: policy('rules:', '  - &first', '    id: a', '    effect: deny'),
  P0004: policy('version: !!str 1'),
  P0005: policy('---', 'name: another'),
  P0006: { ...policy('version: "\ud800"'), shown: 'a file with half of a surrogate pair in it' },
  P0008: policy('? [a, b]', ': c'),
  P0009: { ...policy(`lets: { a: ${'['.repeat(200)}${']'.repeat(200)} }`), shown: '200 brackets within one another' },
  P0010: { sources: [{ path: 'tools.json', text: '[]' }] },
  P0011: {
    sources: [file('one.policy.yaml', ['lictor: 1', 'name: one']), file('two.policy.yaml', ['lictor: 1', 'name: two'])],
  },
  P0012: {
    ...policy('rules:', '  - id: a', '    effect: deny', '    when: > # note', '      true', '      && true'),
    layout: true,
  },
  P0013: {
    ...policy(...Array.from({ length: 1001 }, (_, i) => `k${i}: v`)),
    shown: 'a policy with 1,001 unknown keys',
    also: ['P0102'],
  },
  P0014: {
    ...policy(`# ${'a long text '.repeat(6000)}`, 'lets: { a: [b: c] }'),
    shown: 'a policy of more than 64 KiB with `[a: b]` in it',
  },
  P0015: {
    ...policy(`# ${'a long text '.repeat(6000)}`),
    layout: true,
    shown: 'a policy of more than 64 KiB',
  },
  P0016: {
    ...policy('rules:', '  - { id: a, effect: deny } # \u202eyad a no ylno'),
    shown: 'a policy with a comment that is shown backwards, from a U+202E on',
  },

  // 01: the form of a policy
  P0101: { sources: [file('example.policy.yaml', ['- lictor: 1'])] },
  P0102: policy('defualt: allow'),
  P0103: { sources: [file('example.policy.yaml', ['lictor: 1'])] },
  P0104: policy('rules:', '  - id: a', '    effect: [deny]'),
  P0105: { sources: [file('example.policy.yaml', ['lictor: 2', 'name: example'])] },
  P0106: policy('attributes:', '  args.a: { type: string, enum: [x] }'),

  // 02: the text of a condition
  P0201: when('args.n > > 1', 'args.n: int'),
  P0202: { ...when(`${'('.repeat(70)}true${')'.repeat(70)}`), shown: 'a condition in 70 brackets' },
  P0203: when('Account{id: 1} == args.a', 'args.a: string'),
  P0204: when('args.s.beginsWith("x")', 'args.s: string'),
  P0205: when('has("x")'),
  P0207: when('args.n < 9223372036854775808', 'args.n: int'),
  P0208: when('while == 1'),
  P0209: policy(
    'rules:',
    '  - id: a',
    '    tool: pay',
    '    effect: deny',
    '    when: args.n < 5 // small',
    '      && args.n > 1',
  ),

  // 03: names and types
  P0301: when('resource.id == "x"'),
  P0302: when('args == null'),
  P0303: when('context.region == "eu"'),
  P0304: policy('attributes:', '  args.a: strng'),
  P0305: policy('lets:', '  a-b: 1'),
  P0306: when('args.a == args.b'),
  P0307: when('args.n', 'args.n: int'),
  P0308: when('args.n.startsWith("x")', 'args.n: int'),
  P0309: when('args.s < 1', 'args.s: string'),
  P0310: when('args.x + 2 > 1.0', 'args.x: number'),
  P0311: when('args.color == "gren"', 'args.color: { enum: [red, green] }'),
  P0312: when('args.x < 9007199254740993', 'args.x: number'),
  P0313: policy('attributes:', `  'args["\\ud800"]': string`),
  P0314: when(
    '[args.a.exists(x, x == "a")].exists(v, args.b.exists(y, v))',
    'args.a: list<string>',
    'args.b: list<string>',
  ),
  P0315: when('args.list.exists(args, args == "x")', 'args.list: list<string>'),
  P0316: policy('combine: deny-override'),
  P0317: when('args.a < null', 'args.a: int'),
  P0318: policy('attributes:', '  args.a: { type: bool, absent: 1 }'),

  P0319: { ...when('(args.b ? [1] : [2]) == args.n', 'args.b: bool', 'args.n: int'), also: ['P0309'] },

  P0320: when('args.s + args.n == "x"', 'args.s: string', 'args.n: int'),
  P0321: when('args.s.matches(args.s)', 'args.s: string'),
  P0322: when('args.t.getHours("Mars/Olympus") > 6', 'args.t: timestamp'),
  P0323: when('args.t > timestamp("2024-02-30T00:00:00Z")', 'args.t: timestamp'),

  // 04: catalogues
  P0401: policy('tools: [missing.json]', 'rules:', '  - { id: a, effect: deny }'),
  P0402: tools('{"pay": {"type": "object"', 'rules:', '  - { id: a, effect: deny }'),
  P0403: tools('"pay"', 'rules:', '  - { id: a, effect: deny }'),
  P0404: tools(
    '[{"name": "pay", "inputSchema": {}}, {"name": "pay", "inputSchema": {}}]',
    'rules:',
    '  - { id: a, effect: deny }',
  ),
  P0405: tools(
    '{"pay": {"type": "object", "properties": {"amount": {"$ref": "#/$defs/money"}}}}',
    'rules:',
    '  - { id: a, effect: deny, when: args.amount > 1.0 }',
  ),
  P0406: tools('{"pay": {"type": "object"}}', 'rules:', '  - { id: a, tool: pya, effect: deny }'),
  P0407: tools(
    '{"pay": {"properties": {"amount": {"type": "number"}}}, "count": {"properties": {"amount": {"type": "string"}}}}',
    'rules:',
    '  - { id: a, tool: [pay, count], effect: deny, when: args.amount > 1.0 }',
  ),
  P0408: tools(
    '{"pay": {"properties": {"amount": {"type": "number"}}}}',
    'attributes: { args.amount: bool }',
    'rules:',
    '  - { id: a, tool: pay, effect: deny, when: args.amount }',
  ),
  P0409: tools(
    '{"tools": [{"name": "pay", "inputSchema": {}}], "nextCursor": "2"}',
    'rules:',
    '  - { id: a, effect: deny }',
  ),
  P0411: tools('{"pay": {"type": "objekt"}}', 'rules:', '  - { id: a, effect: deny }'),

  // 05: meaning
  P0501: policy('rules:', '  - { id: same, effect: deny }', '  - { id: same, effect: warn }'),
  P0502: policy('rules:', '  - id: a', '    effect: deny', '    when: args.amount > 1'),
  P0503: policy('rules:', '  - { id: a, effect: deny, tool: [] }'),
  P0504: policy('rules:', '  - { id: a, effect: deny, approvers: [cfo] }'),
  P0505: policy('rules:', '  - { id: a, effect: allow, onUnknown: match }'),
  P0506: policy('rules:', '  - { id: a, effect: deny, priority: 3 }'),
  P0507: policy('lets: { spare: [1] }'),
  P0508: policy('rules:', '  - { id: a, effect: deny, when: false }'),
  P0509: policy('rules:', '  - { id: a, tool: pay, effect: allow, when: "!has(args.limit)" }'),
  P0510: policy('rules:', '  - { id: a, effect: deny, onUnknown: skip, when: args.amount > 1 }'),
  P0511: policy('unlisted: deny'),
  P0513: policy('rules:', '  - { id: a, effect: deny, tool: "pay, mail" }'),

  // 06: examples
  P0601: example('match', '{ args: { amount: 10 } }'),
  P0602: example('match', '{ args: {} }'),
  P0603: example('miss', '{ args: { amount: 11 } }'),
  P0604: example('miss', '{ args: { amount: "11" } }'),
  P0605: tools(
    '{"pay": {"type": "object"}}',
    'rules:',
    '  - { id: a, effect: deny, examples: { match: [{ tool: pya }] } }',
  ),
  P0611: policy('rules:', '  - { id: a, at: [input, output], effect: deny, examples: { match: [{}] } }'),
  P0612: policy('rules:', '  - { id: a, tool: "pay*", effect: deny, examples: { match: [{}] } }'),

  // 07: limits
  P0701: {
    ...policy('rules:', ...Array.from({ length: 100_001 }, (_, i) => `  - { id: r${i}, effect: warn }`)),
    shown: 'a policy of 100,001 rules',
  },
  P0702: {
    ...policy(
      'attributes: { args.n: int }',
      'lets:',
      `  a: "${nested('args.n', 40)}"`,
      `  b: "${nested('a', 40)}"`,
      'rules:',
      '  - { id: a, tool: pay, effect: deny, when: b == 1 }',
    ),
    shown: 'a let nested 40 deep within another nested 40 deep',
  },
  P0703: {
    ...when(Array.from({ length: 4097 }, (_, i) => `args.n>${i}`).join('||'), 'args.n: int'),
    shown: 'a condition of 4,097 literals',
  },
  P0704: {
    ...policy(
      'rules:',
      ...Array.from({ length: 4097 }, (_, i) => `  - { id: r${i}, tool: pay, effect: warn, when: args.a${i} == 1 }`),
    ),
    shown: 'a policy that reads 4,097 arguments',
  },
  P0705: {
    ...policy('rules:', `  - { id: a, effect: warn, at: [${Array(33).fill('input').join(', ')}] }`),
    shown: 'a rule with 33 entries under `at`',
  },
  P0706: {
    ...tools(`${'['.repeat(400)}${']'.repeat(400)}`, 'rules:', '  - { id: a, effect: deny }'),
    shown: 'a catalogue of 400 brackets within one another',
  },
  P0707: { ...when(`args${'.a'.repeat(33)} == 1`), shown: 'a path of 33 names' },
  P0708: {
    ...policy('rules:', `  - { id: a, effect: deny, tool: ${'t'.repeat(1025)} }`),
    shown: 'a tool name of 1,025 letters',
  },
  P0709: {
    ...policy(
      'attributes: { args.n: int }',
      `lets: { big: [${Array.from({ length: 65_537 }, (_, i) => i).join(', ')}] }`,
      'rules:',
      '  - { id: a, tool: pay, effect: deny, when: args.n + 1 in big }',
    ),
    shown: 'a sum looked for among 65,537 constants',
  },
  P0710: {
    ...policy(
      'attributes: { principal.role: string }',
      'rules:',
      '  - { id: a, effect: deny, when: principal.role == "guest" }',
    ),
    maxCost: 1000,
  },

  // 09: composition
  P0901: policy('extends: base.policy.yaml'),
  P0902: set(['policies: [team.policy.yaml, ./team.policy.yaml]'], { team: [] }),
  P0903: set(['policies: [team.policy.yaml]'], { team: ['policies: [example.policy.yaml]'] }),
  P0904: set(['import: shared.policy.yaml'], { shared: ['lets: { most: 5 }', 'default: allow'] }),
  P0905: set(['extends: base.policy.yaml', 'default: allow'], { base: [] }),
  P0906: {
    ...set(['extends: p0.policy.yaml'], Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, chain(i)]))),
    shown: 'a policy that extends another, and so on over 17 files',
  },
  P0907: set(['policies: [team.policy.yaml, other/team.policy.yaml]'], { team: [], 'other/team': [] }),
  P0908: set(['import: shared.policy.yaml', 'lets: { most: 6 }', ...rule('args.n > most')], {
    shared: ['attributes: { args.n: int }', 'lets: { most: 5 }'],
  }),
  P0909: set(['import: shared.policy.yaml'], { shared: ['lets: { most: 5 }'] }),
  P0910: set(['policies: [team.policy.yaml]'], { team: ['default: allow'] }),
  P0911: policy('rules:', '  - { id: a, effect: allow, final: true }'),
  P0912: policy('scope: { tennant: acme }'),
  P0914: {
    sources: [
      ...tools('{"pay": {}}').sources,
      file('team.policy.yaml', ['lictor: 1', 'name: team', 'tools: [more.json]']),
      { path: 'more.json', text: '{"send": {}}\n' },
    ].map((source, i) => (i === 0 ? { ...source, text: `${source.text}policies: [team.policy.yaml]\n` } : source)),
  },
  P0915: {
    sources: [
      ...set(['policies: [one.policy.yaml, two.policy.yaml]'], {
        one: ['tools: [one.json]'],
        two: ['tools: [two.json]'],
      }).sources,
      { path: 'one.json', text: '{"pay": {"properties": {"n": {"type": "integer"}}}}\n' },
      { path: 'two.json', text: '{"pay": {"properties": {"n": {"type": "string"}}}}\n' },
    ],
  },

  // 10: transforms and payloads
  P0801: policy(
    'attributes: { args.s: string }',
    'rules:',
    '  - { id: a, tool: t, effect: deny, when: \'args.s.matches("(a")\' }',
  ),
  P0802: policy(
    'attributes: { args.s: string }',
    'rules:',
    '  - { id: a, tool: t, effect: deny, when: \'args.s.matches("a(?=b)")\' }',
  ),
  P0803: policy(
    'attributes: { args.s: string }',
    'rules:',
    '  - { id: a, tool: t, effect: deny, when: \'args.s.matches("a{2000}")\' }',
  ),
  P1001: when('result.status == "x"', 'result.status: string'),
  P1002: transforms(),
  P1003: transforms('{ set: amount, to: 1 }'),
  P1004: transforms('{ remove: result.secret }'),
  P1005: transforms('{ clamp: args.amount }'),
  P1006: transforms("{ redact: args.note, pattern: '(?=x)' }"),
  P1008: transforms('{ set: args.amount, to: many }'),
  P1009: tools(
    '{"pay": {"type": "object", "properties": {"amount": {"type": "integer", "maximum": 100}}}}',
    'rules:',
    '  - { id: all, tool: pay, effect: allow }',
    '  - { id: a, tool: pay, effect: transform, transform: { clamp: args.amount, max: 500 } }',
  ),
  P1010: transforms('{ set: args.note, to: x }', '{ remove: args.note }'),
  P1011: transforms("{ redact: args.note, pattern: '[A-Z]+', with: <GONE> }"),
  P1012: policy('rules:', '  - { id: a, tool: pay, effect: transform, transform: { remove: args.note } }'),
  P1013: policy(
    'rules:',
    '  - { id: all, tool: pay, effect: allow }',
    '  - { id: a, tool: pay, effect: transform, transform: { set: args.dryRun, to: true } }',
    '  - { id: b, tool: pay, effect: transform, transform: { set: args.dryRun, to: false } }',
  ),

  // 11: Cedar
  P1101: cedar("permit (principal, action, resource) when { context.a == 'x' };"),
  P1102: cedar('permit (principal, resource, action);'),
  P1103: cedar('permit (principal, action, resource) when { context.a == "\\q" };'),
  P1104: cedar('permit (principal, action, resource) when { context.a == 9223372036854775808 };'),
  P1105: cedar('permit (principal, action, resource) when { context.in };'),
  P1106: cedar('permit (principal, action, resource) when { user == "x" };'),
  P1107: cedar('permit (principal, action, resource) when { context.a.contains() };'),
  P1108: cedar('@id("a") @id("b") permit (principal, action, resource);'),
  P1109: {
    ...cedar(`permit (principal, action, resource) when { ${'('.repeat(250)}true${')'.repeat(250)} };`),
    shown: 'a condition in 250 brackets',
  },
  P1110: cedar('permit (principal, action == View::"photo", resource);'),
  P1111: cedar('permit (principal, action, resource) when { principal == ?principal };'),
  P1112: {
    sources: [file('example.cedar.json', ['{"effect": "allow"}'])],
  },
  P1113: cedar('permit (principal, action, resource);', 'entity User in Team;'),
  P1114: cedar('permit (principal, action, resource);', 'entity User = String;'),
  P1115: cedar('permit (principal, action, resource);', 'type Tree = { left: Tree };'),
  P1117: cedar('@id("a") permit (principal, action, resource);\n@id("a") forbid (principal, action, resource);'),
  P1118: cedar('@advice("{}") permit (principal, action, resource);'),
  P1119: {
    sources: [
      file('example.cedar', ['@id("own") permit (principal == ?principal, action, resource);']),
      file('example.cedarlinks.json', ['[{"templateId": "won", "newId": "alice", "values": {}}]']),
    ],
    also: ['P1120'],
  },
  P1120: cedar('permit (principal == ?principal, action, resource);'),
  P1121: {
    sources: [file('example.cedar', ['permit (principal, action, resource);']), file('entities.json', ['[]'])],
  },
  P1122: {
    ...cedar('permit (principal, action, resource) when { principal.agee > 18 };', AGES),
    validator: 'installed',
    shown: '`principal.agee` in a policy whose schema says `entity User = { age: Long };`',
  },
  P1123: {
    ...cedar('permit (principal, action, resource) when { false };', AGES),
    validator: 'installed',
    shown: '`when { false }` in a permit',
  },
  P1124: {
    ...cedar('permit (principal, action, resource);', AGES),
    validator: 'absent',
    shown: '`lictor check --schema` where `@cedar-policy/cedar-wasm` is not installed',
  },
  P1125: {
    sources: [
      ...cedar('permit (principal, action, resource);', AGES).sources,
      { path: 'more.cedarschema.json', text: '{"N": {"entityTypes": {"Team": {}}, "actions": {}}}' },
    ],
    validator: 'installed',
    shown: 'a schema in two files, `example.cedarschema` and `more.cedarschema.json`',
  },

  // 12: Agent Governance Toolkit documents
  P1202: agt(['field: tool_name, operator: eq, value: pay'], 'deny', 'priorty: 10'),
  P1203: agt(['field: tool_name, operator: eq, value: pay'], 'deny', 'owner: team-a'),
  P1204: agt(['field: tool_name, value: pay']),
  P1205: agt(['field: tool_name, operator: equals, value: pay']),
  P1206: expression("(tool_name == 'pay')"),
  P1207: agt(['field: token_count, operator: gt, value: [1]']),
  P1208: agt(["field: message, operator: matches, value: 'a(b'"]),
  P1209: expression("tool_name == 'pay'", 'limit: 100 per hour'),
  P1210: expression("tool_name == 'pay'", 'limit: 100/hour'),
  P1211: {
    sources: [
      file('governance.json', [
        '{"version": "1.0", "rules": [',
        '  {"name": "a", "condition": {"field": "action", "operator": "eq", "value": "x"}, "action": "deny"}]}',
      ]),
    ],
  },
  P1212: expression("tool_name == 'pay'", 'action: warn'),
  P1213: agt(['field: toolname, operator: eq, value: pay']),
  P1214: {
    sources: [...agt(['field: action, operator: eq, value: x']).sources, ...expression("action == 'x'").sources],
  },
  P1215: {
    sources: [
      ...agt(['field: action, operator: eq, value: x']).sources,
      ...agt(['field: action, operator: eq, value: y'], 'allow').sources,
    ].map(({ text }, i) => ({ path: i === 0 ? 'governance.yaml' : 'deploy/governance.yaml', text })),
  },
  P1216: expression("action == 'x'", 'priority: 1', 'extends: ../base.yaml'),
  P1217: {
    sources: ['', 'a/', 'a/b/', 'a/b/c/', 'a/b/c/d/'].map((folder) =>
      file(`${folder}governance.yaml`, ['version: "1.0"', "scope: '*'", 'rules: []', 'defaults: { action: deny }']),
    ),
    shown: 'documents with a `scope` in each of five folders within one another',
  },
  P1218: { sources: [...expression("action == 'x'").sources, { path: 'tools.json', text: '[]\n' }] },
  P1219: agt(["field: message, operator: matches, value: 'a(?!b)c'"]),
};

function file(path: string, lines: readonly string[]): Source {
  return { path, text: `${lines.join('\n')}\n` };
}

/** A policy with these lines. */
function policy(...lines: readonly string[]): FindingExample {
  return { sources: [file('example.policy.yaml', ['lictor: 1', 'name: example', ...lines])] };
}

/** A policy and others by name, each with these lines. */
function set(lines: readonly string[], others: { readonly [name: string]: readonly string[] }): FindingExample {
  const files = Object.entries(others).map(([path, more]) =>
    file(`${path}.policy.yaml`, ['lictor: 1', `name: ${path.replace(/.*\//, '')}`, ...more]),
  );
  return { sources: [...policy(...lines).sources, ...files] };
}

function rule(condition: string): readonly string[] {
  return ['rules:', `  - { id: a, tool: pay, effect: deny, when: ${condition} }`];
}

function chain(index: number): readonly string[] {
  return index < 16 ? [`extends: p${index + 1}.policy.yaml`] : [];
}

/** A Cedar policy, maybe with a schema. */
function cedar(policy: string, schema?: string): FindingExample {
  const sources = [file('example.cedar', [policy])];
  return { sources: schema === undefined ? sources : [...sources, file('example.cedarschema', [schema])] };
}

/** The same with a catalogue beside it. */
function tools(catalogue: string, ...lines: readonly string[]): FindingExample {
  const { sources } = policy('tools: [tools.json]', ...lines);
  return { sources: [...sources, { path: 'tools.json', text: `${catalogue}\n` }] };
}

/** A policy of one rule with this condition. */
function when(condition: string, ...attributes: readonly string[]): FindingExample {
  const declared = attributes.length === 0 ? [] : ['attributes:', ...attributes.map((line) => `  ${line}`)];
  return policy(...declared, 'rules:', '  - id: a', '    tool: pay', '    effect: deny', `    when: '${condition}'`);
}

/** A transform rule with these operations. */
function transforms(...operations: readonly string[]): FindingExample {
  return policy(
    'attributes: { args.amount: int, args.note: string }',
    'rules:',
    '  - { id: all, tool: pay, effect: allow }',
    '  - id: a',
    '    tool: pay',
    '    effect: transform',
    ...(operations.length === 0 ? [] : [`    transform: [${operations.join(', ')}]`]),
  );
}

/** A rule that caps an amount, with an example. */
function example(expect: 'match' | 'miss', request: string): FindingExample {
  return policy(
    'attributes: { args.amount: int }',
    'rules:',
    '  - id: cap',
    '    tool: pay',
    '    effect: deny',
    '    when: args.amount > 10',
    '    examples:',
    `      ${expect}: [${request}]`,
  );
}

/** A PolicyDocument of one rule. */
function agt(condition: readonly string[], action = 'deny', ...lines: readonly string[]): FindingExample {
  const rule = [`  - name: a`, `    condition: { ${condition.join(', ')} }`, `    action: ${action}`];
  const rest = [...lines.map((line) => `    ${line}`), 'defaults: { action: allow }'];
  return { sources: [file('governed.yaml', ['version: "1.0"', 'name: example', 'rules:', ...rule, ...rest])] };
}

/** A governance.toolkit/v1 document of one rule. */
function expression(condition: string, line = 'action: deny', ...top: readonly string[]): FindingExample {
  const rule = ['rules:', '  - name: a', `    condition: ${JSON.stringify(condition)}`, `    ${line}`];
  return { sources: [file('toolkit.yaml', ['apiVersion: governance.toolkit/v1', 'name: example', ...top, ...rule])] };
}

function nested(inner: string, depth: number): string {
  let text = inner;
  for (let i = 0; i < depth; i += 1) text = `1 + (${text})`;
  return text;
}
