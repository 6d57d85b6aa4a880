// In: an automaton that reads forward. Out: the same automaton, its states numbered so that those from which only one run of eight
// bytes leads on come right before the sinks, and these runs: the core compares eight bytes where it would take eight steps.
// Never changes what a text's label is.

import type { PatternGroup } from './automaton.ts';

export const JUMP_BYTES = 8;

/** In order of their states, from `firstJump` on: the bytes as the little-endian number they are read as, and where they lead. */
export interface Jump {
  readonly bytes: bigint;
  readonly target: number;
}

export interface JumpingGroup {
  readonly group: PatternGroup;
  /** `group.firstSink` if there are none. */
  readonly firstJump: number;
  readonly jumps: readonly Jump[];
}

export function withJumps(group: PatternGroup): JumpingGroup {
  const { firstSink, stateCount, symbolCount, next, labelOfState } = group;
  const found = group.backward ? new Map<number, Jump>() : findJumps(group);
  const order: number[] = [];
  for (let state = 0; state < firstSink; state += 1) if (!found.has(state)) order.push(state);
  const firstJump = order.length;
  order.push(...found.keys());
  for (let state = firstSink; state < stateCount; state += 1) order.push(state);
  const renumbered = new Uint16Array(stateCount);
  order.forEach((old, state) => {
    renumbered[old] = state;
  });
  const moved = new Uint16Array(next.length);
  const labels = new Uint16Array(stateCount);
  order.forEach((old, state) => {
    labels[state] = labelOfState[old] ?? 0;
    for (let s = 0; s < symbolCount; s += 1) {
      moved[state * symbolCount + s] = renumbered[next[old * symbolCount + s] ?? 0] ?? 0;
    }
  });
  return {
    group: { ...group, next: moved, labelOfState: labels },
    firstJump,
    jumps: [...found.values()].map(({ bytes, target }) => ({ bytes, target: renumbered[target] ?? 0 })),
  };
}

/** By state. State 0 stays where it is; states that a jump passes over need none of their own. */
function findJumps(group: PatternGroup): Map<number, Jump> {
  const onlyWay = waysOut(group);
  const passed = new Set<number>([0]);
  const jumps = new Map<number, Jump>();
  for (let start = 0; start < group.firstSink; start += 1) {
    if (passed.has(start)) continue;
    let bytes = 0n;
    let length = 0;
    const way: number[] = [];
    let state = start;
    for (; length < JUMP_BYTES; length += 1) {
      const byte = onlyWay[state] ?? -1;
      if (byte < 0) break;
      bytes |= BigInt(byte) << BigInt(8 * length);
      way.push(state);
      state = group.next[state * group.symbolCount + (group.symbolOfByte[byte] ?? 0)] ?? 0;
    }
    if (length < JUMP_BYTES) continue;
    jumps.set(start, { bytes, target: state });
    for (const inner of way) passed.add(inner);
  }
  return jumps;
}

/** By state, the byte that alone leads elsewhere than all others; -1 if there is no such byte. */
function waysOut({ firstSink, symbolCount, symbolOfByte, next }: PatternGroup): Int16Array {
  const bytesOfSymbol = new Uint16Array(symbolCount);
  const byteOfSymbol = new Uint8Array(symbolCount);
  symbolOfByte.forEach((symbol, byte) => {
    bytesOfSymbol[symbol] = (bytesOfSymbol[symbol] ?? 0) + 1;
    byteOfSymbol[symbol] = byte;
  });
  const ways = new Int16Array(firstSink).fill(-1);
  for (let state = 0; state < firstSink; state += 1) {
    const row = next.subarray(state * symbolCount, (state + 1) * symbolCount);
    // Of three symbols two lead to where all but one byte do, if that is how it is; of two the one of more bytes.
    const [a = 0, b = a, c = (bytesOfSymbol[0] ?? 0) > 1 ? a : b] = row;
    const usual = a === b || a === c ? a : b;
    let way = -1;
    let count = 0;
    row.forEach((to, symbol) => {
      if (to === usual) return;
      count += 1;
      if (bytesOfSymbol[symbol] === 1) way = byteOfSymbol[symbol] ?? -1;
    });
    if (count === 1) ways[state] = way;
  }
  return ways;
}
