// A condition as a tree that can be printed as CEL and taken apart by the shrinker, with the operators it uses; and what makers of
// conditions share. Never chooses a condition: conditions.ts does.

import type { Random } from './random.ts';
import type { Typed } from './typed-values.ts';
import { type Attribute, doubleText, type Scalar } from './world.ts';

export type Expr =
  | { readonly kind: 'leaf'; readonly text: string; readonly ops: readonly string[]; readonly args: readonly string[] }
  | { readonly kind: 'not'; readonly parts: readonly [Expr] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expr[] }
  | { readonly kind: 'same'; readonly parts: readonly [Expr, Expr] }
  | { readonly kind: 'choose'; readonly parts: readonly [Expr, Expr, Expr] };

/** A let that conditions may name. */
export interface Let {
  readonly name: string;
  /** What it stands for: a list of constants for `in`, or a condition. */
  readonly value: readonly string[] | Expr;
}

export interface Sight {
  readonly random: Random;
  readonly attributes: readonly Attribute[];
  readonly lets: readonly Let[];
  readonly isPlain: boolean;
  readonly typed: readonly Typed[];
  /** Texts are tested with patterns too. */
  readonly hasPatterns: boolean;
}

/** A part that the shrinker leaves whole. */
export const leaf: (text: string, ops: readonly string[], args: readonly string[]) => Expr = (
  text: string,
  ops: readonly string[],
  args: readonly string[],
): Expr => ({
  kind: 'leaf',
  text,
  ops,
  args,
});

export function celOf(expr: Expr): string {
  switch (expr.kind) {
    case 'leaf':
      return expr.text;
    case 'not':
      return `!(${celOf(expr.parts[0])})`;
    case 'and':
      return expr.parts.map((part) => `(${celOf(part)})`).join(' && ');
    case 'or':
      return expr.parts.map((part) => `(${celOf(part)})`).join(' || ');
    case 'same':
      return expr.parts.map((part) => `(${celOf(part)})`).join(' == ');
    default: {
      const [test, yes, no] = expr.parts.map((part) => `(${celOf(part)})`);
      return `${test} ? ${yes} : ${no}`;
    }
  }
}

/** Names of the operators in it. */
export function operatorsOf(expr: Expr): string[] {
  return expr.kind === 'leaf' ? [...expr.ops] : [expr.kind, ...expr.parts.flatMap(operatorsOf)];
}

/** Texts of the `args.*` it reads. */
export function argsOf(expr: Expr): string[] {
  return expr.kind === 'leaf' ? [...expr.args] : expr.parts.flatMap(argsOf);
}

export function argsIn(...attributes: readonly Attribute[]): string[] {
  return attributes.filter(({ root }) => root === 'args').map(({ text }) => text);
}

/** Another attribute of just this type. */
export function otherOf(sight: Sight, type: Scalar['kind'] | 'list', but: Attribute): Attribute | null {
  const others = sight.attributes.filter((a) => a !== but && a.type.kind === type);
  return others.length === 0 ? null : sight.random.pick(others);
}

export function stringText(value: string): string {
  return JSON.stringify(value);
}

export const ORDERS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

export function intText(value: bigint): string {
  return String(value);
}

export function scalarText(random: Random, { strings, ints, doubles }: Attribute, type: Scalar): string {
  switch (type.kind) {
    case 'bool':
      return String(random.chance(0.5));
    case 'int':
      return intText(random.pick(ints));
    case 'number':
      return doubleText(random.pick(doubles));
    default:
      return stringText(random.pick(strings));
  }
}
