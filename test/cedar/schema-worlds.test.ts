// Worlds as fuzzers write them, with schemas, tags, templates and odd characters: `lictor/cedar`, whose every answer is a decision of
// the core, beside `@cedar-policy/cedar-wasm` (LANGUAGE.md 14.2, 14.3, 14.8). LICTOR_CEDAR_SEED and LICTOR_CEDAR_WORLDS give another run.

import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { expect, it } from 'vitest';
import * as lictor from '../../compiler/cedar/index.ts';
import { subSeed } from '../differential/random.ts';
import { generateSchemaWorld, REQUESTS_PER_SCHEMA_WORLD } from './schema-worlds.ts';

const official = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as typeof CedarWasm;

const SEED = Number(process.env['LICTOR_CEDAR_SEED'] ?? 31);
const WORLDS = Number(process.env['LICTOR_CEDAR_WORLDS'] ?? 80);

function outcome(answer: lictor.AuthorizationAnswer): string {
  if (answer.type === 'failure') return 'fails';
  const { decision, diagnostics } = answer.response;
  const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`).sort();
  return `${decision} [${[...diagnostics.reason].sort().join()}] ${errors.join('; ')}`;
}

it(`${WORLDS * REQUESTS_PER_SCHEMA_WORLD} requests get the official answer, or are refused by both`, {
  timeout: 600_000,
}, () => {
  const differences: string[] = [];
  const count = { asked: 0, decided: 0, satisfied: 0, erring: 0 };
  for (let n = 0; n < WORLDS; n += 1) {
    const { policies, schema, entities, requests } = generateSchemaWorld(subSeed(SEED, n));
    const prepared = [lictor, official].map((engine) => [
      engine.preparsePolicySet('world', policies as never).type,
      engine.preparseSchema('world', schema).type,
    ]);
    expect(prepared[0], `world ${n}`).toEqual(prepared[1]);
    if (prepared[0]?.includes('failure') === true) continue;
    const withSchema = n % 4 === 3 ? {} : { preparsedSchemaName: 'world' };
    for (const request of requests) {
      const call = { ...request, ...withSchema, entities, preparsedPolicySetId: 'world' } as never;
      const wanted = outcome(official.statefulIsAuthorized(call));
      const found = outcome(lictor.statefulIsAuthorized(call));
      count.asked += 1;
      if (wanted !== 'fails') count.decided += 1;
      if (/\[.+\]/.test(wanted)) count.satisfied += 1;
      if (/: /.test(wanted)) count.erring += 1;
      if (found !== wanted) differences.push(`world ${n}: ${wanted} | ${found}\n${JSON.stringify(call)}`);
    }
  }
  expect(differences.slice(0, 3)).toEqual([]);
  expect(count.decided).toBeGreaterThan(count.asked / 2);
  expect(count.satisfied).toBeGreaterThan(count.asked / 20);
  expect(count.erring).toBeGreaterThan(count.asked / 20);
});
