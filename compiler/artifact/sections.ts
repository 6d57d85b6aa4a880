// In: decision tables. Out: the bytes of every section of the artifact (FORMAT.md 2), by field index of the root table.
// Never reorders anything: record i of a section is element i of the planner's array.

import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import type { Algorithm, AttributePath, Effect, Point } from '../check/typed.ts';
import { pathText } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { DecisionTables } from '../plan/tables.ts';
import { constantRecords } from './constants.ts';
import { fnv1a64 } from './hash.ts';
import { f64Pool, Records, u16Pool, u32Pool, u64Pool } from './records.ts';
import { exactUtf8, type PlacedDictionary, placeDictionaries, TextPool } from './texts.ts';

const EFFECT_CODES: Readonly<Record<Effect, number>> = {
  allow: codes.EFFECT_ALLOW,
  warn: codes.EFFECT_WARN,
  transform: codes.EFFECT_TRANSFORM,
  escalate: codes.EFFECT_ESCALATE,
  deny: codes.EFFECT_DENY,
};

const POINT_CODES: Readonly<Record<Point, number>> = {
  agent_startup: codes.POINT_AGENT_STARTUP,
  input: codes.POINT_INPUT,
  pre_model_call: codes.POINT_PRE_MODEL_CALL,
  post_model_call: codes.POINT_POST_MODEL_CALL,
  pre_tool_call: codes.POINT_PRE_TOOL_CALL,
  post_tool_call: codes.POINT_POST_TOOL_CALL,
  output: codes.POINT_OUTPUT,
  agent_shutdown: codes.POINT_AGENT_SHUTDOWN,
};

const ALGORITHM_CODES: Readonly<Record<Algorithm, number>> = {
  'deny-overrides': codes.ALGORITHM_DENY_OVERRIDES,
  'allow-overrides': codes.ALGORITHM_ALLOW_OVERRIDES,
  'first-match': codes.ALGORITHM_FIRST_MATCH,
  priority: codes.ALGORITHM_PRIORITY,
  'most-specific': codes.ALGORITHM_MOST_SPECIFIC,
  'only-one': codes.ALGORITHM_ONLY_ONE,
  'strict-first-match': codes.ALGORITHM_STRICT_FIRST_MATCH,
  cedar: codes.ALGORITHM_CEDAR,
};

/** The path text of a slot; of slot 0 `tool`. */
export function slotText(path: AttributePath | null): string {
  return path === null ? 'tool' : pathText(path);
}

/** All sections, header included, by root table field. The content hash and the metadata are not among them. */
export function sections(tables: DecisionTables): ReadonlyMap<number, Uint8Array> {
  const texts = new TextPool(tables.bytes);
  const dictionaries = placeDictionaries(
    tables.views.map((view) => view.entries),
    texts,
  );
  const constants = constantRecords(tables.constants, texts);
  const reads = placeReads(tables);
  return new Map([
    [layout.HEADER_FIELD, header(tables)],
    [layout.SLOT_SECTION, slotRecords(tables)],
    [layout.VIEW_SECTION, viewRecords(tables, dictionaries.placed)],
    [layout.PARTITION_SECTION, partitionRecords(tables)],
    [layout.ELEMENT_TEST_SECTION, elementTestRecords(tables)],
    [layout.AUTOMATON_SECTION, automatonRecords(tables)],
    [layout.BUCKET_SECTION, dictionaries.buckets],
    [layout.ENTRY_SECTION, dictionaries.entries],
    [layout.TOOL_SECTION, toolRecords(tables)],
    [layout.ABSENT_SECTION, absentRows(tables)],
    [layout.CONSTANT_SECTION, constants],
    [layout.NODE_SECTION, nodeRecords(tables)],
    [layout.COLUMN_SECTION, columnRecords(tables)],
    [layout.BIT_SECTION, bitRecords(tables)],
    [layout.RULE_SECTION, ruleRecords(tables, reads.firsts)],
    [layout.READ_SECTION, u32Pool(reads.pool)],
    [layout.CODE_SECTION, u32Pool(tables.code)],
    [layout.WORD_SECTION, u32Pool(tables.words)],
    [layout.HALF_SECTION, u16Pool(tables.halves)],
    [layout.BYTE_SECTION, texts.bytes()],
    [layout.BOUND_SECTION, f64Pool(tables.bounds)],
    [layout.MASK_SECTION, u64Pool(tables.masks)],
    [layout.ROW_SECTION, u32Pool(tables.rows)],
    [layout.NESTED_SECTION, nestedRecords(tables)],
    [layout.SCAN_SECTION, scanRecords(tables)],
    [layout.PREFILTER_SECTION, prefilterRecords(tables)],
  ]);
}

function header(tables: DecisionTables): Uint8Array {
  const record = new Records(1, layout.HEADER_SIZE);
  let governed = 0;
  for (const point of tables.governedPoints) governed |= 1 << POINT_CODES[point];
  const layoutText = tables.slots.map((slot) => slotText(slot.path)).join('\n');
  record.u32(0, layout.HEADER_FORMAT_VERSION, layout.ARTIFACT_FORMAT_VERSION);
  record.u32(0, layout.HEADER_FLAGS, tables.needsTerms ? layout.FLAG_NEEDS_TERMS : 0);
  record.u64(0, layout.HEADER_LAYOUT_LO, fnv1a64(exactUtf8(layoutText)));
  record.u32(0, layout.HEADER_ALGORITHM, ALGORITHM_CODES[tables.algorithm]);
  record.u32(0, layout.HEADER_DEFAULT_EFFECT, EFFECT_CODES[tables.defaultEffect]);
  record.u32(0, layout.HEADER_GOVERNED_POINTS, governed);
  record.u32(0, layout.HEADER_CLOSED_WORLD, tables.closedWorld ? 1 : 0);
  record.u32(0, layout.HEADER_ABSENT_ROWS, tables.absentRows.length);
  if (tables.roots.length !== codes.POINT_COUNT) throw new RangeError(`${tables.roots.length} roots`);
  for (const [point, node] of tables.roots.entries()) record.u32(0, layout.HEADER_ROOT + point * 4, node + 1);
  record.u32(0, layout.HEADER_PREDICTED_COST, Math.min(tables.predictedCost, 0xffffffff));
  return record.bytes;
}

function slotRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.slots.length, layout.SLOT_SIZE);
  const keys = new Set<bigint>();
  for (const [i, slot] of tables.slots.entries()) {
    if ((slot.path === null) !== (i === 0)) throw new RangeError(`slot ${i}: only slot 0 is the tool`);
    const key = fnv1a64(exactUtf8(slotText(slot.path)));
    if (keys.has(key)) throw new RangeError(`slot ${i}: the key of \`${slotText(slot.path)}\` is another slot's`);
    keys.add(key);
    records.u64(i, layout.SLOT_KEY_LO, key);
  }
  return records.bytes;
}

function viewRecords(tables: DecisionTables, placed: readonly PlacedDictionary[]): Uint8Array {
  const records = new Records(tables.views.length, layout.VIEW_SIZE_BYTES);
  for (const [i, view] of tables.views.entries()) {
    const dictionary = placed[i] ?? { bucketFirst: 0, bucketCount: 0, entryFirst: 0 };
    records.u32(i, layout.VIEW_SLOT, view.slot);
    records.u32(i, layout.VIEW_KIND, view.kind);
    records.u32(i, layout.VIEW_BUCKET_FIRST, dictionary.bucketFirst);
    records.u32(i, layout.VIEW_BUCKET_COUNT, dictionary.bucketCount);
    records.u32(i, layout.VIEW_ENTRY_FIRST, dictionary.entryFirst);
    records.u32(i, layout.VIEW_ENTRY_COUNT, view.entries.length);
    records.u32(i, layout.VIEW_BIT_WORDS, view.bitWords);
    records.u32(i, layout.VIEW_TEST_FIRST, view.testFirst);
    records.u32(i, layout.VIEW_TEST_COUNT, view.testCount);
  }
  return records.bytes;
}

function partitionRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.partitions.length, layout.PARTITION_SIZE);
  for (const [i, partition] of tables.partitions.entries()) {
    records.u32(i, layout.PARTITION_VIEW, partition.view);
    records.u32(i, layout.PARTITION_KIND, partition.kind);
    records.u32(i, layout.PARTITION_CLASS_COUNT, partition.classCount);
    records.u32(i, layout.PARTITION_ENTRY_CLASSES, partition.entryClasses);
    records.u32(i, layout.PARTITION_OPERAND, partition.operand);
    records.u32(i, layout.PARTITION_BOUND_COUNT, partition.boundCount);
    records.u32(i, layout.PARTITION_CELL_CLASSES, partition.cellClasses);
  }
  return records.bytes;
}

function elementTestRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.elementTests.length, layout.ELEMENT_TEST_SIZE);
  for (const [i, test] of tables.elementTests.entries()) {
    records.u32(i, layout.ELEMENT_TEST_KIND, test.kind);
    records.u32(i, layout.ELEMENT_TEST_OPERAND, test.operand);
    records.u32(i, layout.ELEMENT_TEST_BOUND_COUNT, test.boundCount);
    records.u32(i, layout.ELEMENT_TEST_MASKS, test.masks);
  }
  return records.bytes;
}

function automatonRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.automatons.length, layout.AUTOMATON_SIZE);
  for (const [i, automaton] of tables.automatons.entries()) {
    records.u32(i, layout.AUTOMATON_BACKWARD, automaton.backward ? 1 : 0);
    records.u32(i, layout.AUTOMATON_STATE_COUNT, automaton.stateCount);
    records.u32(i, layout.AUTOMATON_FIRST_SINK, automaton.firstSink);
    records.u32(i, layout.AUTOMATON_SYMBOL_COUNT, automaton.symbolCount);
    records.u32(i, layout.AUTOMATON_BYTE_CLASSES, automaton.byteClasses);
    records.u32(i, layout.AUTOMATON_TRANSITIONS, automaton.transitions);
    records.u32(i, layout.AUTOMATON_LABELS, automaton.labels);
    records.u32(i, layout.AUTOMATON_LABEL_LIMIT, automaton.labelLimit);
    records.u32(i, layout.AUTOMATON_FIRST_JUMP, automaton.firstJump);
    records.u32(i, layout.AUTOMATON_JUMPS, automaton.jumps);
  }
  return records.bytes;
}

function prefilterRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.prefilters.length, layout.PREFILTER_SIZE);
  for (const [i, prefilter] of tables.prefilters.entries()) {
    records.u32(i, layout.PREFILTER_HIT_WORDS, prefilter.hitWords);
    records.u32(i, layout.PREFILTER_INITIAL, prefilter.initial);
    records.u32(i, layout.PREFILTER_HAS_FINGERPRINTS, prefilter.hasFingerprints ? 1 : 0);
    records.u32(i, layout.PREFILTER_FINGERPRINTS, prefilter.fingerprints);
    records.u32(i, layout.PREFILTER_HASH_BITS, prefilter.hashBits);
    records.u32(i, layout.PREFILTER_RUNS, prefilter.runs);
    records.u32(i, layout.PREFILTER_LIST, prefilter.list);
    records.u32(i, layout.PREFILTER_LIST_COUNT, prefilter.listCount);
    records.u32(i, layout.PREFILTER_LITERALS, prefilter.literals);
    records.u32(i, layout.PREFILTER_LITERAL_COUNT, prefilter.literalCount);
  }
  return records.bytes;
}

function scanRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.scans.length, layout.SCAN_SIZE);
  for (const [i, scan] of tables.scans.entries()) {
    records.u32(i, layout.SCAN_ALPHABET, scan.alphabet);
    records.u32(i, layout.SCAN_CLASS_COUNT, scan.classCount);
    records.u32(i, layout.SCAN_WORD_COUNT, scan.wordCount);
    records.u32(i, layout.SCAN_KINDS, scan.kinds);
    records.u32(i, layout.SCAN_WORDS, scan.words);
    records.u32(i, layout.SCAN_MASKS, scan.masks);
    records.u32(i, layout.SCAN_MOVES, scan.moves);
    records.u32(i, layout.SCAN_MOVE_MASKS, scan.moveMasks);
    records.u32(i, layout.SCAN_MOVE_COUNT, scan.moveCount);
    records.u32(i, layout.SCAN_STARTS, scan.starts);
    records.u32(i, layout.SCAN_START_LIST, scan.startList);
    records.u32(i, layout.SCAN_ENDS, scan.ends);
    records.u32(i, layout.SCAN_END_MASKS, scan.endMasks);
    records.u32(i, layout.SCAN_END_COUNT, scan.endCount);
    records.u32(i, layout.SCAN_BIT_LIMIT, scan.bitLimit);
    records.u32(i, layout.SCAN_START_COUNT, scan.startCount);
  }
  return records.bytes;
}

function toolRecords(tables: DecisionTables): Uint8Array {
  const entryCount = tables.views[0]?.entries.length ?? 0;
  if (tables.tools.length !== entryCount) {
    throw new RangeError(`${tables.tools.length} tools, but ${entryCount} entries of view 0`);
  }
  const records = new Records(tables.tools.length, layout.TOOL_SIZE);
  for (const [i, tool] of tables.tools.entries()) {
    records.u32(i, layout.TOOL_ABSENT_ROW, tool.absentRow);
    records.u32(i, layout.TOOL_LISTED, tool.listed ? 1 : 0);
  }
  return records.bytes;
}

function absentRows(tables: DecisionTables): Uint8Array {
  for (const row of tables.absentRows) {
    if (row.length !== tables.views.length) {
      throw new RangeError(`an absent row of ${row.length} for ${tables.views.length} views`);
    }
  }
  return u32Pool(tables.absentRows.flat());
}

function nodeRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.nodes.length, layout.NODE_SIZE);
  for (const [i, node] of tables.nodes.entries()) {
    records.u32(i, layout.NODE_LEVEL, node.level);
    records.u32(i, layout.NODE_NEXT, node.next + 1);
    switch (node.kind) {
      case 'key':
        records.u32(i, layout.NODE_KIND, layout.NODE_KEY);
        records.u32(i, layout.NODE_A, node.partition);
        records.u32(i, layout.NODE_B, node.table);
        records.u32(i, layout.NODE_C, node.entryCount);
        records.u32(i, layout.NODE_D, node.dense ? 1 : 0);
        break;
      case 'cluster':
        records.u32(i, layout.NODE_KIND, layout.NODE_CLUSTER);
        records.u32(i, layout.NODE_A, node.columnFirst);
        records.u32(i, layout.NODE_B, node.columnCount);
        records.u32(i, layout.NODE_C, node.bitFirst);
        records.u32(i, layout.NODE_D, node.bitCount);
        records.u32(i, layout.NODE_VECTORS, Math.ceil(node.bitCount / 128));
        break;
      default:
        unreachable(node);
    }
  }
  return records.bytes;
}

function columnRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.columns.length, layout.COLUMN_SIZE);
  for (const [i, column] of tables.columns.entries()) {
    records.u32(i, layout.COLUMN_PARTITION, column.partition);
    records.u32(i, layout.COLUMN_MAP, column.map);
    records.u32(i, layout.COLUMN_RUN_COUNT, column.runCount);
    records.u32(i, layout.COLUMN_ROW_FIRST, column.rowFirst);
    records.u32(i, layout.COLUMN_ROW_COUNT, column.rowCount);
  }
  return records.bytes;
}

function bitRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.bits.length, layout.BIT_SIZE);
  for (const [i, bit] of tables.bits.entries()) {
    const roles = (bit.maybe ? layout.BIT_IS_MAYBE : 0) | (bit.takesMay ? layout.BIT_TAKES_MAY : 0);
    records.u32(i, layout.BIT_RULE, bit.rule);
    records.i32(i, layout.BIT_RANK, bit.rank);
    records.u32(i, layout.BIT_CODE, bit.code + 1);
    records.u32(i, layout.BIT_CODE_WORDS, bit.codeWords);
    records.u32(i, layout.BIT_RESIDUAL, bit.residual);
    records.u32(i, layout.BIT_FLAGS, roles | (bit.hasTwin ? layout.BIT_HAS_TWIN : 0));
  }
  return records.bytes;
}

/** What rules read, equal lists once; by rule, where its list begins. */
function placeReads({ rules }: DecisionTables): { readonly pool: number[]; readonly firsts: readonly number[] } {
  const pool: number[] = [];
  const known = new Map<string, number>();
  const firsts = rules.map(({ reads }) => {
    const key = reads.join(',');
    const before = known.get(key);
    if (before !== undefined) return before;
    const first = pool.length;
    known.set(key, first);
    for (const read of reads) pool.push(read);
    return first;
  });
  return { pool, firsts };
}

function ruleRecords(tables: DecisionTables, readFirsts: readonly number[]): Uint8Array {
  const records = new Records(tables.rules.length, layout.RULE_SIZE);
  for (const [i, rule] of tables.rules.entries()) {
    records.u32(i, layout.RULE_EFFECT, EFFECT_CODES[rule.effect]);
    records.u32(i, layout.RULE_READ_FIRST, readFirsts[i] ?? 0);
    records.u32(i, layout.RULE_READ_COUNT, rule.reads.length);
    records.u32(i, layout.RULE_POLICY, rule.policy);
  }
  return records.bytes;
}

function nestedRecords(tables: DecisionTables): Uint8Array {
  const records = new Records(tables.nested.length, layout.NESTED_SIZE);
  for (const [i, { parent, algorithm, rank }] of tables.nested.entries()) {
    records.u32(i, layout.NESTED_PARENT, parent);
    records.u32(i, layout.NESTED_ALGORITHM, ALGORITHM_CODES[algorithm]);
    records.i32(i, layout.NESTED_RANK, rank);
  }
  return records.bytes;
}
