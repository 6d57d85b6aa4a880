// In: a text, and a scan of the artifact: one automaton of positions for many patterns, 64 positions a word (layout.ts, SCAN_*).
// Out: a bit for each pattern that some part of the text matches. Linear in the text: per character at most the scan's words, moves
// and starts; of these only words that are switched on, if the caller says which. INVARIANT (verify-scan.ts): every offset, class, word and bit of a scan exists. Texts are well-formed UTF-8.

import {
  AUTOMATON_BYTE_CLASSES,
  AUTOMATON_FIRST_SINK,
  AUTOMATON_LABELS,
  AUTOMATON_SIZE,
  AUTOMATON_SYMBOL_COUNT,
  AUTOMATON_TRANSITIONS,
  SCAN_ALPHABET,
  SCAN_CLASS_COUNT,
  SCAN_END_MASKS,
  SCAN_ENDS,
  SCAN_KINDS,
  SCAN_MASK_ENDS,
  SCAN_MASK_MOVES,
  SCAN_MASK_NEXT,
  SCAN_MASK_SELF,
  SCAN_MASK_SIZE,
  SCAN_MASK_STARTS,
  SCAN_MASKS,
  SCAN_MOVE_MASKS,
  SCAN_MOVES,
  SCAN_SIZE,
  SCAN_START_LIST,
  SCAN_STARTS,
  SCAN_WORD_END_COUNT,
  SCAN_WORD_END_FIRST,
  SCAN_WORD_MOVE_COUNT,
  SCAN_WORD_MOVE_FIRST,
  SCAN_WORD_REACH,
  SCAN_WORD_REACH_MAP,
  SCAN_WORD_SIZE,
  SCAN_WORDS,
} from '../contract/layout.ts';
import {
  AT_AUTOMATONS,
  AT_BYTES,
  AT_HALVES,
  AT_MASKS,
  AT_SCANS,
  AT_WORDS,
  CTX_SCAN_ACTIVE,
  CTX_SCAN_ACTIVE_LIST,
  CTX_SCAN_GATED,
  CTX_SCAN_NEXT,
  CTX_SCAN_NEXT_LIST,
} from './context.ts';

/** Positions of the words that the running round has reached, zero but for those listed. */
let next: usize = 0;
let nextList: usize = 0;
let nextCount: u32 = 0;

/** By class: first and last of what is left of its start words; first ALL_ONES: not yet looked at. */
const gatedRuns: usize = memory.data(256 * 8, 16);
const ALL_ONES: u32 = 0xffffffff;

/** Adds to `bits` those of the patterns that match. `enabled`: 0, or a bit for each word: no match begins in the others. */
export function scanText(ctx: usize, scan: u32, text: usize, length: u32, bits: usize, enabled: usize): void {
  const record = load<usize>(ctx, AT_SCANS) + scan * <u32>SCAN_SIZE;
  const poolMasks = load<usize>(ctx, AT_MASKS);
  const poolWords = load<usize>(ctx, AT_WORDS);
  const poolBytes = load<usize>(ctx, AT_BYTES);
  const halves = load<usize>(ctx, AT_HALVES);
  const alphabet = load<usize>(ctx, AT_AUTOMATONS) + load<u32>(record, SCAN_ALPHABET) * <u32>AUTOMATON_SIZE;
  const symbols = poolBytes + load<u32>(alphabet, AUTOMATON_BYTE_CLASSES);
  const transitions = halves + (load<u32>(alphabet, AUTOMATON_TRANSITIONS) << 1);
  const labels = halves + (load<u32>(alphabet, AUTOMATON_LABELS) << 1);
  const symbolCount = load<u32>(alphabet, AUTOMATON_SYMBOL_COUNT);
  const firstSink = load<u32>(alphabet, AUTOMATON_FIRST_SINK);
  const lastClass = load<u32>(record, SCAN_CLASS_COUNT) - 1;
  const kinds = poolBytes + load<u32>(record, SCAN_KINDS);
  const words = poolWords + (load<u32>(record, SCAN_WORDS) << 2);
  const masks = poolMasks + (load<u32>(record, SCAN_MASKS) << 3);
  const moves = poolWords + (load<u32>(record, SCAN_MOVES) << 2);
  const moveMasks = poolMasks + (load<u32>(record, SCAN_MOVE_MASKS) << 3);
  const starts = poolWords + (load<u32>(record, SCAN_STARTS) << 2);
  const startList = halves + (load<u32>(record, SCAN_START_LIST) << 1);
  const ends = poolWords + (load<u32>(record, SCAN_ENDS) << 2);
  const endMasks = poolMasks + (load<u32>(record, SCAN_END_MASKS) << 3);
  const active = load<usize>(ctx, CTX_SCAN_ACTIVE);
  const activeList = load<usize>(ctx, CTX_SCAN_ACTIVE_LIST);
  next = load<usize>(ctx, CTX_SCAN_NEXT);
  nextList = load<usize>(ctx, CTX_SCAN_NEXT_LIST);
  const gated = load<usize>(ctx, CTX_SCAN_GATED);
  if (enabled) memory.fill(gatedRuns, 0xff, (lastClass + 1) << 3);
  let activeCount: u32 = 0;
  let before: u32 = 0; // the beginning
  let at = text;
  const end = text + length;
  while (true) {
    const isEnd = at == end;
    let c = lastClass;
    if (!isEnd) {
      let state: u32 = load<u16>(transitions + (<u32>load<u8>(symbols + load<u8>(at)) << 1));
      for (at++; at < end && (load<u8>(at) & 0xc0) == 0x80; at++) {
        if (state < firstSink) state = load<u16>(transitions + ((state * symbolCount + load<u8>(symbols + load<u8>(at))) << 1));
      }
      c = load<u16>(labels + (state << 1));
    }
    nextCount = 0;
    for (let i: u32 = 0; i < activeCount; i++) {
      const word: u32 = load<u16>(activeList + (i << 1));
      const positions = load<u64>(active + (word << 3));
      const mask = masks + word * <u32>SCAN_MASK_SIZE;
      reach(word, ((positions & load<u64>(mask, SCAN_MASK_NEXT)) << 1) | (positions & load<u64>(mask, SCAN_MASK_SELF)));
      if (positions & load<u64>(mask, SCAN_MASK_MOVES)) {
        const record = words + word * <u32>SCAN_WORD_SIZE;
        const first = load<u32>(record, SCAN_WORD_MOVE_FIRST);
        const stop = first + load<u32>(record, SCAN_WORD_MOVE_COUNT);
        for (let m = first; m < stop; m++) {
          if (positions & load<u64>(moveMasks + (m << 4))) {
            reach(load<u32>(moves + (m << 2)), load<u64>(moveMasks + (m << 4), 8));
          }
        }
      }
    }
    let run = starts + (c << 2);
    let list = startList;
    if (enabled) {
      const whole = run;
      run = gatedRuns + (c << 3);
      list = gated;
      if (load<u32>(run) == ALL_ONES) gate(whole, startList, enabled, run, list);
    }
    const stop = load<u32>(run, 4);
    for (let s = load<u32>(run); s < stop; s++) {
      const word: u32 = load<u16>(list + (s << 1));
      reach(word, load<u64>(masks + word * <u32>SCAN_MASK_SIZE + (before << 3), SCAN_MASK_STARTS));
    }
    activeCount = 0;
    for (let i: u32 = 0; i < nextCount; i++) {
      const word: u32 = load<u16>(nextList + (i << 1));
      const record = words + word * <u32>SCAN_WORD_SIZE;
      const number: u32 = load<u8>(poolBytes + load<u32>(record, SCAN_WORD_REACH_MAP) + c);
      const taking = load<u64>(poolMasks + ((load<u32>(record, SCAN_WORD_REACH) + number) << 3));
      const positions = load<u64>(next + (word << 3)) & taking;
      store<u64>(next + (word << 3), 0);
      if (positions == 0) continue;
      store<u64>(active + (word << 3), positions);
      store<u16>(activeList + (activeCount++ << 1), word);
      if (positions & load<u64>(masks + word * <u32>SCAN_MASK_SIZE, SCAN_MASK_ENDS)) {
        const first = load<u32>(record, SCAN_WORD_END_FIRST);
        const stop = first + load<u32>(record, SCAN_WORD_END_COUNT);
        for (let e = first; e < stop; e++) {
          if (positions & load<u64>(endMasks + (e << 3))) setBit(bits, load<u32>(ends + (e << 2)));
        }
      }
    }
    if (isEnd) return;
    before = load<u8>(kinds + c);
  }
}

/** Of one run of the start list the words that are switched on, to the same place of another list. */
function gate(whole: usize, startList: usize, enabled: usize, run: usize, list: usize): void {
  let to = load<u32>(whole);
  const stop = load<u32>(whole, 4);
  store<u32>(run, to);
  for (let s = to; s < stop; s++) {
    const word: u32 = load<u16>(startList + (s << 1));
    if (!((load<u64>(enabled + ((word >> 6) << 3)) >> (word & 63)) & 1)) continue;
    store<u16>(list + (to++ << 1), word);
  }
  store<u32>(run, to, 4);
}

@inline
function reach(word: u32, positions: u64): void {
  if (positions == 0) return;
  const at = next + (word << 3);
  const known = load<u64>(at);
  if (known == 0) store<u16>(nextList + (nextCount++ << 1), word);
  store<u64>(at, known | positions);
}

export function setBit(bits: usize, bit: u32): void {
  const at = bits + ((bit >> 6) << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << (bit & 63)));
}
