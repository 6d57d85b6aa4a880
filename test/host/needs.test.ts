// What the host reads of a request: only what a rule for the called tool may look at.

import { describe, expect, it } from 'vitest';
import { analyse, compile, evaluate } from '../../compiler/index.ts';
import { load } from '../../host-js/index.ts';

const text = `
lictor: 1
name: needs
attributes:
  principal.roles: list<string>
  principal.team: string
  args.amount: number
  args.path: string
  args.depth: int
  context.env: string
rules:
  - { id: pay, tool: pay, when: 'args.amount < 10.0 && "finance" in principal.roles', effect: allow }
  - { id: read, tool: [read, "read.*"], when: 'args.path.startsWith("/a/") && !has(args.depth)', effect: allow }
  - { id: mine, tool: own, when: args.path == principal.team, effect: allow }
  - { id: late, tool: late, at: post_tool_call, when: context.env == "prod", effect: deny }
`;
const sources = [{ path: 'needs.policy.yaml', text }];
const { artifact } = compile(sources);
const { policy } = analyse(sources);
if (artifact === null || policy === null) throw new Error('the policy does not compile');
const engine = load(artifact);
const request = {
  principal: { roles: ['finance'], team: '/a/x' },
  args: { amount: 5, path: '/a/x' },
  context: { env: 'prod' },
};

/** The own properties that deciding asked for. */
function readBy(call: { tool: string; at?: string }): string[] {
  const seen = new Set<string>();
  const watched = (name: string, object: object): object =>
    new Proxy(object, {
      getOwnPropertyDescriptor: (target, key) => {
        seen.add(`${name}.${String(key)}`);
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
    });
  // The first calls of a tool are read whole.
  for (let i = 0; i < 4; i += 1) engine.decide(call);
  engine.decide({
    ...call,
    principal: watched('principal', request.principal),
    args: watched('args', request.args),
    context: watched('context', request.context),
  });
  return [...seen].sort();
}

describe('a call is read as far as its tool needs', () => {
  it.each([
    [{ tool: 'pay' }, ['args.amount', 'principal.roles'], ['args.path', 'principal.team', 'context.env']],
    [{ tool: 'read' }, ['args.depth', 'args.path'], ['args.amount', 'principal.roles', 'context.env']],
    [{ tool: 'own' }, ['args.path', 'principal.team'], ['args.amount', 'principal.roles', 'context.env']],
    [{ tool: 'late' }, [], ['args.amount', 'args.path', 'principal.roles', 'principal.team', 'context.env']],
    [{ tool: 'late', at: 'post_tool_call' }, ['context.env'], ['args.amount', 'args.path', 'principal.roles']],
  ])('%j: what its rules look at, and not what only other tools do', (call, needed, others) => {
    const read = readBy(call);
    expect(read).toEqual(expect.arrayContaining(needed));
    for (const path of others) expect(read).not.toContain(path);
  });

  it('a tool that the artifact does not name may be any that a glob covers: everything is read', () => {
    expect(readBy({ tool: 'read.all' })).toContain('args.path');
  });

  it('what one call left behind is not seen by the next, which does not read it', () => {
    for (const tool of ['pay', 'read', 'own', 'late', 'read.all', 'other']) {
      for (const before of ['pay', 'read', 'own', 'read.all']) {
        engine.decide({ ...request, tool: before });
        for (const args of [{}, { amount: 50 }, { path: '/b' }, request.args]) {
          const call = { tool, args };
          const expected = evaluate(policy, call);
          expect(engine.decide(call)).toMatchObject({ decision: expected.decision, unknown: expected.unknown });
        }
      }
    }
  });
});
