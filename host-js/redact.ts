// In: a program that finds matches (contract/redaction.ts) and a text. Out: the text with every match replaced (LANGUAGE.md 13.6).
// Linear in the text, whatever the pattern: one pass from the end says from which instructions a match can still be reached, then
// one pass from the beginning takes at every turn the first way that can, as backtracking would, and never turns back.

import { MAX_REDACT_INSTRUCTIONS, MAX_REDACT_TEXT } from '../wasm-core/contract/limits.ts';
import * as redact from '../wasm-core/contract/redaction.ts';

/** Code points below this are looked up in a table. */
const TABLE_SIZE = 256;
/** Results of a step that are remembered, by set and character; after that they are worked out each time. */
const MAX_KNOWN_STEPS = 200_000;

export class Redactor {
  readonly #words: Uint32Array;
  readonly #count: number;
  /** Boundaries of all sets, ascending: between two of them the program cannot tell characters apart. */
  readonly #cuts: readonly number[];
  readonly #classOfLow = new Uint16Array(TABLE_SIZE);
  /** By class: a character of it. */
  readonly #sample: number[] = [];
  /** Instructions that lead to each one without taking a character. */
  readonly #before: readonly (readonly number[])[];
  readonly #hasAssertions: boolean;
  readonly #sets: Uint32Array[] = [];
  readonly #setNumbers = new Map<string, number>();
  readonly #steps = new Map<number, number>();

  /** @throws RangeError if the words are no program */
  constructor(words: Uint32Array) {
    this.#words = words;
    this.#count = verified(words);
    const before = Array.from({ length: this.#count }, (): number[] => []);
    const cuts = new Set([0]);
    const addSet = (at: number, size: number): void => {
      for (const bound of words.subarray(at, at + size)) cuts.add(bound);
    };
    addSet(words[redact.PROGRAM_WORD_SET] ?? 0, words[redact.PROGRAM_WORD_SET_SIZE] ?? 0);
    addSet(words[redact.PROGRAM_LINE_END_SET] ?? 0, words[redact.PROGRAM_LINE_END_SET_SIZE] ?? 0);
    let hasAssertions = false;
    for (let i = 0; i < this.#count; i += 1) {
      const [op, a, b] = this.#instruction(i);
      if (op === redact.REDACT_SET) addSet(a, b);
      if (op === redact.REDACT_ASSERT) hasAssertions = true;
      for (const next of op === redact.REDACT_SPLIT ? [a, b] : op === redact.REDACT_JUMP ? [a] : [])
        before[next]?.push(i);
      if (op === redact.REDACT_ASSERT) before[i + 1]?.push(i);
    }
    this.#before = before;
    this.#hasAssertions = hasAssertions;
    this.#cuts = [...cuts].sort((x, y) => x - y);
    this.#sample = [...this.#cuts];
    for (let code = 0; code < TABLE_SIZE; code += 1) this.#classOfLow[code] = this.#search(code);
  }

  /** Null: the text is longer than what is redacted. */
  redact(text: string, replacement: string): string | null {
    if (text.length > MAX_REDACT_TEXT) return null;
    const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
    const reach = this.#reach(codes);
    let result = '';
    let at = 0;
    while (at < codes.length) {
      const end = this.#canReach(reach[at] ?? 0, 0) ? this.#matchEnd(reach, at) : at;
      if (end > at) {
        result += replacement;
        at = end;
      } else {
        result += String.fromCodePoint(codes[at] ?? 0);
        at += 1;
      }
    }
    return result;
  }

  /** By place: the number of the set of instructions from which a match can be reached there. */
  #reach(codes: readonly number[]): Uint32Array {
    const reach = new Uint32Array(codes.length + 1);
    let set = this.#step(-1, codes, codes.length);
    reach[codes.length] = set;
    for (let at = codes.length - 1; at >= 0; at -= 1) {
      set = this.#step(set, codes, at);
      reach[at] = set;
    }
    return reach;
  }

  /** The set at a place, from the set behind its character; -1: there is none. */
  #step(after: number, codes: readonly number[], at: number): number {
    const truths = this.#hasAssertions ? this.#truths(codes, at) : 0;
    const code = codes[at];
    const inClass = code === undefined ? this.#cuts.length : this.#classOf(code);
    const key = ((after + 1) * (this.#cuts.length + 1) + inClass) * 128 + truths;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const found = this.#number(this.#stepped(after, inClass, truths));
    if (this.#steps.size < MAX_KNOWN_STEPS) this.#steps.set(key, found);
    return found;
  }

  #stepped(after: number, inClass: number, truths: number): Uint32Array {
    const set = new Uint32Array((this.#count + 31) >>> 5);
    const waiting: number[] = [];
    const add = (instruction: number): void => {
      const word = instruction >>> 5;
      const bit = 1 << (instruction & 31);
      if (((set[word] ?? 0) & bit) !== 0) return;
      set[word] = (set[word] ?? 0) | bit;
      waiting.push(instruction);
    };
    for (let i = 0; i < this.#count; i += 1) {
      const [op, a, b] = this.#instruction(i);
      if (op === redact.REDACT_MATCH) add(i);
      if (op !== redact.REDACT_SET || inClass >= this.#sample.length || after < 0) continue;
      if (this.#canReach(after, i + 1) && this.#has(a, b, this.#sample[inClass] ?? 0)) add(i);
    }
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const from of this.#before[next] ?? []) {
        const [op, a] = this.#instruction(from);
        if (op !== redact.REDACT_ASSERT || ((truths >>> a) & 1) === 1) add(from);
      }
    }
    return set;
  }

  /** The end of the first match in order of preference that begins here; there is one. */
  #matchEnd(reach: Uint32Array, start: number): number {
    let instruction = 0;
    for (let at = start; ; at += 1) {
      const taken = this.#preferred(instruction, reach[at] ?? 0);
      if (taken < 0) return at;
      instruction = taken + 1;
    }
  }

  /** The first instruction in order of preference that takes the character here and still leads to a match; -1: the match ends. */
  #preferred(from: number, reach: number): number {
    let i = from;
    // What can reach a match has a next instruction that can; programs of the compiler do not go in circles.
    for (let steps = 0; steps <= this.#count; steps += 1) {
      const [op, a, b] = this.#instruction(i);
      if (op === redact.REDACT_SET) return i;
      if (op === redact.REDACT_MATCH) return -1;
      if (op === redact.REDACT_SPLIT) i = this.#canReach(reach, a) ? a : b;
      else i = op === redact.REDACT_JUMP ? a : i + 1;
    }
    throw new RangeError('a program that goes in circles');
  }

  #canReach(set: number, instruction: number): boolean {
    return (((this.#sets[set]?.[instruction >>> 5] ?? 0) >>> (instruction & 31)) & 1) === 1;
  }

  /** Sets are kept once, by what is in them. */
  #number(set: Uint32Array): number {
    const key = String.fromCharCode(...new Uint16Array(set.buffer));
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#sets.length;
      this.#sets.push(set);
      this.#setNumbers.set(key, number);
    }
    return number;
  }

  /** Bit ASSERT_*: it holds at this place. */
  #truths(codes: readonly number[], at: number): number {
    const last = codes.length - 1;
    const isWord = (code: number | undefined): boolean =>
      code !== undefined && this.#inSet(redact.PROGRAM_WORD_SET, redact.PROGRAM_WORD_SET_SIZE, code);
    const endsLine = (code: number | undefined): boolean =>
      code !== undefined && this.#inSet(redact.PROGRAM_LINE_END_SET, redact.PROGRAM_LINE_END_SET_SIZE, code);
    const isBoundary = isWord(codes[at - 1]) !== isWord(codes[at]);
    const bit = (assertion: number, holds: boolean): number => (holds ? 1 << assertion : 0);
    return (
      bit(redact.ASSERT_TEXT_BEGIN, at === 0) |
      bit(redact.ASSERT_TEXT_END, at > last) |
      bit(redact.ASSERT_LAST_LINE_END, at > last || (at === last && codes[at] === 0x0a)) |
      bit(redact.ASSERT_LINE_BEGIN, at === 0 || endsLine(codes[at - 1])) |
      bit(redact.ASSERT_LINE_END, at > last || endsLine(codes[at])) |
      bit(redact.ASSERT_WORD_BOUNDARY, isBoundary) |
      bit(redact.ASSERT_NO_WORD_BOUNDARY, !isBoundary)
    );
  }

  #inSet(at: number, size: number, code: number): boolean {
    return this.#has(this.#words[at] ?? 0, this.#words[size] ?? 0, code);
  }

  #has(at: number, size: number, code: number): boolean {
    for (let i = at; i < at + size; i += 2) {
      if (code < (this.#words[i] ?? 0)) return false;
      if (code < (this.#words[i + 1] ?? 0)) return true;
    }
    return false;
  }

  #classOf(code: number): number {
    return code < TABLE_SIZE ? (this.#classOfLow[code] ?? 0) : this.#search(code);
  }

  /** The last cut that is not above `code`. */
  #search(code: number): number {
    let low = 0;
    let high = this.#cuts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#cuts[middle] ?? 0) <= code) low = middle;
      else high = middle;
    }
    return low;
  }

  #instruction(index: number): readonly [op: number, a: number, b: number] {
    const at = redact.PROGRAM_HEADER_SIZE + index * redact.INSTRUCTION_SIZE;
    const words = this.#words;
    return [
      words[at + redact.INSTRUCTION_OP] ?? 0,
      words[at + redact.INSTRUCTION_A] ?? 0,
      words[at + redact.INSTRUCTION_B] ?? 0,
    ];
  }
}

/** The number of instructions of a program all of whose parts lie within it. */
function verified(words: Uint32Array): number {
  const count = words[redact.PROGRAM_INSTRUCTIONS] ?? 0;
  const first = redact.PROGRAM_HEADER_SIZE + count * redact.INSTRUCTION_SIZE;
  if (count === 0 || count > MAX_REDACT_INSTRUCTIONS || first > words.length) throw new RangeError('no program');
  const checkSet = (at: number, size: number): void => {
    if (size % 2 !== 0 || at < first || at > words.length || size > words.length - at) throw new RangeError('no set');
    for (let i = at + 1; i < at + size; i += 1)
      if ((words[i] ?? 0) <= (words[i - 1] ?? 0)) throw new RangeError('a set out of order');
  };
  checkSet(words[redact.PROGRAM_WORD_SET] ?? 0, words[redact.PROGRAM_WORD_SET_SIZE] ?? 0);
  checkSet(words[redact.PROGRAM_LINE_END_SET] ?? 0, words[redact.PROGRAM_LINE_END_SET_SIZE] ?? 0);
  for (let i = 0; i < count; i += 1) {
    const at = redact.PROGRAM_HEADER_SIZE + i * redact.INSTRUCTION_SIZE;
    const op = words[at + redact.INSTRUCTION_OP] ?? 0;
    const a = words[at + redact.INSTRUCTION_A] ?? 0;
    const b = words[at + redact.INSTRUCTION_B] ?? 0;
    const isLast = i === count - 1;
    if (op === redact.REDACT_SET) checkSet(a, b);
    else if (op === redact.REDACT_SPLIT ? a >= count || b >= count : op === redact.REDACT_JUMP && a >= count)
      throw new RangeError('an instruction leads nowhere');
    else if (op > redact.REDACT_JUMP || (op === redact.REDACT_ASSERT && a > redact.ASSERT_NO_WORD_BOUNDARY))
      throw new RangeError('no instruction');
    if (isLast !== (op === redact.REDACT_MATCH)) throw new RangeError('a program ends with its only match');
  }
  return count;
}
