// Each check that load makes of a prefilter (FORMAT.md 8.7, 8.16), by a file that breaks exactly that; and that nothing traps whatever a
// prefilter's numbers are.

import { describe, expect, it } from 'vitest';
import { decode } from '../../compiler/artifact/decode.ts';
import { encode } from '../../compiler/artifact/encode.ts';
import { compile } from '../../compiler/index.ts';
import type { DecisionTables, PrefilterTable } from '../../compiler/plan/tables.ts';
import { CoreInstance, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import { ELEMENT_TEST_LITERALS, ELEMENT_TEST_SCAN } from '../../wasm-core/contract/codes.ts';
import * as L from '../../wasm-core/contract/layout.ts';
import { Random } from '../plan/generate.ts';

const CORES = [new CoreInstance(inlineModule()), new CoreInstance(scalarModule())];
const WORDS = ['password', 'secret', 'token', 'private', 'BEGIN', 'curl ', 'chmod', 'sudo'];
const PATTERNS = ['(?i)api[_-]?key.{3}x', 'gh[pous]_[0-9a-z]{36}', '[0-9]{3}-[0-9]{2}'];
const TEXT = `my api_key123x and ghp_${'a1'.repeat(18)} password of sudo `.repeat(3);

const WHOLE = tablesOf(`lictor: 1
name: prefilter
default: allow
attributes:
  args.s: string
rules:
${[...WORDS.map((word) => `args.s.contains('${word}')`), ...PATTERNS.map((one) => `args.s.matches('${one}')`)]
  .map((when, i) => `  - { id: r${i}, effect: warn, tool: t, when: "${when}" }`)
  .join('\n')}
`);

function tablesOf(text: string): DecisionTables {
  const { artifact } = compile([{ path: 'prefilter.policy.yaml', text }]);
  if (artifact === null) throw new Error('no artifact');
  return decode(artifact).tables;
}

/** The status of the artifact with its prefilter changed, and of one decision if it loads. */
function statusOf(change: Partial<PrefilterTable>, others: Partial<DecisionTables> = {}): string {
  const bytes = encode({ ...WHOLE, ...others, prefilters: [{ ...prefilter, ...change }] });
  const statuses = CORES.map((core) => {
    const engine = load(bytes, { core });
    const { status } = engine;
    if (status === 'ok') for (const s of [TEXT, 'token', '']) engine.decide({ tool: 't', args: { s } });
    engine.dispose();
    return status;
  });
  expect(new Set(statuses).size).toBe(1);
  return statuses[0] ?? '';
}

const prefilter = WHOLE.prefilters[0] ?? expect.fail('no prefilter');
const END = 0x7fffffff;
const field = (offset: number): number => prefilter.literals + offset / 4;

/** Tables in which one number of a pool is another. */
function poolWith<K extends 'words' | 'bytes' | 'halves'>(
  pool: K,
  index: number,
  value: number,
): Partial<DecisionTables> {
  return { [pool]: WHOLE[pool].map((before, i) => (i === index ? value : before)) };
}

function testsWith(kind: number, change: Partial<DecisionTables['elementTests'][number]>): Partial<DecisionTables> {
  return { elementTests: WHOLE.elementTests.map((test) => (test.kind === kind ? { ...test, ...change } : test)) };
}

describe('prefilters of an artifact (FORMAT.md 8.16)', () => {
  it('load as they are, with fingerprints and scans that they switch on', () => {
    expect(statusOf({})).toBe('ok');
    expect(prefilter.hasFingerprints).toBe(true);
    expect(WHOLE.elementTests.some(({ kind, boundCount }) => kind === ELEMENT_TEST_SCAN && boundCount > 0)).toBe(true);
  });

  it.each<[string, Partial<PrefilterTable>, Partial<DecisionTables>?]>([
    ['no hits', { hitWords: 0 }],
    ['too many hits', { hitWords: L.PREFILTER_MAX_HIT_WORDS + 1 }],
    ['first hits outside the pool', { initial: END }],
    ['fingerprints outside the pool', { fingerprints: END }],
    ['no bits of hash', { hashBits: 0 }],
    ['too many bits of hash', { hashBits: 16 }],
    ['runs outside the pool', { runs: END }],
    ['runs that descend', {}, poolWith('halves', prefilter.runs + 2 ** prefilter.hashBits, 0)],
    ['a run beyond the list', { listCount: prefilter.listCount - 1 }],
    ['a list outside the pool', { list: END }],
    ['a literal that does not exist', {}, poolWith('halves', prefilter.list, prefilter.literalCount)],
    ['literals outside the pool', { literals: END }],
    ['too many literals', { literalCount: 65536 }],
    ['bytes outside the pool', {}, poolWith('words', field(L.LITERAL_TEXT), END)],
    ['too long a literal', {}, poolWith('words', field(L.LITERAL_LENGTH), 65536)],
    ['targets outside the pool', {}, poolWith('words', field(L.LITERAL_TARGETS), END)],
    ['more targets than there are', {}, poolWith('words', field(L.LITERAL_TARGET_COUNT), END)],
    [
      'a target that is no hit',
      {},
      poolWith('halves', WHOLE.words[field(L.LITERAL_TARGETS)] ?? 0, prefilter.hitWords * 64),
    ],
    ['a test of no prefilter', {}, testsWith(ELEMENT_TEST_LITERALS, { operand: 1 })],
    ['a scan switched on by no hits', {}, testsWith(ELEMENT_TEST_SCAN, { boundCount: prefilter.hitWords + 1 })],
    ['a scan before its prefilter', {}, { elementTests: WHOLE.elementTests.toReversed() }],
  ])('refuse %s', (_, change, others) => {
    expect(statusOf(change, others)).toBe('artifact-invalid');
  });

  it('never trap, whatever numbers they have: refused, or a decision', () => {
    const random = new Random(78);
    const pools = ['words', 'bytes', 'halves'] as const;
    let loaded = 0;
    for (let round = 0; round < 300; round += 1) {
      const pool = random.pick(pools);
      const limit = pool === 'bytes' ? 256 : pool === 'halves' ? 65536 : 2 ** 32;
      const value = random.pick([0, 1, 2, random.below(limit), limit - 1]);
      const status = statusOf({}, poolWith(pool, random.below(WHOLE[pool].length), value));
      expect(['ok', 'artifact-invalid']).toContain(status);
      if (status === 'ok') loaded += 1;
    }
    for (const key of ['hitWords', 'initial', 'fingerprints', 'hashBits', 'runs', 'list', 'literals'] as const) {
      for (const value of [0, 1, 7, prefilter[key] + 1, 2 ** 32 - 1]) {
        expect(['ok', 'artifact-invalid']).toContain(statusOf({ [key]: value }));
      }
    }
    expect(loaded).toBeGreaterThan(20);
  });
});
