// In: an object of the request. Out: which of the kinds that terms know it is (LANGUAGE.md 5.9): a Date, a Map, a Uint8Array, or a
// plain record; and what is inside. Asks the engine's own brands, so that neither a changed prototype nor a Symbol.toStringTag lies.

import { bytesOf, sizeOf } from './bytes.ts';

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;
const plainPrototype: unknown = Object.prototype;
// oxlint-disable-next-line typescript/unbound-method -- kept from the start, and called with the value as `this`
const dateTime = Date.prototype.getTime;
const mapForEach: (this: ReadonlyMap<unknown, unknown>, visit: (value: unknown, key: unknown) => void) => void =
  // oxlint-disable-next-line typescript/unbound-method -- kept from the start, and called with the value as `this`
  Map.prototype.forEach;
const typedArrayPrototype: object = getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayTag = getterOf(typedArrayPrototype, Symbol.toStringTag);

export type ObjectKind =
  | { readonly kind: 'record' }
  | { readonly kind: 'date'; readonly epochMs: number }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [unknown, unknown])[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly sizeBytes: number };

const RECORD: ObjectKind = { kind: 'record' };

/** Throws what a proxy's trap throws. */
export function kindOfObject(value: object): ObjectKind {
  const prototype: unknown = getPrototypeOf(value);
  if (prototype === plainPrototype || prototype === null) return RECORD;
  if (isBytes(value)) {
    // A view of fixed size: shared memory that grows meanwhile puts no more into the room than it was measured for.
    const bytes = bytesOf(value) ?? value;
    return { kind: 'bytes', bytes, sizeBytes: sizeOf(bytes) };
  }
  const epochMs = timeOf(value);
  if (epochMs !== null) return { kind: 'date', epochMs };
  const entries = entriesOf(value);
  return entries === null ? RECORD : { kind: 'map', entries };
}

function isBytes(value: object): value is Uint8Array {
  return typedArrayTag.call(value) === 'Uint8Array';
}

/** Null: not a Date. NaN: one without a time. */
function timeOf(value: object): number | null {
  try {
    return dateTime.call(value as Date);
  } catch {
    return null;
  }
}

function entriesOf(value: object): (readonly [unknown, unknown])[] | null {
  const entries: (readonly [unknown, unknown])[] = [];
  try {
    mapForEach.call(value as Map<unknown, unknown>, (item, key) => entries.push([key, item]));
    return entries;
  } catch {
    return null;
  }
}

function getterOf(object: object, name: PropertyKey): () => unknown {
  // oxlint-disable-next-line typescript/unbound-method -- called with the value as `this`
  const getter = getOwnPropertyDescriptor(object, name)?.get;
  if (getter === undefined) throw new TypeError(`no getter ${String(name)}`);
  return getter;
}
