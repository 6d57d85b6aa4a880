// In: a request as any JavaScript value. Out: the slots an artifact names, filled in the staging area; what no rule names is never
// looked at. Never calls a getter, never sees an inherited property, never steps into an array (LANGUAGE.md 3.5).
// A proxy's traps do run: what they throw comes out. INVARIANT (running.ts): `staging.busy` keeps them from starting a decision.

import {
  ENTRY_NONE,
  POINT_PRE_TOOL_CALL,
  STATUS_POINT_UNKNOWN,
  STATUS_REQUEST_INVALID,
  STATUS_REQUEST_TOO_LARGE,
} from '../wasm-core/contract/codes.ts';
import { MAX_LIST_ELEMENTS } from '../wasm-core/contract/limits.ts';
import { formOf } from './forms.ts';
import type { Needs } from './needs.ts';
import { isArray, isObject, ownValue } from './own.ts';
import { type Slot, type SlotNode, type SlotTree, slotTree } from './slots.ts';
import { listLength, type Staging } from './staging.ts';
import { isWellFormed } from './text.ts';
import { POINTS, type Root } from './types.ts';

/** A text longer than this is not looked up: hashing it would cost more than the core's own answer. In UTF-16 units. */
const MAX_LOOKUP_CHARS = 256;

/** Stages an object, an array or a BigInt of a slot that a term reads (trees.ts): only hosts with the full core carry it. */
export type StageTree = (staging: Staging, slot: Slot, value: object | bigint, maxStringBytes: number) => void;

/** INVARIANT (engine.ts): an artifact that reads trees is not loaded without the means. */
const noTrees: StageTree = () => {
  throw new RangeError('no means to stage a tree');
};

/** Fills the staging area for one artifact. */
export class Projection {
  readonly #slots: readonly Slot[];
  readonly #tool: Slot;
  /** All slots, and by point and tool those that such a call needs. */
  readonly #all: Trees;
  readonly #needs: Needs | null;
  readonly #treesOfTool: (Trees | undefined)[] = [];
  readonly #maxStringBytes: number;
  readonly #maxLookupChars: number;
  readonly #stageTree: StageTree;

  /** `slots` as `readArtifact` gives them, slot 0 the tool's. `needs` null: whatever the tool, every slot is read. */
  constructor(
    slots: readonly Slot[],
    maxStringBytes: number,
    needs: Needs | null = null,
    stageTree: StageTree | null = null,
  ) {
    const [tool] = slots;
    if (tool === undefined) throw new RangeError('no tool slot');
    this.#slots = slots;
    this.#tool = tool;
    this.#all = treesOf(slots, null);
    this.#needs = needs;
    this.#maxStringBytes = maxStringBytes;
    this.#stageTree = stageTree ?? noTrees;
    // Up to here no text can be over the limit: 3 bytes a unit.
    this.#maxLookupChars = Math.min(MAX_LOOKUP_CHARS, Math.floor(maxStringBytes / 3));
  }

  get slotCount(): number {
    return this.#slots.length;
  }

  /** Slots a session fixes. */
  get subjectSlots(): readonly number[] {
    return this.#all.subject.flatMap((tree) => tree.indexes);
  }

  /**
   * Fills every slot from a request.
   *
   * @param unknownPoint stands for an `at` that is no intervention point; -STATUS_POINT_UNKNOWN if left out
   * @returns the intervention point, or -STATUS_* for what is no request; throws what a proxy's trap throws
   */
  stageRequest(staging: Staging, request: unknown, unknownPoint: number = -STATUS_POINT_UNKNOWN): number {
    if (!isObject(request)) return -STATUS_REQUEST_INVALID;
    staging.begin(this.#maxStringBytes, 0, staging.size, staging.room);
    const point = this.#point(request, unknownPoint);
    if (point < 0) return point;
    const tool = ownValue(request, 'tool');
    this.#value(staging, this.#tool, tool);
    const trees = this.#trees(point, tool);
    this.#fill(staging, trees.call, request);
    this.#fill(staging, trees.subject, request);
    return this.#finish(staging, point);
  }

  /** Fills the slots that a session fixes; 0, or -STATUS_*. */
  stageSubject(staging: Staging, subject: unknown): number {
    if (!isObject(subject)) return -STATUS_REQUEST_INVALID;
    staging.begin(this.#maxStringBytes, 0, staging.size, staging.room);
    this.#fill(staging, this.#all.subject, subject);
    return this.#finish(staging, 0);
  }

  /** Fills the other slots; the session's stand outside [bottom, top) already. */
  stageCall(staging: Staging, call: unknown, bottom: number, top: number, longRoom: Uint8Array): number {
    if (!isObject(call)) return -STATUS_REQUEST_INVALID;
    staging.begin(this.#maxStringBytes, bottom, top, longRoom);
    const point = this.#point(call, -STATUS_POINT_UNKNOWN);
    if (point < 0) return point;
    const tool = ownValue(call, 'tool');
    this.#value(staging, this.#tool, tool);
    this.#fill(staging, this.#trees(point, tool).call, call);
    return this.#finish(staging, point);
  }

  #finish(staging: Staging, point: number): number {
    staging.finish();
    return staging.overflow ? -STATUS_REQUEST_TOO_LARGE : point;
  }

  #point(request: object, unknownPoint: number): number {
    const at = ownValue(request, 'at');
    if (at === undefined) return POINT_PRE_TOOL_CALL;
    return POINTS.get(at) ?? unknownPoint;
  }

  /** What a call of this tool needs; of a tool the artifact does not name, everything. */
  #trees(point: number, tool: unknown): Trees {
    const { entries } = this.#tool;
    if (this.#needs === null || entries === null || typeof tool !== 'string' || tool.length > MAX_LOOKUP_CHARS) {
      return this.#all;
    }
    const entry = entries.get(tool);
    if (entry === undefined) return this.#all;
    const at = point * entries.size + entry;
    return (this.#treesOfTool[at] ??= treesOf(this.#slots, this.#needs.slotsOf(point, entry)));
  }

  #fill(staging: Staging, trees: readonly SlotTree[], request: object): void {
    for (let i = 0; i < trees.length; i += 1) {
      const tree = trees[i];
      if (tree === undefined) return;
      const { indexes, whole, children } = tree;
      for (let j = 0; j < indexes.length; j += 1) staging.missing(indexes[j] ?? 0);
      const value = ownValue(request, tree.root);
      if (whole !== null) this.#value(staging, whole, value);
      if (isObject(value)) this.#nodes(staging, children, value);
    }
  }

  #nodes(staging: Staging, nodes: readonly SlotNode[], object: object): void {
    for (let i = 0; i < nodes.length; i += 1) {
      const node = nodes[i];
      if (node === undefined) return;
      const value = ownValue(object, node.name);
      if (value === undefined) continue;
      if (node.slot !== null) this.#value(staging, node.slot, value);
      if (node.forms !== null) this.#forms(staging, node.forms, value);
      if (node.children.length > 0 && isObject(value)) this.#nodes(staging, node.children, value);
    }
  }

  #forms(staging: Staging, slots: readonly Slot[], value: unknown): void {
    for (const slot of slots) {
      if (slot.form !== null) this.#value(staging, slot, formOf(value, slot.form));
    }
  }

  #value(staging: Staging, slot: Slot, value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.#text(staging, slot, value);
        break;
      case 'number':
        staging.number(slot.index, value);
        break;
      case 'boolean':
        staging.bool(slot.index, value);
        break;
      case 'undefined':
        staging.missing(slot.index);
        break;
      case 'object':
        if (value === null) staging.nothing(slot.index);
        else if (slot.wantsTree) this.#stageTree(staging, slot, value, this.#maxStringBytes);
        else if (isArray(value)) this.#list(staging, slot, value);
        else staging.map(slot.index, slot.wantsSize ? Object.keys(value).length : 0);
        break;
      case 'bigint':
        if (slot.wantsTree) this.#stageTree(staging, slot, value, this.#maxStringBytes);
        else staging.other(slot.index);
        break;
      default:
        staging.other(slot.index);
    }
  }

  #text(staging: Staging, slot: Slot, text: string): void {
    const { index, entries } = slot;
    if (entries !== null && text.length <= this.#maxLookupChars) {
      const entry = entries.get(text);
      if (entry !== undefined) {
        staging.entry(index, entry);
        return;
      }
      if (slot.closed) {
        if (isWellFormed(text)) staging.entry(index, ENTRY_NONE);
        else staging.illFormed(index);
        return;
      }
    }
    if (slot.wantsText) staging.text(index, text);
    else if (slot.wantsType) staging.text(index, '');
    else staging.other(index);
  }

  #list(staging: Staging, slot: Slot, list: readonly unknown[]): void {
    const count = listLength(list);
    if (count === null) staging.other(slot.index);
    else if (slot.wantsList && count <= MAX_LIST_ELEMENTS) staging.list(slot.index, list, count);
    else if (slot.wantsList || slot.wantsSize || slot.wantsType) staging.listOfLength(slot.index, count);
    else staging.other(slot.index);
  }
}

/** Trees with slots. `subject`: what a session fixes; `call`: the rest. */
interface Trees {
  readonly subject: readonly SlotTree[];
  readonly call: readonly SlotTree[];
}

const SUBJECT_ROOTS: readonly Root[] = ['principal', 'context'];
const CALL_ROOTS: readonly Root[] = ['args', 'result', 'message', 'output'];

function treesOf(slots: readonly Slot[], needed: ReadonlySet<number> | null): Trees {
  const of = (roots: readonly Root[]): SlotTree[] =>
    roots.map((root) => slotTree(slots, root, needed)).filter((tree) => tree.indexes.length > 0);
  return { subject: of(SUBJECT_ROOTS), call: of(CALL_ROOTS) };
}
