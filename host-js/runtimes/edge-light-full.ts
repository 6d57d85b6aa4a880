// In: build/core-full.wasm, compiled by the platform before this runs. Out: that module, as one of this realm.

import core from '../../build/core-full.wasm?module';
import { ownModule } from '../core.ts';

export function edgeLightFullModule(): WebAssembly.Module {
  return ownModule(core);
}
