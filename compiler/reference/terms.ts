// In: a term and a call. Out: its outcome (LANGUAGE.md 5.9): a value, unknown or inapplicable; over its steps or room (5.10) the whole
// is unknown. Plain and slow: the meaning. Shares nothing with the term machine.

import type { Term, TermConstant } from '../check/terms.ts';
import { pathText } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { call } from './term/calls.ts';
import { mapOf } from './term/lists.ts';
import { readAs, type TreeCause, treeOf } from './term/tree.ts';
import {
  bool,
  duration,
  type Entry,
  Exhausted,
  int,
  isKey,
  Meter,
  NULL,
  type TermValue,
  timestamp,
} from './term/values.ts';
import { type Call, follow, presenceIn, standsFor } from './values.ts';

export type TermOutcome =
  | { readonly kind: 'value'; readonly value: TermValue }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'inapplicable' };

const UNKNOWN: TermOutcome = { kind: 'unknown' };
const INAPPLICABLE: TermOutcome = { kind: 'inapplicable' };

export function evaluateTerm(term: Term, request: Call): TermOutcome {
  try {
    return new Evaluation(request).outcome(term, new Map());
  } catch (error) {
    if (error instanceof Exhausted) return UNKNOWN;
    throw error;
  }
}

/** Why an attribute of a term is unknown (6.3); null: it is a value, null included, or inapplicable. */
export function causeIn(term: Term & { readonly kind: 'attribute' }, request: Call): 'missing' | TreeCause | null {
  const found = attributeIn(term, request);
  return found.kind === 'unknown' ? found.cause : null;
}

type Variables = ReadonlyMap<number, TermOutcome>;

function attributeIn(
  { path }: Term & { readonly kind: 'attribute' },
  request: Call,
):
  | { readonly kind: 'value'; readonly value: TermValue }
  | { readonly kind: 'unknown'; readonly cause: 'missing' | TreeCause }
  | { readonly kind: 'inapplicable' } {
  const raw = follow(request.request, path);
  if (raw !== undefined) return treeOf(raw, request.maxStringBytes);
  if (presenceIn(request, path).kind === 'inapplicable') return { kind: 'inapplicable' };
  const stands = standsFor(path, request);
  const tree = treeOf(stands, Number.POSITIVE_INFINITY);
  return tree.kind === 'value' ? tree : { kind: 'unknown', cause: 'missing' };
}

class Evaluation {
  readonly #request: Call;
  readonly #meter = new Meter();
  /** Each attribute is read once, so that a proxy cannot give two answers. */
  readonly #attributes = new Map<string, TermOutcome>();

  constructor(request: Call) {
    this.#request = request;
  }

  outcome(term: Term, variables: Variables): TermOutcome {
    switch (term.kind) {
      case 'constant':
        return known(constantValue(term.constant));
      case 'attribute':
        return this.#attribute(term);
      case 'has':
        return known(bool(follow(this.#request.request, term.path) !== undefined));
      case 'variable':
        return variables.get(term.variable) ?? UNKNOWN;
      case 'list':
        return this.#list(term, variables);
      case 'map':
        return this.#map(term, variables);
      case 'call':
        return this.#strict(term.args, variables, (operands) => call(term.fn, operands, this.#meter));
      case 'typed':
        return this.#strict([term.operand], variables, ([value = NULL]) => readAs(value, term.type));
      case 'and':
      case 'or':
        return folded(term.kind === 'or', term.operands, (operand) => this.outcome(operand, variables));
      case 'choose': {
        const test = this.outcome(term.test, variables);
        if (test.kind !== 'value') return test;
        if (test.value.kind !== 'bool') return UNKNOWN;
        return this.outcome(test.value.value ? term.then : term.else, variables);
      }
      case 'bind':
        return this.outcome(term.body, new Map([...variables, [term.variable, this.outcome(term.value, variables)]]));
      case 'fold':
        return this.#fold(term, variables);
      default:
        return unreachable(term);
    }
  }

  #attribute(term: Term & { readonly kind: 'attribute' }): TermOutcome {
    const key = pathText(term.path);
    const found = this.#attributes.get(key) ?? attributeIn(term, this.#request);
    this.#attributes.set(key, found);
    return found;
  }

  /** Inapplicable before unknown (5.9). */
  #strict(
    terms: readonly Term[],
    variables: Variables,
    compute: (operands: readonly TermValue[]) => TermValue | null,
  ): TermOutcome {
    const outcomes = terms.map((term) => this.outcome(term, variables));
    const values = outcomes.flatMap((outcome) => (outcome.kind === 'value' ? [outcome.value] : []));
    if (outcomes.some(({ kind }) => kind === 'inapplicable')) return INAPPLICABLE;
    const result = values.length < outcomes.length ? null : compute(values);
    return result === null ? UNKNOWN : known(result);
  }

  #list(term: Term & { readonly kind: 'list' }, variables: Variables): TermOutcome {
    const terms = term.items.map((item) => item.term);
    return this.#strict(terms, variables, (values) => {
      const items: TermValue[] = [];
      for (const [i, value] of values.entries()) {
        if (term.items[i]?.optional !== true) items.push(value);
        else if (value.kind !== 'optional') return null;
        else if (value.value !== null) items.push(value.value);
      }
      return this.#meter.list(items);
    });
  }

  #map(term: Term & { readonly kind: 'map' }, variables: Variables): TermOutcome {
    const terms = term.entries.flatMap(({ key, value }) => [key, value]);
    return this.#strict(terms, variables, (values) => {
      const entries: Entry[] = [];
      for (const [i, { optional }] of term.entries.entries()) {
        const [key = NULL, written = NULL] = values.slice(2 * i);
        // A key that is none is a mistake also where its value is left out.
        if (!isKey(key) || (optional && written.kind !== 'optional')) return null;
        const value = optional && written.kind === 'optional' ? written.value : written;
        if (value !== null && mapOf([[key, value]], entries, this.#meter) === null) return null;
      }
      return this.#meter.map(entries);
    });
  }

  #fold(term: Term & { readonly kind: 'fold' }, variables: Variables): TermOutcome {
    const over = this.outcome(term.over, variables);
    if (over.kind !== 'value') return over;
    const value = over.value;
    const isList = value.kind === 'list';
    if (!isList && value.kind !== 'map') return UNKNOWN;
    const rounds: Entry[] = isList
      ? value.items.map((item, i): Entry => [int(BigInt(i)) ?? NULL, item])
      : [...value.entries];
    const inside = ([key, item]: Entry): Variables => {
      this.#meter.spend(1);
      if (term.variables === 1) return new Map([...variables, [term.first, known(isList ? item : key)]]);
      return new Map([...variables, [term.first, known(key)], [term.first + 1, known(item)]]);
    };
    if (term.op === 'exists' || term.op === 'all') {
      return folded(term.op === 'exists', rounds, (round) => this.outcome(term.body, inside(round)));
    }
    return this.#gather(term, rounds, isList, inside);
  }

  /** Strict in every body: what is wrong in one of them is found after all of them. */
  #gather(
    term: Term & { readonly kind: 'fold' },
    rounds: readonly Entry[],
    isList: boolean,
    inside: (round: Entry) => Variables,
  ): TermOutcome {
    const isTest = term.op === 'filter' || term.op === 'exists-one';
    const makesMap = term.op === 'transform-map' || term.op === 'transform-entry';
    const items: TermValue[] = [];
    const entries: Entry[] = [];
    let trues = 0n;
    let wrong: TermOutcome | null = null;
    const fail = (outcome: TermOutcome): void => {
      if (wrong === null || outcome.kind === 'inapplicable') wrong = outcome;
    };
    for (const round of rounds) {
      const bound = inside(round);
      const filter = term.filter === null ? known(bool(true)) : truth(this.outcome(term.filter, bound));
      if (filter.kind !== 'value') {
        fail(filter);
        continue;
      }
      if (filter.value.kind === 'bool' && !filter.value.value) continue;
      const made = isTest ? truth(this.outcome(term.body, bound)) : this.outcome(term.body, bound);
      if (made.kind !== 'value') fail(made);
      else if (isTest) {
        if (made.value.kind !== 'bool' || !made.value.value) continue;
        trues += 1n;
        if (term.op === 'filter') this.#keep(items, isList ? round[1] : round[0]);
      } else if (term.op === 'transform-map') {
        this.#meter.take(32);
        entries.push([round[0], made.value]);
      } else if (term.op === 'transform-entry') {
        if (!this.#addEntries(made.value, entries)) fail(UNKNOWN);
      } else this.#keep(items, made.value);
    }
    if (wrong !== null) return wrong;
    if (term.op === 'exists-one') return known(bool(trues === 1n));
    return known(makesMap ? { kind: 'map', entries } : { kind: 'list', items });
  }

  #keep(items: TermValue[], item: TermValue): void {
    this.#meter.take(16);
    items.push(item);
  }

  #addEntries(made: TermValue, entries: Entry[]): boolean {
    if (made.kind !== 'map') return false;
    for (const entry of made.entries) {
      if (mapOf([entry], entries, this.#meter) === null) return false;
      this.#meter.take(32);
    }
    return true;
  }
}

function known(value: TermValue): TermOutcome {
  return { kind: 'value', value };
}

/** What is no bool is unknown where a bool is needed. */
function truth(outcome: TermOutcome): TermOutcome {
  return outcome.kind === 'value' && outcome.value.kind !== 'bool' ? UNKNOWN : outcome;
}

/** `or`, `and`, `exists`, `all`: stops at what decides; else unknown before inapplicable. */
function folded<T>(decides: boolean, parts: readonly T[], evaluate: (part: T) => TermOutcome): TermOutcome {
  let result: TermOutcome = known(bool(!decides));
  for (const part of parts) {
    const outcome = truth(evaluate(part));
    if (outcome.kind === 'value') {
      if (outcome.value.kind === 'bool' && outcome.value.value === decides) return outcome;
    } else if (result.kind !== 'unknown') result = outcome;
  }
  return result;
}

export function constantValue(constant: TermConstant): TermValue {
  switch (constant.kind) {
    case 'timestamp':
      return timestamp(constant.seconds * 1_000_000_000n + BigInt(constant.nanos)) ?? NULL;
    case 'duration':
      return duration(constant.seconds * 1_000_000_000n + BigInt(constant.nanos)) ?? NULL;
    case 'int':
    case 'uint':
      return { kind: constant.kind, value: constant.value };
    case 'bool':
      return bool(constant.value);
    default:
      return constant;
  }
}
