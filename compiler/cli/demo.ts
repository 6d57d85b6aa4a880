// npm run demo: every policy of this repository compiled, its example calls decided and held against what they must give, the
// cost of a decision measured here and now, and recorded traffic replayed where it is at hand. Exit code 1 if a verdict is wrong.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILER_VERSION } from '../artifact/version.ts';
import { callsTable, decideExpectations, failures, type Outcome } from './demo-calls.ts';
import { explainFailure } from './explain.ts';
import type { ExitCode } from './failure.ts';
import { kindOf, listFolder, readJson } from './files.ts';
import { type Measured, measure, warm } from './measure.ts';
import { type OpenPolicy, openPolicy } from './policy.ts';
import { Recording, replay } from './replay.ts';
import { decisionBars } from './report.ts';
import { count, counted, duration, table, wrap } from './show.ts';
import type { Tally } from './tally.ts';
import { openTerminal } from './terminal.ts';
import { type RecordedCall, readTraces } from './traces.ts';

/** This file is dist/compiler/cli/demo.js. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DATA = process.env['LICTOR_DATA'] ?? join(ROOT, '../shared/data');

/** Recorded traffic of others, never part of the repository. */
const TRAFFIC = [
  {
    policy: 'slack-workspace',
    title: 'AgentDojo agents, half of them under prompt injection',
    files: ['agentdojo-traces/slack.traces.jsonl', 'agentdojo-traces/workspace.traces.jsonl'],
  },
  {
    policy: 'airline',
    title: "tau-bench's airline agent (gpt-4o)",
    files: ['tau-airline/trajectories.gpt-4o.json'],
  },
] as const;

const terminal = openTerminal();
process.exitCode = run(process.argv.includes('--all'));

function run(showAll: boolean): ExitCode {
  const { colours } = terminal;
  try {
    terminal.out(title());
    const folder = join(ROOT, 'policies');
    const names = listFolder(folder).filter((name) => kindOf(join(folder, name)) === 'folder');
    const shown = names.map((name) => showPolicy(join(folder, name), showAll));
    showCosts(shown);
    showTraffic(new Map(names.map((name, i) => [name, shown[i]])));
    const outcomes = shown.flatMap((policy) => policy.outcomes);
    const failed = failures(outcomes).length;
    const verdict = failed === 0 ? colours.green('all as expected') : colours.red(`${count(failed)} NOT as expected`);
    terminal.out(
      `\n${counted(outcomes.length, 'call')} of ${counted(shown.length, 'policy', 'policies')} decided, ${verdict}.`,
    );
    terminal.out(colours.dim('Next: npx lictor help; npx lictor test policies/payments; compiler/LANGUAGE.md\n'));
    return failed === 0 ? 0 : 1;
  } catch (error) {
    return explainFailure(error, terminal);
  }
}

function title(): string {
  const { colours } = terminal;
  const core = statSync(join(ROOT, 'build/core.wasm'), { throwIfNoEntry: false });
  const size = core === undefined ? '' : ` of ${count(core.size)} bytes`;
  const what = `policies as tables, decided by a Wasm core${size}`;
  return `\n${colours.bold(`Lictor ${COMPILER_VERSION}`)}  ${colours.dim(what)}`;
}

interface ShownPolicy {
  readonly policy: OpenPolicy;
  readonly outcomes: readonly Outcome[];
}

function showPolicy(folder: string, showAll: boolean): ShownPolicy {
  const { colours, columns } = terminal;
  const policy = openPolicy(folder);
  const { engine } = policy;
  const outcomes = decideExpectations(engine, join(folder, 'requests.json'));
  const failed = failures(outcomes).length;
  const { text, left } = callsTable(outcomes, showAll, columns, colours);
  const facts = `${counted(engine.rules.length, 'rule')} → ${count(policy.artifactBytes)} bytes in ${policy.compileMs.toFixed(0)} ms`;
  terminal.out(`\n${colours.bold(colours.cyan(`▌${engine.name}`))} ${engine.version}  ${colours.dim(facts)}`);
  terminal.out(indented(story(folder)));
  terminal.out(`\n${text}\n`);
  const mark = failed === 0 ? colours.green('✓') : colours.red(`✗ ${count(failed)} of`);
  const more = left === 0 ? '' : colours.dim(` (${count(left)} not shown: npm run demo -- --all)`);
  terminal.out(
    `  ${mark} ${counted(outcomes.length, 'call')} ${failed === 0 ? 'as expected' : 'not as expected'}${more}`,
  );
  return { policy, outcomes };
}

/** The first sentences of the first paragraph of the folder's README. */
function story(folder: string): string {
  const path = join(folder, 'README.md');
  if (!existsSync(path)) return '';
  const paragraph = readFileSync(path, 'utf8')
    .split(/\n\s*\n/)
    .find((part) => !part.startsWith('#'));
  const text = (paragraph ?? '').replaceAll(/\s+/g, ' ').trim();
  return /^.{40,}?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

function showCosts(shown: readonly ShownPolicy[]): void {
  const { colours } = terminal;
  // Warm first, all of them: otherwise the first policy would pay for compiling the code that all share.
  for (const { policy, outcomes } of shown) warm(policy.engine, requestsOf(outcomes));
  const rows = shown.map(({ policy: { engine }, outcomes }) => {
    const measured: Measured = measure(engine, requestsOf(outcomes));
    return [
      engine.name,
      count(engine.rules.length),
      duration(measured.plainNs),
      count(1e9 / measured.plainNs),
      duration(measured.sessionNs),
      count(1e9 / measured.sessionNs),
    ];
  });
  const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });
  const heads = [{ title: 'policy' }, ...['rules', 'plain object', 'a second', 'in a session', 'a second'].map(right)];
  terminal.out(`\n${colours.bold(colours.cyan('▌What a decision costs, measured just now'))}\n`);
  terminal.out(table(heads, rows, colours));
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, Node ${process.versions.node}, one thread`;
  terminal.out(colours.dim(`\n  the calls of each policy in rotation, object in, verdict out: medians`));
  terminal.out(colours.dim(`  ${machine}`));
}

function requestsOf(outcomes: readonly Outcome[]): readonly unknown[] {
  return outcomes.map(({ expectation }) => expectation.request);
}

function showTraffic(policies: ReadonlyMap<string, ShownPolicy | undefined>): void {
  const { colours } = terminal;
  if (kindOf(DATA) !== 'folder') {
    terminal.out(colours.dim('\nno recorded traffic here (LICTOR_DATA names its folder): replay left out'));
    return;
  }
  for (const { policy: name, title, files } of TRAFFIC) {
    const opened = policies.get(name)?.policy;
    const present = files.map((file) => join(DATA, file)).filter((path) => kindOf(path) === 'file');
    if (opened === undefined || present.length < files.length) {
      terminal.out(colours.dim(`\n${title}: not in ${DATA}, left out`));
      continue;
    }
    const traces = present.map((path) => readTraces(path, readFileSync(path, 'utf8')));
    const calls: RecordedCall[] = traces.flatMap((trace) => trace.calls);
    const subject = readJson(join(ROOT, 'policies', name, 'replay.json'));
    const recording = new Recording(
      opened.engine,
      calls,
      typeof subject === 'object' && subject !== null ? subject : {},
    );
    const { tally, throughput } = replay(opened.engine, recording);
    const runs = traces.flatMap((trace) => [...trace.forms.values()]).reduce((sum, n) => sum + n, 0);
    terminal.out(`\n${colours.bold(colours.cyan(`▌Replay: ${title}`))}`);
    terminal.out(`  ${counted(calls.length, 'recorded tool call')} of ${counted(runs, 'run')}, under ${name}\n`);
    terminal.out(decisionBars(tally, colours));
    terminal.out(`\n${busiest(tally)}`);
    terminal.out(
      `  ${counted(tally.unknownAlone, 'decision')} owed to missing facts alone, ${count(tally.defaultOnly)} to the default alone`,
    );
    terminal.out(`  ${count(throughput.perSecond)} decisions a second, counting included`);
  }
}

/** The restricting rules that decided most. */
function busiest(tally: Tally): string {
  const rules = [...tally.rules.values()]
    .filter(({ effect, determining }) => effect !== 'allow' && determining > 0)
    .sort((a, b) => b.determining - a.determining)
    .slice(0, 4)
    .map(({ id, effect, determining }) => `${id} (${effect} ${count(determining)})`);
  return indented(`held back most by ${rules.join(', ')}`);
}

function indented(text: string): string {
  const lines = wrap(text, terminal.columns - 2, 4);
  return lines.map((line) => `  ${line}`).join('\n');
}
