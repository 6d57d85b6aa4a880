// A rule's target as tests of the tool's name, with the rank it gives (LANGUAGE.md 6.1, 7.4, 8.1).
// In: rules, catalogue. Out: alternatives, each the `or` of its tests. In a closed world globs become the tools they cover.

import type { Algorithm, PolicyNode, ScopeLevel } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { compareCodePoints, globMatches, isWellFormed, utf8 } from '../ir/text.ts';
import type { IrRule, PolicySet, Test } from '../ir/types.ts';

/** `tests` null: every tool, and none. */
export interface Alternative {
  readonly tests: readonly Test[] | null;
  readonly rank: number;
}

/** Nothing outranks a final deny: INVARIANT (check): no `priority` is as high. */
const RANK_FINAL = 0x7fffffff;
const SCOPE_RANK: Record<ScopeLevel, number> = { global: 0, tenant: 3, team: 6, agent: 9 };

/** Every tool the artifact must know by name: all that a catalogue lists, and all that rules name. */
export function knownTools(set: PolicySet): Set<string> {
  const tools = new Set<string>();
  for (const { catalogue } of [set.environment, ...set.environments]) {
    for (const name of catalogue?.tools.keys() ?? []) tools.add(name);
  }
  for (const { target } of set.rules) {
    if (target.kind === 'listed') for (const name of target.names) if (isWellFormed(name)) tools.add(name);
  }
  return tools;
}

/**
 * @param ruleIndex    position among the enabled rules
 * @param isToolPoint  at the tool points a rule speaks of the tools of its own closed world alone (LANGUAGE.md 7.5, 12.2)
 */
export function alternatives(
  rule: IrRule,
  ruleIndex: number,
  isToolPoint: boolean,
  set: PolicySet,
): readonly Alternative[] {
  const { target } = rule;
  const { catalogue } = rule.environment;
  const closed = isToolPoint && catalogue?.closed === true ? catalogue : null;
  if (target.kind === 'every') {
    const rank = rankOfRule(rule, ruleIndex, 0, set);
    // No other tool gets as far as the rules of the root's own world.
    if (closed === null || catalogue === set.environment.catalogue) return [{ tests: null, rank }];
    return [{ tests: [strings([...closed.tools.keys()])], rank }];
  }
  const names = target.names.filter(isWellFormed);
  const globs = target.globs.filter(isWellFormed);
  const named: Test[] = names.length > 0 ? [strings(names)] : [];
  const covered: Test[] =
    globs.length === 0
      ? []
      : closed !== null
        ? [strings(globs.flatMap((glob) => coveredBy(glob, rule.environment)))]
        : [...new Set(globs)].map(globTest);
  if (set.tree[rule.policy]?.algorithm === 'most-specific') {
    return [
      { tests: named, rank: rankOfRule(rule, ruleIndex, 2, set) },
      { tests: covered, rank: rankOfRule(rule, ruleIndex, 1, set) },
    ].filter(({ tests }) => tests.length > 0);
  }
  const tests = closed !== null ? [strings([...named, ...covered].flatMap(valuesOf))] : [...named, ...covered];
  return [{ tests, rank: rankOfRule(rule, ruleIndex, 0, set) }];
}

/** Rules share globs, and a catalogue may list thousands of tools: each glob is held against a catalogue once. */
const covers = new WeakMap<IrRule['environment'], Map<string, readonly string[]>>();

function coveredBy(glob: string, environment: IrRule['environment']): readonly string[] {
  const known = covers.get(environment) ?? new Map<string, readonly string[]>();
  covers.set(environment, known);
  const before = known.get(glob);
  if (before !== undefined) return before;
  const start = glob.split('*')[0] ?? '';
  const covered: string[] = [];
  for (const tool of environment.catalogue?.tools.keys() ?? []) {
    if (tool.startsWith(start) && globMatches(glob, tool)) covered.push(tool);
  }
  known.set(glob, covered);
  return covered;
}

function rankOfRule(rule: IrRule, ruleIndex: number, specificity: number, { tree, rules }: PolicySet): number {
  if (rule.final) return RANK_FINAL;
  const algorithm = tree[rule.policy]?.algorithm ?? 'deny-overrides';
  const place = rules.length - 1 - ruleIndex;
  const rank = rankOf(algorithm, rule.effect === 'allow', place, rule.priority);
  return rank ?? SCOPE_RANK[rule.scope] + specificity;
}

/** Of each policy as a member of its parent; under `allow-overrides` the core gives it, by what the policy comes to. */
export function policyRank({ parent, position, priority, scope }: PolicyNode, { tree, rules }: PolicySet): number {
  const algorithm = tree[parent]?.algorithm ?? 'deny-overrides';
  const behind = rules.findIndex((rule) => rule.position >= position);
  const place = behind < 0 ? 0 : rules.length - 1 - behind;
  return rankOf(algorithm, false, place, priority) ?? SCOPE_RANK[scope];
}

/** LANGUAGE.md 8.1; null: by scope. `place`: the earlier in source order, the higher. */
function rankOf(algorithm: Algorithm, isAllow: boolean, place: number, priority: number): number | null {
  switch (algorithm) {
    case 'deny-overrides':
    case 'only-one':
    case 'cedar':
      return 0;
    case 'allow-overrides':
      return isAllow ? 1 : 0;
    case 'first-match':
    case 'strict-first-match':
      return place;
    case 'priority':
      return priority;
    case 'most-specific':
      return null;
    default:
      return unreachable(algorithm);
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
