// In: operations and a request. Out: the request as they leave it, or why they cannot be applied (LANGUAGE.md 13.2, 13.5). Pure:
// the request itself is never changed. What it carries that is no plain data cannot be transformed.

import type { Operation } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { dataProperty, isArray, isObject, look, RequestThrew } from './look.ts';
import { redactText } from './redact.ts';

export type Applied =
  | { readonly kind: 'applied'; readonly changed: boolean; readonly request: object }
  | { readonly kind: 'refused'; readonly status: 'transform-conflict' | 'transform-failed' };

/** Applies operations in order. */
export function applyOperations(operations: readonly Operation[], request: object): Applied {
  if (operations.some((one, i) => operations.slice(0, i).some((other) => conflict(other, one)))) {
    return { kind: 'refused', status: 'transform-conflict' };
  }
  try {
    // All operations of one request are about one member of it (13.2).
    const root = operations[0]?.target.root ?? 'args';
    const before = plain(dataProperty(request, root), 0);
    if (root === 'context' && (before === undefined || !isMap(before))) throw new Failed(); // 14.7
    const after = operations.reduce((value, one) => changed(value, one.target.segments, one), before);
    const copy = look(() => Object.defineProperties({}, Object.getOwnPropertyDescriptors(request)));
    if (after !== undefined) define(copy, root, after);
    return { kind: 'applied', changed: !equal(before, after), request: copy };
  } catch (error) {
    if (error instanceof Failed || error instanceof RequestThrew)
      return { kind: 'refused', status: 'transform-failed' };
    throw error;
  }
}

/** 13.5: of operations that can meet in one place, whether one undoes or changes what the other has set. */
export function conflict(a: Operation, b: Operation): boolean {
  if (!meet(a, b)) return false;
  const isOuter = a.target.segments.length <= b.target.segments.length;
  if (a.kind === 'set' && (isOuter || b.kind !== 'set')) return !leaves(b, a);
  if (b.kind === 'set') return !leaves(a, b);
  if (a.kind !== 'clamp' || b.kind !== 'clamp' || a.target.segments.length !== b.target.segments.length) return false;
  const low = Math.max(a.min ?? Number.NEGATIVE_INFINITY, b.min ?? Number.NEGATIVE_INFINITY);
  return low > Math.min(a.max ?? Number.POSITIVE_INFINITY, b.max ?? Number.POSITIVE_INFINITY);
}

/** One target is the other, or lies within it. */
function meet(a: Operation, b: Operation): boolean {
  const common = Math.min(a.target.segments.length, b.target.segments.length);
  const isSame = (i: number): boolean => a.target.segments[i] === b.target.segments[i];
  return a.target.root === b.target.root && Array.from({ length: common }, (_, i) => i).every(isSame);
}

/** Whether `operation` leaves what `set` has put there as it is. */
function leaves(operation: Operation, set: Operation & { readonly kind: 'set' }): boolean {
  const there = set.target.segments.reduceRight<Data>(
    (inner, name) => (name === null ? [inner] : define({}, name, inner)),
    plain(set.value, 0) ?? null,
  );
  try {
    return equal(there, changed(there, operation.target.segments, operation));
  } catch (error) {
    if (error instanceof Failed) return false;
    throw error;
  }
}

// --- one operation ---

type Data =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly (Data | undefined)[]
  | { readonly [name: string]: Data | undefined };

/** A value on the way, or at the end of it, is of another kind than the operation is for. */
class Failed extends Error {}

/** `value` with the operation done at `way` below it; undefined is what is not there. */
function changed(value: Data | undefined, way: readonly (string | null)[], operation: Operation): Data | undefined {
  const [name, ...rest] = way;
  if (name === undefined) return changedHere(value, operation);
  if (value === undefined && operation.kind === 'set' && name !== null) {
    const made = changed(undefined, rest, operation);
    return made === undefined ? undefined : define({}, name, made);
  }
  if (value === undefined || (value === null && operation.kind !== 'set')) return value;
  if (name === null) {
    if (value === null || !isList(value)) throw new Failed();
    return value.map((element) => changed(element, rest, operation));
  }
  if (!isMap(value)) throw new Failed();
  const inner = member(value, name);
  const made = changed(inner, rest, operation);
  const entries = Object.entries(value);
  if (made === undefined) return Object.fromEntries(entries.filter(([key]) => key !== name));
  const copy = Object.fromEntries(entries);
  return define(copy, name, made);
}

function changedHere(value: Data | undefined, operation: Operation): Data | undefined {
  switch (operation.kind) {
    case 'set':
      return plain(operation.value, 0);
    case 'remove':
      return undefined;
    case 'clamp':
      if (value === undefined || value === null) return value;
      if (typeof value !== 'number' || !Number.isFinite(value)) throw new Failed();
      if (operation.min !== null && value < operation.min) return operation.min;
      return operation.max !== null && value > operation.max ? operation.max : value;
    case 'redact':
      if (value === undefined || value === null) return value;
      if (operation.textsOnly && typeof value !== 'string') throw new Failed();
      return redacted(value, operation);
    default:
      return unreachable(operation);
  }
}

/** Every text in a value, at any depth; names of properties are not looked at. */
function redacted(value: Data, operation: Operation & { readonly kind: 'redact' }): Data {
  if (typeof value === 'string') {
    const text = redactText(value, operation.pattern, operation.with);
    if (text === null) throw new Failed();
    return text;
  }
  if (isList(value)) return value.map((element) => (element === undefined ? element : redacted(element, operation)));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, inner === undefined ? inner : redacted(inner, operation)]),
  );
}

// --- plain data ---

function plain(value: unknown, depth: number): Data | undefined {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value !== 'object' || depth >= 64) throw new Failed();
  const list = isArray(value);
  const prototype: unknown = look((): unknown => Object.getPrototypeOf(value));
  if (!list && prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new Failed();
  const names = look(() => Reflect.ownKeys(value)).filter((name) => !list || name !== 'length');
  const entries = names.map((name): [string, Data | undefined] => {
    const property = look(() => Object.getOwnPropertyDescriptor(value, name));
    if (typeof name === 'symbol' || property === undefined || !('value' in property)) throw new Failed();
    return [name, plain(property.value, depth + 1)];
  });
  if (!list) return Object.fromEntries(entries);
  if (entries.length !== dataProperty(value, 'length') || entries.some(([name], i) => name !== String(i)))
    throw new Failed();
  return entries.map(([, element]) => element);
}

function define(object: { [name: string]: Data | undefined }, name: string, value: Data): typeof object {
  return Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function isList(value: Data): value is readonly (Data | undefined)[] {
  return Array.isArray(value);
}

function isMap(value: Data): value is { readonly [name: string]: Data | undefined } {
  return isObject(value);
}

/** By a name of its own alone. */
function member(map: { readonly [name: string]: Data | undefined }, name: string): Data | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function equal(a: Data | undefined, b: Data | undefined): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((element, i) => equal(element, b[i]));
  }
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => equal(member(a, name), member(b, name)));
}
