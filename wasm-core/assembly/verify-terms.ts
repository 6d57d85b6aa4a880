// In: term code and the constants that only terms have, of an artifact whose other tables verified. Out: whether the term machine
// can run it blindly: every operand exists, the stack stays within bounds and ends with one value, jumps only lead forward to
// places where the stack is as deep as there, a variable is only read where it was stored.

import {
  CONSTANT_BYTES,
  CONSTANT_DURATION,
  CONSTANT_EMPTY_LIST,
  CONSTANT_NULL,
  CONSTANT_STRING,
  CONSTANT_TIMESTAMP,
  CONSTANT_TYPE,
  CONSTANT_UINT,
  CONSTANT_ZONE,
  KIND_LIST,
  KIND_NULL,
  KIND_STRING,
  VIEW_PRESENCE,
  VIEW_TREE,
} from '../contract/codes.ts';
import {
  CONSTANT_KIND,
  CONSTANT_LENGTH,
  CONSTANT_SIZE,
  CONSTANT_VALUE,
  FLAG_NEEDS_TERMS,
  HEADER_FLAGS,
  VIEW_KIND,
  VIEW_SIZE_BYTES,
} from '../contract/layout.ts';
import { MAX_TERM_STACK, MAX_TERM_VARIABLES } from '../contract/limits.ts';
import {
  FN_CEDAR_DATETIME,
  FN_CEDAR_DECIMAL,
  FN_CEDAR_DURATION,
  FN_CEDAR_ENTITY,
  FN_CEDAR_FIRST,
  FN_CEDAR_IP,
  FN_CEDAR_IS_EMPTY,
  FN_CEDAR_IS_IPV4,
  FN_CEDAR_IS_IPV6,
  FN_CEDAR_IS_LOOPBACK,
  FN_CEDAR_IS_MULTICAST,
  FN_CEDAR_LAST,
  FN_CEDAR_NEGATE,
  FN_CEDAR_TO_DATE,
  FN_GET_FULL_YEAR,
  FN_GET_MILLISECONDS,
  FOLD_TRANSFORM_ENTRY,
  KIND_DURATION,
  KIND_INT,
  KIND_RECORD,
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
} from '../contract/terms.ts';
import { AT_BYTES, AT_CONSTANTS, AT_VIEWS, AT_WORDS, CTX_HEADER, CTX_VIEW_COUNT } from './context.ts';
import { isDuration, isTimestamp } from './tree.ts';
import { countOf, fits, fitsIn, spend } from './verify-bounds.ts';
import { isMatcher } from './verify-scan.ts';

/** Regions within regions: branches, right sides, bodies. The language nests 64 deep; this is how deep the verifier recurses. */
const MAX_TERM_NESTING = 256;
const FN_COUNT: u32 = 99;

/** Whether terms may stand there: with the flag the machine's memory was made and the staging area has room for trees. */
@inline
export function hasTerms(ctx: usize): bool {
  return WITH_TERMS && (load<u32>(load<usize>(ctx, CTX_HEADER), HEADER_FLAGS) & FLAG_NEEDS_TERMS) != 0;
}

export function isTermSound(ctx: usize, at: usize, words: u32): bool {
  return hasTerms(ctx) && spend(words) && isRegionSound(ctx, at, words, 0, 0, 1, 0, 0);
}

/**
 * A region: entered at its first word only, with `depth` values on the stack, left at its end only, with `leaves`. It takes none
 * below `floor`. `stored`: the variables that have a value, a bit each; what a region stores is not known behind it.
 */
function isRegionSound(
  ctx: usize,
  at: usize,
  words: u32,
  floor: u32,
  depth: u32,
  leaves: u32,
  stored: u64,
  nesting: i32,
): bool {
  if (nesting > MAX_TERM_NESTING) return false;
  while (words > 0) {
    const instruction = load<u32>(at);
    const a: u32 = (instruction >> 8) & 0xff;
    const operand: u32 = words > 1 ? load<u32>(at, 4) : 0;
    let size: u32 = 2;
    let pops: u32 = 0;
    let pushes: u32 = 1;
    switch (<i32>(instruction & 0xff)) {
      case TERM_CONSTANT: {
        const kind = constantKind(ctx, operand);
        if (kind < 0 || kind == CONSTANT_EMPTY_LIST) return false;
        // A zone is no value: only an operand of what follows.
        if (kind == CONSTANT_ZONE && (words < 4 || !isZoneCall(load<u32>(at, 8), load<u32>(at, 12)))) return false;
        break;
      }
      case TERM_ATTRIBUTE: {
        if (viewKind(ctx, operand) != VIEW_TREE) return false;
        break;
      }
      case TERM_PRESENT: {
        if (viewKind(ctx, operand) != VIEW_PRESENCE) return false;
        break;
      }
      case TERM_VARIABLE: {
        if (operand >= <u32>MAX_TERM_VARIABLES || !((stored >> operand) & 1)) return false;
        break;
      }
      case TERM_STORE: {
        if (operand >= <u32>MAX_TERM_VARIABLES) return false;
        stored |= <u64>1 << operand;
        pops = 1;
        pushes = 0;
        break;
      }
      case TERM_LIST:
      case TERM_MAP: {
        size = 3;
        if (words < size || operand > <u32>MAX_TERM_STACK || !areFlags(ctx, load<u32>(at, 8), operand)) return false;
        pops = (instruction & 0xff) == TERM_MAP ? operand << 1 : operand;
        break;
      }
      case TERM_CALL: {
        if (!isCall(operand, a)) return false;
        pops = a;
        break;
      }
      case TERM_MATCH: {
        if (!isMatcher(ctx, a, operand)) return false;
        pops = 1;
        break;
      }
      case TERM_SELECT: {
        if (a > 2 || constantKind(ctx, operand) != CONSTANT_STRING) return false;
        pops = 1;
        break;
      }
      case TERM_TYPED: {
        if (!isTyped(ctx, a, operand)) return false;
        pops = 1;
        break;
      }
      case TERM_SKIP: {
        // The right side follows; with what is on top it leaves one value in its place.
        if (a > 1 || depth == floor || words < 2 || operand > words - 2) return false;
        if (!isRegionSound(ctx, at + 8, operand, depth - 1, depth, depth, stored, nesting + 1)) return false;
        size = 2 + operand;
        pushes = 0;
        break;
      }
      case TERM_JOIN: {
        if (a > 1) return false;
        size = 1;
        pops = 2;
        break;
      }
      case TERM_BRANCH: {
        if (depth == floor || words < 3 || !isChoiceSound(ctx, at, words, depth - 1, stored, nesting)) return false;
        size = 3 + load<u32>(at, 8);
        pops = 1;
        break;
      }
      case TERM_FOLD: {
        if (depth == floor || words < 4 || !isFoldSound(ctx, at, words, depth, stored, nesting)) return false;
        size = 4 + load<u32>(at, 8) + load<u32>(at, 12);
        pops = 1;
        break;
      }
      default:
        return false;
    }
    if (words < size || depth - floor < pops) return false;
    depth = depth - pops + pushes;
    if (depth > <u32>MAX_TERM_STACK) return false;
    words -= size;
    at += <usize>size << 2;
  }
  return depth == leaves;
}

/** Both branches behind a BRANCH at `at`: the first ends with the jump over the second. */
function isChoiceSound(ctx: usize, at: usize, words: u32, depth: u32, stored: u64, nesting: i32): bool {
  const first = load<u32>(at, 4);
  const both = load<u32>(at, 8);
  if (both > words - 3 || first > both || first < 2) return false;
  const jump = at + 12 + (<usize>(first - 2) << 2);
  if (load<u32>(jump) != TERM_JUMP || load<u32>(jump, 4) != both - first) return false;
  if (!isRegionSound(ctx, at + 12, first - 2, depth, depth, depth + 1, stored, nesting + 1)) return false;
  return isRegionSound(ctx, jump + 8, both - first, depth, depth, depth + 1, stored, nesting + 1);
}

/** Filter and body behind a FOLD at `at`. While they run, what is folded stays on the stack. */
function isFoldSound(ctx: usize, at: usize, words: u32, depth: u32, stored: u64, nesting: i32): bool {
  const instruction = load<u32>(at);
  const flags = instruction >> 16;
  const first = load<u32>(at, 4);
  const filter = load<u32>(at, 8);
  const body = load<u32>(at, 12);
  if (((instruction >> 8) & 0xff) > <u32>FOLD_TRANSFORM_ENTRY || flags > 3) return false;
  if ((flags & 2) == 0 ? filter != 0 : filter == 0) return false;
  if (filter > words - 4 || body > words - 4 - filter) return false;
  const last = first + (flags & 1);
  if (first >= <u32>MAX_TERM_VARIABLES || last >= <u32>MAX_TERM_VARIABLES) return false;
  stored |= (<u64>1 << first) | (<u64>1 << last);
  const code = at + 16;
  if (filter != 0 && !isRegionSound(ctx, code, filter, depth, depth, depth + 1, stored, nesting + 1)) return false;
  return isRegionSound(ctx, code + (<usize>filter << 2), body, depth, depth, depth + 1, stored, nesting + 1);
}

/** CONSTANT_*, or -1: no such constant. */
function constantKind(ctx: usize, constant: u32): i32 {
  if (constant >= countOf(ctx, AT_CONSTANTS)) return -1;
  return load<i32>(load<usize>(ctx, AT_CONSTANTS) + constant * <u32>CONSTANT_SIZE, CONSTANT_KIND);
}

/** VIEW_*, or -1: no such view. */
function viewKind(ctx: usize, view: u32): i32 {
  if (view >= load<u32>(ctx, CTX_VIEW_COUNT)) return -1;
  return load<i32>(load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES, VIEW_KIND);
}

function isCall(fn: u32, operands: u32): bool {
  if (fn >= <u32>FN_CEDAR_FIRST) return fn <= <u32>FN_CEDAR_LAST && operands == cedarOperands(fn);
  if (fn >= FN_COUNT) return false;
  // Of each function the fewest operands in the low half, the most in the high one; 15: as many as there are; 0x0f: none.
  const arities = memory.data<u8>([
    0x11, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, // FN_NOT to FN_MODULO
    0x11, 0x22, 0x22, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, // FN_NEGATE to FN_BOOL
    0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x0f, 0x22, 0x32, 0x32, // FN_TIMESTAMP to FN_LAST_INDEX_OF
    0x11, 0x11, 0x43, 0x32, 0x32, 0x11, 0x21, 0x11, 0x22, 0x11, // FN_LOWER_ASCII to FN_REVERSE
    0x11, 0x11, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, 0x21, // FN_BASE64_ENCODE to FN_GET_MINUTES
    0x21, 0x21, 0xf1, 0xf1, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, // FN_GET_SECONDS to FN_SIGN
    0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x11, 0x22, 0x22, // FN_SQRT to FN_BIT_SHIFT_RIGHT
    0x11, 0x21, 0x33, 0x11, 0x11, 0x11, 0x00, 0x11, 0x11, 0x22, // FN_DISTINCT to FN_OR
    0x22, 0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x11, 0x11, 0x11, // FN_OR_VALUE to FN_IBAN
    0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, // FN_IP_IS_CANONICAL to FN_PREFIX_LENGTH
  ]);
  const arity: u32 = load<u8>(arities + fn);
  const most = arity >> 4;
  return operands >= (arity & 15) && (operands <= most || most == 15);
}

function cedarOperands(fn: u32): u32 {
  switch (<i32>fn) {
    case FN_CEDAR_ENTITY:
    case FN_CEDAR_NEGATE:
    case FN_CEDAR_IS_EMPTY:
    case FN_CEDAR_DECIMAL:
    case FN_CEDAR_IP:
    case FN_CEDAR_DATETIME:
    case FN_CEDAR_DURATION:
    case FN_CEDAR_IS_IPV4:
    case FN_CEDAR_IS_IPV6:
    case FN_CEDAR_IS_LOOPBACK:
    case FN_CEDAR_IS_MULTICAST:
      return 1;
    default:
      return fn >= <u32>FN_CEDAR_TO_DATE ? 1 : 2;
  }
}

/** A call of a function of time with two operands, of which a zone is the last. */
function isZoneCall(instruction: u32, fn: u32): bool {
  return instruction == <u32>(TERM_CALL | (2 << 8)) && fn >= <u32>FN_GET_FULL_YEAR && fn <= <u32>FN_GET_MILLISECONDS;
}

/** `count` bytes of the pool, each 0 or 1. */
function areFlags(ctx: usize, first: u32, count: u32): bool {
  if (!fitsIn(ctx + AT_BYTES, first, count) || !spend(count)) return false;
  const at = load<usize>(ctx, AT_BYTES) + first;
  for (let i: u32 = 0; i < count; i++) if (load<u8>(at + i) > 1) return false;
  return true;
}

/** `values`: 0, or of a text the place, and one, of a count and as many constants in the word pool. */
function isTyped(ctx: usize, kind: u32, values: u32): bool {
  const isType =
    (kind >= <u32>KIND_NULL && kind <= <u32>KIND_STRING) ||
    (kind >= <u32>KIND_INT && kind <= <u32>KIND_DURATION) ||
    kind == <u32>KIND_LIST ||
    kind == <u32>KIND_RECORD;
  if (!isType || values == 0) return isType;
  const words = countOf(ctx, AT_WORDS);
  if (kind != KIND_STRING || values > words) return false;
  const at = load<usize>(ctx, AT_WORDS) + ((values - 1) << 2);
  const count = load<u32>(at);
  if (!fits(values, count, words) || !spend(count)) return false;
  for (let i: u32 = 1; i <= count; i++) if (constantKind(ctx, load<u32>(at + (i << 2))) != CONSTANT_STRING) return false;
  return true;
}

/** A constant of a kind behind CONSTANT_EMPTY_LIST. */
export function isTermConstantSound(ctx: usize, constant: usize): bool {
  const value = load<u64>(constant, CONSTANT_VALUE);
  const length = load<u32>(constant, CONSTANT_LENGTH);
  switch (load<i32>(constant, CONSTANT_KIND)) {
    case CONSTANT_NULL:
    case CONSTANT_UINT:
      return true;
    case CONSTANT_BYTES:
      return value >> 32 == 0 && fitsIn(ctx + AT_BYTES, <u32>value, length);
    case CONSTANT_TIMESTAMP:
      return isTimestamp(value, length);
    case CONSTANT_DURATION:
      return isDuration(value, length);
    case CONSTANT_TYPE:
      return value < <u64>KIND_UNKNOWN;
    case CONSTANT_ZONE: {
      const bytes = 4 + <u64>length * 12;
      return value >> 32 == 0 && bytes >> 32 == 0 && fitsIn(ctx + AT_BYTES, <u32>value, <u32>bytes);
    }
    default:
      return false;
  }
}
