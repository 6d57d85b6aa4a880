// How large what people ship is: the cores, the bundle of `import { load } from 'lictor'` with and without the core, artifacts per rule.
// Budgets are the aims of the design; the ones not reached yet are named. Exit code 1 if a core or a bundle is over its budget and
// larger than bench/sizes.json says: sizes may shrink towards the budget, never grow away from it. Writes sizes.json only when told to.
//
//   npm run size                     the table
//   npm run size -- --write          the same, and sizes.json anew

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import Table from 'cli-table3';
import { build, type Plugin } from 'esbuild';
import pc from 'picocolors';
import { compile } from '../compiler/index.ts';
import { ROOT } from './environment.ts';
import { policySources } from './policy-text.ts';
import { makeWorkload } from './workload.ts';

interface Size {
  readonly name: string;
  readonly raw: number;
  /** null: not a thing that travels compressed. */
  readonly gzipped: number | null;
  readonly budget: { readonly raw?: number; readonly gzipped?: number };
  /** Over budget and growing fails the run. */
  readonly isHard: boolean;
}

const KB = 1024;
const SIZES = `${ROOT}bench/sizes.json`;
const RULE_BUDGET_BYTES = 80;
/** What a size may grow by before it counts: a new compiler version, a renamed helper. */
const TOLERANCE = 0.01;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  const sizes = [...cores(), ...(await bundles()), ...artifacts()];
  const before = committed();
  console.log(tableOf(sizes, before));
  for (const size of sizes.filter(isOver)) console.log(pc.yellow(`over budget: ${size.name}: ${describe(size)}`));
  for (const { name, raw } of sizes) {
    const old = before.get(name);
    if (old !== undefined && raw > old) console.log(`grew: ${name}: ${old} → ${raw} bytes`);
  }
  if (values.write) {
    const entries = sizes.map(({ name, raw, gzipped }) => [name, { raw, ...(gzipped === null ? {} : { gzipped }) }]);
    writeFileSync(SIZES, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  }
  const failed = sizes.filter(
    (size) => size.isHard && isOver(size) && size.raw > (before.get(size.name) ?? 0) * (1 + TOLERANCE),
  );
  for (const { name } of failed) console.log(pc.red(`${name} is over its budget and has grown`));
  if (failed.length > 0) process.exitCode = 1;
}

function cores(): Size[] {
  const small = { raw: 16 * KB, gzipped: 6 * KB };
  const full = { raw: 64 * KB };
  const core = (name: string, budget: Size['budget']): Size =>
    sizeOf(name, readFileSync(`${ROOT}build/${name}`), budget);
  return [
    core('core.wasm', small),
    core('core-scalar.wasm', small),
    core('core-full.wasm', full),
    core('core-full-scalar.wasm', full),
  ];
}

async function bundles(): Promise<Size[]> {
  return [
    sizeOf('host without core, minified', await bundle('index', [withoutCore]), { gzipped: 12 * KB }),
    sizeOf('host with core, minified', await bundle('index', []), { gzipped: 21 * KB }),
    sizeOf('host with full core, minified', await bundle('full', []), {}),
  ];
}

/** Everything `load` reaches, dependencies included, as a page would ship it. */
async function bundle(entry: 'index' | 'full', plugins: Plugin[]): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: `export { load } from './host-js/${entry}.ts';`, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    plugins,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild made no bundle');
  return file.contents;
}

const withoutCore: Plugin = {
  name: 'without-core',
  setup(esbuild) {
    esbuild.onLoad({ filter: /core-inline\.js$/ }, () => ({ contents: "export const coreBase64 = '';" }));
  },
};

function artifacts(): Size[] {
  return [10, 100, 1000, 10_000].map((ruleCount) => {
    const { artifact } = compile(policySources(makeWorkload('typical', ruleCount)));
    return {
      name: `artifact bytes per rule, ${ruleCount.toLocaleString('en')} rules`,
      raw: Math.round((artifact?.length ?? Number.NaN) / ruleCount),
      gzipped: null,
      budget: { raw: RULE_BUDGET_BYTES },
      isHard: false,
    };
  });
}

function sizeOf(name: string, bytes: Uint8Array, budget: Size['budget']): Size {
  return { name, raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length, budget, isHard: true };
}

function isOver({ raw, gzipped, budget }: Size): boolean {
  return (
    raw > (budget.raw ?? Number.POSITIVE_INFINITY) || (gzipped ?? 0) > (budget.gzipped ?? Number.POSITIVE_INFINITY)
  );
}

function describe({ raw, gzipped, budget }: Size): string {
  const parts: string[] = [];
  if (budget.raw !== undefined) parts.push(`${raw} of ${budget.raw} bytes`);
  if (budget.gzipped !== undefined) parts.push(`${gzipped} of ${budget.gzipped} bytes gzipped`);
  return parts.join(', ');
}

function tableOf(sizes: readonly Size[], before: ReadonlyMap<string, number>): string {
  const table = new Table({
    head: ['', 'bytes', 'budget', 'gzipped', 'budget', 'since', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  const number = (value: number | null | undefined): string => value?.toLocaleString('en') ?? '';
  for (const size of sizes) {
    const old = before.get(size.name);
    const change = old === undefined ? 'new' : `${size.raw > old ? '+' : ''}${size.raw - old}`;
    const verdict = isOver(size) ? pc.yellow('over') : pc.green('ok');
    table.push([
      size.name,
      ...[size.raw, size.budget.raw, size.gzipped, size.budget.gzipped].map(number),
      change,
      verdict,
    ]);
  }
  return table.toString();
}

/** Raw sizes of sizes.json, none if there is no such file. */
function committed(): ReadonlyMap<string, number> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(SIZES, 'utf8'));
  } catch {
    return new Map();
  }
  if (typeof parsed !== 'object' || parsed === null) return new Map();
  return new Map(
    Object.entries(parsed).flatMap(([name, size]: [string, unknown]): [string, number][] =>
      typeof size === 'object' && size !== null && 'raw' in size && typeof size.raw === 'number'
        ? [[name, size.raw]]
        : [],
    ),
  );
}

await main();
