// In: ranges of records, and how much verifying has looked at. Out: whether they lie inside, whether to go on.
// The arithmetic that the other verify files share; it knows nothing of what records mean.

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

/** The same of the records of a section, named as context + AT_*. */
export function fitsIn(section: usize, first: u32, count: u32): bool {
  return fits(first, count, load<u32>(section, 4));
}

/** Address of a record of a section, named as context + AT_*; 0 if there is none of that index. */
export function recordIn(section: usize, index: u32, size: u32): usize {
  return index < load<u32>(section, 4) ? load<usize>(section) + index * size : 0;
}

/** Records of a section, by its AT_*. */
@inline
export function countOf(ctx: usize, at: usize): u32 {
  return load<u32>(ctx + at, 4);
}

/**
 * Whether `count` numbers of `1 << shift` bytes from `first` on lie in a section, and each is at least `least` and below `limit`.
 */
export function areWithin(section: usize, first: u32, count: u32, shift: u32, least: u32, limit: u32): bool {
  if (!fitsIn(section, first, count) || !spend(count)) return false;
  let at = load<usize>(section) + (first << shift);
  for (const end = at + (count << shift); at < end; at += 1 << shift) {
    const number: u32 = shift == 0 ? load<u8>(at) : shift == 1 ? load<u16>(at) : load<u32>(at);
    if (number < least || number >= limit) return false;
  }
  return true;
}
