// In: the text that a Cedar artifact carries of its schema (FORMAT.md 1.4). Out: what reading entities and contexts needs of it.
// Never resolves names: the compiler has.

export type WorldType =
  | { readonly kind: 'bool' | 'long' | 'string' | 'decimal' | 'ip' | 'datetime' | 'duration' }
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'set'; element: WorldType }
  | WorldRecord;

export interface WorldRecord {
  readonly kind: 'record';
  readonly open: boolean;
  readonly attributes: Map<string, { readonly type: WorldType; readonly required: boolean }>;
  /** How many of them. */
  readonly requiredCount: number;
}

export interface WorldEntity {
  /** All types of which such an entity can be a member, directly or through others. */
  readonly memberOf: ReadonlySet<string>;
  readonly shape: WorldRecord;
  readonly tags: WorldType | null;
  readonly ids: ReadonlySet<string> | null;
}

export interface WorldAction {
  readonly parents: readonly string[];
  readonly appliesTo: {
    readonly principals: ReadonlySet<string>;
    readonly resources: ReadonlySet<string>;
    readonly context: WorldRecord;
  } | null;
}

/** Null where an artifact was compiled without a schema. */
export interface World {
  readonly entities: ReadonlyMap<string, WorldEntity>;
  /** By key, `Action::"view"`. */
  readonly actions: ReadonlyMap<string, WorldAction>;
}

type WrittenType =
  | string
  | readonly ['entity', string]
  | readonly ['set', number]
  | readonly ['record', boolean, readonly (readonly [string, number, boolean])[]];

interface WrittenWorld {
  readonly schema?: {
    readonly types: readonly WrittenType[];
    readonly entities: readonly (readonly [string, string[], number, number, string[] | null])[];
    readonly actions: readonly (readonly [string, string[], readonly [string[], string[], number] | null])[];
  };
}

export const EMPTY_RECORD: WorldRecord = { kind: 'record', open: false, attributes: new Map(), requiredCount: 0 };

/** @throws whatever a text that no compiler wrote makes it throw */
export function readWorld(text: string): World | null {
  const { schema } = JSON.parse(text) as WrittenWorld;
  if (schema === undefined) return null;
  const types: WorldType[] = [];
  const typeAt = (index: number): WorldType => {
    const type = types[index];
    if (type === undefined) throw new RangeError('no such type');
    return type;
  };
  const recordAt = (index: number): WorldRecord => {
    const type = typeAt(index);
    if (type.kind !== 'record') throw new RangeError('not a record');
    return type;
  };
  for (const written of schema.types) types.push(typeOf(written, typeAt)); // parts come before wholes
  const direct = new Map(schema.entities.map(([name, memberOf]) => [name, memberOf]));
  return {
    entities: new Map(
      schema.entities.map(([name, , shape, tags, ids]) => [
        name,
        {
          memberOf: reachable(name, direct),
          shape: recordAt(shape),
          tags: tags < 0 ? null : typeAt(tags),
          ids: ids === null ? null : new Set(ids),
        },
      ]),
    ),
    actions: new Map(
      schema.actions.map(([key, parents, applies]) => [
        key,
        {
          parents,
          appliesTo:
            applies === null
              ? null
              : { principals: new Set(applies[0]), resources: new Set(applies[1]), context: recordAt(applies[2]) },
        },
      ]),
    ),
  };
}

function typeOf(written: WrittenType, typeAt: (index: number) => WorldType): WorldType {
  if (typeof written === 'string') return { kind: written as 'bool' };
  switch (written[0]) {
    case 'entity':
      return { kind: 'entity', name: written[1] };
    case 'set':
      return { kind: 'set', element: typeAt(written[1]) };
    default:
      return {
        kind: 'record',
        open: written[1],
        attributes: new Map(written[2].map(([name, type, required]) => [name, { type: typeAt(type), required }])),
        requiredCount: written[2].filter(([, , required]) => required).length,
      };
  }
}

function reachable(name: string, direct: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const above of direct.get(next) ?? []) {
      if (!found.has(above)) open.push(above);
      found.add(above);
    }
  }
  return found;
}
