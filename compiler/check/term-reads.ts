// In: a term. Out: the attributes it reads, in order of appearance, each as often as it stands there. Never evaluates anything.

import { unreachable } from '../diagnostic.ts';
import type { Term } from './terms.ts';

export type AttributeTerm = Term & { readonly kind: 'attribute' };

export function attributesOf(term: Term): AttributeTerm[] {
  const found: AttributeTerm[] = [];
  const walk = (at: Term): void => {
    if (at.kind === 'attribute') found.push(at);
    else for (const part of partsOf(at)) walk(part);
  };
  walk(term);
  return found;
}

/** The terms directly within a term, in the order they are written. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'constant':
    case 'attribute':
    case 'has':
    case 'variable':
      return [];
    case 'list':
      return term.items.map((item) => item.term);
    case 'map':
      return term.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'call':
      return term.args;
    case 'typed':
      return [term.operand];
    case 'and':
    case 'or':
      return term.operands;
    case 'choose':
      return [term.test, term.then, term.else];
    case 'bind':
      return [term.value, term.body];
    case 'fold':
      return term.filter === null ? [term.over, term.body] : [term.over, term.filter, term.body];
    default:
      return unreachable(term);
  }
}
