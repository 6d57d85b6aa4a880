// The official CEL suite on the reference evaluator: every case without messages gives what the suite expects, but for those that
// gaps.json lists with a reason. A listed case that passes fails the run. The table in LANGUAGE.md is what the run gives today.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lift } from './lift.ts';
import { type Result, runOnReference, whyNot } from './run.ts';
import { loadSuite, prepare } from './suite.ts';
import { TABLE_BEGIN, TABLE_END, tableOf } from './table.ts';

interface Gap {
  readonly id: string;
  readonly reason: string;
}

const gaps = JSON.parse(readFileSync(`${import.meta.dirname}/gaps.json`, 'utf8')) as readonly Gap[];
const results: readonly Result[] = loadSuite().map(runOnReference);

/** With its constants lifted into attributes, a case gives the same. */
const LIFTED_SAMPLE = 5;

describe('the official CEL suite on the reference evaluator (LANGUAGE.md 4.10, 4.11, 4.12, 4.13, 4.14, 4.15, 4.16, 4.17, 4.18, 4.23)', () => {
  it('holds every case that uses no message, and at least 1,600 of them pass', () => {
    expect(results.length).toBe(1645);
    expect(results.filter(({ why }) => why === null).length).toBeGreaterThanOrEqual(1600);
  });

  it('fails only where gaps.json says so, and why', () => {
    const failing = results.filter(({ why }) => why !== null).map(({ one, why }) => ({ id: one.id, why }));
    const listed = new Set(gaps.map(({ id }) => id));
    expect(failing.filter(({ id }) => !listed.has(id))).toEqual([]);
    expect(gaps.filter(({ reason }) => reason.length < 10)).toEqual([]);
  });

  it('passes no case that gaps.json lists', () => {
    const passing = new Set(results.filter(({ why }) => why === null).map(({ one }) => one.id));
    expect(gaps.filter(({ id }) => passing.has(id))).toEqual([]);
    const known = new Set(results.map(({ one }) => one.id));
    expect(gaps.filter(({ id }) => !known.has(id))).toEqual([]);
  });

  it('gives the same with constants lifted into attributes', () => {
    const sample = results.filter(({ why }, i) => why === null && i % LIFTED_SAMPLE === 0);
    const wrong = sample.flatMap(({ one }) => {
      const prepared = prepare(one);
      if (prepared.kind === 'refused') return [];
      const { term, context } = lift(prepared.term);
      const why = whyNot(one, { kind: 'term', term, context: { ...prepared.context, ...context } });
      return why === null ? [] : [{ id: one.id, why }];
    });
    expect(sample.length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  it('gives the table of LANGUAGE.md (LICTOR_GOLDEN=1 writes it)', () => {
    const path = `${import.meta.dirname}/../../compiler/LANGUAGE.md`;
    const text = readFileSync(path, 'utf8');
    const [before = '', rest = ''] = text.split(TABLE_BEGIN);
    const [, after = ''] = rest.split(TABLE_END);
    const expected = `${before}${TABLE_BEGIN}\n\n${tableOf(results)}\n\n${TABLE_END}${after}`;
    if (process.env['LICTOR_GOLDEN'] === '1') writeFileSync(path, expected);
    else expect(text).toBe(expected);
  });
});
