// In: a partition of decision tables. Out: for each of its classes, the values that fall into it, as a person would write them.
// For listings only: of an automaton's classes it shows the shortest text of each, not all.

import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import type { AutomatonTable, DecisionTables, PartitionTable } from '../plan/tables.ts';
import { className, quoted } from './names.ts';

/** Of a partition, the reserved ones included (FORMAT.md 2). */
const MAX_CLASSES = 65_536;

/** Values by class, the four common classes left out. */
export function classValues(tables: DecisionTables, partition: PartitionTable): ReadonlyMap<number, string[]> {
  const values = new Map<number, string[]>();
  const add = (index: number, text: string): void => {
    const known = values.get(index);
    if (known === undefined) values.set(index, [text]);
    else known.push(text);
  };
  const view = tables.views[partition.view];
  const entries = view?.entries ?? [];
  switch (partition.kind) {
    case codes.PARTITION_DICTIONARY:
      for (const [i, text] of entries.entries()) add(tables.halves[partition.entryClasses + i] ?? -1, quoted(text));
      if (view?.kind !== codes.VIEW_ENUM) add(partition.operand, 'any other text');
      break;
    case codes.PARTITION_AUTOMATON: {
      for (const [i, text] of entries.entries()) add(tables.halves[partition.entryClasses + i] ?? -1, quoted(text));
      const automaton = tables.automatons[partition.operand];
      if (automaton !== undefined) {
        for (const [label, text] of witnesses(tables, automaton)) add(label, `others like ${quoted(text)}`);
      }
      break;
    }
    case codes.PARTITION_NUMBER: {
      const bounds = tables.bounds.slice(partition.operand, partition.operand + partition.boundCount);
      const cells = tables.halves.slice(partition.cellClasses, partition.cellClasses + 2 * bounds.length + 1);
      for (const { first, last, value } of runs(cells)) add(value, interval(bounds, first, last));
      break;
    }
    case codes.PARTITION_BOOL:
      add(codes.CLASS_FALSE, 'false');
      add(codes.CLASS_TRUE, 'true');
      break;
    case codes.PARTITION_PRESENCE:
      add(codes.CLASS_FIRST, 'present');
      break;
    case codes.PARTITION_LIST_BIT:
      add(codes.CLASS_FALSE, 'no such element');
      add(
        codes.CLASS_TRUE,
        `an element such as ${listBitSetters(tables, partition.view, partition.operand).join(', ')}`,
      );
      break;
    case codes.PARTITION_LIST_ANY:
    case codes.PARTITION_LIST_ALL: {
      add(codes.CLASS_FIRST, 'every list');
      // A file that no core would load may say anything.
      const classCount = Math.min(partition.classCount, MAX_CLASSES);
      const bitCount = Math.min(classCount - codes.CLASS_ELEMENT_BIT, (view?.bitWords ?? 0) * 64);
      for (let bit = 0; bit < bitCount; bit += 1) {
        const setters = listBitSetters(tables, partition.view, bit).join(', ');
        add(codes.CLASS_ELEMENT_BIT + bit, `an element such as ${setters}`);
      }
      break;
    }
    default:
      add(codes.CLASS_FIRST, `kind ${partition.kind}?`);
  }
  return values;
}

/** A class as short as can be: its name, its only values, or the first of them. */
export function classLabel(values: ReadonlyMap<number, string[]>, index: number): string {
  const [first, ...others] = values.get(index) ?? [className(index)];
  return `${first ?? className(index)}${others.length > 0 ? ` +${others.length}` : ''}`;
}

/** What an element must be to set a bit of a list view. */
function listBitSetters(tables: DecisionTables, viewIndex: number, bit: number): string[] {
  const view = tables.views[viewIndex];
  if (view === undefined) return ['?'];
  const setters: string[] = [];
  const sets = (masks: number, number: number): boolean => {
    const word = tables.masks[masks + number * view.bitWords + Math.floor(bit / 64)] ?? 0n;
    return ((word >> BigInt(bit % 64)) & 1n) === 1n;
  };
  for (const test of tables.elementTests.slice(view.testFirst, view.testFirst + view.testCount)) {
    switch (test.kind) {
      case codes.ELEMENT_TEST_DICTIONARY:
        for (const [i, text] of view.entries.entries()) if (sets(test.masks, i)) setters.push(quoted(text));
        if (sets(test.masks, view.entries.length)) setters.push('any other text');
        break;
      case codes.ELEMENT_TEST_AUTOMATON: {
        const automaton = tables.automatons[test.operand];
        if (automaton === undefined) break;
        for (const [label, text] of witnesses(tables, automaton)) {
          if (sets(test.masks, label)) setters.push(`texts like ${quoted(text)}`);
        }
        break;
      }
      case codes.ELEMENT_TEST_NUMBER: {
        const bounds = tables.bounds.slice(test.operand, test.operand + test.boundCount);
        const cells = Array.from({ length: 2 * bounds.length + 1 }, (_, cell) => (sets(test.masks, cell) ? 1 : 0));
        for (const { first, last, value } of runs(cells)) if (value === 1) setters.push(interval(bounds, first, last));
        break;
      }
      case codes.ELEMENT_TEST_SCAN:
        if ((tables.scans[test.operand]?.bitLimit ?? 0) > bit) setters.push('a text that a pattern matches');
        break;
      case codes.ELEMENT_TEST_LITERALS:
        setters.push(...literalsOf(tables, test.operand, bit).map((text) => `a text with ${quoted(text)}`));
        break;
      case codes.ELEMENT_TEST_BOOL:
        if (sets(test.masks, 0)) setters.push('false');
        if (sets(test.masks, 1)) setters.push('true');
        break;
    }
  }
  return setters.length === 0 ? ['nothing'] : setters;
}

/** Literals that set a bit, in lower case where case does not matter. */
function literalsOf(tables: DecisionTables, index: number, bit: number): string[] {
  const prefilter = tables.prefilters[index];
  const found: string[] = [];
  for (let i = 0; i < (prefilter?.literalCount ?? 0); i += 1) {
    const at = (prefilter?.literals ?? 0) + (i * layout.LITERAL_SIZE) / 4;
    const field = (offset: number): number => tables.words[at + offset / 4] ?? 0;
    const first = field(layout.LITERAL_TARGETS);
    if (!tables.halves.slice(first, first + field(layout.LITERAL_TARGET_COUNT)).includes(bit)) continue;
    const text = field(layout.LITERAL_TEXT);
    const bytes = tables.bytes.slice(text, text + field(layout.LITERAL_LENGTH));
    found.push(new TextDecoder().decode(Uint8Array.from(bytes)));
  }
  return found;
}

/** Runs of equal numbers. */
function runs(numbers: readonly number[]): { first: number; last: number; value: number }[] {
  const found: { first: number; last: number; value: number }[] = [];
  for (const [i, value] of numbers.entries()) {
    const open = found.at(-1);
    if (open !== undefined && open.value === value) open.last = i;
    else found.push({ first: i, last: i, value });
  }
  return found;
}

/** Cells `first` to `last` of sorted bounds: cell 2i + 1 is bound i, even cells lie between. */
function interval(bounds: readonly number[], first: number, last: number): string {
  const lower = bounds[first % 2 === 0 ? first / 2 - 1 : (first - 1) / 2];
  const upper = bounds[last % 2 === 0 ? last / 2 : (last - 1) / 2];
  if (first === last && first % 2 === 1) return `${lower}`;
  if (lower === undefined && upper === undefined) return 'any number';
  if (lower === undefined) return `${last % 2 === 0 ? '<' : '≤'} ${upper}`;
  if (upper === undefined) return `${first % 2 === 0 ? '>' : '≥'} ${lower}`;
  return `${lower} ${first % 2 === 0 ? '<' : '≤'} x ${last % 2 === 0 ? '<' : '≤'} ${upper}`;
}

/** The shortest text for each label of an automaton, by breadth-first search; bytes that people can read go first. */
function witnesses(tables: DecisionTables, automaton: AutomatonTable): ReadonlyMap<number, string> {
  const byteOf = symbolBytes(tables, automaton);
  const found = new Map<number, string>();
  const seen = new Uint8Array(Math.min(automaton.stateCount, 0x10000));
  let front: { readonly state: number; readonly bytes: readonly number[] }[] = [{ state: 0, bytes: [] }];
  seen[0] = 1;
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { state, bytes } of front) {
      const label = tables.halves[automaton.labels + state] ?? -1;
      if (!found.has(label)) found.set(label, decodeText(automaton.backward ? bytes.toReversed() : bytes));
      for (const [symbol, byte] of byteOf) {
        const target = tables.halves[automaton.transitions + state * automaton.symbolCount + symbol] ?? 0;
        if (seen[target] !== 0) continue;
        seen[target] = 1;
        next.push({ state: target, bytes: [...bytes, byte] });
      }
    }
    front = next;
  }
  return found;
}

/** For each symbol one byte of it, a letter where there is one. */
function symbolBytes(tables: DecisionTables, automaton: AutomatonTable): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  const letters = new TextEncoder().encode('xyzabcdefghijklmnopqrstuvw');
  const printable = Array.from({ length: 0x5f }, (_, i) => 0x20 + i);
  for (const byte of [...letters, ...printable, ...Array.from({ length: 256 }, (_, i) => i)]) {
    const symbol = tables.bytes[automaton.byteClasses + byte] ?? 0;
    if (!bytes.has(symbol)) bytes.set(symbol, byte);
  }
  return bytes;
}

function decodeText(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
