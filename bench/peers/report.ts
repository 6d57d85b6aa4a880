// In: a record of peers. Out: it as Markdown: the file of the record, and the shorter block of the README. Computes nothing but
// which engines were faster.

import { RUN_LENGTH } from '../workload.ts';
import type { Cell, PeerRow, PeersRecord } from './suite.ts';

export function peersReport(record: PeersRecord): string {
  const { environment, plan, peers, lictor, requests } = record;
  const sections = [
    '# Peers beside Lictor',
    `\`${record.command}\`\n\n${machineLine(record)}`,
    [
      `Workload \`typical\` of \`bench/workload.ts\`, ${requests} requests in rotation (${RUN_LENGTH} of one principal in a run), every engine in`,
      `processes of its own. Before anything was timed each engine gave the decision of a plain walk over the rules on all ${requests} requests, at`,
      `every size that it was asked. Then ${plan.rounds} rounds in an order drawn anew: a process of Lictor, three of others, a process of Lictor, and so on;`,
      'a ratio is of p50 in neighbouring processes, its median over the rounds. Figures are medians over the rounds; p10 and p50 of batch means,',
      'p99 of single calls (of 100 or more). Batches in which a process lost the processor are left out; calls from 20 µs on, and',
      'promises, count by the clock or by the processor time of their process, whichever is less, since other work always interrupts some.',
      `Sessions are found in a Map by name, which is in their figures. \`nothing remembered\` is \`load(artifact, { remember: false })\`: the`,
      'other rows of Lictor may answer a call from what it answered to one that is the same to every rule. Lictor makes the whole verdict',
      'with all matching rules; the others answer allow or not, and most stop at the first rule that decides.',
      `Not asked: an engine at a size where a decision would take more than ${plan.capMs} ms, going by the size before.`,
    ].join('\n'),
    `## Median time of a decision\n\n${medians(record)}`,
    `## Where something is faster\n\n${faster(record)}`,
    ...plan.ruleCounts.map(
      (ruleCount) => `## ${ruleCount.toLocaleString('en')} rules\n\n${details(record, ruleCount)}`,
    ),
    `## Load\n\n${loads(record)}`,
    `## How the rules were put\n\n${peers.map(({ name, version, told }) => `- ${name}${version === '' ? '' : ` ${version}`}: ${told}`).join('\n')}`,
    `Load average before ${environment.load}, after ${record.loadAfter}. ${lictor.length} rows of Lictor share a process.`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The block between the marks of the README. */
export function readmeBlock(record: PeersRecord, file: string): string {
  return [
    `\`${record.command}\` on ${record.environment.date.slice(0, 10)}, the whole of it in [\`${file}\`](${file}): median time of a decision and, in`,
    'brackets, how many times that of `session.decide` in the process beside it (below 1: faster than Lictor). Each engine in processes of its own, the',
    `same rules and ${record.requests.toLocaleString('en')} requests, the same decisions checked first. ${machineLine(record)}`,
    '',
    medians(record),
    '',
    faster(record),
  ].join('\n');
}

function machineLine({ environment, loadAfter }: PeersRecord): string {
  const { date, cpu, cores, os, node, commit, load } = environment;
  return (
    `${date.slice(0, 16).replace('T', ' ')} UTC, ${cpu}, ${cores} cores, ${os}, Node ${node}, commit ${commit ?? 'unknown'}; ` +
    `load average ${load} before and ${loadAfter} after: read the ratios, not the nanoseconds.`
  );
}

function medians({ lictor, peers, plan }: PeersRecord): string {
  const head = ['', ...plan.ruleCounts.map((count) => `${count.toLocaleString('en')} rules`)];
  return table(head, [
    ...lictor.map((row) => [`**Lictor** \`${row.name}\``, ...row.cells.map(({ figures }) => time(figures?.p50))]),
    ...peers.map((row) => [labelOf(row), ...row.cells.map(medianCell)]),
  ]);
}

function medianCell({ figures, reason, overSession }: Cell): string {
  return figures === null ? shortReason(reason) : `${time(figures.p50)} (${times(overSession)})`;
}

function shortReason(reason: string): string {
  if (reason.startsWith('over the cap')) return 'over the cap';
  return reason.split(':')[0] ?? reason;
}

function details({ lictor, peers }: PeersRecord, ruleCount: number): string {
  const head = ['', 'p10', 'p50', 'p99', '× session', '× engine', 'decisions timed', 'left out'];
  const line = (label: string, { cells }: PeerRow): string[][] =>
    cells
      .filter((cell) => cell.ruleCount === ruleCount)
      .map(({ figures, reason, overSession, overEngine }) =>
        figures === null
          ? [label, reason, '', '', '', '', '', '']
          : [
              label,
              ...[figures.p10, figures.p50, figures.p99].map(time),
              times(overSession),
              times(overEngine),
              figures.decisions.toLocaleString('en'),
              `${(figures.leftOut * 100).toFixed(0)} %`,
            ],
      );
  return table(head, [
    ...lictor.flatMap((row) => line(`**Lictor** \`${row.name}\``, row)),
    ...peers.flatMap((row) => line(labelOf(row), row)),
  ]);
}

function loads({ lictor, peers, compiles, plan }: PeersRecord): string {
  const head = [
    'ms: rules to ready / first decision',
    ...plan.ruleCounts.map((count) => `${count.toLocaleString('en')} rules`),
  ];
  const cell = ({ figures, reason }: Cell): string =>
    figures === null ? shortReason(reason) : `${ms(figures.loadMs)} / ${ms(figures.firstMs)}`;
  const [ours] = lictor;
  return [
    table(head, [
      [
        'Lictor, compile to an artifact',
        ...compiles.map(({ compileMs, bytes }) => `${ms(compileMs)} (${(bytes / 1024).toFixed(0)} KB)`),
      ],
      ['Lictor, load two engines, make the sessions / first', ...(ours?.cells ?? []).map(cell)],
      ...peers.map((row) => [labelOf(row), ...row.cells.map(cell)]),
    ]),
    '',
    'Importing a package is in its figure, importing Lictor is not. Compiled once, in a process that compiled nothing before.',
  ].join('\n');
}

/** One sentence a size: who was faster than `session.decide`, and by how much. */
function faster({ peers, plan }: PeersRecord): string {
  return plan.ruleCounts
    .map((ruleCount) => {
      const winners = peers
        .flatMap(({ name, cells }) =>
          cells.filter((one) => one.ruleCount === ruleCount).map((one) => ({ name, ...one })),
        )
        .filter(({ overSession }) => overSession < 1)
        .sort((a, b) => a.overSession - b.overSession)
        .map(({ name, overSession }) => `${name} (${times(1 / overSession)} times)`);
      const who = winners.length === 0 ? 'nothing' : winners.join(', ');
      return `- At ${ruleCount.toLocaleString('en')} rules faster than \`session.decide\`: ${who}.`;
    })
    .join('\n');
}

function labelOf({ name, version }: PeerRow): string {
  return version === '' ? name : `${name} ${version}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`, ...rows.map(line)].join('\n');
}

function time(ns: number | null | undefined): string {
  if (ns === undefined || ns === null || Number.isNaN(ns)) return '';
  if (ns < 999.5) return `${ns.toFixed(0)} ns`;
  const [value, unit] = ns < 999_500 ? [ns / 1000, 'µs'] : [ns / 1e6, 'ms'];
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${unit}`;
}

function ms(value: number): string {
  return value.toFixed(value < 9.95 ? 1 : 0);
}

function times(ratio: number): string {
  if (Number.isNaN(ratio)) return '';
  if (ratio >= 99.5) return Math.round(ratio).toLocaleString('en');
  return ratio.toFixed(ratio >= 9.95 ? 0 : ratio >= 0.995 ? 1 : 2);
}
