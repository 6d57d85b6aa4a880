// In: what decides, and a request. Out: what is done in the end: the first decision, its transforms applied to a copy, the second
// decision (LANGUAGE.md 13.4). Never transforms twice, never throws.

import { STATUS_HOST_ERROR, STATUS_TRANSFORM_FAILED, STATUS_TRANSFORM_UNSTABLE } from '../wasm-core/contract/codes.ts';
import { isArray, isObject } from './own.ts';
import { type Applied, applyAll } from './transform.ts';
import { refusal, type Verdict } from './verdict.ts';

/** What decides: an `Engine`, a `Session`, or anything that answers like one. */
export interface Decider {
  decide(request: unknown, options?: DecideOptions): Verdict;
}

export interface DecideOptions {
  /** False: as if no transform rule matched, which is what stands once transforms have nothing left to change. */
  readonly transforms?: boolean;
  /**
   * True: the request is plain data, such as `JSON.parse` gives, and is read by plain loads. Faster, and for nothing else: of other
   * objects getters would run and inherited values would count. A request of Cedar is read as without it.
   */
  readonly trusted?: boolean;
}

/** What is to be done with a request. */
export interface Resolution<T = unknown> {
  /** Never `transform`, and without transforms of its own. */
  readonly verdict: Verdict;
  /** What may be done if the verdict lets it: the request itself, or a copy with the transforms applied. */
  readonly request: T;
  /** The first decision, whose transforms have been applied. The same as `verdict` where it asks for none. */
  readonly first: Verdict;
}

/**
 * Decides a request, applies the transforms of the verdict to a copy, and decides that once more: allow or warn may proceed,
 * escalate needs its approval, everything else is a deny. The request that may proceed is the one in the answer.
 */
export function resolve<T>(decider: Decider, request: T): Resolution<T> {
  const first = decided(decider, request);
  if (first.transforms.length === 0 && first.decision !== 'transform') return { verdict: first, request, first };
  const stop = (status: number, reason?: string): Resolution<T> => {
    const verdict = refusal(status, first.artifactHash);
    return { verdict: reason === undefined ? verdict : Object.freeze({ ...verdict, reason }), request, first };
  };
  const once = applyTransforms(first, request);
  if (once.kind === 'refused') return stop(once.status, once.reason);
  if (!once.changed) return { verdict: settled(decider, request), request, first };
  const second = decided(decider, once.call);
  if (second.transforms.length === 0 && second.decision !== 'transform') {
    return { verdict: second, request: once.call, first };
  }
  const twice = applyTransforms(second, once.call);
  if (twice.kind === 'refused') return stop(twice.status, twice.reason);
  if (twice.changed) return stop(STATUS_TRANSFORM_UNSTABLE);
  return { verdict: settled(decider, once.call), request: once.call, first };
}

/** Applies a verdict's transforms to a copy of what was decided. Nothing is decided anew: see `resolve`. Never throws: what cannot be done is refused. */
export function applyTransforms<T>(verdict: Verdict, request: T): Applied<T> {
  try {
    // The copy has the same members as the request.
    if (isObject(request) && isArray(verdict.transforms)) return applyAll(verdict.transforms, request) as Applied<T>;
  } catch {
    // A proxy threw, or what was decided is no verdict.
  }
  return { kind: 'refused', status: STATUS_TRANSFORM_FAILED, reason: 'the request is not an object that can be read' };
}

/** The decision of the policy without its transform rules. */
function settled(decider: Decider, request: unknown): Verdict {
  const verdict = decided(decider, request, { transforms: false });
  const isSettled = verdict.decision !== 'transform' && verdict.transforms.length === 0;
  return isSettled ? verdict : refusal(STATUS_HOST_ERROR, verdict.artifactHash);
}

function decided(decider: Decider, request: unknown, options?: DecideOptions): Verdict {
  try {
    const verdict: unknown = options === undefined ? decider.decide(request) : decider.decide(request, options);
    if (isVerdict(verdict)) return verdict;
  } catch {
    // What decides is not ours, or is none: it has decided nothing.
  }
  return refusal(STATUS_HOST_ERROR, '');
}

/** A `Decider` may be anything: an `async` one answers a promise, which is no verdict. May throw what a getter of it throws. */
function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== 'object' || value === null) return false;
  const { decision, status, reason, advice, approvers, transforms } = value as Partial<Verdict>;
  const isText = [decision, status, reason].every((text) => typeof text === 'string');
  return isText && Array.isArray(advice) && Array.isArray(approvers) && Array.isArray(transforms);
}
