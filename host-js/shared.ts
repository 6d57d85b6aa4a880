// In: where a core module comes from, and how trees are staged, if at all. Out: the one core that engines share unless they are
// given one of their own. Made on first use; never throws but from `init`.

import { CoreInstance } from './core.ts';
import { type Engine, type EngineOptions, loadInto, type MakeReader } from './engine.ts';
import type { StageTree } from './request.ts';

export interface LoadOptions extends EngineOptions {
  /** A core of one's own, `new CoreInstance(module)`; otherwise engines share one. */
  readonly core?: CoreInstance;
}

export class SharedCore {
  readonly #inlined: () => WebAssembly.Module;
  readonly #stageTree: StageTree | null;
  readonly #makeReader: MakeReader | null;
  #module: WebAssembly.Module | null = null;
  #core: CoreInstance | null = null;

  /** `stageTree` null: the core has no terms, and an artifact with terms is refused; `makeReader` null: Cedar's are. */
  constructor(inlined: () => WebAssembly.Module, stageTree: StageTree | null, makeReader: MakeReader | null) {
    this.#inlined = inlined;
    this.#stageTree = stageTree;
    this.#makeReader = makeReader;
  }

  load(artifact: Uint8Array, options: LoadOptions): Engine {
    try {
      return loadInto(options.core ?? this.#coreOrNull(), artifact, options, this.#stageTree, this.#makeReader);
    } catch {
      // Options that cannot be read.
      return loadInto(null, artifact, {}, null, null);
    }
  }

  init(core: WebAssembly.Module | BufferSource): void {
    this.#module = core instanceof WebAssembly.Module ? core : new WebAssembly.Module(core);
    this.#core = null;
  }

  /** A broken core is left to its engines, which refuse; the next load gets a new one. */
  #coreOrNull(): CoreInstance | null {
    if (this.#core !== null && !this.#core.broken) return this.#core;
    try {
      this.#module ??= this.#inlined();
      this.#core = new CoreInstance(this.#module);
      return this.#core;
    } catch {
      return null;
    }
  }
}
