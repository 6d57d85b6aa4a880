// The parsing cases of the official suite (npm @bufbuild/cel-spec): what cel-go reads we read, what it refuses we refuse, but for
// those listed here with a reason.

import { tests } from '@bufbuild/cel-spec/testdata/parsing.js';
import { expect, it } from 'vitest';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { parseCel } from '../../compiler/syntax/cel.ts';

interface Suite {
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: { readonly expr: string }; readonly ast?: string }[];
}

function* walk(suite: Suite): Generator<{ readonly expr: string; readonly isRead: boolean }> {
  for (const { original, ast } of suite.tests ?? []) yield { expr: original.expr, isRead: ast !== undefined };
  for (const inner of suite.suites ?? []) yield* walk(inner);
}

/** Why the two may differ. */
const REASONS: readonly (readonly [pattern: RegExp, reads: 'ours' | 'theirs', reason: string])[] = [
  [/^\w+\{/, 'theirs', 'messages are refused (LANGUAGE.md 4.1)'],
  [/__result__/, 'ours', 'no variable of ours is called like this'],
  [/\.\?|\[\?|\{\?/, 'ours', 'the suite switches optional syntax off'],
  [/`/, 'ours', 'the suite switches names in backticks off'],
  [/^\[{32,}/, 'ours', 'their limit of depth is 32, ours 64 (LANGUAGE.md 4.1)'],
  [/^1 \+ 2 \+ 3/, 'ours', 'their limit of depth is 32, ours 64 (LANGUAGE.md 4.1)'],
  [/^a\.b\.c\.d/, 'ours', 'a path counts once (LANGUAGE.md 4.1)'],
  [/^a\[1\]\[2\]|^a < 1 < 2/, 'ours', 'their limit of depth is 32, ours 64 (LANGUAGE.md 4.1)'],
];

it('reads and refuses what cel-go does', () => {
  const cases = [...walk(tests)];
  expect(cases.length).toBe(194);
  const differing = cases.filter(({ expr, isRead }) => isReadByUs(expr) !== isRead);
  const unexplained = differing.filter(({ expr, isRead }) => {
    const reads = isRead ? 'theirs' : 'ours';
    return !REASONS.some(([pattern, who]) => who === reads && pattern.test(expr));
  });
  expect(unexplained).toEqual([]);
  for (const [pattern, , reason] of REASONS)
    expect(
      differing.some(({ expr }) => pattern.test(expr)),
      reason,
    ).toBe(true);
  expect(differing.length).toBeLessThanOrEqual(33);
});

function isReadByUs(expr: string): boolean {
  const sink = new DiagnosticSink();
  const source = { path: 'case.cel', text: expr };
  parseCel(expr, (start, end) => ({ source, start, end }), sink, true);
  return !sink.hasErrors;
}
