// In: an expression that is one literal of a condition. Out: a term where no literal of 5.2 can say it (LANGUAGE.md 5.9), else null.
// The term is built for trial: only if it is needed are its mistakes reported.

import type { Span } from '../../source.ts';
import type { Expr } from '../../syntax/ast.ts';
import { type Context, type Env, MAX_STEPS } from '../names.ts';
import { isRoot } from '../paths.ts';
import { type Report, SILENT } from '../report.ts';
import type { Condition } from '../typed.ts';
import { pathText } from '../typed.ts';
import { isScalar } from '../types.ts';
import { build } from './build.ts';
import { bool } from './operands.ts';
import { scopeOf, type TermContext } from './scope.ts';

/** True of what is a literal by its form, so that it may be a term. */
function mayBeTerm(expr: Expr): boolean {
  switch (expr.kind) {
    case 'bool':
    case 'int':
    case 'double':
    case 'string':
    case 'null':
    case 'name':
    case 'not':
    case 'conditional':
    case 'error':
      return false;
    case 'binary':
      return expr.op !== '&&' && expr.op !== '||';
    default:
      return true;
  }
}

export function termCondition(expr: Expr, env: Env, cx: Context): Condition | null {
  // Inside a quantifier over a list of constants the whole was tried before it was written out.
  if (!mayBeTerm(expr) || env.variables.size > 0 || cx.budget.steps > MAX_STEPS || isPlain(expr, cx)) return null;
  const found = new Findings();
  const trial: TermContext = { ...cx, build, report: found, budget: { steps: 0 }, beyond: { found: false } };
  const term = bool(expr, scopeOf(env), trial);
  if (!trial.beyond.found) return null;
  found.sayTo(cx.report);
  if (found.hasError) return { kind: 'constant', value: false, span: expr.span };
  return { kind: 'term', term, span: expr.span };
}

/** True of what most conditions are made of, which need not be tried: attributes of simple types against constants. */
function isPlain(expr: Expr, cx: Context): boolean {
  switch (expr.kind) {
    case 'text':
      return isPlainScalar(expr.subject, cx) && isPlainScalar(expr.argument, cx);
    case 'binary': {
      if (!isPlainScalar(expr.left, cx)) return false;
      if (expr.op === 'in' && expr.right.kind === 'list') return expr.right.items.every(isConstant);
      return /^(==|!=|<|<=|>|>=)$/.test(expr.op) && isPlainScalar(expr.right, cx);
    }
    default:
      return false;
  }
}

function isPlainScalar(expr: Expr, cx: Context): boolean {
  return isConstant(expr) || isPlainPath(expr, cx);
}

function isConstant({ kind }: Expr): boolean {
  return kind === 'string' || kind === 'int' || kind === 'double' || kind === 'bool' || kind === 'null';
}

function isPlainPath(expr: Expr, cx: Context): boolean {
  const segments: string[] = [];
  let at = expr;
  for (; at.kind === 'select'; at = at.object) segments.push(at.field);
  if (at.kind !== 'name' || !isRoot(at.name) || segments.length === 0) return false;
  const path = { root: at.name, segments: segments.reverse() };
  // Where it is declared as a part of something, or not at all, the trial finds out.
  const declared = cx.declarations.byText.get(pathText(path))?.type;
  const isFree = path.root === 'args' && declared === undefined && segments.length === 1;
  const type = isFree ? cx.scope.typeOf(path, expr.span, SILENT) : declared;
  if (type === undefined || type === null || type === 'broken') return false;
  return type.kind === 'any' || (type.kind !== 'error' && isScalar(type));
}

/** What would be reported. */
class Findings implements Report {
  readonly #said: ((report: Report) => void)[] = [];
  hasError = false;

  error(code: string, span: Span, message: string, help?: string): void {
    this.hasError = true;
    this.#said.push((report) => report.error(code, span, message, help));
  }

  warning(code: string, span: Span, message: string, help?: string): void {
    this.#said.push((report) => report.warning(code, span, message, help));
  }

  sayTo(report: Report): void {
    for (const say of this.#said) say(report);
  }
}
