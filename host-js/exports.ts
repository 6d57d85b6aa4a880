// What `index.ts` and `full.ts` both give: everything but `load` and `init`, which know a core. Names nothing that inlines one.

export { CoreInstance, type CoreOptions } from './core.ts';
export type { RequestForm } from './encode.ts';
export { decisionFromCode, type EncodeOptions, type Engine, type EngineOptions, type RuleInfo } from './engine.ts';
export {
  Denial,
  type DenialCode,
  type GuardedCall,
  type GuardOptions,
  guard,
  isDenial,
  type OnEscalate,
} from './guard.ts';
export { guardResult, type ResultGuardOptions } from './guard-result.ts';
export { applyTransforms, type DecideOptions, type Decider, type Resolution, resolve } from './resolve.ts';
export type { Session } from './session.ts';
export type { LoadOptions } from './shared.ts';
export type { Applied, Transform } from './transform.ts';
export type { Call, Cause, Decision, Point, Request, Status, Subject } from './types.ts';
export type { UnknownAttribute, Verdict } from './verdict.ts';
