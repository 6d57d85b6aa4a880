// Layout of a request in bytes (schema/request.fbs, FORMAT.md 4) and of the core's answer (FORMAT.md 6).
// Legal TypeScript and AssemblyScript.

// Root table `Request`.
export const REQUEST_LAYOUT_FIELD = 0; // ulong: layout hash of the artifact; 0 in the keyed form
export const REQUEST_POINT_FIELD = 1; // ubyte, default POINT_PRE_TOOL_CALL
export const REQUEST_KEYS_FIELD = 2; // [ulong], sorted ascending unsigned; absent: positional
export const REQUEST_KINDS_FIELD = 3; // [ubyte], one per slot (positional) or per key
export const REQUEST_VALUES_FIELD = 4; // [ulong], parallel to kinds
export const REQUEST_BYTES_FIELD = 5; // [ubyte], 8-byte aligned
export const REQUEST_FIELD_COUNT = 6;

// The answer, at `resultPtr()` after a decision.
export const RESULT_DECISION = 0; // u32, EFFECT_*
export const RESULT_STATUS = 4; // u32, STATUS_*
/** The decision had every unknown rule been false (LANGUAGE.md 8.2). */
export const RESULT_BASE = 8; // u32, EFFECT_*
export const RESULT_TRUE_COUNT = 12; // u32
export const RESULT_UNKNOWN_COUNT = 16; // u32
/** Address of u32 rule indexes, ascending: true rules, then (at its own address) unknown rules. */
export const RESULT_TRUE_PTR = 20; // u32
export const RESULT_UNKNOWN_PTR = 24; // u32
export const RESULT_RESERVED = 28;
export const RESULT_SIZE = 32;
/** Set in a listed rule index: the rule is determining (LANGUAGE.md 8.3). */
export const RESULT_DETERMINING = 0x80000000;
/** The rule's transform applies (LANGUAGE.md 13.3). */
export const RESULT_TRANSFORMS = 0x40000000;
export const RESULT_RULE_MASK = 0x3fffffff;

/** `decide` also returns decision | status << 8 | (1 if any rule is listed) << 16. */
export const PACKED_STATUS_SHIFT = 8;
export const PACKED_LISTED = 0x10000;

/** `explain(handle, ruleIndex)` returns a count and leaves pairs (slot u32, cause u32) at `explainPtr()`. */
export const EXPLAIN_SLOT = 0;
export const EXPLAIN_CAUSE = 4;
export const EXPLAIN_SIZE = 8;
export const EXPLAIN_MAX = 256;
