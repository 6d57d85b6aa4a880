// compiler/policy.schema.json: what an editor completes and checks is what the compiler reads.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Schema, Validator } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { policySchema } from '../compiler/cli/policy-schema.ts';
import { compile } from '../compiler/index.ts';
import { POLICY, RULE } from '../compiler/syntax/policy.ts';
import { loadCases, loadDiagnosticCases } from './conformance/cases.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const schema = policySchema() as Schema;
const validator = new Validator(schema, '7');
const isValid = (text: string): boolean => validator.validate(parse(text)).valid;

describe('the JSON Schema of policies', () => {
  it('stands in compiler/policy.schema.json as it is today (npm run golden)', () => {
    expect(JSON.parse(readFileSync(join(root, 'compiler/policy.schema.json'), 'utf8'))).toEqual(schema);
  });

  it('has the keys that the parser knows, and no other', () => {
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual([...POLICY.keys].sort());
    const rules = schema.properties?.['rules'] as Schema;
    expect(Object.keys((rules.items as Schema).properties ?? {}).sort()).toEqual([...RULE.keys].sort());
  });

  it('accepts every policy that compiles: the shipped ones and those of the conformance cases', () => {
    const shipped = readdirSync(join(root, 'policies'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.policy.yaml'))
      .map((name) => readFileSync(join(root, 'policies', name), 'utf8'));
    const cases = loadCases().flatMap(({ sources }) => sources.slice(0, 1).map(({ text }) => text));
    const texts = [...new Set([...shipped, ...cases])].filter((text) => /^lictor:/m.test(text));
    expect(texts.length).toBeGreaterThan(25);
    expect(texts.filter((text) => !isValid(text))).toEqual([]);
  });

  it('refuses what the parser calls a wrong key, kind or word', () => {
    const wrong = loadDiagnosticCases().filter(
      ({ sources }) =>
        sources.length === 1 &&
        compile(sources).diagnostics.some(({ code }) => ['P0102', 'P0103', 'P0104'].includes(code)),
    );
    expect(wrong.length).toBeGreaterThan(8);
    expect(wrong.filter(({ sources }) => isValid(sources[0]?.text ?? '')).map(({ name }) => name)).toEqual([]);
  });
});
