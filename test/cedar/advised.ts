// In: a generated world with `@advice`. Out: where the reference and the cores differ in a decision, in what its transforms come to
// (LANGUAGE.md 14.7, 13.4), or from what the official implementation, which knows no advice, allows and denies.

import { isDeepStrictEqual } from 'node:util';
import { targetText } from '../../compiler/check/typed.ts';
import { DiagnosticSink, formatDiagnostic } from '../../compiler/diagnostic.ts';
import { analyse, type ReferenceVerdict } from '../../compiler/index.ts';
import { decideAdvised } from '../../compiler/reference/cedar/advised.ts';
import { readEntities } from '../../compiler/reference/cedar/entities.ts';
import { resolveBy } from '../../compiler/reference/resolve.ts';
import { parseCedar } from '../../compiler/syntax/cedar/policies.ts';
import type { CoreInstance } from '../../host-js/core.ts';
import { load, resolve, type Verdict } from '../../host-js/full.ts';
import { artifactOf } from './core.ts';
import { type Official, officialAnswer, prepareOfficial } from './differential.ts';
import type { GeneratedWorld } from './generate.ts';

export interface AdvisedDifferences {
  readonly compared: number;
  /** Decisions, and what they come to in the end. */
  readonly answers: ReadonlyMap<string, number>;
  readonly found: readonly string[];
}

export function compareAdvised(
  { policies: text, entities, requests }: GeneratedWorld,
  cores: readonly CoreInstance[],
  official: Official | null,
): AdvisedDifferences {
  const source = { path: 'generated.cedar', text };
  const sink = new DiagnosticSink();
  const policies = parseCedar(source, sink);
  const { policy: checked, diagnostics } = analyse([source]);
  if (policies === null || checked === null) {
    throw new Error([...sink.sorted(), ...diagnostics].map(formatDiagnostic).join('\n'));
  }
  const known = readEntities(entities, null);
  const artifact = artifactOf([source]);
  const engines = cores.map((core) => load(artifact, { core, entities }));
  if (official !== null) prepareOfficial(official, text);
  const answers = new Map<string, number>();
  const found: string[] = [];
  const count = (answer: string): void => {
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  for (const request of requests) {
    const meant = resolveBy((asked, transforms) => decideAdvised(policies, checked, known, asked, transforms), request);
    count(meant.first.decision);
    if (meant.first.transforms.length > 0)
      count(`resolved ${meant.verdict.status === 'ok' ? meant.verdict.decision : meant.verdict.status}`);
    const wanted = [partsOf(meant.first), partsOf(meant.verdict), endOf(meant)];
    const { principal, ...call } = request;
    for (const engine of engines) {
      for (const [route, end] of [
        ['engine', resolve(engine, request)],
        ['session', resolve(engine.session({ principal }), call)],
      ] as const) {
        const whole = { ...end, request: route === 'session' ? { principal, ...dataOf(end.request) } : end.request };
        const got = [partsOf(end.first), partsOf(end.verdict), endOf(whole)];
        if (!isDeepStrictEqual(got, wanted)) {
          found.push(
            `${text}\n${JSON.stringify({ ...request, entities })}\n${route}: ${said(got)}\nmeant: ${said(wanted)}`,
          );
        }
      }
    }
    if (official !== null) {
      const answer = officialAnswer(official, { ...request, entities });
      const theirs = [answer.decision, [...answer.errors].sort()];
      const ours = [meant.first.decision === 'deny' ? 'deny' : 'allow', erring(meant.first).sort()];
      if (!isDeepStrictEqual(theirs, ours))
        found.push(
          `${text}\n${JSON.stringify({ ...request, entities })}\nofficial: ${said(theirs)}, ours: ${said(ours)}`,
        );
    }
  }
  for (const engine of engines) engine.dispose();
  return { compared: requests.length, answers, found };
}

/** Without `rules`: of satisfied policies that did not decide Cedar's answer says nothing. */
function partsOf(verdict: Verdict | ReferenceVerdict): readonly unknown[] {
  const { decision, base, status, determining, advice, transforms } = verdict;
  const listed = transforms.map((one) =>
    'operation' in one
      ? `${one.rule} ${one.operation.kind} ${targetText(one.operation.target)}`
      : `${one.rule} ${one.kind} ${one.path}`,
  );
  return [decision, base, status, [...determining], erring(verdict), [...advice], listed];
}

function erring({ unknown }: Verdict | ReferenceVerdict): string[] {
  return [...new Set(unknown.map(({ rule }) => rule))];
}

/** The request that may proceed, if one may. */
function endOf({
  verdict,
  request,
}: {
  readonly verdict: { readonly decision: string };
  readonly request: unknown;
}): unknown {
  return verdict.decision === 'deny' ? null : JSON.parse(JSON.stringify(request));
}

function dataOf(request: unknown): object {
  return typeof request === 'object' && request !== null ? request : {};
}

function said(parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
