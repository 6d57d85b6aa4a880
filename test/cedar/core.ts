// In: one test of a suite. Out: what the compiled core answers. Never evaluates a policy itself; counts the core's decisions.

import { formatDiagnostic } from '../../compiler/diagnostic.ts';
import { compile, type Source } from '../../compiler/index.ts';
import type { CoreInstance } from '../../host-js/core.ts';
import { type Engine, load, type Verdict } from '../../host-js/full.ts';
import type { SuiteTest } from './suites.ts';

export function sourcesOf(test: SuiteTest): Source[] {
  const sources = [
    { path: 'suite.cedar', text: test.policies },
    { path: 'suite.cedarschema', text: test.schema },
  ];
  if (test.links.length > 0) sources.push({ path: 'suite.cedarlinks.json', text: JSON.stringify(test.links) });
  return sources;
}

export function artifactOf(sources: readonly Source[]): Uint8Array {
  const { artifact, diagnostics } = compile(sources);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return artifact;
}

/** With the schema, or without where it does not allow the entities. */
export function engineOf(test: SuiteTest, core: CoreInstance): Engine {
  const sources = sourcesOf(test);
  const engine = load(artifactOf(sources), { entities: test.entities, core });
  if (engine.status !== 'request-invalid') return engine;
  return load(artifactOf(sources.filter(({ path }) => !path.endsWith('.cedarschema'))), {
    entities: test.entities,
    core,
  });
}

export interface CoreAnswer {
  readonly decision: string;
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

export function answerOf(verdict: Verdict): CoreAnswer {
  if (verdict.status !== 'ok') throw new Error(`${verdict.status}: ${verdict.reason}`);
  return {
    decision: verdict.decision,
    reason: verdict.determining,
    errors: [...new Set(verdict.unknown.map(({ rule }) => rule))],
  };
}

/** A core whose calls of `decide` are counted. */
export function counted(core: CoreInstance): { readonly count: number } {
  const counter = { count: 0 };
  const { exports } = core;
  const counting = {
    ...exports,
    decide: (handle: number, point: number, used: number): number => {
      counter.count += 1;
      return exports.decide(handle, point, used);
    },
  };
  Object.defineProperty(core, 'exports', { value: counting });
  return counter;
}
