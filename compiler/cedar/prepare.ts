// In: a policy set and maybe a schema, in the shapes of types.ts. Out: an artifact, or every mistake. Ids are Cedar's: by position
// in one text, by key otherwise; annotations are only text. Never decides.

import { checkCedar } from '../check/cedar/check.ts';
import { linkedPolicies, linkOf } from '../check/cedar/sources.ts';
import { type Diagnostic, DiagnosticSink } from '../diagnostic.ts';
import { artifactOfChecked } from '../index.ts';
import type { Source, Span } from '../source.ts';
import { type CedarPolicy, isTemplate } from '../syntax/cedar/ast.ts';
import { readJsonPolicy } from '../syntax/cedar/json-policies.ts';
import { JsonShapeMistake } from '../syntax/cedar/json-value.ts';
import { parseCedar } from '../syntax/cedar/policies.ts';
import type { CedarSchema } from '../syntax/cedar/schema.ts';
import { readJsonSchema } from '../syntax/cedar/schema-json.ts';
import { resolveSchema } from '../syntax/cedar/schema-names.ts';
import { parseSchemaText } from '../syntax/cedar/schema-text.ts';
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
    const links = (set.templateLinks ?? []).map((link, index) => {
      const source = textSource('templateLinks', '');
      return linkOf(link, `/templateLinks/${index}`, { source, start: 0, end: 0 });
    });
    const found = templates.filter((policy) => policy !== null);
    const all = linkedPolicies({ policies, templates: found, links, schema: null }, sink);
    const ids = new Set<string>();
    for (const { id, span } of [...all, ...found]) {
      if (ids.has(id)) sink.error('P1117', span, `duplicate template or policy id \`${id}\``);
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

function prepared<T>(make: (sink: DiagnosticSink) => T | null): Prepared<T> {
  const sink = new DiagnosticSink();
  try {
    const value = make(sink);
    const errors = sink.sorted().filter(({ severity }) => severity === 'error');
    if (value !== null && errors.length === 0) return { kind: 'ok', value };
    return { kind: 'failed', errors: errors.map(errorOf) };
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
  const entries = Array.isArray(given)
    ? (given as readonly Policy[]).map((policy, index): [string, Policy] => [`policy${index}`, policy])
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

function errorOf({ message, help, code, line, column, endColumn }: Diagnostic): DetailedError {
  const start = Math.max(0, column - 1);
  return {
    ...plainError(message),
    help,
    code,
    sourceLocations: [{ label: `line ${line}`, start, end: Math.max(start, endColumn - 1) }],
  };
}

export function plainError(message: string): DetailedError {
  return { message, help: null, code: null, url: null, severity: null, sourceLocations: [], related: [] };
}
