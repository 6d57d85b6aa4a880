// Calls in every shape, and broken ones, beside `@cedar-policy/cedar-wasm`: both fail, or decision, reasons, erring policies and what
// went wrong with them are the same (LANGUAGE.md 14.8). LICTOR_CEDAR_SEED and LICTOR_CEDAR_CALLS give another run.

import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import * as lictor from '../../compiler/cedar/index.ts';
import { Random } from '../differential/random.ts';
import { CallShapes, type JsonCall } from './shapes.ts';

type Wasm = typeof CedarWasm;
const official = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Wasm;

const CALLS = Number(process.env['LICTOR_CEDAR_CALLS'] ?? 4000);
const SEED = Number(process.env['LICTOR_CEDAR_SEED'] ?? 77);
const FAILS = 'fails';

function outcome(ask: () => lictor.AuthorizationAnswer): { readonly text: string; readonly why: string } {
  let answer: lictor.AuthorizationAnswer;
  try {
    answer = ask();
  } catch (error) {
    return { text: FAILS, why: String(error) };
  }
  if (answer.type === 'failure') {
    return { text: FAILS, why: answer.errors.map(({ message }) => message).join('; ') };
  }
  const { decision, diagnostics } = answer.response;
  const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`).sort();
  return { text: `${decision} [${[...diagnostics.reason].sort().join()}] ${errors.join('; ')}`, why: '' };
}

/** What Cedar passes by and is a mistake here: another key in a JSON policy's scope, a policy set or a link as an array of its parts. */
const STRICTER = /\/(principal|action|resource)(\/in)?: unknown key|a (policy set|template link) is an object/;

const asked = (call: JsonCall): ReturnType<typeof outcome> => outcome(() => official.isAuthorized(call as never));

it(`${CALLS} calls in random shapes, half of them broken, get the official answer`, { timeout: 900_000 }, () => {
  const shapes = new CallShapes(new Random(SEED));
  const differences: string[] = [];
  const count = { answered: 0, failed: 0, stricter: 0 };
  for (let n = 0; n < CALLS; n += 1) {
    const call = n % 2 === 0 ? shapes.valid() : shapes.broken();
    const wanted = asked(call);
    const found = outcome(() => lictor.isAuthorized(call as never));
    count[wanted.text === FAILS ? 'failed' : 'answered'] += 1;
    if (found.text === wanted.text) continue;
    if (wanted.text !== FAILS && STRICTER.test(found.why)) count.stricter += 1;
    else differences.push(`${JSON.stringify(call)}\n${wanted.text} ${wanted.why}\n${found.text} ${found.why}`);
  }
  expect(differences.slice(0, 3)).toEqual([]);
  expect(count.answered).toBeGreaterThan(CALLS / 5);
  expect(count.failed).toBeGreaterThan(CALLS / 5);
  expect(count.stricter).toBeLessThan(CALLS / 100);
});

const CALL = {
  principal: { type: 'User', id: 'a' },
  action: { type: 'Action', id: 'view' },
  resource: { type: 'Team', id: 't' },
  context: {},
  policies: { staticPolicies: 'permit(principal, action, resource);' },
  entities: [],
} as const;

describe('what JSON cannot write down', () => {
  const answered = (context: unknown): string =>
    outcome(() => lictor.isAuthorized({ ...CALL, context } as unknown as lictor.AuthorizationCall)).text;

  it('is refused where it would read as empty: a Map, a Set, a Date, anywhere in a context', () => {
    for (const exotic of [new Map([['a', 1]]), new Set([1]), new Date(0)]) {
      expect([answered(exotic), answered({ a: exotic }), answered({ a: [exotic] })]).toEqual([FAILS, FAILS, FAILS]);
    }
    for (const odd of [() => 1, Symbol('a'), Number.NaN, [undefined]]) expect(answered({ a: odd })).toBe(FAILS);
  });

  it('is left out where it is undefined, and read from an object of any class', () => {
    const policies = {
      staticPolicies: 'permit(principal, action, resource) when { context.n == 1 && !(context has a) };',
    };
    class Held {
      n = 1;
      a = undefined;
    }
    for (const context of [{ n: 1, a: undefined }, new Held()]) {
      const answer = lictor.isAuthorized({ ...CALL, policies, context: context as never });
      expect(answer).toMatchObject({ type: 'success', response: { decision: 'allow' } });
    }
  });
});

describe('an escape beside another key', () => {
  const entity = { __entity: CALL.principal, note: 1 };
  const when = (condition: string): object => ({
    policies: { staticPolicies: `permit(principal, action, resource) when { ${condition} };` },
    context: { a: entity },
  });
  const schema = `entity User; entity Team; action view appliesTo { principal: User, resource: Team, context: { a: User, n?: Long } };`;
  const calls: { readonly [name: string]: object } = {
    'is a record where no schema gives a type': when('context.a.note == 1'),
    'is an entity where the schema says so': { ...when('context.a == principal'), schema },
    'a context that is an escape is none': { context: { __entity: CALL.principal } },
    'parents of actions are actions': {
      entities: [{ uid: CALL.action, attrs: {}, parents: [CALL.principal] }],
    },
    'a function of any kind stands in JSON': {
      ...when('context.a == 1'),
      context: { a: { __extn: { fn: 'toDays', arg: { __extn: { fn: 'duration', arg: '25h' } } } } },
    },
    'validateRequest: false takes of a type only its shape': {
      ...when('context.n == "x"'),
      context: { a: { type: 'Team', id: 't' }, n: 'x' },
      ...{ schema, validateRequest: false },
    },
    'validateRequest: true takes the whole type': { context: { a: { type: 'Team', id: 't' } }, schema },
  };
  for (const [name, change] of Object.entries(calls)) {
    it(name, () => {
      const call = { ...CALL, ...change } as unknown as JsonCall;
      expect(outcome(() => lictor.isAuthorized(call as never)).text).toBe(asked(call).text);
    });
  }
});

describe('what is no call throws, as there', () => {
  const broken: { readonly [name: string]: object } = {
    'policies as a text': { policies: 'permit(principal, action, resource);' },
    'a policy set with another key': { policies: { staticPolicies: '', policies: '' } },
    'static policies that are null': { policies: { staticPolicies: null } },
    'a link with another key': { policies: { templateLinks: [{ templateId: 't', newId: 'l', values: {}, x: 1 }] } },
    'no context': { context: undefined },
    'validateRequest null': { validateRequest: null },
  };
  for (const [name, change] of Object.entries(broken)) {
    it(name, () => {
      const call = { ...CALL, ...change } as never;
      expect(() => official.isAuthorized(call)).toThrow();
      expect(() => lictor.isAuthorized(call)).toThrow(TypeError);
    });
  }
});

const CHECKS = {
  checkParsePolicySet: [official.checkParsePolicySet, lictor.checkParsePolicySet],
  checkParseSchema: [official.checkParseSchema, lictor.checkParseSchema],
  checkParseEntities: [official.checkParseEntities, lictor.checkParseEntities],
  checkParseContext: [official.checkParseContext, lictor.checkParseContext],
} as const;

describe('checkParse… answer as the official ones', () => {
  const schema =
    'entity User = { age: Long }; action view appliesTo { principal: User, resource: User, context: { n: Long } };';
  const entity = { uid: { type: 'User', id: 'a' }, attrs: { age: 1 }, parents: [] };
  const action = { type: 'Action', id: 'view' };
  const asked: readonly (readonly [keyof typeof CHECKS, unknown])[] = [
    ['checkParsePolicySet', CALL.policies],
    ['checkParsePolicySet', { staticPolicies: 'permit(' }],
    ['checkParseSchema', schema],
    ['checkParseSchema', 'entity'],
    ['checkParseSchema', { '': { entityTypes: {} } }],
    ['checkParseEntities', { entities: [entity] }],
    ['checkParseEntities', { entities: [entity], schema }],
    ['checkParseEntities', { entities: [{ ...entity, attrs: {} }], schema }],
    ['checkParseEntities', { entities: {}, schema: null }],
    ['checkParseContext', { context: { n: 1 } }],
    ['checkParseContext', { context: { n: 1 }, schema, action }],
    ['checkParseContext', { context: {}, schema, action }],
    ['checkParseContext', { context: { n: 'x' }, schema, action: null }],
    ['checkParseContext', { context: { n: 1 }, schema: 'entity', action }],
    ['checkParseContext', { context: [] }],
  ];
  for (const [name, given] of asked) {
    it(`${name} ${JSON.stringify(given)}`, () => {
      const [theirs, ours] = CHECKS[name];
      const wanted = theirs(given as never);
      const found = ours(given as never);
      expect(found.type).toBe(wanted.type);
      expect(Object.keys(found)).toEqual(Object.keys(wanted));
    });
  }
});
