// Holds the clauses of LANGUAGE.md against what cases and tests cite: none that can be observed goes without a test, and none is
// cited that does not exist.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadCases, loadDiagnosticCases } from './cases.ts';

/** Clauses of sections 2 to 11 that nothing can observe by itself, with the reason. Empty: every clause has a test. */
const EXEMPT: ReadonlyMap<string, string> = new Map([]);

const root = fileURLToPath(new URL('../..', import.meta.url));
const language = readFileSync(`${root}/compiler/LANGUAGE.md`, 'utf8');
const clauses = [...language.matchAll(/^(\d+\.\d+) /gm)].map(([, number = '']) => number);
const inSections2To11 = clauses.filter((clause) => Number.parseInt(clause, 10) >= 2);
const cases = [...loadCases(), ...loadDiagnosticCases()];

/** `LANGUAGE.md 5.2, 8.1` in a test's text. */
function citedInTests(): string[] {
  const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${root}/test/${file}`, 'utf8'));
  const citations = texts.flatMap((text) => [...text.matchAll(/LANGUAGE\.md ((?:\d+\.\d+(?:, | and )?)+)/g)]);
  return citations.flatMap(([, list = '']) => list.match(/\d+\.\d+/g) ?? []);
}

it('every clause of LANGUAGE.md 2 to 11 is cited by a case or a test', () => {
  const cited = new Set([...cases.flatMap((one) => one.clauses), ...citedInTests()]);
  expect(inSections2To11.filter((clause) => !cited.has(clause) && !EXEMPT.has(clause))).toEqual([]);
});

it('an exempt clause exists and is cited by no case', () => {
  const cited = new Set(cases.flatMap((one) => one.clauses));
  for (const clause of EXEMPT.keys()) {
    expect(clauses).toContain(clause);
    expect(cited).not.toContain(clause);
  }
});

it('no case cites a clause that LANGUAGE.md does not have', () => {
  const unknown = cases.filter(
    (one) => one.clauses.length === 0 || one.clauses.some((clause) => !clauses.includes(clause)),
  );
  expect(unknown.map((one) => `${one.name}: ${one.clauses.join(', ')}`)).toEqual([]);
});

it('there are at least 180 decided cases, and no two have one name', () => {
  expect(loadCases().length).toBeGreaterThanOrEqual(180);
  const names = cases.map((one) => `${one.suite}: ${one.name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
