// The line that names the stages of a long compilation: on a terminal, after a while, and never in a pipe.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StageProgress } from '../../compiler/cli/progress.ts';
import { compile, type Stage } from '../../compiler/index.ts';
import { lictor, root } from './run.ts';

const POLICY = [{ path: 'a.policy.yaml', text: 'lictor: 1\nname: a\nrules:\n  - { id: a, effect: deny }\n' }];

/** What is written when every stage begins so many milliseconds after the one before. */
function written(isTTY: boolean, stepMs: number, text: string = POLICY[0]?.text ?? ''): string[] {
  const lines: string[] = [];
  let nowMs = 0;
  const progress = new StageProgress({ isTTY, write: (line: string) => lines.push(line) }, () => nowMs);
  compile([{ path: 'a.policy.yaml', text }], {
    onStage: (stage, size) => {
      progress.at(stage, size);
      nowMs += stepMs;
    },
  });
  progress.stop();
  return lines.map((line) => line.replaceAll('\r\x1b[2K', ''));
}

describe('the stages of a compilation', () => {
  it('are told in order, with their sizes', () => {
    const stages: [Stage, number, string][] = [];
    compile(POLICY, { onStage: (stage, { count, of }) => stages.push([stage, count, of]) });
    expect(stages).toEqual([
      ['parse', POLICY[0]?.text.length, 'characters'],
      ['check', 1, 'rules'],
      ['lower', 1, 'rules'],
      ['plan', 1, 'rules'],
      ['encode', 1, 'places in tables'],
    ]);
  });

  it('are shown from a second on, and taken away in the end', () => {
    expect(written(true, 400)).toEqual(['plan: 1 rules  1.2 s', 'encode: 1 places in tables  1.6 s', '']);
    expect(written(true, 1)).toEqual([]);
  });

  it('are shown from the beginning of a long text', () => {
    const long = `${POLICY[0]?.text}# ${'x'.repeat(1 << 20)}\n`;
    expect(written(true, 1, long)[0]).toMatch(/^parse: 1,048,\d\d\d characters {2}0\.0 s$/);
  });

  it('are not shown in a pipe', () => {
    expect(written(false, 2000)).toEqual([]);
    expect(lictor(['compile', 'mail', '-o', '/dev/null']).error).toBe('');
  });

  it.skipIf(spawnSync('script', ['--version']).status !== 0)('are shown by `lictor compile` in a terminal', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lictor-progress-'));
    const path = join(folder, 'a.policy.yaml');
    writeFileSync(path, `${'# x\n'.repeat(300_000)}${POLICY[0]?.text}`);
    const command = `${process.execPath} ${root}dist/compiler/cli/main.js compile ${path}`;
    const ran = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
    rmSync(folder, { recursive: true, force: true });
    expect(ran.stdout).toContain('\r\x1b[2Kparse: ');
    expect(ran.stdout).toContain(' a 0.0.0: 1 rule, ');
  });
});
