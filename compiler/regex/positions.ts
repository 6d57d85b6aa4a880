// A pattern's tree in, its automaton of positions out (Glushkov 1961): each position takes one character of a set, follows some
// others, and may end the search. What `^ $ \b` ask of the characters around a place is settled here, once: a position whose
// neighbours are asked is split into its characters of words, its line ends and the rest, and edges that cannot be are left out.
// The end of the text is a character of its own, one past the last. Never looks at a text but in `positionsMatch`.

import { CODE_POINT_LIMIT, complement, contains, intersection, type Ranges, union } from './sets.ts';
import type { Assertion, Pattern, Tree } from './tree.ts';

/** The end of the text, as a character that positions can take. */
export const END_OF_TEXT: number = CODE_POINT_LIMIT;

/** What stands before a place. Line ends are never characters of words. */
export const BEFORE_BEGIN = 0;
export const BEFORE_OTHER = 1;
export const BEFORE_WORD = 2;
export const BEFORE_LINE_END = 3;

export interface Positions {
  /** By position: what it takes. */
  readonly sets: readonly Ranges[];
  readonly follow: readonly (readonly number[])[];
  /** By position: reached, the text matches. Nothing follows it. */
  readonly accepts: readonly boolean[];
  /** By BEFORE_*: positions at which a match may begin there. */
  readonly starts: readonly (readonly number[])[];
  /** Every text matches. */
  readonly always: boolean;
  readonly words: Ranges;
  readonly lineEnds: Ranges;
}

const BIT: Readonly<Record<Assertion, number>> = {
  'text-begin': 1,
  'text-end': 2,
  'last-line-end': 4,
  'line-begin': 8,
  'line-end': 16,
  'word-boundary': 32,
  'no-word-boundary': 64,
};
const ASKS_WORD = BIT['word-boundary'] | BIT['no-word-boundary'];
const ASKS_LINE = BIT['line-begin'] | BIT['line-end'];
const LAST_LINE_END = BIT['last-line-end'];

export function positionsOf(pattern: Pattern): Positions {
  const graph = new Graph();
  const start = graph.add(pattern.tree, ACCEPT);
  return new Splitting(graph, start, pattern).positions();
}

/** Whether some part of the text matches: the meaning of the positions, for checking what is made of them. */
export function positionsMatch(positions: Positions, text: string): boolean {
  if (positions.always) return true;
  let active: readonly number[] = [];
  let before = BEFORE_BEGIN;
  for (const code of [...Array.from(text, (c) => c.codePointAt(0) ?? 0), END_OF_TEXT]) {
    const next = new Set<number>();
    for (const from of [...active.map((p) => positions.follow[p]), positions.starts[before]]) {
      for (const p of from ?? []) if (contains(positions.sets[p] ?? [], code)) next.add(p);
    }
    for (const p of next) if (positions.accepts[p] === true) return true;
    active = [...next];
    before = beforeAfter(code, positions);
  }
  return false;
}

/** What a place has before it that comes after this character. */
export function beforeAfter(code: number, { words, lineEnds }: Pick<Positions, 'words' | 'lineEnds'>): number {
  if (contains(words, code)) return BEFORE_WORD;
  return contains(lineEnds, code) ? BEFORE_LINE_END : BEFORE_OTHER;
}

const ACCEPT = 0;

interface Edge {
  readonly guard: number;
  readonly to: number;
}

/** Thompson's graph: nodes that take a character, and nodes that only lead on, some under a guard. */
class Graph {
  /** By node; null: takes nothing. Node 0 is the end of the pattern. */
  readonly sets: (Ranges | null)[] = [null];
  readonly edges: Edge[][] = [[]];

  /** The node at which `tree` begins, when `next` comes after it. */
  add(tree: Tree, next: number): number {
    switch (tree.kind) {
      case 'set':
        return tree.ranges.length === 0 ? this.#node(null, []) : this.#node(tree.ranges, [{ guard: 0, to: next }]);
      case 'assert':
        return this.#node(null, [{ guard: BIT[tree.what], to: next }]);
      case 'concat':
        return tree.items.reduceRight((after, item) => this.add(item, after), next);
      case 'alternate':
        return this.#node(
          null,
          tree.items.map((item) => ({ guard: 0, to: this.add(item, next) })),
        );
      case 'repeat':
        return this.#repeat(tree.item, tree.min, tree.max, next);
    }
  }

  /**
   * What may be left out comes first, with a way into each copy: of `.{0,40}` only what comes before leads to many positions, and
   * each copy to the next alone.
   */
  #repeat(item: Tree, min: number, max: number | null, next: number): number {
    let after = next;
    let required = min;
    if (max === null) {
      const loop = this.#node(null, []);
      const body = this.add(item, loop);
      this.edges[loop]?.push({ guard: 0, to: body }, { guard: 0, to: next });
      after = min === 0 ? loop : body;
      required = Math.max(0, min - 1);
    }
    for (let i = 0; i < required; i += 1) after = this.add(item, after);
    if (max === null || max === min) return after;
    const ways: Edge[] = [{ guard: 0, to: after }];
    for (let i = min; i < max; i += 1) {
      after = this.add(item, after);
      ways.push({ guard: 0, to: after });
    }
    return this.#node(null, ways);
  }

  #node(set: Ranges | null, edges: Edge[]): number {
    this.sets.push(set);
    this.edges.push(edges);
    return this.sets.length - 1;
  }

  /** Nodes that take a character, and the end, reachable from `node` without taking one, with the guards on the way. */
  reach(node: number): Edge[] {
    const found: Edge[] = [];
    const seen = new Map<number, number[]>();
    const stack: Edge[] = [{ guard: 0, to: node }];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { guard, to } = at;
      const before = seen.get(to);
      if (before?.some((known) => (known & ~guard) === 0) === true) continue;
      if (before === undefined) seen.set(to, [guard]);
      else before.push(guard);
      if (to === ACCEPT || this.sets[to] !== null) found.push(at);
      else for (const edge of this.edges[to] ?? []) stack.push({ guard: guard | edge.guard, to: edge.to });
    }
    return found.sort((a, b) => a.to - b.to || a.guard - b.guard);
  }
}

/** One side of a place. `before` or `after`: a character's kind, or an end of the text. */
interface Side {
  readonly isWord: boolean;
  readonly isLineEnd: boolean;
  readonly isEdge: boolean;
  /** A newline that is the last character. */
  readonly isLast: boolean;
}

const EDGE: Side = { isWord: false, isLineEnd: false, isEdge: true, isLast: false };
const OTHER: Side = { ...EDGE, isEdge: false };
const WORD: Side = { ...OTHER, isWord: true };
const LINE_END: Side = { ...OTHER, isLineEnd: true };
const LAST_NEWLINE: Side = { ...LINE_END, isLast: true };
/** By BEFORE_*. */
const SIDES: readonly Side[] = [EDGE, OTHER, WORD, LINE_END];

function allows(guard: number, before: Side, after: Side): boolean {
  return (
    ((guard & BIT['text-begin']) === 0 || before.isEdge) &&
    ((guard & BIT['text-end']) === 0 || after.isEdge) &&
    ((guard & LAST_LINE_END) === 0 || after.isEdge || after.isLast) &&
    ((guard & BIT['line-begin']) === 0 || before.isEdge || before.isLineEnd) &&
    ((guard & BIT['line-end']) === 0 || after.isEdge || after.isLineEnd) &&
    ((guard & BIT['word-boundary']) === 0 || before.isWord !== after.isWord) &&
    ((guard & BIT['no-word-boundary']) === 0 || before.isWord === after.isWord)
  );
}

/** Some characters of a node, all of one kind as far as anything asks. */
interface Part {
  readonly position: number;
  readonly side: Side;
}

class Splitting {
  readonly #graph: Graph;
  readonly #pattern: Pattern;
  readonly #start: number;
  readonly #sets: Ranges[] = [];
  readonly #follow: Set<number>[] = [];
  readonly #accepts: boolean[] = [];
  readonly #starts: Set<number>[] = SIDES.map(() => new Set());
  /** By node that takes a character and is reached. */
  readonly #parts = new Map<number, readonly Part[]>();
  readonly #tails = new Map<Side, number>();
  /** By node: the newline that must be the text's last character. */
  readonly #lastNewlines = new Map<number, number>();

  constructor(graph: Graph, start: number, pattern: Pattern) {
    this.#graph = graph;
    this.#start = start;
    this.#pattern = pattern;
  }

  positions(): Positions {
    const reached = new Map<number, readonly Edge[]>();
    const atStart = this.#graph.reach(this.#start);
    const asked = new Map<number, number>(); // by node: guards on its edges, in and out
    const ask = (node: number, guard: number): void => {
      asked.set(node, (asked.get(node) ?? 0) | guard);
    };
    const queue = atStart.map(({ to }) => to);
    for (const { guard, to } of atStart) ask(to, guard);
    for (const node of queue) {
      if (node === ACCEPT || reached.has(node)) continue;
      const after = this.#graph.reach(this.#graph.edges[node]?.[0]?.to ?? ACCEPT);
      reached.set(node, after);
      for (const { guard, to } of after) {
        ask(node, guard);
        ask(to, guard);
        queue.push(to);
      }
    }
    const always = atStart.some(({ guard, to }) => to === ACCEPT && guard === 0);
    for (const node of reached.keys()) this.#parts.set(node, this.#split(node, asked.get(node) ?? 0));
    for (const [node, edges] of reached) {
      const isEnd = edges.some(({ guard, to }) => to === ACCEPT && guard === 0);
      for (const { position, side } of this.#parts.get(node) ?? []) {
        if (isEnd) this.#accepts[position] = true;
        else this.#link(edges, side, this.#follow[position] ?? new Set(), reached);
      }
    }
    SIDES.forEach((side, before) => {
      this.#link(atStart, side, this.#starts[before] ?? new Set(), reached);
    });
    return this.#trimmed(always);
  }

  #split(node: number, guards: number): Part[] {
    const set = this.#graph.sets[node] ?? [];
    const { words, lineEnds } = this.#pattern;
    let parts: { readonly set: Ranges; readonly side: Side }[] = [{ set, side: OTHER }];
    if ((guards & ASKS_LINE) !== 0) {
      parts = [
        { set: intersection(set, lineEnds), side: LINE_END },
        { set: intersection(set, complement(lineEnds)), side: OTHER },
      ];
    }
    if ((guards & ASKS_WORD) !== 0) {
      parts = parts.flatMap((part) => [
        { set: intersection(part.set, words), side: WORD },
        { set: intersection(part.set, complement(words)), side: part.side },
      ]);
    }
    return parts
      .filter((part) => part.set.length > 0)
      .map((part) => ({ position: this.#add(part.set), side: part.side }));
  }

  #add(set: Ranges): number {
    this.#sets.push(set);
    this.#follow.push(new Set());
    this.#accepts.push(false);
    return this.#sets.length - 1;
  }

  /** What can come after a place with `before` on its left, by these edges. */
  #link(edges: readonly Edge[], before: Side, into: Set<number>, reached: ReadonlyMap<number, readonly Edge[]>): void {
    for (const { guard, to } of edges) {
      if (to === ACCEPT) {
        if (guard === 0) continue;
        for (const after of [EDGE, OTHER, WORD, LINE_END, LAST_NEWLINE]) {
          if (after.isLast && (guard & LAST_LINE_END) === 0) continue;
          if (allows(guard, before, after)) into.add(this.#tail(after));
        }
        continue;
      }
      for (const { position, side } of this.#parts.get(to) ?? []) {
        if ((guard & LAST_LINE_END) === 0 && allows(guard, before, side)) into.add(position);
      }
      if ((guard & LAST_LINE_END) !== 0 && allows(guard, before, LAST_NEWLINE)) {
        const last = this.#lastNewline(to, reached.get(to) ?? []);
        if (last !== null) into.add(last);
      }
    }
  }

  /** A character behind the match that makes its last assertion true, or the end. */
  #tail(side: Side): number {
    const known = this.#tails.get(side);
    if (known !== undefined) return known;
    const { words, lineEnds } = this.#pattern;
    const end: Ranges = [END_OF_TEXT, END_OF_TEXT + 1];
    const set = side.isEdge
      ? end
      : side.isLast
        ? [0x0a, 0x0b]
        : side.isWord
          ? words
          : side.isLineEnd
            ? lineEnds
            : complement(union(words, lineEnds));
    const position = this.#add(set);
    this.#tails.set(side, position);
    if (side.isLast) this.#follow[position]?.add(this.#tail(EDGE));
    else this.#accepts[position] = true;
    return position;
  }

  /** The node takes a newline, which is the last character: the pattern must be over behind it. Null: it cannot. */
  #lastNewline(node: number, edges: readonly Edge[]): number | null {
    const known = this.#lastNewlines.get(node);
    if (known !== undefined) return known;
    const isOver = edges.some(({ guard, to }) => to === ACCEPT && allows(guard, LINE_END, EDGE));
    if (!isOver || !contains(this.#graph.sets[node] ?? [], 0x0a)) return null;
    const position = this.#add([0x0a, 0x0b]);
    this.#lastNewlines.set(node, position);
    this.#follow[position]?.add(this.#tail(EDGE));
    return position;
  }

  /** Only positions that lead to an end and are led to, in order. */
  #trimmed(always: boolean): Positions {
    const leads: number[][] = this.#sets.map(() => []);
    this.#follow.forEach((next, p) => {
      for (const q of next) leads[q]?.push(p);
    });
    const useful = closure(
      this.#accepts.flatMap((accepts, p) => (accepts ? [p] : [])),
      leads,
    );
    const led = closure(
      this.#starts.flatMap((start) => [...start]),
      this.#follow.map((next) => [...next]),
    );
    const kept = this.#sets.flatMap((_, p) => (!always && useful.has(p) && led.has(p) ? [p] : []));
    const numberOf = new Map(kept.map((p, i) => [p, i]));
    const renumbered = (positions: Iterable<number>): number[] =>
      [...positions].flatMap((p) => numberOf.get(p) ?? []).sort((a, b) => a - b);
    return {
      sets: kept.map((p) => this.#sets[p] ?? []),
      follow: kept.map((p) => renumbered(this.#follow[p] ?? [])),
      accepts: kept.map((p) => this.#accepts[p] ?? false),
      starts: this.#starts.map((start) => renumbered(start)),
      always,
      words: this.#pattern.words,
      lineEnds: this.#pattern.lineEnds,
    };
  }
}

function closure(from: readonly number[], next: readonly (readonly number[])[]): Set<number> {
  const seen = new Set(from);
  for (const p of seen) for (const q of next[p] ?? []) seen.add(q);
  return seen;
}
