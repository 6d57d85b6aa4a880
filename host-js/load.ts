// In: an artifact's bytes. Out: an engine in the shared core, which is made on first use from the inlined module, or from
// what `init` was given. Never throws but from `init`, for bytes that are no core.

import { CoreInstance } from './core.ts';
import { type Engine, type EngineOptions, loadInto } from './engine.ts';
import { inlineModule } from './runtimes/inline.ts';

let coreModule: WebAssembly.Module | null = null;
let sharedCore: CoreInstance | null = null;

export interface LoadOptions extends EngineOptions {
  /** A core of one's own, `new CoreInstance(module)`; otherwise engines share one. */
  readonly core?: CoreInstance;
}

/**
 * Loads an artifact. Synchronous. Never throws: what is wrong with the bytes or the platform is the engine's `status`, and every
 * verdict of such an engine is `deny` with that status.
 */
export function load(artifact: Uint8Array, options: LoadOptions = {}): Engine {
  try {
    return loadInto(options.core ?? coreOrNull(), artifact, options);
  } catch {
    // Options that cannot be read.
    return loadInto(null, artifact, {});
  }
}

/**
 * Says which module later loads use, for platforms that hand one in (workerd: `import module from 'lictor/core.wasm'`) or an
 * engine without SIMD. Engines loaded before keep theirs. Throws if the bytes are no WebAssembly.
 */
export function init(core: WebAssembly.Module | BufferSource): void {
  coreModule = core instanceof WebAssembly.Module ? core : new WebAssembly.Module(core);
  sharedCore = null;
}

/** A broken core is left to its engines, which refuse; the next load gets a new one. */
function coreOrNull(): CoreInstance | null {
  if (sharedCore !== null && !sharedCore.broken) return sharedCore;
  try {
    coreModule ??= inlineModule();
    sharedCore = new CoreInstance(coreModule);
    return sharedCore;
  } catch {
    return null;
  }
}
