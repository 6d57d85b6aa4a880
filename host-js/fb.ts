// In: FlatBuffer bytes of unknown origin. Out: fields of their tables, or a RangeError: every read goes through a DataView, which
// checks its bounds (the npm reader does not). Reads only what is asked for.

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One table. A field that is not there is null, 0 or an empty list, as FlatBuffers has it. */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableSize: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    this.#vtableSize = view.getUint16(this.#vtable, true);
  }

  u8(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.#view.getUint8(at);
  }

  u32(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.#view.getUint32(at, true);
  }

  table(field: number): FlatTable | null {
    const at = this.#target(field);
    return at === 0 ? null : new FlatTable(this.#view, at);
  }

  /** The data of a [ubyte], not copied. */
  bytes(field: number): Uint8Array | null {
    const at = this.#target(field);
    return at === 0 ? null : bytesAt(this.#view, at);
  }

  text(field: number): string | null {
    const at = this.#target(field);
    return at === 0 ? null : textAt(this.#view, at);
  }

  texts(field: number): string[] {
    return this.#targets(field).map((at) => textAt(this.#view, at));
  }

  tables(field: number): FlatTable[] {
    return this.#targets(field).map((at) => new FlatTable(this.#view, at));
  }

  /** Tables that are opened one by one: `length` of them. */
  lazyTables(field: number): { readonly length: number; at(index: number): FlatTable } {
    const view = this.#view;
    const first = this.#target(field) + 4;
    const length = first === 4 ? 0 : view.getUint32(first - 4, true);
    if (length > (view.byteLength - first) / 4) throw new RangeError('a vector ends outside the bytes');
    return {
      length,
      at(index) {
        if (!(index >= 0 && index < length)) throw new RangeError('no such table');
        return new FlatTable(view, first + index * 4 + view.getUint32(first + index * 4, true));
      },
    };
  }

  #field(field: number): number {
    const entry = 4 + field * 2;
    if (entry + 2 > this.#vtableSize) return 0;
    const offset = this.#view.getUint16(this.#vtable + entry, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  #target(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : at + this.#view.getUint32(at, true);
  }

  #targets(field: number): number[] {
    const at = this.#target(field);
    if (at === 0) return [];
    const count = this.#view.getUint32(at, true);
    if (count > (this.#view.byteLength - at) / 4) throw new RangeError('a vector ends outside the bytes');
    return Array.from({ length: count }, (_, i) => at + 4 + i * 4 + this.#view.getUint32(at + 4 + i * 4, true));
  }
}

/** The root table, if the bytes carry the file identifier. */
export function rootTable(bytes: Uint8Array, identifier: number): FlatTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(4, true) !== identifier) throw new RangeError('another file identifier');
  return new FlatTable(view, view.getUint32(0, true));
}

function bytesAt(view: DataView, at: number): Uint8Array {
  const size = view.getUint32(at, true);
  if (size > view.byteLength - at - 4) throw new RangeError('a vector ends outside the bytes');
  return new Uint8Array(view.buffer, view.byteOffset + at + 4, size);
}

function textAt(view: DataView, at: number): string {
  return strictUtf8.decode(bytesAt(view, at));
}
