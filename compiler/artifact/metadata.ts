// In: names, reasons and places from the decision tables. Out: the table `Metadata` (FORMAT.md 1.4) in a Builder.
// Nothing here decides: a lone surrogate in a reason becomes U+FFFD rather than an error.

import type { Builder, Offset } from 'flatbuffers';
import * as fields from '../../wasm-core/contract/metadata.ts';
import type { AttributeForm, AttributePath } from '../check/typed.ts';
import type { DecisionTables, OperationTable, RuleTable } from '../plan/tables.ts';
import { slotText } from './sections.ts';
import { exactUtf8 } from './texts.ts';
import { COMPILER_VERSION } from './version.ts';

const ROOT_CODES: Readonly<Record<AttributePath['root'], number>> = {
  principal: fields.ROOT_PRINCIPAL,
  args: fields.ROOT_ARGS,
  context: fields.ROOT_CONTEXT,
  result: fields.ROOT_RESULT,
  message: fields.ROOT_MESSAGE,
  output: fields.ROOT_OUTPUT,
};

const FORM_CODES: Readonly<Record<AttributeForm, number>> = {
  text: fields.FORM_TEXT,
  number: fields.FORM_NUMBER,
  members: fields.FORM_MEMBERS,
};

const OPERATION_CODES: Readonly<Record<OperationTable['kind'], number>> = {
  set: fields.OPERATION_SET,
  remove: fields.OPERATION_REMOVE,
  clamp: fields.OPERATION_CLAMP,
  redact: fields.OPERATION_REDACT,
};

export function writeMetadata(builder: Builder, tables: DecisionTables): Offset {
  const slots = writeTables(builder, tables.slots, (slot) => writeSlot(builder, slot.path));
  const rules = writeTables(builder, tables.rules, (rule) => writeRule(builder, rule));
  const name = writeText(builder, tables.policy.name);
  const version = writeText(builder, tables.policy.version);
  const compiler = writeText(builder, COMPILER_VERSION);
  const { cedar } = tables.policy;
  const cedarText = cedar === undefined ? 0 : writeText(builder, cedar);
  builder.startObject(fields.METADATA_FIELD_COUNT);
  builder.addFieldInt32(fields.METADATA_FORMAT_FIELD, fields.METADATA_FORMAT_VERSION, 0);
  builder.addFieldOffset(fields.METADATA_POLICY_NAME_FIELD, name, 0);
  builder.addFieldOffset(fields.METADATA_POLICY_VERSION_FIELD, version, 0);
  builder.addFieldOffset(fields.METADATA_COMPILER_VERSION_FIELD, compiler, 0);
  builder.addFieldOffset(fields.METADATA_RULES_FIELD, rules, 0);
  builder.addFieldOffset(fields.METADATA_SLOTS_FIELD, slots, 0);
  builder.addFieldOffset(fields.METADATA_CEDAR_FIELD, cedarText, 0);
  return builder.endObject();
}

function writeSlot(builder: Builder, path: AttributePath | null): Offset {
  const text = writeText(builder, slotText(path));
  // A segment names a property of the request: it is exact or refused.
  for (const segment of path?.segments ?? []) exactUtf8(segment);
  const segments = writeTexts(builder, path?.segments ?? []);
  builder.startObject(fields.SLOT_METADATA_FIELD_COUNT);
  builder.addFieldOffset(fields.SLOT_METADATA_TEXT_FIELD, text, 0);
  builder.addFieldOffset(fields.SLOT_METADATA_SEGMENTS_FIELD, segments, 0);
  const root = path === null ? fields.ROOT_TOOL : ROOT_CODES[path.root];
  builder.addFieldInt8(fields.SLOT_METADATA_ROOT_FIELD, root, fields.ROOT_TOOL);
  const form = path?.form === undefined ? fields.FORM_PLAIN : FORM_CODES[path.form];
  builder.addFieldInt8(fields.SLOT_METADATA_FORM_FIELD, form, fields.FORM_PLAIN);
  return builder.endObject();
}

function writeRule(builder: Builder, rule: RuleTable): Offset {
  const id = writeText(builder, rule.id);
  const reason = rule.reason === null ? 0 : writeText(builder, rule.reason);
  const advice = rule.advice === null ? 0 : writeText(builder, rule.advice);
  const approvers = writeTexts(builder, rule.approvers);
  const operations = writeOperations(builder, rule.operations);
  const path = writeText(builder, rule.place.path);
  builder.startObject(fields.RULE_METADATA_FIELD_COUNT);
  builder.addFieldOffset(fields.RULE_METADATA_ID_FIELD, id, 0);
  builder.addFieldOffset(fields.RULE_METADATA_REASON_FIELD, reason, 0);
  builder.addFieldOffset(fields.RULE_METADATA_ADVICE_FIELD, advice, 0);
  builder.addFieldOffset(fields.RULE_METADATA_APPROVERS_FIELD, approvers, 0);
  builder.addFieldOffset(fields.RULE_METADATA_OPERATIONS_FIELD, operations, 0);
  builder.addFieldOffset(fields.RULE_METADATA_PATH_FIELD, path, 0);
  builder.addFieldInt32(fields.RULE_METADATA_LINE_FIELD, rule.place.line, 0);
  builder.addFieldInt32(fields.RULE_METADATA_COLUMN_FIELD, rule.place.column, 0);
  return builder.endObject();
}

function writeOperations(builder: Builder, operations: readonly OperationTable[]): Offset {
  if (operations.length === 0) return 0;
  return writeTables(builder, operations, ({ kind, target, detail, program }) => {
    // A step names a property of the request: it is exact or refused.
    for (const name of target.segments) if (name !== null) exactUtf8(name);
    const steps = writeTexts(
      builder,
      target.segments.map((name) => (name === null ? '*' : `.${name}`)),
    );
    const text = detail === null ? 0 : writeText(builder, detail);
    const words = program.length === 0 ? 0 : builder.createByteVector(bytesOfWords(program));
    builder.startObject(fields.OPERATION_METADATA_FIELD_COUNT);
    builder.addFieldOffset(fields.OPERATION_METADATA_STEPS_FIELD, steps, 0);
    builder.addFieldOffset(fields.OPERATION_METADATA_DETAIL_FIELD, text, 0);
    builder.addFieldOffset(fields.OPERATION_METADATA_PROGRAM_FIELD, words, 0);
    builder.addFieldInt8(fields.OPERATION_METADATA_KIND_FIELD, OPERATION_CODES[kind], fields.OPERATION_SET);
    builder.addFieldInt8(fields.OPERATION_METADATA_ROOT_FIELD, ROOT_CODES[target.root], fields.ROOT_TOOL);
    return builder.endObject();
  });
}

function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(words.length * 4));
  for (const [i, word] of words.entries()) bytes.setUint32(i * 4, word, true);
  return new Uint8Array(bytes.buffer);
}

/** Equal texts are written once. `createSharedString` gives 0, "no string", for the empty one. */
function writeText(builder: Builder, text: string): Offset {
  return text === '' ? builder.createString('') : builder.createSharedString(text);
}

function writeTexts(builder: Builder, texts: readonly string[]): Offset {
  return texts.length === 0 ? 0 : writeTables(builder, texts, (text) => writeText(builder, text));
}

/** Writes the items, then the vector of offsets to them. */
function writeTables<T>(builder: Builder, items: readonly T[], write: (item: T) => Offset): Offset {
  const offsets = items.map(write);
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.reverse()) builder.addOffset(offset);
  return builder.endVector();
}
