// The runner that every runtime runs, in this one: it passes what is right, and it does not pass what is wrong.

import { describe, expect, it } from 'vitest';
import { loadCases } from '../conformance/cases.ts';
import { benchWork, casesText } from './cases-file.ts';
import { inlinedHost } from './inlined.ts';
import { type CasesFile, runCases } from './runner.ts';
import { type Outcome, summary } from './summary.ts';

const cases = loadCases();
const bench = benchWork(
  [{ path: 'p.policy.yaml', text: 'lictor: 1\nname: p\ncombine: deny-overrides\ndefault: allow\nrules: []\n' }],
  [{ tool: 'read' }],
);
const text = casesText(cases, bench);
const { loaders, resolve } = inlinedHost();
const host = { loaders: loaders.slice(0, 2), resolve };

describe('the runner of all runtimes', () => {
  it('passes every conformance case with the cores of both entries', () => {
    const { passed, failed, p50Ns } = runCases(text, host);
    expect(failed).toEqual([]);
    expect(passed).toBe(cases.length);
    expect(p50Ns).toBeGreaterThan(0);
  });

  it('reports each case whose verdict, resolution or engine is another', () => {
    const file = JSON.parse(text) as CasesFile;
    const [plain] = file.cases.filter(({ artifact }) => file.artifacts[artifact]?.needsFull === false);
    const [resolved] = file.cases.filter(({ expect: { resolved: end } }) => end?.request !== undefined);
    if (plain === undefined || resolved === undefined) throw new Error('the cases have no such cases any more');
    const wrong: CasesFile['cases'] = [
      plain,
      { ...plain, expect: { decision: plain.expect.decision === 'deny' ? 'allow' : 'deny' } },
      { ...plain, expect: { decision: plain.expect.decision, rules: ['no such rule'] } },
      { ...resolved, expect: { ...resolved.expect, resolved: { decision: 'allow', request: { args: 'other' } } } },
      { ...plain, artifact: file.artifacts.length },
    ];
    const { passed, failed } = runCases(JSON.stringify({ ...file, cases: wrong }), host);
    expect(failed).toHaveLength(4);
    expect(passed).toBe(1);
    expect(failed[0]).toContain('verdict.decision is');
    expect(failed[1]).toContain('no such rule');
    expect(failed[3]).toContain('no artifact');
  });

  it('reports a core that refuses an artifact which it should run', () => {
    const file = JSON.parse(text) as CasesFile;
    const withTerms = file.cases.filter(({ artifact }) => file.artifacts[artifact]?.needsFull === true).slice(0, 1);
    const [small] = loaders;
    if (small === undefined) throw new Error('there is no loader');
    const { failed } = runCases(JSON.stringify({ ...file, cases: withTerms }), {
      loaders: [{ ...small, isFull: true }],
      resolve,
    });
    expect(failed).toEqual([expect.stringContaining('"artifact-unsupported"')]);
  });
});

describe('the summary of all runtimes', () => {
  const report = { passed: 3, failed: [], p50Ns: 250 };
  const good: Outcome = { kind: 'ran', name: 'Node', version: '20.20.2', report };
  const absent: Outcome = { kind: 'absent', name: 'Bun', program: 'bun' };
  const other: Outcome = { kind: 'absent', name: 'Deno', program: 'deno' };

  it('is a line each, and good if all passed', () => {
    const { lines, isGood } = summary([good], 3, false);
    expect(lines[0]).toBe('Node 20.20.2: 3 passed, 0 failed, 0 skipped');
    expect(isGood).toBe(true);
  });

  it('is not good if a case failed, was skipped, or a runtime broke down', () => {
    expect(summary([good, { ...good, report: { ...report, passed: 2, failed: ['a'] } }], 3, false).isGood).toBe(false);
    const fewer = summary([good, { ...good, report: { ...report, passed: 2 } }], 3, false);
    expect(fewer.lines).toContain('Node 20.20.2: 2 passed, 0 failed, 1 skipped');
    expect(fewer.isGood).toBe(false);
    const broken: Outcome = { kind: 'broken', name: 'Deno', version: '2', why: 'exit code 1' };
    expect(summary([good, broken], 3, true).isGood).toBe(false);
  });

  it('lets one runtime be absent, more only if told so, all never', () => {
    expect(summary([good, absent], 3, false).isGood).toBe(true);
    expect(summary([good, absent, absent], 3, false).isGood).toBe(true);
    expect(summary([good, absent, other], 3, false).isGood).toBe(false);
    expect(summary([good, absent, other], 3, true).isGood).toBe(true);
    expect(summary([absent], 3, true).isGood).toBe(false);
  });
});
