// The words a host speaks (LANGUAGE.md 1, 10) as types and as the contract's codes. Data only.

import {
  CAUSE_COMPUTATION,
  CAUSE_ENCODING,
  CAUSE_ENUM,
  CAUSE_LIMIT,
  CAUSE_MISSING,
  CAUSE_NULL,
  CAUSE_TYPE,
  EFFECT_ALLOW,
  EFFECT_ESCALATE,
  EFFECT_TRANSFORM,
  EFFECT_WARN,
  POINT_AGENT_SHUTDOWN,
  POINT_AGENT_STARTUP,
  POINT_INPUT,
  POINT_OUTPUT,
  POINT_POST_MODEL_CALL,
  POINT_POST_TOOL_CALL,
  POINT_PRE_MODEL_CALL,
  POINT_PRE_TOOL_CALL,
  STATUS_ARTIFACT_INVALID,
  STATUS_ARTIFACT_UNSUPPORTED,
  STATUS_CONDITION_ERROR,
  STATUS_LAYOUT_MISMATCH,
  STATUS_NOT_GOVERNED,
  STATUS_OK,
  STATUS_ONLY_ONE_CONFLICT,
  STATUS_POINT_UNKNOWN,
  STATUS_REQUEST_INVALID,
  STATUS_REQUEST_TOO_LARGE,
  STATUS_TOOL_MISSING,
  STATUS_TOOL_UNKNOWN,
  STATUS_TRANSFORM_CONFLICT,
  STATUS_TRANSFORM_FAILED,
  STATUS_TRANSFORM_UNSTABLE,
} from '../wasm-core/contract/codes.ts';

/** By severity: `deny` > `escalate` > `transform` > `warn` > `allow`. */
export type Decision = 'deny' | 'escalate' | 'transform' | 'warn' | 'allow';

/** Where in an agent's run a request is decided (LANGUAGE.md 1.5). */
export type Point =
  | 'agent_startup'
  | 'input'
  | 'pre_model_call'
  | 'post_model_call'
  | 'pre_tool_call'
  | 'post_tool_call'
  | 'output'
  | 'agent_shutdown';

/** LANGUAGE.md 10.1. With every status but `ok` and `not-governed` the decision is `deny`. */
export type Status =
  | 'ok'
  | 'not-governed'
  | 'tool-unknown'
  | 'only-one-conflict'
  | 'condition-error'
  | 'tool-missing'
  | 'point-unknown'
  | 'request-invalid'
  | 'request-too-large'
  | 'layout-mismatch'
  | 'artifact-invalid'
  | 'artifact-unsupported'
  | 'host-error'
  | 'transform-conflict'
  | 'transform-failed'
  | 'transform-unstable';

/** Why an attribute is unknown (LANGUAGE.md 6.3). */
export type Cause = 'missing' | 'null' | 'type' | 'enum' | 'encoding' | 'limit' | 'computation';

/** A call, as the host knows it. What is read of it: own data properties only (LANGUAGE.md 3.5). */
export interface Request extends Call {
  readonly principal?: unknown;
  readonly context?: unknown;
}

/** The part of a request that changes from call to call within a session. */
export interface Call {
  readonly tool?: string;
  readonly args?: unknown;
  /** `pre_tool_call` if left out. */
  readonly at?: Point;
  /** What a tool answered, at `post_tool_call`. */
  readonly result?: unknown;
  /** What goes to or comes from a person or a model, at `input`, `pre_model_call`, `post_model_call`. */
  readonly message?: unknown;
  /** What leaves the agent, at `output`. */
  readonly output?: unknown;
}

/** Who acts, in what surroundings: what a session fixes. */
export interface Subject {
  readonly principal?: unknown;
  readonly context?: unknown;
}

/** What a slot's path starts from. */
export type Root = 'tool' | 'principal' | 'args' | 'context' | 'result' | 'message' | 'output';

export const POINTS: ReadonlyMap<unknown, number> = new Map([
  ['agent_startup', POINT_AGENT_STARTUP],
  ['input', POINT_INPUT],
  ['pre_model_call', POINT_PRE_MODEL_CALL],
  ['post_model_call', POINT_POST_MODEL_CALL],
  ['pre_tool_call', POINT_PRE_TOOL_CALL],
  ['post_tool_call', POINT_POST_TOOL_CALL],
  ['output', POINT_OUTPUT],
  ['agent_shutdown', POINT_AGENT_SHUTDOWN],
] satisfies [Point, number][]);

/** The effect of a code; one that is none is the most severe. */
export function decisionOf(code: number): Decision {
  switch (code) {
    case EFFECT_ALLOW:
      return 'allow';
    case EFFECT_WARN:
      return 'warn';
    case EFFECT_TRANSFORM:
      return 'transform';
    case EFFECT_ESCALATE:
      return 'escalate';
    default:
      return 'deny';
  }
}

export function statusOf(code: number): Status {
  switch (code) {
    case STATUS_OK:
      return 'ok';
    case STATUS_NOT_GOVERNED:
      return 'not-governed';
    case STATUS_TOOL_UNKNOWN:
      return 'tool-unknown';
    case STATUS_CONDITION_ERROR:
      return 'condition-error';
    case STATUS_ONLY_ONE_CONFLICT:
      return 'only-one-conflict';
    case STATUS_TOOL_MISSING:
      return 'tool-missing';
    case STATUS_POINT_UNKNOWN:
      return 'point-unknown';
    case STATUS_REQUEST_INVALID:
      return 'request-invalid';
    case STATUS_REQUEST_TOO_LARGE:
      return 'request-too-large';
    case STATUS_LAYOUT_MISMATCH:
      return 'layout-mismatch';
    case STATUS_ARTIFACT_INVALID:
      return 'artifact-invalid';
    case STATUS_ARTIFACT_UNSUPPORTED:
      return 'artifact-unsupported';
    case STATUS_TRANSFORM_CONFLICT:
      return 'transform-conflict';
    case STATUS_TRANSFORM_FAILED:
      return 'transform-failed';
    case STATUS_TRANSFORM_UNSTABLE:
      return 'transform-unstable';
    default:
      return 'host-error';
  }
}

export function causeOf(code: number): Cause {
  switch (code) {
    case CAUSE_MISSING:
      return 'missing';
    case CAUSE_NULL:
      return 'null';
    case CAUSE_TYPE:
      return 'type';
    case CAUSE_ENUM:
      return 'enum';
    case CAUSE_ENCODING:
      return 'encoding';
    case CAUSE_LIMIT:
      return 'limit';
    case CAUSE_COMPUTATION:
      return 'computation';
    default:
      return 'type';
  }
}
