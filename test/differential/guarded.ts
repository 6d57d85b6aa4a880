// In: a policy in every core and a request of plain data. Out: where a guarded tool runs, or hands on, something else than what the
// reference resolves the call to (LANGUAGE.md 13.4): `guard` before the call, `guardResult` after it.

import { resolveByReference } from '../../compiler/index.ts';
import { dataOf, type Fixture, type Mismatch } from './engines.ts';
import type { Written } from './requests.ts';

interface Call {
  readonly tool: string;
  readonly args: unknown;
  readonly principal?: unknown;
  readonly context?: unknown;
  readonly result?: unknown;
}

/** Null where all agree, and where the request is none that a guard makes: something in it is no plain data, or it names no tool. */
export function guardsEverywhere(fixture: Fixture, written: Written, request: unknown): Mismatch | null {
  if (!isCall(request) || JSON.stringify(written).includes('"$')) return null;
  const { tool, args, principal, context, result } = request;
  const options = { tool, principal, context };
  const before = meant(fixture, { tool, args, principal, context }, 'args');
  const after = meant(fixture, { tool, args, principal, context, result, at: 'post_tool_call' }, 'result');
  for (const { name, engine } of fixture.engines) {
    const ran = fixture.guard((given: unknown) => ({ ran: given }), engine, options)(args);
    const found = [
      told(ran, 'ran'),
      told({ result: fixture.guardResult((_given: unknown) => result, engine, options)(args) }, 'result'),
    ];
    for (const [i, expected] of [before, after].entries()) {
      if (found[i] !== expected) return { route: `${name} ${GUARDS[i]}`, field: 'end', expected, found: found[i] };
    }
  }
  return null;
}

const GUARDS = ['guard', 'guardResult'];

/** What the reference lets through, or why it does not. */
function meant({ policy, maxStringBytes }: Fixture, call: object, root: 'args' | 'result'): string {
  const { verdict, request } = resolveByReference(policy, call, { maxStringBytes });
  if (verdict.decision === 'allow' || verdict.decision === 'warn') {
    return JSON.stringify([dataOf(Object.getOwnPropertyDescriptor(request, root)?.value)]);
  }
  return JSON.stringify({ decision: verdict.decision, rules: verdict.determining });
}

function told(answer: object, key: 'ran' | 'result'): string {
  const value: unknown = Object.getOwnPropertyDescriptor(answer, key)?.value;
  const denial = key === 'ran' && value === undefined ? answer : value;
  if (
    typeof denial === 'object' &&
    denial !== null &&
    'denied' in denial &&
    'decision' in denial &&
    'rules' in denial
  ) {
    return JSON.stringify({ decision: denial.decision, rules: denial.rules });
  }
  return JSON.stringify([dataOf(value)]);
}

function isCall(request: unknown): request is Call {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return false;
  return 'tool' in request && typeof request.tool === 'string';
}
