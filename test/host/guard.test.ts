// guard: the tool runs only on allow or warn, and only with the arguments that were decided.

import { describe, expect, it } from 'vitest';
import { guard, isDenial } from '../../host-js/guard.ts';
import type { Decider } from '../../host-js/resolve.ts';
import type { Verdict } from '../../host-js/verdict.ts';

function verdict(decision: Verdict['decision'], more: Partial<Verdict> = {}): Verdict {
  return {
    decision,
    base: decision,
    status: 'ok',
    rules: ['r'],
    determining: ['r'],
    unknown: [],
    reason: 'transfers above 1,000 need a person',
    advice: [],
    approvers: [],
    transforms: [],
    artifactHash: '',
    ...more,
  };
}

function decider(answer: Verdict | ((request: unknown) => Verdict)): Decider & { readonly seen: unknown[] } {
  const seen: unknown[] = [];
  return {
    seen,
    decide(request) {
      seen.push(request);
      return typeof answer === 'function' ? answer(request) : answer;
    },
  };
}

interface Transfer {
  amount: number;
  to?: { name: string };
}

describe('guard', () => {
  it('runs on allow and on warn, and gives what the tool gives', async () => {
    for (const decision of ['allow', 'warn'] as const) {
      const engine = decider(verdict(decision));
      const run = guard((args: Transfer) => args.amount * 2, engine, { tool: 't', principal: { id: 'a' }, context: 1 });
      expect(run({ amount: 21 })).toBe(42);
      expect(engine.seen).toEqual([{ tool: 't', args: { amount: 21 }, principal: { id: 'a' }, context: 1 }]);
      const slow = guard(async (args: Transfer) => args.amount, engine, { tool: 't' });
      expect(await slow({ amount: 1 })).toBe(1);
    }
  });

  it('does not run on deny or on escalate without an approver, and answers a denial for the model', () => {
    let runs = 0;
    const escalate = verdict('escalate', { approvers: ['finance-lead'], advice: ['split the transfer'] });
    const run = guard(() => (runs += 1), decider(escalate), { tool: 'pay' });
    const denial = run();
    expect(isDenial(denial)).toBe(true);
    expect(denial).toMatchObject({
      denied: true,
      decision: 'escalate',
      code: 'approval-needed',
      tool: 'pay',
      rules: ['r'],
    });
    expect(isDenial(denial) && denial.message).toBe(
      'The call of `pay` was not run: transfers above 1,000 need a person. It needs the approval of finance-lead. ' +
        'Advice: split the transfer. This is about this one call; other calls are decided on their own.',
    );
    expect(guard(() => (runs += 1), decider(verdict('deny')), { tool: 'pay' })()).toMatchObject({ code: 'denied' });
    const unknownTool = verdict('deny', { status: 'tool-unknown' });
    expect(guard(() => (runs += 1), decider(unknownTool), { tool: 'pay' })()).toMatchObject({ code: 'tool-unknown' });
    expect(runs).toBe(0);
  });

  it('an answer of the tool that looks like a denial is none', () => {
    expect(isDenial({ denied: true, decision: 'deny', code: 'denied' })).toBe(false);
    expect(isDenial(null)).toBe(false);
  });

  it('a change of the arguments between check and use changes nothing', async () => {
    const args: Transfer = { amount: 5, to: { name: 'ann' } };
    const engine = decider((request) => {
      // What the engine is given is not what runs either.
      Object.assign(Object(Reflect.get(Object(request), 'args')), { amount: 7 });
      return verdict('escalate');
    });
    const run = guard(
      (given: Transfer) => ({ same: given === args, amount: given.amount, to: given.to?.name }),
      engine,
      {
        tool: 't',
        onEscalate: async () => true,
      },
    );
    const pending = run(args);
    args.amount = 1_000_000;
    if (args.to !== undefined) args.to.name = 'mallory';
    expect(await pending).toEqual({ same: false, amount: 5, to: 'ann' });
  });

  it('arguments that cannot be copied are denied, and their getters not called', () => {
    let calls = 0;
    const hostile = {
      get amount(): number {
        calls += 1;
        return calls;
      },
    };
    const engine = decider(verdict('allow'));
    const run = guard((args: Transfer) => args.amount, engine, { tool: 't' });
    expect(run(hostile)).toMatchObject({ denied: true, code: 'arguments-not-plain' });
    const throwing = new Proxy(
      { amount: 1 },
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(run(throwing)).toMatchObject({ denied: true, code: 'arguments-not-plain' });
    expect([calls, engine.seen]).toEqual([0, []]);
  });

  it('hands a framework’s later parameters through, and copies all that mapArgs reads', () => {
    const signal = new AbortController().signal;
    const engine = decider(verdict('allow'));
    const execute = guard(
      (args: Transfer, options: { signal: AbortSignal }) => options.signal === signal && args.amount,
      engine,
      {
        tool: 't',
      },
    );
    expect(execute({ amount: 3 }, { signal })).toBe(3);
    const positional = guard((amount: number, to: { name: string }) => `${amount} ${to.name}`, engine, {
      tool: 't',
      mapArgs: (amount, to) => {
        const decided = { amount, to: to.name };
        to.name = 'mallory';
        return decided;
      },
    });
    expect(positional(4, { name: 'ann' })).toBe('4 ann');
    expect(engine.seen.at(-1)).toMatchObject({ args: { amount: 4, to: 'ann' } });
  });

  it('only `true` from the approver runs the tool', async () => {
    let runs = 0;
    const engine = decider(verdict('escalate'));
    const answers: (() => unknown)[] = [
      () => false,
      () => 1,
      () => 'true',
      () => undefined,
      () => {
        throw new Error('no approver');
      },
      async () => false,
      async () => 'yes',
      () => Promise.reject(new Error('timeout')),
    ];
    for (const answer of answers) {
      const run = guard(() => (runs += 1), engine, { tool: 't', onEscalate: answer as () => Promise<boolean> });
      expect(isDenial(await run())).toBe(true);
    }
    expect(runs).toBe(0);
    expect(guard(() => (runs += 1), engine, { tool: 't', onEscalate: () => true })()).toBe(1);
    expect(await guard(() => (runs += 1), engine, { tool: 't', onEscalate: async () => true })()).toBe(2);
  });

  it('an approver is not asked about a deny', () => {
    let asked = 0;
    const run = guard(() => 1, decider(verdict('deny')), {
      tool: 't',
      onEscalate: () => {
        asked += 1;
        return true;
      },
    });
    expect(isDenial(run())).toBe(true);
    expect(asked).toBe(0);
  });

  it('a log that throws, or an engine that throws, stops the call', () => {
    const failing = (): never => {
      throw new Error('disk full');
    };
    const logged = guard(() => 1, decider(verdict('allow')), { tool: 't', onVerdict: failing });
    expect(logged()).toMatchObject({ code: 'host-error' });
    expect(guard(() => 1, { decide: failing }, { tool: 't' })()).toMatchObject({ code: 'host-error' });
  });

  it('an asynchronous log or engine stops the call: nothing would wait for them', async () => {
    let runs = 0;
    const failing = async (): Promise<void> => {
      throw new Error('disk full');
    };
    const onVerdict = (): void => failing() as unknown as undefined;
    const denial = guard(() => (runs += 1), decider(verdict('allow')), { tool: 't', onVerdict })();
    expect(denial).toMatchObject({ code: 'host-error' });
    expect(isDenial(denial) && denial.reason).toContain('synchronous');
    const answers: unknown[] = [Promise.resolve(verdict('allow')), undefined, null, 'allow', { decision: 'allow' }];
    for (const answer of answers) {
      const run = guard(
        () => (runs += 1),
        decider(() => answer as Verdict),
        { tool: 't' },
      );
      expect(run()).toMatchObject({ code: 'host-error' });
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(runs).toBe(0);
  });

  it('a list with holes, at its end too, is not plain', () => {
    const run = guard((args: { list: number[] }) => args.list.length, decider(verdict('allow')), { tool: 't' });
    const list = [1];
    list.length = 3;
    expect(run({ list })).toMatchObject({ code: 'arguments-not-plain' });
  });

  it('throws what the tool throws', () => {
    const run = guard(
      () => {
        throw new RangeError('the tool’s own');
      },
      decider(verdict('allow')),
      { tool: 't' },
    );
    expect(run).toThrow(RangeError);
  });
});
