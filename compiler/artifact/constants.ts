// In: constants of the decision tables, and the byte pool. Out: their records (FORMAT.md 2.9); and back. Both directions stand
// here side by side, and share no code.

import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import { unreachable } from '../diagnostic.ts';
import type { ConstantTable } from '../plan/tables.ts';
import { ArtifactError, type Bytes } from './reader.ts';
import { Records } from './records.ts';
import type { TextPool } from './texts.ts';

const { CONSTANT_KIND, CONSTANT_LENGTH, CONSTANT_VALUE } = layout;
const ZONE_BEFORE_BYTES = 4;
const ZONE_TRANSITION_BYTES = 12;

export function constantRecords(constants: readonly ConstantTable[], texts: TextPool): Uint8Array {
  const records = new Records(constants.length, layout.CONSTANT_SIZE);
  const span = (i: number, kind: number, offset: number, length: number): void => {
    records.u32(i, CONSTANT_KIND, kind);
    records.u32(i, CONSTANT_LENGTH, length);
    records.u64(i, CONSTANT_VALUE, BigInt(offset));
  };
  for (const [i, constant] of constants.entries()) {
    switch (constant.kind) {
      case 'bool':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_BOOL);
        records.u64(i, CONSTANT_VALUE, constant.value ? 1n : 0n);
        break;
      case 'int':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_INT);
        records.i64(i, CONSTANT_VALUE, constant.value);
        break;
      case 'uint':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_UINT);
        records.u64(i, CONSTANT_VALUE, constant.value);
        break;
      case 'double':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_DOUBLE);
        records.f64(i, CONSTANT_VALUE, constant.value);
        break;
      case 'string': {
        const { offset, bytes } = texts.add(constant.value);
        span(i, codes.CONSTANT_STRING, offset, bytes.length);
        break;
      }
      case 'bytes':
        span(i, codes.CONSTANT_BYTES, texts.addBytes(Uint8Array.from(constant.value)), constant.value.length);
        break;
      case 'timestamp':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_TIMESTAMP);
        records.u32(i, CONSTANT_LENGTH, constant.nanos);
        records.i64(i, CONSTANT_VALUE, constant.seconds);
        break;
      case 'duration':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_DURATION);
        records.i32(i, CONSTANT_LENGTH, constant.nanos);
        records.i64(i, CONSTANT_VALUE, constant.seconds);
        break;
      case 'type':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_TYPE);
        records.u64(i, CONSTANT_VALUE, BigInt(constant.of));
        break;
      case 'zone':
        span(i, codes.CONSTANT_ZONE, texts.addBytes(zoneBytes(constant)), constant.transitions.length);
        break;
      case 'null':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_NULL);
        break;
      case 'empty-list':
        records.u32(i, CONSTANT_KIND, codes.CONSTANT_EMPTY_LIST);
        break;
      default:
        unreachable(constant);
    }
  }
  return records.bytes;
}

function zoneBytes({ before, transitions }: ConstantTable & { readonly kind: 'zone' }): Uint8Array {
  const bytes = new Uint8Array(ZONE_BEFORE_BYTES + transitions.length * ZONE_TRANSITION_BYTES);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, before, true);
  for (const [i, { second, offset }] of transitions.entries()) {
    const at = ZONE_BEFORE_BYTES + i * ZONE_TRANSITION_BYTES;
    view.setBigInt64(at, second, true);
    view.setInt32(at + 8, offset, true);
  }
  return bytes;
}

export function readConstants(records: Bytes, pool: Bytes): ConstantTable[] {
  return records.records(layout.CONSTANT_SIZE, (at): ConstantTable => {
    const kind = records.u32(at + CONSTANT_KIND);
    const length = at + CONSTANT_LENGTH;
    const value = at + CONSTANT_VALUE;
    switch (kind) {
      case codes.CONSTANT_BOOL:
        return { kind: 'bool', value: records.u64(value) === 1n };
      case codes.CONSTANT_INT:
        return { kind: 'int', value: records.i64(value) };
      case codes.CONSTANT_UINT:
        return { kind: 'uint', value: records.u64(value) };
      case codes.CONSTANT_DOUBLE:
        return { kind: 'double', value: records.f64(value) };
      case codes.CONSTANT_STRING:
        return { kind: 'string', value: pool.text(records.u32(value), records.u32(length)) };
      case codes.CONSTANT_BYTES:
        return { kind: 'bytes', value: [...pool.slice(records.u32(value), records.u32(length), 'bytes').bytes] };
      case codes.CONSTANT_TIMESTAMP:
        return { kind: 'timestamp', seconds: records.i64(value), nanos: records.u32(length) };
      case codes.CONSTANT_DURATION:
        return { kind: 'duration', seconds: records.i64(value), nanos: records.i32(length) };
      case codes.CONSTANT_TYPE:
        return { kind: 'type', of: records.u32(value) };
      case codes.CONSTANT_ZONE:
        return readZone(pool, records.u32(value), records.u32(length));
      case codes.CONSTANT_NULL:
        return { kind: 'null' };
      case codes.CONSTANT_EMPTY_LIST:
        return { kind: 'empty-list' };
      default:
        throw new ArtifactError(`constant section: kind ${kind} at ${at}`);
    }
  });
}

function readZone(pool: Bytes, start: number, count: number): ConstantTable {
  const zone = pool.slice(start, ZONE_BEFORE_BYTES + count * ZONE_TRANSITION_BYTES, 'zone');
  const transitions = Array.from({ length: count }, (_, i) => {
    const at = ZONE_BEFORE_BYTES + i * ZONE_TRANSITION_BYTES;
    return { second: zone.i64(at), offset: zone.i32(at + 8) };
  });
  return { kind: 'zone', before: zone.i32(0), transitions };
}

/** Whether a constant of this kind names text or bytes of the pool (FORMAT.md 2.4). */
export function namesPool(kind: number): boolean {
  return kind === codes.CONSTANT_STRING || kind === codes.CONSTANT_BYTES || kind === codes.CONSTANT_ZONE;
}
