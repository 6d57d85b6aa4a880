// `lictor/cedar`: what `@cedar-policy/cedar-wasm` does to authorize, with the same calls and answers, by the compiled core; and
// `compile` and `load` for those who want the speed: one artifact, entities loaded once.
// Never evaluates a policy itself: each answer is one decision of the core.

import type { Verdict } from '../../host-js/full.ts';
import type { Diagnostic, Source } from '../index.ts';
import type { CedarPolicy } from '../syntax/cedar/ast.ts';
import type { CedarSchema } from '../syntax/cedar/schema.ts';
import { causesOf } from './causes.ts';
import { Engines, Loadable } from './engines.ts';
import { plainError } from './errors.ts';
import {
  type Prepared,
  prepareArtifact,
  prepareContext,
  prepareEntities,
  preparePolicies,
  prepareSchema,
} from './prepare.ts';
import { checkAuthorizationCall, checkKeys, checkPolicySet, checkStatefulCall } from './shape.ts';
import type {
  AuthorizationAnswer,
  AuthorizationCall,
  CheckParseAnswer,
  ContextParsingCall,
  DetailedError,
  EntitiesParsingCall,
  PolicySet,
  Request,
  Schema,
  StatefulAuthorizationCall,
} from './types.ts';
import { VALIDATOR_PACKAGE, type Validator, validationFindings } from './validate.ts';

export { type Engine, type EngineOptions, load, type Resolution, resolve, type Verdict } from '../../host-js/full.ts';
export { type Compilation, compile, type Diagnostic, formatDiagnostic, type Source } from '../index.ts';
export type * from './types.ts';

/** Policies with a schema or without, compiled when first asked. */
class World {
  readonly policies: readonly CedarPolicy[];
  readonly schema: CedarSchema | null;
  #artifact: Prepared<Uint8Array> | null = null;
  readonly #loadables = new Map<boolean, Loadable>();

  constructor(policies: readonly CedarPolicy[], schema: CedarSchema | null) {
    this.policies = policies;
    this.schema = schema;
  }

  loadable(validateRequest: boolean): Prepared<Loadable> {
    this.#artifact ??= prepareArtifact(this.policies, this.schema);
    if (this.#artifact.kind === 'failed') return this.#artifact;
    const value = this.#loadables.get(validateRequest) ?? new Loadable(this.#artifact.value, validateRequest);
    this.#loadables.set(validateRequest, value);
    return { kind: 'ok', value };
  }
}

const engines = new Engines();
const policySets = new Map<string, readonly CedarPolicy[]>();
const schemas = new Map<string, CedarSchema>();
/** By policy set and schema, both as they were prepared. */
const preparedWorlds = new Map<readonly CedarPolicy[], Map<CedarSchema | null, World>>();
/** What `isAuthorized` was given last, by its text. */
const recentWorlds = new Map<string, World>();
const MAX_RECENT = 16;

/** Decides one request against policies given with it. Throws a TypeError for what is no such call. */
export function isAuthorized(call: AuthorizationCall): AuthorizationAnswer {
  checkAuthorizationCall(call);
  const key = JSON.stringify([call.policies, call.schema ?? null], exactly);
  let world = recentWorlds.get(key);
  if (world === undefined) {
    const policies = preparePolicies(call.policies);
    const given = call.schema ?? null; // null is no schema, as Cedar takes it
    const schema = given === null ? null : prepareSchema(given);
    const errors = [policies, schema].flatMap((part) => (part?.kind === 'failed' ? part.errors : []));
    if (policies.kind === 'failed' || schema?.kind === 'failed') return failure(errors);
    world = new World(policies.value, schema?.value ?? null);
    for (const oldest of recentWorlds.keys()) if (recentWorlds.size >= MAX_RECENT) recentWorlds.delete(oldest);
  } else recentWorlds.delete(key);
  recentWorlds.set(key, world);
  return decide(world, call);
}

/** Reads a policy set once, for `statefulIsAuthorized`. An earlier one of the same id is replaced if this one has no mistakes. */
export function preparsePolicySet(id: string, policies: PolicySet): CheckParseAnswer {
  checkPolicySet(policies);
  const found = preparePolicies(policies);
  if (found.kind === 'failed') return { type: 'failure', errors: found.errors };
  const old = policySets.get(id);
  if (old !== undefined) preparedWorlds.delete(old);
  policySets.set(id, found.value);
  return { type: 'success' };
}

/** Reads a schema once, likewise. */
export function preparseSchema(name: string, schema: Schema): CheckParseAnswer {
  const found = prepareSchema(schema);
  if (found.kind === 'failed') return { type: 'failure', errors: found.errors };
  const old = schemas.get(name);
  if (old !== undefined) for (const worlds of preparedWorlds.values()) worlds.delete(old);
  schemas.set(name, found.value);
  return { type: 'success' };
}

/**
 * What Cedar's own validator says of policies with a schema (`.cedar`, `.cedarschema`, …), as findings with places; compile time
 * only. Asks `@cedar-policy/cedar-wasm` where it is installed; where it is not, the one finding says so.
 */
export async function validateSources(sources: readonly Source[]): Promise<readonly Diagnostic[]> {
  return validationFindings(sources, await importedValidator());
}

async function importedValidator(): Promise<Validator | null> {
  try {
    return ((await import(VALIDATOR_PACKAGE)) as { readonly validate: Validator }).validate;
  } catch {
    return null;
  }
}

/** Whether a policy set can be read. */
export function checkParsePolicySet(policies: PolicySet): CheckParseAnswer {
  checkPolicySet(policies);
  return parsed(preparePolicies(policies));
}

/** Whether a schema can be read. */
export function checkParseSchema(schema: Schema): CheckParseAnswer {
  return parsed(prepareSchema(schema));
}

/** Whether entities can be read, by a schema if there is one. */
export function checkParseEntities(call: EntitiesParsingCall): CheckParseAnswer {
  checkKeys(call, ['entities'], ['schema'], 'a call');
  return parsed(prepareEntities(call.entities, call.schema ?? null));
}

/** Whether a context can be read, by what a schema says of an action if there are both. */
export function checkParseContext(call: ContextParsingCall): CheckParseAnswer {
  checkKeys(call, ['context'], ['schema', 'action'], 'a call');
  return parsed(prepareContext(call.context, call.schema ?? null, call.action ?? null));
}

function parsed(found: Prepared<unknown>): CheckParseAnswer {
  return found.kind === 'failed' ? { type: 'failure', errors: found.errors } : { type: 'success' };
}

/** Decides one request against policies and a schema that were read before. */
export function statefulIsAuthorized(call: StatefulAuthorizationCall): AuthorizationAnswer {
  checkStatefulCall(call);
  const id = call.preparsedPolicySetId;
  const name = call.preparsedSchemaName ?? null;
  const policies = policySets.get(id);
  if (policies === undefined) return failure([plainError(`policy set '${id}' not found in preparsed cache`)]);
  const schema = name === null ? null : schemas.get(name);
  if (schema === undefined) return failure([plainError(`schema '${name}' not found in preparsed cache`)]);
  const worlds = preparedWorlds.get(policies) ?? new Map<CedarSchema | null, World>();
  preparedWorlds.set(policies, worlds);
  const world = worlds.get(schema) ?? new World(policies, schema);
  worlds.set(schema, world);
  return decide(world, call);
}

function decide(world: World, call: AuthorizationCall | StatefulAuthorizationCall): AuthorizationAnswer {
  const loadable = world.loadable(call.validateRequest ?? true);
  if (loadable.kind === 'failed') return failure(loadable.errors);
  const engine = engines.engineOf(loadable.value);
  const { principal, action, resource, context, entities } = call;
  for (const [part, uid] of Object.entries({ principal, action, resource })) {
    if (typeof uid === 'string')
      return failure([plainError(`failed to parse ${part}: expected a literal entity reference`)]);
  }
  return answerOf(engine.decide({ principal, action, resource, context, entities }), world, call);
}

function answerOf(verdict: Verdict, { policies, schema }: World, call: Request): AuthorizationAnswer {
  if (verdict.status !== 'ok') return failure([plainError(verdict.reason)]);
  const erring = new Set(verdict.unknown.map(({ rule }) => rule));
  const errors = causesOf([...erring], policies, schema, call);
  const decision = verdict.decision === 'allow' ? 'allow' : 'deny';
  const reason = [...verdict.determining];
  return { type: 'success', response: { decision, diagnostics: { reason, errors } }, warnings: [] };
}

function failure(errors: readonly DetailedError[]): AuthorizationAnswer {
  return { type: 'failure', errors, warnings: [] };
}

/** No two values have one text: a BigInt is none of the texts either. */
function exactly(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `n${value}` : typeof value === 'string' ? `s${value}` : value;
}
