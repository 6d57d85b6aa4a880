// In: a pattern as it stands in a policy. Out: whether it parses; if not, what is wrong, at its place within the text where the text
// stands as it is, without escapes, else at the whole. Every front-end with patterns reports them through this.

import { parsePattern } from '../regex/parse.ts';
import type { Dialect, PatternProblem } from '../regex/tree.ts';
import type { Span } from '../source.ts';

const CODES: Readonly<Record<PatternProblem['kind'], string>> = {
  syntax: 'P0801',
  refused: 'P0802',
  'too-large': 'P0803',
};

export interface PatternReport {
  error(code: string, span: Span, message: string, help?: string): void;
}

export function isPattern(pattern: string, dialect: Dialect, span: Span, report: PatternReport): boolean {
  const parsed = parsePattern(pattern, dialect);
  if (parsed.ok) return true;
  const { kind, start, end, message, help } = parsed.problem;
  const at = span.source.text.slice(span.start, span.end).indexOf(pattern);
  const exact = at >= 0 && pattern !== '';
  const place = exact
    ? { ...span, start: span.start + at + start, end: span.start + at + Math.max(end, start + 1) }
    : span;
  report.error(
    CODES[kind],
    place,
    exact ? message : `in the pattern \`${pattern}\`, at character ${start + 1}: ${message}`,
    help,
  );
  return false;
}
