// The host: loads artifacts and decides requests. Everything a program needs to enforce a policy, and nothing that makes one.

export { CoreInstance } from './core.ts';
export type { RequestForm } from './encode.ts';
export { decisionFromCode, type Engine, type EngineOptions, type RuleInfo } from './engine.ts';
export {
  type Decider,
  Denial,
  type DenialCode,
  type GuardedCall,
  type GuardOptions,
  guard,
  isDenial,
  type OnEscalate,
} from './guard.ts';
export { init, load } from './load.ts';
export type { Session } from './session.ts';
export type { LoadOptions } from './shared.ts';
export type { Call, Cause, Decision, Point, Request, Status, Subject } from './types.ts';
export type { UnknownAttribute, Verdict } from './verdict.ts';
