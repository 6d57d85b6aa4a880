// In: a pattern and a text. Out: the text with its matches replaced (LANGUAGE.md 13.6). Plain and slow: the pattern written out as
// steps, and all the places it can be in, in the order a backtracking search would try them. Shares only the parser with the compiler.

import { MAX_REDACT_TEXT } from '../../wasm-core/contract/limits.ts';
import { parsePattern } from '../regex/parse.ts';
import type { Ranges } from '../regex/sets.ts';
import type { Assertion, Pattern, Tree } from '../regex/tree.ts';

/** Null: the text is longer than what is redacted. `pattern` has been parsed without error before. */
export function redactText(text: string, pattern: string, replacement: string): string | null {
  if (text.length > MAX_REDACT_TEXT) return null;
  const parsed = parsePattern(pattern, 're2');
  if (!parsed.ok) throw new Error(`a pattern that does not parse: ${pattern}`);
  const steps = written(parsed.pattern.tree, []);
  steps.push({ kind: 'match' });
  const search: Search = {
    codes: Array.from(text, (character) => character.codePointAt(0) ?? 0),
    pattern: parsed.pattern,
    steps,
  };
  let result = '';
  for (let at = 0; at < search.codes.length; ) {
    const found = firstMatch(search, at);
    const start = found === null ? search.codes.length : found.start;
    result += plain(search.codes, at, start);
    if (found === null) break;
    const isEmpty = found.end === found.start;
    result += isEmpty ? plain(search.codes, start, start + 1) : replacement;
    at = isEmpty ? start + 1 : found.end;
  }
  return result;
}

interface Search {
  readonly codes: readonly number[];
  readonly pattern: Pattern;
  readonly steps: readonly Step[];
}

/** The pattern written out. `split` tries `first` before `second`. */
type Step =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { kind: 'split'; first: number; second: number }
  | { kind: 'jump'; to: number }
  | { readonly kind: 'match' };

function written(tree: Tree, steps: Step[]): Step[] {
  switch (tree.kind) {
    case 'set':
      steps.push({ kind: 'set', ranges: tree.ranges });
      return steps;
    case 'assert':
      steps.push({ kind: 'assert', what: tree.what });
      return steps;
    case 'concat':
      for (const item of tree.items) written(item, steps);
      return steps;
    case 'alternate': {
      const ends: { kind: 'jump'; to: number }[] = [];
      tree.items.forEach((item, index) => {
        if (index === tree.items.length - 1) written(item, steps);
        else {
          const split = { kind: 'split' as const, first: steps.length + 1, second: 0 };
          steps.push(split);
          written(item, steps);
          const end = { kind: 'jump' as const, to: 0 };
          steps.push(end);
          ends.push(end);
          split.second = steps.length;
        }
      });
      for (const end of ends) end.to = steps.length;
      return steps;
    }
    case 'repeat': {
      for (let i = 0; i < tree.min; i += 1) written(tree.item, steps);
      const rounds = tree.max === null ? 1 : tree.max - tree.min;
      const splits: { kind: 'split'; first: number; second: number }[] = [];
      for (let i = 0; i < rounds; i += 1) {
        const split = { kind: 'split' as const, first: steps.length + 1, second: steps.length + 1 };
        steps.push(split);
        splits.push(split);
        written(tree.item, steps);
        if (tree.max === null) steps.push({ kind: 'jump', to: split.first - 1 });
      }
      for (const split of splits) {
        if (tree.lazy === true) split.first = steps.length;
        else split.second = steps.length;
      }
      return steps;
    }
  }
}

interface Thread {
  readonly step: number;
  readonly start: number;
}

/** The match that begins first, from `from` on; of those that begin there, the one a backtracking search would find (Thompson 1968, Pike 1987). */
function firstMatch(search: Search, from: number): { readonly start: number; readonly end: number } | null {
  const { codes, steps } = search;
  let threads: readonly Thread[] = [];
  let found: { readonly start: number; readonly end: number } | null = null;
  for (let at = from; at <= codes.length; at += 1) {
    const begun: readonly Thread[] = found === null ? [...threads, { step: 0, start: at }] : threads;
    if (begun.length === 0) break;
    const next: Thread[] = [];
    for (const { step, start } of settled(begun, at, search)) {
      const now = steps[step];
      if (now?.kind === 'match') {
        found = { start, end: at };
        break; // what comes after in the list would be tried after
      }
      if (now?.kind === 'set' && contains(now.ranges, codes[at])) next.push({ step: step + 1, start });
    }
    threads = next;
  }
  return found;
}

/** Threads at a set or at the end, in the order in which they would be tried; of two at one step the first. */
function settled(threads: readonly Thread[], at: number, search: Search): readonly Thread[] {
  const seen = new Set<number>();
  const result: Thread[] = [];
  const waiting = [...threads].reverse();
  for (let thread = waiting.pop(); thread !== undefined; thread = waiting.pop()) {
    const { step, start } = thread;
    if (seen.has(step)) continue;
    seen.add(step);
    const now = search.steps[step];
    if (now?.kind === 'split') waiting.push({ step: now.second, start }, { step: now.first, start });
    else if (now?.kind === 'jump') waiting.push({ step: now.to, start });
    else if (now?.kind === 'assert') {
      if (holds(now.what, at, search)) waiting.push({ step: step + 1, start });
    } else result.push(thread);
  }
  return result;
}

function plain(codes: readonly number[], start: number, end: number): string {
  return codes
    .slice(start, end)
    .map((code) => String.fromCodePoint(code))
    .join('');
}

function contains(ranges: Ranges, code: number | undefined): boolean {
  if (code === undefined) return false;
  for (let i = 0; i < ranges.length; i += 2) if ((ranges[i] ?? 0) <= code && code < (ranges[i + 1] ?? 0)) return true;
  return false;
}

function holds(what: Assertion, at: number, { codes, pattern }: Search): boolean {
  const isWord = (place: number): boolean => contains(pattern.words, codes[place]);
  const last = codes.length - 1;
  switch (what) {
    case 'text-begin':
      return at === 0;
    case 'text-end':
      return at > last;
    case 'last-line-end':
      return at > last || (at === last && codes[at] === 0x0a);
    case 'line-begin':
      return at === 0 || contains(pattern.lineEnds, codes[at - 1]);
    case 'line-end':
      return at > last || contains(pattern.lineEnds, codes[at]);
    case 'word-boundary':
      return isWord(at - 1) !== isWord(at);
    case 'no-word-boundary':
      return isWord(at - 1) === isWord(at);
  }
}
