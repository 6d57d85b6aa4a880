// Values before they become operands: constants folded, conditional values lifted out (LANGUAGE.md 4.8).
// Folding never changes a pair: arithmetic that would be unknown (5.3) is left for the residual machine to find so.

import type { CompareOp, Condition, Constant, Value } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { positionsMatch } from '../regex/positions.ts';
import { positionsOfPattern } from './patterns.ts';
import { ordered } from './tests.ts';
import { compareCodePoints } from './text.ts';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** The literal with the constant parts of its values computed. */
export function folded(literal: Condition): Condition {
  switch (literal.kind) {
    case 'truth':
    case 'one-of':
      return { ...literal, value: fold(literal.value) };
    case 'compare':
      return { ...literal, left: fold(literal.left), right: fold(literal.right) };
    case 'member':
      return { ...literal, element: fold(literal.element) };
    case 'matches':
      return { ...literal, subject: fold(literal.subject) };
    case 'text':
      return { ...literal, subject: fold(literal.subject), argument: fold(literal.argument) };
    default:
      return literal;
  }
}

/** The answer of a literal between constants; null if residual code must find it. */
export function constantAnswer(literal: Condition, subject: Constant): boolean | null {
  switch (literal.kind) {
    case 'truth':
      return subject.kind === 'bool' ? subject.value : null;
    case 'one-of':
      return literal.constants.some((constant) => compareConstants('==', subject, constant) === true);
    case 'compare':
      if (literal.left.kind !== 'constant' || literal.right.kind !== 'constant') return null;
      return compareConstants(literal.op, literal.left.constant, literal.right.constant);
    case 'matches':
      return subject.kind === 'string' ? positionsMatch(positionsOfPattern(literal), subject.value) : null;
    case 'text': {
      if (subject.kind !== 'string' || literal.argument.kind !== 'constant') return null;
      const argument = literal.argument.constant;
      if (argument.kind !== 'string') return null;
      if (literal.op === 'startsWith') return subject.value.startsWith(argument.value);
      return literal.op === 'endsWith'
        ? subject.value.endsWith(argument.value)
        : subject.value.includes(argument.value);
    }
    default:
      return null;
  }
}

function compareConstants(op: CompareOp, a: Constant, b: Constant): boolean | null {
  if (a.kind === 'string' && b.kind === 'string') return ordered(op, compareCodePoints(a.value, b.value));
  if (a.kind === 'bool' && b.kind === 'bool') return op === '==' ? a.value === b.value : null;
  if (a.kind === 'string' || a.kind === 'bool' || b.kind === 'string' || b.kind === 'bool') return null;
  // Between a bigint and a number, JS compares by mathematical value (LANGUAGE.md 4.3).
  return ordered(op, a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
}

function fold(value: Value): Value {
  switch (value.kind) {
    case 'constant':
    case 'reading':
    case 'variable':
    case 'choose':
      return value;
    case 'size': {
      const of = fold(value.of);
      if (of.kind === 'constant' && of.constant.kind === 'string') {
        return constant({ kind: 'int', value: BigInt(Array.from(of.constant.value).length) }, value);
      }
      return { ...value, of };
    }
    case 'negate': {
      const operand = fold(value.operand);
      if (operand.kind === 'constant') {
        const c = operand.constant;
        if (c.kind === 'int' && c.value !== INT_MIN) return constant({ kind: 'int', value: -c.value }, value);
        if (c.kind === 'double') return constant({ kind: 'double', value: -c.value }, value);
      }
      return { ...value, operand };
    }
    case 'arithmetic': {
      const left = fold(value.left);
      const right = fold(value.right);
      if (left.kind === 'constant' && right.kind === 'constant') {
        const result = compute(value.op, left.constant, right.constant);
        if (result !== null) return constant(result, value);
      }
      return { ...value, left, right };
    }
    default:
      return unreachable(value);
  }
}

function constant(result: Constant, at: Value): Value {
  return { kind: 'constant', constant: result, span: at.span };
}

function compute(op: '+' | '-' | '*' | '/' | '%', left: Constant, right: Constant): Constant | null {
  if (left.kind === 'int' && right.kind === 'int') {
    if ((op === '/' || op === '%') && (right.value === 0n || right.value === -1n)) return null;
    const value = computeInt(op, left.value, right.value);
    return value < INT_MIN || value > INT_MAX ? null : { kind: 'int', value };
  }
  if (left.kind === 'double' && right.kind === 'double' && op !== '%') {
    if (op === '/' && right.value === 0) return null;
    const value = computeDouble(op, left.value, right.value);
    return Number.isNaN(value) ? null : { kind: 'double', value };
  }
  return null;
}

function computeInt(op: '+' | '-' | '*' | '/' | '%', a: bigint, b: bigint): bigint {
  if (op === '+') return a + b;
  if (op === '-') return a - b;
  if (op === '*') return a * b;
  return op === '/' ? a / b : a % b;
}

function computeDouble(op: '+' | '-' | '*' | '/', a: number, b: number): number {
  if (op === '+') return a + b;
  if (op === '-') return a - b;
  return op === '*' ? a * b : a / b;
}

/** A literal around conditional values as a condition around literals; null if it has none. */
export function lifted(literal: Condition): Condition | null {
  switch (literal.kind) {
    case 'truth':
      return around(literal, literal.value, (value) => ({ ...literal, value }));
    case 'one-of':
      return around(literal, literal.value, (value) => ({ ...literal, value }));
    case 'member':
      return around(literal, literal.element, (element) => ({ ...literal, element }));
    case 'compare':
      return (
        around(literal, literal.left, (left) => ({ ...literal, left })) ??
        around(literal, literal.right, (right) => ({ ...literal, right }))
      );
    case 'matches':
      return around(literal, literal.subject, (subject) => ({ ...literal, subject }));
    case 'text':
      return (
        around(literal, literal.subject, (subject) => ({ ...literal, subject })) ??
        around(literal, literal.argument, (argument) => ({ ...literal, argument }))
      );
    default:
      return null;
  }
}

function around(literal: Condition, value: Value, rebuild: (branch: Value) => Condition): Condition | null {
  const choice = choiceIn(value);
  if (choice === null) return null;
  return {
    kind: 'choose',
    test: choice.test,
    then: rebuild(choice.then),
    else: rebuild(choice.else),
    span: literal.span,
  };
}

interface Choice {
  readonly test: Condition;
  readonly then: Value;
  readonly else: Value;
}

/** `value` as a choice between two values without its first conditional; null if it has none. */
function choiceIn(value: Value): Choice | null {
  switch (value.kind) {
    case 'constant':
    case 'reading':
    case 'variable':
      return null;
    case 'choose':
      return value;
    case 'size':
      return within(choiceIn(value.of), (of) => ({ ...value, of }));
    case 'negate':
      return within(choiceIn(value.operand), (operand) => ({ ...value, operand }));
    case 'arithmetic':
      return (
        within(choiceIn(value.left), (left) => ({ ...value, left })) ??
        within(choiceIn(value.right), (right) => ({ ...value, right }))
      );
    default:
      return unreachable(value);
  }
}

function within(choice: Choice | null, rebuild: (branch: Value) => Value): Choice | null {
  return choice === null ? null : { test: choice.test, then: rebuild(choice.then), else: rebuild(choice.else) };
}
