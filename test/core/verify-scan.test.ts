// Each check that load makes of a scan (FORMAT.md 8.15), by a file that breaks exactly that; and that nothing traps whatever a scan's
// numbers are.

import { describe, expect, it } from 'vitest';
import { decode } from '../../compiler/artifact/decode.ts';
import { encode } from '../../compiler/artifact/encode.ts';
import { compile } from '../../compiler/index.ts';
import type { DecisionTables, ScanTable } from '../../compiler/plan/tables.ts';
import { CoreInstance, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import * as L from '../../wasm-core/contract/layout.ts';
import { Random } from '../plan/generate.ts';

const CORES = [new CoreInstance(inlineModule()), new CoreInstance(scalarModule())];

const WHOLE = tablesOf(`lictor: 1
name: scan
default: allow
attributes:
  args.s: string
  args.l: list<string>
rules:
  - { id: a, effect: deny, tool: t, when: "args.s.matches('a.{12}b') || args.s.matches('(k|l).{20}(m|n)$')" }
  - { id: b, effect: deny, tool: t, when: "args.l.exists(x, x.matches('a.{12}b') && x != args.s)" }
`);

function tablesOf(text: string): DecisionTables {
  const { artifact } = compile([{ path: 'scan.policy.yaml', text }]);
  if (artifact === null) throw new Error('no artifact');
  return decode(artifact).tables;
}

/** The status of the artifact with its first scan changed, and of one decision if it loads. */
function statusOf(change: Partial<ScanTable>, others: Partial<DecisionTables> = {}): string {
  const [first, ...rest] = WHOLE.scans;
  if (first === undefined) throw new Error('no scan');
  const bytes = encode({ ...WHOLE, ...others, scans: [{ ...first, ...change }, ...rest] });
  const statuses = CORES.map((core) => {
    const engine = load(bytes, { core });
    const { status } = engine;
    if (status === 'ok') engine.decide({ tool: 't', args: { s: 'a123456789012b', l: ['a123456789012b'] } });
    engine.dispose();
    return status;
  });
  expect(new Set(statuses).size).toBe(1);
  return statuses[0] ?? '';
}

const scan = WHOLE.scans[0] ?? expect.fail('no scan');
const END = 0x7fffffff;

/** Tables in which one number of a pool is another. */
function poolWith<K extends 'words' | 'bytes' | 'halves'>(
  pool: K,
  index: number,
  value: number,
): Partial<DecisionTables> {
  return { [pool]: WHOLE[pool].map((before, i) => (i === index ? value : before)) };
}

describe('scans of an artifact (FORMAT.md 8.15)', () => {
  it('load as they are', () => {
    expect(statusOf({})).toBe('ok');
  });

  it.each<[string, Partial<ScanTable>, Partial<DecisionTables>?]>([
    ['no such alphabet', { alphabet: 99 }],
    ['an alphabet with more classes', { classCount: scan.classCount - 1 }],
    ['too few classes', { classCount: 1 }],
    ['too many classes', { classCount: 257 }],
    ['no words', { wordCount: 0 }],
    ['too many words', { wordCount: 65536 }],
    ['kinds outside the pool', { kinds: END }],
    ['an unknown kind', {}, poolWith('bytes', scan.kinds, 4)],
    ['words outside the pool', { words: END }],
    ['masks outside the pool', { masks: END }],
    ['moves outside the pool', { moves: END }],
    ['masks of moves outside the pool', { moveMasks: END }],
    ['more moves than there are', { moveCount: END }],
    ['a move to no word', {}, poolWith('words', scan.moves, scan.wordCount)],
    ['starts outside the pool', { starts: END }],
    ['a start list outside the pool', { startList: END }],
    ['starts that do not begin at 0', {}, poolWith('words', scan.starts, 1)],
    ['starts that descend', {}, poolWith('words', scan.starts + scan.classCount, 0)],
    ['a start in no word', {}, poolWith('halves', scan.startList, scan.wordCount)],
    ['ends outside the pool', { ends: END }],
    ['masks of ends outside the pool', { endMasks: END }],
    ['fewer ends than words name', { endCount: 0 }],
    ['an end that sets no bit', {}, poolWith('words', scan.ends, scan.bitLimit)],
    ['more bits than there may be', { bitLimit: L.SCAN_MAX_BITS + 1 }],
    ['more bits than the view has', { bitLimit: 65 }],
    ['a reach map outside the pool', {}, poolWith('words', scan.words + L.SCAN_WORD_REACH_MAP / 4, END)],
    ['reach masks outside the pool', {}, poolWith('words', scan.words + L.SCAN_WORD_REACH / 4, END)],
    ['too few reach masks', {}, poolWith('words', scan.words + L.SCAN_WORD_REACH_COUNT / 4, 1)],
    ['moves of a word outside the scan', {}, poolWith('words', scan.words + L.SCAN_WORD_MOVE_FIRST / 4, END)],
    ['ends of a word outside the scan', {}, poolWith('words', scan.words + L.SCAN_WORD_END_FIRST / 4, END)],
  ])('refuse %s', (_, change, others) => {
    expect(statusOf(change, others)).toBe('artifact-invalid');
  });

  it('refuse an instruction that names no scan or automaton', () => {
    const at = WHOLE.code.findIndex((word) => (word & 0xff) === 10);
    expect(at).toBeGreaterThanOrEqual(0);
    for (const [offset, value] of [
      [1, 99],
      [0, 10 | (2 << 8)],
    ] as const) {
      const code = WHOLE.code.map((word, i) => (i === at + offset ? value : word));
      expect(statusOf({}, { code })).toBe('artifact-invalid');
    }
  });

  it('never trap, whatever numbers they have: refused, or a decision', () => {
    const random = new Random(77);
    const pools = ['words', 'bytes', 'halves'] as const;
    for (let round = 0; round < 150; round += 1) {
      const pool = random.pick(pools);
      const limit = pool === 'bytes' ? 256 : pool === 'halves' ? 65536 : 2 ** 32;
      const value = random.pick([0, 1, 2, random.below(limit), limit - 1]);
      expect(['ok', 'artifact-invalid']).toContain(
        statusOf({}, poolWith(pool, random.below(WHOLE[pool].length), value)),
      );
    }
  });
});
