// In: a policy's expectations and its engine. Out: what came of each, and a table of them that shows every kind of answer once
// before it shows one twice. Never prints.

import type { Engine, Verdict } from '../../host-js/index.ts';
import { type Difference, differences, type Expectation, readExpectations } from './expectations.ts';
import { callText, colourOf, DECISIONS, elide, wrap } from './show.ts';
import type { Colours } from './terminal.ts';

export interface Outcome {
  readonly expectation: Expectation;
  readonly verdict: Verdict;
  /** Empty: as expected. */
  readonly differences: readonly Difference[];
}

export function decideExpectations(engine: Engine, path: string): readonly Outcome[] {
  return readExpectations(path).map((expectation) => {
    const verdict = engine.decide(expectation.request);
    return { expectation, verdict, differences: differences(expectation, engine) };
  });
}

export function failures(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ differences: found }) => found.length > 0);
}

/** Rows of one table, unless all are asked for; those that failed come on top of them. */
const MOST_ROWS = 8;
/** Lines of a reason. */
const LINES = 3;
const RULE_WIDTH = 20;
const NARROW_RULE_WIDTH = 17;
const NARROW_COLUMNS = 90;
const DECISION_WIDTH = 9;
const GAP = '  ';
const VALUE_WIDTH = 22;

/** The table, and how many calls it leaves out. */
export function callsTable(
  outcomes: readonly Outcome[],
  showAll: boolean,
  columns: number,
  colours: Colours,
): { readonly text: string; readonly left: number } {
  const shown = showAll ? outcomes : telling(outcomes);
  const ruleWidth = columns < NARROW_COLUMNS ? NARROW_RULE_WIDTH : RULE_WIDTH;
  const rest = columns - DECISION_WIDTH - ruleWidth - 4 * GAP.length;
  const callWidth = Math.ceil(rest * 0.52);
  const widths = [callWidth, DECISION_WIDTH, ruleWidth, rest - callWidth];
  const heading = line(
    [
      ['call', colours.dim],
      ['decision', colours.dim],
      ['decided by', colours.dim],
      ['reason', colours.dim],
    ],
    widths,
  );
  const rows = shown.map((outcome) => row(outcome, widths, colours));
  return { text: [heading, ...rows].join('\n'), left: outcomes.length - shown.length };
}

/** One call of each decision and deciding rule, the decisions in turn; failed calls always. In the order of the file. */
function telling(outcomes: readonly Outcome[]): readonly Outcome[] {
  const queues = DECISIONS.map((decision) => {
    const byRule = new Map<string, Outcome>();
    for (const outcome of outcomes) {
      const { verdict } = outcome;
      const key = verdict.determining[0] ?? verdict.status;
      if (verdict.decision === decision && !byRule.has(key)) byRule.set(key, outcome);
    }
    return [...byRule.values()];
  });
  const chosen = new Set(failures(outcomes));
  const most = MOST_ROWS + chosen.size;
  for (let turn = 0; queues.some((queue) => turn < queue.length); turn += 1) {
    for (const queue of queues) {
      const outcome = queue[turn];
      if (outcome !== undefined && chosen.size < most) chosen.add(outcome);
    }
  }
  return outcomes.filter((outcome) => chosen.has(outcome));
}

type Paint = (text: string) => string;
const PLAIN: Paint = (text) => text;

function row(
  { expectation, verdict, differences: found }: Outcome,
  widths: readonly number[],
  colours: Colours,
): string {
  const [callWidth = 0, , ruleWidth = 0, reasonWidth = 0] = widths;
  const failed = found.length > 0;
  const reason = wrap(reasonText(verdict), reasonWidth, LINES);
  const rules = ruleLines(verdict, ruleWidth);
  const call = callText(expectation.request, VALUE_WIDTH);
  const lines = [
    line(
      [
        [elide(expectation.name, callWidth), failed ? colours.red : PLAIN],
        [verdict.decision, colourOf(verdict.decision, colours)],
        [rules[0] ?? '', PLAIN],
        [reason[0] ?? '', PLAIN],
      ],
      widths,
    ),
    underName(call, rules[1], reason[1], widths, colours),
  ];
  if (reason[2] !== undefined) lines.push(underName('', undefined, reason[2], widths, colours));
  for (const { key, expected, actual } of found) {
    lines.push(colours.red(`  ✗ ${key}: expected ${JSON.stringify(expected)}, but got ${JSON.stringify(actual)}`));
  }
  return lines.join('\n');
}

/** The call runs under decision and rule as far as they leave it room. */
function underName(
  call: string,
  rule: string | undefined,
  reason: string | undefined,
  widths: readonly number[],
  colours: Colours,
): string {
  const [callWidth = 0, decisionWidth = 0, ruleWidth = 0, reasonWidth = 0] = widths;
  if (rule !== undefined) {
    const wide = callWidth + GAP.length + decisionWidth;
    return line(
      [
        [elide(call, wide), colours.dim],
        [rule, PLAIN],
        [reason ?? '', PLAIN],
      ],
      [wide, ruleWidth, reasonWidth],
    );
  }
  const wide = callWidth + decisionWidth + ruleWidth + 2 * GAP.length;
  return line(
    [
      [elide(call, wide), colours.dim],
      [reason ?? '', PLAIN],
    ],
    [wide, reasonWidth],
  );
}

function line(cells: readonly (readonly [string, Paint])[], widths: readonly number[]): string {
  return cells
    .map(([text, paint], i) => GAP + paint(text) + ' '.repeat(Math.max(0, (widths[i] ?? 0) - text.length)))
    .join('')
    .trimEnd();
}

function ruleLines({ determining, status }: Verdict, width: number): readonly string[] {
  if (determining.length === 0) return [status === 'ok' ? '(default)' : '(none)'];
  const [first = '', second, ...more] = determining;
  if (second === undefined) return [elide(first, width)];
  return [elide(first, width), elide(more.length === 0 ? second : `${second}, …`, width)];
}

/** An author's own words, or what stands in for a rule; a rule that allows needs none. */
function reasonText({ reason, determining, decision, base, unknown }: Verdict): string {
  const isGenerated = determining[0] !== undefined && reason.startsWith(`rule \`${determining[0]}\` decides`);
  const doubts = unknown.filter(({ rule }) => determining.includes(rule)).map(({ path, cause }) => `${path}: ${cause}`);
  const doubt = decision !== base && doubts.length > 0 ? `in doubt (${[...new Set(doubts)].join(', ')})` : '';
  return [isGenerated ? '' : reason, doubt].filter((part) => part !== '').join(' — ');
}
