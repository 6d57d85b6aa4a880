// The tree of a YAML document, as both readers make it (yaml-plain.ts, yaml-library.ts): nodes with their places, and what is
// common to making them. Knows nothing of policies but which keys a mapping may have (LANGUAGE.md 2.1).

import type { DiagnosticSink } from '../diagnostic.ts';
import { positionAt, type Source, type Span } from '../source.ts';
import { clip } from './clip.ts';
import type { ScalarMap } from './scalar-map.ts';

export type YamlNode =
  | { readonly kind: 'map'; readonly entries: readonly YamlEntry[]; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly YamlNode[]; readonly span: Span }
  | YamlText
  | { readonly kind: 'int'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'float'; readonly value: number; readonly span: Span }
  | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'null'; readonly span: Span }
  /** Something already reported. */
  | { readonly kind: 'error'; readonly span: Span };

export interface YamlText {
  readonly kind: 'text';
  readonly value: string;
  readonly span: Span;
  /** Where the code units `start` to `end` of the value were written. */
  readonly place: Place;
}

export type Place = (start: number, end: number) => Span;

export interface YamlEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlNode;
}

/** Nodes within nodes, the document not counted. */
export const MAX_DEPTH = 100;
export const TOO_DEEP: string = `YAML is nested more than ${MAX_DEPTH} deep here`;

/** The entries of one mapping, as they are read. A key that is no text, merges, or stands there already is reported and left out. */
export class Entries {
  readonly list: YamlEntry[] = [];
  #keys: Map<string, YamlEntry> | undefined;

  add(name: YamlNode, value: YamlNode, sink: DiagnosticSink): void {
    if (name.kind === 'error' || (sink.isFull && name.kind !== 'text')) return;
    if (name.kind !== 'text') {
      sink.error('P0008', name.span, `a key must be text, but this is ${kindName(name)}`, 'put quotes around it');
      return;
    }
    const key = name.value;
    const { source } = name.span;
    if (key === '<<' && source.text.startsWith('<<', name.span.start)) {
      sink.error('P0003', name.span, 'policies do not have YAML merge keys', 'write the keys out');
      return;
    }
    const first = this.#find(key);
    if (first === undefined) {
      const entry = { key, keySpan: name.span, value };
      this.list.push(entry);
      this.#keys?.set(key, entry);
    } else if (!sink.isFull) {
      sink.error(
        'P0002',
        name.span,
        `the key \`${clip(key)}\` stands twice in one mapping`,
        `it already stands in line ${positionAt(source, first.keySpan.start).line}`,
      );
    }
  }

  /** Most mappings are small: a map of keys is made for others only. */
  #find(key: string): YamlEntry | undefined {
    if (this.list.length < 16) {
      for (const entry of this.list) if (entry.key === key) return entry;
      return undefined;
    }
    this.#keys ??= new Map(this.list.map((entry) => [entry.key, entry]));
    return this.#keys.get(key);
  }
}

/** A block collection ends with its last value: comments after that are not part of it. */
export function blockSpan(source: Source, start: number, last: YamlNode | undefined): Span {
  return { source, start, end: trimEnd(source.text, start, last?.span.end ?? start) };
}

export function trimEnd(text: string, start: number, end: number): number {
  let to = end;
  while (to > start && /\s/.test(text.charAt(to - 1))) to -= 1;
  return to;
}

/** Places in a scalar. A place that cannot be told is the whole scalar. */
export function placer(whole: Span, value: string, mapOf: () => ScalarMap | undefined): Place {
  const { source } = whole;
  if (source.text.startsWith(value, whole.start) && whole.end - whole.start === value.length) {
    return (start, end) => ({ source, start: whole.start + start, end: whole.start + end });
  }
  let map: ScalarMap | undefined;
  let known = false;
  return (start, end) => {
    if (!known) {
      known = true;
      map = mapOf();
    }
    if (map === undefined || value === '') return whole;
    const after = map.ends.at(-1) ?? whole.end;
    const from = map.starts[start] ?? after;
    return { source, start: from, end: end > start ? (map.ends[end - 1] ?? after) : from };
  };
}

/** What a node is, in words: `a number`, `a list`. */
export function kindName(node: YamlNode): string {
  switch (node.kind) {
    case 'map':
      return 'a mapping';
    case 'list':
      return 'a list';
    case 'text':
      return 'a string';
    case 'int':
    case 'float':
      return 'a number';
    case 'bool':
      return `\`${node.value}\``;
    case 'null':
      return 'nothing';
    case 'error':
      return 'an error';
  }
}
