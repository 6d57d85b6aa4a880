// In: numbers of decision tables. Out: the words people know them by. For listings only.

import * as codes from '../../wasm-core/contract/codes.ts';
import { pathText } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { ConstantTable, DecisionTables } from '../plan/tables.ts';

const VIEW_KINDS = new Map<number, string>([
  [codes.VIEW_STRING, 'string'],
  [codes.VIEW_ENUM, 'enum'],
  [codes.VIEW_BOOL, 'bool'],
  [codes.VIEW_INT, 'int'],
  [codes.VIEW_DOUBLE, 'number'],
  [codes.VIEW_LIST_STRING, 'list<string>'],
  [codes.VIEW_LIST_ENUM, 'list<enum>'],
  [codes.VIEW_LIST_BOOL, 'list<bool>'],
  [codes.VIEW_LIST_INT, 'list<int>'],
  [codes.VIEW_LIST_DOUBLE, 'list<number>'],
  [codes.VIEW_SIZE, 'size'],
  [codes.VIEW_SIZE_OF_STRING, 'size of string'],
  [codes.VIEW_SIZE_OF_LIST, 'size of list'],
  [codes.VIEW_SIZE_OF_OBJECT, 'size of object'],
  [codes.VIEW_PRESENCE, 'presence'],
  [codes.VIEW_TREE, 'tree'],
  [codes.VIEW_TYPE, 'type'],
]);

const SIZES: readonly number[] = [codes.VIEW_SIZE_OF_STRING, codes.VIEW_SIZE_OF_LIST, codes.VIEW_SIZE_OF_OBJECT];

const COMMON_CLASSES = ['missing', 'null', 'wrong type', 'inapplicable'];

export function slotName(tables: DecisionTables, slot: number): string {
  const found = tables.slots[slot];
  if (found === undefined) return `slot ${slot}?`;
  return found.path === null ? 'tool' : pathText(found.path);
}

export function viewKindName(kind: number): string {
  return VIEW_KINDS.get(kind) ?? `kind ${kind}?`;
}

/** `args.amount as int`. */
export function viewName(tables: DecisionTables, view: number): string {
  const found = tables.views[view];
  if (found === undefined) return `view ${view}?`;
  if (found.kind === codes.VIEW_SIZE) return `size(${slotName(tables, found.slot)})`;
  if (SIZES.includes(found.kind)) return `${viewKindName(found.kind)} ${slotName(tables, found.slot)}`;
  if (found.kind === codes.VIEW_PRESENCE || found.kind === codes.VIEW_TYPE) {
    return `${viewKindName(found.kind)} of ${slotName(tables, found.slot)}`;
  }
  if (found.kind === codes.VIEW_TREE) return slotName(tables, found.slot);
  return `${slotName(tables, found.slot)} as ${viewKindName(found.kind)}`;
}

/** `P3 args.amount as int`, `P4 principal.roles as list<string>, any`. */
export function partitionName(tables: DecisionTables, partition: number): string {
  const found = tables.partitions[partition];
  if (found === undefined) return `P${partition}?`;
  const fold =
    found.kind === codes.PARTITION_LIST_ANY ? ', any' : found.kind === codes.PARTITION_LIST_ALL ? ', all' : '';
  return `P${partition} ${viewName(tables, found.view)}${fold}`;
}

/** The four classes every partition has, by name; its own by number. */
export function className(index: number): string {
  return COMMON_CLASSES[index] ?? String(index);
}

export function constantName(constant: ConstantTable | undefined): string {
  if (constant === undefined) return '?';
  switch (constant.kind) {
    case 'bool':
    case 'int':
      return String(constant.value);
    case 'double':
      return Object.is(constant.value, -0) ? '-0.0' : doubleName(constant.value);
    case 'string':
      return quoted(constant.value);
    case 'empty-list':
      return '[]';
    case 'null':
      return 'null';
    case 'uint':
      return `${constant.value}u`;
    case 'bytes':
      return `${constant.value.length} bytes`;
    case 'timestamp':
    case 'duration':
      return `${constant.kind} ${constant.seconds} s ${constant.nanos} ns`;
    case 'type':
      return `type of kind ${constant.of}`;
    case 'zone':
      return `zone of ${constant.transitions.length} transitions`;
    default:
      return unreachable(constant);
  }
}

/** A text in quotes, cut in its middle when long. */
export function quoted(text: string, most = 40): string {
  const points = Array.from(text); // code points: cutting by code units could split one
  const half = Math.floor((most - 1) / 2);
  const shown = points.length <= most ? text : `${points.slice(0, half).join('')}…${points.slice(-half).join('')}`;
  return JSON.stringify(shown);
}

function doubleName(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}
