// `lictor` on Cedar policies: compile, check, eval, test (LANGUAGE.md 14).

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lictor } from './run.ts';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'lictor-cedar-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const REQUEST = JSON.stringify({
  principal: 'Shop::Agent::"ada"',
  action: 'Shop::Action::"refund"',
  resource: 'Shop::Store::"north"',
  context: { input: { amount: 1 } },
});

it('`test` runs the expectations of a folder of Cedar policies, integers exact', () => {
  const ran = lictor(['test', 'refunds']);
  expect(ran.error).toBe('');
  expect(ran.out).toContain('4 expectations: 4 passed, 0 failed');
  expect(ran.code).toBe(0);
});

it('`eval` takes a file, a schema and entities, and names who, what and on what', () => {
  const files = [
    '-p',
    'refunds/refunds.cedar',
    '--schema',
    'refunds/refunds.cedarschema',
    '--entities',
    'refunds/entities.json',
  ];
  const ran = lictor(['eval', ...files, '-r', '-'], REQUEST);
  expect(ran.error).toBe('');
  expect(ran.out).toContain('Shop::Agent::"ada" · Shop::Action::"refund" · Shop::Store::"north"');
  expect(ran.out).toContain('small-refunds');
});

it('without entities and schema nothing is known of the agent: deny, and no policy speaks', () => {
  const ran = lictor(['eval', '-p', 'refunds/refunds.cedar', '-r', '-', '--json'], REQUEST);
  const verdict = JSON.parse(ran.out) as { decision: string; rules: string[]; unknown: unknown[] };
  expect(verdict.decision).toBe('deny');
  expect([verdict.rules, verdict.unknown]).toEqual([[], []]);
});

it('`compile` makes an artifact that `eval` runs', () => {
  const path = join(scratch, 'refunds.lctr');
  const ran = lictor(['compile', 'refunds/refunds.cedar', '--schema', 'refunds/refunds.cedarschema', '-o', path]);
  expect(ran.out).toContain('refunds 0.0.0: 3 rules');
  expect(readFileSync(path).length).toBeGreaterThan(0);
  const judged = lictor(['eval', '-p', path, '--entities', 'refunds/entities.json', '-r', '-', '--json'], REQUEST);
  expect(JSON.parse(judged.out)).toMatchObject({ decision: 'allow', determining: ['small-refunds'] });
});

it('`check` shows a mistake at its place', () => {
  const path = join(scratch, 'wrong.cedar');
  writeFileSync(path, 'permit (principal, action, resource)\nwhen { user.age > 18 };\n');
  const ran = lictor(['check', path]);
  expect(ran.out).toContain('wrong.cedar:2:8: error[P1106]');
  expect(ran.code).toBe(1);
});

it('entities that do not load, and a schema beside another kind of policy, are usage', () => {
  const path = join(scratch, 'entities.json');
  writeFileSync(path, '[{"uid": {"type": "Shop::Agent", "id": "ada"}, "attrs": {}, "parents": []}]');
  const ran = lictor(['eval', '-p', 'refunds', '--entities', path, '-r', '-'], REQUEST);
  expect(ran.error).toContain('the attribute `limit` is required');
  expect(ran.code).toBe(2);
  const schema = ['--schema', 'refunds/refunds.cedarschema'];
  expect(lictor(['eval', '-p', 'mail', ...schema, '-r', '-'], '{}').code).toBe(2);
  expect(lictor(['check', 'mail', ...schema]).error).toContain('`--schema` belongs to Cedar policies');
  expect(lictor(['compile', 'mail', ...schema]).error).toContain('`--schema` belongs to Cedar policies');
  expect(lictor(['eval', '-p', 'mail', '--entities', path, '-r', '-'], '{}').error).toContain('`--entities` belongs');
  const strategy = ['--conflict-strategy', 'deny_overrides'];
  expect(lictor(['compile', 'mail', ...strategy]).error).toContain(
    '`--conflict-strategy` belongs to toolkit documents',
  );
});

it('`check` and `compile` with a schema say what Cedar’s validator says; `compile` then writes nothing', () => {
  const path = join(scratch, 'unfit.cedar');
  const output = join(scratch, 'unfit.lctr');
  writeFileSync(path, 'permit (principal is Shop::Agent, action, resource)\nwhen { principal.limitt > 18 };\n');
  const schema = ['--schema', 'refunds/refunds.cedarschema'];
  const checked = lictor(['check', path, ...schema]);
  expect(checked.out).toContain('unfit.cedar:2:8: error[P1122]: attribute `limitt`');
  expect(checked.code).toBe(1);
  const compiled = lictor(['compile', path, ...schema, '-o', output]);
  expect(compiled.error).toContain('error[P1122]');
  expect([compiled.code, existsSync(output)]).toEqual([1, false]);
  expect(lictor(['check', path]).code).toBe(0);
});
