// In: a generated world in its forms. Out: where the reference, the cores by every route, `lictor/cedar` and, unless left out, the
// official implementation differ: in the decision, the policies that decided, those that erred, in what is refused.

import { isDeepStrictEqual } from 'node:util';
import * as lictor from '../../../compiler/cedar/index.ts';
import { type Validator, validationFindings } from '../../../compiler/cedar/validate.ts';
import { linkedPolicies, readCedarSources } from '../../../compiler/check/cedar/sources.ts';
import { DiagnosticSink, formatDiagnostic } from '../../../compiler/diagnostic.ts';
import { compile, type Source } from '../../../compiler/index.ts';
import { readEntities, readRequest } from '../../../compiler/reference/cedar/entities.ts';
import { authorizeCedar } from '../../../compiler/reference/cedar/evaluate.ts';
import type { CedarPolicy } from '../../../compiler/syntax/cedar/ast.ts';
import { JsonShapeMistake } from '../../../compiler/syntax/cedar/json-value.ts';
import type { CedarSchema } from '../../../compiler/syntax/cedar/schema.ts';
import type { CoreInstance } from '../../../host-js/core.ts';
import { load, type Verdict } from '../../../host-js/full.ts';
import type { Official } from '../differential.ts';
import { formsOf } from './forms.ts';
import type { SchemaWorld } from './world.ts';

export interface Compared {
  readonly counts: ReadonlyMap<string, number>;
  readonly found: readonly string[];
}

const FAILS = 'fails';

interface Answer {
  readonly text: string;
  readonly named: readonly string[];
}

export function compareSchemaWorld(
  world: SchemaWorld,
  cores: readonly CoreInstance[],
  official: Official | null,
): Compared {
  const counts = new Map<string, number>();
  const count = (what: string, by = 1): unknown => counts.set(what, (counts.get(what) ?? 0) + by);
  const forms = formsOf(world, official);
  const { schema, entities, validateRequest } = world;
  const given = schema?.[schema.form] ?? null;
  const shown = JSON.stringify({ sources: forms.sources, entities, validateRequest });

  const { artifact, diagnostics } = compile(forms.sources);
  const ours = preparedBy(lictor, forms.set, given);
  const theirs = official === null ? ours : preparedBy(official, forms.set, given);
  const meant = readTexts(forms.texts);
  if (theirs !== ours || (artifact !== null) !== ours || (meant !== null) !== ours) {
    const said = diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic);
    const who = `official ${theirs}, lictor/cedar ${ours}, compile ${artifact !== null}, texts ${meant !== null}`;
    return { counts, found: [`${shown}\nnot taken by all: ${who}\n${said.join('\n')}`] };
  }
  if (official !== null && given !== null) {
    const difference = validated(official, forms.sources, { policies: forms.set, schema: given } as never);
    if (difference !== null) return { counts, found: [`${shown}\n${difference}`] };
    count('validated');
  }
  if (artifact === null || meant === null) return { counts: new Map([['refused', 1]]), found: [] };

  const options = validateRequest === undefined ? {} : { validateRequest };
  // What stands twice is refused of one list, and takes the other's place of two; actions are held against what is listed with them.
  const half = entities.length >> 1;
  const carried = entities.filter(({ uid }, index) => index < half && !uid.type.endsWith('Action'));
  const loaded = entities.filter((entity) => !carried.includes(entity));
  const isSplit = new Set(entities.map(({ uid }) => JSON.stringify(uid))).size === entities.length;
  const engines = cores.map((core) => load(artifact, { core, entities, ...options }));
  const halves = isSplit ? cores.map((core) => load(artifact, { core, entities: loaded, ...options })) : [];
  const bare = cores.map((core) => load(artifact, { core, ...options }));
  const found: string[] = [];
  for (const request of world.requests) {
    const reference = referenceAnswer(meant, entities, request, validateRequest);
    const call = { ...request, entities, ...options };
    const theirAnswer = official === null ? null : officialAnswer(official, call, schema !== null);
    const dropIn = officialAnswer(lictor as unknown as Official, call, schema !== null);
    const { principal, ...rest } = request;
    const verdicts = [
      ...engines.map((engine) => engine.decide(request)),
      ...engines.map((engine) => engine.session({ principal }).decide(rest)),
      ...halves.map((engine) => engine.decide({ ...request, entities: carried })),
      ...bare.map((engine) => engine.decide({ ...request, entities })),
    ].map((verdict) => verdictAnswer(verdict).text);
    // Whether an action applies is asked of the cores and of Cedar alone (14.3).
    const isRefusedUnasked = validateRequest === undefined && dropIn.text === FAILS;
    const asked = validateRequest === true && dropIn.text === FAILS ? FAILS : reference.text;
    const wrong = verdicts.filter((text) => text !== asked);
    if (!isRefusedUnasked && dropIn.text !== asked) wrong.push(`lictor/cedar ${dropIn.text}`);
    if (theirAnswer !== null && (theirAnswer.text !== dropIn.text || theirAnswer.causes !== dropIn.causes)) {
      wrong.push(`official ${theirAnswer.text} ${theirAnswer.causes}, lictor/cedar ${dropIn.causes}`);
    }
    if (wrong.length > 0) found.push(`${shown}\n${JSON.stringify(request)}\nmeant ${asked}, not ${wrong.join(', ')}`);
    countAnswer(asked === FAILS ? { text: FAILS, named: [] } : reference);
    count('decisions', verdicts.length + 1 + (official === null ? 0 : 1));
  }
  for (const engine of [...engines, ...halves, ...bare]) engine.dispose();
  count('requests', world.requests.length);
  if (schema !== null) count(`requests with a schema in ${schema.form}`, world.requests.length);
  if (world.links.length > 0) count('requests with links', world.requests.length);
  if (forms.jsonIds.size > 0) count('requests with JSON policies', world.requests.length);
  return { counts, found };

  function countAnswer({ text, named }: Answer): void {
    count(text === FAILS ? 'refused requests' : (text.split(' ')[0] ?? ''));
    const links = new Set(world.links.map(({ newId }) => newId));
    if (named.length > 0) count('named policies', named.length);
    for (const id of named) {
      if (links.has(id)) count('named links');
      if (forms.jsonIds.has(id)) count('named JSON policies');
    }
  }
}

function preparedBy(engine: unknown, set: unknown, schema: unknown): boolean {
  const cedar = engine as Official;
  const policies = cedar.preparsePolicySet('world', set as never);
  return (
    policies.type === 'success' &&
    (schema === null || cedar.preparseSchema('world', schema as never).type === 'success')
  );
}

/** Whether the findings of the compiler are the mistakes that Cedar's validator finds in what it is given itself (14.9). */
function validated(
  official: Official,
  sources: readonly Source[],
  call: Parameters<Official['validate']>[0],
): string | null {
  const answer = official.validate(call);
  const found = validationFindings(sources, official.validate as unknown as Validator);
  const ours = found.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  const theirs =
    answer.type === 'failure'
      ? ['a failure: ' + JSON.stringify(answer.errors)]
      : answer.validationErrors.map(({ policyId, error: { message } }) =>
          message.startsWith(`for policy \`${policyId}\``) ? message.replace(/^.*?`[,:] /, '') : message,
        );
  // Findings of one place and text are one.
  const said = [theirs, ours].map((messages) => [...new Set(messages)].sort());
  return isDeepStrictEqual(said[0], said[1]) ? null : `validated otherwise: ${JSON.stringify(said)}`;
}

interface Meant {
  readonly policies: readonly CedarPolicy[];
  readonly schema: CedarSchema | null;
}

function readTexts(texts: readonly Source[]): Meant | null {
  const sink = new DiagnosticSink();
  const set = readCedarSources(texts, sink);
  if (set === null) return null;
  const policies = linkedPolicies(set, sink).map((policy) => ({
    ...policy,
    id: policy.annotations.get('id') ?? policy.id,
  }));
  return sink.hasErrors ? null : { policies, schema: set.schema };
}

function referenceAnswer(
  { policies, schema }: Meant,
  entities: unknown,
  request: unknown,
  validate: boolean | undefined,
): Answer {
  try {
    const answer = authorizeCedar(
      policies,
      readEntities(entities, schema),
      readRequest(request, schema, validate === false),
    );
    return answerText(answer.decision, answer.reason, answer.errors);
  } catch (error) {
    if (error instanceof JsonShapeMistake) return { text: FAILS, named: [] };
    throw error;
  }
}

function verdictAnswer({ status, decision, determining, unknown }: Verdict): Answer {
  if (status === 'request-invalid') return { text: FAILS, named: [] };
  if (status !== 'ok') return { text: status, named: [] };
  return answerText(decision, determining, [...new Set(unknown.map(({ rule }) => rule))]);
}

/** By the calls that `lictor/cedar` and the official implementation both have. */
function officialAnswer(engine: Official, call: object, hasSchema: boolean): Answer & { readonly causes: string } {
  const named = { preparsedPolicySetId: 'world', ...(hasSchema ? { preparsedSchemaName: 'world' } : {}) };
  const answer = engine.statefulIsAuthorized({ ...call, ...named } as never);
  if (answer.type === 'failure') return { text: FAILS, named: [], causes: '' };
  const { decision, diagnostics } = answer.response;
  const causes = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`).sort();
  const errors = diagnostics.errors.map(({ policyId }) => policyId);
  return { ...answerText(decision, diagnostics.reason, errors), causes: causes.join('; ') };
}

function answerText(decision: string, reason: readonly string[], errors: readonly string[]): Answer {
  const text = `${decision} [${[...reason].sort().join(' ')}] errors [${[...errors].sort().join(' ')}]`;
  return { text, named: [...reason, ...errors] };
}
