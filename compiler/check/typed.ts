// The policy with every name resolved and every value typed: what `check` makes, and what the reference evaluator and
// `lower` each read on their own. Data only; clause numbers are LANGUAGE.md's.

import type { Dialect } from '../regex/tree.ts';
import type { Span } from '../source.ts';
import type { JsonValue, TextOp } from '../syntax/ast.ts';
import type { Term } from './terms.ts';

export type Effect = 'deny' | 'escalate' | 'transform' | 'warn' | 'allow';
export type Algorithm =
  | 'deny-overrides'
  | 'allow-overrides'
  | 'first-match'
  | 'priority'
  | 'most-specific'
  | 'only-one'
  /** Of imported documents (LANGUAGE.md 15.2): the first rule that is true or unknown decides; unknown: deny. */
  | 'strict-first-match'
  | 'cedar';
export type Point =
  | 'agent_startup'
  | 'input'
  | 'pre_model_call'
  | 'post_model_call'
  | 'pre_tool_call'
  | 'post_tool_call'
  | 'output'
  | 'agent_shutdown';
export type OnUnknown = 'restrict' | 'skip' | 'match';

/** The type a value is read as. `enum` is a string that must be one of `values` (sorted by code point, no duplicates). */
export type Type =
  | { readonly kind: 'string' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int' }
  | { readonly kind: 'double' }
  | { readonly kind: 'list'; readonly element: ScalarType };
export type ScalarType =
  | { readonly kind: 'string' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int' }
  | { readonly kind: 'double' };

/** `args.a.b` is `{root: 'args', segments: ['a', 'b']}`. At least one segment (of a payload: none is all of it), at most 32. */
export interface AttributePath {
  readonly root: 'principal' | 'args' | 'context' | 'result' | 'message' | 'output';
  readonly segments: readonly string[];
  /** What of the attribute is read instead of itself (LANGUAGE.md 15.4); only imported documents ask. */
  readonly form?: AttributeForm;
}

export type AttributeForm = 'text' | 'number' | 'members';

/**
 * One reading of one attribute. Two readings of one path with different `type` (possible for `any`) are two readings.
 * `size` reads a string's code points, a list's elements or an object's own enumerable keys.
 */
export type Reading =
  | { readonly kind: 'typed'; readonly path: AttributePath; readonly type: Type }
  | { readonly kind: 'size'; readonly path: AttributePath; readonly of: SizeOf };

/** What `size` counts, by the attribute's type; `any` counts whichever of the three is there (LANGUAGE.md 3.8). */
export type SizeOf = 'string' | 'list' | 'object' | 'any';

/** A truth-valued expression; it evaluates to a pair (LANGUAGE.md 5). `!=` is `not` of `==`. */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Condition; readonly span: Span }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[]; readonly span: Span }
  /** Boolean `test ? then : else`: (test ∧ then) ∨ (¬test ∧ else). */
  | {
      readonly kind: 'choose';
      readonly test: Condition;
      readonly then: Condition;
      readonly else: Condition;
      readonly span: Span;
    }
  /** `a == b` between two conditions: (a ∧ b) ∨ (¬a ∧ ¬b). */
  | { readonly kind: 'same'; readonly left: Condition; readonly right: Condition; readonly span: Span }
  /** Literals from here on: the atoms of the pair logic, each strict in what it reads. */
  | { readonly kind: 'has'; readonly path: AttributePath; readonly span: Span }
  | { readonly kind: 'is-null'; readonly path: AttributePath; readonly span: Span }
  /** Two-valued: present, not null, and of one of these types (LANGUAGE.md 15.3). */
  | {
      readonly kind: 'is-type';
      readonly path: AttributePath;
      readonly types: readonly ValueType[];
      readonly span: Span;
    }
  /** A boolean value standing as a condition: an attribute, a quantifier's variable. */
  | { readonly kind: 'truth'; readonly value: Value; readonly span: Span }
  | {
      readonly kind: 'compare';
      readonly op: CompareOp;
      readonly left: Value;
      readonly right: Value;
      readonly span: Span;
    }
  /** `element in list`, where `list` is an attribute. (`in` over a list literal is an `or` of `==`: see `one-of`.) */
  | {
      readonly kind: 'member';
      readonly element: Value;
      readonly list: Value & { readonly kind: 'reading' };
      readonly span: Span;
    }
  /** `value in [constants]`; `constants` not empty. The same as the `or` of `==` with each, kept whole for the planner. */
  | { readonly kind: 'one-of'; readonly value: Value; readonly constants: readonly Constant[]; readonly span: Span }
  | {
      readonly kind: 'text';
      readonly op: TextOp;
      readonly subject: Value;
      readonly argument: Value;
      readonly span: Span;
    }
  /** Some part of the text matches the pattern, which has been parsed without error (LANGUAGE.md 4.22). */
  | {
      readonly kind: 'matches';
      readonly subject: Value;
      readonly pattern: string;
      readonly dialect: Dialect;
      readonly span: Span;
    }
  /** Over a list attribute. (Over a list literal, `check` writes out the `or`/`and` with the variable replaced.) */
  | {
      readonly kind: 'quantifier';
      readonly op: 'exists' | 'all';
      readonly list: Value & { readonly kind: 'reading' };
      /** Index of the variable among the enclosing quantifiers: this version nests none over attributes, so it is 0. */
      readonly variable: number;
      readonly variableType: ScalarType;
      readonly body: Condition;
      readonly span: Span;
    }
  /** A bool term standing as a literal: true, false, unknown (anything else it gives included) or inapplicable. */
  | { readonly kind: 'term'; readonly term: Term; readonly span: Span };

/** What a request's value is, whatever is declared. */
export type ValueType = 'bool' | 'number' | 'string' | 'list' | 'object';

export type CompareOp = '==' | '<' | '<=' | '>' | '>=';

/** A value. int values are exact 64-bit integers, double IEEE 754; the two mix only in `compare` and `one-of`. */
export type Value =
  | { readonly kind: 'constant'; readonly constant: Constant; readonly span: Span }
  | { readonly kind: 'reading'; readonly reading: Reading; readonly span: Span }
  | { readonly kind: 'variable'; readonly variable: number; readonly type: ScalarType; readonly span: Span }
  /** `+` on two strings is not in this version. `%` is int only. */
  | {
      readonly kind: 'arithmetic';
      readonly op: '+' | '-' | '*' | '/' | '%';
      readonly type: 'int' | 'double';
      readonly left: Value;
      readonly right: Value;
      readonly span: Span;
    }
  | { readonly kind: 'negate'; readonly type: 'int' | 'double'; readonly operand: Value; readonly span: Span }
  /** Code points of a string variable of a quantifier; of an attribute it is a `size` reading. */
  | { readonly kind: 'size'; readonly of: Value; readonly span: Span }
  /** A conditional value. A literal around it is lifted: (test ∧ L[then]) ∨ (¬test ∧ L[else]). */
  | {
      readonly kind: 'choose';
      readonly test: Condition;
      readonly then: Value;
      readonly else: Value;
      readonly span: Span;
    };

export type Constant =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number };

/** Which tools a rule speaks of. A name is exact; in a glob `*` matches any run of characters, dots included. */
export type ToolTarget =
  | { readonly kind: 'every' }
  | { readonly kind: 'listed'; readonly names: readonly string[]; readonly globs: readonly string[] };

/** What a `transform` rule does to what the request's point carries (LANGUAGE.md 13). */
export type Operation =
  | { readonly kind: 'set'; readonly target: Target; readonly value: JsonValue; readonly span: Span }
  | { readonly kind: 'remove'; readonly target: Target; readonly span: Span }
  /** At least one bound; `min` is at most `max`. */
  | {
      readonly kind: 'clamp';
      readonly target: Target;
      readonly min: number | null;
      readonly max: number | null;
      readonly span: Span;
    }
  /** `pattern` has been parsed in RE2 syntax without error. `textsOnly`: the target is declared a string. */
  | {
      readonly kind: 'redact';
      readonly target: Target;
      readonly pattern: string;
      readonly with: string;
      readonly textsOnly: boolean;
      readonly span: Span;
    };

/** Where an operation works: names below the root; null stands for every element of a list, `[*]`. */
export interface Target {
  /** `context`: of Cedar policies (14.7), and of no others. */
  readonly root: 'args' | 'result' | 'message' | 'output' | 'context';
  readonly segments: readonly (string | null)[];
}

export interface CheckedRule {
  /** Of a rule of another policy than the compiled one with the names of the policies that lead to it: `payments/cap` (12.3). */
  readonly id: string;
  /** Position among all rules of the set, disabled ones included, from 0. */
  readonly index: number;
  /** Number of the policy in `tree` that it is a member of. */
  readonly policy: number;
  readonly environment: Environment;
  /** Of the policy it is written in (12.6). */
  readonly scope: ScopeLevel;
  readonly span: Span;
  readonly points: readonly Point[];
  readonly target: ToolTarget;
  readonly condition: Condition;
  readonly effect: Effect;
  readonly approvers: readonly string[];
  /** Of a `transform` rule at least one, of others none; in written order. */
  readonly operations: readonly Operation[];
  readonly reason: string | null;
  readonly advice: string | null;
  /** The rule's own, else the policy's, else `restrict`. For an allow rule `restrict` and `skip` mean the same but under only-one. */
  readonly onUnknown: OnUnknown;
  readonly priority: number;
  /** Of deny rules only: it outranks every other member of its policy (8.1). */
  readonly final: boolean;
  readonly enabled: boolean;
  readonly examples: readonly CheckedExample[];
}

/** A call a rule must match (or must miss), as written; `tool` and `at` filled in from the rule where they were left out. */
export interface CheckedExample {
  readonly expect: 'match' | 'miss';
  readonly request: ExampleRequest;
  readonly span: Span;
}

export interface ExampleRequest {
  readonly at: Point;
  readonly tool: string | null;
  readonly principal: JsonValue;
  readonly args: JsonValue;
  readonly context: JsonValue;
  readonly result?: JsonValue;
  readonly message?: JsonValue;
  readonly output?: JsonValue;
}

/** What one catalogue entry says of one tool's arguments. */
export interface CatalogueTool {
  readonly name: string;
  /** Arguments the tool declares in any branch of its schema. */
  readonly args: ArgumentSchema;
  /** The schema itself, as written; `{}` where the tool takes no arguments. */
  readonly schema: JsonValue;
}

/** A declared object: its properties, and whether others may appear (`open`: explicit additionalProperties, or an object without properties). */
export interface ArgumentSchema {
  readonly properties: ReadonlyMap<string, PropertySchema>;
  readonly open: boolean;
}

/** Types of attributes and their parts that no literal of 5.2 reads but `has`, `== null` and `size`. */
export type TermOnlyType =
  | { readonly kind: 'uint' | 'bytes' | 'timestamp' | 'duration' }
  | { readonly kind: 'list-of'; readonly element: PropertySchema['type'] }
  /** Keys are strings, as JSON has them. */
  | { readonly kind: 'map'; readonly value: PropertySchema['type'] };

export interface PropertySchema {
  /** `any` where the schema says nothing a value could be checked against; `object` has its own properties. */
  readonly type:
    | Type
    | { readonly kind: 'any' }
    | { readonly kind: 'list-of-any' }
    /** What only terms read (5.9). */
    | TermOnlyType
    | { readonly kind: 'object'; readonly schema: ArgumentSchema };
  /** JSON Schema `default`, if any: counts only with `absent: schema`. */
  readonly default: JsonValue | undefined;
}

/** The world a policy is about. `closed`: a call to a tool not listed is denied before any rule (LANGUAGE.md 7). */
export interface Catalogue {
  readonly tools: ReadonlyMap<string, CatalogueTool>;
  readonly closed: boolean;
}

export interface AbsentDeclaration {
  readonly path: AttributePath;
  /** The constant an omitted attribute stands for; `[]` for lists; `schema`: the tool's own JSON Schema default. */
  readonly value: Constant | { readonly kind: 'empty-list' } | { readonly kind: 'schema' };
}

/** What binds where a rule is written (12.2): its world, and what an omitted attribute stands for. */
export interface Environment {
  /** Null without `tools:`. */
  readonly catalogue: Catalogue | null;
  readonly absent: readonly AbsentDeclaration[];
}

/** How far a policy speaks; the further down, the more specific. */
export type ScopeLevel = 'global' | 'tenant' | 'team' | 'agent';

/** A policy of a set: its members are the rules that name its number, and the policies whose parent it is. */
export interface PolicyNode {
  /** Number of the policy it is a member of, less than its own; -1: it is the root. */
  readonly parent: number;
  readonly algorithm: Algorithm;
  /** As a member of its parent (8.1): its `priority` there, its scope, and the index of the first rule at or behind it. */
  readonly priority: number;
  readonly scope: ScopeLevel;
  readonly position: number;
}

export interface CheckedPolicy {
  readonly name: string;
  readonly version: string;
  /** The root's: a nested policy in which nothing matched does not speak. */
  readonly default: Effect;
  /** The root's: its catalogue, if closed, is the world of 7.5. */
  readonly environment: Environment;
  /** The root, then the policies nested in it, parents before children. */
  readonly tree: readonly [PolicyNode, ...PolicyNode[]];
  /** All rules, in source order, disabled ones included. */
  readonly rules: readonly CheckedRule[];
  readonly source: Span;
  /** Points that the default speaks for besides those of 8.5; of imported documents (15.1). */
  readonly governs?: readonly Point[];
  /** Of Cedar policies: what the host needs to read entities (LANGUAGE.md 14.3); written by check/cedar/world.ts. */
  readonly cedar?: string;
}

/** The tree of a policy that no other is nested in. */
export function loneTree(algorithm: Algorithm): CheckedPolicy['tree'] {
  return [{ parent: -1, algorithm, priority: 0, scope: 'global', position: 0 }];
}

/** `args.items[*].price`. */
export function targetText(target: Target): string {
  return target.segments.reduce(
    (text: string, segment) => text + (segment === null ? '[*]' : nameText(segment)),
    target.root,
  );
}

/** `args.path`, `args["foo-bar"]`: the one spelling of a path, used as its key everywhere. */
export function pathText(path: AttributePath): string {
  let text: string = path.root;
  for (const segment of path.segments) {
    text += nameText(segment);
  }
  return path.form === undefined ? text : `${path.form}(${text})`;
}

function nameText(segment: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
}
