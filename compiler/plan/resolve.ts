// Formulas over atoms become formulas over classes. In: ir formulas and where each atom was placed. Out: plan nodes, with all
// tests of one partition under one `and` or `or` merged: as sets, in must and in may, which is exact for pairs.

import type { Formula } from '../ir/types.ts';
import { type ClassSets, intersectSets, isAlways, isNever, unionSets } from './classes.ts';
import type { Node, Placed } from './model.ts';

type Leaf = Extract<Formula, { readonly kind: 'constant' | 'literal' }>;

export const NODE_TRUE: Node = { kind: 'constant', value: true };
export const NODE_FALSE: Node = { kind: 'constant', value: false };

export class Resolver {
  /** By atom; undefined for relations. */
  readonly #placed: readonly (Placed | undefined)[];
  readonly #classCountOf: (partition: number) => number;
  readonly #known = new Map<Formula, Node>();
  readonly #plain = new Map<Formula, Node>();

  constructor(placed: readonly (Placed | undefined)[], classCountOf: (partition: number) => number) {
    this.#placed = placed;
    this.#classCountOf = classCountOf;
  }

  node(formula: Formula): Node {
    const known = this.#known.get(formula);
    if (known !== undefined) return known;
    const node =
      formula.kind === 'constant' || formula.kind === 'literal'
        ? this.#leaf(formula)
        : this.join(
            formula.kind,
            formula.operands.map((operand) => this.node(operand)),
          );
    this.#known.set(formula, node);
    return node;
  }

  /** As written, nothing merged or dropped: bodies of quantifiers, where steps are counted (LANGUAGE.md 5.8). */
  plain(formula: Formula): Node {
    const known = this.#plain.get(formula);
    if (known !== undefined) return known;
    const node: Node =
      formula.kind === 'constant' || formula.kind === 'literal'
        ? this.#leaf(formula)
        : { kind: formula.kind, operands: formula.operands.map((operand) => this.plain(operand)) };
    this.#plain.set(formula, node);
    return node;
  }

  #leaf(formula: Leaf): Node {
    if (formula.kind === 'constant') return formula.value ? NODE_TRUE : NODE_FALSE;
    const placed = this.#placed[formula.atom];
    if (placed === undefined) return { kind: 'relation', atom: formula.atom, negated: formula.negated };
    return {
      kind: 'classes',
      partition: placed.partition,
      sets: formula.negated ? placed.negative : placed.positive,
    };
  }

  join(kind: 'and' | 'or', operands: readonly Node[]): Node {
    const absorbing = kind === 'or';
    const merge = kind === 'and' ? intersectSets : unionSets;
    const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
    const setsOf = new Map<number, ClassSets>();
    const others: Node[] = [];
    for (const operand of flat) {
      if (operand.kind === 'constant') {
        if (operand.value === absorbing) return operand;
      } else if (operand.kind === 'classes') {
        const before = setsOf.get(operand.partition);
        setsOf.set(operand.partition, before === undefined ? operand.sets : merge(before, operand.sets));
      } else {
        others.push(operand);
      }
    }
    const result: Node[] = [];
    for (const [partition, sets] of setsOf) {
      const constant = isNever(sets) ? NODE_FALSE : isAlways(sets, this.#classCountOf(partition)) ? NODE_TRUE : null;
      if (constant === null) result.push({ kind: 'classes', partition, sets });
      else if (constant.kind === 'constant' && constant.value === absorbing) return constant;
    }
    result.push(...others);
    const only = result[0];
    if (only === undefined) return absorbing ? NODE_FALSE : NODE_TRUE;
    return result.length === 1 ? only : { kind, operands: result };
  }
}
