// Timestamps and durations: i64 seconds and nanoseconds beside them.

import { setUnknown } from './element.ts';

export function addTimes(at: usize): void {
  setUnknown(at);
}

export function subtractTimes(at: usize): void {
  setUnknown(at);
}
