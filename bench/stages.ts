// In: numbers of rules. Out: what compiling them takes, stage by stage, each number in a fresh process: processor time and how far
// the process had grown by the stage's end. `measureStages` starts the processes, `runStages` is what each of them does.

import { execFileSync } from 'node:child_process';
import { compile, formatDiagnostic, type Stage } from '../compiler/index.ts';
import { policySources } from './policy-text.ts';
import { makeWorkload } from './workload.ts';

export interface StageTimes {
  readonly ruleCount: number;
  readonly textBytes: number;
  readonly artifactBytes: number;
  readonly stages: readonly StageTime[];
}

export interface StageTime {
  readonly stage: Stage;
  readonly wallMs: number;
  /** All threads, the garbage collector's too. */
  readonly cpuMs: number;
  /** Resident at most so far, the bench itself and the text included. */
  readonly peakMb: number;
}

/** Of the workload `typical`. `program` is the bench itself: it hands `--stages N` to `runStages`. */
export function measureStages(program: string, ruleCount: number): StageTimes {
  const printed = execFileSync(process.execPath, [program, '--stages', String(ruleCount)], { encoding: 'utf8' });
  const value: unknown = JSON.parse(printed);
  if (!isStageTimes(value)) throw new TypeError(`a compiling process printed ${printed}`);
  return value;
}

export function runStages(ruleCount: number): void {
  const sources = policySources(makeWorkload('typical', ruleCount));
  const stages: StageTime[] = [];
  let running: { readonly stage: Stage; readonly startMs: number; readonly cpu: NodeJS.CpuUsage } | null = null;
  const end = (): void => {
    if (running === null) return;
    const { user, system } = process.cpuUsage(running.cpu);
    stages.push({
      stage: running.stage,
      wallMs: performance.now() - running.startMs,
      cpuMs: (user + system) / 1000,
      peakMb: process.resourceUsage().maxRSS / 1024,
    });
  };
  const { artifact, diagnostics } = compile(sources, {
    onStage: (stage) => {
      end();
      running = { stage, startMs: performance.now(), cpu: process.cpuUsage() };
    },
  });
  end();
  if (artifact === null) throw new Error(diagnostics.slice(0, 5).map(formatDiagnostic).join('\n'));
  const textBytes = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const times: StageTimes = { ruleCount, textBytes, artifactBytes: artifact.length, stages };
  console.log(JSON.stringify(times));
}

function isStageTimes(value: unknown): value is StageTimes {
  return typeof value === 'object' && value !== null && 'stages' in value && Array.isArray(value.stages);
}
