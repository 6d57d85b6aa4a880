// Cedar's values, their equality, and the failure of an evaluation. Data and two functions; never evaluates anything.

import type { Span } from '../../source.ts';
import { type EntityUid, uidText } from '../../syntax/cedar/ast.ts';
import { isInt64 } from '../int64.ts';

export type CedarValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'entity'; readonly uid: EntityUid }
  /** Without duplicates. */
  | { readonly kind: 'set'; readonly items: readonly CedarValue[] }
  | { readonly kind: 'record'; readonly entries: ReadonlyMap<string, CedarValue> }
  /** Ten-thousandths. */
  | { readonly kind: 'decimal'; readonly value: bigint }
  | { readonly kind: 'ip'; readonly version: 4 | 6; readonly bits: bigint; readonly prefix: number }
  /** Milliseconds since 1970 UTC. */
  | { readonly kind: 'datetime'; readonly value: bigint }
  /** Milliseconds. */
  | { readonly kind: 'duration'; readonly value: bigint };

/** An evaluation that went wrong: the policy is skipped and listed. Message and help are worded as Cedar words them. */
export class EvaluationError extends Error {
  readonly help: string | null;
  /** The part of the policy that went wrong; set where it is known. */
  span: Span | null;

  constructor(message: string, help: string | null = null, span: Span | null = null) {
    super(message);
    this.help = help;
    this.span = span;
  }
}

export interface CedarEntity {
  readonly uid: EntityUid;
  readonly attrs: ReadonlyMap<string, CedarValue>;
  readonly tags: ReadonlyMap<string, CedarValue>;
  /** All of them, by `uidText`. */
  readonly ancestors: ReadonlySet<string>;
}

/** By `uidText`. */
export type CedarEntities = ReadonlyMap<string, CedarEntity>;

export interface CedarRequest {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: ReadonlyMap<string, CedarValue>;
}

/** Values of different kinds differ; sets are equal as sets. */
export function sameValue(a: CedarValue, b: CedarValue): boolean {
  if (a.kind === 'entity' && b.kind === 'entity') return uidText(a.uid) === uidText(b.uid);
  if (a.kind === 'set' && b.kind === 'set') {
    return a.items.every((item) => contains(b.items, item)) && b.items.every((item) => contains(a.items, item));
  }
  if (a.kind === 'record' && b.kind === 'record') {
    const equalEntry = ([key, value]: [string, CedarValue]): boolean => {
      const other = b.entries.get(key);
      return other !== undefined && sameValue(value, other);
    };
    return a.entries.size === b.entries.size && [...a.entries].every(equalEntry);
  }
  if (a.kind === 'ip' && b.kind === 'ip') {
    return a.version === b.version && a.bits === b.bits && a.prefix === b.prefix;
  }
  return a.kind === b.kind && 'value' in a && 'value' in b && a.value === b.value;
}

export function contains(items: readonly CedarValue[], value: CedarValue): boolean {
  return items.some((item) => sameValue(item, value));
}

export function setOf(items: readonly CedarValue[]): CedarValue {
  const distinct: CedarValue[] = [];
  for (const item of items) if (!contains(distinct, item)) distinct.push(item);
  return { kind: 'set', items: distinct };
}

export function fitsLong(value: bigint): boolean {
  return isInt64(value);
}
