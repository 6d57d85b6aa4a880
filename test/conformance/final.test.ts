// Whatever a child says, a final deny of its parent is reported (LANGUAGE.md 8.1, 12.5): children are mutated in every way that a
// policy can be written, nested under the parent or extending it, and decided on the reference and on both builds of the core.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, compile, evaluate } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import { CoreInstance, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';

const CORES = [new CoreInstance(inlineModule()), new CoreInstance(scalarModule())];
const ALGORITHMS = ['deny-overrides', 'allow-overrides', 'first-match', 'priority', 'most-specific', 'only-one'];

/** What a child may say, as lines of its file; what stands under `lets` and `attributes` names what the parent names. */
const mutations = {
  combine: fc.constantFrom(...ALGORITHMS).map((word) => [`combine: ${word}`]),
  default: fc.constantFrom('allow', 'warn').map((word) => [`default: ${word}`]),
  unlisted: fc.constantFrom('deny', 'evaluate').map((word) => [`unlisted: ${word}`]),
  onUnknown: fc.constantFrom('skip', 'match').map((word) => [`onUnknown: ${word}`]),
  scope: fc
    .constantFrom('agent', 'team', 'tenant', '{ agent: bot }', '{ tenant: [acme, globex] }', '{ team: red }')
    .map((word) => [`scope: ${word}`]),
  lets: fc.constantFrom('limit: 1000000', 'risky: "false"', 'limit: -1').map((line) => ['lets:', `  ${line}`]),
  types: fc
    .constantFrom(
      'args.amount: string',
      'context.env: { enum: [dev, staging] }',
      'context.env: bool',
      'args.amount: any',
    )
    .map((line) => ['attributes:', `  ${line}`]),
  absent: fc
    .constantFrom('args.amount: { type: int, absent: 0 }', 'context.env: { type: string, absent: dev }')
    .map((line) => ['attributes:', `  ${line}`]),
  catalogue: fc.constantFrom('none.json', 'other.json', 'same.json').map((path) => [`tools: [${path}]`]),
  import: fc.constant(['import: shared.policy.yaml']),
  nested: fc.constant(['policies: [grandchild.policy.yaml]']),
};
type Mutation = keyof typeof mutations;
const keys = Object.keys(mutations).filter((key): key is Mutation => Object.hasOwn(mutations, key));

/** Rules of a child: the parent's ids again, more priority, narrower tools, disabled, final. */
const rule = fc.record({
  id: fc.constantFrom('stop', 'permit', 'other'),
  effect: fc.constantFrom('allow', 'allow', 'warn', 'deny'),
  tool: fc.constantFrom('pay', 'p*', '[pay, read]', null),
  priority: fc.constantFrom(null, 2147483646),
  enabled: fc.constantFrom(true, true, false),
  onUnknown: fc.constantFrom(null, 'skip'),
  final: fc.boolean(),
});

const FILES: readonly Source[] = [
  { path: 'none.json', text: '{"pay": {"properties": {}}, "read": {"properties": {}}}' },
  { path: 'other.json', text: '{"pay": {"properties": {"amount": {"type": "string"}}}, "more": {}}' },
  { path: 'same.json', text: '{"pay": {"properties": {"amount": {"type": "integer", "default": 0}}}, "read": {}}' },
];
const SHARED = policyText('shared', ['lets: { harmless: false }', 'attributes: { context.extra: bool }']);
const GRANDCHILD = policyText('grandchild', [
  'combine: allow-overrides',
  'rules: [{ id: stop, effect: allow, tool: pay }]',
]);

const child = fc.record({
  said: fc
    .subarray(keys, { maxLength: 3 })
    .chain((some) => fc.record(Object.fromEntries(some.map((key) => [key, mutations[key]])))),
  rules: fc.uniqueArray(rule, { maxLength: 3, selector: ({ id }) => id }),
});
const parent = fc.record({
  combine: fc.constantFrom(...ALGORITHMS),
  default: fc.constantFrom('allow', 'deny'),
  tools: fc.constantFrom(null, 'same.json'),
  /** Among its own rules: what competes with the deny. */
  permits: fc.boolean(),
  priority: fc.constantFrom(-2147483648, 0),
});
const form = fc.constantFrom('nested', 'extending');

type Child = typeof child extends fc.Arbitrary<infer T> ? T : never;
type Parent = typeof parent extends fc.Arbitrary<infer T> ? T : never;

function policyText(name: string, lines: readonly string[]): string {
  return `${['lictor: 1', `name: ${name}`, ...lines].join('\n')}\n`;
}

function parentText(said: Parent, members: readonly string[]): string {
  return policyText('parent', [
    `combine: ${said.combine}`,
    `default: ${said.default}`,
    ...(said.tools === null ? [] : [`tools: [${said.tools}]`]),
    'attributes:',
    '  args.amount: int',
    '  context.env: string',
    'lets:',
    '  limit: 100',
    '  risky: args.amount > limit && context.env == "prod"',
    'rules:',
    ...(said.permits ? ['  - { id: permit, effect: allow, tool: pay }'] : []),
    `  - { id: stop, effect: deny, tool: pay, when: risky, final: true${said.combine === 'priority' ? `, priority: ${said.priority}` : ''} }`,
    ...members,
  ]);
}

function childText({ said, rules }: Child, more: readonly string[]): string {
  const declared = [said.types, said.absent].flatMap((lines) => lines?.slice(1) ?? []);
  const attributes = [...new Map(declared.map((line) => [line.split(':')[0], line])).values()];
  const others = Object.entries(said).flatMap(([key, lines]) => (key === 'types' || key === 'absent' ? [] : lines));
  return policyText('child', [
    ...more,
    ...others,
    ...(attributes.length === 0 ? [] : ['attributes:', ...attributes]),
    'rules:',
    ...rules.map((one) => {
      const entries = Object.entries(one).filter(
        ([key, value]) => value !== null && (key !== 'final' || (value === true && one.effect === 'deny')),
      );
      return `  - { ${entries.map(([key, value]) => `${key}: ${String(value)}`).join(', ')} }`;
    }),
  ]);
}

function sourcesOf(how: 'nested' | 'extending', said: Parent, one: Child): Source[] {
  const more = Object.hasOwn(one.said, 'import') ? [{ path: 'shared.policy.yaml', text: SHARED }] : [];
  const below = Object.hasOwn(one.said, 'nested') ? [{ path: 'grandchild.policy.yaml', text: GRANDCHILD }] : [];
  const entry =
    said.combine === 'priority' ? '{ policy: child.policy.yaml, priority: 2147483646 }' : 'child.policy.yaml';
  const parentFile = {
    path: 'parent.policy.yaml',
    text: parentText(said, how === 'nested' ? [`policies: [${entry}]`] : []),
  };
  const childFile = {
    path: 'child.policy.yaml',
    text: childText(one, how === 'nested' ? [] : ['extends: parent.policy.yaml']),
  };
  const policies = how === 'nested' ? [parentFile, childFile] : [childFile, parentFile];
  return [...policies, ...more, ...below, ...FILES];
}

const principal = { id: 'bot', tenant: 'acme', team: 'red' };
/** Requests in which the parent's condition is true, or unknown because something is left out or of the wrong type. */
const REQUESTS: readonly unknown[] = [
  { tool: 'pay', args: { amount: 101 }, context: { env: 'prod' }, principal },
  { tool: 'pay', args: { amount: 101 }, context: { env: 'prod' } },
  { tool: 'pay', args: {}, context: { env: 'prod' }, principal },
  { tool: 'pay', args: { amount: 101 }, context: {}, principal },
  { tool: 'pay', args: { amount: '101' }, context: { env: 'prod' }, principal },
  { tool: 'pay', args: { amount: 101 }, context: { env: null } },
];

describe('a final deny of a parent', () => {
  it('is reported whatever its children say (LANGUAGE.md 8.1, 12.2, 12.5)', () => {
    const compiled = new Map<string, number>();
    let refused = 0;
    fc.assert(
      fc.property(form, parent, child, (how, said, one) => {
        const sources = sourcesOf(how, said, one);
        const { policy, diagnostics } = analyse(sources);
        if (policy === null) {
          // Refused in so many words: nothing is weakened in silence.
          expect(diagnostics.some(({ severity, code }) => severity === 'error' && /^P0[3-9]/.test(code))).toBe(true);
          refused += 1;
          return;
        }
        for (const key of [...Object.keys(one.said), ...one.rules.map(({ id }) => `rule ${id}`)]) {
          compiled.set(`${how} ${key}`, (compiled.get(`${how} ${key}`) ?? 0) + 1);
        }
        const stop = how === 'nested' ? 'stop' : 'parent/stop';
        const { artifact } = compile(sources);
        const engines = CORES.map((core) => load(artifact ?? new Uint8Array(0), { core }));
        try {
          for (const request of REQUESTS) {
            for (const verdict of [evaluate(policy, request), ...engines.map((engine) => engine.decide(request))]) {
              expect(verdict.decision).toBe('deny');
              expect(verdict.determining).toContain(stop);
            }
          }
        } finally {
          for (const engine of engines) engine.dispose();
        }
      }),
      { numRuns: 400, seed: 20261124 },
    );
    // Every mutation was met in a set that compiled; a policy that extends another is refused what the other has said.
    const extending = ['onUnknown', 'scope', 'import', 'nested', 'catalogue'];
    for (const key of [...keys, 'rule stop', 'rule permit']) {
      expect(compiled.get(`nested ${key}`) ?? 0, `nested ${key}`).toBeGreaterThan(10);
    }
    for (const key of [...extending, 'rule stop', 'rule permit']) {
      expect(compiled.get(`extending ${key}`) ?? 0, `extending ${key}`).toBeGreaterThan(3);
    }
    expect(refused).toBeLessThan(500);
  });
});
