// Generated worlds on four engines: the official implementation, the reference, both full builds. LICTOR_CEDAR_SEED and
// LICTOR_CEDAR_WORLDS give another run; a world has 50 requests.

import { expect, it } from 'vitest';
import { bothCores } from './cores.ts';
import { type Official, officialCedar } from './differential.ts';
import { REQUESTS_PER_WORLD } from './generate.ts';
import { runAdvised, runCedar } from './run.ts';

const seed = Number(process.env['LICTOR_CEDAR_SEED'] ?? 20260);
const worlds = Number(process.env['LICTOR_CEDAR_WORLDS'] ?? 400);
const ADVISED_WORLDS = 60;

it('20,000 generated requests get the official answer from the reference and from both cores (LANGUAGE.md 14.2)', {
  timeout: 600_000,
}, () => {
  const cores = bothCores();
  const official = officialCedar();
  expect(official).not.toBeNull();
  const total = runCedar(seed, cores, official, (done) => done < worlds);
  expect(total.difference).toBeNull();
  expect(total.compared).toBe(worlds * REQUESTS_PER_WORLD);
  expect(total.satisfied).toBeGreaterThan(total.compared / 20);
  expect(total.erring).toBeGreaterThan(total.compared / 20);
});

it('so do worlds with advice, and what their transforms come to (LANGUAGE.md 14.7, 13.4)', { timeout: 600_000 }, () => {
  const { difference, answers } = runAdvised(seed, bothCores(), officialCedar(), (done) => done < ADVISED_WORLDS);
  expect(difference).toBeNull();
  for (const answer of ['allow', 'warn', 'escalate', 'transform', 'deny', 'resolved allow', 'resolved deny'])
    expect(answers.get(answer), answer).toBeGreaterThan(10);
});

it('an implementation that answers otherwise is a difference, with its seed, policies and request', () => {
  const official = officialCedar();
  if (official === null) throw new Error('not installed');
  const mute: Official = {
    ...official,
    statefulIsAuthorized: (call) => {
      const answer = official.statefulIsAuthorized(call);
      if (answer.type === 'failure') return answer;
      const { decision, diagnostics } = answer.response;
      return { ...answer, response: { decision, diagnostics: { ...diagnostics, errors: [] } } };
    },
  };
  const { worlds, difference } = runCedar(seed, [], mute, (done) => done < 20);
  expect(worlds).toBeLessThan(20);
  expect(difference).toMatch(
    /^seed \d+, world \d+: (?:.|\n)*permit(?:.|\n)*"entities"(?:.|\n)*reference (?:allow|deny) \[/,
  );
});
