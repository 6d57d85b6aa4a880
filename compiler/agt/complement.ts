// A negative lookahead at the end of a pattern, written without it: what may follow is what the lookahead does not match, and that
// is a regular language. In: a pattern of Python's `re`. Out: one of the same meaning without such lookaheads, or null where this
// cannot say so: a lookahead elsewhere, with assertions in it, or too large.

import { parsePattern } from '../regex/parse.ts';
import { groupEnd, pieceEnd } from '../regex/pieces.ts';
import type { Tree } from '../regex/tree.ts';

const MOST_STATES = 120;
const MOST_LENGTH = 20000;
const CODE_POINTS = 0x110000;

export function withoutLastLookahead(pattern: string): string | null {
  const flags = /^\(\?[imsu]+\)/.exec(pattern)?.[0] ?? '';
  let out = '';
  for (let at = 0; at < pattern.length; ) {
    const end = pattern.startsWith('(?!', at) ? groupEnd(pattern, at) : null;
    if (end === null) {
      const next = pieceEnd(pattern, at);
      out += pattern.slice(at, next);
      at = next;
    } else {
      const rest = endsAfter(pattern, end) ? complementOf(`${flags}${pattern.slice(at + 3, end - 1)}`) : null;
      if (rest === null) return null;
      out += rest;
      at = end;
    }
  }
  return out === pattern ? null : out;
}

/** Whether nothing need follow this place: only other alternatives of the groups around it, and their ends. */
function endsAfter(pattern: string, from: number): boolean {
  let depth = 0;
  let isOther = false;
  for (let at = from; at < pattern.length; at = pieceEnd(pattern, at)) {
    const character = pattern.charAt(at);
    if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (character === ')') {
      isOther = false;
      if (/[*+?{]/.test(pattern.charAt(at + 1))) return false;
      continue;
    } else if (character === '|' && depth === 0) isOther = true;
    if (!isOther) return false;
  }
  return true;
}

/** A pattern of the texts, up to where it is settled, that do not begin with a match of this one. */
function complementOf(pattern: string): string | null {
  const parsed = parsePattern(pattern, 'python');
  if (!parsed.ok) return null;
  const nfa = new Nfa();
  const accept = nfa.state();
  const start = nfa.build(parsed.pattern.tree, accept);
  return start === null ? null : eliminated(nfa, start, accept);
}

type Step = { readonly ranges: readonly number[]; readonly to: number };

/** States with steps over sets, and steps over nothing. */
class Nfa {
  readonly steps: Step[][] = [];
  readonly jumps: number[][] = [];

  state(): number {
    this.steps.push([]);
    this.jumps.push([]);
    return this.steps.length - 1;
  }

  /** The state from which `tree` leads to `to`; null for what asks more than characters, or is too large. */
  build(tree: Tree, to: number): number | null {
    if (this.steps.length > 2000) return null;
    switch (tree.kind) {
      case 'assert':
        return null;
      case 'set': {
        const from = this.state();
        this.steps[from]?.push({ ranges: tree.ranges, to });
        return from;
      }
      case 'concat':
        return [...tree.items]
          .reverse()
          .reduce<number | null>((next, item) => (next === null ? null : this.build(item, next)), to);
      case 'alternate': {
        const from = this.state();
        for (const item of tree.items) {
          const branch = this.build(item, to);
          if (branch === null) return null;
          this.jumps[from]?.push(branch);
        }
        return from;
      }
      case 'repeat':
        return this.#repeat(tree, to);
    }
  }

  #repeat(tree: Tree & { readonly kind: 'repeat' }, to: number): number | null {
    let next: number | null = to;
    if (tree.max === null) {
      const loop = this.state();
      const body = this.build(tree.item, loop);
      if (body === null) return null;
      this.jumps[loop]?.push(body, to);
      next = loop;
    } else {
      for (let i = tree.min; i < tree.max && next !== null; i += 1) {
        const body: number | null = this.build(tree.item, next);
        if (body === null) return null;
        const choice = this.state();
        this.jumps[choice]?.push(body, to);
        next = choice;
      }
    }
    for (let i = 0; i < tree.min && next !== null; i += 1) next = this.build(tree.item, next);
    return next;
  }

  closure(states: Iterable<number>): number[] {
    const seen = new Set<number>();
    const pending = [...states];
    for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
      if (seen.has(state)) continue;
      seen.add(state);
      pending.push(...(this.jumps[state] ?? []));
    }
    return [...seen].sort((a, b) => a - b);
  }
}

/** What leads from a state on: to other states, and to where all is settled. `-1` stands for the latter. */
type Equation = Map<number, string>;
const SETTLED = -1;

function eliminated(nfa: Nfa, start: number, accept: number): string | null {
  const first = nfa.closure([start]);
  if (first.includes(accept)) return '[^\\s\\S]'; // what begins with nothing begins everything
  const numbers = new Map([[first.join(), 0]]);
  const sets = [first];
  const equations: Equation[] = [];
  for (let q = 0; q < sets.length; q += 1) {
    if (sets.length > MOST_STATES) return null;
    const steps = (sets[q] ?? []).flatMap((state) => nfa.steps[state] ?? []);
    const cuts = [...new Set([0, ...steps.flatMap(({ ranges }) => ranges)])]
      .filter((cut) => cut < CODE_POINTS)
      .sort((a, b) => a - b);
    const byTarget = new Map<number, number[]>();
    cuts.forEach((from, i) => {
      const to = cuts[i + 1] ?? CODE_POINTS;
      const next = nfa.closure(steps.filter(({ ranges }) => has(ranges, from)).map((step) => step.to));
      if (next.includes(accept)) return; // the lookahead matches: nothing may lead here
      let target = SETTLED;
      if (next.length > 0) {
        target = numbers.get(next.join()) ?? sets.length;
        if (target === sets.length) {
          numbers.set(next.join(), target);
          sets.push(next);
        }
      }
      byTarget.set(target, joined(byTarget.get(target) ?? [], from, to));
    });
    const equation: Equation = new Map([...byTarget].map(([target, ranges]) => [target, setText(ranges)]));
    equation.set(SETTLED, either(equation.get(SETTLED), '\\Z'));
    equations.push(equation);
  }
  return solved(equations);
}

/** Takes the states out one by one, those with the fewest ways through first. */
function solved(equations: readonly Equation[]): string | null {
  const left = new Set(equations.keys());
  left.delete(0);
  const ways = (q: number): number =>
    equations.filter((equation, p) => p !== q && (p === 0 || left.has(p)) && equation.has(q)).length *
    (equations[q]?.size ?? 0);
  while (left.size > 0) {
    const [q = 0] = [...left].sort((a, b) => ways(a) - ways(b));
    left.delete(q);
    const own = equations[q] ?? new Map<number, string>();
    const loop = own.get(q) === undefined ? '' : `(?:${own.get(q)})*`;
    equations.forEach((equation, p) => {
      const into = equation.get(q);
      if (into === undefined || p === q || (p !== 0 && !left.has(p))) return;
      equation.delete(q);
      for (const [target, way] of own) {
        if (target !== q) equation.set(target, either(equation.get(target), `${into}${loop}${way}`));
      }
    });
    if (equations.some((equation) => [...equation.values()].some((text) => text.length > MOST_LENGTH))) return null;
  }
  const last = equations[0];
  const loop = last?.get(0) === undefined ? '' : `(?:${last.get(0)})*`;
  return `(?:${loop}${last?.get(SETTLED) ?? ''})`;
}

function either(a: string | undefined, b: string): string {
  return a === undefined ? b : `(?:${a}|${b})`;
}

function has(ranges: readonly number[], code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if ((ranges[i] ?? 0) <= code && code < (ranges[i + 1] ?? 0)) return true;
  return false;
}

/** Ascending ranges with one more at their end. */
function joined(ranges: readonly number[], from: number, to: number): number[] {
  return ranges.at(-1) === from ? [...ranges.slice(0, -1), to] : [...ranges, from, to];
}

/** The shorter of the set and of what it leaves out. */
function setText(ranges: readonly number[]): string {
  const inside = `[${rangesText(ranges)}]`;
  const gaps = [0, ...ranges, CODE_POINTS];
  const outside = gaps.filter((gap, i) => gap !== gaps[i + (i % 2 === 0 ? 1 : -1)]);
  if (outside.length === 0) return '[\\s\\S]';
  const others = `[^${rangesText(outside)}]`;
  return others.length < inside.length ? others : inside;
}

function rangesText(ranges: readonly number[]): string {
  let text = '';
  for (let i = 0; i < ranges.length; i += 2) {
    const [from = 0, to = from + 1] = ranges.slice(i, i + 2);
    text += to === from + 1 ? character(from) : `${character(from)}-${character(to - 1)}`;
  }
  return text;
}

function character(code: number): string {
  const text = String.fromCodePoint(code);
  if (/^[A-Za-z0-9 ]$/.test(text)) return text;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
