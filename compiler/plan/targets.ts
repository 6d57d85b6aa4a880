// A rule's target as tests of the tool's name, with the rank it gives (LANGUAGE.md 6.1, 7.4, 8.1).
// In: rules, catalogue. Out: alternatives, each the `or` of its tests. In a closed world globs become the tools they cover.

import type { Algorithm } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { compareCodePoints, globMatches, isWellFormed, utf8 } from '../ir/text.ts';
import type { IrRule, PolicySet, Test } from '../ir/types.ts';

/** `tests` null: every tool, and none. */
export interface Alternative {
  readonly tests: readonly Test[] | null;
  readonly rank: number;
}

export interface TargetWorld {
  readonly algorithm: Algorithm;
  readonly ruleCount: number;
  /** Tools that can be called at a tool point; null: any. */
  readonly closedTools: readonly string[] | null;
}

export function targetWorld(set: PolicySet): TargetWorld {
  const { catalogue } = set;
  return {
    algorithm: set.algorithm,
    ruleCount: set.rules.length,
    closedTools: catalogue?.closed === true ? [...catalogue.tools.keys()] : null,
  };
}

/** Every tool the artifact must know by name: all that a catalogue lists, and all that rules name. */
export function knownTools(set: PolicySet): Set<string> {
  const tools = new Set(set.catalogue?.tools.keys() ?? []);
  for (const { target } of set.rules) {
    if (target.kind === 'listed') for (const name of target.names) if (isWellFormed(name)) tools.add(name);
  }
  return tools;
}

/**
 * @param ruleIndex    position among the enabled rules
 * @param isToolPoint  at the tool points of a closed world no other tool gets this far (LANGUAGE.md 7.5, 10.3)
 */
export function alternatives(
  rule: IrRule,
  ruleIndex: number,
  isToolPoint: boolean,
  world: TargetWorld,
): readonly Alternative[] {
  const { target } = rule;
  if (target.kind === 'every') return [{ tests: null, rank: rankOf(rule, ruleIndex, 0, world) }];
  const names = target.names.filter(isWellFormed);
  const globs = target.globs.filter(isWellFormed);
  const closed = isToolPoint ? world.closedTools : null;
  const named: Test[] = names.length > 0 ? [strings(names)] : [];
  const covered: Test[] =
    globs.length === 0
      ? []
      : closed !== null
        ? [strings(closed.filter((tool) => globs.some((glob) => globMatches(glob, tool))))]
        : [...new Set(globs)].map(globTest);
  if (world.algorithm === 'most-specific') {
    return [
      { tests: named, rank: rankOf(rule, ruleIndex, 2, world) },
      { tests: covered, rank: rankOf(rule, ruleIndex, 1, world) },
    ].filter(({ tests }) => tests.length > 0);
  }
  const tests = closed !== null ? [strings([...named, ...covered].flatMap(valuesOf))] : [...named, ...covered];
  return [{ tests, rank: rankOf(rule, ruleIndex, 0, world) }];
}

function rankOf(rule: IrRule, ruleIndex: number, specificity: number, world: TargetWorld): number {
  switch (world.algorithm) {
    case 'deny-overrides':
    case 'only-one':
      return 0;
    case 'allow-overrides':
      return rule.effect === 'allow' ? 1 : 0;
    case 'first-match':
    case 'strict-first-match':
      return world.ruleCount - 1 - ruleIndex;
    case 'priority':
      return rule.priority;
    case 'most-specific':
      return specificity;
    default:
      return unreachable(world.algorithm);
  }
}

function strings(values: readonly string[]): Test {
  return { kind: 'strings', values: [...new Set(values)].sort(compareCodePoints) };
}

function valuesOf(test: Test): readonly string[] {
  return test.kind === 'strings' ? test.values : [];
}

/** A glob by the cheapest automaton that knows it. */
function globTest(glob: string): Test {
  const pieces = glob.split('*');
  const inner = pieces.slice(1, -1).filter((piece) => piece !== '');
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  if (utf8(glob).length > 4096) throw new Error('a tool glob of over 4,096 bytes');
  if (inner.length === 0 && first === '' && last === '') return { kind: 'glob', text: '*' };
  if (inner.length === 0 && last === '') return { kind: 'prefix', text: first };
  if (inner.length === 0 && first === '') return { kind: 'suffix', text: last };
  if (inner.length === 1 && first === '' && last === '') return { kind: 'contains', text: inner[0] ?? '' };
  return { kind: 'glob', text: glob };
}
