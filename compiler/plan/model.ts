// What the planner's steps hand to each other. Data, and where to look in it; what ends in the artifact is in tables.ts.

import type { Test } from '../ir/types.ts';
import type { ClassSets } from './classes.ts';

/** A test of one view, as a class set, wherever it stands. `home`: the one tool target whose rules use it, or '' for several. */
export interface UnaryUse {
  readonly view: number;
  readonly test: Test;
  /** Tool targets are two-valued: false without a tool (LANGUAGE.md 6.1). */
  readonly target: boolean;
  readonly home: string;
}

export interface ElementUse {
  readonly view: number;
  readonly test: Test;
  readonly negated: boolean;
}

/** Where a literal holds: classes of one partition. */
export interface Literal {
  readonly partition: number;
  readonly sets: ClassSets;
}

/** A use's classes: where its positive literal holds, and where its negated one does. */
export interface Placed {
  readonly positive: Literal;
  readonly negative: Literal;
}

/** A formula over classes. INVARIANT (resolve.ts): as in ir/types.ts, nodes may be shared and there are no cycles. */
export type Node =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'classes'; readonly partition: number; readonly sets: ClassSets }
  | { readonly kind: 'relation'; readonly atom: number; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Node[] };

/** One conjunction: a class set per partition, and what only code can tell. */
export interface Term {
  readonly sets: ReadonlyMap<number, ClassSets>;
  readonly residual: ReadonlyMap<string, Node>;
}

/**
 * One bit of a cluster to be: a term in one of its roles. `sets`: beside each partition that the term constrains the own classes and
 * the reserved ones of that role. What a key decided above a cluster stays here: ClusterContext names it.
 */
export interface Item {
  readonly id: number;
  readonly rule: number;
  readonly rank: number;
  readonly code: number;
  readonly codeWords: number;
  readonly residual: number;
  readonly maybe: boolean;
  readonly takesMay: boolean;
  readonly hasTwin: boolean;
  readonly partitions: readonly number[];
  readonly sets: readonly RoleSet[];
}

/** `size`: how many own classes. */
export interface RoleSet {
  readonly own: readonly number[];
  readonly reserved: number;
  readonly size: number;
}

/** Undefined: the item lets all classes pass. */
export function setOf({ partitions, sets }: Item, partition: number): RoleSet | undefined {
  const at = partitions.indexOf(partition);
  return at < 0 ? undefined : sets[at];
}
