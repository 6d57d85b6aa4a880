// In: types of attributes, declared or read from a schema. Out: whether they agree, what they join to, how a person says them.
// Never looks at names, tools or places.

import { unreachable } from '../diagnostic.ts';
import type { PropertySchema, ScalarType, Type } from './typed.ts';

/** What is known of an attribute before a place of use asks for more (LANGUAGE.md 3.2, 3.4, 7.3). */
export type AttributeType = PropertySchema['type'];

export const STRING: ScalarType & { readonly kind: 'string' } = { kind: 'string' };
export const BOOL: ScalarType & { readonly kind: 'bool' } = { kind: 'bool' };
export const INT: ScalarType & { readonly kind: 'int' } = { kind: 'int' };
export const DOUBLE: ScalarType & { readonly kind: 'double' } = { kind: 'double' };
export const ANY: AttributeType & { readonly kind: 'any' } = { kind: 'any' };

/** An enum type: values sorted by code point, no duplicates. */
export function enumType(values: Iterable<string>): ScalarType & { readonly kind: 'enum' } {
  return { kind: 'enum', values: [...new Set(values)].sort(compareCodePoints) };
}

export function isScalar(type: AttributeType): type is ScalarType {
  return isText(type) || isNumeric(type) || type.kind === 'bool';
}

export function isType(type: AttributeType): type is Type {
  return type.kind === 'list' || isScalar(type);
}

/** The type of an argument that two tools declare (LANGUAGE.md 7.3), or null where they cannot be joined. */
export function joinTypes(a: AttributeType, b: AttributeType): AttributeType | null {
  if (a.kind === 'any' || b.kind === 'any') return ANY;
  if (isScalar(a) && isScalar(b)) return joinScalars(a, b);
  if (a.kind === 'list' && b.kind === 'list') {
    const element = joinScalars(a.element, b.element);
    return element === null ? null : { kind: 'list', element };
  }
  if (sameType(a, b)) return a;
  if (isList(a) && isList(b)) return { kind: 'list-of-any' };
  if (isMap(a) && isMap(b)) return { kind: 'object', schema: { properties: new Map(), open: true } };
  return null;
}

export function joinScalars(a: ScalarType, b: ScalarType): ScalarType | null {
  if (a.kind === 'enum' && b.kind === 'enum') return enumType([...a.values, ...b.values]);
  if (a.kind === b.kind) return a;
  if (isText(a) && isText(b)) return STRING;
  if (isNumeric(a) && isNumeric(b)) return DOUBLE;
  return null;
}

export function sameType(a: AttributeType, b: AttributeType): boolean {
  if (a.kind === 'list' && b.kind === 'list') return sameType(a.element, b.element);
  if (a.kind === 'list-of' && b.kind === 'list-of') return sameType(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.value, b.value);
  if (a.kind === 'object' && b.kind === 'object') return a.schema === b.schema;
  if (a.kind === 'enum' && b.kind === 'enum') {
    return a.values.length === b.values.length && a.values.every((value, i) => value === b.values[i]);
  }
  return a.kind === b.kind;
}

export function isText(type: { readonly kind: string }): boolean {
  return type.kind === 'string' || type.kind === 'enum';
}

export function isNumeric(type: { readonly kind: string }): boolean {
  return type.kind === 'int' || type.kind === 'double';
}

export function isList(type: { readonly kind: string }): boolean {
  return type.kind === 'list' || type.kind === 'list-of-any' || type.kind === 'list-of';
}

export function isMap(type: { readonly kind: string }): boolean {
  return type.kind === 'map' || type.kind === 'object';
}

/** The type as the author writes it under `attributes`, for messages. */
export function typeText(type: AttributeType): string {
  switch (type.kind) {
    case 'double':
      return 'number';
    case 'enum':
      return `enum [${enumText(type.values)}]`;
    case 'list':
      return `list<${type.element.kind === 'enum' ? 'string' : typeText(type.element)}>`;
    case 'list-of-any':
      return 'list';
    case 'list-of':
      return `list<${typeText(type.element)}>`;
    case 'map':
      return `map<string, ${typeText(type.value)}>`;
    case 'uint':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'string':
    case 'bool':
    case 'int':
    case 'any':
    case 'object':
      return type.kind;
    default:
      return unreachable(type);
  }
}

/** The first few values of an enum, for messages. */
export function enumText(values: readonly string[]): string {
  const shown = values.slice(0, 8).map((value) => JSON.stringify(value));
  return values.length > 8 ? `${shown.join(', ')}, …` : shown.join(', ');
}

/** True if `text` holds a surrogate without its other half (LANGUAGE.md 3.6). */
export function hasLoneSurrogate(text: string): boolean {
  return /[\ud800-\udfff]/u.test(text);
}

/** Order by code point, which for UTF-16 code units is not the order of `<`. */
export function compareCodePoints(a: string, b: string): number {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const x = left.next();
    const y = right.next();
    if (x.done === true || y.done === true) return (x.done === true ? 0 : 1) - (y.done === true ? 0 : 1);
    const difference = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
}
