// In: a tool's function and an engine. Out: a function that runs the tool only on allow or warn, with exactly the arguments that
// were decided, and otherwise answers a denial the model can read. It throws only what the tool itself throws.

import { STATUS_HOST_ERROR, STATUS_REQUEST_INVALID, STATUS_TRANSFORM_FAILED } from '../wasm-core/contract/codes.ts';
import { Engine } from './engine.ts';
import { type Decider, resolve } from './resolve.ts';
import { JoinedSession, StagedSession } from './session.ts';
import { snapshot } from './snapshot.ts';
import type { Decision, Point, Status } from './types.ts';
import { refusal, type Verdict } from './verdict.ts';

/** A call that was decided: what an approver or a log is shown. `args` is a copy of its own; the others are the guard's options: with a
 * session, which knows them already, say them there again if a log is to show them. */
export interface GuardedCall {
  readonly tool: string;
  readonly args: unknown;
  readonly principal: unknown;
  readonly context: unknown;
}

export interface GuardOptions<P extends unknown[]> {
  /** The tool's name, as the policy knows it. */
  readonly tool: string;
  /** Read anew at each call, as `context` is. Where neither changes, `engine.session({ principal, context })` in place of the engine is faster. */
  readonly principal?: unknown;
  readonly context?: unknown;
  /** `pre_tool_call` if left out. */
  readonly at?: Point;
  /**
   * The policy's `args` from the function's parameters. Without it the first parameter is `args`. It sees copies of the data parameters;
   * what it gives back is only decided, the function gets its parameters.
   */
  readonly mapArgs?: (...parameters: P) => unknown;
  /**
   * Beside `mapArgs`: the function's parameters from `args` that a transform has changed, and the parameters as they were. Without it
   * a call whose arguments a transform changes is denied: nobody knows what else to run.
   */
  readonly unmapArgs?: (args: unknown, ...parameters: P) => P;
  /**
   * How many leading parameters are the call's data: they must be plain data and are copied. Those after them (a framework's
   * options, an abort signal) are handed through. 1 if left out; with `mapArgs`, all.
   */
  readonly dataParameters?: number;
  /**
   * Sees what is decided in the end, transforms applied, before anything runs. Synchronous: what it throws makes the call a denial, no call without its log, and so
   * does a promise, for nothing would wait for it.
   */
  readonly onVerdict?: (verdict: Verdict, call: GuardedCall) => void;
}

/** Asks the approvers. The tool runs only if the answer is `true`; any other, or a throw, is a denial. */
export type OnEscalate<A> = (verdict: Verdict, call: GuardedCall) => A;

/** Why a call did not run: the status, or which decision. Stable. */
export type DenialCode = Exclude<Status, 'ok' | 'not-governed'> | 'denied' | 'approval-needed' | 'arguments-not-plain';

/** What a denial keeps from happening: the call, or its answer from being handed on. */
export type Denied = 'not-run' | 'withheld';

/** What a guarded function answers instead of running. Plain data; for this one call, and never the end of a run. */
export class Denial {
  readonly denied = true;
  readonly decision: Decision;
  readonly code: DenialCode;
  readonly tool: string;
  /** Ids of the determining rules. */
  readonly rules: readonly string[];
  readonly reason: string;
  readonly advice: readonly string[];
  readonly approvers: readonly string[];
  /** For the model. */
  readonly message: string;
  readonly #verdict: Verdict;

  constructor(
    code: DenialCode,
    tool: string,
    verdict: Verdict,
    reason: string = verdict.reason,
    what: Denied = 'not-run',
  ) {
    this.decision = verdict.decision;
    this.code = code;
    this.tool = tool;
    this.rules = verdict.determining;
    this.reason = reason;
    this.advice = verdict.advice;
    this.approvers = verdict.approvers;
    this.message = messageFor(this, what);
    this.#verdict = verdict;
  }

  /** The verdict behind it; not part of what is serialised. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /** Whether this module made `value`: a tool's own answer cannot pass for a denial. */
  static is(value: unknown): value is Denial {
    return typeof value === 'object' && value !== null && #verdict in value;
  }
}

export function isDenial(value: unknown): value is Denial {
  return Denial.is(value);
}

/**
 * Guards a tool function, synchronous or not. Data parameters are copied before they are decided, and the copies are what runs:
 * whoever changes the originals afterwards changes nothing. Parameters that cannot be copied are denied.
 *
 * @returns what the function returns, or a `Denial`; a promise of either if `onEscalate` answers with a promise
 * @throws TypeError at once, before any call, for what is no function, no engine or no options with a tool's name
 */
export function guard<P extends unknown[], R>(
  run: (...parameters: P) => R,
  engine: Decider,
  options: GuardOptions<P> & { readonly onEscalate?: undefined },
): (...parameters: P) => R | Denial;
export function guard<P extends unknown[], R>(
  run: (...parameters: P) => R,
  engine: Decider,
  options: GuardOptions<P> & { readonly onEscalate: OnEscalate<boolean> },
): (...parameters: P) => R | Denial;
export function guard<P extends unknown[], R>(
  run: (...parameters: P) => R,
  engine: Decider,
  options: GuardOptions<P> & { readonly onEscalate: OnEscalate<boolean | Promise<boolean>> },
): (...parameters: P) => R | Denial | Promise<Awaited<R> | Denial>;
export function guard(
  run: (...parameters: unknown[]) => unknown,
  engine: Decider,
  options: GuardOptions<unknown[]> & { readonly onEscalate?: OnEscalate<unknown> | undefined },
): (...parameters: unknown[]) => unknown {
  checkGuard(run, engine, options);
  const { tool, onVerdict, onEscalate } = options;
  return function guarded(this: unknown, ...parameters: unknown[]): unknown {
    let copies: unknown[];
    let call: GuardedCall;
    try {
      const data = copyData(parameters, options);
      copies = [...data, ...parameters.slice(data.length)];
      const { mapArgs, principal, context } = options;
      // What is ours keeps nothing of a request and changes nothing: it may see the very copy that runs. Asked anew at each call.
      const isOurs = Engine.isAsMade(engine) || StagedSession.isAsMade(engine) || JoinedSession.isAsMade(engine);
      const args =
        mapArgs !== undefined ? snapshot(mapArgs(...copyData(data, options))) : isOurs ? data[0] : snapshot(data[0]);
      call = { tool, args, principal, context };
    } catch {
      const verdict = refusal(STATUS_REQUEST_INVALID, '');
      return new Denial('arguments-not-plain', tool, verdict, 'the arguments are not plain data');
    }

    let verdict: Verdict;
    try {
      const request = options.at === undefined ? call : { ...call, at: options.at };
      const resolution = resolve(engine, request);
      verdict = resolution.verdict;
      if (resolution.request !== request && verdict.decision !== 'deny') {
        call = { ...call, args: resolution.request.args };
        copies = withArgs(call.args, copies, options);
      }
      // A copy of its own: what a log does to it is not what an approver sees.
      const logged: unknown = onVerdict?.(verdict, { ...call, args: snapshot(call.args) });
      if (isThenable(logged)) {
        Promise.resolve(logged).catch(() => undefined);
        const why = '`onVerdict` answers a promise, which nothing waits for: it must be synchronous';
        return new Denial('host-error', tool, refusal(STATUS_HOST_ERROR, ''), why);
      }
    } catch (error) {
      if (error instanceof NotMapped) {
        return new Denial('transform-failed', tool, refusal(STATUS_TRANSFORM_FAILED, ''), error.message);
      }
      return new Denial('host-error', tool, refusal(STATUS_HOST_ERROR, ''));
    }
    if (verdict.decision === 'allow' || verdict.decision === 'warn') return run.apply(this, copies);
    if (verdict.decision !== 'escalate' || onEscalate === undefined) return denialOf(tool, verdict);

    let answer: unknown;
    try {
      answer = onEscalate(verdict, { ...call, args: snapshot(call.args) });
      // Asked for here, where a throw is a denial.
      if (isThenable(answer)) answer = Promise.resolve(answer).catch(() => false);
    } catch {
      return denialOf(tool, verdict);
    }
    const settle = (approved: unknown): unknown =>
      approved === true ? run.apply(this, copies) : denialOf(tool, verdict);
    return answer instanceof Promise ? answer.then(settle) : settle(answer);
  };
}

/** A guard that can guard nothing is a mistake of the program, and is found where it is made. */
export function checkGuard(run: unknown, engine: unknown, options: unknown): void {
  const decide: unknown = (engine as Partial<Decider> | null | undefined)?.decide;
  const tool: unknown = (options as Partial<GuardOptions<unknown[]>> | null | undefined)?.tool;
  if (typeof run !== 'function' || typeof decide !== 'function' || typeof tool !== 'string') {
    throw new TypeError('a guard needs a function, an engine or a session, and the name of the tool');
  }
}

/** Arguments were transformed, and there is no way back from them to the parameters. */
class NotMapped extends Error {}

/** What runs once a transform has changed the arguments. They are copied again: nobody else holds what runs. */
function withArgs(args: unknown, copies: unknown[], options: GuardOptions<unknown[]>): unknown[] {
  if (options.at !== undefined && options.at !== 'pre_tool_call') {
    throw new NotMapped(`a transform at \`${options.at}\` changes something else than the arguments`);
  }
  const own = snapshot(args);
  if (options.mapArgs === undefined) return [own, ...copies.slice(1)];
  if (options.unmapArgs === undefined) {
    throw new NotMapped('a transform changes the arguments, and the guard has no `unmapArgs` to give them to the tool');
  }
  return options.unmapArgs(own, ...copies);
}

/** Copies of the leading parameters that are data. */
function copyData(parameters: readonly unknown[], options: GuardOptions<unknown[]>): unknown[] {
  const asked = options.dataParameters ?? (options.mapArgs === undefined ? 1 : parameters.length);
  // Without `mapArgs` the first parameter is what is decided, so it is always copied; a count that is none means all.
  const least = options.mapArgs === undefined ? 1 : 0;
  const count = Number.isInteger(asked) ? Math.max(asked, least) : parameters.length;
  return parameters.slice(0, count).map((parameter) => snapshot(parameter));
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === 'object' && value !== null && 'then' in value;
  } catch {
    return false; // A proxy that throws for it throws for whoever waits for it, too.
  }
}

export function denialOf(tool: string, verdict: Verdict, what: Denied = 'not-run'): Denial {
  const { status, decision } = verdict;
  const code =
    status !== 'ok' && status !== 'not-governed' ? status : decision === 'escalate' ? 'approval-needed' : 'denied';
  return new Denial(code, tool, verdict, verdict.reason, what);
}

function messageFor(denial: Pick<Denial, 'code' | 'tool' | 'reason' | 'advice' | 'approvers'>, what: Denied): string {
  const happened =
    what === 'not-run'
      ? `The call of \`${denial.tool}\` was not run`
      : `The answer of \`${denial.tool}\`, which has run, is withheld`;
  const sentences = [`${happened}: ${denial.reason}.`];
  if (denial.code === 'approval-needed') {
    const who = denial.approvers.length === 0 ? 'a person' : denial.approvers.join(' and ');
    sentences.push(`It needs the approval of ${who}.`);
  }
  for (const text of denial.advice) sentences.push(`Advice: ${text}.`);
  sentences.push('This is about this one call; other calls are decided on their own.');
  return sentences.join(' ').replace(/([.!?])\.(?= |$)/g, '$1');
}
