// In: a node of the YAML tree and what is expected there. Out: the value with its place, or undefined after a report.
// The readers that every part of a policy shares; knows kinds of values, not what they mean.

import { type DiagnosticSink, didYouMean } from '../diagnostic.ts';
import type { Located, Span } from '../source.ts';
import type { JsonValue } from './ast.ts';
import { clip } from './clip.ts';
import { kindName, type YamlEntry, type YamlNode } from './yaml.ts';

export interface Form {
  /** `a policy`, `a rule`: for messages. */
  readonly what: string;
  readonly keys: readonly string[];
  /** Keys that are not known here, with what to do about them. */
  readonly notes?: ReadonlyMap<string, string>;
}

/** The entries of a mapping by key; unknown keys and other kinds of value are reported. Undefined if it is not a mapping. */
export function readMapping(
  node: YamlNode,
  form: Form,
  sink: DiagnosticSink,
): ReadonlyMap<string, YamlEntry> | undefined {
  const entries = readEntries(node, `${form.what} as a mapping`, sink);
  if (entries === undefined) return undefined;
  const known = new Map<string, YamlEntry>();
  for (const entry of entries) {
    if (form.keys.includes(entry.key)) {
      known.set(entry.key, entry);
      continue;
    }
    if (sink.isFull) continue; // a near key is not looked for in vain
    const near = didYouMean(entry.key, form.keys);
    const help =
      form.notes?.get(entry.key) ??
      (near === undefined
        ? `the keys are ${form.keys.map((key) => `\`${key}\``).join(', ')}`
        : `did you mean \`${near}\`?`);
    sink.error('P0102', entry.keySpan, `${form.what} has no key \`${clip(entry.key)}\``, help);
  }
  return known;
}

/** The entries of a mapping whose keys the author chooses. */
export function readEntries(node: YamlNode, expected: string, sink: DiagnosticSink): readonly YamlEntry[] | undefined {
  if (node.kind === 'map') return node.entries;
  return wrongKind(node, expected, sink);
}

export function wrongKind(node: YamlNode, expected: string, sink: DiagnosticSink, help?: string): undefined {
  if (node.kind !== 'error')
    sink.error('P0104', shortened(node.span), `expected ${expected}, found ${kindName(node)}`, help);
  return undefined;
}

/** Not a whole block of the document: its first line, so that the mark is readable. */
export function shortened(span: Span): Span {
  const lineEnd = span.source.text.indexOf('\n', span.start);
  return lineEnd < 0 || lineEnd >= span.end ? span : { ...span, end: Math.max(lineEnd, span.start) };
}

export function readText(node: YamlNode, sink: DiagnosticSink): Located<string> | undefined {
  if (node.kind !== 'text') {
    const written = node.span.source.text.slice(node.span.start, node.span.end);
    const scalar = node.kind === 'int' || node.kind === 'float' || node.kind === 'bool';
    return wrongKind(node, 'a string', sink, scalar ? `put quotes around it: "${clip(written)}"` : undefined);
  }
  if (/\p{Surrogate}/u.test(node.value)) {
    sink.error('P0105', node.span, 'this text contains half of a surrogate pair');
    return undefined;
  }
  return { value: node.value, span: node.span };
}

/** A string, or a list of strings. */
export function readTexts(node: YamlNode, sink: DiagnosticSink): readonly Located<string>[] | undefined {
  if (node.kind === 'list') return readTextList(node, sink);
  if (node.kind !== 'text') return wrongKind(node, 'a string or a list of strings', sink);
  const text = readText(node, sink);
  return text === undefined ? undefined : [text];
}

/** A list of texts; what is not text is reported and left out. Undefined if nothing is left of a list that had something. */
export function readTextList(node: YamlNode, sink: DiagnosticSink): readonly Located<string>[] | undefined {
  if (node.kind !== 'list') {
    const written = node.span.source.text.slice(node.span.start, node.span.end);
    return wrongKind(node, 'a list', sink, node.kind === 'text' ? `write [${clip(written)}]` : undefined);
  }
  const texts = node.items.map((item) => readText(item, sink)).filter((text) => text !== undefined);
  return texts.length === 0 && node.items.length > 0 ? undefined : texts;
}

export function readInteger(
  node: YamlNode,
  least: number,
  most: number,
  sink: DiagnosticSink,
): Located<number> | undefined {
  const expected = `an integer from ${least} to ${most}`;
  if (node.kind !== 'int') return wrongKind(node, expected, sink);
  if (node.value >= least && node.value <= most) return { value: Number(node.value), span: node.span };
  sink.error('P0105', node.span, `expected ${expected}, found \`${node.value}\``);
  return undefined;
}

export function readBool(node: YamlNode, sink: DiagnosticSink): Located<boolean> | undefined {
  if (node.kind === 'bool') return { value: node.value, span: node.span };
  return wrongKind(
    node,
    '`true` or `false`',
    sink,
    node.kind === 'text' ? 'YAML 1.2 knows no `yes`, `no`, `on` or `off`' : undefined,
  );
}

/** A value as a request could carry it. */
export function readJson(node: YamlNode, sink: DiagnosticSink): Located<JsonValue> | undefined {
  const value = jsonValue(node, sink);
  return value === undefined ? undefined : { value, span: node.span };
}

function jsonValue(node: YamlNode, sink: DiagnosticSink): JsonValue | undefined {
  switch (node.kind) {
    case 'null':
      return null;
    case 'bool':
    case 'text':
      return node.value;
    case 'int': {
      const value = Number(node.value);
      if (Number.isSafeInteger(value)) return value;
      sink.error(
        'P0105',
        node.span,
        'requests are JSON, whose integers end at 2^53 - 1',
        'write a double if its last digits do not matter: `1.0e+18`',
      );
      return undefined;
    }
    case 'float':
      if (Number.isFinite(node.value)) return node.value;
      sink.error('P0105', node.span, 'requests are JSON, which has no infinities and no NaN');
      return undefined;
    case 'list': {
      const items = node.items.map((item) => jsonValue(item, sink));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'map': {
      const entries = node.entries.map((entry) => [entry.key, jsonValue(entry.value, sink)] as const);
      // `fromEntries` defines, so `__proto__` becomes an ordinary own property.
      return entries.every(isComplete) ? Object.fromEntries(entries) : undefined;
    }
    case 'error':
      return undefined;
  }
}

function isComplete(entry: readonly [string, JsonValue | undefined]): entry is readonly [string, JsonValue] {
  return entry[1] !== undefined;
}
