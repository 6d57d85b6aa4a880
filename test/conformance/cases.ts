// In: the JSON files beside and below this one. Out: their cases, with the values revived that JSON cannot write (revive.ts).
// Every engine runs these cases; nothing here knows any engine.

import { readdirSync, readFileSync } from 'node:fs';
import type { Severity } from '../../compiler/diagnostic.ts';
import type { Source } from '../../compiler/source.ts';
import type { ExpectedVerdict } from './expected.ts';
import { revive } from './revive.ts';

export { expectations, membersOf } from './expected.ts';
export { revive } from './revive.ts';

/** One request and the verdict LANGUAGE.md gives it. */
export interface ConformanceCase {
  readonly suite: string;
  /** A sentence about behaviour. */
  readonly name: string;
  readonly clauses: readonly string[];
  /** The policy and the catalogues beside it, as `compile` takes them; the same array for every case of one policy. */
  readonly sources: readonly Source[];
  /** The request as the file writes it. */
  readonly written: unknown;
  /** Revived anew at each call: a request is never shared between engines. */
  readonly request: () => unknown;
  /** Looking at some part of the request throws, so that it cannot be put into bytes whole. */
  readonly throwing: boolean;
  readonly options: { readonly maxStringBytes?: number };
  readonly expect: ExpectedVerdict;
}

/** A policy and what the compiler must find in it: exactly these, in this order. */
export interface DiagnosticCase {
  readonly suite: string;
  readonly name: string;
  readonly clauses: readonly string[];
  readonly sources: readonly Source[];
  readonly expect: readonly ExpectedDiagnostic[];
}

export interface ExpectedDiagnostic {
  /** Of the catalogue it is in; left out, the policy. */
  readonly path?: string;
  readonly severity: Severity;
  readonly line: number;
  readonly column?: number;
  readonly code?: string;
  /** Part of the message. */
  readonly contains: string;
}

/** `folder`: where they lie, for a bundle of this file. */
export function loadCases(folder: string = import.meta.dirname): ConformanceCase[] {
  return suites(folder).flatMap((suite) => {
    const sources = new Map(
      Object.entries(suite.policies ?? {}).map(([name, lines]) => [name, sourcesOf(suite, lines)]),
    );
    return (suite.cases ?? []).map((written): ConformanceCase => {
      const policy = sources.get(written.policy);
      if (policy === undefined) throw new Error(`${suite.suite}: ${written.name}: no policy ${written.policy}`);
      const request = (): unknown => revive(written.request);
      const throwing = JSON.stringify(written.request).includes('$throwingProxy');
      const { name, clauses, options = {}, expect } = written;
      return {
        suite: suite.suite,
        name,
        clauses,
        sources: policy,
        written: written.request,
        request,
        throwing,
        options,
        expect,
      };
    });
  });
}

export function loadDiagnosticCases(): DiagnosticCase[] {
  return suites(import.meta.dirname).flatMap((suite) =>
    (suite.diagnostics ?? []).map(({ name, clauses, policy, expect }): DiagnosticCase => {
      return { suite: suite.suite, name, clauses, sources: sourcesOf(suite, policy), expect };
    }),
  );
}

/** The same by suite, in order. */
export function bySuite<T extends { readonly suite: string }>(cases: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const suites = new Map<string, T[]>();
  for (const one of cases) suites.set(one.suite, [...(suites.get(one.suite) ?? []), one]);
  return suites;
}

/** The lines of a policy, or of several by path, the compiled one first. */
type Written = readonly unknown[] | Readonly<Record<string, readonly unknown[]>>;

/** A file as written: policies by name as lines, catalogues by path, requests not revived yet. */
interface SuiteFile {
  readonly suite: string;
  readonly policies?: Readonly<Record<string, Written>>;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly cases?: readonly (Omit<
    ConformanceCase,
    'suite' | 'sources' | 'written' | 'request' | 'throwing' | 'options'
  > & {
    readonly policy: string;
    readonly request: unknown;
    readonly options?: ConformanceCase['options'];
  })[];
  readonly diagnostics?: readonly (Omit<DiagnosticCase, 'suite' | 'sources'> & {
    readonly policy: Written;
  })[];
}

function suites(folder: string): SuiteFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name): SuiteFile => {
      const json: unknown = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
      if (!isSuite(json)) throw new Error(`${name} is no suite of conformance cases`);
      return json;
    });
}

function isSuite(json: unknown): json is SuiteFile {
  return typeof json === 'object' && json !== null && 'suite' in json && typeof json.suite === 'string';
}

function sourcesOf(suite: SuiteFile, written: Written): readonly Source[] {
  const policies = Object.entries(isLines(written) ? { 'case.policy.yaml': written } : written).map(
    ([path, lines]) => ({
      path,
      text: lines.map((line) => `${String(revive(line))}\n`).join(''),
    }),
  );
  const files = Object.entries(suite.files ?? {}).map(([path, json]) => ({
    path,
    text: JSON.stringify(json, null, 2),
  }));
  return [...policies, ...files];
}

function isLines(written: Written): written is readonly unknown[] {
  return Array.isArray(written);
}
