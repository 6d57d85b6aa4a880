// Starts workerd by miniflare with the bundle and the cores beside it, asks it once, prints what it answers.
//
//   node start.mjs BUNDLE

import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Miniflare } from 'miniflare';

const bundle = process.argv[2] ?? '';
const folder = dirname(bundle);
const miniflare = new Miniflare({
  compatibilityDate: '2026-04-01',
  modules: [
    { type: 'ESModule', path: basename(bundle), contents: readFileSync(bundle, 'utf8') },
    ...['core.wasm', 'core-full.wasm'].map((path) => ({
      type: 'CompiledWasm',
      path,
      contents: readFileSync(`${folder}/${path}`),
    })),
  ],
});
try {
  const response = await miniflare.dispatchFetch('http://localhost/');
  console.log(await response.text());
} finally {
  await miniflare.dispose();
}
