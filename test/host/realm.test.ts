// Modules that a platform compiled in another realm than the host's, as edge runtimes do.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ownModule } from '../../host-js/core.ts';
import { CoreInstance } from '../../host-js/index.ts';

const bytes = readFileSync(fileURLToPath(new URL('../../build/core.wasm', import.meta.url)));

describe('a core compiled in another realm', () => {
  it('runs once it is a module of this realm', () => {
    const foreign = runInNewContext('new WebAssembly.Module(bytes)', { bytes }) as WebAssembly.Module;
    expect(foreign instanceof WebAssembly.Module).toBe(false);
    expect(() => new CoreInstance(foreign)).toThrow();
    expect(new CoreInstance(ownModule(foreign)).broken).toBe(false);
  });

  it('is refused if it is no module, and left as it is if it is of this realm', () => {
    const module = new WebAssembly.Module(bytes);
    expect(ownModule(module)).toBe(module);
    const url = JSON.parse('"./core.wasm"') as WebAssembly.Module;
    expect(() => ownModule(url)).toThrow(TypeError);
  });
});
