// FORMAT.md is normative for people, contract/ for the code: they give the same numbers.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as limits from '../../wasm-core/contract/limits.ts';
import * as metadata from '../../wasm-core/contract/metadata.ts';
import * as opcodes from '../../wasm-core/contract/opcodes.ts';
import * as redaction from '../../wasm-core/contract/redaction.ts';
import * as request from '../../wasm-core/contract/request.ts';
import * as terms from '../../wasm-core/contract/terms.ts';

const text = readFileSync(new URL('../../wasm-core/FORMAT.md', import.meta.url), 'utf8');
const contract = new Map<string, number>(
  [codes, layout, limits, metadata, opcodes, redaction, request, terms].flatMap((file) => Object.entries(file)),
);

/** Every number that the text gives for a constant: `| 4 | \`NAME\` |` in a table, `4 (\`NAME\`)` in a sentence. */
function numbersGiven(): { readonly name: string; readonly value: number }[] {
  const rows = text.matchAll(/^\| (\d+|0x[0-9a-f]+) \| `(\w+)` \|/gm);
  const sentences = text.matchAll(/(?<![\w,.])(\d+|0x[0-9a-f]+) \(`([A-Z_]+)`\)/g);
  return [...rows, ...sentences].map(([, value, name]) => ({ name: name ?? '', value: Number(value) }));
}

test('every number in FORMAT.md is that of the constant it names', () => {
  for (const { name, value } of numbersGiven()) expect(value, name).toBe(contract.get(name));
});

test('FORMAT.md gives the number of every constant of the contract', () => {
  const given = new Set(numbersGiven().map(({ name }) => name));
  expect([...contract.keys()].filter((name) => !given.has(name))).toEqual([]);
});

test('the records of FORMAT.md 2 fill their size: no field lies outside, none overlaps the next', () => {
  const records: readonly (readonly [string, RegExp, number])[] = [
    ['header', /^HEADER_(?!FIELD|SIZE|ROOT)/, layout.HEADER_SIZE],
    ['slot', /^SLOT_(?!SECTION|SIZE)/, layout.SLOT_SIZE],
    ['view', /^VIEW_(?!SECTION|SIZE_BYTES)/, layout.VIEW_SIZE_BYTES],
    ['partition', /^PARTITION_(?!SECTION|SIZE)/, layout.PARTITION_SIZE],
    ['automaton', /^AUTOMATON_(?!SECTION|SIZE)/, layout.AUTOMATON_SIZE],
    ['column', /^COLUMN_(?!SECTION|SIZE)/, layout.COLUMN_SIZE],
    ['rule', /^RULE_(?!SECTION|SIZE)/, layout.RULE_SIZE],
  ];
  for (const [record, pattern, size] of records) {
    const fields = Object.entries(layout).filter(([name]) => pattern.test(name));
    const offsets = fields.map(([, offset]) => offset).sort((a, b) => a - b);
    expect(new Set(offsets).size, record).toBe(offsets.length);
    for (const offset of offsets) {
      expect(offset % 4, record).toBe(0);
      expect(offset, record).toBeLessThan(size);
    }
  }
});

test('clauses are numbered in order', () => {
  const numbers = [...text.matchAll(/^(\d+)\.(\d+) /gm)].map(([, section, clause]) => [
    Number(section),
    Number(clause),
  ]);
  let [lastSection, lastClause] = [1, 0];
  for (const [section = 0, clause = 0] of numbers) {
    const isNext = section === lastSection ? clause === lastClause + 1 : section > lastSection && clause === 1;
    expect(isNext, `${section}.${clause} after ${lastSection}.${lastClause}`).toBe(true);
    [lastSection, lastClause] = [section, clause];
  }
  expect(lastSection).toBe(8);
});
