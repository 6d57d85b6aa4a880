// In: a random source. Out: calls of `isAuthorized` in every shape that its types allow, and calls broken at one or two places. JSON
// values only: what a caller may write down. Never judges.

import type { Random } from '../differential/random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonCall = { [key: string]: Json };

const SCHEMA = `
  entity Team in [Team] tags Set<String>;
  entity User in [Team] = { age?: Long, "a b"?: String, boss?: User, when?: datetime, at?: ipaddr, cost?: decimal } tags String;
  namespace App { entity Doc enum ["d1", "d2"]; action look appliesTo { principal: User, resource: Doc, context: { n?: Long } }; }
  action view, edit in write appliesTo { principal: [User, Team], resource: [Team, User], context: { ip?: ipaddr, who?: User, deep?: { ok: Bool } } };
  action write;
`;
const JSON_SCHEMA: Json = {
  '': {
    commonTypes: { Age: { type: 'Long' } },
    entityTypes: {
      Team: { memberOfTypes: ['Team'] },
      User: {
        memberOfTypes: ['Team'],
        shape: {
          type: 'Record',
          attributes: {
            age: { type: 'Age', required: false },
            boss: { type: 'Entity', name: 'User', required: false },
          },
        },
        tags: { type: 'Set', element: { type: 'String' } },
      },
    },
    actions: {
      view: { appliesTo: { principalTypes: ['User'], resourceTypes: ['Team', 'User'] }, memberOf: [{ id: 'write' }] },
      edit: {
        appliesTo: {
          principalTypes: ['User'],
          resourceTypes: ['Team'],
          context: { type: 'Record', attributes: { ip: { type: 'Extension', name: 'ipaddr', required: false } } },
        },
      },
      write: {},
    },
  },
};
const TEXTS = [
  'permit(principal, action, resource);',
  'permit(principal in Team::"t", action in [Action::"view", Action::"write"], resource);',
  'forbid(principal, action == Action::"edit", resource) unless { context has ip && context.ip.isLoopback() };',
  '@id("x") permit(principal is User in Team::"t", action, resource is Team) when { principal.age > 18 };',
  'permit(principal, action, resource) when { principal.boss.age > 1 || principal.getTag("role") == "admin" };',
  'forbid(principal, action, resource) when { context.deep.ok };',
];
const TEMPLATES = [
  'permit(principal == ?principal, action, resource);',
  'forbid(principal in ?principal, action, resource == ?resource) when { principal has age };',
  'permit(principal is User in ?principal, action == Action::"view", resource in ?resource);',
];
const EXPRESSIONS: readonly Json[] = [
  { Value: true },
  { '==': { left: { Var: 'principal' }, right: { Value: { __entity: { type: 'User', id: 'a' } } } } },
  { '>': { left: { '.': { left: { Var: 'principal' }, attr: 'age' } }, right: { Value: 18 } } },
  { has: { left: { Var: 'context' }, attr: ['deep', 'ok'] } },
  { '!': { arg: { has: { left: { Var: 'context' }, attr: 'ip' } } } },
  { isInRange: [{ ip: [{ Value: '10.0.0.1' }] }, { Value: { __extn: { fn: 'ip', arg: '10.0.0.0/8' } } }] },
  {
    'if-then-else': {
      if: { Value: true },
      then: { is: { left: { Var: 'resource' }, entity_type: 'Team' } },
      else: { Value: 1 },
    },
  },
  { like: { left: { Value: 'a*b' }, pattern: [{ Literal: 'a*' }, 'Wildcard'] } },
  { contains: { left: { Set: [{ Value: 1 }, { Record: { a: { Value: 'x' } } }] }, right: { Value: { a: 'x' } } } },
  { is: { left: { Var: 'principal' }, entity_type: 'User', in: { Value: { __entity: { type: 'Team', id: 't' } } } } },
  { hasTag: { left: { Var: 'principal' }, right: { Value: 'role' } } },
  { lessThan: [{ decimal: [{ Value: '1.0' }] }, { neg: { arg: { Value: 1 } } }] },
];

export class CallShapes {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** One that every type of the published declarations allows. */
  valid(): JsonCall {
    const r = this.#random;
    const schema = r.weighted({ none: 4, text: 3, json: 2 });
    const call: JsonCall = {
      principal: this.#uid(r.pick(['User', 'User', 'Team'])),
      action: this.#action(),
      resource: this.#uid(r.pick(['Team', 'Team', 'User'])),
      context: this.#context(),
      policies: this.#policies(),
      entities: this.#entities(),
    };
    if (schema !== 'none') call['schema'] = schema === 'text' ? SCHEMA : JSON_SCHEMA;
    if (r.chance(0.4)) call['validateRequest'] = r.chance(0.5);
    return call;
  }

  /** A call with one to two places changed; it may still be one. */
  broken(): JsonCall {
    const call = structuredClone(this.valid());
    const changes = this.#random.chance(0.7) ? 1 : 2;
    for (let i = 0; i < changes; i += 1) this.#change(call);
    return call;
  }

  #change(call: JsonCall): void {
    const r = this.#random;
    const places: { readonly of: Json[] | JsonCall; readonly key: string }[] = [];
    const visit = (value: Json): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, item] of Object.entries(value)) {
        places.push({ of: value, key });
        visit(item);
      }
    };
    visit(call);
    const { of, key } = r.pick(places);
    const at = Array.isArray(of) ? Number(key) : key;
    const target = of as { [key: string | number]: Json };
    switch (r.weighted({ odd: 5, remove: 3, add: 1, rename: 1, wrap: 1, unwrap: 1 })) {
      case 'odd':
        target[at] = structuredClone(r.pick(ODD));
        break;
      case 'remove':
        if (Array.isArray(of)) of.splice(Number(key), 1);
        else delete of[key];
        break;
      case 'add':
        if (Array.isArray(of)) of.push(structuredClone(r.pick(ODD)));
        else of[r.pick(['x', 'type', '__entity', 'id', 'tags', 'attrs'])] = structuredClone(r.pick(ODD));
        break;
      case 'rename':
        if (Array.isArray(of)) break;
        target[r.pick(['x', `${key}s`, key.toUpperCase()])] = of[key] ?? null;
        delete of[key];
        break;
      case 'wrap':
        target[at] = r.chance(0.5) ? [target[at] ?? null] : { __entity: target[at] ?? null };
        break;
      case 'unwrap': {
        const inner = target[at];
        if (typeof inner === 'object' && inner !== null) target[at] = Object.values(inner)[0] ?? null;
      }
    }
  }

  #uid(type: string): Json {
    const uid = { type, id: this.#random.pick(['a', 'b', 't', 'é"\\', '']) };
    return this.#random.chance(0.25) ? { __entity: uid } : uid;
  }

  #action(): Json {
    return { type: 'Action', id: this.#random.pick(['view', 'view', 'edit', 'write', 'none']) };
  }

  #context(): Json {
    const r = this.#random;
    const all: JsonCall = {
      ip: r.pick<Json>(['10.0.0.1', { __extn: { fn: 'ip', arg: '::1' } }, { fn: 'ip', arg: '127.0.0.1' }]),
      who: this.#uid('User'),
      deep: { ok: r.chance(0.5) },
      list: [1, 'a', { __entity: { type: 'User', id: 'a' } }],
      n: r.pick([0, -1, 9007199254740991]),
    };
    return Object.fromEntries(r.sample(Object.entries(all), r.below(4)));
  }

  #entities(): Json {
    const r = this.#random;
    const user: JsonCall = {
      uid: { type: 'User', id: 'a' },
      attrs: r.pick<Json>([
        { age: 20 },
        {},
        { age: 1, boss: this.#uid('User') },
        { when: { __extn: { fn: 'datetime', arg: '2024-01-01' } } },
        { at: '1.1.1.1', cost: { fn: 'decimal', arg: '1.0' } },
      ]),
      parents: r.pick<Json>([[{ type: 'Team', id: 't' }], [], [{ __entity: { type: 'Team', id: 'a' } }]]),
    };
    if (r.chance(0.4)) user['tags'] = r.pick<Json>([{ role: 'admin' }, {}, { role: ['admin'] }, { role: 1 }]);
    const others: Json[] = [
      { uid: { __entity: { type: 'Team', id: 't' } }, attrs: {}, parents: [] },
      { uid: { type: 'Team', id: 'a' }, attrs: {}, parents: [{ type: 'Team', id: 't' }] },
      { uid: { type: 'Action', id: 'view' }, attrs: {}, parents: [{ type: 'Action', id: 'write' }] },
      structuredClone(user),
    ];
    return [user, ...r.sample(others, r.below(4))];
  }

  #policies(): Json {
    const r = this.#random;
    const set: JsonCall = {};
    const policy = (): Json => (r.chance(0.5) ? r.pick(TEXTS) : this.#json('All'));
    const form = r.weighted({ text: 4, record: 4, list: 1, none: 1 });
    if (form === 'text') set['staticPolicies'] = r.sample(TEXTS, r.below(4)).join('\n');
    if (form === 'record')
      set['staticPolicies'] = Object.fromEntries(r.sample(['p', 'q', 'é', ''], r.below(4)).map((id) => [id, policy()]));
    if (form === 'list') set['staticPolicies'] = Array.from({ length: r.between(1, 2) }, policy);
    if (r.chance(0.5)) return set;
    const index = r.below(TEMPLATES.length);
    const template = r.chance(0.3) ? this.#json('slot') : (TEMPLATES[index] ?? '');
    set['templates'] = { t: template };
    const values: JsonCall = { '?principal': this.#uid('User') };
    if (index > 0 && typeof template === 'string') values['?resource'] = this.#uid('Team');
    if (r.chance(0.8)) set['templateLinks'] = [{ templateId: 't', newId: r.pick(['l', 'l', 'p', 't']), values }];
    return set;
  }

  #json(op: 'All' | 'slot'): Json {
    const r = this.#random;
    const conditions = Array.from({ length: r.below(3) }, () => ({
      kind: r.pick(['when', 'unless']),
      body: r.pick(EXPRESSIONS),
    }));
    const policy: JsonCall = {
      effect: r.pick(['permit', 'forbid']),
      principal:
        op === 'slot'
          ? { op: '==', slot: '?principal' }
          : r.pick<Json>([
              { op: 'All' },
              { op: 'is', entity_type: 'User', in: { entity: { type: 'Team', id: 't' } } },
              { op: '==', entity: { __entity: { type: 'User', id: 'a' } } },
            ]),
      action: r.pick<Json>([
        { op: 'All' },
        { op: '==', entity: { type: 'Action', id: 'view' } },
        { op: 'in', entities: [{ type: 'Action', id: 'view' }] },
      ]),
      resource: r.pick<Json>([{ op: 'All' }, { op: 'in', entity: { type: 'Team', id: 't' } }]),
      conditions,
    };
    if (r.chance(0.2)) policy['annotations'] = { id: 'n', note: null };
    return policy;
  }
}

const ODD: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  '',
  'a',
  'User::"a"',
  'permit(principal, action, resource);',
  [],
  {},
  [1],
  ['a'],
  { a: 1 },
  { type: 'User', id: 'a' },
  { type: 'User' },
  { id: 'a' },
  { type: 'no name', id: 'a' },
  { type: 1, id: 'a' },
  { __entity: { type: 'User', id: 'a' } },
  { __entity: 'User::"a"' },
  { __extn: { fn: 'ip', arg: '1.1.1.1' } },
  { __extn: { fn: 'ip', arg: 'x' } },
  { __extn: { fn: 'nope', arg: 'x' } },
  { fn: 'ip', arg: '::1' },
  { __expr: '1' },
  { Value: 1 },
  { Var: 'context' },
  { op: 'All' },
];
