// In: a call, and what can tell calls of its tool apart (recipe.ts). Out: the verdict that the core gave on a call that is the same to every
// rule (memo.ts), or the values that were read, to be staged. Each is read once: a proxy that answers differently the next time
// teaches it nothing wrong. Never decides.

import { KEY_WORDS, Memo } from './memo.ts';
import type { CallNeeds } from './needs.ts';
import { isArray, isObject, ownValue, trustedValue } from './own.ts';
import { type Cook, type Ingredient, type Recipe, writeWords } from './recipe.ts';
import type { SlotNode, SlotTree, Trees } from './slots.ts';
import { listLength } from './staging.ts';
import type { Verdict } from './verdict.ts';

/** A longer list is left to the core. */
const MAX_MEMO_ELEMENTS = 64;
/** Words of a key before those of the recipe: point and flags, tool, session. */
const KEY_TOOL = 1;
const KEY_SUBJECT = 2;
const KEY_RECIPE = 3;
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
export function makePlan(trees: Trees, needs: CallNeeds | null, cook: (() => Cook) | null): Plan {
  let recipe: Recipe | null = null;
  if (needs !== null && cook !== null && [...trees.call, ...trees.subject].every(isPlainTree)) {
    recipe = cook().recipeOf(needs);
    if (recipe !== null && KEY_RECIPE + recipe.wordCount > KEY_WORDS) recipe = null;
  }
  return { trees, recipe, asked: 0, answered: 0, pause: 0 };
}

/** Whether what it names is gathered as it is: each slot at a name, none in another form. */
function isPlainTree({ whole, children }: SlotTree): boolean {
  const isPlainNode = (node: SlotNode): boolean => node.forms === null && node.children.every(isPlainNode);
  return whole === null && children.every(isPlainNode);
}

/** What is known of the calls of one artifact. */
export class Lookup {
  /** Values that the last call looked up has, by slot. */
  readonly found: unknown[] = [];
  /** What is known of the last call; null: nothing. */
  recalled: Verdict | null = null;
  readonly #memo: Memo = new Memo();
  readonly #maxStringBytes: number;
  readonly #remembers: boolean;
  readonly #numbers: Map<string, number> = new Map();
  #numberedChars = 0;
  #lastNumber = OWN_SUBJECT;
  /** Words of the key under which the next verdict may be kept; 0: none. */
  #keyCount = 0;

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
    this.#keyCount = 0;
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
    if (this.#keyCount > 0 && verdict.unknown.length === 0) this.#memo.keep(this.#keyCount, verdict);
    this.#keyCount = 0;
  }

  /**
   * Reads what deciding the call may need into `found`. True: it is known what comes of it (`recalled`); if not, what the core says will
   * be kept.
   *
   * @param point with flags
   * @param subject what a session fixes (`numberOf`), or OWN_SUBJECT
   */
  find(
    plan: Plan,
    recipe: Recipe,
    request: object,
    point: number,
    entry: number,
    subject: number,
    trusted: boolean,
  ): boolean {
    this.#gather(plan.trees.call, request, trusted);
    if (subject === OWN_SUBJECT) this.#gather(plan.trees.subject, request, trusted);
    let count = this.#wordsOf(recipe.call, KEY_RECIPE, trusted);
    if (count >= 0 && subject === OWN_SUBJECT) count = this.#wordsOf(recipe.subject, count, trusted);
    if (count < 0) return false;
    const { key } = this.#memo;
    key[0] = point;
    key[KEY_TOOL] = entry;
    key[KEY_SUBJECT] = subject;
    plan.asked += 1;
    this.recalled = this.#memo.find(count);
    if (this.recalled !== null) {
      plan.answered += 1;
      this.#release(plan.trees.call);
      if (subject === OWN_SUBJECT) this.#release(plan.trees.subject);
      return true;
    }
    this.#keyCount = count;
    if (plan.asked >= PROBE_CALLS) {
      if (plan.answered * MIN_HIT_SHARE < plan.asked) plan.pause = PAUSE_CALLS;
      plan.asked = 0;
      plan.answered = 0;
    }
    return false;
  }

  /** Keeps no value of a request alive. */
  #release(trees: readonly SlotTree[]): void {
    for (const { indexes } of trees) for (const index of indexes) this.found[index] = undefined;
  }

  /** Reads each value once: what is looked up is what is staged if it is not found. */
  #gather(trees: readonly SlotTree[], request: object, trusted: boolean): void {
    for (let i = 0; i < trees.length; i += 1) {
      const tree = trees[i];
      if (tree === undefined) return;
      const { indexes, children, root } = tree;
      for (let j = 0; j < indexes.length; j += 1) this.found[indexes[j] ?? 0] = undefined;
      if (children.length === 0) continue;
      const value = trusted ? trustedValue(request, root) : ownValue(request, root);
      if (isObject(value)) this.#gatherNodes(children, value, trusted);
    }
  }

  #gatherNodes(nodes: readonly SlotNode[], object: object, trusted: boolean): void {
    for (let i = 0; i < nodes.length; i += 1) {
      const node = nodes[i];
      if (node === undefined) return;
      const value = trusted && !node.isInherited ? trustedValue(object, node.name) : ownValue(object, node.name);
      if (node.slot !== null) this.found[node.slot.index] = value;
      if (node.children.length > 0 && isObject(value)) this.#gatherNodes(node.children, value, trusted);
    }
  }

  /** Writes the words of what was gathered into the memo's key from `at` on; where they end, or -1: only the core can tell. */
  #wordsOf(ingredients: readonly Ingredient[], at: number, trusted: boolean): number {
    let end = at;
    for (let i = 0; i < ingredients.length; i += 1) {
      const ingredient = ingredients[i];
      if (ingredient === undefined) return -1;
      const value = this.found[ingredient.slot.index];
      if (typeof value === 'object' && isArray(value)) {
        // Whatever the list answers when it is asked again: what was looked up is what is staged.
        const elements = this.#elementsOf(value, trusted);
        if (elements === null) return -1;
        this.found[ingredient.slot.index] = elements;
        if (!writeWords(this.#memo.key, end, ingredient, elements, this.#maxStringBytes)) return -1;
      } else if (!writeWords(this.#memo.key, end, ingredient, value, this.#maxStringBytes)) return -1;
      end += ingredient.wordCount;
    }
    return end;
  }

  /** A short list's elements, each read once, of a trusted request too: a mistake there stays its own. Null: it is left to the core. */
  #elementsOf(list: readonly unknown[], trusted: boolean): readonly unknown[] | null {
    const count = trusted ? list.length : listLength(list);
    if (count === null || count > MAX_MEMO_ELEMENTS) return null;
    const elements: unknown[] = [];
    for (let i = 0; i < count; i += 1) elements.push(trusted ? list[i] : ownValue(list, i));
    return elements;
  }
}
