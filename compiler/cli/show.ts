// In: verdicts, diagnostics, tables, numbers as data. Out: lines for a terminal, coloured if asked. Never prints.

import Table from 'cli-table3';
import type { Decision, Engine, Resolution, RuleInfo, Transform, Verdict } from '../../host-js/index.ts';
import { unreachable } from '../diagnostic.ts';
import { type Diagnostic, formatDiagnostic } from '../index.ts';
import type { Colours } from './terminal.ts';

/** By severity, the mildest first. */
export const DECISIONS: readonly Decision[] = ['allow', 'warn', 'transform', 'escalate', 'deny'];

export function colourOf(decision: Decision, colours: Colours): (text: string) => string {
  switch (decision) {
    case 'allow':
      return colours.green;
    case 'warn':
      return colours.yellow;
    case 'transform':
      return colours.cyan;
    case 'escalate':
      return colours.magenta;
    case 'deny':
      return colours.red;
    default:
      return unreachable(decision);
  }
}

/** The decision's word in its colour. */
export function decisionText(decision: Decision, colours: Colours): string {
  return colourOf(decision, colours)(decision);
}

/** 12,345. */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** `1 call`, `12,345 calls`. */
export function counted(n: number, noun: string, nouns: string = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : nouns}`;
}

/** `58.2 %` of `whole`. */
export function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** `860 ns`, `4.2 µs`, `12 ms`. */
export function duration(ns: number): string {
  if (ns < 1000) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(ns < 1e7 ? 1 : 0)} ms`;
  return `${(ns / 1e9).toFixed(1)} s`;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Columns of the terminal, if not as many as the widest cell needs. */
  readonly width?: number;
}

/** A table without lines: a dim heading, two spaces between columns, two before the first. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], colours: Colours): string {
  const drawn = new Table({
    head: columns.map(({ title }) => colours.dim(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    colWidths: columns.map(({ width }) => width ?? null),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

const NO_LINES = {
  ...Object.fromEntries(
    ['top', 'bottom', 'left', 'mid', 'right'].flatMap((side) => [
      [side, ''],
      [`${side}-mid`, ''],
      [`${side}-left`, ''],
      [`${side}-right`, ''],
    ]),
  ),
  middle: '  ',
};

/** At most `width` columns, the last one an ellipsis if something is left out. */
export function elide(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** At most `most` lines of at most `width` columns, broken at spaces where there are any; what is left out ends in an ellipsis. */
export function wrap(text: string, width: number, most: number): readonly string[] {
  const lines: string[] = [];
  let rest = text.replaceAll(/\s+/g, ' ').trim();
  while (rest.length > width && lines.length < most - 1) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 3 ? space : width;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, elide(rest, width)];
}

/** `send_email(recipients: ["a@b.c"], subject: "Hi")` on one line; each value at most `valueWidth` columns. */
export function callText(request: unknown, valueWidth: number = Number.POSITIVE_INFINITY): string {
  const tool = member(request, 'tool');
  const at = member(request, 'at');
  const args = member(request, 'args');
  const resource = member(request, 'resource');
  if (resource !== undefined && tool === undefined) {
    const parts = [member(request, 'principal'), member(request, 'action'), resource].map(uidShown);
    return parts.join(' · ');
  }
  const context = member(request, 'context');
  // A toolkit document is asked about a context alone.
  if (tool === undefined && args === undefined && context !== undefined) {
    return `${at === undefined ? '' : `${printable(at)} `}context: ${elide(json(context), valueWidth)}`;
  }
  const name = tool === undefined ? (at === undefined ? '(no tool)' : printable(at)) : printable(tool);
  const point = at === undefined || tool === undefined ? '' : ` @${printable(at)}`;
  if (typeof args !== 'object' || args === null) return `${name}(${args === undefined ? '' : json(args)})${point}`;
  const shown = Object.entries(args).map(([key, value]) => `${safe(key)}: ${elide(json(value), valueWidth)}`);
  return `${name}(${shown.join(', ')})${point}`;
}

/** An entity of Cedar as a request names it. */
function uidShown(uid: unknown): string {
  const inner = member(uid, '__entity') ?? uid;
  const type = member(inner, 'type');
  const id = member(inner, 'id');
  return typeof type === 'string' && typeof id === 'string' ? safe(`${type}::${JSON.stringify(id)}`) : printable(uid);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function printable(value: unknown): string {
  return typeof value === 'string' ? safe(value) : json(value);
}

function json(value: unknown): string {
  const exact = (_: string, part: unknown): unknown => (typeof part === 'bigint' ? `${part}` : part);
  return safe(JSON.stringify(value, exact) ?? String(value));
}

/** What comes from a trace must not steer the terminal. */
export function safe(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** A diagnostic as `formatDiagnostic` writes it, coloured. */
function diagnosticText(diagnostic: Diagnostic, colours: Colours): string {
  const paint = diagnostic.severity === 'error' ? colours.red : colours.yellow;
  const [first = '', source = '', caret = '', ...help] = formatDiagnostic(diagnostic).split('\n');
  const word = `${diagnostic.severity}[${diagnostic.code}]`;
  const at = first.indexOf(word);
  const place = colours.bold(first.slice(0, at));
  const heading = `${place}${colours.bold(paint(word))}${colours.bold(first.slice(at + word.length))}`;
  return [heading, colours.dim(source), paint(caret), ...help.map((line) => colours.cyan(line))].join('\n');
}

/** Warnings of one code that are shown one by one. */
const MOST_ALIKE = 10;

/** Findings as `diagnosticText` has them; of many warnings with one code the first, and how many more there are. */
export function findingTexts(diagnostics: readonly Diagnostic[], colours: Colours): string[] {
  const counts = new Map<string, number>();
  const shown = diagnostics.filter(({ severity, code }) => {
    const count = severity === 'warning' ? (counts.get(code) ?? 0) + 1 : 0;
    if (count > 0) counts.set(code, count);
    return count <= MOST_ALIKE;
  });
  const rest = [...counts].filter(([, count]) => count > MOST_ALIKE);
  return [
    ...shown.map((diagnostic) => diagnosticText(diagnostic, colours)),
    ...rest.map(([code, count]) => {
      const more = colours.yellow(`… and ${count - MOST_ALIKE} more ${code} (warning)`);
      return `${more}\n${colours.cyan('  help: `lictor check --json` has all of them')}`;
    }),
  ];
}

/** `2 errors, 1 warning`; `no findings`. */
export function findingsText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [errors > 0 ? counted(errors, 'error') : '', warnings > 0 ? counted(warnings, 'warning') : ''];
  return parts.filter((part) => part !== '').join(', ') || 'no findings';
}

/** The verdict and why. */
export function verdictText(verdict: Verdict, engine: Engine, columns: number, colours: Colours): string {
  const rules = new Map(engine.rules.map((rule) => [rule.id, rule]));
  const paint = colourOf(verdict.decision, colours);
  const lines = [`${colours.bold(paint(verdict.decision.toUpperCase()))}  ${verdict.reason}`, ''];
  const field = (name: string, values: readonly string[]): void => {
    for (const [i, value] of values.entries()) {
      const wrapped = wrap(value, columns - FIELD_WIDTH - 2, 20);
      lines.push(
        `  ${colours.dim((i === 0 ? name : '').padEnd(FIELD_WIDTH - 2))}${wrapped.join(`\n${' '.repeat(FIELD_WIDTH)}`)}`,
      );
    }
  };
  if (verdict.status !== 'ok') field('status', [verdict.status]);
  field('decided by', verdict.determining.length > 0 ? verdict.determining : [noRuleText(verdict)]);
  if (verdict.base !== verdict.decision) {
    field('in doubt', [`without the unknown rules below it would be \`${verdict.base}\``]);
  }
  field('approvers', verdict.approvers.length > 0 ? [verdict.approvers.join(', ')] : []);
  field('advice', verdict.advice);
  field('transforms', verdict.transforms.map(transformText));
  field(
    'matched',
    verdict.rules.map((id) => ruleText(id, rules.get(id))),
  );
  field(
    'unknown',
    engine.isCedar
      ? Array.from(
          new Set(verdict.unknown.map(({ rule }) => rule)),
          (rule) => `${ruleText(rule, rules.get(rule))}: ${CEDAR_ERROR}`,
        )
      : verdict.unknown.map(
          ({ rule, path, cause }) => `${ruleText(rule, rules.get(rule))}: \`${path}\` ${CAUSES[cause]}`,
        ),
  );
  return lines.join('\n');
}

const FIELD_WIDTH = 14;

/** `clamp args.amount: at most 1000 (rule cap)`. */
function transformText(transform: Transform): string {
  return `${transform.kind} ${transform.path}${detailText(transform)} (${transform.rule})`;
}

function detailText(transform: Transform): string {
  switch (transform.kind) {
    case 'set':
      return ` to ${json(transform.value)}`;
    case 'remove':
      return '';
    case 'clamp': {
      const bounds = [
        transform.min === null ? '' : `at least ${transform.min}`,
        transform.max === null ? '' : `at most ${transform.max}`,
      ];
      return `: ${bounds.filter((bound) => bound !== '').join(', ')}`;
    }
    case 'redact':
      return `: /${safe(transform.pattern)}/ becomes ${json(transform.with)}`;
    default:
      return unreachable(transform);
  }
}

/** What comes of a verdict with transforms: the call as they leave it, and the decision on that. */
export function resolutionText(
  { verdict, request, first }: Resolution,
  engine: Engine,
  columns: number,
  colours: Colours,
): string {
  const changed = verdict.decision === 'deny' ? 'Nothing runs.' : elide(payloadText(request), columns);
  const heading = colours.bold(
    first.decision === verdict.decision ? 'Decided once more' : 'Transformed, and decided once more',
  );
  return `${heading}\n${colours.dim(changed)}\n${verdictText(verdict, engine, columns, colours)}`;
}

/** The call, and what else of the request a transform may have changed. */
function payloadText(request: unknown): string {
  const payloads = ['result', 'message', 'output'].filter((name) => member(request, name) !== undefined);
  return [callText(request), ...payloads.map((name) => `${name}: ${json(member(request, name))}`)].join('  ');
}

function noRuleText(verdict: Verdict): string {
  return verdict.status === 'ok' ? 'the default of the policy: no rule matched' : 'no rule: the status alone';
}

function ruleText(id: string, rule: RuleInfo | undefined): string {
  return rule === undefined ? id : `${id} (${rule.effect}, ${rule.place.path}:${rule.place.line})`;
}

/** LANGUAGE.md 14.2: which of these it is, the core does not say. */
const CEDAR_ERROR = 'its evaluation errs: an entity or attribute is missing, of another type, or an integer overflows';

/** LANGUAGE.md 6.3. */
const CAUSES: Readonly<Record<Verdict['unknown'][number]['cause'], string>> = {
  missing: 'is missing',
  null: 'is null',
  type: 'is of the wrong type',
  enum: 'is none of the values it may have',
  encoding: 'is not well-formed Unicode',
  limit: 'is over a limit',
  computation: 'holds something that the condition cannot compute with',
};
