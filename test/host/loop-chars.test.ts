// How texts are copied (host-js/loop-chars.ts): by a loop or by TextEncoder, and no verdict depends on it.

import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { CoreInstance, load } from '../../host-js/index.ts';
import { defaultLoopChars } from '../../host-js/loop-chars.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';

const { artifact } = compile([
  {
    path: 'texts.policy.yaml',
    text: `
lictor: 1
name: texts
attributes: { args.a: string, args.b: string, args.tags: list<string> }
rules:
  - { id: end, tool: t, when: args.a.endsWith("x"), effect: warn }
  - { id: inside, tool: t, when: 'args.b.contains("needle")', effect: deny }
  - { id: tag, tool: t, when: '"tag-that-is-longer-than-twenty-four" in args.tags', effect: escalate }
`,
  },
]);
if (artifact === null) throw new Error('the policy does not compile');

const texts = [
  '',
  'x',
  'y'.repeat(23),
  `${'y'.repeat(23)}x`,
  `${'y'.repeat(24)}x`,
  `${'a'.repeat(200)}needle`,
  'ü'.repeat(30),
  '\ud800',
  `ü${'z'.repeat(40)}x`,
];

describe('copying texts by a loop', () => {
  it('or not makes no difference', () => {
    const engines = [0, 1, 24, 96, 100_000].map((loopChars) =>
      load(artifact, { core: new CoreInstance(inlineModule(), { loopChars }), remember: false }),
    );
    const seen = new Set<string>();
    for (const a of texts)
      for (const b of texts)
        for (const tag of [...texts, 'tag-that-is-longer-than-twenty-four']) {
          const request = { tool: 't', args: { a, b, tags: [tag, a] } };
          const [first, ...others] = engines.map((engine) => JSON.stringify(engine.decide(request)));
          for (const other of others) expect(other).toBe(first);
          seen.add(first ?? '');
        }
    expect(seen.size).toBeGreaterThan(5);
  });

  it('ends where it was measured to be slower, by runtime', () => {
    const Mozilla = { navigator: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' } };
    const node = { process: { versions: { node: '20.20.2' } } };
    expect(defaultLoopChars(node)).toBe(24);
    expect(defaultLoopChars({ ...node, navigator: { userAgent: 'Node.js/22' } })).toBe(24);
    expect(defaultLoopChars({ ...node, Bun: {} })).toBe(24);
    expect(defaultLoopChars({ ...node, Deno: {} })).toBe(40);
    expect(defaultLoopChars({ ...node, navigator: { userAgent: 'Cloudflare-Workers' } })).toBe(40);
    expect(defaultLoopChars(Mozilla)).toBe(96);
    expect(defaultLoopChars({})).toBe(40);
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(defaultLoopChars(hostile)).toBe(40);
    expect(defaultLoopChars()).toBe(24);
  });
});
