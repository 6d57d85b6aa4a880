// The values of terms (LANGUAGE.md 4.10), their equality and order (4.11), and the meter that counts steps and room (5.10).

import { MAX_TERM_ROOM, MAX_TERM_STEPS, STEP_BYTES, STEP_ELEMENTS } from '../../../wasm-core/contract/limits.ts';
import { isInt64, isUint64 } from '../int64.ts';

export type TermValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'uint'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly TermValue[] }
  | { readonly kind: 'map'; readonly entries: readonly Entry[] }
  /** Nanoseconds, of a timestamp since 1970 UTC. */
  | { readonly kind: 'timestamp'; readonly nanos: bigint }
  | { readonly kind: 'duration'; readonly nanos: bigint }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'optional'; readonly value: TermValue | null }
  | { readonly kind: 'ip'; readonly address: Address }
  | { readonly kind: 'cidr'; readonly address: Address; readonly prefix: number }
  /** Constants that are operands of one function only. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly dialect: 're2' | 'python' | 'js' | 'glob' }
  | { readonly kind: 'zone'; readonly name: string };

export type Entry = readonly [key: TermValue, value: TermValue];

/** `bits` of 32 or 128. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export const NULL: TermValue = { kind: 'null' };

export function bool(value: boolean): TermValue {
  return { kind: 'bool', value };
}

export function double(value: number): TermValue {
  return { kind: 'double', value };
}

export function string(value: string): TermValue {
  return { kind: 'string', value };
}

/** Null if 64 bits do not hold it. */
export function int(value: bigint): TermValue | null {
  return isInt64(value) ? { kind: 'int', value } : null;
}

export function uint(value: bigint): TermValue | null {
  return isUint64(value) ? { kind: 'uint', value } : null;
}

const FIRST_NANO = -62_135_596_800n * 1_000_000_000n;
const END_NANO = 253_402_300_800n * 1_000_000_000n;

export function timestamp(nanos: bigint): TermValue | null {
  return nanos >= FIRST_NANO && nanos < END_NANO ? { kind: 'timestamp', nanos } : null;
}

export function duration(nanos: bigint): TermValue | null {
  return isInt64(nanos) ? { kind: 'duration', nanos } : null;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A term ran over its steps or its room. */
export class Exhausted extends Error {}

/** What one term has left (5.10). */
export class Meter {
  #steps = MAX_TERM_STEPS;
  #room = MAX_TERM_ROOM;

  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new Exhausted();
  }

  /** As for an `equal`, or any other call, of these operands. */
  spendOn(operands: readonly TermValue[]): void {
    const readable = operands.filter(({ kind }) => /^(string|bytes|list|map)$/.test(kind));
    if (readable.length === 0) return;
    let bytes = 0;
    let elements = 0;
    for (const operand of readable) {
      if (operand.kind === 'string') bytes += utf8(operand.value).length;
      else if (operand.kind === 'bytes') bytes += operand.value.length;
      else if (operand.kind === 'list') elements += operand.items.length;
      else if (operand.kind === 'map') elements += operand.entries.length;
    }
    this.spend(1 + Math.floor(bytes / STEP_BYTES) + Math.floor(elements / STEP_ELEMENTS));
  }

  /** For a key looked up in, or added to, so many entries. */
  spendOnKey(entries: number): void {
    this.spend(Math.floor(entries / STEP_ELEMENTS));
  }

  take(bytes: number): void {
    this.#room -= Math.ceil(bytes / 8) * 8;
    if (this.#room < 0) throw new Exhausted();
  }

  string(value: string): TermValue {
    this.take(utf8(value).length);
    return string(value);
  }

  bytes(value: Uint8Array): TermValue {
    this.take(value.length);
    return { kind: 'bytes', value };
  }

  list(items: readonly TermValue[]): TermValue {
    this.take(items.length * 16);
    return { kind: 'list', items };
  }

  map(entries: readonly Entry[]): TermValue {
    this.take(entries.length * 32);
    return { kind: 'map', entries };
  }

  optional(value: TermValue | null): TermValue {
    if (value !== null) this.take(16);
    return { kind: 'optional', value };
  }
}

// --- 4.11 ---

export function isNumber(value: TermValue): value is TermValue & { readonly kind: 'int' | 'uint' | 'double' } {
  return value.kind === 'int' || value.kind === 'uint' || value.kind === 'double';
}

export function equal(a: TermValue, b: TermValue, meter: Meter): boolean {
  // A BigInt against a number compares by mathematical value: that is what `==` does and `===` does not.
  // biome-ignore lint/suspicious/noDoubleEquals: see above
  // oxlint-disable-next-line eqeqeq -- see above
  if (isNumber(a) && isNumber(b)) return a.value == b.value;
  switch (a.kind) {
    case 'list':
      return (
        b.kind === 'list' &&
        a.items.length === b.items.length &&
        a.items.every((item, i) => equalInside(item, b.items[i] ?? NULL, meter))
      );
    case 'map':
      return (
        b.kind === 'map' &&
        a.entries.length === b.entries.length &&
        a.entries.every((entry) => hasEqual(b, entry, meter))
      );
    case 'optional':
      if (b.kind !== 'optional') return false;
      return a.value === null || b.value === null ? a.value === b.value : equalInside(a.value, b.value, meter);
    case 'ip':
    case 'cidr':
      return (
        (b.kind === 'ip' || b.kind === 'cidr') &&
        a.kind === b.kind &&
        a.address.family === b.address.family &&
        a.address.bits === b.address.bits &&
        (a.kind === 'ip' || b.kind === 'ip' || a.prefix === b.prefix)
      );
    case 'type':
      return b.kind === 'type' && a.name === b.name;
    case 'null':
      return b.kind === 'null';
    default:
      return a.kind === b.kind && order(a, b) === 0;
  }
}

/** Two values inside others. */
export function equalInside(a: TermValue, b: TermValue, meter: Meter): boolean {
  meter.spendOn([a, b]);
  return equal(a, b, meter);
}

function hasEqual(map: TermValue & { readonly kind: 'map' }, [key, value]: Entry, meter: Meter): boolean {
  meter.spendOnKey(map.entries.length);
  const found = find(map.entries, key);
  return found !== undefined && equalInside(value, found, meter);
}

/** Below 0, 0, above 0; NaN of numbers of which one is NaN; null: they have no common order. */
export function order(a: TermValue, b: TermValue): number | null {
  if (isNumber(a) && isNumber(b)) {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number.NaN;
    return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  }
  if (a.kind === 'string' && b.kind === 'string') return compareBytes(utf8(a.value), utf8(b.value));
  if (a.kind === 'bytes' && b.kind === 'bytes') return compareBytes(a.value, b.value);
  if (a.kind === 'bool' && b.kind === 'bool') return Number(a.value) - Number(b.value);
  if ((a.kind === 'timestamp' && b.kind === 'timestamp') || (a.kind === 'duration' && b.kind === 'duration')) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  }
  return null;
}

/** The order of UTF-8 bytes is that of code points. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function isKey(value: TermValue): boolean {
  return /^(bool|int|uint|string)$/.test(value.kind);
}

/** The value of the key that equals `key`. Values that cannot be keys equal none. */
export function find(entries: readonly Entry[], key: TermValue): TermValue | undefined {
  if (!isKey(key) && key.kind !== 'double') return undefined;
  return entries.find(([other]) => equal(other, key, FREE))?.[1];
}

/** Comparing two keys costs what looking one up costs, and no more. */
const FREE: Meter = new (class extends Meter {
  override spend(): void {}
})();
