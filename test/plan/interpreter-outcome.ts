// In: the rules that are true or unknown, with ranks. Out: what they come to by the combining algorithms of their policies (LANGUAGE.md 8,
// 12), as the tables say it. A part of the interpreter of tables (interpreter.ts).

import type { Effect } from '../../compiler/check/typed.ts';
import type { DecisionTables } from '../../compiler/plan/tables.ts';

const SEVERITY: Record<Effect, number> = { allow: 0, warn: 1, transform: 2, escalate: 3, deny: 4 };
/** A rule or a nested policy that is true or unknown, in the policy of that number. */
export interface Member {
  readonly policy: number;
  readonly isTrue: boolean;
  readonly effect: Effect;
  readonly rank: number;
  readonly all: readonly number[];
  readonly determining: readonly number[];
  readonly status: string;
}

/** What the members come to when each nested policy, the last first, has become a member of its parent. */
export function outcomeOf(tables: DecisionTables, rules: readonly Member[]): Member | null {
  const members = [...rules];
  for (let policy = tables.nested.length; policy >= 0; policy -= 1) {
    const nested = tables.nested[policy - 1];
    const outcome = together(
      members.filter((member) => member.policy === policy),
      nested?.algorithm ?? tables.algorithm,
    );
    if (nested === undefined) return outcome;
    if (outcome === null) continue;
    const above = tables.nested[nested.parent - 1]?.algorithm ?? tables.algorithm;
    const rank = above !== 'allow-overrides' ? nested.rank : outcome.effect === 'allow' ? 1 : 0;
    members.push({ ...outcome, policy: nested.parent, rank });
  }
  return null;
}

function together(members: readonly Member[], algorithm: string): Member | null {
  if (members.length === 0) return null;
  const highest = Math.max(...members.map(({ isTrue, rank }) => (isTrue ? rank : Number.NEGATIVE_INFINITY)));
  const speaking = members.filter(({ isTrue, rank, effect }) => rank >= highest && (isTrue || effect !== 'allow'));
  const clash = algorithm === 'only-one' && members.length > 1;
  const stopped = algorithm === 'strict-first-match' && members.some(({ isTrue, rank }) => !isTrue && rank > highest);
  const effect = clash || stopped ? 'deny' : worst(speaking.map((member) => member.effect));
  const deciding = stopped ? [] : speaking.filter((member) => member.effect === effect);
  const ending = clash ? 'only-one-conflict' : stopped ? 'condition-error' : 'ok';
  return {
    policy: -1,
    isTrue: members.some(({ isTrue }) => isTrue),
    effect,
    rank: 0,
    all: members.flatMap(({ all }) => all),
    determining: clash ? members.flatMap(({ all }) => all) : deciding.flatMap(({ determining }) => determining),
    status: ending !== 'ok' ? ending : (deciding.find(({ status }) => status !== 'ok')?.status ?? 'ok'),
  };
}

export function worst(effects: readonly Effect[]): Effect {
  return effects.reduce<Effect>((a, b) => (SEVERITY[b] > SEVERITY[a] ? b : a), 'allow');
}
