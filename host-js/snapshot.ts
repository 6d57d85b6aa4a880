// In: the arguments of a tool call. Out: a copy that nobody else holds, so that what was decided is what runs. Plain data only,
// as JSON has it (and undefined): anything else has parts that cannot be copied, and is refused. Never calls a getter.

import { isArray } from './own.ts';

/** Levels of objects and lists; a cycle ends here too. */
const MAX_DEPTH = 64;
/** Values in all: parts that are shared again and again would multiply without end. */
const MAX_VALUES = 1_000_000;

/** Not plain data: an accessor, a class instance, a function, a symbol, a cycle, a sparse list. */
export class NotPlainData extends Error {}

/** @throws NotPlainData, or what a proxy's trap throws */
export function snapshot(value: unknown): unknown {
  return copied(value, 0, { left: MAX_VALUES });
}

function copied(value: unknown, depth: number, values: { left: number }): unknown {
  values.left -= 1;
  if (values.left < 0) throw new NotPlainData('too many values');
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= MAX_DEPTH) throw new NotPlainData('too deep');
      return isArray(value) ? copyList(value, depth, values) : copyObject(value, depth, values);
    default:
      throw new NotPlainData(`a ${typeof value}`);
  }
}

function copyObject(value: object, depth: number, values: { left: number }): object {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Another realm's Object.prototype has no prototype either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new NotPlainData('a class instance');
  const copy = {};
  if (prototype === null) Object.setPrototypeOf(copy, null);
  for (const key of Reflect.ownKeys(value)) setOwn(copy, key, value, depth, values);
  return copy;
}

function copyList(list: readonly unknown[], depth: number, values: { left: number }): unknown[] {
  const copy: unknown[] = [];
  for (const key of Reflect.ownKeys(list)) {
    if (key === 'length') continue;
    if (key !== String(copy.length)) throw new NotPlainData('a sparse list, or one with other properties');
    setOwn(copy, key, list, depth, values);
  }
  if (copy.length !== list.length) throw new NotPlainData('a list that ends in holes');
  return copy;
}

/** Gives `copy` a copy of a property of `object`, enumerable or not as there. */
function setOwn(copy: object, key: PropertyKey, object: object, depth: number, values: { left: number }): void {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (typeof key === 'symbol' || descriptor === undefined || !Object.hasOwn(descriptor, 'value')) {
    throw new NotPlainData('a property that is not plain data');
  }
  const value = copied(descriptor.value, depth + 1, values);
  const enumerable = descriptor.enumerable === true;
  // Assigning is several times faster, and makes an own property only if nothing of that name is inherited: `__proto__`, or a setter
  // that somebody gave to Object.prototype.
  if (enumerable && !(key in copy)) (copy as Record<string, unknown>)[key] = value;
  else Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true });
}
