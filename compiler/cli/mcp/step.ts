// In: what becomes of each message of a line. Out: the lines that go on, and those that go back. Data only.

import { type Json, type Line, serialise } from './message.ts';

export interface Sent {
  readonly to: 'client' | 'server';
  /** Without its newline. */
  readonly line: string;
}

/** What goes on towards the other side in a message's place; `line`: one that was held back, as it came. */
type On =
  | { readonly kind: 'same' | 'nothing' }
  | { readonly kind: 'message'; readonly message: Json }
  | { readonly kind: 'line'; readonly line: string };

/** What becomes of one message: what goes on, and what goes back to where it came from. */
export interface Step {
  readonly on: On;
  readonly back: readonly Json[];
}

export const SAME: Step = { on: { kind: 'same' }, back: [] };
export const DROPPED: Step = { on: { kind: 'nothing' }, back: [] };
/** Another message in its place. */
export function instead(message: Json): Step {
  return { on: { kind: 'message', message }, back: [] };
}

/** Nothing goes on. */
export function back(messages: readonly Json[]): Step {
  return { on: DROPPED.on, back: messages };
}

/** The lines that come of a line. A batch of which something goes on as it was stays one. */
export function passed(
  line: Line & { readonly kind: 'messages' },
  to: Sent['to'],
  step: (message: unknown) => Step,
): readonly Sent[] {
  const steps = line.messages.map(step);
  const from = to === 'server' ? 'client' : 'server';
  const answers = steps.flatMap((one) => one.back.map((message) => ({ to: from, line: serialise(message) }) as const));
  if (steps.every(({ on }) => on.kind === 'same')) return [{ to, line: line.text }, ...answers];
  const held = steps.flatMap(({ on }) => (on.kind === 'line' ? [on.line] : []));
  const rest = steps.flatMap(({ on }, i) => {
    if (on.kind === 'message') return [on.message];
    return on.kind === 'same' ? [line.messages[i]] : [];
  });
  const whole = line.isBatch ? (rest.length === 0 ? [] : [serialise(rest)]) : rest.map(serialise);
  return [...[...held, ...whole].map((text) => ({ to, line: text })), ...answers];
}
