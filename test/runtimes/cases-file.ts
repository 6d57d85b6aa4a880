// In: the conformance cases and a policy to measure with. Out: one text that every runtime gets the same: artifacts compiled once, in
// base64, requests as their files write them, what the verdicts must be. Decides nothing but which cases need the full core.

import { formatDiagnostic } from '../../compiler/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import { load } from '../../host-js/index.ts';
import type { ConformanceCase } from '../conformance/cases.ts';
import type { BenchWork, CasesFile, WrittenCase } from './runner.ts';

/** Throws if a policy does not compile, or if JSON cannot carry a request. */
export function casesText(cases: readonly ConformanceCase[], bench: BenchWork): string {
  const indices = new Map<readonly Source[], number>();
  const artifacts: { readonly base64: string; readonly needsFull: boolean }[] = [];
  const written = cases.map((one): WrittenCase => {
    let artifact = indices.get(one.sources);
    if (artifact === undefined) {
      artifact = artifacts.length;
      indices.set(one.sources, artifact);
      artifacts.push(compiled(one.sources));
    }
    const { throwing, options, expect } = one;
    return { name: `${one.suite}: ${one.name}`, artifact, request: one.written, throwing, options, expect };
  });
  const file: CasesFile = { artifacts, cases: written, bench };
  return JSON.stringify(file, (_key, value: unknown) => {
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      throw new Error(`JSON does not carry the number ${Object.is(value, -0) ? '-0' : value}`);
    }
    return value;
  });
}

/** The policy to measure with, and the calls that its requests make, by the principal of the first. */
export function benchWork(sources: readonly Source[], requests: readonly BenchRequest[]): BenchWork {
  const { principal, context } = requests[0] ?? {};
  return {
    artifact: compiled(sources).base64,
    subject: { principal, context },
    calls: requests.map(({ tool, args }) => ({ tool, args })),
  };
}

export interface BenchRequest {
  readonly tool?: unknown;
  readonly args?: unknown;
  readonly principal?: unknown;
  readonly context?: unknown;
}

function compiled(sources: readonly Source[]): CasesFile['artifacts'][number] {
  const { artifact, diagnostics } = compile(sources);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const engine = load(artifact);
  const needsFull = engine.status === 'artifact-unsupported';
  engine.dispose();
  return { base64: Buffer.from(artifact).toString('base64'), needsFull };
}
