// In: term code (FORMAT.md 3.7) and the tables it points into. Out: one line of text per instruction. As `disassemble.ts`, it never
// throws for code that is wrong.

import * as codes from '../../wasm-core/contract/codes.ts';
import * as terms from '../../wasm-core/contract/terms.ts';
import type { DecisionTables } from '../plan/tables.ts';
import { constantName, viewName } from './names.ts';

export interface Instruction {
  readonly text: string;
  readonly words: number;
  /** Words of the body that follows and is indented. */
  readonly body: number;
}

const SELECTIONS = ['select', 'has', 'optional select'];
const FOLDS = ['exists', 'all', 'exists one', 'filter', 'map', 'transform list', 'transform map', 'transform entry'];

/** `FN_STARTS_WITH` is `starts with`. */
const FUNCTIONS: ReadonlyMap<number, string> = named('FN_', terms);
const KINDS: ReadonlyMap<number, string> = new Map([...named('KIND_', codes), ...named('KIND_', terms)]);

export function termInstruction(tables: DecisionTables, at: number): Instruction {
  const word = tables.code[at] ?? 0;
  const [code, a, b] = [word & 0xff, (word >>> 8) & 0xff, word >>> 16];
  const [one = 0, two = 0, three = 0] = tables.code.slice(at + 1, at + 4);
  const is = (text: string, words = 2, body = 0): Instruction => ({ text, words, body });
  switch (code) {
    case terms.TERM_CONSTANT:
      return is(`constant   ${constantName(tables.constants[one])}`);
    case terms.TERM_ATTRIBUTE:
      return is(`attribute  ${viewName(tables, one)}`);
    case terms.TERM_PRESENT:
      return is(`present    ${viewName(tables, one)}`);
    case terms.TERM_VARIABLE:
      return is(`variable   ${one}`);
    case terms.TERM_STORE:
      return is(`store      ${one}`);
    case terms.TERM_LIST:
      return is(`list       of ${one}`, 3);
    case terms.TERM_MAP:
      return is(`map        of ${one}`, 3);
    case terms.TERM_CALL:
      return is(`call       ${FUNCTIONS.get(one) ?? `?${one}`} of ${a}`);
    case terms.TERM_SELECT:
      return is(`${(SELECTIONS[a] ?? `?${a}`).padEnd(10)} ${constantName(tables.constants[one])}`);
    case terms.TERM_TYPED:
      return is(`typed      ${KINDS.get(a) ?? `kind ${a}`}${one === 0 ? '' : ', one of a list'}`);
    case terms.TERM_SKIP:
      return is(`skip       ${one} words if ${a === 0 ? 'false' : 'true'}`, 2, one);
    case terms.TERM_JOIN:
      return is(a === 0 ? 'and' : 'or', 1);
    case terms.TERM_BRANCH:
      return is(`branch     ${one} words, or ${two}`, 3, two);
    case terms.TERM_JUMP:
      return is(`jump       ${one} words`);
    case terms.TERM_FOLD: {
      const variables = (b & 1) === 1 ? `variables ${one}, ${one + 1}` : `variable ${one}`;
      const filter = two === 0 ? '' : `filter of ${two} words, `;
      return is(`fold       ${FOLDS[a] ?? `?${a}`}, ${variables}, ${filter}${three} words`, 4, two + three);
    }
    case terms.TERM_MATCH:
      return is(`match      group ${one}`);
    default:
      return is(`?          0x${word.toString(16).padStart(8, '0')}`, 1);
  }
}

function named(prefix: string, contract: Readonly<Record<string, unknown>>): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, value] of Object.entries(contract)) {
    if (name.startsWith(prefix) && typeof value === 'number')
      names.set(value, name.slice(prefix.length).toLowerCase().replaceAll('_', ' '));
  }
  return names;
}
