// In: a value that came as JSON, numbers or BigInts. Out: the same as what a reader asks for, or a mistake that says where.
// Places in JSON values are paths (`/actions/view/appliesTo`), since a value has no offsets.

/** A mistake in a JSON value. `path` is a JSON pointer. */
export class JsonShapeMistake extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws JsonShapeMistake */
export function objectAt(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw new JsonShapeMistake(path, 'expected an object');
  return value;
}

/** What stands under `__entity` if that is an escape, as in `{"__entity": {"type": …, "id": …}}`; else the object is only an object. */
export function entityEscape(value: JsonObject): JsonObject | null {
  const inner = value['__entity'];
  const isEscape = isJsonObject(inner) && typeof inner['type'] === 'string' && typeof inner['id'] === 'string';
  return isEscape ? inner : null;
}

/** Beside another key no escape is one where no schema gives a type. */
export function isAlone(value: JsonObject): boolean {
  return Object.values(value).filter((item) => item !== undefined).length === 1;
}

/** Likewise `{"__extn": {"fn": …, "arg": …}}`, or with `args`. */
export function extensionEscape(value: JsonObject): { readonly fn: string; readonly args: readonly unknown[] } | null {
  const inner = value['__extn'];
  return isJsonObject(inner) ? extensionCall(inner) : null;
}

/** `{"fn": …, "arg": …}` or with `args`; null for anything else. */
export function extensionCall({
  fn,
  arg,
  args,
}: JsonObject): { readonly fn: string; readonly args: readonly unknown[] } | null {
  if (typeof fn !== 'string') return null;
  if (arg !== undefined) return { fn, args: [arg] };
  return Array.isArray(args) ? { fn, args } : null;
}

/** `undefined` stands for nothing, as in JSON.stringify. A Map or a Date has no keys that say what it is: it is no record. @throws JsonShapeMistake */
export function entriesAt(object: JsonObject, path: string): [string, unknown][] {
  const entries = Object.entries(object);
  if (entries.length === 0 && !isPlain(object)) throw new JsonShapeMistake(path, 'expected a plain object');
  return entries.filter(([, value]) => value !== undefined);
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** @throws JsonShapeMistake */
export function refuseExpr(value: JsonObject, path: string): void {
  if (typeof value['__expr'] === 'string') throw new JsonShapeMistake(path, '`__expr` is not supported');
}

/** @throws JsonShapeMistake */
export function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new JsonShapeMistake(path, 'expected an array');
  return value as readonly unknown[];
}

/** @throws JsonShapeMistake */
export function stringAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new JsonShapeMistake(path, 'expected a string');
  return value;
}

/** @throws JsonShapeMistake if `object` has another key than `keys` */
export function onlyKeys(object: JsonObject, keys: readonly string[], path: string): void {
  const other = Object.keys(object).find((key) => !keys.includes(key));
  if (other !== undefined) throw new JsonShapeMistake(path, `unknown key \`${other}\``);
}

/** An exact 64-bit integer, or null. A JS number must be an integer that numbers hold exactly. */
export function exactLong(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value >= -(2n ** 63n) && value < 2n ** 63n ? value : null;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null;
}

/** A key in a JSON pointer. */
export function pointer(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
