// The residual machine (FORMAT.md 3). Code is u32 words. An instruction is `op | a << 8 | b << 16`, then its operand words.
// Two stacks. The truth stack holds pairs of bits: bit 0 *must* (holds when unknown counts as false), bit 1 *may* (holds when
// unknown counts as true). The value stack holds tagged values: unknown, inapplicable, bool, int (i64), double, string.
// Code is in negation normal form: negation sits in the literals' `negated` bit. Nothing jumps but QUANTIFY over its body.

/** a: the two bits. */
export const OP_TRUTH = 1;
/** word 1: partition; word 2: offset in the byte pool of one byte (two bits) per class of it. */
export const OP_CLASS = 2;
export const OP_AND = 3;
export const OP_OR = 4;
/** a: COMPARE_*; b: negated. Pops right, then left. Two numbers compare by mathematical value, two strings by code point; `==` also two bools. */
export const OP_COMPARE = 5;
/** a: TEXT_*; b: bit 0 negated, bit 1 the subject is counted as steps (LANGUAGE.md 5.8). Pops argument, then subject. */
export const OP_TEXT = 6;
/** b: bit 0 negated, bit 1 the list is counted as steps (LANGUAGE.md 5.8); word 1: a list view. Pops the element looked for. */
export const OP_MEMBER = 7;
/** b: negated. Pops a bool. */
export const OP_TEST = 8;
/** a: 0 automaton (label 1: it matches), 1 scan (bit 0); b: negated; word 1: its index. Pops a text. */
export const OP_MATCH = 10;
/**
 * a: 0 any element, 1 all; word 1: a list view; word 2: words of the body, which follows and leaves one truth more.
 * Quantifiers do not nest. Unknown list: (0, 1); inapplicable list: (0, 0).
 */
export const OP_QUANTIFY = 9;

/** word 1: a scalar or size view. */
export const OP_VIEW = 16;
/** The element of the running quantifier. */
export const OP_ELEMENT = 17;
/** word 1: a constant. */
export const OP_CONSTANT = 18;
/** a: ARITHMETIC_*. Both operands int, or both double. */
export const OP_ARITHMETIC = 19;
export const OP_NEGATE = 20;
/** Code points of a string, as an int. */
export const OP_SIZE = 21;

export const COMPARE_EQ = 0;
export const COMPARE_LT = 1;
export const COMPARE_LE = 2;
export const COMPARE_GT = 3;
export const COMPARE_GE = 4;

export const TEXT_STARTS_WITH = 0;
export const TEXT_ENDS_WITH = 1;
export const TEXT_CONTAINS = 2;

export const ARITHMETIC_ADD = 0;
export const ARITHMETIC_SUB = 1;
export const ARITHMETIC_MUL = 2;
export const ARITHMETIC_DIV = 3;
export const ARITHMETIC_MOD = 4;
