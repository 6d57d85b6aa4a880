// In: names in expressions. Out: what they stand for: a let, a quantifier's variable, an attribute path with its type.
// Never checks an operator; every name it cannot resolve is reported here, with the nearest one that exists.

import { didYouMean } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { Expr, LetAst } from '../syntax/ast.ts';
import type { Declarations } from './declarations.ts';
import { isBelow, isPayload, isRoot, nearestPath, PATH_HELP, ROOTS } from './paths.ts';
import type { Report } from './report.ts';
import type { Resolved, Scope } from './tools.ts';
import type { AttributePath, Condition, ScalarType } from './typed.ts';
import { pathText } from './typed.ts';
import { hasLoneSurrogate } from './types.ts';

/** What a quantifier's variable stands for. */
export type Binding =
  /** An element of a list attribute. `open`: of a type not known yet; `demands` collects what the body asks for. */
  | { readonly kind: 'element'; readonly type: ScalarType }
  | { readonly kind: 'open'; readonly demands: ScalarType[] }
  /** An item of a list literal, to be put in the variable's place (LANGUAGE.md 4.7). */
  | { readonly kind: 'item'; readonly expr: Expr; readonly env: Env };

/** Where an expression stands. */
export interface Env {
  readonly variables: ReadonlyMap<string, Binding>;
  /** Lets before this index can be named here: a let never names itself or a later one (2.5). */
  readonly letLimit: number;
  readonly insideQuantifier: boolean;
  readonly depth: number;
}

export interface Lets {
  readonly list: readonly LetAst[];
  readonly index: ReadonlyMap<string, number>;
  readonly used: Set<string>;
}

/** What checking one condition needs. `steps` bounds the work that lets and list literals can multiply. */
export interface Context {
  readonly lets: Lets;
  readonly declarations: Declarations;
  readonly scope: Scope;
  readonly report: Report;
  readonly budget: { steps: number };
  readonly condition: (expr: Expr, env: Env, cx: Context) => Condition;
  /** Place of the whole condition, for findings about all of it. */
  readonly span: Span;
}

export const MAX_STEPS = 500_000;
export const MAX_DEPTH = 64;
const MAX_SEGMENTS = 32;
export const RESERVED: ReadonlySet<string> = new Set([...ROOTS, 'true', 'false', 'null', 'in']);

/** An expression and where it stands. */
export interface Placed {
  readonly expr: Expr;
  readonly env: Env;
}

/** Follows lets and list items until something else stands there, a payload's name too; an unknown name becomes `error`. */
export function deref(expr: Expr, env: Env, cx: Context): Placed {
  let at: Placed = { expr, env };
  while (at.expr.kind === 'name') {
    if (!afford(cx)) return { expr: { kind: 'error', span: at.expr.span }, env: at.env };
    const binding = at.env.variables.get(at.expr.name);
    if (binding?.kind === 'item') {
      // What stands around the place of use stands around the item too.
      const insideQuantifier = binding.env.insideQuantifier || at.env.insideQuantifier;
      at = { expr: binding.expr, env: { ...binding.env, depth: at.env.depth, insideQuantifier } };
      continue;
    }
    if (binding !== undefined || (isRoot(at.expr.name) && isPayload(at.expr.name))) return at;
    const found = cx.lets.index.get(at.expr.name);
    const value = found === undefined ? undefined : cx.lets.list[found];
    if (found === undefined || value === undefined || found >= at.env.letLimit) {
      reportName(at.expr, at.env, cx);
      return { expr: { kind: 'error', span: at.expr.span }, env: at.env };
    }
    cx.lets.used.add(at.expr.name);
    at = { expr: value.value, env: { ...at.env, variables: new Map(), letLimit: found } };
  }
  return at;
}

/** True while the condition has not grown past what is bearable; the first time it has, that is an error (11.1). */
export function afford(cx: Context): boolean {
  cx.budget.steps += 1;
  if (cx.budget.steps <= MAX_STEPS) return true;
  cx.report.error(
    'P0703',
    cx.span,
    'this condition grows too large once its lets and list literals are written out',
    'split the rule, or compare with a list of constants',
  );
  return false;
}

/** Env one level further in; null, with an error, beyond the depth of 4.1. */
export function deeper(expr: Expr, env: Env, cx: Context): Env | null {
  if (env.depth < MAX_DEPTH) return { ...env, depth: env.depth + 1 };
  cx.report.error(
    'P0702',
    expr.span,
    `this condition is nested deeper than ${MAX_DEPTH} once its lets are written out`,
  );
  return null;
}

/** An attribute as an expression names it. */
export interface NamedAttribute {
  readonly path: AttributePath;
  readonly span: Span;
}

/** The attribute path that `expr` writes, lets followed; null if it is something else, undefined after an error. */
export function attributeOf(expr: Expr, env: Env, cx: Context): NamedAttribute | null | undefined {
  const segments: string[] = [];
  let at: Placed = { expr, env };
  for (;;) {
    if (at.expr.kind === 'select') {
      if (hasLoneSurrogate(at.expr.field)) {
        cx.report.error('P0313', at.expr.span, 'this name holds half of a surrogate pair, which no attribute can have');
        return undefined;
      }
      segments.push(at.expr.field);
      at = { expr: at.expr.object, env: at.env };
    } else if (at.expr.kind === 'name') {
      const name = at.expr.name;
      const binding = at.env.variables.get(name);
      if (binding === undefined && isRoot(name)) return finishPath(name, segments.reverse(), expr.span, cx);
      if (binding !== undefined && binding.kind !== 'item') {
        if (segments.length === 0) return null;
        cx.report.error('P0308', expr.span, `\`${name}\` stands for an element of a list, which has no parts`);
        return undefined;
      }
      at = deref(at.expr, at.env, cx);
    } else if (at.expr.kind === 'error') {
      return undefined;
    } else {
      if (segments.length === 0) return null;
      cx.report.error('P0308', expr.span, 'only attributes have parts, and this is not one', PATH_HELP);
      return undefined;
    }
  }
}

export function finishPath(
  root: AttributePath['root'],
  segments: readonly string[],
  span: Span,
  cx: Context,
): NamedAttribute | undefined {
  if (segments.length === 0 && !isPayload(root)) {
    cx.report.error('P0302', span, `\`${root}\` alone is not an attribute`, `name one of its parts: \`${root}.id\``);
    return undefined;
  }
  if (segments.length > MAX_SEGMENTS) {
    cx.report.error(
      'P0707',
      span,
      `an attribute path has at most ${MAX_SEGMENTS} names, this one has ${segments.length}`,
    );
    return undefined;
  }
  return { path: { root, segments }, span };
}

/** The type of an attribute here. `part`: `has`, `size` and `== null` may also ask about what contains a declared attribute. */
export function typeOfAttribute({ path, span }: NamedAttribute, cx: Context, part = false): Resolved {
  if (path.root === 'args') {
    return cx.scope.typeOf(path, span, cx.report);
  }
  const text = pathText(path);
  const declared = cx.declarations.byText.get(text);
  if (declared !== undefined) {
    return declared.type === 'broken' || declared.type === null ? { kind: 'error' } : declared.type;
  }
  const known = [...cx.declarations.byText.values()].filter((other) => other.path.root === path.root);
  const containing = known.find((other) => isBelow(other.path, path));
  if (containing !== undefined && part) return { kind: 'object', schema: { properties: new Map(), open: true } };
  const near =
    containing === undefined
      ? nearestPath(
          path,
          [...cx.declarations.byText.values()].map((other) => other.path),
        )
      : pathText(containing.path);
  cx.report.error(
    'P0303',
    span,
    containing === undefined
      ? `\`${text}\` is not declared`
      : `\`${text}\` is declared only through \`${pathText(containing.path)}\``,
    near === undefined ? `add \`${text}: string\`, or its type, under \`attributes\`` : `did you mean \`${near}\`?`,
  );
  return { kind: 'error' };
}

/** True if `name` may name a let or a variable; otherwise it is reported. */
export function isFreeName(name: string, span: Span, env: Env, cx: Context): boolean {
  const taken = RESERVED.has(name)
    ? 'is a word of the language'
    : env.variables.has(name)
      ? 'is the variable of the quantifier around this one'
      : cx.lets.index.has(name)
        ? 'is the name of a let'
        : null;
  if (taken === null) return true;
  cx.report.error('P0315', span, `the variable \`${name}\` ${taken}`, 'choose another name for it');
  return false;
}

/** The lets of a policy. A name that is no identifier, or taken, is an error (2.5). */
export function checkLets(written: readonly LetAst[], report: Report): Lets {
  const index = new Map<string, number>();
  written.forEach(({ name }, i) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name.value)) {
      const suggestion = name.value.replaceAll(/[^A-Za-z0-9_]/g, '_');
      const help = /^[A-Za-z_]/.test(suggestion) ? `write \`${suggestion}\`` : undefined;
      report.error('P0305', name.span, `the name of a let is a CEL identifier, but found \`${name.value}\``, help);
    } else if (RESERVED.has(name.value)) {
      report.error('P0305', name.span, `\`${name.value}\` is a word of the language and cannot name a let`);
    } else if (written[index.get(name.value) ?? i]?.name.span.source !== name.span.source) {
      const other = written[index.get(name.value) ?? i]?.name.span.source.path ?? '';
      report.error(
        'P0908',
        name.span,
        `the let \`${name.value}\` is defined in \`${other}\` too`,
        'rename one of them',
      );
    } else if (index.has(name.value)) {
      report.error('P0305', name.span, `the let \`${name.value}\` is defined twice`);
    } else index.set(name.value, i);
  });
  return { list: written, index, used: new Set() };
}

function reportName(expr: Expr & { readonly kind: 'name' }, env: Env, cx: Context): void {
  if (isRoot(expr.name)) {
    finishPath(expr.name, [], expr.span, cx);
    return;
  }
  if (cx.lets.index.has(expr.name)) {
    cx.report.error(
      'P0305',
      expr.span,
      `the let \`${expr.name}\` is used before its definition is complete`,
      'a let may use earlier lets, never itself',
    );
    return;
  }
  const visible = [...cx.lets.index].filter(([, i]) => i < env.letLimit).map(([name]) => name);
  const near = didYouMean(expr.name, [...ROOTS, 'true', 'false', ...visible, ...env.variables.keys()]);
  cx.report.error(
    'P0301',
    expr.span,
    `\`${expr.name}\` is not defined`,
    near === undefined
      ? 'names are `principal`, `args`, `context`, `result`, `message`, `output` and those under `lets`; text stands in quotes'
      : `did you mean \`${near}\`?`,
  );
}
