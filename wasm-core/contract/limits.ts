// Limits of the language and of the bytes (LANGUAGE.md 3.6, 4.1, 5.8, 11; FORMAT.md). Legal TypeScript and AssemblyScript.

/** UTF-8 bytes of one string, or of all strings of one list, unless `load` raises it. */
export const MAX_STRING_BYTES_DEFAULT = 65536;
/** The most that `load(a, {maxStringBytes})` accepts. */
export const MAX_STRING_BYTES_LIMIT = 1048576;
export const MAX_LIST_ELEMENTS = 4096;
export const MAX_PATH_SEGMENTS = 32;
/** Steps of one quantifier (LANGUAGE.md 5.8), and the bytes one step covers. */
export const MAX_QUANTIFIER_STEPS = 65536;
export const STEP_BYTES = 64;
/** List elements that one step covers. */
export const STEP_ELEMENTS = 16;
export const MAX_RULES = 100000;
/** Policies of a set, the root included. */
export const MAX_POLICIES = 1024;
/** Attribute paths of a policy; the tool's slot is one more. */
export const MAX_SLOTS = 4096;
/** Depth of the residual machine's two stacks. */
export const MAX_STACK_DEPTH = 128;
/** Levels of key nodes. */
export const MAX_NODE_LEVELS = 16;
/** Artifacts in one core instance. */
export const MAX_ARTIFACTS = 64;
/** Steps of reading a double from a text, or of writing one: exact digits take long. */
export const STEP_DOUBLE_TEXT = 64;
/** What one term may cost (LANGUAGE.md 5.10). */
export const MAX_TERM_STEPS = 1048576;
/** Bytes of what one term makes: strings and bytes their length, lists 16 an element, maps 32 an entry, each rounded up to 8. */
export const MAX_TERM_ROOM = 1048576;
/** Elements, keys and values of one attribute's tree, and its depth. */
export const MAX_TREE_ELEMENTS = 65536;
export const MAX_TREE_DEPTH = 32;
export const MAX_TERM_VARIABLES = 64;
export const MAX_TERM_STACK = 256;
/** Instructions of a redaction's program (LANGUAGE.md 13.6). */
export const MAX_REDACT_INSTRUCTIONS = 2048;
/** Of one text that is redacted, in UTF-16 units, and of what replaces a match. */
export const MAX_REDACT_TEXT = 262144;
export const MAX_REPLACEMENT = 256;
/** Operations of one transform rule (LANGUAGE.md 13.1). */
export const MAX_OPERATIONS = 64;
/** How large a call the predicted cost (layout.ts, HEADER_PREDICTED_COST) is of: bytes of each text, elements of each list, bytes of each of them. */
export const PREDICTED_TEXT_BYTES = 256;
export const PREDICTED_LIST_ELEMENTS = 32;
export const PREDICTED_ELEMENT_BYTES = 32;
