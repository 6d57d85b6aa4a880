// In: `scope` of a policy. Out: its level, and what its rules ask of the principal (LANGUAGE.md 12.6).

import { didYouMean } from '../diagnostic.ts';
import type { ScopeAst } from '../syntax/ast.ts';
import type { Declarations } from './declarations.ts';
import type { Report } from './report.ts';
import type { AttributePath, Condition, ScopeLevel, Type, Value } from './typed.ts';
import { pathText } from './typed.ts';
import { enumText, STRING, typeText } from './types.ts';

/** Whom a policy is about; each of its rules asks this before what it asks itself. */
export interface Audience {
  readonly path: AttributePath;
  readonly condition: Condition;
  /** What an example that says nothing of it stands for; undefined if that is not one value. */
  readonly example: { readonly name: string; readonly value: string | readonly string[] } | undefined;
}

const LEVELS: readonly ScopeLevel[] = ['global', 'tenant', 'team', 'agent'];
const NAMES: Record<ScopeLevel, string | null> = { global: null, tenant: 'tenant', team: 'team', agent: 'id' };

/** Null: none written, or not one of the four. */
export function levelOf(scope: ScopeAst | undefined, report: Report): ScopeLevel | null {
  if (scope === undefined) return null;
  const { value, span } = scope.level;
  const level = LEVELS.find((one) => one === value);
  if (level !== undefined) return level;
  const near = didYouMean(value, LEVELS);
  report.error(
    'P0912',
    span,
    `expected a scope, but found \`${value}\``,
    near === undefined ? `it is one of ${LEVELS.join(', ')}` : `did you mean \`${near}\`?`,
  );
  return null;
}

/** Null: everybody. */
export function audienceOf(scope: ScopeAst | undefined, declarations: Declarations, report: Report): Audience | null {
  if (scope?.values === undefined) return null;
  const { level, values } = scope;
  const found = LEVELS.find((one) => one === level.value);
  const name = found === undefined ? null : NAMES[found];
  if (found === undefined) return null;
  if (name === null) {
    report.error('P0912', level.span, '`scope: global` is about everybody', 'write `scope: global`');
    return null;
  }
  if (values.length === 0) {
    report.error('P0912', level.span, 'a scope of nobody can never match', 'name whom it is about, or `scope: tenant`');
    return null;
  }
  const path: AttributePath = { root: 'principal', segments: [name] };
  const declared = declarations.byText.get(pathText(path))?.type ?? STRING;
  if (declared === 'broken') return null;
  const texts = values.map(({ value }) => value);
  const { span } = level;
  if (declared.kind === 'list' && declared.element.kind === 'string') {
    const list = { kind: 'reading' as const, reading: { kind: 'typed' as const, path, type: declared }, span };
    const operands = texts.map((text): Condition => ({ kind: 'member', element: constant(text, span), list, span }));
    const condition: Condition = { kind: 'or', operands, span };
    return { path, condition, example: texts.length === 1 ? { name, value: texts } : undefined };
  }
  const type: Type | null = declared.kind === 'string' || declared.kind === 'enum' ? declared : null;
  if (type === null) {
    report.error(
      'P0912',
      span,
      `a scope compares \`${pathText(path)}\` with text, but it is declared as ${typeText(declared)}`,
      'declare it as `string`, an enum or `list<string>`',
    );
    return null;
  }
  for (const { value, span: place } of values) {
    if (type.kind !== 'enum' || type.values.includes(value)) continue;
    report.error(
      'P0912',
      place,
      `\`${pathText(path)}\` is never \`${value}\``,
      `the values are ${enumText(type.values)}`,
    );
  }
  const value: Value = { kind: 'reading', reading: { kind: 'typed', path, type }, span };
  const constants = texts.map((text) => ({ kind: 'string', value: text }) as const);
  const [only] = texts;
  return {
    path,
    condition: { kind: 'one-of', value, constants, span },
    example: texts.length === 1 && only !== undefined ? { name, value: only } : undefined,
  };
}

function constant(value: string, span: Value['span']): Value {
  return { kind: 'constant', constant: { kind: 'string', value }, span };
}
