// In: the slots an artifact names. Out: trees of property names, one per root, so that each property of a request is read once.

import type { Form } from './forms.ts';
import type { Root } from './types.ts';

/** One attribute the artifact reads, and what it needs to know of a value. */
export interface Slot {
  readonly index: number;
  /** `args.amount`; of slot 0 `tool`. */
  readonly text: string;
  readonly keyLow: number;
  readonly keyHigh: number;
  readonly root: Root;
  readonly segments: readonly string[];
  /** What of the attribute is staged instead of itself; null: itself. */
  readonly form: Form | null;
  /** Whether a string is looked at beyond its being one, elements of a list, the size of an object. */
  readonly wantsText: boolean;
  readonly wantsList: boolean;
  readonly wantsSize: boolean;
  /** Whether a term reads it: with everything in it. */
  readonly wantsTree: boolean;
  /** Whether a value's type counts, whatever else does not. */
  readonly wantsType: boolean;
  /** The dictionary of the only view that reads a value (KIND_ENTRY): an entry's number stands for the text. */
  readonly entries: ReadonlyMap<string, number> | null;
  /** No entry is an answer too (ENTRY_NONE): nothing looks at a well-formed text outside the dictionary. */
  readonly closed: boolean;
  /** Of a list of texts in one view: all that are looked for. Null: it may be anything. */
  readonly members: ReadonlySet<string> | null;
}

/** A property name below a root. */
export interface SlotNode {
  readonly name: string;
  /** Objects that have no such property inherit one, as `Object.prototype` was when the artifact was loaded: `constructor`. */
  readonly isInherited: boolean;
  readonly slot: Slot | null;
  /** Slots of the same attribute in other forms; null: none. */
  readonly forms: readonly Slot[] | null;
  readonly children: readonly SlotNode[];
}

/** The slots of one root. `whole` is the slot of all of it; `indexes` are theirs, to be filled with *missing* first. */
export interface SlotTree {
  readonly root: Root;
  readonly whole: Slot | null;
  readonly children: readonly SlotNode[];
  readonly indexes: readonly number[];
}

/** Trees with slots. `subject`: what a session fixes; `call`: the rest. */
export interface Trees {
  readonly subject: readonly SlotTree[];
  readonly call: readonly SlotTree[];
}

/** `needed`: the slots to read; the others of the root stay *missing*. Null: all. */
export function slotTree(slots: readonly Slot[], root: Root, needed: ReadonlySet<number> | null): SlotTree {
  const own = slots.filter((slot) => slot.root === root);
  const read = own.filter((slot) => needed === null || needed.has(slot.index));
  return {
    root,
    whole: read.find((slot) => slot.segments.length === 0) ?? null,
    children: nodesAt(read, 0),
    indexes: own.map((slot) => slot.index),
  };
}

function nodesAt(slots: readonly Slot[], depth: number): SlotNode[] {
  const byName = new Map<string, Slot[]>();
  for (const slot of slots) {
    const name = slot.segments[depth];
    if (name === undefined) continue;
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [slot]);
    else group.push(slot);
  }
  return Array.from(byName, ([name, group]) => {
    const here = group.filter((slot) => slot.segments.length === depth + 1);
    const forms = here.filter((slot) => slot.form !== null);
    return {
      name,
      isInherited: name in Object.prototype,
      slot: here.find((slot) => slot.form === null) ?? null,
      forms: forms.length === 0 ? null : forms,
      children: nodesAt(group, depth + 1),
    };
  });
}

/** The same slots for a reader that may look at anything: a producer of request bytes. */
export function fullSlots(slots: readonly Slot[]): Slot[] {
  return slots.map((slot) => ({ ...slot, wantsText: true, wantsList: true, wantsSize: true, entries: null }));
}
