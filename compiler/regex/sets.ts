// Sets of code points as sorted, disjoint, half-open ranges: [from, to, from, to, …], none touching. Pure functions.

export type Ranges = readonly number[];

/** One past the last code point. */
export const CODE_POINT_LIMIT = 0x110000;

export const EVERYTHING: Ranges = [0, CODE_POINT_LIMIT];
export const NOTHING: Ranges = [];

/** The set of pairs `[from, to)` in any order, overlapping or not. */
export function setOf(pairs: readonly (readonly [number, number])[]): Ranges {
  const sorted = [...pairs].filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [from, to] of sorted) {
    const end = result[result.length - 1];
    if (end === undefined || from > end) result.push(from, to);
    else if (to > end) result[result.length - 1] = to;
  }
  return result;
}

export function pairsOf(ranges: Ranges): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] ?? 0, ranges[i + 1] ?? 0]);
  return pairs;
}

export function union(...sets: readonly Ranges[]): Ranges {
  return setOf(sets.flatMap(pairsOf));
}

export function complement(ranges: Ranges, limit: number = CODE_POINT_LIMIT): Ranges {
  const result: number[] = [];
  let from = 0;
  for (const [start, end] of pairsOf(ranges)) {
    if (start > from) result.push(from, start);
    from = end;
  }
  if (from < limit) result.push(from, limit);
  return result;
}

export function intersection(a: Ranges, b: Ranges): Ranges {
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

export function contains(ranges: Ranges, codePoint: number): boolean {
  let low = 0;
  let high = ranges.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint < (ranges[2 * middle] ?? 0)) high = middle;
    else if (codePoint >= (ranges[2 * middle + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}
