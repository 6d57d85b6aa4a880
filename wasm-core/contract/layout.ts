// Layout of the artifact's records (FORMAT.md 2). Legal TypeScript and AssemblyScript. All numbers little-endian.
// `*_FIELD` constants are field indexes of the FlatBuffers root table; the others are byte offsets inside a record.

export const ABI_VERSION = 1;
export const ARTIFACT_FORMAT_VERSION = 1;
/** "LCTR", bytes 4 to 7 of the artifact. */
export const ARTIFACT_IDENTIFIER = 0x5254434c;
/** "LCRQ", bytes 4 to 7 of a request. */
export const REQUEST_IDENTIFIER = 0x5152434c;

// Root table `Artifact` (schema/artifact.fbs). Every *_SECTION field is a [ubyte] vector whose data is 16-byte aligned.
export const HEADER_FIELD = 0; // struct-like [ubyte], see HEADER_*
export const HASH_FIELD = 1; // [ubyte], 32: SHA-256 of the artifact with these 32 bytes zero
export const SLOT_SECTION = 2;
export const VIEW_SECTION = 3;
export const PARTITION_SECTION = 4;
export const ELEMENT_TEST_SECTION = 5;
export const AUTOMATON_SECTION = 6;
export const BUCKET_SECTION = 7; // dictionary buckets
export const ENTRY_SECTION = 8; // dictionary entries
export const TOOL_SECTION = 9; // one per entry of view 0
export const ABSENT_SECTION = 10; // u32 [row][view]
export const CONSTANT_SECTION = 11;
export const NODE_SECTION = 12;
export const COLUMN_SECTION = 13;
export const BIT_SECTION = 14;
export const RULE_SECTION = 15;
export const READ_SECTION = 16; // u32
export const CODE_SECTION = 17; // u32
export const WORD_SECTION = 18; // u32 pool: key tables
export const HALF_SECTION = 19; // u16 pool: class maps, transitions, labels
export const BYTE_SECTION = 20; // u8 pool: byte classes, truth tables, constant and dictionary text
export const BOUND_SECTION = 21; // f64 pool
export const MASK_SECTION = 22; // u64 pool: list element masks
export const ROW_SECTION = 23; // 16-byte vectors
export const NESTED_SECTION = 24; // policies nested in the root
export const SCAN_SECTION = 25; // scans of regular expressions
export const PREFILTER_SECTION = 26; // literals looked for in one pass
export const METADATA_FIELD = 27; // table Metadata: names, reasons, source map; the core never reads it
export const ARTIFACT_FIELD_COUNT = 28;
export const FIRST_SECTION = 2;
export const LAST_SECTION = 26;

// Header.
export const HEADER_FORMAT_VERSION = 0; // u32
export const HEADER_FLAGS = 4; // u32; a flag that a core does not know makes the artifact unsupported
/** Terms or tree views: only `core-full` decides it. */
export const FLAG_NEEDS_TERMS = 1;
export const HEADER_LAYOUT_LO = 8; // u64 layout hash: which slots, in which order
export const HEADER_LAYOUT_HI = 12;
export const HEADER_ALGORITHM = 16; // u32, of the root, which is policy 0
export const HEADER_DEFAULT_EFFECT = 20; // u32
export const HEADER_GOVERNED_POINTS = 24; // u32, bit per point
export const HEADER_CLOSED_WORLD = 28; // u32, 0 or 1
export const HEADER_ABSENT_ROWS = 32; // u32, at least 1; row 0 is for a tool no catalogue lists
export const HEADER_ROOT = 36; // u32 x POINT_COUNT: node index + 1, or 0
export const HEADER_PREDICTED_COST = 68; // u32, worst case, in instructions of the scalar core
export const HEADER_FILE_SIZE = 72; // u32, bytes of the whole artifact: a truncated one is refused
export const HEADER_SIZE = 80;

// Slot: one attribute path. Slot 0 is the tool's name.
export const SLOT_KEY_LO = 0; // u64 hash of the path text (FORMAT.md 5)
export const SLOT_KEY_HI = 4;
export const SLOT_SIZE = 8;

// View: one reading of one slot. View 0 is (slot 0, VIEW_STRING).
export const VIEW_SLOT = 0; // u32
export const VIEW_KIND = 4; // u32, VIEW_* of codes.ts
/** Dictionary: `bucketCount` buckets (a power of two, or 0: none) from `bucketFirst`; entries from `entryFirst`. */
export const VIEW_BUCKET_FIRST = 8;
export const VIEW_BUCKET_COUNT = 12;
export const VIEW_ENTRY_FIRST = 16;
export const VIEW_ENTRY_COUNT = 20;
/** List views, and string views with scans, as if they were lists of one: u64 words of element bits, tests from `testFirst`. Bits start at 0 and are OR-ed over elements and tests. */
export const VIEW_BIT_WORDS = 24;
export const VIEW_TEST_FIRST = 28;
export const VIEW_TEST_COUNT = 32;
export const VIEW_RESERVED = 36;
export const VIEW_SIZE_BYTES = 40;

// Dictionary bucket: u32, entry index within the view + 1, or 0. Open addressing, linear probing, start at hash & (count - 1).
export const BUCKET_SIZE = 4;
// Dictionary entry.
export const ENTRY_HASH = 0; // u32 (FORMAT.md 5.4)
export const ENTRY_TEXT = 4; // u32 offset in the byte pool
export const ENTRY_LENGTH = 8; // u32
export const ENTRY_SIZE = 12;

// Tool: parallel to the entries of view 0.
export const TOOL_ABSENT_ROW = 0; // u32
export const TOOL_LISTED = 4; // u32, 1 if a catalogue lists it
export const TOOL_SIZE = 8;

// Partition: how a well-typed value of a view becomes a class.
export const PARTITION_VIEW = 0; // u32
export const PARTITION_KIND = 4; // u32
/** u32, the reserved ones included; at most 65,536. LIST_ANY, LIST_ALL: CLASS_ELEMENT_BIT and the bits that count. */
export const PARTITION_CLASS_COUNT = 8;
/** DICTIONARY, AUTOMATON: half pool offset of one class per dictionary entry of the view (used on a hit). */
export const PARTITION_ENTRY_CLASSES = 12;
/** DICTIONARY: class on a miss. AUTOMATON: automaton index. NUMBER: bound pool offset. LIST_BIT: bit. Others 0. */
export const PARTITION_OPERAND = 16;
/** NUMBER: count n of sorted distinct bounds. Others 0. */
export const PARTITION_BOUND_COUNT = 20;
/** NUMBER: half pool offset of 2n+1 classes: cell 2i+1 is bound i itself, even cells lie between. Others 0. */
export const PARTITION_CELL_CLASSES = 24;
export const PARTITION_RESERVED = 28;
export const PARTITION_SIZE = 32;

// Element test: how a list element contributes bits.
export const ELEMENT_TEST_KIND = 0; // u32
/** AUTOMATON: automaton (its labels count masks from `masks`). NUMBER: bound pool offset. SCAN: scan. LITERALS: prefilter. */
export const ELEMENT_TEST_OPERAND = 4;
/**
 * NUMBER: bounds. SCAN: 0, or 1 + the first of the words of hits, of the prefilter before it, that say in which words of the scan
 * matches may begin: a bit for each, and as many words further on another; both must be set.
 */
export const ELEMENT_TEST_BOUND_COUNT = 8;
/**
 * Mask pool offset, in u64 words; each mask has the view's bitWords. DICTIONARY: one per entry, then one for a miss.
 * On a hit only the dictionary's mask counts (it knows the automatons' answers too); on a miss all tests' masks are OR-ed.
 * AUTOMATON: one per label. NUMBER: one per cell. BOOL: false, true. SCAN, LITERALS: one, of which the bits that match
 * are toggled.
 */
export const ELEMENT_TEST_MASKS = 12;
export const ELEMENT_TEST_SIZE = 16;

// Automaton: a complete DFA over UTF-8 bytes; state 0 starts; the label of the state after the last byte is the answer.
export const AUTOMATON_BACKWARD = 0; // u32, 1: reads the bytes from last to first
export const AUTOMATON_STATE_COUNT = 4; // u32, at most 65,535
/** States from here on loop to themselves on every byte: the walk may stop. */
export const AUTOMATON_FIRST_SINK = 8;
export const AUTOMATON_SYMBOL_COUNT = 12; // u32, 1 to 256
export const AUTOMATON_BYTE_CLASSES = 16; // byte pool offset: 256 symbols
export const AUTOMATON_TRANSITIONS = 20; // half pool offset: [state][symbol]
export const AUTOMATON_LABELS = 24; // half pool offset: one per state: a class, or a mask number
export const AUTOMATON_LABEL_LIMIT = 28; // u32: every label is below this
/**
 * States from here to the first sink have a jump each: JUMP_SIZE bytes of the mask pool. Where the next JUMP_BYTES bytes are those of
 * the jump, the walk goes on behind them in its target. An automaton that reads backward has none.
 */
export const AUTOMATON_FIRST_JUMP = 32;
export const AUTOMATON_JUMPS = 36; // mask pool offset
export const AUTOMATON_SIZE = 40;
export const JUMP_TEXT = 0; // 8 bytes
export const JUMP_TARGET = 8; // u64, a state
export const JUMP_SIZE = 16;
export const JUMP_BYTES = 8;

// Scan: regular expressions whose automatons are too large, as one automaton of positions over classes of characters. A set of
// positions is 64 bits of each of the words that are not zero. It has two rounds per character: what follows the active positions
// (the next one, itself, moves to others) and what can begin here; then of these what takes the character.
/** u32. Automaton that gives the class of one character; state 0 begins each, and the bytes after a sink belong to the same one. */
export const SCAN_ALPHABET = 0;
/** u32, 2 to 256; the last class is the end of the text. */
export const SCAN_CLASS_COUNT = 4;
export const SCAN_WORD_COUNT = 8; // u32, 1 to 65,535
/** Byte pool offset, a byte per class but the last: what stands before the next place, BEFORE_*. */
export const SCAN_KINDS = 12;
/** Word pool offset, SCAN_WORD_FIELDS u32 for each word. */
export const SCAN_WORDS = 16;
/** Mask pool offset, SCAN_MASK_FIELDS u64 for each word. */
export const SCAN_MASKS = 20;
/** Word pool offset: the word each move leads to. Mask pool offset: two masks each, positions it leaves and positions it reaches. */
export const SCAN_MOVES = 24;
export const SCAN_MOVE_MASKS = 28;
export const SCAN_MOVE_COUNT = 32; // u32
/** Word pool offset, class count + 1 numbers, ascending from 0: runs of the start list, whose words some text can begin in. */
export const SCAN_STARTS = 36;
export const SCAN_START_LIST = 40; // half pool offset
/** Word pool offset: the bit that each end sets. Mask pool offset: the positions that are this end. */
export const SCAN_ENDS = 44;
export const SCAN_END_MASKS = 48;
export const SCAN_END_COUNT = 52; // u32
/** Every bit is below this. */
export const SCAN_BIT_LIMIT = 56; // u32, at most SCAN_MAX_BITS
export const SCAN_START_COUNT = 60; // u32, length of the start list: where the last run ends
export const SCAN_SIZE = 64;
export const SCAN_MAX_BITS = 1024;

// Fields of a scan's word, in bytes.
/** Byte pool offset, a byte per class: which of the word's reach masks. Mask pool offset of those, and how many. */
export const SCAN_WORD_REACH_MAP = 0;
export const SCAN_WORD_REACH = 4;
export const SCAN_WORD_REACH_COUNT = 8;
export const SCAN_WORD_MOVE_FIRST = 12;
export const SCAN_WORD_MOVE_COUNT = 16;
export const SCAN_WORD_END_FIRST = 20;
export const SCAN_WORD_END_COUNT = 24;
export const SCAN_WORD_RESERVED = 28;
export const SCAN_WORD_SIZE = 32;

// Masks of a scan's word, in bytes: positions followed by the next one, by themselves, left by moves, that are ends; then those at
// which a match can begin, by what stands before: the beginning, another character, one of a word, one that ends a line.
export const SCAN_MASK_NEXT = 0;
export const SCAN_MASK_SELF = 8;
export const SCAN_MASK_MOVES = 16;
export const SCAN_MASK_ENDS = 24;
export const SCAN_MASK_STARTS = 32;
export const SCAN_MASK_SIZE = 64;

// Prefilter: literals looked for in one pass over a text. Every three bytes of it, with 0x20 set in each, are hashed; the run of the
// list that the hash leads to names literals that may lie there; one that does sets its targets among the hits.
export const PREFILTER_HIT_WORDS = 0; // u32, 1 to 1,024: u64 words of hits
export const PREFILTER_INITIAL = 4; // mask pool offset of the hits before anything is found
/** u32, 1: fingerprints (below) tell at which places to look at all; 0: at every place. */
export const PREFILTER_HAS_FINGERPRINTS = 8;
/**
 * Byte pool offset of eight tables of 16 bytes, two for each of the four bytes from a place on: by its low four bits and by its high
 * four. A place where the AND of the eight bytes is zero need not be looked at, but for the last three places of the text.
 */
export const PREFILTER_FINGERPRINTS = 12;
/** u32, 1 to 15: bits of a hash, which are the high ones of the three bytes as a number times PREFILTER_FACTOR, mod 2^32. */
export const PREFILTER_HASH_BITS = 16;
/** Half pool offset, 2^bits + 1 numbers, ascending: runs of the list, by hash. */
export const PREFILTER_RUNS = 20;
export const PREFILTER_LIST = 24; // half pool offset: literals
export const PREFILTER_LIST_COUNT = 28; // u32
export const PREFILTER_LITERALS = 32; // word pool offset of LITERAL_SIZE bytes each
export const PREFILTER_LITERAL_COUNT = 36; // u32
export const PREFILTER_SIZE = 40;
export const PREFILTER_FACTOR = 0x9e3779b1;
export const PREFILTER_MAX_HIT_WORDS = 1024;

// Fields of a literal, in bytes.
/** Byte pool offset: its bytes, then as many that are OR-ed to those of the text before they are compared. */
export const LITERAL_TEXT = 0;
export const LITERAL_LENGTH = 4; // u32, bytes, at most 65,535
export const LITERAL_WINDOW = 8; // u32: how far into it the three bytes lie that are hashed
export const LITERAL_TARGETS = 12; // half pool offset: bits of the hits
export const LITERAL_TARGET_COUNT = 16; // u32
export const LITERAL_SIZE = 20;

// Constant.
export const CONSTANT_KIND = 0; // u32
export const CONSTANT_LENGTH = 4; // u32: bytes of a string, else 0
export const CONSTANT_VALUE = 8; // u64: f64, i64, 0 or 1, or byte pool offset
export const CONSTANT_SIZE = 16;

// Node: a key or a cluster. Children and successors have higher indexes; level of a child is one more, of a successor the same.
export const NODE_KIND = 0; // u32
export const NODE_KEY = 0;
export const NODE_CLUSTER = 1;
export const NODE_LEVEL = 4; // u32
export const NODE_NEXT = 8; // u32: index + 1 of the node visited afterwards, or 0
/** KEY: partition. CLUSTER: first column. */
export const NODE_A = 12;
/** KEY: word pool offset. CLUSTER: column count. */
export const NODE_B = 16;
/** KEY: entries; equal to the partition's class count: dense, child + 1 by class; else pairs (class, child + 1) sorted by class. CLUSTER: first bit. */
export const NODE_C = 20;
/** KEY: 1 dense, 0 pairs. CLUSTER: bit count, at least 1. */
export const NODE_D = 24;
/** CLUSTER: 16-byte vectors per row, ⌈bits / 128⌉. KEY: 0. */
export const NODE_VECTORS = 28;
export const NODE_SIZE = 32;

// Column of a cluster: row of class c is rows[rowFirst + map[c] * vectors ...]. A list has several classes of a LIST_ANY or LIST_ALL
// partition: their rows are OR-ed or AND-ed.
export const COLUMN_PARTITION = 0; // u32
/** u32 half pool offset: one local row per class, or the runs. */
export const COLUMN_MAP = 4;
/** u32. n > 0: the map is n pairs (first class, local row) of runs of classes, ascending from class 0. 0 of LIST_ANY and LIST_ALL. */
export const COLUMN_RUN_COUNT = 8;
export const COLUMN_ROW_FIRST = 12; // u32, in 16-byte vectors
export const COLUMN_ROW_COUNT = 16; // u32
export const COLUMN_SIZE = 20;

// Bit of a cluster: one term of one rule, in one of its two roles.
export const BIT_RULE = 0; // u32
export const BIT_RANK = 4; // i32 (LANGUAGE.md 8.1)
export const BIT_CODE = 8; // u32: first word of the residual + 1, or 0: none
export const BIT_CODE_WORDS = 12; // u32
/** Residual number for the memo, below the number of bits; 0 if none. Same code, same number. */
export const BIT_RESIDUAL = 16; // u32
/** The role: fired, the rule is true (TRUE) or is at least unknown (MAYBE). */
export const BIT_FLAGS = 20; // u32
export const BIT_IS_MAYBE = 1;
/** Which bit of the residual's result must be set: its may bit, else its must bit. */
export const BIT_TAKES_MAY = 2;
/** Of a maybe bit without residual: it fires only with a true bit of its rule and rank, unless a class met on the way is MISSING, NULL or WRONG_TYPE. */
export const BIT_HAS_TWIN = 4;
export const BIT_SIZE = 24;

// Rule.
export const RULE_EFFECT = 0; // u32
export const RULE_READ_FIRST = 4; // u32
export const RULE_READ_COUNT = 8; // u32
export const RULE_POLICY = 12; // u32: 0 the root, else 1 + index of a nested policy
export const RULE_SIZE = 16;

// Nested policy: record i is policy i + 1. Parents come before children.
export const NESTED_PARENT = 0; // u32: number of the policy it is a member of, less than its own
export const NESTED_ALGORITHM = 4; // u32
export const NESTED_RANK = 8; // i32 (LANGUAGE.md 8.1); without meaning under a parent with allow-overrides
export const NESTED_RESERVED = 12;
export const NESTED_SIZE = 16;

/** Read: a view index; with this bit set it counts only when missing (`== null`, LANGUAGE.md 6.3). */
export const READ_ONLY_MISSING = 0x40000000;
