// The host's small parts on their own: UTF-8, copies of arguments.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../../host-js/snapshot.ts';
import { isWellFormed, utf8Length } from '../../host-js/text.ts';

const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) });

describe('UTF-8 of JavaScript strings (LANGUAGE.md 3.6)', () => {
  it('a length is that of the encoder, which counts 3 for a lone surrogate', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });

  it('a string with a lone surrogate, and no other, is ill-formed', () => {
    expect(['a', 'é', '😀', '\ud83d\ude00'].map(isWellFormed)).toEqual([true, true, true, true]);
    expect(['\ud800', 'a\udc00', '\ude00\ud83d', '\ud83d'].map(isWellFormed)).toEqual([false, false, false, false]);
  });
});

describe('snapshot: what was decided is what runs', () => {
  it('copies JSON values deeply, and shares nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = snapshot(value);
        expect(copy).toEqual(value);
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
      }),
    );
  });

  it('makes own properties of names that are inherited, and runs no setter that is', () => {
    const ran: unknown[] = [];
    const set = (value: unknown): void => {
      ran.push(value);
    };
    // oxlint-disable-next-line no-extend-native -- what a polluted program has
    Object.defineProperty(Object.prototype, 'amount', { set, get: () => 0, configurable: true });
    try {
      const copy = snapshot(JSON.parse('{"amount": 5, "constructor": "c", "list": [{"toString": 1}]}'));
      expect(Object.getOwnPropertyDescriptor(copy, 'amount')?.value).toBe(5);
      expect(JSON.stringify(copy)).toBe('{"amount":5,"constructor":"c","list":[{"toString":1}]}');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'amount');
    }
    expect(ran).toEqual([]);
  });

  it('keeps an own property called `__proto__` one', () => {
    const copy = snapshot(JSON.parse('{"__proto__": {"admin": true}}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  it('refuses what has parts that cannot be copied, and calls no getter', () => {
    let calls = 0;
    const getter = {
      get amount(): number {
        calls += 1;
        return 5;
      },
    };
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
    const sparse = [1, , 3];
    const odd = [getter, cycle, sparse, new Map(), new Date(0), () => 1, Symbol('s'), { [Symbol('s')]: 1 }];
    for (const value of odd) expect(() => snapshot({ value })).toThrow();
    expect(calls).toBe(0);
  });

  it('parts that share parts end in a refusal, not in a copy without end', () => {
    let shared: unknown = 'x';
    for (let level = 0; level < 60; level += 1) shared = [shared, shared];
    expect(() => snapshot(shared)).toThrow('too many values');
  });
});
