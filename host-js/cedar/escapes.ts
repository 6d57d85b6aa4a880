// In: a JSON object. Out: what Cedar's escapes in it say, or null where it is only an object. Reads own data properties only.

import { isArray, isObject, ownValue } from '../own.ts';

/** What stands under `__entity` if that is an escape, as in `{__entity: {type, id}}`; else the object is only an object. */
export function entityEscape(value: object): object | null {
  const inner = ownValue(value, '__entity');
  const isEscape =
    isObject(inner) && typeof ownValue(inner, 'type') === 'string' && typeof ownValue(inner, 'id') === 'string';
  return isEscape ? inner : null;
}

/** What stands under `__extn` if that is an escape: `{fn, arg}` or `{fn, args}`; else the object is only an object. */
export function extensionEscape(value: object): object | null {
  const inner = ownValue(value, '__extn');
  if (!isObject(inner) || typeof ownValue(inner, 'fn') !== 'string') return null;
  return ownValue(inner, 'arg') !== undefined || isArray(ownValue(inner, 'args')) ? inner : null;
}

/** Whether an object has one key, not counting those that are undefined: beside another key no escape is one where no schema gives a type. */
export function isAlone(value: object): boolean {
  let count = 0;
  for (const key of Object.keys(value)) if (ownValue(value, key) !== undefined) count += 1;
  return count === 1;
}

/** Whether a value that no schema types is no record although it is an object: beside another key no escape is one. */
export function isEscape(value: object): boolean {
  let count = 0;
  for (const key of Object.keys(value)) if (ownValue(value, key) !== undefined) count += 1;
  if (count !== 1) return false;
  if (!isAlone(value)) return false;
  return typeof ownValue(value, '__expr') === 'string' || (entityEscape(value) ?? extensionEscape(value)) !== null;
}
