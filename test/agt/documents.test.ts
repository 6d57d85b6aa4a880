// What toolkit documents mean that no recorded case shows: conflict strategies, several documents, parents, folders, agents, stages,
// and the operators at their edges. The oracle stands beside the compiled artifact wherever it knows the feature.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile, type Diagnostic, formatDiagnostic, type Source } from '../../compiler/index.ts';
import { agtAnswer } from '../../compiler/reference/agt.ts';
import { type Engine, load, type Verdict } from '../../host-js/full.ts';

function found(sources: readonly Source[]): readonly Diagnostic[] {
  return compile(sources).diagnostics;
}

function engineOf(sources: readonly Source[]): Engine {
  const { artifact, diagnostics } = compile(sources);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return load(artifact);
}

function decide(sources: readonly Source[], request: object): Verdict {
  const engine = engineOf(sources);
  const verdict = engine.decide(request);
  engine.dispose();
  return verdict;
}

interface RuleText {
  readonly name: string;
  readonly condition: unknown;
  readonly action?: string;
  readonly [key: string]: unknown;
}

function v4(
  rules: readonly RuleText[],
  more: object = { defaults: { action: 'allow' } },
  path = 'governed.yaml',
): Source {
  return { path, text: JSON.stringify({ version: '1.0', name: 'governed', rules, ...more }) };
}

function v1(rules: readonly RuleText[], more: object = {}, path = 'toolkit.yaml'): Source {
  const document = { apiVersion: 'governance.toolkit/v1', name: path, default_action: 'allow', rules, ...more };
  return { path, text: JSON.stringify(document) };
}

const on = (field: string, operator: string, value: unknown): object => ({ field, operator, value });
const deny = (name: string, condition: unknown, more: object = {}): RuleText => ({
  name,
  condition,
  action: 'deny',
  ...more,
});
const allow = (name: string, condition: unknown, more: object = {}): RuleText => ({
  name,
  condition,
  action: 'allow',
  ...more,
});

describe('structured conditions', () => {
  const VALUES: readonly unknown[] = [
    ...['', 'a', 'b', 'abc', 'A', '5', '5.0', 'True', 'é', '٣', 'x\n'],
    ...[0, 1, -1, 5, 4.999, 5.001, 1e21, true, false],
    ...[[], ['a'], ['a', 5], [5], [true], {}, { a: 1 }, { b: null }, null, undefined],
  ];
  const CONDITIONS: readonly (readonly [string, unknown])[] = [
    ...(['eq', 'ne'] as const).flatMap((op) =>
      ['a', '', 5, 1, 0, true, false, 5.5].map((value) => [op, value] as const),
    ),
    ...(['gt', 'gte', 'lt', 'lte'] as const).flatMap((op) =>
      [5, 0, 1, 0.5, 'a', true].map((value) => [op, value] as const),
    ),
    ...(['in', 'not_in'] as const).flatMap((op) =>
      [['a', 'b'], ['a', 5, true], [0, 1], [5.0], [null, 'a'], 'abc'].map((value) => [op, value] as const),
    ),
    ['not_in', []],
    ['ne', null],
    ...['a', '', 'bc'].map((value) => ['contains', value] as const),
    ...['a', '^a$', '\\d', '5', 'True', "\\['a'", '^$', "'b': None", '(?i)^ABC$', '\\bé\\b', 5, true].map(
      (value) => ['matches', value] as const,
    ),
  ];
  it('are true, false and failing where their evaluator finds them so (LANGUAGE.md 15.5)', { timeout: 60_000 }, () => {
    for (const [operator, value] of CONDITIONS) {
      const source = v4([deny('r', on('f', operator, value))]);
      const engine = engineOf([source]);
      for (const actual of VALUES) {
        const context = actual === undefined ? {} : { f: actual };
        const theirs = agtAnswer(parse(source.text), context);
        const ours = engine.decide({ context });
        expect(
          { decision: ours.decision, rule: ours.determining[0] ?? null, error: ours.status === 'condition-error' },
          `${operator} ${JSON.stringify(value)} of ${JSON.stringify(actual)}`,
        ).toEqual({ decision: theirs.action, rule: theirs.rule, error: theirs.error });
      }
      engine.dispose();
    }
  });

  it('`yes` without quotes is a bool, as their YAML reader has it (LANGUAGE.md 15.5)', () => {
    const text =
      'version: "1.0"\nrules:\n  - name: r\n    condition: { field: f, operator: eq, value: yes }\n    action: deny\ndefaults: { action: allow }\n';
    const source = { path: 'x.yaml', text };
    expect(found([source]).map(({ code }) => code)).toEqual(['P1212']);
    expect(decide([source], { context: { f: true } }).decision).toBe('deny');
    expect(decide([source], { context: { f: 'yes' } }).decision).toBe('allow');
  });

  it('a field is one key, dots and all, and no path (LANGUAGE.md 15.5)', () => {
    const source = v4([deny('r', on('sql.verb', 'eq', 'DROP'))]);
    expect(decide([source], { context: { 'sql.verb': 'DROP' } }).decision).toBe('deny');
    expect(decide([source], { context: { sql: { verb: 'DROP' } } }).decision).toBe('allow');
  });

  it('an error hides behind a rule of higher priority, and ends the search before others (LANGUAGE.md 15.2)', () => {
    const source = v4([
      allow('last', on('a', 'eq', 'x'), { priority: 1 }),
      deny('middle', on('n', 'gt', 5), { priority: 2 }),
      allow('first', on('b', 'eq', 'y'), { priority: 3 }),
    ]);
    expect(decide([source], { context: { a: 'x', b: 'y', n: 'six' } })).toMatchObject({
      decision: 'allow',
      determining: ['first'],
    });
    const stopped = decide([source], { context: { a: 'x', n: 'six' } });
    expect(stopped).toMatchObject({ decision: 'deny', determining: [], status: 'condition-error', rules: ['last'] });
  });

  it('apply at every intervention point (LANGUAGE.md 15.1)', () => {
    const source = v4([deny('r', on('f', 'eq', 'a'))]);
    for (const at of ['input', 'pre_tool_call', 'output', 'agent_startup']) {
      expect(decide([source], { at, context: { f: 'a' } }).decision, at).toBe('deny');
    }
  });
});

describe('expressions', () => {
  const CONDITIONS = [
    ...["a == 'x'", "a != 'x'", "a in ['x', 'y']", 'a > 5', 'a <= 5', 'a < 1', 'a >= 0', 'a', 'a.b', "a.b == 'x'"],
    ...["a == 'x' and b == 'y'", "a == 'x' or b == 'y'", "a == 'x' and b == 'y' or c", "a.b != 'x' and c > 2.5"],
  ];
  const VALUES: readonly unknown[] = [
    ...['x', 'y', '', '5', ' 7 ', 'inf', '1e3', 'nan', 0, 1, 5, 6, -2, true, false],
    ...[[], ['x'], {}, { b: 'x' }, { b: 0 }, { b: { c: 1 } }, null, undefined],
  ];
  it('hold where their Python engine finds them so (LANGUAGE.md 15.6)', () => {
    for (const condition of CONDITIONS) {
      const source = v1([deny('r', condition)]);
      const engine = engineOf([source]);
      VALUES.forEach((a, i) => {
        const context: unknown = JSON.parse(
          JSON.stringify({ a, b: i % 2 === 0 ? 'y' : 'z', c: VALUES[(i * 7) % VALUES.length] }),
        );
        const theirs = agtAnswer(parse(source.text), context);
        const ours = engine.decide({ context });
        expect(ours.decision, `${condition} of ${JSON.stringify(context)}`).toBe(theirs.action);
      });
      engine.dispose();
    }
  });

  it('quotes are quotes (LANGUAGE.md 15.6)', () => {
    const source = v1([deny('r', "message == 'this or that and more'")]);
    expect(decide([source], { context: { message: 'this or that and more' } }).decision).toBe('deny');
  });

  it('what only their TypeScript engine reads has its meaning there (LANGUAGE.md 15.6)', () => {
    const of = (condition: string, value: unknown): string =>
      decide([v1([deny('r', condition)])], { context: { a: value } }).decision;
    expect(of("a not in ['x']", 'y')).toBe('deny');
    expect(of("a not in ['x']", 'x')).toBe('allow');
    expect(of('a == 5', 5)).toBe('deny');
    expect(of('a == true', true)).toBe('deny');
    expect(of('a in [22, 3389]', 22)).toBe('deny');
    expect(of('a in [22, 3389]', '22')).toBe('deny');
    expect(of("a startswith 'x'", 'xy')).toBe('deny');
  });

  it('stages are intervention points (LANGUAGE.md 15.6)', () => {
    const source = v1([deny('r', 'a', { stage: 'pre_output' })]);
    expect(decide([source], { at: 'output', context: { a: true } }).decision).toBe('deny');
    expect(decide([source], { context: { a: true } }).decision).toBe('allow');
  });

  it('the default speaks at every stage, also where no rule does (LANGUAGE.md 15.1)', () => {
    const source = v1([allow('r', 'a')], { default_action: 'deny' });
    for (const at of ['input', 'pre_tool_call', 'post_tool_call', 'output']) {
      expect(decide([source], { at, context: {} }), at).toMatchObject({ decision: 'deny', status: 'ok' });
    }
    expect(decide([source], { at: 'agent_startup', context: {} }).status).toBe('not-governed');
  });

  it('an approval keeps its approvers, a disabled rule never fires (LANGUAGE.md 15.1, 15.6)', () => {
    const rules = [
      { name: 'ask', condition: 'a', action: 'require_approval', approvers: ['ann'] },
      deny('off', 'a', { enabled: false, priority: 9 }),
    ];
    expect(decide([v1(rules)], { context: { a: 1 } })).toMatchObject({ decision: 'escalate', approvers: ['ann'] });
  });

  it('k8s fields are those of the request, where it carries one (LANGUAGE.md 15.7)', () => {
    const source = v1([
      deny('gone', "k8s.verb == 'deletecollection'", { priority: 2 }),
      deny('prod', "k8s.namespace in ['production'] and k8s.resource != 'events'", { priority: 1 }),
    ]);
    const by = (k8s: object): string | undefined => decide([source], { context: { k8s } }).determining[0];
    expect(by({ method: 'DELETE', path: '/api/v1/namespaces/staging/pods' })).toBe('gone');
    expect(by({ method: 'delete', path: '/apis/apps/v1/namespaces/production/deployments/api' })).toBe('prod');
    expect(by({ method: 'GET', path: '/api/v1/namespaces/production/events' })).toBeUndefined();
    expect(by({ method: 'GET', path: '/api/v1/nodes', namespace: 'production' })).toBeUndefined();
    expect(by({ verb: 'deletecollection' })).toBe('gone');
    const pods = v1([allow('pods', "k8s.resource == 'pods'")]);
    const isPods = (path: string): boolean => decide([pods], { context: { k8s: { path } } }).determining.length > 0;
    expect(['/api/v1/pods', '/api/v1/pods/', '/api/v1/pods/\n'].map(isPods)).toEqual([true, true, true]);
    // The last part takes a newline at the end.
    expect(isPods('/api/v1/pods\n')).toBe(false);
  });
});

describe('conflict strategies', () => {
  const rules = [
    allow('low-allow', 'a', { priority: 1 }),
    deny('low-deny', 'a', { priority: 1 }),
    allow('high-allow', 'a', { priority: 9 }),
    { name: 'top-warn', condition: 'a', action: 'warn', priority: 10 },
  ];
  it.each([
    ['priority_first_match', 'top-warn', 'warn'],
    ['deny_overrides', 'low-deny', 'deny'],
    ['allow_overrides', 'high-allow', 'allow'],
  ])('%s: %s wins (LANGUAGE.md 15.6)', (conflict_strategy, winner, decision) => {
    const verdict = decide([v1(rules, { conflict_strategy })], { context: { a: true } });
    expect(verdict).toMatchObject({ decision, determining: [winner] });
  });

  it('most_specific_wins: the scope of the document before priority (LANGUAGE.md 15.6)', () => {
    const conflict_strategy = 'most_specific_wins';
    const documents = [
      v1([deny('everywhere', 'a', { priority: 100 })], { scope: 'global', conflict_strategy }, 'a.yaml'),
      v1([allow('agent', 'a')], { scope: 'agent', conflict_strategy }, 'b.yaml'),
      v1([deny('org', 'a', { priority: 7 })], { scope: 'organization', conflict_strategy }, 'c.yaml'),
    ];
    expect(decide(documents, { context: { a: true } })).toMatchObject({ decision: 'allow', determining: ['agent'] });
  });

  it('the caller names the strategy of a document that names none (LANGUAGE.md 15.6)', () => {
    const { artifact } = compile([v1(rules)], { conflictStrategy: 'deny_overrides' });
    const engine = load(artifact ?? new Uint8Array());
    expect(engine.decide({ context: { a: true } }).determining).toEqual(['low-deny']);
    engine.dispose();
  });

  it('ties keep the order in which rules are written (LANGUAGE.md 15.6)', () => {
    expect(decide([v1([deny('one', 'a'), allow('two', 'a')])], { context: { a: 1 } }).determining).toEqual(['one']);
  });
});

describe('several documents', () => {
  it('of PolicyDocuments the first states the default, priorities go across (LANGUAGE.md 15.8)', () => {
    const documents = [
      v4([allow('a', on('f', 'eq', 'x'), { priority: 1 })], { defaults: { action: 'deny' } }, 'a.yaml'),
      v4([deny('b', on('f', 'eq', 'x'), { priority: 2 })], { defaults: { action: 'allow' } }, 'b.yaml'),
    ];
    expect(decide(documents, { context: { f: 'x' } }).determining).toEqual(['b']);
    expect(decide(documents, { context: { f: 'y' } })).toMatchObject({ decision: 'deny', determining: [] });
  });

  it('a document for some agents speaks for them alone (LANGUAGE.md 15.6)', () => {
    const source = v1([deny('r', 'a')], { agents: ['did:x', 'did:y'] });
    const of = (id: unknown, a: boolean): Verdict => decide([source], { principal: { id }, context: { a } });
    expect(of('did:x', true)).toMatchObject({ decision: 'deny', determining: ['r'] });
    expect(of('did:y', false)).toMatchObject({ decision: 'allow' });
    expect(of('did:z', false)).toMatchObject({ decision: 'deny', determining: [] });
  });

  it('a child has its parents’ rules and cannot weaken a deny of theirs by its name (LANGUAGE.md 15.8)', () => {
    const parent = v1([deny('wall', 'a'), allow('door', 'b')], { default_action: 'deny' }, 'base/org.yaml');
    const child = v1(
      [allow('wall', 'a', { priority: 9 }), deny('own', 'c')],
      { extends: 'base/org.yaml' },
      'team.yaml',
    );
    expect(decide([child, parent], { context: { a: 1 } })).toMatchObject({ determining: ['wall'], decision: 'deny' });
    expect(decide([child, parent], { context: { c: 1 } })).toMatchObject({ determining: ['own'] });
    expect(decide([child, parent], { context: {} })).toMatchObject({ decision: 'allow' });
    expect(found([child, parent]).map(({ code }) => code)).toEqual(['P1215']);
  });

  it('parents that are missing, outside or in a circle are refused (LANGUAGE.md 15.8)', () => {
    const codes = (...sources: readonly Source[]): string[] => found(sources).map(({ code }) => code);
    expect(codes(v1([], { extends: 'no.yaml' }))).toEqual(['P1216']);
    expect(codes(v1([], { extends: '../up.yaml' }, 'x/a.yaml'))).toEqual(['P1216']);
    expect(codes(v1([], { extends: 'b.yaml' }, 'a.yaml'), v1([], { extends: 'a.yaml' }, 'b.yaml'))).toContain('P1216');
  });
});

describe('documents in folders', () => {
  const root = v4(
    [deny('no-rm', on('action', 'eq', 'rm'), { priority: 1 }), allow('read', on('action', 'eq', 'read'))],
    { defaults: { action: 'deny' } },
    'governance.yaml',
  );
  const team = v4(
    [
      allow('no-rm', on('action', 'eq', 'rm'), { override: true, priority: 9 }),
      { name: 'read', condition: on('action', 'eq', 'read'), action: 'audit', override: true },
      deny('write', on('action', 'eq', 'write'), { priority: 5 }),
    ],
    { defaults: { action: 'allow' } },
    'team/governance.yaml',
  );
  const alone = v4(
    [allow('any', on('action', 'ne', ''))],
    { inherit: false, defaults: { action: 'deny' } },
    'team/lab/governance.yaml',
  );
  const by = (path: string, action: string, ...more: readonly Source[]): string => {
    const { decision, determining } = decide([root, team, alone, ...more], { context: { path, action } });
    return `${decision} ${determining.join()}`;
  };

  it('a path has the rules of all folders above it (LANGUAGE.md 15.9)', () => {
    expect(by('a.txt', 'read')).toBe('allow read');
    expect(by('a.txt', 'write')).toBe('deny ');
    expect(by('team/a.txt', 'write')).toBe('deny write');
    expect(by('teams/a.txt', 'write')).toBe('deny ');
  });

  it('an inner rule replaces an outer one by `override`, but never a deny (LANGUAGE.md 15.9)', () => {
    expect(by('team/a.txt', 'read')).toBe('warn read');
    expect(by('team/a.txt', 'rm')).toBe('deny no-rm');
  });

  it('`inherit: false` cuts off what is above (LANGUAGE.md 15.9)', () => {
    expect(by('team/lab/a.txt', 'rm')).toBe('allow any');
  });

  it('the nearest document states the default (LANGUAGE.md 15.9)', () => {
    expect(by('team/a.txt', 'other')).toBe('allow default of governed');
    expect(by('team/lab/x', '')).toBe('deny ');
  });

  it('a path that must be resolved is denied (LANGUAGE.md 15.9)', () => {
    for (const path of ['/etc/passwd', 'team/../a', 'a//b', './a', 'a\\b', '..'])
      expect(by(path, 'read'), path).toBe('deny unresolved-path');
    expect(by('a..b/c.d', 'read')).toBe('allow read');
  });

  it('a `scope` takes the paths of its glob (LANGUAGE.md 15.9)', () => {
    const scoped = v4(
      [deny('secrets', on('action', 'eq', 'read'), { priority: 9 })],
      { scope: 'docs/*.key', defaults: { action: 'allow' } },
      'docs/governance.yaml',
    );
    expect(by('docs/a/b.key', 'read', scoped)).toBe('deny secrets');
    expect(by('docs/a.txt', 'read', scoped)).toBe('allow read');
    expect(by('docs/a.txt', 'other', scoped)).toBe('deny ');
    expect(by('docs/b.key', 'other', scoped)).toBe('allow default of governed');
  });
});

describe('mistakes', () => {
  const codesOf = (source: Source): string[] => found([source]).map(({ code }) => code);
  it.each([
    ["a == 'x' AND b == 'y'", 'P1206'],
    ["(a == 'x')", 'P1206'],
    ['balance < -10', 'P1206'],
    ['not a', 'P1206'],
    ["a = 'x'", 'P1206'],
    ['true', 'P1206'],
    ['', 'P1206'],
    ['a in []', 'P1206'],
    ["foo-bar == 'x'", 'P1206'],
    ["a == 'x", 'P1206'],
  ])('`%s` is refused, since their engines would pass over it (LANGUAGE.md 15.6)', (condition, code) => {
    expect(codesOf(v1([deny('r', condition)]))).toEqual([code]);
  });

  it.each([
    ['gt', [1]],
    ['in', 5],
    ['in', []],
    ['eq', null],
    ['eq', [1]],
    ['contains', 5],
  ])('`%s` of %j is refused (LANGUAGE.md 15.5)', (operator, value) => {
    expect(codesOf(v4([deny('r', on('f', operator, value))]))).toEqual(['P1207']);
  });

  it('misspelt keys, words and fields are errors, others warnings (LANGUAGE.md 15.10)', () => {
    const condition = on('f', 'eq', 'x');
    const severities = (source: Source): string[] => found([source]).map(({ code, severity }) => `${severity} ${code}`);
    expect(severities(v4([deny('r', condition, { priorty: 1 })]))).toEqual(['error P1202']);
    expect(severities(v4([deny('r', condition, { owner: 'x' })]))).toEqual(['warning P1203']);
    expect(severities(v4([deny('r', on('toolName', 'eq', 'x'))]))).toEqual(['error P1213']);
    expect(severities(v4([deny('r', on('f', 'equals', 'x'))]))).toEqual(['error P1205']);
    expect(severities(v4([{ name: 'r', condition, action: 'reject' }]))).toEqual(['error P1205']);
    expect(severities(v4([deny('r', condition)], {}))).toEqual(['warning P1211']);
    expect(severities(v1([deny('r', 'a', { limit: '5/fortnight' })]))).toEqual(['error P1209']);
    expect(severities(v1([{ name: 'r', condition: 'a', action: 'rate_limit' }]))).toEqual(['error P1205']);
  });

  it('a negative lookahead at the end of a pattern keeps its meaning (LANGUAGE.md 15.5)', () => {
    const PATTERNS = [
      'x(?!y)',
      '(?i)x(?!y|zz)',
      '(x(?!\\d)|w)',
      'x(?!.*end)',
      'x(?!\\s*(?:a|b))',
      'x(?!)',
      'x(?![^y])|v(?!w+z)',
    ];
    const TEXTS = [
      '',
      'x',
      'xy',
      'Xy',
      'xzz',
      'xz',
      'XZZ',
      'x1',
      'w1',
      'x..end',
      'x\nend',
      'x  a',
      'x  c',
      'xx y',
      'vwwz',
      'vwwx',
      'xyx',
      'é',
    ];
    for (const pattern of PATTERNS) {
      for (const rule of [deny, allow]) {
        const source = v4([rule('r', on('f', 'matches', pattern))], { defaults: { action: 'audit' } });
        expect(found([source]), pattern).toEqual([]);
        const engine = engineOf([source]);
        for (const f of TEXTS) {
          const theirs = agtAnswer(parse(source.text), { f });
          const ours = engine.decide({ context: { f } });
          expect(ours.determining[0] ?? null, `${pattern} of ${JSON.stringify(f)}`).toBe(theirs.rule);
        }
        engine.dispose();
      }
    }
  });

  it('a pattern without lookaround denies at least what theirs does; other rules are in doubt (LANGUAGE.md 15.5)', () => {
    const condition = on('f', 'matches', 'a(?!b)c');
    expect(decide([v4([deny('r', condition)])], { context: { f: 'xacx' } })).toMatchObject({
      decision: 'deny',
      determining: ['r'],
    });
    const asAllow = [v4([allow('r', condition)])];
    expect(decide(asAllow, { context: { f: 'xacx' } })).toMatchObject({ decision: 'deny', status: 'condition-error' });
    expect(decide(asAllow, { context: { f: 'xx' } })).toMatchObject({ decision: 'allow', status: 'ok' });
  });
});
