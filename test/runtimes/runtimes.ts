// The runtimes, as data: what must be there, how each says its version, what runs a bundle in it. Whatever the runtime, the process
// prints one report as JSON. Starts nothing.

import type { BundleName } from './bundles.ts';

export interface Runtime {
  readonly name: string;
  /** A path; the runtime is absent if this does not exist. */
  readonly needs: string;
  /** The command that prints its version, as the first number with a dot. */
  readonly version: readonly string[];
  readonly bundle: BundleName;
  /** The command that runs the bundle. */
  readonly command: (bundle: string) => readonly string[];
}

/** Debian's. */
export const BROWSERS = { chromium: '/usr/bin/chromium', firefox: '/usr/bin/firefox-esr' } as const;

const STRICT = '--disallow-code-generation-from-strings';

/** `workspace`: the folder of the lock file that installs them, and of what starts those that are no program. */
export function runtimesIn(workspace: string): Runtime[] {
  const installed = (path: string): string => `${workspace}/node_modules/${path}`;
  const bun = installed('bun/bin/bun.exe');
  return [
    ...node(process.execPath),
    ...node(installed('node22/bin/node')),
    ...node(installed('node24/bin/node')),
    ...deno(installed('deno/deno')),
    { name: 'Bun', needs: bun, version: [bun, '--version'], bundle: 'console', command: (bundle) => [bun, bundle] },
    {
      name: 'workerd',
      needs: installed('workerd/package.json'),
      version: packageVersion(installed('workerd/package.json')),
      bundle: 'workerd',
      command: (bundle) => [process.execPath, `${workspace}/workerd/start.mjs`, bundle],
    },
    {
      name: '@edge-runtime/vm',
      needs: installed('@edge-runtime/vm/package.json'),
      version: packageVersion(installed('@edge-runtime/vm/package.json')),
      bundle: 'edge-light',
      command: (bundle) => [process.execPath, `${workspace}/edge-vm/start.mjs`, bundle],
    },
    ...(['chromium', 'firefox'] as const).map((browser): Runtime => {
      const program = BROWSERS[browser];
      return {
        name: browser === 'chromium' ? 'Chromium' : 'Firefox',
        needs: program,
        version: [program, '--version'],
        bundle: 'console',
        command: (bundle) => [process.execPath, `${workspace}/${browser}/start.mjs`, bundle, program],
      };
    }),
  ];
}

function node(program: string): Runtime[] {
  return [[], [STRICT]].map((flags): Runtime => {
    return {
      name: ['Node', ...flags].join(' '),
      needs: program,
      version: [program, '--version'],
      bundle: 'console',
      command: (bundle) => [program, ...flags, bundle],
    };
  });
}

function deno(program: string): Runtime[] {
  const isolated = ['run', '--no-config', '--no-lock', '--no-remote'];
  return [[], [STRICT]].map((flags): Runtime => {
    return {
      name: ['Deno', ...flags].join(' '),
      needs: program,
      version: [program, '--version'],
      bundle: 'console',
      command: (bundle) => [program, ...isolated, ...flags.map((flag) => `--v8-flags=${flag}`), bundle],
    };
  });
}

function packageVersion(file: string): string[] {
  return [process.execPath, '-p', 'require(process.argv[1]).version', file];
}
