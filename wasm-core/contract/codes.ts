// Codes shared by compiler, core and host. Legal TypeScript and AssemblyScript. LANGUAGE.md gives their meaning.

/** Decisions and effects by severity (LANGUAGE.md 1.2). TRANSFORM is no default. */
export const EFFECT_ALLOW = 0;
export const EFFECT_WARN = 1;
export const EFFECT_TRANSFORM = 2;
export const EFFECT_ESCALATE = 3;
export const EFFECT_DENY = 4;

/** Intervention points (LANGUAGE.md 1.5). */
export const POINT_AGENT_STARTUP = 0;
export const POINT_INPUT = 1;
export const POINT_PRE_MODEL_CALL = 2;
export const POINT_POST_MODEL_CALL = 3;
export const POINT_PRE_TOOL_CALL = 4;
export const POINT_POST_TOOL_CALL = 5;
export const POINT_OUTPUT = 6;
export const POINT_AGENT_SHUTDOWN = 7;
export const POINT_COUNT = 8;
/** Added to the point given to `decide`: transform rules are left out (LANGUAGE.md 13.4). */
export const POINT_WITHOUT_TRANSFORMS = 0x100;

/** Status of a verdict (LANGUAGE.md 10). */
export const STATUS_OK = 0;
export const STATUS_NOT_GOVERNED = 1;
export const STATUS_TOOL_UNKNOWN = 2;
export const STATUS_ONLY_ONE_CONFLICT = 3;
export const STATUS_TOOL_MISSING = 4;
export const STATUS_POINT_UNKNOWN = 5;
export const STATUS_REQUEST_INVALID = 6;
export const STATUS_REQUEST_TOO_LARGE = 7;
export const STATUS_LAYOUT_MISMATCH = 8;
export const STATUS_ARTIFACT_INVALID = 9;
export const STATUS_ARTIFACT_UNSUPPORTED = 10;
export const STATUS_HOST_ERROR = 11;
export const STATUS_CONDITION_ERROR = 12;
/** Of the host alone, when it applies transforms (LANGUAGE.md 13.5). */
export const STATUS_TRANSFORM_CONFLICT = 13;
export const STATUS_TRANSFORM_FAILED = 14;
export const STATUS_TRANSFORM_UNSTABLE = 15;

/** Combining algorithms. The core knows ranks; it needs to tell only `only-one`, `strict-first-match` and `cedar` apart. */
export const ALGORITHM_DENY_OVERRIDES = 0;
export const ALGORITHM_ALLOW_OVERRIDES = 1;
export const ALGORITHM_FIRST_MATCH = 2;
export const ALGORITHM_PRIORITY = 3;
export const ALGORITHM_MOST_SPECIFIC = 4;
export const ALGORITHM_ONLY_ONE = 5;
export const ALGORITHM_STRICT_FIRST_MATCH = 6;
/** Unknown rules are listed and never decide (LANGUAGE.md 14.2). */
export const ALGORITHM_CEDAR = 7;

/**
 * Kinds of request values, one per slot and per list element (FORMAT.md 4). What the value word holds:
 * BOOL 0 or 1 in the low u32; NUMBER the f64; STRING offset (low u32) and byte length (high u32) in the bytes column;
 * LIST offset (low u32, multiple of 8) of 16-byte elements and their count (high u32); MAP its size in the low u32;
 * LIST_TOO_LONG its element count in the low u32; ENTRY a dictionary entry of the slot's only view (a presence view aside), or ENTRY_NONE
 * (from the host's own staging only: a request in bytes that carries it is invalid).
 */
export const KIND_MISSING = 0;
export const KIND_NULL = 1;
export const KIND_BOOL = 2;
export const KIND_NUMBER = 3;
export const KIND_STRING = 4;
export const KIND_LIST = 5;
export const KIND_MAP = 6;
export const KIND_OTHER = 7;
export const KIND_STRING_TOO_LONG = 8;
export const KIND_STRING_ILL_FORMED = 9;
export const KIND_LIST_TOO_LONG = 10;
export const KIND_ENTRY = 11;
export const KIND_LAST_IN_BYTES = 10;
export const ENTRY_NONE = 0xffffffff;

/** A list element: kind in the low byte of a u32, a zero u32, then the value word. */
export const ELEMENT_KIND = 0;
export const ELEMENT_VALUE = 8;
export const ELEMENT_SIZE = 16;

/** What a view reads a slot as (LANGUAGE.md 3.6, 3.8). */
export const VIEW_STRING = 0;
export const VIEW_ENUM = 1;
export const VIEW_BOOL = 2;
export const VIEW_INT = 3;
export const VIEW_DOUBLE = 4;
export const VIEW_LIST_STRING = 5;
export const VIEW_LIST_ENUM = 6;
export const VIEW_LIST_BOOL = 7;
export const VIEW_LIST_INT = 8;
export const VIEW_LIST_DOUBLE = 9;
/** `size` of an attribute of type any: of whatever is there. */
export const VIEW_SIZE = 10;
/** For `has` and `== null`: any present value fits. */
export const VIEW_PRESENCE = 11;
/** `size` where the type says of what: anything else is of wrong type. */
export const VIEW_SIZE_OF_STRING = 12;
export const VIEW_SIZE_OF_LIST = 13;
export const VIEW_SIZE_OF_OBJECT = 14;
/** For terms: any value, with all that is in it; null too. Only `core-full` reads it. */
export const VIEW_TREE = 15;
/** Which type the value is of, as a number: KIND_BOOL, KIND_NUMBER, KIND_STRING, KIND_LIST, KIND_MAP, or KIND_OTHER. */
export const VIEW_TYPE = 16;

/** Classes every partition has; its own begin at CLASS_FIRST. */
export const CLASS_MISSING = 0;
export const CLASS_NULL = 1;
export const CLASS_WRONG_TYPE = 2;
export const CLASS_INAPPLICABLE = 3;
export const CLASS_FIRST = 4;
/**
 * A bool or list-bit partition: false, true. A presence partition: CLASS_FIRST is present and not null.
 * A list-any or list-all partition: a well-typed list has several classes, CLASS_FIRST and CLASS_ELEMENT_BIT + b for each bit b
 * that its elements set.
 */
export const CLASS_FALSE = 4;
export const CLASS_TRUE = 5;
export const CLASS_ELEMENT_BIT = 5;

/** Why an attribute is unknown (LANGUAGE.md 6.3). */
export const CAUSE_NONE = 0;
export const CAUSE_MISSING = 1;
export const CAUSE_NULL = 2;
export const CAUSE_TYPE = 3;
export const CAUSE_ENUM = 4;
export const CAUSE_ENCODING = 5;
export const CAUSE_LIMIT = 6;
export const CAUSE_COMPUTATION = 7;

/**
 * How a partition finds the class of a well-typed value. The last two give a list several classes at once: a column's row is the
 * OR (ANY) or the AND (ALL) of their rows. Neither serves as a key, nor in residual code.
 */
export const PARTITION_DICTIONARY = 0;
export const PARTITION_AUTOMATON = 1;
export const PARTITION_NUMBER = 2;
export const PARTITION_BOOL = 3;
export const PARTITION_PRESENCE = 4;
export const PARTITION_LIST_BIT = 5;
export const PARTITION_LIST_ANY = 6;
export const PARTITION_LIST_ALL = 7;

/** How part of a list element's bits is found. */
export const ELEMENT_TEST_DICTIONARY = 0;
export const ELEMENT_TEST_AUTOMATON = 1;
export const ELEMENT_TEST_NUMBER = 2;
export const ELEMENT_TEST_BOOL = 3;
export const ELEMENT_TEST_SCAN = 4;
export const ELEMENT_TEST_LITERALS = 5;

/** Constants of residuals, of `absent` and of terms. */
export const CONSTANT_BOOL = 0;
export const CONSTANT_INT = 1;
export const CONSTANT_DOUBLE = 2;
export const CONSTANT_STRING = 3;
export const CONSTANT_EMPTY_LIST = 4;
/** Only terms (terms.ts) have those from here on. */
export const CONSTANT_NULL = 5;
export const CONSTANT_UINT = 6;
/** As a string. */
export const CONSTANT_BYTES = 7;
/** i64 seconds; in place of the length the nanoseconds, u32 of a timestamp, i32 of a duration. */
export const CONSTANT_TIMESTAMP = 8;
export const CONSTANT_DURATION = 9;
/** The KIND_* of the values it is the type of. */
export const CONSTANT_TYPE = 10;
/**
 * In the byte pool at the offset: an i32, then, in place of the length their count, transitions of 12 bytes: i64 second since
 * 1970 UTC, ascending, and i32. The i32 is what local time is ahead of UTC, in seconds, from that second on; the first: before all.
 */
export const CONSTANT_ZONE = 11;

/** What a missing attribute is for one tool and view: MISSING, INAPPLICABLE, or FIRST_CONSTANT + index of a constant. */
export const ABSENT_MISSING = 0;
export const ABSENT_INAPPLICABLE = 1;
export const ABSENT_FIRST_CONSTANT = 2;
