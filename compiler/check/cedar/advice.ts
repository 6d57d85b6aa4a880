// In: the `@advice` annotation of a permit, in the form of the Agent Control Specification. Out: what the permit does instead of
// allowing. Never lets a malformed one pass: it would have been a warning or an approval that someone counts on.

import { DiagnosticSink } from '../../diagnostic.ts';
import type { CedarPolicy } from '../../syntax/cedar/ast.ts';
import { parseJson, plainJson } from '../json.ts';

export interface Advice {
  readonly effect: 'warn' | 'escalate';
  readonly reason: string | null;
  readonly message: string | null;
}

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
  if (verdict === 'transform') {
    return wrong('asks for a `transform`', 'write the rule as a Lictor policy with `effect: transform`');
  }
  if (verdict !== 'warn' && verdict !== 'escalate') return wrong('needs `verdict`: `warn` or `escalate`');
  if (advice.has('transform')) return wrong(`with verdict \`${verdict}\` has no \`transform\``);
  const texts = [advice.get('reason') ?? null, advice.get('message') ?? null];
  const [reason = null, message = null] = texts.map((value) => (typeof value === 'string' ? value : null));
  if (texts.some((value) => value !== null && typeof value !== 'string')) return wrong('has a text that is none');
  if (reason?.startsWith('runtime_error:')) return wrong('has a reason that begins with the reserved `runtime_error:`');
  return { effect: verdict, reason, message };
}
