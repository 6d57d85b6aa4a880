// Complete automatons over bytes: what tries aside every automaton of plan/automaton.ts is made of.
// In: the positions of a pattern. Out: the least DFA over UTF-8 that says whether some part of a text matches; null over a budget.

import { type Alphabet, alphabetOf, type ByteTrie, byteTrie, classesOfSet } from '../regex/alphabet.ts';
import { BEFORE_BEGIN, BEFORE_LINE_END, BEFORE_OTHER, BEFORE_WORD, type Positions } from '../regex/positions.ts';
import { contains } from '../regex/sets.ts';

/** A complete DFA. `accepts[s]` are the patterns matched by a text that ends in state s; state 0 starts. */
export interface Dfa {
  readonly symbolOfByte: Uint8Array;
  readonly symbolCount: number;
  /** [state][symbol] */
  readonly next: readonly number[];
  readonly accepts: readonly (readonly number[])[];
}

/** Work on one pattern that a compilation pays for, in ends of edges looked at: some 50 ms. */
const MAX_WORK = 2_000_000;

export function patternDfa(positions: Positions, maxStates: number, pattern: number): Dfa | null {
  if (positions.always) {
    return { symbolOfByte: new Uint8Array(256), symbolCount: 1, next: [0], accepts: [[pattern]] };
  }
  const { words, lineEnds } = positions;
  // Where what can begin depends on the character before, states remember it, and characters of one class must agree on it.
  const kindOf = positions.starts.map((start) => positions.starts.findIndex((other) => other.join() === start.join()));
  const needed = new Set(kindOf).size > 1 ? [words, lineEnds] : [];
  const alphabet = alphabetOf([...positions.sets, ...needed]);
  const characters = subsets(positions, alphabet, kindOf, maxStates);
  return characters === null ? null : overBytes(minimised(characters), byteTrie(alphabet), maxStates, pattern);
}

/** Over classes of characters: [state][class], and whether the end of the text there is a match. */
interface ClassDfa {
  readonly width: number;
  readonly next: number[];
  readonly accepts: boolean[];
}

function subsets(
  positions: Positions,
  alphabet: Alphabet,
  kindOf: readonly number[],
  maxStates: number,
): ClassDfa | null {
  const { sets, follow, accepts, starts } = positions;
  const classesOf = sets.map((set) => classesOfSet(alphabet, set));
  const width = alphabet.count;
  const kindAfter = kindsAfter(positions, alphabet, kindOf);
  const stateOf = new Map<string, number>();
  const states: { readonly active: readonly number[]; readonly kind: number }[] = [];
  const stateFor = (active: readonly number[], kind: number): number => {
    const key = `${kind} ${active.join()}`;
    let state = stateOf.get(key);
    if (state === undefined) {
      state = states.length;
      states.push({ active, kind });
      stateOf.set(key, state);
    }
    return state;
  };
  stateFor([], kindOf[BEFORE_BEGIN] ?? 0);
  const matched = -1;
  const next: number[] = [];
  const final: boolean[] = [];
  let work = 0;
  for (let state = 0; state < states.length; state += 1) {
    if (states.length > maxStates || work > MAX_WORK) return null;
    const { active = [], kind = 0 } = states[state] ?? {};
    const targets = new Set(starts[kind]);
    for (const p of active) for (const q of follow[p] ?? []) targets.add(q);
    const taken: Set<number>[] = Array.from({ length: width + 1 }, () => new Set());
    const isMatch = new Uint8Array(width + 1);
    for (const q of targets) {
      const classes = classesOf[q] ?? [];
      work += classes.length + 1;
      for (const c of classes) {
        taken[c]?.add(q);
        if (accepts[q] === true) isMatch[c] = 1;
      }
    }
    for (let c = 0; c < width; c += 1) {
      const reached = [...(taken[c] ?? [])].sort((a, b) => a - b);
      next.push(isMatch[c] === 1 ? matched : stateFor(reached, kindAfter[c] ?? 0));
    }
    final.push(isMatch[width] === 1);
  }
  const sink = states.length;
  for (let c = 0; c < width; c += 1) next.push(sink);
  final.push(true);
  return { width, next: next.map((to) => (to === matched ? sink : to)), accepts: final };
}

function kindsAfter({ words, lineEnds }: Positions, alphabet: Alphabet, kindOf: readonly number[]): number[] {
  const kinds: number[] = [];
  alphabet.starts.forEach((code, i) => {
    const before = contains(words, code) ? BEFORE_WORD : contains(lineEnds, code) ? BEFORE_LINE_END : BEFORE_OTHER;
    kinds[alphabet.classes[i] ?? 0] = kindOf[before] ?? 0;
  });
  return kinds;
}

/** Moore 1956: states are told apart by whether they accept, then by where they lead, until nothing changes. */
function minimised(dfa: ClassDfa): ClassDfa {
  const { width } = dfa;
  const count = dfa.accepts.length;
  let blockOf: number[] = dfa.accepts.map(Number);
  let blocks = new Set(blockOf).size;
  for (;;) {
    const byKey = new Map<string, number>();
    const refined = blockOf.map((block, state) => {
      let key = `${block}`;
      for (let c = 0; c < width; c += 1) key += `,${blockOf[dfa.next[state * width + c] ?? 0]}`;
      const known = byKey.get(key) ?? byKey.size;
      byKey.set(key, known);
      return known;
    });
    blockOf = refined;
    if (byKey.size === blocks) break;
    blocks = byKey.size;
  }
  // Blocks are numbered in the order of their first states: state 0 stays 0.
  const next: number[] = [];
  const accepts: boolean[] = [];
  for (let state = 0; state < count; state += 1) {
    const block = blockOf[state] ?? 0;
    if (block < accepts.length) continue;
    accepts.push(dfa.accepts[state] ?? false);
    for (let c = 0; c < width; c += 1) next.push(blockOf[dfa.next[state * width + c] ?? 0] ?? 0);
  }
  return { width, next, accepts };
}

/**
 * A state between characters never meets a continuation byte, so it stays where it is on them: a character whose class is settled by
 * its first bytes leads on at once. Other first bytes lead to states of their own, equal ones shared.
 */
function overBytes(dfa: ClassDfa, trie: ByteTrie, maxStates: number, pattern: number): Dfa | null {
  const rows: number[][] = [];
  const accepts: number[][] = dfa.accepts.map((is) => (is ? [pattern] : []));
  const inner = new Map<string, number>();
  for (let state = 0; state < dfa.accepts.length; state += 1) {
    const memo = new Map<number, number>();
    const target = (child: number): number => {
      if (child < 0) return dfa.next[state * dfa.width + (-1 - child)] ?? 0;
      const known = memo.get(child);
      if (known !== undefined) return known;
      const targets = (trie[child] ?? []).map(target);
      const first = targets[0] ?? 0;
      let found = first;
      if (targets.some((to) => to !== first)) {
        const key = targets.join();
        found = inner.get(key) ?? dfa.accepts.length + inner.size;
        inner.set(key, found);
      }
      memo.set(child, found);
      return found;
    };
    rows.push((trie[0] ?? []).map((child, byte) => (byte >= 0x80 && byte < 0xc0 ? state : target(child))));
    if (dfa.accepts.length + inner.size > maxStates) return null;
  }
  // Within a character: on its last byte to where it leads; other bytes never come.
  for (const key of inner.keys()) {
    const targets = key.split(',').map(Number);
    const stay = targets[0] ?? 0;
    rows.push(
      Array.from({ length: 256 }, (_, byte) => (byte >= 0x80 && byte < 0xc0 ? (targets[byte - 0x80] ?? 0) : stay)),
    );
    accepts.push([]);
  }
  return withSymbols(rows, accepts);
}

/** Bytes that no state tells apart share a symbol. */
export function withSymbols(rows: readonly (readonly number[])[], accepts: readonly (readonly number[])[]): Dfa {
  const symbolOfByte = new Uint8Array(256);
  const firstByte: number[] = [];
  const known = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const key = rows.map((row) => row[byte]).join();
    let symbol = known.get(key);
    if (symbol === undefined) {
      symbol = firstByte.length;
      firstByte.push(byte);
      known.set(key, symbol);
    }
    symbolOfByte[byte] = symbol;
  }
  const next = rows.flatMap((row) => firstByte.map((byte) => row[byte] ?? 0));
  return { symbolOfByte, symbolCount: firstByte.length, next, accepts };
}

/** Both automatons at once; null over the budget. */
export function product(a: Dfa, b: Dfa, maxStates: number): Dfa | null {
  const symbolOfByte = new Uint8Array(256);
  const symbols: [number, number][] = [];
  const symbolByPair = new Map<number, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const pair: [number, number] = [a.symbolOfByte[byte] ?? 0, b.symbolOfByte[byte] ?? 0];
    const key = pair[0] * 256 + pair[1];
    let symbol = symbolByPair.get(key);
    if (symbol === undefined) {
      symbol = symbols.length;
      symbols.push(pair);
      symbolByPair.set(key, symbol);
    }
    symbolOfByte[byte] = symbol;
  }
  const bCount = b.accepts.length;
  const stateOf = new Int32Array(a.accepts.length * bCount).fill(-1);
  const pairs: number[] = [0];
  stateOf[0] = 0;
  const next: number[] = [];
  for (let state = 0; state < pairs.length; state += 1) {
    const pair = pairs[state] ?? 0;
    const aRow = Math.floor(pair / bCount) * a.symbolCount;
    const bRow = (pair % bCount) * b.symbolCount;
    for (const [x, y] of symbols) {
      const target = (a.next[aRow + x] ?? 0) * bCount + (b.next[bRow + y] ?? 0);
      let to = stateOf[target] ?? -1;
      if (to < 0) {
        to = pairs.length;
        if (to >= maxStates) return null;
        stateOf[target] = to;
        pairs.push(target);
      }
      next.push(to);
    }
  }
  const accepts = pairs.map((pair) => [
    ...(a.accepts[Math.floor(pair / bCount)] ?? []),
    ...(b.accepts[pair % bCount] ?? []),
  ]);
  return { symbolOfByte, symbolCount: symbols.length, next, accepts };
}

/** For tests of what is above: the patterns that a text matches. */
export function runDfa(dfa: Dfa, bytes: Uint8Array): readonly number[] {
  let state = 0;
  for (const byte of bytes) state = dfa.next[state * dfa.symbolCount + (dfa.symbolOfByte[byte] ?? 0)] ?? 0;
  return dfa.accepts[state] ?? [];
}
