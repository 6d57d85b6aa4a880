// The tree of access keys (limits.md 4's structure (e)): which bits a request can reach at all. In: items of one intervention
// point. Out: nodes in preorder. INVARIANT: every item is in a cluster that every request of its sets visits; what a key
// partition already decided, the cluster below does not test again.

import { CLASS_FIRST, PARTITION_DICTIONARY } from '../../wasm-core/contract/codes.ts';
import { MAX_NODE_LEVELS } from '../../wasm-core/contract/limits.ts';
import { sizeOfRanges } from './classes.ts';
import { BITS_PER_VECTOR, type ClusterContext, clusterItems, writeCluster } from './clusters.ts';
import type { Item, RoleSet } from './model.ts';
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

export interface TreeContext extends ClusterContext {
  readonly partitions: readonly PartitionTable[];
  readonly nodes: NodeTable[];
  readonly internWords: (words: readonly number[]) => number;
}

/** The index of the tree's first node, or -1 without items. */
export function buildTree(items: readonly Item[], context: TreeContext): number {
  return build(items, 0, context);
}

function build(items: readonly Item[], level: number, context: TreeContext): number {
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

function writeClusters(items: readonly Item[], level: number, context: TreeContext): number {
  const first = context.nodes.length;
  const parts = clusterItems(items, context);
  parts.forEach((part, i) => {
    const next = i + 1 < parts.length ? first + i + 1 : -1;
    context.nodes.push({ kind: 'cluster', level, next, ...writeCluster(part, context) });
  });
  return first;
}

/** Classes with the same items share a child. */
function buildChildren(split: Split, level: number, context: TreeContext): Map<number, number> {
  const childByKey = new Map<string, number>();
  const children = new Map<number, number>();
  for (const [c, items] of [...split.groups].sort(([a], [b]) => a - b)) {
    const key = items.map((item) => item.id).join(',');
    let child = childByKey.get(key);
    if (child === undefined) {
      child = build(
        items.map((item) => without(item, split.partition)),
        level + 1,
        context,
      );
      childByKey.set(key, child);
    }
    children.set(c, child);
  }
  return children;
}

function without(item: Item, partition: number): Item {
  const sets = new Map<number, RoleSet>(item.sets);
  sets.delete(partition);
  return { ...item, sets };
}

interface Split {
  readonly partition: number;
  readonly groups: ReadonlyMap<number, readonly Item[]>;
  readonly rest: readonly Item[];
}

/**
 * The key that saves most, or null if none saves enough. While bits fill more than a vector, what counts is how many of them a
 * request visits; below that, how many attributes it must classify and how many rows it fetches.
 */
function bestKey(items: readonly Item[], context: TreeContext): Split | null {
  const isWide = items.length > BITS_PER_VECTOR;
  const whole = summary(items);
  const isLarge = (partition: number): boolean => context.classCountOf(partition) > LARGE_PARTITION;
  if (!isWide && whole.partitions.size < 2 && ![...whole.partitions].some(isLarge)) return null;
  const placeable = new Map<number, number>();
  for (const item of items) {
    for (const [partition, set] of item.sets) {
      if (isPlaceable(partition, set, context)) placeable.set(partition, (placeable.get(partition) ?? 0) + 1);
    }
  }
  const enough = [...placeable].filter(([p, count]) => count > items.length * MIN_BITS_SAVED || isLarge(p));
  const candidates = enough.sort(([a, m], [b, n]) => n - m || a - b).slice(0, MAX_CANDIDATES);
  let best: number | null = null;
  let bestCost = isWide
    ? whole.count * (1 - MIN_BITS_SAVED)
    : clusterCost(whole, NO_VIEWS, context) * (1 - MIN_STEPS_SAVED);
  for (const [partition] of candidates) {
    const cost = keyedCost(items, partition, isWide, context);
    if (cost < bestCost) {
      best = partition;
      bestCost = cost;
    }
  }
  return best === null ? null : splitBy(items, best, context);
}

/** A key gives one class: a list's bits are for columns (codes.ts). */
function isPlaceable(partition: number, set: RoleSet, context: TreeContext): boolean {
  return sizeOfRanges(set.own) <= MAX_COPIES && !context.hasManyClasses(partition);
}

function splitBy(items: readonly Item[], partition: number, context: TreeContext): Split {
  const groups = new Map<number, Item[]>();
  const rest: Item[] = [];
  for (const item of items) {
    const set = item.sets.get(partition);
    if (set === undefined || !isPlaceable(partition, set, context)) {
      rest.push(item);
      continue;
    }
    eachClass(set, (c) => {
      const group = groups.get(c);
      if (group === undefined) groups.set(c, [item]);
      else group.push(item);
    });
  }
  return { partition, groups, rest };
}

/** All classes of a placeable set, reserved ones too: a bit that is set where an attribute is missing must be found there. */
function eachClass(set: RoleSet, visit: (c: number) => void): void {
  for (let c = 0; c < CLASS_FIRST; c += 1) if ((set.reserved & (1 << c)) !== 0) visit(c);
  for (let i = 0; i < set.own.length; i += 2) {
    for (let c = set.own[i] ?? 0; c < (set.own[i + 1] ?? 0); c += 1) visit(c);
  }
}

interface Summary {
  count: number;
  readonly partitions: Set<number>;
}

function summary(items: readonly Item[]): Summary {
  const partitions = new Set<number>();
  for (const item of items) for (const partition of item.sets.keys()) partitions.add(partition);
  return { count: items.length, partitions };
}

const NO_VIEWS: ReadonlySet<number> = new Set();

/** A view is classified once, however many partitions it has; `known` views are classified already. */
function clusterCost({ count, partitions }: Summary, known: ReadonlySet<number>, context: TreeContext): number {
  if (count === 0) return 0;
  let cost = CLUSTER_COST + COLUMN_COST * partitions.size;
  const views = new Set(known);
  for (const partition of partitions) {
    const { view, classCount } = partitionOf(partition, context);
    cost += Math.floor(classCount / CLASSES_PER_STEP);
    if (!views.has(view)) cost += context.classifyCost(partition);
    views.add(view);
  }
  return cost;
}

/** Expected bits or steps with this key on top, own classes taken as equally likely. */
function keyedCost(items: readonly Item[], partition: number, inBits: boolean, context: TreeContext): number {
  const groups = new Map<number, Summary>();
  const rest: Summary = { count: 0, partitions: new Set() };
  const put = (into: Summary, item: Item, isKeyed: boolean): void => {
    into.count += 1;
    if (inBits) return;
    for (const other of item.sets.keys()) if (!isKeyed || other !== partition) into.partitions.add(other);
  };
  for (const item of items) {
    const set = item.sets.get(partition);
    if (set === undefined || !isPlaceable(partition, set, context)) {
      put(rest, item, false);
      continue;
    }
    eachClass(set, (c) => {
      let group = groups.get(c);
      if (group === undefined) {
        group = { count: 0, partitions: new Set() };
        groups.set(c, group);
      }
      put(group, item, true);
    });
  }
  const { classCount, kind, view } = partitionOf(partition, context);
  // A dictionary's "anything else" is one class of many, and no less likely than two named values.
  const own = Math.max(classCount - CLASS_FIRST, kind === PARTITION_DICTIONARY ? 3 : 2);
  const known = new Set([view]);
  let cost = inBits ? rest.count : KEY_COST + context.classifyCost(partition) + clusterCost(rest, known, context);
  for (const other of rest.partitions) known.add(partitionOf(other, context).view);
  for (const [c, group] of groups) {
    cost += (c < CLASS_FIRST ? RESERVED_WEIGHT : 1 / own) * (inBits ? group.count : clusterCost(group, known, context));
  }
  return cost;
}

function partitionOf(partition: number, context: TreeContext): PartitionTable {
  const table = context.partitions[partition];
  if (table === undefined) throw new Error(`no partition ${partition}`);
  return table;
}
