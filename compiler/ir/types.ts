// The policy as the planner reads it: enabled rules only, each a formula in negation normal form over numbered atoms.
// Data only. INVARIANT (lower.ts): a formula is the *holds* side of the condition's pair (LANGUAGE.md 5.1, 6.2): a positive
// literal stands for its atom's *holds*, a negated one for its *fails*, so `and` is minimum and `or` maximum on F < U < T.

import type { Term } from '../check/terms.ts';
import type {
  AttributePath,
  CompareOp,
  Constant,
  Effect,
  Environment,
  OnUnknown,
  Operation,
  Point,
  PolicyNode,
  ScopeLevel,
  ToolTarget,
  ValueType,
} from '../check/typed.ts';
import type { Dialect } from '../regex/tree.ts';
import type { TextOp } from '../syntax/ast.ts';

export interface PolicySet {
  readonly name: string;
  readonly version: string;
  readonly default: Effect;
  /** CheckedPolicy's. */
  readonly governs?: readonly Point[];
  readonly cedar?: string;
  /** The root's world (LANGUAGE.md 7.5). */
  readonly environment: Environment;
  /** Policies, the root first; rules name them by number. */
  readonly tree: readonly [PolicyNode, ...PolicyNode[]];
  /** Where rules are written; views name them by number. */
  readonly environments: readonly Environment[];
  /** Readings, in order of first appearance; never the tool's name. Atoms and operands name them by index. */
  readonly views: readonly ViewRef[];
  /** Distinct atoms, in order of first appearance. */
  readonly atoms: readonly Atom[];
  /** Enabled rules, in source order. */
  readonly rules: readonly IrRule[];
}

export type ViewKind =
  | 'string'
  | 'enum'
  | 'bool'
  | 'int'
  | 'double'
  | 'list-string'
  | 'list-enum'
  | 'list-bool'
  | 'list-int'
  | 'list-double'
  | 'size'
  | 'size-of-string'
  | 'size-of-list'
  | 'size-of-object'
  | 'presence'
  /** Which type the value is of. */
  | 'type'
  /** Everything there is, for terms. */
  | 'tree';

/** One way of reading one attribute. `values` are the enum's, else empty. */
export interface ViewRef {
  readonly path: AttributePath;
  /** One of those in which an omitted attribute is the same as where the view is read. */
  readonly environment: number;
  readonly kind: ViewKind;
  readonly values: readonly string[];
}

export interface IrRule {
  readonly id: string;
  /** Number of its policy in the tree. */
  readonly policy: number;
  /** The rule's index in the checked policy, disabled rules counted. */
  readonly position: number;
  readonly environment: Environment;
  readonly scope: ScopeLevel;
  readonly final: boolean;
  readonly effect: Effect;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly approvers: readonly string[];
  readonly operations: readonly Operation[];
  readonly place: { readonly path: string; readonly line: number; readonly column: number };
  readonly points: readonly Point[];
  readonly target: ToolTarget;
  readonly onUnknown: OnUnknown;
  readonly priority: number;
  readonly formula: Formula;
  /** What the condition as written reads, in order of first appearance (LANGUAGE.md 6.3). */
  readonly reads: readonly Read[];
}

/** `onlyMissing`: a `== null`, which is unknown of a missing attribute alone (LANGUAGE.md 5.5). */
export interface Read {
  readonly view: number;
  readonly onlyMissing: boolean;
}

/** Nodes may be shared: a formula is a graph without cycles. */
export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'literal'; readonly atom: number; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Formula[] };

export type Atom =
  /** A test of one view alone: a set of its classes. */
  | { readonly kind: 'unary'; readonly view: number; readonly test: Test }
  /** Some element of a list passes the test (`negated`: fails it). */
  | { readonly kind: 'element'; readonly view: number; readonly test: Test; readonly negated: boolean }
  /** What no class can express; evaluated by residual code. */
  | { readonly kind: 'relation'; readonly relation: Relation };

/** A test of one well-typed value: always true or false. */
export type Test =
  /** Sorted by code point, distinct; empty: never. */
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  | { readonly kind: 'prefix' | 'suffix' | 'contains' | 'glob'; readonly text: string }
  /** Some part of the text matches (LANGUAGE.md 4.22). */
  | { readonly kind: 'matches'; readonly pattern: string; readonly dialect: Dialect }
  /** The value may be infinite (constant arithmetic), never NaN or −0. */
  | { readonly kind: 'number'; readonly op: CompareOp; readonly value: number }
  | { readonly kind: 'numbers'; readonly values: readonly number[] }
  | { readonly kind: 'true' }
  | { readonly kind: 'null' }
  | { readonly kind: 'has' }
  /** Of a type view; false of what is missing or null. */
  | { readonly kind: 'types'; readonly types: readonly ValueType[] };

export type Relation =
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Operand; readonly right: Operand }
  /** `counted`: which of its quantifier's counted literals this is, from 1; 0: it costs no steps (LANGUAGE.md 5.8). */
  | {
      readonly kind: 'text';
      readonly op: TextOp;
      readonly subject: Operand;
      readonly argument: Operand;
      readonly counted: number;
    }
  | { readonly kind: 'member'; readonly element: Operand; readonly view: number; readonly counted: number }
  | { readonly kind: 'truth'; readonly operand: Operand }
  | { readonly kind: 'matches'; readonly subject: Operand; readonly pattern: string; readonly dialect: Dialect }
  /** Never under a negated literal: the negation of an `exists` is an `all` of the negated body, and the reverse. */
  | { readonly kind: 'quantifier'; readonly op: 'exists' | 'all'; readonly view: number; readonly body: Formula }
  /** By path text: `views` the tree readings of its attributes, `presences` those that its `has` asks. */
  | {
      readonly kind: 'term';
      readonly term: Term;
      readonly views: ReadonlyMap<string, number>;
      readonly presences: ReadonlyMap<string, number>;
    };

export type Operand =
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'view'; readonly view: number }
  | { readonly kind: 'element' }
  | {
      readonly kind: 'arithmetic';
      readonly op: '+' | '-' | '*' | '/' | '%';
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: 'negate'; readonly operand: Operand }
  | { readonly kind: 'size'; readonly of: Operand };

export const FORMULA_TRUE: Formula = { kind: 'constant', value: true };
export const FORMULA_FALSE: Formula = { kind: 'constant', value: false };

/** A policy that is legal but too large to compile (LANGUAGE.md 11). */
export class PolicyTooLargeError extends Error {
  readonly ruleId: string;
  constructor(ruleId: string, message: string) {
    super(`rule \`${ruleId}\`: ${message}`);
    this.ruleId = ruleId;
  }
}
