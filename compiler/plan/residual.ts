// Residual code for what classes cannot express (wasm-core/contract/opcodes.ts, FORMAT.md 3). In: nodes. Out: words of code.
// Equal code gets one number. Operands of `and`/`or` are ordered so that the truth stack stays shallow.

import { CLASS_ELEMENT_BIT, CLASS_FALSE, CLASS_TRUE, PARTITION_LIST_ANY } from '../../wasm-core/contract/codes.ts';
import {
  ARITHMETIC_ADD,
  ARITHMETIC_DIV,
  ARITHMETIC_MOD,
  ARITHMETIC_MUL,
  ARITHMETIC_SUB,
  COMPARE_EQ,
  COMPARE_GE,
  COMPARE_GT,
  COMPARE_LE,
  COMPARE_LT,
  OP_AND,
  OP_ARITHMETIC,
  OP_CLASS,
  OP_COMPARE,
  OP_CONSTANT,
  OP_ELEMENT,
  OP_MATCH,
  OP_MEMBER,
  OP_NEGATE,
  OP_OR,
  OP_QUANTIFY,
  OP_SIZE,
  OP_TEST,
  OP_TEXT,
  OP_TRUTH,
  OP_VIEW,
  TEXT_CONTAINS,
  TEXT_ENDS_WITH,
  TEXT_STARTS_WITH,
} from '../../wasm-core/contract/opcodes.ts';
import { OP_TERM } from '../../wasm-core/contract/terms.ts';
import { unreachable } from '../diagnostic.ts';
import type { Atom, Operand, Relation } from '../ir/types.ts';
import { type ClassSets, contains, truthTable } from './classes.ts';
import type { Constants } from './constants.ts';
import type { Matchers } from './matchers.ts';
import { hasManyClasses } from './merge.ts';
import type { Node } from './model.ts';
import type { PartitionBuilder } from './partitions.ts';
import type { Pool } from './pools.ts';
import type { Resolver } from './resolve.ts';
import { termCode } from './term-code.ts';

const COMPARE_CODE = { '==': COMPARE_EQ, '<': COMPARE_LT, '<=': COMPARE_LE, '>': COMPARE_GT, '>=': COMPARE_GE };
const TEXT_CODE = { startsWith: TEXT_STARTS_WITH, endsWith: TEXT_ENDS_WITH, contains: TEXT_CONTAINS };
const ARITHMETIC_CODE = {
  '+': ARITHMETIC_ADD,
  '-': ARITHMETIC_SUB,
  '*': ARITHMETIC_MUL,
  '/': ARITHMETIC_DIV,
  '%': ARITHMETIC_MOD,
};

export interface Residual {
  readonly code: number;
  readonly codeWords: number;
  readonly number: number;
}

export const NO_RESIDUAL: Residual = { code: -1, codeWords: 0, number: 0 };

export interface ResidualContext {
  readonly atoms: readonly Atom[];
  readonly viewOf: readonly number[];
  readonly resolver: Resolver;
  readonly builder: PartitionBuilder;
  readonly bytes: Pool;
  readonly words: Pool;
  readonly constants: Constants;
  readonly matchers: Matchers;
}

export class ResidualWriter {
  readonly code: number[] = [];
  /** Some code written so far has a term. */
  hasTerms = false;
  readonly #context: ResidualContext;
  readonly #known = new Map<string, Residual>();
  readonly #needs = new Map<Node, number>();

  constructor(context: ResidualContext) {
    this.#context = context;
  }

  /** Code for the `and` of all `nodes`. */
  residual(nodes: readonly Node[]): Residual {
    const only = nodes[0];
    if (only === undefined) return NO_RESIDUAL;
    const words: number[] = [];
    this.#emit(nodes.length === 1 ? only : { kind: 'and', operands: nodes }, words, null);
    const key = words.join(',');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const residual = { code: this.code.length, codeWords: words.length, number: this.#known.size };
    for (const word of words) this.code.push(word);
    this.#known.set(key, residual);
    return residual;
  }

  /** `counted`: within a quantifier, the literals already counted (LANGUAGE.md 5.8). */
  #emit(node: Node, out: number[], counted: Set<number> | null): void {
    switch (node.kind) {
      case 'constant':
        out.push(op(OP_TRUTH, node.value ? 3 : 0, 0));
        return;
      case 'classes': {
        return this.#classes(node.partition, node.sets, out);
      }
      case 'relation':
        return this.#relation(this.#relationOf(node.atom), node.negated, out, counted);
      case 'and':
      case 'or': {
        if (node.operands.length === 0) {
          out.push(op(OP_TRUTH, node.kind === 'and' ? 3 : 0, 0));
          return;
        }
        // The deepest first: it needs the stack while nothing of this node is on it (Sethi and Ullman 1970).
        const operands = [...node.operands].sort((a, b) => this.#need(b) - this.#need(a));
        operands.forEach((operand, i) => {
          this.#emit(operand, out, counted);
          if (i > 0) out.push(op(node.kind === 'and' ? OP_AND : OP_OR, 0, 0));
        });
        return;
      }
      default:
        return unreachable(node);
    }
  }

  #classes(partition: number, sets: ClassSets, out: number[]): void {
    const { builder, bytes } = this.#context;
    const table = builder.partitions[partition];
    if (table === undefined) throw new Error(`no partition ${partition}`);
    if (!hasManyClasses(table.kind)) {
      out.push(op(OP_CLASS, 0, 0), partition, bytes.intern(truthTable(sets, table.classCount)));
      return;
    }
    // Code takes one class at a time: the bits of the list one by one, those in the set or those not in it.
    const isAny = table.kind === PARTITION_LIST_ANY;
    const own = isAny ? CLASS_TRUE : CLASS_FALSE;
    const truths = bytes.intern(truthTable({ ...sets, own: [own, own + 1] }, CLASS_TRUE + 1));
    let count = 0;
    for (let c = CLASS_ELEMENT_BIT; c < table.classCount; c += 1) {
      if (contains(sets.own, c) !== isAny) continue;
      out.push(op(OP_CLASS, 0, 0), builder.listBit(table.view, c - CLASS_ELEMENT_BIT), truths);
      if (count > 0) out.push(op(isAny ? OP_OR : OP_AND, 0, 0));
      count += 1;
    }
    if (count === 0) throw new Error('a test of no element');
  }

  /** Truths on the stack at most while this is evaluated. */
  #need(node: Node): number {
    if (node.kind === 'classes') {
      const kind = this.#context.builder.partitions[node.partition]?.kind ?? -1;
      return hasManyClasses(kind) ? 2 : 1;
    }
    if (node.kind === 'relation') {
      const relation = this.#relationOf(node.atom);
      return relation.kind === 'quantifier' ? 1 + this.#need(this.#context.resolver.plain(relation.body)) : 1;
    }
    if (node.kind !== 'and' && node.kind !== 'or') return 1;
    const known = this.#needs.get(node);
    if (known !== undefined) return known;
    const [first = 1, second = 0] = node.operands.map((operand) => this.#need(operand)).sort((a, b) => b - a);
    const need = Math.max(first, second + 1);
    this.#needs.set(node, need);
    return need;
  }

  #relationOf(atom: number): Relation {
    const found = this.#context.atoms[atom];
    if (found?.kind !== 'relation') throw new Error(`atom ${atom} is not a relation`);
    return found.relation;
  }

  #relation(relation: Relation, negated: boolean, out: number[], counted: Set<number> | null): void {
    const b = negated ? 1 : 0;
    switch (relation.kind) {
      case 'truth':
        this.#operand(relation.operand, out);
        out.push(op(OP_TEST, 0, b));
        return;
      case 'matches': {
        this.#operand(relation.subject, out);
        const { kind, index } = this.#context.matchers.of(relation);
        out.push(op(OP_MATCH, kind, b), index);
        return;
      }
      case 'compare':
        this.#operand(relation.left, out);
        this.#operand(relation.right, out);
        out.push(op(OP_COMPARE, COMPARE_CODE[relation.op], b));
        return;
      case 'text': {
        this.#operand(relation.subject, out);
        this.#operand(relation.argument, out);
        out.push(op(OP_TEXT, TEXT_CODE[relation.op], b | countedBit(relation.counted, counted)));
        return;
      }
      case 'member':
        this.#operand(relation.element, out);
        out.push(op(OP_MEMBER, 0, b | countedBit(relation.counted, counted)), this.#view(relation.view));
        return;
      case 'quantifier': {
        const body: number[] = [];
        this.#emit(this.#context.resolver.plain(relation.body), body, new Set());
        out.push(op(OP_QUANTIFY, relation.op === 'all' ? 1 : 0, 0), this.#view(relation.view), body.length);
        for (const word of body) out.push(word);
        return;
      }
      case 'term': {
        const { constants, bytes, words, matchers } = this.#context;
        const code = termCode(relation.term, {
          constants,
          bytes,
          words,
          matchers,
          treeOf: (path) => this.#view(relation.views.get(path) ?? -1),
          presenceOf: (path) => this.#view(relation.presences.get(path) ?? -1),
        });
        out.push(op(OP_TERM, 0, b), code.length);
        for (const word of code) out.push(word);
        this.hasTerms = true;
        return;
      }
      default:
        return unreachable(relation);
    }
  }

  #operand(operand: Operand, out: number[]): void {
    switch (operand.kind) {
      case 'constant':
        out.push(op(OP_CONSTANT, 0, 0), this.#context.constants.intern(operand.constant));
        return;
      case 'view':
        out.push(op(OP_VIEW, 0, 0), this.#view(operand.view));
        return;
      case 'element':
        out.push(op(OP_ELEMENT, 0, 0));
        return;
      case 'arithmetic':
        this.#operand(operand.left, out);
        this.#operand(operand.right, out);
        out.push(op(OP_ARITHMETIC, ARITHMETIC_CODE[operand.op], 0));
        return;
      case 'negate':
        this.#operand(operand.operand, out);
        out.push(op(OP_NEGATE, 0, 0));
        return;
      case 'size':
        this.#operand(operand.of, out);
        out.push(op(OP_SIZE, 0, 0));
        return;
      default:
        return unreachable(operand);
    }
  }

  #view(view: number): number {
    const index = this.#context.viewOf[view];
    if (index === undefined) throw new Error(`no view ${view}`);
    return index;
  }
}

function op(code: number, a: number, b: number): number {
  return code | (a << 8) | (b << 16);
}

/** Bit 1 of a literal's second operand: it costs steps, the first time it is emitted (LANGUAGE.md 5.8). */
function countedBit(number: number, counted: Set<number> | null): number {
  if (counted === null || number === 0 || counted.has(number)) return 0;
  counted.add(number);
  return 2;
}
