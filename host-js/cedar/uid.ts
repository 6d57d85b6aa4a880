// In: an entity as a request or JSON names it. Out: its key, the text `Type::"id"` with the id raw, by which host and core know it.
// Never takes a type that is no name.

import { isObject, ownValue } from '../own.ts';
import { isWellFormed } from '../text.ts';
import { entityEscape } from './escapes.ts';

/** What is wrong with entities or a request; `path` is a JSON pointer. Caught where an engine is called. */
export class CedarInputError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.path = path;
  }
}

/** `Type::"id"`, `{type, id}` or `{__entity: {type, id}}`. @throws CedarInputError */
export function keyOf(value: unknown, path: string): string {
  return typeof value === 'string' ? keyOfText(value, path) : jsonKeyOf(value, path);
}

/** As JSON has it: `{type, id}` or `{__entity: {type, id}}`. @throws CedarInputError */
export function jsonKeyOf(value: unknown, path: string): string {
  if (!isObject(value)) throw new CedarInputError(path, 'expected an entity: `type` and `id`, both texts');
  const inner = hasOwn(value, '__entity') ? entityEscape(value) : null;
  if (hasOwn(value, '__expr') && typeof ownValue(value, '__expr') === 'string')
    throw new CedarInputError(path, '`__expr` is not supported');
  const type = ownValue(inner ?? value, 'type');
  const id = ownValue(inner ?? value, 'id');
  if (typeof type === 'string' && typeof id === 'string') {
    return keysOfType.get(type)?.get(id) ?? newKey(type, id, path);
  }
  throw new CedarInputError(path, 'expected an entity: `type` and `id`, both texts');
}

const { hasOwn } = Object;

/** Keys made before: a text that is there already has its hash, and is not put together again. */
const keysOfType = new Map<string, Map<string, string>>();
let keyCount = 0;
const MAX_KEYS = 65536;

function newKey(type: string, id: string, path: string): string {
  checkType(type, path);
  if (!isWellFormed(id)) throw new CedarInputError(path, 'an id with half a character');
  const key = `${type}::"${id}"`;
  if (keyCount >= MAX_KEYS) {
    keysOfType.clear();
    keyCount = 0;
  }
  const keys = keysOfType.get(type) ?? new Map<string, string>();
  keysOfType.set(type, keys.set(id, key));
  keyCount += 1;
  return key;
}

/** The type in a key: no type has a quote. */
export function typeOfKey(key: string): string {
  return key.slice(0, key.indexOf('"') - 2);
}

export function idOfKey(key: string): string {
  return key.slice(key.indexOf('"') + 1, -1);
}

export function isActionKey(key: string): boolean {
  const type = typeOfKey(key);
  return type === 'Action' || type.endsWith('::Action');
}

const PLAIN = /^([A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*)::"([^"\\]*)"$/;
const ESCAPED = /^([A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*)::"((?:[^"\\]|\\[^])*)"$/;

function keyOfText(text: string, path: string): string {
  const [, type, id] = PLAIN.exec(text) ?? ESCAPED.exec(text) ?? [];
  if (type === undefined || id === undefined || !isWellFormed(text)) {
    throw new CedarInputError(path, `\`${text}\` is no entity, as in \`User::"alice"\``);
  }
  checkType(type, path);
  return id.includes('\\') ? `${type}::"${unescape(id, path)}"` : text;
}

function unescape(text: string, path: string): string {
  const escape = /\\(?:([nrt0\\'"])|x([0-7][0-9A-Fa-f])|u\{([0-9A-Fa-f]{1,6})\}|([^]))/g;
  return text.replace(escape, (_, simple?: string, byte?: string, point?: string, other?: string) => {
    const code = Number.parseInt(byte ?? point ?? '0', 16);
    if (other !== undefined || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw new CedarInputError(path, 'an escape that Cedar does not have');
    }
    return simple === undefined ? String.fromCodePoint(code) : (SIMPLE[simple] ?? simple);
  });
}

const SIMPLE: { readonly [char: string]: string } = { n: '\n', r: '\r', t: '\t', '0': '\0' };

const RESERVED = new Set(['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has', '__cedar']);
const knownTypes = new Set<string>();

function checkType(type: string, path: string): void {
  if (knownTypes.has(type)) return;
  const parts = type.split('::');
  if (!parts.every((part) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) && !RESERVED.has(part))) {
    throw new CedarInputError(path, `\`${type}\` is no name of an entity type`);
  }
  if (knownTypes.size < 4096) knownTypes.add(type);
}
