// In: a patch. Out: the project with that one mistake in it, built beside the real one under build/. Never changes a source file.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { CoreInstance } from '../../../host-js/index.ts';
import type { NamedCore, Subject } from '../engines.ts';
import type { Patch } from './patches.ts';

/** The patched text. Throws if the piece is not there, or not just once. */
export function patchedText(root: string, { file, find, replace }: Patch): string {
  const pieces = readFileSync(join(root, file), 'utf8').split(find);
  if (pieces.length !== 2) throw new Error(`${file} holds ${pieces.length - 1} times, not once: ${find}`);
  return pieces.join(replace);
}

/** The subject with the mistake in it; `real` for everything else. */
export async function plant(root: string, patch: Patch, real: Subject, folder: string): Promise<Subject> {
  switch (patch.part) {
    case 'core':
      return { ...real, cores: [{ name: 'planted', core: await plantedCore(root, patch, folder, 0) }] };
    case 'full core':
      return { ...real, cores: [], fullCores: [{ name: 'planted', core: await plantedCore(root, patch, folder, 1) }] };
    case 'planner': {
      const bundle: unknown = await import(await bundled(root, patch, 'compiler/index.ts', folder));
      if (!isCompiler(bundle)) throw new Error('the bundle has no `compile`');
      return { ...real, compile: bundle.compile, cores: real.cores.slice(0, 1) };
    }
    default: {
      const bundle: unknown = await import(await bundled(root, patch, 'host-js/full.ts', folder));
      if (!isHost(bundle)) throw new Error('the bundle is no host');
      const core = (name: string): NamedCore => ({
        name: 'planted',
        core: new bundle.CoreInstance(new WebAssembly.Module(readFileSync(join(root, 'build', name)))),
      });
      return {
        ...real,
        load: bundle.load,
        resolve: bundle.resolve,
        guard: bundle.guard,
        guardResult: bundle.guardResult,
        cores: [core('core.wasm')],
        fullCores: [core('core-full.wasm')],
      };
    }
  }
}

interface HostBundle {
  readonly load: Subject['load'];
  readonly resolve: Subject['resolve'];
  readonly guard: Subject['guard'];
  readonly guardResult: Subject['guardResult'];
  readonly CoreInstance: new (module: WebAssembly.Module) => CoreInstance;
}

function isCompiler(bundle: unknown): bundle is Pick<Subject, 'compile'> {
  return typeof bundle === 'object' && bundle !== null && 'compile' in bundle;
}

function isHost(bundle: unknown): bundle is HostBundle {
  return (
    typeof bundle === 'object' &&
    bundle !== null &&
    ['load', 'resolve', 'guard', 'guardResult', 'CoreInstance'].every((name) => name in bundle)
  );
}

async function bundled(root: string, patch: Patch, entry: string, folder: string): Promise<string> {
  const text = patchedText(root, patch);
  const plugin: Plugin = {
    name: 'planted',
    setup: (context) => {
      context.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        path === join(root, patch.file) ? { contents: text, loader: 'ts' } : null,
      );
    },
  };
  const outfile = join(folder, `${slug(patch)}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    plugins: [plugin],
  });
  return pathToFileURL(outfile).href;
}

async function plantedCore(root: string, patch: Patch, folder: string, withTerms: 0 | 1): Promise<CoreInstance> {
  const text = patchedText(root, patch);
  const copy = join(folder, slug(patch));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const part of ['assembly', 'contract'])
    cpSync(join(root, 'wasm-core', part), join(copy, 'wasm-core', part), { recursive: true });
  writeFileSync(join(copy, patch.file), text);
  const wasm = join(copy, 'core.wasm');
  // The core is as correct without optimisation, and built in a quarter of the time.
  const options = [
    '-O0',
    '--noAssert',
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '--use',
    `WITH_TERMS=${withTerms}`,
    '--enable',
    'simd',
  ];
  await runNode(
    [
      join(root, 'node_modules/assemblyscript/bin/asc.js'),
      'wasm-core/assembly/index.ts',
      '--outFile',
      wasm,
      ...options,
    ],
    copy,
  );
  return new CoreInstance(new WebAssembly.Module(readFileSync(wasm)));
}

function slug({ name }: Patch): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function runNode(args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(printed.trimEnd() || `exit code ${code}`))));
  });
}
