// The host of a runtime that compiles the inlined cores: what `lictor` and `lictor/full` give, and the builds without SIMD.

import { CoreInstance } from '../../host-js/core.ts';
import { load as loadFull } from '../../host-js/full.ts';
import { load } from '../../host-js/index.ts';
import { resolve } from '../../host-js/resolve.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import type { Host, Loader } from './runner.ts';

export function inlinedHost(): Host {
  const scalar = new CoreInstance(scalarModule());
  const fullScalar = new CoreInstance(fullScalarModule());
  const loaders: Loader[] = [
    { name: 'core', isFull: false, load },
    { name: 'full core', isFull: true, load: loadFull },
    {
      name: 'scalar core',
      isFull: false,
      load: (artifact, options) => load(artifact, { ...options, core: scalar }),
    },
    {
      name: 'scalar full core',
      isFull: true,
      load: (artifact, options) => loadFull(artifact, { ...options, core: fullScalar }),
    },
  ];
  return { loaders, resolve };
}
