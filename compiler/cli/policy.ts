// In: what `-p POLICY` names: a policy file, a folder holding one, or a compiled artifact. Out: an engine that runs it.
// Never gives an engine that refuses: what keeps it from running is thrown.

import { type Engine, load } from '../../host-js/full.ts';
import { compile, type Diagnostic } from '../index.ts';
import { PolicyErrors, UsageError } from './failure.ts';
import { type PolicySources, policyPath, readBytes, readPolicy, shownFrom } from './read.ts';

export interface OpenPolicy {
  /** The policy or artifact file. */
  readonly path: string;
  readonly engine: Engine;
  /** Null of a compiled artifact. */
  readonly sources: PolicySources | null;
  readonly warnings: readonly Diagnostic[];
  readonly artifactBytes: number;
  /** Milliseconds from text to artifact; 0 of a compiled one. */
  readonly compileMs: number;
}

export interface CompiledPolicy {
  readonly artifact: Uint8Array;
  readonly warnings: readonly Diagnostic[];
  readonly compileMs: number;
}

/** @throws PolicyErrors if it has errors */
export function compilePolicy(policy: PolicySources): CompiledPolicy {
  const startMs = performance.now();
  const { artifact, diagnostics } = compile(policy.sources);
  const compileMs = performance.now() - startMs;
  const shown = diagnostics.map((diagnostic) => shownFrom(policy.folder, diagnostic));
  if (artifact === null) throw new PolicyErrors(shown);
  return { artifact, warnings: shown, compileMs };
}

/** @throws UsageError if there is nothing to run, PolicyErrors if the policy has errors */
export function openPolicy(path: string): OpenPolicy {
  const file = policyPath(path);
  if (looksCompiled(file)) {
    const artifact = readBytes(file);
    const engine = running(artifact, file, 'compile the policy again with this version of lictor');
    return { path: file, engine, sources: null, warnings: [], artifactBytes: artifact.length, compileMs: 0 };
  }
  const sources = readPolicy(file);
  const { artifact, warnings, compileMs } = compilePolicy(sources);
  const engine = running(artifact, file, 'this is a mistake of lictor, not of the policy: please report it');
  return { path: file, engine, sources, warnings, artifactBytes: artifact.length, compileMs };
}

function looksCompiled(path: string): boolean {
  return path.endsWith('.lctr');
}

function running(artifact: Uint8Array, path: string, help: string): Engine {
  const engine = load(artifact);
  if (engine.status === 'ok') return engine;
  throw new UsageError(`${path} does not load: ${engine.status}`, help);
}
