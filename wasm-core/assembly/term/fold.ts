// In: a comprehension: what it goes over, its variables, filter and body. Out: its outcome (LANGUAGE.md 5.9): `exists` and `all` as
// `or` and `and`, the others strict in every body. Each element visited is a step.

import { KIND_BOOL, KIND_LIST } from '../../contract/codes.ts';
import {
  FOLD_ALL,
  FOLD_EXISTS,
  FOLD_EXISTS_ONE,
  FOLD_FILTER,
  FOLD_TRANSFORM_ENTRY,
  FOLD_TRANSFORM_MAP,
  KIND_INAPPLICABLE,
  KIND_RECORD,
  KIND_UNKNOWN,
} from '../../contract/terms.ts';
import { dropGathered, exhausted, gather, gathered, gatherEntry, settleGathered, spend } from './arena.ts';
import { copy, ENTRY, isTrue, kindOf, lengthOf, set, setBool, setInt, SIZE, spanOf } from './element.ts';
import { run, variableAt } from './machine.ts';
import { isAddedTwice } from './parts.ts';

/** `top` holds what it goes over and takes the outcome. The filter's code lies from `filter` to `body`: none if they are equal. */
export function fold(
  ctx: usize,
  op: i32,
  hasTwo: u32,
  first: u32,
  filter: usize,
  body: usize,
  end: usize,
  top: usize,
): void {
  const kind = kindOf(top);
  if (kind != KIND_LIST && kind != KIND_RECORD) return set(top, kind == KIND_INAPPLICABLE ? kind : KIND_UNKNOWN, 0);
  const isMap = kind == KIND_RECORD;
  const variable = variableAt(first);
  const second = variable + SIZE;
  const count = lengthOf(top);
  const from = spanOf(top);
  const width = isMap ? <u32>ENTRY : <u32>SIZE;
  const mark = gathered;
  const isQuantifier = op == FOLD_EXISTS || op == FOLD_ALL;
  let isUnknown = false;
  let isInapplicable = false;
  let trues: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const element = from + i * width;
    spend(1);
    if (exhausted) return;
    if (!hasTwo) copy(variable, element);
    else {
      if (isMap) copy(variable, element);
      else setInt(variable, i);
      copy(second, isMap ? element + SIZE : element);
    }
    let code = filter;
    if (filter != body) {
      run(ctx, filter, body, top);
      if (exhausted) return;
      code = body;
      if (!isTrue(top)) {
        const outcome = kindOf(top);
        if (outcome == KIND_INAPPLICABLE) isInapplicable = true;
        else if (outcome != KIND_BOOL) isUnknown = true;
        continue;
      }
    }
    run(ctx, code, end, top);
    if (exhausted) return;
    const outcome = kindOf(top);
    if (op <= FOLD_FILTER ? outcome != KIND_BOOL : outcome >= KIND_UNKNOWN) {
      if (outcome == KIND_INAPPLICABLE) isInapplicable = true;
      else isUnknown = true;
    } else if (op <= FOLD_FILTER) {
      const holds = isTrue(top);
      if (isQuantifier && holds == (op == FOLD_EXISTS)) return setBool(top, holds);
      trues += u32(holds);
      if (holds && op == FOLD_FILTER) gather(element);
    } else if (op == FOLD_TRANSFORM_MAP) {
      if (!isMap) setInt(variable, i);
      gatherEntry(variable, top);
    } else if (op == FOLD_TRANSFORM_ENTRY) {
      if (!gatherEntries(top, mark)) isUnknown = true;
    } else gather(top);
  }
  if (isUnknown || isInapplicable) {
    dropGathered(mark);
    // A quantifier is as `or` and `and`, unknown first; the others are strict.
    const isFirst = isQuantifier ? isUnknown : !isInapplicable;
    return set(top, isFirst ? KIND_UNKNOWN : KIND_INAPPLICABLE, 0);
  }
  if (isQuantifier) setBool(top, op == FOLD_ALL);
  else if (op == FOLD_EXISTS_ONE) setBool(top, trues == 1);
  else settleGathered(top, op == FOLD_TRANSFORM_MAP || op == FOLD_TRANSFORM_ENTRY ? KIND_RECORD : KIND_LIST, mark);
}

/** The entries of one more map; false if it is none, or a key is there already. */
function gatherEntries(map: usize, mark: usize): bool {
  if (kindOf(map) != KIND_RECORD) return false;
  let entry = spanOf(map);
  const end = entry + lengthOf(map) * <u32>ENTRY;
  for (; entry < end && !exhausted; entry += ENTRY) {
    if (isAddedTwice(entry, mark, <u32>(gathered - mark) / <u32>ENTRY)) return false;
    gatherEntry(entry, entry + SIZE);
  }
  return true;
}
