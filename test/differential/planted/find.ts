// In: a subject, maybe with a mistake in it, and the kind of what to draw. Out: whether the fuzzer finds a difference within its budget.

import { runAgt } from '../../agt/run.ts';
import { runAdvised, runCedar } from '../../cedar/run.ts';
import type { Subject } from '../engines.ts';
import { type Progress, run } from '../run.ts';
import { runSpelling } from '../spelling/run.ts';
import { runTerms } from '../term-routes.ts';
import { runLimits } from '../terms/limits.ts';
import { runOutcomes } from '../terms/run.ts';
import type { Patch } from './patches.ts';

const SEED = 2;
/** Each takes seconds of a run; a planted core is one of two, so it meets each request half as often. */
const POLICY_DECISIONS = 100_000;
const PATTERN_DECISIONS = 30_000;
const TERMS = 600;
const TERM_POLICIES = 150;
const LIMIT_TERMS = 60;
const WORLDS = 100;
const DOCUMENTS = 300;
const SPELLED = 100;

/** What differs, or null. */
export function findDifference(kind: Patch['kind'], subject: Subject): string | null {
  const cores = subject.fullCores.map(({ core }) => core);
  const upTo =
    (limit: number) =>
    (done: number): boolean =>
      done < limit;
  switch (kind) {
    case 'spelling':
      return runSpelling(SEED, subject.compile, upTo(SPELLED)).difference;
    case 'terms':
      return runTerms(SEED, cores, upTo(TERMS)).difference;
    case 'functions':
      return runOutcomes(SEED, cores, upTo(TERM_POLICIES)).difference;
    case 'limits':
      return runLimits(SEED, cores, upTo(LIMIT_TERMS)).difference;
    case 'Cedar':
      return runCedar(SEED, cores, null, upTo(WORLDS)).difference;
    case 'Cedar advice':
      return runAdvised(SEED, cores, null, upTo(WORLDS)).difference;
    case 'toolkit':
      return runAgt(SEED, cores, upTo(DOCUMENTS)).difference;
    default: {
      const budget = kind === undefined ? POLICY_DECISIONS : PATTERN_DECISIONS;
      const goesOn = ({ decisions }: Progress): boolean => decisions < budget;
      return (
        run({ seed: SEED, subject, ...(kind === undefined ? {} : { shape: kind }), goesOn }).difference?.what ?? null
      );
    }
  }
}
