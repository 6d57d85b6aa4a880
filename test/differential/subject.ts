// In: nothing. Out: this repository as what is tested: its compiler, its host, and both builds of its cores.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../compiler/index.ts';
import { CoreInstance, guard, guardResult, load, resolve } from '../../host-js/full.ts';
import type { Subject } from './engines.ts';

export function thisRepository(root: string): Subject {
  const core = (name: string): CoreInstance =>
    new CoreInstance(new WebAssembly.Module(readFileSync(join(root, 'build', name))));
  return {
    compile,
    load,
    resolve,
    guard,
    guardResult,
    cores: [
      { name: 'simd', core: core('core.wasm') },
      { name: 'scalar', core: core('core-scalar.wasm') },
    ],
    fullCores: [
      { name: 'full simd', core: core('core-full.wasm') },
      { name: 'full scalar', core: core('core-full-scalar.wasm') },
    ],
  };
}
