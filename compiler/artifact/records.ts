// In: plain numbers. Out: little-endian records and pools as bytes. Never truncates: a number that does not fit its field is
// a mistake of the planner and throws.

/** Records of one fixed size; fields are written at (record, byte offset). */
export class Records {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #recordSize: number;

  constructor(count: number, recordSize: number) {
    this.bytes = new Uint8Array(count * recordSize);
    this.#view = new DataView(this.bytes.buffer);
    this.#recordSize = recordSize;
  }

  u32(record: number, offset: number, value: number): void {
    if (value >>> 0 !== value) throw new RangeError(`field at ${offset} of record ${record} is not a u32: ${value}`);
    this.#view.setUint32(record * this.#recordSize + offset, value, true);
  }

  i32(record: number, offset: number, value: number): void {
    if ((value | 0) !== value) throw new RangeError(`field at ${offset} of record ${record} is not an i32: ${value}`);
    this.#view.setInt32(record * this.#recordSize + offset, value, true);
  }

  u64(record: number, offset: number, value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) {
      throw new RangeError(`field at ${offset} of record ${record} is not a u64: ${value}`);
    }
    this.#view.setBigUint64(record * this.#recordSize + offset, value, true);
  }

  i64(record: number, offset: number, value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) {
      throw new RangeError(`field at ${offset} of record ${record} is not an i64: ${value}`);
    }
    this.#view.setBigInt64(record * this.#recordSize + offset, value, true);
  }

  f64(record: number, offset: number, value: number): void {
    this.#view.setFloat64(record * this.#recordSize + offset, value, true);
  }
}

export function u32Pool(values: ArrayLike<number>): Uint8Array {
  const pool = new Records(values.length, 4);
  for (let i = 0; i < values.length; i += 1) pool.u32(i, 0, values[i] ?? 0);
  return pool.bytes;
}

export function u16Pool(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if ((value & 0xffff) !== value) throw new RangeError(`number ${i} of the half pool is not a u16: ${value}`);
    view.setUint16(i * 2, value, true);
  }
  return bytes;
}

export function f64Pool(values: readonly number[]): Uint8Array {
  const pool = new Records(values.length, 8);
  for (let i = 0; i < values.length; i += 1) pool.f64(i, 0, values[i] ?? 0);
  return pool.bytes;
}

export function u64Pool(values: readonly bigint[]): Uint8Array {
  const pool = new Records(values.length, 8);
  for (let i = 0; i < values.length; i += 1) pool.u64(i, 0, values[i] ?? 0n);
  return pool.bytes;
}
