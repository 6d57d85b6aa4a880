// Projection: what is read of a request, and what stands in the staging area and in request bytes for it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArtifactContents } from '../../host-js/artifact.ts';
import { RequestEncoder } from '../../host-js/encode.ts';
import { kindOfObject } from '../../host-js/kinds.ts';
import { Projection } from '../../host-js/request.ts';
import type { Slot } from '../../host-js/slots.ts';
import {
  ENTRY_NONE,
  KIND_BOOL,
  KIND_ENTRY,
  KIND_LIST,
  KIND_LIST_TOO_LONG,
  KIND_MAP,
  KIND_MISSING,
  KIND_NULL,
  KIND_NUMBER,
  KIND_OTHER,
  KIND_STRING,
  KIND_STRING_ILL_FORMED,
  KIND_STRING_TOO_LONG,
  POINT_OUTPUT,
  STATUS_POINT_UNKNOWN,
  STATUS_REQUEST_INVALID,
} from '../../wasm-core/contract/codes.ts';
import { emptyStaging, type Held, heldInStaging, project, readRequest, slotsOf } from './staged.ts';

const MISSING: Held = [KIND_MISSING];

/** What `args.x` holds for a value. */
function x(value: unknown, maxStringBytes?: number): Held | undefined {
  const found = project(slotsOf(['args', 'x']), { tool: 't', args: { x: value } }, maxStringBytes);
  return typeof found === 'number' ? undefined : found[1];
}

function ones(length: number): number[] {
  return Array.from({ length }, () => 1);
}

describe('what is read (LANGUAGE.md 3.5)', () => {
  it('bytes in memory that grows meanwhile are as many as were measured', () => {
    const Growable = SharedArrayBuffer as unknown as new (
      size: number,
      options: object,
    ) => { grow(size: number): void };
    const memory = new Growable(2, { maxByteLength: 8 });
    const found = kindOfObject(new Uint8Array(memory as unknown as SharedArrayBuffer));
    memory.grow(8);
    expect(found).toMatchObject({ kind: 'bytes', sizeBytes: 2 });
    expect(found.kind === 'bytes' && found.bytes.length).toBe(2);
  });

  it('own data properties along the path, each shared step read once', () => {
    let reads = 0;
    const args = new Proxy(
      { a: { b: 1, c: 'two' } },
      {
        getOwnPropertyDescriptor(target, name) {
          reads += 1;
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
    const slots = slotsOf(['args', 'a', 'b'], ['args', 'a', 'c'], ['context', 'd'], ['principal', 'e', 'f']);
    const found = project(slots, { tool: 'pay', args, context: { d: null }, principal: { e: 5 } });
    expect(found).toEqual([[KIND_STRING, 'pay'], [KIND_NUMBER, 1], [KIND_STRING, 'two'], [KIND_NULL], MISSING]);
    expect(reads).toBe(1);
  });

  it('a getter is never called: it is missing', () => {
    let calls = 0;
    const get = (): number => {
      calls += 1;
      return 5;
    };
    const slots = slotsOf(['args', 'x'], ['context', 'x'], ['principal', 'x', 'y']);
    const request = Object.defineProperties(
      { context: Object.defineProperty({}, 'x', { get }), principal: { x: Object.defineProperty({}, 'y', { get }) } },
      { tool: { get }, args: { get } },
    );
    expect(project(slots, request)).toEqual([MISSING, MISSING, MISSING, MISSING]);
    const list = Object.defineProperty([1, 2], 0, { get });
    expect(x(list)).toEqual([KIND_LIST, [MISSING, [KIND_NUMBER, 2]]]);
    expect(calls).toBe(0);
  });

  it('inherited properties do not exist, on the request or on Object.prototype', () => {
    const slots = slotsOf(['args', 'amount'], ['args', 'value'], ['args', 'get']);
    const request: unknown = Object.create({ tool: 't', args: { amount: 1 } });
    expect(project(slots, request)).toEqual([MISSING, MISSING, MISSING, MISSING]);
    const polluted = ['amount', 'value', 'get', 'args', 'tool'];
    const accessor = Object.defineProperty({}, 'amount', { get: () => 1 });
    const requests = [{ args: {} }, { args: accessor }, { args: { amount: 1 } }];
    let found: unknown;
    try {
      // `get` is last, and assigned: a descriptor would inherit it.
      for (const name of polluted) Reflect.set(Object.prototype, name, 5);
      found = requests.map((given) => project(slots, given));
    } finally {
      for (const name of polluted) Reflect.deleteProperty(Object.prototype, name);
    }
    const nothing = [MISSING, MISSING, MISSING, MISSING];
    expect(found).toEqual([nothing, nothing, [MISSING, [KIND_NUMBER, 1], MISSING, MISSING]]);
  });

  it('no step goes into an array, a string or a function; a non-enumerable property is there', () => {
    const slots = slotsOf(['args', 'length'], ['context', 'length'], ['principal', 'name']);
    const request = { args: [1, 2], context: 'four', principal: function name(): void {} };
    expect(project(slots, request)).toEqual([MISSING, MISSING, MISSING, MISSING]);
    const hidden = Object.defineProperty({}, 'length', { value: true });
    expect(project(slots, { args: hidden })).toEqual([MISSING, [KIND_BOOL, true], MISSING, MISSING]);
  });

  it('`__proto__` and `constructor` are names like others', () => {
    const slots = slotsOf(['args', '__proto__', 'admin'], ['args', 'constructor']);
    expect(project(slots, { args: {} })).toEqual([MISSING, MISSING, MISSING]);
    const parsed: unknown = JSON.parse('{"args": {"__proto__": {"admin": true}, "constructor": "c"}}');
    expect(project(slots, parsed)).toEqual([MISSING, [KIND_BOOL, true], [KIND_STRING, 'c']]);
  });

  it('what no rule names is not looked at', () => {
    const traps = new Proxy({}, { getOwnPropertyDescriptor: () => expect.fail('looked') });
    expect(project(slotsOf(['args', 'x']), { context: traps, args: { x: 1, y: traps } })).toEqual([
      MISSING,
      [KIND_NUMBER, 1],
    ]);
  });

  it('what is no request is refused; `at` names a point or is refused (LANGUAGE.md 10.1)', () => {
    const slots = slotsOf();
    for (const value of [null, undefined, 1, 'x', [], () => 1])
      expect(project(slots, value)).toBe(-STATUS_REQUEST_INVALID);
    for (const at of ['nowhere', null, 4, 'toString', {}]) expect(project(slots, { at })).toBe(-STATUS_POINT_UNKNOWN);
    const projection = new Projection(slots, 65536);
    expect(projection.stageRequest(emptyStaging(), { at: 'output' })).toBe(POINT_OUTPUT);
  });
});

describe('what a value becomes (LANGUAGE.md 3.6)', () => {
  it('each kind of JavaScript value', () => {
    expect(x(true)).toEqual([KIND_BOOL, true]);
    expect(x(false)).toEqual([KIND_BOOL, false]);
    expect(x(-0.5)).toEqual([KIND_NUMBER, -0.5]);
    expect(x(Number.NaN)).toEqual([KIND_NUMBER, Number.NaN]);
    expect(x(null)).toEqual([KIND_NULL]);
    expect(x(undefined)).toEqual(MISSING);
    expect(x(5n)).toEqual([KIND_OTHER]);
    expect(x(Symbol('s'))).toEqual([KIND_OTHER]);
    expect(x(() => 1)).toEqual([KIND_OTHER]);
    expect(x({ a: 1, b: undefined, [Symbol('c')]: 1 })).toEqual([KIND_MAP, 2]);
    expect(x([])).toEqual([KIND_LIST, []]);
  });

  it('strings: short, long, not ASCII, at the limit, over it, with a lone surrogate', () => {
    for (const text of ['', 'a', 'é', '\0', 'a'.repeat(24), 'a'.repeat(25), `${'a'.repeat(40)}é😀`, '\ufeffbom']) {
      expect(x(text)).toEqual([KIND_STRING, text]);
    }
    for (const [text, sizeBytes] of [
      ['abcd', 4],
      ['éé', 4],
      ['é'.repeat(30), 60],
      ['😀', 4],
      ['x'.repeat(50), 50],
    ] as const) {
      expect(x(text, sizeBytes)).toEqual([KIND_STRING, text]);
      expect(x(text, sizeBytes - 1)).toEqual([KIND_STRING_TOO_LONG]);
    }
    for (const text of ['\ud800', 'abc\udc00', `${'a'.repeat(40)}\ud83d`])
      expect(x(text)).toEqual([KIND_STRING_ILL_FORMED]);
    // Too long comes before ill-formed; a lone surrogate counts 3.
    expect(x('\ud800', 3)).toEqual([KIND_STRING_ILL_FORMED]);
    expect(x('\ud800', 2)).toEqual([KIND_STRING_TOO_LONG]);
  });

  it('two texts whose ends would make a pair together stay ill-formed', () => {
    const slots = slotsOf(['args', 'a'], ['args', 'b']);
    const args = { a: `${'a'.repeat(30)}\ud83d`, b: `\ude00${'b'.repeat(30)}` };
    expect(project(slots, { args })).toEqual([MISSING, [KIND_STRING_ILL_FORMED], [KIND_STRING_ILL_FORMED]]);
  });

  it('lists element by element; all strings of one together have the limit', () => {
    // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
    const mixed = ['a', , null, 1.5, true, 'é'.repeat(20), {}, [1], undefined, '\ud800'];
    expect(x(mixed)).toEqual([
      KIND_LIST,
      [
        [KIND_STRING, 'a'],
        MISSING,
        [KIND_NULL],
        [KIND_NUMBER, 1.5],
        [KIND_BOOL, true],
        [KIND_STRING, 'é'.repeat(20)],
        [KIND_OTHER],
        [KIND_OTHER],
        MISSING,
        [KIND_STRING_ILL_FORMED],
      ],
    ]);
    expect(x(['abc', 'é'], 5)).toEqual([
      KIND_LIST,
      [
        [KIND_STRING, 'abc'],
        [KIND_STRING, 'é'],
      ],
    ]);
    expect(x(['abc', 'é'], 4)).toEqual([KIND_LIST_TOO_LONG, 2]);
    expect(x(['\ud800', 'a'], 3)).toEqual([KIND_LIST_TOO_LONG, 2]);
    expect(x(ones(4096))).toEqual([KIND_LIST, ones(4096).map((one) => [KIND_NUMBER, one])]);
    expect(x(ones(4097))).toEqual([KIND_LIST_TOO_LONG, 4097]);
    expect(x(Object.assign([], { length: 4_000_000_000 }))).toEqual([KIND_LIST_TOO_LONG, 4_000_000_000]);
  });

  it('empty texts and lists lie nowhere', () => {
    const slots = slotsOf(['args', 'a'], ['args', 'b'], ['args', 'c']);
    const staging = emptyStaging();
    new Projection(slots, 65536).stageRequest(staging, { args: { a: '', b: [], c: 'c'.repeat(41) } });
    expect([staging.bottom, staging.top]).toEqual([41, staging.size]);
    expect(heldInStaging(staging, 4)).toEqual([
      MISSING,
      [KIND_STRING, ''],
      [KIND_LIST, []],
      [KIND_STRING, 'c'.repeat(41)],
    ]);
    expect([1, 2].map((slot) => staging.u32[(staging.valuesAt + slot) * 2])).toEqual([0, 0]);
  });

  it('a list behind a proxy that lies about its length is no list', () => {
    for (const value of [-1, 0.5, 2 ** 32, Number.NaN, '1', null]) {
      const liar = new Proxy([1], {
        getOwnPropertyDescriptor: (list, key) =>
          key === 'length'
            ? { value, writable: true, enumerable: false, configurable: false }
            : Reflect.getOwnPropertyDescriptor(list, key),
      });
      expect(x(liar)).toEqual([KIND_OTHER]);
    }
  });

  it('the length of a list is its own property: a `get` trap is not asked (LANGUAGE.md 3.5)', () => {
    const liar = new Proxy(['a'], { get: () => 0 });
    expect(x(liar)).toEqual(x(['a']));
  });
});

describe('dictionaries (contract/codes.ts KIND_ENTRY)', () => {
  const vocabulary = (closed: boolean): Slot[] =>
    slotsOf(['args', 'x']).map((slot) =>
      slot.index === 0
        ? slot
        : {
            ...slot,
            entries: new Map([
              ['read', 0],
              ['écrire', 1],
            ]),
            closed,
          },
    );
  const entry = (value: unknown, closed: boolean, max?: number): unknown => {
    const found = project(vocabulary(closed), { args: { x: value } }, max);
    return typeof found === 'number' ? found : found[1];
  };

  it('a text in the dictionary is its entry; another is none, or the text where something looks at it', () => {
    expect(entry('read', true)).toEqual([KIND_ENTRY, 0]);
    expect(entry('écrire', false)).toEqual([KIND_ENTRY, 1]);
    expect(entry('write', true)).toEqual([KIND_ENTRY, ENTRY_NONE]);
    expect(entry('write', false)).toEqual([KIND_STRING, 'write']);
    expect(entry('__proto__', true)).toEqual([KIND_ENTRY, ENTRY_NONE]);
  });

  it('a text that is none is that first: too long, ill-formed', () => {
    expect(entry('\ud800', true)).toEqual([KIND_STRING_ILL_FORMED]);
    expect(entry('read', true, 3)).toEqual([KIND_STRING_TOO_LONG]);
    expect(entry('écrire', true, 7)).toEqual([KIND_STRING, 'écrire']);
    expect(entry('w'.repeat(70000), true)).toEqual([KIND_STRING_TOO_LONG]);
    expect(entry('w'.repeat(300), true)).toEqual([KIND_STRING, 'w'.repeat(300)]);
    expect(entry(5, true)).toEqual([KIND_NUMBER, 5]);
  });
});

describe('request bytes (FORMAT.md 4)', () => {
  const slots = slotsOf(['args', 'a'], ['args', 'b', 'c'], ['context', 'd'], ['principal', 'e']);
  const artifact: ArtifactContents = {
    hash: '',
    name: '',
    version: '',
    layoutLow: 0x11223344,
    layoutHigh: 0xfedcba98,
    slots,
    needsTerms: false,
    cedar: null,
    needs: null,
    cook: () => {
      throw new Error('no recipes here');
    },
    ruleCount: 0,
    rule: () => expect.fail('no rules'),
  };
  const text = fc.oneof(
    fc.string({ maxLength: 60, unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('a', 'é', '\ud800', '😀'), maxLength: 40 }),
  );
  const scalar = fc.oneof(text, fc.double(), fc.boolean(), fc.constantFrom(null, undefined, 5n));
  const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 6 }), fc.dictionary(text, scalar, { maxKeys: 3 }));
  const request = fc.record({
    tool: text,
    args: fc.oneof(scalar, fc.record({ a: value, b: fc.record({ c: value }) })),
    context: fc.record({ d: value }),
    principal: fc.record({ e: value }),
  });

  it('hold what the staging area holds, in both forms, as the npm reader sees them', () => {
    const projection = new Projection(slots, 100);
    const positionally = new RequestEncoder(slots, 'positional', artifact.layoutLow, artifact.layoutHigh);
    const byKeys = new RequestEncoder(slots, 'keyed', artifact.layoutLow, artifact.layoutHigh);
    fc.assert(
      fc.property(request, (given) => {
        const staging = emptyStaging();
        const point = projection.stageRequest(staging, { ...given, at: 'output' });
        const expected = heldInStaging(staging, slots.length);
        const positional = readRequest(positionally.encode(staging, point));
        expect(positional).toEqual({
          identifier: 'LCRQ',
          point: POINT_OUTPUT,
          layout: 0xfedcba9811223344n,
          keys: null,
          held: expected,
        });

        const keyed = readRequest(byKeys.encode(staging, point));
        const present = slots
          .map((slot, i) => ({ key: (BigInt(slot.keyHigh) << 32n) | BigInt(slot.keyLow), held: expected[i] }))
          .filter(({ held }) => held?.[0] !== KIND_MISSING)
          .sort((a, b) => (a.key < b.key ? -1 : 1));
        expect(keyed).toEqual({
          identifier: 'LCRQ',
          point: POINT_OUTPUT,
          layout: 0n,
          keys: present.map(({ key }) => key),
          held: present.map(({ held }) => held),
        });
      }),
      { numRuns: 300 },
    );
  });
});
