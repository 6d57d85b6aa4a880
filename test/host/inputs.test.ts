// Every public function of the host against whatever can be handed to it: what it promises then stands in its documentation, and here. What
// decides never throws and never permits; what is put together wrongly says so at once, with a TypeError.

import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import * as full from '../../host-js/full.ts';
import {
  applyTransforms,
  CoreInstance,
  type Decider,
  decisionFromCode,
  type Engine,
  type EngineOptions,
  type GuardOptions,
  guard,
  guardResult,
  init,
  isDenial,
  load,
  type Request,
  resolve,
  type Verdict,
} from '../../host-js/index.ts';

const text = `
lictor: 1
name: inputs
attributes: { args.amount: number, principal.roles: list<string> }
rules:
  - { id: small, tool: pay, when: 'args.amount < 10.0 && "cashier" in principal.roles', effect: allow }
`;
const { artifact } = compile([{ path: 'inputs.policy.yaml', text }]);
if (artifact === null) throw new Error('the policy does not compile');
const bytes = artifact;
const engine = load(bytes);
const principal = { roles: ['cashier'] };
const good: Request = { tool: 'pay', args: { amount: 1 }, principal };

const thrower: ProxyHandler<object> = {};
for (const trap of Reflect.ownKeys(Reflect)) {
  if (typeof trap !== 'string') continue;
  Object.defineProperty(thrower, trap, {
    value: () => {
      throw new Error(`the trap ${trap} ran`);
    },
  });
}
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const revokedList = Proxy.revocable([good], {});
revokedList.revoke();
const cycle: Record<string, unknown> = { tool: 'pay' };
cycle['args'] = cycle;

/** None of these is a call that the policy allows, alone or as what stands in one place of it. */
const VALUES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['null', null],
  ['undefined', undefined],
  ['true', true],
  ['0', 0],
  ['NaN', Number.NaN],
  ['-1', -1],
  ['1e9', 1e9],
  ['2^53', 2 ** 53],
  ['a bigint', 1n],
  ['an empty text', ''],
  ['a text', 'pay'],
  ['half a surrogate pair', '\ud800'],
  ['a symbol', Symbol('pay')],
  ['a function', () => good],
  ['an empty list', []],
  ['a list of null', [null]],
  ['a list with a hole', Array(2)],
  ['an empty object', {}],
  ['an object without a prototype', Object.create(null)],
  ['a frozen object', Object.freeze({ tool: 'pay', args: Object.freeze({}) })],
  ['an object with a length', { length: 2 }],
  ['a class instance', new (class Pay {})()],
  ['a map', new Map([['tool', 'pay']])],
  ['a date', new Date(0)],
  ['bytes', new Uint8Array(3)],
  ['an ArrayBuffer', new ArrayBuffer(8)],
  ['a cycle', cycle],
  [
    'getters that throw',
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['tool', 'args', 'principal', 'decide', 'length', 'then', 'transforms', 'at', 'core', 'amount'].map((name) => [
          name,
          {
            enumerable: true,
            get: () => {
              throw new Error(`the getter ${name} ran`);
            },
          },
        ]),
      ),
    ),
  ],
  [
    'a list with a getter that throws',
    Object.defineProperty([good], 0, { get: () => expect.unreachable() as unknown }),
  ],
  ['a proxy that throws', new Proxy({}, thrower)],
  ['a list proxy that throws', new Proxy([good], thrower)],
  ['a revoked proxy', revoked.proxy],
  ['a revoked list', revokedList.proxy],
]);

/** What is called, and what of its answer must be so, whatever it was given. */
interface Row {
  readonly of: string;
  readonly call: (value: unknown) => unknown;
  readonly holds: (answer: unknown) => boolean;
}

const isVerdict = (answer: unknown): answer is Verdict =>
  typeof answer === 'object' && answer !== null && 'decision' in answer && 'status' in answer;
const isDeny = (answer: unknown): boolean => isVerdict(answer) && answer.decision === 'deny';
const isEmpty = (answer: unknown): boolean => answer instanceof Uint8Array && answer.length === 0;
const isRefusing = (answer: unknown): boolean => {
  const refusing = answer as Engine;
  return refusing.status !== 'ok' && refusing.decide(good).decision === 'deny';
};
const isRunning = (answer: unknown): boolean => (answer as Engine).decide(good).decision === 'allow';

const room = new Uint8Array(4096);
/** Says that it is long, and holds nothing. */
const sparse: unknown[] = [];
sparse.length = 2 ** 32 - 1;

const ROWS: readonly Row[] = [
  { of: 'load(value)', call: (value) => load(value as Uint8Array), holds: isRefusing },
  { of: 'full load(value)', call: (value) => full.load(value as Uint8Array), holds: isRefusing },
  {
    of: 'load(artifact, value)',
    call: (value) => load(bytes, value as EngineOptions),
    holds: (answer) => isRunning(answer) || isRefusing(answer),
  },
  { of: 'decide(value)', call: (value) => engine.decide(value), holds: isDeny },
  { of: 'decide(value), trusted', call: (value) => engine.decide(value, { trusted: true }), holds: isDeny },
  { of: 'decide({...tool})', call: (value) => engine.decide({ ...good, tool: value }), holds: isVerdict },
  { of: 'decide({...args})', call: (value) => engine.decide({ ...good, args: value }), holds: isDeny },
  { of: 'decide({...principal})', call: (value) => engine.decide({ ...good, principal: value }), holds: isDeny },
  { of: 'decide({...amount})', call: (value) => engine.decide({ ...good, args: { amount: value } }), holds: isVerdict },
  { of: 'session(value).decide(good)', call: (value) => engine.session(value).decide(good), holds: isDeny },
  { of: 'session.decide(value)', call: (value) => engine.session({ principal }).decide(value), holds: isDeny },
  {
    of: 'decideBatch(value)',
    call: (value) => engine.decideBatch(value as unknown[]),
    holds: (answer) => Array.isArray(answer) && answer.every(isDeny),
  },
  {
    of: 'decideBatch([good, value])',
    call: (value) => engine.decideBatch([good, value]),
    holds: (answer) =>
      Array.isArray(answer) && (answer[0] as Verdict).decision === 'allow' && isDeny(answer[1]) && answer.length === 2,
  },
  { of: 'warmup(value)', call: (value) => engine.warmup(value as unknown[]), holds: () => isRunning(engine) },
  { of: 'warmup([value])', call: (value) => engine.warmup([value]), holds: () => isRunning(engine) },
  { of: 'decideBytes(value)', call: (value) => engine.decideBytes(value as Uint8Array), holds: isDeny },
  {
    of: 'decideBytesBatch(value)',
    call: (value) => engine.decideBytesBatch(value as Uint8Array[]),
    holds: (answer) => Array.from(answer as Uint8Array, decisionFromCode).every((decision) => decision === 'deny'),
  },
  {
    of: 'reserve(value)',
    call: (value) => engine.reserve(value as number),
    holds: (answer) => answer instanceof Uint8Array,
  },
  {
    of: 'encode(value)',
    call: (value) => engine.encode(value),
    holds: (answer) => isEmpty(answer) || isDeny(engine.decideBytes(answer as Uint8Array)),
  },
  {
    of: 'encodeInto(value, room)',
    call: (value) => engine.encodeInto(value, room),
    holds: (answer) => answer === 0 || isDeny(engine.decideBytes(room.subarray(0, answer as number))),
  },
  {
    of: 'encodeInto(good, value)',
    call: (value) => engine.encodeInto(good, value as Uint8Array),
    holds: (answer) => answer === 0,
  },
  {
    of: 'setEntities(value)',
    call: (value) => engine.setEntities(value),
    holds: (answer) => typeof answer === 'string',
  },
  {
    of: 'decisionFromCode(value)',
    call: (value) => decisionFromCode(value as number),
    holds: (x) => typeof x === 'string',
  },
  { of: 'isDenial(value)', call: isDenial, holds: (answer) => answer === false },
  { of: 'resolve(engine, value)', call: (value) => resolve(engine, value).verdict, holds: isDeny },
  { of: 'resolve(value, good)', call: (value) => resolve(value as Decider, good).verdict, holds: isDeny },
  {
    of: 'applyTransforms(value, good)',
    call: (value) => applyTransforms(value as Verdict, good).kind,
    holds: (answer) => answer === 'refused',
  },
  {
    of: 'applyTransforms(verdict, value)',
    call: (value) => applyTransforms(engine.decide(good), value).kind,
    holds: (answer) => answer === 'refused' || answer === 'applied',
  },
  {
    of: 'guarded(value)',
    call: (value) => guard((args: unknown) => args, engine, { tool: 'pay', principal })(value),
    holds: isDenial,
  },
  {
    of: 'guarded by what answers the value',
    call: (value) => guard(() => 'ran', { decide: () => value as Verdict }, { tool: 'pay', principal })(),
    holds: isDenial,
  },
  {
    of: 'guarded with the value as principal',
    call: (value) => guard(() => 'ran', engine, { tool: 'pay', principal: value })(),
    holds: isDenial,
  },
  {
    of: 'a guarded result that is the value',
    call: (value) => {
      const answer: unknown = guardResult(() => value, { decide: () => value as Verdict }, { tool: 'pay' })();
      // Waited for: what its `then` throws is what the tool throws.
      return answer instanceof Promise ? answer.catch(() => undefined) : answer;
    },
    holds: (answer) => isDenial(answer) || answer instanceof Promise,
  },
];

describe('whatever is handed to a public function', () => {
  for (const { of, call, holds } of ROWS) {
    it(`${of}: never throws, and never permits`, { timeout: 60_000 }, () => {
      for (const [name, value] of VALUES) {
        let answer: unknown;
        expect(() => {
          answer = call(value);
        }, name).not.toThrow();
        expect(holds(answer), name).toBe(true);
      }
    });
  }

  it('lists that are none count as one request: no answer could pass for one without a denial', () => {
    for (const none of [null, undefined, 5, { length: 2 }, new Set([good])] as unknown as unknown[][]) {
      expect(engine.decideBatch(none)).toMatchObject([{ decision: 'deny', status: 'request-invalid' }]);
      expect(engine.decideBytesBatch(none as Uint8Array[])).toHaveLength(1);
    }
  });

  it('what is put together wrongly is a TypeError at once: guards, cores and modules', () => {
    const run = (): string => 'ran';
    for (const [name, value] of VALUES) {
      const options = value as GuardOptions<unknown[]>;
      for (const make of [guard, guardResult] as (typeof guardResult)[]) {
        if (typeof value !== 'function') {
          expect(() => make(value as typeof run, engine, { tool: 'pay' }), name).toThrow(TypeError);
        }
        expect(() => make(run, value as Decider, { tool: 'pay' }), name).toThrow();
        if (!['a frozen object', 'a cycle'].includes(name)) expect(() => make(run, engine, options), name).toThrow();
      }
      expect(() => new CoreInstance(value as WebAssembly.Module), name).toThrow();
      expect(() => init(value as BufferSource), name).toThrow();
    }
    expect(isRunning(load(bytes))).toBe(true);
  });
});

it('a list that says to be longer than any is one denial, not the end of the process', () => {
  expect(engine.decideBatch(sparse).map(({ decision }) => decision)).toEqual(['deny']);
  expect(Array.from(engine.decideBytesBatch(sparse as Uint8Array[]), decisionFromCode)).toEqual(['deny']);
  engine.warmup(sparse);
});

describe('guard with an engine that somebody has put something around', () => {
  const ran: number[] = [];
  const tool = (args: { amount: number }): number => ran.push(args.amount);
  const meddling = (decide: Decider['decide']): Decider['decide'] => {
    return (request, options) => {
      const verdict = decide(request, options);
      const { args } = request as { args: { amount: number } };
      args.amount = 1e9;
      return verdict;
    };
  };
  const patched = (of: Decider): Decider => Object.assign(of, { decide: meddling(of.decide.bind(of)) });

  it.each<[string, () => Decider]>([
    [
      'a proxy',
      () => {
        const inner = load(bytes);
        return new Proxy(inner, {
          get: (_, name) => (name === 'decide' ? meddling(inner.decide.bind(inner)) : undefined),
        });
      },
    ],
    ['an engine with another decide', () => patched(load(bytes))],
    ['a session with another decide', () => patched(load(bytes).session({ principal }))],
    ['an object', () => ({ decide: meddling(engine.decide.bind(engine)) })],
  ])('runs with what was decided: %s', (_, make) => {
    ran.length = 0;
    guard(tool, make(), { tool: 'pay', principal })({ amount: 5 });
    expect(ran).toEqual([5]);
  });
});
