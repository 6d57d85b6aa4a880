// What operands each function of terms takes, for reporting mistakes before anything is evaluated (LANGUAGE.md 4.11 to 4.20). The
// evaluators decide again by the values; a signature that is missing here would refuse what they take.

import type { TermFunction } from '../terms.ts';
import { ANY, isAny, join, overloadKind, type PlainKind, plain, type StaticType } from './static.ts';

const NUMBERS = ['int', 'uint', 'double'];
const ORDERED = ['bool', 'string', 'bytes', 'timestamp', 'duration'];

/** `string int > bool`; `T` stands for any value, `*` after a kind for one or more of it. */
const SIGNATURES: Partial<Record<TermFunction, readonly string[]>> = {
  not: ['bool > bool'],
  less: order(),
  'less-equal': order(),
  add: [
    ...same(NUMBERS),
    ...same(['string', 'bytes', 'list']),
    'timestamp duration > timestamp',
    'duration timestamp > timestamp',
    'duration duration > duration',
  ],
  subtract: [
    ...same(NUMBERS),
    'timestamp timestamp > duration',
    'timestamp duration > timestamp',
    'duration duration > duration',
  ],
  multiply: same(NUMBERS),
  divide: same(NUMBERS),
  modulo: same(['int', 'uint']),
  negate: ['int > int', 'double > double'],
  size: ['string > int', 'bytes > int', 'list > int', 'map > int'],
  int: ['int > int', 'uint > int', 'double > int', 'string > int', 'timestamp > int'],
  uint: ['int > uint', 'uint > uint', 'double > uint', 'string > uint'],
  double: ['int > double', 'uint > double', 'double > double', 'string > double'],
  string: [...NUMBERS, ...ORDERED, 'ip', 'cidr'].map((kind) => `${kind} > string`),
  bytes: ['bytes > bytes', 'string > bytes'],
  bool: ['bool > bool', 'string > bool'],
  timestamp: ['timestamp > timestamp', 'int > timestamp', 'string > timestamp'],
  duration: ['duration > duration', 'string > duration'],
  type: ['T > type'],
  contains: ['string string > bool'],
  startsWith: ['string string > bool'],
  endsWith: ['string string > bool'],
  matches: ['string string > bool'],
  glob: ['string string > bool'],
  charAt: ['string int > string'],
  indexOf: ['string string > int', 'string string int > int'],
  lastIndexOf: ['string string > int', 'string string int > int'],
  lowerAscii: ['string > string'],
  upperAscii: ['string > string'],
  replace: ['string string string > string', 'string string string int > string'],
  split: ['string string > list', 'string string int > list'],
  substring: ['string int > string', 'string int int > string'],
  trim: ['string > string'],
  join: ['list > string', 'list string > string'],
  quote: ['string > string'],
  format: ['string list > string'],
  reverse: ['string > string', 'list > list'],
  'base64.encode': ['bytes > string'],
  'base64.decode': ['string > bytes'],
  getFullYear: date(),
  getMonth: date(),
  getDate: date(),
  getDayOfMonth: date(),
  getDayOfWeek: date(),
  getDayOfYear: date(),
  getHours: ['duration > int', ...date()],
  getMinutes: ['duration > int', ...date()],
  getSeconds: ['duration > int', ...date()],
  getMilliseconds: ['duration > int', ...date()],
  'math.ceil': ['double > double'],
  'math.floor': ['double > double'],
  'math.round': ['double > double'],
  'math.trunc': ['double > double'],
  'math.abs': ['int > int', 'uint > uint', 'double > double'],
  'math.sign': ['int > int', 'uint > uint', 'double > double'],
  'math.sqrt': NUMBERS.map((kind) => `${kind} > double`),
  'math.isNaN': ['double > bool'],
  'math.isInf': ['double > bool'],
  'math.isFinite': ['double > bool'],
  'math.bitAnd': same(['int', 'uint']),
  'math.bitOr': same(['int', 'uint']),
  'math.bitXor': same(['int', 'uint']),
  'math.bitNot': ['int > int', 'uint > uint'],
  'math.bitShiftLeft': ['int int > int', 'uint int > uint'],
  'math.bitShiftRight': ['int int > int', 'uint int > uint'],
  slice: ['list int int > list'],
  distinct: ['list > list'],
  sort: ['list > list'],
  flatten: ['list > any', 'list int > any'],
  hasValue: ['optional > bool'],
  ip: ['string > ip', 'cidr > ip'],
  isIP: ['string > bool'],
  cidr: ['string > cidr'],
  isCIDR: ['string > bool'],
  'ip.isCanonical': ['string > bool'],
  containsIP: ['cidr ip > bool', 'cidr string > bool'],
  containsCIDR: ['cidr cidr > bool', 'cidr string > bool'],
  family: ['ip > int'],
  isUnspecified: ['ip > bool'],
  isLoopback: ['ip > bool'],
  isLinkLocalMulticast: ['ip > bool'],
  isLinkLocalUnicast: ['ip > bool'],
  isGlobalUnicast: ['ip > bool'],
  masked: ['cidr > cidr'],
  prefixLength: ['cidr > int'],
  entropy: ['string > double'],
  luhn: ['string > bool'],
  iban: ['string > bool'],
};

function same(kinds: readonly string[]): string[] {
  return kinds.map((kind) => `${kind} ${kind} > ${kind}`);
}

function order(): string[] {
  const numbers = NUMBERS.flatMap((a) => NUMBERS.map((b) => `${a} ${b} > bool`));
  return [...numbers, ...ORDERED.map((kind) => `${kind} ${kind} > bool`)];
}

function date(): string[] {
  return ['timestamp > int', 'timestamp string > int'];
}

interface Signature {
  readonly operands: readonly string[];
  readonly result: string;
}

const PARSED: ReadonlyMap<string, readonly Signature[]> = new Map(
  Object.entries(SIGNATURES).map(([name, texts]) => [
    name,
    texts.map((text) => {
      const [operands = '', result = 'any'] = text.split(' > ');
      return { operands: operands.split(' '), result };
    }),
  ]),
);

/** The type that a call has, or null where no overload takes these operands. */
export function resultOf(fn: TermFunction, operands: readonly StaticType[]): StaticType | null {
  const signatures = PARSED.get(fn);
  if (signatures === undefined) return ANY;
  const fitting = signatures.filter(
    (signature) =>
      signature.operands.length === operands.length &&
      signature.operands.every((kind, i) => {
        const operand = operands[i];
        return operand !== undefined && (kind === 'T' || isAny(operand) || overloadKind(operand) === kind);
      }),
  );
  if (fitting.length === 0) return null;
  return fitting.map(({ result }) => resultType(fn, result, operands)).reduce(join);
}

function resultType(fn: TermFunction, result: string, operands: readonly StaticType[]): StaticType {
  if (result === 'any') return ANY;
  if (result !== 'list') return isPlainKind(result) ? plain(result) : ANY;
  if (fn === 'split') return { kind: 'list', element: plain('string'), carried: false };
  const lists = operands.map((operand): StaticType => (operand.kind === 'list' ? operand : ANY));
  const [first = ANY, second] = lists;
  return fn === 'add' && second !== undefined ? join(first, second) : first;
}

function isPlainKind(kind: string): kind is PlainKind {
  return /^(null|bool|int|uint|double|string|bytes|timestamp|duration|type|ip|cidr)$/.test(kind);
}
