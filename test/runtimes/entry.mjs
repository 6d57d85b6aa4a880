// The program for platforms that compile the core themselves: the host by its name, so that the conditions of package.json choose the
// entry, as they do for whoever bundles it.

import { load, resolve } from 'lictor';
import { load as loadFull } from 'lictor/full';
import { runCases } from './runner.ts';

/** CASES: the text of cases-file.ts, which the bundler puts here. */
export function report() {
  const loaders = [
    { name: 'core', isFull: false, load },
    { name: 'full core', isFull: true, load: loadFull },
  ];
  return JSON.stringify(runCases(CASES, { loaders, resolve }));
}
