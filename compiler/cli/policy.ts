// In: what `-p POLICY` names: a policy file, a folder holding one, or a compiled artifact. Out: an engine that runs it.
// Never gives an engine that refuses: what keeps it from running is thrown.

import { type Engine, load } from '../../host-js/full.ts';
import { type CompileOptions, compile, type Diagnostic } from '../index.ts';
import { entitiesBeside, namesCedar, readCedar, refuseEntities, refuseSchema } from './cedar.ts';
import { PolicyErrors, UsageError } from './failure.ts';
import { type PolicySources, readBytes, readExactJson } from './files.ts';
import { StageProgress } from './progress.ts';
import { policyPath, readPolicy, shownFrom } from './read.ts';

export interface OpenPolicy {
  /** The policy or artifact file. */
  readonly path: string;
  readonly engine: Engine;
  /** Null of a compiled artifact. */
  readonly sources: PolicySources | null;
  readonly warnings: readonly Diagnostic[];
  readonly artifact: Uint8Array;
  /** Of Cedar policies, as given; undefined: none. */
  readonly entities: unknown;
  readonly artifactBytes: number;
  /** Milliseconds from text to artifact; 0 of a compiled one. */
  readonly compileMs: number;
}

/** What Cedar policies can come with, as files. */
export interface CedarFiles {
  readonly schema?: string | undefined;
  readonly entities?: string | undefined;
}

export interface CompiledPolicy {
  readonly artifact: Uint8Array;
  readonly warnings: readonly Diagnostic[];
  readonly compileMs: number;
}

/** @throws PolicyErrors if it has errors */
export function compilePolicy(policy: PolicySources, options: CompileOptions = {}): CompiledPolicy {
  const startMs = performance.now();
  const progress = new StageProgress();
  const { artifact, diagnostics } = compile(policy.sources, {
    ...options,
    onStage: (stage, size) => progress.at(stage, size),
  });
  progress.stop();
  const compileMs = performance.now() - startMs;
  const shown = diagnostics.map((diagnostic) => shownFrom(policy.folder, diagnostic));
  if (artifact === null) throw new PolicyErrors(shown);
  return { artifact, warnings: shown, compileMs };
}

/** `--max-cost`. */
export function maxCostOf(text: string | undefined): { readonly maxCost?: number } {
  if (text === undefined) return {};
  const maxCost = Number(text);
  if (!Number.isSafeInteger(maxCost) || maxCost < 1) {
    throw new UsageError(`--max-cost ${text} is no number of instructions`, 'try `--max-cost 100000`');
  }
  return { maxCost };
}

/** @throws UsageError if there is nothing to run, PolicyErrors if the policy has errors */
export function openPolicy(path: string, cedar: CedarFiles = {}): OpenPolicy {
  const isCedar = namesCedar([path]);
  const entities = cedar.entities === undefined ? entitiesBeside(path) : readExactJson(cedar.entities);
  if (!isCedar) refuseSchema(cedar.schema);
  const file = isCedar ? path : policyPath(path);
  if (looksCompiled(file)) {
    const artifact = readBytes(file);
    const engine = running(artifact, file, 'compile the policy again with this version of lictor', entities);
    if (!engine.isCedar) refuseEntities(cedar.entities);
    return {
      path: file,
      engine,
      sources: null,
      warnings: [],
      artifact,
      entities,
      artifactBytes: artifact.length,
      compileMs: 0,
    };
  }
  if (!isCedar) refuseEntities(cedar.entities);
  const schemas = cedar.schema === undefined ? [] : [cedar.schema];
  const sources = isCedar ? readCedar([path, ...schemas]) : readPolicy(file);
  const { artifact, warnings, compileMs } = compilePolicy(sources);
  const engine = running(artifact, file, 'this is a mistake of lictor, not of the policy: please report it', entities);
  return { path: file, engine, sources, warnings, artifact, entities, artifactBytes: artifact.length, compileMs };
}

function looksCompiled(path: string): boolean {
  return path.endsWith('.lctr');
}

function running(artifact: Uint8Array, path: string, help: string, entities: unknown): Engine {
  const engine = load(artifact, { entities });
  if (engine.status === 'ok') return engine;
  if (engine.status === 'request-invalid')
    throw new UsageError(`the entities do not load: ${engine.help}`, ENTITIES_HELP);
  throw new UsageError(`${path} does not load: ${engine.status}`, help);
}

const ENTITIES_HELP =
  'entities are `[{"uid": {"type", "id"}, "attrs": {…}, "parents": […]}, …]` and conform to the schema';
