// Which atoms the rules really use, and which of them only one tool's rules use. In: policy set. Out: tests to be placed, in
// order of first use, and where each atom's test went. Atoms that folding dropped get no class.

import type { Formula, PolicySet, Test } from '../ir/types.ts';
import type { ElementUse, UnaryUse } from './model.ts';
import { type Alternative, alternatives } from './targets.ts';

/** One rule at one kind of point: its target as indexes of unary uses, and its rank. */
export interface TargetUse {
  /** Null: every tool. */
  readonly uses: readonly number[] | null;
  readonly rank: number;
}

export interface Uses {
  /** `view` is still a reading's index; targets have none. */
  readonly unary: readonly UnaryUse[];
  readonly elements: readonly ElementUse[];
  /** By atom: its index in `unary` or `elements`, or -1. */
  readonly unaryOfAtom: readonly number[];
  readonly elementOfAtom: readonly number[];
  /** [rule][0 at tool points, 1 at the others] */
  readonly targets: readonly (readonly [readonly TargetUse[], readonly TargetUse[]])[];
}

/** Stands for view 0 among indexes of readings. */
export const TOOL_READING = -1;

export function collectUses(set: PolicySet): Uses {
  const homes = homesOf(set);
  const unary: UnaryUse[] = [];
  const elements: ElementUse[] = [];
  const unaryOfAtom = set.atoms.map(() => -1);
  const elementOfAtom = set.atoms.map(() => -1);
  set.atoms.forEach((atom, index) => {
    const home = homes[index];
    if (home === undefined) return;
    if (atom.kind === 'unary') {
      unaryOfAtom[index] = unary.length;
      unary.push({ view: atom.view, test: atom.test, target: false, home });
    } else if (atom.kind === 'element') {
      elementOfAtom[index] = elements.length;
      elements.push({ view: atom.view, test: atom.test, negated: atom.negated });
    }
  });
  return { unary, elements, unaryOfAtom, elementOfAtom, targets: collectTargets(set, unary) };
}

/** By atom: the tool target whose rules use it, '' for several, undefined for none. */
function homesOf(set: PolicySet): (string | undefined)[] {
  const homes: (string | undefined)[] = set.atoms.map(() => undefined);
  for (const rule of set.rules) {
    const { target } = rule;
    const home = target.kind === 'every' ? '' : JSON.stringify([target.names, target.globs]);
    addHomes(rule.formula, home, homes, new Set(), set);
  }
  return homes;
}

function addHomes(
  formula: Formula,
  home: string,
  homes: (string | undefined)[],
  seen: Set<Formula>,
  set: PolicySet,
): void {
  if (formula.kind === 'constant') return;
  if (formula.kind === 'literal') {
    const before = homes[formula.atom];
    homes[formula.atom] = before === undefined || before === home ? home : '';
    const atom = set.atoms[formula.atom];
    if (atom?.kind !== 'relation' || atom.relation.kind !== 'quantifier' || seen.has(formula)) return;
    seen.add(formula);
    addHomes(atom.relation.body, home, homes, seen, set);
    return;
  }
  if (seen.has(formula)) return;
  seen.add(formula);
  for (const operand of formula.operands) addHomes(operand, home, homes, seen, set);
}

function collectTargets(set: PolicySet, unary: UnaryUse[]): Uses['targets'] {
  const known = new Map<string, number>();
  const useOf = (test: Test): number => {
    const key = JSON.stringify(test);
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, unary.length);
    unary.push({ view: TOOL_READING, test, target: true, home: '' });
    return unary.length - 1;
  };
  const targetUse = ({ tests, rank }: Alternative): TargetUse => ({ uses: tests?.map(useOf) ?? null, rank });
  return set.rules.map((rule, index) => {
    const atTools = rule.points.some(isToolPoint) ? alternatives(rule, index, true, set).map(targetUse) : [];
    const elsewhere = rule.points.every(isToolPoint) ? [] : alternatives(rule, index, false, set).map(targetUse);
    return [atTools, elsewhere];
  });
}

export function isToolPoint(point: string): boolean {
  return point === 'pre_tool_call' || point === 'post_tool_call';
}
