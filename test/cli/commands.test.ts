// The commands of `lictor` through the built program: what they print in a pipe, and their exit codes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lictor, type Ran } from './run.ts';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'lictor-cli-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Exit code 2, and a message on standard error that says what and what to do. */
function expectUsage(ran: Ran, message: string): void {
  expect(ran.error).toContain(message);
  expect(ran.code).toBe(2);
  expect(ran.out).toBe('');
}

describe('exit code 2: usage and unreadable files', () => {
  it('an unknown command, an unknown option, a missing option, no command at all', () => {
    expectUsage(lictor(['frobnicate']), "unknown command 'frobnicate'");
    expectUsage(lictor(['check', '--frobnicate', 'mail']), "unknown option '--frobnicate'");
    expectUsage(lictor(['eval', '-p', 'mail']), 'required option');
    expectUsage(lictor(['check']), "missing required argument 'files'");
    expectUsage(lictor([]), 'Usage: lictor');
  });

  it('a path that is not there, a folder for a file, a folder without a policy', () => {
    expectUsage(lictor(['check', 'nowhere.policy.yaml']), 'nowhere.policy.yaml does not exist');
    expectUsage(lictor(['inspect', 'mail']), 'mail is a folder');
    expectUsage(lictor(['check', 'traces']), 'traces holds no policy');
    expectUsage(lictor(['test', 'nowhere']), 'nowhere is no folder');
  });

  it('a request that is no JSON, at its place', () => {
    expectUsage(lictor(['eval', '-p', 'mail', '-r', '-'], '{\n  "tool": read\n}'), '(standard input):2:11: ');
    expectUsage(lictor(['eval', '-p', 'mail', '-r', '-'], '{"tool": "a", "tool": "b"}'), '`tool` stands twice');
  });

  it('a file that is no artifact', () => {
    const path = join(scratch, 'no.lctr');
    writeFileSync(path, 'not an artifact');
    expectUsage(lictor(['inspect', path]), 'no.lctr is no artifact');
    expectUsage(lictor(['eval', '-p', path, '-r', 'night.json']), 'no.lctr does not load: artifact-invalid');
  });

  it('bytes that are not UTF-8', () => {
    const path = join(scratch, 'latin.policy.yaml');
    writeFileSync(path, Buffer.from([0x6e, 0x3a, 0x20, 0xe9]));
    expectUsage(lictor(['check', path]), 'latin.policy.yaml is not UTF-8');
  });

  it('fmt of a file that is no Lictor policy: it stays as it is', () => {
    const path = join(scratch, 'notes.yaml');
    writeFileSync(path, 'a:   1\n');
    expectUsage(lictor(['fmt', path]), 'notes.yaml is no Lictor policy');
    expect(readFileSync(path, 'utf8')).toBe('a:   1\n');
  });

  it('import-pack of what holds no patterns: no policy that lets everything through', () => {
    const path = join(scratch, 'names.yml');
    writeFileSync(path, '      name: one\n');
    expectUsage(lictor(['import-pack', path]), 'names.yml holds no patterns');
    expectUsage(lictor(['import-pack', 'traces']), 'traces holds no patterns');
    expectUsage(lictor(['import-pack', 'nowhere']), 'nowhere does not exist');
  });

  it('asking for help or the version is fine', () => {
    expect(lictor(['--help']).code).toBe(0);
    expect(lictor(['replay', '--help']).code).toBe(0);
    expect(lictor(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('lictor check', () => {
  it('a policy without findings: exit code 0', () => {
    expect(lictor(['check', 'mail'])).toEqual({
      code: 0,
      error: '',
      out: '✓ mail/mail.policy.yaml: 5 rules, no findings\n',
    });
  });

  it('every error at its place, reachable from here, with help; exit code 1', () => {
    const ran = lictor(['check', 'broken', 'mail']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('broken/broken.policy.yaml:3:9: error[P0401]');
    expect(ran.out).toContain('broken/broken.policy.yaml:8:');
    expect(ran.out).toContain('did you mean `principal.role`?');
    expect(ran.out).toMatch(/✗ broken\/broken\.policy\.yaml: \d errors/);
    expect(ran.out).toContain('✓ mail/mail.policy.yaml');
    expect(ran.out).not.toContain('\u001b');
  });

  it('many warnings alike: ten of them, and how many more there are', () => {
    const path = join(scratch, 'many.policy.yaml');
    const rules = Array.from({ length: 15 }, (_, i) => `  - { id: r${i}, tool: t, effect: deny, onUnknown: skip }`);
    writeFileSync(path, ['lictor: 1', 'name: many', 'rules:', ...rules, ''].join('\n'));
    const ran = lictor(['check', path]);
    expect(ran.out.match(/warning\[P0510\]/g)).toHaveLength(10);
    expect(ran.out).toContain('… and 5 more P0510 (warning)');
    expect(ran.out).toContain('15 rules, 15 warnings');
  });

  it('--json: the findings as data', () => {
    const ran = lictor(['check', 'broken', '--json']);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({
      files: ['broken/broken.policy.yaml'],
      diagnostics: [{ severity: 'error', code: 'P0401', path: 'broken/broken.policy.yaml', line: 3 }, {}, {}, {}],
    });
  });
});

describe('--max-cost', () => {
  it('compile writes nothing above it, and says what costs; check says the same', () => {
    const path = join(scratch, 'dear.lctr');
    const ran = lictor(['compile', 'mail', '-o', path, '--max-cost', '1000']);
    expect(ran.code).toBe(1);
    expect(ran.error).toMatch(/error\[P0710\]: a decision may cost [\d,]+ instructions: .*; the limit is 1,000/);
    expect(() => readFileSync(path)).toThrow('ENOENT');
    const checked = lictor(['check', 'mail', '--max-cost', '1000']);
    expect(checked.code).toBe(1);
    expect(checked.out).toContain('error[P0710]');
    expect(lictor(['check', 'mail']).code).toBe(0);
  });

  it('below it compile and inspect say what a decision may cost', () => {
    const path = join(scratch, 'cheap.lctr');
    const ran = lictor(['compile', 'mail', '-o', path, '--max-cost', '10000000']);
    const cost = /costs at most ([\d,]+) instructions/.exec(ran.out)?.[1];
    expect(cost).toBeDefined();
    expect(lictor(['inspect', path]).out).toContain(`at most ${cost} instructions a decision`);
  });

  it('is a whole number of instructions', () => {
    expectUsage(lictor(['compile', 'mail', '--max-cost', 'much']), '--max-cost much is no number of instructions');
    expectUsage(lictor(['check', 'mail', '--max-cost', '0']), 'try `--max-cost 100000`');
  });
});

describe('lictor compile --traffic', () => {
  it('takes calls as replay reads them; what is no call ends it', () => {
    const path = join(scratch, 'calls.jsonl');
    writeFileSync(path, '{"tool": "mail.send", "args": {}}\n{"tool": "mail.read", "args": {}}\n');
    const ran = lictor(['compile', 'mail', '-o', join(scratch, 'weighed.lctr'), '--traffic', path]);
    expect(ran.error).toBe('');
    expect(ran.code).toBe(0);
    writeFileSync(path, '{"tool": "mail.send", "args": {}}\nsend\n');
    expectUsage(lictor(['compile', 'mail', '--traffic', path]), 'calls.jsonl:2: ');
    writeFileSync(path, '\n');
    expectUsage(lictor(['compile', 'mail', '--traffic', path]), 'holds no call');
  });
});

describe('lictor compile', () => {
  it('writes the same artifact from wherever it is called', () => {
    const [here, there] = [join(scratch, 'here.lctr'), join(scratch, 'there.lctr')];
    const ran = lictor(['compile', 'mail', '-o', here]);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(ran.out).toContain('compiled mail 1.2.0: 5 rules');
    expect(lictor(['compile', '../fixtures/mail/mail.policy.yaml', 'mail/tools.json', '-o', there]).code).toBe(0);
    expect(readFileSync(there).equals(readFileSync(here))).toBe(true);
  });

  it('says when only the full core runs the policy, and only then', () => {
    const compiled = (condition: string): string => {
      const path = join(scratch, 'core.policy.yaml');
      const rule = `  - { id: a, tool: t, effect: deny, when: '${condition}' }`;
      writeFileSync(
        path,
        ['lictor: 1', 'name: core', 'attributes: { args.l: list<int> }', 'rules:', rule, ''].join('\n'),
      );
      return lictor(['compile', path]).out;
    };
    expect(compiled('args.l.map(x, x + 1) == [2]')).toContain('it needs the full core: load it with `lictor/full`');
    expect(compiled('size(args.l) > 1')).not.toContain('full');
  });

  it('writes nothing if there are errors: exit code 1, findings on standard error', () => {
    const path = join(scratch, 'broken.lctr');
    const ran = lictor(['compile', 'broken', '-o', path]);
    expect(ran.code).toBe(1);
    expect(ran.error).toContain('error[P0401]');
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('two policies for one artifact, a place that cannot be written: exit code 2', () => {
    expectUsage(lictor(['compile', 'mail', 'broken']), '2 policies for one artifact');
    expectUsage(lictor(['compile', 'mail', '-o', join(scratch, 'no/where.lctr')]), 'cannot be written');
  });
});

describe('lictor eval', () => {
  it('prints the decision, its rules, reason, advice, approvers and every matched rule; a verdict is no failure', () => {
    const ran = lictor(['eval', '-p', 'mail', '-r', 'night.json']);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(ran.out).toContain('ESCALATE  nobody reads mail at night');
    expect(ran.out).toMatch(/decided by +night\n/);
    expect(ran.out).toMatch(/approvers +night-desk\n/);
    expect(ran.out).toMatch(/advice +send it in the morning\n/);
    expect(ran.out).toMatch(
      /matched +send \(allow, mail\.policy\.yaml:12\)\n +night \(escalate, mail\.policy\.yaml:16\)/,
    );
    expect(ran.out).not.toContain('\u001b');
  });

  it('prints the unknowns with path and cause, and what the decision were without them (LANGUAGE.md 6.3, 8.2)', () => {
    const request = { tool: 'send', args: { to: 'a@example.com', body: null }, principal: { role: 'member' } };
    const ran = lictor(['eval', '-p', 'mail', '-r', '-'], JSON.stringify(request));
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('DENY');
    expect(ran.out).toContain('without the unknown rules below it would be `allow`');
    expect(ran.out).toContain('secret (deny, mail.policy.yaml:23): `args.body` is null');
    expect(ran.out).toContain('night (escalate, mail.policy.yaml:16): `context.hour` is missing');
  });

  it('a key of the request that nothing reads is said', () => {
    const ran = lictor(['eval', '-p', 'mail', '-r', '-'], '{"tool": "mail.send", "arg": {}}');
    expect(ran.error).toContain('nothing reads `arg` of a request: did you mean `args`?');
    expect(ran.code).toBe(0);
  });

  it('control characters of a request do not reach the terminal', () => {
    const ran = lictor(['eval', '-p', 'mail', '-r', '-'], '{"tool":"read\\u001b[2J","args":{"box\\u001b":"\\u202e"}}');
    expect(ran.code).toBe(0);
    for (const steering of ['\u001b', '\u202e']) expect(ran.out).not.toContain(steering);
  });

  it('--json: the verdict, from a compiled artifact too', () => {
    const path = join(scratch, 'mail.lctr');
    expect(lictor(['compile', 'mail', '-o', path]).code).toBe(0);
    for (const policy of ['mail', path]) {
      const ran = lictor(['eval', '-p', policy, '-r', 'night.json', '--json']);
      expect(ran.code).toBe(0);
      expect(JSON.parse(ran.out)).toMatchObject({
        decision: 'escalate',
        status: 'ok',
        rules: ['send', 'night'],
        determining: ['night'],
        approvers: ['night-desk'],
      });
    }
  });

  it('a policy with errors decides nothing: exit code 1', () => {
    const ran = lictor(['eval', '-p', 'broken', '-r', 'night.json']);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.error).toContain('error[P0401]');
  });
});

describe('lictor inspect', () => {
  it('lists slots and rules', () => {
    const path = join(scratch, 'mail.lctr');
    expect(lictor(['compile', 'mail', '-o', path]).code).toBe(0);
    const ran = lictor(['inspect', path]);
    expect(ran).toMatchObject({ code: 0, error: '' });
    for (const word of ['mail 1.2.0', 'args.body', 'principal.role', 'night']) expect(ran.out).toContain(word);
  });
});

describe('lictor test', () => {
  it('a line for each expectation; all hold: exit code 0', () => {
    const ran = lictor(['test', 'mail']);
    expect(ran).toMatchObject({ code: 0, error: '' });
    expect(ran.out).toBe(
      'mail 1.2.0\n  ✓ anyone reads\n  ✓ a member sends\n  ✓ an unlisted tool\n\n3 expectations: 3 passed, 0 failed\n',
    );
  });

  it('a verdict that differs, a status nobody expected: expected and actual, exit code 1', () => {
    const ran = lictor(['test', 'mail', 'wrong']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('✗ at night nobody asks');
    expect(ran.out).toContain('decision: expected "allow"\n                  actual "escalate"');
    expect(ran.out).toContain('✗ a status that nobody expected');
    expect(ran.out).toContain('status: expected "ok"\n                actual "tool-unknown"');
    expect(ran.out).toContain('6 expectations: 4 passed, 2 failed');
  });

  it('an expectation that names no part of a verdict is refused: exit code 2', () => {
    expect(lictor(['test', 'mistyped']).error).toContain('expects `decison`, which no verdict has');
    expect(lictor(['test', 'mistyped']).code).toBe(2);
  });
});
