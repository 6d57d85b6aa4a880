// In: a raw value of a request. Out: the value of a term that it is, with all that is in it, or why it is none (LANGUAGE.md 5.9, 5.10).
// Reads own data properties only; a proxy whose trap throws comes out as RequestThrew.

import { MAX_TREE_DEPTH, MAX_TREE_ELEMENTS } from '../../../wasm-core/contract/limits.ts';
import type { TermType } from '../../check/terms.ts';
import { unreachable } from '../../diagnostic.ts';
import { dataProperty, isArray, lengthOf, look } from '../look.ts';
import { readDuration, readTimestamp } from './time.ts';
import { bool, double, type Entry, int, NULL, string, type TermValue, timestamp, uint, utf8 } from './values.ts';

export type TreeCause = 'type' | 'limit' | 'encoding';

export type Tree =
  | { readonly kind: 'value'; readonly value: TermValue }
  | { readonly kind: 'unknown'; readonly cause: TreeCause };

/** Over a limit. */
class OverLimit extends Error {}

export function treeOf(raw: unknown, maxStringBytes: number): Tree {
  const reader = new Reader(maxStringBytes);
  try {
    const value = reader.value(raw, 0);
    return reader.wrong === null ? { kind: 'value', value } : { kind: 'unknown', cause: reader.wrong };
  } catch (error) {
    if (error instanceof OverLimit) return { kind: 'unknown', cause: 'limit' };
    throw error;
  }
}

class Reader {
  /** What is wrong with it; a wrong kind comes before an ill-formed text. */
  wrong: 'type' | 'encoding' | null = null;
  #bytesLeft: number;
  #elementsLeft = MAX_TREE_ELEMENTS;

  constructor(maxStringBytes: number) {
    this.#bytesLeft = maxStringBytes;
  }

  value(raw: unknown, depth: number): TermValue {
    switch (typeof raw) {
      case 'string':
        return this.#text(raw);
      case 'number':
        return double(raw);
      case 'boolean':
        return bool(raw);
      case 'bigint':
        return this.#known(int(raw) ?? uint(raw));
      case 'object':
        return raw === null ? NULL : this.#object(raw, depth);
      default:
        return this.#known(null);
    }
  }

  #known(value: TermValue | null): TermValue {
    if (value === null) this.wrong = 'type';
    return value ?? NULL;
  }

  #text(text: string): TermValue {
    const size = text.length > this.#bytesLeft ? Number.POSITIVE_INFINITY : utf8(text).length;
    this.#takeBytes(size);
    if (/\p{Cs}/u.test(text)) this.wrong ??= 'encoding';
    return string(text);
  }

  #takeBytes(size: number): void {
    this.#bytesLeft -= size;
    if (this.#bytesLeft < 0) throw new OverLimit();
  }

  #enter(elements: number, depth: number): void {
    this.#elementsLeft -= elements;
    if (depth >= MAX_TREE_DEPTH || this.#elementsLeft < 0) throw new OverLimit();
  }

  #object(raw: object, depth: number): TermValue {
    if (isArray(raw)) {
      const length = lengthOf(raw);
      this.#enter(length, depth);
      const items = Array.from({ length }, (_, i) => this.value(dataProperty(raw, String(i)), depth + 1));
      return { kind: 'list', items };
    }
    const prototype = look(() => Reflect.getPrototypeOf(raw));
    if (prototype !== null && prototype !== Object.prototype) {
      const bytes = bytesIn(raw);
      if (bytes !== null) {
        this.#takeBytes(bytes.length);
        return { kind: 'bytes', value: bytes };
      }
      const epochMs = timeIn(raw);
      if (epochMs !== null) return this.#known(Number.isNaN(epochMs) ? null : timestamp(BigInt(epochMs) * 1_000_000n));
      const entries = entriesIn(raw);
      if (entries !== null) return this.#map(entries, depth);
    }
    const names = look(() => Object.getOwnPropertyNames(raw));
    const own = names.map((name) => [name, dataProperty(raw, name)] as const);
    return this.#map(
      own.filter(([, value]) => value !== undefined),
      depth,
    );
  }

  #map(raw: readonly (readonly [unknown, unknown])[], depth: number): TermValue {
    this.#enter(raw.length * 2, depth);
    const entries = raw.map(([key, value]): Entry => {
      const isKey = typeof key === 'string' || typeof key === 'boolean' || typeof key === 'bigint';
      return [isKey ? this.value(key, depth + 1) : this.#known(null), this.value(value, depth + 1)];
    });
    return { kind: 'map', entries };
  }
}

function bytesIn(raw: object): Uint8Array | null {
  const prototype = Reflect.getPrototypeOf(Uint8Array.prototype) ?? {};
  const tag: unknown = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.get?.call(raw);
  return tag === 'Uint8Array' ? Uint8Array.from(raw as Uint8Array) : null;
}

function timeIn(raw: object): number | null {
  try {
    return Date.prototype.getTime.call(raw);
  } catch {
    return null;
  }
}

function entriesIn(raw: object): (readonly [unknown, unknown])[] | null {
  const entries: (readonly [unknown, unknown])[] = [];
  try {
    Map.prototype.forEach.call(raw, (value, key) => entries.push([key, value]));
    return entries;
  } catch {
    return null;
  }
}

/** A value read as the type it is declared with (5.9); null: it is of another. */
export function readAs(value: TermValue, type: TermType): TermValue | null {
  switch (type.kind) {
    case 'enum':
      return value.kind === 'string' && type.values.includes(value.value) ? value : null;
    case 'int':
      return value.kind === 'double' && Number.isSafeInteger(value.value)
        ? int(BigInt(value.value))
        : same(value, 'int');
    case 'uint':
      if (value.kind === 'double' && Number.isSafeInteger(value.value)) return uint(BigInt(value.value));
      return value.kind === 'int' ? uint(value.value) : same(value, 'uint');
    case 'double':
      return value.kind === 'double' && Number.isFinite(value.value) ? value : null;
    case 'timestamp':
      return value.kind === 'string' ? readTimestamp(value.value) : same(value, 'timestamp');
    case 'duration':
      return value.kind === 'string' ? readDuration(value.value) : same(value, 'duration');
    case 'null':
    case 'bool':
    case 'string':
    case 'bytes':
    case 'list':
    case 'map':
      return same(value, type.kind);
    default:
      return unreachable(type);
  }
}

function same(value: TermValue, kind: TermValue['kind']): TermValue | null {
  return value.kind === kind ? value : null;
}
