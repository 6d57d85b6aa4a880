// What a process of one engine is asked (an argument, as JSON) and answers (a line of JSON).

import type { Times } from './timing.ts';

export const LICTOR = 'lictor';
export const LICTOR_ROWS = ['session.decide', 'engine.decide', 'session.decide, nothing remembered'] as const;

export interface Task {
  readonly do: 'compile' | 'check' | 'time';
  readonly engine: string;
  readonly ruleCount: number;
  /** Where Lictor's artifact is written to and read from. */
  readonly artifact: string;
  /** Processor time to warm up, to time batches, and to time single calls, each. */
  readonly budgetMs: number;
}

export interface Timed {
  /** From rules to an engine that can be asked; of Lictor from an artifact. */
  readonly loadMs: number;
  readonly firstMs: number;
  readonly rows: readonly Times[];
  /** Of all answers: keeps them from being unused. */
  readonly allowed: number;
}

export type Answer =
  | { readonly status: 'compiled'; readonly compileMs: number; readonly bytes: number }
  | { readonly status: 'agrees'; readonly requests: number; readonly allowed: number }
  | { readonly status: 'absent' | 'disagrees' | 'failed'; readonly detail: string }
  | ({ readonly status: 'timed' } & Timed);
