// In: a resolved schema. Out: what the host needs of it to read entities and contexts, as the text that an artifact carries
// (FORMAT.md 1.4): JSON, equal types once, by number. Never writes a type out twice: types may be shared without end.

import { unreachable } from '../../diagnostic.ts';
import type { CedarSchema, SchemaType } from '../../syntax/cedar/schema.ts';
import { entityKey } from './terms.ts';

/** A type: a word of Cedar's, `["entity", name]`, `["set", type]`, `["record", open, [[name, type, required], …]]`. */
type WorldType =
  | 'bool'
  | 'long'
  | 'string'
  | 'decimal'
  | 'ip'
  | 'datetime'
  | 'duration'
  | readonly ['entity', string]
  | readonly ['set', number]
  | readonly ['record', boolean, readonly (readonly [string, number, boolean])[]];

export function worldText(schema: CedarSchema | null): string {
  if (schema === null) return '{}';
  const types: WorldType[] = [];
  const known = new Map<SchemaType, number>();
  const numbers = new Map<string, number>();
  const typeOf = (type: SchemaType): number => {
    const seen = known.get(type);
    if (seen !== undefined) return seen;
    const written = writtenOf(type, typeOf);
    const key = JSON.stringify(written);
    const number = numbers.get(key) ?? types.push(written) - 1;
    numbers.set(key, number);
    known.set(type, number);
    return number;
  };
  const entities = [...schema.entityTypes].map(([name, { memberOf, shape, tags, ids }]) => [
    name,
    [...memberOf],
    typeOf(shape),
    tags === null ? -1 : typeOf(tags),
    ids === null ? null : [...ids],
  ]);
  const actions = [...schema.actions.values()].map(({ uid, memberOf, appliesTo }) => [
    entityKey(uid),
    memberOf.map(entityKey),
    appliesTo === null ? null : [[...appliesTo.principals], [...appliesTo.resources], typeOf(appliesTo.context)],
  ]);
  return JSON.stringify({ schema: { types, entities, actions } });
}

function writtenOf(type: SchemaType, typeOf: (type: SchemaType) => number): WorldType {
  switch (type.kind) {
    case 'bool':
    case 'long':
    case 'string':
      return type.kind;
    case 'extension':
      return type.name === 'ipaddr' ? 'ip' : type.name;
    case 'entity':
      return ['entity', type.name];
    case 'set':
      return ['set', typeOf(type.element)];
    case 'record':
      return [
        'record',
        type.open,
        [...type.attributes].map(([name, { type: of, required }]) => [name, typeOf(of), required] as const),
      ];
    default:
      return unreachable(type);
  }
}
