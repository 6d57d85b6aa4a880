// In: what a stage found wrong, with its place. Out: a diagnostic as data, and its text for a terminal.
// Never throws for a mistake of the author, never prints, never stops at the first.

import { helpOf } from './findings.ts';
import { lineText, positionAt, type Span } from './source.ts';

export type Severity = 'error' | 'warning';

/**
 * One finding about a policy. `code` is stable (`P` and four digits; the hundreds name the stage: 00 source and YAML,
 * 01 policy form, 02 CEL syntax, 03 names and types, 04 catalogues, 05 meaning, 06 examples, 07 limits).
 * `line` and `column` count from 1; `message` is lower case and without a final period.
 */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly sourceLine: string;
}

/** A file with more findings is not a policy with mistakes but something else; listing them all takes longer than reading it. */
const MAX_FINDINGS = 1000;

/** Where stages put what they find. Every stage goes on after a finding; all are collected, up to a limit that is a finding itself. */
export class DiagnosticSink {
  readonly #found: Diagnostic[] = [];
  #hasErrors = false;

  error(code: string, span: Span, message: string, help?: string): void {
    this.#hasErrors = true;
    if (!this.isFull) this.#put(diagnosticAt('error', code, span, message, help ?? helpOf(code)));
  }

  warning(code: string, span: Span, message: string, help?: string): void {
    if (!this.isFull) this.#put(diagnosticAt('warning', code, span, message, help ?? helpOf(code)));
  }

  /** Everything that another one found. */
  addAll(other: DiagnosticSink): void {
    if (other.#hasErrors) this.#hasErrors = true;
    for (const found of other.#found) if (!this.isFull) this.#put(found);
  }

  #put(found: Diagnostic): void {
    if (this.#found.length < MAX_FINDINGS) {
      this.#found.push(found);
      return;
    }
    this.#hasErrors = true;
    const message = `more than ${MAX_FINDINGS} findings: those from here on are not listed`;
    this.#found.push({ ...found, severity: 'error', code: 'P0013', message, help: helpOf('P0013') });
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** Further findings would not be listed. */
  get isFull(): boolean {
    return this.#found.length > MAX_FINDINGS;
  }

  /** Everything found, by path and place, then by code. */
  sorted(): Diagnostic[] {
    return [...this.#found].sort(
      (a, b) =>
        compare(a.path, b.path) ||
        a.line - b.line ||
        a.column - b.column ||
        compare(a.code, b.code) ||
        compare(a.message, b.message),
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function diagnosticAt(severity: Severity, code: string, span: Span, message: string, help: string): Diagnostic {
  const text = span.source.text;
  const start = positionAt(span.source, Math.min(span.start, text.length));
  const end = positionAt(span.source, Math.min(Math.max(span.end, span.start), text.length));
  return {
    severity,
    code,
    message,
    help,
    path: span.source.path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    sourceLine: lineText(span.source, start.line),
  };
}

/**
 * The diagnostic as a person reads it:
 *
 *     deploy.policy.yaml:4:18: error[P0301]: `contains` needs a string or a list on its left
 *       4 |     when: context.risk.contains("x")
 *         |           ^^^^^^^^^^^^
 *       help: compare numbers with `<`, `<=`, `==`, `>=` or `>`
 */
export function formatDiagnostic(d: Diagnostic): string {
  const gutter = String(d.line);
  const blank = ' '.repeat(gutter.length);
  const end = d.endLine === d.line ? d.endColumn : d.sourceLine.length + 1;
  const { shown, column, width } = excerpt(visible(d.sourceLine.replaceAll('\t', ' ')), d.column - 1, end - d.column);
  const lines = [
    `${d.path}:${d.line}:${d.column}: ${d.severity}[${d.code}]: ${visible(d.message)}`,
    `  ${gutter} | ${shown}`,
    `  ${blank} | ${' '.repeat(column)}${'^'.repeat(Math.max(1, width))}`,
    `  help: ${visible(d.help)}`,
  ];
  return lines.join('\n');
}

/** As wide as it was; what would turn or break the line that shows it (P0016) stands as an unknown character. */
function visible(text: string): string {
  return text.replace(/[\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** Of a line longer than this, a catalogue without line breaks, only what stands around the mark is shown. */
const MAX_SHOWN = 240;
const SHOWN_BEFORE = 60;

/** `column` counts from 0. */
function excerpt(line: string, column: number, width: number): { shown: string; column: number; width: number } {
  if (line.length <= MAX_SHOWN) return { shown: line, column, width };
  const from = Math.max(0, Math.min(column - SHOWN_BEFORE, line.length - MAX_SHOWN));
  const before = from > 0 ? '… ' : '';
  const after = from + MAX_SHOWN < line.length ? ' …' : '';
  const shown = `${before}${line.slice(from, from + MAX_SHOWN)}${after}`;
  return { shown, column: before.length + column - from, width: Math.min(width, from + MAX_SHOWN - column) };
}

/** Of `candidates`, the one a typing mistake away from `word`, or undefined. Optimal string alignment distance, at most a third of the length. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = alignmentDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function alignmentDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d = Math.min(d, (beforeLast[j - 2] ?? 0) + 1);
      row.push(d);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** For the `default:` of a switch over a union: a new kind breaks the build here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
