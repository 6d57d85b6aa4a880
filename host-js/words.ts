// In: a section of an artifact. Out: its records, read field by field. Bounds are the DataView's: never reads outside.

import type { FlatTable } from './fb.ts';

/** A section as records of u32 fields; `u16` of a pool of halves. */
export interface Words {
  readonly length: number;
  u16(record: number): number;
  u32(record: number, offset: number): number;
}

export function words(root: FlatTable, field: number, recordSize: number): Words {
  const bytes = root.bytes(field) ?? new Uint8Array(0);
  if (bytes.length % recordSize !== 0) throw new RangeError('a section of broken records');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    length: bytes.length / recordSize,
    u16: (record) => view.getUint16(record * 2, true),
    u32: (record, offset) => view.getUint32(record * recordSize + offset, true),
  };
}
