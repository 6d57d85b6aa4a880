// Decides every conformance case in every runtime: the cases are compiled once, here, and bundled with one runner and one host; each
// runtime runs these bytes in a process of its own. Installs the runtimes from their own lock file if they are not there. Exit code 1
// if a case failed or was skipped, or if more than one runtime is absent.
//
//   npm run test:runtimes                         all
//   npm run test:runtimes -- --allow-absent       those that are there
//   npm run test:runtimes -- --only node,deno     those whose names begin so

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ROOT } from '../../bench/environment.ts';
import { loadCases } from '../conformance/cases.ts';
import { type BundleName, bundle } from './bundles.ts';
import { type BenchRequest, benchWork, casesText } from './cases-file.ts';
import type { Report } from './runner.ts';
import { BROWSERS, type Runtime, runtimesIn } from './runtimes.ts';
import { linesOf, type Outcome, summary } from './summary.ts';

const WORKSPACE = `${ROOT}test/runtimes`;
/** For all cases in one runtime, its start included. */
const TIME_LIMIT_MS = 300_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'allow-absent': { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
  });
  const prefixes = values.only.toLowerCase().split(',');
  const isAsked = ({ name }: Runtime): boolean => prefixes.some((prefix) => name.toLowerCase().startsWith(prefix));
  const cases = loadCases(`${ROOT}test/conformance`);
  const text = casesText(cases, paymentsWork());
  install();
  const bundles = new Map<BundleName, string>();
  const outcomes: Outcome[] = [];
  for (const runtime of runtimesIn(WORKSPACE).filter(isAsked)) {
    const file = bundles.get(runtime.bundle) ?? (await bundle(runtime.bundle, text));
    bundles.set(runtime.bundle, file);
    const outcome = outcomeOf(runtime, file);
    outcomes.push(outcome);
    console.log(linesOf(outcome, cases.length).join('\n'));
  }
  if (!summary(outcomes, cases.length, values['allow-absent']).isGood) process.exitCode = 1;
}

/** What cannot be installed here is absent, which the summary judges. */
function install(): void {
  if (!existsSync(`${WORKSPACE}/node_modules/.package-lock.json`)) {
    spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: WORKSPACE, stdio: 'inherit' });
  }
  if (process.getuid?.() !== 0 || Object.values(BROWSERS).every((program) => existsSync(program))) return;
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'firefox-esr'], {
    stdio: 'inherit',
  });
}

function paymentsWork(): ReturnType<typeof benchWork> {
  const folder = `${ROOT}policies/payments`;
  const source = (path: string): { path: string; text: string } => ({
    path,
    text: readFileSync(`${folder}/${path}`, 'utf8'),
  });
  const requests = JSON.parse(source('requests.json').text) as { readonly request: BenchRequest }[];
  return benchWork(
    ['payments.policy.yaml', 'tools.json'].map(source),
    requests.map(({ request }) => request),
  );
}

function outcomeOf({ name, needs, version: versionBy, command }: Runtime, file: string): Outcome {
  if (!existsSync(needs)) return { kind: 'absent', name, program: needs };
  let version = '(version unknown)';
  try {
    const [versionProgram = '', ...versionArgs] = versionBy;
    const said = execFileSync(versionProgram, versionArgs, { encoding: 'utf8', timeout: TIME_LIMIT_MS });
    version = /\d+\.\d+[.\d]*/.exec(said)?.[0] ?? version;
    const [program = '', ...args] = command(file);
    const printed = execFileSync(program, args, {
      encoding: 'utf8',
      timeout: TIME_LIMIT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const report: unknown = JSON.parse(printed);
    if (!isReport(report)) return { kind: 'broken', name, version, why: `it printed ${printed.slice(0, 200)}` };
    return { kind: 'ran', name, version, report };
  } catch (error) {
    return { kind: 'broken', name, version, why: String(error).slice(0, 2000) };
  }
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'passed' in value && 'failed' in value && 'p50Ns' in value;
}

await main();
