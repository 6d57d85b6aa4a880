// In: a value that some term reads, and the staging area. Out: the value with all that is in it, as elements at the top of the byte
// room (contract/terms.ts). Reads own data properties, elements, entries of a Map, bytes of a Uint8Array; never calls a getter.
// Over a limit of LANGUAGE.md 5.10 (a cycle ends there too) the whole is given up: the slot then says only what other views ask.

import {
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  KIND_BOOL,
  KIND_LIST,
  KIND_LIST_TOO_LONG,
  KIND_MISSING,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OTHER,
  KIND_STRING,
  KIND_STRING_ILL_FORMED,
} from '../wasm-core/contract/codes.ts';
import { MAX_LIST_ELEMENTS, MAX_TREE_DEPTH, MAX_TREE_ELEMENTS } from '../wasm-core/contract/limits.ts';
import { KIND_BYTES, KIND_INT, KIND_RECORD, KIND_TIMESTAMP, KIND_UINT } from '../wasm-core/contract/terms.ts';
import { isInt64, isUint64 } from './int64.ts';
import { kindOfObject } from './kinds.ts';
import { isArray, ownValue } from './own.ts';
import type { Slot } from './slots.ts';
import { listLength, type Staging, TEXT_ILL_FORMED, TEXT_TOO_LONG } from './staging.ts';

const { getOwnPropertyNames, keys } = Object;

const ENTRY_BYTES = ELEMENT_SIZE * 2;
/** 0001-01-01T00:00:00Z, 10000-01-01T00:00:00Z. */
const FIRST_MS = -62_135_596_800_000;
const END_MS = 253_402_300_800_000;

/** Over a limit, or out of room: `Staging.overflow` tells them apart. */
const GIVEN_UP: Error = new Error('over');

/** Stages what a slot that a term reads carries: an object, an array or a BigInt. */
export function stageTree(staging: Staging, slot: Slot, value: object | bigint, maxStringBytes: number): void {
  if (typeof value === 'bigint') {
    staging.word(slot.index, kindOfBigInt(value), lowWord(value), highWord(value));
    return;
  }
  const before = staging.top;
  const tree = new TreeWriter(staging, maxStringBytes);
  if (isArray(value)) {
    const count = listLength(value, false);
    if (count === null) return staging.other(slot.index);
    try {
      const first = tree.list(value, count, 0);
      staging.word(slot.index, KIND_LIST, first, count);
    } catch (thrown) {
      if (thrown !== GIVEN_UP) throw thrown;
      staging.top = before;
      if (slot.wantsList && count <= MAX_LIST_ELEMENTS) staging.list(slot.index, value, count, KIND_LIST_TOO_LONG);
      else staging.word(slot.index, KIND_LIST_TOO_LONG, count, 0);
    }
    return;
  }
  const size = slot.wantsSize ? keys(value).length : 0;
  try {
    const at = tree.room(ELEMENT_SIZE);
    const kind = tree.object(value, at, 0);
    if (kind === KIND_OTHER) staging.other(slot.index);
    else staging.word(slot.index, kind, at, size);
  } catch (thrown) {
    if (thrown !== GIVEN_UP) throw thrown;
    staging.top = before;
    staging.map(slot.index, size);
  }
}

/** A BigInt as it stands in a slot or an element: its kind; KIND_OTHER if 64 bits do not hold it. */
function kindOfBigInt(value: bigint): number {
  if (isInt64(value)) return KIND_INT;
  return isUint64(value) ? KIND_UINT : KIND_OTHER;
}

function lowWord(value: bigint): number {
  return Number(value & 0xffffffffn);
}

function highWord(value: bigint): number {
  return Number((value >> 32n) & 0xffffffffn);
}

class TreeWriter {
  readonly #staging: Staging;
  #bytesLeft: number;
  #elementsLeft = MAX_TREE_ELEMENTS;

  constructor(staging: Staging, maxStringBytes: number) {
    this.#staging = staging;
    this.#bytesLeft = maxStringBytes;
  }

  /** An 8-aligned place in the room, as an offset. */
  room(sizeBytes: number): number {
    const staging = this.#staging;
    const first = staging.top - (staging.top % 8) - sizeBytes;
    if (first < staging.bottom) {
      staging.overflow = true;
      throw GIVEN_UP;
    }
    staging.top = first;
    return first;
  }

  /** Offset of the elements of an array. */
  list(list: readonly unknown[], count: number, depth: number): number {
    this.#enter(count, depth);
    if (count === 0) return 0;
    const first = this.room(count * ELEMENT_SIZE);
    for (let i = 0; i < count; i += 1) this.#value(ownValue(list, i), first + i * ELEMENT_SIZE, depth + 1);
    return first;
  }

  /** Writes an object as the element at an offset; its kind. */
  object(value: object, at: number, depth: number): number {
    const found = kindOfObject(value);
    switch (found.kind) {
      case 'date':
        return this.#date(found.epochMs, at);
      case 'bytes':
        return this.#bytes(found.bytes, found.sizeBytes, at);
      case 'map':
        return this.#entries(found.entries, at, depth);
      default: {
        const entries: [unknown, unknown][] = [];
        for (const name of getOwnPropertyNames(value)) {
          const item = ownValue(value, name);
          if (item !== undefined) entries.push([name, item]);
        }
        return this.#entries(entries, at, depth);
      }
    }
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], at: number, depth: number): number {
    const count = entries.length;
    this.#enter(count * 2, depth);
    const first = count === 0 ? 0 : this.room(count * ENTRY_BYTES);
    for (let i = 0; i < count; i += 1) {
      const [key, value] = entries[i] ?? [];
      const entry = first + i * ENTRY_BYTES;
      this.#key(key, entry);
      this.#value(value, entry + ELEMENT_SIZE, depth + 1);
    }
    return this.#element(at, KIND_RECORD, 0, first, count);
  }

  #enter(elements: number, depth: number): void {
    if (depth >= MAX_TREE_DEPTH || elements > this.#elementsLeft) throw GIVEN_UP;
    this.#elementsLeft -= elements;
  }

  #key(key: unknown, at: number): void {
    if (typeof key === 'string') this.#text(key, at);
    else if (typeof key === 'boolean') this.#element(at, KIND_BOOL, 0, key ? 1 : 0, 0);
    else if (typeof key === 'bigint') this.#bigint(key, at);
    else this.#element(at, KIND_OTHER, 0, 0, 0);
  }

  #value(value: unknown, at: number, depth: number): void {
    switch (typeof value) {
      case 'string':
        return this.#text(value, at);
      case 'number':
        this.#element(at, KIND_NUMBER, 0, 0, 0);
        this.#staging.f64[(this.#staging.bytesAt + at + ELEMENT_VALUE) / 8] = value;
        return;
      case 'boolean':
        this.#element(at, KIND_BOOL, 0, value ? 1 : 0, 0);
        return;
      case 'bigint':
        return this.#bigint(value, at);
      case 'undefined':
        this.#element(at, KIND_MISSING, 0, 0, 0);
        return;
      case 'object': {
        if (value === null) {
          this.#element(at, KIND_NULL, 0, 0, 0);
        } else if (isArray(value)) {
          const count = listLength(value, false);
          if (count === null) this.#element(at, KIND_OTHER, 0, 0, 0);
          else this.#element(at, KIND_LIST, 0, this.list(value, count, depth), count);
        } else this.object(value, at, depth);
        return;
      }
      default:
        this.#element(at, KIND_OTHER, 0, 0, 0);
    }
  }

  #text(text: string, at: number): void {
    const staging = this.#staging;
    const sizeBytes = staging.putText(text, this.#bytesLeft);
    if (sizeBytes === TEXT_TOO_LONG || staging.overflow) throw GIVEN_UP;
    if (sizeBytes <= TEXT_ILL_FORMED) {
      this.#bytesLeft -= TEXT_ILL_FORMED - sizeBytes;
      this.#element(at, KIND_STRING_ILL_FORMED, 0, 0, 0);
      return;
    }
    this.#bytesLeft -= sizeBytes;
    this.#element(at, KIND_STRING, 0, staging.top, sizeBytes);
  }

  #bigint(value: bigint, at: number): void {
    this.#element(at, kindOfBigInt(value), 0, lowWord(value), highWord(value));
  }

  #date(epochMs: number, at: number): number {
    if (!(epochMs >= FIRST_MS && epochMs < END_MS)) return this.#element(at, KIND_OTHER, 0, 0, 0);
    const seconds = Math.floor(epochMs / 1000);
    const nanos = (epochMs - seconds * 1000) * 1_000_000;
    return this.#element(at, KIND_TIMESTAMP, nanos, seconds, Math.floor(seconds / 0x1_0000_0000));
  }

  #bytes(bytes: Uint8Array, sizeBytes: number, at: number): number {
    if (sizeBytes > this.#bytesLeft) throw GIVEN_UP;
    this.#bytesLeft -= sizeBytes;
    const first = sizeBytes === 0 ? 0 : this.room((sizeBytes + 7) & ~7);
    if (sizeBytes > 0) this.#staging.room.set(bytes, first);
    return this.#element(at, KIND_BYTES, 0, first, sizeBytes);
  }

  #element(at: number, kind: number, aux: number, low: number, high: number): number {
    const { u32, bytesAt } = this.#staging;
    const word = (bytesAt + at) / 4;
    u32[word] = kind;
    u32[word + 1] = aux;
    u32[word + 2] = low;
    u32[word + 3] = high;
    return kind;
  }
}
