// Formulas over atoms become formulas over classes. In: ir formulas and where each atom was placed. Out: plan nodes, with the
// tests of one partition under one `and` or `or` merged where they are one (merge.ts).

import type { Formula } from '../ir/types.ts';
import { type ClassSets, isAlways, isNever } from './classes.ts';
import { conjunction, disjunction } from './merge.ts';
import type { Node, Placed } from './model.ts';
import type { PartitionTable } from './tables.ts';

type Leaf = Extract<Formula, { readonly kind: 'constant' | 'literal' }>;

export const NODE_TRUE: Node = { kind: 'constant', value: true };
export const NODE_FALSE: Node = { kind: 'constant', value: false };

export class Resolver {
  /** By atom; undefined for relations. */
  readonly #placed: readonly (Placed | undefined)[];
  readonly #partitions: readonly PartitionTable[];
  readonly #known = new Map<Formula, Node>();
  readonly #plain = new Map<Formula, Node>();

  constructor(placed: readonly (Placed | undefined)[], partitions: readonly PartitionTable[]) {
    this.#placed = placed;
    this.#partitions = partitions;
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
    return { kind: 'classes', ...(formula.negated ? placed.negative : placed.positive) };
  }

  join(kind: 'and' | 'or', operands: readonly Node[]): Node {
    const absorbing = kind === 'or';
    const merge = kind === 'and' ? conjunction : disjunction;
    const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
    const setsOf = new Map<number, ClassSets[]>();
    const others: Node[] = [];
    for (const operand of flat) {
      if (operand.kind === 'constant') {
        if (operand.value === absorbing) return operand;
      } else if (operand.kind === 'classes') {
        const { partition, sets } = operand;
        const known = setsOf.get(partition) ?? [];
        setsOf.set(partition, known);
        const merged = known.map((before) => merge(this.#partition(partition).kind, before, sets));
        const at = merged.findIndex((one) => one !== null);
        known[at < 0 ? known.length : at] = merged[at] ?? sets;
      } else {
        others.push(operand);
      }
    }
    const result: Node[] = [];
    for (const [partition, list] of setsOf) {
      const { classCount } = this.#partition(partition);
      for (const sets of list) {
        const constant = isNever(sets) ? NODE_FALSE : isAlways(sets, classCount) ? NODE_TRUE : null;
        if (constant === null) result.push({ kind: 'classes', partition, sets });
        else if (constant.kind === 'constant' && constant.value === absorbing) return constant;
      }
    }
    result.push(...others);
    const only = result[0];
    if (only === undefined) return absorbing ? NODE_FALSE : NODE_TRUE;
    return result.length === 1 ? only : { kind, operands: result };
  }

  #partition(partition: number): PartitionTable {
    const table = this.#partitions[partition];
    if (table === undefined) throw new Error(`no partition ${partition}`);
    return table;
  }
}
