// In: a seed and cores. Out: whether a term runs out of steps and room in a core where it does in the reference, and nowhere else
// (LANGUAGE.md 5.10): values doubled until they come near the limit, and what functions and comprehensions make of them.

import type { Term } from '../../../compiler/check/terms.ts';
import { evaluateTerm } from '../../../compiler/reference/terms.ts';
import { type CoreInstance, load } from '../../../host-js/full.ts';
import * as t from '../../terms.ts';
import { Random, subSeed } from '../random.ts';

const V = t.variable(0);
const ONE = t.variable(1);
const TWO = t.variable(2);

const size = (of: Term): Term => t.call('size', of);
const mapped = (of: Term, body: Term): Term => t.fold('map', of, 1, body);

const OF_TEXTS: readonly Term[] = [
  size(t.call('add', V, V)),
  size(t.call('replace', V, t.text('a'), t.text('bb'))),
  size(t.call('split', V, t.text(''))),
  size(t.call('split', V, t.text('a'))),
  size(t.call('quote', V)),
  size(t.call('join', t.list(V, V, V), t.text(','))),
  size(t.call('format', t.text('%s%x'), t.list(V, V))),
  size(t.call('base64.encode', t.call('bytes', V))),
  size(mapped(t.call('split', V, t.text('a')), t.call('add', ONE, t.text('q')))),
  size(t.call('distinct', t.call('split', t.call('substring', V, t.int(0n), t.int(1000n)), t.text('')))),
  t.fold('all', t.list(...Array.from({ length: 99 }, () => V)), 1, t.call('equal', ONE, V)),
];
const OF_LISTS: readonly Term[] = [
  t.call('equal', V, V),
  t.call('in', t.text('none'), V),
  size(t.call('flatten', mapped(V, V))),
  size(t.call('sort', mapped(V, t.call('format', t.text('%s'), t.list(ONE))))),
  size(t.call('distinct', t.fold2('transform-list', V, 1, ONE))),
  size(t.call('format', t.text('%s'), t.list(V))),
  size(mapped(V, t.call('optional.of', ONE))),
  size(mapped(V, t.map([t.text('a'), ONE]))),
  size(mapped(V, t.call('ip', t.text('::')))),
  size(t.fold2('transform-map', V, 1, TWO)),
  size(t.fold2('transform-entry', V, 1, t.map([ONE, TWO]))),
  t.fold('all', V, 1, t.fold('all', V, 2, t.bool(true))),
  t.fold('all', V, 1, t.call('less', t.text(''), t.call('string', t.double(1.5)))),
  t.fold('all', V, 1, t.call('less', t.double(0), t.call('double', t.text('1.5')))),
  size(t.fold('filter', V, 1, t.call('equal', ONE, t.int(1n)))),
  t.bind(
    t.fold2('transform-map', V, 1, TWO),
    3,
    t.fold2('all', V, 1, t.call('hasValue', t.call('optional-index', t.variable(3), ONE))),
  ),
];

/** `body` of `base` added to itself so many times. */
function doubled(base: Term, times: number, body: Term): Term {
  let term = body;
  for (let i = 0; i < times; i += 1) term = t.bind(t.call('add', V, V), 0, term);
  return t.bind(base, 0, term);
}

function near(random: Random): Term {
  if (random.chance(0.4)) {
    const base = t.text(random.pick(['a', 'ab', 'aé', 'x,', '%s']).repeat(random.between(1, 9)));
    return doubled(base, random.between(10, 18), random.pick(OF_TEXTS));
  }
  const items = [t.int(1n), t.text('a'), t.text('b'.repeat(70)), t.list(t.int(1n)), t.map([t.text('a'), t.double(2)])];
  const base = t.list(...Array.from({ length: random.between(1, 5) }, () => random.pick(items)));
  return doubled(base, random.between(4, 14), random.pick(OF_LISTS));
}

export interface LimitRun {
  readonly terms: number;
  readonly decisions: number;
  /** Terms with a value, and those that ran out or have none. */
  readonly known: number;
  readonly unknown: number;
  readonly difference: string | null;
}

export function runLimits(seed: number, cores: readonly CoreInstance[], goesOn: (terms: number) => boolean): LimitRun {
  const { environment } = t.policyOf(t.bool(true));
  const found = { known: 0, unknown: 0 };
  let terms = 0;
  let decisions = 0;
  for (; goesOn(terms); terms += 1) {
    const term = near(new Random(subSeed(seed, terms)));
    const outcome = evaluateTerm(term, { environment, request: {}, tool: null, maxStringBytes: 65_536 });
    // What it is, or, of what is unknown, anything.
    const value = outcome.kind === 'value' ? outcome.value : null;
    const constant = value?.kind === 'bool' || value?.kind === 'int' ? t.constant(value) : t.bool(true);
    const artifact = t.artifactOf(t.call('equal', term, constant));
    const expected = value === null ? 'unknown' : 'known';
    for (const core of cores) {
      const engine = load(artifact, { core });
      const verdict = engine.decide({ tool: 'x' });
      engine.dispose();
      decisions += 1;
      const answer = verdict.rules.length > 0 ? 'known' : verdict.determining.length > 0 ? 'unknown' : 'another value';
      if (answer === expected) continue;
      const difference = `seed ${seed}, term ${terms}: ${answer}, not ${expected}`;
      return { terms, decisions, ...found, difference };
    }
    found[expected] += 1;
  }
  return { terms, decisions, ...found, difference: null };
}
