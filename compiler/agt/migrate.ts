// In: documents of the Agent Governance Toolkit that compile. Out: the text of a Lictor policy that decides as they do, and the names
// its rules had; null where a rule cannot be written in CEL (reported). An error of theirs, which denies, is a rule of its own here.
// What the two still tell apart is for a proof run to find (calls.ts).

import type { AttributePath, Condition, Point } from '../check/typed.ts';
import { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';
import { clip } from '../syntax/clip.ts';
import type { AgtRule } from './ast.ts';
import { CelWriter } from './cel.ts';
import { FALSE, type Formula, readingOf, type Settled, settle, simplified } from './formula.ts';
import type { GuardedRule } from './parts.ts';
import { documentSet, guardedCondition } from './policy.ts';
import { re2Of } from './re2.ts';
import { recognise } from './recognise.ts';
import { sayable } from './sayable.ts';
import { EVERY_POINT } from './words.ts';

export interface Migrated {
  readonly text: string;
  /** By the id in the Lictor policy: the name in the document; null: there it is no rule, but an error or the default. */
  readonly nameOf: ReadonlyMap<string, string | null>;
  /** What the document reads in ways that CEL has not. */
  readonly searched: readonly AttributePath[];
  readonly converted: readonly AttributePath[];
  readonly wordwise: readonly AttributePath[];
  /** What the document asks, and where it speaks. */
  readonly conditions: readonly Condition[];
  readonly governs: readonly Point[];
}

export function migrate(sources: readonly Source[], sink: DiagnosticSink): Migrated | null {
  // The documents have been compiled, and their findings shown.
  const documents = sources.map(recognise).filter((document) => document !== undefined);
  const set = documentSet(documents, new DiagnosticSink());
  if (set === null) return null;
  const searched: AttributePath[] = [];
  const converted: AttributePath[] = [];
  const wordwise: AttributePath[] = [];
  const conditions: Condition[] = [];
  const settledRule = (guarded: GuardedRule): Settled => {
    const condition = guardedCondition(guarded, new DiagnosticSink());
    if (condition !== undefined) conditions.push(condition);
    const whole =
      condition &&
      settle(condition, (literal, path) => {
        const reading = readingOf(literal);
        if (reading?.path.form === 'text') searched.push(path);
        if (reading?.path.form === 'number') converted.push(path);
        if (literal.kind === 'matches' && re2Of(literal.pattern)?.isAsciiOnly === true) wordwise.push(path);
        return sayable(literal, path, (why) => refuse(guarded.rule, why, sink));
      });
    if (whole === undefined) return { holds: FALSE, doubt: FALSE };
    return { holds: simplified(whole.holds), doubt: simplified(whole.doubt) };
  };
  const rules = set.rules.map((guarded) => ({ rule: guarded.rule, settled: settledRule(guarded) }));
  if (sink.hasErrors) return null;
  const writer = new CelWriter();
  const formulas = rules.flatMap(({ settled: { holds, doubt } }) => [doubt, holds]);
  for (const formula of formulas) writer.show(formula);
  for (const formula of formulas) writer.count(formula);
  const ids = new Ids();
  const failures = new Set<string>();
  const written = rules.flatMap(({ rule, settled }) => ruleLines(rule, settled, { writer, ids, failures }));
  const spoken = new Set<Point>([
    'pre_tool_call',
    ...set.rules.flatMap(({ rule }) => (rule.enabled ? rule.points : [])),
  ]);
  const silent = set.governs.filter((point) => !spoken.has(point));
  if (silent.length > 0) {
    written.push(`  - id: ${ids.of('default-elsewhere', null)}`, `    at: [${silent.join(', ')}]`);
    written.push('    when: true', `    effect: ${set.fallback}`);
  }
  const lets = writer.lets().map(({ name, text }) => `  ${name}: ${quoted(text)}`);
  const attributes = writer.attributes().map((path) => `  ${yamlKey(path)}: any`);
  const lines = [
    '# Written by `lictor migrate` from a document of the Agent Governance Toolkit.',
    'lictor: 1',
    `name: ${set.name}`,
    `version: ${JSON.stringify(set.version)}`,
    'combine: first-match',
    `default: ${set.fallback}`,
    ...(attributes.length === 0 ? [] : ['attributes:', ...attributes]),
    ...(lets.length === 0 ? [] : ['lets:', ...lets]),
    ...(written.length === 0 ? [] : ['rules:', ...written]),
  ];
  return {
    text: `${lines.join('\n')}\n`,
    nameOf: ids.nameOf,
    searched,
    converted,
    wordwise,
    conditions,
    governs: set.governs,
  };
}

interface Writing {
  readonly writer: CelWriter;
  readonly ids: Ids;
  /** Errors that are rules already: a second rule for the same would never decide. */
  readonly failures: Set<string>;
}

function ruleLines(rule: AgtRule, { holds, doubt }: Settled, { writer, ids, failures }: Writing): string[] {
  const isEvery = rule.points.length === EVERY_POINT.length;
  const at =
    rule.points.length === 1 && rule.points[0] === 'pre_tool_call'
      ? []
      : [`    at: [${(isEvery ? EVERY_POINT : rule.points).join(', ')}]`];
  const when = (formula: Formula): string =>
    `    when: ${formula.kind === 'constant' ? formula.value : quoted(writer.write(formula))}`;
  const failure = [...at, when(doubt)];
  const isRule = rule.enabled && !isConstant(doubt, false) && !failures.has(failure.join('\n'));
  if (isRule) failures.add(failure.join('\n'));
  const failing = isRule
    ? [
        `  - id: ${ids.of(`${rule.name}.fails`, null)}`,
        ...failure,
        '    effect: deny',
        '    reason: the rules on this attribute cannot be told of such a value',
      ]
    : [];
  return [
    ...failing,
    `  - id: ${ids.of(rule.name, rule.name)}`,
    ...at,
    when(holds),
    `    effect: ${rule.effect}`,
    ...(rule.effect === 'escalate' && rule.approvers.length > 0
      ? [`    approvers: ${JSON.stringify(rule.approvers)}`]
      : []),
    ...(rule.message === null ? [] : [`    reason: ${JSON.stringify(rule.message)}`]),
    ...(rule.limit === null ? [] : [`    # declared limit, not enforced: ${rule.limit}`]),
    ...(rule.enabled ? [] : ['    enabled: false']),
  ];
}

function isConstant(formula: Formula, value: boolean): boolean {
  return formula.kind === 'constant' && formula.value === value;
}

/** Ids are words and unique; names are neither. */
class Ids {
  readonly nameOf = new Map<string, string | null>();

  of(wanted: string, name: string | null): string {
    const word = wanted.trim().replace(/[^A-Za-z0-9_.-]+/g, '-') || 'rule';
    let id = word;
    for (let i = 2; this.nameOf.has(id); i += 1) id = `${word}-${i}`;
    this.nameOf.set(id, name);
    return id;
  }
}

function refuse(rule: AgtRule, why: string, sink: DiagnosticSink): void {
  const help = 'the document compiles as it is; write this rule by hand, or keep the document';
  const said = `the rule \`${clip(rule.name)}\` cannot be written as a Lictor condition: ${why}`;
  sink.error('P1208', rule.condition.span, said, help);
}

/** As YAML reads it back: in single quotes where that is enough. */
function quoted(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}

function yamlKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(key) ? key : `'${key.replaceAll("'", "''")}'`;
}
