// The context of one loaded artifact: where its sections lie, and what deciding remembers between two questions of one
// decision. Offsets only; nothing here reads or writes. Kept by artifact.ts, filled by verify.ts, used by everything else.

import {
  ABSENT_SECTION,
  AUTOMATON_SECTION,
  BIT_SECTION,
  BOUND_SECTION,
  BUCKET_SECTION,
  BYTE_SECTION,
  CODE_SECTION,
  COLUMN_SECTION,
  CONSTANT_SECTION,
  ELEMENT_TEST_SECTION,
  ENTRY_SECTION,
  FIRST_SECTION,
  HALF_SECTION,
  LAST_SECTION,
  MASK_SECTION,
  NESTED_SECTION,
  NODE_SECTION,
  PARTITION_SECTION,
  PREFILTER_SECTION,
  READ_SECTION,
  ROW_SECTION,
  RULE_SECTION,
  SCAN_SECTION,
  SLOT_SECTION,
  TOOL_SECTION,
  VIEW_SECTION,
  WORD_SECTION,
} from '../contract/layout.ts';

/** u32. Number of the running decision; a stamp that differs is from an earlier one, so nothing is cleared between two. */
export const CTX_EPOCH: usize = 0;
export const CTX_ARTIFACT: usize = 4;
export const CTX_HEADER: usize = 8;
export const CTX_MAX_STRING_BYTES: usize = 12;
export const CTX_SLOT_COUNT: usize = 16;
export const CTX_VIEW_COUNT: usize = 20;
/** Address of the absent row of the tool called (LANGUAGE.md 5.4). */
export const CTX_ABSENT_ROW: usize = 24;
/** Per view a VIEW_STATE record. */
export const CTX_VIEW_STATES: usize = 28;
/** Per partition u64: epoch, class (or CLASSES_*). */
export const CTX_CLASSES: usize = 32;
/** Per residual u64: epoch, truth. */
export const CTX_RESIDUALS: usize = 36;
/** Per 64 rules a FIRED record: those that fired, and of them those that are true. */
export const CTX_FIRED: usize = 40;
export const FIRED_TRUE: usize = 8;
export const FIRED_SIZE: usize = 16;
/** u32, 1: no rule outranks another, and the most severe effect wins; only then there are CTX_EFFECTS (link.ts, effectWord). */
export const CTX_IS_PLAIN: usize = 44;
/** A bit for each FIRED record that is not zero. */
export const CTX_SUMMARY: usize = 48;
export const CTX_SUMMARY_WORDS: usize = 52;
/** Per rule i32: the highest rank that fired. */
export const CTX_RANKS: usize = 56;
export const CTX_TRUE_LIST: usize = 60;
export const CTX_UNKNOWN_LIST: usize = 64;
/** Per column of the widest cluster u32: address of its row. */
export const CTX_COLUMN_ROWS: usize = 68;
/** Two rows of the widest cluster there can be: what a list's classes make of one column, and of several (walk.ts). */
export const CTX_FOLDED_ROW: usize = 84;
export const CTX_JOINED_ROW: usize = 88;
/** The stamps of classes and residuals, to be cleared when the epoch wraps. */
export const CTX_STAMPED: usize = 72;
export const CTX_STAMPED_SIZE: usize = 76;
export const CTX_RULE_COUNT: usize = 80;
/** Policies of the set, the root included, and a TALLY record for each; of one policy alone none is needed. */
export const CTX_POLICY_COUNT: usize = 92;
export const CTX_TALLIES: usize = 96;
/** Of the scan with most words: per word u64 of active positions, and of those that follow; lists of the words that have some. */
export const CTX_SCAN_ACTIVE: usize = 100;
export const CTX_SCAN_NEXT: usize = 104;
export const CTX_SCAN_ACTIVE_LIST: usize = 108;
export const CTX_SCAN_NEXT_LIST: usize = 112;
/** Per 64 rules and effect u64: the rules that have it. */
export const CTX_EFFECTS: usize = 116;
/** Of the prefilter with most: its hits. Of the scan with the longest start list: what is left of it (scan.ts). */
export const CTX_HITS: usize = 120;
export const CTX_SCAN_GATED: usize = 124;
/** Per section (u32 address, u32 records), from FIRST_SECTION on. */
export const CTX_SECTIONS: usize = 128;
export const CTX_SIZE: usize = CTX_SECTIONS + (LAST_SECTION - FIRST_SECTION + 1) * 8;

export const AT_SLOTS: usize = CTX_SECTIONS + (SLOT_SECTION - FIRST_SECTION) * 8;
export const AT_VIEWS: usize = CTX_SECTIONS + (VIEW_SECTION - FIRST_SECTION) * 8;
/** Partitions, columns and nodes hold addresses (link.ts). */
export const AT_PARTITIONS: usize = CTX_SECTIONS + (PARTITION_SECTION - FIRST_SECTION) * 8;
export const AT_ELEMENT_TESTS: usize = CTX_SECTIONS + (ELEMENT_TEST_SECTION - FIRST_SECTION) * 8;
export const AT_AUTOMATONS: usize = CTX_SECTIONS + (AUTOMATON_SECTION - FIRST_SECTION) * 8;
export const AT_BUCKETS: usize = CTX_SECTIONS + (BUCKET_SECTION - FIRST_SECTION) * 8;
export const AT_ENTRIES: usize = CTX_SECTIONS + (ENTRY_SECTION - FIRST_SECTION) * 8;
export const AT_TOOLS: usize = CTX_SECTIONS + (TOOL_SECTION - FIRST_SECTION) * 8;
export const AT_ABSENT: usize = CTX_SECTIONS + (ABSENT_SECTION - FIRST_SECTION) * 8;
export const AT_CONSTANTS: usize = CTX_SECTIONS + (CONSTANT_SECTION - FIRST_SECTION) * 8;
export const AT_NODES: usize = CTX_SECTIONS + (NODE_SECTION - FIRST_SECTION) * 8;
export const AT_COLUMNS: usize = CTX_SECTIONS + (COLUMN_SECTION - FIRST_SECTION) * 8;
export const AT_BITS: usize = CTX_SECTIONS + (BIT_SECTION - FIRST_SECTION) * 8;
export const AT_RULES: usize = CTX_SECTIONS + (RULE_SECTION - FIRST_SECTION) * 8;
export const AT_READS: usize = CTX_SECTIONS + (READ_SECTION - FIRST_SECTION) * 8;
export const AT_CODE: usize = CTX_SECTIONS + (CODE_SECTION - FIRST_SECTION) * 8;
export const AT_WORDS: usize = CTX_SECTIONS + (WORD_SECTION - FIRST_SECTION) * 8;
export const AT_HALVES: usize = CTX_SECTIONS + (HALF_SECTION - FIRST_SECTION) * 8;
export const AT_BYTES: usize = CTX_SECTIONS + (BYTE_SECTION - FIRST_SECTION) * 8;
export const AT_BOUNDS: usize = CTX_SECTIONS + (BOUND_SECTION - FIRST_SECTION) * 8;
export const AT_MASKS: usize = CTX_SECTIONS + (MASK_SECTION - FIRST_SECTION) * 8;
export const AT_ROWS: usize = CTX_SECTIONS + (ROW_SECTION - FIRST_SECTION) * 8;
export const AT_SCANS: usize = CTX_SECTIONS + (SCAN_SECTION - FIRST_SECTION) * 8;
export const AT_PREFILTERS: usize = CTX_SECTIONS + (PREFILTER_SECTION - FIRST_SECTION) * 8;

export const AT_NESTED: usize = CTX_SECTIONS + (NESTED_SECTION - FIRST_SECTION) * 8;

/** Tally of a policy: what its members that matched come to so far (nest.ts). SURE and BASE: i64 rank, u32 count, i32 effect. */
export const TALLY_SURE: usize = 0; // its true members
export const TALLY_BASE: usize = 16; // those that would be true had every unknown rule not matched
export const TALLY_DOUBTS: usize = 32; // i64 x 5, by effect: highest rank of an unknown member
export const TALLY_UNKNOWN_COUNT: usize = 72; // u32
export const TALLY_EFFECT: usize = 76; // i32
export const TALLY_RANK: usize = 80; // i64, as a member of its parent
export const TALLY_FLAGS: usize = 88; // u32
export const TALLY_SIZE: usize = 96;
export const SURE_RANK: usize = 0;
export const SURE_COUNT: usize = 8;
export const SURE_EFFECT: usize = 12;

/** State of a view: the first classes of codes.ts, or VIEW_OK for a well-typed value. */
export const VIEW_OK = 4;
export const STATE_EPOCH: usize = 0; // u32
export const STATE_STATE: usize = 4; // u32: CLASS_MISSING, _NULL, _WRONG_TYPE, _INAPPLICABLE or VIEW_OK
export const STATE_CAUSE: usize = 8; // u32
export const STATE_ENTRY: usize = 12; // i32: dictionary entry of a well-typed text, or -1
/** A number of either kind and a size: f64; a bool: u64; a text: u32 address, u32 bytes; a list: u32 address, u32 elements. */
export const STATE_VALUE: usize = 16;
export const STATE_LENGTH: usize = 20;
export const STATE_BITS_EPOCH: usize = 24; // u32
export const STATE_BITS: usize = 28; // u32 address of the element bits of a list
/** The view's record, and where in a row of absent attributes its own stands; both filled in by link.ts. */
export const STATE_VIEW: usize = 32; // u32 address
export const STATE_ABSENT: usize = 36; // u32 offset
/** A tree view: the value as an element (contract/terms.ts); it has no use for the four fields it covers. */
export const STATE_ELEMENT: usize = 16;
export const STATE_SIZE: usize = 40;

/** What CTX_CLASSES says of a list that has several classes: over every class number. */
export const CLASSES_ANY: u32 = 0x10000;
export const CLASSES_ALL: u32 = 0x10001;
