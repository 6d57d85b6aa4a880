// In: a BigInt. Out: whether 64 bits hold it. Pure.

const FIRST_INT = -(2n ** 63n);
const LAST_INT = 2n ** 63n - 1n;
const LAST_UINT = 2n ** 64n - 1n;

/**
 * Compared, not `BigInt.asIntN(64, value) === value`, which Node 20 compiles to machine words: it is what we suspect behind test processes that
 * ended with `unreachable code` in V8's deoptimizer. Costs the same.
 */
export function isInt64(value: bigint): boolean {
  return value >= FIRST_INT && value <= LAST_INT;
}

export function isUint64(value: bigint): boolean {
  return value >= 0n && value <= LAST_UINT;
}
