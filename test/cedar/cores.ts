// Out: both builds of the full core, freshly instantiated.

import { readFileSync } from 'node:fs';
import { CoreInstance } from '../../host-js/core.ts';

export function bothCores(): CoreInstance[] {
  return ['core-full', 'core-full-scalar'].map(
    (build) =>
      new CoreInstance(new WebAssembly.Module(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)))),
  );
}
