// Ways of the core that only some shapes of policies take, each against a plain computation: runs of rules that fire 64 at a time,
// also where they begin in the middle of a word, and automatons that jump over eight bytes.

import { expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { type Engine, load } from '../../host-js/index.ts';

function engineOf(rules: readonly string[]): Engine {
  const head = 'lictor: 1\nname: p\ndefault: deny\nattributes: { args.n: number, args.path: string }\nrules:\n';
  const { artifact, diagnostics } = compile([{ path: 'p.policy.yaml', text: head + rules.join('\n') }]);
  if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join());
  return load(artifact);
}

/** Rule i of `x` holds from 3 i to 3 i + 600 of 1,500: hundreds overlap, and no key splits them. */
const RUN = Array.from({ length: 300 }, (_, i) => ({ from: 3 * i, below: 3 * i + 600 }));

it.each([0, 1, 63, 64, 70])('a run of 300 rules behind %i others fires as its rules say', (others) => {
  const rules = [
    ...Array.from({ length: others }, (_, i) => `  - { id: y${i}, tool: y, when: 'args.n == ${i}.0', effect: allow }`),
    ...RUN.map(
      ({ from, below }, i) =>
        `  - { id: x${i}, tool: x, when: 'args.n >= ${from}.0 && args.n < ${below}.0', effect: ${i % 7 === 0 ? 'warn' : 'allow'} }`,
    ),
  ];
  const engine = engineOf(rules);
  expect(engine.status).toBe('ok');
  // Where any rule begins or ends, so that every place of a word is an edge once.
  for (let n = -3; n <= 1500; n += 3) {
    const call = { tool: 'x', args: { n } };
    const matching = RUN.flatMap(({ from, below }, i) => (n >= from && n < below ? [i] : []));
    const decision = matching.length === 0 ? 'deny' : matching.some((i) => i % 7 === 0) ? 'warn' : 'allow';
    const verdict = engine.decide(call);
    expect(verdict.rules.join(' '), `n = ${n}`).toBe(matching.map((i) => `x${i}`).join(' '));
    expect(verdict.decision).toBe(decision);
    const determining = decision === 'warn' ? matching.filter((i) => i % 7 === 0) : matching;
    expect(verdict.determining.join(' ')).toBe(determining.map((i) => `x${i}`).join(' '));
    if (n % 90 !== 0) continue;
    const bytes = engine.encode(call);
    expect(engine.decideBytes(bytes).rules).toEqual(verdict.rules);
    expect(new Set(engine.decideBytesBatch([bytes, bytes])).size).toBe(1);
  }
  const hidden = engine.decide({ tool: 'x', args: {} });
  expect(hidden.decision).toBe('deny');
  expect(hidden.rules).toEqual([]);
  expect(hidden.unknown.length).toBe(300);
  engine.dispose();
});

it('prefixes longer than a jump are told apart at every byte', () => {
  const prefixes = ['/home/team-1/', '/home/team-1/projects/secret/', '/home/team-12/', '/srv/shared/archive/'];
  const engine = engineOf(
    prefixes.map((prefix, i) => `  - { id: p${i}, tool: x, when: 'args.path.startsWith("${prefix}")', effect: allow }`),
  );
  const texts = prefixes.flatMap((prefix) =>
    Array.from({ length: prefix.length + 1 }, (_, at) => [
      prefix.slice(0, at),
      `${prefix.slice(0, at)}~${prefix.slice(at + 1)}`,
      `${prefix.slice(0, at)}é${prefix.slice(at)}`,
      `${prefix}${prefix.slice(0, at)}`,
    ]).flat(),
  );
  for (const path of texts) {
    const expected = prefixes.flatMap((prefix, i) => (path.startsWith(prefix) ? [`p${i}`] : []));
    expect(engine.decide({ tool: 'x', args: { path } }).rules, path).toEqual(expected);
    expect(engine.decideBytes(engine.encode({ tool: 'x', args: { path } })).rules, path).toEqual(expected);
  }
  engine.dispose();
});
