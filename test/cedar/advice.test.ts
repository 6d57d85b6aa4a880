// The cases of advice.json: `@advice` with `transform`, decided and resolved by the reference, by both full builds and by a session of
// each. All answer what the case says.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { targetText } from '../../compiler/check/typed.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { analyse } from '../../compiler/index.ts';
import { decideAdvised } from '../../compiler/reference/cedar/advised.ts';
import { type Resolution as ReferenceResolution, resolveBy } from '../../compiler/reference/resolve.ts';
import { parseCedar } from '../../compiler/syntax/cedar/policies.ts';
import { CoreInstance, load, type Resolution, resolve, type Verdict } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import { artifactOf } from './core.ts';

interface Case {
  readonly name: string;
  readonly clauses: readonly string[];
  readonly policy: string;
  readonly action: string;
  readonly context?: object;
  readonly first: {
    readonly decision: string;
    readonly determining: readonly string[];
    readonly transforms: readonly string[];
    readonly errors?: readonly string[];
    readonly reason?: string;
    readonly advice?: readonly string[];
  };
  readonly resolved: { readonly decision: string; readonly determining: readonly string[]; readonly status?: string };
  /** The context of the request that may proceed. */
  readonly after?: object;
}

const { policies, cases, wrong } = JSON.parse(readFileSync(new URL('advice.json', import.meta.url), 'utf8')) as {
  readonly policies: Readonly<Record<string, readonly string[]>>;
  readonly cases: readonly Case[];
  readonly wrong: readonly string[];
};

function sourceOf(one: Case): { path: string; text: string } {
  return { path: 'advice.cedar', text: (policies[one.policy] ?? []).join('\n') };
}

function requestOf({ action, context }: Case): object {
  const request = { principal: 'User::"a"', action: `Action::"${action}"`, resource: 'Shop::"s"' };
  return context === undefined ? request : { ...request, context };
}

function holds(one: Case, { first, verdict, request }: Resolution | ReferenceResolution): void {
  const { errors = [], transforms, ...wanted } = one.first;
  expect(first).toMatchObject(wanted);
  expect([...new Set(first.unknown.map(({ rule }) => rule))]).toEqual(errors);
  expect(first.transforms.map(transformText)).toEqual(transforms);
  expect(verdict).toMatchObject({ status: 'ok', ...one.resolved, transforms: [] });
  if (one.after !== undefined) expect(request).toHaveProperty('context', one.after);
}

function transformText(
  transform: Verdict['transforms'][number] | ReferenceResolution['first']['transforms'][number],
): string {
  if (!('operation' in transform)) return `${transform.rule} ${transform.kind} ${transform.path}`;
  return `${transform.rule} ${transform.operation.kind} ${targetText(transform.operation.target)}`;
}

describe('reference', () => {
  for (const one of cases) {
    it(`${one.name} (LANGUAGE.md ${one.clauses.join(', ')})`, () => {
      const { policy, diagnostics } = analyse([sourceOf(one)]);
      const parsed = parseCedar(sourceOf(one), new DiagnosticSink());
      if (policy === null || parsed === null) throw new Error(JSON.stringify(diagnostics));
      const decide = (request: unknown, transforms: boolean) =>
        decideAdvised(parsed, policy, new Map(), request, transforms);
      holds(one, resolveBy(decide, requestOf(one)));
    });
  }
});

for (const [build, module] of [
  ['full core', fullModule()],
  ['scalar full core', fullScalarModule()],
] as const) {
  const core = new CoreInstance(module);
  describe(build, () => {
    for (const one of cases) {
      it(`${one.name} (LANGUAGE.md ${one.clauses.join(', ')})`, () => {
        const engine = load(artifactOf([sourceOf(one)]), { core });
        holds(one, resolve(engine, requestOf(one)));
        const { principal, ...call } = requestOf(one) as Record<string, unknown>;
        holds(one, resolve(engine.session({ principal }), call));
        engine.dispose();
      });
    }

    it('the context of a session is never hidden by a transform: it fails (LANGUAGE.md 14.7)', () => {
      const text = [...(policies['mark'] ?? [])].join('\n');
      const engine = load(artifactOf([{ path: 'a.cedar', text }]), { core });
      const session = engine.session({ principal: 'User::"a"', context: { shop: 'closed', input: {} } });
      const { verdict } = resolve(session, { action: 'Action::"mark"', resource: 'Shop::"s"' });
      expect(verdict).toMatchObject({ decision: 'deny', status: 'transform-failed' });
      engine.dispose();
    });
  });
}

describe('what the compiler says', () => {
  for (const advice of wrong) {
    it(`${advice} is an error (LANGUAGE.md 14.7)`, () => {
      const text = `@advice(${JSON.stringify(advice)}) permit(principal, action, resource);`;
      expect(analyse([{ path: 'a.cedar', text }]).diagnostics.map(({ code }) => code)).toEqual(['P1118']);
    });
  }

  it('that nothing lets through what a lone permit transforms, and that two permits clash (LANGUAGE.md 13.7, 14.7)', () => {
    const codes = (name: string): string[] =>
      analyse([{ path: 'a.cedar', text: (policies[name] ?? []).join('\n') }]).diagnostics.map(({ code }) => code);
    expect(codes('cap')).toEqual([]);
    expect(codes('lone')).toEqual(['P1012']);
    // By condition or action some exclude each other; only the actions are told apart.
    expect(codes('mark')).toContain('P1013');
  });
});
