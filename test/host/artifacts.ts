// For tests: artifacts from decision tables written by hand, so that the host is tried without the compiler's front half.

import { encode } from '../../compiler/artifact/encode.ts';
import type { DecisionTables } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';

interface Options {
  /** The tool the rules speak of, and the name of the policy. */
  readonly tool?: string;
  /** Above it a call escalates. */
  readonly cap?: number;
  /** Attribute paths under `args` that are read but decide nothing, to make room for more. */
  readonly extra?: number;
}

/**
 * Two rules: `pay` allows the tool; `cap` escalates when `args.amount` is over the cap, and reads `principal.limits.daily` too
 * (it must not be over the cap either). Slots: tool, args.amount, args.note, principal.limits.daily, then the extra ones.
 */
export function payArtifact({ tool = 'pay', cap = 1000, extra = 0 }: Options = {}): Uint8Array {
  const bits = (...set: number[]): readonly number[] => [set.reduce((all, bit) => all | (1 << bit), 0), 0, 0, 0];
  // Bit 0: `pay` true. Bits 1, 2: amount over the cap, true and maybe. Bits 3, 4: the daily limit over it.
  const rows = [
    bits(),
    bits(0, 1, 2, 3, 4), // the tool
    bits(0, 3, 4), // amount at or below the cap, or inapplicable
    bits(0, 1, 2, 3, 4), // over it
    bits(0, 2, 3, 4), // unknown
    bits(0, 1, 2),
    bits(0, 1, 2, 3, 4),
    bits(0, 1, 2, 4),
  ].flat();
  // 0: entry class of the tool; 2: cells of the bound; 5: column of the tool; 11: columns of numbers (low, over, unknown).
  const halves = [5, 4, 4, 4, 5, 0, 0, 0, 0, 0, 1, 2, 2, 2, 0, 0, 1];
  const number = (view: number) =>
    ({
      view,
      kind: codes.PARTITION_NUMBER,
      classCount: 6,
      entryClasses: 0,
      operand: 0,
      boundCount: 1,
      cellClasses: 2,
    }) as const;
  const rule = (id: string, effect: 'allow' | 'escalate', line: number, reads: readonly number[]) => ({
    id,
    policy: 0,
    effect,
    reason: id === 'cap' ? 'above the cap' : null,
    advice: id === 'cap' ? 'split it' : null,
    approvers: id === 'cap' ? ['lead', 'cfo'] : [],
    operations: [],
    place: { path: 'pay.policy.yaml', line, column: 5 },
    reads,
  });
  const bit = (ruleIndex: number, maybe: boolean) =>
    ({
      rule: ruleIndex,
      rank: 0,
      code: -1,
      codeWords: 0,
      residual: 0,
      maybe,
      takesMay: maybe,
      hasTwin: false,
    }) as const;
  const view = (slot: number, kind: number, entries: readonly string[] = []) =>
    ({ slot, kind, entries, bitWords: 0, testFirst: 0, testCount: 0 }) as const;
  const extras = Array.from({ length: extra }, (_, i) => `extra${String(i).padStart(5, '0')}`);
  const tables: DecisionTables = {
    policy: { name: tool, version: '1.2.3' },
    algorithm: 'deny-overrides',
    nested: [],
    defaultEffect: 'deny',
    governedPoints: ['pre_tool_call'],
    closedWorld: false,
    needsTerms: false,
    predictedCost: 1,
    slots: [
      { path: null },
      { path: { root: 'args', segments: ['amount'] } },
      { path: { root: 'args', segments: ['note'] } },
      { path: { root: 'principal', segments: ['limits', 'daily'] } },
      ...extras.map((name) => ({ path: { root: 'args', segments: [name] } as const })),
    ],
    views: [
      view(0, codes.VIEW_STRING, [tool]),
      view(1, codes.VIEW_DOUBLE),
      view(2, codes.VIEW_STRING),
      view(3, codes.VIEW_DOUBLE),
      ...extras.map((_, i) => view(4 + i, codes.VIEW_STRING)),
    ],
    partitions: [
      {
        view: 0,
        kind: codes.PARTITION_DICTIONARY,
        classCount: 6,
        entryClasses: 0,
        operand: 4,
        boundCount: 0,
        cellClasses: 0,
      },
      number(1),
      number(3),
    ],
    elementTests: [],
    automatons: [],
    scans: [],
    prefilters: [],
    tools: [{ absentRow: 0, listed: false }],
    absentRows: [
      [
        codes.ABSENT_MISSING,
        codes.ABSENT_MISSING,
        codes.ABSENT_MISSING,
        codes.ABSENT_MISSING,
        ...extras.map(() => codes.ABSENT_MISSING),
      ],
    ],
    constants: [],
    roots: Array.from({ length: codes.POINT_COUNT }, (_, point) => (point === codes.POINT_PRE_TOOL_CALL ? 0 : -1)),
    nodes: [{ kind: 'cluster', level: 0, next: -1, columnFirst: 0, columnCount: 3, bitFirst: 0, bitCount: 5 }],
    columns: [
      { partition: 0, map: 5, runCount: 0, rowFirst: 0, rowCount: 2 },
      { partition: 1, map: 11, runCount: 0, rowFirst: 2, rowCount: 3 },
      { partition: 2, map: 11, runCount: 0, rowFirst: 5, rowCount: 3 },
    ],
    bits: [bit(0, false), bit(1, false), bit(1, true), bit(1, false), bit(1, true)],
    rules: [rule('pay', 'allow', 7, []), rule('cap', 'escalate', 9, [1, 3])],
    code: [],
    words: [],
    halves,
    bytes: [],
    bounds: [cap],
    masks: [],
    rows,
  };
  return encode(tables);
}
