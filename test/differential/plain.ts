// In: any value. Out: whether it is plain data, as `JSON.parse` gives: what `DecideOptions.trusted` is for. Runs no getter; a proxy
// that answers like plain data counts as such.

const PLAIN_PROTOTYPES: readonly unknown[] = [Object.prototype, Array.prototype, null];

export function isPlainData(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (!PLAIN_PROTOTYPES.includes(Object.getPrototypeOf(value))) return false;
  if (Array.isArray(value) && Object.keys(value).length !== value.length) return false;
  return Reflect.ownKeys(value).every((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    return descriptor !== undefined && Object.hasOwn(descriptor, 'value') && isPlainData(descriptor.value);
  });
}
