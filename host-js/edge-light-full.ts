// `lictor/full` where the condition `edge-light` holds: the interface of `full.ts`, the core as a module that the platform compiled.

import { makeCedarReader } from './cedar/reader.ts';
import type { Engine } from './engine.ts';
import { edgeLightFullModule } from './runtimes/edge-light-full.ts';
import { type LoadOptions, SharedCore } from './shared.ts';
import { stageTree } from './trees.ts';

export * from './exports.ts';

const shared = new SharedCore(edgeLightFullModule, stageTree, makeCedarReader);

/** See `fullCoreModule` of full.ts. */
export function fullCoreModule(): WebAssembly.Module {
  return edgeLightFullModule();
}

/** See `load` of full.ts. */
export function load(artifact: Uint8Array, options: LoadOptions = {}): Engine {
  return shared.load(artifact, options);
}

/** See `init` of full.ts. */
export function init(core: WebAssembly.Module | BufferSource): void {
  shared.init(core);
}
