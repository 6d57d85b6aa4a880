// The official CEL conformance suite (npm @bufbuild/cel-spec), without the cases that need protobuf messages. Out: each case as a term,
// the request its variables make, and what is expected of it. Never evaluates anything: engines do.

import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import { expressionTerm } from '../../compiler/check/cel/expression.ts';
import { check } from '../../compiler/check/check.ts';
import { CheckReport } from '../../compiler/check/report.ts';
import type { Term } from '../../compiler/check/terms.ts';
import type { CheckedPolicy } from '../../compiler/check/typed.ts';
import type { AttributeType } from '../../compiler/check/types.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import type { Expr } from '../../compiler/syntax/ast.ts';
import { parseCel } from '../../compiler/syntax/cel.ts';
import { parsePolicy } from '../../compiler/syntax/policy.ts';
import { withoutBlocks } from './blocks.ts';
import { type Expected, expectedOf, isRecord, type Json, rawOf, typeOfRaw } from './expected.ts';

export interface SuiteCase {
  /** `lists/index/zero_based`; numbered where the suite has two of one name. */
  readonly id: string;
  readonly section: string;
  readonly expr: string;
  readonly container: string;
  readonly bindings: ReadonlyMap<string, Json>;
  readonly unchecked: boolean;
  readonly expected: Expected;
}

/** What an engine is given. `refused`: our compiler says no, and why. */
export type Prepared =
  | { readonly kind: 'term'; readonly term: Term; readonly context: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly message: string };

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: Json }[];
}

/** What needs messages: types of the test protos, extensions, enums, values that are messages. */
const MESSAGES =
  /TestAllTypes|google\.protobuf|NestedEnum|GlobalEnum|proto\.(?:has|get)Ext|"objectValue"|"enumValue"|"messageType"|Test[A-Z]/;

export function loadSuite(): readonly SuiteCase[] {
  const found = new Map<string, number>();
  return [...walk(tests, [])].flatMap(({ path, original }) => {
    if (MESSAGES.test(JSON.stringify(original))) return [];
    const name = [...path, text(original, 'name')].join('/');
    const count = (found.get(name) ?? 0) + 1;
    found.set(name, count);
    return [
      {
        id: count === 1 ? name : `${name}#${count}`,
        section: path[0] ?? '',
        expr: text(original, 'expr'),
        container: text(original, 'container'),
        bindings: bindingsOf(member(original, 'bindings')),
        unchecked: member(original, 'disableCheck') === true,
        expected: expectedOf(original),
      },
    ];
  });
}

function* walk(suite: Suite, path: readonly string[]): Generator<{ path: readonly string[]; original: Json }> {
  for (const { original } of suite.tests ?? []) yield { path, original };
  for (const inner of suite.suites ?? []) yield* walk(inner, [...path, inner.name]);
}

function member(json: Json, key: string): Json | undefined {
  return isRecord(json) ? json[key] : undefined;
}

function text(json: Json, key: string): string {
  const value = member(json, key);
  return typeof value === 'string' ? value : '';
}

function bindingsOf(bindings: Json | undefined): ReadonlyMap<string, Json> {
  if (!isRecord(bindings)) return new Map();
  return new Map(Object.entries(bindings).map(([name, binding]) => [name, member(binding, 'value') ?? null]));
}

/** The term of a case over `context.*`, where its variables are. Constants stay where they are. */
export function prepare(one: SuiteCase): Prepared {
  const parsed = parse(one.expr);
  if (typeof parsed === 'string') return { kind: 'refused', message: parsed };
  const context: Record<string, unknown> = {};
  const types = new Map<string, AttributeType>();
  for (const [name, value] of one.bindings) {
    context[name] = rawOf(value);
    types.set(name, typeOfRaw(value));
  }
  const sink = new DiagnosticSink();
  const term = expressionTerm(
    withoutBlocks(parsed),
    (names) => freeName(names, one.container, types),
    new CheckReport(sink),
    one.unchecked,
  );
  const [error] = sink.sorted();
  return error === undefined ? { kind: 'term', term, context } : { kind: 'refused', message: error.message };
}

function parse(expr: string): Expr | string {
  const sink = new DiagnosticSink();
  const source = { path: 'case.cel', text: expr };
  const parsed = parseCel(expr, (start, end) => ({ source, start, end }), sink, true);
  const [error] = sink.sorted();
  return error === undefined ? parsed : error.message;
}

/** The variable with the longest name that the names in a row begin with, looked for in the container first, then outside. */
function freeName(
  names: readonly string[],
  container: string,
  types: ReadonlyMap<string, AttributeType>,
): ReturnType<Parameters<typeof expressionTerm>[1]> {
  const around = container === '' ? [] : container.split('.');
  for (let outer = around.length; outer >= 0; outer -= 1) {
    for (let used = names.length; used > 0; used -= 1) {
      const name = [...around.slice(0, outer), ...names.slice(0, used)].join('.');
      const type = types.get(name);
      if (type !== undefined) return { path: { root: 'context', segments: [name] }, type, used };
    }
  }
  return null;
}

const CARRIER = 'lictor: 1\nname: case\ndefault: allow\nrules:\n  - { id: case, effect: deny, when: "true" }\n';

/** A policy whose one rule denies when `term` is true, and is unknown when it is. */
export function policyOf(term: Term): CheckedPolicy {
  const sink = new DiagnosticSink();
  const source = { path: 'case.policy.yaml', text: CARRIER };
  const ast = parsePolicy(source, sink);
  const policy = ast === null ? null : check(ast, [source], sink);
  if (policy === null) throw new Error('the policy that carries a case does not compile');
  const condition = { kind: 'term' as const, term, span: term.span };
  return { ...policy, rules: policy.rules.map((rule) => ({ ...rule, condition })) };
}
