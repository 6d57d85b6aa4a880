// In: values that projection found, one slot at a time. Out: kinds, value words and bytes in the core's staging area
// (contract/codes.ts KIND_*). Never reads a property of the request's objects but elements of its arrays.
//
// The byte room of one request:
//
//   0          bottom              top           size
//   | long texts →  |    free      |  ← lists, short texts |
//
// Long texts wait until all are known and go in with one `encodeInto`, for its cost is mostly per call.

import {
  ELEMENT_KIND,
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  KIND_BOOL,
  KIND_ENTRY,
  KIND_LIST,
  KIND_LIST_TOO_LONG,
  KIND_MAP,
  KIND_MISSING,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OTHER,
  KIND_STRING,
  KIND_STRING_ILL_FORMED,
  KIND_STRING_TOO_LONG,
} from '../wasm-core/contract/codes.ts';
import { MAX_LIST_ELEMENTS, MAX_STRING_BYTES_DEFAULT } from '../wasm-core/contract/limits.ts';
import { ownValue } from './own.ts';
import { isWellFormed, utf8Length } from './text.ts';

/** Answers of `putText`. */
export const TEXT_TOO_LONG = -1;
export const TEXT_ILL_FORMED = -2;
const encoder = new TextEncoder();

export class Staging {
  /** A filling is under way: a call from inside a proxy's trap must not start another, nor move the area. */
  busy = false;
  /** Who filled the area last and left its part for next time (a session), or null. */
  resident: object | null = null;
  /** Counts moves of the area; views made under another number are stale. */
  generation = 0;
  /** The byte room ran out: no verdict can be given. */
  overflow = false;
  trusted = false;
  bottom = 0;
  top = 0;
  size = 0;

  u8: Uint8Array = new Uint8Array(0);
  u32: Uint32Array = new Uint32Array(0);
  f64: Float64Array = new Float64Array(0);
  /** The byte room, from its first byte. */
  room: Uint8Array = new Uint8Array(0);
  kindsAt = 0;
  /** In 8-byte units. */
  valuesAt = 0;
  bytesAt = 0;

  /** Longer texts go in by `encodeInto`. In UTF-16 units. */
  readonly #loopChars: number;
  #maxStringBytes = MAX_STRING_BYTES_DEFAULT;
  /** Where long texts go: `room` from `bottom` on. */
  #longRoom: Uint8Array = this.room;
  #longCount = 0;
  readonly #longTexts: string[] = [];
  readonly #longSlots: number[] = [];

  constructor(loopChars: number) {
    this.#loopChars = loopChars;
  }

  place(buffer: ArrayBuffer, kindsAt: number, valuesAt: number, bytesAt: number, size: number): void {
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.kindsAt = kindsAt;
    this.valuesAt = valuesAt / 8;
    this.bytesAt = bytesAt;
    this.size = size - (size % 8);
    this.room = new Uint8Array(buffer, bytesAt, size);
    this.generation += 1;
    this.resident = null;
  }

  /** Bytes of the room that values may point into. */
  get bytesUsed(): number {
    return this.top < this.size ? this.size : this.bottom;
  }

  /**
   * Starts a filling. `longRoom` is `room` from `bottom` on; the values already staged lie outside [bottom, top).
   *
   * @param trusted it is of plain data, says the caller (`DecideOptions.trusted`): lists are read by plain loads
   */
  begin(maxStringBytes: number, bottom: number, top: number, longRoom: Uint8Array, trusted: boolean): void {
    this.trusted = trusted;
    this.#maxStringBytes = maxStringBytes;
    this.bottom = bottom;
    this.top = top;
    this.#longRoom = longRoom;
    // Of a filling that threw half-way.
    for (let i = 0; i < this.#longCount; i += 1) this.#longTexts[i] = '';
    this.#longCount = 0;
    this.overflow = false;
    this.resident = null;
  }

  missing(slot: number): void {
    this.u8[this.kindsAt + slot] = KIND_MISSING;
  }

  entry(slot: number, entry: number): void {
    this.u8[this.kindsAt + slot] = KIND_ENTRY;
    this.u32[(this.valuesAt + slot) * 2] = entry;
  }

  other(slot: number): void {
    this.u8[this.kindsAt + slot] = KIND_OTHER;
  }

  nothing(slot: number): void {
    this.u8[this.kindsAt + slot] = KIND_NULL;
  }

  bool(slot: number, value: boolean): void {
    this.u8[this.kindsAt + slot] = KIND_BOOL;
    const at = (this.valuesAt + slot) * 2;
    this.u32[at] = value ? 1 : 0;
    this.u32[at + 1] = 0;
  }

  number(slot: number, value: number): void {
    this.u8[this.kindsAt + slot] = KIND_NUMBER;
    this.f64[this.valuesAt + slot] = value;
  }

  map(slot: number, size: number): void {
    this.word(slot, KIND_MAP, size, 0);
  }

  illFormed(slot: number): void {
    this.u8[this.kindsAt + slot] = KIND_STRING_ILL_FORMED;
  }

  tooLong(slot: number): void {
    this.u8[this.kindsAt + slot] = KIND_STRING_TOO_LONG;
  }

  /** A list whose elements no rule looks at. */
  listOfLength(slot: number, count: number): void {
    if (count > MAX_LIST_ELEMENTS) this.word(slot, KIND_LIST_TOO_LONG, count, 0);
    else this.word(slot, KIND_LIST, 0, count);
  }

  /** Stages a string, or says why it is none (LANGUAGE.md 3.6). */
  text(slot: number, text: string): void {
    const { length } = text;
    if (length > this.#maxStringBytes) {
      this.tooLong(slot);
    } else if (length === 0) {
      this.word(slot, KIND_STRING, 0, 0);
    } else if (length > this.#loopChars) {
      this.u8[this.kindsAt + slot] = KIND_STRING;
      this.#longTexts[this.#longCount] = text;
      this.#longSlots[this.#longCount] = slot;
      this.#longCount += 1;
    } else if (this.#putAscii(text)) {
      this.word(slot, KIND_STRING, this.top, length);
    } else {
      this.#exactText(slot, text);
    }
  }

  /** Puts a text at the top if it is all ASCII and there is room; if not, it may have scribbled in the free part. */
  #putAscii(text: string): boolean {
    const { length } = text;
    const start = this.top - length;
    if (start < this.bottom) return false;
    const at = this.bytesAt + start;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      this.u8[at + i] = unit;
    }
    this.top = start;
    return true;
  }

  /** A text that is not all ASCII, or for which room is tight: measured first. */
  #exactText(slot: number, text: string): void {
    const sizeBytes = utf8Length(text);
    if (sizeBytes > this.#maxStringBytes) this.tooLong(slot);
    else if (!isWellFormed(text)) this.illFormed(slot);
    else if (this.#put(text, sizeBytes)) this.word(slot, KIND_STRING, this.top, sizeBytes);
  }

  /**
   * Puts a text at the top, for one who keeps count of bytes: its size, or TEXT_TOO_LONG, or TEXT_ILL_FORMED minus the bytes that
   * count. Without room for it: `overflow`.
   */
  putText(text: string, bytesLeft: number): number {
    if (text.length > bytesLeft) return TEXT_TOO_LONG;
    if (text.length <= this.#loopChars && this.#putAscii(text)) return text.length;
    const sizeBytes = utf8Length(text);
    if (sizeBytes > bytesLeft) return TEXT_TOO_LONG;
    if (!isWellFormed(text)) return TEXT_ILL_FORMED - sizeBytes;
    this.#put(text, sizeBytes);
    return sizeBytes;
  }

  /** Puts a well-formed text of known size at the top. */
  #put(text: string, sizeBytes: number): boolean {
    const start = this.top - sizeBytes;
    if (start < this.bottom) {
      this.overflow = true;
      return false;
    }
    encoder.encodeInto(text, this.room.subarray(start, this.top));
    this.top = start;
    return true;
  }

  /**
   * Stages a list with its elements. Elements are read as own data properties, so a hole and an accessor are missing; the
   * strings together may have `maxStringBytes` (LANGUAGE.md 3.6). `objects`: what objects and arrays in it count as.
   */
  list(slot: number, list: readonly unknown[], count: number, objects: number = KIND_OTHER): void {
    if (count === 0) return this.word(slot, KIND_LIST, 0, 0);
    const before = this.top;
    const first = ((before - (before % 8)) | 0) - count * ELEMENT_SIZE;
    if (first < this.bottom) {
      this.overflow = true;
      return;
    }
    this.top = first;
    // What lies between is no part of the list: sessions compare bytes.
    for (let at = first + count * ELEMENT_SIZE; at < before; at += 1) this.room[at] = 0;
    let stringBytes = 0;
    for (let i = 0; i < count; i += 1) {
      const value = this.trusted ? list[i] : ownValue(list, i);
      const at = this.bytesAt + first + i * ELEMENT_SIZE;
      const word = (at + ELEMENT_VALUE) / 4;
      let kind = KIND_OTHER;
      let low = 0;
      let high = 0;
      if (typeof value === 'string') {
        if (value.length > this.#maxStringBytes - stringBytes) return this.#tooLongList(slot, before, count);
        if (value.length <= this.#loopChars && this.#putAscii(value)) {
          kind = KIND_STRING;
          high = value.length;
        } else {
          high = utf8Length(value);
          if (high > this.#maxStringBytes - stringBytes) return this.#tooLongList(slot, before, count);
          kind = isWellFormed(value) ? KIND_STRING : KIND_STRING_ILL_FORMED;
          if (kind === KIND_STRING && !this.#put(value, high)) return;
        }
        stringBytes += high;
        low = this.top;
      } else if (typeof value === 'boolean') {
        kind = KIND_BOOL;
        low = value ? 1 : 0;
      } else if (value === null) {
        kind = KIND_NULL;
      } else if (value === undefined) {
        kind = KIND_MISSING;
      } else if (typeof value === 'object') {
        kind = objects;
      }
      this.u32[(at + ELEMENT_KIND) / 4] = kind;
      this.u32[at / 4 + 1] = 0;
      this.u32[word] = low;
      this.u32[word + 1] = high;
      if (typeof value === 'number') {
        this.u32[(at + ELEMENT_KIND) / 4] = KIND_NUMBER;
        this.f64[(at + ELEMENT_VALUE) / 8] = value;
      }
    }
    this.word(slot, KIND_LIST, first, count);
  }

  #tooLongList(slot: number, top: number, count: number): void {
    this.top = top;
    this.word(slot, KIND_LIST_TOO_LONG, count, 0);
  }

  /** A text as an element of its own kind. */
  textElement(slot: number, kind: number, text: string): void {
    const sizeBytes = this.putText(text, this.size);
    if (this.overflow || sizeBytes < 0) {
      this.overflow = true;
      return;
    }
    const start = this.top;
    const at = ((start - ELEMENT_SIZE) | 7) - 7;
    if (at < this.bottom) {
      this.overflow = true;
      return;
    }
    this.top = at;
    const word = (this.bytesAt + at) / 4;
    this.u32[word + ELEMENT_KIND / 4] = kind;
    this.u32[word + 1] = 0;
    this.u32[word + ELEMENT_VALUE / 4] = start;
    this.u32[word + ELEMENT_VALUE / 4 + 1] = sizeBytes;
    this.word(slot, kind, at, 0);
  }

  /** Puts the waiting texts in. After it the area is complete, unless `overflow`. */
  finish(): void {
    const count = this.#longCount;
    if (count === 0) return;
    let text = this.#longTexts[0] ?? '';
    for (let i = 1; i < count; i += 1) text += this.#longTexts[i] ?? '';
    // Worst case 3 bytes a unit: past it, lists and short texts could be overwritten.
    const fits = text.length * 3 <= this.top - this.bottom;
    const done = fits ? encoder.encodeInto(text, this.#longRoom) : { read: 0, written: -1 };
    if (done.read === text.length && done.written === text.length) {
      // All ASCII: units and bytes are the same.
      for (let i = 0; i < count; i += 1) {
        const length = (this.#longTexts[i] ?? '').length;
        this.word(this.#longSlots[i] ?? 0, KIND_STRING, this.bottom, length);
        this.bottom += length;
      }
    } else {
      for (let i = 0; i < count; i += 1) this.#exactText(this.#longSlots[i] ?? 0, this.#longTexts[i] ?? '');
    }
    // Keeps no text of a request alive.
    for (let i = 0; i < count; i += 1) this.#longTexts[i] = '';
    this.#longCount = 0;
  }

  /** A slot's kind and value word. */
  word(slot: number, kind: number, low: number, high: number): void {
    this.u8[this.kindsAt + slot] = kind;
    const at = (this.valuesAt + slot) * 2;
    this.u32[at] = low;
    this.u32[at + 1] = high;
  }
}

/** The length of an array, as its own data property (LANGUAGE.md 3.5): a proxy may answer anything. Null: not a length. */
export function listLength(list: readonly unknown[], trusted: boolean): number | null {
  const length: unknown = trusted ? list.length : ownValue(list, 'length');
  return typeof length === 'number' && length >>> 0 === length ? length : null;
}

/** Whether a kind says all by itself: what stands beside it is of some earlier request. */
export function isWithoutValue(kind: number): boolean {
  switch (kind) {
    case KIND_MISSING:
    case KIND_NULL:
    case KIND_OTHER:
    case KIND_STRING_ILL_FORMED:
    case KIND_STRING_TOO_LONG:
      return true;
    default:
      return false;
  }
}
