// Worlds with schemas, tags, templates, links, policies in JSON and odd characters: every core by every route, `lictor/cedar`, whose every
// answer is a decision of the core, and the reference, beside `@cedar-policy/cedar-wasm` (LANGUAGE.md 14.1, 14.2, 14.3, 14.8).
// LICTOR_CEDAR_SEED and LICTOR_CEDAR_WORLDS give another run.

import { expect, it } from 'vitest';
import { bothCores } from './cores.ts';
import { officialCedar } from './differential.ts';
import { runSchemaWorlds } from './run.ts';

const SEED = Number(process.env['LICTOR_CEDAR_SEED'] ?? 31);
const WORLDS = Number(process.env['LICTOR_CEDAR_WORLDS'] ?? 80);

it(`${WORLDS} worlds get the official answer, or are refused by all`, { timeout: 600_000 }, () => {
  const official = officialCedar();
  expect(official).not.toBeNull();
  const { counts, difference } = runSchemaWorlds(SEED, bothCores(), official, (done) => done < WORLDS);
  expect(difference).toBeNull();
  const of = (what: string): number => counts.get(what) ?? 0;
  expect(of('refused')).toBeLessThan(WORLDS / 10);
  expect(of('refused requests')).toBeLessThan(of('requests') / 2);
  for (const form of ['a schema in text', 'a schema in json', 'links', 'JSON policies'])
    expect(of(`requests with ${form}`), form).toBeGreaterThan(of('requests') / 10);
  // Decided or erring.
  expect(of('named policies')).toBeGreaterThan(of('requests') / 10);
  for (const form of ['links', 'JSON policies']) expect(of(`named ${form}`), form).toBeGreaterThan(WORLDS / 4);
});
