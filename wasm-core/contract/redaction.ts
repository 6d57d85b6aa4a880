// Programs that find what a redaction replaces (FORMAT.md 7): u32 words, run by the host, never by the core. Three words an
// instruction: op, a, b; it begins with instruction 0. Sets of code points are half-open ranges, ascending, from word `a` on, `b`
// words. Legal TypeScript and AssemblyScript.

// The header, in words; instructions follow it, then the ranges.
export const PROGRAM_INSTRUCTIONS = 0; // how many
export const PROGRAM_WORD_SET = 1; // where the ranges of word characters begin
export const PROGRAM_WORD_SET_SIZE = 2; // in words
export const PROGRAM_LINE_END_SET = 3;
export const PROGRAM_LINE_END_SET_SIZE = 4;
export const PROGRAM_HEADER_SIZE = 5;

export const INSTRUCTION_OP = 0;
export const INSTRUCTION_A = 1;
export const INSTRUCTION_B = 2;
export const INSTRUCTION_SIZE = 3;

/** The match ends here. */
export const REDACT_MATCH = 0;
/** a, b: a set; takes one code point of it and goes on with the next instruction. */
export const REDACT_SET = 1;
/** a, b: instructions; a comes first. */
export const REDACT_SPLIT = 2;
/** a: ASSERT_*; goes on with the next instruction where it holds. */
export const REDACT_ASSERT = 3;
/** a: an instruction. */
export const REDACT_JUMP = 4;

export const ASSERT_TEXT_BEGIN = 0;
export const ASSERT_TEXT_END = 1;
/** The end, or before a newline that is the last character. */
export const ASSERT_LAST_LINE_END = 2;
export const ASSERT_LINE_BEGIN = 3;
export const ASSERT_LINE_END = 4;
export const ASSERT_WORD_BOUNDARY = 5;
export const ASSERT_NO_WORD_BOUNDARY = 6;
