// The bench on the command line: what a decision costs, at 10 to 10,000 rules, beside peers, in one run. Writes bench/record/
// and the block of README.md between the bench's marks.
//
//   npm run bench                    a few minutes; writes a record, and its table into README.md
//   npm run bench -- --quick         under half a minute; writes none
//   npm run bench -- --full          100,000 rules too; a quarter of an hour, some gigabytes
//   npm run bench -- --json          the record to stdout, no tables
//   npm run bench -- --no-record     writes none

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCold } from './cold.ts';

const options = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'no-record': { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  cold: { type: 'string' },
  rows: { type: 'string' },
  stages: { type: 'string' },
} as const;

await main();

async function main(): Promise<void> {
  const values = readOptions();
  if (values === null) return;
  // A cold run measures what a host loads; the compiler and the peers are not imported.
  if (values.cold !== undefined) return runCold(values.cold);
  if (values.rows !== undefined) return (await import('./row-worker.ts')).runRows(values.rows);
  if (values.stages !== undefined) return (await import('./stages.ts')).runStages(Number(values.stages));
  const [{ FULL, QUICK, WHOLE, runSuite }, report, { ROOT }, { withBenchBlock }] = await Promise.all([
    import('./suite.ts'),
    import('./report.ts'),
    import('./environment.ts'),
    import('./readme.ts'),
  ]);
  const isTerminal = process.stderr.isTTY && !values.json;
  const plan = values.quick ? QUICK : values.full ? WHOLE : FULL;
  const record = await runSuite(plan, fileURLToPath(import.meta.url), (text) => {
    if (isTerminal) process.stderr.write(`\r\x1b[2K${text}`);
  });
  if (isTerminal) process.stderr.write('\r\x1b[2K');
  console.log(values.json ? JSON.stringify(record, null, 2) : report.terminalReport(record));
  if (values.quick || values['no-record']) return;
  const name = record.environment.date.slice(0, 16).replace(':', '');
  mkdirSync(`${ROOT}bench/record`, { recursive: true });
  writeFileSync(`${ROOT}bench/record/${name}.json`, `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(`${ROOT}bench/record/${name}.md`, report.markdownReport(record));
  writeFileSync(`${ROOT}README.md`, withBenchBlock(readFileSync(`${ROOT}README.md`, 'utf8'), record));
  if (!values.json) console.log(`\nbench/record/${name}.{json,md}`);
}

function readOptions(): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] | null {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
    return null;
  }
}
