// Holds the term machine of both full builds against the reference on generated terms and requests. Of a term that has a value it
// asks whether it equals that value, written out, and is of its type; of any other whether it is unknown here as well.

import { expect, it } from 'vitest';
import { encode } from '../../../compiler/artifact/encode.ts';
import type { Term } from '../../../compiler/check/terms.ts';
import { lower } from '../../../compiler/ir/lower.ts';
import { plan } from '../../../compiler/plan/plan.ts';
import { evaluateTerm } from '../../../compiler/reference/terms.ts';
import { CoreInstance, load } from '../../../host-js/full.ts';
import { fullModule } from '../../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../../host-js/runtimes/inline-full-scalar.ts';
import * as t from '../../terms.ts';
import { Random, subSeed } from '../random.ts';
import { ATTRIBUTES, TermGenerator } from './generate.ts';
import { literal } from './literal.ts';

const CORES = [new CoreInstance(fullModule()), new CoreInstance(fullScalarModule())];
const TERMS_PER_POLICY = 50;
const POLICIES = 30;
const LEAST_VALUES = 500;
const seeds = [20_260_801, Math.floor(Date.now() % 0x7fffffff)];

type Answer = 'true' | 'unknown' | 'false';

it.each(seeds)(
  "the term machine gives the reference's outcome: seed %i (LANGUAGE.md 5.9)",
  (seed) => {
    let values = 0;
    for (let index = 0; index < POLICIES; index += 1) {
      const generator = new TermGenerator(new Random(subSeed(seed, index)));
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
      for (const core of CORES) {
        const engine = load(artifact, { core });
        const verdict = engine.decide({ tool: 'x', args });
        expect(verdict.status).toBe('ok');
        engine.dispose();
        // Not all that is unknown reads an attribute that could be listed, but all of it restricts (LANGUAGE.md 6.3, 8.3).
        const restricting = new Set(verdict.determining);
        questions.forEach(({ term }, i) => {
          const id = policy.rules[i]?.id ?? '';
          const answer: Answer = verdict.rules.includes(id) ? 'true' : restricting.has(id) ? 'unknown' : 'false';
          expect(answer, `seed ${seed}, policy ${index}, args ${write(args)}, term ${write(term)}`).toBe(
            answerOf(term, args),
          );
        });
      }
    }
    expect(values).toBeGreaterThan(LEAST_VALUES);
  },
  240_000,
);

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
