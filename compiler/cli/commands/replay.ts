// lictor replay: recorded tool calls under a policy: what it decides, by which rule, on what doubt, how fast.

import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Subject } from '../../../host-js/index.ts';
import { analyse } from '../../index.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf, readJson, readText, shownName } from '../files.ts';
import { type OpenPolicy, openPolicy } from '../policy.ts';
import { Progress } from '../progress.ts';
import { Recording, replay, slowest, TIMED_PASSES, verify } from '../replay.ts';
import { type FileReport, type ReplayReport, reportJson, reportText } from '../report.ts';
import { findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';
import { type Problem, type RecordedCall, readTraces } from '../traces.ts';

interface ReplayOptions {
  readonly policy: string;
  readonly context?: string;
  readonly verify?: true;
  readonly json?: true;
}

const MOST_SLOWEST = 5;

export function addReplay(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('replay')
    .description('decide recorded tool calls and count what comes out')
    .requiredOption('-p, --policy <POLICY>', 'policy file, its folder, or a compiled `.lctr`')
    .argument('<traces...>', 'AgentDojo runs, tau runs, OpenAI-style messages, or plain requests; JSONL or JSON')
    .option('--context <FILE>', '{"principal", "context"} that traces lack; else `replay.json` beside the policy')
    .option('--verify', 'compare every verdict with the reference evaluator')
    .option('--json', 'everything as one JSON document')
    .addHelpText('after', '\nExit code 1: something in the traces is unreadable, or a verdict differs under --verify.')
    .action((traces: string[], options: ReplayOptions) => done(replayCommand(traces, options, terminal)));
}

function replayCommand(paths: readonly string[], options: ReplayOptions, terminal: Terminal): ExitCode {
  const policy = openPolicy(options.policy);
  for (const text of findingTexts(policy.warnings, terminal.errorColours)) terminal.error(`${text}\n`);
  const checked = options.verify === true ? checkedPolicy(policy) : null;
  const subjectPath = options.context ?? subjectBeside(policy);
  const subject = subjectPath === null ? {} : readSubject(subjectPath);

  const files: FileReport[] = [];
  const calls: RecordedCall[] = [];
  const problems: Problem[] = [];
  const readStartMs = performance.now();
  for (const path of paths) {
    const text = readText(path);
    const traces = withProgress(`reading ${shownName(path)}`, text.length, (onDone) =>
      readTraces(shownName(path), text, onDone),
    );
    for (const call of traces.calls) calls.push(call);
    for (const problem of traces.problems) problems.push(problem);
    files.push({ path: shownName(path), characters: text.length, forms: traces.forms, calls: traces.calls.length });
  }
  const readMs = performance.now() - readStartMs;

  const recording = new Recording(policy.engine, calls, subject);
  const size = calls.length;
  const { tally, throughput } = withProgress('deciding', size, (onDone) => replay(policy.engine, recording, onDone));
  const report: ReplayReport = {
    engine: policy.engine,
    subjectPath,
    files,
    readMs,
    problems,
    recording,
    tally,
    throughput,
    slowest: withProgress('timing', size * TIMED_PASSES, (onDone) => slowest(recording, MOST_SLOWEST, onDone)),
    disagreements:
      checked === null ? null : withProgress('verifying', size, (onDone) => verify(checked, recording, onDone)),
  };
  terminal.out(options.json === true ? JSON.stringify(reportJson(report), null, 2) : reportText(report, terminal));
  return problems.length > 0 || (report.disagreements ?? []).length > 0 ? 1 : 0;
}

function withProgress<T>(title: string, total: number, work: (onDone: (done: number) => void) => T): T {
  const progress = new Progress(title, total);
  try {
    return work((done) => progress.at(done));
  } finally {
    progress.stop();
  }
}

function checkedPolicy(policy: OpenPolicy): NonNullable<ReturnType<typeof analyse>['policy']> {
  const checked = policy.sources === null ? null : analyse(policy.sources.sources).policy;
  if (checked !== null) return checked;
  throw new UsageError(
    `--verify needs the text of the policy, and ${policy.path} is compiled`,
    'name the policy file or its folder with `-p`',
  );
}

function subjectBeside(policy: OpenPolicy): string | null {
  const path = join(dirname(policy.path), 'replay.json');
  return kindOf(path) === 'file' ? path : null;
}

/** @throws UsageError if the file holds anything but a principal and a context */
export function readSubject(path: string): Subject {
  const form = 'write `{"principal": {…}, "context": {…}}`';
  const value = readJson(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${path} is not an object`, form);
  }
  const other = Object.keys(value).find((key) => key !== 'principal' && key !== 'context');
  if (other !== undefined) throw new UsageError(`${path} has \`${other}\`, which is not part of a subject`, form);
  return value;
}
