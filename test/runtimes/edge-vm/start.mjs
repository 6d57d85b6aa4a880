// Evaluates the bundle in the edge VM, which may compile nothing, and prints the report. The cores are compiled out here, in another
// realm, and handed in as globals, as platforms do it.
//
//   node start.mjs BUNDLE

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EdgeVM } from '@edge-runtime/vm';

const bundle = process.argv[2] ?? '';
const cores = Object.fromEntries(
  ['core.wasm', 'core-full.wasm'].map((name) => [
    name,
    new WebAssembly.Module(readFileSync(`${dirname(bundle)}/${name}`)),
  ]),
);
const vm = new EdgeVM({
  codeGeneration: { strings: false, wasm: false },
  extend: (context) => Object.assign(context, { lictorCores: cores }),
});
vm.evaluate(readFileSync(bundle, 'utf8'));
console.log(vm.evaluate('lictorReport'));
