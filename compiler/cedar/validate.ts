// In: the sources of a Cedar policy set with a schema, and `validate` of `@cedar-policy/cedar-wasm`, found by whoever calls, or null.
// Out: what Cedar's own validator says of the policies, as findings at their places. Never part of a decision or of an artifact.

import { readCedarSources } from '../check/cedar/sources.ts';
import { type Diagnostic, DiagnosticSink } from '../diagnostic.ts';
import type { Source, Span } from '../source.ts';
import type { CedarPolicy } from '../syntax/cedar/ast.ts';
import { isJsonObject } from '../syntax/cedar/json-value.ts';
import { plainError } from './errors.ts';
import type { DetailedError, PolicySet, Schema } from './types.ts';

/** Optional, and only for this. */
export const VALIDATOR_PACKAGE = '@cedar-policy/cedar-wasm/nodejs';

export interface ValidationError {
  readonly policyId: string;
  readonly error: DetailedError;
}

export type ValidationAnswer =
  | { readonly type: 'failure'; readonly errors: readonly DetailedError[]; readonly warnings: readonly DetailedError[] }
  | {
      readonly type: 'success';
      readonly validationErrors: readonly ValidationError[];
      readonly validationWarnings: readonly ValidationError[];
      readonly otherWarnings: readonly DetailedError[];
    };

export type Validator = (call: { readonly policies: PolicySet; readonly schema: Schema }) => ValidationAnswer;

/** Nothing without a schema, and nothing of sources that do not read: `compile` says what is wrong with those. */
export function validationFindings(sources: readonly Source[], validate: Validator | null): readonly Diagnostic[] {
  const set = readCedarSources(sources, new DiagnosticSink());
  const schemas = sources.filter(({ path }) => /\.cedarschema(\.json)?$/.test(path));
  const [first] = schemas;
  if (set === null || first === undefined) return [];
  const sink = new DiagnosticSink();
  const atSchema: Span = { source: first, start: 0, end: 0 };
  const unvalidated = 'the policies are not validated against the schema: ';
  if (validate === null) {
    const why = `${unvalidated}\`@cedar-policy/cedar-wasm\`, whose validator is asked, is not installed`;
    const help = 'install it beside lictor, for development only: `npm install -D @cedar-policy/cedar-wasm@4.13.0`';
    sink.warning('P1124', atSchema, why, help);
    return sink.sorted();
  }
  const unjudged = (why: string, help: string): readonly Diagnostic[] => {
    sink.error('P1125', atSchema, `${unvalidated}${why}`, help);
    return sink.sorted();
  };
  const schema = schemaOf(schemas);
  if (schema === null)
    return unjudged('it stands in several files, of which one is JSON', 'put the schema into one file');
  const places = new Map<string, Span>();
  const staticPolicies: { [id: string]: string | { [key: string]: unknown } } = {};
  const templates: typeof staticPolicies = {};
  for (const [policies, into] of [
    [set.policies, staticPolicies],
    [set.templates, templates],
  ] as const) {
    for (const policy of policies) {
      into[policy.id] = writtenOf(policy);
      places.set(policy.id, policy.span);
    }
  }
  const templateLinks = set.links.flatMap(({ templateId, id, principal, resource, span }) => {
    const template = set.templates.find((one) => one.id === templateId || one.annotations.get('id') === templateId);
    places.set(id, template?.span ?? span);
    const values = {
      ...(principal === null ? {} : { '?principal': principal }),
      ...(resource === null ? {} : { '?resource': resource }),
    };
    return template === undefined ? [] : [{ templateId: template.id, newId: id, values }];
  });
  const answer = answered(validate, { schema, policies: { staticPolicies, templates, templateLinks } });
  if (answer.type === 'failure') {
    const why = answer.errors.map(({ message }) => message).join('; ');
    return unjudged(
      `Cedar’s validator cannot judge them: ${why}`,
      'Cedar reads one of the files otherwise: write it so that both read it',
    );
  }
  const found = (severity: 'error' | 'warning', { policyId, error }: ValidationError): void => {
    const place = placeOf(error, places.get(policyId) ?? atSchema);
    const named = `for policy \`${policyId}\``;
    const message = error.message.replace(`${named}, `, '').replace(`${named}: `, '');
    if (severity === 'error') sink.error('P1122', place, message, error.help ?? undefined);
    else sink.warning('P1123', place, message, error.help ?? undefined);
  };
  for (const one of answer.validationErrors) found('error', one);
  for (const one of answer.validationWarnings) found('warning', one);
  for (const { message, help } of answer.otherWarnings) sink.warning('P1123', atSchema, message, help ?? undefined);
  return sink.sorted();
}

/** What it throws, as it does of JSON nested too deep, is a failure too. */
function answered(validate: Validator, call: Parameters<Validator>[0]): ValidationAnswer {
  try {
    return validate(call);
  } catch (error) {
    return {
      type: 'failure',
      errors: [plainError(error instanceof Error ? error.message : String(error))],
      warnings: [],
    };
  }
}

/** Texts together; of JSON only one. */
function schemaOf(schemas: readonly Source[]): Schema | null {
  const [first, ...more] = schemas;
  if (first === undefined || schemas.every(({ path }) => path.endsWith('.cedarschema'))) {
    return schemas.map(({ text }) => text).join('\n');
  }
  return more.length > 0 ? null : (JSON.parse(first.text) as Schema);
}

/** The text of a policy, or its JSON. */
function writtenOf({ id, span: { source, start, end } }: CedarPolicy): string | { [key: string]: unknown } {
  if (!source.path.endsWith('.json')) return source.text.slice(start, end);
  const value: unknown = JSON.parse(source.text, withinSafe);
  if (!isJsonObject(value) || value['effect'] !== undefined) return value as { [key: string]: unknown };
  const { staticPolicies, templates } = value;
  const all = {
    ...(isJsonObject(staticPolicies) ? staticPolicies : {}),
    ...(isJsonObject(templates) ? templates : {}),
  };
  return all[id] as { [key: string]: unknown };
}

/** Integers that JavaScript cannot hold are nearer to 0 here: of what type an expression is no integer says. */
function withinSafe(_: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return Math.sign(value) * Number.MAX_SAFE_INTEGER;
}

/** Cedar counts bytes of the policy's text. */
function placeOf({ sourceLocations }: DetailedError, policy: Span): Span {
  const [location] = sourceLocations ?? [];
  if (location === undefined) return policy;
  const bytes = new TextEncoder().encode(policy.source.text.slice(policy.start, policy.end));
  const unitsTo = (at: number): number => new TextDecoder().decode(bytes.subarray(0, at)).length;
  const { source, start } = policy;
  return { source, start: start + unitsTo(location.start), end: start + unitsTo(location.end) };
}
