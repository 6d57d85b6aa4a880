// In: the text of the cases. Out: the files that runtimes run, in a folder of build/. Written once for all runtimes that run the same.

import { copyFileSync, mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { ROOT } from '../../bench/environment.ts';

const FOLDER = `${ROOT}build/runtimes`;

/** `console` for all that compile the inlined core; the others by the condition of their platform. */
export type BundleName = 'console' | 'workerd' | 'edge-light';

/** Marks what is being resolved from the root, so that it is not sent there again. */
const FROM_ROOT = 'from the root';

const OPTIONS: Readonly<Record<BundleName, BuildOptions>> = {
  console: { entryPoints: ['test/runtimes/console.ts'], format: 'esm' },
  workerd: {
    entryPoints: ['test/runtimes/workerd/worker.mjs'],
    format: 'esm',
    conditions: ['workerd'],
    plugins: [cores((name) => ({ path: `./${name}`, external: true }))],
  },
  'edge-light': {
    entryPoints: ['test/runtimes/edge-vm/script.mjs'],
    format: 'iife',
    conditions: ['edge-light'],
    plugins: [cores((name) => ({ path: name, namespace: 'lictor-core' }))],
  },
};

/** `platform: neutral`: what needs anything of Node's is an error here. */
export async function bundle(name: BundleName, casesText: string): Promise<string> {
  const outfile = `${FOLDER}/${name}.mjs`;
  mkdirSync(FOLDER, { recursive: true });
  for (const core of ['core.wasm', 'core-full.wasm']) copyFileSync(`${ROOT}build/${core}`, `${FOLDER}/${core}`);
  await build({
    ...OPTIONS[name],
    absWorkingDir: ROOT,
    outfile,
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    define: { CASES: JSON.stringify(casesText) },
    logLevel: 'warning',
    // The build's chunks import each other for order alone; the package says that none needs it.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  return outfile;
}

/** What a platform's bundler does with an import of a core, which must be the file that the build made. */
function cores(place: (name: string) => { path: string; external?: boolean; namespace?: string }): Plugin {
  return {
    name: 'cores',
    setup(esbuild) {
      // The folder of the runtimes is a package of its own; from the root the name is this package, read by its `exports`.
      esbuild.onResolve({ filter: /^lictor(\/|$)/ }, ({ path, kind, pluginData }) =>
        pluginData === FROM_ROOT ? null : esbuild.resolve(path, { kind, resolveDir: ROOT, pluginData: FROM_ROOT }),
      );
      esbuild.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path, resolveDir }) => {
        const file = new URL(path.replace('?module', ''), `file://${resolveDir}/`).pathname;
        const name = basename(file);
        if (file !== `${ROOT}build/${name}`) throw new Error(`${path} in ${resolveDir} is not the core that was built`);
        return place(name);
      });
      esbuild.onLoad({ filter: /./, namespace: 'lictor-core' }, ({ path }) => ({
        contents: `export default globalThis.lictorCores[${JSON.stringify(path)}];`,
      }));
    },
  };
}
