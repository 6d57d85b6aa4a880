// In: a call, and what can tell calls of its tool apart (recipe.ts). Out: the verdict that the core gave on a call that is the same to every
// rule (memo.ts), or the values that were read, to be staged. Each is read once: a proxy that answers differently the next time
// teaches it nothing wrong. Never decides.

import { putValue } from './ingredient.ts';
import { Memo } from './memo.ts';
import type { CallNeeds } from './needs.ts';
import { isArray, isObject, ownValue, trustedRoot, trustedValue } from './own.ts';
import type { Cook, Reading, Recipe } from './recipe.ts';
import type { Trees } from './slots.ts';
import { listLength } from './staging.ts';
import type { Verdict } from './verdict.ts';

/** A longer list is left to the core. */
const MAX_MEMO_ELEMENTS = 64;
/** Where a memo answers fewer than one in MIN_HIT_SHARE of PROBE_CALLS, calls of that tool are not looked up for PAUSE_CALLS. */
const PROBE_CALLS = 512;
const MIN_HIT_SHARE = 8;
const PAUSE_CALLS = 8192;
/** `subject`, where a call brings its own. */
export const OWN_SUBJECT = 0;
/** `subject`, where no number is left: its calls are asked of the core. */
export const UNNUMBERED: number = -1;
/** Subjects of sessions that are remembered as seen, and the characters of all of them together. */
const MAX_NUMBERED = 4096;
const MAX_NUMBERED_CHARS = 1 << 17;
/** A key has a word for it. */
const LAST_NUMBER = 0xffffffff;

/** What is known of calls of one tool at one point. */
export interface Plan {
  /** No other plan of the artifact has it, and keys of its calls begin with it: shifted by what flags may take. */
  readonly number: number;
  readonly trees: Trees;
  /** Null: classes do not tell all. */
  readonly recipe: Recipe | null;
  /** Of the memo, since it was last weighed. */
  asked: number;
  answered: number;
  /** Calls for which the memo is not asked. */
  pause: number;
}

/** `cook` null: nothing is looked up. */
export function makePlan(number: number, trees: Trees, needs: CallNeeds | null, cook: (() => Cook) | null): Plan {
  const recipe = needs === null || cook === null ? null : cook().recipeOf(needs, trees);
  return { number, trees, recipe, asked: 0, answered: 0, pause: 0 };
}

/** What is known of the calls of one artifact. */
export class Lookup {
  /** Values that the last call looked up has, by step of its recipe. */
  readonly found: unknown[] = [];
  /** What is known of the last call; null: nothing. */
  recalled: Verdict | null = null;
  readonly #memo: Memo = new Memo();
  readonly #maxStringBytes: number;
  readonly #remembers: boolean;
  readonly #numbers: Map<string, number> = new Map();
  #numberedChars = 0;
  #lastNumber = OWN_SUBJECT;
  /** Whether the memo's key is that of the call being decided. */
  #keeps = false;

  /** `remembers` false: no recipe will ever be looked up. */
  constructor(maxStringBytes: number, remembers: boolean) {
    this.#maxStringBytes = maxStringBytes;
    this.#remembers = remembers;
  }

  get numberedChars(): number {
    return this.#numberedChars;
  }

  /** Before each call, looked up or not. */
  forget(): void {
    this.recalled = null;
    this.#keeps = false;
  }

  /** A number for what a session fixes: equal contents, equal numbers. Empty contents are like no others. */
  numberOf(contents: string): number {
    if (!this.#remembers) return UNNUMBERED;
    const known = contents === '' ? undefined : this.#numbers.get(contents);
    if (known !== undefined) return known;
    if (this.#lastNumber >= LAST_NUMBER) return UNNUMBERED;
    this.#lastNumber += 1;
    if (contents !== '') this.#number(contents, this.#lastNumber);
    return this.#lastNumber;
  }

  #number(contents: string, number: number): void {
    if (this.#numbers.size >= MAX_NUMBERED || this.#numberedChars + contents.length > MAX_NUMBERED_CHARS) {
      this.#numbers.clear();
      this.#numberedChars = 0;
    }
    this.#numbers.set(contents, number);
    this.#numberedChars += contents.length;
  }

  /** After the core has decided what was staged last. A verdict that names causes is not kept: words do not tell all of them. */
  keep(verdict: Verdict): void {
    if (this.#keeps && verdict.unknown.length === 0) this.#memo.keep(verdict);
    this.#keeps = false;
  }

  /**
   * Reads what deciding the call may need into `found`. True: it is known what comes of it (`recalled`); if not, what the core says will
   * be kept, where the key tells all.
   *
   * @param keyed number of the plan, and flags
   * @param subject what a session fixes (`numberOf`), or OWN_SUBJECT
   */
  find(plan: Plan, recipe: Recipe, request: object, keyed: number, subject: number, trusted: boolean): boolean {
    this.#memo.key.begin(keyed, subject);
    let isTold = this.#read(recipe.call, request, trusted, true);
    if (subject === OWN_SUBJECT) isTold = this.#read(recipe.subject, request, trusted, isTold);
    if (!isTold) return false;
    plan.asked += 1;
    this.recalled = this.#memo.find();
    if (this.recalled !== null) {
      plan.answered += 1;
      this.release(recipe);
      return true;
    }
    this.#keeps = true;
    if (plan.asked >= PROBE_CALLS) {
      if (plan.answered * MIN_HIT_SHARE < plan.asked) plan.pause = PAUSE_CALLS;
      plan.asked = 0;
      plan.answered = 0;
    }
    return false;
  }

  /** After reading has thrown. */
  forgetValues(): void {
    this.found.fill(undefined);
  }

  /** Keeps no value of a request alive. */
  release({ stepCount }: Recipe): void {
    for (let i = 0; i < stepCount; i += 1) this.found[i] = undefined;
  }

  /**
   * Reads each value once, and puts it into the memo's key: what is looked up is what is staged if it is not found.
   *
   * @param isTold of what was read before
   * @returns whether the key tells all; if not, all is read nevertheless
   */
  #read(readings: readonly Reading[], request: object, trusted: boolean, isTold: boolean): boolean {
    const { found } = this;
    const { key } = this.#memo;
    let told = isTold;
    for (let i = 0; i < readings.length; i += 1) {
      const reading = readings[i];
      if (reading === undefined) return false;
      const { steps, first } = reading;
      if (steps.length === 0) continue;
      const top = trusted ? trustedRoot(request, reading.root) : ownValue(request, reading.root);
      for (let j = 0; j < steps.length; j += 1) {
        const step = steps[j];
        if (step === undefined) return false;
        const { parent, ingredient } = step;
        const object = parent < 0 ? top : found[first + parent];
        let value: unknown;
        if (isObject(object))
          value = trusted && !step.isInherited ? trustedValue(object, step.name) : ownValue(object, step.name);
        if (ingredient !== null && told) {
          // Whatever the list answers when it is asked again: what was looked up is what is staged.
          if (typeof value === 'object' && isArray(value)) {
            const elements = this.#elementsOf(value, trusted);
            if (elements === null) told = false;
            else value = elements;
          }
          told = told && putValue(key, ingredient, value, this.#maxStringBytes);
        }
        found[first + j] = value;
      }
    }
    return told;
  }

  /** A short list's elements, each read once, of a trusted request too: a mistake there stays its own. Null: it is left to the core. */
  #elementsOf(list: readonly unknown[], trusted: boolean): readonly unknown[] | null {
    const count = listLength(list, trusted);
    if (count === null || count > MAX_MEMO_ELEMENTS) return null;
    const elements: unknown[] = [];
    for (let i = 0; i < count; i += 1) elements.push(trusted ? list[i] : ownValue(list, i));
    return elements;
  }
}
