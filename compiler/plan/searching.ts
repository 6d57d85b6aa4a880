// In: tests of the texts of one view, each with the bits that it sets. Out: element tests that answer them in one pass: a prefilter that
// looks for literals, and scans of the patterns for which finding a literal is not all. Words of a scan stay switched off in which no
// pattern begins that has all it needs. Never looks at a text.

import { ELEMENT_TEST_LITERALS, ELEMENT_TEST_SCAN } from '../../wasm-core/contract/codes.ts';
import { PREFILTER_MAX_HIT_WORDS } from '../../wasm-core/contract/layout.ts';
import { positionsOfPattern } from '../ir/patterns.ts';
import { type Literal, MAX_SETS } from '../regex/literals.ts';
import type { PatternTest } from './automaton.ts';
import { MAX_PLACES, type PrefilterBuilder, placesOf, type SearchedLiteral } from './prefilter.ts';
import type { PlacedScan, ScanBuilder } from './scan.ts';
import { literalsOfTest } from './scanned.ts';
import type { ElementTestTable } from './tables.ts';

export interface SoughtTest {
  readonly test: PatternTest;
  readonly bits: readonly number[];
}

/** `bits`: those that it answers; every bit that is sought is one of one test. */
interface PlacedTest extends Omit<ElementTestTable, 'masks'> {
  readonly bits: readonly number[];
}

export class Searching {
  readonly #scans: ScanBuilder;
  readonly #prefilters: PrefilterBuilder;

  constructor(scans: ScanBuilder, prefilters: PrefilterBuilder) {
    this.#scans = scans;
    this.#prefilters = prefilters;
  }

  /** Without masks; none if there is nothing to look for. The prefilter, if any, comes first. */
  add(sought: readonly SoughtTest[], bitWords: number): PlacedTest[] {
    const literals: SearchedLiteral[] = [];
    const found: number[] = [];
    const required: RequiredSets = new Map();
    const scanned: { readonly positions: ReturnType<typeof positionsOfPattern>; readonly bits: readonly number[] }[] =
      [];
    for (const { test, bits } of sought) {
      const needed = literalsOfTest(test);
      if (needed?.exact === true) {
        literals.push(...needed.sets.flat().map((literal) => ({ literal, targets: bits })));
        found.push(...bits);
        continue;
      }
      if (test.kind !== 'matches') throw new Error(`a ${test.kind} without a literal`);
      if (needed !== null) required.set(bits, needed.sets);
      scanned.push({ positions: positionsOfPattern(test), bits });
    }
    const initial: bigint[] = Array.from({ length: bitWords }, () => 0n);
    const scans = this.#scans.add(scanned).map((scan): PlacedTest => {
      const first = initial.length;
      const words = wordsAlways(scan, required);
      const gate = literalsOfScan(scan, required, first * 64);
      const isGated =
        required.size > 0 &&
        first + words.length <= PREFILTER_MAX_HIT_WORDS &&
        placesOf(literals) + placesOf(gate) <= MAX_PLACES;
      if (isGated) {
        initial.push(...words);
        literals.push(...gate);
      }
      const bits = scan.patterns.flatMap((pattern) => pattern.bits);
      return { kind: ELEMENT_TEST_SCAN, operand: scan.index, boundCount: isGated ? first + 1 : 0, bits };
    });
    if (literals.length === 0) return scans.map((scan) => ({ ...scan, boundCount: 0 }));
    const operand = this.#prefilters.add(literals, initial);
    return [{ kind: ELEMENT_TEST_LITERALS, operand, boundCount: 0, bits: found }, ...scans];
  }
}

/** By the bits of a scanned pattern: the sets of literals of each of which it needs one. */
type RequiredSets = Map<readonly number[], readonly (readonly Literal[])[]>;

/**
 * For the first set of each pattern and for the second as many words of hits as the scan has bits for its words: a bit is set at
 * first where some pattern begins that has no such set.
 */
function wordsAlways(scan: PlacedScan, required: RequiredSets): bigint[] {
  const size = Math.ceil(scan.wordCount / 64);
  const always: bigint[] = Array.from({ length: size * MAX_SETS }, () => 0n);
  scan.patterns.forEach(({ bits }, i) => {
    for (let set = required.get(bits)?.length ?? 0; set < MAX_SETS; set += 1) {
      for (const word of scan.startWords[i] ?? []) {
        const at = set * size + (word >> 6);
        always[at] = (always[at] ?? 0n) | (1n << BigInt(word & 63));
      }
    }
  });
  return always;
}

function literalsOfScan(scan: PlacedScan, required: RequiredSets, firstTarget: number): SearchedLiteral[] {
  const size = Math.ceil(scan.wordCount / 64) * 64;
  return scan.patterns.flatMap(({ bits }, i) =>
    (required.get(bits) ?? []).flatMap((literals, set) => {
      const targets = (scan.startWords[i] ?? []).map((word) => firstTarget + set * size + word);
      return literals.map((literal) => ({ literal, targets }));
    }),
  );
}
