// In: a record. Out: it as tables: for a terminal of 100 columns, and as Markdown for the file beside the record. Computes nothing.

import Table from 'cli-table3';
import pc from 'picocolors';
import type { ScanRecord } from './scan.ts';
import type { BenchRecord, WorkloadRecord } from './suite.ts';
import { RUN_LENGTH } from './workload.ts';

interface Sheet {
  readonly title: string;
  readonly notes: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function terminalReport(record: BenchRecord): string {
  const sheets = sheetsOf(record).map((sheet) => {
    const table = new Table({
      head: [...sheet.head],
      colAligns: sheet.head.map((_, i) => (i === 0 ? 'left' : 'right')),
      style: { head: [], border: [], compact: true, 'padding-left': 1, 'padding-right': 0 },
    });
    table.push(...sheet.rows.map((row) => row.map(coloured)));
    return [pc.bold(sheet.title), ...sheet.notes.map((note) => pc.dim(note)), table.toString()].join('\n');
  });
  return [pc.dim(headline(record).join('\n')), ...sheets].join('\n\n');
}

export function markdownReport(record: BenchRecord): string {
  const sheets = sheetsOf(record).flatMap((sheet) => [
    `## ${sheet.title}`,
    '',
    ...sheet.notes.flatMap((note) => [note, '']),
    markdownRow(sheet.head),
    markdownRow(sheet.head.map((_, i) => (i === 0 ? '---' : '--:'))),
    ...sheet.rows.map(markdownRow),
    '',
  ]);
  return [
    `# Bench, ${record.environment.date}`,
    '',
    ...headline(record).map((line) => `- ${line}`),
    '',
    ...sheets,
  ].join('\n');
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function coloured(cell: string): string {
  if (cell.startsWith('PASS')) return pc.green(cell);
  return cell.startsWith('FAIL') ? pc.red(cell) : cell;
}

function headline({ environment, loadAfter, elapsedSeconds, seed, plan }: BenchRecord): string[] {
  const { cpu, cores, memoryGb, os, node, v8, commit, versions, load } = environment;
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${os}; load average ${load} before, ${loadAfter} after`,
    `Node ${node}, V8 ${v8}; commit ${commit ?? 'unknown'}; ${elapsedSeconds} s${plan.quick ? ', quick' : ''}`,
    Object.entries(versions)
      .filter(([name]) => name !== 'typescript' && name !== 'esbuild')
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `seed ${seed}; ${plan.rounds} rounds; in each, every row runs about ${plan.batchNs / 1e6} ms, in random order`,
  ];
}

function sheetsOf(record: BenchRecord): Sheet[] {
  return [
    ...record.workloads.flatMap((workload) => [timeSheet(workload), ratioSheet(workload)]),
    structureSheet(record),
    policySheet(record),
    ...record.workloads.filter(({ name }) => name === 'typical').map(memorySheet),
    ...record.scans.map(scanSheet),
    ...(record.latency === null ? [] : [latencySheet(record.latency)]),
    ...(record.cold.length === 0 ? [] : [coldSheet(record.cold)]),
    ...(record.worst.length === 0 ? [] : [worstSheet(record.worst)]),
    stageSheet(record.stages),
  ];
}

function timeSheet({ name, sizes, rows }: WorkloadRecord): Sheet {
  const notes = [
    `ns per decision: p10 p50 p99 of batch means; 1,024 requests in turn, ${RUN_LENGTH} of one principal in a run`,
    'engine rows make whole verdicts with all matching rules; peers stop at the first that decides',
  ];
  if (name === 'typical') {
    notes.push(
      'fresh: each object used once, parsed from JSON just before; no match: nothing but the default;',
      'crowded: principals of 32 roles, the busiest tools and prefixes',
    );
  }
  return {
    title: `${name}: time`,
    notes,
    head: ['', ...sizes.map(({ ruleCount }) => `${ruleCount.toLocaleString('en')} rules`)],
    rows: [...new Set(rows.map(({ row }) => row))].map((row) => [
      row,
      ...sizes.map(({ ruleCount }) => {
        const one = rows.find((other) => other.row === row && other.ruleCount === ruleCount);
        return one === undefined ? '' : [one.p10, one.p50, one.p99].map(nanoseconds).join(' ');
      }),
    ]),
  };
}

function ratioSheet({ name, sizes, ratios }: WorkloadRecord): Sheet {
  const keys = [...new Set(ratios.map(({ row, against }) => `${row}\n${against}`))];
  return {
    title: `${name}: times faster than a peer (below 1: slower)`,
    notes: ['median over rounds of ratios within one round'],
    head: ['', 'than', ...sizes.map(({ ruleCount }) => ruleCount.toLocaleString('en'))],
    rows: keys.map((key) => {
      const [row = '', against = ''] = key.split('\n');
      return [
        row,
        against,
        ...sizes.map(({ ruleCount }) => {
          const found = ratios.find((one) => one.row === row && one.against === against && one.ruleCount === ruleCount);
          return found === undefined ? '' : `${times(found.times)} ×`;
        }),
      ];
    }),
  };
}

function memorySheet({ name, sizes, memory }: WorkloadRecord): Sheet {
  return {
    title: `${name}: memory of a process, MB`,
    notes: [
      'resident, of it objects and buffers (cores and their copies of the artifact too); requests and Node itself included',
    ],
    head: ['', ...sizes.map(({ ruleCount }) => `${ruleCount.toLocaleString('en')} rules`)],
    rows: [...new Set(memory.map(({ engine }) => engine))].map((engine) => [
      engine,
      ...sizes.map(({ ruleCount }) => {
        const one = memory.find((other) => other.engine === engine && other.ruleCount === ruleCount);
        return one === undefined ? '' : [one.resident, one.heap, one.buffers].map((mb) => mb.toFixed(0)).join(' ');
      }),
    ]),
  };
}

function structureSheet({ workloads }: BenchRecord): Sheet {
  return {
    title: 'structure: p10 at the most rules over p10 at the fewest, at most 5',
    notes: ['timings are no tests: a FAIL here does not fail the run'],
    head: ['', ...workloads.map(({ name }) => name)],
    rows: (workloads[0]?.structure ?? []).map(({ row }) => [
      row,
      ...workloads.map(({ structure }) => {
        const one = structure.find((other) => other.row === row);
        return one === undefined ? '' : `${one.passes ? 'PASS' : 'FAIL'} ${one.growth.toFixed(1)}`;
      }),
    ]),
  };
}

function policySheet({ workloads }: BenchRecord): Sheet {
  return {
    title: 'policies',
    notes: ['compile: from YAML text to bytes; matches: mean true rules of a request (crowded, of a crowded one)'],
    head: ['', 'rules', 'compile ms', 'load ms', 'bytes/rule', 'matches', 'crowded', 'compared'],
    rows: workloads.flatMap(({ name, sizes }) =>
      sizes.map((size) => [
        name,
        size.ruleCount.toLocaleString('en'),
        size.compileMs.toFixed(0),
        size.loadMs.toFixed(1),
        (size.artifactBytes / size.ruleCount).toFixed(0),
        size.matches.rotating.toFixed(1),
        size.matches.crowded.toFixed(1),
        size.comparisons.toLocaleString('en'),
      ]),
    ),
  };
}

function scanSheet({
  name,
  patternCount,
  compileMs,
  artifactBytes,
  comparisons,
  found,
  rows,
  ratios,
}: ScanRecord): Sheet {
  const against = [...new Set(ratios.map((ratio) => ratio.against))];
  return {
    title: `scan of a text of 4 KB: ${name}, ${patternCount.toLocaleString('en')} patterns`,
    notes: [
      'ns: p10 p50 p99 of batch means; ×: median over rounds of ratios within one round; texts in turn',
      `rules found in a text: ${found.benign.toFixed(2)} benign, ${found.hits.toFixed(2)} hits, ${found.worst.toFixed(2)} worst; worst: what the prefilter looks for, and nothing else`,
      `compiled in ${compileMs.toFixed(0)} ms to ${artifactBytes.toLocaleString('en')} bytes; ${comparisons.toLocaleString('en')} answers compared`,
    ],
    head: ['', 'ns', ...against.map((row) => `× ${row}`)],
    rows: rows.map(({ texts, row, p10, p50, p99 }) => [
      `${texts}: ${row}`,
      [p10, p50, p99].map(nanoseconds).join(' '),
      ...against.map((other) => {
        const ratio = ratios.find((one) => one.texts === texts && one.row === row && one.against === other);
        return ratio === undefined ? '' : `${times(ratio.times)} ×`;
      }),
    ]),
  };
}

function latencySheet(latency: NonNullable<BenchRecord['latency']>): Sheet {
  return {
    title: 'single calls: typical, 1,000 rules, ns',
    notes: [
      `an empty timed call takes ${latency.emptyP50.toFixed(0)} ns (p99 ${latency.emptyP99.toFixed(0)}); its p50 is taken off`,
    ],
    head: ['', 'p50', 'p99', 'p99.9', 'samples'],
    rows: latency.rows.map(({ row, p50, p99, p999, samples }) => [
      row,
      ...[p50, p99, p999].map(nanoseconds),
      samples.toLocaleString('en'),
    ]),
  };
}

function coldSheet(cold: BenchRecord['cold']): Sheet {
  return {
    title: 'cold: the first verdict of a fresh process, ms',
    notes: ['medians; load: compile the core; copy and verify the artifact; total: load and verdict'],
    head: ['rules', 'artifact KB', 'import', 'load', 'verdict', 'total', 'total CPU', 'processes'],
    rows: cold.map((one) => [
      one.ruleCount.toLocaleString('en'),
      (one.artifactBytes / 1024).toFixed(0),
      ...[one.importMs, one.loadMs, one.firstVerdictMs, one.totalMs, one.totalCpuMs].map((ms) => ms.toFixed(1)),
      String(one.processes),
    ]),
  };
}

function worstSheet(worst: BenchRecord['worst']): Sheet {
  return {
    title: 'worst case: policies made to be dear, ns per decision',
    notes: [
      'p10 p50 p99 of batch means; in core: bytes that lie there; session: whole verdicts, nothing remembered; linear: all rules that hold',
      'predicted: instructions of the scalar core at most, as the artifact says',
    ],
    head: ['', 'rules', 'in core', 'session', 'linear', 'predicted', 'bytes/rule', 'compile ms', 'matches'],
    rows: worst.map((one) => [
      `${one.name}: ${one.what}`,
      one.ruleCount.toLocaleString('en'),
      ...[one.inCore, one.session, one.linear].map(({ p10, p50, p99 }) => [p10, p50, p99].map(nanoseconds).join(' ')),
      one.predictedCost.toLocaleString('en'),
      (one.artifactBytes / one.ruleCount).toFixed(0),
      one.compileMs.toFixed(0),
      one.meanMatches.toFixed(1),
    ]),
  };
}

function stageSheet(stages: BenchRecord['stages']): Sheet {
  return {
    title: 'compiling typical, each in a fresh process',
    notes: ['CPU: of all threads; peak: resident at most by the end of the stage, the bench and the text included'],
    head: ['rules', 'text MB', 'stage', 'ms', 'CPU ms', 'peak MB'],
    rows: stages.flatMap(({ ruleCount, textBytes, stages: times }) => {
      const sum = (of: (time: (typeof times)[number]) => number): number =>
        times.reduce((all, one) => all + of(one), 0);
      const rest = times.filter(({ stage }) => stage !== 'parse');
      const after = { stage: 'check to bytes', wallMs: 0, cpuMs: 0, peakMb: times.at(-1)?.peakMb ?? 0 };
      for (const one of rest) {
        after.wallMs += one.wallMs;
        after.cpuMs += one.cpuMs;
      }
      const all = {
        stage: 'all',
        wallMs: sum((one) => one.wallMs),
        cpuMs: sum((one) => one.cpuMs),
        peakMb: after.peakMb,
      };
      return [...times, after, all].map(({ stage, wallMs, cpuMs, peakMb }) => [
        ruleCount.toLocaleString('en'),
        (textBytes / 1e6).toFixed(1),
        stage,
        wallMs.toFixed(0),
        cpuMs.toFixed(0),
        peakMb.toFixed(0),
      ]);
    }),
  };
}

/** Whole ns up to four digits, then µs. */
function nanoseconds(ns: number): string {
  if (ns < 9999.5) return ns.toFixed(0);
  return ns < 99_950 ? `${(ns / 1000).toFixed(1)}µ` : `${(ns / 1000).toFixed(0)}µ`;
}

function times(ratio: number): string {
  if (ratio >= 100) return ratio.toFixed(0);
  return ratio.toFixed(ratio >= 10 ? 1 : 2);
}
