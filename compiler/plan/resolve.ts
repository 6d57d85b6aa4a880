// Formulas over atoms become formulas over classes. In: ir formulas and where each atom was placed. Out: plan nodes, with the
// tests of one partition under one `and` or `or` merged where they are one (merge.ts).

import type { Formula } from '../ir/types.ts';
import { isAlways, isNever } from './classes.ts';
import { conjunction, disjunction } from './merge.ts';
import type { Node, Placed } from './model.ts';
import type { PartitionTable } from './tables.ts';

type Leaf = Extract<Formula, { readonly kind: 'constant' | 'literal' }>;

type ClassesNode = Extract<Node, { readonly kind: 'classes' }>;

const NODE_TRUE = { kind: 'constant', value: true } as const;
const NODE_FALSE = { kind: 'constant', value: false } as const;

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

  /** Tests of one partition are merged where they are one; they stand where the first of them stood, before all that is no test. */
  join(kind: 'and' | 'or', operands: readonly Node[]): Node {
    const absorbing = kind === 'or';
    const tests: ClassesNode[] = [];
    const others: Node[] = [];
    for (const outer of operands) {
      const inner = outer.kind === kind ? outer.operands : [outer];
      for (const operand of inner) {
        if (operand.kind === 'classes') this.#add(operand, kind, tests);
        else if (operand.kind !== 'constant') others.push(operand);
        else if (operand.value === absorbing) return operand;
      }
    }
    const result: Node[] = [];
    for (const test of tests) {
      const constant = isNever(test.sets)
        ? NODE_FALSE
        : isAlways(test.sets, this.#partition(test.partition).classCount)
          ? NODE_TRUE
          : null;
      if (constant === null) result.push(test);
      else if (constant.value === absorbing) return constant;
    }
    for (const other of others) result.push(other);
    const only = result[0];
    if (only === undefined) return absorbing ? NODE_FALSE : NODE_TRUE;
    return result.length === 1 ? only : { kind, operands: result };
  }

  /** Into the first of the tests of its partition with which it is one, else behind the last of them. */
  #add(operand: ClassesNode, kind: 'and' | 'or', tests: ClassesNode[]): void {
    const { partition, sets } = operand;
    let last = -1;
    for (let i = 0; i < tests.length; i += 1) {
      const test = tests[i];
      if (test?.partition !== partition) continue;
      last = i;
      const merge = kind === 'and' ? conjunction : disjunction;
      const merged = merge(this.#partition(partition).kind, test.sets, sets);
      if (merged === null) continue;
      tests[i] = { kind: 'classes', partition, sets: merged };
      return;
    }
    if (last < 0) tests.push(operand);
    else tests.splice(last + 1, 0, operand);
  }

  #partition(partition: number): PartitionTable {
    const table = this.#partitions[partition];
    if (table === undefined) throw new Error(`no partition ${partition}`);
    return table;
  }
}
