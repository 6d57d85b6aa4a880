// What a guard adds to a tool call inside an agent's loop, on the command line.
//
//   npm run bench:agent              about a minute; writes bench/record/agent-*.md and the block of the README
//   npm run bench:agent -- --pairs 100 --no-record

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { guard } from '../../host-js/index.ts';
import { environment, loadNow, ROOT } from '../environment.ts';
import { fresh, measure } from '../harness.ts';
import { withBlock } from '../marked.ts';
import { installPeers } from '../peers/install.ts';
import { Random } from '../random.ts';
import { percentile } from '../statistics.ts';
import { aiSdkLoop } from './ai-sdk.ts';
import { mcpLoop } from './mcp.ts';
import { measurePairs, type Overhead, WARM_RUNS } from './pairs.ts';
import { workedPolicy } from './policy.ts';

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '1000' }, 'no-record': { type: 'boolean', default: false } },
});
const pairs = Number(values.pairs);
if (!Number.isInteger(pairs) || pairs < 10) {
  console.error(`--pairs takes a whole number from 10 on, not ${values.pairs}`);
  process.exit(2);
}
installPeers();
const machine = environment();
const rows = [await measurePairs(await aiSdkLoop(), pairs)];
const mcp = await mcpLoop();
try {
  rows.push(await measurePairs(mcp, pairs));
} finally {
  await mcp.close();
}
const alone = guardAlone();
const block = [
  `\`npm run bench:agent\` on ${machine.date.slice(0, 10)} (${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit ?? 'unknown'}, load average`,
  `${machine.load} before and ${loadNow()} after): microseconds a tool call, from pairs of runs with and without \`guard\` after ${WARM_RUNS} of each to warm up, under the worked policies of \`policies/\`.`,
  '',
  '| | without | with | median difference (95 %) | | pairs (left out) |',
  '|---|--:|--:|--:|--:|--:|',
  ...rows.map(rowText),
  '',
  `The guard around a function that does nothing costs ${alone.toFixed(1)} µs a call (fresh arguments from JSON, p50 of batches): ` +
    `${rows.map(({ plain }) => `${((alone / plain) * 100).toFixed(1)} %`).join(' and ')} of the two loops.`,
].join('\n');
console.log(block);
if (!values['no-record']) {
  const file = `bench/record/agent-${machine.date.slice(0, 16).replace(':', '')}.md`;
  mkdirSync(`${ROOT}bench/record`, { recursive: true });
  writeFileSync(`${ROOT}${file}`, `# A guard inside an agent's loop\n\n${block}\n`);
  const readme = `${ROOT}README.md`;
  writeFileSync(readme, withBlock(readFileSync(readme, 'utf8'), 'agent', block));
  console.log(`${file}, and the block of README.md`);
}
process.exit(0);

function rowText({ name, pairs: count, leftOut, plain, guarded, difference, from, to }: Overhead): string {
  const [without, withGuard] = [plain, guarded].map((us) => us.toFixed(0));
  const percent = ((difference / plain) * 100).toFixed(1);
  return `| ${name} | ${without} | ${withGuard} | ${difference.toFixed(1)} (${from.toFixed(1)} to ${to.toFixed(1)}) | ${percent} % | ${count} (${(leftOut * 100).toFixed(0)} %) |`;
}

/** Microseconds that the guard adds to a function that does nothing. */
function guardAlone(): number {
  const engine = workedPolicy('payments');
  const bare = (args: { amount: number }): number => args.amount;
  const guarded = guard(bare, engine, {
    tool: 'payments.transfer',
    principal: { id: 'ana', roles: ['finance'], limit: 5000 },
    context: { env: 'prod', payee_verified: true, spent_today: 0 },
  });
  const make = (amount: number): { amount: number } =>
    JSON.parse(`{"amount":${amount + 1},"currency":"EUR","payee":"p-17","country":"PT"}`) as { amount: number };
  const counted = (answer: unknown): number => {
    if (typeof answer !== 'number') throw new Error('a call did not run');
    return answer;
  };
  const [without, withGuard] = measure(
    [
      fresh('bare', 1, 900, make, (args) => counted(bare(args))),
      fresh('guarded', 1, 900, make, (args) => counted(guarded(args))),
    ],
    { rounds: 201, batchNs: 300_000, warmupMs: 400, random: new Random(1) },
  ).map(({ samplesNs }) =>
    percentile(
      samplesNs.toSorted((a, b) => a - b),
      0.5,
    ),
  );
  return ((withGuard ?? Number.NaN) - (without ?? Number.NaN)) / 1000;
}
