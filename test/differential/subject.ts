// In: nothing. Out: this repository as what is tested: its compiler, its host, and both builds of its core.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../compiler/index.ts';
import { CoreInstance, load } from '../../host-js/index.ts';
import type { Subject } from './engines.ts';

export function thisRepository(root: string): Subject {
  const core = (name: string): CoreInstance =>
    new CoreInstance(new WebAssembly.Module(readFileSync(join(root, 'build', name))));
  return {
    compile,
    load,
    cores: [
      { name: 'simd', core: core('core.wasm') },
      { name: 'scalar', core: core('core-scalar.wasm') },
    ],
  };
}
