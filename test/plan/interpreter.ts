// Decision tables as they are meant (wasm-core/contract/layout.ts, opcodes.ts), walked plainly: in: tables and a request, out: the
// verdict's bare facts. A test helper, slow on purpose; it reads raw values with the reference's reader and shares no other code.

import { type Effect, type Point, pathText } from '../../compiler/check/typed.ts';
import type { DecisionTables, PartitionTable, ViewTable } from '../../compiler/plan/tables.ts';
import { follow, type Outcome, read, step } from '../../compiler/reference/values.ts';
import * as C from '../../wasm-core/contract/codes.ts';
import { READ_ONLY_MISSING } from '../../wasm-core/contract/layout.ts';
import * as O from '../../wasm-core/contract/opcodes.ts';
import { type Member, outcomeOf, worst } from './interpreter-outcome.ts';
import {
  arithmetic,
  compares,
  computed,
  constantValue,
  elementsOf,
  known,
  readingOf,
  reserved,
  type State,
  type Tagged,
  tagged,
  typeCode,
  type Value,
} from './interpreter-values.ts';
import { prefilterHits } from './prefilter-interpreter.ts';
import { scanBits } from './scan-interpreter.ts';

export interface InterpretedVerdict {
  readonly decision: Effect;
  readonly base: Effect;
  readonly status: string;
  readonly rules: readonly string[];
  readonly determining: readonly string[];
  readonly unknown: readonly { readonly rule: string; readonly path: string; readonly cause: string }[];
}

const POINTS: readonly Point[] = [
  'agent_startup',
  'input',
  'pre_model_call',
  'post_model_call',
  'pre_tool_call',
  'post_tool_call',
  'output',
  'agent_shutdown',
];

export function interpret(tables: DecisionTables, request: unknown): InterpretedVerdict {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return bare('deny', 'request-invalid');
  const written = step(request, 'at');
  const point = POINTS.findIndex((p) => p === (written === undefined ? 'pre_tool_call' : written));
  const at = POINTS[point];
  if (at === undefined) return bare('deny', 'point-unknown');
  const tool = read(
    step(request, 'tool'),
    { kind: 'typed', path: { root: 'args', segments: ['x'] }, type: { kind: 'string' } },
    65536,
  );
  const name = tool.kind === 'known' && typeof tool.value === 'string' ? tool.value : null;
  const entry = name === null ? -1 : (tables.views[0]?.entries.indexOf(name) ?? -1);
  if (at === 'pre_tool_call' || at === 'post_tool_call') {
    if (name === null && tables.algorithm !== 'strict-first-match') return bare('deny', 'tool-missing');
    if (tables.closedWorld && !(tables.tools[entry]?.listed ?? false)) return bare('deny', 'tool-unknown');
  }
  if (!tables.governedPoints.includes(at)) return bare('allow', 'not-governed');
  const run = new Run(tables, request, name, tables.tools[entry]?.absentRow ?? 0);
  run.visit(tables.roots[point] ?? -1);
  return verdictOf(tables, run);
}

function bare(decision: Effect, status: string): InterpretedVerdict {
  return { decision, base: decision, status, rules: [], determining: [], unknown: [] };
}

function verdictOf(tables: DecisionTables, run: Run): InterpretedVerdict {
  const trueRules = [...run.trueRank.keys()].sort((a, b) => a - b);
  const unknownRules = [...run.maybeRank.keys()].filter((rule) => !run.trueRank.has(rule)).sort((a, b) => a - b);
  const members = [...trueRules, ...unknownRules].map((rule): Member => {
    const rank = run.trueRank.get(rule) ?? run.maybeRank.get(rule) ?? 0;
    const { policy, effect } = need(tables.rules[rule]);
    return { policy, isTrue: run.trueRank.has(rule), effect, rank, all: [rule], determining: [rule], status: 'ok' };
  });
  const root = outcomeOf(tables, members);
  const base =
    outcomeOf(
      tables,
      members.filter(({ isTrue }) => isTrue),
    )?.effect ?? tables.defaultEffect;
  const decision = root === null ? base : root.isTrue ? root.effect : worst([tables.defaultEffect, root.effect]);
  const id = (rule: number): string => tables.rules[rule]?.id ?? '';
  return {
    decision,
    base,
    status: root?.status ?? 'ok',
    rules: trueRules.map(id),
    determining: (root?.effect === decision ? [...root.determining] : []).sort((a, b) => a - b).map(id),
    unknown: unknownRules.flatMap((rule) => run.unknowns(rule)),
  };
}

class Run {
  readonly trueRank = new Map<number, number>();
  readonly maybeRank = new Map<number, number>();
  visitedClusters = 0;
  readonly #tables: DecisionTables;
  readonly #request: object;
  readonly #tool: string | null;
  readonly #absentRow: number;
  readonly #states = new Map<number, State>();
  readonly #residuals = new Map<number, number>();

  constructor(tables: DecisionTables, request: object, tool: string | null, absentRow: number) {
    this.#tables = tables;
    this.#request = request;
    this.#tool = tool;
    this.#absentRow = absentRow;
  }

  visit(start: number): void {
    const t = this.#tables;
    for (let index = start; index >= 0; ) {
      const node = need(t.nodes[index]);
      if (node.next >= 0 && node.next <= index) throw new Error('a successor before its node');
      if (node.kind === 'key') {
        const c = this.#classOf(node.partition);
        let child = 0;
        if (node.dense) child = t.words[node.table + c] ?? 0;
        else {
          for (let i = 0; i < node.entryCount; i += 1) {
            if (t.words[node.table + 2 * i] === c) child = t.words[node.table + 2 * i + 1] ?? 0;
          }
        }
        if (child > 0) {
          if (child - 1 <= index || need(t.nodes[child - 1]).level !== node.level + 1)
            throw new Error('a child out of order');
          this.visit(child - 1);
        }
      } else {
        this.#cluster(node);
      }
      index = node.next;
    }
  }

  #cluster(node: { columnFirst: number; columnCount: number; bitFirst: number; bitCount: number }): void {
    const t = this.#tables;
    this.visitedClusters += 1;
    const vectors = Math.ceil(node.bitCount / 128);
    for (let v = 0; v < vectors; v += 1) {
      let bits = (1n << BigInt(Math.min(128, node.bitCount - 128 * v))) - 1n;
      for (let i = 0; i < node.columnCount; i += 1) {
        const column = need(t.columns[node.columnFirst + i]);
        const rows = this.#classesOf(column.partition).map((c) => {
          const runs = Array.from({ length: column.runCount }, (_, r) => column.map + 2 * r);
          const run = runs.findLast((at) => need(t.halves[at]) <= c);
          const local = need(t.halves[run === undefined ? column.map + c : run + 1]);
          if (local >= column.rowCount) throw new Error('a row out of its column');
          const first = 4 * (column.rowFirst + local * vectors + v);
          return [3, 2, 1, 0].reduce((row, word) => (row << 32n) | BigInt(need(t.rows[first + word])), 0n);
        });
        const isAny = need(t.partitions[column.partition]).kind === C.PARTITION_LIST_ANY;
        bits &= rows.reduce((a, b) => (isAny ? a | b : a & b));
      }
      for (let k = 0; bits !== 0n; k += 1, bits >>= 1n) if ((bits & 1n) === 1n) this.#fire(node.bitFirst + v * 128 + k);
    }
  }

  #fire(index: number): void {
    const bit = need(this.#tables.bits[index]);
    if (bit.code >= 0) {
      const truth = this.#residual(bit.residual, bit.code, bit.codeWords);
      if ((truth & (bit.takesMay ? 2 : 1)) === 0) return;
    }
    const ranks = bit.maybe ? this.maybeRank : this.trueRank;
    ranks.set(bit.rule, Math.max(bit.rank, ranks.get(bit.rule) ?? Number.NEGATIVE_INFINITY));
  }

  unknowns(rule: number): { rule: string; path: string; cause: string }[] {
    const { reads, id } = need(this.#tables.rules[rule]);
    const found = new Map<string, { rule: string; path: string; cause: string }>();
    for (const entry of reads) {
      const state = this.#state(entry & ~READ_ONLY_MISSING);
      if (state.kind !== 'class' || state.cause === null) continue;
      if ((entry & READ_ONLY_MISSING) !== 0 && state.cause !== 'missing') continue;
      const path = this.#pathOf(entry & ~READ_ONLY_MISSING);
      found.set(`${path} ${state.cause}`, { rule: id, path, cause: state.cause });
    }
    const first = reads[0];
    if (found.size === 0 && first !== undefined) {
      found.set('', { rule: id, path: this.#pathOf(first & ~READ_ONLY_MISSING), cause: 'computation' });
    }
    return [...found.values()];
  }

  #pathOf(view: number): string {
    const { path } = need(this.#tables.slots[need(this.#tables.views[view]).slot]);
    return path === null ? 'tool' : pathText(path);
  }

  // --- phase 1 ---

  #state(index: number): State {
    let state = this.#states.get(index);
    if (state === undefined) {
      state = this.#readView(index, need(this.#tables.views[index]));
      this.#states.set(index, state);
    }
    return state;
  }

  #readView(index: number, view: ViewTable): State {
    const { path } = need(this.#tables.slots[view.slot]);
    if (path === null)
      return this.#tool === null ? reserved(C.CLASS_MISSING, 'missing') : { kind: 'value', value: this.#tool };
    const raw = follow(this.#request, path);
    if (raw === undefined) {
      const absent = need(this.#tables.absentRows[this.#absentRow]?.[index]);
      if (absent === C.ABSENT_INAPPLICABLE) return reserved(C.CLASS_INAPPLICABLE, null);
      if (absent === C.ABSENT_MISSING) return reserved(C.CLASS_MISSING, 'missing');
      const constant = need(this.#tables.constants[absent - C.ABSENT_FIRST_CONSTANT]);
      return constant.kind === 'empty-list'
        ? { kind: 'list', elements: [] }
        : { kind: 'value', value: constantValue(constant) };
    }
    if (raw === null) return reserved(C.CLASS_NULL, 'null');
    if (view.kind === C.VIEW_TYPE) return { kind: 'value', value: typeCode(raw) };
    if (view.kind === C.VIEW_PRESENCE) return { kind: 'value', value: true };
    const outcome: Outcome = read(raw, readingOf(view, path), 65536);
    if (outcome.kind !== 'known')
      return reserved(C.CLASS_WRONG_TYPE, outcome.kind === 'unknown' ? outcome.cause : null);
    const { value } = outcome;
    if (typeof value === 'object') return { kind: 'list', elements: value.filter((e) => typeof e !== 'object') };
    return { kind: 'value', value };
  }

  /** Several of a list whose bits are the classes (PARTITION_LIST_ANY, PARTITION_LIST_ALL). */
  #classesOf(index: number): readonly number[] {
    const { view: viewIndex, kind, classCount } = need(this.#tables.partitions[index]);
    const state = this.#state(viewIndex);
    const elements = elementsOf(state, kind);
    if (elements === null || kind === C.PARTITION_LIST_BIT) return [this.#classOf(index)];
    const bits = this.#listBits(need(this.#tables.views[viewIndex]), elements);
    const classes = [C.CLASS_FIRST];
    for (let c = C.CLASS_ELEMENT_BIT; c < classCount; c += 1) {
      if (((bits >> BigInt(c - C.CLASS_ELEMENT_BIT)) & 1n) === 1n) classes.push(c);
    }
    return classes;
  }

  #classOf(index: number): number {
    const partition = need(this.#tables.partitions[index]);
    const state = this.#state(partition.view);
    if (state.kind === 'class') return state.reserved;
    if (state.kind === 'list' && partition.kind !== C.PARTITION_LIST_BIT) throw new Error('a list of several classes');
    const c = this.#ownClass(partition, state);
    if (c >= partition.classCount) throw new Error(`class ${c} of ${partition.classCount}`);
    return c;
  }

  #ownClass(partition: PartitionTable, state: Exclude<State, { kind: 'class' }>): number {
    const t = this.#tables;
    const view = need(t.views[partition.view]);
    const elements = elementsOf(state, partition.kind);
    if (elements !== null) {
      const word = this.#listBits(view, elements);
      return ((word >> BigInt(partition.operand)) & 1n) === 1n ? C.CLASS_TRUE : C.CLASS_FALSE;
    }
    const { value } = state.kind === 'value' ? state : { value: null };
    switch (partition.kind) {
      case C.PARTITION_PRESENCE:
        return C.CLASS_FIRST;
      case C.PARTITION_BOOL:
        return value === true ? C.CLASS_TRUE : C.CLASS_FALSE;
      case C.PARTITION_NUMBER:
        return need(
          t.halves[partition.cellClasses + this.#cell(partition.operand, partition.boundCount, Number(value))],
        );
      default: {
        const entry = view.entries.indexOf(String(value));
        if (entry >= 0) return need(t.halves[partition.entryClasses + entry]);
        if (partition.kind === C.PARTITION_DICTIONARY) return partition.operand;
        return this.#label(partition.operand, String(value));
      }
    }
  }

  #cell(bounds: number, count: number, value: number): number {
    let cell = 0;
    for (let i = 0; i < count; i += 1) {
      const bound = need(this.#tables.bounds[bounds + i]);
      if (value > bound) cell = 2 * i + 2;
      else if (value === bound) cell = 2 * i + 1;
    }
    return cell;
  }

  #label(index: number, text: string): number {
    const t = this.#tables;
    const automaton = need(t.automatons[index]);
    const bytes = [...new TextEncoder().encode(text)];
    if (automaton.backward) bytes.reverse();
    let state = 0;
    for (const byte of bytes) {
      const symbol = need(t.bytes[automaton.byteClasses + byte]);
      const next = need(t.halves[automaton.transitions + state * automaton.symbolCount + symbol]);
      if (state >= automaton.firstSink && next !== state) throw new Error('a sink with a way out');
      state = next;
    }
    const label = need(t.halves[automaton.labels + state]);
    if (label >= automaton.labelLimit) throw new Error('a label over its limit');
    return label;
  }

  #listBits(view: ViewTable, elements: readonly Value[]): bigint {
    const t = this.#tables;
    let bits = 0n;
    const add = (masks: number, number: number): void => {
      for (let w = 0; w < view.bitWords; w += 1)
        bits |= need(t.masks[masks + number * view.bitWords + w]) << BigInt(64 * w);
    };
    for (const element of elements) {
      const entry = view.entries.indexOf(String(element));
      let hits = 0n;
      for (let i = 0; i < view.testCount; i += 1) {
        const test = need(t.elementTests[view.testFirst + i]);
        if (test.kind === C.ELEMENT_TEST_DICTIONARY) add(test.masks, entry >= 0 ? entry : view.entries.length);
        else if (test.kind === C.ELEMENT_TEST_NUMBER)
          add(test.masks, this.#cell(test.operand, test.boundCount, Number(element)));
        else if (test.kind === C.ELEMENT_TEST_BOOL) add(test.masks, element === true ? 1 : 0);
        else if (test.kind === C.ELEMENT_TEST_SCAN || test.kind === C.ELEMENT_TEST_LITERALS) {
          const isScan = test.kind === C.ELEMENT_TEST_SCAN;
          const text = String(element);
          if (!isScan) hits = prefilterHits(t, test.operand, text);
          const first = hits >> BigInt((test.boundCount - 1) * 64);
          const size = Math.ceil(need(t.scans[isScan ? test.operand : 0] ?? { wordCount: 0 }).wordCount / 64) * 64;
          const enabled = test.boundCount === 0 ? null : first & (first >> BigInt(size));
          const found = isScan ? scanBits(t, test.operand, text, enabled) : BigInt.asUintN(view.bitWords * 64, hits);
          const unmatched = Array.from(
            { length: view.bitWords },
            (_, w) => need(t.masks[test.masks + w]) << BigInt(64 * w),
          );
          if (entry < 0 || view.kind === C.VIEW_STRING) bits |= unmatched.reduce((all, mask) => all | mask, 0n) ^ found;
        } else if (entry < 0) add(test.masks, this.#label(test.operand, String(element)));
      }
    }
    return bits;
  }

  // --- residuals ---

  #residual(number: number, code: number, words: number): number {
    let truth = this.#residuals.get(number);
    if (truth === undefined) {
      const truths: number[] = [];
      this.#execute(code, code + words, truths, null);
      if (truths.length !== 1) throw new Error('a residual leaves one truth');
      truth = need(truths[0]);
      this.#residuals.set(number, truth);
    }
    return truth;
  }

  #execute(
    from: number,
    to: number,
    truths: number[],
    running: { element: Value; steps: { count: number } } | null,
  ): void {
    const t = this.#tables;
    const values: Tagged[] = [];
    const word = (i: number): number => need(t.code[i]);
    for (let pc = from; pc < to; pc += 1) {
      const op = word(pc) & 0xff;
      const a = (word(pc) >> 8) & 0xff;
      const b = word(pc) >> 16;
      const literal = (inputs: readonly Tagged[], test: () => boolean): void => {
        if (inputs.some((x) => x.kind === 'inapplicable')) truths.push(0);
        else if (inputs.some((x) => x.kind === 'unknown')) truths.push(2);
        else truths.push(test() !== ((b & 1) === 1) ? 3 : 0);
      };
      if (op === O.OP_TRUTH) truths.push(a);
      else if (op === O.OP_CLASS) {
        truths.push(need(t.bytes[word(pc + 2) + this.#classOf(word(pc + 1))]));
        pc += 2;
      } else if (op === O.OP_AND || op === O.OP_OR) {
        const right = need(truths.pop());
        const left = need(truths.pop());
        truths.push(op === O.OP_AND ? left & right : left | right);
      } else if (op === O.OP_COMPARE) {
        const right = need(values.pop());
        const left = need(values.pop());
        literal([left, right], () => compares(a, known(left), known(right)));
      } else if (op === O.OP_TEXT) {
        const argument = need(values.pop());
        const subject = need(values.pop());
        if ((b & 2) !== 0 && running !== null && subject.kind === 'known') {
          running.steps.count += Math.ceil((Buffer.byteLength(String(subject.value)) + 1) / 64);
        }
        literal([subject, argument], () => {
          const s = String(known(subject));
          const u = String(known(argument));
          return a === O.TEXT_STARTS_WITH ? s.startsWith(u) : a === O.TEXT_ENDS_WITH ? s.endsWith(u) : s.includes(u);
        });
      } else if (op === O.OP_MEMBER) {
        const element = need(values.pop());
        const state = this.#state(word(pc + 1));
        if ((b & 2) !== 0 && running !== null && state.kind === 'list') {
          running.steps.count += Math.ceil((state.elements.length + 1) / 16);
        }
        const list: Tagged = state.kind === 'class' ? tagged(state) : { kind: 'known', value: true };
        literal(
          [element, list],
          () => state.kind === 'list' && state.elements.some((x) => compares(O.COMPARE_EQ, x, known(element))),
        );
        pc += 1;
      } else if (op === O.OP_MATCH) {
        const value = need(values.pop());
        const at = word(pc + 1);
        literal([value], () => {
          const text = String(known(value));
          return a === 0 ? this.#label(at, text) === 1 : (scanBits(this.#tables, at, text) & 1n) === 1n;
        });
        pc += 1;
      } else if (op === O.OP_TEST) {
        const value = need(values.pop());
        literal([value], () => known(value) === true);
      } else if (op === O.OP_QUANTIFY) {
        const body = pc + 3;
        const end = body + word(pc + 2);
        truths.push(this.#quantify(a, word(pc + 1), body, end));
        pc = end - 1;
      } else if (op === O.OP_VIEW) {
        values.push(tagged(this.#state(word(pc + 1))));
        pc += 1;
      } else if (op === O.OP_ELEMENT) values.push({ kind: 'known', value: need(running).element });
      else if (op === O.OP_CONSTANT) {
        const constant = need(t.constants[word(pc + 1)]);
        values.push({ kind: 'known', value: constantValue(constant) });
        pc += 1;
      } else if (op === O.OP_ARITHMETIC) {
        const right = need(values.pop());
        const left = need(values.pop());
        values.push(computed([left, right], () => arithmetic(a, known(left), known(right))));
      } else if (op === O.OP_NEGATE) {
        const value = need(values.pop());
        values.push(computed([value], () => arithmetic(-1, known(value), known(value))));
      } else if (op === O.OP_SIZE) {
        const value = need(values.pop());
        values.push(computed([value], () => BigInt(Array.from(String(known(value))).length)));
      } else throw new Error(`no operation ${op}`);
      if (truths.length > 128 || values.length > 128) throw new Error('a stack too deep');
    }
  }

  #quantify(all: number, view: number, body: number, end: number): number {
    const state = this.#state(view);
    if (state.kind === 'class') return state.reserved === C.CLASS_INAPPLICABLE ? 0 : 2;
    let truth = all === 1 ? 3 : 0;
    const steps = { count: 0 };
    for (const element of state.kind === 'list' ? state.elements : []) {
      const truths: number[] = [];
      this.#execute(body, end, truths, { element, steps });
      truth = all === 1 ? truth & need(truths[0]) : truth | need(truths[0]);
    }
    return steps.count > 65536 ? 2 : truth;
  }
}

function need<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('tables point outside themselves');
  return value;
}
