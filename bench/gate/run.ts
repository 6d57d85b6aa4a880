// A gate that noise cannot move: instructions that the core executes per decision, for fixed policies and requests, held against
// bench/gate/figures.json. Exit code 1 if a figure grew by more than 3 %. Where wasm2c, gcc or valgrind are missing, or are others
// than those of the figures, nothing is compared, and one line says so.
//
//   npm run gate                    compare
//   npm run gate -- --update        the same, and figures.json anew
//   npm run gate -- --profile       also by function, of a core with names (slower: nothing is inlined)
//   npm run gate -- --only 'typical 1000'

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import { ROOT } from '../environment.ts';
import { makeWorkload, REQUEST_COUNT, type WorkloadName } from '../workload.ts';
import { fixtureOf } from './fixture.ts';
import { type Count, findTools, NativeCore, type Tools } from './native.ts';

/** What is counted: small, common, large, larger; then the shapes that keys help least. */
const CASES: readonly { readonly workload: WorkloadName; readonly ruleCount: number }[] = [
  { workload: 'typical', ruleCount: 10 },
  { workload: 'typical', ruleCount: 100 },
  { workload: 'typical', ruleCount: 1000 },
  { workload: 'typical', ruleCount: 10_000 },
  { workload: 'nopath', ruleCount: 10 },
  { workload: 'nopath', ruleCount: 1000 },
  { workload: 'flat', ruleCount: 10 },
  { workload: 'flat', ruleCount: 1000 },
];
const TOLERANCE = 0.03;
const FIGURES = `${ROOT}bench/gate/figures.json`;

/** Instructions per decision by case, and the compilers they were counted with. */
interface Figures {
  readonly tools: Tools;
  readonly instructions: Readonly<Record<string, number>>;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      update: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const tools = findTools();
  if ('missing' in tools) {
    console.log(`gate: skipped, no ${tools.missing} here`);
    return;
  }
  const before = committed();
  const comparable = before !== null && before.tools.gcc === tools.gcc && before.tools.wasm2c === tools.wasm2c;
  if (before !== null && !comparable && !values.update) {
    console.log(`gate: skipped, the figures are of ${toolText(before.tools)}, here are ${toolText(tools)}`);
    return;
  }
  const counts = countAll(values.only, values.profile);
  const instructions: Record<string, number> = {};
  const table = new Table({ head: ['instructions per decision', 'committed', 'now', 'change'], style: { head: [] } });
  let failures = 0;
  for (const [name, count] of counts) {
    const now = Math.round((count.instructions / REQUEST_COUNT) * 10) / 10;
    const then = before?.instructions[name];
    instructions[name] = now;
    const change = then === undefined ? 0 : now / then - 1;
    if (then === undefined || change > TOLERANCE) failures += 1;
    table.push([name, then ?? '-', now, then === undefined ? '-' : `${(change * 100).toFixed(1)} %`]);
  }
  console.log(table.toString());
  if (values.update) {
    writeFileSync(
      FIGURES,
      `${JSON.stringify({ tools, instructions: { ...before?.instructions, ...instructions } }, null, 2)}\n`,
    );
  } else if (failures > 0) {
    console.log(pc.red(`gate: ${failures} figures grew by more than ${TOLERANCE * 100} % or are not committed`));
    process.exitCode = 1;
  }
}

function committed(): Figures | null {
  return existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures) : null;
}

function toolText({ gcc, wasm2c }: Tools): string {
  return `gcc ${gcc} and wasm2c ${wasm2c}`;
}

function countAll(only: string | undefined, isProfile: boolean): Map<string, Count> {
  const core = new NativeCore(`${ROOT}build/core-scalar.wasm`, false);
  const named = isProfile ? new NativeCore(coreWithNames(), true) : null;
  try {
    const counts = new Map<string, Count>();
    for (const { workload, ruleCount } of CASES) {
      const name = `${workload} ${ruleCount}`;
      if (only !== undefined && only !== name) continue;
      const fixture = fixtureOf(makeWorkload(workload, ruleCount));
      counts.set(name, core.count(fixture));
      if (named !== null) printProfile(name, named.count(fixture));
    }
    return counts;
  } finally {
    core.dispose();
    named?.dispose();
  }
}

/** build/core-scalar-named.wasm: the scalar core, with the names of its functions. */
function coreWithNames(): string {
  const path = `${ROOT}build/core-scalar-named.wasm`;
  const asc = ['node_modules/assemblyscript/bin/asc.js', '--config', 'asconfig.json', '--target', 'scalar'];
  execFileSync(process.execPath, [...asc, '--debug', '--outFile', path], { cwd: ROOT, stdio: 'inherit' });
  return path;
}

function printProfile(name: string, { functions }: Count): void {
  console.log(`${name}, instructions per decision by function:`);
  for (const one of functions.slice(0, 30)) {
    console.log(
      `  ${(one.instructions / REQUEST_COUNT).toFixed(1).padStart(8)}  ${one.name.replace('w2c_wasm_core_assembly_', '')}`,
    );
  }
}

main();
