// In: entities as JSON values. Out: each with its key and all its ancestors, checked against the schema if there is one.
// Never loads what the schema does not allow; a hierarchy that goes round is refused.

import { MAX_TREE_DEPTH } from '../../wasm-core/contract/limits.ts';
import { isArray, isObject, ownValue } from '../own.ts';
import { entityEscape, extensionEscape, isEscape } from './escapes.ts';
import { CedarInputError, idOfKey, isActionKey, jsonKeyOf, typeOfKey } from './uid.ts';
import type { World, WorldEntity } from './world.ts';

export interface Entity {
  readonly key: string;
  /** JSON objects. */
  readonly attrs: unknown;
  readonly tags: unknown;
  readonly parents: readonly string[];
  readonly declared: WorldEntity | null;
  readonly path: string;
}

const NOTHING: object = Object.freeze({});

/** By key. With a schema its actions are among them. @throws CedarInputError */
export function readEntities(value: unknown, world: World | null): Map<string, Entity> {
  if (!isArray(value)) throw new CedarInputError('', 'entities are an array');
  const entities = new Map<string, Entity>();
  for (const [key, { parents }] of world?.actions ?? []) {
    entities.set(key, { key, attrs: NOTHING, tags: NOTHING, parents, declared: null, path: '' });
  }
  const listed = new Map<string, Entity>();
  const count = value.length;
  for (let i = 0; i < count; i += 1) {
    const path = `/${i}`;
    const entity = readEntity(ownValue(value, i), world, path);
    const into = world !== null && isActionKey(entity.key) ? listed : entities;
    const known = into.get(entity.key);
    if (known === undefined) into.set(entity.key, entity);
    else if (!isSame(known, entity)) throw new CedarInputError(path, `\`${entity.key}\` stands twice`);
  }
  if (world !== null) for (const action of listed.values()) checkAction(action, listed, world);
  return entities;
}

/** With a schema an action is what the schema says: those listed have the groups that it gives them, by what is listed alone. */
function checkAction({ key, attrs, tags, path }: Entity, listed: ReadonlyMap<string, Entity>, world: World): void {
  if (!world.actions.has(key)) throw new CedarInputError(path, `no action \`${key}\` in the schema`);
  const isBare = [attrs, tags].every((part) => isObject(part) && Object.keys(part).length === 0);
  if (isBare && groupsOf(key, listed) === groupsOf(key, world.actions)) return;
  throw new CedarInputError(path, `the action \`${key}\` is not as the schema declares it`);
}

function groupsOf(key: string, actions: ReadonlyMap<string, { readonly parents: readonly string[] }>): string {
  const found = new Set(actions.get(key)?.parents ?? []);
  for (const next of found) for (const parent of actions.get(next)?.parents ?? []) found.add(parent);
  return [...found].sort().join(' ');
}

/** The same entity given twice: the order of keys, parents and the elements of sets makes no difference. */
function isSame(a: Entity, b: Entity): boolean {
  const textOf = ({ attrs, tags, parents }: Entity): string => canonical({ attrs, tags, parents }, 0);
  return textOf(a) === textOf(b);
}

/** A text that is one for what is one value: sets are in order and without duplicates, keys in order. */
function canonical(value: unknown, depth: number): string {
  if (depth > MAX_TREE_DEPTH + 1) throw new CedarInputError('', 'nested too deep');
  if (isArray(value)) {
    return `[${[...new Set(value.map((item) => canonical(item, depth + 1)))].sort().join()}]`;
  }
  if (isObject(value)) {
    const isAnEscape = isEscape(value);
    const entity = isAnEscape ? entityEscape(value) : null;
    if (entity !== null) return `(${jsonKeyOf(entity, '')})`;
    const call = isAnEscape ? extensionEscape(value) : null;
    const args = call === null ? null : (ownValue(call, 'arg') ?? ownValue(call, 'args'));
    if (call !== null) return `(${String(ownValue(call, 'fn'))} ${canonical(args, depth + 1)})`;
  }
  if (!isObject(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value === 0 ? 0 : value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, ownValue(value, key)] as const)
    .filter(([, item]) => item !== undefined);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, depth + 1)}`).join()}}`;
}

function readEntity(value: unknown, world: World | null, path: string): Entity {
  if (!isObject(value)) throw new CedarInputError(path, 'expected an object');
  const key = jsonKeyOf(ownValue(value, 'uid'), `${path}/uid`);
  const declared = world === null || isActionKey(key) ? null : declarationOf(key, world, path);
  const listed = ownValue(value, 'parents');
  const given = ownValue(value, 'tags');
  const tags = given === undefined ? NOTHING : given;
  if (!isArray(listed)) throw new CedarInputError(`${path}/parents`, 'expected an array');
  if (declared?.tags === null && isObject(tags) && Object.keys(tags).length > 0) {
    throw new CedarInputError(`${path}/tags`, `entities of type \`${typeOfKey(key)}\` have no tags`);
  }
  const parents = Array.from({ length: listed.length }, (_, i): string => {
    const at = `${path}/parents/${i}`;
    const parent = jsonKeyOf(ownValue(listed, i), at);
    if (isActionKey(key) && !isActionKey(parent)) {
      throw new CedarInputError(at, 'the parents of an action are actions');
    }
    if (declared !== null && !declared.memberOf.has(typeOfKey(parent))) {
      throw new CedarInputError(at, `a \`${typeOfKey(key)}\` is no member of a \`${typeOfKey(parent)}\``);
    }
    return parent;
  });
  return { key, attrs: ownValue(value, 'attrs'), tags, parents, declared, path };
}

function declarationOf(key: string, world: World, path: string): WorldEntity {
  const declared = world.entities.get(typeOfKey(key));
  if (declared === undefined) throw new CedarInputError(path, `no entity type \`${typeOfKey(key)}\` in the schema`);
  if (declared.ids !== null && !declared.ids.has(idOfKey(key))) {
    throw new CedarInputError(path, `\`${idOfKey(key)}\` is no id of the enumerated type \`${typeOfKey(key)}\``);
  }
  return declared;
}

/** Of every entity all ancestors, itself not. @throws CedarInputError if one is its own */
export function ancestorsOf(entities: ReadonlyMap<string, Entity>): Map<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const key of entities.keys()) {
    const found = new Set<string>();
    const open = [key];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const parent of entities.get(next)?.parents ?? []) {
        if (parent === key) throw new CedarInputError('', `\`${key}\` is an ancestor of itself`);
        if (found.has(parent)) continue;
        found.add(parent);
        const above = all.get(parent);
        if (above === undefined) open.push(parent);
        else for (const ancestor of above) found.add(ancestor);
      }
    }
    all.set(key, [...found]);
  }
  return all;
}
