// In: a function's code, its operands side by side on the stack. Out: what it gives, in the place of the first. A call is strict
// (LANGUAGE.md 5.9); what it reads counts as steps before (5.10); where no overload takes its operands it is unknown.
// INVARIANT (verify-terms.ts): the function exists and has as many operands as one of its forms.

import { KIND_BOOL } from '../../contract/codes.ts';
import {
  FN_ABS,
  FN_ADD,
  FN_BASE64_DECODE,
  FN_BASE64_ENCODE,
  FN_BIT_AND,
  FN_BIT_NOT,
  FN_BIT_OR,
  FN_BIT_SHIFT_LEFT,
  FN_BIT_SHIFT_RIGHT,
  FN_BIT_XOR,
  FN_BOOL,
  FN_BYTES,
  FN_CEDAR_FIRST,
  FN_CEIL,
  FN_CHAR_AT,
  FN_CIDR,
  FN_CONTAINS,
  FN_CONTAINS_CIDR,
  FN_CONTAINS_IP,
  FN_DISTINCT,
  FN_DIVIDE,
  FN_DOUBLE,
  FN_DURATION,
  FN_ENDS_WITH,
  FN_ENTROPY,
  FN_EQUAL,
  FN_FAMILY,
  FN_FLATTEN,
  FN_FLOOR,
  FN_FORMAT,
  FN_GET_MILLISECONDS,
  FN_GREATEST,
  FN_HAS_VALUE,
  FN_IBAN,
  FN_IN,
  FN_INDEX,
  FN_INDEX_OF,
  FN_INT,
  FN_IP,
  FN_IP_IS_CANONICAL,
  FN_IS_CIDR,
  FN_IS_FINITE,
  FN_IS_GLOBAL_UNICAST,
  FN_IS_INF,
  FN_IS_IP,
  FN_IS_LINK_LOCAL_MULTICAST,
  FN_IS_LINK_LOCAL_UNICAST,
  FN_IS_LOOPBACK,
  FN_IS_NAN,
  FN_IS_UNSPECIFIED,
  FN_JOIN,
  FN_LAST_INDEX_OF,
  FN_LEAST,
  FN_LESS,
  FN_LESS_EQUAL,
  FN_LOWER_ASCII,
  FN_LUHN,
  FN_MASKED,
  FN_MODULO,
  FN_MULTIPLY,
  FN_NEGATE,
  FN_NOT,
  FN_OPTIONAL_INDEX,
  FN_OPTIONAL_NONE,
  FN_OPTIONAL_OF,
  FN_OPTIONAL_OF_NON_ZERO,
  FN_OR,
  FN_OR_VALUE,
  FN_PREFIX_LENGTH,
  FN_QUOTE,
  FN_REPLACE,
  FN_REVERSE,
  FN_ROUND,
  FN_SIGN,
  FN_SIZE,
  FN_SLICE,
  FN_SORT,
  FN_SPLIT,
  FN_SQRT,
  FN_STARTS_WITH,
  FN_STRING,
  FN_SUBSTRING,
  FN_SUBTRACT,
  FN_TIMESTAMP,
  FN_TRIM,
  FN_TRUNC,
  FN_TYPE,
  FN_UINT,
  FN_UPPER_ASCII,
  FN_VALUE,
  KIND_CIDR,
  KIND_DURATION,
  KIND_IP,
  KIND_TIMESTAMP,
} from '../../contract/terms.ts';
import { callCedar } from '../cedar/calls.ts';
import { exhausted, spendOnCall } from './arena.ts';
import { add, divide, modulo, multiply, negate, subtract } from './arithmetic.ts';
import { decode, encode } from './base64.ts';
import { check } from './checks.ts';
import { callEqual, callIn, callLess } from './compare.ts';
import { toBool, toBytes, toDouble, toInt, toString, toUint, typeOf } from './convert.ts';
import { isText, isTrue, kindOf, set, setBool, setNone, setUnknown, strictOutcome } from './element.ts';
import { format } from './format.ts';
import { containsAddress, isCanonical, masked, prefixLength, testAddress, testOfAddress, toAddress } from './ip.ts';
import { distinct, flatten, slice, sort } from './lists.ts';
import { combineBits, extreme, invertBits, ofDouble, ofNumber, shiftBits, testDouble } from './math.ts';
import { askForValue, optionalOf, orElse, takeValue } from './optionals.ts';
import { index, size } from './parts.ts';
import { indexOf, join, replace, split } from './search.ts';
import { changeCase, charAt, contains, quote, reverse, substring, trim } from './text.ts';
import { timePart, toTime } from './time.ts';

/** `at` is the first of `count` operands. */
export function call(fn: i32, at: usize, count: u32): void {
  const outcome = strictOutcome(at, count);
  if (outcome != 0) return set(at, outcome, 0);
  if (fn != FN_SIZE || isText(kindOf(at))) spendOnCall(at, count);
  if (exhausted) return;
  if (fn <= FN_SIZE) callOperator(fn, at);
  else if (fn <= FN_TYPE) convert(fn, at);
  else if (fn <= FN_BASE64_DECODE) callOnText(fn, at, count);
  else if (fn <= FN_GET_MILLISECONDS) timePart(at, count, fn);
  else if (fn <= FN_BIT_SHIFT_RIGHT) callOnNumber(fn, at, count);
  else if (fn <= FN_OR_VALUE) callOnList(fn, at, count);
  else if (fn < FN_CEDAR_FIRST) callOnAddress(fn, at);
  else callCedar(fn, at);
}

function callOperator(fn: i32, at: usize): void {
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
    default:
      size(at); // FN_SIZE
  }
}

function convert(fn: i32, at: usize): void {
  switch (fn) {
    case FN_INT:
      return toInt(at);
    case FN_UINT:
      return toUint(at);
    case FN_DOUBLE:
      return toDouble(at);
    case FN_STRING:
      return toString(at);
    case FN_BYTES:
      return toBytes(at);
    case FN_BOOL:
      return toBool(at);
    case FN_TIMESTAMP:
      return toTime(at, KIND_TIMESTAMP);
    case FN_DURATION:
      return toTime(at, KIND_DURATION);
    default:
      typeOf(at); // FN_TYPE
  }
}

function callOnText(fn: i32, at: usize, count: u32): void {
  switch (fn) {
    case FN_CONTAINS:
    case FN_STARTS_WITH:
    case FN_ENDS_WITH:
      return contains(at, fn);
    case FN_CHAR_AT:
      return charAt(at);
    case FN_INDEX_OF:
    case FN_LAST_INDEX_OF:
      return indexOf(at, count, fn == FN_LAST_INDEX_OF);
    case FN_LOWER_ASCII:
    case FN_UPPER_ASCII:
      return changeCase(at, fn == FN_UPPER_ASCII);
    case FN_REPLACE:
      return replace(at, count);
    case FN_SPLIT:
      return split(at, count);
    case FN_SUBSTRING:
      return substring(at, count);
    case FN_TRIM:
      return trim(at);
    case FN_JOIN:
      return join(at, count);
    case FN_QUOTE:
      return quote(at);
    case FN_FORMAT:
      return format(at);
    case FN_REVERSE:
      return reverse(at);
    case FN_BASE64_ENCODE:
      return encode(at);
    case FN_BASE64_DECODE:
      return decode(at);
    default:
      setUnknown(at);
  }
}

function callOnNumber(fn: i32, at: usize, count: u32): void {
  switch (fn) {
    case FN_GREATEST:
    case FN_LEAST:
      return extreme(at, count, fn == FN_GREATEST);
    case FN_CEIL:
    case FN_FLOOR:
    case FN_ROUND:
    case FN_TRUNC:
      return ofDouble(at, fn);
    case FN_ABS:
    case FN_SIGN:
    case FN_SQRT:
      return ofNumber(at, fn);
    case FN_IS_NAN:
    case FN_IS_INF:
    case FN_IS_FINITE:
      return testDouble(at, fn);
    case FN_BIT_AND:
    case FN_BIT_OR:
    case FN_BIT_XOR:
      return combineBits(at, fn);
    case FN_BIT_NOT:
      return invertBits(at);
    default:
      shiftBits(at, fn == FN_BIT_SHIFT_LEFT); // FN_BIT_SHIFT_RIGHT
  }
}

function callOnList(fn: i32, at: usize, count: u32): void {
  switch (fn) {
    case FN_DISTINCT:
      return distinct(at);
    case FN_FLATTEN:
      return flatten(at, count);
    case FN_SLICE:
      return slice(at);
    case FN_SORT:
      return sort(at);
    case FN_OPTIONAL_OF:
    case FN_OPTIONAL_OF_NON_ZERO:
      return optionalOf(at, fn == FN_OPTIONAL_OF_NON_ZERO);
    case FN_OPTIONAL_NONE:
      return setNone(at);
    case FN_HAS_VALUE:
      return askForValue(at);
    case FN_VALUE:
      return takeValue(at);
    default:
      orElse(at, fn == FN_OR_VALUE); // FN_OR
  }
}

function callOnAddress(fn: i32, at: usize): void {
  switch (fn) {
    case FN_IP:
    case FN_CIDR:
      return toAddress(at, fn == FN_IP ? KIND_IP : KIND_CIDR);
    case FN_IS_IP:
    case FN_IS_CIDR:
      return testAddress(at, fn == FN_IS_IP ? KIND_IP : KIND_CIDR);
    case FN_CONTAINS_IP:
    case FN_CONTAINS_CIDR:
      return containsAddress(at, fn == FN_CONTAINS_IP ? KIND_IP : KIND_CIDR);
    case FN_ENTROPY:
    case FN_LUHN:
    case FN_IBAN:
      return check(at, fn);
    case FN_IP_IS_CANONICAL:
      return isCanonical(at);
    case FN_FAMILY:
    case FN_IS_UNSPECIFIED:
    case FN_IS_LOOPBACK:
    case FN_IS_LINK_LOCAL_MULTICAST:
    case FN_IS_LINK_LOCAL_UNICAST:
    case FN_IS_GLOBAL_UNICAST:
      return testOfAddress(at, fn);
    case FN_MASKED:
      return masked(at);
    case FN_PREFIX_LENGTH:
      return prefixLength(at);
    default:
      setUnknown(at);
  }
}
