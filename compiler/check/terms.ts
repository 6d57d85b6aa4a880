// Terms: the expressions of which a condition is made where its literals are more than the classes can say: all of CEL, Cedar and
// AGT, with names resolved and macros expanded. Data only; every front-end makes them, the reference evaluator and the lowering
// each read them on their own. Clause numbers are LANGUAGE.md's.
//
// A term evaluates to an *outcome*: a value, unknown, or inapplicable. It is typed at run time: a call on operands that no
// overload takes is unknown.

import type { Dialect } from '../regex/tree.ts';
import type { Span } from '../source.ts';
import type { AttributePath } from './typed.ts';

export type Term =
  | { readonly kind: 'constant'; readonly constant: TermConstant; readonly span: Span }
  /** The attribute's whole tree, as the request carries it: numbers are doubles, BigInts ints. Missing is unknown, null is null. */
  | { readonly kind: 'attribute'; readonly path: AttributePath; readonly span: Span }
  /** `has(path)` (4.2): a bool, whatever the attribute is. */
  | { readonly kind: 'has'; readonly path: AttributePath; readonly span: Span }
  /** Number of an enclosing `fold`'s or `bind`'s variable, counted from the outermost of the condition, from 0. */
  | { readonly kind: 'variable'; readonly variable: number; readonly span: Span }
  /** `optional`: `?e`; an absent optional adds nothing, a present one its value. */
  | { readonly kind: 'list'; readonly items: readonly TermItem[]; readonly span: Span }
  | { readonly kind: 'map'; readonly entries: readonly TermEntry[]; readonly span: Span }
  /** Strict: an inapplicable operand makes it inapplicable, else an unknown one unknown. */
  | { readonly kind: 'call'; readonly fn: TermFunction; readonly args: readonly Term[]; readonly span: Span }
  /** The operand must be of this type as the request carries it, or turn into it (5.9): a number into an int, a text into a timestamp; else unknown. */
  | { readonly kind: 'typed'; readonly operand: Term; readonly type: TermType; readonly span: Span }
  /** Left to right; stops at false (`or`: true), which absorbs; else unknown before inapplicable; operands are bools. */
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Term[]; readonly span: Span }
  /** The test first; unknown or inapplicable: so is the whole. Only the branch chosen is evaluated. */
  | { readonly kind: 'choose'; readonly test: Term; readonly then: Term; readonly else: Term; readonly span: Span }
  /** `value` is bound to `variable` in `body`; it is evaluated first, and its outcome, whatever it is, is what the variable gives. */
  | { readonly kind: 'bind'; readonly value: Term; readonly variable: number; readonly body: Term; readonly span: Span }
  /**
   * A comprehension over a list or a map, in the order of its elements or entries. One variable: the element, or the map's key.
   * Two (`first`, `first` + 1): index and element, or key and value.
   */
  | {
      readonly kind: 'fold';
      readonly op: FoldOp;
      readonly over: Term;
      readonly first: number;
      readonly variables: 1 | 2;
      /** `map`, `transform-*`: which elements take part; null: all. */
      readonly filter: Term | null;
      /** The predicate, or what each element gives (`transform-entry`: a map whose entries are added). */
      readonly body: Term;
      readonly span: Span;
    };

export interface TermItem {
  readonly term: Term;
  readonly optional: boolean;
}

export interface TermEntry {
  readonly key: Term;
  readonly value: Term;
  readonly optional: boolean;
}

/** `exists`, `all`: as `or`, `and`, and they stop alike. `exists-one`, `filter`, `map` and the transforms: strict in every body. */
export type FoldOp =
  | 'exists'
  | 'all'
  | 'exists-one'
  | 'filter'
  | 'map'
  | 'transform-list'
  | 'transform-map'
  | 'transform-entry';

export type TermConstant =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'uint'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  /** Since 1970 UTC; `nanos` 0 to 999,999,999. */
  | { readonly kind: 'timestamp'; readonly seconds: bigint; readonly nanos: number }
  /** `seconds` and `nanos` have one sign. */
  | { readonly kind: 'duration'; readonly seconds: bigint; readonly nanos: number }
  /** A type as a value: `int`, `list`, `type`, … */
  | { readonly kind: 'type'; readonly name: string }
  /** What `matches` takes: a pattern that has been parsed without error (regex/parse.ts); of CEL `re2`. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly dialect: Dialect }
  /** What `getHours` and its like take: an IANA name or an offset, known to the compiler. */
  | { readonly kind: 'zone'; readonly name: string };

/** Types that a declaration or a catalogue can give an attribute or a part of it. */
export type TermType =
  | { readonly kind: 'null' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'timestamp' | 'duration' }
  | { readonly kind: 'list' | 'map' }
  | { readonly kind: 'enum'; readonly values: readonly string[] };

/**
 * Functions, one name for all overloads, operands in written order, the receiver first. Operators included; `!=` is `not` of
 * `equal`, `a > b` is `less` of b and a. Names of CEL where CEL has one; `wasm-core/contract/terms.ts` has their codes, clauses
 * 4.10 to 4.20 their meaning. Of `glob` the second operand is a constant string.
 */
export type TermFunction =
  // logic, comparison, arithmetic
  | 'not'
  | 'equal'
  | 'less'
  | 'less-equal'
  | 'in'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'modulo'
  | 'negate'
  // parts: the key of `select` and `has` is a constant string
  | 'select'
  | 'has'
  | 'index'
  | 'optional-select'
  | 'optional-index'
  | 'size'
  // conversions
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'bool'
  | 'timestamp'
  | 'duration'
  | 'type'
  // strings
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'matches'
  | 'glob'
  | 'charAt'
  | 'indexOf'
  | 'lastIndexOf'
  | 'lowerAscii'
  | 'upperAscii'
  | 'replace'
  | 'split'
  | 'substring'
  | 'trim'
  | 'join'
  | 'quote'
  | 'format'
  | 'reverse'
  | 'base64.encode'
  | 'base64.decode'
  // time
  | 'getFullYear'
  | 'getMonth'
  | 'getDate'
  | 'getDayOfMonth'
  | 'getDayOfWeek'
  | 'getDayOfYear'
  | 'getHours'
  | 'getMinutes'
  | 'getSeconds'
  | 'getMilliseconds'
  // math
  | 'math.greatest'
  | 'math.least'
  | 'math.ceil'
  | 'math.floor'
  | 'math.round'
  | 'math.trunc'
  | 'math.abs'
  | 'math.sign'
  | 'math.sqrt'
  | 'math.isNaN'
  | 'math.isInf'
  | 'math.isFinite'
  | 'math.bitAnd'
  | 'math.bitOr'
  | 'math.bitXor'
  | 'math.bitNot'
  | 'math.bitShiftLeft'
  | 'math.bitShiftRight'
  // lists
  | 'distinct'
  | 'flatten'
  | 'slice'
  | 'sort'
  // optionals
  | 'optional.of'
  | 'optional.ofNonZeroValue'
  | 'optional.none'
  | 'hasValue'
  | 'value'
  | 'or'
  | 'orValue'
  // extensions of ours
  | 'ip'
  | 'isIP'
  | 'cidr'
  | 'isCIDR'
  | 'containsIP'
  | 'containsCIDR'
  | 'ip.isCanonical'
  | 'family'
  | 'isUnspecified'
  | 'isLoopback'
  | 'isLinkLocalMulticast'
  | 'isLinkLocalUnicast'
  | 'isGlobalUnicast'
  | 'masked'
  | 'prefixLength'
  | 'entropy'
  | 'luhn'
  | 'iban'
  | CedarFunction;

/** Cedar's own (LANGUAGE.md 14): what is wrong for Cedar is unknown. Sets are lists, entities their uid. */
export type CedarFunction =
  /** Of a text constant `Type::"id"`, the id raw: the entity. */
  | 'cedar.entity'
  | 'cedar.equal'
  | 'cedar.less'
  | 'cedar.lessEqual'
  | 'cedar.in'
  | 'cedar.add'
  | 'cedar.subtract'
  | 'cedar.multiply'
  | 'cedar.negate'
  | 'cedar.contains'
  | 'cedar.containsAll'
  | 'cedar.containsAny'
  | 'cedar.isEmpty'
  /** The second operand is a constant text, as in `has`; of `is` the type, of `like` a pattern, `*` any run, `\\` before `*` and `\\`. */
  | 'cedar.get'
  | 'cedar.has'
  | 'cedar.is'
  | 'cedar.like'
  | 'cedar.getTag'
  | 'cedar.hasTag'
  /** Two sets as one. */
  | 'cedar.union'
  | 'cedar.decimal'
  | 'cedar.ip'
  | 'cedar.datetime'
  | 'cedar.duration'
  | 'cedar.lessThan'
  | 'cedar.lessThanOrEqual'
  | 'cedar.greaterThan'
  | 'cedar.greaterThanOrEqual'
  | 'cedar.isIpv4'
  | 'cedar.isIpv6'
  | 'cedar.isLoopback'
  | 'cedar.isMulticast'
  | 'cedar.isInRange'
  | 'cedar.offset'
  | 'cedar.durationSince'
  | 'cedar.toDate'
  | 'cedar.toTime'
  | 'cedar.toMilliseconds'
  | 'cedar.toSeconds'
  | 'cedar.toMinutes'
  | 'cedar.toHours'
  | 'cedar.toDays';
