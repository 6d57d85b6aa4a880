// Installs bench/peers/node_modules from the lock file beside it, if it is not there, and says so. Never throws: what could not be
// installed is absent, and is reported so by whoever needs it.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { peersFolder } from './engine.ts';

export function installPeers(): void {
  const folder = peersFolder();
  if (existsSync(join(folder, 'node_modules'))) return;
  console.error('bench/peers/node_modules is not there: npm ci --prefix bench/peers');
  try {
    execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } catch {
    console.error('npm could not install the peers: those that need a package are reported as absent');
  }
}
