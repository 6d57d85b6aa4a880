// What the term machine computes, against JavaScript's own numbers, texts and dates, on both full builds: where an exact answer takes
// an algorithm. The rest is for the conformance cases, the official suite and test/differential/terms.test.ts.

import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Term, TermFunction } from '../../compiler/check/terms.ts';
import { CoreInstance, type Engine, load } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import * as t from '../terms.ts';

const CORES = [new CoreInstance(fullModule()), new CoreInstance(fullScalarModule())];
const opened: Engine[] = [];
afterAll(() => {
  for (const engine of opened) engine.dispose();
});

type Answer = 'true' | 'false' | 'unknown';

/** What a term is of arguments; both builds must agree. */
function question(term: Term): (args: object) => Answer {
  const artifact = t.artifactOf(term);
  const engines = CORES.map((core) => load(artifact, { core }));
  opened.push(...engines);
  return (args) => {
    const answers = engines.map((engine): Answer => {
      const verdict = engine.decide({ tool: 'x', args });
      expect(verdict.status).toBe('ok');
      return verdict.unknown.length > 0 ? 'unknown' : verdict.rules.length > 0 ? 'true' : 'false';
    });
    expect(answers[1]).toBe(answers[0]);
    return answers[0] ?? 'unknown';
  };
}

const [A, B, C, IS] = ['args.a', 'args.b', 'args.c', 'args.is'].map(t.attribute) as [Term, Term, Term, Term];

/** Whether a function of the arguments `a`, `b`, `c` gives `is`. */
function giving(fn: TermFunction, ...operands: readonly Term[]): (args: object) => Answer {
  return question(t.call('equal', t.call(fn, ...operands), IS));
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const EDGES = [0n, 1n, -1n, 2n, INT64.min, INT64.max, 2n ** 32n, -(2n ** 32n), 3_037_000_500n];
const int64 = fc.oneof(fc.bigInt(INT64), fc.constantFrom(...EDGES));
const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;
/** Every bit pattern that is a finite double. */
const finite = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((bits) => new Float64Array(new BigUint64Array([bits]).buffer)[0] ?? 0)
  .filter(Number.isFinite);
const double = fc.oneof(
  finite,
  fc.constantFrom(0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2 ** 53, 1e21, 1e-6, 1e-7, 1e23, 4.35),
);
const RUNS = { seed: 1, numRuns: 1000 };

/** More digits than any double needs; the most that JavaScript writes. */
const BEYOND_EXACT = 30;
const MOST_DIGITS = 100;

describe('numbers', () => {
  it('ints are exact in 64 bits or unknown (LANGUAGE.md 4.12)', () => {
    const operations: readonly (readonly [TermFunction, (x: bigint, y: bigint) => bigint])[] = [
      ['add', (x, y) => x + y],
      ['subtract', (x, y) => x - y],
      ['multiply', (x, y) => x * y],
      ['divide', (x, y) => x / y],
      ['modulo', (x, y) => x % y],
    ];
    for (const [fn, of] of operations) {
      const ask = giving(fn, A, B);
      fc.assert(
        fc.property(int64, int64, (a, b) => {
          const isPartial = (fn === 'divide' || fn === 'modulo') && b === 0n;
          const result = isPartial ? null : of(a, b);
          const isKnown = result !== null && isInt64(result);
          expect(ask({ a, b, is: result !== null && isKnown ? result : 0n })).toBe(isKnown ? 'true' : 'unknown');
        }),
        { seed: 1, numRuns: 300 },
      );
    }
  });

  it('the text of a double is the shortest that reads back, and reading is exact (LANGUAGE.md 4.14)', () => {
    const written = giving('string', A);
    const read = giving('double', A);
    fc.assert(
      fc.property(double, (value) => {
        expect(written({ a: value, is: Object.is(value, -0) ? '-0' : String(value) })).toBe('true');
        for (const text of [String(value), value.toExponential(BEYOND_EXACT), value.toPrecision(17)]) {
          expect(read({ a: text, is: value }), text).toBe('true');
        }
      }),
      RUNS,
    );
  });

  it('reading rounds halves to even, whatever follows far behind (LANGUAGE.md 4.14)', () => {
    const read = giving('double', A);
    for (const text of [
      '9007199254740993',
      `9007199254740993.${'0'.repeat(100)}1`,
      `9007199254740992.${'9'.repeat(100)}`,
      '9007199254740995',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      '2.2250738585072011e-308',
      '1.7976931348623158e308',
      `0.${'0'.repeat(100)}1e101`,
      `${'1'.repeat(100)}e-400`,
    ]) {
      expect(read({ a: text, is: Number(text) }), text).toBe('true');
    }
    for (const text of ['1.7976931348623159e308', '1e400', '', '.', 'e5', '1e', ' 1', '1_0', '0x1', '1'.repeat(129)]) {
      expect(read({ a: text, is: 0 }), text).toBe('unknown');
    }
  });

  it('%f and %e write the exact value, rounded half to even (LANGUAGE.md 4.16)', () => {
    const ask = question(t.call('equal', t.call('format', B, t.list(A)), IS));
    fc.assert(
      fc.property(double, fc.nat(20), (value, precision) => {
        // JavaScript rounds halves away from zero.
        fc.pre(!isTie(value, precision) && !Object.is(value, -0));
        const [mantissa = '', exponent = ''] = value.toExponential(precision).split('e');
        const power = Number(exponent);
        const size = String(Math.abs(power)).padStart(2, '0');
        expect(ask({ a: value, b: `%.${precision}e`, is: `${mantissa}e${power < 0 ? '-' : '+'}${size}` })).toBe('true');
      }),
      RUNS,
    );
    expect(ask({ a: 2.5, b: '%.0f', is: '2' })).toBe('true');
    expect(ask({ a: 3.5, b: '%.0f', is: '4' })).toBe('true');
    expect(ask({ a: 999.9996, b: '%.3f', is: '1000.000' })).toBe('true');
    expect(ask({ a: 9.9999, b: '%.3e', is: '1.000e+01' })).toBe('true');
    expect(ask({ a: 0.06, b: '%.1f', is: '0.1' })).toBe('true');
    expect(ask({ a: 0.04, b: '%.1f', is: '0.0' })).toBe('true');
    expect(ask({ a: -(2n ** 63n), b: '%.1f', is: '-9223372036854775808.0' })).toBe('true');
  });
});

/** Whether the digits behind `precision` decimals of the exponential form are exactly a half. */
function isTie(value: number, precision: number): boolean {
  const [mantissa = ''] = value.toExponential(MOST_DIGITS).split('e');
  return /^50*$/.test(mantissa.replace(/^-/, '').slice(2 + precision));
}

describe('texts', () => {
  const unit = fc.constantFrom('a', 'b', 'ab', 'é', '😀', ',');
  const text = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));
  const points = (value: string): string[] => Array.from(value);

  it('a text is found from either end, by code point, also where it repeats itself (LANGUAGE.md 4.15)', () => {
    const first = giving('indexOf', A, B);
    const last = giving('lastIndexOf', A, B);
    const lastFrom = giving('lastIndexOf', A, B, C);
    const count = (before: string, at: number): bigint => (at < 0 ? -1n : BigInt(points(before.slice(0, at)).length));
    const ab = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 14 }).map((units) => units.join(''));
    const pair = fc.oneof(
      fc.tuple(text, text),
      fc.tuple(ab, ab, ab).map(([x, y, z]): [string, string] => [x.repeat(3) + y + z + y, y]),
      fc.tuple(ab, fc.nat(3)).map(([x, n]): [string, string] => [x.repeat(6), x.repeat(n)]),
    );
    fc.assert(
      fc.property(pair, fc.nat(12), ([a, b], from) => {
        expect(first({ a, b, is: count(a, a.indexOf(b)) })).toBe('true');
        expect(last({ a, b, is: count(a, a.lastIndexOf(b)) })).toBe('true');
        const isInside = from <= points(a).length;
        const at = isInside ? a.lastIndexOf(b, points(a).slice(0, from).join('').length) : 0;
        expect(lastFrom({ a, b, c: BigInt(from), is: count(a, at) })).toBe(isInside ? 'true' : 'unknown');
      }),
      RUNS,
    );
  });

  it('split, replace and reverse are as JavaScript has them, by code point (LANGUAGE.md 4.15)', () => {
    const split = giving('split', A, B);
    const replaced = giving('replace', A, B, C);
    const reversed = giving('reverse', A);
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(split({ a, b, is: b === '' ? points(a) : a.split(b) })).toBe('true');
        const fresh =
          b === ''
            ? `${c}${points(a)
                .map((point) => point + c)
                .join('')}`
            : a.split(b).join(c);
        expect(replaced({ a, b, c, is: fresh })).toBe('true');
        expect(reversed({ a, is: points(a).reverse().join('') })).toBe('true');
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('bytes and base 64 turn into each other (LANGUAGE.md 4.15)', () => {
    const encoded = giving('base64.encode', A);
    const decoded = giving('base64.decode', A);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(encoded({ a: bytes, is: text })).toBe('true');
        expect(decoded({ a: text, is: bytes })).toBe('true');
        expect(decoded({ a: text.replace(/=+$/, ''), is: bytes })).toBe('true');
      }),
      { seed: 1, numRuns: 300 },
    );
    for (const wrong of ['aGk==', 'a', 'aGk=a', 'aG!k', 'YR==', '====']) {
      expect(decoded({ a: wrong, is: new Uint8Array() }), wrong).toBe('unknown');
    }
  });
});

describe('time', () => {
  const first = Date.UTC(2000, 0, 1) - 63_082_281_600_000; // 0001-01-01
  const last = Date.UTC(9999, 11, 31, 23, 59, 59);
  const date = fc.integer({ min: first / 1000, max: last / 1000 }).map((second) => new Date(second * 1000));

  it('every second from year 1 to 9999 has the text and the parts that Date gives it (LANGUAGE.md 4.14, 4.17)', () => {
    const written = giving('string', A);
    const read = giving('timestamp', A);
    const parts: readonly (readonly [(args: object) => Answer, (of: Date) => number])[] = [
      [giving('getFullYear', A), (of) => of.getUTCFullYear()],
      [giving('getMonth', A), (of) => of.getUTCMonth()],
      [giving('getDate', A), (of) => of.getUTCDate()],
      [giving('getDayOfMonth', A), (of) => of.getUTCDate() - 1],
      [giving('getDayOfWeek', A), (of) => of.getUTCDay()],
      [giving('getHours', A), (of) => of.getUTCHours()],
      [giving('getMinutes', A), (of) => of.getUTCMinutes()],
      [giving('getSeconds', A), (of) => of.getUTCSeconds()],
      [giving('getDayOfYear', A), (of) => (Date.parse(of.toISOString().slice(0, 10)) - yearStart(of)) / 86_400_000],
    ];
    fc.assert(
      fc.property(date, (a) => {
        const text = a.toISOString().replace('.000Z', 'Z');
        expect(written({ a, is: text })).toBe('true');
        expect(read({ a: text, is: a })).toBe('true');
        for (const [ask, of] of parts) expect(ask({ a, is: of(a) })).toBe('true');
      }),
      RUNS,
    );
  });
});

function yearStart(of: Date): number {
  return Date.parse(`${of.toISOString().slice(0, 4)}-01-01`);
}

describe('lists', () => {
  it('sort is stable, and by number, code point or time (LANGUAGE.md 4.19)', () => {
    const sorted = giving('sort', A);
    const numbers = fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), double), { maxLength: 70 });
    fc.assert(
      fc.property(numbers, (a) => {
        expect(sorted({ a, is: [...a].sort((x, y) => x - y) })).toBe('true');
      }),
      { seed: 1, numRuns: 300 },
    );
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\u{ffff}', '\u{10000}'), maxLength: 3 }));
    fc.assert(
      fc.property(texts, (a) => {
        expect(sorted({ a, is: [...a].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))) })).toBe('true');
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(sorted({ a: [1, 'a'], is: [] })).toBe('unknown');
    expect(sorted({ a: [1, Number.NaN], is: [] })).toBe('unknown');
    expect(sorted({ a: [[]], is: [] })).toBe('unknown');
  });
});

describe('addresses', () => {
  const group = fc.oneof(
    fc.constant('0'),
    fc.constant('0'),
    fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16)),
  );
  const whole = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'));
  const short = fc
    .tuple(fc.array(group, { maxLength: 7 }), fc.array(group, { maxLength: 7 }))
    .map(([before, after]) => `${before.join(':')}::${after.join(':')}`);

  it('an address is written as URL writes it, and read where Node reads it (LANGUAGE.md 4.20)', () => {
    const written = question(t.call('equal', t.call('string', t.call('ip', A)), IS));
    const isAddress = giving('isIP', A);
    fc.assert(
      fc.property(
        fc.oneof(whole, short, fc.ipV4(), fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '.') })),
        (a) => {
          // An embedded IPv4 address is none here.
          const isOne = isIP(a) !== 0 && !(a.includes(':') && a.includes('.'));
          expect(isAddress({ a, is: isOne }), a).toBe('true');
          if (!isOne) return;
          const host = new URL(`http://${a.includes(':') ? `[${a}]` : a}/`).hostname;
          expect(written({ a, is: host.replace(/^\[|\]$/g, '') }), a).toBe('true');
        },
      ),
      RUNS,
    );
  });

  it('a prefix contains what BlockList says it does (LANGUAGE.md 4.20)', () => {
    const contains = question(t.call('equal', t.call('containsIP', t.call('cidr', A), B), IS));
    const v4 = fc.tuple(fc.ipV4(), fc.nat(32), fc.ipV4());
    const near = fc.tuple(whole, fc.nat(128), fc.nat(7), group).map(([a, length, at, changed]) => {
      const groups = a.split(':');
      groups[at] = changed;
      return [a, length, groups.join(':')] as const;
    });
    fc.assert(
      fc.property(fc.oneof(v4, near), ([a, length, b]) => {
        const list = new BlockList();
        const family = a.includes(':') ? 'ipv6' : 'ipv4';
        list.addSubnet(a, length, family);
        expect(contains({ a: `${a}/${length}`, b, is: list.check(b, family) }), `${a}/${length} ${b}`).toBe('true');
      }),
      RUNS,
    );
  });
});

describe('checks', () => {
  it('numbers of cards and accounts are told by their check digits (LANGUAGE.md 4.24)', () => {
    const luhn = giving('luhn', A);
    const cards: readonly (readonly [string, boolean])[] = [
      ['4111 1111 1111 1111', true],
      ['4111-1111-1111-1112', false],
      ['79927398713', true],
      ['00', true],
      ['0', false],
      ['', false],
      ['4111x11111111111', false],
    ];
    for (const [a, is] of cards) expect(luhn({ a, is }), a).toBe('true');
    const iban = giving('iban', A);
    const accounts: readonly (readonly [string, boolean])[] = [
      ['GB82 WEST 1234 5698 7654 32', true],
      ['DE89370400440532013000', true],
      ['MT84MALT011000012345MTLCAST001S', true],
      ['DE89370400440532013001', false],
      ['gb82WEST12345698765432', false],
      ['G182WEST12345698765432', false],
      ['GB82', false],
    ];
    for (const [a, is] of accounts) expect(iban({ a, is }), a).toBe('true');
    expect(luhn({ a: 4, is: true })).toBe('unknown');
  });

  it('entropy is that of the bytes (LANGUAGE.md 4.24)', () => {
    const ask = giving('entropy', A);
    const shannon = (text: string): number => {
      const bytes = [...Buffer.from(text)];
      const parts = [...new Set(bytes)].map((byte) => bytes.filter((other) => other === byte).length / bytes.length);
      return Math.round(parts.reduce((sum, p) => sum - p * Math.log2(p), 0) * 65_536) / 65_536;
    };
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (a) => {
        expect(ask({ a, is: shannon(a) })).toBe('true');
      }),
      { seed: 1, numRuns: 500 },
    );
    expect(ask({ a: 'abcdefgh', is: 3 })).toBe('true');
  });
});

describe('limits', () => {
  const doubled = (base: Term, times: number, body: Term): Term => {
    let term = body;
    for (let i = 0; i < times; i += 1) term = t.bind(t.call('add', t.variable(0), t.variable(0)), 0, term);
    return t.bind(base, 0, term);
  };

  it('a term ends at 1,048,576 bytes of room, exactly (LANGUAGE.md 5.10)', () => {
    // 16 + 32 + … + 2^19: 2^20 - 16 bytes, and `reverse` of a text takes its own again.
    const left = (bytes: number): Term =>
      doubled(t.text('x'.repeat(8)), 16, t.call('equal', t.call('reverse', A), t.text('y'.repeat(bytes))));
    expect(question(left(16))({ a: 'y'.repeat(16) })).toBe('true');
    expect(question(left(17))({ a: 'y'.repeat(17) })).toBe('unknown');
  });

  it('a term ends at 1,048,576 steps, exactly (LANGUAGE.md 5.10)', () => {
    const visit = (over: Term, first: number, body: Term): Term => t.fold('all', over, first, body);
    const ask = question(visit(A, 0, visit(B, 1, t.bool(true))));
    const list = (size: number): null[] => Array.from({ length: size }, () => null);
    expect(ask({ a: list(1024), b: list(1023) })).toBe('true');
    expect(ask({ a: list(1025), b: list(1023) })).toBe('unknown');
    const absorbed = question(t.or(t.call('not', visit(A, 0, visit(B, 1, t.bool(true)))), t.bool(true)));
    expect(absorbed({ a: list(2000), b: list(2000) })).toBe('unknown'); // the whole term, not its part
  });

  it('values nested deeper than any policy nests them are unknown, and never a trap (FORMAT.md 3.7)', () => {
    const wrapped = (times: number, body: Term): Term => {
      let term = body;
      for (let i = 0; i < times; i += 1) term = t.bind(t.list(t.variable(0)), 0, term);
      return t.bind(A, 0, term);
    };
    const v = t.variable(0);
    const one = t.int(1n);
    for (const body of [
      t.call('equal', v, v),
      t.call('equal', t.call('size', t.call('flatten', v, t.int(2n ** 60n))), one),
      t.call('less', t.text(''), t.call('format', t.text('%s'), t.list(v))),
    ]) {
      expect(question(wrapped(100, body))({ a: 1n })).toBe('true');
      expect(question(wrapped(2000, body))({ a: 1n })).toBe('unknown');
    }
  });
});
