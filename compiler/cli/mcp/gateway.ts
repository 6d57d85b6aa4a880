// In: lines of JSON-RPC from an MCP client and from its server, and what decides. Out: the lines that go on, to either side. Works on
// messages, so both protocol eras are one to it. What it does not know it passes on; what it cannot read it does not. No I/O.

import { type Decider, resolve, type Verdict } from '../../../host-js/index.ts';
import {
  answer,
  canElicit,
  denialOf,
  deniedError,
  deniedResult,
  elicitation,
  inputRequired,
  invalid,
} from './answers.ts';
import {
  ambiguousKey,
  ambiguousParameter,
  type Id,
  isId,
  isObject,
  type Json,
  readLine,
  serialise,
} from './message.ts';
import { isNeverAllowed } from './never.ts';
import type { Pins } from './pins.ts';
import { type Decided, read, toolCall } from './request.ts';
import { Rounds } from './rounds.ts';
import { back, DROPPED, instead, passed, SAME, type Sent, type Step } from './step.ts';

export type { Sent } from './step.ts';

/** What is written for whoever looks later. No arguments and no results: they may be secret. */
export interface LogEntry {
  readonly event: 'call' | 'result' | 'approval' | 'tool-definition' | 'tool-hidden' | 'refused';
  readonly [key: string]: unknown;
}

export interface GatewayOptions {
  /** Principal and context are its own. */
  readonly decider: Decider;
  /** If it throws, the call is denied: none without its log. */
  readonly log: (entry: LogEntry) => void;
  readonly pins: Pins;
  /** Whether a tool whose definition is not as pinned is denied, and not listed. */
  readonly denyUnpinned: boolean;
  /** Begins the ids of the gateway's own requests: nobody else can guess it. */
  readonly idPrefix: string;
  readonly approvalMs: number;
  readonly nowMs: () => number;
}

/** A request of the client's that has no answer yet. */
type Pending =
  | { readonly kind: 'other' | 'list' | 'approval' }
  | { readonly kind: 'call'; readonly tool: string; readonly args: unknown; readonly isStateless: boolean };

interface Approval {
  readonly decided: Decided;
  readonly line: string;
  readonly verdict: Verdict;
  readonly args: unknown;
  readonly untilMs: number;
}

const MAX_PENDING = 65_536;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #approvals = new Map<string, Approval>();
  readonly #rounds: Rounds;
  readonly #hidden = new Map<string, boolean>();
  #canElicit = false;
  #ownRequests = 0;
  /** Until a verdict says that the policy does not speak of answers. */
  #decidesResults = true;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#rounds = new Rounds(options.idPrefix, options.approvalMs, options.nowMs);
  }

  fromClient(text: string): readonly Sent[] {
    const line = readLine(text);
    if (line.kind === 'broken') {
      this.#note({ event: 'refused', from: 'client', why: line.why });
      const id = isObject(line.value) && 'method' in line.value ? line.value['id'] : undefined;
      return isId(id) ? [toClient(invalid(id, `the line is not passed on: ${line.why}`))] : [];
    }
    return passed(line, 'server', (message) => this.#clientMessage(message, line.isBatch ? null : line.text));
  }

  fromServer(text: string): readonly Sent[] {
    const line = readLine(text);
    if (line.kind === 'broken') {
      this.#note({ event: 'refused', from: 'server', why: line.why });
      return this.#brokenAnswer(line.value, line.why);
    }
    return passed(line, 'client', (message) => this.#serverMessage(message));
  }

  /** Of a line that was thrown away unread. */
  tooLong(from: Sent['to'], limitBytes: number): void {
    this.#note({ event: 'refused', from, why: `the line is longer than ${limitBytes} bytes` });
  }

  /** Denies what nobody has approved in time. */
  expire(): readonly Sent[] {
    const late = [...this.#approvals].filter(([, { untilMs }]) => untilMs <= this.#options.nowMs());
    return late.flatMap(([ownId, approval]) => {
      this.#approvals.delete(ownId);
      return [withdrawal(ownId), ...this.#notApproved(approval, 'nobody answered in time')].map(toClient);
    });
  }

  #clientMessage(message: unknown, text: string | null): Step {
    if (!isObject(message)) return SAME;
    const { id, method } = message;
    const odd = ambiguousKey(message);
    if (odd !== null) return this.#refuse('client', id, `the key ${JSON.stringify(odd)} can be read in two ways`);
    const isRequest = 'method' in message && 'id' in message;
    if (isRequest && !isId(id)) return this.#refuse('client', id, 'the id is neither a text nor a number');
    if (!('method' in message)) return this.#clientAnswer(message);
    if (isId(id)) {
      if (this.#pending.has(keyOf(id))) return this.#refuse('client', id, 'a request with this id has no answer yet');
      if (this.#pending.size >= MAX_PENDING) return this.#refuse('client', id, 'too many requests have no answer yet');
    }
    switch (method) {
      case 'tools/call':
        return this.#round(toolCall(message), text);
      case 'resources/read':
      case 'prompts/get':
        return this.#round(read(message, method), text);
      case 'notifications/cancelled':
        return this.#cancelled(message);
      case 'initialize':
        this.#canElicit = isObject(message['params']) && canElicit(message['params']['capabilities']);
        break;
      default:
    }
    if (isId(id)) this.#pending.set(keyOf(id), { kind: method === 'tools/list' ? 'list' : 'other' });
    return SAME;
  }

  /** A call that may come with the answer to a question of ours. */
  #round(decided: Decided, text: string | null): Step {
    const round = this.#rounds.take(decided);
    if (round === null) return this.#decide(decided, text, null);
    const { message, action } = round;
    const own = decided.method === 'tools/call' ? toolCall(message) : read(message, decided.method);
    const step = this.#decide(own, null, action);
    return step.on.kind === 'same' ? { ...step, on: { kind: 'message', message } } : step;
  }

  /** `action`: what a person did who was asked about this very call; null: nobody was. */
  #decide(decided: Decided, text: string | null, action: unknown): Step {
    const { id, tool, args, method } = decided;
    const odd = ambiguousParameter(decided.message['params']);
    if (odd !== null) return this.#refuse('client', id, `the key ${JSON.stringify(odd)} can be read in two ways`);
    const name = tool ?? '';
    const problem = this.#problemOf(decided);
    if (problem !== null) {
      this.#note({ event: 'call', method, tool, id, outcome: 'denied', decision: 'deny', reason: problem });
      return this.#deny(decided, `The call of \`${name}\` was not run: ${problem}. Ask a person to look at it.`);
    }
    const call = { tool, args };
    const { verdict, request } = resolve(this.#options.decider, call);
    const isChanged = request !== call;
    // Catalogues list tools. One that does not list what else a client can ask for says nothing about it.
    const isUngoverned = method !== 'tools/call' && verdict.status === 'tool-unknown';
    const isEscalated = verdict.decision === 'escalate';
    const isApproved = isEscalated && action === 'accept';
    const passes = isUngoverned || isApproved || verdict.decision === 'allow' || verdict.decision === 'warn';
    const isAskable = decided.isStateless ? decided.canElicit && action === null : this.#canElicit;
    const asks = isEscalated && isAskable && !isApproved && id !== null;
    const outcome = passes ? 'passed' : asks ? 'asked' : 'denied';
    const isLogged = this.#note({
      event: 'call',
      method,
      tool,
      id,
      outcome,
      ...verdictNote(isUngoverned ? { ...verdict, decision: 'allow', status: 'not-governed' } : verdict),
      ...(isChanged ? { changed: true } : {}),
      ...(isApproved ? { approved: true } : {}),
    });
    if (!isLogged) return this.#deny(decided, `The call of \`${name}\` was not run: its decision cannot be logged.`);
    const message = isChanged ? decided.withArgs(request.args) : null;
    if (passes) {
      this.#expect(decided, request.args);
      return message === null ? SAME : instead(message);
    }
    if (!asks) return this.#deny(decided, denialOf(name, verdict, 'not-run').message);
    if (decided.isStateless) {
      const state = this.#rounds.ask(decided);
      return back([answer(id, inputRequired(state, name, request.args, verdict))]);
    }
    this.#ownRequests += 1;
    const ownId = `${this.#options.idPrefix}${this.#ownRequests}`;
    this.#pending.set(keyOf(id), { kind: 'approval' });
    this.#approvals.set(ownId, {
      decided,
      line: message === null && text !== null ? text : serialise(message ?? decided.message),
      verdict,
      args: request.args,
      untilMs: this.#options.nowMs() + this.#options.approvalMs,
    });
    return back([elicitation(ownId, name, request.args, verdict)]);
  }

  #problemOf({ method, tool }: Decided): string | null {
    const { denyUnpinned, pins } = this.#options;
    return denyUnpinned && method === 'tools/call' ? pins.problemOf(tool ?? '') : null;
  }

  #expect({ id, method, tool, isStateless }: Decided, args: unknown): void {
    if (id === null) return;
    this.#pending.set(
      keyOf(id),
      method === 'tools/call' ? { kind: 'call', tool: tool ?? '', args, isStateless } : { kind: 'other' },
    );
  }

  #deny({ id, method, isStateless }: Decided, message: string): Step {
    if (id === null) return DROPPED; // A notification: nobody waits.
    const isCall = method === 'tools/call';
    return back([isCall ? answer(id, deniedResult(message, isStateless)) : deniedError(id, message)]);
  }

  /** An answer of the client's: to a question of ours, or to one of the server's. */
  #clientAnswer(message: Json): Step {
    const { id, result } = message;
    const approval = typeof id === 'string' ? this.#approvals.get(id) : undefined;
    if (approval === undefined || typeof id !== 'string') return SAME;
    this.#approvals.delete(id);
    const action = isObject(result) && !('error' in message) ? result['action'] : undefined;
    if (action !== 'accept') {
      const why =
        action === 'decline' || action === 'cancel' ? `the person said ${action}` : 'the question was not answered';
      return back(this.#notApproved(approval, why));
    }
    const { decided, line, args } = approval;
    const problem = this.#problemOf(decided);
    if (problem !== null) return back(this.#notApproved(approval, problem));
    const { tool, id: callId } = decided;
    if (!this.#note({ event: 'approval', tool, id: callId, outcome: 'passed' })) {
      return back(this.#notApproved(approval, 'its approval cannot be logged'));
    }
    this.#expect(decided, args);
    return { on: { kind: 'line', line }, back: [] };
  }

  #notApproved({ decided, verdict }: Approval, why: string): readonly Json[] {
    const { id, tool } = decided;
    if (id !== null) this.#pending.delete(keyOf(id));
    this.#note({ event: 'approval', tool, id, outcome: 'denied', why });
    const denial = denialOf(tool ?? '', verdict, 'not-run');
    return this.#deny(decided, `${denial.message} Approval was asked for: ${why}.`).back;
  }

  /** One that still waits for its approval never reached the server: the question is withdrawn instead. */
  #cancelled(message: Json): Step {
    const { params } = message;
    const id = isObject(params) ? params['requestId'] : undefined;
    if (!isId(id)) return SAME;
    if (this.#pending.get(keyOf(id))?.kind !== 'approval') {
      // No answer is due any more, and one that comes all the same is of no use to anybody.
      this.#pending.delete(keyOf(id));
      return SAME;
    }
    for (const [ownId, { decided }] of this.#approvals) {
      if (decided.id === null || keyOf(decided.id) !== keyOf(id)) continue;
      this.#approvals.delete(ownId);
      this.#pending.delete(keyOf(id));
      this.#note({ event: 'approval', tool: decided.tool, id, outcome: 'cancelled' });
      return back([withdrawal(ownId)]);
    }
    return SAME;
  }

  #serverMessage(message: unknown): Step {
    if (!isObject(message)) return SAME;
    const odd = ambiguousKey(message);
    if (odd !== null)
      return this.#refuse('server', undefined, `the key ${JSON.stringify(odd)} can be read in two ways`);
    const { id, result } = message;
    if (!('result' in message || 'error' in message) || id === null || id === undefined) return SAME;
    const pending = isId(id) ? this.#pending.get(keyOf(id)) : undefined;
    if (!isId(id) || pending === undefined || pending.kind === 'approval') {
      return this.#refuse('server', undefined, 'an answer to what nobody asked');
    }
    this.#pending.delete(keyOf(id));
    if ('error' in message && !('result' in message)) return SAME;
    if (pending.kind === 'list') return this.#list(message, result);
    return pending.kind === 'call' ? this.#result(message, id, pending) : SAME;
  }

  #list(message: Json, result: unknown): Step {
    const tools: unknown = isObject(result) ? result['tools'] : undefined;
    if (!isObject(result) || !Array.isArray(tools)) return SAME;
    const shown = tools.filter(
      (tool: unknown) => !isObject(tool) || typeof tool['name'] !== 'string' || this.#shows(tool['name'], tool),
    );
    return shown.length === tools.length ? SAME : instead({ ...message, result: { ...result, tools: shown } });
  }

  #shows(name: string, definition: Json): boolean {
    const { pins, denyUnpinned } = this.#options;
    const seen = pins.see(name, definition);
    if (seen?.isNew === true) {
      const { kind, ...finding } = seen.finding;
      this.#note({ event: 'tool-definition', ...finding, problem: kind });
    }
    if (seen !== null && denyUnpinned) return false;
    const known = this.#hidden.get(name);
    if (known !== undefined) return !known;
    const isHidden = isNeverAllowed(this.#options.decider, name);
    if (this.#hidden.size < MAX_PENDING) this.#hidden.set(name, isHidden);
    if (isHidden) this.#note({ event: 'tool-hidden', tool: name });
    return !isHidden;
  }

  #result(message: Json, id: Id, pending: Pending & { readonly kind: 'call' }): Step {
    if (!this.#decidesResults) return SAME;
    const { tool, args, isStateless } = pending;
    const { result } = message;
    const call = { at: 'post_tool_call' as const, tool, args, result };
    const { verdict, request } = resolve(this.#options.decider, call);
    if (verdict.status === 'not-governed') {
      this.#decidesResults = false;
      return SAME;
    }
    const isPassing = verdict.decision === 'allow' || verdict.decision === 'warn';
    // A server that asks for input first has no answer yet; a task has it elsewhere, where nobody would decide it.
    if (isAsking(result)) return SAME;
    const isTask = isObject(result) && ('task' in result || result['resultType'] === 'task');
    const isOdd = isPassing && (isTask || !isObject(request.result));
    const passes = isPassing && !isOdd;
    const isChanged = request !== call;
    const outcome = passes ? 'passed' : 'withheld';
    const isLogged = this.#note({
      event: 'result',
      tool,
      id,
      outcome,
      ...verdictNote(verdict),
      ...(isChanged ? { changed: true } : {}),
    });
    if (passes && isLogged) return isChanged ? instead({ ...message, result: request.result }) : SAME;
    const why = !isLogged
      ? `The answer of \`${tool}\`, which has run, is withheld: its decision cannot be logged.`
      : isOdd
        ? `The answer of \`${tool}\`, which has run, is withheld: ${isTask ? 'the policy decides answers, and that of a task cannot be decided here' : 'it is no result of a tool'}.`
        : denialOf(tool, verdict, 'withheld').message;
    return instead(answer(id, deniedResult(why, isStateless)));
  }

  /** Whoever waits for it is told. */
  #brokenAnswer(value: unknown, why: string): readonly Sent[] {
    const id = isObject(value) && !('method' in value) ? value['id'] : undefined;
    if (!isId(id)) return [];
    const pending = this.#pending.get(keyOf(id));
    if (pending === undefined || pending.kind === 'approval') return [];
    this.#pending.delete(keyOf(id));
    return [toClient(deniedError(id, `the server's answer is not passed on: ${why}`))];
  }

  #refuse(from: 'client' | 'server', id: unknown, why: string): Step {
    this.#note({ event: 'refused', from, why });
    return back(isId(id) ? [invalid(id, `the message is not passed on: ${why}`)] : []);
  }

  /** Whether it could be logged. */
  #note(entry: LogEntry): boolean {
    try {
      this.#options.log(entry);
      return true;
    } catch {
      return false;
    }
  }
}

function withdrawal(ownId: string): Json {
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: ownId } };
}

function toClient(message: Json): Sent {
  return { to: 'client', line: serialise(message) };
}

/** Only what holds nothing else: a client of before takes any content for the answer. */
function isAsking(result: unknown): boolean {
  if (!isObject(result) || result['resultType'] !== 'input_required') return false;
  return !('content' in result) && !('structuredContent' in result);
}

function verdictNote({ decision, base, status, determining, reason, artifactHash }: Verdict): {
  readonly [key: string]: unknown;
} {
  return { decision, base, status, rules: determining, reason, artifact: artifactHash };
}

/** "1" and 1 are one: there are clients that take one for the other. */
function keyOf(id: Id): string {
  return String(id);
}
