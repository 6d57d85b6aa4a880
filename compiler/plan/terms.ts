// Disjunctive normal form within a budget. In: a node. Out: at most MAX_TERMS terms whose `or` is the node, in must and in may.
// Over the budget a part stays whole as residual, beside the class sets it implies. Distribution is exact: F < U < T is a lattice.

import { type ClassSets, isNever, isSubset, setsKey, unionSets } from './classes.ts';
import { conjunction } from './merge.ts';
import type { Node, Term } from './model.ts';
import type { PartitionBuilder } from './partitions.ts';

/** Terms of one rule for one target. */
export const MAX_TERMS = 16;
/** Columns of one list that a term may need; what more it asks of the list is residual. */
const MAX_COLUMNS_PER_LIST = 4;

const NO_RESIDUAL: Term['residual'] = new Map();
const TRUE_TERM: Term = { sets: new Map(), residual: NO_RESIDUAL };

export class TermBuilder {
  readonly #terms = new Map<Node, readonly Term[]>();
  readonly #implied = new Map<Node, ReadonlyMap<number, ClassSets>>();
  readonly #numbers = new Map<Node, number>();
  readonly #builder: PartitionBuilder;

  constructor(builder: PartitionBuilder) {
    this.#builder = builder;
  }

  termsOf(node: Node): readonly Term[] {
    const known = this.#terms.get(node);
    if (known !== undefined) return known;
    const terms = withoutCovered(this.#build(node));
    this.#terms.set(node, terms);
    return terms;
  }

  #build(node: Node): readonly Term[] {
    switch (node.kind) {
      case 'constant':
        return node.value ? [TRUE_TERM] : [];
      case 'classes':
        return isNever(node.sets) ? [] : [{ sets: new Map([[node.partition, node.sets]]), residual: NO_RESIDUAL }];
      case 'relation':
        return [this.#opaque(node)];
      case 'or': {
        const terms: Term[] = [];
        for (const operand of node.operands) {
          terms.push(...this.termsOf(operand));
          if (terms.length > MAX_TERMS) return [this.#opaque(node)];
        }
        return terms;
      }
      case 'and': {
        const plain = plainTerm(node.operands);
        if (plain !== null) return plain;
        // Operands of one term first: what they rule out makes the rest smaller.
        const operands = [...node.operands].sort((a, b) => this.termsOf(a).length - this.termsOf(b).length);
        let terms: readonly Term[] = [TRUE_TERM];
        for (const operand of operands) {
          terms = this.#times(terms, this.termsOf(operand)) ?? this.#times(terms, [this.#opaque(operand)]) ?? [];
        }
        return terms;
      }
    }
  }

  /** The node whole, as one term: code for it, and the class sets it cannot do without. */
  #opaque(node: Node): Term {
    return { sets: this.#impliedBy(node), residual: new Map([[this.#key(node), node]]) };
  }

  #key(node: Node): string {
    if (node.kind === 'relation') return `${node.atom}${node.negated ? '-' : '+'}`;
    if (node.kind === 'classes') return `c${node.partition}:${setsKey(node.sets)}`;
    const number = this.#numbers.get(node) ?? this.#numbers.size;
    this.#numbers.set(node, number);
    return `n${number}`;
  }

  #impliedBy(node: Node): ReadonlyMap<number, ClassSets> {
    const known = this.#implied.get(node);
    if (known !== undefined) return known;
    const result = new Map<number, ClassSets>();
    if (node.kind === 'classes') {
      result.set(node.partition, node.sets);
    } else if (node.kind === 'and') {
      for (const operand of node.operands) {
        for (const [partition, sets] of this.#impliedBy(operand)) {
          const before = result.get(partition);
          // Where no set means both, the first is still implied.
          result.set(partition, before === undefined ? sets : (this.#both(partition, before, sets) ?? before));
        }
      }
    } else if (node.kind === 'or') {
      node.operands.forEach((operand, i) => {
        const implied = this.#impliedBy(operand);
        if (i === 0) for (const [partition, sets] of implied) result.set(partition, sets);
        for (const [partition, sets] of result) {
          const other = implied.get(partition);
          if (other === undefined) result.delete(partition);
          else result.set(partition, unionSets(sets, other)); // of a list-all partition: implied, if not the same
        }
      });
    }
    this.#implied.set(node, result);
    return result;
  }

  #both(partition: number, a: ClassSets, b: ClassSets): ClassSets | null {
    return conjunction(this.#builder.partitions[partition]?.kind ?? -1, a, b);
  }

  /** Every pair of terms joined; null over the budget. */
  #times(left: readonly Term[], right: readonly Term[]): readonly Term[] | null {
    const products: Term[] = [];
    for (const a of left) {
      for (const b of right) {
        const term = this.#joined(a, b);
        if (term !== null) products.push(term);
      }
    }
    const terms = withoutCovered(products);
    return terms.length > MAX_TERMS ? null : terms;
  }

  #joined(a: Term, b: Term): Term | null {
    const sets = new Map(a.sets);
    let residual = a.residual;
    for (const [key, node] of b.residual) residual = new Map(residual).set(key, node);
    for (const [found, more] of b.sets) {
      const first = this.#builder.baseOf(found);
      let partition = first;
      let after: ClassSets | null = more;
      for (let columns = 1; ; columns += 1) {
        const before = sets.get(partition);
        after = before === undefined ? more : this.#both(partition, before, more);
        if (after !== null || columns === MAX_COLUMNS_PER_LIST) break;
        partition = this.#builder.spareOf(partition);
      }
      if (after === null) {
        const rest: Node = { kind: 'classes', partition: first, sets: more };
        residual = new Map(residual).set(this.#key(rest), rest);
      } else if (isNever(after)) return null;
      else sets.set(partition, after);
    }
    return { sets, residual };
  }
}

/** Of tests of different partitions, which most rules are made of: one term. */
function plainTerm(operands: readonly Node[]): readonly Term[] | null {
  const sets = new Map<number, ClassSets>();
  for (const operand of operands) {
    if (operand.kind !== 'classes' || sets.has(operand.partition) || isNever(operand.sets)) return null;
    sets.set(operand.partition, operand.sets);
  }
  return [{ sets, residual: NO_RESIDUAL }];
}

/** Drops terms that another one covers (absorption, which every lattice has); of equal ones the first stays. */
function withoutCovered(terms: readonly Term[]): readonly Term[] {
  if (terms.length < 2) return terms;
  const distinct = new Map(terms.map((term) => [termKey(term), term]));
  const list = [...distinct.values()];
  if (list.length > MAX_TERMS * 4) return list;
  return list.filter((term, i) => !list.some((other, j) => i !== j && covers(other, term)));
}

function covers(wider: Term, narrower: Term): boolean {
  for (const key of wider.residual.keys()) if (!narrower.residual.has(key)) return false;
  for (const [partition, sets] of wider.sets) {
    const other = narrower.sets.get(partition);
    if (other === undefined || !isSubset(other, sets)) return false;
  }
  return true;
}

function termKey(term: Term): string {
  const sets = [...term.sets].sort(([a], [b]) => a - b).map(([partition, s]) => `${partition}:${setsKey(s)}`);
  return `${sets.join(' ')} | ${[...term.residual.keys()].sort().join(' ')}`;
}
