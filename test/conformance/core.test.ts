// Runs every conformance case on both builds of the core, three ways each: a JavaScript object, and its bytes in the positional and
// in the keyed form. Whatever the way, the verdict is the one the case expects. Where a policy has terms, it is the full core's builds.

import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../compiler/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import { CoreInstance, type Engine, load, resolve, type Verdict } from '../../host-js/full.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import { bySuite, expectations, loadCases, membersOf } from './cases.ts';

const BUILDS: readonly (readonly [name: string, core: CoreInstance, full: CoreInstance])[] = [
  ['SIMD core', new CoreInstance(inlineModule()), new CoreInstance(fullModule())],
  ['scalar core', new CoreInstance(scalarModule()), new CoreInstance(fullScalarModule())],
];

/** How a request reaches the core. */
const WAYS: readonly (readonly [name: string, decide: (engine: Engine, request: unknown) => Verdict])[] = [
  ['as an object', (engine, request) => engine.decide(request)],
  ['as positional bytes', (engine, request) => engine.decideBytes(engine.encode(request))],
  ['as keyed bytes', (engine, request) => engine.decideBytes(engine.encode(request, { form: 'keyed' }))],
];

const artifacts = new Map<readonly Source[], Uint8Array>();
function artifactOf(sources: readonly Source[]): Uint8Array {
  const before = artifacts.get(sources);
  if (before !== undefined) return before;
  const { artifact, diagnostics } = compile(sources);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  artifacts.set(sources, artifact);
  return artifact;
}

for (const [build, core, full] of BUILDS) {
  for (const [suite, cases] of bySuite(loadCases())) {
    describe(`${build}: ${suite}`, () => {
      for (const one of cases) {
        it(`${one.name} (LANGUAGE.md ${one.clauses.join(', ')})`, () => {
          // One engine at a time: a core holds only so many artifacts.
          const small = load(artifactOf(one.sources), { ...one.options, core });
          const engine =
            small.status === 'artifact-unsupported'
              ? load(artifactOf(one.sources), { ...one.options, core: full })
              : small;
          try {
            expect(engine.status).toBe('ok');
            const expected = expectations(one.expect);
            for (const [way, decide] of WAYS) {
              // `encode` gives no bytes of a request that throws when it is read.
              if (way !== 'as an object' && one.throwing) continue;
              const verdict = decide(engine, one.request());
              expect(comparable(verdict, engine), way).toMatchObject(expected.verdict);
            }
            if (expected.resolved !== undefined) {
              const { request: members, ...end } = expected.resolved;
              const { principal, context, ...call }: Record<string, unknown> = Object(one.request()) as Record<
                string,
                unknown
              >;
              for (const [decider, request] of [
                [engine, one.request()],
                [engine.session({ principal, context }), call],
              ] as const) {
                const resolution = resolve(decider, request);
                expect(resolution.verdict).toMatchObject({ ...end, transforms: [] });
                if (members !== undefined) expect(membersOf(resolution.request, members)).toEqual(members);
              }
            }
          } finally {
            engine.dispose();
          }
        });
      }
    });
  }
}

/** A host's reason is always filled (8.7); cases speak of a rule's own. */
function comparable(verdict: Verdict, engine: Engine): object {
  const own = engine.rules.filter((rule) => verdict.determining.includes(rule.id)).map((rule) => rule.reason);
  expect(verdict.reason).not.toBe('');
  return { ...verdict, reason: own.includes(verdict.reason) ? verdict.reason : null };
}
