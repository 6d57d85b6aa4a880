// `lictor` where the condition `edge-light` holds: the interface of `index.ts`, the core as a module that the platform compiled.

import type { Engine } from './engine.ts';
import { edgeLightModule } from './runtimes/edge-light.ts';
import { type LoadOptions, SharedCore } from './shared.ts';

export * from './exports.ts';

const shared = new SharedCore(edgeLightModule, null, null);

/** See `load` of load.ts. */
export function load(artifact: Uint8Array, options: LoadOptions = {}): Engine {
  return shared.load(artifact, options);
}

/** See `init` of load.ts. */
export function init(core: WebAssembly.Module | BufferSource): void {
  shared.init(core);
}
