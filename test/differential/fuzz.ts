// In: `--seed N --minutes M`. Out: differential testing for that long, half of it on the full cores, Cedar included, with its progress and what it met;
// exit 1 on a difference.
// Writes a found case into test/conformance/regressions/.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { officialCedar } from '../cedar/differential.ts';
import { runCedar } from '../cedar/run.ts';
import type { Subject } from './engines.ts';
import type { Shape } from './generate.ts';
import { subSeed } from './random.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { thisRepository } from './subject.ts';
import { runTerms } from './term-routes.ts';

/** Where npm runs scripts. */
const ROOT = process.cwd();
const REPORT_EVERY_MS = 5_000;
/** Of the time; the rest is for terms. */
const POLICIES_SHARE = 0.5;
const LANGUAGE_SHARE = 0.2;
const CEDAR_SHARE = 0.15;

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
  for (const [shape, share] of [
    [undefined, POLICIES_SHARE],
    ['language', POLICIES_SHARE + LANGUAGE_SHARE],
  ] as const) {
    const found = fuzzPolicies(seed, subject, shape, startMs, startMs + minutes * 60_000 * share);
    if (found) return 1;
  }
  const cedarEndMs = startMs + minutes * 60_000 * (POLICIES_SHARE + LANGUAGE_SHARE + CEDAR_SHARE);
  if (fuzzCedar(seed, subject, cedarEndMs)) return 1;
  return fuzzTerms(seed, subject, endMs);
}

/** Whether there is a difference. */
function fuzzPolicies(
  seed: number,
  subject: Subject,
  shape: Shape | undefined,
  startMs: number,
  endMs: number,
): boolean {
  let saidMs = Date.now();
  const { progress, histogram, difference } = run({
    seed,
    subject,
    ...(shape === undefined ? {} : { shape }),
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
  if (shape === undefined) console.log(histogram.text());
  const { policies, refused, refusals, pairs, decisions, hidings } = progress;
  console.log(`policies ${policies}, of them refused ${refused} ${JSON.stringify(Object.fromEntries(refusals))}`);
  console.log(
    `requests ${pairs}, decisions compared ${decisions}, attributes hidden ${JSON.stringify(Object.fromEntries(hidings))}`,
  );
  if (difference !== null) console.log(report(subject, difference, join(ROOT, 'test/conformance/regressions')));
  return difference !== null;
}

/** Whether there is a difference. */
function fuzzCedar(seed: number, subject: Subject, endMs: number): boolean {
  const cores = subject.fullCores.map(({ core }) => core);
  const official = officialCedar();
  const { worlds, compared, satisfied, erring, difference } = runCedar(seed, cores, official, () => Date.now() < endMs);
  const engines = `the reference, ${cores.length} cores${official === null ? '' : ', the official implementation'}`;
  console.log(
    `Cedar worlds ${worlds}, requests compared ${compared} on ${engines}; policies satisfied ${satisfied}, erring ${erring}`,
  );
  if (difference !== null) console.log(difference);
  return difference !== null;
}

function fuzzTerms(seed: number, subject: Subject, endMs: number): number {
  const cores = subject.fullCores.map(({ core }) => core);
  const { terms, decisions, answers, difference } = runTerms(seed, cores, () => Date.now() < endMs);
  console.log(`terms ${terms}, decisions compared ${decisions}, ${JSON.stringify(Object.fromEntries(answers))}`);
  console.log(difference ?? 'no difference');
  return difference === null ? 0 : 1;
}

process.exitCode = main();
