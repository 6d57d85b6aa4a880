// The residual machine against JavaScript's own strings and BigInt: opcodes.ts, FORMAT.md 3, LANGUAGE.md 4 and 5.

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as limits from '../../wasm-core/contract/limits.ts';
import * as op from '../../wasm-core/contract/opcodes.ts';
import { areBuilt, type Residual, ResidualCore, type Truth, view } from './helpers.ts';

const opened: ResidualCore[] = [];
afterAll(() => {
  for (const core of opened) core.close();
});

function residual(parts: Residual): ResidualCore {
  const core = new ResidualCore(parts);
  opened.push(core);
  return core;
}

const COMPARISONS: readonly {
  readonly code: number;
  readonly sign: string;
  readonly of: (order: number) => boolean;
}[] = [
  { code: op.COMPARE_EQ, sign: '==', of: (order) => order === 0 },
  { code: op.COMPARE_LT, sign: '<', of: (order) => order < 0 },
  { code: op.COMPARE_LE, sign: '<=', of: (order) => order <= 0 },
  { code: op.COMPARE_GT, sign: '>', of: (order) => order > 0 },
  { code: op.COMPARE_GE, sign: '>=', of: (order) => order >= 0 },
];

const literal = (code: number, a: number, b = 0): number => code | (a << 8) | (b << 16);
const truth = (holds: boolean): Truth => (holds ? 'true' : 'no');

function comparing(kind: number, compare: number, negated = 0): Residual {
  return {
    views: [view(1, kind), view(2, kind)],
    code: [op.OP_VIEW, 1, op.OP_VIEW, 2, literal(op.OP_COMPARE, compare, negated)],
  };
}

describe.skipIf(!areBuilt)('the residual machine', () => {
  test('texts compare by code point, also beyond the BMP (LANGUAGE.md 4.3)', () => {
    const cores = COMPARISONS.map((one) => ({ ...one, core: residual(comparing(codes.VIEW_STRING, one.code)) }));
    const near = fc.string({ unit: fc.constantFrom('a', 'b', '\u{ffff}', '\u{10000}', 'é'), maxLength: 12 });
    fc.assert(
      fc.property(near, near, (x, y) => {
        const order = Buffer.compare(Buffer.from(x), Buffer.from(y));
        for (const { core, of } of cores) expect(core.ask(x, y)).toBe(truth(of(order)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('an int and a double compare by mathematical value, exactly (LANGUAGE.md 4.3)', () => {
    const doubles = [
      2 ** 63,
      -(2 ** 63),
      2 ** 53,
      2 ** 53 + 2,
      0.5,
      -0.5,
      -0,
      1e300,
      -1e300,
      2 ** 53 + 4,
      2 ** 52 - 0.5,
    ];
    const ints = [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 52n, 2n ** 52n - 1n];
    for (const int of ints) {
      for (const { code, of } of COMPARISONS) {
        const core = residual({
          views: [view(1, codes.VIEW_DOUBLE)],
          constants: [{ kind: 'int', value: int }],
          code: [op.OP_CONSTANT, 0, op.OP_VIEW, 1, literal(op.OP_COMPARE, code)],
        });
        for (const double of doubles) {
          // JavaScript compares a bigint with a number by mathematical value too.
          const order = int < double ? -1 : int > double ? 1 : 0;
          expect([int, code, double, core.ask(double)]).toEqual([int, code, double, truth(of(order))]);
        }
        core.close();
      }
    }
  });

  test('int arithmetic is exact in 64 bits, else unknown; division truncates (LANGUAGE.md 4.4, 5.3)', () => {
    const edge = [
      0n,
      1n,
      -1n,
      2n,
      -2n,
      3n,
      7n,
      -7n,
      2n ** 31n,
      2n ** 32n,
      3037000500n,
      2n ** 62n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    const operators: readonly { readonly code: number; readonly of: (x: bigint, y: bigint) => bigint | null }[] = [
      { code: op.ARITHMETIC_ADD, of: (x, y) => x + y },
      { code: op.ARITHMETIC_SUB, of: (x, y) => x - y },
      { code: op.ARITHMETIC_MUL, of: (x, y) => x * y },
      { code: op.ARITHMETIC_DIV, of: (x, y) => (y === 0n ? null : x / y) },
      { code: op.ARITHMETIC_MOD, of: (x, y) => (y === 0n ? null : x % y) },
    ];
    for (const { code, of } of operators) {
      for (const x of edge) {
        for (const y of edge) {
          const exact = of(x, y);
          const fits = exact !== null && BigInt.asIntN(64, exact) === exact;
          const core = residual({
            views: [],
            constants: [
              { kind: 'int', value: x },
              { kind: 'int', value: y },
              { kind: 'int', value: fits ? exact : 0n },
            ],
            code: [
              op.OP_CONSTANT,
              0,
              op.OP_CONSTANT,
              1,
              literal(op.OP_ARITHMETIC, code),
              op.OP_CONSTANT,
              2,
              op.OP_COMPARE,
            ],
          });
          expect([code, x, y, core.ask()]).toEqual([code, x, y, fits ? 'true' : 'unknown']);
          core.close();
        }
      }
    }
  });

  test('double arithmetic is IEEE; NaN and division by zero are unknown, infinities are not (LANGUAGE.md 5.3)', () => {
    const dividing = (x: number, y: number): Truth => {
      const core = residual({
        views: [view(1, codes.VIEW_DOUBLE), view(2, codes.VIEW_DOUBLE)],
        constants: [{ kind: 'double', value: 1e308 }],
        code: [
          op.OP_VIEW,
          1,
          op.OP_VIEW,
          2,
          literal(op.OP_ARITHMETIC, op.ARITHMETIC_DIV),
          op.OP_CONSTANT,
          0,
          literal(op.OP_COMPARE, op.COMPARE_GT),
        ],
      });
      const answer = core.ask(x, y);
      core.close();
      return answer;
    };
    expect(dividing(1, 0)).toBe('unknown');
    expect(dividing(1, -0)).toBe('unknown');
    expect(dividing(1e308, 1e-308)).toBe('true');
    expect(dividing(1, 2)).toBe('no');
  });

  test('negating swaps true and false and leaves unknown alone (LANGUAGE.md 5.6)', () => {
    const core = residual(comparing(codes.VIEW_INT, op.COMPARE_LT, 1));
    expect([core.ask(1, 2), core.ask(2, 1), core.ask(1, undefined)]).toEqual(['no', 'true', 'unknown']);
  });

  test('a literal that reads an inapplicable attribute holds neither way, even beside an unknown one (LANGUAGE.md 5.2)', () => {
    const absent = [codes.ABSENT_MISSING, codes.ABSENT_INAPPLICABLE, codes.ABSENT_MISSING];
    for (const negated of [0, 1]) {
      const core = residual({ ...comparing(codes.VIEW_INT, op.COMPARE_EQ, negated), absent });
      expect(core.ask(undefined, undefined)).toBe('no');
      expect(core.ask(1, undefined)).toBe('unknown');
      expect(core.ask(undefined, 1)).toBe('no');
    }
  });

  test.each([
    { name: 'startsWith', code: op.TEXT_STARTS_WITH, of: (s: string, t: string) => s.startsWith(t) },
    { name: 'endsWith', code: op.TEXT_ENDS_WITH, of: (s: string, t: string) => s.endsWith(t) },
    { name: 'contains', code: op.TEXT_CONTAINS, of: (s: string, t: string) => s.includes(t) },
  ])('$name finds what JavaScript finds, periodic needles too (LANGUAGE.md 4.5)', ({ code, of }) => {
    const core = residual({
      views: [view(1, codes.VIEW_STRING), view(2, codes.VIEW_STRING)],
      code: [op.OP_VIEW, 1, op.OP_VIEW, 2, literal(op.OP_TEXT, code)],
    });
    const short = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 });
    const periodic = fc.tuple(short, fc.nat(8), short).map(([part, times, tail]) => part.repeat(times) + tail);
    const needle = fc.oneof(periodic, short);
    fc.assert(
      fc.property(needle, fc.array(fc.oneof(periodic, short), { maxLength: 4 }), fc.boolean(), (t, parts, within) => {
        const s = within ? parts.join(t) : parts.join('');
        expect(core.ask(s, t)).toBe(truth(of(s, t)));
      }),
      { seed: 2, numRuns: 3000 },
    );
  });

  test('contains takes linear time for the needles that defeat a naive search', () => {
    const core = residual({
      views: [view(1, codes.VIEW_STRING), view(2, codes.VIEW_STRING)],
      code: [op.OP_VIEW, 1, op.OP_VIEW, 2, literal(op.OP_TEXT, op.TEXT_CONTAINS)],
    });
    const s = 'a'.repeat(limits.MAX_STRING_BYTES_DEFAULT);
    const t = `${'a'.repeat(30_000)}b${'a'.repeat(2000)}`;
    const startMs = performance.now();
    expect(core.ask(s, t)).toBe('no');
    expect(performance.now() - startMs).toBeLessThan(500); // naive: a thousand million comparisons
  });

  test('size counts code points (LANGUAGE.md 3.8)', () => {
    const core = residual({
      views: [view(1, codes.VIEW_STRING), view(1, codes.VIEW_SIZE), view(2, codes.VIEW_INT)],
      code: [
        op.OP_VIEW,
        1,
        op.OP_SIZE,
        op.OP_VIEW,
        3,
        op.OP_COMPARE,
        op.OP_VIEW,
        2,
        op.OP_VIEW,
        3,
        op.OP_COMPARE,
        op.OP_AND,
      ],
    });
    for (const text of ['', 'a', 'é', '日本語', '\u{1f600}'.repeat(20), 'abcdefghijklmnopqrstuvwxyzéé\u{10000}']) {
      expect(core.ask(text, Array.from(text).length)).toBe('true');
      expect(core.ask(text, Array.from(text).length + 1)).toBe('no');
    }
  });

  describe('quantifiers (LANGUAGE.md 5.7, 5.8)', () => {
    const quantifier = (all: number, body: readonly number[], kind: number): Residual => ({
      views: [view(1, kind), view(2, codes.VIEW_STRING)],
      constants: [{ kind: 'string', value: 'x' }],
      code: [literal(op.OP_QUANTIFY, all), 1, body.length, ...body],
    });
    const startsWithX = [op.OP_ELEMENT, op.OP_CONSTANT, 0, literal(op.OP_TEXT, op.TEXT_STARTS_WITH)];

    test('exists folds or, all folds and; of no elements exists is false and all is true', () => {
      const exists = residual(quantifier(0, startsWithX, codes.VIEW_LIST_STRING));
      const all = residual(quantifier(1, startsWithX, codes.VIEW_LIST_STRING));
      for (const list of [[], ['x'], ['y'], ['y', 'x'], ['x', 'xy', 'x1']]) {
        expect(exists.ask(list, 's')).toBe(truth(list.some((item) => item.startsWith('x'))));
        expect(all.ask(list, 's')).toBe(truth(list.every((item) => item.startsWith('x'))));
      }
    });

    test('an unknown list makes an unknown quantifier, an element of another type a list of wrong type (3.6)', () => {
      const exists = residual(quantifier(0, startsWithX, codes.VIEW_LIST_STRING));
      expect([exists.ask(undefined, ''), exists.ask(null, ''), exists.ask('x', ''), exists.ask(['x', 1], '')]).toEqual([
        'unknown',
        'unknown',
        'unknown',
        'unknown',
      ]);
    });

    test('steps: 65,536 are decided, one element more is unknown, whatever the elements say (5.8)', () => {
      const counted = [op.OP_VIEW, 2, op.OP_ELEMENT, literal(op.OP_TEXT, op.TEXT_CONTAINS, 2)];
      const exists = residual(quantifier(0, counted, codes.VIEW_LIST_STRING));
      // 64 * 1023 + 63 bytes cost 1,024 steps each: 64 elements are allowed.
      const subject = 's'.repeat(64 * 1023 + 63);
      expect(exists.ask(Array(64).fill('s'), subject)).toBe('true');
      expect(exists.ask(Array(65).fill('s'), subject)).toBe('unknown');
      expect(exists.ask(Array(64).fill('z'), subject)).toBe('no');
      expect(exists.ask(Array(64).fill('s'), `${subject}s`)).toBe('unknown');
    });

    test('membership compares with every element (4.6)', () => {
      const member = residual({
        views: [view(1, codes.VIEW_INT), view(2, codes.VIEW_LIST_DOUBLE)],
        code: [op.OP_VIEW, 1, op.OP_MEMBER, 2],
      });
      expect([member.ask(2, [1, 2, 3]), member.ask(2, [2.5]), member.ask(0, [-0]), member.ask(1, [])]).toEqual([
        'true',
        'no',
        'true',
        'no',
      ]);
    });
  });

  test('an unknown rule is explained by what it reads, once per attribute and cause, else by its first read (LANGUAGE.md 6.3)', () => {
    const core = residual({
      views: [view(1, codes.VIEW_INT), view(2, codes.VIEW_INT), view(2, codes.VIEW_DOUBLE)],
      constants: [{ kind: 'int', value: 0n }],
      code: [
        [op.OP_VIEW, 1, op.OP_VIEW, 2, literal(op.OP_ARITHMETIC, op.ARITHMETIC_DIV), op.OP_CONSTANT, 0, op.OP_COMPARE],
        [op.OP_VIEW, 3, op.OP_CONSTANT, 0, literal(op.OP_COMPARE, op.COMPARE_GE), op.OP_AND],
      ].flat(),
    });
    core.ask('one', null);
    expect(core.causes()).toEqual([
      [1, codes.CAUSE_TYPE],
      [2, codes.CAUSE_NULL],
    ]);
    core.ask(1, 0);
    expect(core.causes()).toEqual([[1, codes.CAUSE_COMPUTATION]]);
    core.ask(1, 7.5);
    expect(core.causes()).toEqual([[2, codes.CAUSE_TYPE]]);
  });
});
