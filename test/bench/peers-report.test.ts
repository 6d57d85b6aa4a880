// What the table of peers says is what was measured: who was faster than Lictor is named, what was not measured says why, and only
// the block between the marks of a document changes.

import { describe, expect, it } from 'vitest';
import { withBlock } from '../../bench/marked.ts';
import { readmeBlock } from '../../bench/peers/report.ts';
import type { Cell, PeerRow, PeersRecord } from '../../bench/peers/suite.ts';

function measured(ruleCount: number, p50: number, overSession: number): Cell {
  const figures = { p10: p50, p50, p99: null, decisions: 100, leftOut: 0, loadMs: 1, firstMs: 1 };
  return { ruleCount, figures, reason: '', overSession, overEngine: overSession };
}

function notMeasured(ruleCount: number, reason: string): Cell {
  return { ruleCount, figures: null, reason, overSession: Number.NaN, overEngine: Number.NaN };
}

function row(name: string, version: string, ...cells: Cell[]): PeerRow {
  return { name, version, told: 'somehow', cells };
}

const record: PeersRecord = {
  environment: {
    date: '2026-01-02T03:04:05.000Z',
    cpu: 'a processor',
    cores: 2,
    memoryGb: 4,
    os: 'linux',
    node: 'v20',
    v8: '11',
    commit: 'abc',
    versions: {},
    load: 1.5,
  },
  loadAfter: 2.5,
  plan: { ruleCounts: [10, 1000], rounds: 3, budgetMs: 1, capMs: 8, timeoutMs: 1 },
  command: 'npm run bench:peers',
  compiles: [],
  lictor: [row('session.decide', '', measured(10, 900, Number.NaN), measured(1000, 1100, Number.NaN))],
  peers: [
    row('ifs', '', measured(10, 90, 0.1), measured(1000, 2200, 2)),
    row('quick', '1.2.3', measured(10, 450, 0.5), measured(1000, 550, 0.5)),
    row('slow', '4.5.6', measured(10, 2_700_000, 3000), notMeasured(1000, 'over the cap (about 270 ms expected)')),
    row('gone', '', notMeasured(10, 'absent: no such module'), notMeasured(1000, 'absent: no such module')),
  ],
  requests: 1024,
};

describe('the table of peers', () => {
  const lines = readmeBlock(record, 'bench/record/peers.md').split('\n');

  it('names who was faster, most first, and nobody else', () => {
    expect(lines.filter((line) => line.startsWith('- '))).toEqual([
      '- At 10 rules faster than `session.decide`: ifs (10 times), quick (2.0 times).',
      '- At 1,000 rules faster than `session.decide`: quick (2.0 times).',
    ]);
  });

  it('gives a time and a ratio where something was measured, a reason where nothing was', () => {
    expect(lines.filter((line) => line.startsWith('| '))).toEqual([
      '|  | 10 rules | 1,000 rules |',
      '| **Lictor** `session.decide` | 900 ns | 1.1 µs |',
      '| ifs | 90 ns (0.10) | 2.2 µs (2.0) |',
      '| quick 1.2.3 | 450 ns (0.50) | 550 ns (0.50) |',
      '| slow 4.5.6 | 2.7 ms (3,000) | over the cap |',
      '| gone | absent | absent |',
    ]);
  });

  it('says when, where and by which command, and how busy the machine was', () => {
    const text = lines.join('\n');
    for (const part of [
      '2026-01-02',
      'a processor',
      'Node v20',
      '`npm run bench:peers`',
      'load average 1.5',
      '2.5 after',
    ]) {
      expect(text).toContain(part);
    }
  });
});

describe('a block of a document', () => {
  it('is replaced, and nothing around it', () => {
    const text = 'before\n<!-- peers:begin -->\nold\n<!-- peers:end -->\nafter\n';
    expect(withBlock(text, 'peers', 'new')).toBe('before\n<!-- peers:begin -->\nnew\n<!-- peers:end -->\nafter\n');
    const noted = '<!-- a:begin, by hand -->\n1\n<!-- a:end -->\n<!-- b:begin -->\n2\n<!-- b:end -->';
    expect(withBlock(noted, 'a', '3')).toBe(noted.replace('1', '3'));
    expect(withBlock(noted, 'b', '3')).toBe(noted.replace('2', '3'));
  });

  it('needs its marks, once', () => {
    expect(() => withBlock('<!-- a:begin --><!-- a:end --><!-- a:begin --><!-- a:end -->', 'a', '')).toThrow(
      /not once/,
    );
    expect(() => withBlock('text', 'peers', 'new')).toThrow(/peers:begin/);
    expect(() => withBlock('<!-- peers:end --> <!-- peers:begin -->', 'peers', 'new')).toThrow(/peers:begin/);
  });
});
