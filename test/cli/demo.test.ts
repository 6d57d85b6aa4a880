// `npm run demo`: it runs in a pipe without the data of others, and a wrong verdict cannot be overlooked.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { callsTable, decideExpectations, failures } from '../../compiler/cli/demo-calls.ts';
import { openPolicy } from '../../compiler/cli/policy.ts';
import { root } from './run.ts';

describe('npm run demo', () => {
  it('shows every policy of the repository, all as expected, and says what it leaves out', () => {
    const env = { ...process.env, LICTOR_DATA: `${root}nowhere`, NO_COLOR: '' };
    const ran = spawnSync(process.execPath, [`${root}dist/compiler/cli/demo.js`], { env, encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    expect(ran.stdout).not.toContain('\u001b');
    for (const name of readdirSync(`${root}policies`)) expect(ran.stdout).toContain(`▌${name} `);
    expect(ran.stdout).toContain('all as expected');
    expect(ran.stdout).toContain('no recorded traffic here');
    const tooWide = ran.stdout.split('\n').filter((line) => line.length > 100);
    expect(tooWide).toEqual([]);
  });

  it('shows a verdict that is not as expected, whatever else it leaves out', () => {
    const folder = fileURLToPath(new URL('fixtures/wrong', import.meta.url));
    const outcomes = decideExpectations(openPolicy(folder).engine, `${folder}/requests.json`);
    expect(failures(outcomes).map(({ expectation }) => expectation.name)).toEqual([
      'at night nobody asks',
      'a status that nobody expected',
    ]);
    const { text, left } = callsTable(outcomes, false, 100, pc.createColors(false));
    expect(left).toBe(0);
    expect(text).toContain('✗ decision: expected "allow", but got "escalate"');
    expect(text).toContain('✗ status: expected "ok", but got "tool-unknown"');
  });
});
