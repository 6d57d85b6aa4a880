// In: the code of one term (contract/terms.ts). Out: its outcome, a value, unknown or inapplicable (LANGUAGE.md 5.9), or unknown
// because it ran over its steps or room (5.10). One stack of values and one row of variables in static memory.
// INVARIANT (verify-terms.ts): the stack neither under- nor overflows, operands, constants, views and variables exist, jumps stay
// inside the code they stand in, loops are folds only, and the code leaves one value.

import { CLASS_INAPPLICABLE, CLASS_NULL, KIND_BOOL, KIND_STRING } from '../../contract/codes.ts';
import { MAX_TERM_STACK, MAX_TERM_VARIABLES } from '../../contract/limits.ts';
import {
  KIND_INAPPLICABLE,
  KIND_UNKNOWN,
  TERM_ATTRIBUTE,
  TERM_BRANCH,
  TERM_CALL,
  TERM_CONSTANT,
  TERM_FOLD,
  TERM_JOIN,
  TERM_JUMP,
  TERM_LIST,
  TERM_MAP,
  TERM_MATCH,
  TERM_PRESENT,
  TERM_SELECT,
  TERM_SKIP,
  TERM_STORE,
  TERM_TYPED,
  TERM_VARIABLE,
} from '../../contract/terms.ts';
import { AT_BYTES, STATE_ELEMENT, STATE_STATE, VIEW_OK } from '../context.ts';
import { isMatch } from '../classify.ts';
import { readView } from '../value.ts';
import { beginTerm, exhausted, spendOnCall } from './arena.ts';
import { call } from './calls.ts';
import {
  copy,
  ENTRY,
  isFalse,
  isTrue,
  kindOf,
  lengthOf,
  pushConstant,
  set,
  setBool,
  setUnknown,
  SIZE,
  spanOf,
  strictOutcome,
} from './element.ts';
import { fold } from './fold.ts';
import { makeList, makeMap, readAs, select } from './parts.ts';

const stack: usize = memory.data(MAX_TERM_STACK * 16, 16);
const variables: usize = memory.data(MAX_TERM_VARIABLES * 16, 16);

/** The outcome's address; it stands until the next term runs. `words` of code lie at `code`. */
export function runTerm(ctx: usize, code: usize, words: u32): usize {
  beginTerm();
  run(ctx, code, code + (words << 2), stack);
  if (exhausted) setUnknown(stack);
  return stack;
}

@inline
export function variableAt(variable: u32): usize {
  return variables + variable * <u32>SIZE;
}

/** Runs code whose values go to `top` and up; it leaves one there, unless the term is exhausted. */
export function run(ctx: usize, at: usize, end: usize, top: usize): void {
  while (at < end) {
    const instruction = load<u32>(at);
    const a: i32 = (instruction >> 8) & 0xff;
    switch (<i32>(instruction & 0xff)) {
      case TERM_CONSTANT: {
        pushConstant(ctx, load<u32>(at, 4), top);
        top += SIZE;
        at += 8;
        break;
      }
      case TERM_ATTRIBUTE: {
        pushAttribute(ctx, load<u32>(at, 4), top);
        top += SIZE;
        at += 8;
        break;
      }
      case TERM_PRESENT: {
        const outcome = load<i32>(readView(ctx, load<u32>(at, 4)), STATE_STATE);
        setBool(top, outcome == VIEW_OK || outcome == CLASS_NULL);
        top += SIZE;
        at += 8;
        break;
      }
      case TERM_VARIABLE: {
        copy(top, variableAt(load<u32>(at, 4)));
        top += SIZE;
        at += 8;
        break;
      }
      case TERM_STORE: {
        top -= SIZE;
        copy(variableAt(load<u32>(at, 4)), top);
        at += 8;
        break;
      }
      case TERM_LIST: {
        const count = load<u32>(at, 4);
        top -= count * <u32>SIZE;
        makeList(top, count, load<usize>(ctx, AT_BYTES) + load<u32>(at, 8));
        top += SIZE;
        at += 12;
        break;
      }
      case TERM_MAP: {
        const count = load<u32>(at, 4);
        top -= count * <u32>ENTRY;
        makeMap(top, count, load<usize>(ctx, AT_BYTES) + load<u32>(at, 8));
        top += SIZE;
        at += 12;
        break;
      }
      case TERM_CALL: {
        top -= a * <u32>SIZE;
        call(load<u32>(at, 4), top, a);
        top += SIZE;
        at += 8;
        break;
      }
      case TERM_MATCH: {
        match(ctx, top - SIZE, a, load<u32>(at, 4));
        at += 8;
        break;
      }
      case TERM_SELECT: {
        select(ctx, top - SIZE, load<u32>(at, 4), a);
        at += 8;
        break;
      }
      case TERM_TYPED: {
        readAs(ctx, top - SIZE, a, load<u32>(at, 4));
        at += 8;
        break;
      }
      case TERM_SKIP: {
        const settles = a == 0 ? isFalse(top - SIZE) : isTrue(top - SIZE);
        at += settles ? 8 + (load<u32>(at, 4) << 2) : 8;
        break;
      }
      case TERM_JOIN: {
        top -= SIZE;
        join(a != 0, top - SIZE, top);
        at += 4;
        break;
      }
      case TERM_BRANCH: {
        top -= SIZE;
        if (isTrue(top)) at += 12;
        else if (isFalse(top)) at += 12 + (load<u32>(at, 4) << 2);
        else {
          if (kindOf(top) != KIND_INAPPLICABLE) setUnknown(top);
          top += SIZE;
          at += 12 + (load<u32>(at, 8) << 2);
        }
        break;
      }
      case TERM_JUMP: {
        at += 8 + (load<u32>(at, 4) << 2);
        break;
      }
      case TERM_FOLD: {
        top -= SIZE;
        const filterWords = load<u32>(at, 8);
        const body = at + 16 + (filterWords << 2);
        const bodyEnd = body + (load<u32>(at, 12) << 2);
        fold(ctx, a, (instruction >> 16) & 1, load<u32>(at, 4), at + 16, body, bodyEnd, top);
        top += SIZE;
        at = bodyEnd;
        break;
      }
      default: {
        return setUnknown(top); // verify-terms.ts lets no other through
      }
    }
    if (exhausted) return;
  }
}

/** `matches`, `glob`. INVARIANT (verify-terms.ts): the automaton or scan exists; texts in trees are well formed. */
function match(ctx: usize, at: usize, kind: u32, index: u32): void {
  const outcome = strictOutcome(at, 1);
  if (outcome != 0) return set(at, outcome, 0);
  spendOnCall(at, 1);
  if (exhausted) return;
  if (kindOf(at) != KIND_STRING) return setUnknown(at);
  setBool(at, isMatch(ctx, kind, index, spanOf(at), lengthOf(at)));
}

/** INVARIANT (verify-terms.ts, tree.ts): a tree view; its value is the root of a tree that was checked, null included. */
function pushAttribute(ctx: usize, view: u32, at: usize): void {
  const state = readView(ctx, view);
  const outcome = load<i32>(state, STATE_STATE);
  if (outcome == VIEW_OK) copy(at, state + STATE_ELEMENT);
  else set(at, outcome == CLASS_INAPPLICABLE ? KIND_INAPPLICABLE : KIND_UNKNOWN, 0);
}

/** `and`, `or` of two outcomes into the left one: what settles it, else unknown, else inapplicable (LANGUAGE.md 5.9). */
function join(isOr: bool, left: usize, right: usize): void {
  if (isOr ? isTrue(left) || isTrue(right) : isFalse(left) || isFalse(right)) return setBool(left, isOr);
  const leftKind = kindOf(left);
  const rightKind = kindOf(right);
  if (leftKind == KIND_BOOL && rightKind == KIND_BOOL) return setBool(left, !isOr);
  const isDecidedOrInapplicable =
    (leftKind == KIND_BOOL || leftKind == KIND_INAPPLICABLE) && (rightKind == KIND_BOOL || rightKind == KIND_INAPPLICABLE);
  set(left, isDecidedOrInapplicable ? KIND_INAPPLICABLE : KIND_UNKNOWN, 0);
}
