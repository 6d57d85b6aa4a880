// In: the scalar build of the core, as base64. Out: the compiled module, for engines without SIMD. An entry of its own, so
// that the default bundle carries one core only.

import { coreBase64 } from '../../build/core-scalar-inline.js';
import { moduleFromBase64 } from '../core.ts';

/** Compiles the inlined scalar core. Throws what the platform throws where WebAssembly may not be compiled. */
export function scalarModule(): WebAssembly.Module {
  return moduleFromBase64(coreBase64);
}
