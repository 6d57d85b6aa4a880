// Agent Governance Toolkit documents on the command line: every command that takes a policy takes them, known by their content, and
// `lictor migrate` says where a rewritten policy decides differently.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lictor } from './run.ts';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'lictor-agt-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('toolkit documents on the command line', () => {
  it('check says what is not enforced, and passes', () => {
    const ran = lictor(['check', 'governed/governed.yaml']);
    expect(ran.out).toContain('warning[P1210]: `max_tokens` is not enforced');
    expect(ran.out).toContain('3 rules');
    expect(ran.code).toBe(0);
  });

  it('check refuses a mistake at its place, with what their engines would do', () => {
    const path = join(scratch, 'bad.yaml');
    writeFileSync(path, 'apiVersion: governance.toolkit/v1\nname: bad\nrules:\n  - name: a\n    condition: "not x"\n');
    const ran = lictor(['check', path]);
    expect(ran.out).toContain('bad.yaml:5:17: error[P1206]');
    expect(ran.out).toContain('the rule never fires');
    expect(ran.code).toBe(1);
  });

  it('compile, eval and inspect take the document, its folder, and what was compiled', () => {
    const artifact = join(scratch, 'governed.lctr');
    expect(lictor(['compile', 'governed', '-o', artifact]).code).toBe(0);
    const request = JSON.stringify({ context: { tool_name: 'read' } });
    for (const policy of ['governed', 'governed/governed.yaml', artifact]) {
      const ran = lictor(['eval', '-p', policy, '-r', '-', '--json'], request);
      expect(JSON.parse(ran.out)).toMatchObject({ decision: 'allow', determining: ['reads'], status: 'ok' });
    }
    for (const path of [artifact, 'governed/governed.yaml']) {
      const ran = lictor(['inspect', path]);
      expect(ran.out).toContain('strict-first-match');
      expect(ran.code).toBe(0);
    }
  });

  it('test takes fixtures in the form of the toolkit', () => {
    const ran = lictor(['test', 'governed']);
    expect(ran.out).toContain('4 expectations: 4 passed, 0 failed');
    expect(ran.code).toBe(0);
  });

  it('replay decides recorded contexts', () => {
    const path = join(scratch, 'calls.jsonl');
    const calls = [{ tool_name: 'read' }, { sql: 'drop table x' }].map((context) =>
      JSON.stringify({ tool: 't', context }),
    );
    writeFileSync(path, calls.join('\n'));
    const ran = lictor(['replay', '-p', 'governed', path, '--verify', '--json']);
    expect(ran.code).toBe(0);
  });

  it('a `governance.yaml` brings those of the folders below it', () => {
    const decided = (path: string): unknown => {
      const request = JSON.stringify({ context: { path, action: 'push' } });
      return JSON.parse(lictor(['eval', '-p', 'chain', '-r', '-', '--json'], request).out);
    };
    expect(decided('deploy/a.txt')).toMatchObject({ decision: 'deny', determining: ['no-push'] });
    expect(decided('a.txt')).toMatchObject({ decision: 'allow' });
  });

  it('migrate writes a policy that compiles, and explains every call it decides differently', () => {
    const path = join(scratch, 'governed.policy.yaml');
    const ran = lictor(['migrate', 'governed/governed.yaml', '-o', path, '--calls', '500']);
    expect(ran.out).toMatch(/500 generated calls: \d+ decided alike/);
    expect(ran.out).toMatch(/ 0 of \d+ usual calls differ, \d+ of \d+ odd ones/);
    expect(ran.out).toContain('`matches` of a list or a mapping');
    expect(ran.out).not.toContain('NO KNOWN CAUSE');
    expect(ran.code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('combine: first-match');
    expect(lictor(['check', path]).code).toBe(0);
    const again = lictor(['migrate', 'governed/governed.yaml', '-o', '-', '--calls', '0']);
    expect(again.out).toBe(readFileSync(path, 'utf8'));
  });

  it('migrate writes documents in folders as one policy', () => {
    const path = join(scratch, 'chain.policy.yaml');
    const ran = lictor(['migrate', 'chain/governance.yaml', '-o', path, '--calls', '500']);
    expect(ran.out).toMatch(/ 0 of \d+ usual calls differ/);
    expect(ran.out).not.toContain('NO KNOWN CAUSE');
    const request = JSON.stringify({ tool: 't', context: { path: 'deploy/a.txt', action: 'push' } });
    const decided: unknown = JSON.parse(lictor(['eval', '-p', path, '-r', '-', '--json'], request).out);
    expect(decided).toMatchObject({ decision: 'deny', determining: ['no-push'] });
  });

  it('migrate refuses what is no document', () => {
    const ran = lictor(['migrate', 'mail/mail.policy.yaml']);
    expect(ran.error).toContain('is no document of the Agent Governance Toolkit');
    expect(ran.code).toBe(2);
  });
});
