// In: decision tables. Out: lines for the tree of nodes from every point's root, and a picture of each cluster.
// For listings only. A node reached twice is drawn once.

import { POINT_COUNT } from '../../wasm-core/contract/codes.ts';
import type { DecisionTables, NodeTable } from '../plan/tables.ts';
import { rowOfClass } from '../plan/tables.ts';
import { classLabel, classValues } from './classes.ts';
import { partitionName } from './names.ts';
import { cut, fit, heading, pad, wrap } from './text-layout.ts';

const MOST_TREE_LINES = 200;
const MOST_CLUSTERS = 20;
const MOST_BITS = 64;
const MOST_ROWS = 24;

const POINT_NAMES = [
  'agent_startup',
  'input',
  'pre_model_call',
  'post_model_call',
  'pre_tool_call',
  'post_tool_call',
  'output',
  'agent_shutdown',
];

type ClusterNode = NodeTable & { readonly kind: 'cluster' };

export function inspectNodes(tables: DecisionTables): string[] {
  const keyCount = tables.nodes.filter((node) => node.kind === 'key').length;
  const title = `nodes: ${keyCount} keys, ${tables.nodes.length - keyCount} clusters`;
  return [...heading(title), ...treeLines(tables), ...clusterLines(tables)];
}

function treeLines(tables: DecisionTables): string[] {
  const lines: string[] = [];
  const drawn = new Set<number>();
  for (let point = 0; point < POINT_COUNT; point += 1) {
    const root = tables.roots[point] ?? -1;
    if (root < 0) continue;
    lines.push(`  ${POINT_NAMES[point]}`);
    drawChain(tables, root, '  ', drawn, lines);
  }
  if (lines.length <= MOST_TREE_LINES) return lines;
  return [...lines.slice(0, MOST_TREE_LINES), `  … ${lines.length - MOST_TREE_LINES} more lines`];
}

/** A node and those visited after it, one below the other. */
function drawChain(tables: DecisionTables, first: number, indent: string, drawn: Set<number>, lines: string[]): void {
  for (let index = first; index >= 0; ) {
    const node = tables.nodes[index];
    if (node === undefined) return;
    const corner = node.next >= 0 ? '├─' : '└─';
    if (drawn.has(index)) {
      lines.push(`${indent}${corner} N${index}, as above`);
      return;
    }
    drawn.add(index);
    const below = `${indent}${node.next >= 0 ? '│ ' : '  '}   `;
    if (node.kind === 'cluster') {
      lines.push(`${indent}${corner} N${index} cluster: ${node.bitCount} bits, ${node.columnCount} columns`);
    } else {
      lines.push(cut(`${indent}${corner} N${index} key: ${partitionName(tables, node.partition)}`));
      drawChildren(tables, node, below, drawn, lines);
    }
    index = node.next;
  }
}

function drawChildren(
  tables: DecisionTables,
  node: NodeTable & { readonly kind: 'key' },
  indent: string,
  drawn: Set<number>,
  lines: string[],
): void {
  const classesByChild = new Map<number, number[]>();
  for (let i = 0; i < Math.min(node.entryCount, tables.words.length); i += 1) {
    const index = node.dense ? i : (tables.words[node.table + 2 * i] ?? 0);
    const child = (tables.words[node.table + (node.dense ? i : 2 * i + 1)] ?? 0) - 1;
    if (child >= 0) classesByChild.set(child, [...(classesByChild.get(child) ?? []), index]);
  }
  const partition = tables.partitions[node.partition];
  const values = partition === undefined ? new Map<number, string[]>() : classValues(tables, partition);
  for (const [child, classes] of classesByChild) {
    const names = classes.map((c) => classLabel(values, c));
    const end = names.length > 8 ? `, … ${names.length - 8} more` : '';
    lines.push(cut(`${indent}${names.slice(0, 8).join(', ')}${end}`));
    drawChain(tables, child, indent, drawn, lines);
  }
}

function clusterLines(tables: DecisionTables): string[] {
  const clusters = tables.nodes.flatMap((node, n): { readonly n: number; readonly node: ClusterNode }[] =>
    node.kind === 'cluster' ? [{ n, node }] : [],
  );
  const lines = clusters.slice(0, MOST_CLUSTERS).flatMap(({ n, node }) => clusterPicture(tables, n, node));
  const left = clusters.length - MOST_CLUSTERS;
  return left > 0 ? [...lines, '', `  … ${left} more clusters`] : lines;
}

/**
 * Bits run from left to right. Above: which bit is which rule's, in which role. Below: the row of every class of every column,
 * where a class keeps the bits it shows.
 */
function clusterPicture(tables: DecisionTables, n: number, node: ClusterNode): string[] {
  const title = `  cluster N${n}: ${node.bitCount} bits`;
  const shownBits = Math.min(node.bitCount, MOST_BITS);
  const legend = tables.bits.slice(node.bitFirst, node.bitFirst + shownBits).map((bit, i) => {
    const rule = tables.rules[bit.rule];
    const role = bit.maybe ? 'maybe' : 'true';
    const residual = bit.code < 0 ? '' : `, residual at ${bit.code} (${bit.takesMay ? 'may' : 'must'})`;
    const note = `${role}, rank ${bit.rank}${residual}`;
    return cut(`    ${String(i).padStart(3)}  ${fit(rule?.id ?? '?', 34)}  ${pad(rule?.effect ?? '?', 8)}  ${note}`);
  });
  const elided = node.bitCount > shownBits ? [`    … ${node.bitCount - shownBits} more bits`] : [];
  const columns = tables.columns
    .slice(node.columnFirst, node.columnFirst + node.columnCount)
    .flatMap((column) => columnPicture(tables, node, column));
  return ['', title, ...legend, ...elided, ...columns];
}

function columnPicture(tables: DecisionTables, node: ClusterNode, column: DecisionTables['columns'][number]): string[] {
  const vectors = Math.ceil(node.bitCount / 128);
  const partition = tables.partitions[column.partition];
  const classesByRow = new Map<number, number[]>();
  for (let c = 0; c < Math.min(partition?.classCount ?? 0, tables.halves.length); c += 1) {
    const row = rowOfClass(column, c, tables.halves);
    classesByRow.set(row, [...(classesByRow.get(row) ?? []), c]);
  }
  const values = partition === undefined ? new Map<number, string[]>() : classValues(tables, partition);
  const rows = [...classesByRow].sort(([a], [b]) => a - b);
  const lines = rows.slice(0, MOST_ROWS).flatMap(([row, classes]) => {
    const names = classes.slice(0, 12).map((c) => classLabel(values, c));
    if (classes.length > 12) names.push(`… ${classes.length - 12} more`);
    return wrap(`      ${rowPicture(tables, column.rowFirst + row * vectors, node.bitCount)}  `, names, ', ');
  });
  const elided = rows.length > MOST_ROWS ? [`      … ${rows.length - MOST_ROWS} more rows`] : [];
  return [cut(`    ${partitionName(tables, column.partition)}`), ...lines, ...elided];
}

function rowPicture(tables: DecisionTables, first: number, bitCount: number): string {
  let picture = '';
  for (let bit = 0; bit < Math.min(bitCount, MOST_BITS); bit += 1) {
    const word = tables.rows[4 * first + Math.floor(bit / 32)] ?? 0;
    picture += ((word >>> (bit % 32)) & 1) === 1 ? '█' : '·';
  }
  return bitCount > MOST_BITS ? `${picture}…` : picture;
}
