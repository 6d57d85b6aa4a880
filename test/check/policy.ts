// In: policy text and catalogues. Out: what the checker makes of them, short enough to write down in a test.

import { check } from '../../compiler/check/check.ts';
import type { CheckedPolicy, Condition, Value } from '../../compiler/check/typed.ts';
import { pathText } from '../../compiler/check/typed.ts';
import { type Diagnostic, DiagnosticSink } from '../../compiler/diagnostic.ts';
import { parsePolicy } from '../../compiler/syntax/policy.ts';

export interface Checked {
  readonly policy: CheckedPolicy | null;
  readonly diagnostics: readonly Diagnostic[];
  /** `code line:column message / help`, sorted by place. */
  readonly said: readonly string[];
  readonly codes: readonly string[];
}

/** Checks a policy; `tools` is the text of `tools.json`, if the policy names it. */
export function checkText(text: string, tools?: string): Checked {
  const source = { path: 'p/a.policy.yaml', text };
  const sources = tools === undefined ? [source] : [source, { path: 'p/tools.json', text: tools }];
  const sink = new DiagnosticSink();
  const ast = parsePolicy(source, sink);
  const policy = ast === null ? null : check(ast, sources, sink);
  const diagnostics = sink.sorted();
  return {
    policy,
    diagnostics,
    said: diagnostics.map(
      (d) => `${d.code} ${d.line}:${d.column} ${d.message}${d.help === undefined ? '' : ` / ${d.help}`}`,
    ),
    codes: diagnostics.map((d) => d.code),
  };
}

export const ATTRIBUTES = `attributes:
  principal.id: string
  principal.roles: list<string>
  principal.level: int
  principal.admin: bool
  principal.team.name: string
  context.env: { enum: [dev, staging, prod] }
  context.risk: number
  context.limit: int
  context.flags: list<bool>
  context.scores: list<number>
  context.ports: list<int>
  context.anything: any
  context.tags: any
  context.other: any
  args.amount: number
  args.untyped: any
`;

/** A policy of one rule with this condition, over ATTRIBUTES. */
export function checkWhen(when: string, rest = '', effect = 'deny'): Checked {
  return checkText(`lictor: 1
name: p
${ATTRIBUTES}${rest}rules:
  - id: r
    tool: t
    effect: ${effect}
    when: >-
      ${when}
`);
}

/** The typed condition of that rule in short, or what was said. */
export function typed(when: string, rest = ''): string {
  const { policy, said } = checkWhen(when, rest);
  const condition = policy?.rules[0]?.condition;
  return condition === undefined ? said.join('\n') : show(condition);
}

export function show(c: Condition): string {
  switch (c.kind) {
    case 'constant':
      return String(c.value);
    case 'not':
      return `!${show(c.operand)}`;
    case 'and':
    case 'or':
      return `${c.kind}(${c.operands.map(show).join(', ')})`;
    case 'choose':
      return `(${show(c.test)} ? ${show(c.then)} : ${show(c.else)})`;
    case 'same':
      return `same(${show(c.left)}, ${show(c.right)})`;
    case 'has':
      return `has(${pathText(c.path)})`;
    case 'is-type':
      return `type(${pathText(c.path)}, ${c.types.join(' ')})`;
    case 'is-null':
      return `null(${pathText(c.path)})`;
    case 'truth':
      return showValue(c.value);
    case 'compare':
      return `(${showValue(c.left)} ${c.op} ${showValue(c.right)})`;
    case 'matches':
      return `${c.dialect}(${showValue(c.subject)}, ${JSON.stringify(c.pattern)})`;
    case 'member':
      return `(${showValue(c.element)} in ${showValue(c.list)})`;
    case 'one-of':
      return `(${showValue(c.value)} in [${c.constants.map((k) => `${k.kind} ${k.value}`).join(', ')}])`;
    case 'text':
      return `${c.op}(${showValue(c.subject)}, ${showValue(c.argument)})`;
    case 'quantifier':
      return `${c.op}(${showValue(c.list)}, ${show(c.body)})`;
    case 'term':
      return `term(${JSON.stringify(c.term, (key, part: unknown) => (key === 'span' ? undefined : typeof part === 'bigint' ? `${part}` : part))})`;
  }
}

function showValue(v: Value): string {
  switch (v.kind) {
    case 'constant':
      return `${v.constant.kind} ${v.constant.value}`;
    case 'reading': {
      if (v.reading.kind === 'size') return `size ${pathText(v.reading.path)}`;
      const type = v.reading.type;
      return `${type.kind === 'list' ? `list<${type.element.kind}>` : type.kind} ${pathText(v.reading.path)}`;
    }
    case 'variable':
      return `${v.type.kind} $${v.variable}`;
    case 'arithmetic':
      return `(${showValue(v.left)} ${v.op} ${showValue(v.right)}: ${v.type})`;
    case 'negate':
      return `-${showValue(v.operand)}`;
    case 'size':
      return `size ${showValue(v.of)}`;
    case 'choose':
      return `(${show(v.test)} ? ${showValue(v.then)} : ${showValue(v.else)})`;
  }
}
