// In: an expression that is one literal of a condition. Out: a term where no literal of 5.2 can say it (LANGUAGE.md 5.9), else null.
// The term is built for trial: only if it is needed are its mistakes reported.

import type { Span } from '../../source.ts';
import type { Expr } from '../../syntax/ast.ts';
import { type Context, type Env, MAX_STEPS } from '../names.ts';
import type { Report } from '../report.ts';
import type { Condition } from '../typed.ts';
import { bool } from './build.ts';
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
  if (!mayBeTerm(expr) || env.variables.size > 0 || cx.budget.steps > MAX_STEPS) return null;
  const found = new Findings();
  const trial: TermContext = { ...cx, report: found, budget: { steps: 0 }, beyond: { found: false } };
  const term = bool(expr, scopeOf(env), trial);
  if (!trial.beyond.found) return null;
  found.sayTo(cx.report);
  if (found.hasError) return { kind: 'constant', value: false, span: expr.span };
  return { kind: 'term', term, span: expr.span };
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
