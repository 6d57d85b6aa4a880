// In: a checked policy and anything at all as a request. Out: the verdict that LANGUAGE.md gives it. Plain and slow: the
// meaning, readable in one sitting, and the oracle for planner, core and host. Shares nothing with them; never throws.

import { MAX_STRING_BYTES_DEFAULT } from '../../wasm-core/contract/limits.ts';
import type { CheckedPolicy, CheckedRule, Effect, Operation, Point, Reading } from '../check/typed.ts';
import { combine } from './combining.ts';
import { MAYBE, pairOf, type Scope, YES } from './conditions.ts';
import { isObject, RequestThrew } from './look.ts';
import { type Cause, type Outcome, read, step } from './values.ts';

/** The statuses of 10.1 that a request can cause here. */
export type Status =
  | ('ok' | 'not-governed' | 'tool-unknown' | 'only-one-conflict' | 'condition-error')
  | ('tool-missing' | 'point-unknown' | 'request-invalid' | 'host-error')
  | ('transform-conflict' | 'transform-failed' | 'transform-unstable');

export interface ReferenceVerdict {
  readonly decision: Effect;
  /** The decision had no unknown rule matched (8.2). */
  readonly base: Effect;
  readonly status: Status;
  readonly rules: readonly string[];
  readonly determining: readonly string[];
  readonly unknown: readonly { readonly rule: string; readonly path: string; readonly cause: Cause }[];
  /** A rule's own reason, or null. */
  readonly reason: string | null;
  readonly advice: readonly string[];
  readonly approvers: readonly string[];
  /** What is to be changed, in order (13.3). */
  readonly transforms: readonly { readonly rule: string; readonly operation: Operation }[];
}

/** `maxStringBytes`: 3.6. `transforms` false: their rules count as not matched (13.4). */
export interface EvaluateOptions {
  readonly maxStringBytes?: number;
  readonly transforms?: boolean;
}

/** The verdict on a request (8, 10). */
export function evaluate(policy: CheckedPolicy, request: unknown, options: EvaluateOptions = {}): ReferenceVerdict {
  try {
    return decide(policy, request, options);
  } catch (error) {
    if (error instanceof RequestThrew) return withoutRules('deny', 'host-error');
    throw error; // a bug of ours
  }
}

// --- 8 and 10: from rules to a verdict ---

const POINTS: readonly Point[] = [
  ...(['agent_startup', 'input', 'pre_model_call', 'post_model_call'] as const),
  ...(['pre_tool_call', 'post_tool_call', 'output', 'agent_shutdown'] as const),
];

function decide(policy: CheckedPolicy, request: unknown, options: EvaluateOptions): ReferenceVerdict {
  const { maxStringBytes = MAX_STRING_BYTES_DEFAULT, transforms = true } = options;
  // 10.3: request, point, tool.
  if (!isObject(request)) return withoutRules('deny', 'request-invalid');
  const written = step(request, 'at');
  const at = POINTS.find((point) => point === (written === undefined ? 'pre_tool_call' : written)); // 1.3
  if (at === undefined) return withoutRules('deny', 'point-unknown');
  const tool = toolOf(request, maxStringBytes);
  if (isToolPoint(at)) {
    const needsTool = policy.tree[0].algorithm !== 'strict-first-match'; // 15.1
    if (tool === null && needsTool) return withoutRules('deny', 'tool-missing');
    if (policy.environment.catalogue?.closed === true && !policy.environment.catalogue.tools.has(tool ?? '')) {
      return withoutRules('deny', 'tool-unknown'); // 7.5
    }
  }
  const enabled = policy.rules.filter((rule) => rule.enabled);
  const speaksAt = ['pre_tool_call', ...(policy.governs ?? []), ...enabled.flatMap((rule) => rule.points)]; // 8.5, 15.1
  const isGoverned = speaksAt.includes(at);
  if (!isGoverned) return withoutRules('allow', 'not-governed'); // 8.5

  // INVARIANT (check): a reading is of one rule, so of one environment.
  const call = { request, tool, maxStringBytes, cache: new Map<Reading, Outcome>() };
  const applying = enabled.filter(
    (rule) => rule.points.includes(at) && covers(rule, at, tool) && (transforms || rule.effect !== 'transform'),
  ); // 6.1, 13.4
  const results = applying.map((rule) => resultOf(rule, { ...call, environment: rule.environment }));
  const matched = results.filter(({ match }) => match !== 'none');
  const { decision, base, status, determining, transforming } = combine(
    policy,
    matched.map(({ rule, match }) => ({ rule, isTrue: match === 'true' })),
    tool,
  );
  return {
    decision,
    base,
    status,
    rules: matched.flatMap(({ rule, match }) => (match === 'true' ? [rule.id] : [])),
    determining: determining.map((rule) => rule.id),
    unknown: results.flatMap((result) => result.unknown),
    reason: determining.find((rule) => rule.reason !== null)?.reason ?? null, // 8.7
    advice: determining.flatMap((rule) => rule.advice ?? []),
    approvers: decision === 'escalate' ? [...new Set(determining.flatMap((rule) => rule.approvers))] : [],
    transforms: transforming.flatMap(({ id, operations }) => operations.map((operation) => ({ rule: id, operation }))),
  };
}

export function withoutRules(decision: Effect, status: Status): ReferenceVerdict {
  const nothing = { rules: [], determining: [], unknown: [], reason: null, advice: [], approvers: [], transforms: [] };
  return { decision, base: decision, status, ...nothing }; // 10.2
}

function toolOf(request: unknown, maxStringBytes: number): string | null {
  const asText: Reading = { kind: 'typed', path: { root: 'args', segments: [] }, type: { kind: 'string' } };
  const tool = read(step(request, 'tool'), asText, maxStringBytes);
  return tool.kind === 'known' && typeof tool.value === 'string' ? tool.value : null;
}

/** 6.1, 12.2: the closed world a rule is written in is all it speaks of. */
function covers({ target, environment: { catalogue } }: CheckedRule, at: Point, tool: string | null): boolean {
  const isUnlisted = isToolPoint(at) && catalogue?.closed === true && !(tool !== null && catalogue.tools.has(tool));
  if (isUnlisted) return false;
  if (target.kind === 'every') return true;
  return tool !== null && (target.names.includes(tool) || target.globs.some((glob) => globCovers(glob, tool)));
}

function isToolPoint(at: Point): boolean {
  return at === 'pre_tool_call' || at === 'post_tool_call';
}

/** 7.4. Each part between `*` is taken where it comes first: linear, unlike a regular expression. */
function globCovers(glob: string, tool: string): boolean {
  const parts = glob.split('*');
  const last = parts.pop() ?? '';
  let end = 0;
  for (const [index, part] of parts.entries()) {
    const at = tool.indexOf(part, end);
    if (at < 0 || (index === 0 && at > 0)) return false;
    end = at + part.length;
  }
  return tool.endsWith(last) && tool.length - last.length >= end;
}

// --- 6: one rule ---

interface RuleResult {
  readonly rule: CheckedRule;
  readonly match: 'true' | 'unknown' | 'none';
  readonly unknown: ReferenceVerdict['unknown'];
}

function resultOf(rule: CheckedRule, call: Omit<Scope, 'reads'>): RuleResult {
  const scope: Scope = { ...call, reads: [] };
  const { holds } = pairOf(rule.condition, scope);
  const isUnknown = holds === MAYBE && rule.onUnknown === 'restrict';
  const isTrue = holds === YES || (holds === MAYBE && rule.onUnknown === 'match'); // 6.2, 6.4
  return {
    rule,
    match: isUnknown ? 'unknown' : isTrue ? 'true' : 'none',
    unknown: isUnknown ? unknownsOf(rule, scope) : [],
  };
}

/** 6.3: one entry per attribute and cause, the first 256. */
function unknownsOf({ id }: CheckedRule, { reads }: Scope): ReferenceVerdict['unknown'] {
  const entries = reads.flatMap(({ path, cause }) => (cause === null ? [] : [{ rule: id, path, cause }]));
  const isFirst = (at: number): boolean =>
    entries.findIndex(({ path, cause }) => path === entries[at]?.path && cause === entries[at]?.cause) === at;
  if (entries.length > 0) return entries.filter((_, index) => isFirst(index)).slice(0, 256);
  return reads.slice(0, 1).map(({ path }) => ({ rule: id, path, cause: 'computation' }));
}
