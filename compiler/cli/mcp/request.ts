// In: a client's message that the policy speaks about. Out: what is decided of it, and how it looks with other arguments. Data only.

import { canElicit } from './answers.ts';
import { type Id, isId, isObject, type Json } from './message.ts';

/** A request that the policy decides, whatever its method. */
export interface Decided {
  readonly message: Json;
  readonly method: string;
  readonly id: Id | null;
  readonly tool: string | undefined;
  readonly args: unknown;
  /** The message with other arguments. */
  readonly withArgs: (args: unknown) => Json;
  readonly isStateless: boolean;
  /** Where it is stateless: whether the client can ask a person. */
  readonly canElicit: boolean;
}

const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
/** Of a request's parameters, what is no argument of what is asked. */
const NO_ARGUMENTS: ReadonlySet<string> = new Set(['_meta', 'inputResponses', 'requestState']);

/** A call of a tool. */
export function toolCall(message: Json): Decided {
  const params = isObject(message['params']) ? message['params'] : {};
  const name = params['name'];
  return {
    message,
    method: 'tools/call',
    id: isId(message['id']) ? message['id'] : null,
    tool: typeof name === 'string' ? name : undefined,
    args: params['arguments'] ?? {},
    withArgs: (args) => ({ ...message, params: { ...params, arguments: args } }),
    isStateless: isStateless(params),
    canElicit: isObject(params['_meta']) && canElicit(params['_meta'][CAPABILITIES_KEY]),
  };
}

/** `resources/read` and `prompts/get` are decided as tools of these names; their parameters are `args`. */
export function read(message: Json, method: string): Decided {
  const params = isObject(message['params']) ? message['params'] : {};
  const entries = Object.entries(params);
  const around = entries.filter(([key]) => NO_ARGUMENTS.has(key));
  return {
    message,
    method,
    id: isId(message['id']) ? message['id'] : null,
    tool: method,
    args: Object.fromEntries(entries.filter(([key]) => !NO_ARGUMENTS.has(key))),
    withArgs: (args) => ({ ...message, params: { ...(isObject(args) ? args : {}), ...Object.fromEntries(around) } }),
    isStateless: isStateless(params),
    canElicit: isObject(params['_meta']) && canElicit(params['_meta'][CAPABILITIES_KEY]),
  };
}

/** From 2026-07-28 on every request says its version, and only such: there is no `initialize`, and a server asks nothing by itself. */
function isStateless(params: Json): boolean {
  return isObject(params['_meta']) && VERSION_KEY in params['_meta'];
}
