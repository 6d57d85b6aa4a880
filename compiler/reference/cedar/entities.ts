// In: entities and a request as JSON values, maybe with a schema. Out: what the evaluator takes.
// Never loads what the schema does not allow; a hierarchy that goes round is refused.

import { type EntityUid, uidText } from '../../syntax/cedar/ast.ts';
import { readJsonUid } from '../../syntax/cedar/json-policies.ts';
import {
  arrayAt,
  entityEscape,
  entriesAt,
  extensionEscape,
  isAlone,
  JsonShapeMistake,
  objectAt,
  pointer,
  refuseExpr,
} from '../../syntax/cedar/json-value.ts';
import { parseUid } from '../../syntax/cedar/policies.ts';
import type { CedarSchema, SchemaEntity } from '../../syntax/cedar/schema.ts';
import { readRecord, readValue } from './json-values.ts';
import { type CedarEntities, type CedarEntity, type CedarRequest, type CedarValue, sameValue } from './values.ts';

interface ReadEntity {
  readonly uid: EntityUid;
  readonly attrs: ReadonlyMap<string, CedarValue>;
  readonly tags: ReadonlyMap<string, CedarValue>;
  readonly parents: readonly EntityUid[];
  readonly path: string;
}

/** With a schema its actions are added; those listed must have their groups by what is listed alone. @throws JsonShapeMistake */
export function readEntities(value: unknown, schema: CedarSchema | null): CedarEntities {
  const read = new Map<string, ReadEntity>();
  for (const { uid, memberOf } of schema?.actions.values() ?? []) {
    read.set(uidText(uid), { uid, attrs: new Map(), tags: new Map(), parents: memberOf, path: '' });
  }
  const listed = new Map<string, ReadEntity>();
  for (const [index, item] of arrayAt(value, '').entries()) {
    const path = pointer('', index);
    const entity = readEntity(objectAt(item, path), schema, path);
    const key = uidText(entity.uid);
    const into = isAction(entity.uid) && schema !== null ? listed : read;
    const known = into.get(key);
    if (known !== undefined && !isSame(known, entity)) throw new JsonShapeMistake(path, `\`${key}\` stands twice`);
    into.set(key, entity);
  }
  for (const [key, { attrs, tags, path }] of listed) {
    if (!read.has(key)) throw new JsonShapeMistake(path, `no action \`${key}\` in the schema`);
    const declared = ancestorsOf(key, read);
    const given = ancestorsOf(key, listed);
    const isAsDeclared =
      attrs.size === 0 &&
      tags.size === 0 &&
      given.size === declared.size &&
      [...given].every((one) => declared.has(one));
    if (!isAsDeclared) throw new JsonShapeMistake(path, `the action \`${key}\` is not as the schema declares it`);
  }
  const entities = [...read].map(([key, { uid, attrs, tags }]): [string, CedarEntity] => [
    key,
    { uid, attrs, tags, ancestors: ancestorsOf(key, read) },
  ]);
  return new Map(entities);
}

/** Principal, action and resource as `Type::"id"` or `{type, id}`. `shapeOnly`: of the context's types only the shape counts. @throws JsonShapeMistake */
export function readRequest(value: unknown, schema: CedarSchema | null, shapeOnly = false): CedarRequest {
  const request = objectAt(value, '');
  const uids = {
    principal: uidOf(request['principal'], '/principal'),
    action: uidOf(request['action'], '/action'),
    resource: uidOf(request['resource'], '/resource'),
  };
  const declared = schema?.actions.get(uidText(uids.action));
  if (schema !== null && declared === undefined) {
    throw new JsonShapeMistake('/action', `no action \`${uidText(uids.action)}\` in the schema`);
  }
  const type = declared === undefined ? null : (declared.appliesTo?.context ?? EMPTY);
  const given = objectAt(request['context'] === undefined ? {} : request['context'], '/context');
  if (type === null && isAlone(given)) refuseExpr(given, '/context');
  if (type === null && isAlone(given) && (entityEscape(given) !== null || extensionEscape(given) !== null)) {
    throw new JsonShapeMistake('/context', 'a context is a record');
  }
  const context = readRecord(given, type, schema, '/context', shapeOnly);
  return { ...uids, context };
}

const EMPTY = { kind: 'record', attributes: new Map(), open: false } as const;

function uidOf(value: unknown, path: string): EntityUid {
  if (typeof value !== 'string') return readJsonUid(value, path);
  const uid = parseUid(value);
  if (uid === null) throw new JsonShapeMistake(path, `\`${value}\` is no entity, as in \`User::"alice"\``);
  return uid;
}

function isSame(a: ReadEntity, b: ReadEntity): boolean {
  const parents = (entity: ReadEntity): string => [...new Set(entity.parents.map(uidText))].sort().join(' ');
  const same = (x: ReadonlyMap<string, CedarValue>, y: ReadonlyMap<string, CedarValue>): boolean =>
    sameValue({ kind: 'record', entries: x }, { kind: 'record', entries: y });
  return same(a.attrs, b.attrs) && same(a.tags, b.tags) && parents(a) === parents(b);
}

function isAction({ type }: EntityUid): boolean {
  return type === 'Action' || type.endsWith('::Action');
}

function readEntity(item: { readonly [key: string]: unknown }, schema: CedarSchema | null, path: string): ReadEntity {
  const uid = readJsonUid(item['uid'], `${path}/uid`);
  const declared = schema === null || isAction(uid) ? null : declarationOf(uid, schema, path);
  const attrs = objectAt(item['attrs'], `${path}/attrs`);
  const tags = objectAt(item['tags'] === undefined ? {} : item['tags'], `${path}/tags`);
  if (declared !== null && declared.tags === null && Object.keys(tags).length > 0) {
    throw new JsonShapeMistake(`${path}/tags`, `entities of type \`${uid.type}\` have no tags`);
  }
  const parents = arrayAt(item['parents'], `${path}/parents`).map((parent, index) => {
    const at = pointer(`${path}/parents`, index);
    const found = readJsonUid(parent, at);
    if (isAction(uid) && !isAction(found)) throw new JsonShapeMistake(at, 'the parents of an action are actions');
    if (schema !== null && declared !== null && !isMember(uid.type, found.type, schema)) {
      throw new JsonShapeMistake(at, `a \`${uid.type}\` is no member of a \`${found.type}\``);
    }
    return found;
  });
  return {
    uid,
    attrs: readRecord(attrs, declared?.shape ?? null, schema, `${path}/attrs`),
    tags: new Map(
      entriesAt(tags, `${path}/tags`).map(([key, tag]): [string, CedarValue] => [
        key,
        readValue(tag, declared?.tags ?? null, schema, pointer(`${path}/tags`, key)),
      ]),
    ),
    parents,
    path,
  };
}

/** Directly or through other types. */
function isMember(type: string, group: string, schema: CedarSchema, above: ReadonlySet<string> = new Set()): boolean {
  const direct = [...(schema.entityTypes.get(type)?.memberOf ?? [])].filter((name) => !above.has(name));
  const seen = new Set([...above, ...direct]);
  return direct.includes(group) || direct.some((name) => isMember(name, group, schema, seen));
}

function declarationOf(uid: EntityUid, schema: CedarSchema, path: string): SchemaEntity {
  const declared = schema.entityTypes.get(uid.type);
  if (declared === undefined) throw new JsonShapeMistake(path, `no entity type \`${uid.type}\` in the schema`);
  if (declared.ids !== null && !declared.ids.has(uid.id)) {
    throw new JsonShapeMistake(path, `\`${uid.id}\` is no id of the enumerated type \`${uid.type}\``);
  }
  return declared;
}

function ancestorsOf(key: string, entities: ReadonlyMap<string, ReadEntity>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (at: string): void => {
    for (const parent of entities.get(at)?.parents ?? []) {
      const above = uidText(parent);
      if (above === key) throw new JsonShapeMistake('', `\`${key}\` is an ancestor of itself`);
      if (found.has(above)) continue;
      found.add(above);
      visit(above);
    }
  };
  visit(key);
  return found;
}
