// In: build/core-full.wasm, which workerd compiles when the worker is uploaded. Out: that module; nothing is compiled at run time.

import core from '../../build/core-full.wasm';

export function workerdFullModule(): WebAssembly.Module {
  return core;
}
