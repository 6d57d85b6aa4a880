// In: the `@advice` annotation of a permit, in the form of the Agent Control Specification. Out: what the permit does instead of
// allowing. Never lets a malformed one pass: it would have been a warning or an approval that someone counts on.

import { DiagnosticSink } from '../../diagnostic.ts';
import type { JsonValue } from '../../syntax/ast.ts';
import type { CedarPolicy } from '../../syntax/cedar/ast.ts';
import { exactJson, parseJson, plainJson } from '../json.ts';
import { unquote } from '../paths.ts';
import type { Operation, Target } from '../typed.ts';
import { hasLoneSurrogate } from '../types.ts';

export interface Advice {
  readonly effect: 'warn' | 'escalate' | 'transform';
  readonly reason: string | null;
  readonly message: string | null;
  /** One, of `transform`; otherwise none. */
  readonly operations: readonly Operation[];
}

/** What `$policy_target` is: the arguments of the call, where AgentCore puts them (LANGUAGE.md 14.7). */
const POLICY_TARGET: Target = { root: 'context', segments: ['input'] };
const MAX_SEGMENTS = 32;
/** Of the context's values (LANGUAGE.md 14.4). */
const MAX_DEPTH = 32;

/** Null: no advice, or a mistake that was reported. */
export function adviceOf(policy: CedarPolicy, sink: DiagnosticSink): Advice | null {
  const text = policy.annotations.get('advice');
  if (text === undefined) return null;
  const wrong = (message: string, help?: string): null => {
    sink.error('P1118', policy.span, `\`@advice\` ${message}`, help);
    return null;
  };
  if (policy.effect === 'forbid') return wrong('stands on a forbid', 'advice belongs to permits: a forbid denies');
  const node = parseJson({ path: 'advice', text }, new DiagnosticSink());
  if (node?.kind !== 'object') return wrong('is no JSON object');
  const advice = new Map(Object.entries(plainJson(node) as { [key: string]: unknown }));
  const other = [...advice.keys()].find((key) => !['verdict', 'reason', 'message', 'transform'].includes(key));
  if (other !== undefined) return wrong(`has no \`${other}\``);
  const verdict = advice.get('verdict');
  if (verdict !== 'warn' && verdict !== 'escalate' && verdict !== 'transform') {
    return wrong('needs `verdict`: `warn`, `escalate` or `transform`');
  }
  const texts = [advice.get('reason') ?? null, advice.get('message') ?? null];
  const [reason = null, message = null] = texts.map((value) => (typeof value === 'string' ? value : null));
  if (texts.some((value) => value !== null && typeof value !== 'string')) return wrong('has a text that is none');
  if (reason?.startsWith('runtime_error:')) return wrong('has a reason that begins with the reserved `runtime_error:`');
  const written = node.members.get('transform');
  if (verdict !== 'transform') {
    if (written !== undefined) return wrong(`with verdict \`${verdict}\` has no \`transform\``);
    return { effect: verdict, reason, message, operations: [] };
  }
  const body = written === undefined ? null : exactJson(written.value);
  const operation = operationOf(body, policy.span);
  if (typeof operation === 'string') return wrong(operation, HELP);
  return { effect: verdict, reason, message, operations: [operation] };
}

const HELP =
  'write `"transform": {"path": "$policy_target.amount", "value": 100}`: `$policy_target` is `context.input`';

/** What `{path, value}` asks for, or what is wrong with it. */
function operationOf(body: unknown, span: CedarPolicy['span']): Operation | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return 'with verdict `transform` needs `transform`, an object';
  }
  const members = new Map<string, unknown>(Object.entries(body));
  const other = [...members.keys()].find((key) => key !== 'path' && key !== 'value');
  if (other !== undefined) return `has no \`transform.${other}\``;
  const path = members.get('path');
  const target = typeof path === 'string' ? targetOf(path) : null;
  if (target === null) return 'needs a `transform.path` of names within `$policy_target`';
  if (!members.has('value')) return 'needs a `transform.value`';
  const value = members.get('value');
  if (!isCedarJson(value, target.segments.length)) {
    return 'has a `transform.value` that no context holds: Cedar knows no null, and integers here are in ±(2^53−1)';
  }
  return { kind: 'set', target, value: JSON.parse(JSON.stringify(value)) as JsonValue, span };
}

const ROOT = '$policy_target';
const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\[("(?:[^"\\]|\\.)*")\]/y;

/** `$policy_target.a["b-c"]`; null if the text is no such path. */
function targetOf(path: string): Target | null {
  if (!path.startsWith(ROOT)) return null;
  const segments = [...POLICY_TARGET.segments];
  for (STEP.lastIndex = ROOT.length; STEP.lastIndex < path.length; ) {
    const [found, name, quoted = ''] = STEP.exec(path) ?? [];
    const segment = found === undefined ? null : (name ?? unquote(quoted));
    if (segment === null || hasLoneSurrogate(segment) || segments.length === MAX_SEGMENTS) return null;
    segments.push(segment);
  }
  return { ...POLICY_TARGET, segments };
}

/** Whether a context without a schema may hold it (LANGUAGE.md 14.3). */
function isCedarJson(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value === 'string') return !hasLoneSurrogate(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean';
  return depth < MAX_DEPTH && Object.values(value).every((inner) => isCedarJson(inner, depth + 1));
}
