// Transforms in the host: what `guard` and `guardResult` run and hand on, and that nothing but the copy ever changes
// (LANGUAGE.md 13). What transforms mean stands in test/conformance/13-transforms.json.

import { describe, expect, it, test, vi } from 'vitest';
import { formatDiagnostic } from '../../compiler/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import {
  applyTransforms,
  type Decider,
  type Engine,
  guard,
  guardResult,
  isDenial,
  load,
  resolve,
} from '../../host-js/index.ts';

const POLICY = `
lictor: 1
name: p
attributes: { args.amount: number, args.note: string, context.person: string }
rules:
  - { id: small, tool: pay, effect: allow, when: args.amount <= 1000 }
  - { id: cap, tool: pay, effect: transform, when: args.amount > 1000, transform: { clamp: args.amount, max: 1000 } }
  - { id: digits, tool: pay, effect: transform, when: has(args.note), transform: { redact: args.note, pattern: '\\d+' } }
  - { id: ask, tool: pay, effect: escalate, when: 'has(args.note) && args.note.contains("urgent")', approvers: [ann] }
  - { id: answers, at: post_tool_call, effect: allow }
  - id: keys
    at: post_tool_call
    effect: transform
    transform: { redact: result, pattern: 'sk-\\w+' }
  - { id: never, at: post_tool_call, tool: secret, effect: deny, reason: nobody may see this }
`;

function engineOf(text: string): Engine {
  const { artifact, diagnostics } = compile([{ path: 'p.policy.yaml', text }]);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return load(artifact);
}

const engine = engineOf(POLICY);

interface Payment {
  readonly amount: number;
  readonly note?: string;
}

describe('guard', () => {
  it('runs what transforms have made of the arguments, and leaves the caller his own (LANGUAGE.md 13.4)', () => {
    const run = vi.fn((payment: Payment, _signal: string) => payment.amount);
    const payment = Object.freeze({ amount: 5000, note: 'for 4711' });
    expect(guard(run, engine, { tool: 'pay' })(payment, 'signal')).toBe(1000);
    expect(run.mock.calls).toEqual([[{ amount: 1000, note: 'for ***' }, 'signal']]);
    expect(payment).toEqual({ amount: 5000, note: 'for 4711' });
  });

  it('shows the log and the approver the call as transforms have left it', () => {
    const onVerdict = vi.fn();
    const onEscalate = vi.fn(() => true);
    const run = vi.fn((payment: Payment) => payment);
    guard(run, engine, { tool: 'pay', onVerdict, onEscalate })({ amount: 20, note: 'urgent 12' });
    const call = { tool: 'pay', args: { amount: 20, note: 'urgent ***' } };
    expect(onVerdict.mock.calls).toMatchObject([[{ decision: 'escalate', transforms: [] }, call]]);
    expect(onEscalate.mock.calls).toMatchObject([[{ approvers: ['ann'] }, call]]);
    expect(run.mock.calls).toEqual([[call.args]]);
  });

  it('denies what a transform cannot be applied to, with its status', () => {
    const run = vi.fn((_payment: unknown) => 'ran');
    const answer = guard(run, engine, { tool: 'pay' })({ amount: 1, note: 7 });
    expect(answer).toMatchObject({ code: 'transform-failed', decision: 'deny' });
    expect(isDenial(answer) ? answer.message : '').toContain(
      '`args.note` of rule `digits` cannot be applied to a number',
    );
    expect(run).not.toHaveBeenCalled();
  });

  it('gives mapped arguments back through `unmapArgs`, and denies without it', () => {
    const run = vi.fn((amount: number, note: string) => `${amount} ${note}`);
    const mapArgs = (amount: number, note: string): Payment => ({ amount, note });
    expect(guard(run, engine, { tool: 'pay', mapArgs })(5000, 'a1')).toMatchObject({ code: 'transform-failed' });
    expect(run).not.toHaveBeenCalled();
    const unmapArgs = (args: unknown, ..._old: [number, string]): [number, string] => {
      const { amount, note = '' } = args as Payment;
      return [amount, note];
    };
    expect(guard(run, engine, { tool: 'pay', mapArgs, unmapArgs })(5000, 'a1')).toBe('1000 a***');
    // What no transform changes needs no way back.
    expect(guard(run, engine, { tool: 'pay', mapArgs })(5, 'a')).toBe('5 a');
  });

  it('denies where what decides goes on asking for transforms', () => {
    const first = engine.decide({ tool: 'pay', args: { amount: 5000 } });
    const stubborn: Decider = { decide: () => first };
    const run = vi.fn();
    expect(guard(run, stubborn, { tool: 'pay' })({ amount: 1 })).toMatchObject({ code: 'host-error' });
    const bare: Decider = { decide: () => ({ ...first, transforms: [] }) };
    expect(guard(run, bare, { tool: 'pay' })({ amount: 1 })).toMatchObject({ code: 'host-error' });
    expect(run).not.toHaveBeenCalled();
  });
});

describe('guardResult', () => {
  it('hands on a copy with the transforms applied, or the answer itself', async () => {
    const answer = { text: 'key sk-abc', n: 1 };
    expect(guardResult(() => answer, engine, { tool: 'read' })()).toEqual({ text: 'key ***', n: 1 });
    expect(answer.text).toBe('key sk-abc');
    await expect(guardResult(async () => 'sk-a', engine, { tool: 'read' })()).resolves.toBe('***');
    const plain = { text: 'nothing' };
    expect(guardResult(() => plain, engine, { tool: 'read' })()).toBe(plain);
  });

  it('withholds what is denied, says so, and throws what the tool throws', async () => {
    const denial = guardResult(() => 'x', engine, { tool: 'secret' })();
    expect(isDenial(denial)).toBe(true);
    expect(denial).toMatchObject({ code: 'denied', reason: 'nobody may see this' });
    expect(JSON.stringify(denial)).toContain('The answer of `secret`, which has run, is withheld');
    const failing = async (): Promise<string> => {
      throw new Error('down');
    };
    await expect(guardResult(failing, engine, { tool: 'read' })()).rejects.toThrow('down');
    const dates = guardResult(() => ({ at: new Date(0) }), engine, { tool: 'read' })();
    expect(dates).toMatchObject({ code: 'transform-failed' });
  });
});

describe('resolve', () => {
  it('takes a frozen request: the copy has members of its own', () => {
    const request = Object.freeze({ tool: 'pay', args: Object.freeze({ amount: 5000 }) });
    expect(resolve(engine, request)).toMatchObject({
      verdict: { decision: 'allow' },
      request: { args: { amount: 1000 } },
    });
    expect(request.args.amount).toBe(5000);
  });
});

describe('applyTransforms', () => {
  const request = { tool: 'pay', args: { amount: 5000 } };

  it('applies a verdict of this engine and no other: a copy of one is refused', () => {
    const verdict = engine.decide(request);
    expect(applyTransforms(verdict, request)).toEqual({
      kind: 'applied',
      changed: true,
      call: { tool: 'pay', args: { amount: 1000 } },
    });
    expect(applyTransforms(structuredClone(verdict), request)).toMatchObject({ kind: 'refused' });
    expect(Object.isFrozen(verdict.transforms) && Object.isFrozen(verdict.transforms[0])).toBe(true);
    expect(request).toEqual({ tool: 'pay', args: { amount: 5000 } });
  });

  it('never runs a getter, never follows a prototype, never pollutes one', () => {
    const proto = engineOf(`
lictor: 1
name: p
default: allow
rules:
  - { id: a, tool: t, effect: transform, transform: { set: 'args["__proto__"].polluted', to: true } }
  - { id: b, tool: u, effect: transform, transform: { set: args.constructor.prototype.polluted, to: true } }
`);
    const { request: changed } = resolve(proto, { tool: 't', args: { x: 1 } });
    expect(Object.getOwnPropertyNames(changed.args)).toEqual(['x', '__proto__']);
    resolve(proto, { tool: 'u', args: {} });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    const getter = vi.fn(() => 1);
    const trapped = Object.defineProperty({}, 'amount', { get: getter, enumerable: true });
    expect(resolve(proto, { tool: 't', args: trapped }).verdict).toMatchObject({ status: 'transform-failed' });
    expect(getter).not.toHaveBeenCalled();
  });

  it('shares nothing with the verdict: what a tool does to a value that was set stays with it', () => {
    const set = engineOf(`
lictor: 1
name: p
default: allow
rules:
  - { id: a, tool: t, effect: transform, transform: { set: args.o, to: { list: [1] } } }
`);
    const once = resolve(set, { tool: 't', args: { o: { list: [0] } } });
    once.request.args.o.list.push(2);
    expect(resolve(set, { tool: 't', args: {} }).request.args).toEqual({ o: { list: [1] } });
  });
});

test('a session resolves as its engine does, and bytes list the transforms', () => {
  const call = { tool: 'pay', args: { amount: 5000, note: '1' } };
  const session = engine.session({ context: {} });
  expect(resolve(session, call)).toEqual(resolve(engine, call));
  expect(engine.decideBytes(engine.encode(call)).transforms).toEqual(engine.decide(call).transforms);
  expect(engine.decide(call, { transforms: false })).toMatchObject({ decision: 'deny', rules: [], transforms: [] });
});
