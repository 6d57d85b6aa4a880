// In: build/core.wasm, compiled by the platform before this runs. Out: that module, as one of this realm.

import core from '../../build/core.wasm?module';
import { ownModule } from '../core.ts';

export function edgeLightModule(): WebAssembly.Module {
  return ownModule(core);
}
