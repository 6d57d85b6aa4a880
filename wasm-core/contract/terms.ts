// The term machine of `core-full` (FORMAT.md 3). Legal TypeScript and AssemblyScript. Code is u32 words; an instruction is
// `op | a << 8 | b << 16`, then its operand words. One stack of values, one row of variables, an arena for what terms make.
//
// A value on the stack, a tree element of a request and an element the machine makes have one form, ELEMENT_* of codes.ts: kind
// u32, aux u32, value u64. STRING, BYTES, LIST, RECORD: offset (low u32) and bytes, elements or entries (high u32); the offset is
// counted from the request's bytes and wraps, so that constants and the arena are in reach of it. RECORD: an entry is two elements,
// key and value. INT i64, UINT u64, NUMBER f64, BOOL 0 or 1. TIMESTAMP, DURATION: i64 seconds, aux the nanoseconds (u32, i32).
// TYPE: value the kind it names. OPTIONAL: offset of one element, or aux 1: none. In a slot RECORD, BYTES, TIMESTAMP and DURATION
// carry the offset of such an element in the low u32 and, as a MAP does, the size of the object in the other.

// Kinds beyond those of codes.ts; the first six may stand in requests.
export const KIND_RECORD = 12;
export const KIND_INT = 13;
export const KIND_UINT = 14;
export const KIND_BYTES = 15;
export const KIND_TIMESTAMP = 16;
export const KIND_DURATION = 17;
export const KIND_TYPE = 18;
export const KIND_OPTIONAL = 19;
/** `ip`: 16 bytes at the offset, high u32 is 4 or 6. `cidr` the same, aux the prefix length. */
export const KIND_IP = 20;
export const KIND_CIDR = 21;
/** Cedar (LANGUAGE.md 14). As STRING: the text `Type::"id"`, the id raw. */
export const KIND_ENTITY = 22;
/** i64: ten-thousandths; milliseconds since 1970 UTC; milliseconds. Cedar's ip is a CIDR. */
export const KIND_CEDAR_DECIMAL = 23;
export const KIND_CEDAR_DATETIME = 24;
export const KIND_CEDAR_DURATION = 25;
/** Outcomes that are no values. */
export const KIND_UNKNOWN = 30;
export const KIND_INAPPLICABLE = 31;

/** In residual code. b: negated; word 1: words of the term code that follows, which leaves one value. Truth: as a literal's. */
export const OP_TERM = 32;

/** word 1: a constant. */
export const TERM_CONSTANT = 1;
/** word 1: a tree view. */
export const TERM_ATTRIBUTE = 2;
/** word 1: a variable. */
export const TERM_VARIABLE = 3;
/** word 1: a variable; pops its value, whatever outcome it is. */
export const TERM_STORE = 4;
/** word 1: count n; word 2: offset in the byte pool of n bytes, 1 where the item is optional. Pops n. */
export const TERM_LIST = 5;
/** The same with n keys and values, alternating. */
export const TERM_MAP = 6;
/** a: operands; word 1: FN_*. */
export const TERM_CALL = 7;
/** word 1: a constant string. `select`, `has`, `optional-select`: a is 0, 1, 2. */
export const TERM_SELECT = 8;
/** a: KIND_* asked for; enum: STRING and word 1 a constant list index + 1 in the word pool: count, then constants; else 0. */
export const TERM_TYPED = 9;
/** a: 0 and, 1 or. word 1: words to skip if the top settles it; it stays then. */
export const TERM_SKIP = 10;
/** a: 0 and, 1 or. Pops right, then left. */
export const TERM_JOIN = 11;
/** Pops the test. True: goes on. False: skips word 1 words. Neither: its outcome is pushed and word 2 words are skipped. */
export const TERM_BRANCH = 12;
/** word 1: words to skip. */
export const TERM_JUMP = 13;
/** a: FOLD_*; b: bit 0 two variables, bit 1 a filter stands before the body. word 1: first variable; word 2: words of the filter; word 3: words of the body. Pops what it goes over. */
export const TERM_FOLD = 14;
/** `matches`. a: 0 automaton (label 1: it matches), 1 scan (bit 0); word 1: its index; pops the text. */
export const TERM_MATCH = 15;
/** word 1: a presence view. Gives a bool: `has` of an attribute. */
export const TERM_PRESENT = 16;

export const FOLD_EXISTS = 0;
export const FOLD_ALL = 1;
export const FOLD_EXISTS_ONE = 2;
export const FOLD_FILTER = 3;
export const FOLD_MAP = 4;
export const FOLD_TRANSFORM_LIST = 5;
export const FOLD_TRANSFORM_MAP = 6;
export const FOLD_TRANSFORM_ENTRY = 7;

export const FN_NOT = 0;
export const FN_EQUAL = 1;
export const FN_LESS = 2;
export const FN_LESS_EQUAL = 3;
export const FN_IN = 4;
export const FN_ADD = 5;
export const FN_SUBTRACT = 6;
export const FN_MULTIPLY = 7;
export const FN_DIVIDE = 8;
export const FN_MODULO = 9;
export const FN_NEGATE = 10;
export const FN_INDEX = 11;
export const FN_OPTIONAL_INDEX = 12;
export const FN_SIZE = 13;
export const FN_INT = 14;
export const FN_UINT = 15;
export const FN_DOUBLE = 16;
export const FN_STRING = 17;
export const FN_BYTES = 18;
export const FN_BOOL = 19;
export const FN_TIMESTAMP = 20;
export const FN_DURATION = 21;
export const FN_TYPE = 22;
export const FN_CONTAINS = 23;
export const FN_STARTS_WITH = 24;
export const FN_ENDS_WITH = 25;
export const FN_CHAR_AT = 27;
export const FN_INDEX_OF = 28;
export const FN_LAST_INDEX_OF = 29;
export const FN_LOWER_ASCII = 30;
export const FN_UPPER_ASCII = 31;
export const FN_REPLACE = 32;
export const FN_SPLIT = 33;
export const FN_SUBSTRING = 34;
export const FN_TRIM = 35;
export const FN_JOIN = 36;
export const FN_QUOTE = 37;
export const FN_FORMAT = 38;
export const FN_REVERSE = 39;
export const FN_BASE64_ENCODE = 40;
export const FN_BASE64_DECODE = 41;
/** Operands: a timestamp or a duration, and maybe a zone constant. */
export const FN_GET_FULL_YEAR = 42;
export const FN_GET_MONTH = 43;
export const FN_GET_DATE = 44;
export const FN_GET_DAY_OF_MONTH = 45;
export const FN_GET_DAY_OF_WEEK = 46;
export const FN_GET_DAY_OF_YEAR = 47;
export const FN_GET_HOURS = 48;
export const FN_GET_MINUTES = 49;
export const FN_GET_SECONDS = 50;
export const FN_GET_MILLISECONDS = 51;
export const FN_GREATEST = 52;
export const FN_LEAST = 53;
export const FN_CEIL = 54;
export const FN_FLOOR = 55;
export const FN_ROUND = 56;
export const FN_TRUNC = 57;
export const FN_ABS = 58;
export const FN_SIGN = 59;
export const FN_SQRT = 60;
export const FN_IS_NAN = 61;
export const FN_IS_INF = 62;
export const FN_IS_FINITE = 63;
export const FN_BIT_AND = 64;
export const FN_BIT_OR = 65;
export const FN_BIT_XOR = 66;
export const FN_BIT_NOT = 67;
export const FN_BIT_SHIFT_LEFT = 68;
export const FN_BIT_SHIFT_RIGHT = 69;
export const FN_DISTINCT = 70;
export const FN_FLATTEN = 71;
export const FN_SLICE = 72;
export const FN_SORT = 73;
export const FN_OPTIONAL_OF = 74;
export const FN_OPTIONAL_OF_NON_ZERO = 75;
export const FN_OPTIONAL_NONE = 76;
export const FN_HAS_VALUE = 77;
export const FN_VALUE = 78;
export const FN_OR = 79;
export const FN_OR_VALUE = 80;
export const FN_IP = 81;
export const FN_IS_IP = 82;
export const FN_CIDR = 83;
export const FN_IS_CIDR = 84;
export const FN_CONTAINS_IP = 85;
export const FN_CONTAINS_CIDR = 86;
export const FN_ENTROPY = 87;
export const FN_LUHN = 88;
export const FN_IBAN = 89;
export const FN_IP_IS_CANONICAL = 90;
export const FN_FAMILY = 91;
export const FN_IS_UNSPECIFIED = 92;
export const FN_IS_LOOPBACK = 93;
export const FN_IS_LINK_LOCAL_MULTICAST = 94;
export const FN_IS_LINK_LOCAL_UNICAST = 95;
export const FN_IS_GLOBAL_UNICAST = 96;
export const FN_MASKED = 97;
export const FN_PREFIX_LENGTH = 98;
/** Functions of Cedar: first and last; assembly/cedar/calls.ts has them all. */
export const FN_CEDAR_FIRST = 128;
export const FN_CEDAR_ENTITY = 128;
export const FN_CEDAR_EQUAL = 129;
export const FN_CEDAR_LESS = 130;
export const FN_CEDAR_LESS_EQUAL = 131;
export const FN_CEDAR_IN = 132;
export const FN_CEDAR_ADD = 133;
export const FN_CEDAR_SUBTRACT = 134;
export const FN_CEDAR_MULTIPLY = 135;
export const FN_CEDAR_NEGATE = 136;
export const FN_CEDAR_CONTAINS = 137;
export const FN_CEDAR_CONTAINS_ALL = 138;
export const FN_CEDAR_CONTAINS_ANY = 139;
export const FN_CEDAR_IS_EMPTY = 140;
export const FN_CEDAR_GET = 141;
export const FN_CEDAR_HAS = 142;
export const FN_CEDAR_IS = 143;
export const FN_CEDAR_LIKE = 144;
export const FN_CEDAR_GET_TAG = 145;
export const FN_CEDAR_HAS_TAG = 146;
export const FN_CEDAR_UNION = 147;
export const FN_CEDAR_DECIMAL = 148;
export const FN_CEDAR_IP = 149;
export const FN_CEDAR_DATETIME = 150;
export const FN_CEDAR_DURATION = 151;
export const FN_CEDAR_DECIMAL_LESS = 152;
export const FN_CEDAR_DECIMAL_LESS_EQUAL = 153;
export const FN_CEDAR_DECIMAL_GREATER = 154;
export const FN_CEDAR_DECIMAL_GREATER_EQUAL = 155;
export const FN_CEDAR_IS_IPV4 = 156;
export const FN_CEDAR_IS_IPV6 = 157;
export const FN_CEDAR_IS_LOOPBACK = 158;
export const FN_CEDAR_IS_MULTICAST = 159;
export const FN_CEDAR_IS_IN_RANGE = 160;
export const FN_CEDAR_OFFSET = 161;
export const FN_CEDAR_DURATION_SINCE = 162;
export const FN_CEDAR_TO_DATE = 163;
export const FN_CEDAR_TO_TIME = 164;
export const FN_CEDAR_TO_MILLISECONDS = 165;
export const FN_CEDAR_TO_SECONDS = 166;
export const FN_CEDAR_TO_MINUTES = 167;
export const FN_CEDAR_TO_HOURS = 168;
export const FN_CEDAR_TO_DAYS = 169;
export const FN_CEDAR_LAST = 169;

// The entities of Cedar, laid out by the host (FORMAT.md 3.11): a header, records, buckets, elements, texts. Offsets in bytes from the
// header; texts and lists as everywhere from the staging area's bytes.
/** u32: records. */
export const STORE_COUNT = 0;
/** u32: buckets - 1; a power of two of them, more than there are records. */
export const STORE_MASK = 4;
/** u32: offset of the buckets, 8 bytes each: hash u32, number of the record + 1 u32. The core fills them. */
export const STORE_BUCKETS = 8;
export const STORE_HEADER = 16;
/** A record: four elements. ENTITY; RECORD; RECORD; LIST of ENTITY, whose aux the core fills. */
export const ENTITY_KEY = 0;
export const ENTITY_ATTRIBUTES = 16;
export const ENTITY_TAGS = 32;
export const ENTITY_ANCESTORS = 48;
export const ENTITY_SIZE = 64;
