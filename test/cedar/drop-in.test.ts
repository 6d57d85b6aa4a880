// `lictor/cedar` beside `@cedar-policy/cedar-wasm`: the same calls, the same answers (LANGUAGE.md 14.3, 14.6).

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import * as lictor from '../../compiler/cedar/index.ts';
import { CoreInstance, fullCoreModule } from '../../host-js/full.ts';
import { dataRoot } from '../data.ts';
import { corpus } from './suites.ts';

type Wasm = typeof CedarWasm;
const official = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Wasm;

type Call = lictor.AuthorizationCall;

const SCHEMA = `
  entity Team;
  entity User in Team = { age: Long } tags String;
  action view, edit in write appliesTo { principal: User, resource: Team, context: { ip?: ipaddr } };
  action write;
`;
const USER = { uid: { type: 'User', id: 'a' }, attrs: { age: 20 }, parents: [{ type: 'Team', id: 't' }] } as const;
const CALL: Call = {
  principal: { type: 'User', id: 'a' },
  action: { type: 'Action', id: 'view' },
  resource: { type: 'Team', id: 't' },
  context: {},
  policies: { staticPolicies: 'permit(principal in Team::"t", action, resource) when { principal.age > 18 };' },
  entities: [USER],
};
const JSON_POLICY = {
  effect: 'permit',
  principal: { op: 'is', entity_type: 'User', in: { entity: { type: 'Team', id: 't' } } },
  action: { op: 'in', entities: [{ type: 'Action', id: 'view' }] },
  resource: { op: 'All' },
  conditions: [
    {
      kind: 'when',
      body: { '>': { left: { '.': { left: { Var: 'principal' }, attr: 'age' } }, right: { Value: 18 } } },
    },
    { kind: 'unless', body: { has: { left: { Var: 'context' }, attr: ['ip', 'x'] } } },
    { kind: 'when', body: { like: { left: { Value: 'abc' }, pattern: [{ Literal: 'a' }, 'Wildcard'] } } },
    { kind: 'when', body: { isInRange: [{ ip: [{ Value: '10.0.0.1' }] }, { ip: [{ Value: '10.0.0.0/8' }] }] } },
  ],
};
const JSON_SCHEMA = {
  '': {
    commonTypes: { Age: { type: 'Long' } },
    entityTypes: {
      Team: {},
      User: { memberOfTypes: ['Team'], shape: { type: 'Record', attributes: { age: { type: 'Age' } } } },
    },
    actions: {
      view: { appliesTo: { principalTypes: ['User'], resourceTypes: ['Team'] }, memberOf: [{ id: 'write' }] },
      write: {},
    },
  },
};

const action = (id: string, ...groups: readonly string[]): lictor.EntityJson => {
  return { uid: { type: 'Action', id }, attrs: {}, parents: groups.map((group) => ({ type: 'Action', id: group })) };
};
const NESTED_GROUPS = `${SCHEMA} action read in [reading] appliesTo { principal: User, resource: Team }; action reading in [write];`;

const CALLS: { readonly [name: string]: Call } = {
  'a call': CALL,
  'a schema': { ...CALL, schema: SCHEMA },
  'a schema in JSON': { ...CALL, schema: JSON_SCHEMA },
  'policies by id': { ...CALL, policies: { staticPolicies: { x: '@id("y") permit(principal, action, resource);' } } },
  'a policy in JSON': { ...CALL, policies: { staticPolicies: { x: JSON_POLICY } } },
  'a template': {
    ...CALL,
    policies: {
      templates: { t: 'permit(principal == ?principal, action, resource in ?resource);' },
      templateLinks: [
        {
          templateId: 't',
          newId: 'l',
          values: { '?principal': { type: 'User', id: 'a' }, '?resource': { type: 'Team', id: 't' } },
        },
      ],
    },
  },
  'no policies': { ...CALL, policies: {} },
  'an error': { ...CALL, policies: { staticPolicies: 'permit(principal, action, resource) when { context.x == 1 };' } },
  'a forbid': {
    ...CALL,
    policies: {
      staticPolicies: 'permit(principal, action, resource);\nforbid(principal, action == Action::"view", resource);',
    },
  },
  'advice, which is only text here': {
    ...CALL,
    policies: { staticPolicies: '@advice("{\\"verdict\\":\\"warn\\"}") permit(principal, action, resource);' },
  },
  'an action group of the schema': {
    ...CALL,
    schema: SCHEMA,
    policies: { staticPolicies: 'permit(principal, action in Action::"write", resource);' },
    action: { type: 'Action', id: 'edit' },
  },
  'an extension value by the schema': {
    ...CALL,
    schema: SCHEMA,
    context: { ip: '10.1.2.3' },
    policies: {
      staticPolicies: 'permit(principal, action, resource) when { context.ip.isInRange(ip("10.0.0.0/8")) };',
    },
  },
  'validateRequest: false': { ...CALL, schema: SCHEMA, resource: { type: 'User', id: 'a' }, validateRequest: false },
  'uids under __entity': { ...CALL, principal: { __entity: { type: 'User', id: 'a' } } },
  'an entity twice, the same': { ...CALL, entities: [USER, USER] },
  'an entity twice, a parent of it twice': {
    ...CALL,
    entities: [USER, { ...USER, parents: [...USER.parents, ...USER.parents] }],
  },
  'an action whose groups are all listed': {
    ...CALL,
    schema: NESTED_GROUPS,
    entities: [USER, action('read', 'reading'), action('reading', 'write')],
  },
  'an action with every group above it': {
    ...CALL,
    schema: NESTED_GROUPS,
    entities: [USER, action('read', 'write', 'reading')],
  },
  'keys that entities do not have': { ...CALL, entities: [{ ...USER, note: 1 } as unknown as lictor.EntityJson] },
};

const REFUSED: { readonly [name: string]: Call } = {
  'a policy that does not parse': { ...CALL, policies: { staticPolicies: 'permit(' } },
  'a template among static policies': {
    ...CALL,
    policies: { staticPolicies: 'permit(principal == ?principal, action, resource);' },
  },
  'a schema that does not parse': { ...CALL, schema: 'entity' },
  'a request that the schema does not allow': { ...CALL, schema: SCHEMA, resource: { type: 'User', id: 'a' } },
  'an action that the schema does not have': { ...CALL, schema: SCHEMA, action: { type: 'Action', id: 'fly' } },
  'a context that does not conform': { ...CALL, schema: SCHEMA, context: { ip: 'localhost' }, validateRequest: false },
  'an entity that does not conform': { ...CALL, schema: SCHEMA, entities: [{ ...USER, attrs: {} }] },
  'an entity twice, differently': { ...CALL, entities: [USER, { ...USER, attrs: {} }] },
  'an action without the group above its group': {
    ...CALL,
    schema: NESTED_GROUPS,
    entities: [USER, action('read', 'reading')],
  },
  'an action twice, differently, though both as the schema has it': {
    ...CALL,
    schema: NESTED_GROUPS,
    entities: [USER, action('read', 'reading', 'write'), action('read', 'reading'), action('reading', 'write')],
  },
  'a circle': { ...CALL, entities: [{ ...USER, parents: [{ type: 'User', id: 'a' }] }] },
  'a fraction': { ...CALL, context: { x: 1.5 } },
  'an unknown template': { ...CALL, policies: { templateLinks: [{ templateId: 't', newId: 'l', values: {} }] } },
  'a uid as a text': { ...CALL, principal: 'User::"a"' as unknown as lictor.EntityUid },
  'an entity without attrs': { ...CALL, entities: [{ uid: USER.uid, parents: [] } as unknown as lictor.EntityJson] },
};

interface Comparable {
  readonly type: string;
  readonly response?: unknown;
}

function comparable(answer: lictor.AuthorizationAnswer | ReturnType<Wasm['isAuthorized']>): Comparable {
  if (answer.type === 'failure') return { type: 'failure' };
  const { decision, diagnostics } = answer.response;
  const errors = diagnostics.errors.map(({ policyId }) => policyId).sort();
  return { type: 'success', response: { decision, reason: [...diagnostics.reason].sort(), errors } };
}

describe('isAuthorized answers as the official one', () => {
  for (const [name, call] of Object.entries({ ...CALLS, ...REFUSED })) {
    it(name, () => {
      const wanted = official.isAuthorized(call as unknown as Parameters<Wasm['isAuthorized']>[0]);
      const found = lictor.isAuthorized(call);
      expect(comparable(found)).toEqual(comparable(wanted));
      expect(comparable(found).type).toBe(name in REFUSED ? 'failure' : 'success');
      expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
      if (found.type === 'failure') expect(found.errors.length).toBeGreaterThan(0);
    });
  }

  it('what is no call throws, as there', () => {
    for (const call of [null, {}, { ...CALL, zzz: 1 }] as unknown as Call[]) {
      expect(() => lictor.isAuthorized(call)).toThrow();
      expect(() => official.isAuthorized(call as unknown as Parameters<Wasm['isAuthorized']>[0])).toThrow();
    }
  });

  it('BigInts are exact where the official one cannot take them', () => {
    const policies = {
      staticPolicies: 'permit(principal, action, resource) when { context.n == 9223372036854775807 };',
    };
    const answer = (n: bigint): unknown =>
      comparable(lictor.isAuthorized({ ...CALL, policies, context: { n } })).response;
    expect(answer(9223372036854775807n)).toMatchObject({ decision: 'allow' });
    expect(answer(9223372036854775806n)).toMatchObject({ decision: 'deny' });
  });
});

describe('null for a schema or its name', () => {
  it('is none, as the official one takes it', () => {
    const { policies, ...request } = CALL;
    const call = { ...CALL, schema: null } as unknown as Call;
    expect(comparable(lictor.isAuthorized(call))).toEqual(
      comparable(official.isAuthorized(call as unknown as Parameters<Wasm['isAuthorized']>[0])),
    );
    lictor.preparsePolicySet('n', policies);
    official.preparsePolicySet('n', policies as Parameters<Wasm['preparsePolicySet']>[1]);
    const stateful = { ...request, preparsedPolicySetId: 'n', preparsedSchemaName: null };
    const found = lictor.statefulIsAuthorized(stateful as unknown as lictor.StatefulAuthorizationCall);
    const wanted = official.statefulIsAuthorized(stateful as unknown as Parameters<Wasm['statefulIsAuthorized']>[0]);
    expect(found.type).toBe('success');
    expect(comparable(found)).toEqual(comparable(wanted));
  });
});

describe('statefulIsAuthorized answers as the official one', () => {
  const { policies, ...request } = CALL;

  it('with a policy set and a schema read before', () => {
    expect(lictor.preparsePolicySet('p', policies)).toEqual({ type: 'success' });
    expect(lictor.preparseSchema('s', SCHEMA)).toEqual({ type: 'success' });
    official.preparsePolicySet('p', policies as Parameters<Wasm['preparsePolicySet']>[1]);
    official.preparseSchema('s', SCHEMA);
    for (const more of [{}, { preparsedSchemaName: 's' }, { preparsedSchemaName: 's', context: { ip: 'x' } }]) {
      const call = { ...request, preparsedPolicySetId: 'p', ...more };
      const wanted = official.statefulIsAuthorized(call as unknown as Parameters<Wasm['statefulIsAuthorized']>[0]);
      expect(comparable(lictor.statefulIsAuthorized(call))).toEqual(comparable(wanted));
    }
  });

  it('a name that was not read is a failure; a text with mistakes leaves the old one', () => {
    const unknown = lictor.statefulIsAuthorized({ ...request, preparsedPolicySetId: 'none' });
    expect(unknown.type).toBe('failure');
    lictor.preparsePolicySet('q', policies);
    expect(lictor.preparsePolicySet('q', { staticPolicies: 'permit(' }).type).toBe('failure');
    expect(lictor.statefulIsAuthorized({ ...request, preparsedPolicySetId: 'q' }).type).toBe('success');
  });

  it('a hundred policy sets are kept although a core holds 64 artifacts', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 100; i += 1) {
        if (round === 0)
          lictor.preparsePolicySet(`many${i}`, {
            staticPolicies: `permit(principal == User::"${i}", action, resource);`,
          });
        const answer = lictor.statefulIsAuthorized({
          ...request,
          principal: { type: 'User', id: String(i) },
          preparsedPolicySetId: `many${i}`,
        });
        expect(comparable(answer).response).toMatchObject({ decision: 'allow' });
      }
    }
  });
});

describe('compile and load', () => {
  it('the request shape of AgentCore works as it is: uids as texts, claims as tags, arguments under input', () => {
    const policy = `permit(
      principal is AgentCore::OAuthUser,
      action == AgentCore::Action::"RefundTool__process_refund",
      resource == AgentCore::Gateway::"arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/refund-gateway"
    ) when {
      principal.hasTag("role") && principal.getTag("role") == "admin" && context.input.amount < 500
    };`;
    const { artifact } = lictor.compile([{ path: 'refund.cedar', text: policy }]);
    const entities = [
      {
        uid: { type: 'AgentCore::OAuthUser', id: '12345678' },
        attrs: {},
        parents: [],
        tags: { role: 'admin', username: 'refund-agent' },
      },
    ];
    const engine = lictor.load(artifact ?? new Uint8Array(0), { entities });
    const request = (amount: number, entity?: unknown): object => ({
      principal: 'AgentCore::OAuthUser::"12345678"',
      action: 'AgentCore::Action::"RefundTool__process_refund"',
      resource: 'AgentCore::Gateway::"arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/refund-gateway"',
      context: { input: { orderId: '12345', amount, reason: 'Defective product' } },
      ...(entity === undefined ? {} : { entities: entity }),
    });
    expect(engine.decide(request(450)).decision).toBe('allow');
    expect(engine.decide(request(500)).decision).toBe('deny');
    // Entities of the request take the place of loaded ones, for this request.
    const guest = [{ ...entities[0], tags: { role: 'guest' } }];
    expect(engine.decide(request(450, guest)).decision).toBe('deny');
    expect(engine.decide(request(450)).decision).toBe('allow');
    expect(engine.setEntities(guest)).toBeNull();
    expect(engine.decide(request(450)).decision).toBe('deny');
    expect(engine.setEntities([{}])).toMatch('/0/uid');
    expect(engine.session({ principal: 'AgentCore::OAuthUser::"12345678"' }).decide(request(450)).decision).toBe(
      'deny',
    );
    engine.dispose();
  });

  it('a session keeps its principal and context, whatever a call brings and whoever changes them', () => {
    const { artifact } = lictor.compile([
      { path: 'a.cedar', text: 'permit(principal == User::"a", action, resource) when { context.ok };' },
    ]);
    const engine = lictor.load(artifact ?? new Uint8Array(0));
    const context = { ok: false };
    const call = { action: 'Action::"view"', resource: 'Team::"t"' };
    const session = engine.session({ principal: 'User::"b"', context });
    expect(session.decide({ ...call, principal: 'User::"a"', context: { ok: true } })).toMatchObject({
      decision: 'deny',
      status: 'ok',
    });
    const own = engine.session({ principal: 'User::"a"', context });
    context.ok = true;
    expect(own.decide({ ...call, context: { ok: true } })).toMatchObject({ decision: 'deny', status: 'ok' });
    expect(engine.session({ principal: 'User::"a"', context }).decide(call).decision).toBe('allow');
    expect(engine.session({}).decide({ ...call, principal: 'User::"a"', context }).status).toBe('request-invalid');
    expect(engine.session({ principal: new Date(0) }).decide(call).status).toBe('request-invalid');
    engine.dispose();
  });

  it('policies that differ in a BigInt and a text alone are not taken for each other', () => {
    const policies = (value: unknown): Call['policies'] => ({
      staticPolicies: {
        p: {
          effect: 'permit',
          principal: { op: 'All' },
          action: { op: 'All' },
          resource: { op: 'All' },
          conditions: [{ kind: 'when', body: { '==': { left: { Value: '1n' }, right: { Value: value } } } }],
        },
      },
    });
    const decisionOf = (value: unknown): unknown => lictor.isAuthorized({ ...CALL, policies: policies(value) });
    expect(decisionOf('1n')).toMatchObject({ response: { decision: 'allow' } });
    expect(decisionOf(1n)).toMatchObject({ response: { decision: 'deny' } });
  });

  it('a request that is none is a deny that says why', () => {
    const { artifact } = lictor.compile([{ path: 'a.cedar', text: 'permit(principal, action, resource);' }]);
    const engine = lictor.load(artifact ?? new Uint8Array(0));
    const bad = [null, {}, { principal: 'x' }, { ...CALL, context: { a: null } }, { ...CALL, context: { a: 2 ** 53 } }];
    for (const request of bad) {
      expect(engine.decide(request)).toMatchObject({ decision: 'deny', status: 'request-invalid', determining: [] });
    }
    expect(engine.decide({ ...CALL, context: { a: null } }).reason).toMatch('/context/a');
    expect(engine.decideBytes(new Uint8Array(64)).status).toBe('request-invalid');
    expect(engine.encode(CALL).length).toBe(0);
    engine.dispose();
  });

  it('more than 4,096 ancestors that the policies name are more than a request may have (LANGUAGE.md 14.4)', () => {
    const groups = Array.from({ length: 4097 }, (_, i) => `Team::"${i}"`);
    const { artifact } = lictor.compile([
      { path: 'a.cedar', text: groups.map((group) => `permit(principal in ${group}, action, resource);`).join('\n') },
    ]);
    const parents = groups.map((_, i) => ({ type: 'Team', id: String(i) }));
    const engine = lictor.load(artifact ?? new Uint8Array(0), { entities: [{ uid: USER.uid, attrs: {}, parents }] });
    expect(engine.decide({ ...CALL, entities: undefined })).toMatchObject({
      decision: 'deny',
      status: 'request-too-large',
    });
    engine.dispose();
  });
});

describe('the official implementation has no part in an answer', () => {
  it('nothing that ships imports it', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const files = ['compiler', 'host-js', 'wasm-core'].flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `${root}/${folder}/${name}`),
    );
    const importing = files.filter((file) =>
      /(?:from|import\(|require\()\s*['"]@cedar-policy/.test(readFileSync(file, 'utf8')),
    );
    expect(importing).toEqual([]);
  });

  it.skipIf(dataRoot === null)('the corpus’ answers come out of the drop-in too', { timeout: 120_000 }, () => {
    for (const test of corpus().slice(0, 60)) {
      for (const { request, decision, reason } of test.requests) {
        const { principal, action, resource, context } = request as unknown as Call;
        const answer = lictor.isAuthorized({
          ...{ principal, action, resource, context, schema: test.schema, validateRequest: false },
          policies: { staticPolicies: test.policies },
          entities: test.entities as lictor.EntityJson[],
        });
        expect(comparable(answer).response, test.name).toMatchObject({ decision, reason });
      }
    }
  });
});

describe('policies without conditions', () => {
  it('take addresses too: a core that has run no term yet reads them', () => {
    const { artifact } = lictor.compile([
      { path: 'a.cedar', text: 'permit(principal, action, resource);' },
      {
        path: 'a.cedarschema',
        text: 'entity User = { ip: ipaddr }; action view appliesTo { principal: User, resource: User };',
      },
    ]);
    const core = new CoreInstance(fullCoreModule());
    const entities = [{ uid: CALL.principal, attrs: { ip: '::1' }, parents: [] }];
    const engine = lictor.load(artifact ?? new Uint8Array(0), { core, entities });
    expect(`${engine.status} ${engine.help}`).toBe('ok null');
    const resource = { type: 'User', id: 'b' };
    expect(engine.decide({ ...CALL, resource, entities: undefined }).decision).toBe('allow');
    engine.dispose();
  });
});
