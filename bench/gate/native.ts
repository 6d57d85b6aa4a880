// In: a core as .wasm, fixtures. Out: the instructions that deciding a fixture once executes, as callgrind counts them in what
// wasm2c and gcc make of the core: the same to the last digit in every run. Never counts loading. Runs programs of the system.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../environment.ts';

/** Figures compare only under the same two compilers. */
export interface Tools {
  readonly wasm2c: string;
  readonly gcc: string;
}

/** What stands between a core and its count, or the name of what is missing. */
export function findTools(): Tools | { readonly missing: string } {
  const versions = new Map<string, string>();
  for (const tool of ['wasm2c', 'gcc', 'valgrind']) {
    try {
      const printed = execFileSync(tool, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      versions.set(tool, printed.split('\n', 1)[0]?.match(/\d+(\.\d+)+/)?.[0] ?? '');
    } catch {
      return { missing: tool };
    }
  }
  return { wasm2c: versions.get('wasm2c') ?? '', gcc: versions.get('gcc') ?? '' };
}

export interface Count {
  readonly instructions: number;
  /** Of the answers, so that a core that decides something else is seen. */
  readonly answers: number;
  /** By function, most first: only if asked for. */
  readonly functions: readonly { readonly name: string; readonly instructions: number }[];
}

/** A core made native, in a folder of its own until it is disposed of. */
export class NativeCore {
  readonly #folder = mkdtempSync(join(tmpdir(), 'lictor-gate-'));
  readonly #keepsFunctions: boolean;

  /** `keepsFunctions`: functions are not inlined, and keep the names that the .wasm has. */
  constructor(wasm: string, keepsFunctions: boolean) {
    this.#keepsFunctions = keepsFunctions;
    this.#run('wasm2c', ['-n', 'core', '-o', 'core.c', wasm]);
    copyFileSync(`${ROOT}bench/gate/driver.c`, join(this.#folder, 'driver.c'));
    const flags = ['-O2', '-w', '-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=1'];
    if (keepsFunctions) flags.push('-g', '-fno-inline-functions', '-fno-inline-small-functions', '-fno-ipa-icf');
    this.#run('gcc', [...flags, '-o', 'gate', 'driver.c', 'core.c', '-lm']);
  }

  count(fixture: Uint8Array): Count {
    writeFileSync(join(this.#folder, 'fixture'), fixture);
    const answers = Number(
      this.#run('valgrind', [
        '--tool=callgrind',
        '--toggle-collect=counted_pass',
        '--callgrind-out-file=profile',
        './gate',
        'fixture',
      ]),
    );
    const profile = readFileSync(join(this.#folder, 'profile'), 'utf8');
    const instructions = Number(/^summary: (\d+)/m.exec(profile)?.[1]);
    if (!(instructions > 0)) throw new Error('callgrind counted nothing');
    return { instructions, answers, functions: this.#keepsFunctions ? this.#functions() : [] };
  }

  /** Of each request its own count, decided alone with the rules listed, in order. */
  countEach(fixture: Uint8Array): number[] {
    writeFileSync(join(this.#folder, 'fixture'), fixture);
    this.#run('valgrind', [
      '--tool=callgrind',
      '--toggle-collect=counted_pass',
      '--dump-after=counted_pass',
      '--combine-dumps=yes',
      '--callgrind-out-file=passes',
      './gate',
      'fixture',
      'each',
    ]);
    const profile = readFileSync(join(this.#folder, 'passes'), 'utf8');
    rmSync(join(this.#folder, 'passes'));
    // The last part is of what stands behind the last pass: nothing.
    return [...profile.matchAll(/^summary: (\d+)/gm)].map(([, count]) => Number(count)).filter((count) => count > 0);
  }

  /** What callgrind_annotate says of each function alone. */
  #functions(): Count['functions'] {
    const printed = this.#run('callgrind_annotate', ['--auto=no', '--threshold=99.9', 'profile']);
    return [...printed.matchAll(/^\s*([\d,]+)\s.*?:(\w+)/gm)].map(([, count = '', name = '']) => ({
      name,
      instructions: Number(count.replaceAll(',', '')),
    }));
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(tool: string, args: readonly string[]): string {
    return execFileSync(tool, args, { cwd: this.#folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}
