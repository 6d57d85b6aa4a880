// The types of values as a type view tells them apart (contract/codes.ts, VIEW_TYPE). In: types. Out: codes and classes.

import {
  CLASS_FIRST,
  KIND_BOOL,
  KIND_LIST,
  KIND_MAP,
  KIND_NUMBER,
  KIND_STRING,
} from '../../wasm-core/contract/codes.ts';
import type { ValueType } from '../check/typed.ts';
import { type Ranges, rangesOf } from './classes.ts';

const TYPES: readonly ValueType[] = ['bool', 'number', 'string', 'list', 'object'];

/** Ascending, as bounds are; type `i` of TYPES has class CLASS_FIRST + i. */
export const TYPE_CODES: readonly number[] = [KIND_BOOL, KIND_NUMBER, KIND_STRING, KIND_LIST, KIND_MAP];

export function typeClasses(types: readonly ValueType[]): Ranges {
  return rangesOf(types.map((type) => CLASS_FIRST + TYPES.indexOf(type)));
}

/** Whether a value of this code is of one of these types. */
export function isOfTypes(code: number, types: readonly ValueType[]): boolean {
  const type = TYPES[TYPE_CODES.indexOf(code)];
  return type !== undefined && types.includes(type);
}
