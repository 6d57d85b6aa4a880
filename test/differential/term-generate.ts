// In: random choices. Out: a bool term of any shape, mostly of operands that fit, and requests for its attributes, mostly of the kinds
// that the term expects. What terms compute at their edges is what this is for: overflow, empty texts, unequal kinds, missing parts.

import type { Term, TermConstant, TermFunction } from '../../compiler/check/terms.ts';
import * as t from '../terms.ts';
import type { Random } from './random.ts';

type Sort =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'optional'
  | 'null';

const SORTS: readonly Sort[] = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'timestamp',
  'duration',
  'optional',
  'null',
];
const ORDERED: readonly Sort[] = ['int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'bool'];
const NUMBERS: readonly Sort[] = ['int', 'uint', 'double'];
const CARRIED: readonly Sort[] = ['bool', 'int', 'double', 'string', 'bytes', 'list', 'map', 'timestamp', 'null'];

const INTS = [0n, 1n, -1n, 2n, 3n, 5n, 7n, 10n, 63n, 64n, 100n, 9007199254740993n, 2n ** 63n - 1n, -(2n ** 63n)];
const UINTS = [0n, 1n, 2n, 7n, 64n, 2n ** 63n, 2n ** 64n - 1n];
const DOUBLES = [
  0,
  -0,
  1,
  0.5,
  -1.5,
  2.5,
  3,
  1e21,
  1e-7,
  0.1,
  123456.789,
  5e-324,
  1.7976931348623157e308,
  2 ** 53,
  2 ** 63,
  Infinity,
  -Infinity,
  NaN,
];
const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'a,b,,c',
  ' a ',
  'Äpfel',
  '日本',
  '😀x',
  'true',
  '12',
  '-7',
  '1.5e3',
  'k',
  'x'.repeat(70),
  '1970-01-01T00:00:00Z',
  '2024-02-29T23:59:59.5+02:00',
  '1h30m',
  '-1.5s',
  '%',
  'a\u0000b',
  '\u00a0 t',
  '10.0.0.1',
  '::1',
  '10.0.0.0/8',
];
const KEYS = ['k', 'a', 'b', 'é'];
const FORMATS = ['%s', '%s-%s', '%d', '%x', '%b', '%.2f', '%e', '%o %%', 'x'];
const ZONES = ['Europe/Berlin', 'America/New_York', '+05:30', '-01:00', 'UTC'];

/** What a request carries for each attribute of `context`, and the sort that the term expects there. */
export interface TermCase {
  readonly term: Term;
  readonly attributes: readonly { readonly name: string; readonly sort: Sort }[];
}

export function makeTerm(random: Random): TermCase {
  const attributes = Array.from({ length: random.between(1, 4) }, (_, i) => ({
    name: `a${i}`,
    sort: random.pick(CARRIED),
  }));
  const maker = new Maker(random, attributes);
  return { term: maker.make('bool', random.between(1, 5)), attributes };
}

export function makeContext(random: Random, { attributes }: TermCase): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const { name, sort } of attributes) {
    if (random.chance(0.05)) continue;
    context[name] = random.chance(0.08)
      ? oddValue(random)
      : rawValue(random, random.chance(0.08) ? random.pick(CARRIED) : sort, 3);
  }
  return context;
}

function oddValue(random: Random): unknown {
  return random.pick<readonly [unknown]>([
    [undefined],
    [Symbol('s')],
    [() => 1],
    ['\ud800'],
    [['\udc00']],
    [[undefined]],
    [new Date(Number.NaN)],
    [2n ** 64n],
    [{ k: () => 1 }],
    [new Map<unknown, unknown>([[1, 1]])],
    [Object.create({ k: 1 })],
    [Array.from({ length: 300 }, (_, i) => i % 7)],
    ['y'.repeat(70_000)],
  ])[0];
}

function rawValue(random: Random, sort: Sort, depth: number): unknown {
  switch (sort) {
    case 'bool':
      return random.chance(0.5);
    case 'int':
      return random.pick(INTS);
    case 'uint':
      return random.pick(UINTS);
    case 'double':
      return random.pick(DOUBLES);
    case 'string':
      return random.pick(TEXTS);
    case 'bytes':
      return new TextEncoder().encode(random.pick(TEXTS)).slice(0, random.between(0, 40));
    case 'timestamp':
      return new Date(random.pick([0, 1, -1, 1709251199500, 1711846800000, -62135596800000, 253402300799999]));
    case 'list': {
      const element = depth > 1 ? random.pick(CARRIED) : random.pick<Sort>(['int', 'double', 'string', 'bool']);
      const isMixed = random.chance(0.2);
      return Array.from({ length: random.between(0, 5) }, () =>
        rawValue(random, isMixed ? random.pick(CARRIED) : element, depth - 1 || 1),
      );
    }
    case 'map': {
      const sorts: readonly Sort[] = depth > 1 ? CARRIED : ['int', 'double', 'string'];
      const entries = random
        .sample(KEYS, random.between(0, 4))
        .map((key) => [key, rawValue(random, random.pick(sorts), depth - 1 || 1)] as const);
      if (random.chance(0.7)) return Object.fromEntries(entries);
      return new Map<unknown, unknown>([
        ...entries,
        ...(random.chance(0.5) ? [[random.pick<unknown>([true, 1n, 2n ** 63n]), 1] as const] : []),
      ]);
    }
    default:
      return null;
  }
}

class Maker {
  readonly #random: Random;
  readonly #attributes: TermCase['attributes'];
  /** Sorts of the variables around, by number. */
  #variables: Sort[] = [];

  constructor(random: Random, attributes: TermCase['attributes']) {
    this.#random = random;
    this.#attributes = attributes;
  }

  make(sort: Sort, depth: number): Term {
    const random = this.#random;
    const wanted = random.chance(0.04) ? random.pick(SORTS) : sort;
    if (depth <= 0 || random.chance(0.1)) return this.#atom(wanted);
    if (random.chance(0.06)) return this.#any(wanted, depth);
    return this.#compound(wanted, depth - 1);
  }

  #atom(sort: Sort): Term {
    const random = this.#random;
    const variables = this.#variables.flatMap((of, number) => (of === sort ? [t.variable(number)] : []));
    if (variables.length > 0 && random.chance(0.5)) return random.pick(variables);
    const fitting = this.#attributes.filter((attribute) => attribute.sort === sort);
    if (fitting.length > 0 && random.chance(0.6)) return t.attribute(`context.${random.pick(fitting).name}`);
    return this.#literal(sort);
  }

  #literal(sort: Sort): Term {
    const random = this.#random;
    const constant = (of: TermConstant): Term => t.constant(of);
    switch (sort) {
      case 'bool':
        return t.bool(random.chance(0.5));
      case 'int':
        return t.int(random.pick(INTS));
      case 'uint':
        return constant({ kind: 'uint', value: random.pick(UINTS) });
      case 'double':
        return t.double(random.pick(DOUBLES));
      case 'string':
        return t.text(random.pick(TEXTS));
      case 'bytes':
        return constant({ kind: 'bytes', value: new TextEncoder().encode(random.pick(TEXTS)) });
      case 'timestamp':
        return constant({
          kind: 'timestamp',
          seconds: random.pick([0n, -1n, 1709251199n, 253402300799n]),
          nanos: random.pick([0, 1, 500_000_000]),
        });
      case 'duration':
        return constant({
          kind: 'duration',
          ...random.pick([
            { seconds: 0n, nanos: 0 },
            { seconds: 5400n, nanos: 0 },
            { seconds: -1n, nanos: -500_000_000 },
            { seconds: 9223372036n, nanos: 0 },
          ]),
        });
      case 'list':
        return t.list(
          ...Array.from({ length: random.between(0, 2) }, () =>
            this.#literal(random.pick(['int', 'string', 'double'])),
          ),
        );
      case 'map':
        return random.chance(0.3)
          ? t.map()
          : t.map([t.text(random.pick(KEYS)), this.#literal(random.pick(['int', 'string']))]);
      case 'optional':
        return random.chance(0.4) ? t.call('optional.none') : t.call('optional.of', this.#literal('int'));
      default:
        return constant({ kind: 'null' });
    }
  }

  /** Forms that give whatever they find. */
  #any(sort: Sort, depth: number): Term {
    const random = this.#random;
    const inner = depth - 1;
    switch (random.weighted({ choose: 3, bind: 3, index: 2, select: 3, value: 1, key: 1 })) {
      case 'choose':
        return t.choose(this.make('bool', inner), this.make(sort, inner), this.make(sort, inner));
      case 'bind': {
        const of = random.pick(SORTS);
        const value = this.make(of, inner);
        return this.#with([of], (first) => t.bind(value, first, this.make(sort, inner)));
      }
      case 'index':
        return t.call('index', this.make('list', inner), this.make(random.pick(['int', 'int', 'double', 'uint']), 0));
      case 'select':
        return t.select(this.make('map', inner), random.pick(KEYS));
      case 'key':
        return t.call('index', this.make('map', inner), this.make(random.pick(['string', 'string', 'bool', 'int']), 0));
      default:
        return random.chance(0.5)
          ? t.call('value', this.make('optional', inner))
          : t.call('orValue', this.make('optional', inner), this.make(sort, inner));
    }
  }

  /** What is made while more variables stand around. */
  #with<T>(sorts: readonly Sort[], make: (first: number) => T): T {
    const before = this.#variables;
    this.#variables = [...before, ...sorts];
    const made = make(before.length);
    this.#variables = before;
    return made;
  }

  #compound(sort: Sort, depth: number): Term {
    const random = this.#random;
    const make = (of: Sort): Term => this.make(of, depth);
    const call = (fn: TermFunction, ...of: readonly Sort[]): Term => t.call(fn, ...of.map(make));
    const pick = (...makers: readonly (() => Term)[]): Term => random.pick(makers)();
    const maybe = (fn: TermFunction, of: readonly Sort[], more: Sort): Term =>
      call(fn, ...of, ...(random.chance(0.5) ? [more] : []));
    const any = (): Sort => random.pick(SORTS);
    const number = random.pick(NUMBERS);
    switch (sort) {
      case 'bool':
        return pick(
          () => t.and(...Array.from({ length: random.between(2, 4) }, () => make('bool'))),
          () => t.or(...Array.from({ length: random.between(2, 4) }, () => make('bool'))),
          () => call('not', 'bool'),
          () => this.#comparison(depth),
          () => this.#comparison(depth),
          () => t.call('in', make(any()), make(random.pick(['list', 'list', 'map']))),
          () => call(random.pick(['contains', 'startsWith', 'endsWith']), 'string', 'string'),
          () => t.call('has', make('map'), t.text(random.pick(KEYS))),
          () => this.#fold(random.pick(['exists', 'all', 'exists-one']), depth),
          () => this.#fold(random.pick(['exists', 'all']), depth),
          () => call(random.pick(['math.isNaN', 'math.isInf', 'math.isFinite']), 'double'),
          () => call('hasValue', 'optional'),
          () => t.present(`context.${random.pick(this.#attributes).name}`),
          () => call(random.pick(['isIP', 'isCIDR']), 'string'),
          () => t.call('bool', make(random.pick(['bool', 'string']))),
        );
      case 'int':
        return pick(
          () => call(random.pick(['add', 'subtract', 'multiply', 'divide', 'modulo']), 'int', 'int'),
          () => call('negate', 'int'),
          () => t.call('size', make(random.pick(['string', 'bytes', 'list', 'map']))),
          () => t.call('int', make(random.pick(['int', 'uint', 'double', 'string', 'timestamp']))),
          () => maybe(random.pick(['indexOf', 'lastIndexOf']), ['string', 'string'], 'int'),
          () => this.#time(depth),
          () => call(random.pick(['math.abs', 'math.sign', 'math.bitNot']), 'int'),
          () =>
            call(
              random.pick(['math.bitAnd', 'math.bitOr', 'math.bitXor', 'math.bitShiftLeft', 'math.bitShiftRight']),
              'int',
              'int',
            ),
          () =>
            t.call(
              random.pick(['math.greatest', 'math.least']),
              ...Array.from({ length: random.between(1, 3) }, () => make(random.pick(NUMBERS))),
            ),
          () => t.typed(this.make(random.pick(['double', 'int']), 0), { kind: 'int' }),
        );
      case 'uint':
        return pick(
          () => call(random.pick(['add', 'subtract', 'multiply', 'divide', 'modulo']), 'uint', 'uint'),
          () => t.call('uint', make(random.pick(['int', 'uint', 'double', 'string']))),
          () => call(random.pick(['math.bitAnd', 'math.bitOr', 'math.bitXor']), 'uint', 'uint'),
          () => t.typed(this.make('int', 0), { kind: 'uint' }),
        );
      case 'double':
        return pick(
          () => call(random.pick(['add', 'subtract', 'multiply', 'divide']), 'double', 'double'),
          () => call('negate', 'double'),
          () => t.call('double', make(random.pick(['int', 'uint', 'double', 'string']))),
          () =>
            call(
              random.pick([
                'math.ceil',
                'math.floor',
                'math.round',
                'math.trunc',
                'math.abs',
                'math.sign',
                'math.sqrt',
              ]),
              'double',
            ),
        );
      case 'string':
        return pick(
          () => call('add', 'string', 'string'),
          () =>
            t.call(
              'string',
              make(random.pick(['int', 'uint', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration'])),
            ),
          () => call(random.pick(['lowerAscii', 'upperAscii', 'trim', 'reverse', 'quote']), 'string'),
          () => call('charAt', 'string', 'int'),
          () => maybe('substring', ['string', 'int'], 'int'),
          () => maybe('replace', ['string', 'string', 'string'], 'int'),
          () => maybe('join', ['list'], 'string'),
          () => t.call('join', t.call('split', make('string'), this.make('string', 0)), this.make('string', 0)),
          () =>
            t.call(
              'format',
              t.text(random.pick(FORMATS)),
              t.list(...Array.from({ length: random.between(0, 2) }, () => make(any()))),
            ),
          () => call('base64.encode', 'bytes'),
        );
      case 'bytes':
        return pick(
          () => call('add', 'bytes', 'bytes'),
          () => call('bytes', 'string'),
          () => call('base64.decode', 'string'),
        );
      case 'list':
        return pick(
          () => t.list(...Array.from({ length: random.between(0, 4) }, () => make(any()))),
          () => call('add', 'list', 'list'),
          () => this.#fold(random.pick(['filter', 'map', 'transform-list']), depth),
          () => this.#fold(random.pick(['filter', 'map']), depth),
          () => maybe('split', ['string', 'string'], 'int'),
          () => call(random.pick(['distinct', 'reverse', 'sort']), 'list'),
          () => maybe('flatten', ['list'], 'int'),
          () => t.call('sort', t.list(...Array.from({ length: random.between(1, 4) }, () => make(number)))),
          () => t.call('slice', make('list'), this.make('int', 0), this.make('int', 0)),
        );
      case 'map':
        return pick(
          () => t.map(...random.sample(KEYS, random.between(1, 3)).map((key) => [t.text(key), make(any())] as const)),
          () =>
            t.map(
              [make(random.pick(['string', 'int', 'bool', 'uint', 'double'])), make(any())],
              [t.text('k'), make(any())],
            ),
          () => this.#fold('transform-map', depth),
          () => this.#fold('transform-entry', depth),
        );
      case 'timestamp':
        return pick(
          () => t.call('timestamp', make(random.pick(['string', 'int', 'timestamp']))),
          () => call(random.pick(['add', 'subtract']), 'timestamp', 'duration'),
          () => t.typed(this.make(random.pick(['timestamp', 'string']), 0), { kind: 'timestamp' }),
        );
      case 'duration':
        return pick(
          () => t.call('duration', make(random.pick(['string', 'duration']))),
          () => call(random.pick(['add', 'subtract']), 'duration', 'duration'),
          () => call('subtract', 'timestamp', 'timestamp'),
        );
      case 'optional':
        return pick(
          () => t.call(random.pick(['optional.of', 'optional.ofNonZeroValue']), make(any())),
          () => t.call('optional-select', make(random.pick(['map', 'map', 'optional'])), t.text(random.pick(KEYS))),
          () => t.call('optional-index', make('list'), make('int')),
          () => t.call('optional-index', make('map'), make('string')),
          () => call('or', 'optional', 'optional'),
        );
      default:
        return this.#literal('null');
    }
  }

  #comparison(depth: number): Term {
    const random = this.#random;
    const sort = random.pick(random.chance(0.5) ? ORDERED : SORTS);
    const other = NUMBERS.includes(sort) && random.chance(0.4) ? random.pick(NUMBERS) : sort;
    const fn = random.pick<TermFunction>(ORDERED.includes(sort) ? ['equal', 'less', 'less-equal'] : ['equal']);
    return t.call(fn, this.make(sort, depth), this.make(other, depth));
  }

  #time(depth: number): Term {
    const random = this.#random;
    const fn = random.pick<TermFunction>([
      'getFullYear',
      'getMonth',
      'getDate',
      'getDayOfMonth',
      'getDayOfWeek',
      'getDayOfYear',
      'getHours',
      'getMinutes',
      'getSeconds',
      'getMilliseconds',
    ]);
    const subject = this.make(random.pick(['timestamp', 'timestamp', 'duration']), depth);
    return random.chance(0.5)
      ? t.call(fn, subject)
      : t.call(fn, subject, t.constant({ kind: 'zone', name: random.pick(ZONES) }));
  }

  #fold(op: (Term & { readonly kind: 'fold' })['op'], depth: number): Term {
    const random = this.#random;
    const isTwo = op.startsWith('transform') || random.chance(0.2) === (op !== 'filter' && op !== 'map');
    const over = this.make(random.pick(['list', 'list', 'map']), depth);
    const element = random.pick<Sort>(['int', 'double', 'string', 'list', 'map']);
    return this.#with(isTwo ? ['int', element] : [element], (first) => {
      const filter =
        op !== 'map' && !op.startsWith('transform') ? null : random.chance(0.4) ? this.make('bool', depth) : null;
      const isTest = op === 'exists' || op === 'all' || op === 'exists-one' || op === 'filter';
      const body =
        op === 'transform-entry'
          ? t.map([
              random.chance(0.7) ? t.variable(first) : this.make('string', depth),
              this.make(random.pick(SORTS), depth),
            ])
          : this.make(isTest ? 'bool' : random.pick(SORTS), depth);
      return (isTwo ? t.fold2 : t.fold)(op, over, first, body, filter);
    });
  }
}
