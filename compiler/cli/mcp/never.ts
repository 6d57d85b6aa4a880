// In: what decides, and a tool. Out: whether every call of it is denied, whatever its arguments. False where that cannot be told: a tool
// that is listed for nothing is harmless, one that is missing is not.

import { type Decider, resolve } from '../../../host-js/index.ts';

/** An engine finds out what a tool's calls need only once it has seen some. */
const TRIES = 8;

/** Denied with arguments that nobody looked into: so none can make a difference. */
export function isNeverAllowed(decider: Decider, tool: string): boolean {
  for (let i = 0; i < TRIES; i += 1) {
    const { proxy, looks } = watched();
    const { first } = resolve(decider, { tool, args: proxy });
    if (first.decision !== 'deny') return false;
    if (looks() === 0) return true;
  }
  return false;
}

function watched(): { readonly proxy: object; readonly looks: () => number } {
  let count = 0;
  const counted = <P extends unknown[], R>(real: (...parameters: P) => R) => {
    return (...parameters: P): R => {
      count += 1;
      return real(...parameters);
    };
  };
  const proxy = new Proxy(
    {},
    {
      get: counted(Reflect.get),
      has: counted(Reflect.has),
      ownKeys: counted(Reflect.ownKeys),
      getOwnPropertyDescriptor: counted(Reflect.getOwnPropertyDescriptor),
      getPrototypeOf: counted(Reflect.getPrototypeOf),
    },
  );
  return { proxy, looks: () => count };
}
