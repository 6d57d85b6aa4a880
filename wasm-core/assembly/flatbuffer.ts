// In: bytes that claim to be a FlatBuffer with one root table. Out: the fields of that table, each checked to lie inside the
// bytes. Never reads outside [start, start + size), whatever the bytes say: sizes are subtracted, never added.

import { REQUEST_IDENTIFIER } from '../contract/layout.ts';

/** Address of the table, bytes from there to the end of the buffer, and how many of them are the table's own. */
let table: usize = 0;
let room: u32 = 0;
let tableSize: u32 = 0;
let vtable: usize = 0;
let vtableSize: u32 = 0;

/** Makes the root table the one that is read. */
@inline
function openInline(start: usize, size: u32, identifier: u32): bool {
  if (size < 16 || load<u32>(start, 4) != identifier) return false;
  const root = load<u32>(start);
  if (root > size - 4 || root & 3) return false;
  const at = <i64>root - load<i32>(start + root);
  if (<u64>at > <u64>(size - 4) || at & 1) return false;
  vtable = start + <usize>at;
  vtableSize = load<u16>(vtable);
  tableSize = load<u16>(vtable, 2);
  table = start + root;
  room = size - root;
  return vtableSize >= 4 && !(vtableSize & 1) && vtableSize <= size - <u32>at && tableSize >= 4 && tableSize <= room;
}

/** Offset of a field in the table, 0 if it is absent; more than any table has if `width` bytes do not fit there. */
@inline
function fieldOffset(field: u32, width: u32): u32 {
  if (<u32>4 + field * 2 >= vtableSize) return 0;
  const offset: u32 = load<u16>(vtable + field * 2, 4);
  return offset != 0 && (offset < 4 || offset + width > tableSize) ? OUTSIDE : offset;
}

const OUTSIDE: u32 = 0x10000;

/** Address of a scalar field, 0 if absent, 1 if it is out of bounds. */
@inline
export function scalar(field: u32, width: u32): usize {
  const offset = fieldOffset(field, width);
  return offset == 0 ? 0 : offset == OUTSIDE ? 1 : table + offset;
}

/**
 * Writes address and count of a field's elements to `to`, 8 bytes (0 and 0 if it is absent); false if it does not lie inside the bytes.
 *
 * @param shift  log2 of an element's size
 */
@inline
function vectorInline(field: u32, shift: u32, to: usize): bool {
  const offset = fieldOffset(field, 4);
  let address: usize = 0;
  let count: u32 = 0;
  if (offset != 0) {
    if (offset == OUTSIDE) return false;
    const at = table + offset;
    const away = load<u32>(at);
    const left = room - offset - 4; // the field lies inside
    if (away > left) return false;
    address = at + away + 4;
    count = load<u32>(address - 4);
    if (count > (left - away) >> shift) return false;
  }
  store<usize>(to, address);
  store<u32>(to, count, 4);
  return true;
}

export function openRoot(start: usize, size: u32, identifier: u32): bool {
  return openInline(start, size, identifier);
}

export function vector(field: u32, shift: u32, to: usize): bool {
  return vectorInline(field, shift, to);
}

/** The two of a request: inlined in the small core, where every decision passes; code of the full core is short. */
@inline
export function openRequest(start: usize, size: u32): bool {
  return WITH_TERMS ? openRoot(start, size, REQUEST_IDENTIFIER) : openInline(start, size, REQUEST_IDENTIFIER);
}

@inline
export function requestVector(field: u32, shift: u32, to: usize): bool {
  return WITH_TERMS ? vector(field, shift, to) : vectorInline(field, shift, to);
}
