// A document as data: what a policy says, apart from how it is written. In: the text of a policy as the generator writes it, read by the
// library `yaml`. Out: its tree. Never interprets a key.

import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

export type Tree =
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Tree])[] }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  /** `isWhole`: its lines must stay lines. */
  | { readonly kind: 'text'; readonly value: string; readonly isWhole: boolean }
  /** A number, `true`, `false` or `null`, as it was written. */
  | { readonly kind: 'word'; readonly source: string };

export function textTree(value: string, isWhole = false): Tree {
  return { kind: 'text', value, isWhole };
}

export function treeOf(text: string): Tree {
  const document = parseDocument(text, { schema: 'core', version: '1.2', intAsBigInt: true, merge: false });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`the generator wrote what is no YAML: ${error.message}\n${text}`);
  return treeOfNode(document.contents);
}

function treeOfNode(node: unknown): Tree {
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }): [string, Tree] => {
      if (!isScalar(key) || typeof key.value !== 'string') throw new Error('a key that is no text');
      return [key.value, treeOfNode(value)];
    });
    return { kind: 'map', entries };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map(treeOfNode) };
  if (!isScalar(node)) throw new Error('a node of no kind');
  return typeof node.value === 'string' ? textTree(node.value) : { kind: 'word', source: node.source ?? 'null' };
}
