// `lictor bench`: what it says, not how fast it is.

import { describe, expect, it } from 'vitest';
import { lictor, root } from './run.ts';

const payments = `${root}policies/payments`;

describe('lictor bench', () => {
  it('measures a policy with the calls beside it, as data', () => {
    const { code, out } = lictor(['bench', '-p', payments, '--seconds', '1', '--json']);
    expect(code).toBe(0);
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({
      rules: 24,
      requests: 42,
      ways: [
        { name: 'plain object' },
        { name: 'session' },
        { name: 'session, trusted' },
        { name: 'plain object, nothing remembered' },
        { name: 'session, nothing remembered' },
        { name: 'request bytes' },
      ],
    });
    const { ways, dearestCalls } = report as { ways: Record<string, number>[]; dearestCalls: { ns: number }[] };
    for (const { p50, p99, p999, perSecond, samples } of ways) {
      expect(p50).toBeLessThanOrEqual(p99 ?? 0);
      expect(p99).toBeLessThanOrEqual(p999 ?? 0);
      expect(perSecond).toBeGreaterThan(0);
      expect(samples).toBeGreaterThan(100);
    }
    expect(dearestCalls).toHaveLength(5);
  });

  it('as a table, of Cedar policies too', () => {
    const calls = '[{"principal": "User::\\"a\\"", "action": "Action::\\"b\\"", "resource": "Thing::\\"c\\""}]';
    const { code, out, error } = lictor(['bench', '-p', 'refunds', '-r', '-', '--seconds', '1'], calls);
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('1 call in turn');
    expect(out).toContain('session');
    expect(out).not.toContain('request bytes');
  });

  it('says what it lacks', () => {
    expect(lictor(['bench', '-p', payments, '--seconds', '0'])).toMatchObject({ code: 2 });
    expect(lictor(['bench', '-p', payments, '-r', `${root}package.json`]).error).toContain('is not a list of requests');
    expect(lictor(['bench', '-p', `${root}test/cli/fixtures`]).code).toBe(2);
  });
});
