// In: an artifact's bytes. Out: a listing that a person can read, 100 columns wide, without colours.
// Never throws but `ArtifactError` for bytes that are no artifact; long parts are cut and say how much is left out.

import * as layout from '../../wasm-core/contract/layout.ts';
import type { DecisionTables } from '../plan/tables.ts';
import { classValues } from './classes.ts';
import { type DecodedArtifact, decode } from './decode.ts';
import { disassemble } from './disassemble.ts';
import { inspectNodes } from './inspect-nodes.ts';
import { className, constantName, partitionName, quoted, slotName, viewKindName } from './names.ts';
import { cut, fit, heading, pad, WIDTH, wrap } from './text-layout.ts';

const MOST_CLASSES = 24;
const MOST_PARTITIONS = 64;
const MOST_RULES = 200;
const MOST_TOOLS = 40;
const MOST_POLICIES = 40;
const MOST_RESIDUALS = 40;

const SECTION_NAMES = new Map<number, string>([
  [layout.SLOT_SECTION, 'slots'],
  [layout.VIEW_SECTION, 'views'],
  [layout.PARTITION_SECTION, 'partitions'],
  [layout.ELEMENT_TEST_SECTION, 'element tests'],
  [layout.AUTOMATON_SECTION, 'automatons'],
  [layout.BUCKET_SECTION, 'buckets'],
  [layout.ENTRY_SECTION, 'entries'],
  [layout.TOOL_SECTION, 'tools'],
  [layout.ABSENT_SECTION, 'absent rows'],
  [layout.CONSTANT_SECTION, 'constants'],
  [layout.NODE_SECTION, 'nodes'],
  [layout.COLUMN_SECTION, 'columns'],
  [layout.BIT_SECTION, 'bits'],
  [layout.RULE_SECTION, 'rules'],
  [layout.READ_SECTION, 'reads'],
  [layout.CODE_SECTION, 'code'],
  [layout.WORD_SECTION, 'words'],
  [layout.HALF_SECTION, 'halves'],
  [layout.BYTE_SECTION, 'bytes'],
  [layout.BOUND_SECTION, 'bounds'],
  [layout.MASK_SECTION, 'masks'],
  [layout.ROW_SECTION, 'rows'],
  [layout.NESTED_SECTION, 'policies'],
  [layout.SCAN_SECTION, 'scans'],
  [layout.PREFILTER_SECTION, 'prefilters'],
]);

/** The artifact as text. */
export function inspect(bytes: Uint8Array): string {
  const artifact = decode(bytes);
  const { tables } = artifact;
  const lines = [
    ...inspectHeader(artifact),
    ...inspectSizes(artifact),
    ...inspectSlots(tables),
    ...inspectTools(tables),
    ...inspectPartitions(tables),
    ...inspectNodes(tables),
    ...inspectPolicies(tables),
    ...inspectRules(tables),
    ...inspectResiduals(tables),
  ];
  return `${lines.map((line) => cut(line.trimEnd())).join('\n')}\n`;
}

function inspectHeader(artifact: DecodedArtifact): string[] {
  const { tables } = artifact;
  const title = `${tables.policy.name} ${tables.policy.version}`;
  const world = tables.closedWorld ? 'closed: unlisted tools are denied' : 'open';
  return [
    `${title}${`lictor artifact, format ${artifact.formatVersion}`.padStart(WIDTH - title.length)}`,
    '═'.repeat(WIDTH),
    ...fields([
      ['combine', tables.algorithm],
      ['default', tables.defaultEffect],
      ['speaks at', tables.governedPoints.join(', ')],
      ['world', world],
      ['core', tables.needsTerms || tables.algorithm === 'cedar' ? 'the full one (`lictor/full`)' : 'either'],
      ['predicted cost', `at most ${number(tables.predictedCost)} instructions a decision`],
      ['size', `${number(artifact.sizeBytes)} bytes, compiler ${artifact.compilerVersion}`],
      ['layout', artifact.layoutHash.toString(16).padStart(16, '0')],
      ['hash', `${artifact.hash}${artifact.hashMatches ? '' : '  DOES NOT MATCH THE CONTENT'}`],
    ]),
  ];
}

function inspectSizes(artifact: DecodedArtifact): string[] {
  const named = [...artifact.sectionSizes].filter(([, size]) => size > 0);
  const cells = named.map(([field, size]) => {
    const name = SECTION_NAMES.get(field) ?? `section ${field}`;
    return `${pad(name, 14)}${number(size).padStart(9)}`;
  });
  const rest = artifact.sizeBytes - layout.HEADER_SIZE - named.reduce((sum, [, size]) => sum + size, 0);
  cells.push(`${pad('names, framing', 14)}${number(rest).padStart(9)}`);
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += 3) lines.push(`  ${cells.slice(i, i + 3).join('      ')}`);
  return [...heading('sizes in bytes'), ...lines];
}

function inspectSlots(tables: DecisionTables): string[] {
  const width = Math.min(44, Math.max(...tables.slots.map((_, slot) => slotName(tables, slot).length)));
  const lines = tables.slots.flatMap((_, slot) => {
    const views = tables.views.flatMap((view, v) => {
      if (view.slot !== slot) return [];
      const entries = view.entries.length === 0 ? '' : ` (${number(view.entries.length)} constants)`;
      return [`V${v} ${viewKindName(view.kind)}${entries}`];
    });
    return wrap(`  ${String(slot).padStart(4)}  ${fit(slotName(tables, slot), width)}  `, views, ', ');
  });
  return [...heading(`slots and views: ${tables.slots.length} and ${tables.views.length}`), ...lines];
}

function inspectTools(tables: DecisionTables): string[] {
  const names = tables.views[0]?.entries ?? [];
  if (names.length === 0) return [];
  const lines = tables.tools.slice(0, MOST_TOOLS).flatMap((tool, i) => {
    const row = tables.absentRows[tool.absentRow] ?? [];
    const inapplicable = new Set<string>();
    const standing: string[] = [];
    for (const [view, absent] of row.entries()) {
      const slot = slotName(tables, tables.views[view]?.slot ?? -1);
      if (absent === 1) inapplicable.add(slot);
      else if (absent > 1) standing.push(`${slot} = ${constantName(tables.constants[absent - 2])}`);
    }
    const notes = [
      ...(tool.listed ? [] : ['in no catalogue']),
      ...(inapplicable.size > 0 ? [`without ${[...inapplicable].join(', ')}`] : []),
      ...(standing.length > 0 ? [`absent: ${standing.join(', ')}`] : []),
    ];
    return wrap(`  ${fit(quoted(names[i] ?? '?'), 32)}  `, notes.join('; ').split(' '), ' ');
  });
  const listed = tables.tools.filter((tool) => tool.listed).length;
  return [
    ...heading(`tools: ${names.length}, of them ${listed} in a catalogue`),
    ...lines,
    ...more(names.length - MOST_TOOLS, 'tools'),
  ];
}

function inspectPartitions(tables: DecisionTables): string[] {
  const blocks = tables.partitions.slice(0, MOST_PARTITIONS).flatMap((partition, p) => {
    const classes = [...classValues(tables, partition)].sort(([a], [b]) => a - b);
    const lines = classes.flatMap(([index, values]) => {
      const shown = values.length > 40 ? [...values.slice(0, 40), `… ${number(values.length - 40)} more`] : values;
      return wrap(`      ${className(index).padStart(5)}  `, shown, ', ');
    });
    const title = cut(`  ${partitionName(tables, p)}, ${partition.classCount - 4} classes of its own`);
    return [title, ...most(lines, MOST_CLASSES, 'lines', 6)];
  });
  const end = more(tables.partitions.length - MOST_PARTITIONS, 'partitions');
  return [...heading(`classes: ${tables.partitions.length} partitions`), ...blocks, ...end];
}

/** Of a set of several: who is a member of whom, and by what rules tell their policies apart. */
function inspectPolicies(tables: DecisionTables): string[] {
  if (tables.nested.length === 0) return [];
  const policies = [{ parent: -1, algorithm: tables.algorithm, rank: 0 }, ...tables.nested];
  const lines = policies.slice(0, MOST_POLICIES).map(({ parent, algorithm, rank }, policy) => {
    const rules = tables.rules.filter((rule) => rule.policy === policy);
    const of = parent < 0 ? 'the root' : `member of ${parent}, rank ${rank}`;
    const first = rules[0] === undefined ? '' : `from ${rules[0].id}`;
    return cut(
      `  ${String(policy).padStart(5)}  ${pad(algorithm, 16)}  ${pad(of, 28)}  ${number(rules.length).padStart(7)} rules  ${first}`,
    );
  });
  return [...heading(`policies: ${policies.length}`), ...lines, ...more(policies.length - MOST_POLICIES, 'policies')];
}

function inspectRules(tables: DecisionTables): string[] {
  const bitCounts = new Map<number, number>();
  const ranks = new Map<number, Set<number>>();
  for (const bit of tables.bits) {
    bitCounts.set(bit.rule, (bitCounts.get(bit.rule) ?? 0) + 1);
    ranks.set(bit.rule, (ranks.get(bit.rule) ?? new Set()).add(bit.rank));
  }
  const lines = tables.rules.slice(0, MOST_RULES).map((rule, r) => {
    const rank = [...(ranks.get(r) ?? [])].sort((a, b) => b - a).join('/');
    const place = `${rule.place.path}:${rule.place.line}`;
    const bits = String(bitCounts.get(r) ?? 0);
    return cut(
      `  ${String(r).padStart(5)}  ${fit(rule.id, 34)}  ${pad(rule.effect, 8)}  ${bits.padStart(5)}  ${pad(rank, 10)}  ${place}`,
    );
  });
  const columns = `  ${'rule'.padStart(5)}  ${pad('id', 34)}  ${pad('effect', 8)}  ${'bits'.padStart(5)}  ${pad('rank', 10)}  place`;
  return [
    ...heading(`rules: ${tables.rules.length}`),
    columns,
    ...lines,
    ...more(tables.rules.length - MOST_RULES, 'rules'),
  ];
}

function inspectResiduals(tables: DecisionTables): string[] {
  const residuals = new Map<number, { readonly first: number; readonly words: number; readonly rules: Set<string> }>();
  for (const bit of tables.bits) {
    if (bit.code < 0) continue;
    const id = tables.rules[bit.rule]?.id ?? '?';
    const known = residuals.get(bit.code) ?? { first: bit.code, words: bit.codeWords, rules: new Set<string>() };
    known.rules.add(id);
    residuals.set(bit.code, known);
  }
  if (residuals.size === 0) return [];
  const blocks = [...residuals.values()]
    .slice(0, MOST_RESIDUALS)
    .flatMap(({ first, words, rules }, i) => [
      ...(i === 0 ? [] : ['']),
      ...wrap('  for ', [...rules], ', '),
      ...disassemble(tables, first, words).map(cut),
    ]);
  const end = more(residuals.size - MOST_RESIDUALS, 'pieces');
  return [
    ...heading(`residual code: ${residuals.size} pieces, ${number(tables.code.length)} words`),
    ...blocks,
    ...end,
  ];
}

function most(lines: readonly string[], limit: number, what: string, indent: number): string[] {
  return [...lines.slice(0, limit), ...more(lines.length - limit, what, indent)];
}

function more(count: number, what: string, indent = 2): string[] {
  return count > 0 ? [`${' '.repeat(indent)}… ${number(count)} more ${what}`] : [];
}

function fields(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.flatMap(([name, value]) => wrap(`  ${pad(name, 16)}`, value.split(' '), ' '));
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
