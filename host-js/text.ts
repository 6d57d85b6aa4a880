// In: JavaScript strings. Out: what they are in UTF-8. Pure.

const LONE_SURROGATE = /\p{Surrogate}/u;

interface WellFormedString {
  isWellFormed?: () => boolean;
}
const native: WellFormedString['isWellFormed'] = (String.prototype as WellFormedString).isWellFormed;

/** Whether every surrogate is half of a pair. */
export const isWellFormed: (text: string) => boolean =
  native === undefined ? (text) => !LONE_SURROGATE.test(text) : (text) => native.call(text);

/** Bytes of the UTF-8 of a text; a lone surrogate counts 3 (LANGUAGE.md 3.6). */
export function utf8Length(text: string): number {
  let sizeBytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    sizeBytes += unit < 0x800 ? 1 : 2;
    // A pair is 4 bytes for 2 units: 2 more, not 4.
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next < 0xe000) i += 1;
    }
  }
  return sizeBytes;
}
