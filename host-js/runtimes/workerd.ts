// In: build/core.wasm, which workerd compiles when the worker is uploaded. Out: that module; nothing is compiled at run time.

import core from '../../build/core.wasm';

export function workerdModule(): WebAssembly.Module {
  return core;
}
