// In: a filled staging area. Out: request bytes (schema/request.fbs, FORMAT.md 4): a FlatBuffer laid out by hand, valid for every
// reader. Little-endian by construction, like the core's memory.
//
//   0 root offset, 4 "LCRQ", 8 vtable, 24 table, 56 kinds, [keys,] values, bytes; data of the last three 8-aligned
//
// Lists lie at the high end of the staging room; here they follow the long texts, so their offsets move.

import { ELEMENT_SIZE, ELEMENT_VALUE, KIND_LIST, KIND_MISSING, KIND_STRING } from '../wasm-core/contract/codes.ts';
import { REQUEST_IDENTIFIER } from '../wasm-core/contract/layout.ts';
import {
  REQUEST_BYTES_FIELD,
  REQUEST_FIELD_COUNT,
  REQUEST_KEYS_FIELD,
  REQUEST_KINDS_FIELD,
  REQUEST_LAYOUT_FIELD,
  REQUEST_POINT_FIELD,
  REQUEST_VALUES_FIELD,
} from '../wasm-core/contract/request.ts';
import { KIND_BYTES, KIND_DURATION, KIND_RECORD, KIND_TIMESTAMP } from '../wasm-core/contract/terms.ts';
import type { ArtifactContents } from './artifact.ts';
import type { Slot } from './slots.ts';
import type { Staging } from './staging.ts';

/** `positional` for the artifact at hand; `keyed` for any artifact, whatever its slots. */
export type RequestForm = 'positional' | 'keyed';

const VTABLE_AT = 8;
const TABLE_AT = 24;
/** The table: i32 to the vtable, u8 point, u64 layout, four offsets. */
const POINT_IN_TABLE = 4;
const LAYOUT_IN_TABLE = 8;
const OFFSETS_IN_TABLE = 16;
const TABLE_SIZE = 32;

/** The bytes of what is staged. Allocates them; the staging area is not changed. */
export function encodeStaged(
  staging: Staging,
  point: number,
  artifact: ArtifactContents,
  form: RequestForm,
): Uint8Array {
  const isKeyed = form === 'keyed';
  const columns = isKeyed ? keyedSlots(staging, artifact.slots) : artifact.slots;
  const count = columns.length;

  // Texts first, then, 8-aligned, what lies at the high end.
  const high = staging.size - staging.top;
  const aligned = staging.top - (staging.top % 8);
  const highAt = align(staging.bottom);
  const bytesSize = high === 0 ? staging.bottom : highAt + staging.size - aligned;

  const kindsAt = TABLE_AT + TABLE_SIZE;
  const keysAt = vectorAt(kindsAt + 4 + count);
  const valuesAt = isKeyed ? vectorAt(keysAt + 4 + count * 8) : keysAt;
  const bytesAt = vectorAt(valuesAt + 4 + count * 8);
  const out = new Uint8Array(align(bytesAt + 4 + bytesSize));
  const view = new DataView(out.buffer);

  view.setUint32(0, TABLE_AT, true);
  view.setUint32(4, REQUEST_IDENTIFIER, true);
  view.setUint16(VTABLE_AT, 4 + REQUEST_FIELD_COUNT * 2, true);
  view.setUint16(VTABLE_AT + 2, TABLE_SIZE, true);
  view.setInt32(TABLE_AT, TABLE_AT - VTABLE_AT, true);
  const place = (field: number, inTable: number): void => view.setUint16(VTABLE_AT + 4 + field * 2, inTable, true);
  const vector = (field: number, inTable: number, at: number, length: number): void => {
    place(field, inTable);
    view.setUint32(TABLE_AT + inTable, at - TABLE_AT - inTable, true);
    view.setUint32(at, length, true);
  };
  place(REQUEST_POINT_FIELD, POINT_IN_TABLE);
  view.setUint8(TABLE_AT + POINT_IN_TABLE, point);
  place(REQUEST_LAYOUT_FIELD, LAYOUT_IN_TABLE);
  if (!isKeyed) {
    view.setUint32(TABLE_AT + LAYOUT_IN_TABLE, artifact.layoutLow, true);
    view.setUint32(TABLE_AT + LAYOUT_IN_TABLE + 4, artifact.layoutHigh, true);
  }
  if (isKeyed) vector(REQUEST_KEYS_FIELD, OFFSETS_IN_TABLE, keysAt, count);
  vector(REQUEST_KINDS_FIELD, OFFSETS_IN_TABLE + 4, kindsAt, count);
  vector(REQUEST_VALUES_FIELD, OFFSETS_IN_TABLE + 8, valuesAt, count);
  vector(REQUEST_BYTES_FIELD, OFFSETS_IN_TABLE + 12, bytesAt, bytesSize);

  const move = (offset: number): number => (offset >= staging.top ? offset - aligned + highAt : offset);
  const data = bytesAt + 4;
  out.set(staging.room.subarray(0, staging.bottom), data);
  if (high > 0) out.set(staging.room.subarray(aligned, staging.size), data + highAt);
  for (const [column, slot] of columns.entries()) {
    if (isKeyed) {
      view.setUint32(keysAt + 4 + column * 8, slot.keyLow, true);
      view.setUint32(keysAt + 8 + column * 8, slot.keyHigh, true);
    }
    const kind = staging.u8[staging.kindsAt + slot.index] ?? 0;
    out[kindsAt + 4 + column] = kind;
    if (kind === KIND_MISSING) continue;
    const from = (staging.valuesAt + slot.index) * 2;
    const low = staging.u32[from] ?? 0;
    const isPlaced = kind === KIND_STRING || kind === KIND_LIST || isBoxed(kind);
    view.setUint32(valuesAt + 4 + column * 8, isPlaced ? move(low) : low, true);
    view.setUint32(valuesAt + 8 + column * 8, staging.u32[from + 1] ?? 0, true);
    if (kind === KIND_LIST) moveElements(view, data, move(low), staging.u32[from + 1] ?? 0, move);
    else if (kind === KIND_RECORD || kind === KIND_BYTES) moveElements(view, data, move(low), 1, move);
  }
  return out;
}

/** What a slot carries as the place of an element. */
function isBoxed(kind: number): boolean {
  return kind === KIND_RECORD || kind === KIND_BYTES || kind === KIND_TIMESTAMP || kind === KIND_DURATION;
}

/** `first`: where the elements lie now, from the start of the bytes at `data`. */
function moveElements(
  view: DataView,
  data: number,
  first: number,
  count: number,
  move: (offset: number) => number,
): void {
  for (let i = 0; i < count; i += 1) {
    const at = data + first + i * ELEMENT_SIZE;
    const kind = view.getUint8(at);
    if (kind !== KIND_STRING && kind !== KIND_LIST && kind !== KIND_RECORD && kind !== KIND_BYTES) continue;
    const offset = move(view.getUint32(at + ELEMENT_VALUE, true));
    view.setUint32(at + ELEMENT_VALUE, offset, true);
    const length = view.getUint32(at + ELEMENT_VALUE + 4, true);
    if (kind === KIND_LIST) moveElements(view, data, offset, length, move);
    else if (kind === KIND_RECORD) moveElements(view, data, offset, length * 2, move);
  }
}

/** The slots that carry something, by key as an unsigned 64-bit number. */
function keyedSlots(staging: Staging, slots: readonly Slot[]): Slot[] {
  return slots
    .filter((slot) => staging.u8[staging.kindsAt + slot.index] !== KIND_MISSING)
    .sort((a, b) => a.keyHigh - b.keyHigh || a.keyLow - b.keyLow);
}

/** Place of a vector's length such that its data is 8-aligned. */
function vectorAt(at: number): number {
  return align(at + 4) - 4;
}

function align(size: number): number {
  return (size + 7) & ~7;
}
