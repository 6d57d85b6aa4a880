// Out: what a number is worth nothing without: machine, runtime, versions, commit. Reads files, asks git; changes nothing.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The bundles lie in dist/bench and dist/chunks, two levels below the repository; this source one. */
export const ROOT: string =
  [1, 2, 3]
    .map((levels) => fileURLToPath(new URL('../'.repeat(levels), import.meta.url)))
    .find((folder) => existsSync(`${folder}asconfig.json`)) ?? '';

export interface Environment {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
  readonly node: string;
  readonly v8: string;
  /** With `+` if files differ from it; null outside a repository. */
  readonly commit: string | null;
  readonly versions: Readonly<Record<string, string>>;
  /** Load average over a minute, when it was asked. */
  readonly load: number;
}

const DEPENDENCIES = ['@assemblyscript/loader', 'assemblyscript', 'esbuild', 'flatbuffers', 'tinybench', 'typescript'];

export function environment(): Environment {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${platform()} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    commit: commit(),
    versions: Object.fromEntries(DEPENDENCIES.map((name) => [name, versionOf(name)])),
    load: loadNow(),
  };
}

export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

function commit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short=10', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return null;
  }
}

function versionOf(name: string): string {
  try {
    const text: unknown = JSON.parse(readFileSync(`${ROOT}node_modules/${name}/package.json`, 'utf8'));
    return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : 'unknown';
  } catch {
    return 'absent';
  }
}
