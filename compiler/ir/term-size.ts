// In: a term. Out: what the term machine needs for it: values on its stack at most, and variables. The same count as
// verify-terms.ts makes, which refuses what is over the limits.

import { MAX_TERM_STACK, MAX_TERM_VARIABLES } from '../../wasm-core/contract/limits.ts';
import { partsOf } from '../check/term-reads.ts';
import type { Term } from '../check/terms.ts';
import { unreachable } from '../diagnostic.ts';

/** What is too large about a term, as a part of a sentence; null: nothing. */
export function excessOf(term: Term): string | null {
  if (variablesOf(term) > MAX_TERM_VARIABLES) return `needs over ${MAX_TERM_VARIABLES} variables`;
  if (stackOf(term) > MAX_TERM_STACK) return `needs over ${MAX_TERM_STACK} values at once`;
  return null;
}

function variablesOf(term: Term): number {
  const own = term.kind === 'bind' ? term.variable + 1 : term.kind === 'fold' ? term.first + term.variables : 0;
  return Math.max(own, ...partsOf(term).map(variablesOf));
}

function stackOf(term: Term): number {
  switch (term.kind) {
    case 'constant':
    case 'attribute':
    case 'has':
    case 'variable':
      return 1;
    case 'list':
    case 'map':
    case 'call':
      return deepest(partsOf(term));
    case 'typed':
      return stackOf(term.operand);
    case 'and':
    case 'or':
      return Math.max(1, ...term.operands.map((operand, i) => stackOf(operand) + (i === 0 ? 0 : 1)));
    case 'choose':
      return Math.max(stackOf(term.test), stackOf(term.then), stackOf(term.else));
    case 'bind':
      return Math.max(stackOf(term.value), stackOf(term.body));
    case 'fold': {
      const bodies = term.filter === null ? [term.body] : [term.filter, term.body];
      return Math.max(stackOf(term.over), ...bodies.map((body) => 1 + stackOf(body)));
    }
    default:
      return unreachable(term);
  }
}

/** Operands one after the other, each left on the stack. */
function deepest(operands: readonly Term[]): number {
  return Math.max(1, ...operands.map((operand, i) => i + stackOf(operand)));
}
