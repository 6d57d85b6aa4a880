// In: a request as any JavaScript value. Out: the slots an artifact names, filled in the staging area, or the verdict that is known
// already of a request that is the same to every rule (memo.ts); what no rule names is never looked at. Never calls a getter, never sees an inherited property, never steps into an array
// (LANGUAGE.md 3.5), but for requests said to be trusted.
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
import { Lookup, makePlan, OWN_SUBJECT, type Plan, UNNUMBERED } from './lookup.ts';
import type { Needs } from './needs.ts';
import { isArray, isObject, ownValue, trustedValue } from './own.ts';
import type { Cook, Reading } from './recipe.ts';
import { type Slot, type SlotNode, type SlotTree, slotTree, type Trees } from './slots.ts';
import { listLength, type Staging } from './staging.ts';
import { isWellFormed } from './text.ts';
import { POINTS, type Root } from './types.ts';

/** A text longer than this is not looked up: hashing it would cost more than the core's own answer. In UTF-16 units. */
const MAX_LOOKUP_CHARS = 256;

/** From this call of a tool on only what its rules look at is read, and calls are looked up. */
const PLANNED_CALL = 4;

/** Stages an object, an array or a BigInt of a slot that a term reads (trees.ts): only hosts with the full core carry it. */
export type StageTree = (staging: Staging, slot: Slot, value: object | bigint, maxStringBytes: number) => void;

/** INVARIANT (engine.ts): an artifact that reads trees is not loaded without the means. */
const noTrees: StageTree = () => {
  throw new RangeError('no means to stage a tree');
};

/** What a session has staged, outside [bottom, top) of the room. */
export interface FixedPart {
  /** Equal numbers, equal contents; or UNNUMBERED. */
  readonly number: number;
  readonly bottom: number;
  readonly top: number;
  /** The room from `bottom` on. */
  readonly longRoom: Uint8Array;
  /** Stages it anew, where something else has used the area in between. */
  restore(staging: Staging): void;
}

/** Fills the staging area for one artifact. */
export class Projection {
  readonly #slots: readonly Slot[];
  readonly #tool: Slot;
  /** All slots, and by point and tool those that such a call needs. */
  readonly #all: Trees;
  readonly #needs: Needs | null;
  readonly #trees: Map<string, Trees> = new Map();
  readonly #plans: (Plan | undefined)[] = [];
  readonly #firstCalls: number[] = [];
  readonly #cook: (() => Cook) | null;
  /** What is known already. */
  readonly lookup: Lookup;
  readonly #maxStringBytes: number;
  readonly #maxLookupChars: number;
  readonly #stageTree: StageTree;

  /** `slots` as `readArtifact` gives them, slot 0 the tool's. `needs` null: whatever the tool, every slot is read; `cook` null: no memo. */
  constructor(
    slots: readonly Slot[],
    maxStringBytes: number,
    needs: Needs | null = null,
    stageTree: StageTree | null = null,
    cook: (() => Cook) | null = null,
  ) {
    const [tool] = slots;
    if (tool === undefined) throw new RangeError('no tool slot');
    this.#slots = slots;
    this.#tool = tool;
    this.#all = treesOf(slots, null);
    this.#needs = needs;
    this.#cook = cook;
    this.lookup = new Lookup(maxStringBytes, cook !== null);
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
   * Fills every slot from a request, or finds it in what is known (`lookup.recalled`).
   *
   * @param flags POINT_WITHOUT_TRANSFORMS, or 0
   * @param trusted the request is plain data (`DecideOptions.trusted`)
   * @param unknownPoint stands for an `at` that is no intervention point; -STATUS_POINT_UNKNOWN if left out
   * @returns the intervention point, or -STATUS_* for what is no request; throws what a proxy's trap throws
   */
  stageRequest(
    staging: Staging,
    request: unknown,
    flags: number = 0,
    trusted: boolean = false,
    unknownPoint: number = -STATUS_POINT_UNKNOWN,
  ): number {
    this.lookup.forget();
    if (!isObject(request)) return -STATUS_REQUEST_INVALID;
    const point = this.#point(request, trusted, unknownPoint);
    if (point < 0) return point;
    const tool = toolOf(request, trusted);
    const entry = this.#entryOf(tool);
    const plan = entry < 0 ? null : this.#planOf(point, entry);
    if (plan !== null && plan.recipe !== null && plan.pause === 0) {
      if (this.lookup.find(plan, plan.recipe, request, keyOf(plan, flags), OWN_SUBJECT, trusted)) return point;
      staging.begin(this.#maxStringBytes, 0, staging.size, staging.room, trusted);
      staging.entry(0, entry);
      this.#stageFound(staging, plan.recipe.call);
      this.#stageFound(staging, plan.recipe.subject);
      this.lookup.release(plan.recipe);
      return this.#finish(staging, point);
    }
    staging.begin(this.#maxStringBytes, 0, staging.size, staging.room, trusted);
    const trees = this.#stageTool(staging, tool, entry, plan);
    this.#fill(staging, trees.call, request, trusted);
    this.#fill(staging, trees.subject, request, trusted);
    return this.#finish(staging, point);
  }

  /** Fills the slots that a session fixes; 0, or -STATUS_*. */
  stageSubject(staging: Staging, subject: unknown): number {
    if (!isObject(subject)) return -STATUS_REQUEST_INVALID;
    staging.begin(this.#maxStringBytes, 0, staging.size, staging.room, false);
    this.#fill(staging, this.#all.subject, subject, false);
    return this.#finish(staging, 0);
  }

  /** Fills the slots that `fixed` has not, or finds the call in what is known: then nothing is filled. */
  stageCall(staging: Staging, call: unknown, flags: number, trusted: boolean, fixed: FixedPart): number {
    this.lookup.forget();
    if (!isObject(call)) return -STATUS_REQUEST_INVALID;
    const point = this.#point(call, trusted, -STATUS_POINT_UNKNOWN);
    if (point < 0) return point;
    const tool = toolOf(call, trusted);
    const entry = this.#entryOf(tool);
    const plan = entry < 0 ? null : this.#planOf(point, entry);
    if (plan !== null && plan.recipe !== null && plan.pause === 0 && fixed.number !== UNNUMBERED) {
      if (this.lookup.find(plan, plan.recipe, call, keyOf(plan, flags), fixed.number, trusted)) return point;
      this.#beginAfter(staging, fixed, trusted);
      staging.entry(0, entry);
      this.#stageFound(staging, plan.recipe.call);
      this.lookup.release(plan.recipe);
    } else {
      this.#beginAfter(staging, fixed, trusted);
      this.#fill(staging, this.#stageTool(staging, tool, entry, plan).call, call, trusted);
    }
    // What is filled next lies between what is fixed: that is still whole.
    const status = this.#finish(staging, point);
    staging.resident = fixed;
    return status;
  }

  #beginAfter(staging: Staging, fixed: FixedPart, trusted: boolean): void {
    if (staging.resident !== fixed) fixed.restore(staging);
    staging.begin(this.#maxStringBytes, fixed.bottom, fixed.top, fixed.longRoom, trusted);
  }

  #finish(staging: Staging, point: number): number {
    staging.finish();
    return staging.overflow ? -STATUS_REQUEST_TOO_LARGE : point;
  }

  #point(request: object, trusted: boolean, unknownPoint: number): number {
    // Most have none, and asking whether it is there is cheaper than asking for it.
    if (!('at' in request)) return POINT_PRE_TOOL_CALL;
    const at = trusted ? request.at : ownValue(request, 'at');
    if (at === undefined) return POINT_PRE_TOOL_CALL;
    return POINTS.get(at) ?? unknownPoint;
  }

  /** The tool's entry of the dictionary, or -1. */
  #entryOf(tool: unknown): number {
    const { entries } = this.#tool;
    if (entries === null || typeof tool !== 'string' || tool.length > this.#maxLookupChars) return -1;
    return entries.get(tool) ?? -1;
  }

  /** Null for the first calls of a tool: looking through the tables would be most of what a first verdict costs. */
  #planOf(point: number, entry: number): Plan | null {
    const at = point * (this.#tool.entries?.size ?? 0) + entry;
    const plan = this.#plans[at];
    if (plan !== undefined) return plan;
    const calls = (this.#firstCalls[at] ?? 0) + 1;
    this.#firstCalls[at] = calls;
    return calls < PLANNED_CALL ? null : this.#makePlan(point, entry, at);
  }

  #makePlan(point: number, entry: number, at: number): Plan {
    const needs = this.#needs?.of(point, entry) ?? null;
    const trees = this.#treesOf(needs?.slots ?? null);
    const plan = makePlan(at, trees, needs, this.#cook);
    this.#plans[at] = plan;
    return plan;
  }

  /** One for all tools whose calls need the same. */
  #treesOf(needed: ReadonlySet<number> | null): Trees {
    if (needed === null) return this.#all;
    const key = [...needed].sort((a, b) => a - b).join();
    const trees = this.#trees.get(key) ?? treesOf(this.#slots, needed);
    this.#trees.set(key, trees);
    return trees;
  }

  /** Stages the tool. What a call of it needs read; of a tool the artifact does not name, everything. */
  #stageTool(staging: Staging, tool: unknown, entry: number, plan: Plan | null): Trees {
    if (plan === null) {
      this.#value(staging, this.#tool, tool);
      return this.#all;
    }
    if (plan.pause > 0) plan.pause -= 1;
    staging.entry(0, entry);
    return plan.trees;
  }

  /** Stages what was gathered. */
  #stageFound(staging: Staging, readings: readonly Reading[]): void {
    const { found } = this.lookup;
    for (const { indexes, steps, first } of readings) {
      for (const index of indexes) staging.missing(index);
      for (const [i, { slot }] of steps.entries()) if (slot !== null) this.#value(staging, slot, found[first + i]);
    }
  }

  #fill(staging: Staging, trees: readonly SlotTree[], request: object, trusted: boolean): void {
    for (let i = 0; i < trees.length; i += 1) {
      const tree = trees[i];
      if (tree === undefined) return;
      const { indexes, whole, children } = tree;
      for (let j = 0; j < indexes.length; j += 1) staging.missing(indexes[j] ?? 0);
      if (whole === null && children.length === 0) continue;
      const value = trusted ? trustedValue(request, tree.root) : ownValue(request, tree.root);
      if (whole !== null) this.#value(staging, whole, value);
      if (isObject(value)) this.#nodes(staging, children, value, trusted);
    }
  }

  #nodes(staging: Staging, nodes: readonly SlotNode[], object: object, trusted: boolean): void {
    for (let i = 0; i < nodes.length; i += 1) {
      const node = nodes[i];
      if (node === undefined) return;
      const value = trusted && !node.isInherited ? trustedValue(object, node.name) : ownValue(object, node.name);
      if (value === undefined) continue;
      if (node.slot !== null) this.#value(staging, node.slot, value);
      if (node.forms !== null) this.#forms(staging, node.forms, value);
      if (node.children.length > 0 && isObject(value)) this.#nodes(staging, node.children, value, trusted);
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
    const count = listLength(list, staging.trusted);
    if (count === null) staging.other(slot.index);
    else if (slot.wantsList && count <= MAX_LIST_ELEMENTS) staging.list(slot.index, list, count);
    else if (slot.wantsList || slot.wantsSize || slot.wantsType) staging.listOfLength(slot.index, count);
    else staging.other(slot.index);
  }
}

function toolOf(request: { readonly tool?: unknown }, trusted: boolean): unknown {
  return trusted ? request.tool : ownValue(request, 'tool');
}

/** What keys of such calls begin with. */
function keyOf({ number }: Plan, flags: number): number {
  return number * 2 + (flags === 0 ? 0 : 1);
}

const SUBJECT_ROOTS: readonly Root[] = ['principal', 'context'];
const CALL_ROOTS: readonly Root[] = ['args', 'result', 'message', 'output'];

function treesOf(slots: readonly Slot[], needed: ReadonlySet<number> | null): Trees {
  const of = (roots: readonly Root[]): SlotTree[] =>
    roots.map((root) => slotTree(slots, root, needed)).filter((tree) => tree.indexes.length > 0);
  return { subject: of(SUBJECT_ROOTS), call: of(CALL_ROOTS) };
}
