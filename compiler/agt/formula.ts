// In: a condition as documents make them. Out: two formulas that are never in doubt: where the condition holds, and where it is in
// doubt, which their evaluators call an error. A formula asks of each attribute what kind of value it is, and tests it only then; so
// it can stand in a Lictor policy, whose readings take one type. What is known is left out (LANGUAGE.md 15.3, 15.4).

import type { AttributePath, Condition, Reading, Value } from '../check/typed.ts';
import { pathText } from '../check/typed.ts';

export type Kind = 'none' | 'bool' | 'number' | 'string' | 'list' | 'object';

const KINDS: readonly Kind[] = ['none', 'bool', 'number', 'string', 'list', 'object'];

export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: Formula }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Formula[] }
  /** The attribute is of one of these kinds; `none`: missing or null. */
  | { readonly kind: 'is'; readonly path: AttributePath; readonly kinds: readonly Kind[] }
  /** Two-valued of an attribute of this kind, where `says` of its written path is the test. */
  | { readonly kind: 'test'; readonly path: AttributePath; readonly says: (path: string) => string };

export const TRUE: Formula = { kind: 'constant', value: true };
export const FALSE: Formula = { kind: 'constant', value: false };

export const not = (operand: Formula): Formula => ({ kind: 'not', operand });
export const and = (...operands: readonly Formula[]): Formula => ({ kind: 'and', operands });
export const or = (...operands: readonly Formula[]): Formula => ({ kind: 'or', operands });
export const is = (path: AttributePath, ...kinds: readonly Kind[]): Formula => ({ kind: 'is', path, kinds });

export interface Settled {
  readonly holds: Formula;
  readonly doubt: Formula;
}

/** A condition that reads one attribute in one way, settled; undefined: it cannot be said. */
export type Leaf = (condition: Condition, path: AttributePath) => Settled | undefined;

/** Undefined: some literal cannot be said, and `leaf` has reported why. */
export function settle(condition: Condition, leaf: Leaf): Settled | undefined {
  switch (condition.kind) {
    case 'constant':
      return { holds: condition.value ? TRUE : FALSE, doubt: FALSE };
    case 'not': {
      const of = settle(condition.operand, leaf);
      return of === undefined ? undefined : { holds: and(not(of.holds), not(of.doubt)), doubt: of.doubt };
    }
    case 'and':
    case 'or': {
      const all = condition.operands.map((operand) => settle(operand, leaf));
      const operands = all.filter((operand) => operand !== undefined);
      if (operands.length < all.length) return undefined;
      // An `and` is in doubt where an operand is and the others hold or are; an `or` where the others neither hold.
      const isAnd = condition.kind === 'and';
      const whole = isAnd ? and : or;
      const others = operands.map(({ holds, doubt }) => or(doubt, isAnd ? holds : not(holds)));
      const doubt = operands.every((operand) => operand.doubt === FALSE)
        ? FALSE
        : and(or(...operands.map((operand) => operand.doubt)), ...others);
      return { holds: whole(...operands.map(({ holds }) => holds)), doubt };
    }
    default: {
      const path = pathOf(condition);
      return path === null ? undefined : leaf(condition, path);
    }
  }
}

/** The one attribute that a literal reads, without its form. */
export function pathOf(condition: Condition): AttributePath | null {
  const path = condition.kind === 'is-type' ? condition.path : readingOf(condition)?.path;
  return path === undefined ? null : { root: path.root, segments: path.segments };
}

export function readingOf(condition: Condition): Reading | undefined {
  const read = (value: Value): Reading | undefined => (value.kind === 'reading' ? value.reading : undefined);
  switch (condition.kind) {
    case 'truth':
    case 'one-of':
      return read(condition.value);
    case 'compare':
      return read(condition.left);
    case 'member':
      return read(condition.list);
    case 'text':
    case 'matches':
      return read(condition.subject);
    default:
      return undefined;
  }
}

/** What kinds of value an attribute may still be of, by its path; all where nothing is known. */
export type Facts = ReadonlyMap<string, readonly Kind[]>;

export function kindsIn(facts: Facts, path: AttributePath): readonly Kind[] {
  return facts.get(pathText(path)) ?? KINDS;
}

/** The same formula where the facts hold, without what they decide. */
export function simplified(formula: Formula, facts: Facts = new Map()): Formula {
  switch (formula.kind) {
    case 'constant':
    case 'test':
      return formula;
    case 'is': {
      const possible = kindsIn(facts, formula.path);
      const kinds = possible.filter((kind) => formula.kinds.includes(kind));
      if (kinds.length === 0) return FALSE;
      return kinds.length === possible.length ? TRUE : { ...formula, kinds };
    }
    case 'not': {
      const operand = simplified(formula.operand, facts);
      if (operand.kind === 'constant') return operand.value ? FALSE : TRUE;
      if (operand.kind === 'not') return operand.operand;
      if (operand.kind !== 'is') return not(operand);
      const possible = kindsIn(facts, operand.path);
      return is(operand.path, ...possible.filter((kind) => !operand.kinds.includes(kind)));
    }
    case 'and':
    case 'or':
      return joint(formula.kind, formula.operands, facts);
  }
}

/** In order; what stands first is known to what follows: that it holds in an `and`, that it does not in an `or`. */
function joint(kind: 'and' | 'or', given: readonly Formula[], facts: Facts): Formula {
  const ends = kind === 'or';
  const flat = (formula: Formula): readonly Formula[] =>
    formula.kind === kind ? formula.operands.flatMap(flat) : [formula];
  // Questions of kind first: they decide most of the rest.
  const all = given.flatMap(flat);
  const inOrder = [...all.filter((one) => one.kind === 'is'), ...all.filter((one) => one.kind !== 'is')];
  const operands: Formula[] = [];
  let known = facts;
  for (const formula of inOrder) {
    for (const operand of flat(simplified(formula, known))) {
      if (operand.kind === 'constant') {
        if (operand.value === ends) return operand;
        continue;
      }
      if (operands.some((before) => isSame(before, operand))) continue;
      operands.push(operand);
      known = learnt(operand, !ends, known);
    }
  }
  const [only, second] = merged(kind, operands);
  if (only === undefined) return ends ? FALSE : TRUE;
  return second === undefined ? only : { kind, operands: merged(kind, operands) };
}

/** Questions of the kind of one attribute become one. */
function merged(kind: 'and' | 'or', operands: readonly Formula[]): readonly Formula[] {
  const found: Formula[] = [];
  for (const operand of operands) {
    const before = found.findIndex(
      (other) => other.kind === 'is' && operand.kind === 'is' && pathText(other.path) === pathText(operand.path),
    );
    const other = found[before];
    if (operand.kind !== 'is' || other?.kind !== 'is') found.push(operand);
    else if (kind === 'or') found[before] = is(operand.path, ...new Set([...other.kinds, ...operand.kinds]));
    else found[before] = is(operand.path, ...other.kinds.filter((one) => operand.kinds.includes(one)));
  }
  return found;
}

/** What is known once a formula holds, or does not. */
export function learnt(formula: Formula, holds: boolean, facts: Facts): Facts {
  switch (formula.kind) {
    case 'is': {
      const kinds = kindsIn(facts, formula.path).filter((kind) => formula.kinds.includes(kind) === holds);
      return new Map([...facts, [pathText(formula.path), kinds]]);
    }
    case 'not':
      return learnt(formula.operand, !holds, facts);
    case 'and':
    case 'or':
      // Of an `and` that fails, one operand does, and it is not known which.
      if ((formula.kind === 'and') !== holds) return facts;
      return formula.operands.reduce((known, operand) => learnt(operand, holds, known), facts);
    default:
      return facts;
  }
}

function isSame(a: Formula, b: Formula): boolean {
  if (a.kind === 'test' && b.kind === 'test') {
    const [first, second] = [pathText(a.path), pathText(b.path)];
    return first === second && a.says(first) === b.says(second);
  }
  if (a.kind === 'is' && b.kind === 'is') {
    return pathText(a.path) === pathText(b.path) && a.kinds.join() === b.kinds.join();
  }
  if (a.kind === 'not' && b.kind === 'not') return isSame(a.operand, b.operand);
  if ((a.kind === 'and' && b.kind === 'and') || (a.kind === 'or' && b.kind === 'or')) {
    return a.operands.length === b.operands.length && a.operands.every((one, i) => isSame(one, b.operands[i] ?? FALSE));
  }
  return false;
}
