// Random toolkit documents and contexts: the compiled artifact, the reference evaluator and the oracle of the toolkit's own engines say
// the same. Values are drawn from a small pool that documents and contexts share, so that rules meet, tie and fail often.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, compile, evaluate, formatDiagnostic, type Source } from '../../compiler/index.ts';
import { agtAnswer } from '../../compiler/reference/agt.ts';
import { load } from '../../host-js/full.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);

const DECISIONS: Readonly<Record<string, string>> = { allow: 'allow', deny: 'deny', block: 'deny', audit: 'warn' };
const FIELDS = ['a', 'b', 'a.b'];
const TEXTS = ['', 'x', 'xy', 'X', '5', 'True', 'é', 'x\n', "it's"];
const NUMBERS = [0, 1, -1, 5, 4.5, 1e15];
const PATTERNS = [
  'x',
  '^x$',
  '(?i)^X',
  '\\d',
  '[^x]',
  'x|5',
  '^$',
  '\\bx\\b',
  "'x'",
  '\\w{2,}',
  'é',
  'Tr.e',
  '\\[',
  '\\s\\Z',
];

const scalar = fc.constantFrom<unknown>(...TEXTS, ...NUMBERS, true, false);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom('x', 'k', 'b'), scalar, { maxKeys: 2 }) },
);
const context = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 3 });

const comparison = fc.oneof(
  fc.record({ operator: fc.constantFrom('eq', 'ne'), value: scalar }),
  fc.record({
    operator: fc.constantFrom('gt', 'gte', 'lt', 'lte'),
    value: fc.oneof(fc.constantFrom<unknown>(...NUMBERS), fc.constantFrom<unknown>(...TEXTS), fc.boolean()),
  }),
  fc.record({ operator: fc.constantFrom('in', 'not_in'), value: fc.array(scalar, { minLength: 1, maxLength: 4 }) }),
  fc.record({ operator: fc.constant('contains'), value: fc.constantFrom(...TEXTS) }),
  fc.record({ operator: fc.constant('matches'), value: fc.constantFrom(...PATTERNS) }),
);
const structuredRule = fc.record({
  condition: fc.tuple(fc.constantFrom(...FIELDS), comparison).map(([field, rest]) => ({ field, ...rest })),
  action: fc.constantFrom('allow', 'deny', 'audit', 'block'),
  priority: fc.integer({ min: 0, max: 3 }),
});
const structured = fc.record({
  rules: fc.array(structuredRule, { minLength: 1, maxLength: 6 }),
  defaults: fc.record({ action: fc.constantFrom('allow', 'deny', 'audit', 'block') }),
});

const path = fc.constantFrom('a', 'b', 'a.b');
const atom = fc.oneof(
  path,
  fc
    .tuple(path, fc.constantFrom('==', '!='), fc.constantFrom('x', 'xy', '5', 'é'))
    .map(([p, op, v]) => `${p} ${op} '${v}'`),
  fc
    .tuple(path, fc.constantFrom('<', '<=', '>', '>='), fc.constantFrom(0, 1, 4.5, 5))
    .map(([p, op, v]) => `${p} ${op} ${v}`),
  fc
    .tuple(path, fc.subarray(['x', 'xy', '5'], { minLength: 1 }))
    .map(([p, vs]) => `${p} in [${vs.map((v) => `'${v}'`).join(', ')}]`),
);
const expressionRule = fc.record({
  condition: fc
    .array(fc.array(atom, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((any) => any.map((all) => all.join(' and ')).join(' or ')),
  action: fc.constantFrom('allow', 'deny'),
  priority: fc.integer({ min: 0, max: 3 }),
  enabled: fc.boolean(),
});
const expressions = fc.record({
  apiVersion: fc.constant('governance.toolkit/v1'),
  rules: fc.array(expressionRule, { minLength: 1, maxLength: 6 }),
  default_action: fc.constantFrom('allow', 'deny'),
});

interface Rules {
  readonly rules: readonly object[];
}

function agrees(document: Rules, contexts: readonly object[]): void {
  const named = { name: 'random', ...document, rules: document.rules.map((rule, i) => ({ name: `r${i}`, ...rule })) };
  const sources: readonly Source[] = [{ path: 'random.json', text: JSON.stringify(named) }];
  const { artifact, diagnostics } = compile(sources);
  const { policy } = analyse(sources);
  if (artifact === null || policy === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const engine = load(artifact);
  for (const one of contexts) {
    const theirs = agtAnswer(named, one);
    const wanted = {
      decision: DECISIONS[theirs.action],
      determining: theirs.rule === null ? [] : [theirs.rule],
      status: theirs.error ? 'condition-error' : 'ok',
    };
    const bytes = engine.encode({ context: one });
    const verdicts = [engine.decide({ context: one }), engine.decideBytes(bytes), evaluate(policy, { context: one })];
    for (const { decision, determining, status } of verdicts) {
      expect({ decision, determining, status }, JSON.stringify(one)).toEqual(wanted);
    }
  }
  engine.dispose();
}

describe('random documents against the oracle of the toolkit', () => {
  it('PolicyDocuments (LANGUAGE.md 15.2, 15.5)', { timeout: 300_000 }, () => {
    fc.assert(fc.property(structured, fc.array(context, { minLength: 5, maxLength: 20 }), agrees), { numRuns: RUNS });
  });

  it('expressions (LANGUAGE.md 15.2, 15.6)', { timeout: 300_000 }, () => {
    fc.assert(fc.property(expressions, fc.array(context, { minLength: 5, maxLength: 20 }), agrees), { numRuns: RUNS });
  });
});
