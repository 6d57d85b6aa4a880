// In: denials and the requests they answer. Out: the messages that a client, a model or a person is given. Data only.

import { Denial, type Verdict } from '../../../host-js/index.ts';
import type { Id, Json } from './message.ts';
import { isObject, serialise } from './message.ts';
import { QUESTION } from './rounds.ts';

/** JSON-RPC's own code for what is no valid request. */
const INVALID_REQUEST = -32600;
/** Of the codes JSON-RPC leaves to servers: a read that the policy denies. `tools/call` is answered by a result instead. */
const DENIED = -32000;
const SHOWN_ARGUMENTS = 2000;
/** Characters that do not show, or make a text look like another. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function denialOf(tool: string, verdict: Verdict, what: 'not-run' | 'withheld'): Denial {
  const { status, decision } = verdict;
  const isOther = status !== 'ok' && status !== 'not-governed';
  const code = isOther ? status : decision === 'escalate' ? 'approval-needed' : 'denied';
  return new Denial(code, tool, verdict, undefined, what);
}

/** The result of a call that did not run, or whose result is withheld: the model reads it and goes on. */
export function deniedResult(message: string, isStateless: boolean): Json {
  const result = { content: [{ type: 'text', text: message }], isError: true };
  return isStateless ? { resultType: 'complete', ...result } : result;
}

export function answer(id: Id, result: Json): Json {
  return { jsonrpc: '2.0', id, result };
}

export function deniedError(id: Id, message: string): Json {
  return { jsonrpc: '2.0', id, error: { code: DENIED, message } };
}

export function invalid(id: Id, message: string): Json {
  return { jsonrpc: '2.0', id, error: { code: INVALID_REQUEST, message } };
}

/** The question before a call that the policy escalates, to a client that keeps a session. */
export function elicitation(id: Id, tool: string, args: unknown, verdict: Verdict): Json {
  return { jsonrpc: '2.0', id, method: 'elicitation/create', params: question(tool, args, verdict) };
}

/** The same as the result of the call: the client makes it again, with the answer and `state`. */
export function inputRequired(state: string, tool: string, args: unknown, verdict: Verdict): Json {
  const request = { method: 'elicitation/create', params: question(tool, args, verdict) };
  return { resultType: 'input_required', inputRequests: { [QUESTION]: request }, requestState: state };
}

/** What a person is asked. There is nothing to fill in: accepting is the answer. */
function question(tool: string, args: unknown, verdict: Verdict): Json {
  const shown = serialise(args).replace(UNSEEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const cut = shown.length > SHOWN_ARGUMENTS;
  const parts = [
    `A policy asks for approval before the tool ${JSON.stringify(tool)} is called: ${verdict.reason}`,
    ...(verdict.approvers.length === 0 ? [] : [`Who may approve: ${verdict.approvers.join(', ')}`]),
    `Arguments: ${cut ? shown.slice(0, SHOWN_ARGUMENTS) : shown}`,
    ...(cut ? [`(cut: ${shown.length} characters in all)`] : []),
  ];
  return { message: parts.join('\n'), requestedSchema: { type: 'object', properties: {} } };
}

/** Whether a client's capabilities say that it can show a form. */
export function canElicit(capabilities: unknown): boolean {
  const can = isObject(capabilities) ? capabilities['elicitation'] : undefined;
  // Without a mode it is forms (2025-06-18); with only `url` it is not.
  return isObject(can) && (isObject(can['form']) || !('url' in can));
}
