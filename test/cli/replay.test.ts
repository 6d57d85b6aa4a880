// `lictor replay` through the built program: counts, doubt, the default, problems, the reference evaluator.

import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataRoot } from '../data.ts';
import { lictor, root } from './run.ts';

interface Report {
  readonly calls: number;
  readonly decisions: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly tools: readonly { readonly tool: string | null; readonly calls: number; readonly defaultOnly: number }[];
  readonly problems: readonly { readonly kind: string; readonly place: string }[];
  readonly unknownAlone: { readonly calls: number; readonly first: readonly { readonly place: string }[] };
  readonly defaultOnly: number;
  readonly slowest: readonly unknown[];
  readonly throughput: { readonly decisions: number; readonly passes: number; readonly perSecond: number };
  readonly verified: boolean | null;
  readonly disagreements: readonly unknown[];
}

const FORMS = ['agentdojo.jsonl', 'tau.json', 'messages.json', 'requests.jsonl'].map((name) => `traces/${name}`);

function reportOf(text: string): Report {
  const report: unknown = JSON.parse(text);
  if (!isReport(report)) throw new Error(`no report: ${text.slice(0, 200)}`);
  return report;
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'throughput' in value && 'decisions' in value;
}

describe('lictor replay', () => {
  it('counts decisions, rules, tools, doubt and default over all four forms; a malformed call makes it exit 1', () => {
    const ran = lictor(['replay', '-p', 'mail', ...FORMS, '--verify', '--json']);
    expect(ran.error).toBe('');
    expect(ran.code).toBe(1);
    const report = reportOf(ran.out);
    expect(report.calls).toBe(12);
    expect(report.problems).toMatchObject([{ kind: 'malformed', place: 'traces/tau.json [0].traj[1]' }]);
    // allow: read ×4, send by a member at noon. escalate: at night. The rest: a password, `delete`, no body, a guest, no rule, `burn`.
    expect(report.decisions).toEqual({ allow: 6, warn: 0, transform: 0, escalate: 1, deny: 5 });
    expect(report.statuses).toEqual({ ok: 10, 'not-governed': 1, 'tool-unknown': 1 });
    expect(report.rules.find(({ id }) => id === 'secret')).toMatchObject({
      effect: 'deny',
      matched: 1,
      determining: 2,
      unknown: 1,
      unknownAlone: 0,
    });
    expect(report.rules.find(({ id }) => id === 'night')).toMatchObject({ matched: 1, determining: 1 });
    expect(report.tools.find(({ tool }) => tool === 'delete')).toMatchObject({ calls: 1, defaultOnly: 1 });
    expect(report.tools.find(({ tool }) => tool === null)).toMatchObject({ calls: 1 });
    expect(report.defaultOnly).toBe(2);
    expect(report.slowest).toHaveLength(5);
    expect(report.throughput.decisions).toBe(12 * report.throughput.passes);
    expect(report.throughput.passes).toBeGreaterThan(1);
    expect(report.throughput.perSecond).toBeGreaterThan(0);
    expect(report.verified).toBe(true);
    expect(report.disagreements).toEqual([]);
  });

  it('tells doubt that made a decision more severe, and doubt that left only the default (LANGUAGE.md 8.2)', () => {
    const ran = lictor([
      'replay',
      '-p',
      'mail/mail.policy.yaml',
      'traces/doubt.jsonl',
      '--context',
      'nobody.json',
      '--json',
    ]);
    expect(ran.code).toBe(0);
    const report = reportOf(ran.out);
    expect(report.decisions).toEqual({ allow: 1, warn: 0, transform: 0, escalate: 1, deny: 1 });
    expect(report.unknownAlone.first.map(({ place }) => place)).toEqual([
      'traces/doubt.jsonl:1',
      'traces/doubt.jsonl:2',
    ]);
    expect(report.unknownAlone.calls).toBe(2);
    // Line 1: nobody knows whether `send` allows it. Line 2: nobody knows whether it is night.
    const alone = report.rules.filter(({ unknownAlone }) => unknownAlone === 1).map(({ id }) => id);
    expect(alone).toEqual(['send', 'night']);
  });

  it('prints for people, without a bar or colours in a pipe', () => {
    const ran = lictor(['replay', '-p', 'mail', 'traces/messages.json', '--verify']);
    expect(ran.code).toBe(0);
    expect(ran.error).toBe('');
    expect(ran.out).not.toContain('\u001b');
    expect(ran.out).toContain('mail 1.2.0 on 3 recorded calls');
    expect(ran.out).toContain('from mail/replay.json');
    expect(ran.out).toMatch(/read +2 +2/);
    expect(ran.out).toContain('Owed to an unknown alone: 0 calls');
    expect(ran.out).toContain('No rule, only the default: 0 calls');
    expect(ran.out).toMatch(/decisions a second, request object to verdict/);
    expect(ran.out).toContain('✓ equal to the reference evaluator on 3 calls');
  });

  it('reports unreadable lines by file and line, decides the others, exits 1', () => {
    const ran = lictor(['replay', '-p', 'mail', 'traces/damaged.jsonl']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('on 2 recorded calls');
    for (const line of [2, 3, 4]) expect(ran.out).toContain(`traces/damaged.jsonl:${line}: unreadable: `);
  });

  it('runs a compiled artifact, which has no text to verify against: exit 2', () => {
    const artifact = join(tmpdir(), `lictor-replay-${process.pid}.lctr`);
    try {
      expect(lictor(['compile', 'mail', '-o', artifact]).code).toBe(0);
      expect(existsSync(artifact)).toBe(true);
      const ran = lictor(['replay', '-p', artifact, 'traces/messages.json', '--verify']);
      expect(ran.code).toBe(2);
      expect(ran.error).toContain('--verify needs the text of the policy');
    } finally {
      rmSync(artifact, { force: true });
    }
  });

  it('a subject file with anything but a principal and a context is refused', () => {
    const ran = lictor(['replay', '-p', 'mail', 'traces/messages.json', '--context', 'night.json']);
    expect(ran.code).toBe(2);
    expect(ran.error).toContain('night.json has `tool`');
  });
});

describe.skipIf(dataRoot === null)('lictor replay on recorded traffic of others', () => {
  const cases = [
    ['slack-workspace', ['agentdojo-traces/slack.traces.jsonl', 'agentdojo-traces/workspace.traces.jsonl'], 4927],
    ['airline', ['tau-airline/trajectories.gpt-4o.json'], 1164],
  ] as const;
  for (const [policy, files, calls] of cases) {
    it(`${policy}: ${calls} calls, no error status, equal to the reference evaluator on every one`, () => {
      const traces = files.map((file) => join(dataRoot ?? '', file));
      const ran = lictor(['replay', '-p', join(root, 'policies', policy), ...traces, '--verify', '--json']);
      expect(ran.error).toBe('');
      expect(ran.code).toBe(0);
      const report = reportOf(ran.out);
      expect(report.calls).toBe(calls);
      expect(report.statuses).toEqual({ ok: calls });
      expect(report.disagreements).toEqual([]);
      expect(report.problems).toEqual([]);
    });
  }
});
