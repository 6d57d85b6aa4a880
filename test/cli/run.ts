// In: arguments for the built `lictor`. Out: what it printed and its exit code, as a shell sees them: no terminal, no colours.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));
const main = `${root}dist/compiler/cli/main.js`;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs in test/cli/fixtures. */
export function lictor(args: readonly string[], input: string = ''): Ran {
  if (!existsSync(main)) throw new Error('dist/ is missing: `node wasm-core/build.mjs --fast` makes it');
  const env = { ...process.env, NO_COLOR: '1' };
  const cwd = fileURLToPath(new URL('fixtures', import.meta.url));
  const ran = spawnSync(process.execPath, [main, ...args], { cwd, env, input, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, error: ran.stderr };
}
