// Builds everything: AssemblyScript sources -> build/*.wasm and their base64 modules; TypeScript sources -> dist/
// (esbuild makes the JavaScript, tsc checks the types and makes the declarations). Never touches a source file.
//
//   node wasm-core/build.mjs           everything; any type error fails it
//   node wasm-core/build.mjs --fast    without tsc: the inner loop
//   node wasm-core/build.mjs --core    the core and its base64 modules only
//   node wasm-core/build.mjs --debug   also build/core-debug.{wasm,wat,wasm.map}
//   node wasm-core/build.mjs --only core-full    of the cores this one, as file name without `.wasm`; may be combined with the others
//
// What did not change is not built again, and a core whose sources were built before, on another branch, is taken from node_modules/.cache.
// Outputs appear by rename, so builds that run at once do not read halves.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CORE_SOURCE = 'wasm-core/assembly/index.ts';
const CORE_INPUTS = [
  'wasm-core/assembly',
  'wasm-core/contract',
  'asconfig.json',
  'node_modules/assemblyscript/package.json',
  'node_modules/binaryen/package.json',
];
/** A second round over what asc made, as asc's own last one stops early: 2 % less. The memory is the core's own and begins at 1,024. */
const SHRINK = ['-Oz', '--low-memory-unused', '--zero-filled-memory'];
const FEATURES = ['bulk-memory', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext'];
/** Cores by the hash of all that goes into them. */
const CORE_CACHE = 'node_modules/.cache/lictor';
const CLI = 'compiler/cli/main.ts';

/** Each becomes dist/<same path>.js; what they share goes to dist/chunks. One that does not exist yet is listed and left out. */
const ENTRY_POINTS = [
  'host-js/index.ts',
  'host-js/full.ts',
  ...['workerd', 'workerd-full', 'edge-light', 'edge-light-full'].map((name) => `host-js/${name}.ts`),
  'compiler/index.ts',
  'compiler/cedar/index.ts',
  CLI,
  'compiler/cli/demo.ts',
  'bench/run.ts',
  'bench/cedar.ts',
  'bench/size.ts',
  'bench/gate/run.ts',
  'bench/agent/run.ts',
  'bench/peers/run.ts',
  'bench/peers/worker.ts',
  'test/differential/fuzz.ts',
  'test/malformed/megabytes.ts',
  'test/runtimes/run.ts',
];

/** asconfig target -> its output, and the module that carries it as base64 (build/<inline>.js exports `coreBase64`). */
const CORES = [
  { target: 'release', wasm: 'core.wasm', inline: 'core-inline' },
  { target: 'scalar', wasm: 'core-scalar.wasm', inline: 'core-scalar-inline' },
  { target: 'full', wasm: 'core-full.wasm', inline: 'core-full-inline' },
  { target: 'full-scalar', wasm: 'core-full-scalar.wasm', inline: 'core-full-scalar-inline' },
];
const DEBUG_CORE = { target: 'debug', wasm: 'core-debug.wasm', inline: null };

process.chdir(ROOT);
const args = process.argv.slice(2);
const onlyAt = args.indexOf('--only');
const only = onlyAt < 0 ? null : args.splice(onlyAt, 2)[1];
const flags = new Set(args);
const unknownFlags = [...flags].filter((flag) => !['--fast', '--core', '--debug'].includes(flag));
if (unknownFlags.length > 0 || (onlyAt >= 0 && !CORES.some(({ wasm }) => wasm === `${only}.wasm`))) {
  const names = CORES.map(({ wasm }) => wasm.replace('.wasm', '')).join(', ');
  console.error(
    `build: unknown option ${unknownFlags.join(', ')}; known: --fast, --core, --debug, --only <one of ${names}>`,
  );
  process.exit(2);
}
process.exit((await build()) ? 0 : 1);

/** @returns {Promise<boolean>} whether every step succeeded; a failed step does not stop independent ones */
async function build() {
  mkdirSync('build', { recursive: true });
  for (const { inline } of CORES) {
    writeIfChanged(`build/${inline}.d.ts`, '/** The core, base64. */\nexport declare const coreBase64: string;\n');
  }
  // The declarations above are all that tsc needs of the core, so it can start at once.
  const types = flags.has('--core') || flags.has('--fast') ? true : step('types (tsc)', buildTypes);
  const core = await step('core (asc)', buildCores);
  if (core) writeInlineModules();
  const scripts = flags.has('--core') ? true : await step('scripts (esbuild)', buildScripts);
  return core && scripts && (await types);
}

/** @param {string} name @param {() => Promise<string>} run resolves with a note on what was done, rejects on failure */
async function step(name, run) {
  const startMs = performance.now();
  const seconds = () => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  try {
    const note = await run();
    console.log(`build: ${name}: ${note}, ${seconds()}`);
    return true;
  } catch (error) {
    console.error(`build: ${name}: failed, ${seconds()}\n${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function buildCores() {
  if (!existsSync(CORE_SOURCE)) return `skipped, no ${CORE_SOURCE} yet`;
  const changedMs = Math.max(...CORE_INPUTS.flatMap(filesUnder).map((path) => statSync(path).mtimeMs));
  const cores = CORES.filter(({ wasm }) => only === null || wasm === `${only}.wasm`);
  const wanted = flags.has('--debug') ? [...cores, DEBUG_CORE] : cores;
  const stale = wanted.filter(({ wasm }) => !isNewer(`build/${wasm}`, changedMs));
  await Promise.all(stale.map(buildCore));
  const sizes = wanted.map(({ wasm }) => `${wasm} ${statSync(`build/${wasm}`).size} bytes`).join(', ');
  return `${stale.length === 0 ? 'up to date' : 'built'}: ${sizes}`;
}

/** @param {{target: string, wasm: string}} core */
async function buildCore({ target, wasm }) {
  const startedMs = Date.now();
  const hash = coreHash(target);
  const cached = `${CORE_CACHE}/${hash}.wasm`;
  if (target !== 'debug' && existsSync(cached)) {
    copyFileSync(cached, `build/.${wasm}-${process.pid}`);
    renameSync(`build/.${wasm}-${process.pid}`, `build/${wasm}`);
    return;
  }
  const scratch = `build/.asc-${target}-${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  try {
    const args = ['node_modules/assemblyscript/bin/asc.js', '--config', 'asconfig.json', '--target', target];
    args.push('--outFile', `${scratch}/${wasm}`);
    if (target === 'debug') args.push('--textFile', `${scratch}/core-debug.wat`);
    await runNode(args);
    if (target !== 'debug') await shrink(`${scratch}/${wasm}`, target.includes('scalar'));
    const module = new WebAssembly.Module(readFileSync(`${scratch}/${wasm}`));
    const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
    // The core must run where nothing can be given to it (DESIGN 7); an import is always a managed type or a `throw`.
    if (imports.length > 0) throw new Error(`${wasm} must import nothing, but imports ${imports.join(', ')}`);
    // Sources saved while asc ran are not what the hash says.
    if (target !== 'debug' && coreHash(target) === hash) {
      mkdirSync(CORE_CACHE, { recursive: true });
      copyFileSync(`${scratch}/${wasm}`, `${cached}.${process.pid}`);
      renameSync(`${cached}.${process.pid}`, cached);
    }
    for (const name of readdirSync(scratch)) renameSync(`${scratch}/${name}`, `build/${name}`);
    // A source saved while asc ran must count as newer: date the output by the start of the run.
    utimesSync(`build/${wasm}`, new Date(startedMs), new Date(startedMs));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} path @param {boolean} isScalar the passes may use no SIMD then */
async function shrink(path, isScalar) {
  const features = (isScalar ? FEATURES : [...FEATURES, 'simd']).map((name) => `--enable-${name}`);
  await runNode(['node_modules/binaryen/bin/wasm-opt', path, ...features, ...SHRINK, '-o', path]);
}

/** @param {string} target what a core of these sources is called in the cache */
function coreHash(target) {
  const hash = createHash('sha256').update([target, ...SHRINK].join(' '));
  for (const path of CORE_INPUTS.flatMap(filesUnder).sort()) hash.update(`\0${path}\0`).update(readFileSync(path));
  return hash.digest('hex');
}

function writeInlineModules() {
  for (const { wasm, inline } of CORES) {
    if (!existsSync(`build/${wasm}`)) continue;
    const base64 = readFileSync(`build/${wasm}`).toString('base64');
    writeIfChanged(`build/${inline}.js`, `export const coreBase64 = '${base64}';\n`);
  }
}

async function buildScripts() {
  const entryPoints = ENTRY_POINTS.filter((path) => existsSync(path));
  const missing = ENTRY_POINTS.filter((path) => !existsSync(path));
  if (entryPoints.length === 0) return 'skipped, no entry point exists yet';
  const esbuild = await import('esbuild');
  let result;
  try {
    result = await esbuild.build({
      entryPoints,
      outdir: 'dist',
      outbase: '.',
      chunkNames: 'chunks/[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'es2023',
      packages: 'external',
      // Of the platform that bundles them. Relative to build/, two levels up from a source, an entry and a chunk alike.
      external: ['*.wasm', '*.wasm?module'],
      sourcemap: true,
      metafile: true,
      legalComments: 'none',
      logLevel: 'silent',
    });
  } catch (error) {
    throw new Error((await esbuild.formatMessages(error.errors ?? [], { kind: 'error' })).join('') || String(error));
  }
  for (const warning of await esbuild.formatMessages(result.warnings, { kind: 'warning' })) console.warn(warning);
  const outputs = new Set(Object.keys(result.metafile.outputs));
  for (const path of filesUnder('dist/chunks')) if (!outputs.has(path)) rmSync(path, { force: true });
  assertPortable(result.metafile);
  if (existsSync(CLI)) {
    const output = `dist/${CLI.replace(/\.ts$/, '.js')}`;
    if (!readFileSync(output, 'utf8').startsWith('#!')) {
      throw new Error(`${CLI} must start with \`#!/usr/bin/env node\``);
    }
    chmodSync(output, 0o755);
  }
  return `${entryPoints.length} entry points${missing.length > 0 ? ` (not there yet: ${missing.join(', ')})` : ''}`;
}

/**
 * The host and the compiler run in pages and workers: whatever they reach may import no Node builtin (DESIGN 10:
 * `cli/` is the only place with I/O).
 */
function assertPortable({ outputs }) {
  const hosts = ENTRY_POINTS.filter((path) => path.startsWith('host-js/'));
  for (const entry of [...hosts, 'compiler/index.ts'].map((path) => `dist/${path.replace(/\.ts$/, '.js')}`)) {
    const seen = new Set();
    const queue = [entry];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (seen.has(path) || outputs[path] === undefined) continue;
      seen.add(path);
      for (const imported of outputs[path].imports) {
        if (imported.path.startsWith('node:')) {
          const sources = Object.keys(outputs[path].inputs).join(', ');
          throw new Error(`${entry} must run outside Node, but reaches ${imported.path} through one of: ${sources}`);
        }
        if (!imported.external) queue.push(imported.path);
      }
    }
  }
}

async function buildTypes() {
  const inputs = ['compiler', 'host-js', 'bench', 'test', 'wasm-core/contract'];
  if (!inputs.some((path) => filesUnder(path).length > 0)) return 'skipped, no sources yet';
  const pretty = String(Boolean(process.stdout.isTTY));
  await runNode(['node_modules/typescript/bin/tsc', '-p', '.', '--emitDeclarationOnly', '--pretty', pretty]);
  return 'checked, declarations in dist/';
}

/** Runs one Node program; rejects with everything it printed if it fails. @param {string[]} args */
function runNode(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(printed.trimEnd() || `exit code ${code}`)),
    );
  });
}

/** @param {string} path @param {number} sinceMs */
function isNewer(path, sinceMs) {
  return existsSync(path) && statSync(path).mtimeMs > sinceMs;
}

/** @param {string} path a file or a folder; missing = no files @returns {string[]} */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesUnder(join(path, entry.name)));
}

/** @param {string} path @param {string} text */
function writeIfChanged(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const scratch = `${path}.${process.pid}.tmp`;
  writeFileSync(scratch, text);
  renameSync(scratch, path);
}
