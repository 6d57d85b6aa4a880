// What a case expects of a verdict, as its JSON has it, and what tests need to compare it. Knows no engine, runs in every runtime.

import type { Effect } from '../../compiler/check/typed.ts';

/** What a verdict must be; a key left out is not looked at. `reason` null: no rule's own reason. */
export interface ExpectedVerdict {
  readonly decision: Effect;
  readonly base?: Effect;
  readonly status?: string;
  readonly rules?: readonly string[];
  readonly determining?: readonly string[];
  readonly unknown?: readonly { readonly rule: string; readonly path: string; readonly cause: string }[];
  readonly reason?: string | null;
  readonly advice?: readonly string[];
  readonly approvers?: readonly string[];
  readonly transforms?: readonly { readonly rule: string; readonly kind: string; readonly path: string }[];
  /** What is done in the end (13.4). */
  readonly resolved?: ExpectedResolution;
}

export interface ExpectedResolution {
  readonly decision: Effect;
  readonly status?: string;
  readonly determining?: readonly string[];
  readonly approvers?: readonly string[];
  /** Members of the request that may proceed, exactly. */
  readonly request?: Readonly<Record<string, unknown>>;
}

/** What a case expects of the first verdict, and what of its resolution. */
export function expectations({ resolved, ...verdict }: ExpectedVerdict): {
  readonly verdict: ExpectedVerdict;
  readonly resolved: ExpectedResolution | undefined;
} {
  return { verdict, resolved };
}

/** The members of a request that a case speaks of, as JSON has them. */
export function membersOf(request: unknown, expected: Readonly<Record<string, unknown>>): unknown {
  const members = Object.keys(expected).map((name): [string, unknown] => [
    name,
    Object.getOwnPropertyDescriptor(request, name)?.value,
  ]);
  return JSON.parse(JSON.stringify(Object.fromEntries(members)));
}
