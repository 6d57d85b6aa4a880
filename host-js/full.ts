// The host with the full core inlined: the same interface as `index.ts`, and policies with terms run. A larger bundle; a policy
// without terms decides the same, as fast, with either.

import { makeCedarReader } from './cedar/reader.ts';
import type { Engine } from './engine.ts';
import { fullModule } from './runtimes/inline-full.ts';
import { type LoadOptions, SharedCore } from './shared.ts';
import { stageTree } from './trees.ts';

export { CoreInstance } from './core.ts';
export type { RequestForm } from './encode.ts';
export { decisionFromCode, type Engine, type EngineOptions, type RuleInfo } from './engine.ts';
export {
  Denial,
  type DenialCode,
  type GuardedCall,
  type GuardOptions,
  guard,
  isDenial,
  type OnEscalate,
} from './guard.ts';
export { guardResult, type ResultGuardOptions } from './guard-result.ts';
export { applyTransforms, type DecideOptions, type Decider, type Resolution, resolve } from './resolve.ts';
export type { Session } from './session.ts';
export type { LoadOptions } from './shared.ts';
export type { Applied, Transform } from './transform.ts';
export type { Call, Cause, Decision, Point, Request, Status, Subject } from './types.ts';
export type { UnknownAttribute, Verdict } from './verdict.ts';

const shared = new SharedCore(fullModule, stageTree, makeCedarReader);

/** The module that is inlined here, for a core of one's own. */
export function fullCoreModule(): WebAssembly.Module {
  return fullModule();
}

/** Loads an artifact, with terms or without. Synchronous, never throws: see `load` of `lictor`. */
export function load(artifact: Uint8Array, options: LoadOptions = {}): Engine {
  return shared.load(artifact, options);
}

/** Says which module later loads use, a build of the full core (`lictor/core-full.wasm`). Throws if the bytes are no WebAssembly. */
export function init(core: WebAssembly.Module | BufferSource): void {
  shared.init(core);
}
