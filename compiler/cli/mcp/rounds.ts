// In: calls that need a person's approval where the protocol has no session. Out: what to ask with, and what the call that comes again
// with the answer is worth. A question is answered once, in time, and for the very call that it was asked for.

import { canonical, isObject, type Json } from './message.ts';
import type { Decided } from './request.ts';

/** The key of our question among those of one answer. */
export const QUESTION = 'lictor-approval';
const MAX_OPEN = 1024;

interface Open {
  readonly call: string;
  /** What the call carried of the server's own rounds. */
  readonly inputResponses: unknown;
  readonly requestState: unknown;
  readonly untilMs: number;
}

export interface Round {
  /** The call as the server knows it: without our question. */
  readonly message: Json;
  /** What the person did; null: nobody was asked about this call, or too long ago. */
  readonly action: unknown;
}

export class Rounds {
  readonly #open = new Map<string, Open>();
  readonly #prefix: string;
  readonly #forMs: number;
  readonly #nowMs: () => number;
  #count = 0;

  constructor(idPrefix: string, forMs: number, nowMs: () => number) {
    this.#prefix = `${idPrefix}round-`;
    this.#forMs = forMs;
    this.#nowMs = nowMs;
  }

  /** The state that the client sends back with the answer. */
  ask({ message, ...decided }: Decided): string {
    const { inputResponses, requestState } = isObject(message['params']) ? message['params'] : {};
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    this.#count += 1;
    const state = `${this.#prefix}${this.#count}`;
    const untilMs = this.#nowMs() + this.#forMs;
    this.#open.set(state, { call: nameOf(decided), inputResponses, requestState, untilMs });
    return state;
  }

  /** Null: the call carries no state of ours. */
  take({ message, ...decided }: Decided): Round | null {
    const { params } = message;
    const state = isObject(params) ? params['requestState'] : undefined;
    if (!isObject(params) || typeof state !== 'string' || !state.startsWith(this.#prefix)) return null;
    const open = this.#open.get(state);
    this.#open.delete(state);
    const { inputResponses, requestState: _, ...rest } = params;
    const theirs = { inputResponses: open?.inputResponses, requestState: open?.requestState };
    const restored = Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== undefined));
    const isOurs = open !== undefined && open.untilMs > this.#nowMs() && open.call === nameOf(decided);
    const reply = isObject(inputResponses) ? inputResponses[QUESTION] : undefined;
    return {
      message: { ...message, params: { ...rest, ...restored } },
      action: isOurs && isObject(reply) ? reply['action'] : null,
    };
  }
}

function nameOf({ method, tool, args }: Pick<Decided, 'method' | 'tool' | 'args'>): string {
  return canonical([method, tool ?? null, args]);
}
