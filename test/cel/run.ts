// In: cases of the official suite. Out: for each, whether the reference evaluator gives what the suite expects, or why not.

import type { Term } from '../../compiler/check/terms.ts';
import { evaluateTerm, type TermOutcome } from '../../compiler/reference/terms.ts';
import { isExpected, termOf } from './expected.ts';
import { type Prepared, policyOf, prepare, type SuiteCase } from './suite.ts';

/** `why` null: it passed. */
export interface Result {
  readonly one: SuiteCase;
  readonly why: string | null;
}

export function runOnReference(one: SuiteCase): Result {
  return { one, why: whyNot(one, prepare(one)) };
}

/** Null: it gives what the suite expects. */
export function whyNot(one: SuiteCase, prepared: Prepared): string | null {
  const { expected } = one;
  if (expected.kind === 'type') return 'asks for a static type';
  // An error that is found at compile time is found.
  if (prepared.kind === 'refused') return expected.kind === 'error' ? null : `refused: ${prepared.message}`;
  const outcome = outcomeOf(prepared.term, prepared);
  if (expected.kind === 'error') return outcome.kind === 'unknown' ? null : `gives ${show(outcome)}`;
  if (outcome.kind !== 'value') return `is ${outcome.kind}`;
  if (!isExpected(outcome.value, expected.value)) return `gives ${show(outcome)}`;
  return whyNotEqual(prepared, one);
}

/** `expr == expected`, where the expected value equals itself and can be written. */
function whyNotEqual(prepared: Prepared & { readonly kind: 'term' }, { expected }: SuiteCase): string | null {
  const equality = expected.kind === 'value' ? equalityOf(prepared.term, expected.value) : null;
  if (equality === null) return null;
  const outcome = outcomeOf(equality, prepared);
  const holds = outcome.kind === 'value' && outcome.value.kind === 'bool' && outcome.value.value;
  return holds ? null : `as \`expr == expected\` gives ${show(outcome)}`;
}

/** Null: no term makes the value. */
export function equalityOf(term: Term, value: Parameters<typeof termOf>[0]): Term | null {
  const written = termOf(value, term.span);
  if (written === null || JSON.stringify(value).includes('NaN')) return null;
  return { kind: 'call', fn: 'equal', args: [term, written], span: term.span };
}

function outcomeOf(term: Term, { context }: Prepared & { readonly kind: 'term' }): TermOutcome {
  const { environment } = policyOf(term);
  return evaluateTerm(term, { environment, request: { context }, tool: null, maxStringBytes: 65536 });
}

function show(outcome: TermOutcome): string {
  const write = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);
  return outcome.kind === 'value' ? JSON.stringify(outcome.value, write) : outcome.kind;
}
