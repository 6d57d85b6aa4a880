// In: the tables of an artifact that the core has verified, and what calls of one tool need (needs.ts). Out: a recipe: how the values of
// those slots become words that are at least as fine as their classes. Two calls with the same words get the same answer, which is
// what memo.ts lives on. Never decides: of what a recipe cannot tell (a wrong type, a long or odd text) it says so.

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
import type { FlatTable } from './fb.ts';
import type { CallNeeds } from './needs.ts';
import { isArray } from './own.ts';
import type { Slot } from './slots.ts';
import { isWellFormed } from './text.ts';
import { type Words, words } from './words.ts';

/** First word of a slot: one of these, or FIRST_ENTRY and a dictionary entry. */
const MISSING = 0;
const NULL = 1;
const PRESENT = 2;
const FIRST_ENTRY = 3;
/** A text, or all texts of a list together, longer than this, are left to the core. In UTF-16 units. */
const MAX_CHARS = 256;
/** Words that the members of a list, and those that are none, may take. */
const MAX_MEMBER_WORDS = 4;
const FIRST_NON_ASCII = 0x80;

const { isFinite: isFiniteNumber, isSafeInteger } = Number;

/** A DFA over bytes, as the core walks it (contract/layout.ts AUTOMATON_*). */
interface Automaton {
  readonly isBackward: boolean;
  readonly firstSink: number;
  readonly symbolCount: number;
  readonly symbols: Uint8Array;
  readonly transitions: Uint16Array;
  readonly labels: Uint16Array;
}

/** How the value of one slot becomes words. */
export interface Ingredient {
  readonly slot: Slot;
  /** VIEW_STRING, _ENUM, _BOOL, _INT, _DOUBLE, _LIST_STRING, or VIEW_PRESENCE: only whether it is there. */
  readonly kind: number;
  readonly wordCount: number;
  /** Of texts and lists: number of a dictionary entry. */
  readonly entries: ReadonlyMap<string, number>;
  readonly automata: readonly Automaton[];
  /** Of numbers: ascending, distinct. */
  readonly bounds: Float64Array;
}

/** What calls of one tool at one point are recognised by. */
export interface Recipe {
  readonly call: readonly Ingredient[];
  readonly subject: readonly Ingredient[];
  /** Of both. */
  readonly wordCount: number;
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
  recipeOf(needs: CallNeeds): Recipe | null {
    if (!needs.isByClasses) return null;
    const partitionsOf = new Map<number, number[]>();
    for (const partition of needs.partitions) {
      const slot = this.#views.u32(this.#partitions.u32(partition, layout.PARTITION_VIEW), layout.VIEW_SLOT);
      if (slot === 0) continue; // the tool: a recipe is of one
      const own = partitionsOf.get(slot);
      if (own === undefined) partitionsOf.set(slot, [partition]);
      else own.push(partition);
    }
    const call: Ingredient[] = [];
    const subject: Ingredient[] = [];
    let wordCount = 0;
    for (const [index, partitions] of partitionsOf) {
      const slot = this.#slots[index];
      const ingredient = slot === undefined ? null : this.#ingredient(slot, partitions);
      if (ingredient === null) return null;
      wordCount += ingredient.wordCount;
      const isSubject = ingredient.slot.root === 'principal' || ingredient.slot.root === 'context';
      (isSubject ? subject : call).push(ingredient);
    }
    return { call, subject, wordCount };
  }

  #ingredient(slot: Slot, partitions: readonly number[]): Ingredient | null {
    if (slot.form !== null || slot.wantsTree) return null;
    const views = new Set(partitions.map((partition) => this.#partitions.u32(partition, layout.PARTITION_VIEW)));
    const valued = [...views].filter((view) => this.#kindOf(view) !== VIEW_PRESENCE);
    if (valued.length > 1) return null;
    const [view] = valued;
    const own = partitions.filter((partition) => this.#partitions.u32(partition, layout.PARTITION_VIEW) === view);
    switch (view === undefined ? VIEW_PRESENCE : this.#kindOf(view)) {
      case VIEW_PRESENCE:
        return ingredient(slot, VIEW_PRESENCE, 1);
      case VIEW_BOOL:
        return ingredient(slot, VIEW_BOOL, 1);
      case VIEW_INT:
      case VIEW_DOUBLE: {
        const bounds = new Set(own.flatMap((partition) => this.#boundsOf(partition)));
        const sorted = Float64Array.from(bounds).sort();
        return { ...ingredient(slot, this.#kindOf(view ?? 0), 1), bounds: sorted };
      }
      case VIEW_STRING:
      case VIEW_ENUM: {
        const kinds = own.map((partition) => this.#partitions.u32(partition, layout.PARTITION_KIND));
        if (slot.entries === null) return null;
        if (kinds.some((kind) => kind !== PARTITION_DICTIONARY && kind !== PARTITION_AUTOMATON)) return null;
        const automata = own
          .filter((_, i) => kinds[i] === PARTITION_AUTOMATON)
          .map((partition) => this.#automaton(this.#partitions.u32(partition, layout.PARTITION_OPERAND)));
        const kind = this.#kindOf(view ?? 0);
        return { ...ingredient(slot, kind, 1 + automata.length), entries: slot.entries, automata };
      }
      case VIEW_LIST_STRING: {
        // Which members are there, and whether something else is, tells every class of a list that is only looked up.
        if (slot.members === null) return null;
        const entries = new Map(Array.from(slot.members, (text, entry) => [text, entry]));
        const wordCount = 1 + ((entries.size + 32) >>> 5);
        if (wordCount > 1 + MAX_MEMBER_WORDS) return null;
        return { ...ingredient(slot, VIEW_LIST_STRING, wordCount), entries };
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
const NO_BOUNDS: Float64Array = new Float64Array(0);

function ingredient(slot: Slot, kind: number, wordCount: number): Ingredient {
  return { slot, kind, wordCount, entries: NO_ENTRIES, automata: [], bounds: NO_BOUNDS };
}

/** A section as a buffer of its own: of any alignment where it lies. */
function alignedCopy(bytes: Uint8Array | null): ArrayBuffer {
  const copy = new Uint8Array(bytes?.length ?? 0);
  if (bytes !== null) copy.set(bytes);
  return copy.buffer;
}

/** Writes a slot's words at `at`. False: only the core can tell what the value is. Of a list, elements are plain loads. */
export function writeWords(
  to: Uint32Array,
  at: number,
  ingredient: Ingredient,
  value: unknown,
  maxStringBytes: number,
): boolean {
  const { kind, wordCount } = ingredient;
  if (value === undefined || value === null || kind === VIEW_PRESENCE) {
    to[at] = value === undefined ? MISSING : value === null ? NULL : PRESENT;
    for (let i = 1; i < wordCount; i += 1) to[at + i] = 0;
    return true;
  }
  switch (kind) {
    case VIEW_STRING:
    case VIEW_ENUM:
      return typeof value === 'string' && writeText(to, at, ingredient, value, maxStringBytes);
    case VIEW_INT:
    case VIEW_DOUBLE:
      if (!(kind === VIEW_INT ? isSafeInteger(value) : isFiniteNumber(value)) || typeof value !== 'number')
        return false;
      to[at] = PRESENT + cellOf(ingredient.bounds, value);
      return true;
    case VIEW_BOOL:
      to[at] = value === true ? PRESENT : PRESENT + 1;
      return typeof value === 'boolean';
    default:
      to[at] = PRESENT;
      return isArray(value) && writeMembers(to, at + 1, ingredient, value, maxStringBytes);
  }
}

function writeText(to: Uint32Array, at: number, ingredient: Ingredient, text: string, maxStringBytes: number): boolean {
  const { entries, automata, kind } = ingredient;
  if (text.length > MAX_CHARS || text.length * 3 > maxStringBytes) return false;
  const entry = entries.size === 0 ? undefined : entries.get(text);
  if (entry !== undefined) {
    to[at] = FIRST_ENTRY + entry;
    for (let i = 0; i < automata.length; i += 1) to[at + 1 + i] = 0;
    return true;
  }
  if (kind === VIEW_ENUM || !isWellFormed(text)) return false;
  to[at] = PRESENT;
  for (let i = 0; i < automata.length; i += 1) {
    const automaton = automata[i];
    const label = automaton === undefined ? -1 : labelOf(automaton, text);
    if (label < 0) return false;
    to[at + 1 + i] = label;
  }
  return true;
}

/** The label of the state after the last byte, or -1: there is a character of several bytes on the way. */
function labelOf(
  { isBackward, firstSink, symbolCount, symbols, transitions, labels }: Automaton,
  text: string,
): number {
  const { length } = text;
  let state = 0;
  if (isBackward) {
    for (let i = length - 1; i >= 0 && state < firstSink; i -= 1) {
      const unit = text.charCodeAt(i);
      if (unit >= FIRST_NON_ASCII) return -1;
      state = transitions[state * symbolCount + (symbols[unit] ?? 0)] ?? 0;
    }
  } else {
    for (let i = 0; i < length && state < firstSink; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= FIRST_NON_ASCII) return -1;
      state = transitions[state * symbolCount + (symbols[unit] ?? 0)] ?? 0;
    }
  }
  return labels[state] ?? -1;
}

/** 2i + 1 if the value is bound i, else the even cell it lies in. */
function cellOf(bounds: Float64Array, value: number): number {
  let below = 0;
  let end = bounds.length;
  while (below < end) {
    const middle = (below + end) >>> 1;
    if ((bounds[middle] ?? 0) < value) below = middle + 1;
    else end = middle;
  }
  return below * 2 + (bounds[below] === value ? 1 : 0);
}

/** A bit for every member that is there, and one for whatever is none. */
function writeMembers(
  to: Uint32Array,
  at: number,
  { entries, wordCount }: Ingredient,
  elements: readonly unknown[],
  maxStringBytes: number,
): boolean {
  for (let i = 0; i < wordCount - 1; i += 1) to[at + i] = 0;
  let chars = 0;
  for (let i = 0; i < elements.length; i += 1) {
    const text = elements[i];
    if (typeof text !== 'string') return false;
    chars += text.length;
    if (chars > MAX_CHARS || chars * 3 > maxStringBytes) return false;
    const entry = entries.get(text);
    if (entry === undefined && !isWellFormed(text)) return false;
    const bit = entry ?? entries.size;
    to[at + (bit >>> 5)] = (to[at + (bit >>> 5)] ?? 0) | (1 << (bit & 31));
  }
  return true;
}
