// Random toolkit documents and requests: the compiled artifact, the reference evaluator and, where it knows them, the oracle of the
// toolkit's own engines say the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoreInstance } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { contexts, facetContexts, oracleDocuments, oracleExpressions, oracleFacets } from './generate.ts';
import { holdOracle, runAgt } from './run.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);
const FIXED_SEED = 20_261_124;
const SETS = 300;
const DECIDED = ['decided by a rule: oracle', 'decided by a rule: facets', 'with a reason'];

const cores = [new CoreInstance(fullModule())];

describe('random documents against the oracle of the toolkit', () => {
  it('PolicyDocuments (LANGUAGE.md 15.2, 15.5)', { timeout: 300_000 }, () => {
    const property = fc.property(oracleDocuments, contexts, (document, list) => holdOracle(document, list, cores));
    fc.assert(property, { numRuns: RUNS });
  });

  it('expressions (LANGUAGE.md 15.2, 15.6)', { timeout: 300_000 }, () => {
    const property = fc.property(oracleExpressions, contexts, (document, list) => holdOracle(document, list, cores));
    fc.assert(property, { numRuns: RUNS });
  });

  it('what is taken from the method and the path of k8s, and sql (LANGUAGE.md 15.6, 15.7)', {
    timeout: 300_000,
  }, () => {
    const property = fc.property(oracleFacets, facetContexts, (document, list) => holdOracle(document, list, cores));
    fc.assert(property, { numRuns: RUNS });
  });
});

it('strategies, agents, stages, documents side by side and in folders too (LANGUAGE.md 15.5 to 15.9)', {
  timeout: 300_000,
}, () => {
  const { documents, refused, answers, difference } = runAgt(FIXED_SEED, cores, (done) => done < SETS);
  expect(difference, difference ?? '').toBeNull();
  expect(refused).toBeLessThan(documents / 4);
  for (const answer of ['allow', 'deny', 'warn', 'escalate', 'condition-error', 'not-governed', ...DECIDED])
    expect(answers.get(answer), answer).toBeGreaterThan(20);
});
