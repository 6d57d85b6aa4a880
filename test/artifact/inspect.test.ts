// The listing of an artifact: complete for a small one, bounded for any.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classValues } from '../../compiler/artifact/classes.ts';
import { disassemble } from '../../compiler/artifact/disassemble.ts';
import { encode } from '../../compiler/artifact/encode.ts';
import { inspect } from '../../compiler/artifact/inspect.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as op from '../../wasm-core/contract/opcodes.ts';
import { arbitraryTables, smallTables } from './tables.ts';

test('the listing of an artifact names its policy, slots, tools, classes, nodes, bits and rules', () => {
  const listing = inspect(encode(smallTables()));
  for (const line of [
    'combine         deny-overrides',
    'default         escalate',
    'speaks at       pre_tool_call',
    'world           closed: unlisted tools are denied',
    '   1  args.amount  V1 int',
    '  "read"                            without args.amount',
    '          4  ≤ 1000',
    '          5  > 1000',
    '  └─ N0 key: P0 tool as string',
    '       "pay"',
    '       └─ N1 cluster: 3 bits, 1 columns',
    '      2  cap                                 deny      maybe, rank 0',
    '      █·█  missing, null, wrong type',
    '      ███  > 1000',
    '      1  cap                                 deny          2  0           small.policy.yaml:9',
  ]) {
    expect(listing).toContain(line);
  }
});

test('the listing of a set names its policies (FORMAT.md 2.14)', () => {
  const tables = smallTables();
  const rules = tables.rules.map((rule, i) => ({ ...rule, policy: i }));
  const nested = [{ parent: 0, algorithm: 'first-match' as const, rank: 3 }];
  const listing = inspect(encode({ ...tables, nested, rules }));
  expect(listing).toContain('      0  deny-overrides    the root                            1 rules  from payments');
  expect(listing).toContain('      1  first-match       member of 0, rank 3                 1 rules  from cap');
});

test('a listing is at most 100 columns wide and never throws, whatever the tables say', () => {
  fc.assert(
    fc.property(arbitraryTables, (tables) => {
      for (const line of inspect(encode(tables)).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    }),
    { numRuns: 200 },
  );
});

test('a list said to have more classes than a file may have is listed up to where they end', () => {
  const tables = smallTables();
  const view = { slot: 1, kind: codes.VIEW_LIST_INT, entries: [], bitWords: 0xffffffff, testFirst: 0, testCount: 0 };
  const [partition] = tables.partitions;
  if (partition === undefined) throw new Error('no partition');
  const list = { ...partition, view: tables.views.length, kind: codes.PARTITION_LIST_ANY, classCount: 0xffffffff };
  const values = classValues({ ...tables, views: [...tables.views, view] }, list);
  expect(values.size).toBe(1 + 65_536 - codes.CLASS_ELEMENT_BIT);
});

test('residual code is listed one instruction a line, bodies of quantifiers indented (FORMAT.md 3)', () => {
  const tables = {
    ...smallTables(),
    constants: [{ kind: 'double', value: 2 } as const],
    bytes: [0, 2, 2, 0, 3, 0],
    code: [
      [op.OP_CLASS, 1, 0],
      [op.OP_VIEW, 1],
      [op.OP_CONSTANT, 0],
      [op.OP_COMPARE | (op.COMPARE_GE << 8) | (1 << 16)],
      [op.OP_AND],
      [op.OP_QUANTIFY | (1 << 8), 1, 2],
      [op.OP_ELEMENT],
      [op.OP_TEST],
      [op.OP_OR],
    ].flat(),
  };
  expect(disassemble(tables, 0, tables.code.length)).toEqual([
    '     0  class      P1 args.amount as int by FUUFTF',
    '     3  view       args.amount as int',
    '     5  constant   2.0',
    '     7  compare    >= not',
    '     8  and',
    '     9  all        over args.amount as int, 2 words',
    '    12    element',
    '    13    test',
    '    14  or',
  ]);
});
