// In: what a replay found. Out: the same as text for a person, and as one JSON document for a program. Never prints.

import { basename } from 'node:path';
import type { Engine } from '../../host-js/index.ts';
import { type Disagreement, type Recording, type Throughput, TIMED_PASSES, type TimedCall } from './replay.ts';
import {
  callText,
  colourOf,
  count,
  counted,
  DECISIONS,
  decisionText,
  duration,
  elide,
  safe,
  share,
  table,
} from './show.ts';
import type { RuleTally, Tally } from './tally.ts';
import type { Colours, Terminal } from './terminal.ts';
import { type Problem, placeText, type TraceForm } from './traces.ts';

export interface FileReport {
  readonly path: string;
  readonly characters: number;
  readonly forms: ReadonlyMap<TraceForm, number>;
  readonly calls: number;
}

export interface ReplayReport {
  readonly engine: Engine;
  /** Where principal and context came from. */
  readonly subjectPath: string | null;
  readonly files: readonly FileReport[];
  readonly readMs: number;
  readonly problems: readonly Problem[];
  readonly recording: Recording;
  readonly tally: Tally;
  readonly throughput: Throughput;
  readonly slowest: readonly TimedCall[];
  /** Null: not compared. */
  readonly disagreements: readonly Disagreement[] | null;
}

const MOST_PROBLEMS = 20;
const MOST_DISAGREEMENTS = 20;
const MOST_DOUBTS = 5;
const BAR_WIDTH = 24;
const HOW_TIMED = `best of ${TIMED_PASSES} timings of each call in passes of their own, the clock included`;

export function reportText(report: ReplayReport, { colours, columns }: Terminal): string {
  const { engine, tally } = report;
  const sections = [
    `${colours.bold(`${engine.name} ${engine.version}`)} on ${counted(tally.calls, 'recorded call')}`,
    filesText(report, colours),
    problemsText(report.problems, colours),
    `${colours.bold('Decisions')}\n${decisionBars(tally, colours)}${statusesText(tally, colours)}`,
    rulesText(tally, colours),
    toolsText(tally, columns, colours),
    doubtText(report, columns, colours),
    defaultText(tally),
    slowestText(report, columns, colours),
    throughputText(report, colours),
    disagreementsText(report, columns, colours),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** One line a decision: count, share, bar. */
export function decisionBars(tally: Tally, colours: Colours): string {
  const lines = DECISIONS.map((decision) => {
    const calls = tally.decisions[decision];
    const paint = colourOf(decision, colours);
    const filled = tally.calls === 0 ? 0 : Math.ceil((BAR_WIDTH * calls) / tally.calls);
    const bar = paint('█'.repeat(filled)) + colours.dim('░'.repeat(BAR_WIDTH - filled));
    return `  ${paint(decision.padEnd(9))} ${count(calls).padStart(9)} ${share(calls, tally.calls).padStart(8)}  ${bar}`;
  });
  return lines.join('\n');
}

function filesText({ files, subjectPath }: ReplayReport, colours: Colours): string {
  const lines = files.map(({ path, forms, calls }) => {
    const read = [...forms].map(([form, n]) => `${count(n)} × ${FORM_NAMES[form]}`).join(', ');
    return `  ${path}: ${counted(calls, 'call')}${read === '' ? '' : colours.dim(` (${read})`)}`;
  });
  const subject = subjectPath ?? 'nowhere: no `replay.json` beside the policy';
  return [...lines, colours.dim(`  principal and context that are not recorded: from ${subject}`)].join('\n');
}

const FORM_NAMES: Readonly<Record<TraceForm, string>> = {
  agentdojo: 'AgentDojo run',
  tau: 'tau run',
  messages: 'list of messages',
  requests: 'request',
};

function problemsText(problems: readonly Problem[], colours: Colours): string {
  if (problems.length === 0) return '';
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ place, kind, message }) => {
    return `  ${colours.bold(placeText(place))}: ${colours.red(kind)}: ${safe(message)}`;
  });
  const left = problems.length - shown.length;
  if (left > 0) shown.push(`  … and ${count(left)} more`);
  const malformed = problems.filter(({ kind }) => kind === 'malformed').length;
  const title = `${count(problems.length - malformed)} unreadable, ${counted(malformed, 'malformed call')}, not decided`;
  return [colours.red(title), ...shown].join('\n');
}

function statusesText(tally: Tally, colours: Colours): string {
  const others = [...tally.statuses].filter(([status]) => status !== 'ok');
  if (others.length === 0) return '';
  return `\n${colours.dim(`  of these with status ${others.map(([status, n]) => `${status} ${count(n)}`).join(', ')}`)}`;
}

function rulesText(tally: Tally, colours: Colours): string {
  const rules = [...tally.rules.values()];
  const spoken = rules.filter((rule) => rule.matched + rule.determining + rule.unknown > 0);
  const silent = rules.filter((rule) => !spoken.includes(rule));
  const hasUnknown = spoken.some(({ unknown }) => unknown > 0);
  const rows = spoken
    .sort((a, b) => b.determining - a.determining || b.matched - a.matched)
    .map((rule) => [
      rule.id,
      decisionText(rule.effect, colours),
      count(rule.matched),
      count(rule.determining),
      ...(hasUnknown ? [number(rule.unknown), number(rule.unknownAlone)] : []),
    ]);
  const columns = [
    { title: 'rule' },
    { title: 'effect' },
    { title: 'matched', align: 'right' } as const,
    { title: 'determining', align: 'right' } as const,
    ...(hasUnknown
      ? [{ title: 'unknown', align: 'right' } as const, { title: 'decided by doubt alone', align: 'right' } as const]
      : []),
  ];
  const lines = [colours.bold('Rules')];
  if (rows.length > 0) lines.push(table(columns, rows, colours));
  if (silent.length > 0) lines.push(colours.dim(`  ${counted(silent.length, 'rule')} never spoke: ${ids(silent)}`));
  return lines.join('\n');
}

function ids(rules: readonly RuleTally[]): string {
  const shown = rules.slice(0, 12).map(({ id }) => id);
  return shown.join(', ') + (rules.length > shown.length ? ', …' : '');
}

/** Empty where there is nothing: a table of zeros hides what is in it. */
function number(n: number): string {
  return n === 0 ? '' : count(n);
}

function toolsText(tally: Tally, columns: number, colours: Colours): string {
  if (tally.calls === 0) return '';
  const rows = [...tally.tools.values()]
    .sort((a, b) => b.calls - a.calls)
    .map(({ tool, calls, decisions, defaultOnly }) => [
      elide(toolText(tool), columns - 60),
      count(calls),
      ...DECISIONS.map((decision) =>
        decisions[decision] === 0 ? '' : colourOf(decision, colours)(count(decisions[decision])),
      ),
      number(defaultOnly),
    ]);
  const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });
  const heads = [{ title: 'tool' }, right('calls'), ...DECISIONS.map(right), right('default only')];
  return `${colours.bold('Tools')}\n${table(heads, rows, colours)}`;
}

function toolText(tool: string | null): string {
  return tool === null ? '(none)' : safe(tool);
}

function doubtText({ tally, recording }: ReplayReport, columns: number, colours: Colours): string {
  const title = `${colours.bold('Owed to an unknown alone')}: ${counted(tally.unknownAlone, 'call')}`;
  const shown = tally.unknownAloneCalls.slice(0, MOST_DOUBTS).flatMap(({ index, verdict }) => {
    const call = recording.calls[index];
    if (call === undefined) return [];
    const causes = verdict.unknown.map(({ rule, path, cause }) => `${rule}: ${path} ${cause}`).join('; ');
    return [
      `  ${placeText(call.place)}  ${decisionText(verdict.decision, colours)}`,
      `    ${elide(callText(call.request), columns - 4)}`,
      colours.dim(`    ${elide(causes, columns - 4)}`),
    ];
  });
  const left = tally.unknownAlone - Math.min(tally.unknownAlone, MOST_DOUBTS);
  return [title, ...shown, ...(left > 0 ? [`  … and ${count(left)} more`] : [])].join('\n');
}

function defaultText(tally: Tally): string {
  const tools = [...tally.tools.values()].filter(({ defaultOnly }) => defaultOnly > 0);
  const listed = tools.map(({ tool, defaultOnly }) => `${toolText(tool)} ${count(defaultOnly)}`).join(', ');
  return `No rule, only the default: ${counted(tally.defaultOnly, 'call')}${listed === '' ? '' : ` (${listed})`}`;
}

function slowestText({ slowest, recording }: ReplayReport, columns: number, colours: Colours): string {
  if (slowest.length === 0) return '';
  const timed = slowest.flatMap(({ index, ns, verdict }) => {
    const call = recording.calls[index];
    if (call === undefined) return [];
    const place = placeText({ ...call.place, path: basename(call.place.path) });
    return [{ ns, decision: verdict.decision, text: callText(call.request), place }];
  });
  const placeWidth = Math.max(...timed.map(({ place }) => place.length));
  const rows = timed.map(({ ns, decision, text, place }) => [
    duration(ns),
    decisionText(decision, colours),
    elide(text, columns - 26 - placeWidth),
    place,
  ]);
  const heads = [
    { title: 'time', align: 'right' } as const,
    { title: 'decision' },
    { title: 'call' },
    { title: 'place' },
  ];
  return `${colours.bold('Slowest calls')} ${colours.dim(`(${HOW_TIMED})`)}\n${table(heads, rows, colours)}`;
}

function throughputText({ throughput, files, readMs }: ReplayReport, colours: Colours): string {
  if (throughput.decisions === 0) return '';
  const megabytes = files.reduce((sum, { characters }) => sum + characters, 0) / 1e6;
  const { passes, decisions, seconds, perSecond, perSecondInFastestPass } = throughput;
  const how =
    passes === 1
      ? 'one pass'
      : `${count(passes)} passes over the same calls, the first ones cold; ${count(perSecondInFastestPass)} a second in the fastest`;
  return [
    `${colours.bold(`${count(perSecond)} decisions a second`)}, request object to verdict and counts`,
    colours.dim(`  ${counted(decisions, 'decision')} in ${seconds.toFixed(2)} s, ${how}`),
    colours.dim(`  reading and parsing ${megabytes.toFixed(1)} MB before that: ${readMs.toFixed(0)} ms`),
  ].join('\n');
}

function disagreementsText(
  { disagreements, recording, tally }: ReplayReport,
  columns: number,
  colours: Colours,
): string {
  if (disagreements === null) return '';
  if (disagreements.length === 0) {
    return colours.green(`✓ equal to the reference evaluator on ${counted(tally.calls, 'call')}`);
  }
  const calls = new Set(disagreements.map(({ index }) => index)).size;
  const lines = [
    colours.red(`✗ differs from the reference evaluator on ${count(calls)} of ${counted(tally.calls, 'call')}`),
  ];
  for (const { index, key, core, reference } of disagreements.slice(0, MOST_DISAGREEMENTS)) {
    const call = recording.calls[index];
    if (call === undefined) continue;
    lines.push(`  ${placeText(call.place)}  ${elide(callText(call.request), columns - 30)}`);
    lines.push(`    ${key}: core ${JSON.stringify(core)}, reference ${JSON.stringify(reference)}`);
  }
  const left = disagreements.length - Math.min(disagreements.length, MOST_DISAGREEMENTS);
  if (left > 0) lines.push(`  … and ${counted(left, 'difference')} more`);
  return lines.join('\n');
}

/** The report as plain data. Times are nanoseconds, rates per second. */
export function reportJson(report: ReplayReport): unknown {
  const { engine, tally, recording } = report;
  const at = (index: number): { place: string; request: unknown } => {
    const call = recording.calls[index];
    return { place: call === undefined ? '' : placeText(call.place), request: call?.request ?? null };
  };
  return {
    policy: { name: engine.name, version: engine.version, artifactHash: engine.artifactHash },
    subject: report.subjectPath,
    files: report.files.map(({ path, forms, calls }) => ({ path, calls, forms: Object.fromEntries(forms) })),
    calls: tally.calls,
    problems: report.problems.map(({ kind, place, message }) => ({ kind, place: placeText(place), message })),
    decisions: tally.decisions,
    statuses: Object.fromEntries(tally.statuses),
    rules: [...tally.rules.values()],
    tools: [...tally.tools.values()],
    unknownAlone: {
      calls: tally.unknownAlone,
      first: tally.unknownAloneCalls.map(({ index, verdict }) => ({
        ...at(index),
        decision: verdict.decision,
        unknown: verdict.unknown,
      })),
    },
    defaultOnly: tally.defaultOnly,
    slowest: report.slowest.map(({ index, ns, verdict }) => ({
      ...at(index),
      ns: Math.round(ns),
      decision: verdict.decision,
    })),
    slowestHow: HOW_TIMED,
    throughput: { ...report.throughput, readMs: report.readMs },
    verified: report.disagreements === null ? null : report.disagreements.length === 0,
    disagreements: report.disagreements?.map(({ index, ...rest }) => ({ ...at(index), ...rest })) ?? [],
  };
}
