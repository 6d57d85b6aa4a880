// In: a seed and cores. Out: how often the cores and the reference agreed on generated terms over requests with trees, by every route
// a request can take, causes of unknowns included, and the first difference, made small. The same seed gives the same run.

import { encode } from '../../compiler/artifact/encode.ts';
import { partsOf } from '../../compiler/check/term-reads.ts';
import type { Term } from '../../compiler/check/terms.ts';
import { evaluate } from '../../compiler/index.ts';
import { lower } from '../../compiler/ir/lower.ts';
import { PolicyTooLargeError } from '../../compiler/ir/types.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { type CoreInstance, load } from '../../host-js/full.ts';
import * as t from '../terms.ts';
import { Random, subSeed } from './random.ts';
import { makeContext, makeTerm } from './term-generate.ts';

const REQUESTS_PER_TERM = 12;
const SHRINK_ATTEMPTS = 3000;

export interface TermRun {
  readonly terms: number;
  readonly decisions: number;
  /** How often each answer came, so that a run of nothing but unknowns is seen. */
  readonly answers: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

type Case = { readonly term: Term; readonly context: Readonly<Record<string, unknown>> };

export function runTerms(seed: number, cores: readonly CoreInstance[], goesOn: (terms: number) => boolean): TermRun {
  const answers = new Map<string, number>();
  let decisions = 0;
  let terms = 0;
  for (; goesOn(terms); terms += 1) {
    const random = new Random(subSeed(seed, terms));
    const made = makeTerm(random);
    const contexts = Array.from({ length: REQUESTS_PER_TERM }, () => makeContext(random, made));
    const ran = ask(made.term, contexts, cores);
    decisions += ran.decisions;
    for (const answer of ran.answers) answers.set(answer, (answers.get(answer) ?? 0) + 1);
    if (ran.difference !== null) {
      const { context } = ran.difference;
      const small = shrunk({ term: made.term, context }, cores);
      const what = ask(small.term, [small.context], cores).difference?.what ?? ran.difference.what;
      const difference = `seed ${seed}, term ${terms}: ${what}\n${show(small.term)}\n${showValue(small.context)}`;
      return { terms: terms + 1, decisions, answers, difference };
    }
  }
  return { terms, decisions, answers, difference: null };
}

interface Ran {
  readonly decisions: number;
  readonly answers: readonly string[];
  readonly difference: { readonly what: string; readonly context: Case['context'] } | null;
}

/** Every context on every core, as an object and as bytes, against the reference. */
function ask(term: Term, contexts: readonly Case['context'][], cores: readonly CoreInstance[]): Ran {
  const policy = t.policyOf(term);
  let artifact: Uint8Array;
  try {
    artifact = encode(plan(lower(policy)));
  } catch (error) {
    if (error instanceof PolicyTooLargeError) return { decisions: 0, answers: [], difference: null };
    throw error;
  }
  const engines = cores.map((core) => load(artifact, { core }));
  const answers: string[] = [];
  let decisions = 0;
  try {
    for (const context of contexts) {
      const request = { tool: 'x', context };
      const { rules, unknown } = evaluate(policy, request, {});
      const expected = JSON.stringify({ status: 'ok', rules, unknown });
      answers.push(unknown[0]?.cause ?? (rules.length > 0 ? 'true' : 'false'));
      for (const engine of engines) {
        const session = engine.session(request);
        for (const [route, found] of [
          ['object', engine.decide(request)],
          ['session', session.decide(request)],
          ['bytes', engine.decideBytes(engine.encode(request))],
          ['keyed', engine.decideBytes(engine.encode(request, { form: 'keyed' }))],
        ] as const) {
          decisions += 1;
          const got = JSON.stringify({ status: found.status, rules: found.rules, unknown: found.unknown });
          if (got !== expected) {
            return { decisions, answers, difference: { what: `${route}: ${got}, not ${expected}`, context } };
          }
        }
      }
    }
  } finally {
    for (const engine of engines) engine.dispose();
  }
  return { decisions, answers, difference: null };
}

/** A smaller case that still differs. */
function shrunk(first: Case, cores: readonly CoreInstance[]): Case {
  let best = first;
  let attempts = 0;
  const differs = (next: Case): boolean => {
    attempts += 1;
    if (attempts > SHRINK_ATTEMPTS) return false;
    try {
      return ask(next.term, [next.context], cores).difference !== null;
    } catch {
      return false; // not a term any more: a variable without its fold, a key that is no constant
    }
  };
  for (let goesOn = true; goesOn && attempts < SHRINK_ATTEMPTS; ) {
    goesOn = false;
    for (const term of smaller(best.term)) {
      if (!differs({ ...best, term })) continue;
      best = { ...best, term };
      goesOn = true;
      break;
    }
  }
  return best;
}

const ATOMS: readonly Term[] = [t.bool(true), t.int(1n), t.text('a'), t.list()];

/** The term with one part put in its place, or a part of it made smaller. */
function* smaller(term: Term): Generator<Term> {
  yield* partsOf(term);
  if (partsOf(term).length > 0) yield* ATOMS;
  for (const [i, part] of partsOf(term).entries()) {
    for (const less of smaller(part)) yield withPart(term, i, less);
  }
}

/** `partsOf(term)` with one of them replaced. */
function withPart(term: Term, index: number, part: Term): Term {
  let at = 0;
  const next = (old: Term): Term => {
    const found = at === index ? part : old;
    at += 1;
    return found;
  };
  switch (term.kind) {
    case 'list':
      return { ...term, items: term.items.map((item) => ({ ...item, term: next(item.term) })) };
    case 'map':
      return { ...term, entries: term.entries.map((e) => ({ ...e, key: next(e.key), value: next(e.value) })) };
    case 'call':
      return { ...term, args: term.args.map(next) };
    case 'typed':
      return { ...term, operand: next(term.operand) };
    case 'and':
    case 'or':
      return { ...term, operands: term.operands.map(next) };
    case 'choose':
      return { ...term, test: next(term.test), then: next(term.then), else: next(term.else) };
    case 'bind':
      return { ...term, value: next(term.value), body: next(term.body) };
    case 'fold':
      return {
        ...term,
        over: next(term.over),
        filter: term.filter === null ? null : next(term.filter),
        body: next(term.body),
      };
    default:
      return term;
  }
}

function show(term: Term): string {
  return JSON.stringify(term, (key, value: unknown) => (key === 'span' ? undefined : writable(value)), 1);
}

function showValue(value: unknown): string {
  return JSON.stringify(value, (_, inside: unknown) => writable(inside));
}

function writable(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return `number ${Object.is(value, -0) ? '-0' : value}`;
  if (value instanceof Map) return { map: [...value] };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  return typeof value === 'symbol' || typeof value === 'function' ? String(value) : value;
}
