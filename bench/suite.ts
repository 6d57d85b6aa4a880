// In: how much to measure. Out: everything a record holds. Order: compile, check that all agree, then time; a disagreement throws
// before anything is timed. Never prints but progress, to the reporter it is given.

import { type Cold, measureCold } from './cold.ts';
import { type Environment, environment, loadNow } from './environment.ts';
import { consumedSum, type Measured, measureApart } from './harness.ts';
import type { Latencies } from './latency.ts';
import { RowProcess } from './processes.ts';
import { Random } from './random.ts';
import type { Memory } from './row-worker.ts';
import { measureScans, type ScanRecord } from './scan.ts';
import type { ScanSetName } from './scan-subjects.ts';
import { measureStages, type StageTimes } from './stages.ts';
import { pairedRatio, type Summary, summary } from './statistics.ts';
import { checkAgreement, isHandWritten, makeSubject, meanMatches, type Subject } from './subjects.ts';
import { BASELINES, ENGINES, type EngineName, ROW, STRUCTURE_ROWS } from './variants.ts';
import { makeWorkload, REQUEST_COUNT, SEED, type WorkloadName } from './workload.ts';
import { measureWorst, type WorstRecord, worstSets } from './worst.ts';

export interface Plan {
  readonly quick: boolean;
  readonly workloads: readonly { readonly name: WorkloadName; readonly ruleCounts: readonly number[] }[];
  readonly rounds: number;
  readonly batchNs: number;
  readonly warmupMs: number;
  readonly latencyRounds: number;
  readonly latencyRoundMs: number;
  readonly coldRuleCounts: readonly number[];
  readonly coldProcesses: number;
  /** Rules of the dear policies, and of that of globs; 0: none. */
  readonly worstRules: number;
  readonly worstGlobs: number;
  /** Numbers of rules whose compilation is taken apart. */
  readonly stageRuleCounts: readonly number[];
  readonly scans: readonly ScanSetName[];
}

const EVERY_COUNT = [10, 100, 1000, 10_000];

export const FULL: Plan = {
  quick: false,
  workloads: [
    { name: 'typical', ruleCounts: EVERY_COUNT },
    { name: 'nopath', ruleCounts: EVERY_COUNT },
    { name: 'onetool', ruleCounts: EVERY_COUNT },
    { name: 'flat', ruleCounts: EVERY_COUNT },
  ],
  rounds: 101,
  batchNs: 1_500_000,
  warmupMs: 150,
  latencyRounds: 11,
  latencyRoundMs: 100,
  coldRuleCounts: [10, 1000, 10_000],
  coldProcesses: 21,
  worstRules: 10_000,
  worstGlobs: 1000,
  stageRuleCounts: [1000, 10_000],
  scans: ['40 literals', 'gitleaks', 'agent-threat-rules'],
};

/** With 100,000 rules: a quarter of an hour and some gigabytes. */
export const WHOLE: Plan = {
  ...FULL,
  workloads: FULL.workloads.map(({ name, ruleCounts }) => ({
    name,
    ruleCounts: name === 'typical' ? [...ruleCounts, 100_000] : ruleCounts,
  })),
  coldRuleCounts: [...FULL.coldRuleCounts, 100_000],
  stageRuleCounts: [...FULL.stageRuleCounts, 100_000],
};

export const QUICK: Plan = {
  quick: true,
  workloads: [
    { name: 'typical', ruleCounts: EVERY_COUNT },
    { name: 'flat', ruleCounts: [10, 1000] },
  ],
  rounds: 21,
  batchNs: 1_000_000,
  warmupMs: 30,
  latencyRounds: 3,
  latencyRoundMs: 40,
  coldRuleCounts: [1000],
  coldProcesses: 5,
  worstRules: 0,
  worstGlobs: 0,
  stageRuleCounts: [10_000],
  scans: ['40 literals'],
};

export interface SizeRecord {
  readonly ruleCount: number;
  readonly compileMs: number;
  readonly loadMs: number;
  readonly artifactBytes: number;
  /** Mean number of true rules a request has. */
  readonly matches: { readonly rotating: number; readonly crowded: number };
  /** Answers compared before timing. */
  readonly comparisons: number;
}

export interface RowRecord extends Summary {
  readonly row: string;
  readonly ruleCount: number;
  readonly batchSize: number;
}

/** Median of paired ratios: how many times the time of `row` the one of `against` is. */
export interface RatioRecord {
  readonly row: string;
  readonly against: string;
  readonly ruleCount: number;
  readonly times: number;
}

/** p10 at the most rules over p10 at the fewest. */
export interface StructureRecord {
  readonly row: string;
  readonly growth: number;
  readonly limit: number;
  readonly passes: boolean;
}

/** What a process of one engine holds. */
export interface MemoryRecord extends Memory {
  readonly engine: EngineName;
  readonly ruleCount: number;
}

export interface WorkloadRecord {
  readonly name: WorkloadName;
  readonly sizes: readonly SizeRecord[];
  readonly memory: readonly MemoryRecord[];
  readonly rows: readonly RowRecord[];
  readonly ratios: readonly RatioRecord[];
  readonly structure: readonly StructureRecord[];
}

export interface BenchRecord {
  readonly format: 1;
  readonly environment: Environment;
  readonly loadAfter: number;
  readonly elapsedSeconds: number;
  readonly seed: number;
  readonly requestCount: number;
  readonly plan: Plan;
  readonly workloads: readonly WorkloadRecord[];
  readonly scans: readonly ScanRecord[];
  /** Of `typical` at 1,000 rules. */
  readonly latency: Latencies | null;
  readonly cold: readonly Cold[];
  readonly worst: readonly WorstRecord[];
  readonly stages: readonly StageTimes[];
  /** Keeps the measured work from being unused. */
  readonly consumed: number;
}

const GROWTH_LIMIT = 5;
const LATENCY_RULES = 1000;

/** `program` is the file to start processes of. Rejects if any two ways to decide differ. */
export async function runSuite(plan: Plan, program: string, say: (text: string) => void): Promise<BenchRecord> {
  const start = performance.now();
  const before = environment();
  const random = new Random(SEED);
  const workloads: WorkloadRecord[] = [];
  const cold: Cold[] = [];
  let latency: Latencies | null = null;
  let consumed = 0;
  for (const { name, ruleCounts } of plan.workloads) {
    const subjects = ruleCounts.map((ruleCount) => {
      say(`${name}, ${ruleCount} rules: compile`);
      return makeSubject(makeWorkload(name, ruleCount));
    });
    const sizes = subjects.map((subject) => {
      say(`${name}, ${subject.workload.ruleCount} rules: check that all agree`);
      return sizeRecord(subject);
    });
    const processes: RowProcess[] = [];
    let measured: readonly Measured[];
    try {
      say(`${name}: start a process for each engine and number of rules`);
      // oxlint-disable-next-line no-await-in-loop -- what is measured runs alone
      for (const subject of subjects) processes.push(...(await processesOf(program, subject)));
      // oxlint-disable-next-line no-await-in-loop -- what is measured runs alone
      measured = await measureApart(
        processes.flatMap(({ variants }) => variants),
        {
          rounds: plan.rounds,
          batchNs: plan.batchNs,
          warmupMs: plan.warmupMs,
          random,
          onRound: (round) => say(`${name}: round ${round + 1} of ${plan.rounds}`),
        },
      );
      if (name === 'typical') {
        say('single calls');
        // oxlint-disable-next-line no-await-in-loop -- what is measured runs alone
        latency = await singleCalls(plan, processes);
      }
    } finally {
      for (const one of processes) {
        consumed += one.consumed;
        one.stop();
      }
    }
    const memory = processes.map(({ task, memory: { resident, heap, buffers } }) => ({
      engine: task.engine,
      ruleCount: task.ruleCount,
      resident,
      heap,
      buffers,
    }));
    workloads.push({ ...workloadRecord(name, sizes, measured), memory });
    if (name === 'typical') {
      for (const { workload, artifact } of subjects) {
        if (!plan.coldRuleCounts.includes(workload.ruleCount)) continue;
        say(`cold starts, ${workload.ruleCount} rules`);
        cold.push(measureCold(program, workload.ruleCount, artifact, workload.rotating[0], plan.coldProcesses));
      }
    }
    for (const { engine } of subjects) engine.dispose();
  }
  const sets = plan.worstRules === 0 ? [] : worstSets(plan.worstRules, plan.worstGlobs);
  const worst = sets.map((set) => {
    say(`worst case: ${set.name}, ${set.ruleCount} rules`);
    return measureWorst(set, { rounds: plan.rounds, batchNs: plan.batchNs, warmupMs: plan.warmupMs, random });
  });
  const stages = plan.stageRuleCounts.map((ruleCount) => {
    say(`stages of compiling ${ruleCount} rules`);
    return measureStages(program, ruleCount);
  });
  const { rounds, batchNs, warmupMs } = plan;
  const scans = measureScans(plan.scans, { rounds, batchNs, warmupMs, random }, say);
  return {
    format: 1,
    environment: before,
    loadAfter: loadNow(),
    elapsedSeconds: Math.round((performance.now() - start) / 1000),
    seed: SEED,
    requestCount: REQUEST_COUNT,
    plan,
    workloads,
    scans,
    latency,
    cold,
    worst,
    stages,
    consumed: consumed + consumedSum(),
  };
}

/** One process an engine, started one after the other: at 10,000 rules each takes seconds of the processor. */
async function processesOf(program: string, { workload, artifact }: Subject): Promise<RowProcess[]> {
  const started: RowProcess[] = [];
  for (const engine of ENGINES) {
    if (engine === 'hand-written' && !isHandWritten(workload)) continue;
    const task = { workload: workload.name, ruleCount: workload.ruleCount, engine };
    // oxlint-disable-next-line no-await-in-loop -- what is measured runs alone
    started.push(await RowProcess.start(program, task, artifact));
  }
  return started;
}

function sizeRecord(subject: Subject): SizeRecord {
  const { workload, artifact, compileMs, loadMs } = subject;
  return {
    ruleCount: workload.ruleCount,
    compileMs,
    loadMs,
    artifactBytes: artifact.length,
    comparisons: checkAgreement(subject),
    matches: {
      rotating: meanMatches(subject, workload.rotating),
      crowded: meanMatches(subject, workload.crowded),
    },
  };
}

function workloadRecord(
  name: WorkloadName,
  sizes: readonly SizeRecord[],
  measured: readonly Measured[],
): Omit<WorkloadRecord, 'memory'> {
  const rows = measured.map(({ row, ruleCount, batchSize, samplesNs }) => ({
    row,
    ruleCount,
    batchSize,
    ...summary(samplesNs),
  }));
  const ratios = BASELINES.flatMap(({ row, against }) =>
    measured
      .filter((one) => one.row === row)
      .flatMap(({ ruleCount, samplesNs }) =>
        measured
          .filter((other) => other.ruleCount === ruleCount && against.includes(other.row))
          .map((other) => ({ row, against: other.row, ruleCount, times: pairedRatio(samplesNs, other.samplesNs) })),
      ),
  );
  const structure = STRUCTURE_ROWS.map((row) => {
    const p10s = rows.filter((one) => one.row === row).map(({ p10 }) => p10);
    const growth = (p10s.at(-1) ?? Number.NaN) / (p10s[0] ?? Number.NaN);
    return { row, growth, limit: GROWTH_LIMIT, passes: growth <= GROWTH_LIMIT };
  });
  return { name, sizes, rows, ratios, structure };
}

/** Null: none of the processes has so many rules. */
async function singleCalls(plan: Plan, processes: readonly RowProcess[]): Promise<Latencies | null> {
  const { latencyRounds, latencyRoundMs } = plan;
  const of = (engine: EngineName): RowProcess | undefined =>
    processes.find(({ task }) => task.engine === engine && task.ruleCount === LATENCY_RULES);
  const rows = [ROW.object, ROW.session, ROW.sessionTrusted, ROW.bytes];
  const own = await of('lictor')?.latencies(rows, latencyRounds, latencyRoundMs);
  const peers = await of('generated')?.latencies([ROW.generated], latencyRounds, latencyRoundMs);
  return own === undefined || peers === undefined ? null : { ...own, rows: [...own.rows, ...peers.rows] };
}
