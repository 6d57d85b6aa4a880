// The worst case of a decision, in instructions of the scalar core as `npm run gate` counts them. In: tables, and how large a call may
// be. Out: a bound over all calls of that size, and what it is made of. The weights below were set so that no counted decision of the
// adversarial workloads exceeds the bound (test/plan/predict.test.ts counts again); nobody has proven it of terms.
// Never looks at requests.

import {
  CLASS_ELEMENT_BIT,
  CLASS_FIRST,
  ELEMENT_TEST_AUTOMATON,
  ELEMENT_TEST_LITERALS,
  ELEMENT_TEST_SCAN,
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
  VIEW_LIST_STRING,
} from '../../wasm-core/contract/codes.ts';
import { LITERAL_LENGTH, LITERAL_SIZE, LITERAL_TARGET_COUNT } from '../../wasm-core/contract/layout.ts';
import {
  PREDICTED_ELEMENT_BYTES,
  PREDICTED_LIST_ELEMENTS,
  PREDICTED_TEXT_BYTES,
} from '../../wasm-core/contract/limits.ts';
import { OP_COMPARE, OP_MATCH, OP_QUANTIFY, OP_TEXT } from '../../wasm-core/contract/opcodes.ts';
import { TERM_FOLD } from '../../wasm-core/contract/terms.ts';
import { hasManyClasses } from './merge.ts';
import type { ColumnTable, DecisionTables, NodeTable, PartitionTable } from './tables.ts';

/** Instructions. */
const DECISION = 600;
const SLOT = 60;
const NODE = 20;
const KEY_STEP = 8;
const COLUMN = 24;
const RUN_STEP = 9;
const VECTOR = 14;
const JOINED_ROW = 16;
const FIRED_BIT = 40;
const LISTED_RULE = 45;
const POLICY = 120;
/** Of rules without a match: a word of the summary stands for 4,096. */
const SUMMARY_WORD = 8;
const CLASS = 70;
const BOUND_STEP = 9;
/** By byte of a text: hashed and compared, checked as UTF-8, walked through an automaton. */
const HASHED_BYTE = 3;
const CHECKED_BYTE = 10;
const WALKED_BYTE = 15;
const SEARCHED_BYTE = 30;
const ELEMENT = 45;
const MASK_WORD = 8;
/** Of a scan, by byte. */
const SCAN_BYTE = 25;
const SCAN_WORD = 40;
const SCAN_MOVE = 12;
/** Of a scan whose words are switched on one by one: for each of its starts. */
const GATED_START = 14;
/** Of a prefilter: a place looked at, a literal compared there, each of its bytes and of its targets. */
const PLACE = 25;
const LITERAL = 30;
const LITERAL_BYTE = 14;
const LITERAL_TARGET = 20;
/** Of residual code and terms, by word. */
const CODE_WORD = 60;

export type PredictedTables = Omit<DecisionTables, 'predictedCost' | 'policy' | 'rules'> & {
  readonly rules: { readonly length: number };
};

/** One cluster or key on the dearest way. */
export interface PredictedNode {
  readonly node: number;
  readonly cost: number;
}

export interface Prediction {
  readonly total: number;
  /** Of it, for reading the call, before any table is looked at. */
  readonly reading: number;
  /** Of it, for telling the classes of values. */
  readonly classifying: number;
  /** By view, what of it; the dearest first. */
  readonly views: readonly { readonly view: number; readonly cost: number }[];
  /** What the tables cost on the dearest way, the dearest first. */
  readonly path: readonly PredictedNode[];
}

/** The worst case over all points, of calls whose texts and lists are no larger than the PREDICTED_ limits (FORMAT.md 4.6). */
export function predictCost(tables: PredictedTables): Prediction {
  const predictor = new Predictor(tables);
  let worst = NOWHERE;
  for (const root of new Set(tables.roots)) {
    const walk = predictor.walk(root);
    if (total(walk, tables) > total(worst, tables)) worst = walk;
  }
  const reading = DECISION + SLOT * tables.slots.length + predictor.elementsRead();
  return {
    total: Math.min(0xffffffff, Math.ceil(reading + total(worst, tables))),
    reading,
    classifying: Math.ceil(worst.classifying),
    views: byView(worst.classes, tables),
    path: [...worst.path].sort((a, b) => b.cost - a.cost || a.node - b.node),
  };
}

function total({ cost, classifying, fired }: Walk, { rules, nested }: PredictedTables): number {
  const listed = LISTED_RULE * Math.min(fired, rules.length);
  const combining =
    nested.length === 0 ? 0 : POLICY * (nested.length + 1) + LISTED_RULE * Math.min(fired, rules.length);
  return cost + classifying + listed + combining + SUMMARY_WORD * Math.ceil(rules.length / 4096);
}

function byView(
  classes: readonly PredictedClass[],
  { partitions }: PredictedTables,
): { readonly view: number; readonly cost: number }[] {
  const costs = new Map<number, number>();
  for (const { partition, cost } of classes) {
    const view = partitions[partition]?.view ?? 0;
    costs.set(view, (costs.get(view) ?? 0) + cost);
  }
  return [...costs].map(([view, cost]) => ({ view, cost })).sort((a, b) => b.cost - a.cost || a.view - b.view);
}

interface PredictedClass {
  readonly partition: number;
  readonly cost: number;
}

interface Walk {
  readonly cost: number;
  readonly classifying: number;
  readonly classes: readonly PredictedClass[];
  readonly path: readonly PredictedNode[];
  /** Bits that may fire. */
  readonly fired: number;
}

const NOWHERE: Walk = { cost: 0, classifying: 0, classes: [], path: [], fired: 0 };

class Predictor {
  readonly #tables: PredictedTables;
  /** By partition: how many chains around this place have classified it. */
  readonly #known: Uint32Array;
  /** By partition, once worked out. */
  readonly #classCosts = new Map<number, number>();

  constructor(tables: PredictedTables) {
    this.#tables = tables;
    this.#known = new Uint32Array(tables.partitions.length);
  }

  /** A chain of nodes: all are visited; of each key one child. What the chain classifies, no child classifies again. */
  walk(first: number): Walk {
    const chain: number[] = [];
    for (let at = first; at >= 0; at = this.#tables.nodes[at]?.next ?? -1) chain.push(at);
    const classified: number[] = [];
    const classes: PredictedClass[] = [];
    let cost = 0;
    let fired = 0;
    const path: PredictedNode[] = [];
    for (const index of chain) {
      const node = this.#tables.nodes[index];
      if (node === undefined) continue;
      const first = node.kind === 'key' ? 0 : node.columnFirst;
      const end = node.kind === 'key' ? 1 : node.columnFirst + node.columnCount;
      for (let i = first; i < end; i += 1) {
        const partition = node.kind === 'key' ? node.partition : (this.#tables.columns[i]?.partition ?? 0);
        if ((this.#known[partition] ?? 0) === 0) classes.push({ partition, cost: this.#classCost(partition) });
        this.#known[partition] = (this.#known[partition] ?? 0) + 1;
        classified.push(partition);
      }
      const own = this.#nodeCost(node);
      cost += own.cost;
      fired += own.fired;
      path.push({ node: index, cost: own.cost });
    }
    for (const index of chain) {
      const node = this.#tables.nodes[index];
      if (node?.kind !== 'key') continue;
      const child = this.#dearestChild(node);
      cost += child.cost;
      classes.push(...child.classes);
      fired += child.fired;
      path.push(...child.path);
    }
    for (const partition of classified) this.#known[partition] = (this.#known[partition] ?? 0) - 1;
    const classifying = classes.reduce((sum, one) => sum + one.cost, 0);
    return { cost, classifying, classes, path, fired };
  }

  #dearestChild(node: NodeTable & { readonly kind: 'key' }): Walk {
    const children = new Set<number>();
    for (let i = 0; i < node.entryCount; i += 1) {
      const child = (this.#tables.words[node.table + (node.dense ? i : 2 * i + 1)] ?? 0) - 1;
      if (child >= 0) children.add(child);
    }
    let dearest = NOWHERE;
    for (const child of children) {
      const walk = this.walk(child);
      if (total(walk, this.#tables) > total(dearest, this.#tables)) dearest = walk;
    }
    return dearest;
  }

  #nodeCost(node: NodeTable): { readonly cost: number; readonly fired: number } {
    if (node.kind === 'key') {
      const steps = node.dense ? 0 : Math.ceil(Math.log2(node.entryCount + 1));
      return { cost: NODE + COLUMN + KEY_STEP * steps, fired: 0 };
    }
    const vectors = Math.ceil(node.bitCount / 128);
    let cost = NODE;
    let fired = node.bitCount;
    for (let i = node.columnFirst; i < node.columnFirst + node.columnCount; i += 1) {
      const column = this.#tables.columns[i];
      if (column === undefined) continue;
      cost += COLUMN + VECTOR * vectors + RUN_STEP * Math.ceil(Math.log2(column.runCount + 1));
      const joins = this.#isMany(column.partition) ? this.#rowsBeside(column) : 0;
      cost += joins * (JOINED_ROW + VECTOR * vectors);
      fired = Math.min(fired, this.#mostBits(column, vectors));
    }
    return { cost: cost + FIRED_BIT * fired + this.#residualCost(node), fired };
  }

  #isMany(partition: number): boolean {
    return hasManyClasses(this.#tables.partitions[partition]?.kind ?? -1);
  }

  /** Of a list's column: rows that elements can add to the one for every list. */
  #rowsBeside(column: ColumnTable): number {
    const { halves, partitions } = this.#tables;
    let rows = 0;
    for (let c = CLASS_ELEMENT_BIT; c < (partitions[column.partition]?.classCount ?? 0); c += 1) {
      if (halves[column.map + c] !== halves[column.map + CLASS_FIRST]) rows += 1;
    }
    return rows;
  }

  /** Bits that a column can leave: the most of any row that a class has, of all together where a list joins them. */
  #mostBits(column: ColumnTable, vectors: number): number {
    const { rows, halves, partitions } = this.#tables;
    const width = vectors * 4;
    const isJoined = this.#isMany(column.partition);
    const joined = new Uint32Array(isJoined ? width : 0);
    const count = column.runCount === 0 ? (partitions[column.partition]?.classCount ?? 0) : column.runCount;
    let most = 0;
    let before = -1;
    for (let i = 0; i < count; i += 1) {
      const row = halves[column.map + (column.runCount === 0 ? i : 2 * i + 1)] ?? 0;
      if (row === before) continue;
      before = row;
      const at = column.rowFirst * 4 + row * width;
      let bits = 0;
      for (let word = 0; word < width; word += 1) {
        if (isJoined) joined[word] = (joined[word] ?? 0) | (rows[at + word] ?? 0);
        else bits += ones(rows[at + word] ?? 0);
      }
      most = Math.max(most, bits);
    }
    return joined.reduce((sum, word) => sum + ones(word), most);
  }

  /** Each residual of the cluster once. */
  #residualCost(node: NodeTable & { readonly kind: 'cluster' }): number {
    const seen = new Set<number>();
    let cost = 0;
    for (let bit = node.bitFirst; bit < node.bitFirst + node.bitCount; bit += 1) {
      const table = this.#tables.bits[bit];
      if (table === undefined || table.code < 0 || seen.has(table.residual)) continue;
      seen.add(table.residual);
      cost += this.#codeCost(table.code, table.codeWords);
    }
    return cost;
  }

  /** Operand words are taken for instructions too, where they look like them: rather more than less. */
  #codeCost(first: number, words: number): number {
    const { code, automatons, scans } = this.#tables;
    let cost = 0;
    let times = 1;
    for (let at = first; at < first + words; at += 1) {
      cost += CODE_WORD * times;
      const op = (code[at] ?? 0) & 0xff;
      if (op === OP_QUANTIFY || op === TERM_FOLD) times = Math.min(times * PREDICTED_LIST_ELEMENTS, 1 << 20);
      if (op === OP_COMPARE) cost += HASHED_BYTE * PREDICTED_TEXT_BYTES * times;
      if (op === OP_TEXT) cost += SEARCHED_BYTE * PREDICTED_TEXT_BYTES * times;
      if (op !== OP_MATCH) continue;
      const isScan = (((code[at] ?? 0) >>> 8) & 0xff) === 1;
      const operand = code[at + 1] ?? 0;
      if (isScan && scans[operand] !== undefined) cost += this.#scanCost(operand, PREDICTED_TEXT_BYTES) * times;
      else if (automatons[operand] !== undefined) cost += WALKED_BYTE * PREDICTED_TEXT_BYTES * times;
    }
    return cost;
  }

  #classCost(partition: number): number {
    const known = this.#classCosts.get(partition);
    if (known !== undefined) return known;
    const table = this.#tables.partitions[partition];
    const cost = table === undefined ? 0 : CLASS + this.#valueCost(table);
    this.#classCosts.set(partition, cost);
    return cost;
  }

  #valueCost(table: PartitionTable): number {
    switch (table.kind) {
      case PARTITION_PRESENCE:
      case PARTITION_BOOL:
        return 0;
      case PARTITION_NUMBER:
        return BOUND_STEP * (1 + Math.ceil(Math.log2(table.boundCount + 1)));
      case PARTITION_DICTIONARY:
        return (HASHED_BYTE + CHECKED_BYTE) * PREDICTED_TEXT_BYTES;
      case PARTITION_AUTOMATON:
        return (HASHED_BYTE + CHECKED_BYTE + WALKED_BYTE) * PREDICTED_TEXT_BYTES;
      default:
        return this.#listCost(table.view);
    }
  }

  /** A list's elements, or a text as a list of one: looked up, walked, scanned, their masks joined. */
  #listCost(index: number): number {
    const view = this.#tables.views[index];
    if (view === undefined) return 0;
    const isList = view.kind >= VIEW_LIST_STRING && view.kind <= VIEW_LIST_DOUBLE;
    const count = isList ? PREDICTED_LIST_ELEMENTS : 1;
    const size = isList ? PREDICTED_ELEMENT_BYTES : PREDICTED_TEXT_BYTES;
    const isText = !isList || view.kind <= VIEW_LIST_ENUM;
    let each = ELEMENT + (isText ? (2 * HASHED_BYTE + CHECKED_BYTE) * size : 0);
    for (const test of this.#tables.elementTests.slice(view.testFirst, view.testFirst + view.testCount)) {
      each += ELEMENT + MASK_WORD * view.bitWords + BOUND_STEP * Math.ceil(Math.log2(test.boundCount + 1));
      if (test.kind === ELEMENT_TEST_AUTOMATON) each += WALKED_BYTE * size;
      if (test.kind === ELEMENT_TEST_LITERALS) each += this.#prefilterCost(test.operand, size);
      if (test.kind === ELEMENT_TEST_SCAN) each += this.#scanCost(test.operand, size);
      if (test.kind === ELEMENT_TEST_SCAN && test.boundCount > 0) each += this.#gateCost(test.operand);
    }
    return count * each + MASK_WORD * view.bitWords;
  }

  #scanCost(index: number, size: number): number {
    const scan = this.#tables.scans[index];
    if (scan === undefined) return 0;
    return size * (SCAN_BYTE + SCAN_WORD * scan.wordCount + SCAN_MOVE * scan.moveCount);
  }

  #gateCost(index: number): number {
    const scan = this.#tables.scans[index];
    return scan === undefined ? 0 : GATED_START * (scan.startCount + scan.classCount) + MASK_WORD * scan.wordCount;
  }

  /** At every place the run of literals that costs most. */
  #prefilterCost(index: number, size: number): number {
    const { prefilters, words, halves } = this.#tables;
    const prefilter = prefilters[index];
    if (prefilter === undefined) return 0;
    const literalCost = (literal: number): number => {
      const at = prefilter.literals + (literal * LITERAL_SIZE) / 4;
      const field = (offset: number): number => words[at + offset / 4] ?? 0;
      return LITERAL + LITERAL_BYTE * field(LITERAL_LENGTH) + LITERAL_TARGET * field(LITERAL_TARGET_COUNT);
    };
    let dearest = 0;
    for (let hash = 0; hash < 2 ** prefilter.hashBits; hash += 1) {
      const first = prefilter.list + (halves[prefilter.runs + hash] ?? 0);
      const run = halves.slice(first, prefilter.list + (halves[prefilter.runs + hash + 1] ?? 0));
      dearest = Math.max(
        dearest,
        run.reduce((sum, literal) => sum + literalCost(literal), 0),
      );
    }
    return size * (PLACE + dearest) + MASK_WORD * prefilter.hitWords;
  }

  /** Verifying the elements that the request's lists have. */
  elementsRead(): number {
    const slots = new Set<number>();
    for (const { slot, kind } of this.#tables.views) {
      if (kind >= VIEW_LIST_STRING && kind <= VIEW_LIST_DOUBLE) slots.add(slot);
    }
    return slots.size * PREDICTED_LIST_ELEMENTS * ELEMENT;
  }
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
