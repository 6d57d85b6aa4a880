// In: what a suite expects of a request, and an answer. Out: what is different, if anything is.

import type { SuiteRequest } from './suites.ts';

/** What is different, or null. */
export function differs(
  expected: SuiteRequest,
  found: { readonly decision: string; readonly reason: readonly string[]; readonly errors: readonly string[] },
): string | null {
  const sorted = (ids: readonly string[]): string => [...ids].sort().join(' ');
  if (found.decision !== expected.decision) return `${expected.name}: ${found.decision}`;
  if (expected.reason !== null && sorted(found.reason) !== sorted(expected.reason)) {
    return `${expected.name}: reason ${sorted(found.reason)}`;
  }
  if (expected.errors !== null && sorted(found.errors) !== sorted(expected.errors)) {
    return `${expected.name}: errors ${sorted(found.errors)}`;
  }
  return null;
}
