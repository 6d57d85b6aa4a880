// The entities of Cedar that the host laid into memory (FORMAT.md 3.11). In: an entity's text. Out: its record, or 0. Two stores are in
// use at most: what came with the request, asked first, and what was loaded.
// Trusts what the host wrote, as staging does; bytes of a request never come with entities.

import {
  ENTITY_ANCESTORS,
  ENTITY_KEY,
  ENTITY_SIZE,
  STORE_BUCKETS,
  STORE_COUNT,
  STORE_HEADER,
  STORE_MASK,
} from '../../contract/terms.ts';
import { hashText, sameText } from '../text.ts';
import { isForeign } from '../value.ts';
import { AUX, lengthOf, SIZE, spanOf } from '../term/element.ts';

let loaded: usize = 0;
let overlay: usize = 0;

/** Makes these the stores of the decisions that follow; 0: none. */
export function useStores(base: usize, extra: usize): void {
  loaded = base;
  overlay = extra;
}

/**
 * Fills the buckets of a store whose records stand, and the hashes of their ancestors. A bucket: hash, number of the record + 1.
 * Every text must be in reach of the staging area's bytes, which `setRequest` named.
 */
export function indexStore(store_: usize): void {
  const count = load<u32>(store_, STORE_COUNT);
  const mask = load<u32>(store_, STORE_MASK);
  const buckets = store_ + load<u32>(store_, STORE_BUCKETS);
  memory.fill(buckets, 0, (<usize>mask + 1) << 3);
  for (let i: u32 = 0; i < count; i++) {
    const record = store_ + STORE_HEADER + i * <u32>ENTITY_SIZE;
    const key = record + ENTITY_KEY;
    const hash = hashText(spanOf(key), lengthOf(key));
    let at = hash & mask;
    while (load<u32>(buckets + (at << 3), 4) != 0) at = (at + 1) & mask;
    store<u32>(buckets + (at << 3), hash);
    store<u32>(buckets + (at << 3), i + 1, 4);
    const ancestors = record + ENTITY_ANCESTORS;
    let ancestor = spanOf(ancestors);
    const end = ancestor + lengthOf(ancestors) * <u32>SIZE;
    for (; ancestor < end; ancestor += SIZE) {
      store<u32>(ancestor, hashText(spanOf(ancestor), lengthOf(ancestor)), AUX);
    }
  }
}

/** The record of the entity at `at`, or 0. */
export function findEntity(at: usize): usize {
  if (isForeign || (loaded | overlay) == 0) return 0;
  const hash = hashText(spanOf(at), lengthOf(at));
  const found: usize = overlay == 0 ? 0 : findIn(overlay, at, hash);
  return found != 0 || loaded == 0 ? found : findIn(loaded, at, hash);
}

function findIn(store_: usize, at: usize, hash: u32): usize {
  const mask = load<u32>(store_, STORE_MASK);
  const buckets = store_ + load<u32>(store_, STORE_BUCKETS);
  // INVARIANT (host-js/cedar/store.ts): there are more buckets than records, so one is empty.
  let bucket = hash & mask;
  let number = load<u32>(buckets + (bucket << 3), 4);
  while (number != 0) {
    const record = store_ + STORE_HEADER + (number - 1) * <u32>ENTITY_SIZE;
    if (load<u32>(buckets + (bucket << 3)) == hash && isSameText(record + ENTITY_KEY, at)) return record;
    bucket = (bucket + 1) & mask;
    number = load<u32>(buckets + (bucket << 3), 4);
  }
  return 0;
}

/** Whether the entity at `at`, whose record is `record` or 0, is `group` or below it. */
export function isWithin(record: usize, at: usize, group: usize): bool {
  if (isSameText(at, group)) return true;
  if (record == 0) return false;
  const hash = hashText(spanOf(group), lengthOf(group));
  const ancestors = record + ENTITY_ANCESTORS;
  let ancestor = spanOf(ancestors);
  const end = ancestor + lengthOf(ancestors) * <u32>SIZE;
  for (; ancestor < end; ancestor += SIZE) {
    if (load<u32>(ancestor, AUX) == hash && isSameText(ancestor, group)) return true;
  }
  return false;
}

@inline
export function isSameText(a: usize, b: usize): bool {
  return lengthOf(a) == lengthOf(b) && sameText(spanOf(a), spanOf(b), lengthOf(a));
}
