// In: random choices. Out: terms that mostly have a value: operands are mostly of the kinds a function takes, constants mostly at the
// edges of what it distinguishes; and what a request carries for the attributes they read.

import type { FoldOp, Term, TermConstant, TermType } from '../../../compiler/check/terms.ts';
import * as t from '../../terms.ts';
import type { Random } from '../random.ts';
import { FORMS, KINDS, type Kind } from './functions.ts';

export const ATTRIBUTES: readonly string[] = ['args.a', 'args.b', 'args.c'];

const INTS = [0n, 1n, -1n, 2n, 3n, 7n, -5n, 64n, 100n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), -62_135_596_800n];
const UINTS = [0n, 1n, 2n, 7n, 2n ** 63n, 2n ** 64n - 1n];
const DOUBLES = [
  ...[0, -0, 1, -1, 1.5, 2.5, 0.1, 1e21, 1e-7, 2 ** 53, 2 ** 63, -(2 ** 63), 2 ** 64, 5e-324, 1e300],
  ...[Number.NaN, Infinity, -Infinity, 0.49999999999999994, 123456.789],
];
const TEXTS = [
  ...[
    '',
    'a',
    'ab',
    'tacocat',
    'ta©o©αT',
    '😀é',
    'a,b,,c',
    ',',
    '  x\u00a0',
    '"q"\n\\',
    'abababababababab',
    'x'.repeat(100),
  ],
  ...['%s %d', '%x%X %b %o', '%.2f|%e', '%%%s', '%5', '%.', '%.101f', '%.0e %f'],
  ...['1', '-12', '+7', '3.14', '1e400', '.5', '5.', 'true', 'F', 'NaN', '-Infinity', '9223372036854775808'],
  ...[
    '1h30m',
    '-1.5s',
    '0',
    '1ms2us3ns',
    '2009-02-13T23:31:30Z',
    '2024-02-29T00:00:00.123+05:30',
    '2023-02-29T00:00:00Z',
  ],
  ...['10.0.0.1', '10.0.0.0/8', '::1', '2001:DB8::/32', 'fe80::1', '1.2.3.4/33', '0:0:0:1:0:0:0:0', 'ff02::1'],
  ...['aGVsbG8=', 'aGVsbG8', 'YR=='],
];
const BYTES = [[], [97, 98], [255, 0], [0xc3, 0xa9], [1, 2, 3, 4, 5]].map((bytes) => Uint8Array.from(bytes));
const SECONDS = [0n, -1n, 1_234_567_890n, -62_135_596_800n, 253_402_300_799n];
const NANOS = [0, 1, 999_999_999, 500_000_000];
const DURATIONS = [
  ...[0n, 1n, -1n, 1_500_000_000n, -1_000_000_001n, 3_600_000_000_000n, 2n ** 63n - 1n, -(2n ** 63n)],
].map((nanos) => ({ seconds: nanos / 1_000_000_000n, nanos: Number(nanos % 1_000_000_000n) }));
const TYPES = ['bool', 'int', 'double', 'string', 'list', 'map', 'type', 'google.protobuf.Timestamp', 'net.IP'];
const ADDRESSES = ['10.0.0.1', '::1', '2001:db8::5', '224.0.0.7', 'fe80::', '0.0.0.0'];
const PREFIXES = ['10.0.0.0/8', '10.1.2.3/20', '::/0', '2001:db8::1/33', '0.0.0.0/0', '1.2.3.4/32'];
const READABLE = ['null', 'bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'] as const;
const FOLDS: Readonly<Partial<Record<Kind, readonly FoldOp[]>>> = {
  bool: ['exists', 'all', 'exists-one'],
  list: ['filter', 'map', 'transform-list'],
  map: ['transform-map', 'transform-entry'],
};

/** Deep terms mostly are unknown somewhere; what a function does shows best where its operands are constants. */
const OPERAND_DEPTHS: readonly number[] = [0, 0, 1, 1, 2, 3];

export class TermGenerator {
  readonly #random: Random;
  readonly #variables: number[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  term(): Term {
    const random = this.#random;
    return this.#composed(random.pick(KINDS), random.pick(OPERAND_DEPTHS));
  }

  /** What a request carries for an attribute; undefined: nothing. */
  raw(depth = 2): unknown {
    const random = this.#random;
    const size = random.below(4);
    switch (random.below(depth > 0 ? 10 : 7)) {
      case 0:
        return random.pick([null, true, false]);
      case 1:
        return random.pick([...INTS, 2n ** 64n - 1n]);
      case 2:
        return random.pick(DOUBLES);
      case 3:
      case 4:
        return random.pick(TEXTS);
      case 5:
        return random.pick([...BYTES, new Date(-1), new Date(1_700_000_000_123)]);
      case 6:
        return depth === 2 ? undefined : 7;
      case 7:
        return Object.fromEntries(Array.from({ length: size }, (_, i) => [`${'ab1'[i]}`, this.raw(depth - 1) ?? 0]));
      case 8:
        return new Map(
          Array.from({ length: size }, (_, i) => [random.pick([BigInt(i), `k${i}`]), this.raw(depth - 1) ?? 0]),
        );
      default:
        return Array.from({ length: size }, () => this.raw(depth - 1) ?? null);
    }
  }

  #of(wanted: Kind, depth: number): Term {
    const random = this.#random;
    const kind = this.#resolved(random.chance(0.06) ? 'any' : wanted);
    if (this.#variables.length > 0 && random.chance(0.35)) return t.variable(random.pick(this.#variables));
    if (random.chance(0.06)) return t.attribute(random.pick(ATTRIBUTES));
    if (depth > 0 && random.chance(0.65)) return this.#composed(kind, depth - 1);
    return this.#plain(kind, depth - 1);
  }

  #resolved(kind: Kind): (typeof KINDS)[number] {
    if (kind === 'any') return this.#random.pick(KINDS);
    if (kind === 'number') return this.#random.pick(['int', 'uint', 'double']);
    return kind === 'key' ? this.#random.pick(['string', 'int', 'uint', 'bool', 'double']) : kind;
  }

  #composed(kind: (typeof KINDS)[number], depth: number): Term {
    const random = this.#random;
    switch (random.below(14)) {
      case 0:
        return t.choose(this.#of('bool', depth), this.#of(kind, depth), this.#of(kind, depth));
      case 1: {
        const variable = this.#variables.length;
        const value = this.#of('any', depth);
        return t.bind(
          value,
          variable,
          this.#within(1, () => this.#of(kind, depth)),
        );
      }
      case 2: {
        const type: TermType = random.chance(0.2)
          ? { kind: 'enum', values: ['a', 'ab', ''] }
          : { kind: random.pick(READABLE) };
        return t.typed(this.#of(kind, depth), type);
      }
      case 3: {
        const key = t.text(random.pick(['a', 'b', '1', '']));
        return t.call(random.pick(['select', 'has', 'optional-select']), this.#of('map', depth), key);
      }
      case 4:
        if (kind === 'bool') return random.pick([t.and, t.or])(this.#of(kind, depth), this.#of(kind, depth));
        break;
      case 5:
      case 6:
      case 7: {
        const op = FOLDS[kind];
        if (op !== undefined) return this.#fold(random.pick(op), depth);
        break;
      }
      default:
    }
    const isNumber = kind === 'int' || kind === 'uint' || kind === 'double';
    const fitting = FORMS.filter(({ gives }) => gives === kind || gives === 'any' || (isNumber && gives === 'number'));
    const { fn, takes } = random.pick(fitting);
    return t.call(fn, ...takes.map((operand) => this.#of(operand, depth)));
  }

  /** With `count` variables more. */
  #within(count: number, make: () => Term): Term {
    const before = this.#variables.length;
    for (let i = 0; i < count; i += 1) this.#variables.push(before + i);
    const term = make();
    this.#variables.length = before;
    return term;
  }

  #fold(op: FoldOp, depth: number): Term {
    const random = this.#random;
    const over = this.#of(random.pick(['list', 'list', 'map']), depth);
    const first = this.#variables.length;
    const isTest = op === 'exists' || op === 'all' || op === 'exists-one';
    const count = op.startsWith('transform') || (isTest && random.chance(0.3)) ? 2 : 1;
    const filters = !isTest && op !== 'filter' && random.chance(0.4);
    const filter = filters ? this.#within(count, () => this.#of('bool', depth - 1)) : null;
    const body = this.#within(count, () => {
      if (isTest || op === 'filter') return this.#of('bool', depth);
      if (op === 'transform-entry') return t.map([this.#of('key', 0), this.#of('any', depth - 1)]);
      return this.#of('any', depth);
    });
    return (count === 2 ? t.fold2 : t.fold)(op, over, first, body, filter);
  }

  #plain(kind: (typeof KINDS)[number], depth: number): Term {
    const random = this.#random;
    const size = random.below(4);
    switch (kind) {
      case 'list': {
        const of = random.pick(KINDS);
        const items = Array.from({ length: size }, () => {
          const optional = random.chance(0.1);
          return { term: this.#of(optional ? 'optional' : random.chance(0.8) ? of : 'any', depth), optional };
        });
        return { ...t.list(), kind: 'list', items };
      }
      case 'map': {
        const entries = Array.from({ length: size }, () => {
          const optional = random.chance(0.1);
          return { key: this.#of('key', 0), value: this.#of(optional ? 'optional' : 'any', depth), optional };
        });
        return { ...t.map(), kind: 'map', entries };
      }
      case 'optional':
        return random.chance(0.3) ? t.call('optional.none') : t.call('optional.of', this.#of('any', depth));
      case 'ip':
        return t.call('ip', t.text(random.pick(ADDRESSES)));
      case 'cidr':
        return t.call('cidr', t.text(random.pick(PREFIXES)));
      default:
        return t.constant(this.#constant(kind));
    }
  }

  #constant(kind: Exclude<(typeof KINDS)[number], 'list' | 'map' | 'optional' | 'ip' | 'cidr'>): TermConstant {
    const random = this.#random;
    switch (kind) {
      case 'null':
        return { kind };
      case 'bool':
        return { kind, value: random.chance(0.5) };
      case 'int':
        return { kind, value: random.chance(0.6) ? random.pick(INTS) : BigInt(random.between(-5, 20)) };
      case 'uint':
        return { kind, value: random.pick(UINTS) };
      case 'double': {
        const scale = 10 ** random.between(-20, 20);
        return { kind, value: random.chance(0.7) ? random.pick(DOUBLES) : (random.next() / 2 ** 31 - 1) * scale };
      }
      case 'string':
        return { kind, value: random.pick(TEXTS) };
      case 'bytes':
        return { kind, value: random.pick(BYTES) };
      case 'timestamp':
        return { kind, seconds: random.pick(SECONDS), nanos: random.pick(NANOS) };
      case 'duration':
        return { kind, ...random.pick(DURATIONS) };
      default:
        return { kind, name: random.pick(TYPES) };
    }
  }
}
