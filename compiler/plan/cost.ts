// What deciding costs, in abstract steps of about a nanosecond. In: partitions, nodes, bits. Out: the estimate that keys.ts
// plans with, and the worst case over all requests that the artifact carries (HEADER_PREDICTED_COST).

import {
  CLASS_ELEMENT_BIT,
  CLASS_FIRST,
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_LIST_ALL,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
} from '../../wasm-core/contract/codes.ts';
import { hasManyClasses } from './merge.ts';
import type { BitTable, ColumnTable, NodeTable, PartitionTable } from './tables.ts';

/** Classifying one value once; afterwards its class is remembered. */
export function classifyCost(partition: PartitionTable | undefined): number {
  switch (partition?.kind) {
    case PARTITION_PRESENCE:
    case PARTITION_BOOL:
      return 3;
    case PARTITION_NUMBER:
      return 5 + Math.ceil(Math.log2(partition.boundCount + 1));
    case PARTITION_DICTIONARY:
      return 12;
    case PARTITION_LIST_BIT:
    case PARTITION_LIST_ANY:
    case PARTITION_LIST_ALL:
      return 16;
    case PARTITION_AUTOMATON:
      return 40;
    default:
      throw new Error(`no partition kind ${partition?.kind}`);
  }
}

/**
 * The worst case over all requests: a key costs a step, its dearest child and its successor; a cluster costs vectors × columns (a
 * column of a list's bits counts once for every row that a bit adds) and the words of its distinct residuals. Classifying is left out: it is bounded by the request, not by the policy.
 */
export function predictedCost(tables: {
  readonly roots: readonly number[];
  readonly nodes: readonly NodeTable[];
  readonly columns: readonly ColumnTable[];
  readonly bits: readonly BitTable[];
  readonly words: readonly number[];
  readonly halves: readonly number[];
  readonly partitions: readonly PartitionTable[];
}): number {
  const costs = tables.nodes.map(() => 0);
  const costOf = (node: number): number => (node < 0 ? 0 : (costs[node] ?? 0));
  for (let index = tables.nodes.length - 1; index >= 0; index -= 1) {
    const node = tables.nodes[index];
    if (node === undefined) continue;
    let own = 1;
    if (node.kind === 'cluster') {
      let rows = 0;
      for (let column = node.columnFirst; column < node.columnFirst + node.columnCount; column += 1) {
        rows += mostRows(tables.columns[column], tables);
      }
      own += Math.ceil(node.bitCount / 128) * Math.max(1, rows);
      const seen = new Set<number>();
      for (let bit = node.bitFirst; bit < node.bitFirst + node.bitCount; bit += 1) {
        const table = tables.bits[bit];
        if (table === undefined || table.code < 0 || seen.has(table.residual)) continue;
        seen.add(table.residual);
        own += table.codeWords;
      }
    } else {
      let dearest = 0;
      for (let i = 0; i < node.entryCount; i += 1) {
        const child = (tables.words[node.table + (node.dense ? i : 2 * i + 1)] ?? 0) - 1;
        dearest = Math.max(dearest, costOf(child));
      }
      own += dearest;
    }
    costs[index] = own + costOf(node.next);
  }
  return Math.min(0xffffffff, Math.max(0, ...tables.roots.map(costOf)));
}

/** Rows that one value can make deciding read from a column. */
function mostRows(
  column: ColumnTable | undefined,
  tables: { readonly partitions: readonly PartitionTable[]; readonly halves: readonly number[] },
): number {
  const partition = tables.partitions[column?.partition ?? -1];
  if (column === undefined || partition === undefined || !hasManyClasses(partition.kind)) return 1;
  let rows = 1;
  for (let c = CLASS_ELEMENT_BIT; c < partition.classCount; c += 1) {
    if (tables.halves[column.map + c] !== tables.halves[column.map + CLASS_FIRST]) rows += 1;
  }
  return rows;
}
