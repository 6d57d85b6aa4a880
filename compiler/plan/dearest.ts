// Why a policy costs what it costs. In: decision tables. Out: the parts of the predicted worst case, and its dearest clusters with the
// rules and attributes in them, in words for a person. Never changes what is planned.

import { pathText } from '../check/typed.ts';
import { predictCost } from './predict.ts';
import type { DecisionTables, NodeTable } from './tables.ts';

export interface DearCluster {
  readonly cost: number;
  /** Bits: terms of rules, twice where a rule can be in doubt. */
  readonly places: number;
  /** Ids, those with most places first. */
  readonly rules: readonly string[];
  readonly attributes: readonly string[];
}

export interface DearParts {
  readonly total: number;
  readonly reading: number;
  readonly classifying: number;
  /** Of that, by attribute; the dearest first, as below. */
  readonly attributes: readonly { readonly path: string; readonly cost: number }[];
  readonly clusters: readonly DearCluster[];
}

const MOST_CLUSTERS = 3;
const MOST_NAMES = 3;

export function dearParts(tables: DecisionTables): DearParts {
  const { total, reading, classifying, views, path } = predictCost(tables);
  const clusters: DearCluster[] = [];
  for (const { node, cost } of path) {
    const table = tables.nodes[node];
    if (table?.kind !== 'cluster') continue;
    clusters.push({ cost: Math.ceil(cost), places: table.bitCount, ...contentsOf(table, tables) });
    if (clusters.length === MOST_CLUSTERS) break;
  }
  const costs = new Map<string, number>();
  for (const { view, cost } of views) costs.set(nameOf(view, tables), (costs.get(nameOf(view, tables)) ?? 0) + cost);
  const attributes = [...costs].map(([path, cost]) => ({ path, cost })).sort((a, b) => b.cost - a.cost);
  return { total, reading, classifying, attributes, clusters };
}

function contentsOf(
  node: NodeTable & { readonly kind: 'cluster' },
  tables: DecisionTables,
): Pick<DearCluster, 'rules' | 'attributes'> {
  const places = new Map<number, number>();
  for (const { rule } of tables.bits.slice(node.bitFirst, node.bitFirst + node.bitCount)) {
    places.set(rule, (places.get(rule) ?? 0) + 1);
  }
  const attributes = new Set<string>();
  for (const { partition } of tables.columns.slice(node.columnFirst, node.columnFirst + node.columnCount)) {
    attributes.add(nameOf(tables.partitions[partition]?.view ?? 0, tables));
  }
  const rules = [...places].sort(([a, more], [b, most]) => most - more || a - b).map(([rule]) => rule);
  return { rules: rules.map((rule) => tables.rules[rule]?.id ?? ''), attributes: [...attributes] };
}

function nameOf(view: number, tables: DecisionTables): string {
  const path = tables.slots[tables.views[view]?.slot ?? 0]?.path ?? null;
  return path === null ? 'tool' : pathText(path);
}

/** One sentence: the cost, what it is made of, the dearest cluster. */
export function dearText({ total, reading, classifying, attributes, clusters }: DearParts): string {
  const tables = total - reading - classifying;
  const most = attributes.slice(0, MOST_NAMES).map(({ path, cost }) => `\`${path}\` ${amount(cost)}`);
  const parts = [
    `${amount(reading)} to read the call`,
    `${amount(classifying)} to tell the classes of its attributes${most.length === 0 ? '' : ` (${most.join(', ')})`}`,
    `${amount(tables)} in the tables and for what fires`,
  ];
  const [dearest] = clusters;
  const text = `${amount(total)} instructions: ${parts.join(', ')}`;
  return dearest === undefined ? text : `${text}; the dearest ${clusterText(dearest)}`;
}

export function clusterText({ cost, places, rules, attributes }: DearCluster): string {
  const names = rules.slice(0, MOST_NAMES).map((id) => `\`${id}\``);
  const more = rules.length > MOST_NAMES ? ` and ${amount(rules.length - MOST_NAMES)} more` : '';
  const by = attributes.length === 0 ? '' : ` by ${attributes.map((path) => `\`${path}\``).join(', ')}`;
  return `${amount(cost)} for ${counted(places, 'place')} of ${counted(rules.length, 'rule')} (${names.join(', ')}${more})${by}`;
}

function counted(n: number, noun: string): string {
  return `${amount(n)} ${noun}${n === 1 ? '' : 's'}`;
}

function amount(n: number): string {
  return Math.ceil(n).toLocaleString('en-US');
}
