// What documents side by side and documents in folders both come to: rules in order, each under the condition for whom or where its
// document speaks, and a default. In: documents. Out: those parts. Never orders anything.

import type { Condition, Effect } from '../check/typed.ts';
import type { DiagnosticSink } from '../diagnostic.ts';
import type { AgtDocument, AgtRule } from './ast.ts';

/** A rule with the condition under which its document speaks at all. */
export interface GuardedRule {
  readonly rule: AgtRule;
  readonly guard: Condition | null;
  readonly specificity: number;
}

/** Rules in the order in which they decide, and the decision where none does. */
export interface Parts {
  readonly rules: readonly GuardedRule[];
  readonly fallback: Effect;
}

export function defaultOf(document: AgtDocument, sink: DiagnosticSink): Effect {
  if (document.defaultEffect !== null) return document.defaultEffect;
  if (document.family === 'expressions') return 'deny';
  const help = 'write `defaults: { action: deny }`, or `allow`: toolkits before June 2026 allow here, later ones deny';
  const span = { ...document.span, end: document.span.start };
  sink.warning('P1211', span, 'the document states no default action: `allow` is taken', help);
  return 'allow';
}

/** A default that holds for some callers or folders only. */
export function defaultRule({ name, span, rules }: AgtDocument, effect: Effect): AgtRule {
  return {
    name: `default of ${name}`,
    span: { ...span, end: span.start },
    condition: { kind: 'and', operands: [], span },
    effect,
    action: effect,
    priority: 0,
    message: null,
    override: false,
    enabled: true,
    points: [...new Set(rules.flatMap(({ points }) => points))],
    approvers: [],
    limit: null,
  };
}
