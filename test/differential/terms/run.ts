// In: a seed and cores. Out: whether the term machine gives the reference's outcome, on generated terms of every function: of a term that
// has a value it asks whether it equals that value, written out, and is of its type; of any other whether it is unknown here as well.

import { encode } from '../../../compiler/artifact/encode.ts';
import type { Term } from '../../../compiler/check/terms.ts';
import { lower } from '../../../compiler/ir/lower.ts';
import { plan } from '../../../compiler/plan/plan.ts';
import { evaluateTerm } from '../../../compiler/reference/terms.ts';
import { type CoreInstance, load } from '../../../host-js/full.ts';
import * as t from '../../terms.ts';
import { Random, subSeed } from '../random.ts';
import { ATTRIBUTES, TermGenerator } from './generate.ts';
import { literal } from './literal.ts';

const TERMS_PER_POLICY = 50;

export interface OutcomeRun {
  /** Of `TERMS_PER_POLICY` terms each. */
  readonly policies: number;
  readonly decisions: number;
  /** Terms that have a value. */
  readonly values: number;
  readonly difference: string | null;
}

type Answer = 'true' | 'unknown' | 'false';

export function runOutcomes(
  seed: number,
  cores: readonly CoreInstance[],
  goesOn: (policies: number) => boolean,
): OutcomeRun {
  let policies = 0;
  let decisions = 0;
  let values = 0;
  for (; goesOn(policies); policies += 1) {
    const generator = new TermGenerator(new Random(subSeed(seed, policies)));
    const args = Object.fromEntries(
      ATTRIBUTES.map((path) => [path.slice('args.'.length), generator.raw()] as const).filter(
        ([, raw]) => raw !== undefined,
      ),
    );
    const terms = Array.from({ length: TERMS_PER_POLICY }, () => generator.term());
    const questions = terms.map((term) => question(term, args));
    values += questions.filter(({ isValue }) => isValue).length;
    const policy = t.policyOf(...questions.map(({ term }) => term));
    const artifact = encode(plan(lower(policy)));
    for (const core of cores) {
      const engine = load(artifact, { core });
      const verdict = engine.decide({ tool: 'x', args });
      engine.dispose();
      decisions += questions.length;
      // Not all that is unknown reads an attribute that could be listed, but all of it restricts (LANGUAGE.md 6.3, 8.3).
      const restricting = new Set(verdict.determining);
      for (const [i, { term }] of questions.entries()) {
        const id = policy.rules[i]?.id ?? '';
        const answer: Answer = verdict.rules.includes(id) ? 'true' : restricting.has(id) ? 'unknown' : 'false';
        const expected = answerOf(term, args);
        if (verdict.status === 'ok' && answer === expected) continue;
        const what = `${verdict.status}, ${answer}, not ${expected}, args ${write(args)}, term ${write(term)}`;
        return { policies, decisions, values, difference: `seed ${seed}, policy ${policies}: ${what}` };
      }
    }
  }
  return { policies, decisions, values, difference: null };
}

/** A bool term that is true if the machine gives what the reference gives. */
function question(term: Term, args: object): { readonly term: Term; readonly isValue: boolean } {
  const outcome = outcomeOf(term, args);
  if (outcome.kind !== 'value') return { term: t.call('equal', term, t.constant({ kind: 'null' })), isValue: false };
  const written = literal(outcome.value);
  const isSameType = t.call('equal', t.call('type', term), t.call('type', written));
  return { term: t.and(t.call('equal', term, written), isSameType), isValue: true };
}

function outcomeOf(term: Term, args: object): ReturnType<typeof evaluateTerm> {
  return evaluateTerm(term, {
    environment: t.policyOf(term).environment,
    request: { args },
    tool: null,
    maxStringBytes: 65536,
  });
}

function answerOf(term: Term, args: object): Answer {
  const outcome = outcomeOf(term, args);
  if (outcome.kind !== 'value') return 'unknown';
  return outcome.value.kind === 'bool' && outcome.value.value ? 'true' : 'false';
}

function write(value: unknown): string {
  return JSON.stringify(value, (key, inside: unknown) =>
    key === 'span'
      ? undefined
      : typeof inside === 'bigint'
        ? `${inside}n`
        : typeof inside === 'number'
          ? String(inside)
          : inside,
  );
}
