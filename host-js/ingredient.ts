// In: the value of one slot, read once. Out: words of a key (memo.ts) that are at least as fine as the slot's classes. Never decides: of
// what it cannot tell (a wrong type, a long or odd text) it says so, and the core is asked.

import {
  VIEW_BOOL,
  VIEW_DOUBLE,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_PRESENCE,
  VIEW_STRING,
} from '../wasm-core/contract/codes.ts';
import type { Bounds } from './bounds.ts';
import type { Key } from './memo.ts';
import { isArray } from './own.ts';
import { isWellFormed } from './text.ts';

/** First value of a slot: one of these, or FIRST_ENTRY and a dictionary entry. */
const MISSING = 0;
const NULL = 1;
export const PRESENT = 2;
export const FIRST_ENTRY = 3;
/** A text, or all texts of a list together, longer than this, are left to the core. In UTF-16 units. */
const MAX_CHARS = 256;
const FIRST_NON_ASCII = 0x80;

const { isFinite: isFiniteNumber, isSafeInteger } = Number;

/** A DFA over bytes, as the core walks it (contract/layout.ts AUTOMATON_*). */
export interface Automaton {
  readonly isBackward: boolean;
  readonly firstSink: number;
  readonly symbolCount: number;
  readonly symbols: Uint8Array;
  readonly transitions: Uint16Array;
  readonly labels: Uint16Array;
}

/** How the value of one slot becomes words. */
export interface Ingredient {
  /** VIEW_STRING, _ENUM, _BOOL, _INT, _DOUBLE, _LIST_STRING, or VIEW_PRESENCE: only whether it is there. */
  readonly kind: number;
  /** Of all its values, in the order they are put (Key.put). */
  readonly radixes: readonly number[];
  /** Of texts and lists: number of a dictionary entry. */
  readonly entries: ReadonlyMap<string, number>;
  readonly automata: readonly Automaton[];
  readonly bounds: Bounds | null;
}

/** Puts a slot's values. False: only the core can tell what the value is. Of a list, elements are plain loads. */
export function putValue(key: Key, ingredient: Ingredient, value: unknown, maxStringBytes: number): boolean {
  const { kind, radixes } = ingredient;
  const radix = radixes[0] ?? 0;
  if (value === undefined || value === null || kind === VIEW_PRESENCE) {
    key.put(value === undefined ? MISSING : value === null ? NULL : PRESENT, radix);
    for (let i = 1; i < radixes.length; i += 1) key.put(0, radixes[i] ?? 0);
    return true;
  }
  switch (kind) {
    case VIEW_STRING:
    case VIEW_ENUM:
      return typeof value === 'string' && putText(key, ingredient, value, maxStringBytes);
    case VIEW_INT:
    case VIEW_DOUBLE:
      if (typeof value !== 'number' || ingredient.bounds === null) return false;
      if (!(kind === VIEW_INT ? isSafeInteger(value) : isFiniteNumber(value))) return false;
      key.put(PRESENT + ingredient.bounds.cellOf(value), radix);
      return true;
    case VIEW_BOOL:
      key.put(value === true ? PRESENT : PRESENT + 1, radix);
      return typeof value === 'boolean';
    default:
      key.put(PRESENT, radix);
      return isArray(value) && putMembers(key, ingredient, value, maxStringBytes);
  }
}

function putText(key: Key, ingredient: Ingredient, text: string, maxStringBytes: number): boolean {
  const { entries, automata, kind, radixes } = ingredient;
  if (text.length > MAX_CHARS || text.length * 3 > maxStringBytes) return false;
  const entry = entries.size === 0 ? undefined : entries.get(text);
  if (entry !== undefined) {
    key.put(FIRST_ENTRY + entry, radixes[0] ?? 0);
    for (let i = 1; i < radixes.length; i += 1) key.put(0, radixes[i] ?? 0);
    return true;
  }
  if (kind === VIEW_ENUM || !isWellFormed(text)) return false;
  key.put(PRESENT, radixes[0] ?? 0);
  for (let i = 0; i < automata.length; i += 1) {
    const automaton = automata[i];
    const label = automaton === undefined ? -1 : labelOf(automaton, text);
    if (label < 0) return false;
    key.put(label, radixes[i + 1] ?? 0);
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

/** A bit for every member that is there, and one for whatever is none. */
function putMembers(
  key: Key,
  { entries, radixes }: Ingredient,
  elements: readonly unknown[],
  maxStringBytes: number,
): boolean {
  for (let i = 1; i < radixes.length; i += 1) members[i - 1] = 0;
  let chars = 0;
  for (let i = 0; i < elements.length; i += 1) {
    const text = elements[i];
    if (typeof text !== 'string') return false;
    chars += text.length;
    if (chars > MAX_CHARS || chars * 3 > maxStringBytes) return false;
    const entry = entries.get(text);
    if (entry === undefined && !isWellFormed(text)) return false;
    const bit = entry ?? entries.size;
    members[bit >>> 5] = (members[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
  for (let i = 1; i < radixes.length; i += 1) key.put(members[i - 1] ?? 0, radixes[i] ?? 0);
  return true;
}

/** Words that the members of a list, and those that are none, may take. */
export const MAX_MEMBER_WORDS = 4;
const members: Uint32Array = new Uint32Array(MAX_MEMBER_WORDS);
