// In: an expression where a condition stands. Out: the typed condition, lets inlined (LANGUAGE.md 2.5, 4).
// Never rewrites: what it makes says the same as the text, literal by literal. After an error it goes on with `false`.

import { unreachable } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { BinaryOp, Expr } from '../syntax/ast.ts';
import { termCondition } from './cel/condition.ts';
import { comparison, failed } from './comparisons.ts';
import { infer, kindText, onlyInTerms } from './infer.ts';
import { membership, quantifier } from './lists.ts';
import { afford, attributeOf, type Context, deeper, deref, type Env, typeOfAttribute } from './names.ts';
import { isPattern } from './patterns.ts';
import type { Condition } from './typed.ts';
import { BOOL, isText, STRING } from './types.ts';
import { value } from './values.ts';

export function condition(expr: Expr, env: Env, cx: Context): Condition {
  const term = termCondition(expr, env, cx);
  if (term !== null) return term;
  const attribute = attributeOf(expr, env, cx);
  if (attribute === undefined) return failed(expr.span);
  const at = attribute === null ? deref(expr, env, cx) : { expr, env };
  const named = at.expr === expr ? null : termCondition(at.expr, at.env, cx);
  if (named !== null) return named;
  const inner = deeper(at.expr, at.env, cx);
  if (inner === null || !afford(cx)) return failed(expr.span);
  const { span } = at.expr;
  switch (at.expr.kind) {
    case 'bool':
      return { kind: 'constant', value: at.expr.value, span };
    case 'error':
      return failed(span);
    case 'not':
      return { kind: 'not', operand: condition(at.expr.operand, inner, cx), span };
    case 'conditional':
      return {
        kind: 'choose',
        test: condition(at.expr.test, inner, cx),
        then: condition(at.expr.then, inner, cx),
        else: condition(at.expr.else, inner, cx),
        span,
      };
    case 'binary':
      return binary(at.expr, at.expr.op, inner, cx);
    case 'has':
      return has(at.expr.path, span, inner, cx);
    case 'text':
      return text(at.expr, inner, cx);
    case 'matches':
      return matches(at.expr, inner, cx);
    case 'quantifier':
      return quantifier(at.expr, inner, cx);
    case 'name':
    case 'select':
      return truth(at.expr, inner, cx);
    case 'int':
    case 'double':
    case 'string':
    case 'null':
    case 'list':
    case 'negate':
    case 'size':
      return notACondition(at.expr, inner, cx);
    case 'uint':
    case 'bytes':
    case 'map':
    case 'index':
    case 'optional-select':
    case 'optional-item':
    case 'call':
      onlyInTerms(span, cx);
      return failed(span);
    default:
      return unreachable(at.expr);
  }
}

function binary(expr: Expr & { readonly kind: 'binary' }, op: BinaryOp, env: Env, cx: Context): Condition {
  const { span } = expr;
  const left = { expr: expr.left, env };
  const right = { expr: expr.right, env };
  switch (op) {
    case '&&':
    case '||':
      return {
        kind: op === '&&' ? 'and' : 'or',
        operands: chain(expr, op).map((part) => condition(part, env, cx)),
        span,
      };
    case '==':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(op, left, right, span, cx);
    case '!=':
      return { kind: 'not', operand: comparison('==', left, right, span, cx), span };
    case 'in':
      return membership(left, right, span, cx);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return notACondition(expr, env, cx);
    default:
      return unreachable(op);
  }
}

/** The operands of a run of one operator, in order; a loop, since such runs have thousands. */
function chain(expr: Expr, op: '&&' | '||'): readonly Expr[] {
  const operands: Expr[] = [];
  const waiting = [expr];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'binary' && next.op === op) waiting.push(next.right, next.left);
    else operands.push(next);
  }
  return operands;
}

function has(path: Expr, span: Span, env: Env, cx: Context): Condition {
  const attribute = attributeOf(path, env, cx);
  if (attribute === undefined) return failed(span);
  if (attribute === null) {
    cx.report.error('P0308', span, '`has` asks about an attribute', 'write `has(args.amount)`');
    return failed(span);
  }
  if (typeOfAttribute(attribute, cx, true).kind === 'error') return failed(span);
  return { kind: 'has', path: attribute.path, span };
}

/** A bool attribute or variable standing as a condition (4.9). */
function truth(expr: Expr, env: Env, cx: Context): Condition {
  const type = infer(expr, env, cx);
  if (type.kind === 'error') return failed(expr.span);
  if (type.kind !== 'bool' && type.kind !== 'any') return notACondition(expr, env, cx);
  const bool = value(expr, env, BOOL, cx);
  return bool === null ? failed(expr.span) : { kind: 'truth', value: bool, span: expr.span };
}

function text(expr: Expr & { readonly kind: 'text' }, env: Env, cx: Context): Condition {
  let fits = true;
  for (const [side, operand] of [
    ['left', expr.subject],
    ['argument', expr.argument],
  ] as const) {
    const type = infer(operand, env, cx);
    if (isText(type) || type.kind === 'any' || type.kind === 'error') continue;
    fits = false;
    const list = type.kind === 'list' || type.kind === 'list-of-any' || type.kind === 'list-literal';
    cx.report.error(
      'P0308',
      operand.span,
      `\`${expr.op}\` needs a string ${side === 'left' ? 'on its left' : 'as its argument'}, but this is ${kindText(type)}`,
      list
        ? 'ask a list with `"x" in list` or `list.exists(v, …)`'
        : 'compare numbers with `<`, `<=`, `==`, `>=` or `>`',
    );
  }
  if (!fits) return failed(expr.span);
  const subject = value(expr.subject, env, STRING, cx);
  const argument = value(expr.argument, env, STRING, cx);
  if (subject === null || argument === null) return failed(expr.span);
  return { kind: 'text', op: expr.op, subject, argument, span: expr.span };
}

/** 4.22: the pattern is a constant, so that it can be compiled. */
function matches(expr: Expr & { readonly kind: 'matches' }, env: Env, cx: Context): Condition {
  const name = expr.dialect === 'glob' ? 'glob' : 'matches';
  const type = infer(expr.subject, env, cx);
  if (!isText(type) && type.kind !== 'any' && type.kind !== 'error') {
    cx.report.error(
      'P0308',
      expr.subject.span,
      `\`${name}\` needs a string on its left, but this is ${kindText(type)}`,
    );
    return failed(expr.span);
  }
  const pattern = deref(expr.pattern, env, cx).expr;
  if (pattern.kind !== 'string') {
    if (pattern.kind !== 'error') {
      cx.report.error(
        'P0321',
        expr.pattern.span,
        `\`${name}\` takes a constant pattern, since patterns are compiled with the policy`,
      );
    }
    return failed(expr.span);
  }
  const subject = value(expr.subject, env, STRING, cx);
  const fits = isPattern(pattern.value, expr.dialect, pattern.span, cx.report);
  if (subject === null || !fits) return failed(expr.span);
  return { kind: 'matches', subject, pattern: pattern.value, dialect: expr.dialect, span: expr.span };
}

function notACondition(expr: Expr, env: Env, cx: Context): Condition {
  const type = infer(expr, env, cx);
  if (type.kind === 'error')
    value(expr, env, BOOL, cx); // reports why
  else {
    const comparable = type.kind !== 'list' && type.kind !== 'list-literal' && type.kind !== 'object';
    cx.report.error(
      'P0307',
      expr.span,
      `expected a condition, which is true or false, but found ${kindText(type)}`,
      comparable ? 'compare it with something' : undefined,
    );
  }
  return failed(expr.span);
}
