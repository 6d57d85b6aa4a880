// In: a request and a policy of which no exception of LANGUAGE.md 8.6 is true. Out: where hiding an attribute makes a core, or the
// reference, less severe. The property holds for each of them on its own, so it is asked of each.

import { evaluate } from '../../compiler/index.ts';
import { revive } from '../conformance/cases.ts';
import { type Fixture } from './engines.ts';
import type { Policy } from './generate.ts';
import type { Random } from './random.ts';
import { emptyObject, type Written, type WrittenObject } from './requests.ts';
import type { Progress } from './run.ts';

const SEVERITY: Readonly<Record<string, number>> = { allow: 0, warn: 1, transform: 2, escalate: 3, deny: 4 };

export function hidingFault(
  random: Random,
  policy: Policy,
  fixture: Fixture,
  written: Written,
  progress: Progress,
): { readonly request: Written; readonly what: string } | null {
  // Arguments of a listed tool can become inapplicable; elsewhere every attribute counts.
  const hideable = policy.world.attributes.filter(({ root }) => root !== 'args' || policy.world.catalogue === 'none');
  if (hideable.length === 0) return null;
  const { root, segments, text } = random.pick(hideable);
  const hidden = without(written, [root, ...segments]);
  if (hidden === null) return null;
  const decide = (request: unknown): string[] => [
    evaluate(fixture.policy, request, { maxStringBytes: fixture.maxStringBytes }).decision,
    ...fixture.engines.map(({ engine }) => engine.decide(request).decision),
  ];
  const before = decide(revive(written));
  const after = decide(revive(hidden));
  progress.hidings.set(policy.combine, (progress.hidings.get(policy.combine) ?? 0) + 1);
  const fault = before.findIndex((decision, i) => severity(after[i]) < severity(decision));
  if (fault < 0) return null;
  const who = ['the reference', ...fixture.engines.map(({ name }) => name)][fault];
  return { request: written, what: `hiding ${text} makes ${who} say ${after[fault]} instead of ${before[fault]}` };
}

function severity(decision: string | undefined): number {
  return SEVERITY[decision ?? ''] ?? -1;
}

/** A copy without the property at the end of `path`, or null if it is not there as plain data. */
export function without(written: Written, path: readonly string[]): Written | null {
  const [first, ...rest] = path;
  if (first === undefined || typeof written !== 'object' || written === null || isList(written)) return null;
  if (Object.keys(written).some((key) => key.startsWith('$')) || !Object.hasOwn(written, first)) return null;
  const copy: WrittenObject = Object.assign(emptyObject(), written);
  if (rest.length === 0) {
    delete copy[first];
    return copy;
  }
  const inner = without(copy[first] ?? null, rest);
  if (inner === null) return null;
  copy[first] = inner;
  return copy;
}

function isList(written: Written): written is readonly Written[] {
  return Array.isArray(written);
}
