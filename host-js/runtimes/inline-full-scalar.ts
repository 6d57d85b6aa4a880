// In: the scalar build of the full core, as base64. Out: the compiled module, for engines without SIMD.

import { coreBase64 } from '../../build/core-full-scalar-inline.js';
import { moduleFromBase64 } from '../core.ts';

/** Compiles the inlined scalar full core. Throws what the platform throws where WebAssembly may not be compiled. */
export function fullScalarModule(): WebAssembly.Module {
  return moduleFromBase64(coreBase64);
}
