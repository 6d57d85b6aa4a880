// In: a policy and a request. Out: what is done in the end: the first decision, its transforms applied, the second decision
// (LANGUAGE.md 13.4). Never transforms twice.

import type { CheckedPolicy } from '../check/typed.ts';
import { type EvaluateOptions, evaluate, type ReferenceVerdict, withoutRules } from './evaluate.ts';
import { isObject } from './look.ts';
import { applyOperations } from './transform.ts';

export interface Resolution {
  /** Never `transform`, and without transforms. */
  readonly verdict: ReferenceVerdict;
  /** What is to be done if the verdict lets it: the request, as transforms have left it. */
  readonly request: unknown;
  readonly first: ReferenceVerdict;
}

export function resolve(policy: CheckedPolicy, request: unknown, options: EvaluateOptions = {}): Resolution {
  return resolveBy((call, transforms) => evaluate(policy, call, { ...options, transforms }), request);
}

/** `decide`: with the transform rules of the policy, or as if none of them matched. */
export function resolveBy(
  decide: (request: unknown, transforms: boolean) => ReferenceVerdict,
  request: unknown,
): Resolution {
  const first = decide(request, true);
  const stopped = (status: ReferenceVerdict['status']): Resolution => {
    return { verdict: withoutRules('deny', status), request, first };
  };
  if (first.transforms.length === 0 || !isObject(request)) return { verdict: first, request, first };
  const once = applyOperations(operationsOf(first), request);
  if (once.kind === 'refused') return stopped(once.status);
  if (!once.changed) return { verdict: decide(request, false), request, first };
  const second = decide(once.request, true);
  if (second.transforms.length === 0) return { verdict: second, request: once.request, first };
  const twice = applyOperations(operationsOf(second), once.request);
  if (twice.kind === 'refused') return stopped(twice.status);
  if (twice.changed) return stopped('transform-unstable');
  return { verdict: decide(once.request, false), request: once.request, first };
}

function operationsOf({ transforms }: ReferenceVerdict) {
  return transforms.map(({ operation }) => operation);
}
