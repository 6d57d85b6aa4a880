// A prefilter's tables as FORMAT.md 2.16 describes them, run plainly at every place. In: tables and a text. Out: the hits, and whether the
// fingerprints pass every place at which a literal was found.

import type { DecisionTables } from '../../compiler/plan/tables.ts';
import * as L from '../../wasm-core/contract/layout.ts';

export function prefilterHits(t: DecisionTables, index: number, text: string): bigint {
  const prefilter = need(t.prefilters[index]);
  const bytes = new TextEncoder().encode(text);
  const byteAt = (at: number): number => bytes[at] ?? 0;
  let hits = 0n;
  for (let w = 0; w < prefilter.hitWords; w += 1) hits |= need(t.masks[prefilter.initial + w]) << BigInt(64 * w);
  for (let at = 0; at < bytes.length; at += 1) {
    const gram = [0, 1, 2].reduce((sum, i) => sum + ((byteAt(at + i) | 0x20) << (8 * i)), 0);
    const hash = Math.imul(gram, L.PREFILTER_FACTOR) >>> (32 - prefilter.hashBits);
    const [first, stop] = [need(t.halves[prefilter.runs + hash]), need(t.halves[prefilter.runs + hash + 1])];
    for (let i = first; i < stop; i += 1) {
      const literal = prefilter.literals + (need(t.halves[prefilter.list + i]) * L.LITERAL_SIZE) / 4;
      const field = (offset: number): number => need(t.words[literal + offset / 4]);
      const from = at - field(L.LITERAL_WINDOW);
      const length = field(L.LITERAL_LENGTH);
      if (from < 0 || from + length > bytes.length) continue;
      const isThere = Array.from({ length }, (_, k) => {
        const fold = need(t.bytes[field(L.LITERAL_TEXT) + length + k]);
        return (byteAt(from + k) | fold) === need(t.bytes[field(L.LITERAL_TEXT) + k]);
      }).every(Boolean);
      if (!isThere) continue;
      if (
        at + 4 <= bytes.length &&
        !passes(
          t,
          index,
          [0, 1, 2, 3].map((k) => byteAt(at + k)),
        )
      ) {
        throw new Error('the fingerprints pass over a literal');
      }
      const targets = field(L.LITERAL_TARGETS);
      for (let k = 0; k < field(L.LITERAL_TARGET_COUNT); k += 1) hits |= 1n << BigInt(need(t.halves[targets + k]));
    }
  }
  return hits;
}

/** Whether some bucket has these four bytes; true without fingerprints. */
function passes(t: DecisionTables, index: number, four: readonly number[]): boolean {
  const { hasFingerprints, fingerprints } = need(t.prefilters[index]);
  if (!hasFingerprints) return true;
  return (
    four.reduce((buckets, byte, i) => {
      const low = need(t.bytes[fingerprints + i * 32 + (byte & 15)]);
      return buckets & low & need(t.bytes[fingerprints + i * 32 + 16 + (byte >> 4)]);
    }, 0xff) !== 0
  );
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('outside a table');
  return value;
}
