// What is remembered of decisions (host-js/memo.ts): calls that are the same to every rule are not asked twice, and nothing else is
// answered from memory.

import { describe, expect, it } from 'vitest';
import { analyse, compile, evaluate } from '../../compiler/index.ts';
import { CoreInstance, type Engine, load } from '../../host-js/index.ts';
import { Lookup, OWN_SUBJECT, UNNUMBERED } from '../../host-js/lookup.ts';
import { Memo } from '../../host-js/memo.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';

const sources = [
  {
    path: 'memo.policy.yaml',
    text: `
lictor: 1
name: memo
attributes:
  principal.roles: list<string>
  principal.id: string
  args.amount: number
  args.path: string
  args.note: string
  args.constructor: string
  context.region: { enum: [eu, us] }
rules:
  - { id: pay, tool: pay, when: 'args.amount < 10.0 && "finance" in principal.roles', effect: allow }
  - { id: read, tool: read, when: 'args.path.startsWith("/a/") && !args.path.endsWith(".key")', effect: allow }
  - { id: eu, tool: [read, pay], when: context.region == "us", effect: deny }
  - { id: own, tool: own, when: args.path == principal.id, effect: allow }
  - { id: clip, tool: clip, effect: transform, transform: { clamp: args.amount, max: 5 } }
  - { id: clipped, tool: clip, effect: allow }
  - { id: made, tool: made, when: has(args.constructor), effect: allow }
`,
  },
];
const { artifact } = compile(sources);
const { policy } = analyse(sources);
if (artifact === null || policy === null) throw new Error('the policy does not compile');

/** An engine, and how often its core was asked. */
function counted(): { readonly engine: Engine; readonly calls: () => number } {
  const core = new CoreInstance(inlineModule());
  const { exports } = core;
  let calls = 0;
  const decide = (handle: number, point: number, bytesUsed: number): number => {
    calls += 1;
    return exports.decide(handle, point, bytesUsed);
  };
  Object.defineProperty(core, 'exports', { value: { ...exports, decide } });
  const engine = load(artifact ?? new Uint8Array(0), { core });
  // The first calls of a tool are not looked up.
  for (const tool of ['pay', 'read', 'own', 'clip', 'made']) for (let i = 0; i < 4; i += 1) engine.decide({ tool });
  const before = calls;
  return { engine, calls: () => calls - before };
}

const subject = { principal: { roles: ['finance'], id: '/a/1' }, context: { region: 'eu' } };

describe('a call that is the same to every rule', () => {
  it('is answered without the core, and only such a call', () => {
    const { engine, calls } = counted();
    const pay = (amount: unknown, more: object = {}): string =>
      engine.decide({ ...subject, ...more, tool: 'pay', args: { amount } }).decision;
    expect([pay(3), pay(4), pay(-7.5), pay(9.99)]).toEqual(['allow', 'allow', 'allow', 'allow']);
    expect(calls()).toBe(1);
    expect([pay(10), pay(11), pay(12)]).toEqual(['deny', 'deny', 'deny']);
    expect(calls()).toBe(3); // the bound itself is a class of its own
    expect(pay(3, { context: { region: 'us' } })).toBe('deny');
    expect(pay(3, { principal: { roles: ['finance', 'x'], id: 'other' } })).toBe('allow');
    expect(pay(3, { principal: { roles: ['x'], id: 'other' } })).toBe('deny');
    expect(calls()).toBe(6);
  });

  it('of a session: sessions that fix the same share what is known', () => {
    const { engine, calls } = counted();
    const read = (path: string, own: object): string =>
      engine.session(own).decide({ tool: 'read', args: { path } }).decision;
    expect(read('/a/x', subject)).toBe('allow');
    expect(read('/a/yy.txt', { ...subject, principal: { ...subject.principal } })).toBe('allow');
    expect(calls()).toBe(1);
    expect(read('/a/yy.key', subject)).toBe('deny');
    expect(read('/a/x', { ...subject, context: { region: 'us' } })).toBe('deny');
    expect(read('/b', subject)).toBe('deny');
    expect(calls()).toBe(4);
  });

  it.each([
    ['a number that is none', { tool: 'pay', args: { amount: Number.NaN } }],
    ['a text for a number', { tool: 'pay', args: { amount: '3' } }],
    ['a missing attribute', { tool: 'pay', args: {} }],
    ['null', { tool: 'pay', args: { amount: null } }],
    ['a lone surrogate behind what tells the class', { tool: 'read', args: { path: '/b\ud800' } }],
    ['characters of several bytes', { tool: 'read', args: { path: '/a/ü.key' } }],
    ['a list with something else in it', { tool: 'pay', args: { amount: 3 }, principal: { roles: ['finance', 1] } }],
    ['a tool that no rule names', { tool: 'other', args: { amount: 3 } }],
  ])('is decided as the reference does, each time: %s', (_, call) => {
    const { engine } = counted();
    const request = { ...subject, ...call };
    const { decision, rules, unknown } = evaluate(policy, request);
    for (let i = 0; i < 3; i += 1) expect(engine.decide(request)).toMatchObject({ decision, rules, unknown });
    const { principal, context, ...rest } = request;
    const session = engine.session({ principal, context });
    for (let i = 0; i < 3; i += 1) expect(session.decide(rest)).toMatchObject({ decision, rules, unknown });
  });

  it('is asked of the core where a rule compares attributes with each other', () => {
    const { engine, calls } = counted();
    for (let i = 0; i < 3; i += 1) {
      expect(engine.decide({ ...subject, tool: 'own', args: { path: '/a/1' } }).decision).toBe('allow');
    }
    expect(calls()).toBe(3);
    expect(engine.decide({ ...subject, tool: 'own', args: { path: '/a/2' } }).decision).toBe('deny');
  });

  it('with and without transforms are two calls', () => {
    const { engine } = counted();
    const request = { tool: 'clip', args: { amount: 9 } };
    for (let i = 0; i < 3; i += 1) {
      expect(engine.decide(request).decision).toBe('transform');
      expect(engine.decide(request, { transforms: false }).decision).toBe('allow');
    }
  });

  it('is denied once the engine is disposed of', () => {
    const { engine } = counted();
    const request = { ...subject, tool: 'pay', args: { amount: 1 } };
    expect(engine.decide(request).decision).toBe('allow');
    const session = engine.session(subject);
    engine.dispose();
    expect(engine.decide(request)).toMatchObject({ decision: 'deny', status: 'host-error' });
    expect(session.decide(request)).toMatchObject({ decision: 'deny', status: 'host-error' });
  });
});

describe('what is kept', () => {
  it('is what was read: values that change when they are read again teach it nothing wrong', () => {
    const { engine } = counted();
    for (const [first, then] of [
      [99, 1],
      [1, 99],
    ]) {
      let reads = 0;
      const args = new Proxy(
        {},
        {
          getOwnPropertyDescriptor: (_, name) =>
            name === 'amount'
              ? { value: (reads += 1) > 1 ? then : first, configurable: true, enumerable: true, writable: true }
              : undefined,
        },
      );
      engine.decide({ ...subject, tool: 'pay', args });
      expect(reads).toBe(1);
    }
    const roles = (lie: string): unknown => {
      let reads = 0;
      return new Proxy(['x'], {
        getOwnPropertyDescriptor: (target, name) =>
          name === '0'
            ? { value: (reads += 1) > 1 ? lie : 'x', configurable: true, enumerable: true, writable: true }
            : Reflect.getOwnPropertyDescriptor(target, name),
      });
    };
    engine.decide({ ...subject, principal: { roles: roles('finance') }, tool: 'pay', args: { amount: 2 } });
    const pay = (amount: number, roleNames: readonly string[]): string =>
      engine.decide({ ...subject, principal: { roles: roleNames }, tool: 'pay', args: { amount } }).decision;
    expect(pay(2, ['x'])).toBe('deny');
    expect(pay(2, ['finance'])).toBe('allow');
    expect(pay(50, ['finance'])).toBe('deny');
  });

  it('is bounded, and what was forgotten is decided again', () => {
    const { engine } = counted();
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 20_000; i += 1) {
        const own = { principal: { roles: ['finance'], id: `u${i}` }, context: { region: 'eu' } };
        expect(engine.session(own).decide({ tool: 'pay', args: { amount: i % 20 } }).decision).toBe(
          i % 20 < 10 ? 'allow' : 'deny',
        );
      }
    }
  });
});

describe('subjects of sessions', () => {
  it('have one number where they are the same, and what is kept of them is bounded', () => {
    const lookup = new Lookup(1 << 16, true);
    const numbers = new Set<number>();
    for (let i = 0; i < 500; i += 1) {
      const contents = `${i} `.repeat(1000).slice(0, 1000);
      numbers.add(lookup.numberOf(contents));
      expect(lookup.numberOf(contents)).toBe(lookup.numberOf(contents));
      expect(lookup.numberedChars).toBeLessThanOrEqual(1 << 17);
    }
    numbers.add(lookup.numberOf('')).add(lookup.numberOf(''));
    expect(numbers.size).toBe(502);
    expect(numbers.has(OWN_SUBJECT) || numbers.has(UNNUMBERED)).toBe(false);
  });

  it('are not kept where nothing is to be remembered', () => {
    const lookup = new Lookup(1 << 16, false);
    expect([lookup.numberOf('a'), lookup.numberOf('b')]).toEqual([UNNUMBERED, UNNUMBERED]);
    expect(lookup.numberedChars).toBe(0);
    const engine = load(artifact ?? new Uint8Array(0), { remember: false });
    for (const region of ['eu', 'us', 'eu']) {
      const session = engine.session({ ...subject, context: { region } });
      for (let i = 0; i < 6; i += 1)
        expect(session.decide({ tool: 'pay', args: { amount: 3 } }).decision).toBe(region === 'eu' ? 'allow' : 'deny');
    }
  });
});

describe('trusted requests', () => {
  it('are decided as others are, also where a plain object inherits the name', () => {
    const { engine } = counted();
    const requests: readonly { readonly tool: string; readonly args: object }[] = [
      { ...subject, tool: 'pay', args: { amount: 3 } },
      { ...subject, tool: 'read', args: { path: '/a/x' } },
      { ...subject, tool: 'made', args: {} },
      { ...subject, tool: 'made', args: { ['constructor']: 'x' } },
      { ...subject, tool: 'none', args: {} },
    ];
    for (const request of requests) {
      const { decision } = evaluate(policy, request);
      for (let i = 0; i < 2; i += 1) expect(engine.decide(request, { trusted: true }).decision).toBe(decision);
      expect(engine.session(subject).decide(request, { trusted: true }).decision).toBe(decision);
    }
  });

  it('that are no plain data after all teach the memo nothing wrong', () => {
    const { engine } = counted();
    const roles = new Proxy(['x'], {
      getOwnPropertyDescriptor: (target, name) =>
        name === '0'
          ? { value: 'finance', configurable: true, enumerable: true, writable: true }
          : Reflect.getOwnPropertyDescriptor(target, name),
    });
    const pay = (list: unknown, trusted: boolean): string =>
      engine.decide({ ...subject, principal: { roles: list }, tool: 'pay', args: { amount: 2 } }, { trusted }).decision;
    pay(roles, true);
    expect([pay(['x'], false), pay(['finance'], false)]).toEqual(['deny', 'allow']);
  });
});

describe('verdicts that list many rules', () => {
  const many = compile([
    {
      path: 'many.policy.yaml',
      text: `
lictor: 1
name: many
attributes: { args.n: number }
rules:
${Array.from({ length: 400 }, (_, i) => `  - { id: r${i}, tool: t, when: args.n >= ${i}, effect: allow }`).join('\n')}
`,
    },
  ]);
  if (many.artifact === null) throw new Error('the policy does not compile');

  it('are kept up to a bound, whatever else is kept', () => {
    const memo = new Memo();
    const engine = load(many.artifact ?? new Uint8Array(0), { remember: false });
    const verdict = engine.decide({ tool: 't', args: { n: 399 } });
    expect(verdict.rules).toHaveLength(400);
    expect(verdict.rules[399]).toBe('r399');
    expect(verdict.determining).toEqual(verdict.rules);
    let found = 0;
    const key = (i: number): void => {
      memo.key.begin(1, 1);
      memo.key.put(i, 0);
    };
    for (let i = 0; i < 4000; i += 1) {
      key(i);
      memo.keep(verdict);
    }
    for (let i = 0; i < 4000; i += 1) {
      key(i);
      found += memo.find() === null ? 0 : 1;
    }
    expect(found).toBeGreaterThan(100);
    expect(found * 400).toBeLessThanOrEqual(1 << 17);
  });
});
