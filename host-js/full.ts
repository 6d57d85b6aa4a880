// The host with the full core inlined: the same interface as `index.ts`, and policies with terms run. A larger bundle; a policy
// without terms decides the same, as fast, with either.

import { makeCedarReader } from './cedar/reader.ts';
import type { Engine } from './engine.ts';
import { fullModule } from './runtimes/inline-full.ts';
import { type LoadOptions, SharedCore } from './shared.ts';
import { stageTree } from './trees.ts';

export * from './exports.ts';

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
