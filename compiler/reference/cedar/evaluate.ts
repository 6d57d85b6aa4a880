// In: Cedar policies, entities, a request. Out: Cedar's answer: decision, the policies that gave it, the policies that erred.
// Plain and slow: the meaning, read off Cedar's own specification, and the oracle for the compiled core. Never validates.

import { unreachable } from '../../diagnostic.ts';
import type { Span } from '../../source.ts';
import {
  type CedarExpr,
  type CedarPolicy,
  type EntityUid,
  type PatternPart,
  type ScopeConstraint,
  uidText,
} from '../../syntax/cedar/ast.ts';
import { type CedarKind, comparePoints, noEntity, noKey, noMember, typeError } from './causes.ts';
import { callExtension } from './extensions.ts';
import {
  type CedarEntities,
  type CedarRequest,
  type CedarValue,
  contains,
  EvaluationError,
  fitsLong,
  sameValue,
  setOf,
} from './values.ts';

export interface CedarResponse {
  readonly decision: 'allow' | 'deny';
  /** Ids of the policies that gave the decision, in the order of the policies. */
  readonly reason: readonly string[];
  /** Ids of the policies whose evaluation went wrong, in the same order. */
  readonly errors: readonly string[];
  /** Of each erring policy what went wrong. */
  readonly causes: ReadonlyMap<string, EvaluationError>;
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
  const erring = results.flatMap(({ policy: { id }, result }) =>
    result instanceof EvaluationError ? [[id, result] as const] : [],
  );
  const errors = erring.map(([id]) => id);
  const causes = new Map(erring);
  if (forbids.length > 0) return { decision: 'deny', reason: forbids, errors, causes };
  return { decision: permits.length > 0 ? 'allow' : 'deny', reason: permits, errors, causes };
}

interface Scope {
  readonly entities: CedarEntities;
  readonly request: CedarRequest;
}

function satisfied(policy: CedarPolicy, scope: Scope): boolean | EvaluationError {
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
    return policy.conditions.every((condition) => boolOf(condition, scope));
  } catch (error) {
    if (error instanceof EvaluationError) return error;
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

/** @throws EvaluationError, with the place of the innermost expression that went wrong */
function evaluate(expr: CedarExpr, scope: Scope): CedarValue {
  try {
    return valueOf(expr, scope);
  } catch (error) {
    if (error instanceof EvaluationError) error.span ??= expr.span;
    throw error;
  }
}

function valueOf(expr: CedarExpr, scope: Scope): CedarValue {
  switch (expr.kind) {
    case 'literal':
      return expr.literal;
    case 'variable':
      if (expr.name === 'context') return { kind: 'record', entries: scope.request.context };
      return { kind: 'entity', uid: scope.request[expr.name] };
    case 'not':
      return bool(!boolOf(expr.operand, scope));
    case 'negate': {
      const value = longOf(expr.operand, scope);
      return long(-value, `negate the value \`${value}\``);
    }
    case 'isEmpty':
      return bool(of('set', expr.operand, scope).items.length === 0);
    case 'and':
      return bool(expr.operands.every((operand) => boolOf(operand, scope)));
    case 'or':
      return bool(expr.operands.some((operand) => boolOf(operand, scope)));
    case 'if':
      return evaluate(boolOf(expr.test, scope) ? expr.then : expr.else, scope);
    case 'binary':
      return binary(expr, evaluate(expr.left, scope), evaluate(expr.right, scope), scope);
    case 'get':
      return attribute(expr, evaluate(expr.operand, scope), scope.entities);
    case 'has': {
      const value = evaluate(expr.operand, scope);
      if (value.kind === 'record') return bool(value.entries.has(expr.attribute));
      if (value.kind !== 'entity') throw typeError(['record', 'entity'], value, expr.operand.span);
      return bool(scope.entities.get(uidText(value.uid))?.attrs.has(expr.attribute) === true);
    }
    case 'like':
      return bool(matches(codePoints(of('string', expr.operand, scope).value), expr.pattern));
    case 'is':
      return bool(of('entity', expr.operand, scope).uid.type === expr.type);
    case 'set':
      return setOf(expr.items.map((item) => evaluate(item, scope)));
    case 'record':
      return {
        kind: 'record',
        // By key: of two that err the first is named.
        entries: new Map(
          [...expr.entries]
            .sort((a, b) => comparePoints(a.key, b.key))
            .map(({ key, value }) => [key, evaluate(value, scope)]),
        ),
      };
    case 'extension':
      return callExtension(
        expr.fn,
        expr.args.map((arg) => ({ value: evaluate(arg, scope), span: arg.span })),
      );
    default:
      return unreachable(expr);
  }
}

type Kinds = { readonly [K in CedarKind]: CedarValue & { readonly kind: K } };

function as<K extends CedarKind>(kind: K, value: CedarValue, span: Span): Kinds[K] {
  if (!isOf(kind, value)) throw typeError([kind], value, span);
  return value;
}

function isOf<K extends CedarKind>(kind: K, value: CedarValue): value is Kinds[K] {
  return value.kind === kind;
}

function of<K extends CedarKind>(kind: K, operand: CedarExpr, scope: Scope): Kinds[K] {
  return as(kind, evaluate(operand, scope), operand.span);
}

function boolOf(operand: CedarExpr, scope: Scope): boolean {
  return of('bool', operand, scope).value;
}

function longOf(operand: CedarExpr, scope: Scope): bigint {
  return of('long', operand, scope).value;
}

function binary(expr: CedarExpr & { kind: 'binary' }, left: CedarValue, right: CedarValue, scope: Scope): CedarValue {
  const { op } = expr;
  const { entities } = scope;
  const [at, from] = [expr.left.span, expr.right.span];
  const longs = (): [bigint, bigint] => [as('long', left, at).value, as('long', right, from).value];
  switch (op) {
    case '==':
      return bool(sameValue(left, right));
    case '<':
      return bool(ordered(left, right, expr) < 0);
    case '<=':
      return bool(ordered(left, right, expr) <= 0);
    case 'in': {
      if (left.kind !== 'entity') throw typeError(['entity'], left, at, NO_HIERARCHY[right.kind] ?? null);
      const { uid } = left;
      return bool(groupsOf(right, expr.right, scope).some((group) => isIn(uid, group, entities)));
    }
    case '+': {
      const [a, b] = longs();
      return long(a + b, `add the values \`${a}\` and \`${b}\``);
    }
    case '-': {
      const [a, b] = longs();
      return long(a - b, `subtract the values \`${a}\` and \`${b}\``);
    }
    case '*': {
      const [a, b] = longs();
      return long(a * b, `multiply the values \`${a}\` and \`${b}\``);
    }
    case 'contains':
      return bool(contains(as('set', left, at).items, right));
    case 'containsAll': {
      const { items } = as('set', left, at);
      return bool(as('set', right, from).items.every((item) => contains(items, item)));
    }
    case 'containsAny': {
      const { items } = as('set', left, at);
      return bool(as('set', right, from).items.some((item) => contains(items, item)));
    }
    case 'hasTag': {
      const { uid } = as('entity', left, at);
      const key = as('string', right, from).value;
      return bool(entities.get(uidText(uid))?.tags.has(key) === true);
    }
    case 'getTag': {
      const { uid } = as('entity', left, at);
      const key = as('string', right, from).value;
      const entity = entities.get(uidText(uid));
      if (entity === undefined) throw noEntity(uid, at);
      const tag = entity.tags.get(key);
      if (tag === undefined) throw noMember('tag', key, entity);
      return tag;
    }
    default:
      return unreachable(op);
  }
}

const NO_HIERARCHY: { readonly [kind in CedarKind]?: string } = {
  set: '`in` is for checking the entity hierarchy; use `.contains()` to test set membership',
  record: '`in` is for checking the entity hierarchy; use `has` to test if a record has a key',
};

/** An entity, or a set of entities; of several members that are none the least is named. */
function groupsOf(value: CedarValue, expr: CedarExpr, scope: Scope): EntityUid[] {
  if (value.kind === 'entity') return [value.uid];
  if (value.kind !== 'set') throw typeError(['set', 'entity'], value, expr.span);
  const strays = value.items.filter(({ kind }) => kind !== 'entity');
  const [first] = SET_ORDER.flatMap((kind) => strays.filter((item) => item.kind === kind).sort(leastFirst));
  if (first !== undefined) {
    const written = expr.kind === 'set' ? expr.items : [];
    const item = written.findLast((candidate) => sameValue(evaluate(candidate, scope), first));
    throw typeError(['entity'], first, item?.span ?? null);
  }
  return value.items.flatMap((item) => (item.kind === 'entity' ? [item.uid] : []));
}

function leastFirst(a: CedarValue, b: CedarValue): number {
  if (a.kind === 'string' && b.kind === 'string') return comparePoints(a.value, b.value);
  return a.kind === 'long' && b.kind === 'long' && a.value !== b.value ? (a.value < b.value ? -1 : 1) : 0;
}

const SET_ORDER: readonly CedarKind[] = [
  ...(['bool', 'long', 'string', 'set', 'record'] as const),
  ...(['decimal', 'ip', 'datetime', 'duration'] as const),
];

/** Longs, datetimes and durations have an order, each among themselves. */
function ordered(left: CedarValue, right: CedarValue, expr: CedarExpr & { kind: 'binary' }): number {
  if (left.kind === right.kind && (left.kind === 'long' || left.kind === 'datetime' || left.kind === 'duration')) {
    const [a, b] = [left.value, (right as typeof left).value];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const [at, from] = [expr.left.span, expr.right.span];
  if (left.kind === 'long') throw typeError(['long'], right, from);
  if (right.kind === 'long') throw typeError(['long'], left, at);
  if (left.kind === 'datetime' || left.kind === 'duration') throw typeError([left.kind], right, from);
  if (right.kind === 'datetime' || right.kind === 'duration') throw typeError([right.kind], left, at);
  const help = 'Only types long, datetime, duration support comparison';
  throw typeError(['long', 'datetime', 'duration'], left, at, help);
}

function attribute(expr: CedarExpr & { kind: 'get' | 'has' }, value: CedarValue, entities: CedarEntities): CedarValue {
  if (value.kind === 'record') {
    const found = value.entries.get(expr.attribute);
    if (found === undefined) throw noKey(expr.attribute, value.entries);
    return found;
  }
  if (value.kind !== 'entity') throw typeError(['record', 'entity'], value, expr.operand.span);
  const entity = entities.get(uidText(value.uid));
  if (entity === undefined) throw noEntity(value.uid, expr.operand.span);
  const found = entity.attrs.get(expr.attribute);
  if (found === undefined) throw noMember('attribute', expr.attribute, entity);
  return found;
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

/** @throws EvaluationError beyond 64 bits */
function long(value: bigint, attempt: string): CedarValue {
  if (!fitsLong(value)) throw new EvaluationError(`integer overflow while attempting to ${attempt}`);
  return { kind: 'long', value };
}
