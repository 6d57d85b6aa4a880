// Parts of lists, maps and optionals (LANGUAGE.md 4.13), functions of lists and optionals (4.19). Null stands for unknown.

import { STEP_BYTES, STEP_ELEMENTS } from '../../../wasm-core/contract/limits.ts';
import {
  bool,
  type Entry,
  equalInside,
  find,
  int,
  isKey,
  type Meter,
  NULL,
  order,
  type TermValue,
  utf8,
} from './values.ts';

/** `select`, `has`, `optional-select`. */
export function field(fn: string, object: TermValue, name: TermValue, meter: Meter): TermValue | null {
  const inside = object.kind === 'optional' ? object.value : object;
  if (inside === null) return fn === 'has' ? bool(false) : object;
  if (inside.kind !== 'map') return null;
  meter.spendOnKey(inside.entries.length);
  const found = find(inside.entries, name);
  if (fn === 'has') return bool(found !== undefined);
  return fn === 'optional-select' || object.kind === 'optional' ? optional(found, meter) : (found ?? null);
}

/** `index`, `optional-index`. */
export function index(fn: string, object: TermValue, key: TermValue, meter: Meter): TermValue | null {
  const inside = object.kind === 'optional' ? object.value : object;
  if (inside === null) return object;
  const isOptional = fn === 'optional-index' || object.kind === 'optional';
  if (inside.kind === 'map') {
    if (!isKey(key) && key.kind !== 'double') return null;
    const found = find(inside.entries, key);
    return isOptional ? optional(found, meter) : (found ?? null);
  }
  if (inside.kind !== 'list') return null;
  const place = placeOf(key);
  if (place === null) return null;
  const found = place < 0n ? undefined : inside.items[Number(place)];
  return isOptional ? optional(found, meter) : (found ?? null);
}

function placeOf(key: TermValue): bigint | null {
  if (key.kind === 'int' || key.kind === 'uint') return key.value;
  if (key.kind !== 'double' || !Number.isInteger(key.value)) return null;
  return BigInt(key.value);
}

function optional(found: TermValue | undefined, meter: Meter): TermValue {
  return meter.optional(found ?? null);
}

export function size(value: TermValue): TermValue | null {
  switch (value.kind) {
    case 'string':
      return int(BigInt(Array.from(value.value).length));
    case 'bytes':
      return int(BigInt(value.value.length));
    case 'list':
      return int(BigInt(value.items.length));
    case 'map':
      return int(BigInt(value.entries.length));
    default:
      return null;
  }
}

export function isIn(element: TermValue, over: TermValue, meter: Meter): TermValue | null {
  if (over.kind === 'map') return bool(find(over.entries, element) !== undefined);
  return over.kind === 'list' ? bool(over.items.some((item) => equalInside(element, item, meter))) : null;
}

export function list(fn: string, operands: readonly TermValue[], meter: Meter): TermValue | null {
  const [of, a, b] = operands;
  if (of?.kind !== 'list') return null;
  switch (fn) {
    case 'distinct':
      return distinct(of.items, meter);
    case 'flatten': {
      const depth = a === undefined ? 1n : a.kind === 'int' ? a.value : -1n;
      return depth < 0n ? null : meter.list(opened(of.items, depth, meter));
    }
    case 'slice': {
      if (a?.kind !== 'int' || b?.kind !== 'int') return null;
      if (a.value < 0n || b.value < a.value || b.value > BigInt(of.items.length)) return null;
      return meter.list(of.items.slice(Number(a.value), Number(b.value)));
    }
    case 'reverse':
      return meter.list([...of.items].reverse());
    case 'sort':
      return sorted(of.items, meter);
    default:
      return null;
  }
}

function distinct(items: readonly TermValue[], meter: Meter): TermValue {
  const kept: TermValue[] = [];
  for (const item of items) {
    const isKnown = kept.some((other) => {
      meter.spend(1);
      return equalInside(item, other, meter);
    });
    if (!isKnown) kept.push(item);
  }
  return meter.list(kept);
}

function opened(items: readonly TermValue[], depth: bigint, meter: Meter): TermValue[] {
  return items.flatMap((item) => {
    if (depth === 0n || item.kind !== 'list') return [item];
    meter.spend(1 + Math.floor(item.items.length / STEP_ELEMENTS));
    return opened(item.items, depth - 1n, meter);
  });
}

function sorted(items: readonly TermValue[], meter: Meter): TermValue | null {
  const binaryDigits = items.length === 0 ? 0 : items.length.toString(2).length;
  for (const item of items) {
    const bytes = item.kind === 'string' ? utf8(item.value).length : item.kind === 'bytes' ? item.value.length : 0;
    meter.spend((1 + Math.floor(bytes / STEP_BYTES)) * binaryDigits);
  }
  const [first = NULL] = items;
  const isSortable = items.every((item) => item.kind === first.kind && !Number.isNaN(order(item, item) ?? Number.NaN));
  return isSortable ? meter.list([...items].sort((a, b) => order(a, b) ?? 0)) : null;
}

export function ofOptional(fn: string, operands: readonly TermValue[], meter: Meter): TermValue | null {
  const [of, other] = operands;
  if (fn === 'optional.none') return { kind: 'optional', value: null };
  if (of === undefined) return null;
  if (fn === 'optional.of') return meter.optional(of);
  if (fn === 'optional.ofNonZeroValue') return isZero(of) ? { kind: 'optional', value: null } : meter.optional(of);
  if (of.kind !== 'optional') return null;
  switch (fn) {
    case 'hasValue':
      return bool(of.value !== null);
    case 'value':
      return of.value;
    case 'or':
      if (other?.kind !== 'optional') return null;
      return of.value === null ? other : of;
    case 'orValue':
      return of.value ?? other ?? null;
    default:
      return null;
  }
}

function isZero(value: TermValue): boolean {
  switch (value.kind) {
    case 'null':
      return true;
    case 'bool':
      return !value.value;
    case 'int':
    case 'uint':
      return value.value === 0n;
    case 'double':
      return value.value === 0;
    case 'string':
    case 'bytes':
      return value.value.length === 0;
    case 'list':
      return value.items.length === 0;
    case 'map':
      return value.entries.length === 0;
    case 'timestamp':
    case 'duration':
      return value.nanos === 0n;
    default:
      return false;
  }
}

/** A map with these entries added one by one; null: a key twice, or one that is none. */
export function mapOf(entries: readonly Entry[], known: Entry[], meter: Meter): Entry[] | null {
  for (const [key, value] of entries) {
    if (!isKey(key)) return null;
    meter.spendOnKey(known.length);
    if (find(known, key) !== undefined) return null;
    known.push([key, value]);
  }
  return known;
}
