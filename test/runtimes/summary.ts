// In: what came of each runtime. Out: the lines to print, and whether all is well. Runs nothing.

import type { Report } from './runner.ts';

export type Outcome =
  | { readonly kind: 'ran'; readonly name: string; readonly version: string; readonly report: Report }
  | { readonly kind: 'absent'; readonly name: string; readonly program: string }
  /** It is here, but gave no report. */
  | { readonly kind: 'broken'; readonly name: string; readonly version: string; readonly why: string };

/** Of how many failed cases of a runtime the reason is printed. */
const MAX_SHOWN = 5;

/** `total`: how many cases there are; a runtime that ran fewer has skipped them. */
export function summary(
  outcomes: readonly Outcome[],
  total: number,
  allowAbsent: boolean,
): { readonly lines: readonly string[]; readonly isGood: boolean } {
  // One program may run in several ways.
  const absent = new Set(outcomes.flatMap((outcome) => (outcome.kind === 'absent' ? [outcome.program] : [])));
  return {
    lines: outcomes.flatMap((outcome) => linesOf(outcome, total)),
    isGood:
      outcomes.every((outcome) => outcome.kind === 'absent' || isPassed(outcome, total)) &&
      outcomes.some(({ kind }) => kind === 'ran') &&
      (allowAbsent || absent.size <= 1),
  };
}

function isPassed(outcome: Outcome, total: number): boolean {
  return outcome.kind === 'ran' && outcome.report.passed === total && outcome.report.failed.length === 0;
}

export function linesOf(outcome: Outcome, total: number): string[] {
  if (outcome.kind === 'absent') return [`${outcome.name}: absent: ${outcome.program} is not there`];
  const named = `${outcome.name} ${outcome.version}`;
  if (outcome.kind === 'broken') return [`${named}: broken: ${outcome.why}`];
  const { passed, failed, p50Ns } = outcome.report;
  const skipped = total - passed - failed.length;
  return [
    `${named}: ${passed} passed, ${failed.length} failed, ${skipped} skipped`,
    `  p50 of a decision in a session: ${p50Ns === null ? 'not measured, the clock stands still' : `${p50Ns} ns`}`,
    ...failed.slice(0, MAX_SHOWN).map((line) => `  failed: ${line}`),
    ...(failed.length > MAX_SHOWN ? [`  and ${failed.length - MAX_SHOWN} more`] : []),
  ];
}
