// In: text a test wrote. Out: what the parsers say of it, in forms that are short to compare.

import { type Diagnostic, DiagnosticSink } from '../../compiler/diagnostic.ts';
import type { Source, Span } from '../../compiler/source.ts';
import type { Expr, PolicyAst, RuleAst } from '../../compiler/syntax/ast.ts';
import { parseCel } from '../../compiler/syntax/cel.ts';
import { parsePolicy } from '../../compiler/syntax/policy.ts';

export interface Parsed<T> {
  readonly result: T;
  readonly found: readonly Diagnostic[];
  readonly codes: readonly string[];
}

function withSink<T>(run: (sink: DiagnosticSink) => T): Parsed<T> {
  const sink = new DiagnosticSink();
  const result = run(sink);
  const found = sink.sorted();
  return { result, found, codes: found.map((diagnostic) => diagnostic.code) };
}

export function policy(text: string): Parsed<PolicyAst | null> {
  return withSink((sink) => parsePolicy({ path: 'test.policy.yaml', text }, sink));
}

export function cel(text: string): Parsed<Expr> {
  const source: Source = { path: 'test.cel', text };
  return withSink((sink) => parseCel(text, (start, end) => ({ source, start, end }), sink));
}

/** The only rule of a policy with these lines under its `id` and `effect`. */
export function rule(lines: string): Parsed<RuleAst | undefined> {
  const body = lines
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
  const parsed = policy(`lictor: 1\nname: p\nrules:\n  - id: r\n    effect: deny\n${body}`);
  return { ...parsed, result: parsed.result?.rules[0] };
}

export function written(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

/** An expression as an S-expression: `(&& (== args.a 1) (has args.b))`. */
export function show(expr: Expr): string {
  switch (expr.kind) {
    case 'int':
      return `${expr.value}`;
    case 'uint':
      return `${expr.value}u`;
    case 'bytes':
      return `b${JSON.stringify([...expr.value])}`;
    case 'double':
      return Object.is(expr.value, -0) ? '-0.0' : Number.isInteger(expr.value) ? `${expr.value}.0` : `${expr.value}`;
    case 'string':
      return JSON.stringify(expr.value);
    case 'bool':
      return `${expr.value}`;
    case 'null':
      return 'null';
    case 'matches':
      return `(${expr.dialect === 'glob' ? 'glob' : 'matches'} ${show(expr.subject)} ${show(expr.pattern)})`;
    case 'list':
      return `[${expr.items.map(show).join(' ')}]`;
    case 'optional-item':
      return `?${show(expr.operand)}`;
    case 'map':
      return `{${expr.entries.map((e) => `${e.optional ? '?' : ''}${show(e.key)}: ${show(e.value)}`).join(' ')}}`;
    case 'name':
      return expr.outermost ? `.${expr.name}` : expr.name;
    case 'select':
      return expr.bracketed ? `${show(expr.object)}[${expr.field}]` : `${show(expr.object)}.${expr.field}`;
    case 'optional-select':
      return `${show(expr.object)}.?${expr.field}`;
    case 'index':
      return `${show(expr.object)}[${expr.optional ? '?' : ''}${show(expr.key)}]`;
    case 'call':
      return `(${expr.name} ${[...(expr.receiver === null ? [] : [expr.receiver]), ...expr.args].map(show).join(' ')})`;
    case 'has':
      return `(has ${show(expr.path)})`;
    case 'not':
      return `(! ${show(expr.operand)})`;
    case 'negate':
      return `(- ${show(expr.operand)})`;
    case 'binary':
      return `(${expr.op} ${show(expr.left)} ${show(expr.right)})`;
    case 'conditional':
      return `(? ${show(expr.test)} ${show(expr.then)} ${show(expr.else)})`;
    case 'text':
      return `(${expr.op} ${show(expr.subject)} ${show(expr.argument)})`;
    case 'size':
      return `(size ${show(expr.of)})`;
    case 'quantifier':
      return `(${expr.op} ${show(expr.list)} ${expr.variable} ${show(expr.body)})`;
    case 'error':
      return 'ERROR';
  }
}

/** Every node of an expression, itself first. */
export function nodes(expr: Expr): Expr[] {
  return [expr, ...parts(expr).flatMap(nodes)];
}

function parts(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'list':
      return expr.items;
    case 'optional-item':
      return [expr.operand];
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'index':
      return [expr.object, expr.key];
    case 'call':
      return expr.receiver === null ? expr.args : [expr.receiver, ...expr.args];
    case 'select':
    case 'optional-select':
      return [expr.object];
    case 'has':
      return [expr.path];
    case 'not':
    case 'negate':
      return [expr.operand];
    case 'binary':
      return [expr.left, expr.right];
    case 'conditional':
      return [expr.test, expr.then, expr.else];
    case 'text':
      return [expr.subject, expr.argument];
    case 'size':
      return [expr.of];
    case 'quantifier':
      return [expr.list, expr.body];
    default:
      return [];
  }
}
