// The engine with a real core: verdicts, sessions, bytes, several engines in one instance, and everything that must end in deny.

import { describe, expect, it } from 'vitest';
import { CoreInstance, type Engine, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import { EFFECT_ALLOW, EFFECT_DENY, EFFECT_ESCALATE } from '../../wasm-core/contract/codes.ts';
import { payArtifact } from './artifacts.ts';

const artifact = payArtifact();
const principal = { limits: { daily: 10 } };

function call(amount: unknown, tool = 'pay'): { tool: string; args: object; principal: object } {
  return { tool, args: { amount, note: 'a note that is longer than twenty-four characters, é' }, principal };
}

describe.each([
  ['SIMD', inlineModule],
  ['scalar', scalarModule],
])('an engine on the %s core', (_, module) => {
  const core = new CoreInstance(module());
  const engine = load(artifact, { core });

  it('loads, and knows its policy', () => {
    expect(engine.status).toBe('ok');
    expect([engine.name, engine.version]).toEqual(['pay', '1.2.3']);
    expect(engine.artifactHash).toMatch(/^[0-9a-f]{64}$/);
    expect(engine.attributes).toEqual(['args.amount', 'args.note', 'principal.limits.daily']);
    expect(engine.rules[1]).toEqual({
      id: 'cap',
      effect: 'escalate',
      reason: 'above the cap',
      advice: 'split it',
      approvers: ['lead', 'cfo'],
      place: { path: 'pay.policy.yaml', line: 9, column: 5 },
    });
  });

  it('gives verdicts with rules, determining rules, reason, advice and approvers (LANGUAGE.md 8.7)', () => {
    const { artifactHash } = engine;
    expect(engine.decide(call(5))).toEqual({
      decision: 'allow',
      base: 'allow',
      status: 'ok',
      rules: ['pay'],
      determining: ['pay'],
      unknown: [],
      reason: 'rule `pay` decides: allow',
      advice: [],
      approvers: [],
      transforms: [],
      artifactHash,
    });
    expect(engine.decide(call(5000))).toEqual({
      decision: 'escalate',
      base: 'escalate',
      status: 'ok',
      rules: ['pay', 'cap'],
      determining: ['cap'],
      unknown: [],
      reason: 'above the cap',
      advice: ['split it'],
      approvers: ['lead', 'cfo'],
      transforms: [],
      artifactHash,
    });
    const other = engine.decide(call(5, 'other'));
    expect(other).toMatchObject({ decision: 'deny', status: 'ok', rules: [], determining: [] });
    expect(other.reason).toBe('no rule matched, so the default of the policy decides');
  });

  it('says what it could not tell: the decision is raised, its base is not (LANGUAGE.md 6.3, 8.2)', () => {
    expect(engine.decide({ tool: 'pay', args: { amount: 'five' } })).toMatchObject({
      decision: 'escalate',
      base: 'allow',
      rules: ['pay'],
      determining: ['cap'],
      unknown: [
        { rule: 'cap', path: 'args.amount', cause: 'type' },
        { rule: 'cap', path: 'principal.limits.daily', cause: 'missing' },
      ],
    });
  });

  it('every status of a request comes with deny (LANGUAGE.md 10.1, 10.2)', () => {
    expect(engine.decide({ ...call(5), at: 'nowhere' })).toMatchObject({ decision: 'deny', status: 'point-unknown' });
    expect(engine.decide({ ...call(5), at: 'output' })).toMatchObject({ decision: 'allow', status: 'not-governed' });
    expect(engine.decide({ args: {} })).toMatchObject({ decision: 'deny', status: 'tool-missing' });
    expect(engine.decide({ ...call(5), tool: '\ud800' })).toMatchObject({ decision: 'deny', status: 'tool-missing' });
    for (const value of [null, [], 'x']) {
      expect(engine.decide(value)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    }
  });

  it('a session decides as the whole request does, whatever used the core in between', () => {
    const others = ['a', `${'b'.repeat(60)}`].map((name) =>
      engine.session({ principal: { limits: { daily: 5000 }, name } }),
    );
    const session = engine.session({ principal });
    for (const amount of [5, 5000, 'x', undefined, 1000]) {
      expect(session.decide(call(amount))).toEqual(engine.decide(call(amount)));
      expect(session.decide(call(amount))).toEqual(engine.decide(call(amount)));
      for (const other of others) expect(other.decide(call(5))).toMatchObject({ decision: 'escalate' });
      expect(session.decide({ ...call(5), at: 'nowhere' })).toMatchObject({ status: 'point-unknown' });
      expect(session.decide(call(5))).toMatchObject({ decision: 'allow' });
    }
    expect(session.decide(null)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    expect(engine.session(7).decide(call(5))).toMatchObject({ decision: 'deny', status: 'request-invalid' });
  });

  it('a session has read its principal once: a later change is not seen', () => {
    const changing = { limits: { daily: 10 } };
    const session = engine.session({ principal: changing });
    changing.limits.daily = 5000;
    expect(session.decide(call(5))).toMatchObject({ decision: 'allow' });
  });

  it('options that cannot be read throw, and nothing is left of the call', () => {
    const session = engine.session({ principal: { limits: { daily: 10 } } });
    const options = {
      get transforms(): boolean {
        throw new Error('unreadable');
      },
    };
    expect(() => session.decide(call(5), options)).toThrow('unreadable');
    expect(() => engine.decide(call(5), options)).toThrow('unreadable');
    expect(session.decide(call(5))).toMatchObject({ decision: 'allow', status: 'ok' });
    expect(engine.decide(call(5)).status).toBe('ok');
  });

  it('writes request bytes into memory of the caller’s, or nothing where there is no room', () => {
    const request = call(5);
    const target = new Uint8Array(4096);
    for (const form of ['positional', 'keyed'] as const) {
      for (const trusted of [false, true]) {
        const bytes = engine.encode(request, { form, trusted });
        expect(engine.encodeInto(request, target, { form, trusted })).toBe(bytes.length);
        expect([...target.subarray(0, bytes.length)]).toEqual([...bytes]);
        const exact = new Uint8Array(bytes.length);
        expect(engine.encodeInto(request, exact, { form })).toBe(bytes.length);
        expect(engine.decideBytes(exact)).toEqual(engine.decideBytes(bytes));
        const short = new Uint8Array(bytes.length - 1);
        expect(engine.encodeInto(request, short, { form })).toBe(0);
        expect(short.every((byte) => byte === 0)).toBe(true);
      }
    }
    // Who does not look at the 0 gets a deny, not the verdict of the request before.
    const place = engine.reserve(4096);
    const throwing = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error('no');
        },
      },
    );
    for (const wrong of [null, 'text', { tool: 'pay', args: throwing }, { ...request, tool: 'x'.repeat(5000) }]) {
      expect(engine.encodeInto(request, place)).toBeGreaterThan(0);
      expect(engine.decideBytes(place).decision).toBe('allow');
      expect(engine.encodeInto(wrong, place)).toBe(0);
      expect(engine.decideBytes(place)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    }
  });

  it('gives the same bytes for the same request, whatever was decided or encoded before', () => {
    const odd = [null, undefined, true, '\ud800', 'x'.repeat(70_000), [], {}, 5n, 7, 'ab'];
    const requests = odd.flatMap((amount) => odd.map((note) => ({ tool: 'pay', args: { amount, note } })));
    const used = load(artifact, { core: new CoreInstance(module()) });
    for (const form of ['positional', 'keyed'] as const) {
      for (const request of requests) {
        const anew = load(artifact, { core: new CoreInstance(module()) }).encode(request, { form });
        used.decide({ tool: 'SECRETSECRET', args: { amount: 1234567.891, note: 'secretsecretsecret'.repeat(3) } });
        used.encode({ tool: 'SECRETSECRE', args: { amount: 7654321.5, note: 'secretsecret' } }, { form });
        expect([...used.encode(request, { form })]).toEqual([...anew]);
      }
    }
  });

  it('request bytes of both forms give the verdict of the object (FORMAT.md 4)', () => {
    const requests = [
      call(5),
      call(5000),
      call('x'),
      call(5, 'other'),
      { tool: 'pay' },
      {},
      { ...call(5), at: 'nowhere' },
      { at: 'output' },
    ];
    for (const request of requests) {
      const verdict = engine.decide(request);
      expect(engine.decideBytes(engine.encode(request))).toEqual(verdict);
      expect(engine.decideBytes(engine.encode(request, { form: 'keyed' }))).toEqual(verdict);
    }
    const other = load(payArtifact({ extra: 1 }), { core });
    expect(other.decideBytes(engine.encode(call(5)))).toMatchObject({ decision: 'deny', status: 'layout-mismatch' });
    expect(other.decideBytes(engine.encode(call(5), { form: 'keyed' }))).toMatchObject({
      decision: 'allow',
      status: 'ok',
    });
    other.dispose();
  });

  it('what is no request has no bytes, and no bytes are denied', () => {
    const throwing = {
      args: new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => {
            throw new Error('no');
          },
        },
      ),
    };
    for (const value of [null, 'x', throwing]) expect(engine.encode(value)).toEqual(new Uint8Array(0));
    expect(engine.decideBytes(new Uint8Array(0))).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    expect(engine.decideBytes(new Uint8Array(100).fill(0xff))).toMatchObject({
      decision: 'deny',
      status: 'request-invalid',
    });
    const strange: unknown[] = [null, 'LCRQ', 5, { length: 1e9 }, [1, 2], new ArrayBuffer(64)];
    for (const value of strange) {
      expect(engine.decideBytes(value as Uint8Array)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    }
    expect([...engine.decideBytesBatch([...strange, engine.encode(call(5))] as Uint8Array[])]).toEqual([
      ...strange.map(() => EFFECT_DENY),
      EFFECT_ALLOW,
    ]);
    expect(engine.decideBytes(new Uint8Array(64 << 20))).toMatchObject({
      decision: 'deny',
      status: 'request-too-large',
    });
  });

  it('bytes that lie about their number never write past their room in the core', () => {
    const honest = engine.encode(call(5));
    const liars: Uint8Array[] = [];
    const owned = new Uint8Array(4096).fill(0xab);
    owned.set(honest);
    liars.push(Object.defineProperty(owned, 'length', { value: honest.length }));
    class Short extends Uint8Array {
      override get length(): number {
        return honest.length;
      }
    }
    const subclass = new Short(4096).fill(0xab);
    subclass.set(honest);
    liars.push(subclass, Object.setPrototypeOf(new Float64Array(64).fill(0xab), Uint8Array.prototype) as Uint8Array);
    for (const liar of liars) {
      const room = core.exports.requestArea(16_384);
      core.u8.fill(0, room, room + 16_384);
      const alone = engine.decideBytes(liar);
      const [inBatch] = engine.decideBytesBatch([liar, honest]);
      expect([alone.decision, alone.status, inBatch]).toEqual(
        liar instanceof Short || liar === owned
          ? // Its true bytes: a request, then bytes that nothing points to.
            ['allow', 'ok', EFFECT_ALLOW]
          : ['deny', 'request-invalid', EFFECT_DENY],
      );
      expect(core.u8.subarray(room + 4096 + 2048, room + 16_384).every((byte) => byte === 0)).toBe(true);
    }
    expect(engine.status).toBe('ok');
  });

  it('options that cannot be read give an engine that denies', () => {
    const throwing = {
      get core(): never {
        throw new Error('no');
      },
    };
    for (const options of [null, throwing]) {
      const refusing = load(artifact, options as unknown as Parameters<typeof load>[1]);
      expect([refusing.status, refusing.decide(call(5)).decision]).toEqual(['host-error', 'deny']);
    }
  });

  it('a list that decides, or gives other bytes, when it is read again is read once', () => {
    const [five, other] = [engine.encode(call(5)), engine.encode(call(5, 'other'))];
    const list = [other, five, other];
    let reads = 0;
    Object.defineProperty(list, 1, {
      get: () => {
        reads += 1;
        engine.decideBytes(five);
        return reads === 1 ? five : new Uint8Array(1 << 19);
      },
    });
    expect([...engine.decideBytesBatch(list)]).toEqual([EFFECT_DENY, EFFECT_ALLOW, EFFECT_DENY]);
    expect(reads).toBe(1);
    for (const none of [null, undefined, 5, { length: 2 }]) {
      expect([...engine.decideBytesBatch(none as unknown as Uint8Array[])]).toEqual([EFFECT_DENY]);
    }
  });

  it('a batch decides as one by one, split where it is larger than the core’s room', () => {
    const long = { ...call(5000), args: { amount: 5000, note: 'n'.repeat(60_000) } };
    const kinds = [call(5), call(5000), call(5, 'other'), long].map((request) => engine.encode(request));
    const list = Array.from({ length: 300 }, (_, i) =>
      i % 100 === 7 ? new Uint8Array(3) : (kinds[i % 4] ?? new Uint8Array(0)),
    );
    list[5] = new Uint8Array(64 << 20);
    const expected = [EFFECT_ALLOW, EFFECT_ESCALATE, EFFECT_DENY, EFFECT_ESCALATE];
    expect([...engine.decideBytesBatch(list)]).toEqual(
      list.map((_, i) => (i % 100 === 7 || i === 5 ? EFFECT_DENY : expected[i % 4])),
    );
    expect(engine.decideBytesBatch([])).toEqual(new Uint8Array(0));
  });
});

describe('requests that fight back', () => {
  const engine = load(artifact);

  it('a proxy that throws is a deny with host-error, and nothing is left behind', () => {
    const trap = (): never => {
      throw new Error('trap');
    };
    const hostile = new Proxy({}, { getOwnPropertyDescriptor: trap, ownKeys: trap, get: trap, has: trap });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const args of [hostile, revoked.proxy, { amount: revoked.proxy }]) {
      expect(engine.decide({ tool: 'pay', args, principal })).toMatchObject({ decision: 'deny', status: 'host-error' });
      expect(engine.session({ principal }).decide({ tool: 'pay', args })).toMatchObject({
        decision: 'deny',
        status: 'host-error',
      });
      expect(engine.decide(call(5))).toMatchObject({ decision: 'allow' });
    }
    const session = engine.session({ principal: hostile });
    expect(session.decide(call(5))).toMatchObject({ decision: 'deny', status: 'host-error' });
  });

  it('a proxy that decides, loads or disposes while it is read disturbs nothing', () => {
    const inner: unknown[] = [];
    const victim = load(artifact);
    const session = engine.session({ principal: { limits: { daily: 5000 } } });
    const args = new Proxy(
      { amount: 5000 },
      {
        getOwnPropertyDescriptor(target, name) {
          inner.push(
            engine.decide(call(5)).status,
            session.decide(call(5)).status,
            engine.decideBytes(new Uint8Array(8)).status,
            load(artifact).status,
            engine.encode(call(5)).length,
          );
          victim.dispose();
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
    expect(engine.decide({ tool: 'pay', args, principal })).toMatchObject({
      decision: 'escalate',
      rules: ['pay', 'cap'],
    });
    expect(new Set(inner)).toEqual(new Set(['host-error', 0]));
    expect(victim.decide({ tool: 'pay', args, principal })).toMatchObject({ decision: 'deny', status: 'host-error' });
    expect(session.decide(call(5))).toMatchObject({ decision: 'escalate' });
    const suicidal = load(artifact);
    const getOwnPropertyDescriptor = (): undefined => suicidal.dispose() ?? undefined;
    const last = new Proxy({}, { getOwnPropertyDescriptor });
    expect(suicidal.decide({ tool: 'pay', args: last })).toMatchObject({ decision: 'deny', status: 'host-error' });
  });

  it('a verdict does not change with later decisions', () => {
    const verdict = engine.decide({ tool: 'pay', args: {} });
    const before = JSON.stringify(verdict);
    for (let i = 0; i < 50; i += 1) engine.decide(call(i * 100));
    expect(JSON.stringify(verdict)).toBe(before);
    // What verdicts share cannot be changed through one of them.
    for (const list of [verdict.rules, verdict.determining, verdict.advice]) expect(Object.isFrozen(list)).toBe(true);
  });
});

describe('several engines in one core', () => {
  it('do not disturb each other, also after a load that moved the memory', () => {
    const core = new CoreInstance(inlineModule());
    const first = load(payArtifact({ tool: 'a', cap: 10 }), { core });
    const session = first.session({ principal });
    const { buffer } = core.exports.memory;
    expect(session.decide(call(5, 'a'))).toMatchObject({ decision: 'allow' });
    const second = load(payArtifact({ tool: 'b', cap: 100, extra: 4000 }), { core, maxStringBytes: 1 << 20 });
    expect(second.status).toBe('ok');
    expect(core.exports.memory.buffer).not.toBe(buffer);
    const check = (): void => {
      expect(first.decide(call(50, 'a'))).toMatchObject({ decision: 'escalate', rules: ['pay', 'cap'] });
      expect(second.decide(call(50, 'b'))).toMatchObject({ decision: 'allow', rules: ['pay'] });
      expect(first.decide(call(50, 'b'))).toMatchObject({ decision: 'deny', rules: [] });
      expect(session.decide(call(5, 'a'))).toMatchObject({ decision: 'allow' });
      expect(first.decideBytes(first.encode(call(50, 'a')))).toMatchObject({ decision: 'escalate' });
    };
    check();
    second.dispose();
    expect(second.decide(call(50, 'b'))).toMatchObject({ decision: 'deny', status: 'host-error' });
    expect(session.decide(call(5, 'a'))).toMatchObject({ decision: 'allow' });
    const third = load(payArtifact({ tool: 'c' }), { core });
    expect(second.decide(call(5, 'c'))).toMatchObject({ decision: 'deny', status: 'host-error' });
    expect(third.decide(call(5, 'c'))).toMatchObject({ decision: 'allow' });
    expect(first.decide(call(50, 'a'))).toMatchObject({ decision: 'escalate' });
  });

  it('disposing frees the room: thousands of loads one after the other fit', () => {
    const core = new CoreInstance(inlineModule());
    load(artifact, { core }).dispose();
    const { byteLength } = core.exports.memory.buffer;
    for (let i = 0; i < 2000; i += 1) {
      const engine = load(artifact, { core });
      expect(engine.status).toBe('ok');
      engine.dispose();
      engine.dispose();
    }
    expect(core.exports.memory.buffer.byteLength).toBe(byteLength);
  });

  it('100,000 decisions do not grow the core’s memory', () => {
    const core = new CoreInstance(inlineModule());
    const engine = load(artifact, { core });
    const session = engine.session({ principal });
    const before = core.exports.memory.buffer;
    const bytes = engine.encode(call(7));
    const requests = Array.from({ length: 97 }, (_, i) =>
      call(i % 3 === 0 ? `${i}` : i * 50, i % 5 === 0 ? 'other' : 'pay'),
    );
    for (let i = 0; i < 100_000; i += 1) {
      if (i % 10 === 0) engine.decideBytes(bytes);
      else if (i % 2 === 0) session.decide(requests[i % 97]);
      else engine.decide(requests[i % 97]);
    }
    expect(core.exports.memory.buffer).toBe(before);
    expect(engine.decide(call(5))).toMatchObject({ decision: 'allow' });
  });
});

describe('what cannot be loaded denies (LANGUAGE.md 10)', () => {
  const denies = (engine: Engine, status: string): void => {
    expect(engine.status).toBe(status);
    const verdicts = [
      engine.decide(call(5)),
      engine.session({ principal }).decide(call(5)),
      engine.decideBytes(new Uint8Array(64)),
    ];
    for (const verdict of verdicts)
      expect(verdict).toMatchObject({ decision: 'deny', status, rules: [], determining: [] });
    expect([...engine.decideBytesBatch([new Uint8Array(8)])]).toEqual([EFFECT_DENY]);
    expect(engine.encode(call(5))).toEqual(new Uint8Array(0));
    engine.dispose();
  };

  it('no artifact at all', () => {
    const strange: unknown[] = [
      new Uint8Array(0),
      new Uint8Array(7),
      new Uint8Array(1000).fill(0xff),
      null,
      undefined,
      'x',
      5e9,
      {},
    ];
    for (const value of strange) denies(load(value as Uint8Array), 'artifact-invalid');
  });

  it('every truncation', () => {
    for (let size = 0; size < artifact.length; size += 7) denies(load(artifact.slice(0, size)), 'artifact-invalid');
  });

  it('flipped bits are refused by the tables’ verification, or decide something, but never throw', () => {
    const core = new CoreInstance(inlineModule());
    const statuses = new Set<string>();
    for (let bit = 0; bit < artifact.length * 8; bit += 13) {
      const flipped = artifact.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const engine = load(flipped, { core });
      statuses.add(engine.status);
      for (const request of [call(5), call('x'), null]) expect(engine.decide(request).status).toBeTypeOf('string');
      expect([0, 2]).toContain(engine.rules.length);
      engine.decideBytes(engine.encode(call(5000)));
      engine.session({ principal }).decide(call(5));
      expect(core.broken).toBe(false);
      engine.dispose();
    }
    expect(statuses).toContain('ok');
    expect(statuses).toContain('artifact-invalid');
  });

  it('a limit out of bounds (LANGUAGE.md 3.6), a core that has no more room for artifacts', () => {
    for (const maxStringBytes of [0, -1, 1.5, Number.NaN, (1 << 20) + 1])
      denies(load(artifact, { maxStringBytes }), 'host-error');
    const core = new CoreInstance(inlineModule());
    const engines = Array.from({ length: 65 }, () => load(artifact, { core }));
    expect(engines.slice(0, 64).every((engine) => engine.status === 'ok')).toBe(true);
    denies(engines[64] ?? load(artifact), 'artifact-unsupported');
  });

  it('the artifact’s bytes may change or go afterwards', () => {
    const bytes = artifact.slice();
    const engine = load(bytes);
    bytes.fill(0);
    expect(engine.decide(call(5))).toMatchObject({ decision: 'allow' });
    expect(engine.decide(call(5000))).toMatchObject({ reason: 'above the cap' });
  });

  it('a core that trapped: its engines deny, and the next load has a new core', () => {
    const core = new CoreInstance(inlineModule());
    const engine = load(artifact, { core });
    const session = engine.session({ principal });
    const trapping = {
      ...core.exports,
      decide: () => {
        throw new WebAssembly.RuntimeError('unreachable');
      },
    };
    Object.defineProperty(core, 'exports', { value: trapping });
    expect(engine.decide(call(5))).toMatchObject({ decision: 'deny', status: 'host-error' });
    expect(core.broken).toBe(true);
    denies(engine, 'host-error');
    expect(session.decide(call(5))).toMatchObject({ decision: 'deny', status: 'host-error' });
    denies(load(artifact, { core }), 'host-error');
    expect(load(artifact).decide(call(5))).toMatchObject({ decision: 'allow' });
  });
});
