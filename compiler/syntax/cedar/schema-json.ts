// In: a schema in Cedar's JSON form, as a value. Out: its declarations as written.
// Never guesses: a key or a kind of type it does not know is a mistake.

import type { Span } from '../../source.ts';
import { arrayAt, JsonShapeMistake, objectAt, onlyKeys, pointer, stringAt } from './json-value.ts';
import type {
  WrittenAction,
  WrittenCommonType,
  WrittenEntity,
  WrittenName,
  WrittenNamespace,
  WrittenType,
} from './schema.ts';

/** @throws JsonShapeMistake */
export function readJsonSchema(value: unknown, span: Span): WrittenNamespace[] {
  return Object.entries(objectAt(value, '')).map(([name, body]) => {
    const path = pointer('', name);
    const block = objectAt(body, path);
    onlyKeys(block, ['commonTypes', 'entityTypes', 'actions', 'annotations'], path);
    for (const key of ['entityTypes', 'actions']) objectAt(block[key], pointer(path, key));
    const members = (key: string): [string, unknown, string][] =>
      Object.entries(objectAt(block[key] ?? {}, pointer(path, key))).map(([member, item]) => [
        member,
        item,
        pointer(pointer(path, key), member),
      ]);
    return {
      name,
      types: members('commonTypes').map(
        ([type, item, at]): WrittenCommonType => ({ name: { name: type, span }, type: typeOf(item, at, span) }),
      ),
      entities: members('entityTypes').map(([entity, item, at]) => entityOf(entity, item, at, span)),
      actions: members('actions').map(([action, item, at]) => actionOf(action, item, at, span)),
    };
  });
}

function entityOf(name: string, value: unknown, path: string, span: Span): WrittenEntity {
  const entity = objectAt(value, path);
  onlyKeys(entity, ['memberOfTypes', 'shape', 'tags', 'enum', 'annotations'], path);
  const { tags, shape } = entity;
  const ids = entity['enum'];
  return {
    name: { name, span },
    memberOf: namesAt(entity['memberOfTypes'] ?? [], `${path}/memberOfTypes`, span),
    shape: shape === undefined ? null : typeOf(shape, `${path}/shape`, span),
    tags: tags === undefined ? null : typeOf(tags, `${path}/tags`, span),
    ids: ids === undefined ? null : arrayAt(ids, `${path}/enum`).map((id) => stringAt(id, `${path}/enum`)),
  };
}

function actionOf(id: string, value: unknown, path: string, span: Span): WrittenAction {
  const action = objectAt(value, path);
  onlyKeys(action, ['attributes', 'appliesTo', 'memberOf', 'annotations'], path);
  const attributes = Object.keys(objectAt(action['attributes'] ?? {}, `${path}/attributes`));
  if (attributes.length > 0) throw new JsonShapeMistake(`${path}/attributes`, 'an action has no attributes');
  const groups = arrayAt(action['memberOf'] ?? [], `${path}/memberOf`).map((item, index) => {
    const at = pointer(`${path}/memberOf`, index);
    const group = objectAt(item, at);
    onlyKeys(group, ['type', 'id'], at);
    const { type } = group;
    return {
      type: type === undefined ? null : stringAt(type, `${at}/type`),
      id: stringAt(group['id'], `${at}/id`),
      span,
    };
  });
  if (action['appliesTo'] === undefined || action['appliesTo'] === null) {
    return { id, memberOf: groups, appliesTo: null, span };
  }
  const applies = objectAt(action['appliesTo'], `${path}/appliesTo`);
  const at = `${path}/appliesTo`;
  onlyKeys(applies, ['principalTypes', 'resourceTypes', 'context'], at);
  const { context } = applies;
  return {
    id,
    memberOf: groups,
    appliesTo: {
      principals: namesAt(applies['principalTypes'], `${at}/principalTypes`, span),
      resources: namesAt(applies['resourceTypes'], `${at}/resourceTypes`, span),
      context: context === undefined ? null : typeOf(context, `${at}/context`, span),
    },
    span,
  };
}

function namesAt(value: unknown, path: string, span: Span): WrittenName[] {
  return arrayAt(value, path).map((name, index) => ({ name: stringAt(name, pointer(path, index)), span }));
}

const MAX_DEPTH = 100;

function typeOf(value: unknown, path: string, span: Span, depth = 0): WrittenType {
  if (depth > MAX_DEPTH) throw new JsonShapeMistake(path, `types nested deeper than ${MAX_DEPTH}`);
  const type = objectAt(value, path);
  onlyKeys(type, ['type', 'element', 'attributes', 'additionalAttributes', 'name', 'required', 'annotations'], path);
  const kind = stringAt(type['type'], `${path}/type`);
  const named = (as: 'any' | 'entity' | 'builtin'): WrittenType => ({
    kind: 'name',
    name: stringAt(type['name'], `${path}/name`),
    as,
    span,
  });
  switch (kind) {
    case 'String':
    case 'Long':
    case 'Boolean':
      return { kind: 'name', name: kind, as: 'builtin', span };
    case 'Extension':
      return named('builtin');
    case 'Entity':
      return named('entity');
    case 'EntityOrCommon':
      return named('any');
    case 'Set':
      return { kind: 'set', element: typeOf(type['element'], `${path}/element`, span, depth + 1), span };
    case 'Record': {
      const attributes = Object.entries(objectAt(type['attributes'] ?? {}, `${path}/attributes`)).map(
        ([name, item]) => {
          const at = pointer(`${path}/attributes`, name);
          const required = objectAt(item, at)['required'] ?? true;
          if (typeof required !== 'boolean') throw new JsonShapeMistake(`${at}/required`, 'expected a bool');
          return { name, type: typeOf(item, at, span, depth + 1), required };
        },
      );
      return { kind: 'record', attributes, open: type['additionalAttributes'] === true, span };
    }
    default:
      return { kind: 'name', name: kind, as: 'any', span };
  }
}
