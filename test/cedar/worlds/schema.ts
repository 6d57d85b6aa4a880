// In: random choices. Out: a Cedar schema as data: entity types with namespaces, enums and tags, common types, actions with groups;
// and the same schema as Cedar text and in its JSON form. Never judges.

import type { Random } from '../../differential/random.ts';
import { isWord, NAMES, quoted } from './pools.ts';

export type Type = (
  | { readonly kind: 'bool' | 'long' | 'string' | 'decimal' | 'ip' | 'datetime' | 'duration' }
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'set'; readonly of: Type }
  | { readonly kind: 'record'; readonly parts: readonly Part[] }
) & {
  /** The common type that stands for it. */
  readonly alias?: string;
};

export interface Part {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
}

export interface EntityType {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly tags: Type | null;
  readonly memberOf: readonly string[];
  readonly ids: readonly string[] | null;
}

export interface Action {
  readonly id: string;
  readonly memberOf: readonly string[];
  readonly applies: {
    readonly principals: readonly string[];
    readonly resources: readonly string[];
    readonly context: Type & { readonly kind: 'record' };
  } | null;
}

export interface SchemaModel {
  readonly types: readonly EntityType[];
  readonly commons: readonly (Type & { readonly alias: string })[];
  /** Of `actionType`, which is in a namespace or in none. */
  readonly actions: readonly Action[];
  readonly actionType: string;
}

const ENTITY_NAMES = ['User', 'Group', 'N::Doc', 'N::M::Box', '_t', 'Z9'];
const COMMON_NAMES = ['Common', 'N::Other'];

export function makeSchema(r: Random): SchemaModel {
  const names = r.sample(ENTITY_NAMES, r.between(2, 4));
  const all = [...names, 'Kind'];
  const maker = new TypeMaker(r, all);
  const commons = r.sample(COMMON_NAMES, r.below(3)).map((alias) => maker.common(alias));
  const types = names.map((name, index) => ({
    name,
    parts: maker.parts(0),
    tags: r.chance(0.4) ? maker.type(1) : null,
    memberOf: r.sample(names.slice(index), r.below(3)),
    ids: null,
  }));
  const some = (): string[] => (r.chance(0.5) ? all : r.sample(all, r.between(1, 3)));
  const acting = ['view', 'ed it'].map((id) => ({
    id,
    memberOf: r.chance(0.8) ? ['all'] : ['top'],
    applies: { principals: some(), resources: some(), context: maker.context() },
  }));
  const groups = [
    { id: 'all', memberOf: ['top'], applies: null },
    { id: 'top', memberOf: [], applies: null },
  ];
  return {
    types: [...types, { name: 'Kind', parts: [], tags: null, memberOf: [], ids: ['one', '"', ''] }],
    commons,
    actions: [...acting, ...groups],
    actionType: r.chance(0.7) ? 'Action' : 'N::Action',
  };
}

export class TypeMaker {
  readonly #r: Random;
  readonly #names: readonly string[];
  readonly #commons: Type[] = [];

  constructor(random: Random, names: readonly string[]) {
    this.#r = random;
    this.#names = names;
  }

  /** May be made of those before it. */
  common(alias: string): Type & { readonly alias: string } {
    const { alias: _other, ...type } = this.type(1);
    const made = { ...type, alias } as Type & { readonly alias: string };
    this.#commons.push(made);
    return made;
  }

  context(): Type & { readonly kind: 'record' } {
    const known = this.#commons.filter((type) => type.kind === 'record');
    return known.length > 0 && this.#r.chance(0.4) ? this.#r.pick(known) : { kind: 'record', parts: this.parts(0) };
  }

  parts(depth: number): Part[] {
    const r = this.#r;
    return r
      .sample(NAMES, r.between(depth === 0 ? 2 : 0, 5))
      .map((name) => ({ name, type: this.type(depth + 1), optional: r.chance(0.4) }));
  }

  type(depth: number): Type {
    const r = this.#r;
    if (this.#commons.length > 0 && r.chance(0.15)) return r.pick(this.#commons);
    const kind = r.weighted({
      bool: 2,
      long: 3,
      string: 3,
      decimal: 1,
      ip: 1,
      datetime: 1,
      duration: 1,
      entity: 3,
      set: depth > 3 ? 0 : 2,
      record: depth > 3 ? 0 : 3,
    });
    if (kind === 'entity') return { kind, name: r.pick(this.#names) };
    if (kind === 'set') return { kind, of: this.type(depth + 1) };
    return kind === 'record' ? { kind, parts: this.parts(depth) } : { kind };
  }
}

/** Namespace and name. */
function split(name: string): readonly [string, string] {
  const at = name.lastIndexOf('::');
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 2)];
}

export function schemaText({ types, commons, actions, actionType }: SchemaModel): string {
  const blocks = new Map<string, string[]>();
  const declare = (space: string, text: string): unknown => blocks.set(space, [...(blocks.get(space) ?? []), text]);
  for (const { alias, ...type } of commons) {
    const [space, own] = split(alias);
    declare(space, `type ${own} = ${typeText(type)};`);
  }
  for (const { name, parts, tags, memberOf, ids } of types) {
    const [space, own] = split(name);
    const parents = memberOf.length === 0 ? '' : ` in [${memberOf.join(', ')}]`;
    const tagged = tags === null ? '' : ` tags ${typeText(tags)}`;
    const body =
      ids === null
        ? `${parents} = ${typeText({ kind: 'record', parts })}${tagged}`
        : ` enum [${ids.map(quoted).join(', ')}]`;
    declare(space, `entity ${own}${body};`);
  }
  const [actionSpace] = split(actionType);
  for (const { id, memberOf, applies } of actions) {
    const groups = memberOf.length === 0 ? '' : ` in [${memberOf.join(', ')}]`;
    const to =
      applies === null
        ? ''
        : ` appliesTo { principal: [${applies.principals.join(', ')}], resource: [${applies.resources.join(', ')}], context: ${typeText(applies.context)} }`;
    declare(actionSpace, `action ${isWord(id) ? id : quoted(id)}${groups}${to};`);
  }
  return [...blocks]
    .map(([space, lines]) => (space === '' ? lines.join('\n') : `namespace ${space} {\n${lines.join('\n')}\n}`))
    .join('\n');
}

function typeText(type: Type): string {
  if (type.alias !== undefined) return type.alias;
  switch (type.kind) {
    case 'bool':
      return 'Bool';
    case 'long':
      return '__cedar::Long';
    case 'string':
      return 'String';
    case 'ip':
      return 'ipaddr';
    case 'entity':
      return type.name;
    case 'set':
      return `Set<${typeText(type.of)}>`;
    case 'record':
      return `{ ${type.parts.map((part) => `${isWord(part.name) ? part.name : quoted(part.name)}${part.optional ? '?' : ''}: ${typeText(part.type)}`).join(', ')} }`;
    default:
      return type.kind;
  }
}

interface JsonNamespace {
  readonly commonTypes: { [name: string]: object };
  readonly entityTypes: { [name: string]: object };
  readonly actions: { [id: string]: object };
}

export function schemaJson({ types, commons, actions, actionType }: SchemaModel): { [namespace: string]: object } {
  const spaces: { [name: string]: JsonNamespace } = {};
  const spaceOf = (name: string): JsonNamespace => {
    const known = spaces[name] ?? { commonTypes: {}, entityTypes: {}, actions: {} };
    spaces[name] = known;
    return known;
  };
  for (const { alias, ...type } of commons) {
    const [space, own] = split(alias);
    spaceOf(space).commonTypes[own] = typeJson(type);
  }
  for (const { name, parts, tags, memberOf, ids } of types) {
    const [space, own] = split(name);
    spaceOf(space).entityTypes[own] =
      ids === null
        ? {
            memberOfTypes: memberOf,
            shape: typeJson({ kind: 'record', parts }),
            ...(tags === null ? {} : { tags: typeJson(tags) }),
          }
        : { enum: ids };
  }
  const [actionSpace] = split(actionType);
  for (const { id, memberOf, applies } of actions) {
    spaceOf(actionSpace).actions[id] = {
      memberOf: memberOf.map((group) => ({ id: group })),
      ...(applies === null
        ? {}
        : {
            appliesTo: {
              principalTypes: applies.principals,
              resourceTypes: applies.resources,
              context: typeJson(applies.context),
            },
          }),
    };
  }
  return spaces;
}

const JSON_NAMES: { readonly [kind: string]: string } = { bool: 'Boolean', long: 'Long', string: 'String' };

function typeJson(type: Type): object {
  if (type.alias !== undefined) return { type: type.alias };
  switch (type.kind) {
    case 'entity':
      return { type: 'Entity', name: type.name };
    case 'set':
      return { type: 'Set', element: typeJson(type.of) };
    case 'record': {
      const attributes = type.parts.map((part): [string, object] => [
        part.name,
        { ...typeJson(part.type), ...(part.optional ? { required: false } : {}) },
      ]);
      return { type: 'Record', attributes: Object.fromEntries(attributes) };
    }
    default: {
      const name = JSON_NAMES[type.kind];
      return name === undefined
        ? { type: 'Extension', name: type.kind === 'ip' ? 'ipaddr' : type.kind }
        : { type: name };
    }
  }
}
