// In: a case's request as its JSON writes it. Out: the value that it stands for, with what JSON cannot write (REVIVERS). Runs in every
// runtime, in the realm that imports it.

/** What an object with one such key stands for. */
const REVIVERS: ReadonlyMap<string, (value: unknown) => unknown> = new Map(
  Object.entries<(value: unknown) => unknown>({
    $number: (text) => Number(text),
    $bigint: (text) => BigInt(String(text)),
    $date: (text) => new Date(String(text)),
    $bytes: (bytes) => Uint8Array.from(listOf(bytes).map(Number)),
    /** [[key, value], …] */
    $map: (entries) =>
      new Map(
        listOf(entries).map((entry) => {
          const [key, value] = listOf(entry).map(revive);
          return [key, value];
        }),
      ),
    $undefined: () => undefined,
    $function: () => () => 'called',
    /** [part, times] */
    $repeat: (pair) => {
      const [part, times] = listOf(pair);
      return String(part).repeat(Number(times));
    },
    $join: (parts) => listOf(parts).map(revive).join(''),
    /** [length, element] */
    $array: (pair) => {
      const [length, element] = listOf(pair);
      return Array.from({ length: Number(length) }, () => revive(element));
    },
    $throwingProxy: () => new Proxy({}, THROWING),
  }),
);

const THROWING: ProxyHandler<object> = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [
    trap,
    () => {
      throw new Error(`the trap ${trap} throws`);
    },
  ]),
);

/** The value that a case's JSON stands for, made anew. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    list.length = value.length;
    value.forEach((item, index) => {
      define(list, String(index), item);
    });
    return list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  const reviver = only !== undefined && entries.length === 1 ? REVIVERS.get(only[0]) : undefined;
  if (only !== undefined && reviver !== undefined) return reviver(only[1]);
  const object: object = {};
  for (const [key, item] of entries) {
    if (key === '$inherit') Object.setPrototypeOf(object, objectOf(revive(item)));
    else define(object, key, item);
  }
  return object;
}

/** A property like any other, `__proto__` included; or an accessor, one that is not enumerable, or a hole. */
function define(target: object, key: string, written: unknown): void {
  const wrapper = typeof written === 'object' && written !== null && Object.keys(written).length === 1 ? written : {};
  const inner: unknown = Object.values(wrapper)[0];
  const common = { configurable: true, enumerable: true };
  if ('$hole' in wrapper) return;
  if ('$getter' in wrapper) Object.defineProperty(target, key, { ...common, get: () => revive(inner) });
  else if ('$nonEnumerable' in wrapper)
    Object.defineProperty(target, key, { ...common, enumerable: false, value: revive(inner) });
  else Object.defineProperty(target, key, { ...common, writable: true, value: revive(written) });
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`expected a list, but found ${JSON.stringify(value)}`);
  return value;
}

function objectOf(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error(`expected an object, but found ${String(value)}`);
  return value;
}
