// Documents of the Agent Governance Toolkit and requests for them, at random. Values are drawn from a small pool that documents and
// requests share, so that rules meet, tie and fail often. `oracle*`: what the toolkit's own engines, as we wrote them down, can answer
// too; `sets`: what only our reference evaluator knows (strategies, agents, stages, several documents, folders, patterns at large).

import fc from 'fast-check';
import type { Source } from '../../compiler/index.ts';
import { commonPatterns } from '../regex/arbitrary.ts';
import { facetAtom, facetContext } from './facets.ts';

const FIELDS = ['a', 'b', 'a.b'];
const TEXTS = ['', 'x', 'xy', 'X', '5', 'True', 'é', 'x\n', "it's"];
/** Texts of rules. */
const SAID = ['', 'no', "it's é", 'two\nlines', '😀: "q"', 'true', '1'];
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

export interface Rules {
  readonly rules: readonly object[];
}

const scalar = fc.constantFrom<unknown>(...TEXTS, ...NUMBERS, true, false);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom('x', 'k', 'b'), scalar, { maxKeys: 2 }) },
);
const context = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 3 });

export const contexts: fc.Arbitrary<readonly object[]> = fc.array(context, { minLength: 5, maxLength: 20 });

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
/** What a rule says, which is the reason of the verdict that it decides (LANGUAGE.md 8.7). */
const said = fc.record(
  { message: fc.constantFrom(...SAID), description: fc.constantFrom(...SAID) },
  { requiredKeys: [] },
);

/** Rules that may say something. */
function saying<T extends object>(rule: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.tuple(rule, said).map(([own, words]) => ({ ...own, ...words }));
}

const structuredRule = saying(
  fc.record({
    condition: fc.tuple(fc.constantFrom(...FIELDS), comparison).map(([field, rest]) => ({ field, ...rest })),
    action: fc.constantFrom('allow', 'deny', 'audit', 'block'),
    priority: fc.integer({ min: 0, max: 3 }),
  }),
);

export const oracleDocuments: fc.Arbitrary<Rules> = fc.record({
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

/** Texts like `a == 'x' and b or c`. */
function conditions(of: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.array(of, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((any) => any.map((all) => all.join(' and ')).join(' or '));
}

const expressionRule = saying(
  fc.record({
    condition: conditions(atom),
    action: fc.constantFrom('allow', 'deny'),
    priority: fc.integer({ min: 0, max: 3 }),
    enabled: fc.boolean(),
  }),
);

export const oracleExpressions: fc.Arbitrary<Rules> = fc.record({
  apiVersion: fc.constant('governance.toolkit/v1'),
  rules: fc.array(expressionRule, { minLength: 1, maxLength: 6 }),
  default_action: fc.constantFrom('allow', 'deny'),
});

const facetRule = fc.record({
  condition: conditions(fc.oneof({ weight: 4, arbitrary: facetAtom }, { weight: 1, arbitrary: atom })),
  action: fc.constantFrom('allow', 'deny'),
  priority: fc.integer({ min: 0, max: 3 }),
});

/** Rules on `k8s` and `sql`, and contexts that carry them. */
export const oracleFacets: fc.Arbitrary<Rules> = fc.record({
  apiVersion: fc.constant('governance.toolkit/v1'),
  rules: fc.array(facetRule, { minLength: 1, maxLength: 6 }),
  default_action: fc.constantFrom('allow', 'deny'),
});

export const facetContexts: fc.Arbitrary<readonly object[]> = fc.array(
  fc.tuple(context, facetContext).map(([own, more]) => ({ ...own, ...more })),
  { minLength: 5, maxLength: 20 },
);

/** With a name, and one for each rule. */
export function named(document: Rules, name: string = 'random', prefix: string = 'r'): Rules {
  return { name, ...document, rules: document.rules.map((rule, i) => ({ name: `${prefix}${i}`, ...rule })) } as Rules;
}

export interface DocumentSet {
  readonly sources: readonly Source[];
  readonly requests: readonly object[];
}

const LOOKAHEADS = ['x(?!y)', '(?i)x(?!Y|5)', '(x(?!\\d)|5)', 'x(?!.*5)', 'x(?!)', 'a(?!b)c', '(?<!x)y', '(?=x).'];

const anyPattern = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...PATTERNS) },
  { weight: 1, arbitrary: fc.constantFrom(...LOOKAHEADS) },
  { weight: 4, arbitrary: commonPatterns },
);

const wideComparison = fc.oneof(
  { weight: 3, arbitrary: comparison },
  { weight: 2, arbitrary: fc.record({ operator: fc.constant('matches'), value: anyPattern }) },
  { weight: 1, arbitrary: fc.record({ operator: fc.constantFrom('in', 'not_in'), value: fc.constantFrom(...TEXTS) }) },
);

const governed = saying(
  fc.record(
    {
      condition: fc
        .tuple(fc.constantFrom(...FIELDS, 'path'), wideComparison)
        .map(([f, rest]) => ({ field: f, ...rest })),
      action: fc.constantFrom('allow', 'deny', 'audit', 'block'),
      priority: fc.integer({ min: 0, max: 3 }),
      override: fc.boolean(),
    },
    { requiredKeys: ['condition', 'action'] },
  ),
);

const governedDocument = fc.record({
  rules: fc.array(governed, { minLength: 1, maxLength: 5 }),
  defaults: fc.record({ action: fc.constantFrom('allow', 'deny', 'audit') }),
});

/** PolicyDocuments side by side. */
const beside = fc
  .array(governedDocument, { minLength: 1, maxLength: 3 })
  .map((documents) =>
    documents.map((document, i): Source => ({ path: `d${i}.json`, text: JSON.stringify(named(document, `d${i}`)) })),
  );

const FOLDERS = ['', 'team/', 'team/lab/', 'docs/'];

/** PolicyDocuments of folders, the outermost first. */
const folders = fc
  .tuple(
    fc.array(
      fc.tuple(governedDocument, fc.boolean(), fc.option(fc.constantFrom('**/*.key', 'team/*', '*', 'docs/a*'))),
      { minLength: 2, maxLength: 4 },
    ),
  )
  .map(([documents]) =>
    documents.map(([document, inherit, scope], i): Source => {
      const more = { ...(i > 0 && !inherit ? { inherit } : {}), ...(i > 0 && scope !== null ? { scope } : {}) };
      return {
        path: `${FOLDERS[i]}governance.yaml`,
        text: JSON.stringify({ ...named(document, `g${i}`), ...more }),
      };
    }),
  );

const wideAtom = fc.oneof(
  { weight: 4, arbitrary: atom },
  fc
    .tuple(path, fc.constantFrom('contains', 'startswith', 'endswith'), fc.constantFrom('x', 'xy', '5', 'é'))
    .map(([p, op, v]) => `${p} ${op} '${v}'`),
  fc.tuple(path, fc.constantFrom('==', '!='), fc.constantFrom('5', '4.5', 'true', 'false')).map((all) => all.join(' ')),
  fc
    .tuple(path, fc.constantFrom('in', 'not in'), fc.subarray(["'x'", '5', 'xy', "'5'"], { minLength: 1 }))
    .map(([p, op, vs]) => `${p} ${op} [${vs.join(', ')}]`),
  fc
    .tuple(
      fc.constantFrom('verb', 'resource', 'namespace', 'name', 'subresource'),
      fc.constantFrom('==', '!='),
      fc.constantFrom('get', 'deletecollection', 'pods', 'production', 'api', 'log'),
    )
    .map(([field, op, v]) => `k8s.${field} ${op} '${v}'`),
  { weight: 2, arbitrary: facetAtom },
);

const toolkitRule = saying(
  fc.record(
    {
      condition: conditions(wideAtom),
      action: fc.constantFrom('allow', 'deny', 'warn', 'log', 'require_approval', 'escalate'),
      approvers: fc.subarray(['ann', 'bob'], { minLength: 1 }),
      priority: fc.integer({ min: 0, max: 3 }),
      enabled: fc.boolean(),
      stage: fc.constantFrom('pre_input', 'pre_tool', 'post_tool', 'pre_output'),
    },
    { requiredKeys: ['condition'] },
  ),
);

const toolkitDocument = fc.record(
  {
    apiVersion: fc.constant('governance.toolkit/v1'),
    rules: fc.array(toolkitRule, { minLength: 1, maxLength: 5 }),
    default_action: fc.constantFrom('allow', 'deny'),
    conflict_strategy: fc.constantFrom(
      'priority_first_match',
      'deny_overrides',
      'allow_overrides',
      'most_specific_wins',
    ),
    scope: fc.constantFrom('global', 'tenant', 'organization', 'agent'),
    agents: fc.subarray(['did:x', 'did:y', '*'], { minLength: 1 }),
  },
  { requiredKeys: ['apiVersion', 'rules'] },
);

/** Documents of the other format, of one strategy, some a parent of the first. */
const toolkit = fc
  .tuple(fc.array(toolkitDocument, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([documents, hasParent]) => {
    const strategy = documents[0]?.conflict_strategy;
    return documents.map((document, i): Source => {
      const { conflict_strategy: _own, ...rest } = document;
      const more = {
        ...(strategy === undefined ? {} : { conflict_strategy: strategy }),
        ...(i === 0 && hasParent && documents.length > 1 ? { extends: 't1.json' } : {}),
      };
      return { path: `t${i}.json`, text: JSON.stringify({ ...named(rest, `t${i}`), ...more }) };
    });
  });

const deep = (depth: number): unknown => (depth === 0 ? 'x' : [deep(depth - 1)]);

/** What JSON cannot carry, and what Python's texts are long of. */
const oddValue = fc.oneof(
  { weight: 8, arbitrary: value },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      ...[Number.NaN, Infinity, -0, 1e21, 1e-7, 5e-324, 10n, -(2n ** 63n), undefined, new Date(0), 'x'.repeat(3000)],
      ...['\ud800', ' 7 ', '1e3', 'inf', '-0', '1_0', '٣', deep(31), deep(33), [[['x']]], { k: { b: null } }, ['\n']],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom('a', 'k', 's', '1', '-', ' ', '\n', 'é', '√')).map((l) => l.join('')),
  },
);

const k8s = fc.record(
  {
    method: fc.constantFrom('GET', 'delete', 'POST', 'PATCH'),
    path: fc.constantFrom(
      ...['/api/v1/namespaces/production/pods', '/apis/apps/v1/namespaces/x/deployments/api', '/api/v1/nodes', '/'],
      ...['/api/v1/namespaces/production/pods/api/log', '/api/v1/namespaces/production', '', 'api//v1'],
    ),
    verb: fc.constantFrom('get', 'deletecollection'),
    namespace: fc.constantFrom('production', 'x'),
  },
  { requiredKeys: [] },
);

const request = fc.record(
  {
    at: fc.constantFrom('input', 'pre_tool_call', 'post_tool_call', 'output', 'agent_startup'),
    tool: fc.constantFrom('t', 'u'),
    principal: fc.oneof(
      fc.record({ id: fc.constantFrom<unknown>('did:x', 'did:y', 'did:z', 5, null) }),
      fc.constant({}),
    ),
    context: fc
      .tuple(
        fc.dictionary(fc.constantFrom(...FIELDS), oddValue, { maxKeys: 3 }),
        fc.option(k8s),
        fc.option(facetContext),
        fc.option(
          fc.constantFrom(
            ...['a.txt', 'team/a.key', 'team/lab/x', 'docs/a.key', 'docs/b', '../a', '/x', 'a//b', 'teams/x', '', 'é'],
          ),
        ),
      )
      .map(([fields, k, facets, p]) => ({
        ...fields,
        ...(k === null ? {} : { k8s: k }),
        ...facets,
        ...(p === null ? {} : { path: p }),
      })),
  },
  { requiredKeys: ['context'] },
);

export const sets: fc.Arbitrary<DocumentSet> = fc.record({
  sources: fc.oneof(
    { weight: 1, arbitrary: beside },
    { weight: 1, arbitrary: folders },
    { weight: 3, arbitrary: toolkit },
  ),
  requests: fc.array(request, { minLength: 5, maxLength: 20 }),
});
