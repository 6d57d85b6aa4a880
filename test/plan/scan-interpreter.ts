// A scan's tables as FORMAT.md 2.15 describes them, run plainly: sets of positions as numbers, a position is its word times 64 and
// its bit. In: tables and a text. Out: the bits of the patterns that match.

import type { DecisionTables } from '../../compiler/plan/tables.ts';
import * as L from '../../wasm-core/contract/layout.ts';

/** `enabled`: a bit for each word in which a match may begin; null: in all. */
export function scanBits(t: DecisionTables, index: number, text: string, enabled: bigint | null = null): bigint {
  const scan = need(t.scans[index]);
  const field = (word: number, offset: number): number =>
    need(t.words[scan.words + (word * L.SCAN_WORD_SIZE + offset) / 4]);
  const mask = (word: number, offset: number): bigint =>
    need(t.masks[scan.masks + (word * L.SCAN_MASK_SIZE + offset) / 8]);
  const isIn = (position: number, bits: bigint): boolean => ((bits >> BigInt(position % 64)) & 1n) === 1n;
  const positionsOf = (word: number, bits: bigint): number[] =>
    Array.from({ length: 64 }, (_, i) => word * 64 + i).filter((position) => isIn(position, bits));
  let active = new Set<number>();
  let before = 0;
  let bits = 0n;
  const characters = Array.from(text);
  for (let i = 0; i <= characters.length; i += 1) {
    const character = characters[i];
    const c = character === undefined ? scan.classCount - 1 : classOf(t, scan.alphabet, character);
    const reached = new Set<number>();
    for (const position of active) {
      const word = Math.floor(position / 64);
      if (isIn(position, mask(word, L.SCAN_MASK_NEXT))) reached.add(position + 1);
      if (isIn(position, mask(word, L.SCAN_MASK_SELF))) reached.add(position);
      const first = field(word, L.SCAN_WORD_MOVE_FIRST);
      for (let m = first; m < first + field(word, L.SCAN_WORD_MOVE_COUNT); m += 1) {
        if (!isIn(position, need(t.masks[scan.moveMasks + 2 * m]))) continue;
        for (const to of positionsOf(need(t.words[scan.moves + m]), need(t.masks[scan.moveMasks + 2 * m + 1])))
          reached.add(to);
      }
    }
    for (let s = need(t.words[scan.starts + c]); s < need(t.words[scan.starts + c + 1]); s += 1) {
      const word = need(t.halves[scan.startList + s]);
      if (enabled !== null && ((enabled >> BigInt(word)) & 1n) === 0n) continue;
      for (const to of positionsOf(word, mask(word, L.SCAN_MASK_STARTS + 8 * before))) reached.add(to);
    }
    active = new Set();
    for (const position of reached) {
      const word = Math.floor(position / 64);
      const number = need(t.bytes[field(word, L.SCAN_WORD_REACH_MAP) + c]);
      if (!isIn(position, need(t.masks[field(word, L.SCAN_WORD_REACH) + number]))) continue;
      active.add(position);
      const first = field(word, L.SCAN_WORD_END_FIRST);
      for (let e = first; e < first + field(word, L.SCAN_WORD_END_COUNT); e += 1) {
        if (isIn(position, need(t.masks[scan.endMasks + e]))) bits |= 1n << BigInt(need(t.words[scan.ends + e]));
      }
    }
    before = character === undefined ? 0 : need(t.bytes[scan.kinds + c]);
  }
  return bits;
}

/** The label after the bytes of one character, and a sink as soon as they settle it. */
function classOf(t: DecisionTables, index: number, character: string): number {
  const automaton = need(t.automatons[index]);
  let state = 0;
  for (const byte of new TextEncoder().encode(character)) {
    const symbol = need(t.bytes[automaton.byteClasses + byte]);
    state = need(t.halves[automaton.transitions + state * automaton.symbolCount + symbol]);
  }
  if (state < automaton.firstSink) throw new Error('a character without a class');
  return need(t.halves[automaton.labels + state]);
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('outside a table');
  return value;
}
