// In: a JSON value (numbers or BigInts) and maybe the type a schema gives it. Out: the Cedar value it stands for.
// Never rounds an integer, never takes a value that does not have the type.

import { EXTENSION_CONSTRUCTORS, EXTENSION_METHODS, type ExtensionFunction } from '../../syntax/cedar/ast.ts';
import { readJsonUid } from '../../syntax/cedar/json-policies.ts';
import {
  arrayAt,
  entityEscape,
  entriesAt,
  exactLong,
  extensionCall,
  extensionEscape,
  isAlone,
  isJsonObject,
  JsonShapeMistake,
  objectAt,
  pointer,
  refuseExpr,
} from '../../syntax/cedar/json-value.ts';
import type { CedarSchema, SchemaRecord, SchemaType } from '../../syntax/cedar/schema.ts';
import { callExtension } from './extensions.ts';
import { type CedarValue, EvaluationError, setOf } from './values.ts';

/** `shapeOnly`: of a type only the shape counts, as when Cedar does not validate a request. @throws JsonShapeMistake */
export function readValue(
  value: unknown,
  type: SchemaType | null,
  schema: CedarSchema | null,
  path: string,
  shapeOnly = false,
): CedarValue {
  switch (type?.kind) {
    case 'entity':
      return readEntityValue(value, shapeOnly ? null : type.name, schema, path);
    case 'extension':
      return readExtension(value, type.name === 'ipaddr' ? 'ip' : type.name, path, shapeOnly);
    case 'set':
      return setOf(
        arrayAt(value, path).map((item, index) =>
          readValue(item, type.element, schema, pointer(path, index), shapeOnly),
        ),
      );
    case 'record': {
      const attributes = readRecord(objectAt(value, path), type, schema, path, shapeOnly);
      return { kind: 'record', entries: attributes };
    }
    default: {
      const found = readUntyped(value, path);
      if (!shapeOnly && type !== null && type !== undefined && found.kind !== type.kind) {
        throw new JsonShapeMistake(path, `expected a ${type.kind}, found a ${found.kind}`);
      }
      return found;
    }
  }
}

/** `shapeOnly` as in `readValue`. @throws JsonShapeMistake */
export function readRecord(
  object: { readonly [key: string]: unknown },
  type: SchemaRecord | null,
  schema: CedarSchema | null,
  path: string,
  shapeOnly = false,
): ReadonlyMap<string, CedarValue> {
  const entries = new Map<string, CedarValue>();
  for (const [key, value] of entriesAt(object, path)) {
    const attribute = type?.attributes.get(key);
    if (type !== null && attribute === undefined && !type.open) {
      throw new JsonShapeMistake(path, `the schema has no attribute \`${key}\` here`);
    }
    entries.set(key, readValue(value, attribute?.type ?? null, schema, pointer(path, key), shapeOnly));
  }
  for (const [key, { required }] of type?.attributes ?? []) {
    if (required && !entries.has(key)) throw new JsonShapeMistake(path, `the attribute \`${key}\` is required`);
  }
  return entries;
}

/** `type` null: any. */
function readEntityValue(value: unknown, type: string | null, schema: CedarSchema | null, path: string): CedarValue {
  const uid = readJsonUid(value, path);
  if (type === null) return { kind: 'entity', uid };
  if (uid.type !== type) throw new JsonShapeMistake(path, `expected a \`${type}\`, found a \`${uid.type}\``);
  const ids = schema?.entityTypes.get(uid.type)?.ids;
  if (ids !== null && ids !== undefined && !ids.has(uid.id)) {
    throw new JsonShapeMistake(path, `\`${uid.id}\` is no id of the enumerated type \`${uid.type}\``);
  }
  return { kind: 'entity', uid };
}

/** A text alone is given to the type's constructor; `{fn, arg}` may stand without `__extn`. */
function readExtension(
  value: unknown,
  fn: 'decimal' | 'ip' | 'datetime' | 'duration',
  path: string,
  shapeOnly: boolean,
): CedarValue {
  const call = isJsonObject(value) ? (extensionEscape(value) ?? extensionCall(value)) : null;
  const found =
    typeof value === 'string'
      ? callAt(fn, [{ kind: 'string', value }], path)
      : call === null
        ? readUntyped(value, path)
        : readCall(call, path);
  if (found.kind !== fn && (call === null || !shapeOnly))
    throw new JsonShapeMistake(path, `expected a ${fn}, found a ${found.kind}`);
  return found;
}

function readUntyped(value: unknown, path: string): CedarValue {
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'string') return { kind: 'string', value };
  const long = exactLong(value);
  if (long !== null) return { kind: 'long', value: long };
  if (Array.isArray(value)) {
    return setOf(value.map((item: unknown, index) => readUntyped(item, pointer(path, index))));
  }
  if (!isJsonObject(value)) {
    throw new JsonShapeMistake(path, 'expected a bool, a 64-bit integer, a string, an array or an object');
  }
  const alone = isAlone(value);
  if (alone) refuseExpr(value, path);
  if (alone && entityEscape(value) !== null) return { kind: 'entity', uid: readJsonUid(value, path) };
  const call = alone ? extensionEscape(value) : null;
  if (call !== null) return readCall(call, path);
  const entries = entriesAt(value, path).map(([key, item]): [string, CedarValue] => [
    key,
    readUntyped(item, pointer(path, key)),
  ]);
  return { kind: 'record', entries: new Map(entries) };
}

function readCall(call: { readonly fn: string; readonly args: readonly unknown[] }, path: string): CedarValue {
  const fn = [...EXTENSION_CONSTRUCTORS, ...EXTENSION_METHODS].find((known) => known === call.fn);
  if (fn === undefined) throw new JsonShapeMistake(path, `\`${call.fn}\` is no function`);
  return callAt(
    fn,
    call.args.map((arg) => readUntyped(arg, path)),
    path,
  );
}

function callAt(fn: ExtensionFunction, args: readonly CedarValue[], path: string): CedarValue {
  try {
    return callExtension(
      fn,
      args.map((value) => ({ value, span: null })),
    );
  } catch (error) {
    if (error instanceof EvaluationError) throw new JsonShapeMistake(path, error.message);
    throw error;
  }
}
