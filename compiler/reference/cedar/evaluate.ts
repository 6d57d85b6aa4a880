// In: Cedar policies, entities, a request. Out: Cedar's answer: decision, the policies that gave it, the policies that erred.
// Plain and slow: the meaning, read off Cedar's own specification, and the oracle for the compiled core. Never validates.

import { unreachable } from '../../diagnostic.ts';
import {
  type CedarExpr,
  type CedarPolicy,
  type EntityUid,
  type PatternPart,
  type ScopeConstraint,
  uidText,
} from '../../syntax/cedar/ast.ts';
import { callExtension } from './extensions.ts';
import {
  type CedarEntities,
  type CedarRequest,
  type CedarValue,
  contains,
  EvaluationError,
  long64,
  sameValue,
  setOf,
} from './values.ts';

export interface CedarResponse {
  readonly decision: 'allow' | 'deny';
  /** Ids of the policies that gave the decision, in the order of the policies. */
  readonly reason: readonly string[];
  /** Ids of the policies whose evaluation went wrong, in the same order. */
  readonly errors: readonly string[];
}

/** Default deny; a satisfied forbid beats every permit; what errs is skipped and listed. No slot may be open. */
export function authorizeCedar(
  policies: readonly CedarPolicy[],
  entities: CedarEntities,
  request: CedarRequest,
): CedarResponse {
  const results = policies.map((policy) => ({ policy, result: satisfied(policy, { entities, request }) }));
  const idsOf = (wanted: (entry: (typeof results)[number]) => boolean): string[] =>
    results.filter(wanted).map(({ policy }) => policy.id);
  const forbids = idsOf(({ policy, result }) => policy.effect === 'forbid' && result === true);
  const permits = idsOf(({ policy, result }) => policy.effect === 'permit' && result === true);
  const errors = idsOf(({ result }) => result === 'error');
  if (forbids.length > 0) return { decision: 'deny', reason: forbids, errors };
  return { decision: permits.length > 0 ? 'allow' : 'deny', reason: permits, errors };
}

interface Scope {
  readonly entities: CedarEntities;
  readonly request: CedarRequest;
}

function satisfied(policy: CedarPolicy, scope: Scope): boolean | 'error' {
  const { principal, action, resource } = scope.request;
  const { entities } = scope;
  const isAction =
    policy.action.kind === 'any' ||
    (policy.action.kind === 'equal'
      ? uidText(action) === uidText(policy.action.entity)
      : policy.action.entities.some((group) => isIn(action, group, entities)));
  if (!covers(policy.principal, principal, entities) || !isAction || !covers(policy.resource, resource, entities)) {
    return false;
  }
  try {
    return policy.conditions.every((condition) => boolOf(evaluate(condition, scope)));
  } catch (error) {
    if (error instanceof EvaluationError) return 'error';
    throw error;
  }
}

function covers(constraint: ScopeConstraint, uid: EntityUid, entities: CedarEntities): boolean {
  const known = (entity: EntityUid | 'slot'): EntityUid => {
    if (entity === 'slot') throw new Error('a template is linked before it is evaluated');
    return entity;
  };
  switch (constraint.kind) {
    case 'any':
      return true;
    case 'equal':
      return uidText(uid) === uidText(known(constraint.entity));
    case 'in':
      return isIn(uid, known(constraint.entity), entities);
    case 'is':
      return uid.type === constraint.type && (constraint.in === null || isIn(uid, known(constraint.in), entities));
    default:
      return unreachable(constraint);
  }
}

function isIn(uid: EntityUid, group: EntityUid, entities: CedarEntities): boolean {
  const key = uidText(group);
  return uidText(uid) === key || entities.get(uidText(uid))?.ancestors.has(key) === true;
}

/** @throws EvaluationError */
function evaluate(expr: CedarExpr, scope: Scope): CedarValue {
  switch (expr.kind) {
    case 'literal':
      return expr.literal;
    case 'variable':
      if (expr.name === 'context') return { kind: 'record', entries: scope.request.context };
      return { kind: 'entity', uid: scope.request[expr.name] };
    case 'not':
      return bool(!boolOf(evaluate(expr.operand, scope)));
    case 'negate':
      return { kind: 'long', value: long64(-longOf(evaluate(expr.operand, scope))) };
    case 'isEmpty':
      return bool(itemsOf(evaluate(expr.operand, scope)).length === 0);
    case 'and':
      return bool(expr.operands.every((operand) => boolOf(evaluate(operand, scope))));
    case 'or':
      return bool(expr.operands.some((operand) => boolOf(evaluate(operand, scope))));
    case 'if':
      return evaluate(boolOf(evaluate(expr.test, scope)) ? expr.then : expr.else, scope);
    case 'binary':
      return binary(expr, evaluate(expr.left, scope), evaluate(expr.right, scope), scope.entities);
    case 'get': {
      const value = attributesOf(evaluate(expr.operand, scope), scope.entities)?.get(expr.attribute);
      if (value === undefined) throw new EvaluationError(`no attribute ${expr.attribute}`);
      return value;
    }
    case 'has':
      return bool(attributesOf(evaluate(expr.operand, scope), scope.entities)?.has(expr.attribute) === true);
    case 'like':
      return bool(matches(codePoints(textOf(evaluate(expr.operand, scope))), expr.pattern));
    case 'is':
      return bool(uidOf(evaluate(expr.operand, scope)).type === expr.type);
    case 'set':
      return setOf(expr.items.map((item) => evaluate(item, scope)));
    case 'record':
      return {
        kind: 'record',
        entries: new Map(expr.entries.map(({ key, value }) => [key, evaluate(value, scope)])),
      };
    case 'extension':
      return callExtension(
        expr.fn,
        expr.args.map((arg) => evaluate(arg, scope)),
      );
    default:
      return unreachable(expr);
  }
}

function binary(
  { op }: CedarExpr & { kind: 'binary' },
  left: CedarValue,
  right: CedarValue,
  entities: CedarEntities,
): CedarValue {
  switch (op) {
    case '==':
      return bool(sameValue(left, right));
    case '<':
      return bool(ordered(left, right) < 0);
    case '<=':
      return bool(ordered(left, right) <= 0);
    case 'in': {
      const uid = uidOf(left);
      const groups = right.kind === 'set' ? right.items.map(uidOf) : [uidOf(right)];
      return bool(groups.some((group) => isIn(uid, group, entities)));
    }
    case '+':
      return { kind: 'long', value: long64(longOf(left) + longOf(right)) };
    case '-':
      return { kind: 'long', value: long64(longOf(left) - longOf(right)) };
    case '*':
      return { kind: 'long', value: long64(longOf(left) * longOf(right)) };
    case 'contains':
      return bool(contains(itemsOf(left), right));
    case 'containsAll': {
      const items = itemsOf(left);
      return bool(itemsOf(right).every((item) => contains(items, item)));
    }
    case 'containsAny': {
      const items = itemsOf(left);
      return bool(itemsOf(right).some((item) => contains(items, item)));
    }
    case 'hasTag': {
      const key = textOf(right);
      return bool(entities.get(uidText(uidOf(left)))?.tags.has(key) === true);
    }
    case 'getTag': {
      const tag = entities.get(uidText(uidOf(left)))?.tags.get(textOf(right));
      if (tag === undefined) throw new EvaluationError('no such tag');
      return tag;
    }
    default:
      return unreachable(op);
  }
}

/** Longs, datetimes and durations have an order, each among themselves. */
function ordered(left: CedarValue, right: CedarValue): number {
  const hasOrder = left.kind === 'long' || left.kind === 'datetime' || left.kind === 'duration';
  if (!hasOrder || right.kind !== left.kind) throw new EvaluationError('values without an order');
  return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
}

/** Of an entity that does not exist there are none. */
function attributesOf(value: CedarValue, entities: CedarEntities): ReadonlyMap<string, CedarValue> | undefined {
  if (value.kind === 'record') return value.entries;
  return entities.get(uidText(uidOf(value)))?.attrs;
}

function codePoints(text: string): string[] {
  return Array.from(text);
}

function matches(text: readonly string[], pattern: readonly PatternPart[]): boolean {
  const marks = pattern.flatMap((part) => (part.kind === 'any' ? [null] : codePoints(part.text)));
  let reached = new Set([0]);
  const close = (at: number, into: Set<number>): void => {
    into.add(at);
    if (marks[at] === null) close(at + 1, into);
  };
  const start = new Set<number>();
  for (const at of reached) close(at, start);
  reached = start;
  for (const char of text) {
    const next = new Set<number>();
    for (const at of reached) {
      if (marks[at] === null) close(at, next);
      else if (marks[at] === char) close(at + 1, next);
    }
    reached = next;
  }
  return reached.has(marks.length);
}

function bool(value: boolean): CedarValue {
  return { kind: 'bool', value };
}

function boolOf(value: CedarValue): boolean {
  if (value.kind !== 'bool') throw new EvaluationError('expected a bool');
  return value.value;
}

function longOf(value: CedarValue): bigint {
  if (value.kind !== 'long') throw new EvaluationError('expected a long');
  return value.value;
}

function textOf(value: CedarValue): string {
  if (value.kind !== 'string') throw new EvaluationError('expected a string');
  return value.value;
}

function uidOf(value: CedarValue): EntityUid {
  if (value.kind !== 'entity') throw new EvaluationError('expected an entity');
  return value.uid;
}

function itemsOf(value: CedarValue): readonly CedarValue[] {
  if (value.kind !== 'set') throw new EvaluationError('expected a set');
  return value.items;
}
