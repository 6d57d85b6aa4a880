// The tree of access keys (limits.md 4's structure (e)): which bits a request can reach at all. In: items of one intervention
// point. Out: nodes in preorder. INVARIANT: every item is in a cluster that every request of its sets visits; what a key
// partition already decided, the cluster below does not test again.

import { CLASS_FIRST, PARTITION_DICTIONARY } from '../../wasm-core/contract/codes.ts';
import { MAX_NODE_LEVELS } from '../../wasm-core/contract/limits.ts';
import { BITS_PER_VECTOR, type ClusterContext, clusterItems, writeCluster } from './clusters.ts';
import { Marks } from './marks.ts';
import { type Item, type RoleSet, setOf } from './model.ts';
import type { NodeTable, PartitionTable } from './tables.ts';

/** Own classes an item may be copied to; wider sets go to the node's successor. */
const MAX_COPIES = 4;
/** Candidates for a key whose cost is computed; the others place fewer items. */
const MAX_CANDIDATES = 6;
/** A key must save this share: of the bits visited where they fill more than a vector, else of the steps. */
const MIN_BITS_SAVED = 0.2;
const MIN_STEPS_SAVED = 0.3;
/** Steps: visiting a cluster, fetching one column's row, looking up a key. */
const CLUSTER_COST = 12;
const COLUMN_COST = 3;
const KEY_COST = 8;
/**
 * Classes of a column's map worth a step. A cluster's map has an entry per class, a key's table one per class that leads anywhere:
 * without this, 10,000 small clusters over a partition of 5,000 classes would fill the artifact with maps.
 */
const CLASSES_PER_STEP = 64;
const LARGE_PARTITION = 512;
/** How often a request is taken to have a reserved class. */
const RESERVED_WEIGHT = 0.02;
/** What a step weighs beside bits visited, where a sample says how often it is taken. */
const BITS_PER_STEP = 4;
/** Requests that what is assumed without a sample counts for, beside those of one (`Sample`). */
const ASSUMED_REQUESTS = 8;

/** Numbers of the requests of the traffic that come to a node; null without traffic. */
type Sample = Uint32Array | null;

export interface TreeContext extends Omit<ClusterContext, 'decided' | 'sample'> {
  readonly partitions: readonly PartitionTable[];
  readonly nodes: NodeTable[];
  readonly internWords: (words: readonly number[]) => number;
}

/** With what the steps of one tree note down, by partition, by view or by class; each empties what it uses. */
interface Work extends TreeContext, ClusterContext {
  sample: Sample;
  readonly seen: Marks;
  readonly views: Marks;
  readonly knownViews: Marks;
  /** All zero between two uses. */
  readonly counts: Uint32Array;
}

/** The index of the tree's first node, or -1 without items. */
export function buildTree(items: readonly Item[], context: TreeContext): number {
  const { partitions } = context;
  const most = (of: (table: PartitionTable) => number): number =>
    partitions.reduce((size, table) => Math.max(size, of(table)), 0);
  const viewCount = most(({ view }) => view + 1);
  return build(items, 0, {
    ...context,
    decided: new Uint8Array(partitions.length),
    sample: context.traffic?.all ?? null,
    seen: new Marks(partitions.length),
    views: new Marks(viewCount),
    knownViews: new Marks(viewCount),
    counts: new Uint32Array(
      Math.max(
        partitions.length,
        most(({ classCount }) => classCount),
      ),
    ),
  });
}

function build(items: readonly Item[], level: number, context: Work): number {
  if (items.length === 0) return -1;
  const split = level < MAX_NODE_LEVELS - 1 ? bestKey(items, context) : null;
  if (split === null) return writeClusters(items, level, context);
  const index = context.nodes.length;
  const pending: NodeTable = {
    kind: 'cluster',
    level,
    next: -1,
    columnFirst: 0,
    columnCount: 0,
    bitFirst: 0,
    bitCount: 0,
  };
  context.nodes.push(pending); // its place in preorder; filled in below
  const children = buildChildren(split, level, context);
  const next = build(split.rest, level, context);
  const { classCount } = partitionOf(split.partition, context);
  const dense = children.size * 4 >= classCount || classCount <= 32;
  const words: number[] = [];
  if (dense) for (let c = 0; c < classCount; c += 1) words.push((children.get(c) ?? -1) + 1);
  else for (const [c, child] of [...children].sort(([a], [b]) => a - b)) words.push(c, child + 1);
  context.nodes[index] = {
    kind: 'key',
    level,
    next,
    partition: split.partition,
    table: context.internWords(words),
    entryCount: dense ? classCount : children.size,
    dense,
  };
  return index;
}

function writeClusters(items: readonly Item[], level: number, context: Work): number {
  const first = context.nodes.length;
  const parts = clusterItems(items, context);
  parts.forEach((part, i) => {
    const next = i + 1 < parts.length ? first + i + 1 : -1;
    context.nodes.push({ kind: 'cluster', level, next, ...writeCluster(part, context) });
  });
  return first;
}

/** Classes with the same items share a child. */
function buildChildren({ partition, groups }: Split, level: number, context: Work): Map<number, number> {
  const known = new Map<number, Built[]>();
  const children = new Map<number, number>();
  context.decided[partition] = 1;
  const { sample } = context;
  const classes = sample === null ? null : (context.traffic?.classesOf(partition) ?? null);
  for (const [c, items] of [...groups].sort(([a], [b]) => a - b)) {
    let hash = items.length;
    for (const { id } of items) hash = Math.imul(hash ^ id, 0x01000193) ^ (hash >>> 15);
    const alike = known.get(hash) ?? [];
    known.set(hash, alike);
    let child = childOf(items, alike);
    if (child === undefined) {
      if (classes !== null && sample !== null) context.sample = sample.filter((request) => classes[request] === c);
      child = build(items, level + 1, context);
      alike.push({ items, child });
    }
    children.set(c, child);
  }
  context.sample = sample;
  context.decided[partition] = 0;
  return children;
}

interface Built {
  readonly items: readonly Item[];
  readonly child: number;
}

function childOf(items: readonly Item[], alike: readonly Built[]): number | undefined {
  for (const built of alike) if (isSame(built.items, items)) return built.child;
  return undefined;
}

function isSame(a: readonly Item[], b: readonly Item[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

interface Split {
  readonly partition: number;
  /** By class, in the order of the first item of each. */
  readonly groups: ReadonlyMap<number, readonly Item[]>;
  readonly rest: readonly Item[];
}

/**
 * The key that saves most, or null if none saves enough. While bits fill more than a vector, what counts is how many of them a
 * request visits; below that, how many attributes it must classify and how many rows it fetches.
 */
function bestKey(items: readonly Item[], context: Work): Split | null {
  const isWide = items.length > BITS_PER_VECTOR;
  const partitions = partitionsOf(items, context);
  if (!isWide && partitions.length < 2 && !isLarge(partitions[0] ?? -1, context)) return null;
  const candidates = candidatesOf(items, partitions, context);
  return isWide
    ? bestInBits(items, partitions, candidates, context)
    : bestInSteps(items, partitions, candidates, context);
}

function isLarge(partition: number, context: Work): boolean {
  return context.classCountOf(partition) > LARGE_PARTITION;
}

/** Those of the partitions that may be worth a key, those that place most items first. */
function candidatesOf(items: readonly Item[], partitions: readonly number[], context: Work): number[] {
  countPlaceable(items, context);
  const { counts } = context;
  const candidates: { partition: number; count: number }[] = [];
  for (const partition of partitions) {
    const count = counts[partition] ?? 0;
    counts[partition] = 0;
    if (count > items.length * MIN_BITS_SAVED || (count > 0 && isLarge(partition, context)))
      candidates.push({ partition, count });
  }
  candidates.sort((a, b) => b.count - a.count || a.partition - b.partition);
  return candidates.slice(0, MAX_CANDIDATES).map(({ partition }) => partition);
}

/** In `counts`, by partition. */
function countPlaceable(items: readonly Item[], context: Work): void {
  const { counts } = context;
  for (const { partitions, sets } of items) {
    for (let i = 0; i < partitions.length; i += 1) {
      const partition = partitions[i] ?? 0;
      if (context.decided[partition] !== 1 && isPlaceable(partition, sets[i], context)) {
        counts[partition] = (counts[partition] ?? 0) + 1;
      }
    }
  }
}

function bestInBits(
  items: readonly Item[],
  partitions: readonly number[],
  candidates: readonly number[],
  context: Work,
): Split | null {
  let best: number | null = null;
  let bestCost = items.length * (1 - MIN_BITS_SAVED) + classifyBits(partitions, context);
  for (const partition of candidates) {
    const cost = keyedBits(items, partition, partitions, context);
    if (cost >= bestCost) continue;
    best = partition;
    bestCost = cost;
  }
  return best === null ? null : splitBy(items, best, context);
}

/** Telling all these classes, in bits visited. Without traffic nobody knows whether they are asked for: nothing. */
function classifyBits(partitions: readonly number[], context: Work): number {
  if (context.traffic === null) return 0;
  return partitions.reduce((sum, partition) => sum + context.classifyCost(partition) * BITS_PER_STEP, 0);
}

function bestInSteps(
  items: readonly Item[],
  partitions: readonly number[],
  candidates: readonly number[],
  context: Work,
): Split | null {
  let best: Split | null = null;
  context.knownViews.clear();
  let bestCost = clusterCost(items.length, partitions, context) * (1 - MIN_STEPS_SAVED);
  for (const partition of candidates) {
    const split = splitBy(items, partition, context);
    const cost = keyedSteps(split, context);
    if (cost >= bestCost) continue;
    best = split;
    bestCost = cost;
  }
  return best;
}

/** All that the items constrain and no key above has decided, in the order of first use. */
function partitionsOf(items: readonly Item[], { seen, decided }: Work): number[] {
  const partitions: number[] = [];
  seen.clear();
  for (const item of items) {
    for (const partition of item.partitions) {
      if (decided[partition] !== 1 && seen.add(partition)) partitions.push(partition);
    }
  }
  return partitions;
}

/** A key gives one class: a list's bits are for columns (codes.ts). */
function isPlaceable(partition: number, set: RoleSet | undefined, context: Work): set is RoleSet {
  return set !== undefined && set.size <= MAX_COPIES && !context.hasManyClasses(partition);
}

function splitBy(items: readonly Item[], partition: number, context: Work): Split {
  const split = { partition, groups: new Map<number, Item[]>(), rest: [] };
  putBy(items, split, context);
  return split;
}

/** Apart from splitBy: V8 keeps giving up code that it optimised in the midst of a loop before what follows had ever run. */
function putBy(
  items: readonly Item[],
  split: { readonly partition: number; readonly groups: Map<number, Item[]>; readonly rest: Item[] },
  context: Work,
): void {
  const { partition, groups, rest } = split;
  for (const item of items) {
    const set = setOf(item, partition);
    if (!isPlaceable(partition, set, context)) {
      rest.push(item);
      continue;
    }
    eachClass(set, (c) => {
      const group = groups.get(c);
      if (group === undefined) groups.set(c, [item]);
      else group.push(item);
    });
  }
}

/** All classes of a placeable set, reserved ones too: a bit that is set where an attribute is missing must be found there. */
function eachClass(set: RoleSet, visit: (c: number) => void): void {
  for (let c = 0; c < CLASS_FIRST; c += 1) if ((set.reserved & (1 << c)) !== 0) visit(c);
  for (let i = 0; i < set.own.length; i += 2) {
    for (let c = set.own[i] ?? 0; c < (set.own[i + 1] ?? 0); c += 1) visit(c);
  }
}

/** A view is classified once, however many partitions it has; known views are classified already. */
function clusterCost(count: number, partitions: readonly number[], context: Work): number {
  if (count === 0) return 0;
  const { views, knownViews } = context;
  let cost = CLUSTER_COST + COLUMN_COST * partitions.length;
  views.clear();
  for (const partition of partitions) {
    const { view, classCount } = partitionOf(partition, context);
    cost += Math.floor(classCount / CLASSES_PER_STEP);
    if (!knownViews.has(view) && views.add(view)) cost += context.classifyCost(partition);
  }
  return cost;
}

/** Expected steps with this key on top; without traffic own classes are taken as equally likely. */
function keyedSteps({ partition, groups, rest }: Split, context: Work): number {
  const { knownViews } = context;
  knownViews.clear();
  knownViews.add(partitionOf(partition, context).view);
  const resting = partitionsOf(rest, context);
  let cost = KEY_COST + context.classifyCost(partition) + clusterCost(rest.length, resting, context);
  for (const other of resting) knownViews.add(partitionOf(other, context).view);
  const shareOf = sharesOf(partition, context);
  context.decided[partition] = 1;
  for (const [c, group] of groups) {
    cost += shareOf(c) * clusterCost(group.length, partitionsOf(group, context), context);
  }
  context.decided[partition] = 0;
  return cost;
}

/** Expected bits visited with this key on top: the same, in other units. */
function keyedBits(items: readonly Item[], partition: number, partitions: readonly number[], context: Work): number {
  const { counts } = context;
  const classes: number[] = [];
  let cost = 0;
  const count = (c: number): void => {
    const before = counts[c] ?? 0;
    if (before === 0) classes.push(c);
    counts[c] = before + 1;
  };
  for (const item of items) {
    const set = setOf(item, partition);
    if (isPlaceable(partition, set, context)) eachClass(set, count);
    else cost += 1;
  }
  const shareOf = sharesOf(partition, context);
  // With traffic: what a key has decided is no column below it, and whom the key leads nowhere is asked nothing more.
  const lighter = context.traffic === null ? 1 : (partitions.length - 1) / partitions.length;
  let asked = cost > 0 ? 1 : 0;
  for (const c of classes) {
    cost += shareOf(c) * (counts[c] ?? 0) * lighter;
    asked += shareOf(c);
    counts[c] = 0;
  }
  const own = classifyBits([partition], context);
  return cost + own + Math.min(1, asked) * (classifyBits(partitions, context) - own);
}

/** How often a request has a class: what is assumed, and with traffic what the sample says, the more of it the more. */
function sharesOf(partition: number, context: Work): (c: number) => number {
  const share = shareOfClass(partition, context);
  const assumed = (c: number): number => (c < CLASS_FIRST ? RESERVED_WEIGHT : share);
  const { sample, traffic } = context;
  const classes = sample === null || sample.length === 0 ? null : (traffic?.classesOf(partition) ?? null);
  if (sample === null || classes === null) return assumed;
  const seen = new Map<number, number>();
  for (const request of sample) seen.set(classes[request] ?? 0, (seen.get(classes[request] ?? 0) ?? 0) + 1);
  return (c) => ((seen.get(c) ?? 0) + ASSUMED_REQUESTS * assumed(c)) / (sample.length + ASSUMED_REQUESTS);
}

/** A dictionary's "anything else" is one class of many, and no less likely than two named values. */
function shareOfClass(partition: number, context: Work): number {
  const { classCount, kind } = partitionOf(partition, context);
  return 1 / Math.max(classCount - CLASS_FIRST, kind === PARTITION_DICTIONARY ? 3 : 2);
}

function partitionOf(partition: number, context: Work): PartitionTable {
  const table = context.partitions[partition];
  if (table === undefined) throw new Error(`no partition ${partition}`);
  return table;
}
