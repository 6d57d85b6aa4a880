// Documents of the Agent Governance Toolkit in, one typed policy out (LANGUAGE.md 15). In: all sources of a compilation whose
// content is such a document. Out: the policy, its rules in the order in which they decide; null after an error.

import {
  type CheckedPolicy,
  type CheckedRule,
  type Condition,
  type Effect,
  type Environment,
  loneTree,
  type Point,
} from '../check/typed.ts';
import type { DiagnosticSink } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { AgtDocument, Strategy } from './ast.ts';
import { Builder } from './build.ts';
import { readDocument } from './document.ts';
import { expressionCondition } from './expressions.ts';
import { chainsOf, isFolderSet } from './folders.ts';
import { inOrder } from './order.ts';
import { withParents } from './parents.ts';
import { defaultOf, defaultRule, type GuardedRule, type Parts } from './parts.ts';
import type { AgtSource } from './recognise.ts';
import { checkField, structuredCondition } from './structured.ts';
import { EVERY_POINT, KNOWN_FIELDS, STAGES } from './words.ts';

export interface AgtOptions {
  /** For documents that name none; else `priority_first_match`, which is the toolkit's own. */
  readonly conflictStrategy?: Strategy;
}

const ENVIRONMENT: Environment = { catalogue: null, absent: [] };

export function agtPolicy(
  sources: readonly AgtSource[],
  sink: DiagnosticSink,
  options: AgtOptions = {},
): CheckedPolicy | null {
  const set = documentSet(sources, sink, options);
  if (set === null) return null;
  const rules = set.rules.map((guarded, index) => checkedRule(guarded, index, sink));
  if (sink.hasErrors) return null;
  return {
    name: set.name,
    version: set.version,
    default: set.fallback,
    environment: ENVIRONMENT,
    tree: loneTree('strict-first-match'),
    rules: rules.filter((rule) => rule !== undefined),
    source: set.span,
    governs: set.governs,
  };
}

/** Documents that are compiled together: their rules in deciding order, the default, and where it speaks. */
export interface DocumentSet extends Parts {
  readonly name: string;
  readonly version: string;
  readonly span: Span;
  readonly governs: readonly Point[];
}

export function documentSet(
  sources: readonly AgtSource[],
  sink: DiagnosticSink,
  options: AgtOptions = {},
): DocumentSet | null {
  const documents = sources.map((source) => readDocument(source, sink)).filter((document) => document !== null);
  if (sink.hasErrors || documents.length < sources.length) return null;
  const whole = withParents(documents, sink);
  const [first] = whole;
  if (first === undefined) return null;
  for (const { family, span } of whole) {
    if (family !== first.family)
      sink.error('P1214', span, 'documents of two formats', 'compile them to artifacts of their own');
  }
  checkSpelling(whole, sink);
  const strategy = strategyOf(whole, options, sink);
  const parts = isFolderSet(whole) ? chainsOf(whole, sink) : listOf(whole, strategy, sink);
  const governs = first.family === 'rules' ? EVERY_POINT : [...STAGES.values()];
  return { ...parts, name: wordOf(first.name), version: first.version, span: first.span, governs };
}

/** All documents side by side, as their engines load several; the first that is for the caller gives the default. */
function listOf(documents: readonly AgtDocument[], strategy: Strategy, sink: DiagnosticSink): Parts {
  const rules = documents.flatMap((document) => {
    const guard = guardOf(document);
    return document.rules.map((rule): GuardedRule => ({ rule, guard, specificity: document.specificity }));
  });
  const defaults: GuardedRule[] = [];
  let fallback: Effect = 'deny';
  for (const document of documents) {
    const effect = defaultOf(document, sink);
    const guard = guardOf(document);
    if (guard === null) {
      fallback = effect;
      break;
    }
    defaults.push({ rule: defaultRule(document, effect), guard, specificity: 0 });
  }
  while (defaults.at(-1)?.rule.effect === fallback) defaults.pop();
  return { rules: [...inOrder(rules, strategy), ...defaults], fallback };
}

/** For whom the document is; null: everybody. Their engines take the agent's id beside the context: here `principal.id`. */
function guardOf({ agents, span }: AgtDocument): Condition | null {
  if (agents === null) return null;
  const build = new Builder(['id'], span, 'principal');
  return build.text(build.texts(agents));
}

/** The rule's own condition and its guard; undefined, with an error, where it cannot be compiled. */
export function guardedCondition({ rule, guard }: GuardedRule, sink: DiagnosticSink): Condition | undefined {
  const own =
    rule.condition.kind === 'structured'
      ? structuredCondition(rule.condition, rule.effect, sink)
      : expressionCondition(rule.condition);
  if (own === undefined || guard === null) return own;
  return { kind: 'and', operands: [guard, own], span: own.span };
}

function checkedRule(guarded: GuardedRule, index: number, sink: DiagnosticSink): CheckedRule | undefined {
  const { rule } = guarded;
  const condition = guardedCondition(guarded, sink);
  if (condition === undefined) return undefined;
  return {
    id: rule.name,
    index,
    policy: 0,
    environment: ENVIRONMENT,
    scope: 'global',
    span: rule.span,
    points: rule.points,
    target: { kind: 'every' },
    condition,
    effect: rule.effect,
    approvers: rule.effect === 'escalate' ? rule.approvers : [],
    operations: [],
    reason: rule.message,
    advice: rule.limit === null ? null : `declared limit, not enforced: ${rule.limit}`,
    onUnknown: 'restrict',
    priority: rule.priority,
    final: false,
    enabled: rule.enabled,
    examples: [],
  };
}

/** The one strategy of all documents. */
function strategyOf(documents: readonly AgtDocument[], options: AgtOptions, sink: DiagnosticSink): Strategy {
  const [first, ...others] = documents.map(({ strategy }) => strategy).filter((strategy) => strategy !== null);
  for (const other of others) {
    if (other.value !== first?.value) {
      const help = 'one engine has one strategy: name the same in all documents';
      sink.error('P1214', other.span, 'documents of two conflict strategies', help);
    }
  }
  return first?.value ?? options.conflictStrategy ?? 'priority_first_match';
}

/** Of two spellings of one field the one that is known, or that comes first, is right. */
function checkSpelling(documents: readonly AgtDocument[], sink: DiagnosticSink): void {
  const known = new Map(KNOWN_FIELDS.map((field) => [plainOf(field), field]));
  for (const { condition } of documents.flatMap(({ rules }) => rules)) {
    if (condition.kind !== 'structured') continue;
    checkField(condition, known, sink);
    const plain = plainOf(condition.field.value);
    if (!known.has(plain)) known.set(plain, condition.field.value);
  }
}

function plainOf(field: string): string {
  return field.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** A policy's name is a word (LANGUAGE.md 2.2). */
function wordOf(name: string): string {
  return name.trim().replace(/[^A-Za-z0-9_.-]+/g, '-') || 'unnamed';
}
