// What is too long to write down as a case.

import { describe, expect, it } from 'vitest';
import { analyse, compile, evaluate } from '../../compiler/index.ts';
import { load } from '../../host-js/index.ts';

describe('many attributes', () => {
  it('of a rule that is unknown for 300 attributes the first 256 are listed (LANGUAGE.md 6.3)', () => {
    const when = Array.from({ length: 300 }, (_, i) => `args.a${i} == "x"`).join(' && ');
    const text = `lictor: 1\nname: many\nrules:\n  - { id: all, tool: t, when: '${when}', effect: deny }\n`;
    const sources = [{ path: 'many.policy.yaml', text }];
    const { artifact } = compile(sources);
    const { policy } = analyse(sources);
    if (artifact === null || policy === null) throw new Error('the policy does not compile');
    const request = { tool: 't', args: {} };
    const verdict = load(artifact).decide(request);
    expect(verdict.unknown.map(({ path }) => path)).toEqual(Array.from({ length: 256 }, (_, i) => `args.a${i}`));
    expect(verdict.unknown).toEqual(evaluate(policy, request).unknown);
  });
});
