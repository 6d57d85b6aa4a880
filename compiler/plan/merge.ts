// When two literals over one partition are one: the rules that formulas and terms merge by. In: a partition's kind and two class
// sets. Out: the set that means both, or either; null where none does. Exact for pairs (LANGUAGE.md 5.1), never an approximation.

import { PARTITION_LIST_ALL, PARTITION_LIST_ANY } from '../../wasm-core/contract/codes.ts';
import { type ClassSets, intersectSets, isSubset, unionSets } from './classes.ts';

/** A list has several classes of such a partition at once (codes.ts), so sets of them do not intersect and unite as usual. */
export function hasManyClasses(kind: number): boolean {
  return kind === PARTITION_LIST_ANY || kind === PARTITION_LIST_ALL;
}

/** `a && b`. Of a list-any partition, "some class in A and some in B" is no statement about one set, unless one implies the other. */
export function conjunction(kind: number, a: ClassSets, b: ClassSets): ClassSets | null {
  if (kind !== PARTITION_LIST_ANY) return intersectSets(a, b);
  if (isSubset(a, b)) return a;
  return isSubset(b, a) ? b : null;
}

/** `a || b`. Of a list-all partition, "all classes in A or all in B" is no statement about one set, unless one implies the other. */
export function disjunction(kind: number, a: ClassSets, b: ClassSets): ClassSets | null {
  if (kind !== PARTITION_LIST_ALL) return unionSets(a, b);
  if (isSubset(a, b)) return b;
  return isSubset(b, a) ? a : null;
}
