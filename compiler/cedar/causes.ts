// In: the policies that a decision of the core lists as erring, and the call. Out: for each what went wrong and where, in Cedar's words.
// Asks the reference evaluator, only when something erred: a decision that lists nothing pays nothing. Never changes an answer.

import { readEntities, readRequest } from '../reference/cedar/entities.ts';
import { authorizeCedar } from '../reference/cedar/evaluate.ts';
import type { EvaluationError } from '../reference/cedar/values.ts';
import type { CedarPolicy } from '../syntax/cedar/ast.ts';
import type { CedarSchema } from '../syntax/cedar/schema.ts';
import { locations, plainError } from './errors.ts';
import type { AuthorizationError, Request } from './types.ts';

/** `call` is one that the core has decided. */
export function causesOf(
  ids: readonly string[],
  policies: readonly CedarPolicy[],
  schema: CedarSchema | null,
  call: Request,
): AuthorizationError[] {
  if (ids.length === 0) return [];
  const erring = policies.filter(({ id }) => ids.includes(id));
  const { causes } = authorizeCedar(
    erring,
    readEntities(call.entities, schema),
    readRequest(call, schema, call.validateRequest === false),
  );
  return ids.map((policyId) => ({ policyId, error: errorOf(causes.get(policyId)) }));
}

/** Undefined: nothing is wrong with the policy, but the core has bounds (LANGUAGE.md 14.4). */
function errorOf(cause: EvaluationError | undefined): AuthorizationError['error'] {
  if (cause === undefined) {
    return plainError('the policy needs more steps or more room than a decision has (LANGUAGE.md 14.4)');
  }
  const { message, help, span } = cause;
  return { ...plainError(message), help, sourceLocations: span === null ? [] : locations(span) };
}
