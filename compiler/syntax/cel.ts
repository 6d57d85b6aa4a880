// In: the text of a condition in CEL. Out: our expression (LANGUAGE.md 4.1) with the place of every node; what the language
// does not speak is reported and becomes an `error` node. Never throws for a mistake of the author, and never recurses further
// than the depth that `tokenize` and MAX_NESTING allow.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { Expr } from './ast.ts';
import { CelParser, SyntaxFailure } from './cel-parser.ts';
import { type Tokens, tokenize } from './cel-tokens.ts';

/** Limits of LANGUAGE.md 4.1. */
export const MAX_CONDITION_BYTES = 65536;
export const MAX_CONDITION_DEPTH = 64;

/**
 * Parses a condition, or a constant.
 *
 * @param place where the code units `start` to `end` of `text` were written
 * @param anyFunction calls of functions that do not exist are read too (they are what a suite of tests asks about)
 * @returns the expression; an `error` node (already reported) where it, or a part of it, could not be read
 */
export function parseCel(
  text: string,
  place: (start: number, end: number) => Span,
  sink: DiagnosticSink,
  anyFunction = false,
): Expr {
  const whole = place(0, text.length);
  const error: Expr = { kind: 'error', span: whole };
  if (new TextEncoder().encode(text).length > MAX_CONDITION_BYTES) {
    sink.error(
      'P0202',
      whole,
      `a condition has at most ${MAX_CONDITION_BYTES} bytes`,
      'split the rule, or move a set into `lets`',
    );
    return error;
  }
  const tokens = tokenize(text, MAX_CONDITION_DEPTH);
  if (tokens.list.length === 0) {
    sink.error('P0201', whole, 'the condition is empty', 'leave the key out, or write `true`');
    return error;
  }
  if (tokens.tooDeep !== undefined) {
    sink.error(
      'P0202',
      place(tokens.tooDeep.start, tokens.tooDeep.end),
      `a condition nests at most ${MAX_CONDITION_DEPTH} deep`,
    );
    return error;
  }
  if (reportSwallowedLines(tokens, place, sink)) return error;
  try {
    return new CelParser(tokens.list, place, sink, MAX_CONDITION_DEPTH, anyFunction).whole();
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure;
    return error;
  }
}

/** YAML joins the lines of plain, quoted and `>` text: a comment that was meant for one line would silently take in the next. */
function reportSwallowedLines(
  { comments }: Tokens,
  place: (start: number, end: number) => Span,
  sink: DiagnosticSink,
): boolean {
  for (const { start, end } of comments) {
    const span = place(start, end);
    const lineEnd = span.source.text.indexOf('\n', span.start);
    if (lineEnd < 0 || lineEnd >= span.end) continue;
    sink.error(
      'P0209',
      { ...span, end: lineEnd },
      'this comment takes in the next line too: YAML joins the lines of this text into one',
      'write the condition under `when: |`, which keeps lines apart, or remove the comment',
    );
    return true;
  }
  return false;
}
