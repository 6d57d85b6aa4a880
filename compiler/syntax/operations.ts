// In: the list under `transform:`. Out: its operations as written (LANGUAGE.md 13.1), each with its place. Never looks at what a target
// names, nor whether a pattern is one: that is for `check`.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { OperationAst, OperationWord } from './ast.ts';
import { type Form, readJson, readMapping, readText, shortened, wrongKind } from './reading.ts';
import type { YamlNode } from './yaml.ts';

const WORDS: readonly OperationWord[] = ['set', 'remove', 'clamp', 'redact'];

const KEYS: Readonly<Record<OperationWord, readonly string[]>> = {
  set: ['to'],
  remove: [],
  clamp: ['min', 'max'],
  redact: ['pattern', 'with'],
};

const OPERATION: Form = {
  what: 'an operation',
  keys: [...WORDS, ...Object.values(KEYS).flat()],
  notes: new Map([
    ['replace', 'write `redact: args.x` with a `pattern`, or `set: args.x` with `to`'],
    ['value', 'did you mean `to`?'],
    ['path', 'the path stands behind the word: `set: args.x`'],
    ['delete', 'did you mean `remove`?'],
    ['default', 'write `set: args.x` in a rule with `when: "!has(args.x)"`'],
  ]),
};

const HELP =
  'write `{ set: args.x, to: … }`, `{ remove: args.x }`, `{ clamp: args.x, max: … }` or `{ redact: args.x, pattern: … }`';

/** One operation, or a list of them; what is none is reported and null. */
export function readOperations(node: YamlNode, sink: DiagnosticSink): readonly (OperationAst | null)[] {
  if (node.kind === 'map') return [readOperation(node, sink)];
  if (node.kind === 'list') return node.items.map((item) => readOperation(item, sink));
  wrongKind(node, 'a list of operations', sink, HELP);
  return [null];
}

function readOperation(node: YamlNode, sink: DiagnosticSink): OperationAst | null {
  const keys = readMapping(node, OPERATION, sink);
  if (keys === undefined) return null;
  const [word, second] = WORDS.filter((candidate) => keys.has(candidate));
  const entry = word === undefined ? undefined : keys.get(word);
  if (word === undefined || entry === undefined) {
    sink.error('P0103', shortened(node.span), 'this operation does not say what it does', HELP);
    return null;
  }
  if (second !== undefined) {
    const place = keys.get(second)?.keySpan ?? node.span;
    sink.error('P0106', place, `\`${word}\` and \`${second}\` are two operations`, 'write one mapping for each');
    return null;
  }
  for (const [key, { keySpan }] of keys) {
    if (key === word || KEYS[word].includes(key)) continue;
    sink.error('P0106', keySpan, `\`${key}\` does not go with \`${word}\``, HELP);
  }
  const target = readText(entry.value, sink);
  if (target === undefined) return null;
  const text = (key: string): OperationAst['with'] => {
    const value = keys.get(key)?.value;
    return value === undefined ? undefined : readText(value, sink);
  };
  const json = (key: string): OperationAst['to'] => {
    const value = keys.get(key)?.value;
    return value === undefined ? undefined : readJson(value, sink);
  };
  const [missing] = (word === 'set' ? ['to'] : word === 'redact' ? ['pattern'] : []).filter((key) => !keys.has(key));
  if (missing !== undefined) {
    sink.error('P0103', entry.keySpan, `\`${word}\` needs \`${missing}\``, HELP);
    return null;
  }
  return {
    span: node.span,
    word,
    target,
    to: json('to'),
    min: json('min'),
    max: json('max'),
    pattern: text('pattern'),
    with: text('with'),
  };
}
