// In: a function's code, its operands side by side on the stack. Out: what it gives, in the place of the first. A call is strict
// (LANGUAGE.md 5.9); what it reads counts as steps before (5.10); where no overload takes its operands it is unknown.

import { KIND_BOOL } from '../../contract/codes.ts';
import {
  FN_ADD,
  FN_CONTAINS,
  FN_DIVIDE,
  FN_ENDS_WITH,
  FN_EQUAL,
  FN_IN,
  FN_INDEX,
  FN_LESS,
  FN_LESS_EQUAL,
  FN_MODULO,
  FN_MULTIPLY,
  FN_NEGATE,
  FN_NOT,
  FN_OPTIONAL_INDEX,
  FN_SIZE,
  FN_STARTS_WITH,
  FN_SUBTRACT,
} from '../../contract/terms.ts';
import { exhausted, spendOnCall } from './arena.ts';
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts';
import { callEqual, callIn, callLess } from './compare.ts';
import { kindOf, set, setBool, setUnknown, strictOutcome, isTrue } from './element.ts';
import { index, size } from './parts.ts';
import { contains } from './text.ts';

export function call(fn: i32, at: usize, count: u32): void {
  const outcome = strictOutcome(at, count);
  if (outcome != 0) return set(at, outcome, 0);
  if (fn != FN_SIZE) spendOnCall(at, count);
  if (!exhausted) evaluate(fn, at, count);
}

function evaluate(fn: i32, at: usize, count: u32): void {
  switch (fn) {
    case FN_NOT:
      return kindOf(at) == KIND_BOOL ? setBool(at, !isTrue(at)) : setUnknown(at);
    case FN_EQUAL:
      return callEqual(at);
    case FN_LESS:
    case FN_LESS_EQUAL:
      return callLess(at, fn == FN_LESS_EQUAL);
    case FN_IN:
      return callIn(at);
    case FN_ADD:
      return add(at);
    case FN_SUBTRACT:
      return subtract(at);
    case FN_MULTIPLY:
      return multiply(at);
    case FN_DIVIDE:
      return divide(at);
    case FN_MODULO:
      return modulo(at);
    case FN_NEGATE:
      return negate(at);
    case FN_INDEX:
    case FN_OPTIONAL_INDEX:
      return index(at, fn == FN_OPTIONAL_INDEX);
    case FN_SIZE:
      return size(at);
    case FN_CONTAINS:
    case FN_STARTS_WITH:
    case FN_ENDS_WITH:
      return contains(at, fn);
    default:
      setUnknown(at);
  }
}
