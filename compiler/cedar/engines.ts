// In: artifacts. Out: engines that run them, on a core of their own; as many are loaded at once as a core holds, the least used is
// unloaded first and comes back when it is asked for. Never throws.

import { CoreInstance, type Engine, fullCoreModule, load } from '../../host-js/full.ts';

/** A core holds 64. */
const MAX_LOADED = 48;

/** An artifact that can be asked. */
export class Loadable {
  readonly artifact: Uint8Array;
  readonly validateRequest: boolean;

  constructor(artifact: Uint8Array, validateRequest: boolean) {
    this.artifact = artifact;
    this.validateRequest = validateRequest;
  }
}

export class Engines {
  #core: CoreInstance | null = null;
  /** The least used first. */
  readonly #loaded = new Map<Loadable, Engine>();

  engineOf(loadable: Loadable): Engine {
    const known = this.#loaded.get(loadable);
    if (known !== undefined && known.status === 'ok') {
      this.#loaded.delete(loadable);
      this.#loaded.set(loadable, known);
      return known;
    }
    this.#loaded.delete(loadable);
    for (const [oldest, engine] of this.#loaded) {
      if (this.#loaded.size < MAX_LOADED) break;
      engine.dispose();
      this.#loaded.delete(oldest);
    }
    if (this.#core === null || this.#core.broken) {
      this.#core = new CoreInstance(fullCoreModule());
      this.#loaded.clear();
    }
    const engine = load(loadable.artifact, { core: this.#core, validateRequest: loadable.validateRequest });
    this.#loaded.set(loadable, engine);
    return engine;
  }
}
