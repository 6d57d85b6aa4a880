// In: a request of a workload. Out: its bytes, written with the `flatbuffers` package's Builder: what a producer without Lictor's encoder
// does, and what `encode` is set against. Kinder to the Builder than generated code is, which adds a vector of bytes one by one.

import { Builder, ByteBuffer } from 'flatbuffers';
import type { Engine } from '../host-js/index.ts';
import {
  ELEMENT_KIND,
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  KIND_LIST,
  KIND_MISSING,
  KIND_NUMBER,
  KIND_STRING,
} from '../wasm-core/contract/codes.ts';
import { REQUEST_IDENTIFIER } from '../wasm-core/contract/layout.ts';
import {
  REQUEST_BYTES_FIELD,
  REQUEST_FIELD_COUNT,
  REQUEST_KINDS_FIELD,
  REQUEST_LAYOUT_FIELD,
  REQUEST_VALUES_FIELD,
} from '../wasm-core/contract/request.ts';
import type { WorkloadRequest } from './workload.ts';

const ROOM = 1 << 16;
const encoder = new TextEncoder();

/** @param sample bytes of any request of the engine: what they say of the artifact's layout is said again */
export function builderEncoder(
  engine: Engine,
  sample: Uint8Array | undefined,
): (request: WorkloadRequest) => Uint8Array {
  const paths = ['tool', ...engine.attributes].map((text) => text.split('.'));
  const layout = layoutOf(sample ?? new Uint8Array(0));
  const identifier = String.fromCharCode(...[0, 8, 16, 24].map((shift) => (REQUEST_IDENTIFIER >>> shift) & 0xff));
  const builder = new Builder(1024);
  const room = new Uint8Array(ROOM);
  const view = new DataView(room.buffer);
  const kinds: number[] = [];
  const values: { low: number; high: number; double: number }[] = paths.map(() => ({ low: 0, high: 0, double: 0 }));
  return (request) => {
    let end = 0;
    const text = (value: string): number => {
      const { written } = encoder.encodeInto(value, room.subarray(end));
      end += written;
      return written;
    };
    for (const [slot, path] of paths.entries()) {
      let value: unknown = request;
      for (const name of path) value = isRecord(value) ? value[name] : undefined;
      const to = values[slot] ?? { low: 0, high: 0, double: 0 };
      kinds[slot] = KIND_MISSING;
      if (typeof value === 'string') {
        kinds[slot] = KIND_STRING;
        to.low = end;
        to.high = text(value);
      } else if (typeof value === 'number') {
        kinds[slot] = KIND_NUMBER;
        to.double = value;
      } else if (Array.isArray(value)) {
        kinds[slot] = KIND_LIST;
        end = (end + 7) & ~7;
        to.low = end;
        to.high = value.length;
        end += value.length * ELEMENT_SIZE;
        for (const [i, element] of value.entries()) {
          const at = to.low + i * ELEMENT_SIZE;
          view.setUint32(at + ELEMENT_KIND, KIND_STRING, true);
          view.setUint32(at + ELEMENT_KIND + 4, 0, true);
          view.setUint32(at + ELEMENT_VALUE, end, true);
          view.setUint32(at + ELEMENT_VALUE + 4, text(String(element)), true);
        }
      }
    }
    end = (end + 7) & ~7;

    builder.clear();
    builder.startVector(1, end, 8);
    for (let at = end - 4; at >= 0; at -= 4) builder.addInt32(view.getInt32(at, true));
    const bytes = builder.endVector();
    builder.startVector(8, kinds.length, 8);
    for (let slot = kinds.length - 1; slot >= 0; slot -= 1) {
      const value = values[slot] ?? { low: 0, high: 0, double: 0 };
      if (kinds[slot] === KIND_NUMBER) {
        builder.addFloat64(value.double);
      } else {
        builder.addInt32(value.high);
        builder.addInt32(value.low);
      }
    }
    const words = builder.endVector();
    builder.startVector(1, kinds.length, 1);
    for (let slot = kinds.length - 1; slot >= 0; slot -= 1) builder.addInt8(kinds[slot] ?? KIND_MISSING);
    const kindsVector = builder.endVector();
    builder.startObject(REQUEST_FIELD_COUNT);
    builder.addFieldInt64(REQUEST_LAYOUT_FIELD, layout, 0n);
    builder.addFieldOffset(REQUEST_KINDS_FIELD, kindsVector, 0);
    builder.addFieldOffset(REQUEST_VALUES_FIELD, words, 0);
    builder.addFieldOffset(REQUEST_BYTES_FIELD, bytes, 0);
    builder.finish(builder.endObject(), identifier);
    return builder.asUint8Array();
  };
}

function layoutOf(sample: Uint8Array): bigint {
  const buffer = new ByteBuffer(sample);
  const table = buffer.readInt32(0);
  const vtable = table - buffer.readInt32(table);
  const field = buffer.readInt16(vtable + 4 + REQUEST_LAYOUT_FIELD * 2);
  return field === 0 ? 0n : buffer.readUint64(table + field);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
