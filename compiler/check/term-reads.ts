// In: a term. Out: the attributes it reads, in order of appearance, each as often as it stands there. Never evaluates anything.

import { unreachable } from '../diagnostic.ts';
import type { Term } from './terms.ts';

export type AttributeTerm = Term & { readonly kind: 'attribute' };

export function attributesOf(term: Term): AttributeTerm[] {
  const found: AttributeTerm[] = [];
  walk(term, (part) => {
    if (part.kind === 'attribute') found.push(part);
  });
  return found;
}

export type PresenceTerm = Term & { readonly kind: 'has' };

/** The attributes whose presence a term asks (LANGUAGE.md 4.2). */
export function presencesOf(term: Term): PresenceTerm[] {
  const found: PresenceTerm[] = [];
  walk(term, (part) => {
    if (part.kind === 'has') found.push(part);
  });
  return found;
}

function walk(term: Term, visit: (part: Term) => void): void {
  visit(term);
  for (const part of partsOf(term)) walk(part, visit);
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
