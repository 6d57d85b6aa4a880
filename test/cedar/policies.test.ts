// Reading Cedar: syntax against the official parser, annotations, links, JSON forms, what conforms to a schema and what does not.

import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { analyse, type CheckedPolicy } from '../../compiler/index.ts';
import { readEntities, readRequest } from '../../compiler/reference/cedar/entities.ts';
import { JsonShapeMistake } from '../../compiler/syntax/cedar/json-value.ts';
import { parseCedar } from '../../compiler/syntax/cedar/policies.ts';
import type { CedarSchema } from '../../compiler/syntax/cedar/schema.ts';
import { resolveSchema } from '../../compiler/syntax/cedar/schema-names.ts';
import { parseSchemaText } from '../../compiler/syntax/cedar/schema-text.ts';
import { CONDITIONS, SCOPES } from './syntax.ts';

type Wasm = typeof CedarWasm;
const official = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Wasm;

function rulesOf(policy: string, others: readonly { path: string; text: string }[] = []): CheckedPolicy['rules'] {
  const { policy: checked, diagnostics } = analyse([{ path: 'a.cedar', text: policy }, ...others]);
  if (checked === null) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return checked.rules;
}

function codesOf(policy: string): string[] {
  return analyse([{ path: 'a.cedar', text: policy }]).diagnostics.map(({ code }) => code);
}

function schemaOf(text: string): CedarSchema {
  const sink = new DiagnosticSink();
  const written = parseSchemaText({ path: 'a.cedarschema', text }, sink);
  const schema = written === null ? null : resolveSchema(written, sink);
  if (schema === null) throw new Error(JSON.stringify(sink.sorted()));
  return schema;
}

describe('the grammar is Cedar’s (LANGUAGE.md 14.1)', () => {
  const texts = [...CONDITIONS.map((text) => `permit(principal,action,resource) when { ${text} };`), ...SCOPES];
  for (const text of texts) {
    it(`${text} reads as the official parser reads it`, () => {
      const answer = official.checkParsePolicySet({ staticPolicies: text });
      const isTemplate =
        answer.type === 'failure' && answer.errors[0]?.message.includes('includes a template') === true;
      const sink = new DiagnosticSink();
      const found = parseCedar({ path: 'a.cedar', text }, sink);
      expect(found !== null, JSON.stringify(sink.sorted()[0])).toBe(answer.type === 'success' || isTemplate);
    });
  }

  it('every mistake is found, not only the first', () => {
    const text = 'permit(principal, action);\nforbid(principal, action, resource) when { x };\npermit(a, b, c);';
    expect(codesOf(text)).toEqual(['P1102', 'P1106', 'P1102']);
  });
});

describe('annotations', () => {
  it('`@id` names the policy; without one it is numbered, templates counted (LANGUAGE.md 14.6)', () => {
    const links = {
      path: 'a.cedarlinks.json',
      text: '[{"template_id":"t","link_id":"l","args":{"?principal":"U::\\"a\\""}}]',
    };
    const text =
      '@id("t") permit(principal == ?principal, action, resource); permit(principal, action, resource); @id("x") forbid(principal, action, resource);';
    expect(rulesOf(text, [links]).map(({ id }) => id)).toEqual(['policy1', 'x', 'l']);
  });

  it('`@advice` in the form of the Agent Control Specification is the effect of a permit (LANGUAGE.md 14.7)', () => {
    const advice = JSON.stringify({ verdict: 'escalate', reason: 'ask', message: 'wait' });
    const [rule] = rulesOf(`@advice(${JSON.stringify(advice)}) permit(principal, action, resource);`);
    expect(rule).toMatchObject({ effect: 'escalate', reason: 'ask', advice: 'wait' });
  });

  it('`@advice` in any other form is an error (LANGUAGE.md 14.7)', () => {
    const wrong = [
      'not json',
      '[]',
      '{}',
      '{"verdict":"deny"}',
      '{"verdict":"allow"}',
      '{"verdict":"warn","colour":"red"}',
      '{"verdict":"warn","reason":1}',
      '{"verdict":"warn","reason":"runtime_error:x"}',
      '{"verdict":"warn","transform":{"path":"$policy_target","value":1}}',
    ];
    for (const advice of wrong) {
      expect(codesOf(`@advice(${JSON.stringify(advice)}) permit(principal, action, resource);`), advice).toEqual([
        'P1118',
      ]);
    }
    expect(codesOf('@advice("{\\"verdict\\":\\"warn\\"}") forbid(principal, action, resource);')).toEqual(['P1118']);
  });
});

describe('what a policy becomes (LANGUAGE.md 14.5)', () => {
  it('an action is the tool, the rest of the scope literals, the conditions one term', () => {
    const [rule] = rulesOf(
      'permit(principal in Team::"a", action == Action::"view", resource is Photo) when { true } unless { false };',
    );
    expect(rule?.target).toEqual({ kind: 'listed', names: ['Action::"view"'], globs: [] });
    const { condition } = rule ?? {};
    expect(condition?.kind === 'and' ? condition.operands.map(({ kind }) => kind) : condition).toEqual([
      'member',
      'compare',
      'term',
    ]);
  });

  it('an expression that nests deeper than 200 is an error (LANGUAGE.md 14.4)', () => {
    const deep = (depth: number): string =>
      `permit(principal, action, resource) when { ${'('.repeat(depth)}true${')'.repeat(depth)} };`;
    expect(codesOf(deep(199))).toEqual([]);
    expect(codesOf(deep(200))).toEqual(['P1109']);
  });
});

describe('entities and requests conform to the schema (LANGUAGE.md 14.3)', () => {
  const schema = schemaOf(`
    entity Team;
    entity Role enum ["admin"];
    entity User in Team = { age: Long, ip?: ipaddr, boss?: User, roles: Set<Role> } tags String;
    action view, edit in [write] appliesTo { principal: User, resource: Team, context: { at: datetime } };
    action write;
  `);
  const user = (attrs: object, more: object = {}): object => ({
    uid: { type: 'User', id: 'a' },
    attrs,
    parents: [],
    ...more,
  });
  const attrs = { age: 1, roles: [] };
  const loads = (...entities: object[]): string => {
    try {
      readEntities(entities, schema);
      return 'ok';
    } catch (error) {
      if (error instanceof JsonShapeMistake) return error.path;
      throw error;
    }
  };

  it('values stand without `__entity` and `__extn` where the schema gives the type', () => {
    const full = {
      age: 2n ** 63n - 1n,
      ip: '10.0.0.0/8',
      boss: { type: 'User', id: 'b' },
      roles: [{ type: 'Role', id: 'admin' }],
    };
    const entities = readEntities([user(full, { tags: { a: 'b' } })], schema);
    expect(entities.get('User::"a"')?.attrs.get('age')).toEqual({ kind: 'long', value: 2n ** 63n - 1n });
    expect(entities.get('User::"a"')?.attrs.get('ip')?.kind).toBe('ip');
    expect(entities.get('Action::"edit"')?.ancestors).toEqual(new Set(['Action::"write"']));
  });

  it('what does not conform is refused with its path', () => {
    expect(loads(user(attrs))).toBe('ok');
    expect(loads(user({ age: 1 }))).toBe('/0/attrs');
    expect(loads(user({ ...attrs, more: 1 }))).toBe('/0/attrs');
    expect(loads(user({ ...attrs, age: 1.5 }))).toBe('/0/attrs/age');
    expect(loads(user({ ...attrs, age: 2 ** 53 }))).toBe('/0/attrs/age');
    expect(loads(user({ ...attrs, ip: 'localhost' }))).toBe('/0/attrs/ip');
    expect(loads(user({ ...attrs, boss: { type: 'Team', id: 'b' } }))).toBe('/0/attrs/boss');
    expect(loads(user({ ...attrs, roles: [{ type: 'Role', id: 'root' }] }))).toBe('/0/attrs/roles/0');
    expect(loads(user(attrs, { tags: { a: 1 } }))).toBe('/0/tags/a');
    expect(loads(user(attrs, { parents: [{ type: 'User', id: 'b' }] }))).toBe('/0/parents/0');
    expect(loads(user(attrs), user(attrs))).toBe('ok');
    expect(loads(user(attrs), user({ ...attrs, age: 2 }))).toBe('/1');
    expect(loads({ uid: { type: 'Team', id: 't' }, parents: [] })).toBe('/0/attrs');
    expect(loads({ uid: { type: 'Team', id: 't' }, attrs: {} })).toBe('/0/parents');
    const action = { uid: { type: 'Action', id: 'edit' }, attrs: {} };
    expect(loads({ ...action, parents: [{ type: 'Action', id: 'write' }] })).toBe('ok');
    expect(loads({ ...action, parents: [] })).toBe('/0');
    expect(loads({ uid: { type: 'Robot', id: 'r' } })).toBe('/0');
  });

  it('a request’s action and context are those of the schema', () => {
    const request = { principal: 'User::"a"', action: { type: 'Action', id: 'view' }, resource: 'Team::"t"' };
    const at = { at: '2024-10-15T11:35:00Z' };
    expect(readRequest({ ...request, context: at }, schema).context.get('at')?.kind).toBe('datetime');
    expect(() => readRequest({ ...request, context: {} }, schema)).toThrow('required');
    expect(() => readRequest({ ...request, action: 'Action::"delete"', context: at }, schema)).toThrow('no action');
  });
});
