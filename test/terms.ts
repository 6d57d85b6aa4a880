// In: a term, and requests. Out: what a policy whose only rule has this term as its condition says of them: on the cores, without
// the syntax in between. Terms here are written by hand; places do not matter to them.

import { encode } from '../compiler/artifact/encode.ts';
import type { FoldOp, Term, TermConstant, TermFunction, TermType } from '../compiler/check/terms.ts';
import type { AttributePath, CheckedPolicy } from '../compiler/check/typed.ts';
import { analyse } from '../compiler/index.ts';
import { lower } from '../compiler/ir/lower.ts';
import { plan } from '../compiler/plan/plan.ts';
import type { DecisionTables } from '../compiler/plan/tables.ts';

const source = { path: 'term.policy.yaml', text: '' };
const span = { source, start: 0, end: 0 };

export function path(text: string): AttributePath {
  const [root, ...segments] = text.split('.');
  switch (root) {
    case 'args':
    case 'principal':
    case 'context':
      return { root, segments };
    default:
      throw new Error(`no root ${root}`);
  }
}

export const constant = (of: TermConstant): Term => ({ kind: 'constant', constant: of, span });
export const attribute = (of: string): Term => ({ kind: 'attribute', path: path(of), span });
export const present = (of: string): Term => ({ kind: 'has', path: path(of), span });
export const variable = (number: number): Term => ({ kind: 'variable', variable: number, span });
export const call = (fn: TermFunction, ...args: readonly Term[]): Term => ({ kind: 'call', fn, args, span });
export const and = (...operands: readonly Term[]): Term => ({ kind: 'and', operands, span });
export const or = (...operands: readonly Term[]): Term => ({ kind: 'or', operands, span });
export const typed = (operand: Term, type: TermType): Term => ({ kind: 'typed', operand, type, span });
export const choose = (test: Term, then: Term, otherwise: Term): Term => ({
  kind: 'choose',
  test,
  then,
  else: otherwise,
  span,
});
export const bind = (value: Term, number: number, body: Term): Term => ({
  kind: 'bind',
  value,
  variable: number,
  body,
  span,
});
export const list = (...items: readonly Term[]): Term => ({
  kind: 'list',
  items: items.map((term) => ({ term, optional: false })),
  span,
});
export const map = (...entries: readonly (readonly [Term, Term])[]): Term => ({
  kind: 'map',
  entries: entries.map(([key, value]) => ({ key, value, optional: false })),
  span,
});
export const fold = (op: FoldOp, over: Term, first: number, body: Term, filter: Term | null = null): Term => ({
  kind: 'fold',
  op,
  over,
  first,
  variables: 1,
  filter,
  body,
  span,
});
export const fold2 = (op: FoldOp, over: Term, first: number, body: Term, filter: Term | null = null): Term => ({
  kind: 'fold',
  op,
  over,
  first,
  variables: 2,
  filter,
  body,
  span,
});
export const text = (value: string): Term => constant({ kind: 'string', value });
export const int = (value: bigint): Term => constant({ kind: 'int', value });
export const double = (value: number): Term => constant({ kind: 'double', value });
export const bool = (value: boolean): Term => constant({ kind: 'bool', value });
export const select = (of: Term, key: string): Term => call('select', of, text(key));

/** A policy of this text (without its first keys), the conditions of the rules named replaced by terms. */
export function withTerms(text: string, terms: Readonly<Record<string, Term>>): CheckedPolicy {
  const { policy, diagnostics } = analyse([
    { path: source.path, text: `lictor: 1\nname: term\ndefault: allow\n${text}\n` },
  ]);
  if (policy === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const rules = policy.rules.map((rule) => {
    const term = terms[rule.id];
    return term === undefined ? rule : { ...rule, condition: { kind: 'term' as const, term, span } };
  });
  return { ...policy, rules };
}

/** A policy whose rules `r`, `r1`, `r2`, … deny where their terms are true; it allows by default. */
export function policyOf(...terms: readonly Term[]): CheckedPolicy {
  const ids = terms.map((_, i) => (i === 0 ? 'r' : `r${i}`));
  const rules = ids.map((id) => `  - { id: ${id}, effect: deny, when: true }\n`);
  return withTerms(
    `rules:\n${rules.join('')}`,
    Object.fromEntries(terms.map((term, i): [string, Term] => [ids[i] ?? '', term])),
  );
}

export function tablesOf(term: Term): DecisionTables {
  return plan(lower(policyOf(term)));
}

export function artifactOf(term: Term): Uint8Array {
  return encode(tablesOf(term));
}
