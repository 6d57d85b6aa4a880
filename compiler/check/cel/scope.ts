// In: names in terms. Out: what they stand for: a variable, a let, an attribute or a part of one, a type (LANGUAGE.md 2.5, 3).
// Never looks at operators.

import { didYouMean } from '../../diagnostic.ts';
import type { Span } from '../../source.ts';
import type { Expr } from '../../syntax/ast.ts';
import { afford, type Context, type Env, finishPath, MAX_DEPTH, RESERVED, typeOfAttribute } from '../names.ts';
import { isRoot, ROOTS } from '../paths.ts';
import type { Term } from '../terms.ts';
import type { AttributePath } from '../typed.ts';
import { pathText } from '../typed.ts';
import { type AttributeType, hasLoneSurrogate } from '../types.ts';
import { carriedPart, ERROR, type StaticType, staticOf } from './static.ts';

/** A term, and what is known of its value. */
export interface Built {
  readonly term: Term;
  readonly type: StaticType;
}

/** `carried`: it is a part of what the request carries, and not yet read as its type. */
export interface Variable {
  readonly variable: number;
  readonly type: StaticType;
  readonly carried: boolean;
}

/** Where an expression stands. */
export interface TermScope {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly letLimit: number;
  /** A quantifier over an attribute is around. */
  readonly insideQuantifier: boolean;
  readonly depth: number;
}

/** What names stand for that are neither ours nor variables, and how many of the names in a row belong to it. */
export type FreeNames = (
  names: readonly string[],
) => { readonly path: AttributePath; readonly type: AttributeType; readonly used: number } | null;

/** What building a term needs beside what checking a condition needs. */
export interface TermContext extends Context {
  /** Builds operands; handed down, since calls and macros stand below what builds whole expressions. */
  readonly build: (expr: Expr, scope: TermScope, cx: TermContext) => Built;
  /** Set where something is met that no literal of 5.2 can say. */
  readonly beyond: { found: boolean };
  /** In place of our roots. */
  readonly free?: FreeNames;
  /** Operands are not held against overloads, and what does not exist is unknown when it is evaluated. */
  readonly unchecked?: boolean;
}

const MAX_VARIABLES = 64;
const TYPES: ReadonlySet<string> = new Set(
  'bool int uint double string bytes list map null_type type optional_type'.split(' '),
);
const LONG_TYPES: ReadonlySet<string> = new Set([
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'net.IP',
  'net.CIDR',
]);

export function scopeOf(env: Env): TermScope {
  return { variables: new Map(), letLimit: env.letLimit, depth: env.depth, insideQuantifier: false };
}

/** One level further in; null, with an error, beyond the depth of 4.1. */
export function deeperScope(expr: Expr, scope: TermScope, cx: TermContext): TermScope | null {
  if (scope.depth < MAX_DEPTH && afford(cx)) return { ...scope, depth: scope.depth + 1 };
  if (scope.depth >= MAX_DEPTH) {
    const message = `this condition is nested deeper than ${MAX_DEPTH} once its lets are written out`;
    cx.report.error('P0702', expr.span, message, 'split the rule');
  }
  return null;
}

/** The scope with these variables bound, numbered on from those around. */
export function withVariables(
  scope: TermScope,
  bound: readonly (Omit<Variable, 'variable'> & { readonly name: string; readonly span: Span })[],
  cx: TermContext,
): { readonly scope: TermScope; readonly first: number } {
  const first = [...scope.variables.values()].reduce((most, { variable }) => Math.max(most, variable + 1), 0);
  const variables = new Map(scope.variables);
  bound.forEach(({ name, span, type, carried }, i) => {
    checkFree(name, span, variables, cx);
    variables.set(name, { variable: first + i, type, carried });
  });
  const [last] = bound.slice(-1);
  if (first + bound.length > MAX_VARIABLES && last !== undefined) {
    cx.report.error('P0703', last.span, `a condition has at most ${MAX_VARIABLES} variables`, 'split the rule');
  }
  return { scope: { ...scope, variables }, first };
}

function checkFree(name: string, span: Span, variables: ReadonlyMap<string, unknown>, cx: TermContext): void {
  if (cx.unchecked === true) return;
  const taken = RESERVED.has(name)
    ? 'is a word of the language'
    : variables.has(name)
      ? 'is the variable of the macro around this one'
      : cx.lets.index.has(name)
        ? 'is the name of a let'
        : null;
  if (taken !== null) {
    cx.report.error('P0315', span, `the variable \`${name}\` ${taken}`, 'choose another name for it');
  }
}

/** What a name, or a path that begins with one, stands for. */
export type Named =
  | (Variable & { readonly kind: 'variable'; readonly rest: Steps })
  | { readonly kind: 'expr'; readonly expr: Expr; readonly scope: TermScope; readonly rest: Steps }
  | { readonly kind: 'attribute'; readonly path: AttributePath; readonly type: StaticType; readonly rest: Steps }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'error' };

/** Fields after what is named, outermost last, with the expression that ends in each. */
export type Steps = readonly { readonly field: string; readonly expr: Expr }[];

/** `expr` is a name or a `select`; of a `select` on anything but names `expr` comes back, with its steps. */
export function resolve(expr: Expr, scope: TermScope, cx: TermContext): Named {
  const steps: { field: string; expr: Expr }[] = [];
  let at = expr;
  while (at.kind === 'select') {
    if (hasLoneSurrogate(at.field)) {
      cx.report.error('P0313', at.span, 'this name holds half of a surrogate pair, which no attribute can have');
      return { kind: 'error' };
    }
    steps.unshift({ field: at.field, expr: at });
    at = at.object;
  }
  if (at.kind !== 'name') return { kind: 'expr', expr: at, scope, rest: steps };
  const { name } = at;
  const variable = at.outermost ? undefined : scope.variables.get(name);
  if (variable !== undefined) return { kind: 'variable', ...variable, rest: steps };
  if (cx.free === undefined && isRoot(name)) return attribute(name, steps, expr.span, cx);
  const index = cx.lets.index.get(name);
  const value = index === undefined ? undefined : cx.lets.list[index];
  if (index !== undefined && value !== undefined && index < scope.letLimit) {
    cx.lets.used.add(name);
    // A let sees no variables of the place it stands at; theirs keep their numbers all the same.
    const hidden = [...scope.variables].map(([key, bound]) => [`\0${key}`, bound] as const);
    const inside = { ...scope, variables: new Map(hidden), letLimit: index };
    if (value.value.kind !== 'name' && value.value.kind !== 'select') {
      return { kind: 'expr', expr: value.value, scope: inside, rest: steps };
    }
    const whole = steps.reduce<Expr>(
      (object, { field, expr: { span } }) => ({ kind: 'select', object, field, bracketed: false, span }),
      value.value,
    );
    return afford(cx) ? resolve(whole, inside, cx) : { kind: 'error' };
  }
  const dotted = [name, ...steps.map(({ field }) => field)];
  const found = cx.free?.(dotted);
  if (found !== undefined && found !== null) {
    return { kind: 'attribute', path: found.path, type: staticOf(found.type), rest: steps.slice(found.used - 1) };
  }
  if (TYPES.has(name) && steps.length === 0) return { kind: 'type', name };
  if (LONG_TYPES.has(dotted.join('.'))) return { kind: 'type', name: dotted.join('.') };
  if (cx.unchecked !== true) reportUnknown(name, at.span, index !== undefined, scope, cx);
  return { kind: 'error' };
}

/** The attribute is cut after what is declared as a whole: what lies below a map or a value of any type is a part of it. */
function attribute(root: AttributePath['root'], steps: Steps, span: Span, cx: TermContext): Named {
  const segments = steps.map(({ field }) => field);
  for (let cut = 1; cut < segments.length; cut += 1) {
    const path = { root, segments: segments.slice(0, cut) };
    const declared = cx.declarations.byText.get(pathText(path))?.type;
    if (declared === undefined || declared === null || declared === 'broken') continue;
    if (declared.kind === 'map' || (declared.kind === 'any' && root !== 'args')) {
      cx.beyond.found = true;
      return { kind: 'attribute', path, type: staticOf(declared), rest: steps.slice(cut) };
    }
  }
  const named = finishPath(root, segments, span, cx);
  if (named === undefined) return { kind: 'error' };
  const type = typeOfAttribute(named, cx, true);
  if (type.kind === 'error') return { kind: 'error' };
  return { kind: 'attribute', path: named.path, type: staticOf(type), rest: [] };
}

/** An attribute as a value of a term. */
export function attributeTerm(path: AttributePath, type: StaticType, span: Span, cx: TermContext): Built {
  if (!isSimple(type)) cx.beyond.found = true;
  return { term: carriedPart({ kind: 'attribute', path, span }, type, true), type };
}

/** True if literals of 5.2 read attributes of this type. */
function isSimple(type: StaticType): boolean {
  if (type.kind === 'list') return /^(any|bool|int|double|string|enum)$/.test(type.element.kind);
  return /^(any|bool|int|double|string|enum|object|error)$/.test(type.kind);
}

export function errorTerm(span: Span): Built {
  return { term: { kind: 'constant', constant: { kind: 'null' }, span }, type: ERROR };
}

function reportUnknown(name: string, span: Span, isLaterLet: boolean, scope: TermScope, cx: TermContext): void {
  if (isLaterLet) {
    cx.report.error(
      'P0305',
      span,
      `the let \`${name}\` is used before its definition is complete`,
      'a let may use earlier lets, never itself',
    );
    return;
  }
  const lets = [...cx.lets.index].filter(([, i]) => i < scope.letLimit).map(([known]) => known);
  const near = didYouMean(name, [...ROOTS, 'true', 'false', ...lets, ...scope.variables.keys()]);
  cx.report.error(
    'P0301',
    span,
    `\`${name}\` is not defined`,
    near === undefined
      ? 'names are `principal`, `args`, `context` and those under `lets`; text stands in quotes'
      : `did you mean \`${near}\`?`,
  );
}
