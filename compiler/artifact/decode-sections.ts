// In: the parts of an artifact. Out: its decision tables, record by record. The reading half of FORMAT.md 2.
// Never guesses: an unknown code throws.

import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as fields from '../../wasm-core/contract/metadata.ts';
import {
  type Algorithm,
  type AttributeForm,
  type AttributePath,
  type Effect,
  type Point,
  pathText,
} from '../check/typed.ts';
import type { DecisionTables, NodeTable, RuleTable, ViewTable } from '../plan/tables.ts';
import { namesPool, readConstants } from './constants.ts';
import { readOperation } from './decode-operations.ts';
import { ArtifactError, type Bytes, type Table } from './reader.ts';

export interface ArtifactParts {
  readonly header: Bytes;
  /** By field of the root table. */
  readonly sections: ReadonlyMap<number, Bytes>;
  readonly metadata: Table;
}

const EFFECTS = new Map<number, Effect>([
  [codes.EFFECT_ALLOW, 'allow'],
  [codes.EFFECT_WARN, 'warn'],
  [codes.EFFECT_TRANSFORM, 'transform'],
  [codes.EFFECT_ESCALATE, 'escalate'],
  [codes.EFFECT_DENY, 'deny'],
]);

const POINTS = new Map<number, Point>([
  [codes.POINT_AGENT_STARTUP, 'agent_startup'],
  [codes.POINT_INPUT, 'input'],
  [codes.POINT_PRE_MODEL_CALL, 'pre_model_call'],
  [codes.POINT_POST_MODEL_CALL, 'post_model_call'],
  [codes.POINT_PRE_TOOL_CALL, 'pre_tool_call'],
  [codes.POINT_POST_TOOL_CALL, 'post_tool_call'],
  [codes.POINT_OUTPUT, 'output'],
  [codes.POINT_AGENT_SHUTDOWN, 'agent_shutdown'],
]);

const ALGORITHMS = new Map<number, Algorithm>([
  [codes.ALGORITHM_DENY_OVERRIDES, 'deny-overrides'],
  [codes.ALGORITHM_ALLOW_OVERRIDES, 'allow-overrides'],
  [codes.ALGORITHM_FIRST_MATCH, 'first-match'],
  [codes.ALGORITHM_PRIORITY, 'priority'],
  [codes.ALGORITHM_MOST_SPECIFIC, 'most-specific'],
  [codes.ALGORITHM_ONLY_ONE, 'only-one'],
  [codes.ALGORITHM_STRICT_FIRST_MATCH, 'strict-first-match'],
  [codes.ALGORITHM_CEDAR, 'cedar'],
]);

const ROOTS = new Map<number, AttributePath['root'] | null>([
  [fields.ROOT_TOOL, null],
  [fields.ROOT_PRINCIPAL, 'principal'],
  [fields.ROOT_ARGS, 'args'],
  [fields.ROOT_CONTEXT, 'context'],
  [fields.ROOT_RESULT, 'result'],
  [fields.ROOT_MESSAGE, 'message'],
  [fields.ROOT_OUTPUT, 'output'],
]);

const FORMS = new Map<number, AttributeForm | null>([
  [fields.FORM_PLAIN, null],
  [fields.FORM_TEXT, 'text'],
  [fields.FORM_NUMBER, 'number'],
  [fields.FORM_MEMBERS, 'members'],
]);

export function readTables(parts: ArtifactParts): DecisionTables {
  const { header, metadata } = parts;
  const section = (field: number): Bytes => known(parts.sections, field, 'section');
  const views = readViews(parts);
  const governed = header.u32(layout.HEADER_GOVERNED_POINTS);
  const halves = section(layout.HALF_SECTION);
  const bounds = section(layout.BOUND_SECTION);
  const masks = section(layout.MASK_SECTION);
  const rows = section(layout.ROW_SECTION);
  const cedar = metadata.text(fields.METADATA_CEDAR_FIELD);
  return {
    policy: {
      name: metadata.requiredText(fields.METADATA_POLICY_NAME_FIELD),
      version: metadata.requiredText(fields.METADATA_POLICY_VERSION_FIELD),
      ...(cedar === null ? {} : { cedar }),
    },
    algorithm: known(ALGORITHMS, header.u32(layout.HEADER_ALGORITHM), 'algorithm'),
    nested: readNested(section(layout.NESTED_SECTION)),
    defaultEffect: known(EFFECTS, header.u32(layout.HEADER_DEFAULT_EFFECT), 'effect'),
    governedPoints: [...POINTS].filter(([code]) => ((governed >>> code) & 1) === 1).map(([, point]) => point),
    closedWorld: header.u32(layout.HEADER_CLOSED_WORLD) === 1,
    needsTerms: (header.u32(layout.HEADER_FLAGS) & layout.FLAG_NEEDS_TERMS) !== 0,
    predictedCost: header.u32(layout.HEADER_PREDICTED_COST),
    slots: readSlots(parts),
    views,
    partitions: readPartitions(section(layout.PARTITION_SECTION)),
    elementTests: readElementTests(section(layout.ELEMENT_TEST_SECTION)),
    automatons: readAutomatons(section(layout.AUTOMATON_SECTION)),
    scans: readScans(section(layout.SCAN_SECTION)),
    prefilters: readPrefilters(section(layout.PREFILTER_SECTION)),
    tools: readTools(section(layout.TOOL_SECTION), views[0]?.entries.length ?? 0),
    absentRows: readAbsentRows(section(layout.ABSENT_SECTION), header.u32(layout.HEADER_ABSENT_ROWS), views.length),
    constants: readConstants(section(layout.CONSTANT_SECTION), section(layout.BYTE_SECTION)),
    roots: Array.from({ length: codes.POINT_COUNT }, (_, p) => header.u32(layout.HEADER_ROOT + p * 4) - 1),
    nodes: readNodes(section(layout.NODE_SECTION)),
    columns: readColumns(section(layout.COLUMN_SECTION)),
    bits: readBits(section(layout.BIT_SECTION)),
    rules: readRules(parts),
    code: words(section(layout.CODE_SECTION)),
    words: words(section(layout.WORD_SECTION)),
    halves: halves.records(2, (at) => halves.u16(at)),
    bytes: readPlannedBytes(parts),
    bounds: bounds.records(8, (at) => bounds.f64(at)),
    masks: masks.records(8, (at) => masks.u64(at)),
    rows: rows.records(16, (at) => [0, 4, 8, 12].map((word) => rows.u32(at + word))).flat(),
  };
}

function readSlots(parts: ArtifactParts): { readonly path: AttributePath | null }[] {
  const records = known(parts.sections, layout.SLOT_SECTION, 'section');
  const described = parts.metadata.tables(fields.METADATA_SLOTS_FIELD, 'slot metadata');
  if (described.length !== records.count(layout.SLOT_SIZE)) {
    throw new ArtifactError(
      `metadata: ${described.length} slots, but the section has ${records.count(layout.SLOT_SIZE)}`,
    );
  }
  const slots = described.map((slot) => {
    const root = known(ROOTS, slot.u8(fields.SLOT_METADATA_ROOT_FIELD, fields.ROOT_TOOL), 'root');
    if (root === null) return { path: null };
    const form = known(FORMS, slot.u8(fields.SLOT_METADATA_FORM_FIELD, fields.FORM_PLAIN), 'form');
    const path = { root, segments: slot.texts(fields.SLOT_METADATA_SEGMENTS_FIELD) };
    return { path: form === null ? path : { ...path, form } };
  });
  const texts = slots.map(({ path }) => (path === null ? 'tool' : pathText(path)));
  for (const [i, text] of texts.entries()) {
    if (described[i]?.requiredText(fields.SLOT_METADATA_TEXT_FIELD) !== text) {
      throw new ArtifactError(`slot metadata ${i}: the text is not that of the path, \`${text}\``);
    }
    if (records.u64(i * layout.SLOT_SIZE + layout.SLOT_KEY_LO) !== hash64(text)) {
      throw new ArtifactError(`slot ${i}: the key is not the hash of \`${text}\``);
    }
  }
  if (parts.header.u64(layout.HEADER_LAYOUT_LO) !== hash64(texts.join('\n'))) {
    throw new ArtifactError('header: the layout hash is not that of the slots');
  }
  return slots;
}

function readViews(parts: ArtifactParts): ViewTable[] {
  const records = known(parts.sections, layout.VIEW_SECTION, 'section');
  const entries = known(parts.sections, layout.ENTRY_SECTION, 'section');
  const buckets = known(parts.sections, layout.BUCKET_SECTION, 'section');
  const pool = known(parts.sections, layout.BYTE_SECTION, 'section');
  return records.records(layout.VIEW_SIZE_BYTES, (at) => {
    const first = records.u32(at + layout.VIEW_ENTRY_FIRST);
    const count = records.u32(at + layout.VIEW_ENTRY_COUNT);
    const range = entries.slice(first * layout.ENTRY_SIZE, count * layout.ENTRY_SIZE, 'dictionary entries');
    const bucketFirst = records.u32(at + layout.VIEW_BUCKET_FIRST);
    const bucketCount = records.u32(at + layout.VIEW_BUCKET_COUNT);
    const index = buckets.slice(bucketFirst * layout.BUCKET_SIZE, bucketCount * layout.BUCKET_SIZE, 'buckets');
    checkBuckets(range, index, pool);
    return {
      slot: records.u32(at + layout.VIEW_SLOT),
      kind: records.u32(at + layout.VIEW_KIND),
      entries: range.records(layout.ENTRY_SIZE, (entry) =>
        pool.text(range.u32(entry + layout.ENTRY_TEXT), range.u32(entry + layout.ENTRY_LENGTH)),
      ),
      bitWords: records.u32(at + layout.VIEW_BIT_WORDS),
      testFirst: records.u32(at + layout.VIEW_TEST_FIRST),
      testCount: records.u32(at + layout.VIEW_TEST_COUNT),
    };
  });
}

/** Every entry is found by probing for its hash, and carries the hash of its text. */
function checkBuckets(entries: Bytes, buckets: Bytes, pool: Bytes): void {
  const bucketCount = buckets.count(layout.BUCKET_SIZE);
  entries.records(layout.ENTRY_SIZE, (entry) => {
    const hash = entries.u32(entry + layout.ENTRY_HASH);
    const at = entries.u32(entry + layout.ENTRY_TEXT);
    const text = pool.slice(at, entries.u32(entry + layout.ENTRY_LENGTH), 'entry text');
    if (hash32(text.bytes) !== hash)
      throw new ArtifactError(`dictionary: the hash at ${entry} is not that of its text`);
    const number = entry / layout.ENTRY_SIZE + 1;
    for (let step = 0; step < bucketCount; step += 1) {
      const found = buckets.u32(((hash + step) % bucketCount) * layout.BUCKET_SIZE);
      if (found === number) return;
      if (found === 0) break;
    }
    throw new ArtifactError(`dictionary: entry ${number - 1} is in no bucket its hash leads to`);
  });
}

function readPartitions(records: Bytes): DecisionTables['partitions'] {
  return records.records(layout.PARTITION_SIZE, (at) => ({
    view: records.u32(at + layout.PARTITION_VIEW),
    kind: records.u32(at + layout.PARTITION_KIND),
    classCount: records.u32(at + layout.PARTITION_CLASS_COUNT),
    entryClasses: records.u32(at + layout.PARTITION_ENTRY_CLASSES),
    operand: records.u32(at + layout.PARTITION_OPERAND),
    boundCount: records.u32(at + layout.PARTITION_BOUND_COUNT),
    cellClasses: records.u32(at + layout.PARTITION_CELL_CLASSES),
  }));
}

function readElementTests(records: Bytes): DecisionTables['elementTests'] {
  return records.records(layout.ELEMENT_TEST_SIZE, (at) => ({
    kind: records.u32(at + layout.ELEMENT_TEST_KIND),
    operand: records.u32(at + layout.ELEMENT_TEST_OPERAND),
    boundCount: records.u32(at + layout.ELEMENT_TEST_BOUND_COUNT),
    masks: records.u32(at + layout.ELEMENT_TEST_MASKS),
  }));
}

function readPrefilters(records: Bytes): DecisionTables['prefilters'] {
  return records.records(layout.PREFILTER_SIZE, (at) => ({
    hitWords: records.u32(at + layout.PREFILTER_HIT_WORDS),
    initial: records.u32(at + layout.PREFILTER_INITIAL),
    hasFingerprints: records.u32(at + layout.PREFILTER_HAS_FINGERPRINTS) === 1,
    fingerprints: records.u32(at + layout.PREFILTER_FINGERPRINTS),
    hashBits: records.u32(at + layout.PREFILTER_HASH_BITS),
    runs: records.u32(at + layout.PREFILTER_RUNS),
    list: records.u32(at + layout.PREFILTER_LIST),
    listCount: records.u32(at + layout.PREFILTER_LIST_COUNT),
    literals: records.u32(at + layout.PREFILTER_LITERALS),
    literalCount: records.u32(at + layout.PREFILTER_LITERAL_COUNT),
  }));
}

function readScans(records: Bytes): DecisionTables['scans'] {
  return records.records(layout.SCAN_SIZE, (at) => ({
    alphabet: records.u32(at + layout.SCAN_ALPHABET),
    classCount: records.u32(at + layout.SCAN_CLASS_COUNT),
    wordCount: records.u32(at + layout.SCAN_WORD_COUNT),
    kinds: records.u32(at + layout.SCAN_KINDS),
    words: records.u32(at + layout.SCAN_WORDS),
    masks: records.u32(at + layout.SCAN_MASKS),
    moves: records.u32(at + layout.SCAN_MOVES),
    moveMasks: records.u32(at + layout.SCAN_MOVE_MASKS),
    moveCount: records.u32(at + layout.SCAN_MOVE_COUNT),
    starts: records.u32(at + layout.SCAN_STARTS),
    startList: records.u32(at + layout.SCAN_START_LIST),
    ends: records.u32(at + layout.SCAN_ENDS),
    endMasks: records.u32(at + layout.SCAN_END_MASKS),
    endCount: records.u32(at + layout.SCAN_END_COUNT),
    bitLimit: records.u32(at + layout.SCAN_BIT_LIMIT),
    startCount: records.u32(at + layout.SCAN_START_COUNT),
  }));
}

function readAutomatons(records: Bytes): DecisionTables['automatons'] {
  return records.records(layout.AUTOMATON_SIZE, (at) => ({
    backward: records.u32(at + layout.AUTOMATON_BACKWARD) === 1,
    stateCount: records.u32(at + layout.AUTOMATON_STATE_COUNT),
    firstSink: records.u32(at + layout.AUTOMATON_FIRST_SINK),
    symbolCount: records.u32(at + layout.AUTOMATON_SYMBOL_COUNT),
    byteClasses: records.u32(at + layout.AUTOMATON_BYTE_CLASSES),
    transitions: records.u32(at + layout.AUTOMATON_TRANSITIONS),
    labels: records.u32(at + layout.AUTOMATON_LABELS),
    labelLimit: records.u32(at + layout.AUTOMATON_LABEL_LIMIT),
    firstJump: records.u32(at + layout.AUTOMATON_FIRST_JUMP),
    jumps: records.u32(at + layout.AUTOMATON_JUMPS),
  }));
}

function readTools(records: Bytes, entryCount: number): DecisionTables['tools'] {
  if (records.count(layout.TOOL_SIZE) !== entryCount) {
    throw new ArtifactError(`${records.count(layout.TOOL_SIZE)} tools, but ${entryCount} entries of view 0`);
  }
  return records.records(layout.TOOL_SIZE, (at) => ({
    absentRow: records.u32(at + layout.TOOL_ABSENT_ROW),
    listed: records.u32(at + layout.TOOL_LISTED) === 1,
  }));
}

function readAbsentRows(records: Bytes, rowCount: number, viewCount: number): number[][] {
  if (records.count(4) !== rowCount * viewCount) {
    throw new ArtifactError(`absent section: ${records.count(4)} numbers for ${rowCount} rows of ${viewCount} views`);
  }
  return Array.from({ length: rowCount }, (_, row) => words(records.slice(row * viewCount * 4, viewCount * 4, 'row')));
}

function readNodes(records: Bytes): NodeTable[] {
  return records.records(layout.NODE_SIZE, (at): NodeTable => {
    const kind = records.u32(at + layout.NODE_KIND);
    const level = records.u32(at + layout.NODE_LEVEL);
    const next = records.u32(at + layout.NODE_NEXT) - 1;
    const [a, b, c, d] = [layout.NODE_A, layout.NODE_B, layout.NODE_C, layout.NODE_D].map((o) => records.u32(at + o));
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new ArtifactError('no node');
    if (kind === layout.NODE_KEY) {
      return { kind: 'key', level, next, partition: a, table: b, entryCount: c, dense: d === 1 };
    }
    if (kind === layout.NODE_CLUSTER) {
      return { kind: 'cluster', level, next, columnFirst: a, columnCount: b, bitFirst: c, bitCount: d };
    }
    throw new ArtifactError(`node section: kind ${kind} at ${at}`);
  });
}

function readColumns(records: Bytes): DecisionTables['columns'] {
  return records.records(layout.COLUMN_SIZE, (at) => ({
    partition: records.u32(at + layout.COLUMN_PARTITION),
    map: records.u32(at + layout.COLUMN_MAP),
    runCount: records.u32(at + layout.COLUMN_RUN_COUNT),
    rowFirst: records.u32(at + layout.COLUMN_ROW_FIRST),
    rowCount: records.u32(at + layout.COLUMN_ROW_COUNT),
  }));
}

function readBits(records: Bytes): DecisionTables['bits'] {
  return records.records(layout.BIT_SIZE, (at) => ({
    rule: records.u32(at + layout.BIT_RULE),
    rank: records.i32(at + layout.BIT_RANK),
    code: records.u32(at + layout.BIT_CODE) - 1,
    codeWords: records.u32(at + layout.BIT_CODE_WORDS),
    residual: records.u32(at + layout.BIT_RESIDUAL),
    maybe: (records.u32(at + layout.BIT_FLAGS) & layout.BIT_IS_MAYBE) !== 0,
    takesMay: (records.u32(at + layout.BIT_FLAGS) & layout.BIT_TAKES_MAY) !== 0,
    hasTwin: (records.u32(at + layout.BIT_FLAGS) & layout.BIT_HAS_TWIN) !== 0,
  }));
}

function readRules(parts: ArtifactParts): RuleTable[] {
  const records = known(parts.sections, layout.RULE_SECTION, 'section');
  const reads = known(parts.sections, layout.READ_SECTION, 'section');
  const described = parts.metadata.tables(fields.METADATA_RULES_FIELD, 'rule metadata');
  if (described.length !== records.count(layout.RULE_SIZE)) {
    throw new ArtifactError(
      `metadata: ${described.length} rules, but the section has ${records.count(layout.RULE_SIZE)}`,
    );
  }
  return described.map((rule, i) => {
    const at = i * layout.RULE_SIZE;
    const readFirst = records.u32(at + layout.RULE_READ_FIRST);
    const readCount = records.u32(at + layout.RULE_READ_COUNT);
    return {
      id: rule.requiredText(fields.RULE_METADATA_ID_FIELD),
      policy: records.u32(at + layout.RULE_POLICY),
      effect: known(EFFECTS, records.u32(at + layout.RULE_EFFECT), 'effect'),
      reason: rule.text(fields.RULE_METADATA_REASON_FIELD),
      advice: rule.text(fields.RULE_METADATA_ADVICE_FIELD),
      approvers: rule.texts(fields.RULE_METADATA_APPROVERS_FIELD),
      operations: rule.tables(fields.RULE_METADATA_OPERATIONS_FIELD, 'operation').map(readOperation),
      place: {
        path: rule.requiredText(fields.RULE_METADATA_PATH_FIELD),
        line: rule.u32(fields.RULE_METADATA_LINE_FIELD, 0),
        column: rule.u32(fields.RULE_METADATA_COLUMN_FIELD, 0),
      },
      reads: words(reads.slice(readFirst * 4, readCount * 4, 'reads')),
    };
  });
}

function readNested(records: Bytes): DecisionTables['nested'] {
  return records.records(layout.NESTED_SIZE, (at) => ({
    parent: records.u32(at + layout.NESTED_PARENT),
    algorithm: known(ALGORITHMS, records.u32(at + layout.NESTED_ALGORITHM), 'algorithm'),
    rank: records.i32(at + layout.NESTED_RANK),
  }));
}

/** The byte pool without the texts, which the writer puts behind everything the planner put there (FORMAT.md 2.2). */
function readPlannedBytes(parts: ArtifactParts): number[] {
  const pool = known(parts.sections, layout.BYTE_SECTION, 'section');
  const entries = known(parts.sections, layout.ENTRY_SECTION, 'section');
  const constants = known(parts.sections, layout.CONSTANT_SECTION, 'section');
  let end = pool.size;
  entries.records(layout.ENTRY_SIZE, (at) => {
    end = Math.min(end, entries.u32(at + layout.ENTRY_TEXT));
  });
  constants.records(layout.CONSTANT_SIZE, (at) => {
    if (!namesPool(constants.u32(at + layout.CONSTANT_KIND))) return;
    end = Math.min(end, constants.u32(at + layout.CONSTANT_VALUE));
  });
  return Array.from(pool.bytes.subarray(0, end));
}

function words(pool: Bytes): number[] {
  return pool.records(4, (at) => pool.u32(at));
}

function known<K, V>(map: ReadonlyMap<K, V>, key: K, what: string): V {
  const value = map.get(key);
  if (value === undefined) throw new ArtifactError(`artifact: unknown ${what} ${String(key)}`);
  return value;
}

/** FORMAT.md 5.4. */
function hash32(bytes: Uint8Array): number {
  const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
  const number = (from: number, to: number): bigint =>
    bytes.subarray(from, to).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const n = bytes.length;
  const words: bigint[] = [];
  for (let at = 0; at + 8 < n; at += 8) words.push(number(at, at + 8));
  const nth = (i: number): bigint => BigInt(bytes[i] ?? 0);
  if (n >= 8) words.push(number(n - 8, n));
  else if (n >= 4) words.push(number(0, 4) | (number(n - 4, n) << 32n));
  else words.push(n === 0 ? 0n : nth(0) | (nth(n >> 1) << 8n) | (nth(n - 1) << 16n));
  let hash = u64(BigInt(n) * 0x9e3779b97f4a7c15n);
  words.forEach((word, i) => {
    hash = u64((hash ^ word) * 0x9e3779b97f4a7c15n);
    if (i < words.length - 1) hash ^= hash >> 32n;
  });
  return Number(u64((hash ^ (hash >> 32n)) * 0x9e3779b97f4a7c15n) >> 32n);
}

function hash64(text: string): bigint {
  let hash = 14695981039346656037n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1099511628211n);
  return hash;
}
