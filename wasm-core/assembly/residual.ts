// In: residual code (opcodes.ts). Out: its truth: bit 0 must, bit 1 may. The machine has two stacks in static memory.
// INVARIANT (verify-code.ts): stacks neither under- nor overflow, operands exist, the code ends with one truth and no value.
// Never converts silently: operands that no rule of LANGUAGE.md 4 allows together are unknown.

import {
  CLASS_INAPPLICABLE,
  CONSTANT_DOUBLE,
  CONSTANT_INT,
  CONSTANT_STRING,
  ELEMENT_KIND,
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  KIND_BOOL,
  VIEW_BOOL,
  VIEW_DOUBLE,
  VIEW_ENUM,
  VIEW_LIST_BOOL,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
} from '../contract/codes.ts';
import {
  CONSTANT_KIND,
  CONSTANT_LENGTH,
  CONSTANT_SIZE,
  CONSTANT_VALUE,
  VIEW_KIND,
  VIEW_SIZE_BYTES,
} from '../contract/layout.ts';
import { MAX_QUANTIFIER_STEPS, MAX_STACK_DEPTH, STEP_BYTES, STEP_ELEMENTS } from '../contract/limits.ts';
import {
  ARITHMETIC_ADD,
  ARITHMETIC_DIV,
  ARITHMETIC_MUL,
  ARITHMETIC_SUB,
  COMPARE_EQ,
  COMPARE_GT,
  COMPARE_LE,
  COMPARE_LT,
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
  TEXT_ENDS_WITH,
  TEXT_STARTS_WITH,
} from '../contract/opcodes.ts';
import { KIND_INAPPLICABLE, OP_TERM } from '../contract/terms.ts';
import { AT_BYTES, AT_CONSTANTS, AT_VIEWS, STATE_LENGTH, STATE_STATE, STATE_VALUE, VIEW_OK } from './context.ts';
import { runTerm } from './term/machine.ts';
import { classOf, isMatch } from './classify.ts';
import { compareTexts, containsText, countCodePoints, sameText } from './text.ts';
import { readView, requestBytes } from './value.ts';

/** A value: tag u32, text length u32, then the bool, the int, the double, or the text's address. */
const TAG_UNKNOWN = 0;
const TAG_INAPPLICABLE = 1;
const TAG_BOOL = 2;
const TAG_INT = 3;
const TAG_DOUBLE = 4;
const TAG_STRING = 5;
const VALUE_LENGTH: usize = 4;
const VALUE_WORD: usize = 8;
const VALUE_SIZE: usize = 16;

/** Truths. An inapplicable literal neither holds nor fails (LANGUAGE.md 5.1). */
const NO = 0;
const UNKNOWN = 2;
const YES = 3;

/** Answer of `order` where there is none. */
const UNORDERED = 2;

const truths: usize = memory.data(MAX_STACK_DEPTH, 16);
const values: usize = memory.data(MAX_STACK_DEPTH * 16, 16);

/** Steps of the running quantifier (LANGUAGE.md 5.8). */
let steps: u32 = 0;

export function runResidual(ctx: usize, code: usize, words: u32): i32 {
  return run(ctx, code, code + (words << 2), truths, values, 0, 0);
}

/** `element`, of a list view of `elementKind`, is what OP_ELEMENT gives. Both stacks grow upwards from where they are. */
function run(ctx: usize, at: usize, end: usize, truth: usize, value: usize, element: usize, elementKind: i32): i32 {
  while (at < end) {
    const instruction = load<u32>(at);
    const a: i32 = (instruction >> 8) & 0xff;
    const negated: i32 = (instruction >> 16) & 1;
    at += 4;
    switch (<i32>(instruction & 0xff)) {
      case OP_TRUTH: {
        store<u8>(truth++, a & 3);
        break;
      }
      case OP_CLASS: {
        const table = load<usize>(ctx, AT_BYTES) + load<u32>(at, 4);
        store<u8>(truth++, load<u8>(table + classOf(ctx, load<u32>(at))) & 3);
        at += 8;
        break;
      }
      case OP_AND: {
        truth--;
        store<u8>(truth - 1, load<u8>(truth - 1) & load<u8>(truth));
        break;
      }
      case OP_OR: {
        truth--;
        store<u8>(truth - 1, load<u8>(truth - 1) | load<u8>(truth));
        break;
      }
      case OP_COMPARE: {
        value -= VALUE_SIZE * 2;
        store<u8>(truth++, compareLiteral(a, value, value + VALUE_SIZE, negated));
        break;
      }
      case OP_TEXT: {
        value -= VALUE_SIZE * 2;
        store<u8>(truth++, textLiteral(a, value, value + VALUE_SIZE, negated, (instruction >> 17) & 1));
        break;
      }
      case OP_MEMBER: {
        value -= VALUE_SIZE;
        store<u8>(truth++, memberLiteral(ctx, load<u32>(at), value, negated, (instruction >> 17) & 1));
        at += 4;
        break;
      }
      case OP_MATCH: {
        value -= VALUE_SIZE;
        const tag = load<i32>(value);
        if (tag != TAG_STRING) store<u8>(truth++, undecided(tag, tag));
        else {
          const text = load<usize>(value, VALUE_WORD);
          store<u8>(truth++, decided(isMatch(ctx, a, load<u32>(at), text, load<u32>(value, VALUE_LENGTH)), negated));
        }
        at += 4;
        break;
      }
      case OP_TEST: {
        value -= VALUE_SIZE;
        const tag = load<i32>(value);
        store<u8>(truth++, tag == TAG_BOOL ? decided(load<u32>(value, VALUE_WORD) != 0, negated) : undecided(tag, tag));
        break;
      }
      case OP_QUANTIFY: {
        const body = at + 8;
        const bodyEnd = body + (load<u32>(at, 4) << 2);
        store<u8>(truth, quantify(ctx, a != 0, load<u32>(at), body, bodyEnd, truth, value));
        truth++;
        at = bodyEnd;
        break;
      }
      case OP_VIEW: {
        pushView(ctx, load<u32>(at), value);
        value += VALUE_SIZE;
        at += 4;
        break;
      }
      case OP_ELEMENT: {
        pushElement(element, elementKind, value);
        value += VALUE_SIZE;
        break;
      }
      case OP_CONSTANT: {
        pushConstant(ctx, load<u32>(at), value);
        value += VALUE_SIZE;
        at += 4;
        break;
      }
      case OP_ARITHMETIC: {
        value -= VALUE_SIZE;
        calculate(a, value - VALUE_SIZE, value);
        break;
      }
      case OP_NEGATE: {
        negate(value - VALUE_SIZE);
        break;
      }
      default: {
        if (WITH_TERMS && (instruction & 0xff) == OP_TERM) {
          const words = load<u32>(at);
          store<u8>(truth++, termLiteral(runTerm(ctx, at + 4, words), negated));
          at += 4 + (words << 2);
        } else measure(value - VALUE_SIZE); // OP_SIZE: verify-code.ts lets no other through
      }
    }
  }
  return load<u8>(truth - 1);
}

// Literals are strict (LANGUAGE.md 5.2): inapplicable before unknown before true or false.

function decided(holds: bool, negated: i32): i32 {
  return i32(holds) != negated ? YES : NO;
}

function undecided(left: i32, right: i32): i32 {
  return left == TAG_INAPPLICABLE || right == TAG_INAPPLICABLE ? NO : UNKNOWN;
}

function compareLiteral(how: i32, left: usize, right: usize, negated: i32): i32 {
  const leftTag = load<i32>(left);
  const rightTag = load<i32>(right);
  const found = order(left, right);
  if (found == UNORDERED || (leftTag == TAG_BOOL && how != COMPARE_EQ)) return undecided(leftTag, rightTag);
  switch (how) {
    case COMPARE_EQ:
      return decided(found == 0, negated);
    case COMPARE_LT:
      return decided(found < 0, negated);
    case COMPARE_LE:
      return decided(found <= 0, negated);
    case COMPARE_GT:
      return decided(found > 0, negated);
    default:
      return decided(found >= 0, negated);
  }
}

/** -1, 0 or 1; UNORDERED unless both are numbers, texts or bools (bools: 0 or not). */
function order(left: usize, right: usize): i32 {
  const leftTag = load<i32>(left);
  const rightTag = load<i32>(right);
  if (leftTag == TAG_STRING && rightTag == TAG_STRING) {
    const found = compareTexts(
      load<usize>(left, VALUE_WORD),
      load<u32>(left, VALUE_LENGTH),
      load<usize>(right, VALUE_WORD),
      load<u32>(right, VALUE_LENGTH),
    );
    return i32(found > 0) - i32(found < 0);
  }
  if (leftTag == TAG_INT) {
    const x = load<i64>(left, VALUE_WORD);
    if (rightTag == TAG_DOUBLE) return orderMixed(x, load<f64>(right, VALUE_WORD));
    if (rightTag != TAG_INT) return UNORDERED;
    const y = load<i64>(right, VALUE_WORD);
    return i32(x > y) - i32(x < y);
  }
  if (leftTag == TAG_DOUBLE) {
    const x = load<f64>(left, VALUE_WORD);
    if (rightTag == TAG_INT) return -orderMixed(load<i64>(right, VALUE_WORD), x);
    if (rightTag != TAG_DOUBLE) return UNORDERED;
    const y = load<f64>(right, VALUE_WORD);
    return i32(x > y) - i32(x < y);
  }
  if (leftTag == TAG_BOOL && rightTag == TAG_BOOL) return i32(load<u64>(left, VALUE_WORD) != load<u64>(right, VALUE_WORD));
  return UNORDERED;
}

/** By mathematical value (LANGUAGE.md 4.3): the double is cut to an integer, which 64 bits hold if it is not far outside. */
function orderMixed(x: i64, y: f64): i32 {
  if (y >= 9223372036854775808.0) return -1;
  if (y < -9223372036854775808.0) return 1;
  const whole = trunc(y);
  const z = <i64>whole;
  if (x != z) return x < z ? -1 : 1;
  return i32(whole > y) - i32(whole < y);
}

function textLiteral(how: i32, subject: usize, argument: usize, negated: i32, isCounted: u32): i32 {
  const subjectTag = load<i32>(subject);
  const argumentTag = load<i32>(argument);
  const text = load<usize>(subject, VALUE_WORD);
  const length = load<u32>(subject, VALUE_LENGTH);
  if (subjectTag == TAG_STRING && isCounted) steps += length / <u32>STEP_BYTES + 1;
  if (subjectTag != TAG_STRING || argumentTag != TAG_STRING) return undecided(subjectTag, argumentTag);
  const needle = load<usize>(argument, VALUE_WORD);
  const needleLength = load<u32>(argument, VALUE_LENGTH);
  if (needleLength > length) return decided(false, negated);
  if (how == TEXT_STARTS_WITH) return decided(sameText(text, needle, needleLength), negated);
  if (how == TEXT_ENDS_WITH) return decided(sameText(text + length - needleLength, needle, needleLength), negated);
  return decided(containsText(text, length, needle, needleLength), negated);
}

/** LANGUAGE.md 5.9: anything but a bool and inapplicable is unknown. */
function termLiteral(outcome: usize, negated: i32): i32 {
  const kind: i32 = load<u8>(outcome, ELEMENT_KIND);
  if (kind == KIND_BOOL) return decided(load<u32>(outcome, ELEMENT_VALUE) != 0, negated);
  return kind == KIND_INAPPLICABLE ? NO : UNKNOWN;
}

const memberElement: usize = memory.data(16, 16);

function memberLiteral(ctx: usize, view: u32, wanted: usize, negated: i32, isCounted: u32): i32 {
  const list = readView(ctx, view);
  const outcome = load<i32>(list, STATE_STATE);
  if (outcome == VIEW_OK && isCounted) steps += load<u32>(list, STATE_LENGTH) / <u32>STEP_ELEMENTS + 1;
  const tag = load<i32>(wanted);
  if (outcome != VIEW_OK || tag <= TAG_INAPPLICABLE) {
    return undecided(tag, outcome == CLASS_INAPPLICABLE ? TAG_INAPPLICABLE : TAG_UNKNOWN);
  }
  const kind = load<i32>(load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES, VIEW_KIND);
  let element = load<usize>(list, STATE_VALUE);
  const end = element + load<u32>(list, STATE_LENGTH) * <u32>ELEMENT_SIZE;
  for (; element < end; element += ELEMENT_SIZE) {
    pushElement(element, kind, memberElement);
    if (tag == TAG_STRING && load<u32>(wanted, VALUE_LENGTH) != load<u32>(memberElement, VALUE_LENGTH)) continue;
    if (order(memberElement, wanted) == 0) return decided(true, negated);
  }
  return decided(false, negated);
}

/** LANGUAGE.md 5.7, 5.8. `truth` and `value` are the free ends of the stacks. */
function quantify(ctx: usize, isAll: bool, view: u32, body: usize, end: usize, truth: usize, value: usize): i32 {
  const list = readView(ctx, view);
  const outcome = load<i32>(list, STATE_STATE);
  if (outcome != VIEW_OK) return outcome == CLASS_INAPPLICABLE ? NO : UNKNOWN;
  const kind = load<i32>(load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES, VIEW_KIND);
  let element = load<usize>(list, STATE_VALUE);
  const last = element + load<u32>(list, STATE_LENGTH) * <u32>ELEMENT_SIZE;
  let found: i32 = isAll ? YES : NO;
  const settled: i32 = isAll ? NO : YES;
  steps = 0;
  for (; element < last; element += ELEMENT_SIZE) {
    const one = run(ctx, body, end, truth, value, element, kind);
    found = isAll ? found & one : found | one;
    if (steps > <u32>MAX_QUANTIFIER_STEPS) return UNKNOWN;
    // Steps do not depend on the element, so if the first took none, none will, and the rest cannot matter.
    if (found == settled && steps == 0) break;
  }
  return found;
}

function push(at: usize, tag: i32, word: u64): void {
  store<i32>(at, tag);
  store<u64>(at, word, VALUE_WORD);
}

function pushText(at: usize, text: usize, length: u32): void {
  store<i32>(at, TAG_STRING);
  store<u32>(at, length, VALUE_LENGTH);
  store<u64>(at, text, VALUE_WORD);
}

function pushDouble(at: usize, value: f64): void {
  store<i32>(at, TAG_DOUBLE);
  store<f64>(at, value, VALUE_WORD);
}

function pushView(ctx: usize, view: u32, at: usize): void {
  const state = readView(ctx, view);
  const outcome = load<i32>(state, STATE_STATE);
  if (outcome != VIEW_OK) return push(at, outcome == CLASS_INAPPLICABLE ? TAG_INAPPLICABLE : TAG_UNKNOWN, 0);
  const kind = load<i32>(load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES, VIEW_KIND);
  if (kind <= VIEW_ENUM) return pushText(at, load<usize>(state, STATE_VALUE), load<u32>(state, STATE_LENGTH));
  if (kind == VIEW_BOOL) return push(at, TAG_BOOL, load<u64>(state, STATE_VALUE));
  if (kind == VIEW_DOUBLE) return pushDouble(at, load<f64>(state, STATE_VALUE));
  push(at, TAG_INT, <i64>load<f64>(state, STATE_VALUE)); // VIEW_INT and sizes: integral, at most 2^53
}

function pushElement(element: usize, kind: i32, at: usize): void {
  if (kind <= VIEW_LIST_ENUM) {
    pushText(at, requestBytes + load<u32>(element, ELEMENT_VALUE), load<u32>(element, ELEMENT_VALUE + 4));
  } else if (kind == VIEW_LIST_BOOL) push(at, TAG_BOOL, load<u32>(element, ELEMENT_VALUE));
  else if (kind == VIEW_LIST_DOUBLE) pushDouble(at, load<f64>(element, ELEMENT_VALUE));
  else push(at, TAG_INT, <i64>load<f64>(element, ELEMENT_VALUE));
}

function pushConstant(ctx: usize, index: u32, at: usize): void {
  const constant = load<usize>(ctx, AT_CONSTANTS) + index * <u32>CONSTANT_SIZE;
  const kind = load<i32>(constant, CONSTANT_KIND);
  const word = load<u64>(constant, CONSTANT_VALUE);
  if (kind == CONSTANT_STRING) {
    pushText(at, load<usize>(ctx, AT_BYTES) + <u32>word, load<u32>(constant, CONSTANT_LENGTH));
  } else push(at, kind == CONSTANT_INT ? TAG_INT : kind == CONSTANT_DOUBLE ? TAG_DOUBLE : TAG_BOOL, word);
}

/** LANGUAGE.md 4.4, 5.3. The result takes the place of `left`. */
function calculate(how: i32, left: usize, right: usize): void {
  const leftTag = load<i32>(left);
  const rightTag = load<i32>(right);
  if (leftTag == TAG_INT && rightTag == TAG_INT) {
    return calculateInt(how, load<i64>(left, VALUE_WORD), load<i64>(right, VALUE_WORD), left);
  }
  if (leftTag == TAG_DOUBLE && rightTag == TAG_DOUBLE) {
    return calculateDouble(how, load<f64>(left, VALUE_WORD), load<f64>(right, VALUE_WORD), left);
  }
  const isInapplicable = leftTag == TAG_INAPPLICABLE || rightTag == TAG_INAPPLICABLE;
  push(left, isInapplicable ? TAG_INAPPLICABLE : TAG_UNKNOWN, 0);
}

function calculateInt(how: i32, x: i64, y: i64, at: usize): void {
  let z: i64 = 0;
  let fits = true;
  switch (how) {
    case ARITHMETIC_ADD: {
      z = x + y;
      fits = ((x ^ z) & (y ^ z)) >= 0;
      break;
    }
    case ARITHMETIC_SUB: {
      z = x - y;
      fits = ((x ^ y) & (x ^ z)) >= 0;
      break;
    }
    case ARITHMETIC_MUL: {
      z = x * y;
      // Dividing back tells; -1 apart, where the division itself would overflow.
      fits = x == -1 ? y != i64.MIN_VALUE : x == 0 || z / x == y;
      break;
    }
    case ARITHMETIC_DIV: {
      fits = y != 0 && !(x == i64.MIN_VALUE && y == -1);
      if (fits) z = x / y;
      break;
    }
    default: {
      fits = y != 0;
      if (fits) z = y == -1 ? 0 : x % y;
    }
  }
  push(at, fits ? TAG_INT : TAG_UNKNOWN, z);
}

function calculateDouble(how: i32, x: f64, y: f64, at: usize): void {
  let z: f64 = NaN;
  if (how == ARITHMETIC_ADD) z = x + y;
  else if (how == ARITHMETIC_SUB) z = x - y;
  else if (how == ARITHMETIC_MUL) z = x * y;
  else if (how == ARITHMETIC_DIV && y != 0) z = x / y;
  if (z != z) push(at, TAG_UNKNOWN, 0);
  else pushDouble(at, z);
}

function negate(at: usize): void {
  const tag = load<i32>(at);
  if (tag == TAG_INT) calculateInt(ARITHMETIC_SUB, 0, load<i64>(at, VALUE_WORD), at);
  else if (tag == TAG_DOUBLE) store<f64>(at, -load<f64>(at, VALUE_WORD), VALUE_WORD);
  else if (tag != TAG_INAPPLICABLE) push(at, TAG_UNKNOWN, 0);
}

function measure(at: usize): void {
  const tag = load<i32>(at);
  if (tag == TAG_STRING) push(at, TAG_INT, countCodePoints(load<usize>(at, VALUE_WORD), load<u32>(at, VALUE_LENGTH)));
  else if (tag != TAG_INAPPLICABLE) push(at, TAG_UNKNOWN, 0);
}
