// In: an expression, and where it stands. Out: its type as far as it has one of its own (LANGUAGE.md 3.4, 4.3, 4.4, 4.8).
// Never builds anything; of mistakes it reports those that leave no type to go on with.

import { unreachable } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { Expr } from '../syntax/ast.ts';
import { afford, attributeOf, type Context, deeper, deref, type Env, typeOfAttribute } from './names.ts';
import { isRoot } from './paths.ts';
import type { Resolved } from './tools.ts';
import type { ScalarType } from './typed.ts';
import { ANY, BOOL, DOUBLE, enumText, INT, isNumeric, joinScalars, STRING, typeText } from './types.ts';

/** What an expression is before its place is known. `mixed`: an int on one branch of `?:` and a double on the other. */
export type Inferred =
  | Resolved
  | { readonly kind: 'null' }
  | { readonly kind: 'list-literal' }
  | { readonly kind: 'mixed' };

export function infer(expr: Expr, env: Env, cx: Context): Inferred {
  const attribute = attributeOf(expr, env, cx);
  if (attribute === undefined) return { kind: 'error' };
  if (attribute !== null) return typeOfAttribute(attribute, cx);
  const at = deref(expr, env, cx);
  const inner = deeper(at.expr, at.env, cx);
  if (inner === null || !afford(cx)) return { kind: 'error' };
  switch (at.expr.kind) {
    case 'int':
      return INT;
    case 'double':
      return DOUBLE;
    case 'string':
      return STRING;
    case 'bytes':
    case 'uint':
      return { kind: at.expr.kind };
    case 'null':
      return { kind: 'null' };
    case 'list':
      return { kind: 'list-literal' };
    case 'name': {
      const binding = inner.variables.get(at.expr.name);
      return binding?.kind === 'element' ? binding.type : ANY;
    }
    case 'size':
      return INT;
    case 'negate':
      return infer(at.expr.operand, inner, cx);
    case 'conditional':
      return inferEither(infer(at.expr.then, inner, cx), infer(at.expr.else, inner, cx), at.expr.span, cx);
    case 'binary':
      if (!isArithmetic(at.expr.op)) return BOOL;
      if (reportDashed(at.expr, inner, cx)) return { kind: 'error' };
      return inferArithmetic(at.expr.op, infer(at.expr.left, inner, cx), infer(at.expr.right, inner, cx));
    case 'bool':
    case 'has':
    case 'not':
    case 'text':
    case 'matches':
    case 'quantifier':
      return BOOL;
    case 'optional-select':
    case 'optional-item':
    case 'index':
    case 'map':
    case 'call':
      onlyInTerms(at.expr.span, cx);
      return { kind: 'error' };
    case 'select':
    case 'error':
      return { kind: 'error' };
    default:
      return unreachable(at.expr);
  }
}

/** A literal that holds this is a term, unless it was too large to be tried as one. */
export function onlyInTerms(span: Span, cx: Context): void {
  cx.report.error('P0703', span, 'this is too large to be checked where it stands', 'split the rule');
}

/** The type that a value of type `type` asks an `any` beside it to have (3.4): a constant number asks for a double. */
export function asked(type: Inferred, constant: boolean): ScalarType | null {
  if (type.kind === 'enum') return STRING;
  if (type.kind === 'int') return constant ? DOUBLE : INT;
  if (type.kind === 'mixed') return DOUBLE;
  return type.kind === 'string' || type.kind === 'bool' || type.kind === 'double' ? type : null;
}

/** True if `expr` reads nothing: it is made of constants alone. */
export function isConstant(expr: Expr, env: Env, cx: Context): boolean {
  if (expr.kind === 'select') return false;
  const at = deref(expr, env, cx);
  const inner = deeper(at.expr, at.env, cx);
  if (inner === null || !afford(cx)) return false;
  switch (at.expr.kind) {
    case 'int':
    case 'double':
    case 'string':
    case 'bool':
      return true;
    case 'negate':
      return isConstant(at.expr.operand, inner, cx);
    case 'binary':
      return isArithmetic(at.expr.op) && isConstant(at.expr.left, inner, cx) && isConstant(at.expr.right, inner, cx);
    case 'conditional':
      return isConstant(at.expr.then, inner, cx) && isConstant(at.expr.else, inner, cx);
    case 'size':
      return isConstant(at.expr.of, inner, cx);
    default:
      return false;
  }
}

/** What a person calls a type, with its article. */
export function kindText(type: Inferred): string {
  switch (type.kind) {
    case 'int':
    case 'any':
    case 'object':
      return type.kind === 'any' ? 'of type any' : `an ${type.kind}`;
    case 'enum':
      return `one of ${enumText(type.values)}`;
    case 'mixed':
      return 'a number';
    case 'double':
      return 'a number';
    case 'list-literal':
    case 'list-of-any':
      return 'a list';
    case 'uint':
      return 'an unsigned int';
    case 'bytes':
      return 'bytes';
    case 'map':
    case 'timestamp':
    case 'duration':
    case 'list-of':
    case 'null':
      return 'null';
    case 'error':
      return 'a mistake';
    case 'string':
    case 'bool':
    case 'list':
      return `a ${typeText(type)}`;
    default:
      return unreachable(type);
  }
}

/** `args.foo-bar` is a subtraction to CEL. If that is what was meant, this says how to write it. */
export function reportDashed(expr: Expr & { readonly kind: 'binary' }, env: Env, cx: Context): boolean {
  const meant = expr.op === '-' ? dashedPath(expr, env, cx) : null;
  if (meant === null) return false;
  const { object, field, rest } = meant;
  cx.report.error(
    'P0302',
    expr.span,
    `this subtracts from \`${object}.${field.slice(0, field.indexOf('-'))}\` something that is not defined`,
    `a name with a dash is written \`${object}[${JSON.stringify(field)}]${rest}\``,
  );
  return true;
}

interface DashedPath {
  readonly object: string;
  readonly field: string;
  readonly rest: string;
}

function dashedPath(expr: Expr & { readonly kind: 'binary' }, env: Env, cx: Context): DashedPath | null {
  const right = writtenPath(expr.right);
  const [name = '', ...rest] = right?.split('.') ?? [];
  if (name === '' || env.variables.has(name) || cx.lets.index.has(name) || isRoot(name)) return null;
  const after = rest.map((part) => `.${part}`).join('');
  if (expr.left.kind === 'binary' && expr.left.op === '-') {
    const before = dashedPath(expr.left, env, cx);
    return before === null || before.rest !== '' ? null : { ...before, field: `${before.field}-${name}`, rest: after };
  }
  const object = expr.left.kind === 'select' ? writtenPath(expr.left.object) : null;
  if (expr.left.kind !== 'select' || object === null) return null;
  return { object, field: `${expr.left.field}-${name}`, rest: after };
}

/** `a.b.c` as written, if it is only that. */
function writtenPath(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  const object = expr.kind === 'select' && !expr.bracketed ? writtenPath(expr.object) : null;
  return expr.kind !== 'select' || object === null ? null : `${object}.${expr.field}`;
}

export function inferArithmetic(op: string, left: Inferred, right: Inferred): Inferred {
  if (left.kind === 'error' || right.kind === 'error') return { kind: 'error' };
  const known = left.kind === 'any' ? right : left;
  const other = left.kind === 'any' || right.kind === 'any' ? known : right;
  if (known.kind === 'any') return op === '%' ? INT : ANY;
  if (known.kind !== other.kind || (known.kind !== 'int' && known.kind !== 'double')) return { kind: 'error' };
  return op === '%' && known.kind === 'double' ? { kind: 'error' } : known;
}

function inferEither(a: Inferred, b: Inferred, span: Span, cx: Context): Inferred {
  if (a.kind === 'error' || b.kind === 'error') return { kind: 'error' };
  if (a.kind === 'any') return b;
  if (b.kind === 'any') return a;
  if (isNumber(a) && isNumber(b)) return a.kind === b.kind ? a : { kind: 'mixed' };
  const joined = isPlain(a) && isPlain(b) ? joinScalars(a, b) : null;
  if (joined !== null) return joined;
  cx.report.error(
    'P0309',
    span,
    `both branches of \`? :\` need a value of one type here, but one is ${kindText(a)}, the other ${kindText(b)}`,
  );
  return { kind: 'error' };
}

function isPlain(type: Inferred): type is ScalarType {
  return type.kind === 'string' || type.kind === 'enum' || type.kind === 'bool';
}

export function isNumber(type: Inferred): boolean {
  return isNumeric(type) || type.kind === 'mixed';
}

export function isArithmetic(op: string): op is '+' | '-' | '*' | '/' | '%' {
  return op === '+' || op === '-' || op === '*' || op === '/' || op === '%';
}
