// In: what a caller gave. Out: nothing, or a TypeError, where `@cedar-policy/cedar-wasm` throws too: what is no such call at all.
// A key with the value `undefined` is not there, as in JSON.stringify. Never reads a policy.

import { isJsonObject } from '../syntax/cedar/json-value.ts';

const REQUEST = ['principal', 'action', 'resource', 'context', 'entities'];

/** @throws TypeError */
export function checkAuthorizationCall(call: unknown): void {
  const given = checkKeys(call, [...REQUEST, 'policies'], ['schema', 'validateRequest'], 'a call');
  checkFlag(given['validateRequest']);
  checkPolicySet(given['policies']);
}

/** @throws TypeError */
export function checkStatefulCall(call: unknown): void {
  const optional = ['preparsedSchemaName', 'validateRequest'];
  const given = checkKeys(call, [...REQUEST, 'preparsedPolicySetId'], optional, 'a call');
  checkFlag(given['validateRequest']);
  if (typeof given['preparsedPolicySetId'] !== 'string') throw new TypeError('`preparsedPolicySetId` is no string');
  const name = given['preparsedSchemaName'] ?? '';
  if (typeof name !== 'string') throw new TypeError('`preparsedSchemaName` is no string');
}

/** @throws TypeError */
export function checkPolicySet(set: unknown): void {
  const given = checkKeys(set, [], ['staticPolicies', 'templates', 'templateLinks'], 'a policy set');
  const { staticPolicies, templates, templateLinks } = given;
  const isStatic =
    typeof staticPolicies === 'string' || (typeof staticPolicies === 'object' && staticPolicies !== null);
  if (staticPolicies !== undefined && !isStatic)
    throw new TypeError('`staticPolicies` is a string, an array or an object');
  if (templates !== undefined && !isJsonObject(templates)) throw new TypeError('`templates` is no object');
  if (templateLinks === undefined) return;
  if (!Array.isArray(templateLinks)) throw new TypeError('`templateLinks` is no array');
  for (const item of templateLinks as readonly unknown[]) {
    const { templateId, newId, values } = checkKeys(item, ['templateId', 'newId', 'values'], [], 'a template link');
    if (typeof templateId !== 'string' || typeof newId !== 'string')
      throw new TypeError('the id of a link is no string');
    if (!isJsonObject(values)) throw new TypeError('the `values` of a link are no object');
  }
}

/** @throws TypeError */
export function checkKeys(
  value: unknown,
  required: readonly string[],
  optional: readonly string[],
  what: string,
): { readonly [key: string]: unknown } {
  if (!isJsonObject(value)) throw new TypeError(`${what} is an object`);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const missing = required.find((key) => !keys.includes(key));
  if (missing !== undefined) throw new TypeError(`missing field \`${missing}\``);
  const other = keys.find((key) => !required.includes(key) && !optional.includes(key));
  if (other !== undefined) throw new TypeError(`unknown field \`${other}\``);
  return value;
}

function checkFlag(value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw new TypeError('`validateRequest` is no boolean');
}
