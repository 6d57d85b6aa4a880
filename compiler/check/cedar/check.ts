// In: Cedar policies, linked, and maybe a schema. Out: the typed policy that decides as Cedar does (LANGUAGE.md 14).
// The scope becomes literals, which classes can say; `when` and `unless` become one term. Never loosens what Cedar says.

import { type DiagnosticSink, unreachable } from '../../diagnostic.ts';
import type { Source } from '../../source.ts';
import type { CedarPolicy, EntityUid, ScopeConstraint } from '../../syntax/cedar/ast.ts';
import type { CedarSchema } from '../../syntax/cedar/schema.ts';
import { attributesOf } from '../term-reads.ts';
import type { Term } from '../terms.ts';
import type { CheckedPolicy, CheckedRule, Condition, Environment, ToolTarget, Value } from '../typed.ts';
import { adviceOf } from './advice.ts';
import { CEDAR_PATHS, cedarChain, cedarTerm, entityKey } from './terms.ts';
import { worldText } from './world.ts';

export interface CedarOptions {
  /** Whether `@id` names a rule, and `@advice` says what a permit does (14.6, 14.7); false: both are only text, as for Cedar. */
  readonly annotations: boolean;
}

/** Null after an error. No slot may be open. */
export function checkCedar(
  source: Source,
  policies: readonly CedarPolicy[],
  schema: CedarSchema | null,
  options: CedarOptions,
  sink: DiagnosticSink,
): CheckedPolicy | null {
  const ids = new Set<string>();
  const rules = policies.map((policy, index): CheckedRule => {
    const id = (options.annotations ? policy.annotations.get('id') : undefined) || policy.id;
    if (ids.has(id)) sink.error('P1117', policy.span, `a second policy \`${id}\``);
    ids.add(id);
    const advice = options.annotations ? adviceOf(policy, sink) : null;
    const permits = advice?.effect ?? 'allow';
    return {
      id,
      index,
      span: policy.span,
      points: ['pre_tool_call'],
      target: targetOf(policy),
      condition: conditionOf(policy),
      effect: policy.effect === 'forbid' ? 'deny' : permits,
      approvers: [],
      reason: advice?.reason ?? null,
      operations: advice?.operations ?? [],
      advice: advice?.message ?? null,
      onUnknown: 'restrict',
      priority: 0,
      enabled: true,
      examples: [],
      policy: 0,
      environment: NO_ENVIRONMENT,
      scope: 'global',
      final: false,
    };
  });
  if (sink.hasErrors) return null;
  return {
    name: nameOf(source.path),
    version: '0.0.0',
    default: 'deny',
    environment: NO_ENVIRONMENT,
    tree: [{ parent: -1, algorithm: 'cedar', priority: 0, scope: 'global', position: 0 }],
    rules,
    source: { source, start: 0, end: 0 },
    cedar: worldText(schema),
  };
}

const NO_ENVIRONMENT: Environment = { catalogue: null, absent: [] };

function nameOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.cedar(\.json)?$/, '');
  return file.replace(/[^A-Za-z0-9_.-]/g, '-') || 'cedar';
}

/** `action == A`: the action is the tool. */
function targetOf({ action }: CedarPolicy): ToolTarget {
  if (action.kind !== 'equal') return { kind: 'every' };
  return { kind: 'listed', names: [entityKey(action.entity)], globs: [] };
}

function conditionOf(policy: CedarPolicy): Condition {
  const { span, action } = policy;
  const operands: Condition[] = [];
  operands.push(...scope('principal', policy.principal, policy));
  if (action.kind === 'in') operands.push(isIn('action', action.entities, policy));
  operands.push(...scope('resource', policy.resource, policy));
  if (policy.conditions.length > 0) {
    operands.push({ kind: 'term', term: reading(cedarChain('and', policy.conditions.map(cedarTerm), span)), span });
  }
  const [only] = operands;
  if (only === undefined) return { kind: 'constant', value: true, span };
  return operands.length === 1 ? only : { kind: 'and', operands, span };
}

/** A verdict lists an erring policy with what it reads (6.3): a term that reads nothing is made to read the context. */
function reading(term: Term): Term {
  if (attributesOf(term).length > 0) return term;
  const { span } = term;
  return { kind: 'bind', value: { kind: 'attribute', path: CEDAR_PATHS.context, span }, variable: 0, body: term, span };
}

function scope(part: 'principal' | 'resource', constraint: ScopeConstraint, policy: CedarPolicy): Condition[] {
  const known = (entity: EntityUid | 'slot'): EntityUid => {
    if (entity === 'slot') throw new Error('a template is linked before it is checked');
    return entity;
  };
  switch (constraint.kind) {
    case 'any':
      return [];
    case 'equal':
      return [equals(part, 'uid', entityKey(known(constraint.entity)), policy)];
    case 'in':
      return [isIn(part, [known(constraint.entity)], policy)];
    case 'is': {
      const is = equals(part, 'type', constraint.type, policy);
      return constraint.in === null ? [is] : [is, isIn(part, [known(constraint.in)], policy)];
    }
    default:
      return unreachable(constraint);
  }
}

function equals(part: 'principal' | 'resource', what: 'uid' | 'type', text: string, { span }: CedarPolicy): Condition {
  const left: Value = {
    kind: 'reading',
    reading: { kind: 'typed', path: CEDAR_PATHS[part][what], type: { kind: 'string' } },
    span,
  };
  return { kind: 'compare', op: '==', left, right: constant(text, span), span };
}

/** Whether one of `groups` is the entity itself or above it. */
function isIn(
  part: 'principal' | 'action' | 'resource',
  groups: readonly EntityUid[],
  { span }: CedarPolicy,
): Condition {
  const list: Value & { readonly kind: 'reading' } = {
    kind: 'reading',
    reading: {
      kind: 'typed',
      path: CEDAR_PATHS[part].in,
      type: { kind: 'list', element: { kind: 'string' } },
    },
    span,
  };
  const operands = groups.map(
    (group): Condition => ({ kind: 'member', element: constant(entityKey(group), span), list, span }),
  );
  const [only] = operands;
  if (only === undefined) return { kind: 'constant', value: false, span };
  return operands.length === 1 ? only : { kind: 'or', operands, span };
}

function constant(value: string, span: CedarPolicy['span']): Value {
  return { kind: 'constant', constant: { kind: 'string', value }, span };
}
