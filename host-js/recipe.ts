// In: the tables of an artifact that the core has verified, and what calls of one tool need (needs.ts). Out: a recipe: which properties of
// a call are read, and how the values of those slots become words that are at least as fine as their classes (ingredient.ts). Two calls
// with the same words get the same answer, which is what memo.ts lives on. Never decides.

import {
  PARTITION_AUTOMATON,
  PARTITION_DICTIONARY,
  PARTITION_NUMBER,
  VIEW_BOOL,
  VIEW_DOUBLE,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_STRING,
} from '../wasm-core/contract/codes.ts';
import * as layout from '../wasm-core/contract/layout.ts';
import { Bounds } from './bounds.ts';
import type { FlatTable } from './fb.ts';
import { type Automaton, FIRST_ENTRY, type Ingredient, MAX_MEMBER_WORDS, PRESENT } from './ingredient.ts';
import { KEY_FIXED_WORDS, KEY_WORDS } from './memo.ts';
import type { CallNeeds } from './needs.ts';
import type { Slot, SlotNode, SlotTree, Trees } from './slots.ts';
import type { Root } from './types.ts';
import { type Words, words } from './words.ts';

/** Values that one word of a key tells apart. */
const WORD_VALUES = 2 ** 32;

/** One property to read: of the value of an earlier step, or of its root. */
export interface Step {
  readonly name: string;
  /** Objects that have no such property inherit one. */
  readonly isInherited: boolean;
  /** Index of the step whose value it is a property of; -1: the root. */
  readonly parent: number;
  readonly slot: Slot | null;
  /** Null: the value does not matter, or matters only to be staged. */
  readonly ingredient: Ingredient | null;
}

/** The properties to read below one root, parents first. */
export interface Reading {
  readonly root: Root;
  /** The root's slots, read or not. */
  readonly indexes: readonly number[];
  readonly steps: readonly Step[];
  /** Where the values of its steps are kept. */
  readonly first: number;
}

/** What calls of one tool at one point are recognised by. */
export interface Recipe {
  readonly call: readonly Reading[];
  readonly subject: readonly Reading[];
  /** Of both. */
  readonly stepCount: number;
}

/** Makes the recipes of one artifact. */
export class Cook {
  readonly #slots: readonly Slot[];
  readonly #views: Words;
  readonly #partitions: Words;
  readonly #automatons: Words;
  readonly #symbols: Uint8Array;
  readonly #halves: Uint16Array;
  readonly #bounds: Float64Array;
  /** One for all tools that need the same: what is shared stays in the caches. */
  readonly #recipes: Map<Trees, Map<string, Recipe | null>> = new Map();

  constructor(root: FlatTable, slots: readonly Slot[]) {
    this.#slots = slots;
    this.#views = words(root, layout.VIEW_SECTION, layout.VIEW_SIZE_BYTES);
    this.#partitions = words(root, layout.PARTITION_SECTION, layout.PARTITION_SIZE);
    this.#automatons = words(root, layout.AUTOMATON_SECTION, layout.AUTOMATON_SIZE);
    this.#symbols = root.bytes(layout.BYTE_SECTION) ?? new Uint8Array(0);
    this.#halves = new Uint16Array(alignedCopy(root.bytes(layout.HALF_SECTION)));
    this.#bounds = new Float64Array(alignedCopy(root.bytes(layout.BOUND_SECTION)));
  }

  /** Null: classes alone do not tell what such a call comes to, or a slot is of a kind that is left to the core. */
  recipeOf(needs: CallNeeds, trees: Trees): Recipe | null {
    if (!needs.isByClasses) return null;
    const key = [...needs.partitions].sort((a, b) => a - b).join();
    const recipes = this.#recipes.get(trees) ?? new Map<string, Recipe | null>();
    this.#recipes.set(trees, recipes);
    const known = recipes.get(key);
    if (known !== undefined) return known;
    const recipe = this.#recipeOf(needs.partitions, trees);
    recipes.set(key, recipe);
    return recipe;
  }

  #recipeOf(needed: ReadonlySet<number>, trees: Trees): Recipe | null {
    if (![...trees.call, ...trees.subject].every(isPlainTree)) return null;
    const partitionsOf = new Map<number, number[]>();
    for (const partition of needed) {
      const slot = this.#views.u32(this.#partitions.u32(partition, layout.PARTITION_VIEW), layout.VIEW_SLOT);
      if (slot === 0) continue; // the tool: a recipe is of one
      const own = partitionsOf.get(slot);
      if (own === undefined) partitionsOf.set(slot, [partition]);
      else own.push(partition);
    }
    const drafts = new Map<number, Draft>();
    for (const [index, partitions] of partitionsOf) {
      const slot = this.#slots[index];
      const draft = slot === undefined ? null : this.#draft(slot, partitions);
      if (draft === null) return null;
      drafts.set(index, draft);
    }
    return layOut(drafts, trees);
  }

  #draft(slot: Slot, partitions: readonly number[]): Draft | null {
    if (slot.form !== null || slot.wantsTree) return null;
    const views = new Set(partitions.map((partition) => this.#partitions.u32(partition, layout.PARTITION_VIEW)));
    const valued = [...views].filter((view) => this.#kindOf(view) !== VIEW_PRESENCE);
    if (valued.length > 1) return null;
    const [view] = valued;
    const own = partitions.filter((partition) => this.#partitions.u32(partition, layout.PARTITION_VIEW) === view);
    const kind = view === undefined ? VIEW_PRESENCE : this.#kindOf(view);
    const draft: Draft = { kind, counts: [PRESENT + 1], entries: NO_ENTRIES, automata: [], bounds: null };
    switch (kind) {
      case VIEW_PRESENCE:
        return draft;
      case VIEW_BOOL:
        return { ...draft, counts: [PRESENT + 2] };
      case VIEW_INT:
      case VIEW_DOUBLE: {
        const bounds = new Bounds(own.flatMap((partition) => this.#boundsOf(partition)));
        return { ...draft, counts: [PRESENT + bounds.cellCount], bounds };
      }
      case VIEW_STRING:
      case VIEW_ENUM: {
        const kinds = own.map((partition) => this.#partitions.u32(partition, layout.PARTITION_KIND));
        const { entries } = slot;
        if (entries === null) return null;
        if (kinds.some((one) => one !== PARTITION_DICTIONARY && one !== PARTITION_AUTOMATON)) return null;
        const automata = own
          .filter((_, i) => kinds[i] === PARTITION_AUTOMATON)
          .map((partition) => this.#automaton(this.#partitions.u32(partition, layout.PARTITION_OPERAND)));
        const labels = automata.map((automaton) => automaton.labels.reduce((a, b) => Math.max(a, b), 0) + 1);
        return { ...draft, counts: [FIRST_ENTRY + entries.size, ...labels], entries, automata };
      }
      case VIEW_LIST_STRING: {
        // Which members are there, and whether something else is, tells every class of a list that is only looked up.
        if (slot.members === null) return null;
        const entries = new Map(Array.from(slot.members, (text, entry) => [text, entry]));
        const bits = entries.size + 1;
        if (bits > 32 * MAX_MEMBER_WORDS) return null;
        const words = Array.from({ length: Math.ceil(bits / 32) }, (_, i) => 2 ** Math.min(bits - i * 32, 32));
        return { ...draft, counts: [PRESENT + 1, ...words], entries };
      }
      default:
        return null;
    }
  }

  #kindOf(view: number): number {
    return this.#views.u32(view, layout.VIEW_KIND);
  }

  #boundsOf(partition: number): number[] {
    if (this.#partitions.u32(partition, layout.PARTITION_KIND) !== PARTITION_NUMBER) return [];
    const first = this.#partitions.u32(partition, layout.PARTITION_OPERAND);
    const count = this.#partitions.u32(partition, layout.PARTITION_BOUND_COUNT);
    return [...this.#bounds.subarray(first, first + count)];
  }

  #automaton(index: number): Automaton {
    const field = (offset: number): number => this.#automatons.u32(index, offset);
    const stateCount = field(layout.AUTOMATON_STATE_COUNT);
    const symbolCount = field(layout.AUTOMATON_SYMBOL_COUNT);
    const symbols = field(layout.AUTOMATON_BYTE_CLASSES);
    const transitions = field(layout.AUTOMATON_TRANSITIONS);
    const labels = field(layout.AUTOMATON_LABELS);
    return {
      isBackward: field(layout.AUTOMATON_BACKWARD) !== 0,
      firstSink: field(layout.AUTOMATON_FIRST_SINK),
      symbolCount,
      symbols: this.#symbols.subarray(symbols, symbols + 256),
      transitions: this.#halves.subarray(transitions, transitions + stateCount * symbolCount),
      labels: this.#halves.subarray(labels, labels + stateCount),
    };
  }
}

const NO_ENTRIES: ReadonlyMap<string, number> = new Map();

/** An ingredient that has no place in a key yet: how many values each of its parts has. */
type Draft = Omit<Ingredient, 'radixes'> & { readonly counts: readonly number[] };

/** Whether what it names is gathered as it is: each slot at a name, none in another form. */
function isPlainTree({ whole, children }: SlotTree): boolean {
  const isPlainNode = (node: SlotNode): boolean => node.forms === null && node.children.every(isPlainNode);
  return whole === null && children.every(isPlainNode);
}

/** Gives each draft its place in the key, in the order of reading. Null: the key has too few words. */
function layOut(drafts: ReadonlyMap<number, Draft>, trees: Trees): Recipe | null {
  let wordCount = KEY_FIXED_WORDS;
  let used = WORD_VALUES;
  let stepCount = 0;
  let placed = 0;
  const radixOf = (count: number): number => {
    if (used * count <= WORD_VALUES) {
      used *= count;
      return count;
    }
    wordCount += 1;
    used = count;
    return 0;
  };
  const readingOf = ({ root, indexes, children }: SlotTree): Reading => {
    const steps: Step[] = [];
    const first = stepCount;
    const add = (node: SlotNode, parent: number): void => {
      const { slot, name, isInherited } = node;
      const draft = slot === null ? undefined : drafts.get(slot.index);
      let ingredient: Ingredient | null = null;
      if (draft !== undefined) {
        const { counts, ...rest } = draft;
        ingredient = { ...rest, radixes: counts.map(radixOf) };
        placed += 1;
      }
      const at = steps.push({ name, isInherited, parent, slot, ingredient }) - 1;
      for (const child of node.children) add(child, at);
    };
    for (const child of children) add(child, -1);
    stepCount += steps.length;
    return { root, indexes, steps, first };
  };
  const recipe = { call: trees.call.map(readingOf), subject: trees.subject.map(readingOf), stepCount: 0 };
  return wordCount > KEY_WORDS || placed < drafts.size ? null : { ...recipe, stepCount };
}

/** A section as a buffer of its own: of any alignment where it lies. */
function alignedCopy(bytes: Uint8Array | null): ArrayBuffer {
  const copy = new Uint8Array(bytes?.length ?? 0);
  if (bytes !== null) copy.set(bytes);
  return copy.buffer;
}
