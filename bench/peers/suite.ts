// In: how much to measure. Out: after each size, the record of peers beside Lictor so far: every engine in processes of its own, first asked to agree, then
// timed in turns with Lictor. Starts processes, uses a temporary folder; prints only to the reporter it is given.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, environment, loadNow } from '../environment.ts';
import { Random } from '../random.ts';
import { percentile } from '../statistics.ts';
import { SEED } from '../workload.ts';
import { type PeerEngine, peerVersion } from './engine.ts';
import { type Answer, LICTOR, LICTOR_ROWS, type Task, type Timed } from './task.ts';
import type { Times } from './timing.ts';

export interface PeersPlan {
  readonly ruleCounts: readonly number[];
  readonly rounds: number;
  readonly budgetMs: number;
  /** An engine is not asked at a size where a decision would take longer, going by the size before. */
  readonly capMs: number;
  /** Of one process. */
  readonly timeoutMs: number;
}

/** Medians over the rounds. */
export interface Figures extends Times {
  readonly loadMs: number;
  readonly firstMs: number;
}

export interface Cell {
  readonly ruleCount: number;
  /** Null, with a reason, where nothing was measured. */
  readonly figures: Figures | null;
  readonly reason: string;
  /** Its p50 over Lictor's in the process beside it, median over the rounds: by session.decide and by engine.decide. */
  readonly overSession: number;
  readonly overEngine: number;
}

export interface PeerRow {
  readonly name: string;
  readonly version: string;
  readonly told: string;
  readonly cells: readonly Cell[];
}

export interface PeersRecord {
  readonly environment: Environment;
  readonly loadAfter: number;
  readonly plan: PeersPlan;
  readonly command: string;
  readonly compiles: readonly { readonly ruleCount: number; readonly compileMs: number; readonly bytes: number }[];
  readonly lictor: readonly PeerRow[];
  readonly peers: readonly PeerRow[];
  /** Agreement was found on so many requests for each engine and size. */
  readonly requests: number;
}

const NOT_MEASURED = { figures: null, overSession: Number.NaN, overEngine: Number.NaN } as const;
/** A Lictor process, then so many of others. */
const TURN = 3;

export function runPeers(
  plan: PeersPlan,
  engines: readonly PeerEngine[],
  worker: string,
  command: string,
  say: (text: string) => void,
  onSize: (record: PeersRecord) => void,
): void {
  const before = environment();
  const folder = mkdtempSync(join(tmpdir(), 'lictor-peers-'));
  const random = new Random(SEED);
  const cells = new Map<string, Cell[]>([...LICTOR_ROWS, ...engines.map(({ name }) => name)].map((name) => [name, []]));
  const compiles: { ruleCount: number; compileMs: number; bytes: number }[] = [];
  let requests = 0;
  const rowOf = (name: string, version: string, told: string): PeerRow => ({
    name,
    version,
    told,
    cells: cells.get(name) ?? [],
  });
  const recordNow = (): PeersRecord => ({
    environment: before,
    loadAfter: loadNow(),
    plan: { ...plan, ruleCounts: compiles.map(({ ruleCount }) => ruleCount) },
    command,
    compiles,
    lictor: LICTOR_ROWS.map((name) => rowOf(name, '', '')),
    peers: engines.map(({ name, packageName, told }) =>
      rowOf(name, packageName === null ? '' : (peerVersion(packageName) ?? ''), told),
    ),
    requests,
  });
  try {
    for (const ruleCount of plan.ruleCounts) {
      const artifact = join(folder, `${ruleCount}.lctr`);
      const start = (what: Task['do'], engine: string): Answer =>
        askWorker(worker, { do: what, engine, ruleCount, artifact, budgetMs: plan.budgetMs }, plan.timeoutMs);
      say(`${ruleCount} rules: Lictor compiles`);
      const compiled = start('compile', LICTOR);
      if (compiled.status !== 'compiled') throw new Error(`Lictor, ${ruleCount} rules: ${JSON.stringify(compiled)}`);
      compiles.push({ ruleCount, compileMs: compiled.compileMs, bytes: compiled.bytes });
      const ours = start('check', LICTOR);
      if (ours.status !== 'agrees') throw new Error(`Lictor, ${ruleCount} rules: ${JSON.stringify(ours)}`);
      requests = ours.requests;
      const ready = engines.filter((engine) => {
        const { name } = engine;
        const reason =
          reasonNotTo(engine, cells.get(name) ?? [], ruleCount, plan.capMs) ?? disagreement(start('check', name));
        say(`${ruleCount} rules: ${name} ${reason ?? 'agrees on every request'}`);
        if (reason !== null) cells.get(name)?.push({ ...NOT_MEASURED, ruleCount, reason });
        return reason === null;
      });
      timeAll(ruleCount, ready, plan.rounds, random, (name) => start('time', name), cells, say);
      onSize(recordNow());
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An engine that already had no place at a smaller size, or would take too long at this one. */
function reasonNotTo(
  { onlyAt }: PeerEngine,
  earlier: readonly Cell[],
  ruleCount: number,
  capMs: number,
): string | null {
  if (onlyAt !== undefined && onlyAt !== ruleCount) return `made for ${onlyAt} rules`;
  const last = earlier.at(-1);
  if (last === undefined) return null;
  if (last.figures === null) return last.reason;
  const expectedMs = (last.figures.p50 / 1e6) * (ruleCount / last.ruleCount);
  return expectedMs > capMs ? `over the cap (about ${expectedMs.toFixed(0)} ms expected)` : null;
}

function disagreement(answer: Answer): string | null {
  if (answer.status === 'agrees') return null;
  return 'detail' in answer ? `${answer.status}: ${answer.detail}` : answer.status;
}

function timeAll(
  ruleCount: number,
  engines: readonly PeerEngine[],
  rounds: number,
  random: Random,
  time: (name: string) => Answer,
  cells: ReadonlyMap<string, Cell[]>,
  say: (text: string) => void,
): void {
  const lictor: Timed[] = [];
  const timed = new Map<string, { own: Timed; beside: Timed }[]>();
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    say(`${ruleCount} rules: round ${round + 1} of ${rounds}`);
    const order = random.shuffled(engines);
    for (let i = 0; i < order.length; i += TURN) {
      const beside = time(LICTOR);
      if (beside.status !== 'timed') throw new Error(`Lictor, ${ruleCount} rules: ${JSON.stringify(beside)}`);
      lictor.push(beside);
      for (const { name } of order.slice(i, i + TURN)) {
        const own = time(name);
        if (own.status === 'timed') timed.set(name, [...(timed.get(name) ?? []), { own, beside }]);
        else failures.set(name, disagreement(own) ?? own.status);
      }
    }
  }
  for (const [row, name] of LICTOR_ROWS.entries()) {
    const figures = figuresOf(lictor, row);
    cells.get(name)?.push({ ruleCount, figures, reason: '', overSession: Number.NaN, overEngine: Number.NaN });
  }
  for (const { name } of engines) {
    const pairs = timed.get(name) ?? [];
    const failure = failures.get(name);
    if (pairs.length === 0 || failure !== undefined) {
      cells.get(name)?.push({ ...NOT_MEASURED, ruleCount, reason: failure ?? 'not timed' });
      continue;
    }
    const over = (row: number): number =>
      median(pairs.map(({ own, beside }) => (own.rows[0]?.p50 ?? Number.NaN) / (beside.rows[row]?.p50 ?? Number.NaN)));
    const figures = figuresOf(
      pairs.map(({ own }) => own),
      0,
    );
    cells.get(name)?.push({ ruleCount, figures, reason: '', overSession: over(0), overEngine: over(1) });
  }
}

function figuresOf(runs: readonly Timed[], row: number): Figures {
  const times = runs.flatMap(({ rows }) => rows.slice(row, row + 1));
  const of = (pick: (times: Times) => number): number => median(times.map(pick));
  const p99s = times.flatMap(({ p99 }) => p99 ?? []);
  return {
    p10: of(({ p10 }) => p10),
    p50: of(({ p50 }) => p50),
    p99: p99s.length === 0 ? null : median(p99s),
    decisions: of(({ decisions }) => decisions),
    leftOut: of(({ leftOut }) => leftOut),
    loadMs: median(runs.map(({ loadMs }) => loadMs)),
    firstMs: median(runs.map(({ firstMs }) => firstMs)),
  };
}

function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function askWorker(worker: string, task: Task, timeoutMs: number): Answer {
  const { stdout, stderr, error, status } = spawnSync(process.execPath, [worker, JSON.stringify(task)], {
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) {
    const isLate = 'code' in error && error.code === 'ETIMEDOUT';
    return { status: 'failed', detail: isLate ? `took longer than ${timeoutMs / 1000} s` : error.message };
  }
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (status !== 0 || !line.startsWith('{')) {
    return { status: 'failed', detail: (stderr.trimEnd().split('\n').at(-1) ?? '').slice(0, 200) };
  }
  return JSON.parse(line) as Answer;
}
