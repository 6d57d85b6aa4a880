// Which tests of single texts become bits instead of classes, so that one pass answers all of one attribute at once: regular
// expressions that no automaton takes (automaton.ts), and of an attribute with many literals and regular expressions all of these.
// In: uses. Out: the same uses, those of them among the elements: the text counts as a list of one, for which some element passes
// exactly when it does.

import { literalsOfPattern, positionsOfPattern } from '../ir/patterns.ts';
import { utf8 } from '../ir/text.ts';
import type { Test, ViewRef } from '../ir/types.ts';
import { literalOf, type Required } from '../regex/literals.ts';
import { groupPatterns, isPatternTest, type PatternTest } from './automaton.ts';
import type { ElementUse, UnaryUse } from './model.ts';
import { orderPatterns } from './partitions.ts';
import { MAX_PLACES, placesOf } from './prefilter.ts';
import type { TargetUse, Uses } from './uses.ts';

/** Of one attribute: as many have one small automaton; more are looked for together (plan/prefilter.ts). */
const MAX_CLASS_PATTERNS = 8;

/** Tests that a prefilter or a scan can answer. */
export function isSearchable(test: Test): boolean {
  if (test.kind === 'contains') return literalOf(utf8(test.text)) !== null;
  return test.kind === 'matches' && !positionsOfPattern(test).always;
}

export function areMany(tests: readonly Test[]): boolean {
  return tests.filter(isSearchable).length > MAX_CLASS_PATTERNS;
}

/**
 * Which of an attribute's many tests are looked for together: those that can be, as far as the list of a prefilter has room for what
 * finding a literal answers. What only switches a scan on, a prefilter may leave out (searching.ts).
 */
export function searchedOf(tests: readonly PatternTest[]): boolean[] {
  const placed = new Set<string>();
  let places = 0;
  return tests.map((test) => {
    if (!isSearchable(test)) return false;
    const needed = literalsOfTest(test);
    const key = JSON.stringify(test);
    if (needed?.exact !== true || placed.has(key)) return true;
    const own = placesOf(needed.sets.flat().map((literal) => ({ literal })));
    if (places + own > MAX_PLACES) return false;
    places += own;
    placed.add(key);
    return true;
  });
}

/** What a text that passes must have. */
export function literalsOfTest(test: Test): Required | null {
  if (test.kind === 'matches') return literalsOfPattern(test);
  const literal = test.kind === 'contains' ? literalOf(utf8(test.text)) : null;
  return literal === null ? null : { sets: [[literal]], exact: true };
}

export function scannedUses(uses: Uses, views: readonly ViewRef[]): Uses {
  const leaves = new Set<number>();
  const byView = new Map<number, number[]>();
  uses.unary.forEach(({ view, test }, index) => {
    if (!isPatternTest(test)) return;
    const list = byView.get(view);
    if (list === undefined) byView.set(view, [index]);
    else list.push(index);
  });
  for (const [view, indexes] of byView) {
    const testAt = (index: number): PatternTest => {
      const test = uses.unary[index]?.test;
      if (test === undefined || !isPatternTest(test)) throw new Error(`use ${index} is no pattern`);
      return test;
    };
    if (views[view]?.kind === 'string' && areMany(indexes.map(testAt))) {
      const searched = searchedOf(indexes.map(testAt));
      for (const [i, index] of indexes.entries()) if (searched[i] === true) leaves.add(index);
      continue;
    }
    if (!indexes.some((index) => testAt(index).kind === 'matches')) continue;
    const ordered = orderPatterns(indexes, uses.unary);
    for (const i of groupPatterns(ordered.map(testAt)).rest) leaves.add(ordered[i] ?? -1);
  }
  if (leaves.size === 0) return uses;
  const unary: UnaryUse[] = [];
  const elements: ElementUse[] = [...uses.elements];
  const unaryIndex: number[] = [];
  const elementIndex: number[] = [];
  uses.unary.forEach((use, index) => {
    unaryIndex[index] = leaves.has(index) ? -1 : unary.length;
    elementIndex[index] = leaves.has(index) ? elements.length : -1;
    if (leaves.has(index)) elements.push({ view: use.view, test: use.test, negated: false });
    else unary.push(use);
  });
  const moved = (target: TargetUse): TargetUse => ({
    ...target,
    uses: target.uses?.map((use) => unaryIndex[use] ?? -1) ?? null,
  });
  return {
    unary,
    elements,
    unaryOfAtom: uses.unaryOfAtom.map((index) => unaryIndex[index] ?? -1),
    elementOfAtom: uses.elementOfAtom.map((index, atom) =>
      index >= 0 ? index : (elementIndex[uses.unaryOfAtom[atom] ?? -1] ?? -1),
    ),
    targets: uses.targets.map(([atTools, elsewhere]) => [atTools.map(moved), elsewhere.map(moved)] as const),
  };
}
