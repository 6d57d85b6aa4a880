// In: what the official suite gave. Out: the table of passes and gaps per section that stands in LANGUAGE.md.

import type { Result } from './run.ts';

export const TABLE_BEGIN = '<!-- cel-suite: written by test/cel/cel.test.ts -->';
export const TABLE_END = '<!-- cel-suite end -->';

export function tableOf(results: readonly Result[]): string {
  const sections = [...new Set(results.map(({ one }) => one.section))].sort();
  const rows = sections.map((section) =>
    row(
      `\`${section}\``,
      results.filter(({ one }) => one.section === section),
    ),
  );
  rows.push(row('all', results));
  const width = Math.max(...rows.map(([name]) => name.length), 'section'.length);
  const line = ([name, cases, passes, missing]: Row): string =>
    `| ${name.padEnd(width)} | ${cases.padStart(5)} | ${passes.padStart(6)} | ${missing.padStart(4)} |`;
  const head: Row = ['section', 'cases', 'passes', 'gaps'];
  const rule = `| ${'-'.repeat(width)} | ----: | -----: | ---: |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

type Row = readonly [name: string, cases: string, passes: string, gaps: string];

function row(name: string, results: readonly Result[]): Row {
  const passes = results.filter(({ why }) => why === null).length;
  return [name, String(results.length), String(passes), String(results.length - passes)];
}
