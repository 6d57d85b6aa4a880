// In: a typed condition. Out: what it reads, what it guards with `has`, how many literals it has.
// Never changes or judges it.

import { unreachable } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import { partsOf } from './term-reads.ts';
import type { Term } from './terms.ts';
import type { AttributePath, Condition, Value } from './typed.ts';
import { pathText } from './typed.ts';

export interface Survey {
  /** By path text: where it is first read. `has` does not read. */
  readonly reads: ReadonlyMap<string, { readonly path: AttributePath; readonly span: Span }>;
  /** By path text: where `has` first asks for it. */
  readonly guarded: ReadonlyMap<string, { readonly path: AttributePath; readonly span: Span }>;
  /** A `has` that makes the condition hold by being false, if there is one (LANGUAGE.md 8.6). */
  readonly heldByMissing: { readonly path: AttributePath; readonly span: Span } | null;
  /** Literals once `?:` and `==` between conditions are written out (LANGUAGE.md 11.1); saturates far above the limit. */
  readonly literalCount: number;
}

export function survey(condition: Condition): Survey {
  const surveyor = new Surveyor();
  const literalCount = surveyor.condition(condition, true, true);
  return { reads: surveyor.reads, guarded: surveyor.guarded, heldByMissing: surveyor.heldByMissing, literalCount };
}

class Surveyor {
  readonly reads = new Map<string, { readonly path: AttributePath; readonly span: Span }>();
  readonly guarded = new Map<string, { readonly path: AttributePath; readonly span: Span }>();
  heldByMissing: { readonly path: AttributePath; readonly span: Span } | null = null;

  /** `positive`, `negative`: whether the condition counts as it is, negated, or both. */
  condition(c: Condition, positive: boolean, onlyOne: boolean): number {
    const sum = (operands: readonly Condition[]): number =>
      operands.reduce((n, operand) => n + this.condition(operand, positive, onlyOne), 0);
    switch (c.kind) {
      case 'constant':
        return 1;
      case 'not':
        return this.condition(c.operand, !positive, onlyOne);
      case 'and':
      case 'or':
        return sum(c.operands);
      case 'choose':
        return 2 * this.condition(c.test, positive, false) + sum([c.then, c.else]);
      case 'same':
        return 2 * (this.condition(c.left, positive, false) + this.condition(c.right, positive, false));
      case 'is-type':
      case 'has':
        if (!this.guarded.has(pathText(c.path))) this.guarded.set(pathText(c.path), { path: c.path, span: c.span });
        if (!positive || !onlyOne) this.heldByMissing ??= { path: c.path, span: c.span };
        return 1;
      case 'is-null':
        this.#read(c.path, c.span);
        return 1;
      case 'truth':
        return this.#value(c.value);
      case 'compare':
        return this.#value(c.left) * this.#value(c.right);
      case 'member':
        return this.#value(c.element) * this.#value(c.list);
      case 'one-of':
        return this.#value(c.value);
      case 'text':
        return this.#value(c.subject) * this.#value(c.argument);
      case 'matches':
        return this.#value(c.subject);
      case 'quantifier':
        return this.#value(c.list) * this.condition(c.body, positive, onlyOne);
      case 'term':
        this.#term(c.term, positive, onlyOne);
        return 1;
      default:
        return unreachable(c);
    }
  }

  /** A `has` inside a term, and whether the term is truer for its being false. */
  #term(term: Term, positive: boolean, onlyOne: boolean): void {
    const both = (parts: readonly Term[]): void => {
      for (const part of parts) this.#term(part, positive, false);
    };
    switch (term.kind) {
      case 'attribute':
        this.#read(term.path, term.span);
        break;
      case 'has':
        if (!this.guarded.has(pathText(term.path))) {
          this.guarded.set(pathText(term.path), { path: term.path, span: term.span });
        }
        if (!positive || !onlyOne) this.heldByMissing ??= { path: term.path, span: term.span };
        break;
      case 'and':
      case 'or':
        for (const operand of term.operands) this.#term(operand, positive, onlyOne);
        break;
      case 'call':
        if (term.fn === 'not') for (const operand of term.args) this.#term(operand, !positive, onlyOne);
        else both(term.args);
        break;
      case 'choose':
        both([term.test]);
        for (const branch of [term.then, term.else]) this.#term(branch, positive, onlyOne);
        break;
      case 'fold': {
        const folds = term.op === 'exists' || term.op === 'all';
        both(term.filter === null ? [term.over] : [term.over, term.filter]);
        this.#term(term.body, positive, onlyOne && folds);
        break;
      }
      default:
        both(partsOf(term));
    }
  }

  /** Literals that a literal around `v` becomes when the conditionals in `v` are lifted out of it (LANGUAGE.md 4.8). */
  #value(v: Value): number {
    switch (v.kind) {
      case 'constant':
      case 'variable':
        return 1;
      case 'reading':
        this.#read(v.reading.path, v.span);
        return 1;
      case 'arithmetic':
        return this.#value(v.left) * this.#value(v.right);
      case 'negate':
        return this.#value(v.operand);
      case 'size':
        return this.#value(v.of);
      case 'choose':
        return 2 * this.condition(v.test, true, false) + this.#value(v.then) + this.#value(v.else);
      default:
        return unreachable(v);
    }
  }

  #read(path: AttributePath, span: Span): void {
    const text = pathText(path);
    if (!this.reads.has(text)) this.reads.set(text, { path, span });
  }
}
