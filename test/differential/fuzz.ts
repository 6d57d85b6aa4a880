// In: `--seed N --minutes M`. Out: differential testing for that long, with its progress and what it met; exit 1 on a difference.
// Writes a found case into test/conformance/regressions/.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { subSeed } from './random.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { thisRepository } from './subject.ts';

/** Where npm runs scripts. */
const ROOT = process.cwd();
const REPORT_EVERY_MS = 5_000;

function main(): number {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string' } } });
  const seed = values.seed === undefined ? subSeed(Date.now(), 0) : Number(values.seed);
  const minutes = Number(values.minutes ?? 1);
  if (!Number.isInteger(seed) || !(minutes > 0)) {
    console.error('usage: npm run fuzz -- [--seed N] [--minutes M]');
    return 2;
  }
  console.log(`fuzz: seed ${seed}, ${minutes} minutes`);
  const subject = thisRepository(ROOT);
  const startMs = Date.now();
  const endMs = startMs + minutes * 60_000;
  let saidMs = startMs;
  const { progress, histogram, difference } = run({
    seed,
    subject,
    goesOn: () => Date.now() < endMs,
    onPolicy: ({ policies, pairs, decisions, refused }) => {
      if (Date.now() - saidMs < REPORT_EVERY_MS) return;
      saidMs = Date.now();
      const seconds = Math.round((saidMs - startMs) / 1000);
      console.log(
        `fuzz: ${seconds} s: ${decisions.toLocaleString('en')} decisions, ${pairs.toLocaleString('en')} requests, ${policies} policies, ${refused} refused`,
      );
    },
  });
  console.log(histogram.text());
  const { policies, refused, refusals, pairs, decisions, hidings } = progress;
  console.log(`policies ${policies}, of them refused ${refused} ${JSON.stringify(Object.fromEntries(refusals))}`);
  console.log(
    `requests ${pairs}, decisions compared ${decisions}, attributes hidden ${JSON.stringify(Object.fromEntries(hidings))}`,
  );
  if (difference === null) {
    console.log('no difference');
    return 0;
  }
  console.log(report(subject, difference, join(ROOT, 'test/conformance/regressions')));
  return 1;
}

process.exitCode = main();
