// A document of the Agent Governance Toolkit as written, once its keys and words are known to be right. Data only.

import type { Effect, Point } from '../check/typed.ts';
import type { Located, Span } from '../source.ts';
import type { JsonValue } from '../syntax/ast.ts';
import type { Place } from '../syntax/yaml.ts';

/** `rules`: structured conditions, `PolicyDocument` v4. `expressions`: texts, `governance.toolkit/v1`. */
export type Family = 'rules' | 'expressions';

export type Strategy = 'priority_first_match' | 'deny_overrides' | 'allow_overrides' | 'most_specific_wins';

export interface AgtDocument {
  readonly family: Family;
  readonly name: string;
  readonly version: string;
  readonly span: Span;
  readonly rules: readonly AgtRule[];
  /** Null: the document states none. */
  readonly defaultEffect: Effect | null;
  /** Null: the document names none, and the caller's or the toolkit's own holds. */
  readonly strategy: Located<Strategy> | null;
  /** global 0, tenant 1, organization 2, agent 3; of `expressions`. */
  readonly specificity: number;
  /** Whom it is for; null: everybody. */
  readonly agents: readonly string[] | null;
  /** Paths of parent documents, relative to this one; of `expressions`. */
  readonly extends: readonly Located<string>[];
  /** Of `rules`, in folders. */
  readonly inherit: boolean;
  readonly scope: Located<string> | null;
}

export interface AgtRule {
  readonly name: string;
  readonly span: Span;
  readonly condition: StructuredCondition | Expression;
  readonly effect: Effect;
  /** The action as written: the toolkit tells `block` from `deny` where Lictor does not. */
  readonly action: string;
  readonly priority: number;
  readonly message: string | null;
  readonly override: boolean;
  readonly enabled: boolean;
  readonly points: readonly Point[];
  readonly approvers: readonly string[];
  /** `100/hour` as written; null: none. */
  readonly limit: string | null;
}

export type Operator = 'eq' | 'ne' | 'gt' | 'lt' | 'gte' | 'lte' | 'in' | 'not_in' | 'contains' | 'matches';

export interface StructuredCondition {
  readonly kind: 'structured';
  readonly field: Located<string>;
  readonly operator: Located<Operator>;
  readonly value: Located<JsonValue>;
  /** Places within the value where it is a text. */
  readonly place: Place;
  readonly span: Span;
}

/** A condition text, read. `or` binds less than `and`. */
export type Expression =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly Expression[]; readonly span: Span }
  | {
      readonly kind: 'equals';
      readonly path: readonly string[];
      readonly value: string | number | boolean;
      readonly negated: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'among';
      readonly path: readonly string[];
      readonly values: readonly (string | number)[];
      readonly negated: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'compare';
      readonly path: readonly string[];
      readonly op: '<' | '<=' | '>' | '>=';
      readonly value: number;
      readonly span: Span;
    }
  | {
      readonly kind: 'text';
      readonly path: readonly string[];
      readonly op: 'contains' | 'startsWith' | 'endsWith';
      readonly value: string;
      readonly span: Span;
    }
  | { readonly kind: 'truthy'; readonly path: readonly string[]; readonly span: Span };
