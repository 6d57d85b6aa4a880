// Which tests of single texts become bits instead of classes: regular expressions that no automaton takes (automaton.ts), so that a
// scan answers all of one attribute at once. In: uses. Out: the same uses, those of them among the elements: the text counts as a
// list of one, for which some element passes exactly when it does.

import { groupPatterns, isPatternTest, type PatternTest } from './automaton.ts';
import type { ElementUse, UnaryUse } from './model.ts';
import { orderPatterns } from './partitions.ts';
import type { TargetUse, Uses } from './uses.ts';

export function scannedUses(uses: Uses): Uses {
  const leaves = new Set<number>();
  const byView = new Map<number, number[]>();
  uses.unary.forEach(({ view, test }, index) => {
    if (!isPatternTest(test)) return;
    const list = byView.get(view);
    if (list === undefined) byView.set(view, [index]);
    else list.push(index);
  });
  for (const indexes of byView.values()) {
    if (!indexes.some((index) => uses.unary[index]?.test.kind === 'matches')) continue;
    const ordered = orderPatterns(indexes, uses.unary);
    const tests = ordered.map((index): PatternTest => {
      const test = uses.unary[index]?.test;
      if (test === undefined || !isPatternTest(test)) throw new Error(`use ${index} is no pattern`);
      return test;
    });
    for (const i of groupPatterns(tests).rest) leaves.add(ordered[i] ?? -1);
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
