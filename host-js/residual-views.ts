// In: residual code that the core has verified or will verify (contract/opcodes.ts). Out: the views it reads the value of.
// Never runs code. What it cannot follow is a RangeError: the host must not guess which texts the core needs.

import * as op from '../wasm-core/contract/opcodes.ts';
import type { Words } from './words.ts';

/** Adds the views that `wordCount` words of code from `first` read to `views`. */
export function readViews(code: Words, first: number, wordCount: number, views: Set<number>): void {
  const end = first + wordCount;
  let at = first;
  while (at < end) {
    const code0 = code.u32(at, 0) & 0xff;
    if (code0 === op.OP_VIEW) views.add(code.u32(at + 1, 0));
    at += 1 + operandWords(code0);
  }
  if (at !== end) throw new RangeError('residual code that ends inside an instruction');
}

/** Words after the first of an instruction; a quantifier's body follows as instructions. */
export function operandWords(code: number): number {
  switch (code) {
    case op.OP_CLASS:
    case op.OP_QUANTIFY:
      return 2;
    case op.OP_MEMBER:
    case op.OP_VIEW:
    case op.OP_CONSTANT:
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
