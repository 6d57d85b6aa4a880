// In: policies and tool catalogues as text. Out: an artifact, or what is wrong with them. The pipeline on one screen.
// Never reads a file or a clock, never runs a policy: the same sources always give the same bytes.

import { type AgtOptions, agtPolicy } from './agt/policy.ts';
import { recognise } from './agt/recognise.ts';
import { checkTransforms } from './analysis/transforms.ts';
import { encode } from './artifact/encode.ts';
import { checkCedar } from './check/cedar/check.ts';
import { isCedar, linkedPolicies, readCedarSources } from './check/cedar/sources.ts';
import { check } from './check/check.ts';
import type { CheckedPolicy } from './check/typed.ts';
import { type Diagnostic, DiagnosticSink } from './diagnostic.ts';
import { lower } from './ir/lower.ts';
import { PolicyTooLargeError } from './ir/types.ts';
import { dearParts, dearText } from './plan/dearest.ts';
import { plan } from './plan/plan.ts';
import type { DecisionTables } from './plan/tables.ts';
import { checkExamples } from './reference/examples.ts';
import type { Source } from './source.ts';
import { parsePolicy } from './syntax/policy.ts';

export { decode, predictedCostOf } from './artifact/decode.ts';
export { inspect } from './artifact/inspect.ts';
export type { CheckedPolicy } from './check/typed.ts';
export { type Diagnostic, formatDiagnostic, type Severity } from './diagnostic.ts';
export { type DearCluster, type DearParts, dearParts, dearText } from './plan/dearest.ts';
export { evaluate, type ReferenceVerdict } from './reference/evaluate.ts';
export { resolve as resolveByReference } from './reference/resolve.ts';
export type { Source } from './source.ts';

/** `conflictStrategy`: of Agent Governance Toolkit documents that name none (LANGUAGE.md 15.6). */
export interface CompileOptions extends AgtOptions {
  /** What a decision may cost at most, in instructions (FORMAT.md 2.1, HEADER_PREDICTED_COST); over it: an error. */
  readonly maxCost?: number;
  /** A sample of requests, the likely ones as often as they are: what they ask for is made cheap. Decisions do not depend on it. */
  readonly traffic?: readonly unknown[];
  /** Told what begins, and of how much: compiling is synchronous and can take a while. */
  readonly onStage?: (stage: Stage, size: StageSize) => void;
}

export type Stage = 'parse' | 'check' | 'lower' | 'plan' | 'encode';

export interface StageSize {
  readonly count: number;
  readonly of: 'characters' | 'rules' | 'places in tables';
}

/** What `compile` found and made. `artifact` is null exactly when a diagnostic is an error. */
export interface Compilation {
  readonly artifact: Uint8Array | null;
  /** Everything found, errors and warnings, by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What `analyse` found: the policy with every name resolved, as the reference evaluator reads it. */
export interface Analysis {
  readonly policy: CheckedPolicy | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles one policy, with all that it imports, extends and nests, to an artifact. Synchronous and pure; the cost is linear in the policy but for its clusters.
 *
 * @param sources the policy first (`*.policy.yaml`, `*.policy.yml`), then the policies and catalogues that it and they name;
 *   or Cedar policies (`*.cedar`, `*.cedar.json`) with a schema (`*.cedarschema`, `*.cedarschema.json`) and links (`*.cedarlinks.json`),
 *   or documents of the Agent Governance Toolkit, known by their content
 * @returns the artifact, and every error and warning with its place; mistakes in the sources never throw
 */
export function compile(sources: readonly Source[], options: CompileOptions = {}): Compilation {
  const sink = new DiagnosticSink();
  const policy = analyseInto(sink, sources, options);
  const artifact = policy === null ? null : artifactOfChecked(policy, sink, options);
  return { artifact, diagnostics: sink.sorted() };
}

/**
 * The front half of `compile`: parse, check, and hold every example against the reference evaluator.
 *
 * @returns the checked policy for `evaluate`, or null when a diagnostic is an error
 */
export function analyse(sources: readonly Source[], options: CompileOptions = {}): Analysis {
  const sink = new DiagnosticSink();
  const policy = analyseInto(sink, sources, options);
  return { policy, diagnostics: sink.sorted() };
}

function analyseInto(sink: DiagnosticSink, sources: readonly Source[], options: CompileOptions): CheckedPolicy | null {
  const count = sources.reduce((sum, { text }) => sum + text.length, 0);
  options.onStage?.('parse', { count, of: 'characters' });
  if (isCedar(sources)) return analyseCedar(sink, sources);
  const [first] = sources;
  const document = first === undefined ? undefined : recognise(first);
  if (document !== undefined) {
    const documents = sources.map((source) => (source === first ? document : recognise(source)));
    documents.forEach((one, index) => {
      const source = sources[index];
      if (one === undefined && source !== undefined) refuseBeside(source, document.source, sink);
    });
    return agtPolicy(
      documents.filter((one) => one !== undefined),
      sink,
      options,
    );
  }
  const source = firstPolicy(sources, sink);
  const ast = source === null ? null : parsePolicy(source, sink);
  options.onStage?.('check', { count: ast?.rules.length ?? 0, of: 'rules' });
  const policy = ast === null ? null : check(ast, sources, sink);
  if (policy !== null) checkExamples(policy, sink);
  if (policy !== null) checkTransforms(policy, sink);
  return sink.hasErrors ? null : policy;
}

function analyseCedar(sink: DiagnosticSink, sources: readonly Source[]): CheckedPolicy | null {
  const set = readCedarSources(sources, sink);
  if (set === null) return null;
  const [first = { path: '(no sources)', text: '' }] = sources;
  const policy = checkCedar(first, linkedPolicies(set, sink), set.schema, { annotations: true }, sink);
  if (policy !== null) checkTransforms(policy, sink);
  return sink.hasErrors ? null : policy;
}

/** The back half of `compile`; null after an error. */
export function artifactOfChecked(
  policy: CheckedPolicy,
  sink: DiagnosticSink,
  { maxCost, traffic, onStage }: CompileOptions = {},
): Uint8Array | null {
  try {
    onStage?.('lower', { count: policy.rules.length, of: 'rules' });
    const set = lower(policy);
    onStage?.('plan', { count: set.rules.length, of: 'rules' });
    const tables = plan(set, traffic);
    onStage?.('encode', { count: tables.bits.length, of: 'places in tables' });
    if (maxCost === undefined || tables.predictedCost <= maxCost) return encode(tables);
    refuseDear(policy, tables, maxCost, sink);
    return null;
  } catch (error) {
    if (!(error instanceof PolicyTooLargeError)) throw error;
    const rule = policy.rules.find((candidate) => candidate.id === error.ruleId);
    sink.error('P0709', rule?.span ?? policy.source, error.message, 'split the rule, or name parts of it as rules');
    return null;
  }
}

function refuseDear(policy: CheckedPolicy, tables: DecisionTables, maxCost: number, sink: DiagnosticSink): void {
  const said = `a decision may cost ${dearText(dearParts(tables))}; the limit is ${maxCost.toLocaleString('en-US')}`;
  const help = 'name the tools of those rules, test fewer texts and lists in them, or allow more';
  sink.error('P0710', policy.source, said, help);
}

function refuseBeside(other: Source, imported: Source, sink: DiagnosticSink): void {
  const span = { source: other, start: 0, end: 0 };
  const said = `this stands beside \`${imported.path}\`, a document of the Agent Governance Toolkit, which names no other file`;
  sink.error('P1218', span, said, 'compile the documents alone; `lictor migrate` makes a Lictor policy of them');
}

function firstPolicy(sources: readonly Source[], sink: DiagnosticSink): Source | null {
  const policy = sources.find((source) => /\.policy\.ya?ml$/.test(source.path));
  if (policy === undefined) {
    const named = sources[0] ?? { path: '(no sources)', text: '' };
    const span = { source: named, start: 0, end: 0 };
    sink.error('P0010', span, 'no policy among the sources', 'name the policy file `NAME.policy.yaml`');
    return null;
  }
  return policy;
}
