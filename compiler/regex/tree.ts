// What a pattern is once it is read: a tree of sets of code points. Data only. Flags, case, dialect and escapes are gone: a set
// says which characters match, an assertion what stands around a place. Capturing is gone too.

import type { Ranges } from './sets.ts';

/**
 * Whose patterns these are: `re2` is what CEL's `matches` takes; `python` is `re` on `str` (Unicode `\d \w \s \b`, `$` also before
 * a last newline); `js` is ECMAScript, read over code points; `glob` is a path glob over the whole text: `**` any run of characters,
 * `*` one without `/`, everything else itself.
 */
export type Dialect = 're2' | 'python' | 'js' | 'glob';

export type Tree =
  /** One code point of the set; an empty set matches nothing. */
  | { readonly kind: 'set'; readonly ranges: Ranges }
  /** No items: the empty text. */
  | { readonly kind: 'concat'; readonly items: readonly Tree[] }
  | { readonly kind: 'alternate'; readonly items: readonly Tree[] }
  /** `max` null: without end. `lazy`: fewer come first, which only what asks for places of matches can tell. */
  | {
      readonly kind: 'repeat';
      readonly item: Tree;
      readonly min: number;
      readonly max: number | null;
      readonly lazy?: true;
    }
  | { readonly kind: 'assert'; readonly what: Assertion };

/** `last-line-end`: the end, or before a newline that is the last character (`$` of Python). */
export type Assertion =
  | 'text-begin'
  | 'text-end'
  | 'last-line-end'
  | 'line-begin'
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary';

export interface Pattern {
  readonly tree: Tree;
  /** Characters of words, for `\b`. */
  readonly words: Ranges;
  /** Characters that end lines, for `^` and `$` under `m`. */
  readonly lineEnds: Ranges;
}

/** Something wrong in a pattern, between two UTF-16 offsets of its text. */
export interface PatternProblem {
  readonly start: number;
  readonly end: number;
  readonly kind: 'syntax' | 'refused' | 'too-large';
  readonly message: string;
  readonly help: string;
}

export type Parsed =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly problem: PatternProblem };
