// The runtimes, as data: where the program of each lies, how it says its version, with which arguments it runs a bundle. Whatever the
// runtime, its process prints one report as JSON. Starts nothing.

export interface Runtime {
  readonly name: string;
  /** A program; it is absent if this does not exist. */
  readonly program: string;
  /** The arguments that make it print its version, as part of its first line. */
  readonly versionArgs: readonly string[];
  /** The arguments that make it run the bundle. */
  readonly runArgs: (bundle: string) => readonly string[];
  readonly bundle: BundleName;
}

/** One of BUNDLES. */
export type BundleName = 'console';

/** Entry point of each bundle, from the root of the repository. */
export const BUNDLES: Readonly<Record<BundleName, string>> = { console: 'test/runtimes/console.ts' };

const STRICT = '--disallow-code-generation-from-strings';

/** `workspace`: the folder of the lock file that installs them. */
export function runtimesIn(workspace: string): Runtime[] {
  const installed = (path: string): string => `${workspace}/node_modules/${path}`;
  return [
    ...node(process.execPath),
    ...node(installed('node22/bin/node')),
    ...node(installed('node24/bin/node')),
    ...['', STRICT].map((flag): Runtime => {
      const isolated = ['run', '--no-config', '--no-lock', '--no-remote'];
      const flags = flag === '' ? [] : [`--v8-flags=${flag}`];
      return {
        name: nameOf('Deno', flag),
        program: installed('deno/deno'),
        versionArgs: ['--version'],
        runArgs: (bundle) => [...isolated, ...flags, bundle],
        bundle: 'console',
      };
    }),
    {
      name: 'Bun',
      program: installed('bun/bin/bun.exe'),
      versionArgs: ['--version'],
      runArgs: (bundle) => [bundle],
      bundle: 'console',
    },
  ];
}

function node(program: string): Runtime[] {
  return ['', STRICT].map((flag): Runtime => {
    const flags = flag === '' ? [] : [flag];
    return {
      name: nameOf('Node', flag),
      program,
      versionArgs: ['--version'],
      runArgs: (bundle) => [...flags, bundle],
      bundle: 'console',
    };
  });
}

function nameOf(name: string, flag: string): string {
  return flag === '' ? name : `${name} (${flag})`;
}
