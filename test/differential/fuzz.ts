// In: `--seed N --minutes M`, `--kind NAME` for one kind alone. Out: differential testing for that long, in rounds that go over all kinds,
// with counts of each kind; exit 1 on a difference. Writes a found case of a policy into test/conformance/regressions/.
// A difference is found again with the seed that it names and its kind.
//
// What is written is held against the plainest way to write it (`spelling`), patterns of other dialects against RegExp (`dialects`), examples
// against what a core decides (`examples`), limits against their numbers (`bounds`); what is read else against the official builds and suites of
// Cedar and CEL, re2js and the oracle of the toolkit, in their tests: reference and core read what the same parsers and the same checker made.
// Not drawn: 100,000 rules and 65,536 literals written out (11), which take seconds each.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runAgt } from '../agt/run.ts';
import { officialCedar } from '../cedar/differential.ts';
import { runAdvised, runCedar, runSchemaWorlds } from '../cedar/run.ts';
import { runBounds } from './bounds.ts';
import { runDialects } from './dialects.ts';
import type { Subject } from './engines.ts';
import { runExamples } from './examples.ts';
import type { Shape } from './generate.ts';
import { Histogram, RARITIES } from './histogram.ts';
import { subSeed } from './random.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { runSpelling } from './spelling/run.ts';
import { thisRepository } from './subject.ts';
import { runTerms } from './term-routes.ts';
import { runLimits } from './terms/limits.ts';
import { runOutcomes } from './terms/run.ts';

/** Where npm runs scripts. */
const ROOT = process.cwd();
/** Of all kinds once. */
const ROUND_MS = 60_000;
const REPORT_EVERY_MS = 60_000;

type Counts = Readonly<Record<string, number>>;

interface Ran {
  readonly counts: Counts;
  readonly difference: string | null;
}

interface Kind {
  readonly name: string;
  /** Of a round's time, beside those of the others. */
  readonly share: number;
  readonly run: (seed: number, endMs: number) => Ran;
}

function main(): number {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, minutes: { type: 'string' }, kind: { type: 'string' } },
  });
  const seed = values.seed === undefined ? subSeed(Date.now(), 0) : Number(values.seed);
  const minutes = Number(values.minutes ?? 1);
  const histogram = new Histogram();
  const kinds = kindsOf(thisRepository(ROOT), histogram);
  const chosen = kinds.filter(({ name }) => values.kind === undefined || values.kind === name);
  if (!Number.isInteger(seed) || !(minutes > 0) || chosen.length === 0) {
    console.error('usage: npm run fuzz -- [--seed N] [--minutes M] [--kind NAME]');
    console.error(`kinds: ${kinds.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  console.log(`fuzz: seed ${seed}, ${minutes} minutes`);
  const found = fuzz(chosen, seed, minutes * 60_000, histogram);
  console.log(found ?? 'no difference');
  return found === null ? 0 : 1;
}

/** What throws is found like a difference. */
function caught(seed: number, run: () => Ran): Ran {
  try {
    return run();
  } catch (error) {
    return { counts: {}, difference: `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}` };
  }
}

/** What differs, or null. Prints counts now and then, and at the end. */
function fuzz(kinds: readonly Kind[], seed: number, forMs: number, histogram: Histogram): string | null {
  const startMs = Date.now();
  const totals = new Map(kinds.map(({ name }) => [name, new Map<string, number>()]));
  const total = kinds.reduce((sum, { share }) => sum + share, 0);
  let saidMs = startMs;
  let found: string | null = null;
  for (let round = 0; found === null && Date.now() - startMs < forMs; round += 1) {
    const roundMs = Math.min(ROUND_MS, forMs - (Date.now() - startMs));
    const roundSeed = round === 0 ? seed : subSeed(seed, round);
    for (const { name, share, run: runKind } of kinds) {
      const { counts, difference } = caught(roundSeed, () =>
        runKind(roundSeed, Date.now() + (roundMs * share) / total),
      );
      const sums = totals.get(name);
      for (const [what, count] of Object.entries(counts)) sums?.set(what, (sums.get(what) ?? 0) + count);
      if (difference === null) continue;
      found = `${name}: ${difference}`;
      break;
    }
    if (Date.now() - saidMs < REPORT_EVERY_MS) continue;
    saidMs = Date.now();
    const decisions = [...totals].map(([name, sums]) => `${name} ${(sums.get('decisions') ?? 0).toLocaleString('en')}`);
    console.log(`fuzz: ${Math.round((saidMs - startMs) / 1000)} s, decisions compared: ${decisions.join(', ')}`);
  }
  if (totals.has('policies')) console.log(histogram.text());
  for (const [name, sums] of totals) {
    console.log(`${name}: ${[...sums].map(([what, count]) => `${what} ${count.toLocaleString('en')}`).join(', ')}`);
  }
  return found;
}

function kindsOf(subject: Subject, histogram: Histogram): readonly Kind[] {
  const cores = subject.fullCores.map(({ core }) => core);
  const [core] = cores;
  if (core === undefined) throw new Error('there is no core');
  const official = officialCedar();
  const before = (endMs: number) => (): boolean => Date.now() < endMs;
  const policies = (shape: Shape | undefined) => (seed: number, endMs: number) =>
    ranPolicies(seed, subject, shape, histogram, before(endMs));
  return [
    { name: 'policies', share: 5, run: policies(undefined) },
    { name: 'patterns', share: 2, run: policies('patterns') },
    { name: 'language', share: 4, run: policies('language') },
    { name: 'whole', share: 3, run: policies('whole') },
    {
      name: 'spelling',
      share: 3,
      run: (seed, endMs) => {
        const { forms, difference, ...counts } = runSpelling(seed, subject.compile, before(endMs));
        return { counts: { ...counts, ...Object.fromEntries(forms) }, difference };
      },
    },
    {
      name: 'dialects',
      share: 1,
      run: (seed, endMs) => {
        const { counts, difference, ...sums } = runDialects(
          seed,
          subject.cores.map(({ core }) => core),
          before(endMs),
        );
        return { counts: { ...sums, ...Object.fromEntries(counts) }, difference };
      },
    },
    {
      name: 'examples',
      share: 1,
      run: (seed, endMs) => {
        const { policies: drawn, counts, difference } = runExamples(seed, subject.compile, core, before(endMs));
        return { counts: { 'policies with examples': drawn, ...Object.fromEntries(counts) }, difference };
      },
    },
    {
      name: 'bounds',
      share: 1,
      run: (seed, endMs) => {
        const { policies: drawn, counts, difference } = runBounds(seed, subject.compile, core, before(endMs));
        return { counts: { 'policies at limits': drawn, ...Object.fromEntries(counts) }, difference };
      },
    },
    {
      name: 'terms',
      share: 3,
      run: (seed, endMs) => {
        const { answers, difference, ...counts } = runTerms(seed, cores, before(endMs));
        return { counts: { ...counts, ...Object.fromEntries(answers) }, difference };
      },
    },
    {
      name: 'functions',
      share: 2,
      run: (seed, endMs) => {
        const { difference, ...counts } = runOutcomes(seed, cores, before(endMs));
        return { counts, difference };
      },
    },
    {
      name: 'limits',
      share: 1,
      run: (seed, endMs) => {
        const { difference, ...counts } = runLimits(seed, cores, before(endMs));
        return { counts, difference };
      },
    },
    {
      name: 'Cedar',
      share: 3,
      run: (seed, endMs) => {
        const { compared, difference, ...counts } = runCedar(seed, cores, official, before(endMs));
        return {
          counts: { ...counts, decisions: compared * (2 * cores.length + (official === null ? 0 : 1)) },
          difference,
        };
      },
    },
    {
      name: 'Cedar advice',
      share: 3,
      run: (seed, endMs) => {
        const { compared, answers, difference, worlds } = runAdvised(seed, cores, official, before(endMs));
        const decisions = compared * (2 * cores.length + (official === null ? 0 : 1));
        return { counts: { worlds, decisions, ...Object.fromEntries(answers) }, difference };
      },
    },
    {
      name: 'Cedar forms',
      share: 4,
      run: (seed, endMs) => {
        const { worlds, counts, difference } = runSchemaWorlds(seed, cores, official, before(endMs));
        return { counts: { worlds, ...Object.fromEntries(counts) }, difference };
      },
    },
    {
      name: 'toolkit',
      share: 2,
      run: (seed, endMs) => {
        const { answers, difference, ...counts } = runAgt(seed, cores, before(endMs));
        return { counts: { ...counts, ...Object.fromEntries(answers) }, difference };
      },
    },
  ];
}

function ranPolicies(
  seed: number,
  subject: Subject,
  shape: Shape | undefined,
  histogram: Histogram,
  goesOn: () => boolean,
): Ran {
  const shaped = shape === undefined ? { histogram } : { shape };
  const { progress, histogram: met, difference } = run({ seed, subject, ...shaped, goesOn });
  const { policies, refused, refusals, pairs, decisions, resolutions, guarded, neighbours, hidings } = progress;
  const counts = {
    ...{ policies, refused, requests: pairs, decisions, resolutions, guarded, neighbours },
    hidden: [...hidings.values()].reduce((sum, count) => sum + count, 0),
    ...(shape === 'whole'
      ? Object.fromEntries(RARITIES.map((what) => [what, met.counts.get(`operator ${what}`) ?? 0]))
      : {}),
    ...Object.fromEntries([...refusals].map(([code, count]) => [`refused ${code}`, count])),
  };
  const told = difference === null ? null : report(subject, difference, join(ROOT, 'test/conformance/regressions'));
  return { counts, difference: told };
}

process.exitCode = main();
