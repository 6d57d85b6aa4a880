// `cel.block([a, b], e)` is what optimizers write: e with `cel.index(0)` for a, and so on; `cel.iterVar(0, 0)` names a variable. In: an
// expression. Out: the same with `cel.bind` and plain names, which is all that it means.

import type { Expr } from '../../compiler/syntax/ast.ts';

export function withoutBlocks(expr: Expr): Expr {
  if (expr.kind === 'call' && expr.name === 'cel.block') {
    const [list, body] = expr.args;
    if (list?.kind === 'list' && body !== undefined) {
      return list.items.reduceRight<Expr>(
        (inside, item, i) => bind(`index ${i}`, withoutBlocks(item), inside),
        withoutBlocks(body),
      );
    }
  }
  if (expr.kind === 'call' && (expr.name === 'cel.index' || expr.name === 'cel.iterVar')) {
    const numbers = expr.args.map((arg) => (arg.kind === 'int' ? String(arg.value) : '?'));
    return name(`${expr.name === 'cel.index' ? 'index' : 'variable'} ${numbers.join(' ')}`, expr);
  }
  return mapParts(expr, withoutBlocks);
}

function bind(variable: string, value: Expr, body: Expr): Expr {
  const { span } = value;
  return {
    kind: 'call',
    name: 'cel.bind',
    nameSpan: span,
    receiver: null,
    args: [name(variable, value), value, body],
    span,
  };
}

function name(text: string, { span }: Expr): Expr {
  return { kind: 'name', name: text, outermost: false, span };
}

function mapParts(expr: Expr, map: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'list':
      return { ...expr, items: expr.items.map(map) };
    case 'map':
      return { ...expr, entries: expr.entries.map((e) => ({ ...e, key: map(e.key), value: map(e.value) })) };
    case 'optional-item':
    case 'not':
    case 'negate':
      return { ...expr, operand: map(expr.operand) };
    case 'select':
    case 'optional-select':
      return { ...expr, object: map(expr.object) };
    case 'index':
      return { ...expr, object: map(expr.object), key: map(expr.key) };
    case 'has':
      return { ...expr, path: map(expr.path) };
    case 'binary':
      return { ...expr, left: map(expr.left), right: map(expr.right) };
    case 'conditional':
      return { ...expr, test: map(expr.test), then: map(expr.then), else: map(expr.else) };
    case 'text':
      return { ...expr, subject: map(expr.subject), argument: map(expr.argument) };
    case 'size':
      return { ...expr, of: map(expr.of) };
    case 'quantifier':
      return { ...expr, list: map(expr.list), body: map(expr.body) };
    case 'call':
      return { ...expr, receiver: expr.receiver === null ? null : map(expr.receiver), args: expr.args.map(map) };
    default:
      return expr;
  }
}
