// In: residual code of an artifact whose tables verified. Out: whether the machine of residual.ts can run it blindly: every
// operand exists, both stacks stay within bounds, and what is left at the end is one truth and no value.

import {
  CONSTANT_EMPTY_LIST,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_TREE,
} from '../contract/codes.ts';
import {
  CONSTANT_KIND,
  CONSTANT_SIZE,
  PARTITION_CLASS_COUNT,
  PARTITION_SIZE,
  VIEW_KIND,
  VIEW_SIZE_BYTES,
} from '../contract/layout.ts';
import { MAX_STACK_DEPTH } from '../contract/limits.ts';
import {
  OP_CLASS,
  OP_CONSTANT,
  OP_ELEMENT,
  OP_MATCH,
  OP_MEMBER,
  OP_QUANTIFY,
  OP_SIZE,
  OP_VIEW,
} from '../contract/opcodes.ts';
import { OP_TERM } from '../contract/terms.ts';
import { AT_CONSTANTS, AT_PARTITIONS, AT_VIEWS, AT_BYTES } from './context.ts';
import { fitsIn, recordIn } from './verify-bounds.ts';
import { hasManyClasses } from './verify-tables.ts';
import { isMatcher } from './verify-scan.ts';
import { isTermSound } from './verify-terms.ts';

export function verifyCode(ctx: usize, code: usize, words: u32): bool {
  return isSound(ctx, code, words, 0, 0, false);
}

/**
 * By opcode: words (0: there is no such opcode) and the most its `a` may be; values and truths it takes, values and truths it leaves.
 * From the lowest digit: 0xff words, 0xf values taken, 0xf truths taken, 0xf values left, 0xf truths left, 0xff most.
 */
const shapes: usize = memory.data<u32>([
  0,
  0x03100001, // 1 TRUTH
  0xff100003, // 2 CLASS
  0xff102001, // 3 AND
  0xff102001, // 4 OR
  0x04100201, // 5 COMPARE
  0x02100201, // 6 TEXT
  0xff100102, // 7 MEMBER
  0xff100101, // 8 TEST
  0x01100003, // 9 QUANTIFY
  0xff100102, // 10 MATCH
  0, 0, 0, 0, 0,
  0xff010002, // 16 VIEW
  0xff010001, // 17 ELEMENT
  0xff010002, // 18 CONSTANT
  0x04010201, // 19 ARITHMETIC
  0xff010101, // 20 NEGATE
  0xff010101, // 21 SIZE
], 4);

/** Runs the depths of both stacks from where they are; a body may not reach below. */
function isSound(ctx: usize, at: usize, words: u32, truthBase: u32, valueBase: u32, inBody: bool): bool {
  let truths = truthBase;
  let values = valueBase;
  while (words > 0) {
    const instruction = load<u32>(at);
    const opcode = instruction & 0xff;
    const a = (instruction >> 8) & 0xff;
    let size: u32 = 0;
    let shape: u32 = 1 << 20;
    if (WITH_TERMS && opcode == OP_TERM) {
      // A term in a quantifier would multiply its steps by the elements.
      if (inBody || words < 2) return false;
      const body = load<u32>(at, 4);
      if (body > words - 2 || !isTermSound(ctx, at + 8, body)) return false;
      size = 2 + body;
    } else {
      if (opcode > <u32>OP_SIZE) return false;
      shape = load<u32>(shapes + (opcode << 2));
      size = shape & 0xff;
      if (size == 0 || words < size || a > shape >> 24) return false;
      const operand = size > 1 ? load<u32>(at, 4) : 0;
      switch (<i32>opcode) {
        case OP_CLASS: {
          if (!isClassTable(ctx, operand, load<u32>(at, 8))) return false;
          break;
        }
        case OP_MATCH: {
          if (!isMatcher(ctx, <i32>a, operand)) return false;
          break;
        }
        case OP_QUANTIFY: {
          const body = load<u32>(at, 8);
          if (inBody || body > words - 3 || !isSound(ctx, at + 12, body, truths, values, true)) return false;
          size = 3 + body;
        }
        case OP_MEMBER:
        case OP_VIEW: {
          if (!isView(ctx, operand, opcode != OP_VIEW)) return false;
          break;
        }
        case OP_ELEMENT: {
          if (!inBody) return false;
          break;
        }
        case OP_CONSTANT: {
          if (!isScalarConstant(ctx, operand)) return false;
        }
      }
    }
    const pops = (shape >> 8) & 15;
    const ends = (shape >> 12) & 15;
    if (values - valueBase < pops || truths - truthBase < ends) return false;
    values += ((shape >> 16) & 15) - pops;
    truths += ((shape >> 20) & 15) - ends;
    if (values > <u32>MAX_STACK_DEPTH || truths > <u32>MAX_STACK_DEPTH) return false;
    words -= size;
    at += <usize>size << 2;
  }
  return truths == truthBase + 1 && values == valueBase;
}

function isClassTable(ctx: usize, partition: u32, table: u32): bool {
  const record = recordIn(ctx + AT_PARTITIONS, partition, PARTITION_SIZE);
  return record != 0 && !hasManyClasses(record) && fitsIn(ctx + AT_BYTES, table, load<u32>(record, PARTITION_CLASS_COUNT));
}

/** A list view, or one that gives a scalar. */
function isView(ctx: usize, view: u32, isList: bool): bool {
  const record = recordIn(ctx + AT_VIEWS, view, VIEW_SIZE_BYTES);
  if (record == 0) return false;
  const kind = load<i32>(record, VIEW_KIND);
  return isList == (kind >= VIEW_LIST_STRING && kind <= VIEW_LIST_DOUBLE) && kind != VIEW_PRESENCE && kind < VIEW_TREE;
}

function isScalarConstant(ctx: usize, constant: u32): bool {
  const record = recordIn(ctx + AT_CONSTANTS, constant, CONSTANT_SIZE);
  return record != 0 && load<i32>(record, CONSTANT_KIND) < CONSTANT_EMPTY_LIST;
}
