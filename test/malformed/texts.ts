// Good texts of every kind that the compiler reads, and ways to break them. In: a random source. Out: sources that are mostly wrong.

import type { Source } from '../../compiler/source.ts';
import type { Random } from '../differential/random.ts';

/** One kind of text: which file of `sources` is broken, the others stay good. */
export interface Kind {
  readonly name: string;
  readonly sources: readonly Source[];
  readonly broken: number;
}

export const RULES: string = [
  'lictor: 1',
  'name: example # a comment',
  'tools: [tools.json]',
  'attributes: { principal.roles: list<string>, context.at: timestamp }',
  'lets: { safe: ["a", "b"], big: args.amount > 1000.0 }',
  'rules:',
  '  - id: cap',
  '    tool: "pay*"',
  '    when: |',
  '      big && !("cfo" in principal.roles) || args.items.exists(i, i.qty > 5 && i.sku.matches("^[A-Z]{2}\\\\d+$"))',
  '    effect: escalate',
  '    approvers: [cfo]',
  '    examples: { miss: [{ tool: pay, args: { amount: 1, items: [] }, principal: { roles: [] } }] }',
  '  - { id: night, effect: deny, tool: pay, when: "context.at.getHours(\'Europe/Berlin\') < 6" }',
].join('\n');

const RULES_JSON = JSON.stringify(
  {
    lictor: 1,
    name: 'example',
    tools: ['tools.json'],
    attributes: { 'principal.roles': 'list<string>' },
    rules: [
      {
        id: 'cap',
        tool: 'pay*',
        when: '!("cfo" in principal.roles) && args.amount > 1000.0',
        effect: 'deny',
        reason: 'a\n\u00e9',
      },
      { id: 'rest', effect: 'allow', enabled: false, priority: -1, examples: { match: [], miss: [] } },
    ],
  },
  null,
  1,
);

const TOOLS = JSON.stringify({
  tools: [
    {
      name: 'pay',
      inputSchema: {
        type: 'object',
        properties: {
          amount: { type: 'number' },
          items: {
            type: 'array',
            items: { type: 'object', properties: { qty: { type: 'integer' }, sku: { $ref: '#/$defs/sku' } } },
          },
        },
        $defs: { sku: { type: 'string', enum: ['AB1'] } },
      },
    },
  ],
});

const CEDAR = [
  '@id("read") permit (principal in Group::"staff", action in [Action::"read", Action::"list"], resource is Doc)',
  'when { resource.owner == principal && context.ip.isInRange(ip("10.0.0.0/8")) || resource has tags && resource.tags.contains("x") }',
  'unless { context.n * 2 + 1 > 9223372036854775807 };',
  'forbid (principal, action, resource == ?resource) when { if principal.name like "a*\\*" then true else [1, 2].isEmpty() };',
].join('\n');

const SCHEMA = [
  'namespace App { type Name = String; entity Group; entity User in [Group] { name: Name, age?: Long } tags Set<String>;',
  'entity Doc { owner: User, tags: Set<String> }; action read, "list all" appliesTo { principal: User, resource: [Doc], context: { n: Long } }; }',
].join('\n');

const AGT_V4 = [
  'version: "1.0"',
  'name: v4',
  'rules:',
  '  - name: no-drop',
  '    condition: { field: query, operator: matches, value: "(?i)\\\\bdrop\\\\s+table" }',
  '    action: deny',
  '    priority: 10',
  '    message: no',
  '  - { name: small, condition: { field: amount, operator: lte, value: 10 }, action: allow }',
  'defaults: { action: deny }',
].join('\n');

const AGT_V1 = [
  'apiVersion: governance.toolkit/v1',
  'name: v1',
  'agents: ["*"]',
  'default_action: deny',
  'rules:',
  '  - { name: a, condition: "action.type == \'read\' and user.level > 2", action: allow, limit: 100/hour, stage: pre_tool }',
  "  - { name: b, condition: \"tool in ['x', 'y'] or admin\", action: require_approval, approvers: [cfo] }",
].join('\n');

const policy: Source = { path: 'example.policy.yaml', text: RULES };
const tools: Source = { path: 'tools.json', text: TOOLS };

export const KINDS: readonly Kind[] = [
  { name: 'a Lictor policy', sources: [policy, tools], broken: 0 },
  { name: 'a Lictor policy in JSON', sources: [{ ...policy, text: RULES_JSON }, tools], broken: 0 },
  { name: 'a tool catalogue', sources: [policy, tools], broken: 1 },
  { name: 'Cedar policies', sources: [{ path: 'example.cedar', text: CEDAR }], broken: 0 },
  {
    name: 'a Cedar schema',
    sources: [
      { path: 'example.cedar', text: 'permit (principal, action, resource);' },
      { path: 'example.cedarschema', text: SCHEMA },
    ],
    broken: 1,
  },
  {
    name: 'Cedar policies in JSON',
    sources: [
      {
        path: 'example.cedar.json',
        text: '{"staticPolicies": {"a": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "==", "entity": {"type": "Action", "id": "read"}}, "resource": {"op": "is", "entity_type": "Doc"}, "conditions": [{"kind": "when", "body": {"==": {"left": {"Var": "principal"}, "right": {".": {"left": {"Var": "resource"}, "attr": "owner"}}}}}]}}}',
      },
    ],
    broken: 0,
  },
  {
    name: 'a Cedar schema in JSON',
    sources: [
      { path: 'example.cedar', text: 'permit (principal, action, resource);' },
      {
        path: 'example.cedarschema.json',
        text: '{"App": {"commonTypes": {"Name": {"type": "String"}}, "entityTypes": {"Group": {}, "User": {"memberOfTypes": ["Group"], "shape": {"type": "Record", "attributes": {"name": {"type": "Name"}, "age": {"type": "Long", "required": false}}}}}, "actions": {"read": {"appliesTo": {"principalTypes": ["User"], "resourceTypes": ["User"], "context": {"type": "Record", "attributes": {}}}}}}}',
      },
    ],
    broken: 1,
  },
  {
    name: 'Cedar links',
    sources: [
      { path: 'example.cedar', text: '@id("t") permit (principal == ?principal, action, resource);' },
      {
        path: 'example.cedarlinks.json',
        text: '[{"templateId": "t", "newId": "a", "values": {"?principal": {"type": "User", "id": "x"}}}, {"template_id": "t", "link_id": "b", "args": {"?principal": "User::\\"y\\""}}]',
      },
    ],
    broken: 1,
  },
  { name: 'an AGT PolicyDocument', sources: [{ path: 'example.yaml', text: AGT_V4 }], broken: 0 },
  { name: 'an AGT rule document', sources: [{ path: 'example.yaml', text: AGT_V1 }], broken: 0 },
];

/** Pieces that parsers trip over. */
const PIECES = [
  ...[
    '"',
    "'",
    '`',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ':',
    ',',
    ';',
    '#',
    '&',
    '*',
    '!',
    '%',
    '|',
    '>',
    '?',
    '@',
    '-',
    '.',
  ],
  ...['\n', '\t', '\r\n', ' ', '\u0000', '\u2028', '\ufeff', 'é', '😀', '\ud800', '\\u{110000}', '\\xff'],
  ...[
    'null',
    'true',
    '1e999',
    '-0',
    '0x',
    '9223372036854775808',
    '::',
    '//',
    '/*',
    '---',
    '...',
    '<<',
    '=>',
    '{{',
    '((((',
    '[[[[',
  ],
];

/** `text` with a few random edits: pieces put in, runs taken out, doubled or moved, the end cut off. */
export function broken(text: string, random: Random): string {
  let at = text;
  for (let edits = 1 + random.below(4); edits > 0; edits -= 1) {
    const from = random.below(at.length + 1);
    const to = Math.min(at.length, from + random.below(20));
    const piece = PIECES[random.below(PIECES.length)] ?? '';
    const other = random.below(at.length + 1);
    const kinds = [
      at.slice(0, from) + piece + at.slice(from),
      at.slice(0, from) + piece + at.slice(to),
      at.slice(0, from) + at.slice(to),
      at.slice(0, to) + at.slice(from),
      at.slice(0, from) + at.slice(other, other + 30) + at.slice(from),
      at.slice(0, from),
      at.slice(0, from) + piece.repeat(1 + random.below(200)) + at.slice(from),
    ];
    at = kinds[random.below(kinds.length)] ?? at;
  }
  return at;
}

/** Lines and beginnings that nest, repeat or go on. */
const SHAPES = [
  ...[
    '- - - - ',
    '- ',
    '- a\n',
    '-\n',
    '{a: ',
    '{a: {a: {a: ',
    '[[], ',
    '[a, ',
    '{a: 1}\n',
    '? a\n',
    '? ',
    'a:\n',
    'a: 1\n',
    'a: b: ',
    '"a": ',
  ],
  ...[
    '# comment\n',
    ' # comment\n',
    'a: # comment\n',
    '- a: 1\n  b: 2\n',
    '- {a: 1, b: [c, d]}\n',
    '- |\n  a\n',
    '- >+\n\n',
    '- "a\n  b"\n',
    "- 'a'\n",
  ],
  ...[
    '- &a b\n',
    '- !t b\n',
    '- *b\n',
    'a: @\n',
    '%YAML 1.2\n',
    '---\n',
    '...\n',
    '\t\n',
    ' \n',
    '"\n',
    "'a\n",
    '"a" ',
    '{"a":',
    '{"a":1},',
    '"\\u00e9"',
  ],
  ...['- id: a\n  effect: deny\n', '  - {id: a, effect: deny, when: "1"}\n', 'a || ', '!(', 'x.y.', 'has(a) && '],
];
const ENCLOSED: readonly (readonly [string, string])[] = [
  ['a: "', '"'],
  ["a: '", "'"],
  ['a: |\n  ', '\n'],
  ['a: >\n  ', '\n'],
  ['a: ', ''],
  ['a: [', ']'],
  ['lictor: 1\nname: a\nrules:\n  - id: a\n    effect: deny\n    when: "', '"\n'],
  ['lictor: 1\nname: a\nrules:\n  - id: a\n    effect: deny\n    when: |\n      ', '\n'],
];

/** A megabyte of pieces, each with its number. */
function numbered(piece: (index: number) => string): string {
  const pieces: string[] = [];
  for (let i = 0, length = 0; length < MEGABYTE; i += 1) {
    const next = piece(i);
    pieces.push(next);
    length += next.length;
  }
  return pieces.join('');
}

/** A megabyte of something, by what it is of; `text` is a good one. */
export function megabytes(text: string): ReadonlyMap<string, string> {
  const filled = (piece: string): string => piece.repeat(Math.ceil(MEGABYTE / piece.length)).slice(0, MEGABYTE);
  const texts = new Map(
    PIECES.filter((piece) => piece !== '\ud800').map((piece) => [JSON.stringify(piece), filled(piece)]),
  );
  for (const shape of SHAPES) texts.set(`${JSON.stringify(shape)} over and over`, filled(shape));
  texts.set(
    'keys, all different',
    numbered((i) => `key${i}: 1\n`),
  );
  texts.set('keys in braces, all different', `{${numbered((i) => `"key${i}": 1, `)}`);
  texts.set('rules, all different', `${text}\n${numbered((i) => `  - { id: r${i}, tool: t${i}, effect: deny }\n`)}`);
  texts.set(
    'deeper and deeper lines',
    numbered((i) => `${' '.repeat(i)}a:\n`),
  );
  for (const [open, close] of ENCLOSED) {
    for (const piece of ['a', '\n', '\n  ', 'word ', '\\n', '#', ' # ', '\\u00e9'])
      texts.set(
        `${JSON.stringify(piece)} between ${JSON.stringify(open)} and ${JSON.stringify(close)}`,
        `${open}${filled(piece)}${close}`,
      );
  }
  texts.set('brackets that close', `${'['.repeat(MEGABYTE / 2)}${']'.repeat(MEGABYTE / 2)}`);
  texts.set('braces that close', `${'{"a":'.repeat(MEGABYTE / 6)}1${'}'.repeat(MEGABYTE / 6)}`);
  texts.set('the text over and over', filled(`${text}\n`));
  texts.set('the text, then letters', `${text}\n${filled('a')}`);
  texts.set('the text, then words', `${text}\n${filled('word ')}`);
  texts.set('the text, then brackets', `${text.slice(0, -1)}${filled('([{')}`);
  return texts;
}

export const MEGABYTE: number = 1 << 20;
