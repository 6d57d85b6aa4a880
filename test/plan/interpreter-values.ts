// In: values that conditions read, and operations on them. Out: values, or that they are unknown or do not apply (LANGUAGE.md 6), as the
// tables mean it. A part of the interpreter of tables (interpreter.ts).

import type { AttributePath, Reading, ScalarType } from '../../compiler/check/typed.ts';
import type { ConstantTable, ViewTable } from '../../compiler/plan/tables.ts';
import * as C from '../../wasm-core/contract/codes.ts';
import * as O from '../../wasm-core/contract/opcodes.ts';

export type Value = string | boolean | bigint | number;
export type State =
  | { readonly kind: 'class'; readonly reserved: number; readonly cause: string | null }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'list'; readonly elements: readonly Value[] };

export type Tagged =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'inapplicable' };
export const UNKNOWN: Tagged = { kind: 'unknown' };

export function typeCode(raw: unknown): number {
  const kinds: Record<string, number> = { boolean: C.KIND_BOOL, number: C.KIND_NUMBER, string: C.KIND_STRING };
  if (Array.isArray(raw)) return C.KIND_LIST;
  return kinds[typeof raw] ?? (typeof raw === 'object' ? C.KIND_MAP : C.KIND_OTHER);
}

export function reserved(c: number, cause: string | null): State {
  return { kind: 'class', reserved: c, cause };
}

export function tagged(state: State): Tagged {
  if (state.kind === 'value') return { kind: 'known', value: state.value };
  return state.kind === 'class' && state.reserved === C.CLASS_INAPPLICABLE ? { kind: 'inapplicable' } : UNKNOWN;
}

export function known(value: Tagged): Value {
  if (value.kind !== 'known') throw new Error('not a known value');
  return value.value;
}

export function computed(inputs: readonly Tagged[], compute: () => Value | null): Tagged {
  if (inputs.some((x) => x.kind === 'inapplicable')) return { kind: 'inapplicable' };
  if (inputs.some((x) => x.kind === 'unknown')) return UNKNOWN;
  const result = compute();
  if (result === null || Number.isNaN(result)) return UNKNOWN;
  if (typeof result === 'bigint' && BigInt.asIntN(64, result) !== result) return UNKNOWN;
  return { kind: 'known', value: result };
}

export function arithmetic(op: number, a: Value, b: Value): Value | null {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (op < 0) return -a;
    if ((op === O.ARITHMETIC_DIV || op === O.ARITHMETIC_MOD) && b === 0n) return null;
    if (op === O.ARITHMETIC_ADD) return a + b;
    if (op === O.ARITHMETIC_SUB) return a - b;
    if (op === O.ARITHMETIC_MUL) return a * b;
    return op === O.ARITHMETIC_DIV ? a / b : a % b;
  }
  if (typeof a !== 'number' || typeof b !== 'number') throw new Error('mixed arithmetic');
  if (op < 0) return -a;
  if (op === O.ARITHMETIC_ADD) return a + b;
  if (op === O.ARITHMETIC_SUB) return a - b;
  if (op === O.ARITHMETIC_MUL) return a * b;
  return b === 0 ? null : a / b;
}

export function compares(op: number, a: Value, b: Value): boolean {
  const order =
    typeof a === 'string' && typeof b === 'string'
      ? Buffer.compare(Buffer.from(a), Buffer.from(b))
      : a < b
        ? -1
        : a > b
          ? 1
          : 0;
  if (op === O.COMPARE_EQ) return order === 0;
  if (op === O.COMPARE_LT) return order < 0;
  if (op === O.COMPARE_LE) return order <= 0;
  return op === O.COMPARE_GT ? order > 0 : order >= 0;
}

export function readingOf(view: ViewTable, path: AttributePath): Reading {
  if (view.kind === C.VIEW_SIZE) return { kind: 'size', path, of: 'any' };
  if (view.kind === C.VIEW_SIZE_OF_STRING) return { kind: 'size', path, of: 'string' };
  if (view.kind === C.VIEW_SIZE_OF_LIST) return { kind: 'size', path, of: 'list' };
  if (view.kind === C.VIEW_SIZE_OF_OBJECT) return { kind: 'size', path, of: 'object' };
  const isList = view.kind >= C.VIEW_LIST_STRING && view.kind <= C.VIEW_LIST_DOUBLE;
  const scalar = scalarOf(isList ? view.kind - C.VIEW_LIST_STRING + C.VIEW_STRING : view.kind, view.entries);
  return { kind: 'typed', path, type: isList ? { kind: 'list', element: scalar } : scalar };
}

function scalarOf(kind: number, entries: readonly string[]): ScalarType {
  if (kind === C.VIEW_ENUM) return { kind: 'enum', values: entries };
  if (kind === C.VIEW_BOOL) return { kind: 'bool' };
  if (kind === C.VIEW_INT) return { kind: 'int' };
  return kind === C.VIEW_DOUBLE ? { kind: 'double' } : { kind: 'string' };
}

export function constantValue(constant: ConstantTable): string | boolean | bigint | number {
  switch (constant.kind) {
    case 'bool':
    case 'int':
    case 'double':
    case 'string':
      return constant.value;
    default:
      throw new Error(`a constant of kind ${constant.kind} as a scalar`);
  }
}

/** A text whose patterns are bits counts as a list of one. */
export function elementsOf(state: State, kind: number): readonly Value[] | null {
  if (state.kind === 'list') return state.elements;
  const isBits = kind === C.PARTITION_LIST_ANY || kind === C.PARTITION_LIST_ALL || kind === C.PARTITION_LIST_BIT;
  return state.kind === 'value' && isBits ? [state.value] : null;
}
