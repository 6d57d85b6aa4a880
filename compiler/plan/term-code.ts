// In: a term (check/terms.ts). Out: its code for the term machine (contract/terms.ts, FORMAT.md 3.7). Operands are written in
// order; what is skipped lies right behind the skip, so that code nests as the term does. Never folds constants.

import { KIND_BOOL, KIND_LIST, KIND_NULL, KIND_NUMBER, KIND_STRING } from '../../wasm-core/contract/codes.ts';
import * as code from '../../wasm-core/contract/terms.ts';
import type { FoldOp, Term, TermConstant, TermFunction, TermType } from '../check/terms.ts';
import { pathText } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { PatternText } from '../ir/patterns.ts';
import { CEDAR_FUNCTION_CODE } from './cedar-functions.ts';
import type { Constants } from './constants.ts';
import type { Matchers } from './matchers.ts';
import type { Pool } from './pools.ts';
import type { ConstantTable } from './tables.ts';
import { zoneTable } from './zones.ts';

export interface TermContext {
  readonly constants: Constants;
  readonly bytes: Pool;
  readonly words: Pool;
  readonly matchers: Matchers;
  /** View indexes of the artifact, by path text. */
  readonly treeOf: (path: string) => number;
  readonly presenceOf: (path: string) => number;
}

/** Code that leaves the term's outcome. */
export function termCode(term: Term, context: TermContext): number[] {
  const out: number[] = [];
  new TermWriter(context).write(term, out);
  return out;
}

class TermWriter {
  readonly #context: TermContext;

  constructor(context: TermContext) {
    this.#context = context;
  }

  write(term: Term, out: number[]): void {
    switch (term.kind) {
      case 'constant':
        out.push(code.TERM_CONSTANT, this.#constant(term.constant));
        return;
      case 'attribute':
        out.push(code.TERM_ATTRIBUTE, this.#context.treeOf(pathText(term.path)));
        return;
      case 'has':
        out.push(code.TERM_PRESENT, this.#context.presenceOf(pathText(term.path)));
        return;
      case 'variable':
        out.push(code.TERM_VARIABLE, term.variable);
        return;
      case 'list': {
        for (const item of term.items) this.write(item.term, out);
        out.push(code.TERM_LIST, term.items.length, this.#flags(term.items));
        return;
      }
      case 'map': {
        for (const { key, value } of term.entries) {
          this.write(key, out);
          this.write(value, out);
        }
        out.push(code.TERM_MAP, term.entries.length, this.#flags(term.entries));
        return;
      }
      case 'call':
        return this.#call(term, out);
      case 'typed':
        this.write(term.operand, out);
        out.push(op(code.TERM_TYPED, KIND_OF_TYPE[term.type.kind]), this.#enumeration(term.type));
        return;
      case 'and':
      case 'or':
        return this.#junction(term, out);
      case 'choose': {
        this.write(term.test, out);
        const first = this.#region(term.then);
        const second = this.#region(term.else);
        first.push(code.TERM_JUMP, second.length);
        out.push(code.TERM_BRANCH, first.length, first.length + second.length);
        append(out, first);
        append(out, second);
        return;
      }
      case 'bind':
        this.write(term.value, out);
        out.push(code.TERM_STORE, term.variable);
        return this.write(term.body, out);
      case 'fold': {
        this.write(term.over, out);
        const filter = term.filter === null ? [] : this.#region(term.filter);
        const body = this.#region(term.body);
        const flags = (term.variables === 2 ? 1 : 0) | (term.filter === null ? 0 : 2);
        out.push(op(code.TERM_FOLD, FOLD_CODE[term.op]) | (flags << 16), term.first, filter.length, body.length);
        append(out, filter);
        append(out, body);
        return;
      }
      default:
        return unreachable(term);
    }
  }

  #region(term: Term): number[] {
    const out: number[] = [];
    this.write(term, out);
    return out;
  }

  /** Each right side is skipped on its own, so that a long chain does not nest. */
  #junction(term: Term & { readonly kind: 'and' | 'or' }, out: number[]): void {
    const a = term.kind === 'and' ? 0 : 1;
    const [first, ...rest] = term.operands;
    if (first === undefined) {
      out.push(code.TERM_CONSTANT, this.#context.constants.intern({ kind: 'bool', value: term.kind === 'and' }));
      return;
    }
    this.write(first, out);
    for (const operand of rest) {
      const right = this.#region(operand);
      right.push(op(code.TERM_JOIN, a));
      out.push(op(code.TERM_SKIP, a), right.length);
      append(out, right);
    }
  }

  #call({ fn, args }: Term & { readonly kind: 'call' }, out: number[]): void {
    const [subject, argument] = args;
    if (fn === 'matches' || fn === 'glob') {
      const pattern = argument?.kind === 'constant' ? patternOf(argument.constant) : null;
      if (subject === undefined || pattern === null) throw new Error(`\`${fn}\` without a constant pattern`);
      this.write(subject, out);
      const matcher = this.#context.matchers.of(pattern);
      out.push(op(code.TERM_MATCH, matcher.kind), matcher.index);
      return;
    }
    const selection = SELECTIONS.get(fn);
    if (selection !== undefined) {
      if (subject === undefined || argument?.kind !== 'constant' || argument.constant.kind !== 'string') {
        throw new Error(`\`${fn}\` without a constant key`);
      }
      this.write(subject, out);
      out.push(op(code.TERM_SELECT, selection), this.#constant(argument.constant));
      return;
    }
    for (const operand of args) this.write(operand, out);
    const number = FUNCTION_CODE[fn];
    if (number === null) throw new Error(`\`${fn}\` is no function of the machine`);
    out.push(op(code.TERM_CALL, args.length), number);
  }

  #constant(constant: TermConstant): number {
    return this.#context.constants.intern(constantTable(constant));
  }

  /** One byte an item: 1 where it is optional. */
  #flags(items: readonly { readonly optional: boolean }[]): number {
    return this.#context.bytes.intern(items.map(({ optional }) => (optional ? 1 : 0)));
  }

  #enumeration(type: TermType): number {
    if (type.kind !== 'enum') return 0;
    const values = type.values.map((value) => this.#constant({ kind: 'string', value }));
    return this.#context.words.intern([values.length, ...values]) + 1;
  }
}

function patternOf(constant: TermConstant): PatternText | null {
  if (constant.kind === 'pattern') return constant;
  return constant.kind === 'string' ? { pattern: constant.value, dialect: 'glob' } : null;
}

function constantTable(constant: TermConstant): ConstantTable {
  switch (constant.kind) {
    case 'type':
      return { kind: 'type', of: kindOfTypeName(constant.name) };
    case 'zone':
      return { kind: 'zone', ...zoneTable(constant.name) };
    case 'bytes':
      return { kind: 'bytes', value: [...constant.value] };
    case 'pattern':
      throw new Error('a pattern is no constant of the machine');
    default:
      return constant;
  }
}

/** The machine's kind of the values whose type has this name (LANGUAGE.md 4.14). */
function kindOfTypeName(name: string): number {
  const kind = KIND_OF_NAME.get(name);
  if (kind === undefined) throw new Error(`no values are of type \`${name}\``);
  return kind;
}

function op(instruction: number, a: number): number {
  return instruction | (a << 8);
}

function append(out: number[], words: readonly number[]): void {
  for (const word of words) out.push(word);
}

const KIND_OF_TYPE: Readonly<Record<TermType['kind'], number>> = {
  null: KIND_NULL,
  bool: KIND_BOOL,
  int: code.KIND_INT,
  uint: code.KIND_UINT,
  double: KIND_NUMBER,
  string: KIND_STRING,
  bytes: code.KIND_BYTES,
  timestamp: code.KIND_TIMESTAMP,
  duration: code.KIND_DURATION,
  enum: KIND_STRING,
  list: KIND_LIST,
  map: code.KIND_RECORD,
};

const KIND_OF_NAME: ReadonlyMap<string, number> = new Map([
  ['null_type', KIND_NULL],
  ['bool', KIND_BOOL],
  ['int', code.KIND_INT],
  ['uint', code.KIND_UINT],
  ['double', KIND_NUMBER],
  ['string', KIND_STRING],
  ['bytes', code.KIND_BYTES],
  ['list', KIND_LIST],
  ['map', code.KIND_RECORD],
  ['type', code.KIND_TYPE],
  ['optional_type', code.KIND_OPTIONAL],
  ['google.protobuf.Timestamp', code.KIND_TIMESTAMP],
  ['google.protobuf.Duration', code.KIND_DURATION],
  ['net.IP', code.KIND_IP],
  ['net.CIDR', code.KIND_CIDR],
]);

const FOLD_CODE: Readonly<Record<FoldOp, number>> = {
  exists: code.FOLD_EXISTS,
  all: code.FOLD_ALL,
  'exists-one': code.FOLD_EXISTS_ONE,
  filter: code.FOLD_FILTER,
  map: code.FOLD_MAP,
  'transform-list': code.FOLD_TRANSFORM_LIST,
  'transform-map': code.FOLD_TRANSFORM_MAP,
  'transform-entry': code.FOLD_TRANSFORM_ENTRY,
};

/** a of TERM_SELECT. */
const SELECTIONS: ReadonlyMap<TermFunction, number> = new Map([
  ['select', 0],
  ['has', 1],
  ['optional-select', 2],
]);

/** Null: has an instruction of its own. */
const FUNCTION_CODE: Readonly<Record<TermFunction, number | null>> = {
  not: code.FN_NOT,
  equal: code.FN_EQUAL,
  less: code.FN_LESS,
  'less-equal': code.FN_LESS_EQUAL,
  in: code.FN_IN,
  add: code.FN_ADD,
  subtract: code.FN_SUBTRACT,
  multiply: code.FN_MULTIPLY,
  divide: code.FN_DIVIDE,
  modulo: code.FN_MODULO,
  negate: code.FN_NEGATE,
  select: null,
  has: null,
  index: code.FN_INDEX,
  'optional-select': null,
  'optional-index': code.FN_OPTIONAL_INDEX,
  size: code.FN_SIZE,
  int: code.FN_INT,
  uint: code.FN_UINT,
  double: code.FN_DOUBLE,
  string: code.FN_STRING,
  bytes: code.FN_BYTES,
  bool: code.FN_BOOL,
  timestamp: code.FN_TIMESTAMP,
  duration: code.FN_DURATION,
  type: code.FN_TYPE,
  contains: code.FN_CONTAINS,
  startsWith: code.FN_STARTS_WITH,
  endsWith: code.FN_ENDS_WITH,
  matches: null,
  glob: null,
  charAt: code.FN_CHAR_AT,
  indexOf: code.FN_INDEX_OF,
  lastIndexOf: code.FN_LAST_INDEX_OF,
  lowerAscii: code.FN_LOWER_ASCII,
  upperAscii: code.FN_UPPER_ASCII,
  replace: code.FN_REPLACE,
  split: code.FN_SPLIT,
  substring: code.FN_SUBSTRING,
  trim: code.FN_TRIM,
  join: code.FN_JOIN,
  quote: code.FN_QUOTE,
  format: code.FN_FORMAT,
  reverse: code.FN_REVERSE,
  'base64.encode': code.FN_BASE64_ENCODE,
  'base64.decode': code.FN_BASE64_DECODE,
  getFullYear: code.FN_GET_FULL_YEAR,
  getMonth: code.FN_GET_MONTH,
  getDate: code.FN_GET_DATE,
  getDayOfMonth: code.FN_GET_DAY_OF_MONTH,
  getDayOfWeek: code.FN_GET_DAY_OF_WEEK,
  getDayOfYear: code.FN_GET_DAY_OF_YEAR,
  getHours: code.FN_GET_HOURS,
  getMinutes: code.FN_GET_MINUTES,
  getSeconds: code.FN_GET_SECONDS,
  getMilliseconds: code.FN_GET_MILLISECONDS,
  'math.greatest': code.FN_GREATEST,
  'math.least': code.FN_LEAST,
  'math.ceil': code.FN_CEIL,
  'math.floor': code.FN_FLOOR,
  'math.round': code.FN_ROUND,
  'math.trunc': code.FN_TRUNC,
  'math.abs': code.FN_ABS,
  'math.sign': code.FN_SIGN,
  'math.sqrt': code.FN_SQRT,
  'math.isNaN': code.FN_IS_NAN,
  'math.isInf': code.FN_IS_INF,
  'math.isFinite': code.FN_IS_FINITE,
  'math.bitAnd': code.FN_BIT_AND,
  'math.bitOr': code.FN_BIT_OR,
  'math.bitXor': code.FN_BIT_XOR,
  'math.bitNot': code.FN_BIT_NOT,
  'math.bitShiftLeft': code.FN_BIT_SHIFT_LEFT,
  'math.bitShiftRight': code.FN_BIT_SHIFT_RIGHT,
  distinct: code.FN_DISTINCT,
  flatten: code.FN_FLATTEN,
  slice: code.FN_SLICE,
  sort: code.FN_SORT,
  'optional.of': code.FN_OPTIONAL_OF,
  'optional.ofNonZeroValue': code.FN_OPTIONAL_OF_NON_ZERO,
  'optional.none': code.FN_OPTIONAL_NONE,
  hasValue: code.FN_HAS_VALUE,
  value: code.FN_VALUE,
  or: code.FN_OR,
  orValue: code.FN_OR_VALUE,
  ip: code.FN_IP,
  isIP: code.FN_IS_IP,
  cidr: code.FN_CIDR,
  isCIDR: code.FN_IS_CIDR,
  containsIP: code.FN_CONTAINS_IP,
  containsCIDR: code.FN_CONTAINS_CIDR,
  'ip.isCanonical': code.FN_IP_IS_CANONICAL,
  family: code.FN_FAMILY,
  isUnspecified: code.FN_IS_UNSPECIFIED,
  isLoopback: code.FN_IS_LOOPBACK,
  isLinkLocalMulticast: code.FN_IS_LINK_LOCAL_MULTICAST,
  isLinkLocalUnicast: code.FN_IS_LINK_LOCAL_UNICAST,
  isGlobalUnicast: code.FN_IS_GLOBAL_UNICAST,
  masked: code.FN_MASKED,
  prefixLength: code.FN_PREFIX_LENGTH,
  entropy: code.FN_ENTROPY,
  luhn: code.FN_LUHN,
  iban: code.FN_IBAN,
  ...CEDAR_FUNCTION_CODE,
};
