// In: a term. Out: the same term with its constants taken out into attributes of `context`, and what the request then carries: nothing
// is left that a compiler could evaluate, so that an engine has to. What must be a constant stays one: patterns, zones, globs, types,
// names of fields.

import { partsOf } from '../../compiler/check/term-reads.ts';
import type { Term, TermConstant } from '../../compiler/check/terms.ts';

export interface Lifted {
  readonly term: Term;
  /** To be added to the `context` of the case. */
  readonly context: Readonly<Record<string, unknown>>;
}

export function lift(term: Term): Lifted {
  const context: Record<string, unknown> = {};
  const walk = (at: Term): Term => {
    if (at.kind === 'constant') {
      const raw = carried(at.constant);
      if (raw === null) return at;
      const name = `#${Object.keys(context).length}`;
      context[name] = raw.value;
      const attribute: Term = { kind: 'attribute', path: { root: 'context', segments: [name] }, span: at.span };
      if (at.constant.kind !== 'uint') return attribute;
      return { kind: 'typed', operand: attribute, type: { kind: 'uint' }, span: at.span };
    }
    const isNamed = at.kind === 'call' && /^(select|has|optional-select|glob)$/.test(at.fn);
    return withParts(
      at,
      partsOf(at).map((part, i) => (isNamed && i === 1 ? part : walk(part))),
    );
  };
  return { term: walk(term), context };
}

/** What a request carries for a constant; null: nothing can. */
function carried(constant: TermConstant): { readonly value: unknown } | null {
  switch (constant.kind) {
    case 'null':
      return { value: null };
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
      return { value: constant.value };
    default:
      return null;
  }
}

/** The term with these parts in place of its own, in the order of `partsOf`. */
function withParts(term: Term, parts: readonly Term[]): Term {
  const [first = term, second = term, third = term] = parts;
  switch (term.kind) {
    case 'list':
      return { ...term, items: term.items.map((item, i) => ({ ...item, term: parts[i] ?? item.term })) };
    case 'map':
      return {
        ...term,
        entries: term.entries.map((entry, i) => ({
          ...entry,
          key: parts[2 * i] ?? entry.key,
          value: parts[2 * i + 1] ?? entry.value,
        })),
      };
    case 'call':
      return { ...term, args: parts };
    case 'typed':
      return { ...term, operand: first };
    case 'and':
    case 'or':
      return { ...term, operands: parts };
    case 'choose':
      return { ...term, test: first, then: second, else: third };
    case 'bind':
      return { ...term, value: first, body: second };
    case 'fold':
      return term.filter === null
        ? { ...term, over: first, body: second }
        : { ...term, over: first, filter: second, body: third };
    default:
      return term;
  }
}
