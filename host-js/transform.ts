// In: the transforms of a verdict and what was decided. Out: the same call as they leave it, or why they cannot be applied
// (LANGUAGE.md 13.2, 13.5). What it is given is never changed; only what the transforms name is. Never calls a getter.

import { STATUS_TRANSFORM_CONFLICT, STATUS_TRANSFORM_FAILED } from '../wasm-core/contract/codes.ts';
import { isArray, isObject, ownValue } from './own.ts';
import type { Redactor } from './redact.ts';
import { snapshot } from './snapshot.ts';

/** One change that a verdict asks for. Plain data; made by this module alone, which knows how to do it. */
export type Transform = {
  /** Id of the rule that asks for it. */
  readonly rule: string;
  /** `args.items[*].price`. */
  readonly path: string;
} & (
  | { readonly kind: 'set'; readonly value: unknown }
  | { readonly kind: 'remove' }
  | { readonly kind: 'clamp'; readonly min: number | null; readonly max: number | null }
  | { readonly kind: 'redact'; readonly pattern: string; readonly with: string }
);

/** What a transform changes: a member of the request. `context`: of Cedar requests. */
export type TransformRoot = 'args' | 'result' | 'message' | 'output' | 'context';

/** How a transform is done; kept beside it, since a pattern's program is no part of a verdict. */
export interface Operation {
  readonly root: TransformRoot;
  /** Names; null is every element of a list. */
  readonly steps: readonly (string | null)[];
  /** Of `redact`. */
  readonly redactor: Redactor | null;
  readonly textsOnly: boolean;
}

const operations = new WeakMap<Transform, Operation>();

/** Freezes the transform and remembers how it is done. */
export function transformOf(transform: Transform, operation: Operation): Transform {
  const frozen = Object.freeze(transform);
  operations.set(frozen, operation);
  return frozen;
}

export type Applied<T = unknown> =
  | { readonly kind: 'applied'; readonly changed: boolean; readonly call: T }
  /** STATUS_TRANSFORM_CONFLICT or STATUS_TRANSFORM_FAILED, and what is wrong. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/** Applies transforms in order. Never throws: what cannot be done is refused. */
export function applyAll(transforms: readonly Transform[], call: object): Applied<object> {
  try {
    const steps = transforms.map((transform) => ({ transform, operation: operations.get(transform) }));
    const [first] = steps;
    const root = first?.operation?.root;
    for (const [i, one] of steps.entries()) {
      if (one.operation === undefined || one.operation.root !== root) {
        return refused(STATUS_TRANSFORM_FAILED, 'these transforms were not made by this engine');
      }
      const other = steps.slice(0, i).find((before) => conflict(before as Step, one as Step));
      if (other === undefined) continue;
      const both = `\`${other.transform.path}\` of rule \`${other.transform.rule}\` and \`${one.transform.path}\` of \`${one.transform.rule}\``;
      return refused(STATUS_TRANSFORM_CONFLICT, `two transforms disagree: ${both}`);
    }
    if (root === undefined) return { kind: 'applied', changed: false, call };
    let value = snapshot(ownValue(call, root));
    // LANGUAGE.md 14.7: a context that is not the request's own, but its session's, must not be hidden by a new one.
    if (root === 'context' && !isObject(value)) throw new NotApplicable(steps[0] as Step, value);
    let changed = false;
    for (const step of steps as readonly Step[]) {
      const after = changeAt(value, step.operation.steps, 0, step);
      if (after !== UNCHANGED) changed = true;
      if (after !== UNCHANGED) value = after;
    }
    const members: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(call);
    if (value !== undefined) members[root] = { value, enumerable: true, writable: true, configurable: true };
    const copy = Object.defineProperties({}, members);
    return { kind: 'applied', changed, call: copy };
  } catch (error) {
    const reason = error instanceof NotApplicable ? error.message : 'what is to be transformed is not plain data';
    return refused(STATUS_TRANSFORM_FAILED, reason);
  }
}

interface Step {
  readonly transform: Transform;
  readonly operation: Operation;
}

function refused(status: number, reason: string): Applied<object> {
  return { kind: 'refused', status, reason };
}

/** LANGUAGE.md 13.5: of transforms that can meet in one place, whether one changes what the other sets. */
function conflict(a: Step, b: Step): boolean {
  const way = a.operation.steps;
  const other = b.operation.steps;
  for (let i = 0; i < Math.min(way.length, other.length); i += 1) if (way[i] !== other[i]) return false;
  if (a.transform.kind === 'set' && (way.length <= other.length || b.transform.kind !== 'set')) return changes(b, a);
  if (b.transform.kind === 'set') return changes(a, b);
  if (a.transform.kind !== 'clamp' || b.transform.kind !== 'clamp' || way.length !== other.length) return false;
  const low = Math.max(a.transform.min ?? -Infinity, b.transform.min ?? -Infinity);
  return low > Math.min(a.transform.max ?? Infinity, b.transform.max ?? Infinity);
}

/** Whether a step changes what `set` has put in its place, if nothing else is there. */
function changes(step: Step, set: Step): boolean {
  const { steps } = set.operation;
  let there = set.transform.kind === 'set' ? snapshot(set.transform.value) : null;
  for (let i = steps.length - 1; i >= 0; i -= 1) {
    const name = steps[i] ?? null;
    there = name === null ? [there] : define({}, name, there);
  }
  try {
    return changeAt(there, step.operation.steps, 0, step) !== UNCHANGED;
  } catch (error) {
    if (error instanceof NotApplicable) return true;
    throw error;
  }
}

/** A value on the way, or at its end, is of another kind than the transform is for. */
class NotApplicable extends Error {
  constructor({ transform }: Step, found: unknown) {
    const kind = found === null ? 'null' : isArray(found) ? 'a list' : `a ${typeof found}`;
    super(`\`${transform.path}\` of rule \`${transform.rule}\` cannot be applied to ${kind}`);
  }
}

/** Says that nothing is to be done: no value of a request is this one. */
const UNCHANGED = Symbol('unchanged');

/** What stands in the place of `value`, a copy that may be changed; undefined: nothing does. */
function changeAt(value: unknown, steps: Operation['steps'], at: number, step: Step): unknown {
  const name = steps[at];
  if (name === undefined) return changeHere(value, step);
  const isSet = step.transform.kind === 'set';
  if (value === undefined && isSet && name !== null) {
    const made = changeAt(undefined, steps, at + 1, step);
    return made === UNCHANGED ? UNCHANGED : define({}, name, made);
  }
  if (value === undefined || (value === null && !isSet)) return UNCHANGED;
  if (name === null) {
    if (!isArray(value)) throw new NotApplicable(step, value);
    let changed = false;
    for (let i = 0; i < value.length; i += 1) {
      const made = changeAt(value[i], steps, at + 1, step);
      if (made === UNCHANGED) continue;
      define(value, i, made);
      changed = true;
    }
    return changed ? value : UNCHANGED;
  }
  if (!isObject(value)) throw new NotApplicable(step, value);
  const made = changeAt(ownValue(value, name), steps, at + 1, step);
  if (made === UNCHANGED) return UNCHANGED;
  if (made === undefined) Reflect.deleteProperty(value, name);
  else define(value, name, made);
  return value;
}

function changeHere(value: unknown, step: Step): unknown {
  const { transform, operation } = step;
  switch (transform.kind) {
    case 'set':
      return isSame(value, transform.value) ? UNCHANGED : snapshot(transform.value);
    case 'remove':
      return value === undefined ? UNCHANGED : undefined;
    case 'clamp': {
      if (value === undefined || value === null) return UNCHANGED;
      if (typeof value !== 'number' || !Number.isFinite(value)) throw new NotApplicable(step, value);
      const { min, max } = transform;
      if (min !== null && value < min) return min;
      return max !== null && value > max ? max : UNCHANGED;
    }
    case 'redact':
      if (value === undefined || value === null) return UNCHANGED;
      if (operation.textsOnly && typeof value !== 'string') throw new NotApplicable(step, value);
      return redacted(value, transform.with, step);
  }
}

/** Every text in a value, at any depth; names of properties are not looked at. */
function redacted(value: unknown, replacement: string, step: Step): unknown {
  if (typeof value === 'string') {
    const text = step.operation.redactor?.redact(value, replacement);
    if (text === undefined || text === null) throw new NotApplicable(step, value);
    return text === value ? UNCHANGED : text;
  }
  if (typeof value !== 'object' || value === null) return UNCHANGED;
  let changed = false;
  for (const name of Object.getOwnPropertyNames(value)) {
    if (name === 'length' && isArray(value)) continue;
    const made = redacted(ownValue(value, name), replacement, step);
    if (made === UNCHANGED) continue;
    define(value, name, made);
    changed = true;
  }
  return changed ? value : UNCHANGED;
}

/** Defined, never assigned: a property may be called `__proto__`. */
function define<T extends object>(object: T, name: PropertyKey, value: unknown): T {
  const isEnumerable = Object.getOwnPropertyDescriptor(object, name)?.enumerable ?? true;
  return Object.defineProperty(object, name, { value, enumerable: isEnumerable, writable: true, configurable: true });
}

/** Two values of plain data; a property that is undefined is none. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isArray(a) !== isArray(b)) return false;
  const names = new Set([...Object.getOwnPropertyNames(a), ...Object.getOwnPropertyNames(b)]);
  for (const name of names) if (!isSame(ownValue(a, name), ownValue(b, name))) return false;
  return true;
}
