// In: a call and its policy. Out: the same call with one thing in it drawn anew: what an engine remembers of the one must not answer
// the other, unless they are the same to every rule.

import type { Policy } from './generate.ts';
import type { Random } from './random.ts';
import { emptyObject, makeCall, type Written, type WrittenObject } from './requests.ts';

/** Null: one of the calls is no plain object, or there is nothing to put in the other's place. */
export function neighbourOf(random: Random, policy: Policy, call: Written): Written | null {
  const other = makeCall(random, policy);
  const paths = policy.world.attributes
    .filter(({ root }) => root !== 'principal' && root !== 'context')
    .map(({ root, segments }) => [root, ...segments]);
  return withPart(call, other, random.pick([['tool'], ['at'], ...paths, ...paths]));
}

/** A copy of `call` in which the part at `path` is that of `other`, or not there if `other` has none. */
function withPart(call: Written, other: Written, [first, ...rest]: readonly string[]): Written | null {
  if (first === undefined || !isPlain(call) || !isPlain(other)) return null;
  const copy: WrittenObject = Object.assign(emptyObject(), call);
  const theirs = Object.hasOwn(other, first) ? other[first] : undefined;
  if (rest.length === 0) {
    if (theirs === undefined) delete copy[first];
    else copy[first] = theirs;
    return copy;
  }
  const inner = withPart(Object.hasOwn(call, first) ? (call[first] ?? null) : null, theirs ?? null, rest);
  if (inner === null) return null;
  copy[first] = inner;
  return copy;
}

/** An object that stands for itself. */
function isPlain(written: Written): written is { readonly [key: string]: Written } {
  return (
    typeof written === 'object' &&
    written !== null &&
    !Array.isArray(written) &&
    !Object.keys(written).some((key) => key.startsWith('$'))
  );
}
