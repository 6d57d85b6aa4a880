// In: residual code that the core has verified or will verify (contract/opcodes.ts, contract/terms.ts). Out: the views it reads.
// Never runs code. What it cannot follow is a RangeError: the host must not guess which texts the core needs.

import * as op from '../wasm-core/contract/opcodes.ts';
import * as term from '../wasm-core/contract/terms.ts';
import type { Words } from './words.ts';

/** Adds the views that `wordCount` words of code from `first` read to `views`. */
export function readViews(code: Words, first: number, wordCount: number, views: Set<number>): void {
  const end = first + wordCount;
  let at = first;
  while (at < end) {
    const code0 = code.u32(at, 0) & 0xff;
    if (code0 === op.OP_VIEW) views.add(code.u32(at + 1, 0));
    at += 1 + operandWords(code0) + (code0 === term.OP_TERM ? code.u32(at + 1, 0) : 0);
  }
  if (at !== end) throw new RangeError('residual code that ends inside an instruction');
}

/** Adds the views that `wordCount` words of term code from `first` read to `views`. */
export function readTermViews(code: Words, first: number, wordCount: number, add: (view: number) => void): void {
  const end = first + wordCount;
  let at = first;
  while (at < end) {
    const code0 = code.u32(at, 0) & 0xff;
    if (code0 === term.TERM_ATTRIBUTE || code0 === term.TERM_PRESENT) add(code.u32(at + 1, 0));
    at += 1 + termOperandWords(code0);
  }
  if (at !== end) throw new RangeError('term code that ends inside an instruction');
}

/** Words after the first of an instruction of term code; branches and bodies follow as instructions. */
function termOperandWords(code: number): number {
  switch (code) {
    case term.TERM_JOIN:
      return 0;
    case term.TERM_LIST:
    case term.TERM_MAP:
    case term.TERM_BRANCH:
      return 2;
    case term.TERM_FOLD:
      return 3;
    case term.TERM_CONSTANT:
    case term.TERM_ATTRIBUTE:
    case term.TERM_VARIABLE:
    case term.TERM_STORE:
    case term.TERM_CALL:
    case term.TERM_SELECT:
    case term.TERM_TYPED:
    case term.TERM_SKIP:
    case term.TERM_JUMP:
    case term.TERM_MATCH:
    case term.TERM_PRESENT:
      return 1;
    default:
      throw new RangeError('term code with an unknown instruction');
  }
}

/** Words after the first of an instruction; a quantifier's body follows as instructions, a term's code behind its count. */
export function operandWords(code: number): number {
  switch (code) {
    case op.OP_CLASS:
    case op.OP_QUANTIFY:
      return 2;
    case op.OP_MATCH:
    case op.OP_MEMBER:
    case op.OP_VIEW:
    case op.OP_CONSTANT:
    case term.OP_TERM:
      return 1;
    case op.OP_TRUTH:
    case op.OP_AND:
    case op.OP_OR:
    case op.OP_COMPARE:
    case op.OP_TEXT:
    case op.OP_TEST:
    case op.OP_ELEMENT:
    case op.OP_ARITHMETIC:
    case op.OP_NEGATE:
    case op.OP_SIZE:
      return 0;
    default:
      throw new RangeError('residual code with an unknown instruction');
  }
}
