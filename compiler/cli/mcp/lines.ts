// In: bytes as they come. Out: lines of text. A line that is longer than the limit is thrown away as it comes, so memory stays bounded.
// Bytes that are no UTF-8 become U+FFFD here, once: what is decided is what is passed on.

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = '\r';

export class LineSplitter {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #parts: Uint8Array[] = [];
  #sizeBytes = 0;
  #isTooLong = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Lines without their end; null: one that was too long. Empty lines are left out. */
  push(chunk: Uint8Array): readonly (string | null)[] {
    const lines: (string | null)[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#add(chunk.subarray(start, end));
      lines.push(...this.end());
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.slice(start));
    return lines;
  }

  /** What is left when nothing more comes: readers take it for a line. */
  end(): readonly (string | null)[] {
    const text = this.#isTooLong ? null : this.#text();
    this.#parts = [];
    this.#sizeBytes = 0;
    this.#isTooLong = false;
    return text === '' ? [] : [text];
  }

  #add(part: Uint8Array): void {
    this.#sizeBytes += part.length;
    if (this.#sizeBytes > this.#maxBytes) {
      this.#isTooLong = true;
      this.#parts = [];
    } else if (!this.#isTooLong) this.#parts.push(part);
  }

  #text(): string {
    const [only] = this.#parts;
    if (only === undefined) return '';
    let bytes = only;
    if (this.#parts.length > 1) {
      bytes = new Uint8Array(this.#sizeBytes);
      let at = 0;
      for (const part of this.#parts) {
        bytes.set(part, at);
        at += part.length;
      }
    }
    const text = this.#decoder.decode(bytes);
    return text.endsWith(CARRIAGE_RETURN) ? text.slice(0, -1) : text;
  }
}
