// In: a policy set and maybe a schema, in the shapes of types.ts. Out: an artifact, or every mistake. Ids are Cedar's: by position
// in one text, by key otherwise; annotations are only text. Never decides.

import { checkCedar } from '../check/cedar/check.ts';
import { linkedPolicies, linkOf } from '../check/cedar/sources.ts';
import type { DiagnosticSink } from '../diagnostic.ts';
import { artifactOfChecked } from '../index.ts';
import { readEntities, readRequest } from '../reference/cedar/entities.ts';
import type { Source, Span } from '../source.ts';
import { type CedarPolicy, isTemplate } from '../syntax/cedar/ast.ts';
import { readJsonPolicy, readJsonUid } from '../syntax/cedar/json-policies.ts';
import { JsonShapeMistake } from '../syntax/cedar/json-value.ts';
import { parseCedar } from '../syntax/cedar/policies.ts';
import type { CedarSchema } from '../syntax/cedar/schema.ts';
import { readJsonSchema } from '../syntax/cedar/schema-json.ts';
import { resolveSchema } from '../syntax/cedar/schema-names.ts';
import { parseSchemaText } from '../syntax/cedar/schema-text.ts';
import { ErrorSink, plainError } from './errors.ts';
import type { DetailedError, Policy, PolicySet, Schema } from './types.ts';

export type Prepared<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly errors: readonly DetailedError[] };

export function preparePolicies(set: PolicySet): Prepared<readonly CedarPolicy[]> {
  return prepared((sink) => {
    const policies = staticPolicies(set.staticPolicies ?? '', sink);
    const misplaced = policies.find(isTemplate);
    if (misplaced !== undefined) sink.error('P1119', misplaced.span, 'static policy set includes a template');
    const templates = Object.entries(set.templates ?? {}).map(([id, policy]) => one(policy, id, sink));
    const slotless = templates.find((template) => template !== null && !isTemplate(template));
    if (slotless !== undefined && slotless !== null) {
      const help = 'a template has a slot, `?principal` or `?resource`, in its scope';
      sink.error('P1119', slotless.span, 'expected a template, got a static policy', help);
    }
    const links = (set.templateLinks ?? []).map((link, index) => {
      const source = textSource('templateLinks', '');
      for (const [slot, uid] of Object.entries(link.values)) readJsonUid(uid, `/templateLinks/${index}/values/${slot}`);
      return linkOf(link, `/templateLinks/${index}`, { source, start: 0, end: 0 });
    });
    const found = templates.filter((policy) => policy !== null);
    const all = linkedPolicies({ policies, templates: found, links, schema: null }, sink);
    const ids = new Set<string>();
    const help = Array.isArray(set.staticPolicies) ? 'give the policies by id, or as one text' : undefined;
    for (const { id, span } of [...all, ...found]) {
      if (ids.has(id)) sink.error('P1117', span, `duplicate template or policy id \`${id}\``, help);
      ids.add(id);
    }
    return all;
  });
}

export function prepareSchema(schema: Schema): Prepared<CedarSchema> {
  return prepared((sink) => {
    const source = textSource('schema', typeof schema === 'string' ? schema : '');
    const written =
      typeof schema === 'string' ? parseSchemaText(source, sink) : readJsonSchema(schema, { source, start: 0, end: 0 });
    return written === null ? null : resolveSchema(written, sink);
  });
}

export function prepareArtifact(policies: readonly CedarPolicy[], schema: CedarSchema | null): Prepared<Uint8Array> {
  return prepared((sink) => {
    const source = textSource('policies', '');
    const checked = checkCedar(source, policies, schema, { annotations: false }, sink);
    return checked === null ? null : artifactOfChecked(checked, sink);
  });
}

export function prepareEntities(entities: unknown, given: Schema | null): Prepared<unknown> {
  return withSchema(given, (schema) => readEntities(entities, schema));
}

/** Without an action of the schema the context is read without it. */
export function prepareContext(context: unknown, given: Schema | null, action: unknown): Prepared<unknown> {
  return withSchema(given, (schema) => {
    const anyone = { type: 'Anyone', id: '' };
    const request = { principal: anyone, action: action ?? { type: 'Action', id: '' }, resource: anyone, context };
    return readRequest(request, action === null ? null : schema);
  });
}

function withSchema(given: Schema | null, read: (schema: CedarSchema | null) => unknown): Prepared<unknown> {
  const schema = given === null ? null : prepareSchema(given);
  if (schema?.kind === 'failed') return schema;
  return prepared(() => read(schema?.value ?? null));
}

function prepared<T>(make: (sink: DiagnosticSink) => T | null): Prepared<T> {
  const sink = new ErrorSink();
  try {
    const value = make(sink);
    if (value !== null && !sink.hasErrors) return { kind: 'ok', value };
    return { kind: 'failed', errors: sink.errors };
  } catch (error) {
    if (!(error instanceof JsonShapeMistake)) throw error;
    return {
      kind: 'failed',
      errors: [plainError(error.path === '' ? error.message : `${error.path}: ${error.message}`)],
    };
  }
}

function staticPolicies(given: NonNullable<PolicySet['staticPolicies']>, sink: DiagnosticSink): CedarPolicy[] {
  if (typeof given === 'string') return parseCedar(textSource('policies', given), sink) ?? [];
  // In a list each text is `policy0`, each JSON policy `JSON policy`: of two of a kind the ids clash, as they do for Cedar.
  const entries = Array.isArray(given)
    ? (given as readonly Policy[]).map((policy): [string, Policy] => [
        typeof policy === 'string' ? 'policy0' : 'JSON policy',
        policy,
      ])
    : Object.entries(given as { readonly [id: string]: Policy });
  return entries.map(([id, policy]) => one(policy, id, sink)).filter((policy) => policy !== null);
}

function one(policy: Policy, id: string, sink: DiagnosticSink): CedarPolicy | null {
  const source = textSource(id, typeof policy === 'string' ? policy : '');
  const whole: Span = { source, start: 0, end: source.text.length };
  if (typeof policy !== 'string') return readJsonPolicy(policy, id, whole);
  const found = parseCedar(source, sink);
  const [only, second] = found ?? [];
  if (found !== null && (only === undefined || second !== undefined)) {
    sink.error('P1102', whole, `expected one policy under \`${id}\`, found ${found.length}`);
  }
  return only === undefined ? null : { ...only, id };
}

function textSource(path: string, text: string): Source {
  return { path, text };
}
