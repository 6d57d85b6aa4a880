// In: a condition and a call. Out: its pair (LANGUAGE.md 5), and what it reads. Kleene's truth values stand in their order,
// so that ∧ is the least and ∨ the greatest. Never stops early: every part of a condition is evaluated.

import { MAX_QUANTIFIER_STEPS, STEP_BYTES, STEP_ELEMENTS } from '../../wasm-core/contract/limits.ts';
import { attributesOf } from '../check/term-reads.ts';
import type { Term } from '../check/terms.ts';
import { type CompareOp, type Condition, pathText, type Reading, type Value } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { TextOp } from '../syntax/ast.ts';
import { isInt64 } from './int64.ts';
import { matches } from './regex.ts';
import { causeIn, evaluateTerm } from './terms.ts';
import {
  type Call,
  type Cause,
  codePoints,
  elements,
  follow,
  type Known,
  known,
  type Outcome,
  presenceIn,
  readingIn,
  text,
  typeOf,
  unknown,
  utf8Bytes,
} from './values.ts';

export const NO = 0;
export const MAYBE = 1;
export const YES = 2;

/** 5.1. */
export interface Pair {
  readonly holds: number;
  readonly fails: number;
}

const TRUE: Pair = { holds: YES, fails: NO };
const FALSE: Pair = { holds: NO, fails: YES };
const UNKNOWN: Pair = { holds: MAYBE, fails: MAYBE };
const INAPPLICABLE: Pair = { holds: NO, fails: NO };

const not = (a: Pair): Pair => ({ holds: a.fails, fails: a.holds });
const and = (a: Pair, b: Pair): Pair => ({ holds: Math.min(a.holds, b.holds), fails: Math.max(a.fails, b.fails) });
const or = (a: Pair, b: Pair): Pair => ({ holds: Math.max(a.holds, b.holds), fails: Math.min(a.fails, b.fails) });
const choose = (test: Pair, a: Pair, b: Pair): Pair => or(and(test, a), and(not(test), b)); // 5.6

/** What one rule's condition is evaluated against. */
export interface Scope extends Call {
  /** Each attribute is read once in a decision, so that a proxy cannot give two answers. */
  readonly cache: Map<Reading, Outcome>;
  /** What was read, in the order it is written (6.3); the cause if it is unknown. INVARIANT: evaluation never stops early. */
  readonly reads: { readonly path: string; readonly cause: Cause | null }[];
  /** The element of the running quantifier, and the steps it has taken (5.8). */
  readonly running?: { readonly element: Known; readonly steps: { count: number } };
}

function readingOf(reading: Reading, scope: Scope): Outcome {
  const outcome = scope.cache.get(reading) ?? readingIn(scope, reading);
  scope.cache.set(reading, outcome);
  scope.reads.push({ path: pathText(reading.path), cause: outcome.kind === 'unknown' ? outcome.cause : null });
  return outcome;
}

/** 5.1, 5.2, 5.6. */
export function pairOf(node: Condition, scope: Scope): Pair {
  const pair = (part: Condition): Pair => pairOf(part, scope);
  switch (node.kind) {
    case 'constant':
      return node.value ? TRUE : FALSE;
    case 'not':
      return not(pair(node.operand));
    case 'and':
      return node.operands.map(pair).reduce(and, TRUE);
    case 'or':
      return node.operands.map(pair).reduce(or, FALSE);
    case 'choose':
      return choose(pair(node.test), pair(node.then), pair(node.else));
    case 'same':
      return choose(pair(node.left), pair(node.right), not(pair(node.right))); // 4.9
    case 'has':
      return follow(scope.request, node.path) === undefined ? FALSE : TRUE; // 4.2, 5.5
    case 'is-type':
      return node.types.some((type) => type === typeOf(follow(scope.request, node.path))) ? TRUE : FALSE; // 15.3
    case 'is-null':
      return isNull(presenceIn(scope, node.path), pathText(node.path), scope);
    case 'truth':
      return literal(node.value, null, scope, (value) => value === true);
    case 'compare':
      return literal(node.left, node.right, scope, (left, right) => COMPARE[node.op](order(left, right)));
    case 'one-of':
      return literal(node.value, null, scope, (value) => node.constants.some((c) => order(value, c.value) === 0));
    case 'member': {
      const has = (element: Known, list: Known): boolean => elements(list).some((x) => order(x, element) === 0);
      const pair = literal(node.element, node.list, scope, has);
      countLookup(node.element, node.list.reading, scope);
      return pair;
    }
    case 'text':
      if (node.op === 'contains') countSteps(node.subject, scope);
      return literal(node.subject, node.argument, scope, (subject, argument) =>
        TEXT[node.op](text(subject), text(argument)),
      );
    case 'matches':
      return literal(node.subject, null, scope, (subject) => matches(text(subject), node.pattern, node.dialect)); // 4.22
    case 'quantifier':
      return quantify(node, scope);
    case 'term':
      return termPair(node.term, scope);
    default:
      return unreachable(node);
  }
}

/** 5.9: a bool, inapplicable, or else unknown. */
function termPair(term: Term, scope: Scope): Pair {
  for (const attribute of attributesOf(term)) {
    scope.reads.push({ path: pathText(attribute.path), cause: causeIn(attribute, scope) });
  }
  const outcome = evaluateTerm(term, scope);
  if (outcome.kind === 'inapplicable') return INAPPLICABLE;
  if (outcome.kind === 'unknown' || outcome.value.kind !== 'bool') return UNKNOWN;
  return outcome.value.value ? TRUE : FALSE;
}

/** 5.5; 6.3: it counts as unknown only when missing. */
function isNull(presence: Outcome, path: string, scope: Scope): Pair {
  const isMissing = presence.kind === 'unknown' && presence.cause === 'missing';
  scope.reads.push({ path, cause: isMissing ? 'missing' : null });
  if (presence.kind === 'inapplicable') return INAPPLICABLE;
  return isMissing ? UNKNOWN : presence.kind === 'unknown' ? TRUE : FALSE;
}

// --- 5.2: literals, strict in what they read ---

const COMPARE: Record<CompareOp, (order: number) => boolean> = {
  '==': (o) => o === 0,
  '<': (o) => o < 0,
  '<=': (o) => o <= 0,
  '>': (o) => o > 0,
  '>=': (o) => o >= 0,
};

/** 4.5. Both strings are well formed, so code units find what code points would. */
const TEXT: Record<TextOp, (subject: string, argument: string) => boolean> = {
  startsWith: (s, t) => s.startsWith(t),
  endsWith: (s, t) => s.endsWith(t),
  contains: (s, t) => s.includes(t),
};

/** One literal over one or two values; conditional values in them are lifted out (4.8). */
function literal(left: Value, right: Value | null, scope: Scope, test: (left: Known, right: Known) => boolean): Pair {
  let result = FALSE;
  for (const a of waysOf(left, scope)) {
    for (const b of right === null ? [a] : waysOf(right, scope)) {
      result = or(result, and(and(a.guard, b.guard), strict(a.outcome, b.outcome, test)));
    }
  }
  return result;
}

function strict(a: Outcome, b: Outcome, test: (a: Known, b: Known) => boolean): Pair {
  if (a.kind === 'inapplicable' || b.kind === 'inapplicable') return INAPPLICABLE;
  if (a.kind === 'unknown' || b.kind === 'unknown') return UNKNOWN;
  return test(a.value, b.value) ? TRUE : FALSE;
}

/** 4.3: numbers by mathematical value (BigInt against number is exact), strings by code point. */
function order(a: Known, b: Known): number {
  if (typeof a !== 'string' || typeof b !== 'string') return a < b ? -1 : a > b ? 1 : 0;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  return (a.codePointAt(same) ?? -1) - (b.codePointAt(same) ?? -1);
}

/** What a value may be: each outcome with the condition under which a conditional value takes it. */
type Way = { readonly guard: Pair; readonly outcome: Outcome };

function waysOf(value: Value, scope: Scope): Way[] {
  const sure = (outcome: Outcome): Way[] => [{ guard: TRUE, outcome }];
  const each = (of: Value, compute: (a: Known) => bigint | number): Way[] =>
    waysOf(of, scope).map(({ guard, outcome }) => ({ guard, outcome: computed(outcome, outcome, compute) }));
  switch (value.kind) {
    case 'constant':
      return sure(known(value.constant.value));
    case 'reading':
      return sure(readingOf(value.reading, scope));
    case 'variable':
      return sure(scope.running === undefined ? unknown('computation') : known(scope.running.element));
    case 'choose': {
      const test = pairOf(value.test, scope);
      const under = (guard: Pair, ways: Way[]): Way[] => ways.map((way) => ({ ...way, guard: and(guard, way.guard) }));
      return [...under(test, waysOf(value.then, scope)), ...under(not(test), waysOf(value.else, scope))];
    }
    case 'negate':
      return each(value.operand, (a) => (typeof a === 'bigint' ? -a : -Number(a)));
    case 'size':
      return each(value.of, (a) => BigInt(codePoints(text(a)).length)); // 3.8
    case 'arithmetic':
      return waysOf(value.left, scope).flatMap((a) =>
        waysOf(value.right, scope).map((b) => ({
          guard: and(a.guard, b.guard),
          outcome: computed(a.outcome, b.outcome, (x, y) => arithmetic(value.op, x, y)),
        })),
      );
    default:
      return unreachable(value);
  }
}

/** 5.3: out of 64 bits, a division by zero (null here) and NaN are unknown. */
function computed(a: Outcome, b: Outcome, compute: (a: Known, b: Known) => bigint | number | null): Outcome {
  if (a.kind === 'inapplicable' || b.kind === 'inapplicable') return { kind: 'inapplicable' };
  if (a.kind === 'unknown' || b.kind === 'unknown') return unknown('computation');
  const result = compute(a.value, b.value);
  const fits = typeof result === 'bigint' ? isInt64(result) : result !== null && !Number.isNaN(result);
  return fits && result !== null ? known(result) : unknown('computation');
}

/** 4.4. BigInt's `/` truncates and its `%` has the sign of the dividend. */
function arithmetic(op: '+' | '-' | '*' | '/' | '%', a: Known, b: Known): bigint | number | null {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (op === '+') return a + b;
    if (op === '-') return a - b;
    if (op === '*') return a * b;
    if (b === 0n) return null;
    return op === '/' ? a / b : a % b;
  }
  const [x, y] = [Number(a), Number(b)];
  if (op === '+') return x + y;
  if (op === '-') return x - y;
  if (op === '*') return x * y;
  return y === 0 ? null : x / y;
}

/** 5.7, 5.8. */
function quantify(node: Condition & { readonly kind: 'quantifier' }, scope: Scope): Pair {
  const list = readingOf(node.list.reading, scope);
  pairOf(node.body, scope); // for what it reads, also over no elements
  if (list.kind !== 'known') return list.kind === 'unknown' ? UNKNOWN : INAPPLICABLE;
  const steps = { count: 0 };
  const pairs = elements(list.value).map((element) => pairOf(node.body, { ...scope, running: { element, steps } }));
  if (steps.count > MAX_QUANTIFIER_STEPS) return UNKNOWN;
  return node.op === 'exists' ? pairs.reduce(or, FALSE) : pairs.reduce(and, TRUE);
}

/** 5.8: a `contains` whose subject is a known string that is not the quantifier's variable. */
function countSteps(subject: Value, { running, ...scope }: Scope): void {
  if (running === undefined) return;
  // Without a running quantifier the variable is unknown: only what does not depend on it counts.
  for (const { outcome } of waysOf(subject, scope)) {
    if (outcome.kind === 'known') running.steps.count += Math.ceil((utf8Bytes(text(outcome.value)) + 1) / STEP_BYTES);
  }
}

/** 5.8: an `in` that looks for more than a constant. */
function countLookup(element: Value, reading: Reading, { running, ...scope }: Scope): void {
  if (running === undefined || isConstant(element)) return;
  const list = readingOf(reading, scope);
  if (list.kind === 'known') running.steps.count += Math.ceil((elements(list.value).length + 1) / STEP_ELEMENTS);
}

function isConstant(value: Value): boolean {
  if (value.kind === 'choose') return isConstant(value.then) && isConstant(value.else);
  if (value.kind === 'arithmetic') return isConstant(value.left) && isConstant(value.right);
  return value.kind === 'negate' ? isConstant(value.operand) : value.kind === 'constant';
}
