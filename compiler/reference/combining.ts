// In: the rules of a policy set that are true or unknown. Out: what they come to, policy by policy (LANGUAGE.md 8, 12.4).
// A nested policy is to its parent what a rule is: true, unknown or nothing, with an effect and a rank.

import type { Algorithm, CheckedPolicy, CheckedRule, Effect, ScopeLevel } from '../check/typed.ts';

/** A rule that is not without a match (6.2). */
export interface Matched {
  readonly rule: CheckedRule;
  readonly isTrue: boolean;
}

/** How a policy came to its effect: by its algorithm alone, by 8.4 or by 15.2. */
type Ending = 'ok' | 'only-one-conflict' | 'condition-error';

export interface Combined {
  readonly decision: Effect;
  readonly base: Effect;
  readonly status: Ending;
  /** In source order (8.3). */
  readonly determining: readonly CheckedRule[];
  /** Transform rules that apply, in source order (13.3). */
  readonly transforming: readonly CheckedRule[];
}

/** A rule or a nested policy that is true or unknown, as a member of its policy. */
interface Member {
  readonly isTrue: boolean;
  readonly effect: Effect;
  readonly rank: number;
  /** Under it: every rule that is true or unknown, and those that gave its effect. */
  readonly rules: readonly CheckedRule[];
  readonly determining: readonly CheckedRule[];
  /** Transform rules under it that nothing outranks. */
  readonly transforming: readonly CheckedRule[];
  readonly ending: Ending;
}

const SEVERITY: Record<Effect, number> = { allow: 0, warn: 1, transform: 2, escalate: 3, deny: 4 }; // 1.2
const SCOPES: Record<ScopeLevel, number> = { global: 0, tenant: 1, team: 2, agent: 3 };

export function combine(policy: CheckedPolicy, matched: readonly Matched[], tool: string | null): Combined {
  const root = memberOf(policy, 0, matched, tool);
  const sure = memberOf(
    policy,
    0,
    matched.filter(({ isTrue }) => isTrue),
    tool,
  );
  const base = sure?.effect ?? policy.default;
  if (root === null) return { decision: base, base, status: 'ok', determining: [], transforming: [] };
  // 8.2: what is only unknown never displaces the default.
  const decision = root.isTrue ? root.effect : mostSevere([{ effect: policy.default }, root]);
  const determining = root.effect === decision ? root.determining : [];
  return {
    decision,
    base,
    status: root.ending,
    determining: inOrder(determining),
    transforming: decision === 'transform' || decision === 'escalate' ? inOrder(root.transforming) : [],
  };
}

function inOrder(rules: readonly CheckedRule[]): readonly CheckedRule[] {
  return [...rules].sort((a, b) => a.index - b.index);
}

/** The policy of this number as a member of its parent; null if nothing in it is true or unknown: it is not applicable. */
function memberOf(
  policy: CheckedPolicy,
  number: number,
  matched: readonly Matched[],
  tool: string | null,
): Member | null {
  const node = policy.tree[number];
  if (node === undefined) return null;
  const rules = matched.filter(({ rule }) => rule.policy === number);
  const nested = policy.tree.flatMap(({ parent }, child) =>
    parent === number ? (memberOf(policy, child, matched, tool) ?? []) : [],
  );
  const members = [...rules.map(({ rule, isTrue }) => asMember(rule, isTrue, node.algorithm, tool)), ...nested];
  if (members.length === 0) return null;
  const { isTrue, effect, deciding, standing, ending } = outcomeOf(members, node.algorithm);
  const above = policy.tree[node.parent]?.algorithm ?? node.algorithm;
  return {
    isTrue,
    effect,
    rank: rankOf(above, { ...node, effect, specificity: 0 }),
    rules: members.flatMap((member) => member.rules),
    determining: deciding.flatMap((member) => (ending === 'only-one-conflict' ? member.rules : member.determining)),
    transforming: standing.flatMap((member) => member.transforming),
    ending: ending === 'ok' ? (deciding.find((member) => member.ending !== 'ok')?.ending ?? 'ok') : ending,
  };
}

/** 8.2 to 8.4, of at least one member. */
function outcomeOf(members: readonly Member[], algorithm: Algorithm) {
  const sure = members.filter(({ isTrue }) => isTrue);
  const highest = Math.max(Number.NEGATIVE_INFINITY, ...sure.map(({ rank }) => rank));
  const decisive = sure.filter(({ rank }) => rank === highest);
  // What a true member outranks neither decides nor raises.
  const mayRaise = algorithm !== 'cedar'; // 14.2
  const doubtful = members.filter(
    ({ isTrue, effect, rank }) => mayRaise && !isTrue && effect !== 'allow' && rank >= highest,
  );
  const standing = members.filter(({ isTrue, rank }) => rank >= highest && (isTrue || mayRaise));
  const outcome = { isTrue: sure.length > 0, effect: 'deny', standing } as const;
  if (algorithm === 'only-one' && members.length > 1) {
    return { ...outcome, deciding: members, ending: 'only-one-conflict' } as const;
  }
  // 15.2: whatever is unknown before the first true rule ends it.
  if (algorithm === 'strict-first-match' && members.some(({ isTrue, rank }) => !isTrue && rank > highest)) {
    return { ...outcome, deciding: [], ending: 'condition-error' } as const;
  }
  const effect = mostSevere([...decisive, ...doubtful]);
  const deciding = [...decisive, ...doubtful].filter((member) => member.effect === effect);
  return { ...outcome, effect, deciding, ending: 'ok' } as const;
}

function asMember(rule: CheckedRule, isTrue: boolean, algorithm: Algorithm, tool: string | null): Member {
  const { target, effect, index, priority, scope, final } = rule;
  const isNamed = target.kind === 'listed' && tool !== null && target.names.includes(tool);
  const specificity = target.kind === 'every' ? 0 : isNamed ? 2 : 1;
  const rank = rankOf(algorithm, { effect, position: index, priority, scope, specificity });
  const rules = [rule];
  return {
    isTrue,
    effect,
    rank: final ? Number.POSITIVE_INFINITY : rank,
    rules,
    determining: rules,
    transforming: effect === 'transform' ? rules : [],
    ending: 'ok',
  };
}

/** 8.1. */
function rankOf(
  algorithm: Algorithm,
  member: {
    readonly effect: Effect;
    readonly position: number;
    readonly priority: number;
    readonly scope: ScopeLevel;
    readonly specificity: number;
  },
): number {
  const ranks: Record<Algorithm, number> = {
    'deny-overrides': 0,
    'allow-overrides': member.effect === 'allow' ? 1 : 0,
    'first-match': -member.position,
    priority: member.priority,
    'most-specific': 3 * SCOPES[member.scope] + member.specificity,
    'only-one': 0,
    'strict-first-match': -member.position,
    cedar: 0,
  };
  return ranks[algorithm];
}

function mostSevere(members: readonly { readonly effect: Effect }[]): Effect {
  const worst = members.reduce((a, b) => (SEVERITY[b.effect] > SEVERITY[a.effect] ? b : a), { effect: 'allow' });
  return worst.effect;
}
