// In: ranges of records, and how much verifying has looked at. Out: whether they lie inside, whether to go on.
// The arithmetic that the other verify files share; it knows nothing of what records mean.

import { FIRST_SECTION } from '../contract/layout.ts';
import { CTX_SECTIONS } from './context.ts';

/** What verifying may look at for each byte of the artifact; shared tables make it more than 1. */
const LOOKS_PER_BYTE: u64 = 1024;
const LOOKS_FLOOR: u64 = 1 << 24;

let looksLeft: u64 = 0;

/** Starts the count for an artifact of `size` bytes. */
export function beginLooks(size: u32): void {
  looksLeft = <u64>size * LOOKS_PER_BYTE + LOOKS_FLOOR;
}

/** Tables may share what they point to, so that looking at all of it could take quadratic time: give up before that. */
export function spend(looks: u64): bool {
  if (looks > looksLeft) return false;
  looksLeft -= looks;
  return true;
}

/** Whether `count` records from `first` lie below `limit`. Subtracts: a sum could wrap. */
export function fits(first: u32, count: u32, limit: u32): bool {
  return first <= limit && count <= limit - first;
}

/** Whole records of a section. */
export function countOf(ctx: usize, section: u32, recordSize: u32): u32 {
  return load<u32>(ctx + CTX_SECTIONS + (section - FIRST_SECTION) * 8, 4) / recordSize;
}
