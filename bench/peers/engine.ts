// What every engine that is measured beside Lictor answers, and how its package is found. Packages lie in bench/peers/node_modules
// and are loaded when asked for: nothing else of the repository needs them, and one that is absent is said to be.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Workload, WorkloadRequest } from '../workload.ts';

/** Deny-overrides, default deny: true is allow. What an engine needs done to a request is done in here, and is measured. */
export type Decider =
  | { readonly kind: 'now'; readonly allows: (request: WorkloadRequest) => boolean }
  | { readonly kind: 'later'; readonly allows: (request: WorkloadRequest) => Promise<boolean> };

export interface PeerEngine {
  readonly name: string;
  /** Null: needs none. */
  readonly packageName: string | null;
  /** How the rules were put to it. */
  readonly told: string;
  /** Made for this many rules and no other, if there is one. */
  readonly onlyAt?: number;
  /** Compiles and loads the rules. Throws `Absent`. */
  readonly load: (workload: Workload) => Promise<Decider>;
}

/** A package, a program or a file that is not here. */
export class Absent extends Error {}

/** The repository, from the sources and from dist/ alike. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'bench/peers/package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('bench/peers/package.json is nowhere above');
    folder = parent;
  }
  return folder;
}

export function peersFolder(): string {
  return join(repositoryRoot(), 'bench/peers');
}

/** The module of an installed peer; throws `Absent`, with the reason, if it cannot be loaded. */
export async function importPeer(name: string): Promise<unknown> {
  const finder = (await import(pathToFileURL(join(peersFolder(), 'import.mjs')).href)) as {
    importPeer: (name: string) => Promise<unknown>;
  };
  try {
    return await finder.importPeer(name);
  } catch (error) {
    throw new Absent(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

/** As installed; null if it is not. */
export function peerVersion(packageName: string): string | null {
  const path = join(peersFolder(), 'node_modules', packageName, 'package.json');
  if (!existsSync(path)) return null;
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}

/** Denies before allows, for engines that stop at the first. */
export function deniesFirst<T extends { readonly effect: 'allow' | 'deny' }>(rules: readonly T[]): T[] {
  return [...rules.filter(({ effect }) => effect === 'deny'), ...rules.filter(({ effect }) => effect === 'allow')];
}
