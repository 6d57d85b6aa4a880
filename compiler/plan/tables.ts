// What the planner makes and the encoder writes: decision tables as plain data, one array per section of the artifact.
// Field by field the same as wasm-core/contract/layout.ts, where each field's meaning and INVARIANTs stand; here offsets into
// pools are already resolved (pools are single growing arrays), so the encoder only lays them out.

import type { Algorithm, AttributePath, Effect, Operation, Point, Target } from '../check/typed.ts';

export interface DecisionTables {
  /** `cedar`: CheckedPolicy's. */
  readonly policy: { readonly name: string; readonly version: string; readonly cedar?: string };
  /** The root's. */
  readonly algorithm: Algorithm;
  /** Policies 1 and on of the set, parents before children; policy 0 is the root. */
  readonly nested: readonly NestedTable[];
  readonly defaultEffect: Effect;
  /** Points the default speaks for (LANGUAGE.md 8.5). */
  readonly governedPoints: readonly Point[];
  readonly closedWorld: boolean;
  /** Terms or tree views: only the full core decides it (FLAG_NEEDS_TERMS). */
  readonly needsTerms: boolean;
  readonly predictedCost: number;
  /** Slot 0 is the tool's name: `path` null. The others sorted by path text (code units). */
  readonly slots: readonly { readonly path: AttributePath | null }[];
  readonly views: readonly ViewTable[];
  readonly partitions: readonly PartitionTable[];
  readonly elementTests: readonly ElementTestTable[];
  readonly automatons: readonly AutomatonTable[];
  readonly scans: readonly ScanTable[];
  readonly prefilters: readonly PrefilterTable[];
  /** Parallel to views[0].entries. */
  readonly tools: readonly { readonly absentRow: number; readonly listed: boolean }[];
  /** [row][view]: ABSENT_*. Row 0: no catalogue lists the tool. */
  readonly absentRows: readonly (readonly number[])[];
  readonly constants: readonly ConstantTable[];
  /** By point code: node index, or -1. */
  readonly roots: readonly number[];
  readonly nodes: readonly NodeTable[];
  readonly columns: readonly ColumnTable[];
  readonly bits: readonly BitTable[];
  readonly rules: readonly RuleTable[];
  /** Residual code, wasm-core/contract/opcodes.ts. */
  readonly code: readonly number[];
  readonly words: readonly number[];
  readonly halves: readonly number[];
  readonly bytes: readonly number[];
  readonly bounds: readonly number[];
  readonly masks: readonly bigint[];
  /** 16-byte vectors, four u32 words each, the low ones first; bit k of a cluster is bit k % 32 of word floor(k / 32) of its row. */
  readonly rows: readonly number[];
}

export interface ViewTable {
  readonly slot: number;
  /** VIEW_*. */
  readonly kind: number;
  /** Dictionary constants, sorted by UTF-8 bytes, distinct. The encoder makes the buckets. */
  readonly entries: readonly string[];
  readonly bitWords: number;
  readonly testFirst: number;
  readonly testCount: number;
}

export interface PartitionTable {
  readonly view: number;
  /** PARTITION_*. */
  readonly kind: number;
  readonly classCount: number;
  readonly entryClasses: number;
  readonly operand: number;
  readonly boundCount: number;
  readonly cellClasses: number;
}

export interface ElementTestTable {
  readonly kind: number;
  readonly operand: number;
  readonly boundCount: number;
  readonly masks: number;
}

export interface AutomatonTable {
  readonly backward: boolean;
  readonly stateCount: number;
  readonly firstSink: number;
  readonly symbolCount: number;
  readonly byteClasses: number;
  readonly transitions: number;
  readonly labels: number;
  readonly labelLimit: number;
  /** States from here to the first sink jump; their jumps begin here in `masks`. */
  readonly firstJump: number;
  readonly jumps: number;
}

export interface ScanTable {
  readonly alphabet: number;
  readonly classCount: number;
  readonly wordCount: number;
  readonly kinds: number;
  readonly words: number;
  readonly masks: number;
  readonly moves: number;
  readonly moveMasks: number;
  readonly moveCount: number;
  readonly starts: number;
  readonly startList: number;
  readonly startCount: number;
  readonly ends: number;
  readonly endMasks: number;
  readonly endCount: number;
  readonly bitLimit: number;
}

export interface PrefilterTable {
  readonly hitWords: number;
  readonly initial: number;
  readonly hasFingerprints: boolean;
  readonly fingerprints: number;
  readonly hashBits: number;
  readonly runs: number;
  readonly list: number;
  readonly listCount: number;
  readonly literals: number;
  readonly literalCount: number;
}

export type ConstantTable =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'empty-list' }
  /** Of terms only, as all below. */
  | { readonly kind: 'null' }
  | { readonly kind: 'uint'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly value: readonly number[] }
  | { readonly kind: 'timestamp' | 'duration'; readonly seconds: bigint; readonly nanos: number }
  /** KIND_* of the values it is the type of. */
  | { readonly kind: 'type'; readonly of: number }
  | {
      readonly kind: 'zone';
      /** Seconds local time is ahead of UTC before the first transition. */
      readonly before: number;
      readonly transitions: readonly { readonly second: bigint; readonly offset: number }[];
    };

export type NodeTable =
  | {
      readonly kind: 'key';
      readonly level: number;
      readonly next: number;
      readonly partition: number;
      readonly table: number;
      readonly entryCount: number;
      readonly dense: boolean;
    }
  | {
      readonly kind: 'cluster';
      readonly level: number;
      readonly next: number;
      readonly columnFirst: number;
      readonly columnCount: number;
      readonly bitFirst: number;
      readonly bitCount: number;
    };
/* `next` and children are node indexes, or -1; in the word pool children are stored as index + 1, or 0. */

export interface ColumnTable {
  readonly partition: number;
  readonly map: number;
  /** 0: the map has a row per class; else it is this many pairs (first class, row). */
  readonly runCount: number;
  readonly rowFirst: number;
  readonly rowCount: number;
}

export interface BitTable {
  readonly rule: number;
  readonly rank: number;
  /** First word of the residual in `code`, or -1. */
  readonly code: number;
  readonly codeWords: number;
  /** Number of the residual, from 0; same code, same number. */
  readonly residual: number;
  readonly maybe: boolean;
  readonly takesMay: boolean;
  /** A maybe bit that says nothing new where no class is missing, null or of wrong type. */
  readonly hasTwin: boolean;
}

/** A policy as a member of another. */
export interface NestedTable {
  readonly parent: number;
  readonly algorithm: Algorithm;
  /** Under `allow-overrides` without meaning. */
  readonly rank: number;
}

/** Enabled rules only, in source order; everything but effect and reads is for people and goes to the metadata. */
export interface RuleTable {
  readonly id: string;
  readonly policy: number;
  readonly effect: Effect;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly approvers: readonly string[];
  readonly operations: readonly OperationTable[];
  readonly place: { readonly path: string; readonly line: number; readonly column: number };
  /** View indexes in order of first appearance, with READ_ONLY_MISSING where it applies. */
  readonly reads: readonly number[];
}

/** One operation of a transform. */
export interface OperationTable {
  readonly kind: Operation['kind'];
  readonly target: Target;
  /** JSON: of `set` the value, of `clamp` `[min, max]`, of `redact` `[pattern, with, textsOnly]`; of `remove` null. */
  readonly detail: string | null;
  /** Of `redact`: words of wasm-core/contract/redaction.ts; else empty. */
  readonly program: readonly number[];
}

/** The row, counted within its column, of a class. */
export function rowOfClass(column: ColumnTable, c: number, halves: readonly number[]): number {
  if (column.runCount === 0) return halves[column.map + c] ?? 0;
  let row = 0;
  for (let i = 0; i < column.runCount; i += 1) {
    const start = halves[column.map + 2 * i];
    if (start === undefined || start > c) break; // a listing may be of any tables
    row = halves[column.map + 2 * i + 1] ?? 0;
  }
  return row;
}
