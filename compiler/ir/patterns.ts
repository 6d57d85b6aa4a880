// In: the text of a pattern that check has parsed. Out: the positions of its automaton and the literals that it needs, each made once
// for each text. Both are about whether a text has a match, so what only makes matches longer is left out before.

import { type Required, requiredLiterals } from '../regex/literals.ts';
import { parsePattern } from '../regex/parse.ts';
import { type Positions, positionsOf } from '../regex/positions.ts';
import type { Dialect, Pattern } from '../regex/tree.ts';
import { trimmed } from '../regex/trim.ts';

interface Known {
  readonly pattern: Pattern;
  positions?: Positions;
  literals?: Required | null;
}

const known = new Map<string, Known>();
/** Kept for the compilation at hand, not for ever. */
const MAX_KNOWN = 20000;

export interface PatternText {
  readonly pattern: string;
  readonly dialect: Dialect;
}

/** @throws Error when the pattern does not parse: check has let nothing through that does not. */
export function positionsOfPattern(text: PatternText): Positions {
  const found = knownOf(text);
  found.positions ??= positionsOf(found.pattern);
  return found.positions;
}

/** @throws Error as above. */
export function literalsOfPattern(text: PatternText): Required | null {
  const found = knownOf(text);
  if (found.literals === undefined) found.literals = requiredLiterals(found.pattern.tree);
  return found.literals;
}

function knownOf({ pattern, dialect }: PatternText): Known {
  const key = `${dialect} ${pattern}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const parsed = parsePattern(pattern, dialect);
  if (!parsed.ok) throw new Error(`a pattern that does not parse: ${pattern}: ${parsed.problem.message}`);
  const found: Known = { pattern: { ...parsed.pattern, tree: trimmed(parsed.pattern.tree) } };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, found);
  return found;
}
