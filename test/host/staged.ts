// For tests: a staging area without a core, and what stands in it (or in request bytes) as plain values.

import { ByteBuffer } from 'flatbuffers';
import { Projection } from '../../host-js/request.ts';
import { fullSlots, type Slot } from '../../host-js/slots.ts';
import { Staging } from '../../host-js/staging.ts';
import type { Root } from '../../host-js/types.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as request from '../../wasm-core/contract/request.ts';

const ROOM = 1 << 20;

export function emptyStaging(): Staging {
  const staging = new Staging(24);
  staging.place(new ArrayBuffer(ROOM + 4096), 16, 1024, 4096, ROOM);
  return staging;
}

/** Slots of these paths (first segment the root), after the tool's; all want everything, none has a dictionary. */
export function slotsOf(...paths: readonly (readonly [Root, ...string[]])[]): Slot[] {
  const tool: readonly [Root, ...string[]] = ['tool'];
  return fullSlots(
    [tool, ...paths].map(([root, ...segments], index) => ({
      index,
      text: [root, ...segments].join('.'),
      keyLow: (index * 0x9e3779b1) >>> 0,
      keyHigh: (index * 0x85ebca6b) >>> 0,
      root,
      segments,
      form: null,
      wantsText: true,
      wantsList: true,
      wantsSize: true,
      wantsTree: false,
      wantsType: true,
      entries: null,
      closed: false,
      members: null,
    })),
  );
}

/** What a slot or an element holds: a kind, and its value where it has one. */
export type Held = readonly [kind: number, value?: unknown];

interface Columns {
  readonly kind: (column: number) => number;
  readonly value: (column: number) => DataView;
  readonly bytes: Uint8Array;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function held(kind: number, word: DataView, bytes: Uint8Array): Held {
  const low = word.getUint32(0, true);
  const high = word.getUint32(4, true);
  switch (kind) {
    case codes.KIND_BOOL:
      return [kind, low === 1];
    case codes.KIND_NUMBER:
      return [kind, word.getFloat64(0, true)];
    case codes.KIND_STRING:
      return [kind, decoder.decode(bytes.subarray(low, low + high))];
    case codes.KIND_LIST:
      if (low % 8 !== 0) throw new Error(`a list at ${low}`);
      return [
        kind,
        Array.from({ length: high }, (_, i) => {
          const at = bytes.byteOffset + low + i * codes.ELEMENT_SIZE;
          const element = new DataView(bytes.buffer, at, codes.ELEMENT_SIZE);
          const value = new DataView(bytes.buffer, at + codes.ELEMENT_VALUE, 8);
          return held(element.getUint8(codes.ELEMENT_KIND), value, bytes);
        }),
      ];
    case codes.KIND_MAP:
    case codes.KIND_LIST_TOO_LONG:
    case codes.KIND_ENTRY:
      return [kind, low];
    default:
      return [kind];
  }
}

function heldIn(columns: Columns, count: number): Held[] {
  return Array.from({ length: count }, (_, i) => held(columns.kind(i), columns.value(i), columns.bytes));
}

export function heldInStaging(staging: Staging, count: number): Held[] {
  const { buffer } = staging.u8;
  return heldIn(
    {
      kind: (i) => staging.u8[staging.kindsAt + i] ?? -1,
      value: (i) => new DataView(buffer, (staging.valuesAt + i) * 8, 8),
      bytes: staging.room,
    },
    count,
  );
}

/** Projects and reads back; a number is a refusal. */
export function project(slots: readonly Slot[], value: unknown, maxStringBytes = 65536): Held[] | number {
  const staging = emptyStaging();
  const point = new Projection(slots, maxStringBytes).stageRequest(staging, value);
  return point < 0 ? point : heldInStaging(staging, slots.length);
}

/** Request bytes as the npm reader sees them. */
export function readRequest(bytes: Uint8Array): {
  readonly identifier: string;
  readonly point: number;
  readonly layout: bigint;
  readonly keys: readonly bigint[] | null;
  readonly held: readonly Held[];
} {
  const buffer = new ByteBuffer(bytes);
  const table = buffer.readInt32(0);
  const field = (index: number): number => buffer.__offset(table, 4 + index * 2);
  const vector = (index: number): { readonly at: number; readonly length: number } => {
    const offset = field(index);
    return { at: buffer.__vector(table + offset), length: buffer.__vector_len(table + offset) };
  };
  const kinds = vector(request.REQUEST_KINDS_FIELD);
  const values = vector(request.REQUEST_VALUES_FIELD);
  const data = vector(request.REQUEST_BYTES_FIELD);
  if (values.at % 8 !== 0 || data.at % 8 !== 0 || values.length !== kinds.length) throw new Error('misplaced vectors');
  const hasKeys = field(request.REQUEST_KEYS_FIELD) !== 0;
  const keys = hasKeys ? vector(request.REQUEST_KEYS_FIELD) : { at: 0, length: 0 };
  return {
    identifier: buffer.getBufferIdentifier(),
    point: buffer.readUint8(table + field(request.REQUEST_POINT_FIELD)),
    layout: buffer.readUint64(table + field(request.REQUEST_LAYOUT_FIELD)),
    keys: hasKeys ? Array.from({ length: keys.length }, (_, i) => buffer.readUint64(keys.at + i * 8)) : null,
    held: heldIn(
      {
        kind: (i) => buffer.readUint8(kinds.at + i),
        value: (i) => new DataView(bytes.buffer, bytes.byteOffset + values.at + i * 8, 8),
        bytes: bytes.subarray(data.at, data.at + data.length),
      },
      kinds.length,
    ),
  };
}
