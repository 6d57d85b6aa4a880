// A sample of calls, as the planner sees it. In: requests, and the partitions of a policy. Out: for a partition the class that each
// request has there. For weighing only: a value that is read otherwise than the core would read it costs time, never a decision.

import {
  CLASS_FALSE,
  CLASS_FIRST,
  CLASS_MISSING,
  CLASS_NULL,
  CLASS_TRUE,
  CLASS_WRONG_TYPE,
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
  VIEW_DOUBLE,
  VIEW_INT,
  VIEW_TYPE,
} from '../../wasm-core/contract/codes.ts';
import type { AttributePath } from '../check/typed.ts';
import { utf8 } from '../ir/text.ts';
import { runGroup } from './automaton.ts';
import type { PartitionBuilder } from './partitions.ts';
import type { Pool } from './pools.ts';
import type { PartitionTable } from './tables.ts';
import type { PlanView } from './views.ts';

/** Requests looked at; of more, so many evenly spaced. */
const MOST_REQUESTS = 1024;

export class Traffic {
  /** Numbers of all requests: what reaches the root of a tree. */
  readonly all: Uint32Array;
  readonly #requests: readonly unknown[];
  readonly #views: readonly PlanView[];
  readonly #builder: PartitionBuilder;
  readonly #pools: { readonly halves: Pool; readonly bounds: Pool };
  readonly #known = new Map<number, Uint16Array | null>();

  constructor(
    requests: readonly unknown[],
    views: readonly PlanView[],
    builder: PartitionBuilder,
    pools: { readonly halves: Pool; readonly bounds: Pool },
  ) {
    const step = Math.max(1, requests.length / MOST_REQUESTS);
    const count = Math.min(requests.length, MOST_REQUESTS);
    this.#requests = Array.from({ length: count }, (_, i) => requests[Math.floor(i * step)]);
    this.all = Uint32Array.from({ length: count }, (_, i) => i);
    this.#views = views;
    this.#builder = builder;
    this.#pools = pools;
  }

  /** By request; null of partitions whose values have several classes, or that are read in a way not known here. */
  classesOf(partition: number): Uint16Array | null {
    const known = this.#known.get(partition);
    if (known !== undefined) return known;
    const classes = this.#classify(partition);
    this.#known.set(partition, classes);
    return classes;
  }

  #classify(partition: number): Uint16Array | null {
    const table = this.#builder.partitions[partition];
    const view = this.#views[table?.view ?? -1];
    if (table === undefined || view === undefined || !isReadable(table, view)) return null;
    return Uint16Array.from(this.#requests, (request) => this.#classOf(valueAt(request, view.path), table, view));
  }

  #classOf(value: unknown, table: PartitionTable, view: PlanView): number {
    if (value === undefined) return CLASS_MISSING;
    if (value === null) return CLASS_NULL;
    const { halves, bounds } = this.#pools;
    switch (table.kind) {
      case PARTITION_PRESENCE:
        return CLASS_FIRST;
      case PARTITION_BOOL:
        return typeof value === 'boolean' ? (value ? CLASS_TRUE : CLASS_FALSE) : CLASS_WRONG_TYPE;
      case PARTITION_NUMBER: {
        const number = typeof value === 'bigint' ? Number(value) : value;
        if (typeof number !== 'number' || !Number.isFinite(number)) return CLASS_WRONG_TYPE;
        const cell = cellOf(bounds.values, table.operand, table.boundCount, number);
        return halves.values[table.cellClasses + cell] ?? CLASS_WRONG_TYPE;
      }
      default: {
        if (typeof value !== 'string') return CLASS_WRONG_TYPE;
        const entry = view.entryOf.get(value);
        if (entry !== undefined) return halves.values[table.entryClasses + entry] ?? CLASS_WRONG_TYPE;
        const group = this.#builder.groupOfAutomaton[table.operand];
        if (table.kind === PARTITION_DICTIONARY || group === undefined) return table.operand;
        return CLASS_FIRST + runGroup(group, utf8(value));
      }
    }
  }
}

/** Texts, numbers, booleans and presence; not sizes, types and lists. */
function isReadable({ kind }: PartitionTable, view: PlanView): boolean {
  if (view.path?.form !== undefined || view.kind === VIEW_TYPE) return false;
  if (kind === PARTITION_NUMBER) return view.kind === VIEW_INT || view.kind === VIEW_DOUBLE;
  return [PARTITION_DICTIONARY, PARTITION_AUTOMATON, PARTITION_BOOL, PARTITION_PRESENCE].includes(kind);
}

/** As in the core: 2i + 1 if the value is bound i, else the even cell it lies in. */
function cellOf(bounds: readonly number[], first: number, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[first + middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return 2 * low + (low < count && bounds[first + low] === value ? 1 : 0);
}

function valueAt(request: unknown, path: AttributePath | null): unknown {
  let value = propertyOf(request, path === null ? 'tool' : path.root);
  for (const segment of path?.segments ?? []) value = propertyOf(value, segment);
  return value;
}

/** Own data properties only; undefined wherever the path breaks. */
function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
