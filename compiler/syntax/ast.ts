// The policy as written: names unresolved, types unknown, every node with its place.
// Data only. `check` turns it into the typed form; nothing after `check` reads it.

import type { Located, Span } from '../source.ts';

/** A policy document (`*.policy.yaml`). Absent keys are undefined; defaults are `check`'s business. */
export interface PolicyAst {
  readonly span: Span;
  readonly formatVersion: Located<number> | undefined; // the `lictor:` key
  readonly name: Located<string> | undefined;
  readonly version: Located<string> | undefined;
  readonly combine: Located<string> | undefined;
  readonly default: Located<string> | undefined;
  readonly onUnknown: Located<string> | undefined;
  /** Paths of catalogues, relative to the policy's own path. Undefined: no `tools:` key. */
  readonly tools: readonly Located<string>[] | undefined;
  readonly unlisted: Located<string> | undefined;
  readonly attributes: readonly AttributeAst[];
  readonly lets: readonly LetAst[];
  readonly rules: readonly RuleAst[];
  /** Paths of other policy files, relative to this one (LANGUAGE.md 12). */
  readonly imports: readonly Located<string>[];
  readonly extends: Located<string> | undefined;
  readonly policies: readonly MemberAst[];
  readonly scope: ScopeAst | undefined;
}

/** An entry of `policies`. */
export interface MemberAst {
  readonly path: Located<string>;
  readonly priority: Located<number> | undefined;
}

/** `tenant`, or `{ tenant: acme }`; `values` undefined: whoever it is. */
export interface ScopeAst {
  readonly level: Located<string>;
  readonly values: readonly Located<string>[] | undefined;
}

/** `path: type`, `path: {enum: […]}`, `path: {type, absent}`. `path` is as written, e.g. `args["foo-bar"]`. */
export interface AttributeAst {
  readonly path: Located<string>;
  /** `string`, `list<int>`, …; undefined when only `enum` or `absent` is given. */
  readonly type: Located<string> | undefined;
  readonly enumValues: readonly Located<string>[] | undefined;
  /** What an omitted attribute means: a JSON value, or the word `schema` in `absentSchema`. */
  readonly absent: Located<JsonValue> | undefined;
  readonly absentSchema: boolean;
}

/** A named set (`["a", "b"]`), a constant, or a named condition (CEL text). */
export interface LetAst {
  readonly name: Located<string>;
  readonly value: Expr;
}

export interface RuleAst {
  readonly span: Span;
  readonly id: Located<string> | undefined;
  readonly at: readonly Located<string>[] | undefined;
  /** Names and globs; undefined: every tool. An empty list is possible here and refused by `check`. */
  readonly tool: readonly Located<string>[] | undefined;
  readonly when: Expr | undefined;
  readonly effect: Located<string> | undefined;
  readonly approvers: readonly Located<string>[] | undefined;
  /** Undefined: no `transform:` key. An empty list is possible here and refused by `check`. Null: reported already. */
  readonly transform: readonly (OperationAst | null)[] | undefined;
  readonly reason: Located<string> | undefined;
  readonly advice: Located<string> | undefined;
  readonly onUnknown: Located<string> | undefined;
  readonly priority: Located<number> | undefined;
  readonly final: Located<boolean> | undefined;
  readonly enabled: Located<boolean> | undefined;
  readonly examples: ExamplesAst | undefined;
}

export interface ExamplesAst {
  readonly match: readonly Located<JsonValue>[];
  readonly miss: readonly Located<JsonValue>[];
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** CEL (LANGUAGE.md 4) without messages, which are refused before they get here. */
export type Expr =
  | { readonly kind: 'int'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'uint'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'double'; readonly value: number; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'bytes'; readonly value: Uint8Array; readonly span: Span }
  | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'null'; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly Expr[]; readonly span: Span }
  /** `?e`: only as an item of a list. */
  | { readonly kind: 'optional-item'; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'map'; readonly entries: readonly EntryAst[]; readonly span: Span }
  /** `outermost`: written with a dot before it, so no variable of a macro. */
  | { readonly kind: 'name'; readonly name: string; readonly outermost: boolean; readonly span: Span }
  /** `object.field` or `object["field"]`; `bracketed` tells which. */
  | {
      readonly kind: 'select';
      readonly object: Expr;
      readonly field: string;
      readonly bracketed: boolean;
      readonly span: Span;
    }
  /** `object.?field`; `object[key]`, `object[?key]` with any key, of a `select` only where it is no constant text. */
  | { readonly kind: 'optional-select'; readonly object: Expr; readonly field: string; readonly span: Span }
  | {
      readonly kind: 'index';
      readonly object: Expr;
      readonly key: Expr;
      readonly optional: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'has'; readonly path: Expr; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'negate'; readonly operand: Expr; readonly span: Span }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr; readonly span: Span }
  | { readonly kind: 'conditional'; readonly test: Expr; readonly then: Expr; readonly else: Expr; readonly span: Span }
  | { readonly kind: 'text'; readonly op: TextOp; readonly subject: Expr; readonly argument: Expr; readonly span: Span }
  /** `s.matches(p)`, `s.glob(p)`; `re2` and `glob` are its dialects (regex/tree.ts). */
  | {
      readonly kind: 'matches';
      readonly dialect: 're2' | 'glob';
      readonly subject: Expr;
      readonly pattern: Expr;
      readonly span: Span;
    }
  | { readonly kind: 'size'; readonly of: Expr; readonly span: Span }
  | {
      readonly kind: 'quantifier';
      readonly op: 'exists' | 'all';
      readonly list: Expr;
      readonly variable: string;
      readonly body: Expr;
      readonly span: Span;
    }
  /** Every other function and macro (cel-functions.ts), with its namespace: `math.abs`. Variables of macros are names. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly nameSpan: Span;
      readonly receiver: Expr | null;
      readonly args: readonly Expr[];
      readonly span: Span;
    }
  /** Something already reported; stands in so that the rest is still checked. */
  | { readonly kind: 'error'; readonly span: Span };

export interface EntryAst {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export type BinaryOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||' | 'in' | '+' | '-' | '*' | '/' | '%';
export type TextOp = 'startsWith' | 'endsWith' | 'contains';

export type OperationWord = 'set' | 'remove' | 'clamp' | 'redact';

/** `{ set: args.x, to: 1 }`. Keys that do not go with the word have been reported; those that were left out are undefined. */
export interface OperationAst {
  readonly span: Span;
  readonly word: OperationWord;
  /** As written, `args.items[*].price`. */
  readonly target: Located<string>;
  readonly to: Located<JsonValue> | undefined;
  readonly min: Located<JsonValue> | undefined;
  readonly max: Located<JsonValue> | undefined;
  readonly pattern: Located<string> | undefined;
  readonly with: Located<string> | undefined;
}
