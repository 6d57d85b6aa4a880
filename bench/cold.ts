// In: an artifact and a request. Out: what the first verdict costs a process that has done nothing before: `measureCold` starts fresh
// processes, `runCold` is what each of them does. Uses a temporary folder, and removes it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from './statistics.ts';

/** Milliseconds; medians over the processes. */
export interface Cold {
  readonly ruleCount: number;
  readonly artifactBytes: number;
  readonly processes: number;
  /** Importing the host's module. */
  readonly importMs: number;
  /** Compiling and instantiating the core, loading the artifact. */
  readonly loadMs: number;
  readonly firstVerdictMs: number;
  /** Load and first verdict, on the clock and on the processor (user and system, all threads). */
  readonly totalMs: number;
  readonly totalCpuMs: number;
}

type Times = Pick<Cold, 'importMs' | 'loadMs' | 'firstVerdictMs' | 'totalMs' | 'totalCpuMs'>;

const KEYS = [
  'importMs',
  'loadMs',
  'firstVerdictMs',
  'totalMs',
  'totalCpuMs',
] as const satisfies readonly (keyof Times)[];

/** `program` is the bench itself: it hands `--cold FOLDER` to `runCold`. */
export function measureCold(
  program: string,
  ruleCount: number,
  artifact: Uint8Array,
  request: unknown,
  processes: number,
): Cold {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));
  try {
    writeFileSync(join(folder, ARTIFACT), artifact);
    writeFileSync(join(folder, REQUEST), JSON.stringify(request));
    const runs = Array.from({ length: processes }, () =>
      readTimes(execFileSync(process.execPath, [program, '--cold', folder], { encoding: 'utf8' })),
    );
    const [importMs = 0, loadMs = 0, firstVerdictMs = 0, totalMs = 0, totalCpuMs = 0] = KEYS.map((key) =>
      percentile(
        runs.map((run) => run[key]).sort((a, b) => a - b),
        0.5,
      ),
    );
    const times = { importMs, loadMs, firstVerdictMs, totalMs, totalCpuMs };
    return { ruleCount, artifactBytes: artifact.length, processes, ...times };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ARTIFACT = 'artifact.lctr';
const REQUEST = 'request.json';

/** Prints the times of this process as one line of JSON. */
export async function runCold(folder: string): Promise<void> {
  const artifact = readFileSync(join(folder, ARTIFACT));
  const request: unknown = JSON.parse(readFileSync(join(folder, REQUEST), 'utf8'));
  const start = performance.now();
  const { load } = await import('../host-js/index.ts');
  const imported = performance.now();
  const cpuBefore = process.cpuUsage();
  const engine = load(artifact);
  const loaded = performance.now();
  const verdict = engine.decide(request);
  const decided = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  if (verdict.status !== 'ok') throw new Error(`the first verdict says ${verdict.status}`);
  const times: Times = {
    importMs: imported - start,
    loadMs: loaded - imported,
    firstVerdictMs: decided - loaded,
    totalMs: decided - imported,
    totalCpuMs: (user + system) / 1000,
  };
  console.log(JSON.stringify(times));
}

function readTimes(text: string): Times {
  const value: unknown = JSON.parse(text);
  if (!areTimes(value)) throw new TypeError(`a cold process printed ${text}`);
  return value;
}

function areTimes(value: unknown): value is Times {
  return typeof value === 'object' && value !== null && KEYS.every((key) => key in value);
}
