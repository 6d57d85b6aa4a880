// In: bytes nobody has checked. Out: FlatBuffers tables, vectors and texts in them, and fixed records, by bounds-checked reads.
// Never reads outside the bytes: what does not fit throws `ArtifactError`. Shares no code with the writer.

/** The bytes are not a well-formed artifact. The message says what was expected, where, and what is there. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** A part of the file: the whole, or one [ubyte] vector. Offsets count from its start. */
export class Bytes {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  get size(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#check(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#check(at, 2), true);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#check(at, 4), true);
  }

  i32(at: number): number {
    return this.#view.getInt32(this.#check(at, 4), true);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(this.#check(at, 8), true);
  }

  i64(at: number): bigint {
    return this.#view.getBigInt64(this.#check(at, 8), true);
  }

  f64(at: number): number {
    return this.#view.getFloat64(this.#check(at, 8), true);
  }

  slice(at: number, size: number, name: string): Bytes {
    this.#check(at, size);
    return new Bytes(this.bytes.subarray(at, at + size), name);
  }

  text(at: number, size: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.slice(at, size, '').bytes);
    } catch (error) {
      if (error instanceof ArtifactError) throw error;
      throw new ArtifactError(`${this.#name}: no UTF-8 text in the ${size} bytes at ${at}`);
    }
  }

  /** How many records of this size the part holds. */
  count(recordSize: number): number {
    if (this.size % recordSize !== 0) {
      throw new ArtifactError(`${this.#name}: ${this.size} bytes are not a multiple of ${recordSize}`);
    }
    return this.size / recordSize;
  }

  /** Every record of this size, by its offset. */
  records<T>(recordSize: number, read: (at: number) => T): T[] {
    return Array.from({ length: this.count(recordSize) }, (_, i) => read(i * recordSize));
  }

  #check(at: number, size: number): number {
    if (at < 0 || at > this.size || size > this.size - at) {
      throw new ArtifactError(`${this.#name}: ${size} bytes at ${at} do not fit in ${this.size}`);
    }
    return at;
  }
}

/** A FlatBuffers table in `file`. */
export class Table {
  readonly #file: Bytes;
  readonly #at: number;
  readonly #name: string;
  readonly #vtable: number;
  readonly #vtableSize: number;
  readonly #tableSize: number;

  constructor(file: Bytes, at: number, name: string) {
    this.#file = file;
    this.#at = at;
    this.#name = name;
    this.#vtable = at - file.i32(at);
    this.#vtableSize = file.u16(this.#vtable);
    this.#tableSize = file.u16(this.#vtable + 2);
    if (this.#vtableSize < 4 || this.#vtableSize % 2 !== 0) {
      throw new ArtifactError(`${name}: a vtable of ${this.#vtableSize} bytes at ${this.#vtable}`);
    }
  }

  u8(field: number, absent: number): number {
    const at = this.#field(field, 1);
    return at === null ? absent : this.#file.u8(at);
  }

  u32(field: number, absent: number): number {
    const at = this.#field(field, 4);
    return at === null ? absent : this.#file.u32(at);
  }

  table(field: number, name: string): Table {
    return new Table(this.#file, this.#target(field) ?? this.#missing(field), name);
  }

  /** A string, or null if the field is absent. */
  text(field: number): string | null {
    const at = this.#target(field);
    return at === null ? null : this.#file.text(at + 4, this.#file.u32(at));
  }

  requiredText(field: number): string {
    return this.text(field) ?? this.#missing(field);
  }

  /** A [ubyte] vector as a part of its own, and where its data lies in the file. */
  part(field: number, name: string): { readonly part: Bytes; readonly at: number } {
    const at = this.#target(field) ?? this.#missing(field);
    return { part: this.#file.slice(at + 4, this.#file.u32(at), name), at: at + 4 };
  }

  tables(field: number, name: string): Table[] {
    return this.#targets(field).map((at, i) => new Table(this.#file, at, `${name} ${i}`));
  }

  texts(field: number): string[] {
    return this.#targets(field).map((at) => this.#file.text(at + 4, this.#file.u32(at)));
  }

  /** What a vector of offsets points to; none if the field is absent. */
  #targets(field: number): number[] {
    const at = this.#target(field);
    if (at === null) return [];
    const first = at + 4;
    const vector = this.#file.slice(first, this.#file.u32(at) * 4, this.#name);
    return vector.records(4, (offset) => first + offset + vector.u32(offset));
  }

  /** Where an offset field points to, or null if it is absent. */
  #target(field: number): number | null {
    const at = this.#field(field, 4);
    return at === null ? null : at + this.#file.u32(at);
  }

  /** Where a field lies in the file, or null if it is absent. */
  #field(field: number, size: number): number | null {
    const entry = 4 + field * 2;
    if (entry + 2 > this.#vtableSize) return null;
    const offset = this.#file.u16(this.#vtable + entry);
    if (offset === 0) return null;
    if (offset < 4 || offset + size > this.#tableSize) {
      throw new ArtifactError(`${this.#name}: field ${field} at ${offset} of ${this.#tableSize} bytes`);
    }
    return this.#at + offset;
  }

  #missing(field: number): never {
    throw new ArtifactError(`${this.#name}: field ${field} is absent`);
  }
}
