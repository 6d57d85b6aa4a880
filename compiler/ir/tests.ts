// Which literals test one value against constants alone, and how: the tests that become classes.
// In: a literal and the scalar it is about. Out: a test with its polarity, or null when no class can express it.

import type { CompareOp, Condition, Constant, ScalarType, Value } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { positionsMatch } from '../regex/positions.ts';
import { positionsOfPattern } from './patterns.ts';
import { compareCodePoints, globMatches, isWellFormed } from './text.ts';
import type { Test } from './types.ts';

export interface SignedTest {
  readonly test: Test;
  readonly negated: boolean;
}

/** Longer text goes to residual code: its automaton would have a state per byte. */
const MAX_PATTERN_BYTES = 4096;

const NEVER: Test = { kind: 'strings', values: [] };

/** The subject of a literal that compares it with constants alone; null if it is not of that shape. */
export function unarySubject(literal: Condition): Value | null {
  switch (literal.kind) {
    case 'truth':
      return literal.value;
    case 'compare':
      if (literal.right.kind === 'constant') return literal.left;
      return literal.left.kind === 'constant' ? literal.right : null;
    case 'one-of':
      return literal.value;
    case 'matches':
      return literal.subject;
    case 'text':
      return literal.argument.kind === 'constant' ? literal.subject : null;
    default:
      return null;
  }
}

/** The test that `literal` makes of its subject (`unarySubject`), whose type is `type`. */
export function unaryTest(literal: Condition, type: ScalarType): SignedTest | null {
  switch (literal.kind) {
    case 'truth':
      return { test: { kind: 'true' }, negated: false };
    case 'compare': {
      const { left, right, op } = literal;
      if (right.kind === 'constant') return compareTest(op, right.constant, type);
      return left.kind === 'constant' ? compareTest(MIRRORED[op], left.constant, type) : null;
    }
    case 'one-of':
      return oneOfTest(literal.constants, type);
    case 'matches': {
      const { pattern, dialect } = literal;
      if (positionsOfPattern(literal).always) return { test: NEVER, negated: true };
      return enumerated({ test: { kind: 'matches', pattern, dialect }, negated: false }, type);
    }
    case 'text': {
      if (literal.argument.kind !== 'constant' || literal.argument.constant.kind !== 'string') return null;
      const text = literal.argument.constant.value;
      if (text === '') return { test: NEVER, negated: true };
      if (!isWellFormed(text)) return { test: NEVER, negated: false };
      if (text.length * 3 > MAX_PATTERN_BYTES && type.kind !== 'enum') return null;
      const kind = literal.op === 'startsWith' ? 'prefix' : literal.op === 'endsWith' ? 'suffix' : 'contains';
      return enumerated({ test: { kind, text }, negated: false }, type);
    }
    default:
      return null;
  }
}

const MIRRORED: Record<CompareOp, CompareOp> = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function compareTest(op: CompareOp, constant: Constant, type: ScalarType): SignedTest | null {
  if (constant.kind === 'bool') {
    return op === '==' ? { test: { kind: 'true' }, negated: !constant.value } : null;
  }
  if (constant.kind === 'string') {
    if (op === '==') return oneOfTest([constant], type);
    if (type.kind !== 'enum') return null; // an order of strings has no classes
    return {
      test: strings(type.values.filter((v) => ordered(op, compareCodePoints(v, constant.value)))),
      negated: false,
    };
  }
  const value = numberOf(constant, type);
  return value === null ? null : { test: { kind: 'number', op, value }, negated: false };
}

function oneOfTest(constants: readonly Constant[], type: ScalarType): SignedTest | null {
  const texts: string[] = [];
  const numbers: number[] = [];
  const bools = new Set<boolean>();
  for (const constant of constants) {
    if (constant.kind === 'string') texts.push(constant.value);
    else if (constant.kind === 'bool') bools.add(constant.value);
    else {
      const value = numberOf(constant, type);
      if (value === null) return null;
      numbers.push(value);
    }
  }
  if (bools.size === 1) return { test: { kind: 'true' }, negated: bools.has(false) };
  if (bools.size === 2) return null;
  if (numbers.length > 0) {
    return { test: { kind: 'numbers', values: [...new Set(numbers)].sort((a, b) => a - b) }, negated: false };
  }
  return enumerated({ test: strings(texts), negated: false }, type);
}

/**
 * The constant as the double that compares with every value of the type as the constant does. An int value is within
 * ±(2^53 − 1), so a constant beyond that may be rounded: rounding keeps it beyond. A double value needs it exact.
 */
function numberOf(constant: Constant & { readonly kind: 'int' | 'double' }, type: ScalarType): number | null {
  const value = Number(constant.value);
  if (Number.isNaN(value)) return null;
  if (constant.kind === 'int' && type.kind === 'double' && BigInt(value) !== constant.value) return null;
  return value === 0 ? 0 : value;
}

function strings(values: readonly string[]): Test {
  return { kind: 'strings', values: [...new Set(values.filter(isWellFormed))].sort(compareCodePoints) };
}

/** Of an enum the values are known: a text test is a set of them, and no automaton is needed. */
function enumerated(signed: SignedTest, type: ScalarType): SignedTest {
  if (type.kind !== 'enum') return signed;
  return { test: strings(type.values.filter((v) => passes(signed.test, v))), negated: signed.negated };
}

/** The meaning of a test, directly: what classes and automatons are checked against. */
export function passes(test: Test, value: string | number | boolean): boolean {
  switch (test.kind) {
    case 'strings':
      return typeof value === 'string' && test.values.includes(value);
    case 'prefix':
      return typeof value === 'string' && value.startsWith(test.text);
    case 'suffix':
      return typeof value === 'string' && value.endsWith(test.text);
    case 'contains':
      return typeof value === 'string' && value.includes(test.text);
    case 'glob':
      return typeof value === 'string' && globMatches(test.text, value);
    case 'matches':
      return typeof value === 'string' && positionsMatch(positionsOfPattern(test), value);
    case 'number':
      return typeof value === 'number' && ordered(test.op, value < test.value ? -1 : value > test.value ? 1 : 0);
    case 'numbers':
      return typeof value === 'number' && test.values.includes(value);
    case 'true':
      return value === true;
    case 'null':
    case 'has':
    case 'types':
      throw new Error('a test of what is there has no value');
    default:
      return unreachable(test);
  }
}

export function ordered(op: CompareOp, order: number): boolean {
  switch (op) {
    case '==':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return unreachable(op);
  }
}
