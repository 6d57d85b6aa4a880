// End to end: policies as text, compiled, loaded, decided; against the reference evaluator.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, compile, evaluate } from '../../compiler/index.ts';
import { type Engine, guard, isDenial, load } from '../../host-js/index.ts';

const policy = `
lictor: 1
name: host
attributes:
  principal.id: string
  principal.roles: list<string>
  principal.limits.daily: number
  context.env: { enum: [dev, staging, prod] }
  args.path: string
  args.amount: { type: number }
  args.count: int
  args.tags: list<string>
  args.force: { type: bool, absent: false }
rules:
  - id: readers
    tool: [files.read, "docs.*"]
    effect: allow
  - id: finance
    tool: pay
    when: '"finance" in principal.roles'
    effect: allow
  - id: cap
    tool: pay
    when: args.amount > 1000 && !("cfo" in principal.roles)
    effect: escalate
    approvers: [lead]
    reason: above the cap
    advice: split it
  - id: daily
    tool: pay
    when: args.amount > principal.limits.daily
    effect: warn
  - id: secrets
    tool: [files.read, files.write]
    when: args.path.startsWith("/etc/") || args.path.contains("..") || args.path == principal.id
    effect: deny
    reason: not these files
  - id: prod
    tool: "files.*"
    when: context.env == "prod" && args.force
    effect: deny
  - id: many
    tool: "docs.*"
    when: has(args.tags) && (size(args.tags) > 2 || args.tags.exists(t, t.startsWith("x-")))
    effect: warn
  - id: odd
    tool: "docs.*"
    when: args.count % 2 == 1 || size(principal.id) > 30
    effect: warn
`;

const sources = [{ path: 'host.policy.yaml', text: policy }];

function engineOf(): Engine {
  const { artifact, diagnostics } = compile(sources);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return load(artifact ?? new Uint8Array(0));
}

const text = fc.oneof(
  fc.constantFrom(
    'pay',
    'files.read',
    'files.write',
    'docs.a',
    '/etc/passwd',
    '../x',
    'prod',
    'dev',
    'finance',
    'cfo',
    'x-1',
    'é',
    '\ud800',
  ),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('y'.repeat(70_000), `/etc/${'z'.repeat(40)}`, `${'ü'.repeat(40)}/../`),
);
const anything = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.double(),
  fc.integer({ min: -3, max: 2000 }),
  fc.constantFrom(null, undefined, true, false, 5n, 2 ** 53, 1000, 1000.0000000000001),
  fc.array(fc.oneof(text, fc.integer(), fc.constant(null)), { maxLength: 4 }),
  fc.dictionary(text, fc.integer(), { maxKeys: 3 }),
);
const mostly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: usual }, anything);
const request = fc.record(
  {
    tool: mostly(fc.constantFrom('pay', 'files.read', 'files.write', 'files.del', 'docs.a', 'docs.', 'other')),
    at: fc.constantFrom(undefined, undefined, undefined, 'pre_tool_call', 'output', 'nowhere', null),
    args: mostly(
      fc.record(
        {
          path: mostly(text),
          amount: mostly(fc.constantFrom(5, 1000, 1001, 1e9)),
          count: mostly(fc.integer()),
          tags: mostly(fc.array(text, { maxLength: 4 })),
          force: mostly(fc.boolean()),
        },
        { requiredKeys: [] },
      ),
    ),
    principal: mostly(
      fc.record(
        {
          id: mostly(text),
          roles: mostly(fc.array(fc.constantFrom('finance', 'cfo', 'dev'), { maxLength: 3 })),
          limits: mostly(fc.record({ daily: mostly(fc.integer({ min: 0, max: 5000 })) })),
        },
        { requiredKeys: [] },
      ),
    ),
    context: mostly(fc.record({ env: mostly(fc.constantFrom('dev', 'prod', 'other')) }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
);

describe('a compiled policy, decided by the core', () => {
  it('compiles', () => {
    const { policy: checked, diagnostics } = analyse(sources);
    expect(diagnostics).toEqual([]);
    expect(checked).not.toBeNull();
    expect(engineOf().status).toBe('ok');
  });

  it('gives the reference evaluator’s verdict: as an object, in a session, as bytes of both forms', () => {
    const checked = analyse(sources).policy;
    if (checked === null) expect.fail('the policy does not check');
    const engine = engineOf();
    fc.assert(
      fc.property(request, (given) => {
        const { reason, ...expected } = evaluate(checked, given);
        const verdict = engine.decide(given);
        expect(verdict).toMatchObject(reason === null ? expected : { ...expected, reason });
        expect(engine.session(given).decide(given)).toEqual(verdict);
        expect(engine.decideBytes(engine.encode(given))).toEqual(verdict);
        expect(engine.decideBytes(engine.encode(given, { form: 'keyed' }))).toEqual(verdict);
      }),
      { numRuns: 5000 },
    );
  });

  it('guards a tool', async () => {
    const engine = engineOf();
    const principal = { id: 'ann', roles: ['finance'], limits: { daily: 1e6 } };
    const pay = guard(async (args: { amount: number }) => `paid ${args.amount}`, engine, { tool: 'pay', principal });
    expect(await pay({ amount: 10 })).toBe('paid 10');
    const denial = await pay({ amount: 5000 });
    expect(isDenial(denial) && [denial.code, denial.reason, denial.advice, denial.approvers]).toEqual([
      'approval-needed',
      'above the cap',
      ['split it'],
      ['lead'],
    ]);
  });
});
