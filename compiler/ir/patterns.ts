// In: the text of a pattern that check has parsed. Out: the positions of its automaton, made once for each text.

import { parsePattern } from '../regex/parse.ts';
import { type Positions, positionsOf } from '../regex/positions.ts';
import type { Dialect } from '../regex/tree.ts';

const known = new Map<string, Positions>();
/** Positions are kept for the compilation at hand, not for ever. */
const MAX_KNOWN = 20000;

export interface PatternText {
  readonly pattern: string;
  readonly dialect: Dialect;
}

/** @throws Error when the pattern does not parse: check has let nothing through that does not. */
export function positionsOfPattern({ pattern, dialect }: PatternText): Positions {
  const key = `${dialect} ${pattern}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const parsed = parsePattern(pattern, dialect);
  if (!parsed.ok) throw new Error(`a pattern that does not parse: ${pattern}: ${parsed.problem.message}`);
  const positions = positionsOf(parsed.pattern);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, positions);
  return positions;
}
