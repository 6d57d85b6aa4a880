// In: a pattern. Out: the program that finds its matches in the order in which backtracking would (contract/redaction.ts), as u32
// words, or why there is none. Repetitions are written out, so its size is the pattern's. Never looks at a text.

import { MAX_REDACT_INSTRUCTIONS } from '../../wasm-core/contract/limits.ts';
import * as redact from '../../wasm-core/contract/redaction.ts';
import { unreachable } from '../diagnostic.ts';
import type { Ranges } from './sets.ts';
import type { Assertion, Pattern, Tree } from './tree.ts';

/** Why there is none: too many instructions; or a repetition without end of what may be empty, whose order engines disagree about. */
export type NoProgram = 'too-large' | 'empty-rounds';

export function redactionProgram(pattern: Pattern): readonly number[] | NoProgram {
  if (hasEmptyRounds(pattern.tree)) return 'empty-rounds';
  const writer = new ProgramWriter();
  writer.tree(pattern.tree);
  writer.add({ op: redact.REDACT_MATCH });
  return writer.overflow ? 'too-large' : wordsOf(writer.instructions, pattern);
}

/** `ranges` is placed when the program is whole. */
interface Instruction {
  readonly op: number;
  a?: number;
  b?: number;
  readonly ranges?: Ranges;
}

const ASSERTIONS: Readonly<Record<Assertion, number>> = {
  'text-begin': redact.ASSERT_TEXT_BEGIN,
  'text-end': redact.ASSERT_TEXT_END,
  'last-line-end': redact.ASSERT_LAST_LINE_END,
  'line-begin': redact.ASSERT_LINE_BEGIN,
  'line-end': redact.ASSERT_LINE_END,
  'word-boundary': redact.ASSERT_WORD_BOUNDARY,
  'no-word-boundary': redact.ASSERT_NO_WORD_BOUNDARY,
};

class ProgramWriter {
  readonly instructions: Instruction[] = [];
  overflow = false;

  add(instruction: Instruction): Instruction {
    if (this.instructions.length >= MAX_REDACT_INSTRUCTIONS) this.overflow = true;
    else this.instructions.push(instruction);
    return instruction;
  }

  tree(tree: Tree): void {
    if (this.overflow) return;
    switch (tree.kind) {
      case 'set':
        this.add({ op: redact.REDACT_SET, ranges: tree.ranges });
        return;
      case 'assert':
        this.add({ op: redact.REDACT_ASSERT, a: ASSERTIONS[tree.what] });
        return;
      case 'concat':
        for (const item of tree.items) this.tree(item);
        return;
      case 'alternate':
        this.#alternate(tree.items);
        return;
      case 'repeat':
        this.#repeat(tree.item, tree.min, tree.max, tree.lazy === true);
        return;
      default:
        unreachable(tree);
    }
  }

  #alternate([first, ...others]: readonly Tree[]): void {
    if (first === undefined) return;
    if (others.length === 0) {
      this.tree(first);
      return;
    }
    const split = this.add({ op: redact.REDACT_SPLIT });
    split.a = this.instructions.length;
    this.tree(first);
    const jump = this.add({ op: redact.REDACT_JUMP });
    split.b = this.instructions.length;
    this.#alternate(others);
    jump.a = this.instructions.length;
  }

  #repeat(item: Tree, min: number, max: number | null, lazy: boolean): void {
    for (let i = 0; i < min && !this.overflow; i += 1) this.tree(item);
    if (max === null) this.#star(item, lazy);
    else this.#upTo(item, max - min, lazy);
  }

  /** `x{0,n}` as `(x(x…)?)?`. A loop, since `n` may be 1,000. */
  #upTo(item: Tree, count: number, lazy: boolean): void {
    const splits: Instruction[] = [];
    for (let i = 0; i < count && !this.overflow; i += 1) {
      splits.push(this.#split(lazy));
      this.tree(item);
    }
    for (const split of splits) this.#leave(split, lazy);
  }

  #star(item: Tree, lazy: boolean): void {
    const start = this.instructions.length;
    const split = this.#split(lazy);
    this.tree(item);
    this.add({ op: redact.REDACT_JUMP, a: start });
    this.#leave(split, lazy);
  }

  /** Goes into what follows, first or last. */
  #split(lazy: boolean): Instruction {
    const split = this.add({ op: redact.REDACT_SPLIT });
    if (lazy) split.b = this.instructions.length;
    else split.a = this.instructions.length;
    return split;
  }

  #leave(split: Instruction, lazy: boolean): void {
    if (lazy) split.a = this.instructions.length;
    else split.b = this.instructions.length;
  }
}

function hasEmptyRounds(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return false;
    case 'concat':
    case 'alternate':
      return tree.items.some(hasEmptyRounds);
    case 'repeat':
      return (tree.max === null && canBeEmpty(tree.item)) || hasEmptyRounds(tree.item);
  }
}

function canBeEmpty(tree: Tree): boolean {
  switch (tree.kind) {
    case 'set':
      return false;
    case 'assert':
      return true;
    case 'concat':
      return tree.items.every(canBeEmpty);
    case 'alternate':
      return tree.items.some(canBeEmpty);
    case 'repeat':
      return tree.min === 0 || canBeEmpty(tree.item);
  }
}

function wordsOf(instructions: readonly Instruction[], pattern: Pattern): readonly number[] {
  const first = redact.PROGRAM_HEADER_SIZE + instructions.length * redact.INSTRUCTION_SIZE;
  const pool: number[] = [];
  const known = new Map<string, number>();
  const place = (ranges: Ranges): number => {
    const key = ranges.join(' ');
    let at = known.get(key);
    if (at === undefined) {
      at = first + pool.length;
      known.set(key, at);
      pool.push(...ranges);
    }
    return at;
  };
  const body = instructions.flatMap(({ op, a = 0, b = 0, ranges }) =>
    ranges === undefined ? [op, a, b] : [op, place(ranges), ranges.length],
  );
  const header = Array.from({ length: redact.PROGRAM_HEADER_SIZE }, () => 0);
  header[redact.PROGRAM_INSTRUCTIONS] = instructions.length;
  header[redact.PROGRAM_WORD_SET] = place(pattern.words);
  header[redact.PROGRAM_WORD_SET_SIZE] = pattern.words.length;
  header[redact.PROGRAM_LINE_END_SET] = place(pattern.lineEnds);
  header[redact.PROGRAM_LINE_END_SET_SIZE] = pattern.lineEnds.length;
  return [...header, ...body, ...pool];
}
