// Letters that differ only in case. In: a set of code points. Out: the set with all of their case variants: simple case folding as
// RE2 and Python do it, or ECMAScript's own without `u`, which goes by upper case and keeps ASCII apart from the rest.
// The tables are Unicode's as the JavaScript engine that compiles knows them.

import { pairsOf, type Ranges, setOf } from './sets.ts';
import type { Dialect } from './tree.ts';

export function foldedSet(ranges: Ranges, dialect: Dialect): Ranges {
  const key = `${dialect} ${ranges.join()}`;
  const before = folded.get(key);
  if (before !== undefined) return before;
  const variants = dialect === 'js' ? scriptVariants() : simpleVariants();
  const pairs = pairsOf(ranges);
  const added: [number, number][] = [];
  for (const [from, to] of pairs) {
    for (let i = firstFrom(variants, from); i < variants.length; i += 1) {
      const [code, others] = variants[i] ?? [to, []];
      if (code >= to) break;
      for (const other of others) added.push([other, other + 1]);
    }
  }
  const result = setOf([...pairs, ...added]);
  if (folded.size === KEPT_SETS) folded.clear();
  folded.set(key, result);
  return result;
}

/** Patterns of a pack fold the same few sets over and over. */
const folded = new Map<string, Ranges>();
const KEPT_SETS = 4096;

/** Code points that have variants, ascending. */
type Variants = readonly (readonly [code: number, others: readonly number[]])[];

/** Index of the first code point that is not below this one. */
function firstFrom(variants: Variants, code: number): number {
  let low = 0;
  for (let high = variants.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((variants[middle]?.[0] ?? 0) < code) low = middle + 1;
    else high = middle;
  }
  return low;
}

let simple: Variants | undefined;
let script: Variants | undefined;

/** Orbits of simple case folding: a pair that the engine's own `iu` matching confirms belongs to one orbit. */
function simpleVariants(): Variants {
  if (simple !== undefined) return simple;
  const group = new Map<number, Set<number>>();
  const join = (a: number, b: number): void => {
    const both = new Set([...(group.get(a) ?? [a]), ...(group.get(b) ?? [b])]);
    for (const code of both) group.set(code, both);
  };
  for (let code = 0x41; code < 0x1e944; code += 1) {
    if (code === 0x3400) code = 0xa000; // ideographs have no case
    if (code === 0xac00) code = 0xf900;
    if (code === 0x10000) code = 0x10400;
    const text = String.fromCodePoint(code);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      const variant = onlyCodePoint(other);
      if (variant === undefined || variant === code || group.get(code)?.has(variant) === true) continue;
      if (new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(other)) join(code, variant);
    }
  }
  simple = variantsOf(group);
  return simple;
}

/** ECMAScript, Canonicalize without `u`: the upper case, if it is one code unit and does not fall from beyond ASCII into it. */
function scriptVariants(): Variants {
  if (script !== undefined) return script;
  const byUpper = new Map<number, Set<number>>();
  for (let code = 0; code < 0x10000; code += 1) {
    const upper = String.fromCharCode(code).toUpperCase();
    const target = upper.length === 1 ? upper.charCodeAt(0) : code;
    const canonical = code >= 128 && target < 128 ? code : target;
    const known = byUpper.get(canonical);
    if (known === undefined) byUpper.set(canonical, new Set([code]));
    else known.add(code);
  }
  const group = new Map<number, Set<number>>();
  for (const both of byUpper.values()) if (both.size > 1) for (const code of both) group.set(code, both);
  script = variantsOf(group);
  return script;
}

function variantsOf(group: ReadonlyMap<number, ReadonlySet<number>>): Variants {
  return [...group]
    .sort(([a], [b]) => a - b)
    .map(([code, both]) => [code, [...both].filter((other) => other !== code).sort((a, b) => a - b)] as const);
}

function onlyCodePoint(text: string): number | undefined {
  const code = text.codePointAt(0);
  return code !== undefined && String.fromCodePoint(code) === text ? code : undefined;
}
