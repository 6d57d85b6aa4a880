// In: the core that the build wrote as base64. Out: the compiled module, SIMD build. Works wherever a page or process may
// compile WebAssembly synchronously: Node, Deno, Bun, browsers (a page with a CSP needs 'wasm-unsafe-eval').

import { coreBase64 } from '../../build/core-inline.js';
import { moduleFromBase64 } from '../core.ts';

/** Compiles the inlined core. Throws what the platform throws where WebAssembly may not be compiled. */
export function inlineModule(): WebAssembly.Module {
  return moduleFromBase64(coreBase64);
}
