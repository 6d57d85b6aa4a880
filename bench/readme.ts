// In: a record of a whole run, and the text of README.md. Out: the text with the block between the bench's marks written anew.
// Computes nothing, touches nothing outside the marks.

import { withBlock } from './marked.ts';
import type { BenchRecord } from './suite.ts';
import { ROW } from './variants.ts';

/** Rows that users ask for, in words of the API. */
const ROWS: readonly (readonly [row: string, text: string])[] = [
  [ROW.sessionTrusted, '`session.decide(call, {trusted: true})`'],
  [ROW.session, '`session.decide(call)`'],
  [ROW.objectTrusted, '`engine.decide(request, {trusted: true})`'],
  [ROW.object, '`engine.decide(request)`'],
  [ROW.sessionAsked, '`session.decide(call)`, nothing remembered'],
  [ROW.sessionUnseen, '`session.decide(call)`, parsed just before and never seen'],
  [ROW.bytes, '`engine.decideBytes(flatbuffer)`'],
  [ROW.batch, 'in the core, a batch of bytes'],
  [ROW.generated, 'JavaScript generated per tool (`new Function`)'],
  [ROW.linear, 'a loop over rule objects'],
];

/** @throws Error if the marks are not there, once and in order */
export function withBenchBlock(readme: string, record: BenchRecord): string {
  return withBlock(readme, 'bench', block(record));
}

function block({ environment, loadAfter, workloads }: BenchRecord): string {
  const typical = workloads.find(({ name }) => name === 'typical');
  if (typical === undefined) throw new Error('the record has no workload `typical`');
  const counts = [...new Set(typical.rows.map(({ ruleCount }) => ruleCount))].sort((a, b) => a - b);
  const cells = (row: string): string[] =>
    counts.map((count) => {
      const found = typical.rows.find((one) => one.row === row && one.ruleCount === count);
      return found === undefined ? '' : Math.round(found.p10).toLocaleString('en-US');
    });
  const { date, cpu, cores, node, commit, load } = environment;
  return [
    '',
    `| ns | ${counts.map((count) => `${count.toLocaleString('en-US')} rules`).join(' | ')} |`,
    `|---|${counts.map(() => '--:|').join('')}`,
    ...ROWS.map(([row, text]) => `| ${text} | ${cells(row).join(' | ')} |`),
    '',
    `Measured ${date.slice(0, 10)}, ${cpu}, ${cores} cores, Node ${node}, commit ${commit ?? 'unknown'}, load average ${load} before and ${loadAfter} after.`,
    '',
  ].join('\n');
}
