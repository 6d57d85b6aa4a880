// In: bytes that claim to be a FlatBuffer with one root table. Out: the fields of that table, each checked to lie inside the
// bytes. Never reads outside [start, start + size), whatever the bytes say: sizes are subtracted, never added.

let bufferStart: usize = 0;
let bufferSize: u32 = 0;
let tableAt: u32 = 0;
let tableSize: u32 = 0;
let vtableAt: u32 = 0;
let vtableSize: u32 = 0;

/** Set by `vector`: address of the first element, and how many there are. */
export let vectorAddress: usize = 0;
export let vectorCount: u32 = 0;

/** Makes the root table the one that `scalar` and `vector` read. */
export function openRoot(start: usize, size: u32, identifier: u32): bool {
  if (size < 16 || load<u32>(start, 4) != identifier) return false;
  const root = load<u32>(start);
  if (root > size - 4 || root & 3) return false;
  const vtable = <i64>root - load<i32>(start + root);
  if (vtable < 0 || vtable > <i64>(size - 4) || vtable & 1) return false;
  const at = <u32>vtable;
  const slots: u32 = load<u16>(start + at);
  const inline: u32 = load<u16>(start + at, 2);
  if (slots < 4 || slots & 1 || slots > size - at || inline < 4 || inline > size - root) return false;
  bufferStart = start;
  bufferSize = size;
  tableAt = root;
  tableSize = inline;
  vtableAt = at;
  vtableSize = slots;
  return true;
}

/** Offset of a field in the table, 0 if it is absent, -1 if `width` bytes do not fit there. */
function fieldOffset(field: u32, width: u32): i32 {
  const slot: u32 = 4 + field * 2;
  if (slot >= vtableSize) return 0;
  const offset: u32 = load<u16>(bufferStart + vtableAt + slot);
  if (offset == 0) return 0;
  return offset < 4 || offset > tableSize || width > tableSize - offset ? -1 : <i32>offset;
}

/** Address of a scalar field, 0 if absent, 1 if it is out of bounds. */
export function scalar(field: u32, width: u32): usize {
  const offset = fieldOffset(field, width);
  return offset <= 0 ? <usize>-offset : bufferStart + tableAt + <usize>offset;
}

/** Sets vectorAddress and vectorCount (0 and 0 if the field is absent); false if it does not lie inside the bytes. */
export function vector(field: u32, elementSize: u32): bool {
  vectorAddress = 0;
  vectorCount = 0;
  const offset = fieldOffset(field, 4);
  if (offset <= 0) return offset == 0;
  const at = tableAt + offset;
  const away = load<u32>(bufferStart + at);
  const room = bufferSize - at; // at least 4: the table lies inside
  if (away > room - 4) return false;
  const count = load<u32>(bufferStart + at + away);
  if (count > (room - away - 4) / elementSize) return false;
  vectorAddress = bufferStart + at + away + 4;
  vectorCount = count;
  return true;
}
