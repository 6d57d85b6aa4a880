// In: residual code of an artifact whose tables verified. Out: whether the machine of residual.ts can run it blindly: every
// operand exists, both stacks stay within bounds, and what is left at the end is one truth and no value.

import { CONSTANT_EMPTY_LIST, VIEW_LIST_DOUBLE, VIEW_LIST_STRING, VIEW_PRESENCE, VIEW_TREE } from '../contract/codes.ts';
import {
  BYTE_SECTION,
  CONSTANT_KIND,
  CONSTANT_SECTION,
  CONSTANT_SIZE,
  PARTITION_CLASS_COUNT,
  PARTITION_SECTION,
  PARTITION_SIZE,
  VIEW_KIND,
  VIEW_SIZE_BYTES,
} from '../contract/layout.ts';
import { MAX_STACK_DEPTH } from '../contract/limits.ts';
import {
  ARITHMETIC_MOD,
  COMPARE_GE,
  OP_AND,
  OP_ARITHMETIC,
  OP_CLASS,
  OP_COMPARE,
  OP_CONSTANT,
  OP_ELEMENT,
  OP_MATCH,
  OP_MEMBER,
  OP_NEGATE,
  OP_OR,
  OP_QUANTIFY,
  OP_SIZE,
  OP_TEST,
  OP_TEXT,
  OP_TRUTH,
  OP_VIEW,
  TEXT_CONTAINS,
} from '../contract/opcodes.ts';
import { OP_TERM } from '../contract/terms.ts';
import { AT_CONSTANTS, AT_PARTITIONS, AT_VIEWS, CTX_VIEW_COUNT } from './context.ts';
import { countOf, fits } from './verify-bounds.ts';
import { hasManyClasses } from './verify-tables.ts';
import { isMatcher } from './verify-scan.ts';
import { isTermSound } from './verify-terms.ts';

export function verifyCode(ctx: usize, code: usize, words: u32): bool {
  return isSound(ctx, code, words, 0, 0, false);
}

/** Runs the depths of both stacks from where they are; a body may not reach below. */
function isSound(ctx: usize, at: usize, words: u32, truthBase: u32, valueBase: u32, inBody: bool): bool {
  let truths = truthBase;
  let values = valueBase;
  while (words > 0) {
    const instruction = load<u32>(at);
    const a: i32 = (instruction >> 8) & 0xff;
    let size: u32 = 1;
    let pops: u32 = 0; // values
    let pushes: u32 = 0;
    let literal: u32 = 1; // truths more
    switch (<i32>(instruction & 0xff)) {
      case OP_TRUTH: {
        if (a > 3) return false;
        break;
      }
      case OP_CLASS: {
        size = 3;
        if (words < size || !isClassTable(ctx, load<u32>(at, 4), load<u32>(at, 8))) return false;
        break;
      }
      case OP_AND:
      case OP_OR: {
        if (truths - truthBase < 2) return false;
        truths--;
        literal = 0;
        break;
      }
      case OP_COMPARE: {
        if (a > COMPARE_GE) return false;
        pops = 2;
        break;
      }
      case OP_TEXT: {
        if (a > TEXT_CONTAINS) return false;
        pops = 2;
        break;
      }
      case OP_MEMBER: {
        size = 2;
        if (words < size || !isView(ctx, load<u32>(at, 4), true)) return false;
        pops = 1;
        break;
      }
      case OP_MATCH: {
        size = 2;
        if (words < size || !isMatcher(ctx, a, load<u32>(at, 4))) return false;
        pops = 1;
        break;
      }
      case OP_TEST: {
        pops = 1;
        break;
      }
      case OP_QUANTIFY: {
        if (inBody || words < 3 || a > 1 || !isView(ctx, load<u32>(at, 4), true)) return false;
        const body = load<u32>(at, 8);
        if (body > words - 3 || !isSound(ctx, at + 12, body, truths, values, true)) return false;
        size = 3 + body;
        break;
      }
      case OP_VIEW: {
        size = 2;
        if (words < size || !isView(ctx, load<u32>(at, 4), false)) return false;
        pushes = 1;
        literal = 0;
        break;
      }
      case OP_ELEMENT: {
        if (!inBody) return false;
        pushes = 1;
        literal = 0;
        break;
      }
      case OP_CONSTANT: {
        size = 2;
        if (words < size || !isScalarConstant(ctx, load<u32>(at, 4))) return false;
        pushes = 1;
        literal = 0;
        break;
      }
      case OP_ARITHMETIC: {
        if (a > ARITHMETIC_MOD) return false;
        pops = 2;
        pushes = 1;
        literal = 0;
        break;
      }
      case OP_NEGATE:
      case OP_SIZE: {
        pops = 1;
        pushes = 1;
        literal = 0;
        break;
      }
      default: {
        // A term in a quantifier would multiply its steps by the elements.
        if (!WITH_TERMS || (instruction & 0xff) != OP_TERM || inBody || words < 2) return false;
        const body = load<u32>(at, 4);
        if (body > words - 2 || !isTermSound(ctx, at + 8, body)) return false;
        size = 2 + body;
      }
    }
    if (values - valueBase < pops) return false;
    values = values - pops + pushes;
    truths += literal;
    if (values > <u32>MAX_STACK_DEPTH || truths > <u32>MAX_STACK_DEPTH) return false;
    words -= size;
    at += <usize>size << 2;
  }
  return truths == truthBase + 1 && values == valueBase;
}

function isClassTable(ctx: usize, partition: u32, table: u32): bool {
  if (partition >= countOf(ctx, PARTITION_SECTION, PARTITION_SIZE) || hasManyClasses(ctx, partition)) return false;
  const record = load<usize>(ctx, AT_PARTITIONS) + partition * <u32>PARTITION_SIZE;
  return fits(table, load<u32>(record, PARTITION_CLASS_COUNT), countOf(ctx, BYTE_SECTION, 1));
}

/** A list view, or one that gives a scalar. */
function isView(ctx: usize, view: u32, isList: bool): bool {
  if (view >= load<u32>(ctx, CTX_VIEW_COUNT)) return false;
  const kind = load<i32>(load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES, VIEW_KIND);
  return isList == (kind >= VIEW_LIST_STRING && kind <= VIEW_LIST_DOUBLE) && kind != VIEW_PRESENCE && kind < VIEW_TREE;
}

function isScalarConstant(ctx: usize, constant: u32): bool {
  if (constant >= countOf(ctx, CONSTANT_SECTION, CONSTANT_SIZE)) return false;
  return load<i32>(load<usize>(ctx, AT_CONSTANTS) + constant * <u32>CONSTANT_SIZE, CONSTANT_KIND) < CONSTANT_EMPTY_LIST;
}
