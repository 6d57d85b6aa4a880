// In: an expression that stands by itself, of whatever type, and what its free names are. Out: the term it is. For suites of tests and
// tools that ask what CEL says, outside any policy: no lets, no catalogue, no literals of 5.2.

import type { Expr } from '../../syntax/ast.ts';
import type { Report } from '../report.ts';
import type { Term } from '../terms.ts';
import { Scope } from '../tools.ts';
import { build } from './build.ts';
import type { FreeNames, TermContext } from './scope.ts';

/** `unchecked`: operands are not held against overloads, and what does not exist is unknown when it is evaluated. */
export function expressionTerm(expr: Expr, free: FreeNames, report: Report, unchecked = false): Term {
  const declarations = { byText: new Map(), absent: [] };
  const cx: TermContext = {
    build,
    lets: { list: [], index: new Map(), used: new Set() },
    declarations,
    scope: new Scope(null, declarations, { kind: 'every' }),
    report,
    budget: { steps: 0 },
    condition: () => ({ kind: 'constant', value: false, span: expr.span }),
    span: expr.span,
    beyond: { found: false },
    free,
    unchecked,
  };
  const scope = { variables: new Map(), letLimit: 0, depth: 0, insideQuantifier: false };
  return build(expr, scope, cx).term;
}
