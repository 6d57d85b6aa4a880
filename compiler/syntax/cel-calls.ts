// In: the name of a function or macro and what it is called with, as trees. Out: the node of the call: forms that the checker knows have
// kinds of their own. What no form of the language is, is reported where it stands. Never looks at types.

import type { Span } from '../source.ts';
import type { Expr, TextOp } from './ast.ts';
import { FORMS, formOf, usage } from './cel-functions.ts';
import { unknownFunction, type Wording } from './cel-refusals.ts';

export interface Call {
  readonly name: string;
  readonly nameSpan: Span;
  readonly receiver: Expr | null;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export type Refuse = (code: string, span: Span, wording: Wording) => Expr;

/** @param refuse reports, and gives an `error` node */
export function callOf(call: Call, anyFunction: boolean, refuse: Refuse): Expr {
  const { name, nameSpan, receiver, args, span } = call;
  const [first, second] = args;
  const form = formOf(name, receiver !== null, args.length);
  if (form === undefined && !anyFunction) {
    if (!FORMS.has(name)) refuse('P0204', nameSpan, unknownFunction(name));
    else {
      refuse('P0205', nameSpan, {
        message: `\`${name}\` is not called like this`,
        help: `write \`${usage(name)}\``,
      });
    }
    return { kind: 'error', span };
  }
  if (form !== undefined && receiver !== null && first !== undefined && second === undefined) {
    if (isTextOp(name)) return { kind: 'text', op: name, subject: receiver, argument: first, span };
  }
  if (form !== undefined && (name === 'matches' || name === 'glob')) {
    const [subject, pattern] = receiver === null ? [first, second] : [receiver, first];
    if (subject !== undefined && pattern !== undefined) {
      return { kind: 'matches', dialect: name === 'glob' ? 'glob' : 're2', subject, pattern, span };
    }
  }
  if (form !== undefined && name === 'size') {
    const of = receiver ?? first;
    if (of !== undefined) return { kind: 'size', of, span };
  }
  if (name === 'has' && receiver === null && first !== undefined) {
    if (first.kind === 'select' || first.kind === 'optional-select' || first.kind === 'error') {
      return first.kind === 'error' ? first : { kind: 'has', path: first, span };
    }
    return refuse('P0205', first.span, {
      message: '`has` asks for an attribute, but this is none',
      help: 'write `has(args.x)`',
    });
  }
  const variables = form?.macro === true ? variableCount(name, args.length) : 0;
  for (const variable of args.slice(0, variables)) {
    if (variable.kind === 'name' || variable.kind === 'error') continue;
    // `cel.iterVar(0, 0)`, as optimizers write variables.
    if (anyFunction && variable.kind === 'call') continue;
    return refuse('P0205', variable.span, {
      message: `the first argument of \`${name}\` is the name of its variable`,
      help: `write \`${usage(name)}\``,
    });
  }
  if ((name === 'exists' || name === 'all') && receiver !== null && args.length === 2) {
    if (first?.kind === 'name' && second !== undefined) {
      return { kind: 'quantifier', op: name, list: receiver, variable: first.name, body: second, span };
    }
  }
  return { kind: 'call', ...call };
}

function isTextOp(name: string): name is TextOp {
  return name === 'startsWith' || name === 'endsWith' || name === 'contains';
}

/** Arguments of a macro that are variables. */
function variableCount(name: string, args: number): number {
  if (name === 'has') return 0;
  if (name.startsWith('transform')) return 2;
  if (/^(exists|all|exists_one|existsOne)$/.test(name)) return args - 1;
  return 1;
}
