// In: a JSON value (numbers or BigInts) of a request or an entity, and maybe the type that a schema gives it. Out: its elements.
// Reads own data properties only; never rounds an integer, never takes a value that does not have the type.

import { ELEMENT_SIZE } from '../../wasm-core/contract/codes.ts';
import { MAX_TREE_DEPTH } from '../../wasm-core/contract/limits.ts';
import * as terms from '../../wasm-core/contract/terms.ts';
import { isInt64 } from '../int64.ts';
import { isArray, isObject, ownValue } from '../own.ts';
import { isWellFormed } from '../text.ts';
import type { Elements } from './elements.ts';
import { entityEscape, extensionEscape, isEscape } from './escapes.ts';
import type { ExtensionCaller } from './extensions.ts';
import { CedarInputError, idOfKey, jsonKeyOf, typeOfKey } from './uid.ts';
import type { World, WorldRecord, WorldType } from './world.ts';

export class ValueWriter {
  readonly #elements: Elements;
  readonly #world: World | null;
  readonly #extensions: ExtensionCaller;
  /** Of a type only the shape counts, as when Cedar does not validate a request: records and sets, an entity, an extension value. */
  readonly #shapeOnly: boolean;

  constructor(elements: Elements, world: World | null, extensions: ExtensionCaller, shapeOnly = false) {
    this.#shapeOnly = shapeOnly;
    this.#elements = elements;
    this.#world = world;
    this.#extensions = extensions;
  }

  /** @throws CedarInputError */
  record(at: number, value: unknown, type: WorldRecord | null, path: string, depth = 0): void {
    if (!isObject(value)) throw new CedarInputError(path, 'expected an object');
    if (depth > MAX_TREE_DEPTH) throw new CedarInputError(path, 'nested too deep');
    const keys = Object.keys(value);
    if (keys.length === 0 && !isPlain(value)) throw new CedarInputError(path, 'expected a plain object');
    let missing = 0;
    let required = 0;
    let entry = this.#elements.record(at, keys.length);
    for (const key of keys) {
      const item = ownValue(value, key);
      if (item === undefined) {
        // As in JSON.stringify.
        missing += 1;
        continue;
      }
      const attribute = type?.attributes.get(key);
      if (type !== null && attribute === undefined && !type.open) {
        throw new CedarInputError(path, `the schema has no attribute \`${key}\` here`);
      }
      if (attribute?.required === true) required += 1;
      if (!isWellFormed(key)) throw new CedarInputError(path, 'a name with half a character');
      this.#elements.text(entry, key);
      this.value(entry + ELEMENT_SIZE, item, attribute?.type ?? null, `${path}/${key}`, depth + 1);
      entry += ELEMENT_SIZE * 2;
    }
    if (missing > 0) this.#elements.shorten(at, keys.length - missing);
    if (type !== null && required < type.requiredCount) throw new CedarInputError(path, requiredOf(value, type));
  }

  /** @throws CedarInputError */
  value(at: number, value: unknown, type: WorldType | null, path: string, depth: number): void {
    if (depth > MAX_TREE_DEPTH) throw new CedarInputError(path, 'nested too deep');
    switch (type?.kind) {
      case 'entity':
        return this.#entity(at, jsonKeyOf(value, path), this.#shapeOnly ? null : type.name, path);
      case 'set':
        return this.#set(at, value, type.element, path, depth);
      case 'record':
        return this.record(at, value, type, path, depth);
      case 'decimal':
      case 'ip':
      case 'datetime':
      case 'duration':
        return this.#extension(at, value, type.kind, path);
      default:
        return this.#untyped(at, value, this.#shapeOnly ? null : (type?.kind ?? null), path, depth);
    }
  }

  #set(at: number, value: unknown, element: WorldType | null, path: string, depth: number): void {
    if (!isArray(value)) throw new CedarInputError(path, 'expected an array');
    const count = value.length;
    let item = this.#elements.set(at, count);
    for (let i = 0; i < count; i += 1) {
      this.value(item, ownValue(value, i), element, `${path}/${i}`, depth + 1);
      item += ELEMENT_SIZE;
    }
  }

  #entity(at: number, key: string, type: string | null, path: string): void {
    const found = typeOfKey(key);
    if (type !== null && found !== type) {
      throw new CedarInputError(path, `expected a \`${type}\`, found a \`${found}\``);
    }
    const ids = type === null ? null : this.#world?.entities.get(found)?.ids;
    if (ids !== null && ids !== undefined && !ids.has(idOfKey(key))) {
      throw new CedarInputError(path, `\`${idOfKey(key)}\` is no id of the enumerated type \`${found}\``);
    }
    this.#elements.entity(at, key);
  }

  /** A text alone is given to the type's constructor; `{fn, arg}` may stand without `__extn`. */
  #extension(at: number, value: unknown, kind: keyof typeof CONSTRUCTED, path: string): void {
    const call = isObject(value) ? (extensionEscape(value) ?? value) : value;
    const found = typeof value === 'string' ? this.#extensions.call(kind, [value], path) : this.#call(call, path);
    if (!this.#shapeOnly && found.kind !== CONSTRUCTED[kind]) throw new CedarInputError(path, `expected a ${kind}`);
    found.write(this.#elements, at);
  }

  #call(value: unknown, path: string): ReturnType<ExtensionCaller['call']> {
    if (!isObject(value)) throw new CedarInputError(path, 'expected a call of an extension function: `fn` and `arg`');
    const fn = ownValue(value, 'fn');
    const listed = ownValue(value, 'args');
    const arg = ownValue(value, 'arg');
    const args = arg === undefined && isArray(listed) ? listed : [arg];
    if (typeof fn !== 'string') throw new CedarInputError(path, '`fn` is no text');
    const given = args.map((each) => {
      const inner = isObject(each) && isEscape(each) ? extensionEscape(each) : null;
      if (inner !== null) return this.#call(inner, path);
      if (typeof each === 'string') return each;
      throw new CedarInputError(path, 'an argument is no text');
    });
    return this.#extensions.call(fn, given, path);
  }

  #untyped(at: number, value: unknown, wanted: 'bool' | 'long' | 'string' | null, path: string, depth: number): void {
    const is = (kind: 'bool' | 'long' | 'string'): void => {
      if (wanted !== null && wanted !== kind) throw new CedarInputError(path, `expected a ${wanted}, found a ${kind}`);
    };
    switch (typeof value) {
      case 'boolean':
        is('bool');
        return this.#elements.bool(at, value);
      case 'number':
        is('long');
        if (Number.isSafeInteger(value)) return this.#elements.integer(at, value);
        throw new CedarInputError(path, `${value} is no integer that a number holds exactly; give a BigInt`);
      case 'bigint':
        is('long');
        if (isInt64(value)) return this.#elements.word(at, terms.KIND_INT, value);
        throw new CedarInputError(path, `${value} does not fit into 64 bits`);
      case 'string':
        is('string');
        if (isWellFormed(value)) return this.#elements.text(at, value);
        throw new CedarInputError(path, 'a text with half a character');
      default:
    }
    if (wanted === null && isArray(value)) return this.#set(at, value, null, path, depth);
    if (wanted !== null || !isObject(value)) {
      throw new CedarInputError(path, `expected ${wanted ?? 'a bool, an integer, a text, an array or an object'}`);
    }
    if (isEscape(value)) {
      if (entityEscape(value) !== null) return this.#entity(at, jsonKeyOf(value, path), null, path);
      const extension = extensionEscape(value);
      if (extension !== null) return this.#call(extension, path).write(this.#elements, at);
      throw new CedarInputError(path, '`__expr` is not supported');
    }
    this.record(at, value, null, path, depth);
  }
}

const CONSTRUCTED = {
  decimal: terms.KIND_CEDAR_DECIMAL,
  ip: terms.KIND_CIDR,
  datetime: terms.KIND_CEDAR_DATETIME,
  duration: terms.KIND_CEDAR_DURATION,
} as const;

/** Which attribute is required and not there. */
function requiredOf(value: object, { attributes }: WorldRecord): string {
  const [name] = [...attributes].find(([key, { required }]) => required && ownValue(value, key) === undefined) ?? [];
  return `the attribute \`${name}\` is required`;
}

/** A Map or a Date has no keys that say what it is. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
