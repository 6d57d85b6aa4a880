// In: the text of a policy. Out: its AST, unresolved and untyped (LANGUAGE.md 2). Reports unknown keys, missing keys and
// values of the wrong kind; whether a word such as `deny-overrides` is one of those allowed is for `check`. Never throws.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located, Source, Span } from '../source.ts';
import type {
  AttributeAst,
  ExamplesAst,
  Expr,
  JsonValue,
  LetAst,
  MemberAst,
  PolicyAst,
  RuleAst,
  ScopeAst,
} from './ast.ts';
import { parseCel } from './cel.ts';
import { clip } from './clip.ts';
import { warnOfHidden } from './hidden.ts';
import { readOperations } from './operations.ts';
import {
  type Form,
  readBool,
  readEntries,
  readInteger,
  readJson,
  readMapping,
  readText,
  readTextList,
  readTexts,
  shortened,
  wrongKind,
} from './reading.ts';
import { readYaml, type YamlEntry, type YamlNode } from './yaml.ts';

const FORMAT_VERSION = 1;

export const POLICY: Form = {
  what: 'a policy',
  keys: [
    'lictor',
    'name',
    'version',
    'scope',
    'import',
    'extends',
    'combine',
    'default',
    'onUnknown',
    'tools',
    'unlisted',
    'attributes',
    'lets',
    'rules',
    'policies',
  ],
  notes: new Map([
    ['budgets', 'budgets are not in this version of the language'],
    ['sequences', 'sequences are not in this version of the language'],
    ['description', 'say it in a comment: `# …`'],
  ]),
};

export const RULE: Form = {
  what: 'a rule',
  keys: [
    'id',
    'at',
    'tool',
    'when',
    'effect',
    'approvers',
    'transform',
    'reason',
    'advice',
    'onUnknown',
    'priority',
    'final',
    'enabled',
    'examples',
  ],
  notes: new Map([
    ['name', 'a rule is named by `id`'],
    ['tools', 'did you mean `tool`? It takes a name, a glob or a list of them'],
    ['condition', 'did you mean `when`?'],
    ['if', 'did you mean `when`?'],
    ['message', 'did you mean `reason` (for people) or `advice` (for the model)?'],
    ['description', 'did you mean `reason` (for people) or `advice` (for the model)?'],
    ['transforms', 'did you mean `transform`? It takes a list of operations'],
    ['obligations', 'obligations are not in this version of the language'],
    ['labels', 'labels are not in this version of the language'],
  ]),
};

const ATTRIBUTE: Form = { what: 'the type of an attribute', keys: ['type', 'enum', 'absent'] };
const MEMBER: Form = { what: 'an entry of `policies`', keys: ['policy', 'priority'] };
const EXAMPLES: Form = { what: '`examples`', keys: ['match', 'miss'] };
const EXAMPLE: Form = {
  what: 'an example',
  keys: ['args', 'principal', 'context', 'tool', 'at', 'result', 'message', 'output'],
};

/** Reads one policy. Null, with at least one error reported, where the text is not a YAML mapping. */
export function parsePolicy(source: Source, sink: DiagnosticSink): PolicyAst | null {
  const half = /\p{Surrogate}/u.exec(source.text);
  if (half !== null) {
    sink.error(
      'P0006',
      { source, start: half.index, end: half.index + 1 },
      'the file contains half of a surrogate pair here',
      'save it as UTF-8',
    );
    return null;
  }
  warnOfHidden(source, sink);
  const root = readYaml(source, sink);
  if (root === null) return null;
  if (root.kind === 'null') {
    sink.error('P0101', { source, start: 0, end: 0 }, 'the policy is empty', 'begin with `lictor: 1` and `name: …`');
    return null;
  }
  if (root.kind !== 'map') {
    if (root.kind !== 'error')
      sink.error(
        'P0101',
        shortened(root.span),
        'a policy is a mapping of keys and values',
        'begin with `lictor: 1` and `name: …`',
      );
    return null;
  }
  const keys = readMapping(root, POLICY, sink) ?? new Map<string, YamlEntry>();
  const documentStart = firstKeySpan(root);
  for (const key of ['lictor', 'name']) {
    if (!hasKey(root, key))
      sink.error(
        'P0103',
        documentStart,
        `the policy has no \`${key}\``,
        key === 'lictor' ? 'write `lictor: 1` at the top' : 'write `name: my-policy`',
      );
  }
  const read = <T>(key: string, reader: (node: YamlNode) => T | undefined): T | undefined => {
    const entry = keys.get(key);
    return entry === undefined ? undefined : reader(entry.value);
  };
  const text = (key: string): Located<string> | undefined => read(key, (node) => readText(node, sink));
  return {
    span: root.span,
    formatVersion: read('lictor', (node) => formatVersion(node, sink)),
    name: text('name'),
    version: text('version'),
    combine: text('combine'),
    default: text('default'),
    onUnknown: text('onUnknown'),
    tools: read('tools', (node) => readTextList(node, sink)),
    unlisted: text('unlisted'),
    attributes: read('attributes', (node) => attributes(node, sink)) ?? [],
    lets: read('lets', (node) => lets(node, sink)) ?? [],
    rules: read('rules', (node) => rules(node, sink)) ?? [],
    imports: read('import', (node) => readTexts(node, sink)) ?? [],
    extends: text('extends'),
    policies: read('policies', (node) => members(node, sink)) ?? [],
    scope: read('scope', (node) => scope(node, sink)),
  };
}

function hasKey(node: YamlNode, key: string): boolean {
  return node.kind === 'map' && node.entries.some((entry) => entry.key === key);
}

function firstKeySpan(node: YamlNode): Span {
  const first = node.kind === 'map' ? node.entries[0] : undefined;
  return first?.keySpan ?? shortened(node.span);
}

function formatVersion(node: YamlNode, sink: DiagnosticSink): Located<number> | undefined {
  if (node.kind === 'int' && node.value === BigInt(FORMAT_VERSION)) return { value: FORMAT_VERSION, span: node.span };
  const written = clip(node.span.source.text.slice(node.span.start, node.span.end));
  if (node.kind !== 'error')
    sink.error(
      'P0105',
      shortened(node.span),
      `\`lictor\` is the version of the language, \`${FORMAT_VERSION}\`, but this is \`${written}\``,
      `write \`lictor: ${FORMAT_VERSION}\``,
    );
  return undefined;
}

function attributes(node: YamlNode, sink: DiagnosticSink): readonly AttributeAst[] | undefined {
  return readEntries(node, 'a mapping from attribute path to type', sink)?.map((entry) => attribute(entry, sink));
}

function attribute({ key, keySpan, value }: YamlEntry, sink: DiagnosticSink): AttributeAst {
  const path: Located<string> = { value: key, span: keySpan };
  const none: AttributeAst = { path, type: undefined, enumValues: undefined, absent: undefined, absentSchema: false };
  if (value.kind !== 'map') {
    if (value.kind === 'text') return { ...none, type: readText(value, sink) };
    wrongKind(value, 'a type', sink, 'for example `string`, `int`, `list<string>` or `{ enum: [a, b] }`');
    return none;
  }
  const keys = readMapping(value, ATTRIBUTE, sink);
  const typeNode = keys?.get('type');
  const enumNode = keys?.get('enum');
  const absentNode = keys?.get('absent')?.value;
  if (value.entries.length === 0)
    sink.error('P0103', value.span, `the type of \`${clip(key)}\` is missing`, 'write `type`, `enum` or `absent`');
  if (typeNode !== undefined && enumNode !== undefined) {
    sink.error(
      'P0106',
      typeNode.keySpan,
      '`type` and `enum` exclude each other',
      'an enum is made of strings: leave `type` out',
    );
  }
  const absentSchema = absentNode?.kind === 'text' && absentNode.value === 'schema';
  return {
    path,
    type: typeNode === undefined || enumNode !== undefined ? undefined : readText(typeNode.value, sink),
    enumValues: enumNode === undefined ? undefined : readTextList(enumNode.value, sink),
    absent: absentNode === undefined || absentSchema ? undefined : readJson(absentNode, sink),
    absentSchema,
  };
}

function lets(node: YamlNode, sink: DiagnosticSink): readonly LetAst[] | undefined {
  return readEntries(node, 'a mapping from a name to a constant, a list or a condition', sink)?.map(
    ({ key, keySpan, value }) => ({
      name: { value: key, span: keySpan },
      value: value.kind === 'text' ? parseCel(value.value, value.place, sink) : constant(value, sink),
    }),
  );
}

/** A constant written in YAML; in a list, text is text and not CEL (2.5). */
function constant(node: YamlNode, sink: DiagnosticSink): Expr {
  const { span } = node;
  const error: Expr = { kind: 'error', span };
  switch (node.kind) {
    case 'int':
      if (BigInt.asIntN(64, node.value) === node.value) return { kind: 'int', value: node.value, span };
      sink.error(
        'P0105',
        span,
        `\`${node.value}\` does not fit into an int, which has 64 bits`,
        `write a double: \`${node.value}.0\``,
      );
      return error;
    case 'float':
      if (Number.isFinite(node.value)) return { kind: 'double', value: node.value, span };
      sink.error('P0105', span, 'a constant number is finite');
      return error;
    case 'bool':
      return { kind: 'bool', value: node.value, span };
    case 'list':
      return { kind: 'list', items: node.items.map((item) => listItem(item, sink)), span };
    case 'text':
    case 'map':
    case 'null':
      wrongKind(node, 'a constant, a list of constants or a condition', sink);
      return error;
    case 'error':
      return error;
  }
}

function listItem(node: YamlNode, sink: DiagnosticSink): Expr {
  if (node.kind === 'text') {
    const text = readText(node, sink);
    return text === undefined ? { kind: 'error', span: node.span } : { kind: 'string', ...text };
  }
  if (node.kind !== 'list') return constant(node, sink);
  wrongKind(node, 'a constant', sink, 'lists do not contain lists');
  return { kind: 'error', span: node.span };
}

/** `scope: tenant`, `scope: { tenant: acme }`, `scope: { tenant: [acme, globex] }`. */
function scope(node: YamlNode, sink: DiagnosticSink): ScopeAst | undefined {
  if (node.kind === 'text') return { level: { value: node.value, span: node.span }, values: undefined };
  const [entry, second] = node.kind === 'map' ? node.entries : [];
  if (entry === undefined || second !== undefined) {
    return wrongKind(node, 'one level, maybe with whom it is about', sink, 'write `scope: { tenant: acme }`');
  }
  const level = { value: entry.key, span: entry.keySpan };
  return { level, values: readTexts(entry.value, sink) };
}

/** A path, or `{ policy: path, priority: number }`. */
function members(node: YamlNode, sink: DiagnosticSink): readonly MemberAst[] | undefined {
  if (node.kind === 'null') return [];
  if (node.kind !== 'list') return wrongKind(node, 'a list of policies', sink, 'write `policies: [team.policy.yaml]`');
  return node.items.map((item) => member(item, sink)).filter((read) => read !== undefined);
}

function member(node: YamlNode, sink: DiagnosticSink): MemberAst | undefined {
  if (node.kind !== 'map') {
    const path = readText(node, sink);
    return path === undefined ? undefined : { path, priority: undefined };
  }
  const keys = readMapping(node, MEMBER, sink);
  const named = keys?.get('policy');
  const priority = keys?.get('priority');
  if (named === undefined) {
    sink.error('P0103', shortened(node.span), 'the entry names no `policy`', 'write `policy: team.policy.yaml`');
    return undefined;
  }
  const path = readText(named.value, sink);
  if (path === undefined) return undefined;
  return { path, priority: priority === undefined ? undefined : readPriority(priority.value, sink) };
}

/** The highest number of 32 bits is kept for final denies (LANGUAGE.md 8.1). */
function readPriority(node: YamlNode, sink: DiagnosticSink): Located<number> | undefined {
  return readInteger(node, -(2 ** 31), 2 ** 31 - 2, sink);
}

function rules(node: YamlNode, sink: DiagnosticSink): readonly RuleAst[] | undefined {
  if (node.kind === 'null') return [];
  if (node.kind !== 'list') return wrongKind(node, 'a list of rules', sink, 'each rule begins with `- id: …`');
  return node.items.map((item) => rule(item, sink)).filter((read) => read !== undefined);
}

function rule(node: YamlNode, sink: DiagnosticSink): RuleAst | undefined {
  const keys = readMapping(node, RULE, sink);
  if (keys === undefined) return undefined;
  const read = <T>(key: string, reader: (value: YamlNode) => T | undefined): T | undefined => {
    const entry = keys.get(key);
    return entry === undefined ? undefined : reader(entry.value);
  };
  const text = (key: string): Located<string> | undefined => read(key, (value) => readText(value, sink));
  const id = text('id');
  if (!keys.has('id')) sink.error('P0103', firstKeySpan(node), 'the rule has no `id`', 'write `id: my-rule`');
  if (!keys.has('effect')) {
    const named = id === undefined ? 'the rule' : `the rule \`${clip(id.value)}\``;
    sink.error(
      'P0103',
      id?.span ?? firstKeySpan(node),
      `${named} has no \`effect\``,
      'write `effect: deny`, `escalate`, `transform`, `warn` or `allow`',
    );
  }
  return {
    span: node.span,
    id,
    at: read('at', (value) => readTexts(value, sink)),
    tool: read('tool', (value) => readTexts(value, sink)),
    when: read('when', (value) => condition(value, sink)),
    effect: text('effect'),
    approvers: read('approvers', (value) => readTextList(value, sink)),
    transform: read('transform', (value) => readOperations(value, sink)),
    reason: text('reason'),
    advice: text('advice'),
    onUnknown: text('onUnknown'),
    priority: read('priority', (value) => readPriority(value, sink)),
    final: read('final', (value) => readBool(value, sink)),
    enabled: read('enabled', (value) => readBool(value, sink)),
    examples: read('examples', (value) => examples(value, sink)),
  };
}

/** Text is CEL; a bare `true` or `false`, which YAML reads as a bool, is the same in CEL. */
function condition(node: YamlNode, sink: DiagnosticSink): Expr {
  if (node.kind === 'text') return parseCel(node.value, node.place, sink);
  if (node.kind === 'bool') return { kind: 'bool', value: node.value, span: node.span };
  wrongKind(
    node,
    'a condition',
    sink,
    node.kind === 'list' || node.kind === 'map'
      ? 'put quotes around a condition that begins with a bracket'
      : undefined,
  );
  return { kind: 'error', span: node.span };
}

function examples(node: YamlNode, sink: DiagnosticSink): ExamplesAst | undefined {
  const keys = readMapping(node, EXAMPLES, sink);
  if (keys === undefined) return undefined;
  const list = (key: string): readonly Located<JsonValue>[] => {
    const value = keys.get(key)?.value;
    if (value === undefined) return [];
    if (value.kind === 'list')
      return value.items.map((item) => example(item, sink)).filter((read) => read !== undefined);
    wrongKind(value, 'a list of requests', sink, `write \`${key}: [{ args: { … } }]\``);
    return [];
  };
  return { match: list('match'), miss: list('miss') };
}

function example(node: YamlNode, sink: DiagnosticSink): Located<JsonValue> | undefined {
  const keys = readMapping(node, EXAMPLE, sink);
  if (keys === undefined) return undefined;
  const words = ['tool', 'at'].map((key) => keys.get(key)?.value).filter((value) => value !== undefined);
  const read = readJson(node, sink);
  return words.every((word) => readText(word, sink) !== undefined) ? read : undefined;
}
