// In: the full core that the build wrote as base64. Out: the compiled module, SIMD build.

import { coreBase64 } from '../../build/core-full-inline.js';
import { moduleFromBase64 } from '../core.ts';

/** Compiles the inlined full core. Throws what the platform throws where WebAssembly may not be compiled. */
export function fullModule(): WebAssembly.Module {
  return moduleFromBase64(coreBase64);
}
