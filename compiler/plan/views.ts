// Slots and views of the artifact from the readings of the policy, with their dictionaries.
// In: readings, and the constants that tests name. Out: views in artifact order. View 0 reads the tool's name.

import {
  VIEW_BOOL,
  VIEW_DOUBLE,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_LIST_BOOL,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
  VIEW_LIST_INT,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_SIZE,
  VIEW_SIZE_OF_LIST,
  VIEW_SIZE_OF_OBJECT,
  VIEW_SIZE_OF_STRING,
  VIEW_STRING,
  VIEW_TREE,
  VIEW_TYPE,
} from '../../wasm-core/contract/codes.ts';
import { type AttributePath, pathText } from '../check/typed.ts';
import { compareCodePoints } from '../ir/text.ts';
import type { Test, ViewKind, ViewRef } from '../ir/types.ts';

export interface PlanView {
  readonly slot: number;
  readonly path: AttributePath | null;
  /** Number of the environment that says what the attribute is when omitted. */
  readonly environment: number;
  /** VIEW_*. */
  readonly kind: number;
  readonly enumValues: readonly string[];
  /** Sorted by UTF-8 bytes. */
  entries: readonly string[];
  entryOf: ReadonlyMap<string, number>;
  bitWords: number;
  testFirst: number;
  testCount: number;
}

const KIND_CODE: Record<ViewKind, number> = {
  string: VIEW_STRING,
  enum: VIEW_ENUM,
  bool: VIEW_BOOL,
  int: VIEW_INT,
  double: VIEW_DOUBLE,
  'list-string': VIEW_LIST_STRING,
  'list-enum': VIEW_LIST_ENUM,
  'list-bool': VIEW_LIST_BOOL,
  'list-int': VIEW_LIST_INT,
  'list-double': VIEW_LIST_DOUBLE,
  size: VIEW_SIZE,
  'size-of-string': VIEW_SIZE_OF_STRING,
  'size-of-list': VIEW_SIZE_OF_LIST,
  'size-of-object': VIEW_SIZE_OF_OBJECT,
  presence: VIEW_PRESENCE,
  tree: VIEW_TREE,
  type: VIEW_TYPE,
};

export interface ViewPlan {
  readonly slots: readonly { readonly path: AttributePath | null }[];
  readonly views: PlanView[];
  /** Index in `views` of each reading's first view; its further copies follow. */
  readonly viewOf: readonly number[];
}

/** `copies[i]`: how many views reading `i` gets, since the bits of one list view are limited. */
export function planViews(refs: readonly ViewRef[], copies: readonly number[]): ViewPlan {
  const texts = refs.map((ref) => pathText(ref.path));
  const pathOf = new Map(refs.map((ref, i) => [texts[i] ?? '', ref.path]));
  const sortedTexts = [...pathOf.keys()].sort(compareUnits);
  const slotOf = new Map(sortedTexts.map((text, i) => [text, i + 1]));
  const slots = [{ path: null }, ...sortedTexts.map((text) => ({ path: pathOf.get(text) ?? null }))];
  const order = refs.map((_, i) => i).sort((a, b) => compareRefs(refs, texts, a, b));
  const views: PlanView[] = [newView(0, null, 0, VIEW_STRING, [])];
  const viewOf: number[] = refs.map(() => 0);
  for (const i of order) {
    const ref = refs[i];
    if (ref === undefined) continue;
    viewOf[i] = views.length;
    const slot = slotOf.get(texts[i] ?? '') ?? 0;
    for (let copy = 0; copy < Math.max(1, copies[i] ?? 1); copy += 1) {
      views.push(newView(slot, ref.path, ref.environment, KIND_CODE[ref.kind], ref.values));
    }
  }
  return { slots, views, viewOf };
}

function newView(
  slot: number,
  path: AttributePath | null,
  environment: number,
  kind: number,
  enumValues: readonly string[],
): PlanView {
  return {
    slot,
    path,
    environment,
    kind,
    enumValues,
    entries: [],
    entryOf: new Map(),
    bitWords: 0,
    testFirst: 0,
    testCount: 0,
  };
}

function compareRefs(refs: readonly ViewRef[], texts: readonly string[], a: number, b: number): number {
  const x = refs[a];
  const y = refs[b];
  if (x === undefined || y === undefined) return 0;
  return (
    compareUnits(texts[a] ?? '', texts[b] ?? '') ||
    KIND_CODE[x.kind] - KIND_CODE[y.kind] ||
    compareUnits(JSON.stringify(x.values), JSON.stringify(y.values)) ||
    x.environment - y.environment
  );
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Gives every view its dictionary: the constants of its tests, its enum's values, and for view 0 the tools given. */
export function fillDictionaries(
  views: readonly PlanView[],
  tests: Iterable<{ readonly view: number; readonly test: Test }>,
  tools: Iterable<string>,
): void {
  const constants = views.map((view) => new Set(view.enumValues));
  for (const tool of tools) constants[0]?.add(tool);
  for (const { view, test } of tests) {
    if (test.kind !== 'strings' || isClosed(views[view])) continue;
    for (const value of test.values) constants[view]?.add(value);
  }
  views.forEach((view, index) => {
    view.entries = [...(constants[index] ?? [])].sort(compareCodePoints);
    view.entryOf = new Map(view.entries.map((entry, i) => [entry, i]));
  });
}

/** An enum's dictionary holds its values and nothing else: a miss is of wrong type. */
function isClosed(view: PlanView | undefined): boolean {
  return view?.kind === VIEW_ENUM || view?.kind === VIEW_LIST_ENUM;
}
