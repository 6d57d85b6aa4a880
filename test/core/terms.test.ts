// Terms from the checked policy to the verdict, on both full builds: code, verification, trees in objects and in bytes (LANGUAGE.md
// 5.9, 5.10; FORMAT.md 3.6 to 3.9, 4.7). What each function means is for the conformance cases and the official suite.

import { describe, expect, it } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import type { Term } from '../../compiler/check/terms.ts';
import { lower } from '../../compiler/ir/lower.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { type Cause, CoreInstance, load } from '../../host-js/full.ts';
import { load as loadSmall } from '../../host-js/index.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import * as t from '../terms.ts';

const CORES = [new CoreInstance(fullModule()), new CoreInstance(fullScalarModule())];
type Answer = 'true' | 'false' | Cause;

/** What the term is of this request, every way it can come. */
function ask(term: Term, request: object, options: { readonly maxStringBytes?: number } = {}): Answer {
  const answers = new Set<Answer>();
  const artifact = t.artifactOf(term);
  for (const core of CORES) {
    const engine = load(artifact, { core, ...options });
    expect(engine.status).toBe('ok');
    const call = { tool: 'x', ...request };
    for (const verdict of [
      engine.decide(call),
      engine.session(call).decide(call),
      engine.decideBytes(engine.encode(call)),
      engine.decideBytes(engine.encode(call, { form: 'keyed' })),
    ]) {
      expect(verdict.status).toBe('ok');
      const [unknown] = verdict.unknown;
      answers.add(unknown?.cause ?? (verdict.rules.length > 0 ? 'true' : 'false'));
    }
    engine.dispose();
  }
  expect([...answers]).toHaveLength(1);
  return [...answers][0] ?? 'computation';
}

const A = t.attribute('args.a');
const is = (left: Term, right: Term): Term => t.call('equal', left, right);

describe('terms on the full cores', () => {
  it('the small core refuses an artifact with terms, and the engine says what to load (LANGUAGE.md 10.1)', () => {
    const engine = loadSmall(t.artifactOf(is(A, t.text('x'))));
    expect(engine.status).toBe('artifact-unsupported');
    expect(engine.help).toContain('lictor/full');
    expect(engine.decide({ tool: 'x' }).decision).toBe('deny');
  });

  it('an attribute is its whole tree (LANGUAGE.md 5.9)', () => {
    const deep = is(t.select(t.call('index', t.select(A, 'list'), t.int(1n)), 'k'), t.text('é'.repeat(30)));
    const value = { list: [0, { k: 'é'.repeat(30) }], other: 'x'.repeat(100) };
    expect(ask(deep, { args: { a: value } })).toBe('true');
    expect(ask(deep, { args: { a: { list: [0, { k: 'e' }] } } })).toBe('false');
    expect(ask(deep, { args: { a: { list: [0] } } })).toBe('computation');
    expect(ask(deep, { args: {} })).toBe('missing');
  });

  it('null is a value, and has asks for presence (LANGUAGE.md 5.9, 4.2)', () => {
    const isNull = is(A, t.constant({ kind: 'null' }));
    expect(ask(isNull, { args: { a: null } })).toBe('true');
    expect(ask(isNull, { args: { a: 0 } })).toBe('false');
    expect(ask(t.present('args.a'), { args: { a: null } })).toBe('true');
    expect(ask(t.present('args.a'), { args: {} })).toBe('false');
  });

  it.each<[string, unknown, Term]>([
    ['a number', 1.5, t.double(1.5)],
    ['NaN is unequal', true, t.bool(true)],
    ['a BigInt', -(2n ** 63n), t.int(-(2n ** 63n))],
    ['a large BigInt', 2n ** 64n - 1n, t.constant({ kind: 'uint', value: 2n ** 64n - 1n })],
    ['a text', 'naïve', t.text('naïve')],
    ['bytes', new Uint8Array([1, 2, 255]), t.constant({ kind: 'bytes', value: new Uint8Array([1, 2, 255]) })],
    ['no bytes', new Uint8Array(0), t.constant({ kind: 'bytes', value: new Uint8Array(0) })],
    ['a Date', new Date(-1500), t.constant({ kind: 'timestamp', seconds: -2n, nanos: 500_000_000 })],
    ['an empty list', [], t.list()],
    ['an empty object', {}, t.map()],
    ['a list', [1, 'a', [true]], t.list(t.double(1), t.text('a'), t.list(t.bool(true)))],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['k', 1],
        [true, 2],
        [3n, 3],
      ]),
      t.map([t.int(3n), t.double(3)], [t.bool(true), t.double(2)], [t.text('k'), t.double(1)]),
    ],
    [
      'an object',
      { b: null, a: new Date(0) },
      t.map(
        [t.text('a'), t.constant({ kind: 'timestamp', seconds: 0n, nanos: 0 })],
        [t.text('b'), t.constant({ kind: 'null' })],
      ),
    ],
  ])('%s is carried as it is, alone and inside (LANGUAGE.md 5.9)', (_, value, expected) => {
    expect(ask(is(A, expected), { args: { a: value } })).toBe('true');
    expect(ask(is(t.select(A, 'in'), expected), { args: { a: { in: value } } })).toBe('true');
    expect(ask(is(A, expected), { args: { a: 'other' } })).toBe('false');
  });

  it('what terms do not know is of wrong type, wherever it stands (LANGUAGE.md 5.10)', () => {
    for (const value of [
      () => 1,
      Symbol('s'),
      2n ** 64n,
      -(2n ** 63n) - 1n,
      new Date(Number.NaN),
      [undefined],
      new Map([[1, 2]]),
    ]) {
      expect(ask(is(A, A), { args: { a: value } })).toBe('type');
      expect(ask(is(A, A), { args: { a: [value] } })).toBe('type');
    }
  });

  it('an ill-formed text anywhere makes the attribute unknown (LANGUAGE.md 5.10)', () => {
    expect(ask(is(A, A), { args: { a: '\ud800' } })).toBe('encoding');
    expect(ask(is(A, A), { args: { a: { k: ['\ud800'] } } })).toBe('encoding');
    expect(ask(is(A, A), { args: { a: { '\ud800': 1 } } })).toBe('encoding');
    expect(ask(is(A, A), { args: { a: ['\ud800', Symbol('s')] } })).toBe('type');
  });

  it('trees are limited in elements, depth and bytes, and cycles end (LANGUAGE.md 5.10)', () => {
    const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);
    const isList = t.call('less-equal', t.int(0n), t.call('size', A));
    expect(ask(isList, { args: { a: nest(32) } })).toBe('true');
    expect(ask(isList, { args: { a: nest(33) } })).toBe('limit');
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(ask(isList, { args: { a: cycle } })).toBe('limit');
    expect(ask(isList, { args: { a: Array.from({ length: 65_536 }, () => 0) } })).toBe('true');
    expect(ask(isList, { args: { a: Array.from({ length: 65_537 }, () => 0) } })).toBe('limit');
    expect(ask(isList, { args: { a: [{ k: 'é'.repeat(4) }, 'x'] } }, { maxStringBytes: 10 })).toBe('true');
    expect(ask(isList, { args: { a: [{ k: 'é'.repeat(4) }, 'xx'] } }, { maxStringBytes: 10 })).toBe('limit');
    expect(ask(isList, { args: { a: ['\ud800'.repeat(4)] } }, { maxStringBytes: 10 })).toBe('limit');
    const wide = Object.fromEntries(Array.from({ length: 32_769 }, (_, i) => [`k${i}`, i]));
    expect(ask(isList, { args: { a: wide } }, { maxStringBytes: 1_048_576 })).toBe('limit');
  });

  it('getters are not called, what is inherited or undefined is not there (LANGUAGE.md 3.5, 5.10)', () => {
    const value: object = Object.create({ inherited: 1 }) as object;
    Object.defineProperty(value, 'getter', {
      get: () => {
        throw new Error('called');
      },
      enumerable: true,
    });
    Object.defineProperty(value, 'hidden', { value: 1, enumerable: false });
    Object.assign(value, { undef: undefined });
    expect(ask(is(A, t.map([t.text('hidden'), t.double(1)])), { args: { a: value } })).toBe('true');
  });

  it('and, or, choose and bind run in order (LANGUAGE.md 5.9)', () => {
    const one = t.typed(t.attribute('args.n'), { kind: 'int' });
    const below = (n: bigint): Term => t.call('less', one, t.int(n));
    expect(ask(t.and(below(5n), below(4n), below(3n)), { args: { n: 2 } })).toBe('true');
    expect(ask(t.and(below(5n), below(4n), below(1n)), { args: { n: 2 } })).toBe('false');
    expect(ask(t.and(t.bool(false), below(1n)), { args: {} })).toBe('false');
    expect(ask(t.and(below(1n), t.bool(false)), { args: {} })).toBe('false');
    expect(ask(t.or(below(1n), t.bool(true)), { args: {} })).toBe('true');
    expect(ask(t.or(below(1n), t.bool(false)), { args: {} })).toBe('missing');
    expect(ask(t.choose(below(3n), t.bool(true), below(0n)), { args: { n: 1 } })).toBe('true');
    expect(ask(t.choose(below(3n), t.bool(true), t.bool(false)), { args: { n: 7 } })).toBe('false');
    expect(ask(t.choose(below(3n), t.bool(true), t.bool(true)), { args: { n: 0.5 } })).toBe('computation');
    expect(
      ask(t.bind(one, 0, t.call('equal', t.call('add', t.variable(0), t.variable(0)), t.int(4n))), { args: { n: 2 } }),
    ).toBe('true');
  });

  it('comprehensions run over lists and maps, nested too (LANGUAGE.md 4.21)', () => {
    const positive = (over: Term, first: number): Term =>
      t.fold('all', over, first, t.call('less', t.double(0), t.variable(first)));
    expect(ask(positive(A, 0), { args: { a: [1, 2] } })).toBe('true');
    expect(ask(positive(A, 0), { args: { a: [1, -2] } })).toBe('false');
    const nested = t.fold('exists', A, 0, positive(t.variable(0), 1));
    expect(ask(nested, { args: { a: [[-1], [1]] } })).toBe('true');
    const pairs = t.fold2(
      'transform-map',
      A,
      0,
      t.call('size', t.variable(1)),
      is(t.call('size', t.variable(0)), t.int(1n)),
    );
    expect(ask(is(pairs, t.map([t.text('x'), t.int(2n)])), { args: { a: { x: 'ab', long: '' } } })).toBe('true');
    const mapped = t.fold('map', A, 0, t.call('string', t.variable(0)), t.call('less', t.double(1), t.variable(0)));
    expect(ask(is(mapped, t.list(t.text('2'), t.text('3'))), { args: { a: [1, 2, 3] } })).toBe('true');
  });

  it('a typed part is read as its type, an enum as one of its values (LANGUAGE.md 5.9)', () => {
    const among = t.typed(A, { kind: 'enum', values: ['a', 'b'] });
    expect(ask(is(among, t.text('b')), { args: { a: 'b' } })).toBe('true');
    expect(ask(is(among, t.text('b')), { args: { a: 'c' } })).toBe('computation');
    expect(
      ask(is(t.typed(A, { kind: 'timestamp' }), t.constant({ kind: 'timestamp', seconds: 0n, nanos: 0 })), {
        args: { a: '1970-01-01T00:00:00Z' },
      }),
    ).toBe('true');
  });

  it('zones are data of the artifact (LANGUAGE.md 4.17)', () => {
    const hours = (zone: string): Term => t.call('getHours', A, t.constant({ kind: 'zone', name: zone }));
    const summer = { args: { a: new Date('2024-07-01T12:00:00Z') } };
    const winter = { args: { a: new Date('2024-01-01T12:00:00Z') } };
    expect(ask(is(hours('Europe/Berlin'), t.int(14n)), summer)).toBe('true');
    expect(ask(is(hours('Europe/Berlin'), t.int(13n)), winter)).toBe('true');
    expect(ask(is(hours('-05:30'), t.int(6n)), winter)).toBe('true');
  });

  it('a slot serves other views as well as terms, also where the tree is over a limit (LANGUAGE.md 3.6, 3.8, 5.10)', () => {
    const term = is(t.call('size', t.attribute('args.l')), t.call('size', t.attribute('args.o')));
    const artifact = encode(
      plan(
        lower(
          t.withTerms(
            `attributes: { args.l: list<string>, args.o: any }
rules:
  - { id: member, tool: x, effect: deny, when: '"b" in args.l' }
  - { id: list, tool: x, effect: deny, when: size(args.l) == 2 }
  - { id: object, tool: x, effect: deny, when: size(args.o) == 2 }
  - { id: term, tool: x, effect: deny, when: true }`,
            { term },
          ),
        ),
      ),
    );
    const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
    const cases: readonly (readonly [object, readonly string[], readonly string[]])[] = [
      [{ l: ['a', 'b'], o: { x: 1, y: ['z'] } }, ['member', 'list', 'object', 'term'], []],
      [{ l: ['a', 'b'], o: { x: 1, y: undefined } }, ['member', 'list', 'object'], []],
      [{ l: ['b'], o: new Map([['k', 1]]) }, ['member', 'term'], []],
      [{ l: ['a', 'b'], o: { x: 1, y: deep(40) } }, ['member', 'list', 'object'], ['term limit']],
      [{ l: ['a', deep(40)], o: { x: 1 } }, ['list'], ['member type', 'term limit']],
      [{ l: ['a', {}], o: { x: 1, y: 1n } }, ['list', 'object', 'term'], ['member type']],
      [{ l: [], o: new Date(0) }, [], ['term computation']],
    ];
    for (const core of CORES) {
      const engine = load(artifact, { core });
      for (const [args, rules, unknown] of cases) {
        for (const verdict of [
          engine.decide({ tool: 'x', args }),
          engine.decideBytes(engine.encode({ tool: 'x', args })),
          engine.decideBytes(engine.encode({ tool: 'x', args }, { form: 'keyed' })),
        ]) {
          expect(verdict.rules).toEqual(rules);
          expect(verdict.unknown.map(({ rule, cause }) => `${rule} ${cause}`)).toEqual(unknown);
        }
      }
      engine.dispose();
    }
  });

  it('of a call only what the terms for its tool read is looked at (LANGUAGE.md 10.3)', () => {
    const policy = t.withTerms(
      `rules:
  - { id: one, tool: x, effect: deny, when: true }
  - { id: two, tool: y, effect: deny, when: true }`,
      { one: is(A, t.text('a')), two: t.and(t.present('args.b'), is(t.attribute('args.c'), t.text('c'))) },
    );
    const artifact = encode(plan(lower(policy)));
    const [core] = CORES;
    const engine = load(artifact, core === undefined ? {} : { core });
    const seen = new Set<PropertyKey>();
    const watched = (): object =>
      new Proxy(
        { a: 'a', b: 'b', c: 'c' },
        {
          getOwnPropertyDescriptor: (target, key) => {
            seen.add(key);
            return Reflect.getOwnPropertyDescriptor(target, key);
          },
        },
      );
    // The first calls of a tool are read whole.
    for (const tool of ['x', 'y']) for (let i = 0; i < 4; i += 1) engine.decide({ tool, args: watched() });
    seen.clear();
    expect(engine.decide({ tool: 'x', args: watched() }).rules).toEqual(['one']);
    expect([...seen]).toEqual(['a']);
    seen.clear();
    expect(engine.decide({ tool: 'y', args: watched() }).rules).toEqual(['two']);
    expect([...seen]).toEqual(['b', 'c']);
    engine.dispose();
  });
});
