// `lictor` where the condition `workerd` holds: the interface of `index.ts`, the core as a module that the platform compiled.

import type { Engine } from './engine.ts';
import { workerdModule } from './runtimes/workerd.ts';
import { type LoadOptions, SharedCore } from './shared.ts';

export * from './exports.ts';

const shared = new SharedCore(workerdModule, null, null);

/** See `load` of load.ts. */
export function load(artifact: Uint8Array, options: LoadOptions = {}): Engine {
  return shared.load(artifact, options);
}

/** See `init` of load.ts. */
export function init(core: WebAssembly.Module | BufferSource): void {
  shared.init(core);
}
