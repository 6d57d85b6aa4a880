// In: verdicts, one at a time. Out: counts by decision, status, rule and tool, and what was owed to doubt or to the default.
// Made for the hot loop of `replay`: a verdict costs a few map look-ups, nothing is sorted and no text is built.

import type { Decision, Engine, Verdict } from '../../host-js/index.ts';

export interface RuleTally {
  readonly id: string;
  readonly effect: Decision;
  /** Verdicts in which the rule was true, was among the determining ones, was unknown. */
  matched: number;
  determining: number;
  unknown: number;
  /** Verdicts that would have been milder had this rule not been unknown: see `Tally.unknownAlone`. */
  unknownAlone: number;
}

export interface ToolTally {
  /** Null: a request without a tool. */
  readonly tool: string | null;
  calls: number;
  readonly decisions: Record<Decision, number>;
  defaultOnly: number;
}

/** Verdicts that are shown as examples. */
const MOST_KEPT = 20;

export class Tally {
  calls = 0;
  readonly decisions: Record<Decision, number> = { allow: 0, warn: 0, transform: 0, escalate: 0, deny: 0 };
  readonly statuses: Map<string, number> = new Map();
  /** In source order. */
  readonly rules: ReadonlyMap<string, RuleTally>;
  readonly tools: Map<string | null, ToolTally> = new Map();
  /**
   * Decisions owed to an unknown alone: an unknown restricting rule made the decision more severe (its base differs), or no rule was
   * true and an allow rule was unknown, so that only a default other than allow was left (LANGUAGE.md 8.2).
   */
  unknownAlone = 0;
  readonly unknownAloneCalls: { readonly index: number; readonly verdict: Verdict }[] = [];
  /** No rule made the decision: the default did. */
  defaultOnly = 0;

  constructor(engine: Engine) {
    this.rules = new Map(
      engine.rules.map(({ id, effect }) => [
        id,
        { id, effect, matched: 0, determining: 0, unknown: 0, unknownAlone: 0 },
      ]),
    );
  }

  /** @param index of the call, kept with what is shown */
  add(index: number, tool: unknown, verdict: Verdict): void {
    const { decision, status } = verdict;
    this.calls += 1;
    this.decisions[decision] += 1;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const name = typeof tool === 'string' ? tool : null;
    let ofTool = this.tools.get(name);
    if (ofTool === undefined) {
      ofTool = {
        tool: name,
        calls: 0,
        decisions: { allow: 0, warn: 0, transform: 0, escalate: 0, deny: 0 },
        defaultOnly: 0,
      };
      this.tools.set(name, ofTool);
    }
    ofTool.calls += 1;
    ofTool.decisions[decision] += 1;
    for (const id of verdict.rules) {
      const rule = this.rules.get(id);
      if (rule !== undefined) rule.matched += 1;
    }
    for (const id of verdict.determining) {
      const rule = this.rules.get(id);
      if (rule !== undefined) rule.determining += 1;
    }
    if (status === 'ok' && verdict.determining.length === 0) {
      this.defaultOnly += 1;
      ofTool.defaultOnly += 1;
    }
    if (verdict.unknown.length > 0) this.#doubt(index, verdict);
  }

  #doubt(index: number, verdict: Verdict): void {
    const isRaised = verdict.base !== verdict.decision;
    const isLeftToDefault = verdict.determining.length === 0 && verdict.decision !== 'allow';
    let isAlone = false;
    let last = '';
    // The entries of one rule stand together (LANGUAGE.md 6.3).
    for (const { rule: id } of verdict.unknown) {
      if (id === last) continue;
      last = id;
      const rule = this.rules.get(id);
      if (rule === undefined) continue;
      rule.unknown += 1;
      const isCause = isRaised ? verdict.determining.includes(id) : isLeftToDefault && rule.effect === 'allow';
      if (!isCause) continue;
      rule.unknownAlone += 1;
      isAlone = true;
    }
    if (!isAlone) return;
    this.unknownAlone += 1;
    if (this.unknownAloneCalls.length < MOST_KEPT) this.unknownAloneCalls.push({ index, verdict });
  }
}
