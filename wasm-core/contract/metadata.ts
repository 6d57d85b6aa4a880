// Fields of the artifact's metadata tables (schema/artifact.fbs, FORMAT.md 1.4): names, reasons and places, for the host and
// for people. The core never reads them. Legal TypeScript and AssemblyScript.

// Table `Metadata`.
export const METADATA_FORMAT_FIELD = 0; // uint, METADATA_FORMAT_VERSION
export const METADATA_POLICY_NAME_FIELD = 1; // string
export const METADATA_POLICY_VERSION_FIELD = 2; // string
export const METADATA_COMPILER_VERSION_FIELD = 3; // string
export const METADATA_RULES_FIELD = 4; // [RuleMetadata], parallel to the rule section
export const METADATA_SLOTS_FIELD = 5; // [SlotMetadata], parallel to the slot section
export const METADATA_CEDAR_FIELD = 6; // string: of Cedar policies the schema as the host reads it (FORMAT.md 1.4); absent: none
export const METADATA_FIELD_COUNT = 7;
export const METADATA_FORMAT_VERSION = 1;

// Table `RuleMetadata`.
export const RULE_METADATA_ID_FIELD = 0; // string
export const RULE_METADATA_REASON_FIELD = 1; // string; absent: none
export const RULE_METADATA_ADVICE_FIELD = 2; // string; absent: none
export const RULE_METADATA_APPROVERS_FIELD = 3; // [string]; absent: none
export const RULE_METADATA_PATH_FIELD = 4; // string: the source's path, as given to the compiler
export const RULE_METADATA_LINE_FIELD = 5; // uint, from 1
export const RULE_METADATA_COLUMN_FIELD = 6; // uint, from 1
export const RULE_METADATA_OPERATIONS_FIELD = 7; // [OperationMetadata]; absent: none
export const RULE_METADATA_FIELD_COUNT = 8;

// Table `OperationMetadata`: one operation of a transform (LANGUAGE.md 13).
export const OPERATION_METADATA_KIND_FIELD = 0; // ubyte, OPERATION_*
export const OPERATION_METADATA_ROOT_FIELD = 1; // ubyte, ROOT_*
/** [string]: `.` and a name, or `*` for every element of a list; absent: all of the root. */
export const OPERATION_METADATA_STEPS_FIELD = 2;
/** string, JSON: the value of SET; `[min, max]` of CLAMP, null for none; `[pattern, with, textsOnly]` of REDACT; absent: REMOVE. */
export const OPERATION_METADATA_DETAIL_FIELD = 3;
export const OPERATION_METADATA_PROGRAM_FIELD = 4; // [ubyte]: little-endian words of redaction.ts; absent: not REDACT
export const OPERATION_METADATA_FIELD_COUNT = 5;

export const OPERATION_SET = 0;
export const OPERATION_REMOVE = 1;
export const OPERATION_CLAMP = 2;
export const OPERATION_REDACT = 3;

// Table `SlotMetadata`.
export const SLOT_METADATA_TEXT_FIELD = 0; // string: the path text, `args.amount`; of slot 0 `tool`
export const SLOT_METADATA_ROOT_FIELD = 1; // ubyte, ROOT_*
export const SLOT_METADATA_SEGMENTS_FIELD = 2; // [string]; absent: none (slot 0)
export const SLOT_METADATA_FORM_FIELD = 3; // ubyte, FORM_*
export const SLOT_METADATA_FIELD_COUNT = 4;

/** What a slot's path starts from. ROOT_TOOL has no segments; RESULT, MESSAGE and OUTPUT may have none: all of it. */
export const ROOT_TOOL = 0;
export const ROOT_PRINCIPAL = 1;
export const ROOT_ARGS = 2;
export const ROOT_CONTEXT = 3;
export const ROOT_RESULT = 4;
export const ROOT_MESSAGE = 5;
export const ROOT_OUTPUT = 6;

/** What the request carries of the attribute (LANGUAGE.md 15.4): itself, its Python text, its Python number, its members. */
export const FORM_PLAIN = 0;
export const FORM_TEXT = 1;
export const FORM_NUMBER = 2;
export const FORM_MEMBERS = 3;
