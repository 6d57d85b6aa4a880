// In: residual code (FORMAT.md 3) and the tables it points into. Out: one line of text per instruction.
// Never runs the code, and never throws for code that is wrong: it says what it sees, for people who look for the mistake.

import * as op from '../../wasm-core/contract/opcodes.ts';
import { OP_TERM } from '../../wasm-core/contract/terms.ts';
import type { DecisionTables } from '../plan/tables.ts';
import { type Instruction, termInstruction } from './disassemble-terms.ts';
import { constantName, partitionName, viewName } from './names.ts';

const COMPARES = ['==', '<', '<=', '>', '>='];
const TEXTS = ['startsWith', 'endsWith', 'contains'];
const ARITHMETICS = ['+', '-', '*', '/', '%'];
const TRUTHS = ['false', 'must without may', 'unknown', 'true'];

/** The instructions of `code[first]` to `code[first + count - 1]`; bodies of quantifiers are indented. */
export function disassemble(tables: DecisionTables, first: number, count: number): string[] {
  const lines: string[] = [];
  const bodyEnds: number[] = [];
  const end = Math.min(first + count, tables.code.length);
  let termEnd = 0; // of the term under way
  let at = first;
  while (at < end) {
    while (bodyEnds.at(-1) === at) bodyEnds.pop();
    if (at >= termEnd) termEnd = 0;
    const { text, words, body } = termEnd > 0 ? termInstruction(tables, at) : instruction(tables, at);
    if (termEnd === 0 && (tables.code[at] ?? 0) % 256 === OP_TERM) termEnd = at + words + body;
    lines.push(`${String(at).padStart(6)}  ${'  '.repeat(bodyEnds.length)}${text}`);
    at += words;
    if (body > 0) bodyEnds.push(at + body);
  }
  return lines;
}

function instruction(tables: DecisionTables, at: number): Instruction {
  const word = tables.code[at] ?? 0;
  const [code, a, b] = [word & 0xff, (word >>> 8) & 0xff, word >>> 16];
  const operand = tables.code[at + 1] ?? 0;
  const not = (b & 1) === 1 ? ' not' : '';
  const is = (text: string, words = 1, body = 0): Instruction => ({ text, words, body });
  switch (code) {
    case op.OP_TRUTH:
      return is(`truth      ${TRUTHS[a] ?? `?${a}`}`);
    case op.OP_CLASS:
      return is(`class      ${partitionName(tables, operand)} by ${truthTable(tables, operand, at)}`, 3);
    case op.OP_AND:
      return is('and');
    case op.OP_OR:
      return is('or');
    case op.OP_COMPARE:
      return is(`compare    ${COMPARES[a] ?? `?${a}`}${not}`);
    case op.OP_TEXT:
      return is(`text       ${TEXTS[a] ?? `?${a}`}${not}${(b & 2) === 2 ? ' (steps counted)' : ''}`);
    case op.OP_MEMBER:
      return is(`member     of ${viewName(tables, operand)}${not}${(b & 2) === 2 ? ' (steps counted)' : ''}`, 2);
    case op.OP_TEST:
      return is(`test      ${not}`.trimEnd());
    case op.OP_MATCH:
      return is(`match      by ${a === 0 ? 'automaton' : 'scan'} ${operand}${not}`, 2);
    case op.OP_QUANTIFY: {
      const body = tables.code[at + 2] ?? 0;
      return is(`${a === 1 ? 'all       ' : 'exists    '} over ${viewName(tables, operand)}, ${body} words`, 3, body);
    }
    case op.OP_VIEW:
      return is(`view       ${viewName(tables, operand)}`, 2);
    case op.OP_ELEMENT:
      return is('element');
    case op.OP_CONSTANT:
      return is(`constant   ${constantName(tables.constants[operand])}`, 2);
    case op.OP_ARITHMETIC:
      return is(`arithmetic ${ARITHMETICS[a] ?? `?${a}`}`);
    case op.OP_NEGATE:
      return is('negate');
    case op.OP_SIZE:
      return is('size');
    case OP_TERM:
      return is(`term     ${not} of ${operand} words`, 2, operand);
    default:
      return is(`?          0x${word.toString(16).padStart(8, '0')}`);
  }
}

/** One sign per class of the partition: F false, U unknown, T true. */
function truthTable(tables: DecisionTables, partition: number, at: number): string {
  const first = tables.code[at + 2] ?? 0;
  const classCount = tables.partitions[partition]?.classCount ?? 0;
  const shown = tables.bytes.slice(first, first + Math.min(classCount, 32));
  return shown.map((bits) => ['F', '!', 'U', 'T'][bits] ?? '?').join('') + (classCount > 32 ? '…' : '');
}
