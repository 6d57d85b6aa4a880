// Policies against their schema by Cedar's own validator, at compile time only: findings at their places, and a note where there is
// no validator (LANGUAGE.md 14.9).

import { expect, it } from 'vitest';
import { type Source, validateSources } from '../../compiler/cedar/index.ts';
import { type ValidationAnswer, validationFindings } from '../../compiler/cedar/validate.ts';

const SCHEMA: Source = {
  path: 'a.cedarschema',
  text: 'entity Team; entity User in [Team] = { age: Long }; action view appliesTo { principal: User, resource: Team };',
};
const findings = async (...sources: readonly Source[]): Promise<string[]> =>
  (await validateSources([...sources, SCHEMA])).map(({ path, line, column, endColumn, severity, code, message }) => {
    return `${path}:${line}:${column}-${endColumn} ${severity} ${code} ${message}`;
  });

it('valid policies give nothing', async () => {
  const text = 'permit (principal in Team::"t", action, resource) when { principal.age > 18 };';
  expect(await findings({ path: 'a.cedar', text })).toEqual([]);
});

it('invalid ones give errors and warnings where they stand, in any file, behind any character', async () => {
  const first = {
    path: 'a.cedar',
    text: 'permit (principal, action, resource);\n// é😀\n@note("é😀") permit (principal, action, resource)\nwhen { "é😀" == "" || principal.agee > 18 };',
  };
  const second = { path: 'b.cedar', text: '  forbid (principal is Usr, action, resource);' };
  const found = await findings(first, second);
  expect(found).toContain('a.cedar:4:23-37 error P1122 attribute `agee` on entity type `User` not found');
  expect(found).toContain('b.cedar:1:24-27 error P1122 unrecognized entity type `Usr`');
  expect(found.some((line) => line.startsWith('b.cedar:1:3-') && line.includes('warning P1123'))).toBe(true);
});

it('a policy in JSON and a link are validated too, at the place of the whole', async () => {
  const all = { op: 'All' };
  const body = { '.': { left: { Var: 'principal' }, attr: 'zz' } };
  const json = { effect: 'permit', principal: all, action: all, resource: all, conditions: [{ kind: 'when', body }] };
  const template = { path: 'a.cedar', text: '@id("t") permit (principal == ?principal, action, resource);' };
  const links = {
    path: 'a.cedarlinks.json',
    text: '[{"templateId": "t", "newId": "l", "values": {"?principal": {"type": "Team", "id": "x"}}}]',
  };
  const found = await findings({ path: 'p.cedar.json', text: JSON.stringify(json) }, template, links);
  expect(found.filter((line) => line.includes('error'))).toEqual([
    `p.cedar.json:1:1-${JSON.stringify(json).length + 1} error P1122 attribute \`zz\` on entity type \`User\` not found`,
  ]);
  expect(found.filter((line) => line.startsWith('a.cedar:1:1-')).length).toBeGreaterThan(0);
});

it('without a validator one warning says so, without a schema nothing is asked', () => {
  const policy = { path: 'a.cedar', text: 'permit (principal, action, resource);' };
  const [note, ...more] = validationFindings([policy, SCHEMA], null);
  expect(note).toMatchObject({ code: 'P1124', severity: 'warning', path: 'a.cedarschema' });
  expect(more).toEqual([]);
  expect(validationFindings([policy], null)).toEqual([]);
});

it('a validator that is installed and cannot judge makes an error: a schema in JSON beside another file', async () => {
  const policy = { path: 'a.cedar', text: 'permit (principal, action, resource);' };
  const more = { path: 'b.cedarschema.json', text: '{"N": {"entityTypes": {"Box": {}}, "actions": {}}}' };
  expect(await findings(policy, more)).toEqual([
    'b.cedarschema.json:1:1-1 error P1125 the policies are not validated against the schema: it stands in several files, of which one is JSON',
  ]);
});

it('so does one that fails, or throws', () => {
  const policy = { path: 'a.cedar', text: 'permit (principal, action, resource);' };
  const error = { message: 'm', help: null, code: null, url: null, severity: null };
  const failing = (): ValidationAnswer => ({ type: 'failure', errors: [error], warnings: [] });
  const throwing = (): ValidationAnswer => {
    throw new Error('m');
  };
  for (const validator of [failing, throwing]) {
    const found = validationFindings([policy, SCHEMA], validator);
    expect(found.map(({ code, severity, message }) => `${severity} ${code} ${message}`)).toEqual([
      'error P1125 the policies are not validated against the schema: Cedar’s validator cannot judge them: m',
    ]);
  }
});

it('integers of 64 bits in JSON are judged', async () => {
  const all = { op: 'All' };
  const json = { effect: 'permit', principal: all, action: all, resource: all, conditions: [] as object[] };
  const text = (long: string): string =>
    JSON.stringify({
      ...json,
      conditions: [{ kind: 'when', body: { '==': { left: { Value: 'LONG' }, right: { Value: 1 } } } }],
    }).replace('"LONG"', long);
  for (const long of ['9223372036854775807', '-9223372036854775808'])
    expect(
      (await findings({ path: 'p.cedar.json', text: text(long) })).filter((line) => line.includes('error')),
    ).toEqual([]);
});

it('no message names a policy by a number that nobody wrote', async () => {
  const kind = { path: 'b.cedarschema', text: 'entity Kind enum ["one"];' };
  const policy = { path: 'a.cedar', text: 'permit (principal, action, resource) when { principal == Kind::"two" };' };
  const errors = (await findings(policy, kind)).filter((line) => line.includes('error P1122'));
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.filter((line) => line.includes('for policy'))).toEqual([]);
});
