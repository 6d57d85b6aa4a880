// Doubt never permits: leaving attributes out of a request never makes the decision less severe (LANGUAGE.md 8.6). Random small
// policies under every algorithm on the reference evaluator; what 8.6 excepts is never generated.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../compiler/check/check.ts';
import type { Algorithm, CheckedPolicy, Effect, PolicyNode } from '../../compiler/check/typed.ts';
import { DiagnosticSink, formatDiagnostic } from '../../compiler/diagnostic.ts';
import { evaluate } from '../../compiler/reference/evaluate.ts';
import { parsePolicy } from '../../compiler/syntax/policy.ts';

const ALGORITHMS: readonly Algorithm[] = [
  'deny-overrides',
  'allow-overrides',
  'first-match',
  'priority',
  'most-specific',
  'only-one',
];
const SEVERITY: readonly Effect[] = ['allow', 'warn', 'escalate', 'deny'];
const RUNS = 200;

/** Literals over seven attributes, of every kind but `has` (8.6). */
const LITERALS: readonly string[] = [
  'args.s == "a"',
  'args.s < "b"',
  'args.s in ["a", "c"]',
  'args.s.contains(args.t)',
  'args.t.startsWith("a")',
  'args.i > 1',
  'args.i == args.j',
  'args.i / args.j > 0',
  'args.i * 4503599627370497 * 1024 > 0',
  'size(args.s) > 1',
  'args.s in args.ls',
  'args.ls.exists(v, v == "a" || v == args.s)',
  'args.ls.all(v, v.contains(args.t))',
  'args.b',
  'args.i == null',
  'context.e == "x"',
  '(args.b ? args.i : args.j) > 1',
];

const condition: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'condition' },
    fc.constantFrom(...LITERALS),
    tie('condition').map((c) => `!(${c})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} || ${b})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `((${a}) == (${b}))`),
  ),
})).condition;

interface RuleText {
  readonly when: string;
  readonly effect: Effect;
  readonly tool: string;
  readonly priority: number;
}

const effect: fc.Arbitrary<Effect> = fc.constantFrom(...SEVERITY);
const rule: fc.Arbitrary<RuleText> = fc.record({
  when: condition,
  effect,
  tool: fc.constantFrom('', 'tool: t, ', 'tool: "*", ', 'tool: ["t*", u], '),
  priority: fc.integer({ min: -1, max: 1 }),
});

const request: fc.Arbitrary<Args> = fc.record({
  s: fc.constantFrom<unknown>('a', 'b', 'ab', '', 'a\ud800', 1, null),
  t: fc.constantFrom<unknown>('a', 'b', '', null),
  i: fc.constantFrom<unknown>(0, 1, 2, -3, 9007199254740991, 1.5, null),
  j: fc.constantFrom<unknown>(0, 1, 2, '2'),
  b: fc.constantFrom<unknown>(true, false, 0),
  ls: fc.constantFrom<unknown>([], ['a'], ['b', 'ab'], ['a', 1], 'a'),
  e: fc.constantFrom<unknown>('x', 'y', 'z', null),
});
type Args = Readonly<Record<'s' | 't' | 'i' | 'j' | 'b' | 'ls' | 'e', unknown>>;
const names = ['s', 't', 'i', 'j', 'b', 'ls', 'e'] as const;

function policyText(algorithm: Algorithm, defaultEffect: Effect, rules: readonly RuleText[]): string {
  const written = rules.map(({ when, effect, tool, priority }, index) => {
    const rank = algorithm === 'priority' ? `, priority: ${priority}` : '';
    return `  - { id: r${index}, ${tool}effect: ${effect}${rank}, when: '${when}' }`;
  });
  return `lictor: 1
name: monotone
combine: ${algorithm}
default: ${defaultEffect}
tools: [tools.json]
attributes:
  context.e: { enum: [x, y] }
rules:
${written.join('\n')}
`;
}

/** Declares every argument for every tool, so that hiding one makes it unknown and never inapplicable (5.4). */
const SCHEMA = {
  type: 'object',
  properties: {
    s: { type: 'string' },
    t: { type: 'string' },
    i: { type: 'integer' },
    j: { type: 'integer' },
    b: { type: 'boolean' },
    ls: { type: 'array', items: { type: 'string' } },
  },
};
const CATALOGUE = { path: 'tools.json', text: JSON.stringify({ t: SCHEMA, u: SCHEMA }) };

function checked(text: string): CheckedPolicy {
  const sink = new DiagnosticSink();
  const source = { path: 'monotone.policy.yaml', text };
  const ast = parsePolicy(source, sink);
  const policy = ast === null ? null : check(ast, [source, CATALOGUE], sink);
  if (policy === null || sink.hasErrors) throw new Error(sink.sorted().map(formatDiagnostic).join('\n'));
  return policy;
}

function severityOf(policy: CheckedPolicy, values: Partial<Args>): number {
  const { e, ...args } = values;
  const context = 'e' in values ? { e } : {};
  return SEVERITY.indexOf(evaluate(policy, { tool: 't', args, context }).decision);
}

function without(values: Args, hidden: readonly string[]): Partial<Args> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.includes(name)));
}

type Node = Pick<PolicyNode, 'algorithm' | 'priority' | 'scope'>;
const node: fc.Arbitrary<Node> = fc.record({
  algorithm: fc.constantFrom(...ALGORITHMS),
  priority: fc.integer({ min: -1, max: 1 }),
  scope: fc.constantFrom('global', 'tenant', 'team', 'agent'),
});

/** Before each rule policies close, then open: a set in source order. */
function setOf(
  root: Node,
  defaultEffect: Effect,
  placed: readonly {
    readonly rule: RuleText;
    readonly closes: number;
    readonly opens: readonly Node[];
    readonly final: boolean;
  }[],
): CheckedPolicy {
  const flat = checked(
    policyText(
      'priority',
      defaultEffect,
      placed.map(({ rule }) => rule),
    ),
  );
  const tree: [PolicyNode, ...PolicyNode[]] = [{ ...root, parent: -1, position: 0 }];
  const open = [0];
  const rules = placed.flatMap(({ closes, opens, final }, index) => {
    for (let i = 0; i < closes && open.length > 1; i += 1) open.pop();
    for (const one of opens) {
      tree.push({ ...one, parent: open.at(-1) ?? 0, position: index });
      open.push(tree.length - 1);
    }
    const rule = flat.rules[index];
    return rule === undefined ? [] : [{ ...rule, policy: open.at(-1) ?? 0, final: final && rule.effect === 'deny' }];
  });
  return { ...flat, tree, rules };
}

describe('hiding is monotone (LANGUAGE.md 8.6)', () => {
  it.each(ALGORITHMS)('under %s no attribute left out makes a decision less severe (LANGUAGE.md 8.6)', (algorithm) => {
    const rules = fc.array(rule, { minLength: 1, maxLength: 4 });
    const cases = fc.record({
      defaultEffect: effect,
      rules,
      requests: fc.array(request, { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(cases, fc.subarray([...names]), ({ defaultEffect, rules, requests }, some) => {
        const policy = checked(policyText(algorithm, defaultEffect, rules));
        for (const values of requests) {
          const before = severityOf(policy, values);
          for (const hidden of [...names.map((name) => [name]), some, [...names]]) {
            expect(severityOf(policy, without(values, hidden)), `without ${hidden.join(', ')}`).toBeGreaterThanOrEqual(
              before,
            );
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('in sets of nested policies, under any mix of algorithms, with final denies (LANGUAGE.md 8.6, 12.4)', () => {
    const placed = fc.array(
      fc.record({ rule, closes: fc.nat(2), opens: fc.array(node, { maxLength: 2 }), final: fc.boolean() }),
      {
        minLength: 2,
        maxLength: 7,
      },
    );
    let nested = 0;
    fc.assert(
      fc.property(
        fc.record({
          root: node,
          defaultEffect: effect,
          placed,
          requests: fc.array(request, { minLength: 1, maxLength: 4 }),
        }),
        fc.subarray([...names]),
        ({ root, defaultEffect, placed, requests }, some) => {
          const policy = setOf(root, defaultEffect, placed);
          if (policy.tree.length > 1) nested += 1;
          for (const values of requests) {
            const before = severityOf(policy, values);
            for (const hidden of [...names.map((name) => [name]), some, [...names]]) {
              expect(
                severityOf(policy, without(values, hidden)),
                `without ${hidden.join(', ')}`,
              ).toBeGreaterThanOrEqual(before);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(nested).toBeGreaterThan(150);
  });

  it('has is an exception, so the property can fail (LANGUAGE.md 8.6)', () => {
    const text = policyText('deny-overrides', 'allow', [
      { when: 'has(args.i) && args.i > 1', effect: 'deny', tool: '', priority: 0 },
    ]);
    const policy = checked(text);
    expect(severityOf(policy, { i: 2 })).toBeGreaterThan(severityOf(policy, {}));
  });
});
