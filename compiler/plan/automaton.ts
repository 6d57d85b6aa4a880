// Byte automatons over UTF-8: text patterns in, complete DFAs out, whose label after the last byte tells which patterns match.
// Prefixes share a trie; other patterns share products within a budget of states. Never looks at more than bytes.

import { positionsOfPattern } from '../ir/patterns.ts';
import { utf8 } from '../ir/text.ts';
import type { Test } from '../ir/types.ts';
import { type Dfa, patternDfa, product } from './dfa.ts';

export type PatternTest = Test & { readonly kind: 'prefix' | 'suffix' | 'contains' | 'glob' | 'matches' };

export function isPatternTest(test: Test): test is PatternTest {
  switch (test.kind) {
    case 'prefix':
    case 'suffix':
    case 'contains':
    case 'glob':
    case 'matches':
      return true;
    default:
      return false;
  }
}

/** States of one product: each `contains` about doubles it, so more would buy few patterns for much memory. */
const MAX_PRODUCT_STATES = 1024;
/** Of one regular expression's own automaton, and positions and failures after which none is tried. */
const MAX_PATTERN_STATES = 512;
const MAX_POSITIONS = 512;
const MAX_FAILURES = 16;
/** Groups made of regular expressions: each costs a walk over the text, where a scan costs one for all of the rest. */
const MAX_MATCH_GROUPS = 4;
/** States of one trie: its table has a column per byte that occurs. */
const MAX_TRIE_STATES = 16384;

/** A group of patterns that one walk answers. Labels count from 0; `matches[p]` are the labels at which pattern `p` matches. */
export interface PatternGroup {
  readonly backward: boolean;
  /** Indexes into the patterns given. */
  readonly patterns: readonly number[];
  readonly matches: readonly (readonly number[])[];
  readonly labelCount: number;
  readonly stateCount: number;
  readonly firstSink: number;
  readonly symbolCount: number;
  readonly symbolOfByte: Uint8Array;
  /** [state][symbol] */
  readonly next: Uint16Array;
  readonly labelOfState: Uint16Array;
}

export interface Grouped {
  readonly groups: PatternGroup[];
  /** Regular expressions that no automaton of bounded size answers: for a scan (plan/scan.ts). */
  readonly rest: readonly number[];
}

/** Groups of patterns: prefixes, then suffixes, then the rest. `patterns` are distinct and not empty. */
export function groupPatterns(patterns: readonly PatternTest[]): Grouped {
  const forward: number[] = [];
  const backward: number[] = [];
  const others: number[] = [];
  patterns.forEach((pattern, index) => {
    if (pattern.kind === 'prefix') forward.push(index);
    else if (pattern.kind === 'suffix') backward.push(index);
    else others.push(index);
  });
  const { groups, rest } = products(patterns, others);
  return { groups: [...tries(patterns, forward, false), ...tries(patterns, backward, true), ...groups], rest };
}

/** The label after all bytes of `bytes`: what the core does, for entries known in advance and for validation. */
export function runGroup(group: PatternGroup, bytes: Uint8Array): number {
  let state = 0;
  for (let i = 0; i < bytes.length && state < group.firstSink; i += 1) {
    const byte = bytes[group.backward ? bytes.length - 1 - i : i] ?? 0;
    state = group.next[state * group.symbolCount + (group.symbolOfByte[byte] ?? 0)] ?? 0;
  }
  return group.labelOfState[state] ?? 0;
}

// --- prefixes and suffixes: a trie; off the trie, a sink that remembers the longest pattern passed ---

interface TrieNode {
  readonly children: Map<number, TrieNode>;
  pattern: number;
}

function tries(patterns: readonly PatternTest[], indexes: readonly number[], backward: boolean): PatternGroup[] {
  const groups: PatternGroup[] = [];
  let root: TrieNode = { children: new Map(), pattern: -1 };
  let size = 1;
  let members: number[] = [];
  const close = (): void => {
    if (members.length > 0) groups.push(trieGroup(root, members, patterns.length, backward));
    root = { children: new Map(), pattern: -1 };
    size = 1;
    members = [];
  };
  for (const index of indexes) {
    const pattern = patterns[index];
    if (pattern === undefined || !('text' in pattern)) throw new Error(`pattern ${index} is no text`);
    const bytes = utf8(pattern.text);
    if (size + bytes.length > MAX_TRIE_STATES) close();
    let node = root;
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[backward ? bytes.length - 1 - i : i] ?? 0;
      let child = node.children.get(byte);
      if (child === undefined) {
        child = { children: new Map(), pattern: -1 };
        node.children.set(byte, child);
        size += 1;
      }
      node = child;
    }
    node.pattern = index;
    members.push(index);
  }
  close();
  return groups;
}

function trieGroup(root: TrieNode, members: readonly number[], patternCount: number, backward: boolean): PatternGroup {
  // Depth first with children in byte order: the labels below a pattern are a run, so class sets stay short.
  const inner: { node: TrieNode; label: number }[] = [];
  const stateOf = new Map<TrieNode, number>();
  const labelOf = new Map<TrieNode, number>();
  const runOf = new Map<number, [number, number]>();
  const used = new Set<number>();
  let labelCount = 1;
  const visit = (start: TrieNode): void => {
    const stack: { node: TrieNode; label: number; leave: number }[] = [{ node: start, label: 0, leave: -1 }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.leave >= 0) {
        const run = runOf.get(top.leave);
        if (run !== undefined) run[1] = labelCount;
        continue;
      }
      const { node } = top;
      let { label } = top;
      if (node.pattern >= 0) {
        label = labelCount;
        labelCount += 1;
        runOf.set(node.pattern, [label, labelCount]);
        stack.push({ node, label, leave: node.pattern });
      }
      labelOf.set(node, label);
      if (node.children.size > 0) {
        stateOf.set(node, inner.length);
        inner.push({ node, label });
      }
      const bytes = [...node.children.keys()].sort((a, b) => b - a);
      for (const byte of bytes) {
        used.add(byte);
        const child = node.children.get(byte);
        if (child !== undefined) stack.push({ node: child, label, leave: -1 });
      }
    }
  };
  visit(root);
  const symbols = [...used].sort((a, b) => a - b);
  const symbolOfByte = new Uint8Array(256);
  // With every byte in use there is no other byte, and symbol 0 is the first of them.
  const firstSymbol = symbols.length === 256 ? 0 : 1;
  symbols.forEach((byte, i) => {
    symbolOfByte[byte] = i + firstSymbol;
  });
  const symbolCount = symbols.length + firstSymbol;
  const firstSink = inner.length;
  const stateCount = firstSink + labelCount;
  const next = new Uint16Array(stateCount * symbolCount);
  const labelOfState = new Uint16Array(stateCount);
  inner.forEach(({ node, label }, state) => {
    labelOfState[state] = label;
    next.fill(firstSink + label, state * symbolCount, (state + 1) * symbolCount);
    for (const [byte, child] of node.children) {
      next[state * symbolCount + (symbolOfByte[byte] ?? 0)] =
        stateOf.get(child) ?? firstSink + (labelOf.get(child) ?? 0);
    }
  });
  for (let label = 0; label < labelCount; label += 1) {
    const state = firstSink + label;
    labelOfState[state] = label;
    next.fill(state, state * symbolCount, (state + 1) * symbolCount);
  }
  const matches: number[][] = Array.from({ length: patternCount }, () => []);
  for (const [pattern, [from, to]] of runOf) {
    for (let label = from; label < to; label += 1) matches[pattern]?.push(label);
  }
  return {
    backward,
    patterns: members,
    matches,
    labelCount,
    stateCount,
    firstSink,
    symbolCount,
    symbolOfByte,
    next,
    labelOfState,
  };
}

// --- contains and globs: products of one automaton per pattern ---

interface Products {
  readonly groups: PatternGroup[];
  /** Patterns whose automaton would be too large. */
  readonly rest: number[];
}

/**
 * Literals and globs first, then regular expressions: those may have MAX_MATCH_GROUPS groups, and whatever is large, or comes when
 * these are full, is left over.
 */
function products(patterns: readonly PatternTest[], indexes: readonly number[]): Products {
  const groups: PatternGroup[] = [];
  const rest: number[] = [];
  let current: Dfa | null = null;
  let members: number[] = [];
  let matchGroups = 0;
  let failures = 0;
  const isRoomy = (dfa: Dfa): boolean => dfa.accepts.length * 2 <= MAX_PRODUCT_STATES;
  const isMatch = (index: number): boolean => patterns[index]?.kind === 'matches';
  for (const index of [...indexes.filter((i) => !isMatch(i)), ...indexes.filter(isMatch)]) {
    const pattern = patterns[index];
    if (pattern === undefined) continue;
    let own: Dfa | null = null;
    let isTrivial = false;
    if (pattern.kind !== 'matches') {
      own = globDfa(pattern.kind === 'glob' ? pattern.text.split('*') : ['', pattern.text, ''], index);
    } else {
      const positions = positionsOfPattern(pattern);
      const hasRoom = matchGroups < MAX_MATCH_GROUPS || (current !== null && isRoomy(current));
      isTrivial = positions.always; // one state; a scan could not say it
      if (isTrivial || (failures < MAX_FAILURES && hasRoom)) {
        if (positions.sets.length <= MAX_POSITIONS) own = patternDfa(positions, MAX_PATTERN_STATES, index);
        if (own === null) failures += 1;
      }
    }
    // A further pattern about doubles the states, so a group over half its budget is not worth the attempt.
    const joined: Dfa | null =
      own !== null && current !== null && (isTrivial || isRoomy(current))
        ? product(current, own, MAX_PRODUCT_STATES)
        : null;
    if (joined !== null) {
      current = joined;
      members.push(index);
    } else if (own === null || (pattern.kind === 'matches' && matchGroups >= MAX_MATCH_GROUPS)) {
      rest.push(index);
      continue;
    } else {
      if (current !== null) groups.push(productGroup(current, members, patterns.length));
      current = own;
      members = [index];
      if (pattern.kind === 'matches') matchGroups += 1;
    }
  }
  if (current !== null) groups.push(productGroup(current, members, patterns.length));
  return { groups, rest };
}

/**
 * `pieces[0] * pieces[1] * … * pieces[n]`, n at least 1: the first at the start, each inner one at its leftmost place, the last at
 * the end. Leftmost is exact: it leaves the most room for what follows.
 */
function globDfa(pieces: readonly string[], pattern: number): Dfa {
  const parts = pieces.map((piece) => utf8(piece));
  const inner = parts.slice(1, -1).filter((part) => part.length > 0);
  const first = parts[0] ?? new Uint8Array();
  const last = parts[parts.length - 1] ?? new Uint8Array();
  const bytes = [...new Set(parts.flatMap((part) => [...part]))].sort((a, b) => a - b);
  const symbolCount = bytes.length + 1; // symbol 0 stands for every byte that has none of its own
  const symbolOfByte = new Uint8Array(256);
  bytes.forEach((byte, i) => {
    symbolOfByte[byte] = i + 1;
  });
  const next: number[] = [];
  const accepts: number[][] = [];
  const add = (accepted: boolean): number => {
    accepts.push(accepted ? [pattern] : []);
    for (let s = 0; s < symbolCount; s += 1) next.push(0);
    return accepts.length - 1;
  };
  const link = (state: number, symbol: number, to: number): void => {
    next[state * symbolCount + symbol] = to;
  };
  const lastCount = last.length === 0 ? 1 : last.length + 1;
  const total = first.length + inner.reduce((sum, part) => sum + part.length, 0) + lastCount;
  const dead = total; // only reached from the first piece
  for (let s = 0; s < total; s += 1) add(s === total - 1);
  if (first.length > 0) {
    add(false);
    for (let s = 0; s < symbolCount; s += 1) link(dead, s, dead);
  }
  let base = 0;
  for (let i = 0; i < first.length; i += 1) {
    for (let s = 0; s < symbolCount; s += 1) link(i, s, s > 0 && bytes[s - 1] === first[i] ? i + 1 : dead);
  }
  base = first.length;
  for (const part of inner) {
    search(part, base, base + part.length, false);
    base += part.length;
  }
  if (last.length === 0) for (let s = 0; s < symbolCount; s += 1) link(base, s, base);
  else search(last, base, base + last.length, true);
  return { symbolOfByte, symbolCount, next, accepts };

  /** Knuth–Morris–Pratt from state `from`; `end` is the state after the piece, from which an ending piece searches on. */
  function search(part: Uint8Array, from: number, end: number, ending: boolean): void {
    const length = part.length;
    let fallback = 0; // the state a proper border of what was read leads to
    for (let i = 0; i < (ending ? length + 1 : length); i += 1) {
      for (let s = 0; s < symbolCount; s += 1) {
        const advances = s > 0 && i < length && bytes[s - 1] === part[i];
        const to = advances
          ? i + 1 === length
            ? end
            : from + i + 1
          : i === 0
            ? from
            : (next[(from + fallback) * symbolCount + s] ?? from);
        link(from + i, s, to);
      }
      if (i > 0 && i < length) {
        const symbol = bytes.indexOf(part[i] ?? 0) + 1;
        fallback = (next[(from + fallback) * symbolCount + symbol] ?? from) - from;
      }
    }
  }
}

/** Numbers states so that sinks come last, and labels by the patterns matched. */
function productGroup(dfa: Dfa, members: readonly number[], patternCount: number): PatternGroup {
  const { symbolCount, symbolOfByte } = dfa;
  const stateCount = dfa.accepts.length;
  const isSink = (state: number): boolean => {
    for (let s = 0; s < symbolCount; s += 1) if (dfa.next[state * symbolCount + s] !== state) return false;
    return true;
  };
  const order: number[] = [];
  const sinks: number[] = [];
  for (let state = 0; state < stateCount; state += 1) (isSink(state) ? sinks : order).push(state);
  const firstSink = order.length;
  order.push(...sinks);
  const renumbered = new Uint16Array(stateCount);
  order.forEach((old, state) => {
    renumbered[old] = state;
  });
  const labelByKey = new Map<string, number>([['', 0]]);
  const matches: number[][] = Array.from({ length: patternCount }, () => []);
  const next = new Uint16Array(stateCount * symbolCount);
  const labelOfState = new Uint16Array(stateCount);
  order.forEach((old, state) => {
    const accepted = dfa.accepts[old] ?? [];
    const key = accepted.join(',');
    let label = labelByKey.get(key);
    if (label === undefined) {
      label = labelByKey.size;
      labelByKey.set(key, label);
      for (const pattern of accepted) matches[pattern]?.push(label);
    }
    labelOfState[state] = label;
    for (let s = 0; s < symbolCount; s += 1) {
      next[state * symbolCount + s] = renumbered[dfa.next[old * symbolCount + s] ?? 0] ?? 0;
    }
  });
  return {
    backward: false,
    patterns: members,
    matches,
    labelCount: labelByKey.size,
    stateCount,
    firstSink,
    symbolCount,
    symbolOfByte,
    next,
    labelOfState,
  };
}
