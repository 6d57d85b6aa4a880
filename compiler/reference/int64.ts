// In: a BigInt. Out: whether 64 bits hold it. Pure.

const FIRST_INT = -(2n ** 63n);
const LAST_INT = 2n ** 63n - 1n;
const LAST_UINT = 2n ** 64n - 1n;

export function isInt64(value: bigint): boolean {
  return value >= FIRST_INT && value <= LAST_INT;
}

export function isUint64(value: bigint): boolean {
  return value >= 0n && value <= LAST_UINT;
}
