// In: a tool's function and an engine. Out: a function that runs the tool, decides what it answers at `post_tool_call`, and hands on
// that answer, as transforms leave it, or a denial. It throws only what the tool itself throws.

import { STATUS_HOST_ERROR } from '../wasm-core/contract/codes.ts';
import { checkGuard, Denial, denialOf, type GuardedCall, isThenable } from './guard.ts';
import { type Decider, resolve } from './resolve.ts';
import { snapshot } from './snapshot.ts';
import { refusal, type Verdict } from './verdict.ts';

export interface ResultGuardOptions<P extends unknown[]> {
  /** The tool's name, as the policy knows it. */
  readonly tool: string;
  readonly principal?: unknown;
  readonly context?: unknown;
  /** The policy's `args` from the function's parameters; the first parameter if left out. */
  readonly mapArgs?: (...parameters: P) => unknown;
  /** Sees every verdict that stands, before its answer is handed on. Synchronous; what it throws makes the answer a denial. */
  readonly onVerdict?: (verdict: Verdict, call: GuardedCall & { readonly result: unknown }) => void;
}

/**
 * Guards what a tool answers: on allow or warn the answer is handed on, changed by the transforms of the policy; on anything else it
 * is withheld. The tool has run by then: whether it may run is for `guard`. An answer that changes is a copy of plain data.
 *
 * @throws TypeError at once, as `guard` does
 */
export function guardResult<P extends unknown[], R>(
  run: (...parameters: P) => R,
  engine: Decider,
  options: ResultGuardOptions<P>,
): (...parameters: P) => R | Denial | Promise<Awaited<R> | Denial>;
export function guardResult(
  run: (...parameters: unknown[]) => unknown,
  engine: Decider,
  options: ResultGuardOptions<unknown[]>,
): (...parameters: unknown[]) => unknown {
  checkGuard(run, engine, options);
  const { tool, principal, context, mapArgs, onVerdict } = options;
  return function guarded(this: unknown, ...parameters: unknown[]): unknown {
    const withheld = (result: unknown): unknown => {
      try {
        const args = mapArgs === undefined ? parameters[0] : mapArgs(...parameters);
        const call = { tool, args, principal, context, result, at: 'post_tool_call' as const };
        const { verdict, request } = resolve(engine, call);
        onVerdict?.(verdict, { ...call, args: snapshot(args), result: snapshot(request.result) });
        const passes = verdict.decision === 'allow' || verdict.decision === 'warn';
        return passes ? request.result : denialOf(tool, verdict, 'withheld');
      } catch {
        return new Denial('host-error', tool, refusal(STATUS_HOST_ERROR, ''), undefined, 'withheld');
      }
    };
    const answer = run.apply(this, parameters);
    return isThenable(answer) ? Promise.resolve(answer).then(withheld) : withheld(answer);
  };
}
