// In: the JSON files beside and below this one. Out: their cases, with the values revived that JSON cannot write (REVIVERS).
// Every engine runs these cases; nothing here knows any engine.

import { readdirSync, readFileSync } from 'node:fs';
import type { Effect } from '../../compiler/check/typed.ts';
import type { Severity } from '../../compiler/diagnostic.ts';
import type { Source } from '../../compiler/source.ts';

/** One request and the verdict LANGUAGE.md gives it. */
export interface ConformanceCase {
  readonly suite: string;
  /** A sentence about behaviour. */
  readonly name: string;
  readonly clauses: readonly string[];
  /** The policy and the catalogues beside it, as `compile` takes them; the same array for every case of one policy. */
  readonly sources: readonly Source[];
  /** Revived anew at each call: a request is never shared between engines. */
  readonly request: () => unknown;
  /** Looking at some part of the request throws, so that it cannot be put into bytes whole. */
  readonly throwing: boolean;
  readonly options: { readonly maxStringBytes?: number };
  readonly expect: ExpectedVerdict;
}

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

export function loadCases(): ConformanceCase[] {
  return suites().flatMap((suite) => {
    const sources = new Map(
      Object.entries(suite.policies ?? {}).map(([name, lines]) => [name, sourcesOf(suite, lines)]),
    );
    return (suite.cases ?? []).map((written): ConformanceCase => {
      const policy = sources.get(written.policy);
      if (policy === undefined) throw new Error(`${suite.suite}: ${written.name}: no policy ${written.policy}`);
      const request = (): unknown => revive(written.request);
      const throwing = JSON.stringify(written.request).includes('$throwingProxy');
      const { name, clauses, options = {}, expect } = written;
      return { suite: suite.suite, name, clauses, sources: policy, request, throwing, options, expect };
    });
  });
}

export function loadDiagnosticCases(): DiagnosticCase[] {
  return suites().flatMap((suite) =>
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
  readonly cases?: readonly (Omit<ConformanceCase, 'suite' | 'sources' | 'request' | 'throwing' | 'options'> & {
    readonly policy: string;
    readonly request: unknown;
    readonly options?: ConformanceCase['options'];
  })[];
  readonly diagnostics?: readonly (Omit<DiagnosticCase, 'suite' | 'sources'> & {
    readonly policy: Written;
  })[];
}

function suites(): SuiteFile[] {
  const names = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name): SuiteFile => {
      const json: unknown = JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8'));
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

/** What an object with one such key stands for. */
const REVIVERS: ReadonlyMap<string, (value: unknown) => unknown> = new Map(
  Object.entries<(value: unknown) => unknown>({
    $number: (text) => Number(text),
    $bigint: (text) => BigInt(String(text)),
    $date: (text) => new Date(String(text)),
    $bytes: (bytes) => Uint8Array.from(listOf(bytes).map(Number)),
    /** [[key, value], …] */
    $map: (entries) =>
      new Map(
        listOf(entries).map((entry) => {
          const [key, value] = listOf(entry).map(revive);
          return [key, value];
        }),
      ),
    $undefined: () => undefined,
    $function: () => () => 'called',
    /** [part, times] */
    $repeat: (pair) => {
      const [part, times] = listOf(pair);
      return String(part).repeat(Number(times));
    },
    $join: (parts) => listOf(parts).map(revive).join(''),
    /** [length, element] */
    $array: (pair) => {
      const [length, element] = listOf(pair);
      return Array.from({ length: Number(length) }, () => revive(element));
    },
    $throwingProxy: () => new Proxy({}, THROWING),
  }),
);

const THROWING: ProxyHandler<object> = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [
    trap,
    () => {
      throw new Error(`the trap ${trap} throws`);
    },
  ]),
);

/** The value that a case's JSON stands for, made anew. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    list.length = value.length;
    value.forEach((item, index) => {
      define(list, String(index), item);
    });
    return list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  const reviver = only !== undefined && entries.length === 1 ? REVIVERS.get(only[0]) : undefined;
  if (only !== undefined && reviver !== undefined) return reviver(only[1]);
  const object: object = {};
  for (const [key, item] of entries) {
    if (key === '$inherit') Object.setPrototypeOf(object, objectOf(revive(item)));
    else define(object, key, item);
  }
  return object;
}

/** A property like any other, `__proto__` included; or an accessor, one that is not enumerable, or a hole. */
function define(target: object, key: string, written: unknown): void {
  const wrapper = typeof written === 'object' && written !== null && Object.keys(written).length === 1 ? written : {};
  const inner: unknown = Object.values(wrapper)[0];
  const common = { configurable: true, enumerable: true };
  if ('$hole' in wrapper) return;
  if ('$getter' in wrapper) Object.defineProperty(target, key, { ...common, get: () => revive(inner) });
  else if ('$nonEnumerable' in wrapper)
    Object.defineProperty(target, key, { ...common, enumerable: false, value: revive(inner) });
  else Object.defineProperty(target, key, { ...common, writable: true, value: revive(written) });
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`expected a list, but found ${JSON.stringify(value)}`);
  return value;
}

function objectOf(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error(`expected an object, but found ${String(value)}`);
  return value;
}
