// In: a filled staging area. Out: request bytes (schema/request.fbs, FORMAT.md 4): a FlatBuffer laid out by hand, valid for every
// reader. All but what a request brings is a template, written once. Little-endian by construction, like the core's memory.
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
import type { Slot } from './slots.ts';
import { isWithoutValue, type Staging } from './staging.ts';

/** `positional` for the artifact at hand; `keyed` for any artifact, whatever its slots. */
export type RequestForm = 'positional' | 'keyed';

const VTABLE_AT = 8;
const TABLE_AT = 24;
/** The table: i32 to the vtable, u8 point, u64 layout, four offsets. */
const POINT_IN_TABLE = 4;
const LAYOUT_IN_TABLE = 8;
const OFFSETS_IN_TABLE = 16;
const TABLE_SIZE = 32;
const KINDS_AT: number = TABLE_AT + TABLE_SIZE;
/** Up to so many words a loop copies them faster than a view and `set`. */
const LOOP_WORDS = 64;

/** Encodes requests of one artifact in one form. Holds room for twice the largest request so far. */
export class RequestEncoder {
  readonly #slots: readonly Slot[];
  readonly #isKeyed: boolean;
  /** Indexes of the slots that have a column, in the order of columns. */
  #columns: number[];
  #u8: Uint8Array = new Uint8Array(0);
  #u32: Uint32Array = new Uint32Array(0);
  #keysAt = 0;
  #valuesAt = 0;
  #bytesAt = 0;
  /** What is added to an offset into the high end. */
  #moved = 0;
  #top = 0;

  /** `layoutLow`, `layoutHigh`: the artifact's; not asked for in the keyed form. */
  constructor(slots: readonly Slot[], form: RequestForm, layoutLow: number, layoutHigh: number) {
    this.#isKeyed = form === 'keyed';
    // Keys ascend as unsigned 64-bit numbers.
    this.#slots = this.#isKeyed ? [...slots].sort((a, b) => a.keyHigh - b.keyHigh || a.keyLow - b.keyLow) : slots;
    this.#columns = this.#slots.map((slot) => slot.index);
    this.#lay();
    this.#reach(this.#bytesAt + 4);
    this.#writeTable(this.#isKeyed ? 0 : layoutLow, this.#isKeyed ? 0 : layoutHigh);
  }

  /** The bytes of what is staged, until the next call. The staging area is not changed. */
  encode(staging: Staging, point: number): Uint8Array {
    if (this.#isKeyed) this.#chooseColumns(staging);
    // Texts first, then, 8-aligned, what lies at the high end.
    const { bottom, top, size } = staging;
    const high = size - top;
    const aligned = top - (top % 8);
    const highAt = align(bottom);
    const bytesSize = high === 0 ? bottom : highAt + size - aligned;
    const data = this.#bytesAt + 4;
    const end = align(data + bytesSize);
    this.#reach(end);
    this.#top = top;
    this.#moved = highAt - aligned;

    const u8 = this.#u8;
    const u32 = this.#u32;
    u8[TABLE_AT + POINT_IN_TABLE] = point;
    u32[this.#bytesAt / 4] = bytesSize;
    this.#copy(staging, 0, data, bottom);
    if (high > 0) this.#copy(staging, aligned, data + highAt, size - aligned);
    for (let at = data + highAt; at < data + highAt + (top % 8) && high > 0; at += 1) u8[at] = 0;
    const columns = this.#columns;
    const kindsAt = KINDS_AT + 4;
    const valuesAt = (this.#valuesAt + 4) / 4;
    for (let column = 0; column < columns.length; column += 1) {
      const slot = columns[column] ?? 0;
      const kind = staging.u8[staging.kindsAt + slot] ?? 0;
      const to = valuesAt + column * 2;
      u8[kindsAt + column] = kind;
      if (isWithoutValue(kind)) {
        // What stands in the staging area is of some earlier request.
        u32[to] = 0;
        u32[to + 1] = 0;
        continue;
      }
      const from = (staging.valuesAt + slot) * 2;
      const low = staging.u32[from] ?? 0;
      const second = staging.u32[from + 1] ?? 0;
      const isPlaced = kind === KIND_STRING || kind === KIND_LIST || isBoxed(kind);
      const placed = isPlaced ? this.#placed(low) : low;
      u32[to] = placed;
      u32[to + 1] = second;
      if (kind === KIND_LIST) this.#moveElements(data, placed, second);
      else if (kind === KIND_RECORD || kind === KIND_BYTES) this.#moveElements(data, placed, 1);
    }
    return u8.subarray(0, end);
  }

  #placed(offset: number): number {
    return offset >= this.#top ? offset + this.#moved : offset;
  }

  /** Copies bytes of the staging room to a place of 8-byte alignment, and zeros up to the next one. */
  #copy(staging: Staging, from: number, to: number, sizeBytes: number): void {
    const words = (sizeBytes + 3) >>> 2;
    const source = (staging.bytesAt + from) / 4;
    if (words > LOOP_WORDS || !Number.isInteger(source)) {
      this.#u8.set(staging.room.subarray(from, from + sizeBytes), to);
    } else {
      const u32 = this.#u32;
      const target = to / 4;
      for (let i = 0; i < words; i += 1) u32[target + i] = staging.u32[source + i] ?? 0;
    }
    for (let at = to + sizeBytes; at < align(to + sizeBytes); at += 1) this.#u8[at] = 0;
  }

  /** `first`: where the elements lie now, from the start of the bytes at `data`. */
  #moveElements(data: number, first: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      const at = data + first + i * ELEMENT_SIZE;
      const kind = this.#u8[at] ?? 0;
      if (kind !== KIND_STRING && kind !== KIND_LIST && kind !== KIND_RECORD && kind !== KIND_BYTES) continue;
      const word = (at + ELEMENT_VALUE) / 4;
      const offset = this.#placed(this.#u32[word] ?? 0);
      this.#u32[word] = offset;
      const length = this.#u32[word + 1] ?? 0;
      if (kind === KIND_LIST) this.#moveElements(data, offset, length);
      else if (kind === KIND_RECORD) this.#moveElements(data, offset, length * 2);
    }
  }

  /** Columns for the slots that carry something; everything behind the table moves with their number. */
  #chooseColumns(staging: Staging): void {
    const columns = this.#columns;
    const before = columns.length;
    let count = 0;
    for (let i = 0; i < this.#slots.length; i += 1) {
      const slot = this.#slots[i];
      if (slot === undefined || staging.u8[staging.kindsAt + slot.index] === KIND_MISSING) continue;
      columns[count] = slot.index;
      count += 1;
    }
    const hasMoved = before !== count;
    columns.length = count;
    if (hasMoved) this.#lay();
    this.#reach(this.#bytesAt + 4);
    if (hasMoved) this.#writeVectors();
    let key = (this.#keysAt + 4) / 4;
    for (let i = 0, column = 0; column < count; i += 1) {
      const slot = this.#slots[i];
      if (slot === undefined) return;
      if (slot.index !== columns[column]) continue;
      this.#u32[key] = slot.keyLow;
      this.#u32[key + 1] = slot.keyHigh;
      key += 2;
      column += 1;
    }
  }

  /** Places of the vectors, for as many columns as there are. */
  #lay(): void {
    const count = this.#columns.length;
    this.#keysAt = vectorAt(KINDS_AT + 4 + count);
    this.#valuesAt = this.#isKeyed ? vectorAt(this.#keysAt + 4 + count * 8) : this.#keysAt;
    this.#bytesAt = vectorAt(this.#valuesAt + 4 + count * 8);
  }

  #writeTable(layoutLow: number, layoutHigh: number): void {
    const view = new DataView(this.#u8.buffer);
    view.setUint32(0, TABLE_AT, true);
    view.setUint32(4, REQUEST_IDENTIFIER, true);
    view.setUint16(VTABLE_AT, 4 + REQUEST_FIELD_COUNT * 2, true);
    view.setUint16(VTABLE_AT + 2, TABLE_SIZE, true);
    view.setInt32(TABLE_AT, TABLE_AT - VTABLE_AT, true);
    view.setUint32(TABLE_AT + LAYOUT_IN_TABLE, layoutLow, true);
    view.setUint32(TABLE_AT + LAYOUT_IN_TABLE + 4, layoutHigh, true);
    const place = (field: number, inTable: number): void => view.setUint16(VTABLE_AT + 4 + field * 2, inTable, true);
    place(REQUEST_POINT_FIELD, POINT_IN_TABLE);
    place(REQUEST_LAYOUT_FIELD, LAYOUT_IN_TABLE);
    if (this.#isKeyed) place(REQUEST_KEYS_FIELD, OFFSETS_IN_TABLE);
    place(REQUEST_KINDS_FIELD, OFFSETS_IN_TABLE + 4);
    place(REQUEST_VALUES_FIELD, OFFSETS_IN_TABLE + 8);
    place(REQUEST_BYTES_FIELD, OFFSETS_IN_TABLE + 12);
    this.#writeVectors();
  }

  /** Offsets and lengths of all vectors but the length of the bytes; zeros in between. */
  #writeVectors(): void {
    const count = this.#columns.length;
    this.#u8.fill(0, KINDS_AT, this.#bytesAt + 4);
    const vector = (inTable: number, at: number): void => {
      this.#u32[(TABLE_AT + inTable) / 4] = at - TABLE_AT - inTable;
      this.#u32[at / 4] = count;
    };
    if (this.#isKeyed) vector(OFFSETS_IN_TABLE, this.#keysAt);
    vector(OFFSETS_IN_TABLE + 4, KINDS_AT);
    vector(OFFSETS_IN_TABLE + 8, this.#valuesAt);
    vector(OFFSETS_IN_TABLE + 12, this.#bytesAt);
  }

  /** Room for so many bytes; what is written stays. */
  #reach(sizeBytes: number): void {
    if (this.#u8.length >= sizeBytes) return;
    const larger = new Uint8Array(align(sizeBytes * 2));
    larger.set(this.#u8);
    this.#u8 = larger;
    this.#u32 = new Uint32Array(larger.buffer);
  }
}

/** What a slot carries as the place of an element. */
function isBoxed(kind: number): boolean {
  return kind === KIND_RECORD || kind === KIND_BYTES || kind === KIND_TIMESTAMP || kind === KIND_DURATION;
}

/** Place of a vector's length such that its data is 8-aligned. */
function vectorAt(at: number): number {
  return align(at + 4) - 4;
}

function align(size: number): number {
  return (size + 7) & ~7;
}
