// What went wrong with an erring policy, beside `@cedar-policy/cedar-wasm`: message, help and place are the same (LANGUAGE.md 14.8).

import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import * as lictor from '../../compiler/cedar/index.ts';
import { subSeed } from '../differential/random.ts';
import { generateWorld } from './generate.ts';

type Wasm = typeof CedarWasm;
const official = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Wasm;

const SEED = Number(process.env['LICTOR_CEDAR_SEED'] ?? 4711);
const WORLDS = Number(process.env['LICTOR_CEDAR_WORLDS'] ?? 250);

const ENTITIES = [
  {
    uid: { type: 'User', id: 'a' },
    attrs: { n: 1, e: { __entity: { type: 'User', id: 'gone' } } },
    parents: [],
    tags: { k: 1, 'x y': 2 },
  },
  { uid: { type: 'User', id: "it's" }, attrs: { k: 1 }, parents: [] },
  { uid: { type: 'User', id: 'bare' }, attrs: {}, parents: [], tags: { k: 1 } },
  {
    uid: { type: 'User', id: 'many' },
    attrs: Object.fromEntries(Array.from('bacdefghé').map((name) => [name, 1])),
    parents: [],
  },
];
const VALUES = [
  ...['true', '1', '"a"', 'User::"a"', '[1]', '{a: 1}', 'decimal("1.0")', 'ip("1.1.1.1")'],
  ...['datetime("2024-01-01")', 'duration("1h")'],
];
/** Errs, whichever of the two `test` is. */
const either = (test: string): string => `(if ${test} then 1 else 1) && true`;
/** Each expression errs. */
const EXPRESSIONS: readonly string[] = [
  ...VALUES.filter((value) => value !== 'true').flatMap((value) => [
    `${value} && true`,
    `!${value}`,
    `if ${value} then true else true`,
  ]),
  ...VALUES.flatMap((left) => VALUES.map((right) => either(`${left} < ${right}`))),
  ...VALUES.flatMap((value) => [
    `${value} + "a" == 1`,
    `1 - ${value} == "a" + 1`,
    either(`${value}.contains(1)`),
    either(`[1].containsAny(${value})`),
  ]),
  ...VALUES.flatMap((value) => [
    `${value} in 1`,
    `1 in ${value}`,
    `principal in [${value}, 1]`,
    either(`${value} like "x"`),
    either(`${value} is User`),
  ]),
  ...VALUES.flatMap((value) => [
    `${value}.x == 1`,
    either(`${value} has x`),
    `${value}.getTag("q") == 1`,
    either(`principal.hasTag(${value})`),
  ]),
  ...VALUES.flatMap((value) => [
    `decimal(${value}) == 1`,
    either(`${value}.isIpv4()`),
    either(`${value}.lessThan(decimal("1.0"))`),
    `${value}.toDate() == 1 + ""`,
  ]),
  ...['9223372036854775807 + 1', '-9223372036854775808 - 1', '9223372036854775807 * 2', '-(-9223372036854775808)'].map(
    (sum) => `${sum} == 1`,
  ),
  ...[
    'principal.zz',
    'principal.e.x',
    'resource.x',
    'context.x',
    '{}.x',
    '{a: {b: 1}}.a.c',
    'User::"many".zz',
    'User::"bare".k',
    'User::"it\'s"["\\n"]',
  ].map((path) => `${path} == 1`),
  ...[
    '{b: 1, a: 2, c: 3, d: 4, "e f": 5, "é": 6}.x',
    '{"\\u{301}\\u{ad}": 1, "q\\"": 2}.x',
    '{z: 1 + "a", a: 1 - true}.a',
    'User::"\\u{301}\\u{301}\\u{ad}\\t".x',
  ].map((path) => `${path} == 1`),
  ...['principal.getTag("q")', 'User::"many".getTag("a")', 'User::"it\'s".getTag("q")', 'resource.getTag("q")'].map(
    (tag) => `${tag} == 1`,
  ),
  ...[
    '',
    '.5',
    '1.',
    '1.12345',
    '99999999999999999999.12345',
    '922337203685477.5808',
    '-922337203685477.5809',
    '1',
    'é',
    '１.0',
  ].map((text) => `decimal("${text}") == 1`),
  ...[
    '',
    'x',
    '256.0.0.1',
    '1.2.3.4/33',
    '1.2.3.4/08',
    '1.2.3.4/',
    '1.2.3.4/a',
    '1.2.3.4/032',
    '::ffff:1.2.3.4',
    '1::2::3',
    '::/129',
    '/8',
    '1.1.1.1/8/',
    '1'.repeat(44),
  ].map((text) => `ip("${text}") == 1`),
  ...[
    '',
    '2024-1-01',
    '2024-02-30',
    '2024-10-15T24:00:00Z',
    '2024-10-15T11:35:00',
    '2024-10-15T11:35:00+2360',
    '2024-10-15T11:35:00+0099',
    '2024-10-15Z',
    '2024-02-30T99:00:00Z',
    '2024-02-30Tx',
  ].map((text) => `datetime("${text}") == 1`),
  ...['', '-', '1', '1s1m', '9223372036854775808ms', '106751991168d', 'ms'].map((text) => `duration("${text}") == 1`),
  'datetime("9999-01-01").offset(duration("9223372036854775807ms")) == 1',
  'datetime("2024-01-01").durationSince(datetime("1969-01-01").offset(duration("-9223372036854775808ms"))) == 1',
  'datetime("2024-01-01").durationSince(datetime("1970-01-01").offset(duration("-9223372036854775808ms"))) == 1',
  'datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toDate() == 1',
  ...['decimal("1.0", "2")', 'ip()', 'ip("1.1.1.1").isIpv4(1)', 'ip("1.1.1.1").isInRange()'].map(
    (call) => `${call} == 1`,
  ),
  ...[
    '"é😀" == "x" || 1',
    '( (1 + 1) ) && true',
    '1 + 2 + "a" + 3 == 1',
    '9223372036854775806 + 1 + 1 + 1 == 2',
    'context has n.x.y',
    'principal is User in 1',
    'true && 1 && true',
  ],
];

describe('of each way to err', () => {
  for (const [kind, condition] of [
    ['when', (of: string) => of],
    ['unless', (of: string) => `!(${of})`],
  ] as const) {
    it(`in \`${kind}\`: ${EXPRESSIONS.length} expressions`, () => {
      const differences = EXPRESSIONS.flatMap((expression) => {
        const policies = {
          staticPolicies: `@note("é") permit(principal, action, resource) ${kind} { ${condition(expression)} };`,
        };
        const call = {
          principal: { type: 'User', id: 'a' },
          action: { type: 'Action', id: 'v' },
          resource: { type: 'User', id: 'gone' },
          context: { n: 1 },
          policies,
          entities: ENTITIES,
        };
        const wanted = errorsOf(official.isAuthorized(call));
        const found = errorsOf(lictor.isAuthorized(call));
        const isSame = wanted.length === 1 && JSON.stringify(found) === JSON.stringify(wanted);
        return isSame ? [] : [{ expression, wanted, found }];
      });
      expect(differences).toEqual([]);
    });
  }
});

it('of policies in JSON there is no place; of a link it is the template’s', () => {
  const all = { op: 'All' };
  const body = { '+': { left: { Value: 1 }, right: { Value: 'a' } } };
  const call = {
    principal: { type: 'User', id: 'a' },
    action: { type: 'Action', id: 'v' },
    resource: { type: 'User', id: 'gone' },
    context: {},
    policies: {
      staticPolicies: {
        p: { effect: 'permit', principal: all, action: all, resource: all, conditions: [{ kind: 'when', body }] },
      },
      templates: { t: 'permit(principal == ?principal, action, resource) when { 1 };' },
      templateLinks: [{ templateId: 't', newId: 'l', values: { '?principal': { type: 'User', id: 'a' } } }],
    },
    entities: [],
  };
  const found = errorsOf(lictor.isAuthorized(call));
  expect(found).toEqual(errorsOf(official.isAuthorized(call as never)));
  expect(found.map(({ error }) => error.sourceLocations?.length)).toEqual([1, 0]);
});

it('of generated requests', { timeout: 600_000 }, () => {
  let compared = 0;
  for (let n = 0; n < WORLDS; n += 1) {
    const { policies, entities, requests } = generateWorld(subSeed(SEED, n));
    lictor.preparsePolicySet('world', { staticPolicies: policies });
    official.preparsePolicySet('world', { staticPolicies: policies });
    for (const request of requests.slice(0, 10)) {
      const call = { ...request, entities, preparsedPolicySetId: 'world' } as never;
      const wanted = errorsOf(official.statefulIsAuthorized(call));
      compared += wanted.length;
      expect(errorsOf(lictor.statefulIsAuthorized(call)), `${policies}\n${JSON.stringify(request)}`).toEqual(wanted);
    }
  }
  expect(compared).toBeGreaterThan(WORLDS);
});

function errorsOf(answer: lictor.AuthorizationAnswer): lictor.AuthorizationError[] {
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  const { errors } = answer.response.diagnostics;
  return [...errors].sort((a, b) => (a.policyId < b.policyId ? -1 : 1));
}
