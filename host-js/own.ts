// In: an object of the request and a name. Out: the value of its own data property (LANGUAGE.md 3.5).
// Never calls a getter, never sees an inherited property, never lets a changed Object.prototype answer.

import type { Root } from './types.ts';

// Taken once, so that later changes to the globals do not change what a request says.
const { getOwnPropertyDescriptor, hasOwn } = Object;
export const isArray: (value: unknown) => value is readonly unknown[] = Array.isArray;

/** Has what every plain object has: nothing of its own. */
const NOTHING_OWN: object = Object.freeze({});

/** Undefined: no such property, an accessor, or undefined itself; all three are *missing*. Throws what a proxy's trap throws. */
export function ownValue(object: object, name: PropertyKey): unknown {
  const descriptor = getOwnPropertyDescriptor(object, name);
  if (descriptor === undefined) return undefined;
  // An accessor's descriptor has no own `value`; `descriptor.value` alone would find one on a changed Object.prototype.
  // Asking whether it has changed costs nothing: the engine folds it. Asking the descriptor costs as much as making it.
  if ('value' in NOTHING_OWN && !hasOwn(descriptor, 'value')) return undefined;
  return descriptor.value;
}

/**
 * The same for objects that are known to be plain data (`DecideOptions.trusted`): a load, which would run a getter and see what is
 * inherited.
 */
export function trustedValue(object: object, name: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[name];
}

/** The same of a request itself: loads by names that stand here cost a fifth of one by a name that varies. */
export function trustedRoot(request: { readonly [root in Root]?: unknown }, root: Root): unknown {
  switch (root) {
    case 'args':
      return request.args;
    case 'principal':
      return request.principal;
    case 'context':
      return request.context;
    default:
      return request[root];
  }
}

/** A list that says it is longer is not copied: it may hold nothing, and a copy would end the process. */
export const MAX_BATCH: number = 1 << 24;

/** The elements of a list, its getters run; null of what is no list, is longer than MAX_BATCH, or cannot be read. Never throws. */
export function elementsOf(value: unknown): readonly unknown[] | null {
  try {
    return isArray(value) && value.length <= MAX_BATCH ? Array.from(value) : null;
  } catch {
    return null;
  }
}

/** What a path may step into: an object that is not an array. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isArray(value);
}
