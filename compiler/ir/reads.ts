// What a condition reads, for the `unknown` list of a verdict (LANGUAGE.md 6.3): every attribute in order of first
// appearance in the condition as written; `has` does not count, `== null` counts only when missing.

import { attributesOf } from '../check/term-reads.ts';
import type { Condition, Value } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { Book } from './book.ts';
import type { Read } from './types.ts';

export function readsOf(condition: Condition, book: Book): Read[] {
  const reads: Read[] = [];
  const seen = new Set<string>();
  const add = (view: number, onlyMissing: boolean): void => {
    const key = `${view}:${onlyMissing}`;
    if (seen.has(key)) return;
    seen.add(key);
    reads.push({ view, onlyMissing });
  };
  inCondition(condition, book, add);
  return reads;
}

type Add = (view: number, onlyMissing: boolean) => void;

function inCondition(condition: Condition, book: Book, add: Add): void {
  switch (condition.kind) {
    case 'constant':
    case 'has':
    case 'is-type':
      return;
    case 'not':
      return inCondition(condition.operand, book, add);
    case 'and':
    case 'or':
      for (const operand of condition.operands) inCondition(operand, book, add);
      return;
    case 'choose':
      inCondition(condition.test, book, add);
      inCondition(condition.then, book, add);
      return inCondition(condition.else, book, add);
    case 'same':
      inCondition(condition.left, book, add);
      return inCondition(condition.right, book, add);
    case 'is-null':
      return add(book.view(condition.path, 'presence'), true);
    case 'truth':
    case 'one-of':
      return inValue(condition.value, book, add);
    case 'compare':
      inValue(condition.left, book, add);
      return inValue(condition.right, book, add);
    case 'member':
      inValue(condition.element, book, add);
      return inValue(condition.list, book, add);
    case 'text':
      inValue(condition.subject, book, add);
      return inValue(condition.argument, book, add);
    case 'matches':
      return inValue(condition.subject, book, add);
    case 'quantifier':
      inValue(condition.list, book, add);
      return inCondition(condition.body, book, add);
    case 'term':
      for (const { path } of attributesOf(condition.term)) add(book.view(path, 'tree'), false);
      return;
    default:
      return unreachable(condition);
  }
}

function inValue(value: Value, book: Book, add: Add): void {
  switch (value.kind) {
    case 'constant':
    case 'variable':
      return;
    case 'reading':
      return add(book.reading(value.reading), false);
    case 'arithmetic':
      inValue(value.left, book, add);
      return inValue(value.right, book, add);
    case 'negate':
      return inValue(value.operand, book, add);
    case 'size':
      return inValue(value.of, book, add);
    case 'choose':
      inCondition(value.test, book, add);
      inValue(value.then, book, add);
      return inValue(value.else, book, add);
    default:
      return unreachable(value);
  }
}
