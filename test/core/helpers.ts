// For the tests of the core: decision tables written by hand, around one residual or one request, and what both builds make
// of them. Never goes through the planner.

import { encode } from '../../compiler/artifact/encode.ts';
import type { ConstantTable, DecisionTables, ViewTable } from '../../compiler/plan/tables.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as request from '../../wasm-core/contract/request.ts';
import { coreBuilds, RawCore, type Staged } from '../artifact/raw-core.ts';

export const cores: readonly RawCore[] = coreBuilds.flatMap(({ module }) =>
  module === null ? [] : [new RawCore(module)],
);
export const areBuilt: boolean = cores.length === coreBuilds.length;

/** A view of a slot, without dictionary or bits. */
export function view(slot: number, kind: number): ViewTable {
  return { slot, kind, entries: [], bitWords: 0, testFirst: 0, testCount: 0 };
}

export interface Residual {
  /** Views beside view 0, which reads the tool. */
  readonly views: readonly ViewTable[];
  readonly code: readonly number[];
  readonly constants?: readonly ConstantTable[];
  /** By view, view 0 included: ABSENT_*. */
  readonly absent?: readonly number[];
}

/** allow by default; one rule denies where `code` holds. */
export function residualTables({ views, code, constants = [], absent }: Residual): DecisionTables {
  const all = [view(0, codes.VIEW_STRING), ...views];
  const slotCount = Math.max(...all.map(({ slot }) => slot)) + 1;
  const bit = { rule: 0, rank: 0, code: 0, codeWords: code.length, residual: 0 };
  return {
    policy: { name: 'residual', version: '0.0.0' },
    algorithm: 'deny-overrides',
    nested: [],
    defaultEffect: 'allow',
    governedPoints: ['pre_tool_call'],
    closedWorld: false,
    needsTerms: false,
    predictedCost: 1,
    slots: Array.from({ length: slotCount }, (_, slot) =>
      slot === 0 ? { path: null } : { path: { root: 'args', segments: [`a${slot}`] } },
    ),
    views: all,
    partitions: [],
    elementTests: [],
    automatons: [],
    scans: [],
    prefilters: [],
    tools: [],
    absentRows: [absent ?? all.map(() => codes.ABSENT_MISSING)],
    constants,
    roots: [-1, -1, -1, -1, 0, -1, -1, -1],
    nodes: [{ kind: 'cluster', level: 0, next: -1, columnFirst: 0, columnCount: 0, bitFirst: 0, bitCount: 2 }],
    columns: [],
    bits: [
      { ...bit, maybe: false, takesMay: false, hasTwin: false },
      { ...bit, maybe: true, takesMay: true, hasTwin: false },
    ],
    rules: [
      {
        id: 'rule',
        policy: 0,
        effect: 'deny',
        reason: null,
        advice: null,
        approvers: [],
        operations: [],
        place: { path: 'residual.policy.yaml', line: 1, column: 1 },
        reads: views.map((_, index) => index + 1),
      },
    ],
    code,
    words: [],
    halves: [],
    bytes: [],
    bounds: [],
    masks: [],
    rows: [],
  };
}

export type Truth = 'true' | 'unknown' | 'no';

/** What the one rule of `residualTables` is, for values by slot from 1 on; both builds must agree. */
export class ResidualCore {
  readonly #handles: readonly number[];
  readonly #slotCount: number;

  constructor(residual: Residual) {
    const tables = residualTables(residual);
    const artifact = encode(tables);
    this.#slotCount = tables.slots.length;
    this.#handles = cores.map((core) => {
      const handle = core.load(artifact);
      if (handle < 0) throw new Error(`refused with status ${-handle}`);
      return handle;
    });
  }

  ask(...values: readonly Staged[]): Truth {
    const answers = cores.map((core, index): Truth => {
      const staged: readonly Staged[] = ['tool', ...values];
      const handle = this.#handles[index] ?? -1;
      const answer = core.decide(handle, this.#slotCount, codes.POINT_PRE_TOOL_CALL, staged);
      if (answer.status !== codes.STATUS_OK) throw new Error(`status ${answer.status}`);
      return answer.rules.length > 0 ? 'true' : answer.unknown.length > 0 ? 'unknown' : 'no';
    });
    const [first] = answers;
    if (first === undefined || answers.some((answer) => answer !== first))
      throw new Error(`builds differ: ${answers.join()}`);
    return first;
  }

  /** Causes of the rule after the last `ask`, as (slot, cause), of the first build. */
  causes(): readonly (readonly [number, number])[] {
    const [core] = cores;
    if (core === undefined) return [];
    const count = core.exports.explain(this.#handles[0] ?? -1, 0);
    const words = new DataView(core.exports.memory.buffer, core.exports.explainPtr(), count * request.EXPLAIN_SIZE);
    return Array.from({ length: count }, (_, i) => [
      words.getUint32(i * request.EXPLAIN_SIZE + request.EXPLAIN_SLOT, true),
      words.getUint32(i * request.EXPLAIN_SIZE + request.EXPLAIN_CAUSE, true),
    ]);
  }

  close(): void {
    cores.forEach((core, index) => {
      core.exports.unload(this.#handles[index] ?? -1);
    });
  }
}
