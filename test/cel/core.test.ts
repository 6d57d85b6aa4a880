// The official CEL suite on both full cores, constants lifted into attributes: every boolean case as it is, every other (and these too)
// as `expr == expected` and of the same type, every error as an unknown. Nothing folds terms at compile time, no evaluator but the
// core's is reachable, and each answer is one call of each core's `decide`. The gaps are the reference's (gaps.json).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Term } from '../../compiler/check/terms.ts';
import { type Answer, askCores } from './cores.ts';
import { isRecord, type Json, termOf } from './expected.ts';
import { lift } from './lift.ts';
import { loadSuite, prepare, type SuiteCase } from './suite.ts';

const listed = JSON.parse(readFileSync(`${import.meta.dirname}/gaps.json`, 'utf8')) as readonly {
  readonly id: string;
}[];
const gaps = new Set(listed.map(({ id }) => id));
const TIMEOUT_MS = 120_000;

/** What the cores were asked, and whether they answered so. */
interface Asked {
  readonly as: 'boolean' | 'equality' | 'error';
  readonly expected: Answer;
  readonly found: Answer | Error;
}

/** Empty: nothing to ask them: refused at compile time, a static type, a value that no term makes. */
function askAll(one: SuiteCase): Asked[] {
  const prepared = prepare(one);
  const { expected } = one;
  if (prepared.kind === 'refused' || expected.kind === 'type') return [];
  const { term, context } = prepared;
  const ask = (as: Asked['as'], asked: Term, answer: Answer): Asked => {
    const lifted = lift(asked);
    return { as, expected: answer, found: askCores(lifted.term, { ...context, ...lifted.context }) };
  };
  // Of a value `v == v` is true or, of NaN, false; of an error it is unknown.
  if (expected.kind === 'error') return [ask('error', call('equal', term, term), 'unknown')];
  const bool = isRecord(expected.value) ? expected.value['boolValue'] : undefined;
  const equality = equalityOf(term, expected.value);
  return [
    ...(typeof bool === 'boolean' ? [ask('boolean', term, bool ? 'true' : 'false')] : []),
    ...(equality === null ? [] : [ask('equality', equality, 'true')]),
  ];
}

/** `expr == expected`, of one type; of a NaN `math.isNaN(expr)`. Null: no term makes the expected value. */
function equalityOf(term: Term, value: Json): Term | null {
  if (isRecord(value) && value['doubleValue'] === 'NaN') return call('math.isNaN', term);
  const written = termOf(value, term.span);
  if (written === null || JSON.stringify(value).includes('NaN')) return null;
  const sameType = call('equal', call('type', term), call('type', written));
  return { kind: 'and', operands: [sameType, call('equal', term, written)], span: term.span };
}

type Fn = (Term & { readonly kind: 'call' })['fn'];

function call(fn: Fn, ...args: readonly [Term, ...Term[]]): Term {
  return { kind: 'call', fn, args, span: args[0].span };
}

describe('the official CEL suite on the cores (LANGUAGE.md 4.10 to 4.18)', () => {
  const suite = loadSuite();
  const counts = new Map<string, number>();
  for (const section of new Set(suite.map((one) => one.section))) {
    it(
      `${section}: both cores give what the suite expects`,
      () => {
        for (const one of suite.filter((candidate) => candidate.section === section)) {
          const answers = askAll(one);
          const wrong = answers.filter(({ expected, found }) => found !== expected);
          const where = `${one.id}: ${one.expr}`;
          if (gaps.has(one.id))
            expect(answers.length === 0 || wrong.length > 0, `${where}: a gap that closed`).toBe(true);
          else expect(wrong, where).toEqual([]);
          for (const { as } of answers) counts.set(as, (counts.get(as) ?? 0) + 1);
          if (answers.length === 0) counts.set('not asked', (counts.get('not asked') ?? 0) + 1);
        }
      },
      TIMEOUT_MS,
    );
  }

  it('asks the cores of nearly all', () => {
    console.log(
      `official CEL suite on the cores: ${JSON.stringify(Object.fromEntries(counts))} of ${suite.length} cases`,
    );
    expect(counts.get('boolean')).toBeGreaterThan(650);
    expect(counts.get('equality')).toBeGreaterThan(1200);
    expect(counts.get('error')).toBeGreaterThan(100);
  });
});
