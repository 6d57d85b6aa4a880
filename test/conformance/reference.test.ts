// Runs every conformance case on the reference evaluator, and every diagnostic case on the front half of the compiler.

import { describe, expect, it } from 'vitest';
import { checkTransforms } from '../../compiler/analysis/transforms.ts';
import { check } from '../../compiler/check/check.ts';
import { type CheckedPolicy, targetText } from '../../compiler/check/typed.ts';
import { DiagnosticSink, formatDiagnostic } from '../../compiler/diagnostic.ts';
import { evaluate, type ReferenceVerdict } from '../../compiler/reference/evaluate.ts';
import { checkExamples } from '../../compiler/reference/examples.ts';
import { resolve } from '../../compiler/reference/resolve.ts';
import type { Source } from '../../compiler/source.ts';
import { parsePolicy } from '../../compiler/syntax/policy.ts';
import { bySuite, expectations, loadCases, loadDiagnosticCases, membersOf } from './cases.ts';

function analyse(sources: readonly Source[]): { policy: CheckedPolicy | null; sink: DiagnosticSink } {
  const sink = new DiagnosticSink();
  const [source] = sources;
  const ast = source === undefined ? null : parsePolicy(source, sink);
  const policy = ast === null ? null : check(ast, sources, sink);
  if (policy !== null) checkExamples(policy, sink);
  if (policy !== null) checkTransforms(policy, sink);
  return { policy: sink.hasErrors ? null : policy, sink };
}

const checked = new Map<readonly Source[], CheckedPolicy>();
function policyOf(sources: readonly Source[]): CheckedPolicy {
  const before = checked.get(sources);
  if (before !== undefined) return before;
  const { policy, sink } = analyse(sources);
  if (policy === null) throw new Error(sink.sorted().map(formatDiagnostic).join('\n'));
  checked.set(sources, policy);
  return policy;
}

/** Transforms as a host lists them. */
function shown(verdict: ReferenceVerdict): object {
  const transforms = verdict.transforms.map(({ rule, operation }) => {
    return { rule, kind: operation.kind, path: targetText(operation.target) };
  });
  return { ...verdict, transforms };
}

for (const [suite, members] of bySuite(loadCases())) {
  describe(suite, () => {
    for (const { name, clauses, sources, request, options, expect: expected } of members) {
      it(`${name} (LANGUAGE.md ${clauses.join(', ')})`, () => {
        const policy = policyOf(sources);
        const { verdict, resolved } = expectations(expected);
        expect(shown(evaluate(policy, request(), options))).toMatchObject(verdict);
        if (resolved === undefined) return;
        const { request: members, ...end } = resolved;
        const resolution = resolve(policy, request(), options);
        expect(resolution.verdict).toMatchObject({ ...end, transforms: [] });
        if (members !== undefined) expect(membersOf(resolution.request, members)).toEqual(members);
      });
    }
  });
}

for (const [suite, members] of bySuite(loadDiagnosticCases())) {
  describe(suite, () => {
    for (const { name, clauses, sources, expect: expected } of members) {
      it(`${name} (LANGUAGE.md ${clauses.join(', ')})`, () => {
        const found = analyse(sources).sink.sorted();
        const shown = found.map(formatDiagnostic).join('\n');
        expect(found.length, shown).toBe(expected.length);
        for (const [index, one] of expected.entries()) {
          const { contains, ...place } = one;
          expect(found[index], shown).toMatchObject({ path: 'case.policy.yaml', ...place });
          expect(found[index]?.message).toContain(contains);
          // Help of its own, or of its kind; never the last resort.
          expect(found[index]?.help).not.toMatch(/^$|^see the clause/);
        }
      });
    }
  });
}
