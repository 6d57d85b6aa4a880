// Typed policy in, policy set out: enabled rules, each condition's *holds* side in negation normal form over atoms.
// Never rewrites by excluded middle or complement absorption: the logic is pairs (LANGUAGE.md 5), not Booleans.

import { attributesOf, presencesOf } from '../check/term-reads.ts';
import {
  type CheckedPolicy,
  type CheckedRule,
  type Condition,
  pathText,
  type ScalarType,
  type Value,
} from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { positionAt } from '../source.ts';
import { Book } from './book.ts';
import { constantAnswer, folded, lifted } from './fold.ts';
import { readsOf } from './reads.ts';
import { excessOf } from './term-size.ts';
import { unarySubject, unaryTest } from './tests.ts';
import {
  FORMULA_FALSE,
  FORMULA_TRUE,
  type Formula,
  type IrRule,
  type Operand,
  type PolicySet,
  PolicyTooLargeError,
  type Relation,
} from './types.ts';

/** Literals of one rule once `?:` and `==` between conditions are written out; code has no way to share them. */
const MAX_EXPANDED_LITERALS = 65536;

/** @throws PolicyTooLargeError when writing out `?:` or `==` between conditions explodes, or a term is too large. */
export function lower(policy: CheckedPolicy): PolicySet {
  const book = new Book();
  const rules = policy.rules.filter((rule) => rule.enabled).map((rule) => lowerRule(rule, book));
  return {
    name: policy.name,
    version: policy.version,
    default: policy.default,
    ...(policy.governs === undefined ? {} : { governs: policy.governs }),
    ...(policy.cedar === undefined ? {} : { cedar: policy.cedar }),
    environment: policy.environment,
    tree: policy.tree,
    environments: book.environments,
    views: book.views,
    atoms: book.atoms,
    rules,
  };
}

function lowerRule(rule: CheckedRule, book: Book): IrRule {
  book.enter(rule.environment);
  const reads = readsOf(rule.condition, book);
  const lowering = new Lowering(book, null);
  const formula = lowering.formula(rule.condition, false);
  if (expandedLiterals(formula, book, new Map()) > MAX_EXPANDED_LITERALS) {
    throw new PolicyTooLargeError(rule.id, `written out, the condition has over ${MAX_EXPANDED_LITERALS} literals`);
  }
  if (lowering.excess !== null) throw new PolicyTooLargeError(rule.id, `a term of the condition ${lowering.excess}`);
  const { source, start } = rule.span;
  return {
    id: rule.id,
    policy: rule.policy,
    position: rule.index,
    environment: rule.environment,
    scope: rule.scope,
    final: rule.final,
    effect: rule.effect,
    reason: rule.reason,
    advice: rule.advice,
    approvers: rule.approvers,
    operations: rule.operations,
    place: { path: source.path, ...positionAt(source, start) },
    points: rule.points,
    target: rule.target,
    onUnknown: rule.onUnknown,
    priority: rule.priority,
    formula,
    reads,
  };
}

function expandedLiterals(formula: Formula, book: Book, known: Map<Formula, number>): number {
  const before = known.get(formula);
  if (before !== undefined) return before;
  let count = 1;
  if (formula.kind === 'and' || formula.kind === 'or') {
    count = formula.operands.reduce((sum, operand) => sum + expandedLiterals(operand, book, known), 0);
  } else if (formula.kind === 'literal') {
    const atom = book.atoms[formula.atom];
    if (atom?.kind === 'relation' && atom.relation.kind === 'quantifier') {
      count += expandedLiterals(atom.relation.body, book, known);
    }
  }
  known.set(formula, count);
  return count;
}

/** Numbers the `contains` of a quantifier's body whose subject costs steps, by the literal as written. */
interface BodyContext {
  readonly counted: Map<Condition, Map<Value, number>>;
}

class Lowering {
  /** What is too large about some term lowered so far. */
  excess: string | null = null;
  readonly #book: Book;
  /** Not null within a quantifier's body. */
  readonly #body: BodyContext | null;
  readonly #positive = new Map<Condition, Formula>();
  readonly #negative = new Map<Condition, Formula>();
  /** A literal made by lifting, and the literal as written it stems from. */
  readonly #origin = new Map<Condition, Condition>();

  constructor(book: Book, body: BodyContext | null) {
    this.#book = book;
    this.#body = body;
  }

  /** The condition's *holds*, or if `negated` its *fails*. */
  formula(condition: Condition, negated: boolean): Formula {
    const memo = negated ? this.#negative : this.#positive;
    let result = memo.get(condition);
    if (result === undefined) {
      result = this.#lower(condition, negated);
      memo.set(condition, result);
    }
    return result;
  }

  #lower(condition: Condition, negated: boolean): Formula {
    switch (condition.kind) {
      case 'constant':
        return condition.value !== negated ? FORMULA_TRUE : FORMULA_FALSE;
      case 'not':
        return this.formula(condition.operand, !negated);
      case 'and':
      case 'or':
        return this.#join(
          (condition.kind === 'and') !== negated ? 'and' : 'or',
          condition.operands.map((operand) => this.formula(operand, negated)),
        );
      case 'choose':
        return this.#choose(condition, negated);
      case 'same':
        return this.#same(condition, negated);
      case 'has':
        return this.#presence(condition.path, 'has', negated);
      case 'is-null':
        return this.#presence(condition.path, 'null', negated);
      case 'is-type': {
        const view = this.#book.view(condition.path, 'type');
        return this.#book.literal({ kind: 'unary', view, test: { kind: 'types', types: condition.types } }, negated);
      }
      case 'quantifier':
        return this.#quantifier(condition, negated);
      case 'truth':
      case 'compare':
      case 'member':
      case 'one-of':
      case 'text':
      case 'matches':
        return this.#literal(condition, negated);
      case 'term':
        return this.#book.literal({ kind: 'relation', relation: this.#term(condition) }, negated);
      default:
        return unreachable(condition);
    }
  }

  /** T and F are neutral and absorbing for minimum and maximum, so dropping them is exact, except where steps are counted. */
  #join(kind: 'and' | 'or', operands: readonly Formula[]): Formula {
    if (this.#body !== null) return { kind, operands };
    const absorbing = kind === 'or';
    const kept: Formula[] = [];
    for (const operand of operands) {
      if (operand.kind !== 'constant') kept.push(operand);
      else if (operand.value === absorbing) return operand;
    }
    const only = kept[0];
    if (only === undefined) return absorbing ? FORMULA_FALSE : FORMULA_TRUE;
    return kept.length === 1 ? only : { kind, operands: kept };
  }

  /** LANGUAGE.md 5.6: (test ∧ then) ∨ (¬test ∧ else); its fails, by swapping, (¬test ∨ ¬then) ∧ (test ∨ ¬else). */
  #choose(condition: Condition & { readonly kind: 'choose' }, negated: boolean): Formula {
    const inner = negated ? 'or' : 'and';
    return this.#join(negated ? 'and' : 'or', [
      this.#join(inner, [this.formula(condition.test, negated), this.formula(condition.then, negated)]),
      this.#join(inner, [this.formula(condition.test, !negated), this.formula(condition.else, negated)]),
    ]);
  }

  /** LANGUAGE.md 4.9: (a ∧ b) ∨ (¬a ∧ ¬b); its fails (¬a ∨ ¬b) ∧ (a ∨ b). */
  #same(condition: Condition & { readonly kind: 'same' }, negated: boolean): Formula {
    const inner = negated ? 'or' : 'and';
    return this.#join(negated ? 'and' : 'or', [
      this.#join(inner, [this.formula(condition.left, negated), this.formula(condition.right, negated)]),
      this.#join(inner, [this.formula(condition.left, !negated), this.formula(condition.right, !negated)]),
    ]);
  }

  #presence(path: (Condition & { readonly kind: 'has' })['path'], kind: 'has' | 'null', negated: boolean): Formula {
    return this.#book.literal({ kind: 'unary', view: this.#book.view(path, 'presence'), test: { kind } }, negated);
  }

  #literal(written: Condition, negated: boolean): Formula {
    const literal = folded(written);
    const origin = this.#origin.get(written) ?? written;
    const choice = lifted(literal);
    if (choice !== null) {
      if (choice.kind === 'choose') {
        this.#origin.set(choice.then, origin);
        this.#origin.set(choice.else, origin);
      }
      return this.formula(choice, negated);
    }
    const subject = unarySubject(literal);
    const counts = this.#body !== null && literal.kind === 'text' && literal.op === 'contains';
    if (subject !== null) {
      if (subject.kind === 'constant' && !counts) {
        const answer = constantAnswer(literal, subject.constant);
        if (answer !== null) return answer !== negated ? FORMULA_TRUE : FORMULA_FALSE;
      }
      if (subject.kind === 'reading' && !counts) {
        const signed = unaryTest(literal, readingType(subject));
        if (signed !== null) {
          const view = this.#book.reading(subject.reading);
          return this.#book.literal({ kind: 'unary', view, test: signed.test }, negated !== signed.negated);
        }
      }
    }
    if (literal.kind === 'member') {
      const element = this.#memberTest(literal, negated);
      if (element !== null) return element;
    }
    if (literal.kind === 'one-of') return this.#oneOf(literal, negated);
    return this.#book.literal({ kind: 'relation', relation: this.#relation(literal, origin) }, negated);
  }

  /** `constant in list`: a bit of the list. */
  #memberTest(literal: Condition & { readonly kind: 'member' }, negated: boolean): Formula | null {
    const { element, list } = literal;
    if (element.kind !== 'constant') return null;
    const signed = unaryTest(
      { kind: 'one-of', value: element, constants: [element.constant], span: literal.span },
      listElement(list),
    );
    if (signed === null) return null;
    return this.#book.literal({ kind: 'element', view: this.#book.reading(list.reading), ...signed }, negated);
  }

  /** LANGUAGE.md 4.6: of a computed value, the `or` of `==` with each. */
  #oneOf(literal: Condition & { readonly kind: 'one-of' }, negated: boolean): Formula {
    const { value, span } = literal;
    const equals = literal.constants.map((constant): Condition => {
      const right: Value = { kind: 'constant', constant, span };
      return { kind: 'compare', op: '==', left: value, right, span };
    });
    return this.formula({ kind: 'or', operands: equals, span }, negated);
  }

  #quantifier(condition: Condition & { readonly kind: 'quantifier' }, negated: boolean): Formula {
    const op = (condition.op === 'exists') !== negated ? 'exists' : 'all';
    const view = this.#book.reading(condition.list.reading);
    const bits = this.#elementBits(op, view, condition.variableType, condition.body, negated);
    if (bits !== null) return bits;
    const body = new Lowering(this.#book, { counted: new Map() }).formula(condition.body, negated);
    return this.#book.literal({ kind: 'relation', relation: { kind: 'quantifier', op, view, body } }, false);
  }

  /**
   * The quantifier as tests of single elements, each a bit of the list; null if its body is more than that. Over a known list
   * such a body is two-valued, `all` c is ¬`exists` ¬c, and `exists` goes through `||`, `all` through `&&`; an unknown or
   * inapplicable list makes every bit so (LANGUAGE.md 5.7).
   */
  #elementBits(
    op: 'exists' | 'all',
    view: number,
    type: ScalarType,
    body: Condition,
    negated: boolean,
  ): Formula | null {
    if (body.kind === 'not') return this.#elementBits(op, view, type, body.operand, !negated);
    if (body.kind === 'and' || body.kind === 'or') {
      const joint = (body.kind === 'and') !== negated ? 'and' : 'or';
      if (joint !== (op === 'exists' ? 'or' : 'and')) return null;
      const parts: Formula[] = [];
      for (const operand of body.operands) {
        const part = this.#elementBits(op, view, type, operand, negated);
        if (part === null) return null;
        parts.push(part);
      }
      return { kind: joint, operands: parts };
    }
    const literal = folded(body);
    if (unarySubject(literal)?.kind !== 'variable') return null;
    const signed = unaryTest(literal, type);
    if (signed === null) return null;
    const fails = signed.negated !== negated;
    return op === 'exists'
      ? this.#book.literal({ kind: 'element', view, test: signed.test, negated: fails }, false)
      : this.#book.literal({ kind: 'element', view, test: signed.test, negated: !fails }, true);
  }

  #relation(literal: Condition, origin: Condition): Relation {
    switch (literal.kind) {
      case 'truth':
        return { kind: 'truth', operand: this.#operand(literal.value) };
      case 'compare':
        return {
          kind: 'compare',
          op: literal.op,
          left: this.#operand(literal.left),
          right: this.#operand(literal.right),
        };
      case 'member':
        return {
          kind: 'member',
          element: this.#operand(literal.element),
          view: this.#book.reading(literal.list.reading),
          // Counted once, however many branches of a conditional element lifting makes of it.
          counted: literal.element.kind === 'constant' ? 0 : this.#countedNumber(origin, literal.list),
        };
      case 'matches': {
        const { pattern, dialect } = literal;
        return { kind: 'matches', subject: this.#operand(literal.subject), pattern, dialect };
      }
      case 'text': {
        const counted =
          literal.op === 'contains' && !readsVariable(literal.subject)
            ? this.#countedNumber(origin, literal.subject)
            : 0;
        const { op } = literal;
        return {
          kind: 'text',
          op,
          subject: this.#operand(literal.subject),
          argument: this.#operand(literal.argument),
          counted,
        };
      }
      default:
        throw new Error(`not a relation: ${literal.kind}`);
    }
  }

  #term({ term }: Condition & { readonly kind: 'term' }): Relation {
    if (this.#body !== null) throw new Error('a term in the body of a quantifier');
    this.excess ??= excessOf(term);
    const views = new Map(attributesOf(term).map(({ path }) => [pathText(path), this.#book.view(path, 'tree')]));
    const presences = new Map(presencesOf(term).map(({ path }) => [pathText(path), this.#book.view(path, 'presence')]));
    return { kind: 'term', term, views, presences };
  }

  /** One number for each counted literal as written and each branch of its subject, however often lifting repeats them. */
  #countedNumber(origin: Condition, subject: Value): number {
    if (this.#body === null) return 0;
    const { counted } = this.#body;
    const ofOrigin = counted.get(origin) ?? new Map<Value, number>();
    counted.set(origin, ofOrigin);
    const number = ofOrigin.get(subject) ?? 1 + [...counted.values()].reduce((sum, numbers) => sum + numbers.size, 0);
    ofOrigin.set(subject, number);
    return number;
  }

  #operand(value: Value): Operand {
    switch (value.kind) {
      case 'constant':
        return { kind: 'constant', constant: value.constant };
      case 'reading':
        return { kind: 'view', view: this.#book.reading(value.reading) };
      case 'variable':
        return { kind: 'element' };
      case 'arithmetic':
        return { kind: 'arithmetic', op: value.op, left: this.#operand(value.left), right: this.#operand(value.right) };
      case 'negate':
        return { kind: 'negate', operand: this.#operand(value.operand) };
      case 'size':
        return { kind: 'size', of: this.#operand(value.of) };
      case 'choose':
        throw new Error('a conditional value was not lifted');
      default:
        return unreachable(value);
    }
  }
}

function readingType(value: Value & { readonly kind: 'reading' }): ScalarType {
  if (value.reading.kind === 'size') return { kind: 'int' };
  const type = value.reading.type;
  if (type.kind === 'list') throw new Error('a list where a scalar stands');
  return type;
}

function listElement(value: Value & { readonly kind: 'reading' }): ScalarType {
  if (value.reading.kind === 'size' || value.reading.type.kind !== 'list') throw new Error('not a list');
  return value.reading.type.element;
}

function readsVariable(value: Value): boolean {
  switch (value.kind) {
    case 'constant':
    case 'reading':
      return false;
    case 'variable':
      return true;
    case 'size':
      return readsVariable(value.of);
    case 'negate':
      return readsVariable(value.operand);
    case 'arithmetic':
      return readsVariable(value.left) || readsVariable(value.right);
    case 'choose':
      return readsVariable(value.then) || readsVariable(value.else);
    default:
      return unreachable(value);
  }
}
