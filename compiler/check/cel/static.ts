// What is known of a value of a term before it is evaluated. Data, joins and words; never looks at expressions or names.

import { unreachable } from '../../diagnostic.ts';
import type { Term, TermType } from '../terms.ts';
import type { ArgumentSchema } from '../typed.ts';
import { type AttributeType, enumText, sameType } from '../types.ts';

/**
 * `carried`: the parts are as the request carries them, not yet of the type said here; whoever takes one out reads it as this
 * type (`typed`). `error`: reported already.
 */
export type StaticType =
  | { readonly kind: PlainKind | 'any' | 'error' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly element: StaticType; readonly carried: boolean }
  | { readonly kind: 'map'; readonly key: StaticType; readonly value: StaticType; readonly carried: boolean }
  | { readonly kind: 'object'; readonly schema: ArgumentSchema; readonly carried: boolean }
  | { readonly kind: 'optional'; readonly of: StaticType; readonly carried: boolean };

export type PlainKind =
  | ('null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration')
  | ('type' | 'ip' | 'cidr');

export const ANY: StaticType = { kind: 'any' };
export const ERROR: StaticType = { kind: 'error' };

export function plain(kind: PlainKind): StaticType {
  return { kind };
}

/** The type of an attribute, or of a part of one, as it is declared. */
export function staticOf(type: AttributeType): StaticType {
  switch (type.kind) {
    case 'list':
    case 'list-of':
      return { kind: 'list', element: staticOf(type.element), carried: true };
    case 'list-of-any':
      return { kind: 'list', element: ANY, carried: true };
    case 'map':
      return { kind: 'map', key: plain('string'), value: staticOf(type.value), carried: true };
    case 'object':
      return { kind: 'object', schema: type.schema, carried: true };
    case 'any':
    case 'enum':
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
    case 'uint':
    case 'bytes':
    case 'timestamp':
    case 'duration':
      return type;
    default:
      return unreachable(type);
  }
}

/** What `typed` reads a part of this type as; null: as it is. */
export function readAs(type: StaticType): TermType | null {
  switch (type.kind) {
    case 'enum':
      return type;
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'list':
    case 'map':
      return { kind: type.kind };
    case 'object':
      return { kind: 'map' };
    default:
      return null;
  }
}

/** A part of something: read as its type where the request carries the whole. */
export function carriedPart(term: Term, type: StaticType, carried: boolean): Term {
  const as = carried ? readAs(type) : null;
  return as === null ? term : { kind: 'typed', operand: term, type: as, span: term.span };
}

export function isAny(type: StaticType): boolean {
  return type.kind === 'any' || type.kind === 'error';
}

export function isNumber(type: StaticType): boolean {
  return type.kind === 'int' || type.kind === 'uint' || type.kind === 'double';
}

/** The kind that overloads know it by. */
export function overloadKind(type: StaticType): string {
  return type.kind === 'enum' ? 'string' : type.kind === 'object' ? 'map' : type.kind;
}

/** What two values that may both stand in one place have in common. */
export function join(a: StaticType, b: StaticType): StaticType {
  if (a === b) return a;
  if (a.kind === 'error' || b.kind === 'error') return ERROR;
  if (a.kind === 'list' && b.kind === 'list') {
    return { kind: 'list', element: join(a.element, b.element), carried: a.carried || b.carried };
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const carried = a.carried || b.carried;
    return { kind: 'map', key: join(a.key, b.key), value: join(a.value, b.value), carried };
  }
  if (a.kind === 'optional' && b.kind === 'optional') {
    return { kind: 'optional', of: join(a.of, b.of), carried: a.carried || b.carried };
  }
  if (a.kind === 'object' && b.kind === 'object') {
    const same = sameType({ kind: 'object', schema: a.schema }, { kind: 'object', schema: b.schema });
    return same ? a : ANY;
  }
  if (a.kind === 'enum' || b.kind === 'enum') return overloadKind(a) === overloadKind(b) ? plain('string') : ANY;
  return a.kind === b.kind ? a : ANY;
}

/** False where the two can never be equal, so that comparing them is a mistake. */
export function comparable(a: StaticType, b: StaticType): boolean {
  if (isAny(a) || isAny(b) || a.kind === 'null' || b.kind === 'null') return true;
  if (isNumber(a) && isNumber(b)) return true;
  if (a.kind === 'list' && b.kind === 'list') return comparable(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return comparable(a.key, b.key) && comparable(a.value, b.value);
  if (a.kind === 'optional' && b.kind === 'optional') return comparable(a.of, b.of);
  return overloadKind(a) === overloadKind(b);
}

/** With its article, for messages. */
export function staticText(type: StaticType): string {
  switch (type.kind) {
    case 'int':
    case 'uint':
    case 'optional':
    case 'object':
    case 'ip':
      return `an ${type.kind}`;
    case 'double':
      return 'a number';
    case 'enum':
      return `one of ${enumText(type.values)}`;
    case 'null':
    case 'bytes':
      return type.kind;
    case 'any':
      return 'of type any';
    case 'error':
      return 'a mistake';
    case 'bool':
    case 'string':
    case 'timestamp':
    case 'duration':
    case 'type':
    case 'cidr':
    case 'list':
    case 'map':
      return `a ${type.kind}`;
    default:
      return unreachable(type);
  }
}
