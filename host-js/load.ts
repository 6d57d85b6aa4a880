// In: an artifact's bytes. Out: an engine in the shared core, which is made on first use from the inlined module, or from
// what `init` was given. Never throws but from `init`, for bytes that are no core. The core without terms: `full.ts` has the other.

import type { Engine } from './engine.ts';
import { inlineModule } from './runtimes/inline.ts';
import { type LoadOptions, SharedCore } from './shared.ts';

const shared = new SharedCore(inlineModule, null, null);

/**
 * Loads an artifact. Synchronous. Never throws: what is wrong with the bytes or the platform is the engine's `status`, and every
 * verdict of such an engine is `deny` with that status. A policy with terms needs `load` of `lictor/full`.
 */
export function load(artifact: Uint8Array, options: LoadOptions = {}): Engine {
  return shared.load(artifact, options);
}

/**
 * Says which module later loads use, for platforms that hand one in (workerd: `import module from 'lictor/core.wasm'`) or an
 * engine without SIMD. Engines loaded before keep theirs. Throws if the bytes are no WebAssembly.
 */
export function init(core: WebAssembly.Module | BufferSource): void {
  shared.init(core);
}
