// In: Cedar policies with the checked rules that name their advice, entities, a request. Out: the verdict: Cedar's own answer, and
// what the advice of satisfied permits makes of an allow (LANGUAGE.md 14.7). Never reads an annotation.

import type { CheckedPolicy } from '../../check/typed.ts';
import type { CedarPolicy } from '../../syntax/cedar/ast.ts';
import { JsonShapeMistake } from '../../syntax/cedar/json-value.ts';
import { combine } from '../combining.ts';
import { type ReferenceVerdict, withoutRules } from '../evaluate.ts';
import { readRequest } from './entities.ts';
import { authorizeCedar } from './evaluate.ts';
import type { CedarEntities } from './values.ts';

/** `transforms` false: permits with that advice count as not satisfied (13.4). `policies` and the rules of `checked` are parallel. */
export function decideAdvised(
  policies: readonly CedarPolicy[],
  checked: CheckedPolicy,
  entities: CedarEntities,
  request: unknown,
  transforms: boolean,
): ReferenceVerdict {
  const entries = policies.flatMap((policy, index) => {
    const rule = checked.rules[index];
    return rule === undefined || (!transforms && rule.effect === 'transform') ? [] : [{ policy, rule }];
  });
  const asked = entries.map(({ policy }) => policy);
  try {
    const { reason, errors } = authorizeCedar(asked, entities, readRequest(request, null));
    const rulesOf = (ids: readonly string[]) => entries.filter(({ policy }) => ids.includes(policy.id));
    const satisfied = rulesOf(reason).map(({ rule }) => rule);
    const erring = rulesOf(errors).map(({ rule }) => rule);
    const { decision, base, status, determining, transforming } = combine(
      checked,
      [...satisfied.map((rule) => ({ rule, isTrue: true })), ...erring.map((rule) => ({ rule, isTrue: false }))],
      null,
    );
    return {
      decision,
      base,
      status,
      // Those that decided: Cedar's answer names no others.
      rules: satisfied.map(({ id }) => id),
      determining: determining.map(({ id }) => id),
      unknown: erring.map(({ id }) => ({ rule: id, path: '', cause: 'computation' })),
      reason: determining.find((rule) => rule.reason !== null)?.reason ?? null,
      advice: determining.flatMap((rule) => rule.advice ?? []),
      approvers: [],
      transforms: transforming.flatMap(({ id, operations }) =>
        operations.map((operation) => ({ rule: id, operation })),
      ),
    };
  } catch (error) {
    if (error instanceof JsonShapeMistake) return withoutRules('deny', 'request-invalid');
    throw error;
  }
}
