// In: Cedar values, part by part. Out: elements and texts in the form of contract/terms.ts, in a buffer of its own that grows. Offsets
// are counted from the buffer's first byte until `place` says where it lies. Never reads a request.

import { ELEMENT_SIZE, ELEMENT_VALUE, KIND_BOOL, KIND_LIST, KIND_STRING } from '../../wasm-core/contract/codes.ts';
import { KIND_CIDR, KIND_ENTITY, KIND_INT, KIND_RECORD } from '../../wasm-core/contract/terms.ts';

const encoder = new TextEncoder();
const AUX = 4;

export class Elements {
  #buffer: ArrayBuffer;
  #u8: Uint8Array;
  #view: DataView;
  #used = 0;
  /** Where offsets stand that `place` has to shift. */
  readonly #offsets: number[] = [];

  constructor(sizeBytes: number) {
    this.#buffer = new ArrayBuffer(sizeBytes);
    this.#u8 = new Uint8Array(this.#buffer);
    this.#view = new DataView(this.#buffer);
  }

  get used(): number {
    return this.#used;
  }

  clear(): void {
    this.#used = 0;
    this.#offsets.length = 0;
  }

  /** A place of `sizeBytes`, zeroed, 8-byte aligned. */
  reserve(sizeBytes: number): number {
    const at = (this.#used + 7) & ~7;
    this.#grow(at + sizeBytes);
    this.#u8.fill(0, at, at + sizeBytes);
    this.#used = at + sizeBytes;
    return at;
  }

  /** Copies all to `target` at `start`, offsets counted from `origin` bytes before that. */
  place(target: Uint8Array, start: number, origin: number): void {
    if (origin !== 0) {
      for (const at of this.#offsets) this.#view.setUint32(at, (this.#view.getUint32(at, true) + origin) >>> 0, true);
    }
    target.set(this.#u8.subarray(0, this.#used), start);
  }

  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  bool(at: number, value: boolean): void {
    this.#u8[at] = KIND_BOOL;
    this.#view.setUint32(at + ELEMENT_VALUE, value ? 1 : 0, true);
  }

  /** An integer that a JS number holds exactly. */
  integer(at: number, value: number): void {
    this.#u8[at] = KIND_INT;
    this.#view.setUint32(at + ELEMENT_VALUE, value >>> 0, true);
    this.#view.setInt32(at + ELEMENT_VALUE + 4, Math.floor(value / 4294967296), true);
  }

  word(at: number, kind: number, value: bigint): void {
    this.#u8[at] = kind;
    this.#view.setBigInt64(at + ELEMENT_VALUE, value, true);
  }

  text(at: number, text: string): void {
    this.#text(at, KIND_STRING, text);
  }

  entity(at: number, key: string): void {
    this.#text(at, KIND_ENTITY, key);
  }

  /** `address`: its 16 bytes; `version` 4 or 6. */
  ip(at: number, address: Uint8Array, version: number, prefix: number): void {
    const place = this.reserve(16);
    this.#u8.set(address, place);
    this.#span(at, KIND_CIDR, place, version);
    this.#view.setUint32(at + AUX, prefix, true);
  }

  /** A set of `count` elements, to be filled; where they begin. */
  set(at: number, count: number): number {
    const place = this.reserve(count * ELEMENT_SIZE);
    this.#span(at, KIND_LIST, place, count);
    return place;
  }

  /** A record of `count` entries, key and value each an element. */
  record(at: number, count: number): number {
    const place = this.reserve(count * ELEMENT_SIZE * 2);
    this.#span(at, KIND_RECORD, place, count);
    return place;
  }

  /** A record was reserved for more entries than it has. */
  shorten(at: number, count: number): void {
    this.#view.setUint32(at + ELEMENT_VALUE + 4, count, true);
  }

  #text(at: number, kind: number, text: string): void {
    // At most 3 bytes a unit.
    this.#grow(this.#used + text.length * 3);
    const start = this.#used;
    let end = start;
    for (let i = 0; i < text.length && end >= 0; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) this.#u8[end++] = unit;
      else end = -1;
    }
    if (end < 0) end = start + (encoder.encodeInto(text, this.#u8.subarray(start)).written ?? 0);
    this.#used = end;
    this.#span(at, kind, start, end - start);
  }

  #span(at: number, kind: number, start: number, length: number): void {
    this.#u8[at] = kind;
    this.#view.setUint32(at + ELEMENT_VALUE, start, true);
    this.#view.setUint32(at + ELEMENT_VALUE + 4, length, true);
    this.#offsets.push(at + ELEMENT_VALUE);
  }

  #grow(sizeBytes: number): void {
    if (sizeBytes <= this.#buffer.byteLength) return;
    const buffer = new ArrayBuffer(Math.max(sizeBytes, this.#buffer.byteLength * 2));
    const u8 = new Uint8Array(buffer);
    u8.set(this.#u8.subarray(0, this.#used));
    this.#buffer = buffer;
    this.#u8 = u8;
    this.#view = new DataView(buffer);
  }
}
