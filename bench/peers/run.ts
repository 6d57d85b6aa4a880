// Peers beside Lictor, on the command line. Installs bench/peers/node_modules from its own lock file if it is not there.
//
//   npm run bench:peers              minutes; writes bench/record/peers-*.md and the block of the README
//   npm run bench:peers -- --rounds 1 --rules 10,100 --engines casl,cedar-wasm --no-record
//   OPA_BIN=/path/to/opa npm run bench:peers       with opa-wasm, whose policies that program compiles

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from '../environment.ts';
import { withBlock } from '../marked.ts';
import { engines } from './engines.ts';
import { installPeers } from './install.ts';
import { peersReport, readmeBlock } from './report.ts';
import { type PeersRecord, runPeers } from './suite.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rules: { type: 'string', default: '10,100,1000,10000' },
    engines: { type: 'string' },
    'budget-ms': { type: 'string', default: '200' },
    'cap-ms': { type: 'string', default: '8' },
    'timeout-s': { type: 'string', default: '180' },
    'no-record': { type: 'boolean', default: false },
  },
});

installPeers();
const named = values.engines?.split(',');
const unknown = named?.filter((name) => !engines.some((engine) => engine.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`no engine ${unknown.join(', ')}; known: ${engines.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
runPeers(
  {
    ruleCounts: numbers(values.rules),
    rounds: numbers(values.rounds)[0] ?? 1,
    budgetMs: numbers(values['budget-ms'])[0] ?? 1,
    capMs: numbers(values['cap-ms'])[0] ?? 1,
    timeoutMs: (numbers(values['timeout-s'])[0] ?? 1) * 1000,
  },
  engines.filter(({ name }) => named === undefined || named.includes(name)),
  fileURLToPath(new URL('./worker.js', import.meta.url)),
  ['npm run bench:peers', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  (text) => console.error(text),
  write,
);
/** Positive numbers; anything else ends the program. */
function numbers(text: string): number[] {
  const list = text.split(',').map(Number);
  if (list.every((one) => Number.isFinite(one) && one > 0)) return list;
  console.error(`not a list of positive numbers: ${text}`);
  process.exit(2);
}

/** Anew after each size: a run that is stopped leaves the sizes that it finished. */
function write(record: PeersRecord): void {
  const report = peersReport(record);
  if (values['no-record']) {
    console.log(report);
    return;
  }
  const file = `bench/record/peers-${record.environment.date.slice(0, 16).replace(':', '')}.md`;
  mkdirSync(`${ROOT}bench/record`, { recursive: true });
  writeFileSync(`${ROOT}${file}`, report);
  const readme = `${ROOT}README.md`;
  writeFileSync(readme, withBlock(readFileSync(readme, 'utf8'), 'peers', readmeBlock(record, file)));
  console.log(`${file}, and the block of README.md: up to ${record.plan.ruleCounts.at(-1)} rules`);
}
