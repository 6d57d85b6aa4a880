// Cedar policies as data: what both readers (Cedar text, JSON policies) make. Every node with its place. What Cedar defines as
// shorthand is written out here: `!=`, `>`, `>=`, `is … in`, `has a.b`, `unless`.

import type { Span } from '../../source.ts';

/** `User::"alice"`: `type` with its namespaces, `id` the text between the quotes, escapes undone. */
export interface EntityUid {
  readonly type: string;
  readonly id: string;
}

export type CedarLiteral =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'entity'; readonly uid: EntityUid };

export type CedarVariable = 'principal' | 'action' | 'resource' | 'context';

export type CedarBinary =
  | ('==' | '<' | '<=' | 'in')
  | ('+' | '-' | '*')
  | ('contains' | 'containsAll' | 'containsAny')
  | ('getTag' | 'hasTag');

/** One element of a `like` pattern: a text, or `*`. */
export type PatternPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'any' };

export type CedarExpr =
  | { readonly kind: 'literal'; readonly literal: CedarLiteral; readonly span: Span }
  | { readonly kind: 'variable'; readonly name: CedarVariable; readonly span: Span }
  | { readonly kind: 'not' | 'negate' | 'isEmpty'; readonly operand: CedarExpr; readonly span: Span }
  /** Left to right, at least two operands. */
  | { readonly kind: 'and' | 'or'; readonly operands: readonly CedarExpr[]; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly test: CedarExpr;
      readonly then: CedarExpr;
      readonly else: CedarExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'binary';
      readonly op: CedarBinary;
      readonly left: CedarExpr;
      readonly right: CedarExpr;
      readonly span: Span;
    }
  | { readonly kind: 'get' | 'has'; readonly operand: CedarExpr; readonly attribute: string; readonly span: Span }
  | {
      readonly kind: 'like';
      readonly operand: CedarExpr;
      readonly pattern: readonly PatternPart[];
      readonly span: Span;
    }
  | { readonly kind: 'is'; readonly operand: CedarExpr; readonly type: string; readonly span: Span }
  | { readonly kind: 'set'; readonly items: readonly CedarExpr[]; readonly span: Span }
  | { readonly kind: 'record'; readonly entries: readonly RecordEntry[]; readonly span: Span }
  /** A function or method of the extension types; the number of arguments is looked at when it is called. */
  | {
      readonly kind: 'extension';
      readonly fn: ExtensionFunction;
      readonly args: readonly CedarExpr[];
      readonly span: Span;
    };

export interface RecordEntry {
  readonly key: string;
  readonly value: CedarExpr;
}

export const EXTENSION_CONSTRUCTORS = ['decimal', 'ip', 'datetime', 'duration'] as const;
export const EXTENSION_METHODS = [
  'lessThan',
  'lessThanOrEqual',
  'greaterThan',
  'greaterThanOrEqual',
  'isIpv4',
  'isIpv6',
  'isLoopback',
  'isMulticast',
  'isInRange',
  'offset',
  'durationSince',
  'toDate',
  'toTime',
  'toMilliseconds',
  'toSeconds',
  'toMinutes',
  'toHours',
  'toDays',
] as const;
export type ExtensionFunction = (typeof EXTENSION_CONSTRUCTORS)[number] | (typeof EXTENSION_METHODS)[number];

/** What the scope says of principal or resource. `slot`: a template's place, filled by a link. */
export type ScopeConstraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal' | 'in'; readonly entity: EntityUid | 'slot' }
  | { readonly kind: 'is'; readonly type: string; readonly in: EntityUid | 'slot' | null };

export type ActionConstraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal'; readonly entity: EntityUid }
  | { readonly kind: 'in'; readonly entities: readonly EntityUid[] };

export interface CedarPolicy {
  /** `policyN` by position, the key it stands under, or the id of a link. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly principal: ScopeConstraint;
  readonly action: ActionConstraint;
  readonly resource: ScopeConstraint;
  /** The clauses in order; an `unless` is negated. */
  readonly conditions: readonly CedarExpr[];
  readonly annotations: ReadonlyMap<string, string>;
  readonly span: Span;
}

/** `User::"alice"` as Cedar writes it: the spelling for messages. */
export function uidText(uid: EntityUid): string {
  const escaped = uid.id.replace(/["\\\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => {
    const known = ESCAPES[char];
    return known ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `${uid.type}::"${escaped}"`;
}

const ESCAPES: { readonly [char: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};

export function isTemplate(policy: CedarPolicy): boolean {
  return [policy.principal, policy.resource].some((constraint) =>
    constraint.kind === 'is' ? constraint.in === 'slot' : constraint.kind !== 'any' && constraint.entity === 'slot',
  );
}
