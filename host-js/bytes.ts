// In: what a caller says are a request's bytes. Out: a view of them whose true number of bytes is known. An own `length`, a
// subclass, shared memory that grows meanwhile: none of it makes more go into the core's memory than was asked room for.

import { isArray, MAX_BATCH } from './own.ts';

const viewKind = intrinsic(Symbol.toStringTag);
const viewLength = intrinsic('length');
const viewBuffer = intrinsic('buffer');

/** The bytes of any view, another realm's too; null of anything else. May throw what a hostile view throws. */
export function bytesOf(value: unknown): Uint8Array | null {
  if (!ArrayBuffer.isView(value)) return null;
  if (isPlain(value)) return value;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** As many as `TypedArray.set` copies. */
export function sizeOf(bytes: Uint8Array): number {
  return Number(viewLength(bytes));
}

/** All of a list, each looked at once; null where one is not bytes. What is no list counts as one that is not bytes: never as none. */
export function bytesOfAll(values: unknown): readonly (Uint8Array | null)[] {
  try {
    if (!isArray(values) || values.length > MAX_BATCH) return [null];
    return Array.from(values, (value) => {
      try {
        return bytesOf(value);
      } catch {
        return null;
      }
    });
  } catch {
    return [null];
  }
}

/** A Uint8Array by birth, over memory that no other thread can grow. */
function isPlain(view: ArrayBufferView): view is Uint8Array {
  return viewKind(view) === 'Uint8Array' && viewBuffer(view) instanceof ArrayBuffer;
}

/** A getter of all typed arrays, taken once, so that nothing can stand in front of it. */
function intrinsic(name: PropertyKey): (view: ArrayBufferView) => unknown {
  const typedArray: unknown = Object.getPrototypeOf(Uint8Array.prototype);
  const descriptor = Object.getOwnPropertyDescriptor(typedArray, name);
  const getter: unknown = descriptor === undefined ? undefined : Reflect.get(descriptor, 'get');
  return (view) => {
    const found: unknown = typeof getter === 'function' ? Reflect.apply(getter, view, []) : undefined;
    return found;
  };
}
