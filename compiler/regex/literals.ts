// In: the tree of a pattern. Out: sets of byte strings; a text that matches has at least one of each; `exact` if there is one set and
// one of it is all it takes. A text can then be searched for the literals of many patterns at once, and most patterns need not be run.
// Null: no set that would be of use. Never looks at a text.

import { byteShare } from './byte-shares.ts';
import { pairsOf, type Ranges } from './sets.ts';
import type { Tree } from './tree.ts';

/** Bytes; FOLDED and the lower case letter: that letter in either case. */
export type Literal = readonly number[];

export const FOLDED = 0x100;

type Literals = readonly Literal[];

export interface Required {
  /** At most MAX_SETS, the one that fewest texts have first. */
  readonly sets: readonly Literals[];
  readonly exact: boolean;
}

export const MAX_SETS = 2;

const MIN_LITERAL_BYTES = 2;
/** Of literals that do not stand for the whole pattern: two bytes that a text may well have hold back nothing. */
const MAX_SHORT_SHARE = 0.0001;
const MAX_EXACT_BYTES = 64;
/** Of one pattern. */
const MAX_LITERALS = 256;
/** Of a set of characters, of parts that stand side by side. */
const MAX_CHOICES = 8;
const MAX_PRODUCTS = 32;

/** Beyond ASCII case variants of `s` and `k`: of a pattern without case they are literals of their own, which hardly any text has. */
const LONG_S = 0x17f;
const KELVIN = 0x212a;
const RARE_VARIANTS: ReadonlyMap<number, number> = new Map([
  [LONG_S, 0x73],
  [KELVIN, 0x6b],
]);

export function requiredLiterals(tree: Tree): Required | null {
  const whole = infoOf(tree, null);
  if (whole.exact !== null && whole.isPure && whole.exact.every(isExactLength)) {
    return { sets: [whole.exact], exact: true };
  }
  const apart = new Set<number>();
  const rare = (): Literal[] => [...apart].map(utf8Of);
  const sets = setsOf(infoOf(tree, apart));
  return sets.length === 0 ? null : { sets: sets.map((set) => [...set, ...rare()]), exact: false };
}

/** A text as a literal, if it may be one. */
export function literalOf(bytes: Uint8Array): Literal | null {
  const literal = [...bytes];
  return isExactLength(literal) ? literal : null;
}

function isExactLength({ length }: Literal): boolean {
  return length >= MIN_LITERAL_BYTES && length <= MAX_EXACT_BYTES;
}

interface Info {
  /** All that the tree matches. */
  readonly exact: Literals | null;
  /** Of each of these every match has one. */
  readonly needs: readonly Literals[];
  /** Without assertions. */
  readonly isPure: boolean;
}

const UNKNOWN: Info = { exact: null, needs: [], isPure: false };

/** `apart`: rare variants are left out of sets and collected here; null: they are choices like others. */
function infoOf(tree: Tree, apart: Set<number> | null): Info {
  switch (tree.kind) {
    case 'set':
      return { exact: choicesOf(tree.ranges, apart), needs: [], isPure: true };
    case 'assert':
      return { exact: [[]], needs: [], isPure: false };
    case 'concat':
      return concatInfo(tree.items.map((item) => infoOf(item, apart)));
    case 'alternate':
      return alternateInfo(tree.items.map((item) => infoOf(item, apart)));
    case 'repeat': {
      const info = infoOf(tree.item, apart);
      if (tree.min === 0) {
        return tree.max === 1 && info.exact !== null ? { ...info, exact: [[], ...info.exact], needs: [] } : UNKNOWN;
      }
      if (tree.min === tree.max && tree.min <= MAX_CHOICES) {
        return concatInfo(Array.from({ length: tree.min }, () => info));
      }
      return { exact: null, needs: setsOf(info), isPure: false };
    }
  }
}

function concatInfo(infos: readonly Info[]): Info {
  let run: Literals = [[]];
  const needs: Literals[] = [];
  let isWhole = true;
  for (const { exact, needs: inner } of infos) {
    const longer = exact === null ? null : products(run, exact);
    if (longer !== null) {
      run = longer;
      continue;
    }
    isWhole = false;
    needs.push(run, ...inner);
    run = exact ?? [[]];
  }
  const isPure = infos.every((info) => info.isPure);
  return isWhole ? { exact: run, needs: [], isPure } : { exact: null, needs: rarest([...needs, run]), isPure };
}

/** Whichever alternative matches, the text has one of its first set, so one of all first sets; and so on while each has one more. */
function alternateInfo(infos: readonly Info[]): Info {
  const lists = infos.map(setsOf);
  const depth = Math.min(MAX_SETS, ...lists.map(({ length }) => length));
  const needs = Array.from({ length: depth }, (_, i) => joined(lists.map((sets) => sets[i] ?? null)));
  return {
    exact: joined(infos.map(({ exact }) => exact)),
    needs: rarest(needs.filter((set) => set !== null)),
    isPure: infos.every((info) => info.isPure),
  };
}

function setsOf({ exact, needs }: Info): readonly Literals[] {
  return rarest(exact === null ? needs : [...needs, exact]);
}

/** Those that are of use, the one that fewest texts have first. */
function rarest(sets: readonly Literals[]): readonly Literals[] {
  return sets
    .map((set) => ({ set, share: shareOf(set) }))
    .flatMap(({ set, share }) => (share === null ? [] : [{ set, share }]))
    .sort((a, b) => a.share - b.share)
    .slice(0, MAX_SETS)
    .map(({ set }) => set);
}

function products(a: Literals, b: Literals): Literal[] | null {
  if (a.length * b.length > MAX_PRODUCTS && b.length > 1 && a.length > 1) return null;
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

function joined(lists: readonly (Literals | null)[]): Literals | null {
  const all: Literal[] = [];
  for (const list of lists) {
    if (list === null || all.length + list.length > MAX_LITERALS) return null;
    all.push(...list);
  }
  return all;
}

/** About how many of them begin at a place of a text; null: one is too short. */
function shareOf(literals: Literals): number | null {
  if (literals.length === 0) return null;
  let sum = 0;
  for (const literal of literals) {
    const share = literal.reduce((product, byte) => product * shareOfByte(byte), 1);
    if (literal.length < MIN_LITERAL_BYTES) return null;
    if (literal.length === MIN_LITERAL_BYTES && share > MAX_SHORT_SHARE) return null;
    sum += share;
  }
  return sum;
}

export function shareOfByte(byte: number): number {
  return byte < FOLDED ? byteShare(byte) : byteShare(byte - FOLDED) + byteShare(byte - FOLDED - 0x20);
}

/** The characters of a small set. */
function choicesOf(ranges: Ranges, apart: Set<number> | null): Literal[] | null {
  const codes = new Set<number>();
  for (const [from, to] of pairsOf(ranges)) {
    if (codes.size + to - from > MAX_CHOICES * 2) return null;
    for (let code = from; code < to; code += 1) codes.add(code);
  }
  for (const [rare, plain] of RARE_VARIANTS) {
    if (apart === null || !codes.has(rare) || !codes.has(plain)) continue;
    codes.delete(rare);
    apart.add(rare);
  }
  const found: Literal[] = [];
  for (const code of codes) {
    // Half of a pair is in no text, and has no bytes.
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const isLower = code >= 0x61 && code <= 0x7a;
    const isUpper = code >= 0x41 && code <= 0x5a;
    if (isLower && codes.has(code - 0x20)) found.push([FOLDED + code]);
    else if (!(isUpper && codes.has(code + 0x20))) found.push(utf8Of(code));
  }
  return found.length > 0 && found.length <= MAX_CHOICES ? found : null;
}

function utf8Of(code: number): Literal {
  return [...new TextEncoder().encode(String.fromCodePoint(code))];
}
