// In: anything a request may be made of. Out: what is there, by own data properties alone (LANGUAGE.md 3.5).
// Never calls a getter or follows a prototype. A proxy whose trap throws comes out as RequestThrew.

/** Looking at the request threw. */
export class RequestThrew extends Error {}

/** What a path may step into, and a request may be: an object, not an array, not a function (3.5). */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isArray(value);
}

export function isArray(value: unknown): value is readonly unknown[] {
  return look(() => Array.isArray(value));
}

export function lengthOf(array: readonly unknown[]): number {
  const length = dataProperty(array, 'length');
  if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) return length;
  throw new RequestThrew(); // a proxy of an array may say anything
}

export function dataProperty(object: object, name: string): unknown {
  const descriptor = look(() => Object.getOwnPropertyDescriptor(object, name));
  return descriptor !== undefined && Object.hasOwn(descriptor, 'value') ? descriptor.value : undefined;
}

export function look<T>(at: () => T): T {
  try {
    return at();
  } catch {
    throw new RequestThrew();
  }
}
