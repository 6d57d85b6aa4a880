// Sets of a partition's classes, and what a literal is over them. In: sets. Out: sets. Never looks at values.
// Own classes are two-valued, so must and may sets differ in the reserved classes alone (LANGUAGE.md 5.2, 5.4).

import {
  CLASS_FIRST,
  CLASS_INAPPLICABLE,
  CLASS_MISSING,
  CLASS_NULL,
  CLASS_WRONG_TYPE,
} from '../../wasm-core/contract/codes.ts';

/** Sorted disjoint half-open ranges of class numbers from CLASS_FIRST on: [from, to, from, to, …], none touching. */
export type Ranges = readonly number[];

/** Where a literal holds: T on `own` and on the reserved classes in `must` (a bit each), at least U on those in `may`. */
export interface ClassSets {
  readonly own: Ranges;
  readonly must: number;
  readonly may: number;
}

const RESERVED_UNKNOWN = (1 << CLASS_MISSING) | (1 << CLASS_NULL) | (1 << CLASS_WRONG_TYPE);
const RESERVED_ALL = RESERVED_UNKNOWN | (1 << CLASS_INAPPLICABLE);

/** An ordinary literal: unknown on what is not well-typed, neither holding nor failing where inapplicable (5.2). */
export function ordinary(own: Ranges): ClassSets {
  return { own, must: 0, may: RESERVED_UNKNOWN };
}

/** A tool target: no tool, no match (6.1). */
export function twoValued(own: Ranges): ClassSets {
  return { own, must: 0, may: 0 };
}

/** `has`, of a presence partition; negated it holds also of the inapplicable (5.5). */
export function presence(negated: boolean): ClassSets {
  const present = (1 << CLASS_NULL) | (1 << CLASS_WRONG_TYPE);
  if (!negated) return { own: [CLASS_FIRST, CLASS_FIRST + 1], must: present, may: present };
  const absent = (1 << CLASS_MISSING) | (1 << CLASS_INAPPLICABLE);
  return { own: [], must: absent, may: absent };
}

/** `== null`, of a presence partition: unknown of the missing, nothing of the inapplicable (5.5). */
export function isNull(negated: boolean): ClassSets {
  const missing = 1 << CLASS_MISSING;
  if (!negated) return { own: [], must: 1 << CLASS_NULL, may: (1 << CLASS_NULL) | missing };
  const typed = 1 << CLASS_WRONG_TYPE;
  return { own: [CLASS_FIRST, CLASS_FIRST + 1], must: typed, may: typed | missing };
}

/** A test of a value's type: two-valued whatever is there, or is not (LANGUAGE.md 15.3). */
export function decided(own: Ranges, negated: boolean): ClassSets {
  const reserved = negated ? RESERVED_ALL : 0;
  return { own, must: reserved, may: reserved };
}

export function intersectSets(a: ClassSets, b: ClassSets): ClassSets {
  return { own: intersect(a.own, b.own), must: a.must & b.must, may: a.may & b.may };
}

export function unionSets(a: ClassSets, b: ClassSets): ClassSets {
  return { own: union(a.own, b.own), must: a.must | b.must, may: a.may | b.may };
}

export function isNever(sets: ClassSets): boolean {
  return sets.own.length === 0 && sets.may === 0;
}

export function isAlways(sets: ClassSets, classCount: number): boolean {
  return sets.must === RESERVED_ALL && sets.own[0] === CLASS_FIRST && sets.own[1] === classCount;
}

/** `a` within `b`, for must and for may. */
export function isSubset(a: ClassSets, b: ClassSets): boolean {
  return (a.must & ~b.must) === 0 && (a.may & ~b.may) === 0 && rangesKey(intersect(a.own, b.own)) === rangesKey(a.own);
}

export function setsKey(sets: ClassSets): string {
  return `${sets.must}.${sets.may}.${rangesKey(sets.own)}`;
}

function rangesKey(ranges: Ranges): string {
  return ranges.join(',');
}

/** Ranges of a sorted or unsorted list of classes, repeated ones once. */
export function rangesOf(classes: readonly number[]): Ranges {
  const sorted = [...classes].sort((a, b) => a - b);
  const ranges: number[] = [];
  for (const c of sorted) {
    const end = ranges[ranges.length - 1];
    if (end === undefined || c > end) ranges.push(c, c + 1);
    else if (c === end) ranges[ranges.length - 1] = c + 1;
  }
  return ranges;
}

export function complement(ranges: Ranges, classCount: number): Ranges {
  const result: number[] = [];
  let from = CLASS_FIRST;
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i] ?? 0;
    if (start > from) result.push(from, start);
    from = ranges[i + 1] ?? 0;
  }
  if (from < classCount) result.push(from, classCount);
  return result;
}

function intersect(a: Ranges, b: Ranges): Ranges {
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i] ?? 0, b[j] ?? 0);
    const aEnd = a[i + 1] ?? 0;
    const bEnd = b[j + 1] ?? 0;
    if (from < Math.min(aEnd, bEnd)) result.push(from, Math.min(aEnd, bEnd));
    if (aEnd <= bEnd) i += 2;
    if (bEnd <= aEnd) j += 2;
  }
  return result;
}

function union(a: Ranges, b: Ranges): Ranges {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const takeA = j >= b.length || (i < a.length && (a[i] ?? 0) <= (b[j] ?? 0));
    const from = (takeA ? a[i] : b[j]) ?? 0;
    const to = (takeA ? a[i + 1] : b[j + 1]) ?? 0;
    if (takeA) i += 2;
    else j += 2;
    const end = result[result.length - 1];
    if (end === undefined || from > end) result.push(from, to);
    else if (to > end) result[result.length - 1] = to;
  }
  return result;
}

export function sizeOfRanges(ranges: Ranges): number {
  let size = 0;
  for (let i = 0; i < ranges.length; i += 2) size += (ranges[i + 1] ?? 0) - (ranges[i] ?? 0);
  return size;
}

export function contains(ranges: Ranges, c: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (c < (ranges[i] ?? 0)) return false;
    if (c < (ranges[i + 1] ?? 0)) return true;
  }
  return false;
}

/** Two bits per class, as OP_CLASS reads them: bit 0 must, bit 1 may. */
export function truthTable(sets: ClassSets, classCount: number): number[] {
  const table: number[] = [];
  for (let c = 0; c < CLASS_FIRST; c += 1) table.push(((sets.must >> c) & 1) | (((sets.may >> c) & 1) << 1));
  for (let c = CLASS_FIRST; c < classCount; c += 1) table.push(0);
  for (let i = 0; i < sets.own.length; i += 2) table.fill(3, sets.own[i], sets.own[i + 1]);
  return table;
}
