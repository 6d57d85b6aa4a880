// In: random choices. Out: attributes of the types that only terms read (LANGUAGE.md 3.2: uint, timestamp, duration, bytes, maps, lists of
// lists and of maps), what requests carry for them, and tests of them in CEL; calls of functions as people write them besides.

import type { Random } from './random.ts';
import type { Written } from './requests.ts';

export interface Typed {
  readonly text: string;
  readonly root: 'context' | 'args';
  readonly name: string;
  readonly kind: TypedKind;
  /** Omitted, it stands for `[]` (LANGUAGE.md 3.7): of lists only. */
  readonly isAbsent: boolean;
}

export type TypedKind = 'uint' | 'timestamp' | 'duration' | 'bytes' | 'map' | 'counts' | 'lists' | 'records';

interface KindOfValue {
  /** As `attributes` says it. */
  readonly type: string;
  /** As a catalogue says it; those without are of types that no JSON Schema has. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly values: readonly Written[];
  /** `X` stands for the attribute. */
  readonly tests: readonly string[];
}

const BIG = '9223372036854775808';

const KINDS: Readonly<Record<TypedKind, KindOfValue>> = {
  uint: {
    type: 'uint',
    values: [0, 1, 7, 9007199254740991, { $bigint: '5' }, { $bigint: BIG }, { $bigint: '-1' }],
    tests: ['X > 3u', 'X + 1u == 8u', 'X * 2u < 20u', 'X % 2u == 1u', 'int(X) < 5', `X >= ${BIG}u`, 'X in [1u, 7u]'],
  },
  timestamp: {
    type: 'timestamp',
    values: [
      ...[
        '1970-01-01T00:00:00Z',
        '2024-02-29T23:59:59.5+02:00',
        '9999-12-31T23:59:59.999999999Z',
        '2024-02-30T00:00:00Z',
      ],
      ...[{ $date: '2024-06-30T12:00:00.123Z' }, { $date: '1969-12-31T23:59:59.999Z' }],
    ],
    tests: [
      'X < timestamp("2024-03-01T00:00:00Z")',
      'X - timestamp("2024-01-01T00:00:00Z") > duration("24h")',
      'X + duration("1h") >= timestamp("2024-02-29T22:00:00Z")',
      'X.getHours() >= 12',
      'X.getDayOfWeek("Europe/Berlin") == 4',
      'X.getFullYear("+14:00") != X.getFullYear()',
      'X.getMilliseconds() > 100',
      'string(X).endsWith("Z")',
      'int(X) % 2 == 0',
    ],
  },
  duration: {
    type: 'duration',
    values: ['0', '1h30m', '-1.5s', '1ns', '1h30m0.1ms', '9223372036s', '1y'],
    tests: [
      'X > duration("1h")',
      'X + X < duration("3h")',
      'X.getMinutes() == 90',
      'X.getMilliseconds() != 0',
      'string(X) == "5400s"',
      'timestamp(0) + X > timestamp("1970-01-01T01:00:00Z")',
    ],
  },
  bytes: {
    type: 'bytes',
    values: [{ $bytes: [] }, { $bytes: [97, 98] }, { $bytes: [255, 0] }, { $bytes: [0xc3, 0xa9] }],
    tests: [
      'X == b"ab"',
      'size(X) > 1',
      'X < b"\\xff"',
      'string(X) == "ab"',
      'base64.encode(X) == "YWI="',
      'X + b"c" == b"abc"',
    ],
  },
  map: {
    type: 'map<string, string>',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    values: [
      ...[{}, { k: 'a' }, { k: 'b', m: 'a' }, { k: 1 }, { m: null }],
      ...[{ $map: [['k', 'a']] }, { $map: [[{ $bigint: '1' }, 'a']] }],
    ],
    tests: [
      'X["k"] == "a"',
      'X.k.startsWith("b")',
      '"k" in X',
      'has(X.k) && X.k != "b"',
      'X.exists(e, X[e] == "a")',
      'X.all(e, e in ["k", "m"])',
      'size(X) == 1',
      'X == {"k": "a"}',
      'X.?k.orValue("none") == "none"',
      'X.transformList(e, v, v).join("-") == "b-a"',
    ],
  },
  counts: {
    type: 'map<string, int>',
    schema: { type: 'object', additionalProperties: { type: 'integer' } },
    values: [{}, { k: 1, m: 2 }, { k: 1.5 }, { k: { $bigint: '9223372036854775807' } }, { k: -1 }],
    tests: ['X.k + 1 > 1', 'X.exists(e, X[e] > 1)', 'X.transformMap(e, v, v * 2) == {"k": 2, "m": 4}', 'X.m == 2'],
  },
  lists: {
    type: 'list<list<int>>',
    schema: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
    values: [[], [[1], [2, 3]], [[], [1, 1]], [['a']], [[1, null]], 'x'],
    tests: [
      'X[0][0] == 1',
      'X.exists(e, e.exists(n, n > 2))',
      'X.flatten() == [1, 2, 3]',
      'X.map(e, size(e)).sort() == [1, 2]',
      'size(X[1]) == 2',
      'X.flatten().distinct().size() < 3',
    ],
  },
  records: {
    type: 'list<map<string, string>>',
    schema: { type: 'array', items: { type: 'object', properties: { k: { type: 'string' }, m: { type: 'string' } } } },
    values: [[], [{ k: 'a' }], [{ k: 'a' }, { k: 'b', m: 'x' }], [{ m: 'x' }], [1], [{ k: 5 }]],
    tests: [
      'X.exists(e, e.k == "b")',
      'X.all(e, has(e.k))',
      'X.filter(e, has(e.m)).size() == 1',
      'X.map(e, e.k).join(",") == "a,b"',
      'X[0].k == "a"',
      'X[?0].?k.hasValue()',
    ],
  },
};

const NAMES: readonly TypedKind[] = ['uint', 'timestamp', 'duration', 'bytes', 'map', 'counts', 'lists', 'records'];

/** `S`: a text. What no rule of term-leaves.ts writes. */
const TEXT_TESTS: readonly string[] = [
  'ip(S).isLoopback()',
  'isIP(S)',
  'cidr("10.0.0.0/8").containsIP(ip(S))',
  'isCIDR(S) && cidr(S).prefixLength() > 8',
  'S.luhn()',
  'S.iban()',
  'S.entropy() > 2.0',
  '"%s-%d".format([S, size(S)]) == "ab-2"',
  'strings.quote(S).size() > 4',
  'S.reverse() == S',
  'S.replace("a", "b", 1) == "bb"',
  'base64.decode(S) == b"ab"',
  'bytes(S).size() != size(S)',
  'math.greatest(size(S), 3) == 3',
  'math.abs(int(S)) > 1',
  'bool(S)',
  'double(S) < 1.5',
  'cel.bind(t, S.lowerAscii(), t == S && t != "")',
  'optional.ofNonZeroValue(S).hasValue()',
  'S.split("").distinct().size() == size(S)',
  'dyn(S) == dyn("a") || type(S) == bool',
  'S.matches("^[a-k]+$") ? S < "b" : S.glob("*b*")',
];

export function makeTyped(random: Random): Typed[] {
  return random.sample(NAMES, random.between(1, 4)).map((kind) => typedOf('context', kind, false));
}

/** Of the whole language: arguments too, declared by catalogues, and lists that may be left out. */
export function makeMoreTyped(random: Random, hasCatalogue: boolean): Typed[] {
  const own = random.sample(NAMES, random.between(1, 3)).map((kind) => {
    return typedOf('context', kind, KINDS[kind].type.startsWith('list') && random.chance(0.5));
  });
  const said = NAMES.filter((kind) => KINDS[kind].schema !== undefined);
  const args = random.sample(said, random.between(1, 3)).map((kind) => typedOf('args', kind, false));
  return hasCatalogue ? [...own, ...args] : own;
}

function typedOf(root: Typed['root'], kind: TypedKind, isAbsent: boolean): Typed {
  return { root, kind, name: `typed_${kind}`, text: `${root}.typed_${kind}`, isAbsent };
}

/** As `attributes` says it. */
export function typeOf({ kind, isAbsent }: Typed): string {
  const type = JSON.stringify(KINDS[kind].type);
  return isAbsent ? `{ type: ${type}, absent: [] }` : type;
}

export function schemaOfTyped({ kind }: Typed): Readonly<Record<string, unknown>> {
  return KINDS[kind].schema ?? {};
}

export function typedValue(random: Random, { kind }: Typed): Written {
  const { values } = KINDS[random.chance(0.94) ? kind : random.pick(NAMES)];
  return random.pick(values);
}

export function typedTest(random: Random, { kind, text }: Typed): string {
  return random.pick(KINDS[kind].tests).replaceAll('X', text);
}

export function textTest(random: Random, text: string): string {
  return random.pick(TEXT_TESTS).replaceAll('S', text);
}
