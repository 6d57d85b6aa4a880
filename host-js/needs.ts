// In: the tables of an artifact that the core has verified, an intervention point and a tool. Out: the slots that deciding such
// a call may read, and the partitions it may ask: what no rule for this tool looks at need not be read from the request.
// Never decides. It may name too many slots, never too few: INVARIANT (request.ts) a slot it does not name stays *missing*.

import { PARTITION_AUTOMATON, PARTITION_DICTIONARY, POINT_COUNT } from '../wasm-core/contract/codes.ts';
import * as layout from '../wasm-core/contract/layout.ts';
import * as op from '../wasm-core/contract/opcodes.ts';
import { OP_TERM } from '../wasm-core/contract/terms.ts';
import type { FlatTable } from './fb.ts';
import { operandWords, readTermViews } from './residual-views.ts';
import { type Words, words } from './words.ts';

/** Nodes, columns, bits and instructions looked at before giving up: then a call counts as needing everything. */
const MAX_LOOKS = 20_000;

/** What deciding a call of one tool at one point may look at. */
export interface CallNeeds {
  readonly slots: ReadonlySet<number>;
  readonly partitions: ReadonlySet<number>;
  /** Classes of the partitions are all that is asked: calls of equal classes get equal answers, but for causes of unknowns. */
  readonly isByClasses: boolean;
}

export class Needs {
  readonly #header: Words;
  readonly #views: Words;
  readonly #partitions: Words;
  readonly #nodes: Words;
  readonly #columns: Words;
  readonly #bits: Words;
  readonly #rules: Words;
  readonly #reads: Words;
  readonly #code: Words;
  readonly #keys: Words;
  readonly #halves: Words;
  readonly #rows: Words;
  #all: CallNeeds | null = null;

  constructor(root: FlatTable) {
    this.#header = words(root, layout.HEADER_FIELD, layout.HEADER_SIZE);
    this.#views = words(root, layout.VIEW_SECTION, layout.VIEW_SIZE_BYTES);
    this.#partitions = words(root, layout.PARTITION_SECTION, layout.PARTITION_SIZE);
    this.#nodes = words(root, layout.NODE_SECTION, layout.NODE_SIZE);
    this.#columns = words(root, layout.COLUMN_SECTION, layout.COLUMN_SIZE);
    this.#bits = words(root, layout.BIT_SECTION, layout.BIT_SIZE);
    this.#rules = words(root, layout.RULE_SECTION, layout.RULE_SIZE);
    this.#reads = words(root, layout.READ_SECTION, 4);
    this.#code = words(root, layout.CODE_SECTION, 4);
    this.#keys = words(root, layout.WORD_SECTION, 4);
    this.#halves = words(root, layout.HALF_SECTION, 2);
    this.#rows = words(root, layout.ROW_SECTION, 4);
  }

  /** Of a call of the tool with this dictionary entry. */
  of(point: number, toolEntry: number): CallNeeds {
    if (point < 0 || point >= POINT_COUNT) return this.#ofAll();
    const walk = newWalk(toolEntry);
    const seen = new Set<number>();
    walk.links.push(this.#header.u32(0, layout.HEADER_ROOT + point * 4));
    for (let link = walk.links.pop(); link !== undefined; link = walk.links.pop()) {
      if (link === 0 || seen.has(link)) continue;
      seen.add(link);
      walk.links.push(this.#nodes.u32(link - 1, layout.NODE_NEXT));
      if (this.#nodes.u32(link - 1, layout.NODE_KIND) === layout.NODE_KEY) this.#key(link - 1, walk);
      else this.#cluster(link - 1, walk);
      if (walk.looksLeft < 0) return this.#ofAll();
    }
    return walk;
  }

  /** Of every call. */
  #ofAll(): CallNeeds {
    if (this.#all !== null) return this.#all;
    const walk = newWalk(-1);
    walk.looksLeft = Number.POSITIVE_INFINITY;
    for (let view = 0; view < this.#views.length; view += 1) this.#addView(view, walk);
    for (let partition = 0; partition < this.#partitions.length; partition += 1) this.#addPartition(partition, walk);
    for (let bit = 0; bit < this.#bits.length && walk.isByClasses; bit += 1) this.#bit(bit, walk);
    this.#all = walk;
    return walk;
  }

  /** The one child of this tool where the key is the tool's, else all. */
  #key(node: number, walk: Walk): void {
    const partition = this.#nodes.u32(node, layout.NODE_A);
    const table = this.#nodes.u32(node, layout.NODE_B);
    const count = this.#nodes.u32(node, layout.NODE_C);
    const isDense = this.#nodes.u32(node, layout.NODE_D) !== 0;
    const found = this.#classOfTool(partition, walk.toolEntry);
    if (found === null) this.#addPartition(partition, walk);
    walk.looksLeft -= count;
    for (let i = 0; i < count && walk.looksLeft >= 0; i += 1) {
      const key = isDense ? i : this.#keys.u32(table + i * 2, 0);
      if (found === null || key === found) walk.links.push(this.#keys.u32(isDense ? table + i : table + i * 2 + 1, 0));
    }
  }

  /**
   * Only bits that this tool's rows leave count, and only columns that constrain one of them: whatever class another column
   * gets, no bit that counts changes by it.
   */
  #cluster(node: number, walk: Walk): void {
    const first = this.#nodes.u32(node, layout.NODE_A);
    const end = first + this.#nodes.u32(node, layout.NODE_B);
    const wordCount = this.#nodes.u32(node, layout.NODE_VECTORS) * 4;
    const live = new Uint32Array(wordCount).fill(0xffffffff);
    for (let column = first; column < end; column += 1) {
      const found = this.#classOfTool(this.#columns.u32(column, layout.COLUMN_PARTITION), walk.toolEntry);
      if (found === null) continue;
      const row = this.#rowOf(column, found);
      const at = this.#columns.u32(column, layout.COLUMN_ROW_FIRST) * 4 + row * wordCount;
      for (let i = 0; i < wordCount; i += 1) live[i] = (live[i] ?? 0) & this.#rows.u32(at + i, 0);
    }
    if (live.every((word) => word === 0)) return;
    for (let column = first; column < end && walk.looksLeft >= 0; column += 1) {
      const partition = this.#columns.u32(column, layout.COLUMN_PARTITION);
      if (this.#constrains(column, live, walk)) this.#addPartition(partition, walk);
    }
    const bit = this.#nodes.u32(node, layout.NODE_C);
    const count = this.#nodes.u32(node, layout.NODE_D);
    for (let i = 0; i < count && walk.looksLeft >= 0; i += 1) {
      if (((live[i >>> 5] ?? 0) >>> (i & 31)) & 1) this.#bit(bit + i, walk);
    }
  }

  /** The row, counted within the column, of a class. */
  #rowOf(column: number, found: number): number {
    const map = this.#columns.u32(column, layout.COLUMN_MAP);
    const runCount = this.#columns.u32(column, layout.COLUMN_RUN_COUNT);
    if (runCount === 0) return this.#halves.u16(map + found);
    let run = 0;
    while (run + 1 < runCount && this.#halves.u16(map + 2 * (run + 1)) <= found) run += 1;
    return this.#halves.u16(map + 2 * run + 1);
  }

  /** Whether some class's row lacks a live bit. Columns share rows, so only those that the map names are looked at. */
  #constrains(column: number, live: Uint32Array, walk: Walk): boolean {
    const first = this.#columns.u32(column, layout.COLUMN_ROW_FIRST) * 4;
    const map = this.#columns.u32(column, layout.COLUMN_MAP);
    const runCount = this.#columns.u32(column, layout.COLUMN_RUN_COUNT);
    const partition = this.#columns.u32(column, layout.COLUMN_PARTITION);
    const count = runCount === 0 ? this.#partitions.u32(partition, layout.PARTITION_CLASS_COUNT) : runCount;
    let before = -1;
    for (let i = 0; i < count && walk.looksLeft >= 0; i += 1) {
      const row = this.#halves.u16(map + (runCount === 0 ? i : 2 * i + 1));
      walk.looksLeft -= 1;
      if (row === before) continue;
      before = row;
      walk.looksLeft -= live.length;
      for (let word = 0; word < live.length; word += 1) {
        if ((live[word] ?? 0) & ~this.#rows.u32(first + row * live.length + word, 0)) return true;
      }
    }
    return false;
  }

  /** What a bit's rule reads and its residual asks. */
  #bit(bit: number, walk: Walk): void {
    const rule = this.#bits.u32(bit, layout.BIT_RULE);
    const read = this.#rules.u32(rule, layout.RULE_READ_FIRST);
    const readEnd = read + this.#rules.u32(rule, layout.RULE_READ_COUNT);
    walk.looksLeft -= 1 + readEnd - read;
    for (let i = read; i < readEnd; i += 1) this.#addView(this.#reads.u32(i, 0) & ~layout.READ_ONLY_MISSING, walk);
    const code = this.#bits.u32(bit, layout.BIT_CODE);
    if (code === 0) return;
    const codeEnd = code - 1 + this.#bits.u32(bit, layout.BIT_CODE_WORDS);
    for (let at = code - 1; at < codeEnd; walk.looksLeft -= 1) {
      const instruction = this.#code.u32(at, 0) & 0xff;
      const operands = operandWords(instruction);
      // Constants, automatons and scans are no views.
      if (instruction === op.OP_CLASS) this.#addPartition(this.#code.u32(at + 1, 0), walk);
      else if (instruction === OP_TERM) {
        walk.isByClasses = false;
        const words = this.#code.u32(at + 1, 0);
        readTermViews(this.#code, at + 2, words, (view) => this.#addView(view, walk));
        walk.looksLeft -= words;
        at += words;
      } else if (instruction !== op.OP_TRUTH && instruction !== op.OP_AND && instruction !== op.OP_OR) {
        walk.isByClasses = false;
        if (instruction !== op.OP_CONSTANT && instruction !== op.OP_MATCH && operands > 0)
          this.#addView(this.#code.u32(at + 1, 0), walk);
      }
      at += 1 + operands;
    }
  }

  /** The class a partition of the tool's name gives this tool; null: another attribute's partition. */
  #classOfTool(partition: number, toolEntry: number): number | null {
    if (this.#partitions.u32(partition, layout.PARTITION_VIEW) !== 0) return null;
    const kind = this.#partitions.u32(partition, layout.PARTITION_KIND);
    if (kind !== PARTITION_DICTIONARY && kind !== PARTITION_AUTOMATON) return null;
    return this.#halves.u16(this.#partitions.u32(partition, layout.PARTITION_ENTRY_CLASSES) + toolEntry);
  }

  #addPartition(partition: number, walk: Walk): void {
    walk.partitions.add(partition);
    this.#addView(this.#partitions.u32(partition, layout.PARTITION_VIEW), walk);
  }

  #addView(view: number, walk: Walk): void {
    walk.slots.add(this.#views.u32(view, layout.VIEW_SLOT));
  }
}

/** One walk through the nodes, for one tool. `links`: node indexes + 1 to visit, as the tables have them. */
interface Walk extends CallNeeds {
  readonly toolEntry: number;
  readonly slots: Set<number>;
  readonly partitions: Set<number>;
  isByClasses: boolean;
  readonly links: number[];
  looksLeft: number;
}

function newWalk(toolEntry: number): Walk {
  return { toolEntry, slots: new Set(), partitions: new Set(), isByClasses: true, links: [], looksLeft: MAX_LOOKS };
}
